"""The supervisor's board and the lists behind its numbers; the privacy officer's log."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from app.access.actor import Role
from app.access.permissions import Permission
from app.accounts import queries as accounts
from app.audit.domain import Deed
from app.audit.queries import TrailFilter
from app.clients.domain import parse_ref
from app.core.clock import start_of_day
from app.core.dates import DateProblem, parse_day
from app.core.texts import N_, Text
from app.pathways.domain import StageCode
from app.pathways.loader import all_latest
from app.supervision import lists, queries
from app.supervision.domain import (
    NOBODY,
    Board,
    Matrix,
    MatrixRow,
    ReviewFilter,
    Window,
    read_filter,
)
from app.supervision.rows import LogPage
from app.web import charts
from app.web.guards import requires
from app.web.page import can_reach, page
from app.web.request import actor, moment, today, uow
from app.web.texts import _, _p, ngettext, say

blueprint = Blueprint("supervision", __name__)
MOST_BARS: Final = 12
DEEDS: Final = {"katsottu": Deed.VIEWED, "listattu": Deed.LISTED, "muutettu": Deed.CHANGED, "evatty": Deed.DENIED}
Cells = list[tuple[int, str | None]]


class _Addresses:
    """The lists behind the numbers of one board: pieces put together, for a board has hundreds of numbers."""

    def __init__(self, wanted: ReviewFilter) -> None:
        frame = urlencode(wanted.frame.query())
        self._reviews = f"{url_for('supervision.reviews')}?{frame}"
        self._stays = f"{url_for('supervision.long_stays')}?{frame}"
        self._cases = f"{url_for('worklist.home')}?nakyma=johdetut&{frame}" if can_reach("worklist.home") else ""

    def reviews(self, worker: str = "", window: Window = Window.LATE, stage: StageCode | None = None) -> str:
        """Return the address of the reviews of a worker ("" for all), a window, a stage."""
        return (
            self._reviews
            + (f"&tyontekija={worker}" if worker else "")
            + (f"&rajaus={window.value}" if window is not Window.LATE else "")
            + (f"&vaihe={stage.number}" if stage else "")
        ).replace("?&", "?")

    def stays(self, worker: str = "") -> str:
        """Return the address of the cases longer in their stage than its target, of a worker ("" for all)."""
        return (self._stays + (f"&tyontekija={worker}" if worker else "")).replace("?&", "?").rstrip("?")

    def cases(self, worker: str = "") -> str | None:
        """Return the work list of the led teams, narrowed to a worker: the list behind a number of clients."""
        if not self._cases:
            return None
        return (self._cases + (f"&tyontekija={worker}" if worker else "")).replace("&&", "&").rstrip("&")


# ---------------------------------------------------------------- the board
@blueprint.get("/johtaminen")
@requires(Permission.SUPERVISE)
def board() -> ResponseReturnValue:
    """Show the numbers of the led teams; each leads to the list it counts."""
    wanted = read_filter(request.args, frozenset(_models())).frame
    shown = queries.board(uow(), actor(), wanted, now=moment(), today=today())
    return page(
        "supervision/board.html",
        shown=shown,
        wanted=wanted,
        models=_models(),
        led=actor().led_team_ids,
        **_drawn(shown, wanted, _Addresses(wanted)),
    )


def _drawn(shown: Board, wanted: ReviewFilter, to: _Addresses) -> dict[str, Any]:
    matrix = shown.matrix
    return {
        "figures": _figures(shown, wanted, to),
        "rows": [
            (row, to.reviews(_key(row)) if row.total else None, _cells(row, to, matrix, worker=_key(row)))
            for row in matrix.rows
        ],
        "totals": _cells(matrix.totals, to, matrix, worker=""),
        "stages": _stage_heads(matrix),
        "chart": _chart(matrix, to),
    }


def _models() -> dict[str, str]:
    return {model.key: str(model.short) for model in all_latest()}


def _stage_heads(matrix: Matrix) -> list[str]:
    stages = all_latest()[0]
    return [f"{code.number} {stages.stage(code).short}" for code in matrix.stages]


def _cells(row: MatrixRow, to: _Addresses, matrix: Matrix, *, worker: str) -> Cells:
    """Return the numbers of a row with the list each counts; nothing stands behind a zero."""
    cells: Cells = [
        (row.cases, to.cases(worker) if row.cases else None),
        (row.stayed, to.stays(worker) if row.stayed else None),
    ]
    for stage in matrix.stages:
        number = row.by_stage.get(stage, 0)
        cells.append((number, to.reviews(worker, stage=stage) if number else None))
    for number, window in ((row.total, Window.LATE), (row.within, Window.WITHIN), (row.beyond, Window.BEYOND)):
        cells.append((number, to.reviews(worker, window) if number else None))
    return cells


def _key(row: MatrixRow) -> str:
    return str(row.worker_id or NOBODY)


def _figures(shown: Board, wanted: ReviewFilter, to: _Addresses) -> list[dict[str, Any]]:
    matrix = shown.matrix
    late, coming, alone = matrix.totals.total, matrix.coming, matrix.unassigned
    leads = f"{url_for('supervision.lead_times')}?{urlencode(wanted.frame.query())}".rstrip("?")
    median = _("%(days)s d", days=_days(shown.median_days)) if shown.median_days is not None else "–"
    cases = ngettext("median, %(num)s pathway", "median, %(num)s pathways", shown.median_cases)
    clients = ngettext("%(num)s client", "%(num)s clients", shown.late_clients)
    return [
        {
            "number": late,
            "words": _("Late reviews"),
            "note": clients,
            "href": to.reviews() if late else None,
            "is_late": bool(late),
        },
        {
            "number": coming,
            "words": _("Due in 14 days"),
            "note": _p("figure", "reviews"),
            "href": to.reviews(window=Window.COMING) if coming else None,
        },
        {
            "number": alone,
            "words": _("Without a responsible worker"),
            "note": _p("figure", "open pathways"),
            "href": to.cases(NOBODY) if alone else None,
        },
        _stayed(matrix.totals.stayed, to),
        {
            "number": median,
            "words": _("Lead time, stage 2 → 4"),
            "note": cases,
            "href": leads if shown.median_cases else None,
        },
        *_put_off(shown, to),
    ]


def _stayed(number: int, to: _Addresses) -> dict[str, Any]:
    words, note = _("Stage past its target"), _p("figure", "open pathways")
    return {"number": number, "words": words, "note": note, "href": to.stays() if number else None}


def _put_off(shown: Board, to: _Addresses) -> list[dict[str, Any]]:
    """Return the figure of the reviews put off again and again; there is none while there are none."""
    if not shown.postponed:
        return []
    href, note = to.reviews(window=Window.POSTPONED), _p("figure", "reviews")
    return [{"number": shown.postponed, "words": _("Put off three times"), "note": note, "href": href}]


def _days(days: float) -> str:
    return f"{days:.1f}".removesuffix(".0").replace(".", ",")


def _chart(matrix: Matrix, to: _Addresses) -> charts.BarChart | None:
    shown = [row for row in matrix.rows if row.total][:MOST_BARS]
    if not shown:
        return None
    bars = [charts.BarRow(row.name or _("No worker"), (row.within, row.beyond), to.reviews(_key(row))) for row in shown]
    title = _("Late reviews by worker: at most 14 days late, and more. The numbers are in the table beside.")
    return charts.stacked(title, bars, parts=(_("at most 14 d"), _("over 14 d")))


# ---------------------------------------------------------------- the lists
@blueprint.get("/johtaminen/tarkistukset")
@requires(Permission.WORKLIST_VIEW)
def reviews() -> ResponseReturnValue:
    """Show the reviews behind a number; whoever opens the address sees what is theirs to see."""
    wanted = read_filter(request.args, frozenset(_models()))
    cursor = request.args.get("sivu")
    shown = lists.reviews(uow(), actor(), wanted, cursor=cursor, now=moment(), today=today())
    return page(
        "supervision/reviews.html",
        shown=shown,
        narrowed=_narrowed(wanted, shown.worker, shown.team),
        is_lead=actor().has(Role.SUPERVISOR),
        heading=_heading(wanted.window),
        **_turns("supervision.reviews", wanted.query(), shown.previous_cursor, shown.next_cursor),
    )


def _heading(window: Window) -> str:
    titles = {Window.COMING: _("Reviews to come"), Window.POSTPONED: _("Reviews put off again and again")}
    return titles.get(window) or _("Late reviews")


def _narrowed(wanted: ReviewFilter, worker: str, team: str) -> list[str]:
    """Return what narrows the reviews, in words: each as "label: value"."""
    windows = {
        Window.LATE: _p("reviews", "late"),
        Window.WITHIN: _("at most 14 days late"),
        Window.BEYOND: _("over 14 days late"),
        Window.COMING: _("due in 14 days"),
        Window.POSTPONED: _("put off at least three times in a row"),
    }
    return [windows[wanted.window], *_narrowed_to(wanted, worker, team)]


def _narrowed_to(wanted: ReviewFilter, worker: str, team: str) -> list[str]:
    """Return whose cases a list shows, and in which stage, in words."""
    stage = wanted.stage and f"{wanted.stage.number} {all_latest()[0].stage(wanted.stage).short}"
    words = [
        _("worker: %(name)s", name=worker) if worker else "",
        _("no responsible worker") if wanted.is_unassigned else "",
        _("stage: %(name)s", name=stage) if stage else "",
        _("team: %(name)s", name=team) if team else "",
        _("service: %(name)s", name=_models()[wanted.model]) if wanted.model else "",
    ]
    return [one for one in words if one]


@blueprint.get("/johtaminen/lapimeno")
@requires(Permission.SUPERVISE)
def lead_times() -> ResponseReturnValue:
    """Show the cases that the median is of."""
    wanted = read_filter(request.args, frozenset(_models())).frame
    shown = lists.lead_times(uow(), actor(), wanted, cursor=request.args.get("sivu"), now=moment())
    turns = _turns("supervision.lead_times", wanted.query(), shown.previous_cursor, shown.next_cursor)
    median = _days(shown.median_days) if shown.median_days is not None else None
    return page("supervision/lead_times.html", shown=shown, median=median, **turns)


@blueprint.get("/johtaminen/vaiheen-kesto")
@requires(Permission.WORKLIST_VIEW)
def long_stays() -> ResponseReturnValue:
    """Show the cases longer in their stage than its target; whoever opens the address sees what is theirs to see."""
    wanted = read_filter(request.args, frozenset(_models()))
    shown = lists.long_stays(uow(), actor(), wanted, cursor=request.args.get("sivu"), now=moment(), today=today())
    return page(
        "supervision/long_stays.html",
        shown=shown,
        wanted=wanted,
        narrowed=_narrowed_to(wanted, shown.worker, shown.team),
        stages=[(code.number, all_latest()[0].stage(code).short, shown.by_stage.get(code, 0)) for code in StageCode],
        is_lead=actor().has(Role.SUPERVISOR),
        **_turns("supervision.long_stays", wanted.query(), shown.previous_cursor, shown.next_cursor),
    )


def _turns(endpoint: str, query: Mapping[str, str], previous: str | None, following: str | None) -> dict[str, Any]:
    def turn(cursor: str | None) -> str | None:
        return f"{url_for(endpoint)}?{urlencode({**query, 'sivu': cursor})}" if cursor else None

    return {"previous": turn(previous), "next": turn(following)}


# ---------------------------------------------------------------- the log
@blueprint.get("/loki")
@requires(Permission.AUDIT_VIEW)
def log() -> ResponseReturnValue:
    """Show the whole trail, narrowed by days, user, client and kind of row."""
    typed = {name: request.args.get(name, "").strip()[:80] for name in ("alku", "loppu", "kayttaja", "asiakas", "laji")}
    wanted, problems = _read_log(typed)
    shown = queries.log(uow(), actor(), wanted, cursor=request.args.get("sivu"), now=moment()) if not problems else None
    problem_words = {field: say(text) for field, text in problems.items()}
    seen = {"shown": shown, "typed": typed, "problems": problem_words, "kinds": DEEDS}
    return page("supervision/log.html", 422 if problems else None, **seen, **_log_turns(typed, shown))


def _log_turns(typed: Mapping[str, str], shown: LogPage | None) -> dict[str, Any]:
    query = {name: value for name, value in typed.items() if value}
    cursors = (shown.previous_cursor, shown.next_cursor) if shown else (None, None)
    return _turns("supervision.log", query, *cursors)


def _read_log(typed: Mapping[str, str]) -> tuple[TrailFilter, dict[str, Text]]:
    """Return the filter that was typed, or what is wrong at each field."""
    problems: dict[str, Text] = {}
    first, last = _day("alku", typed, problems), _day("loppu", typed, problems)
    if first and last and last < first:
        problems["loppu"] = N_("The last day is before the first. Change one of them.")
    return TrailFilter(
        since=start_of_day(first) if first else None,
        until=start_of_day(last + timedelta(days=1)) if last else None,
        actor_id=_user(typed["kayttaja"], problems),
        client_id=_client(typed["asiakas"], problems),
        deed=DEEDS.get(typed["laji"]),
    ), problems


def _day(field: str, typed: Mapping[str, str], problems: dict[str, Text]) -> date | None:
    try:
        return parse_day(typed[field], today()) if typed[field] else None
    except DateProblem as problem:
        problems[field] = problem.message
        return None


def _user(username: str, problems: dict[str, Text]) -> UUID | None:
    if not username:
        return None
    found = accounts.users_by_name(uow(), [username]).get(username)
    if found is None:
        problems["kayttaja"] = N_("There is no such user name. Check how it is written.")
    return found.id if found else None


def _client(ref: str, problems: dict[str, Text]) -> UUID | None:
    if not ref:
        return None
    number = parse_ref(ref)
    found = queries.find_client(uow(), number) if number else None
    if found is None:
        problems["asiakas"] = N_("There is no such reference. Write it in the form A-2041.")
    return found
