"""The limit: what Flask does on this machine when a page is one indexed statement on clear text and the same rows.

Same server, processes, threads, pool and compression; no session, rights, audit, decryption. Templates: `frames`.
"""

import os
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, redirect, request
from jinja2 import Template
from markupsafe import Markup
from sqlalchemy import Engine, text

from app.core import clock
from app.core.clock import local_date
from app.core.dates import format_day_short
from app.core.db import make_engine
from app.web.compress import compress
from app.web.marks import icon, mini_trail
from config.settings import Settings

WORKLIST: Final = text("SELECT * FROM bench_case WHERE worker_id = :worker ORDER BY due_on, case_id LIMIT 50")
CLIENT: Final = text(
    "SELECT c.name, c.ref, c.born_on, n.* FROM bench_case c JOIN bench_note n ON n.case_id = c.case_id"
    " WHERE c.case_id = :case ORDER BY n.ordinal DESC LIMIT 20"
)
SEARCH: Final = text(
    "SELECT * FROM bench_case WHERE team_id = :team AND last_name LIKE :prefix ORDER BY last_name, case_id LIMIT 50"
)
BOARD: Final = text(
    "SELECT b.worker_id, u.full_name, count(*) AS total, "  # noqa: S608 - made of numbers
    + ", ".join(f"count(*) FILTER (WHERE b.number = {number})" for number in (5, 6, 7))
    + ", count(*) FILTER (WHERE b.due_on >= :middle), count(*) FILTER (WHERE b.due_on < :middle)"
    " FROM bench_case b JOIN user_account u ON u.id = b.worker_id"
    " WHERE b.team_id = :team AND b.is_review AND b.due_on < :today"
    " GROUP BY b.worker_id, u.full_name ORDER BY count(*) DESC, b.worker_id"
)


@lru_cache(maxsize=1)
def _engine() -> Engine:
    settings = Settings.from_env(os.environ)
    return make_engine(
        settings.database_url,
        pool_size=settings.web_threads,
        max_overflow=settings.web_pool_overflow,
        statement_timeout_ms=settings.statement_timeout_web * 1000,
    )


def rows(statement: Any, **values: Any) -> Any:  # noqa: ANN401 - SQLAlchemy's rows
    """Run the page's one statement."""
    with _engine().connect() as connection:
        return connection.execute(statement, values).all()


def web() -> Flask:
    """Build the application; its templates lie in the folder named by BENCH_FRAMES."""
    app = Flask("limit", template_folder=None, static_folder=None)
    folder = Path(os.environ["BENCH_FRAMES"])
    sources = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}
    app.after_request(compress)
    add_pages(app, {name: app.jinja_env.from_string(source) for name, source in sources.items()})
    return app


def add_pages(app: Flask, templates: dict[str, Template]) -> None:
    """Add the pages of the limit: a statement and a template each."""
    today = local_date(clock.moment())
    helpers: dict[str, Any] = {"trail": trail, "due": lambda day: due(day, today)}

    @app.get("/healthz")
    def health() -> str:
        return "ok"

    @app.get("/tyolista/<worker>")
    def worklist(worker: str) -> str:
        return templates["worklist"].render(rows=rows(WORKLIST, worker=worker), **helpers)

    @app.get("/polut/<case>")
    def client(case: str) -> str:
        found = rows(CLIENT, case=case)
        return templates["client"].render(rows=found, client=found[0])

    @app.post("/haku")
    def look_up() -> Response:
        answer = redirect(f"/haku/{request.form['csrf_token']}/{request.form['q']}", 303)
        return Response(response=answer.response, status=answer.status, headers=answer.headers)

    @app.get("/haku/<team>/<words>")
    def found(team: str, words: str) -> str:
        return templates["search"].render(rows=rows(SEARCH, team=team, prefix=f"{words}%"))

    @app.get("/johtaminen/<team>")
    def board(team: str) -> str:
        middle = date.fromordinal(today.toordinal() - 14)
        return templates["board"].render(rows=rows(BOARD, team=team, today=today, middle=middle))


def trail(states: str, number: int) -> Markup:
    """Draw the trail of a row; drawn once for each form it has, as the product does."""
    return mini_trail(states.split(","), number)


@lru_cache(maxsize=4096)
def due(day: date, today: date) -> Markup:
    """Draw the chip of a due date."""
    days = (day - today).days
    tone = "late" if days < 0 else "today" if days == 0 else "soon" if days < 8 else "later"
    drawn = "" if tone == "later" else icon(tone)
    words = f"Myöhässä {-days} pv" if days < 0 else f"{days} pv"
    chip = Markup('<span class="polku-due polku-due--{}">{}{}</span>').format(tone, drawn, words)
    return chip + Markup('<span class="polku-due__date">{}</span>').format(format_day_short(day))
