"""One page after the other inside this process: how many statements it takes, and where its time goes."""

import cProfile
import io
import pstats
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flask.testing import FlaskClient
from sqlalchemy import event

from app.core.db import make_engine, make_sessions
from app.factory import create_app
from config.settings import Settings

COOKIE: Final = "__Host-polku"
BASE: Final = "https://polku.test"
Ask = Callable[[FlaskClient], None]


@dataclass(frozen=True)
class Look:
    """What one page costs in this process."""

    statements: int
    milliseconds: float
    in_database: float


class Inside:
    """The product in this process, on the bench's database, with its statements counted."""

    def __init__(self, settings: Settings) -> None:
        self.engine = make_engine(settings.database_url, pool_size=2)
        self.app = create_app(settings, sessions=make_sessions(self.engine))
        self.count, self.spent, self._began = 0, 0.0, 0.0
        event.listen(self.engine, "before_cursor_execute", self._before)
        event.listen(self.engine, "after_cursor_execute", self._after)

    def _before(self, *_: Any) -> None:  # noqa: ANN401 - SQLAlchemy's event
        self.count += 1
        self._began = time.perf_counter()

    def _after(self, *_: Any) -> None:  # noqa: ANN401 - SQLAlchemy's event
        self.spent += time.perf_counter() - self._began

    def browser(self, token: str) -> FlaskClient:
        """Return a browser that is signed in."""
        client = self.app.test_client()
        client.set_cookie(COOKIE, token, domain="polku.test", secure=True, path="/")
        return client

    def look(self, token: str, ask: Ask, times: int = 30) -> Look:
        """Ask for a page often and return its statements, and its milliseconds in the middle and in the database."""
        client = self.browser(token)
        ask(client)
        taken, spent, statements = [], [], set()
        for _ in range(times):
            self.count, self.spent = 0, 0.0
            began = time.perf_counter()
            ask(client)
            taken.append(time.perf_counter() - began)
            spent.append(self.spent)
            statements.add(self.count)
        middle = times // 2
        return Look(max(statements), 1000 * sorted(taken)[middle], 1000 * sorted(spent)[middle])

    def profile(self, token: str, ask: Ask, times: int = 200) -> str:
        """Return where the time of a page goes, the dearest functions first."""
        client = self.browser(token)
        ask(client)
        profiler = cProfile.Profile()
        profiler.enable()
        for _ in range(times):
            ask(client)
        profiler.disable()
        out = io.StringIO()
        pstats.Stats(profiler, stream=out).sort_stats("cumulative").print_stats(70)
        pstats.Stats(profiler, stream=out).sort_stats("tottime").print_stats(30)
        return re.sub(r"/\S*/(app|site-packages)/", r"\1/", out.getvalue())

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def get(path: str) -> Ask:
    """A page by its address."""

    def ask(client: FlaskClient) -> None:
        answer = client.get(path, base_url=BASE, headers={"Accept-Encoding": "gzip"})
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status}")

    return ask


def search(words: str, csrf: str) -> Ask:
    """A search: the POST and the page it leads to."""

    def ask(client: FlaskClient) -> None:
        sent = client.post("/haku", base_url=BASE, data={"csrf_token": csrf, "q": words})
        if sent.status_code != 303:
            raise RuntimeError(f"/haku: {sent.status}")
        get(sent.headers["Location"])(client)

    return ask
