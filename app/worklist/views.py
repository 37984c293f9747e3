"""The worker's home: open cases by what falls due first."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from app.access.actor import Role
from app.access.permissions import Permission
from app.duties.domain import STEPS, DutyKind, WaitsFor
from app.pathways.loader import all_latest
from app.web.guards import requires
from app.web.marks import due_chip, due_note, guard_word, mini_trail
from app.web.page import page
from app.web.request import actor, moment, today, uow
from app.web.texts import _, language, ngettext, say
from app.worklist import queries
from app.worklist.domain import (
    NOBODY,
    SIZES,
    WAITS,
    Counts,
    Order,
    View,
    Window,
    WorklistFilter,
    WorklistPage,
    WorklistRow,
    read_filter,
    views_of,
)

blueprint = Blueprint("worklist", __name__)
NIL: Final = UUID(int=0)
TONES: Final = {Window.LATE: "late", Window.TODAY: "today"}
ICONS: Final = {
    Window.LATE: "late", Window.TODAY: "today", Window.THIS_WEEK: "week", Window.ME: "me", Window.OTHERS: "others",
}  # fmt: skip


@blueprint.get("/tyolista")
@requires(Permission.WORKLIST_VIEW)
def home() -> ResponseReturnValue:
    """Show the work list: counters, filters, and a row for each open case."""
    models = {model.key: str(model.short) for model in all_latest()}
    wanted = read_filter(request.args, views_of(actor()), frozenset(models))
    cursor = request.args.get("sivu")
    shown = queries.worklist(uow(), actor(), wanted, cursor=cursor, now=moment(), today=today())
    return page("worklist/home.html", shown=shown, wanted=wanted, models=models, **_dressed(shown, wanted))


def _dressed(shown: WorklistPage, wanted: WorklistFilter) -> dict[str, Any]:
    """What the template shows beside the rows: links, words and marks, each made once for the page."""
    return {
        "counters": _counters(shown.counts, wanted),
        "views": {view: _view_words(view) for view in views_of(actor())},
        "stages": {number: str(stage.short) for number, stage in enumerate(all_latest()[0].stages, start=1)},
        "sorts": {order: _address(wanted.ordered(order)) for order in Order},
        "sizes": [(size, None if size == wanted.size else _address(wanted, koko=str(size))) for size in SIZES],
        "order_words": _order_words(wanted),
        "title": _heading(shown.counts),
        "all_href": _address(WorklistFilter(view=wanted.view)),
        "previous": shown.previous_cursor and _address(wanted, sivu=shown.previous_cursor),
        "next": shown.next_cursor and _address(wanted, sivu=shown.next_cursor),
        "rows": _rows(shown, wanted),
        "fill": fill,
        "nobody": NOBODY,
        "is_coordinator": actor().has(Role.COORDINATOR),
    }


def _address(wanted: WorklistFilter, **more: str) -> str:
    return f"{request.path}?{urlencode(wanted.query() | more)}"


def _view_words(view: View) -> str:
    return {View.OWN: _("Own work list"), View.TEAM: _("Team's work list"), View.LED: _("Led teams")}[view]


def _heading(counts: Counts) -> str:
    clients = ngettext("%(num)s client", "%(num)s clients", counts.clients)
    if counts.cases == counts.clients:
        return clients
    return ngettext("%(num)s pathway", "%(num)s pathways", counts.cases) + ", " + clients


def _counters(counts: Counts, wanted: WorklistFilter) -> list[dict[str, Any]]:
    is_own = wanted.view is View.OWN
    words = {
        Window.LATE: _("Late"),
        Window.TODAY: _("Today"),
        Window.THIS_WEEK: _("This week"),
        Window.ME: _("Waits for me") if is_own else _("Waits for the worker"),
        Window.OTHERS: _("Waits for others"),
    }
    return [
        {
            "tone": TONES.get(window, ""),
            "icon": ICONS[window],
            "number": counts.of(window),
            "words": words[window],
            # The counter one is in leads back to the whole list.
            "href": _address(wanted.with_window(None if window is wanted.window else window)),
            "is_current": window is wanted.window,
        }
        for window in Window
    ]


def _order_words(wanted: WorklistFilter) -> str:
    down = wanted.is_descending
    return {
        Order.DUE: _("order: due date, the furthest first") if down else _("order: due date, late first"),
        Order.REF: _("order: reference, the newest first") if down else _("order: reference, the oldest first"),
        Order.STAGE: _("order: stage, the last first") if down else _("order: stage, the first first"),
        Order.LAST: _("order: last contact, the latest first") if down else _("order: last contact, the oldest first"),
    }[wanted.order]


def _links() -> dict[str, list[str]]:
    """Return the addresses of a row in pieces, between which the case's id goes: building each would cost the page."""
    back = request.full_path.rstrip("?")
    return {
        "case": _around("workbench.summary"),
        "log": _around("workbench.log", next=f"{back}#kirjaa-{NIL}"),
        "review": _around("reviews.start"),
    }


def _around(endpoint: str, **more: Any) -> list[str]:  # noqa: ANN401 - values of an address
    return str(escape(url_for(endpoint, case_id=NIL, **more))).split(str(NIL))


def _rows(shown: WorklistPage, wanted: WorklistFilter) -> list[dict[str, str]]:
    """Return what each row's skeleton is filled with, escaped; parts that come again are drawn once."""
    steps = {kind: escape(say(text)) for kind, text in STEPS.items()}
    waits = {who: say(text) for who, text in WAITS.items()}
    on, spoken, guarded = today(), language(), " " + guard_word()
    is_own = wanted.view is View.OWN
    links = _links()
    return [
        {
            "id": (spelled := str(row.case_id)),
            "case": spelled.join(links["case"]),
            "log": spelled.join(links["log"]),
            "name": escape(row.name),
            "ref": row.ref,
            "beside": guarded if row.is_protected else _town(row.town),
            "stage": _stage(row.states, row.number, row.stage),
            "step": _step(row, steps, spelled.join(links["review"]) if is_own else ""),
            "whose": escape(waits.get(row.waits_for or "", "") if is_own else _whose(row, waits, shown.workers)),
            "due": _chip(row.due_on, on, spoken),
            "last": _last(row.last_on, row.last_kind, spoken),
        }
        for row in shown.rows
    ]


def _step(row: WorklistRow, steps: Mapping[str, Markup], review: str) -> Markup:
    """Return a promise in its own words or the name of the act; a review is a page away for who has to hold it."""
    if row.step:
        return escape(row.step)
    act = steps[row.kind or ""]
    if row.kind != DutyKind.PLAN_REVIEW or not review:
        return act
    link = Markup('<a href="{}">{}<span class="govuk-visually-hidden">: {}</span></a>')
    return link.format(Markup(review), act, row.name)  # noqa: S704 - built by url_for and escaped


def fill(skeleton: str, values: Mapping[str, str]) -> Markup:
    """Return a row of the template with its values in their places: many times quicker than a page of expressions."""
    # as plain text: Markup's own % would escape every value once more
    return Markup(str.__mod__(skeleton, values))  # noqa: S704 - the skeleton is a template's, every value was escaped


def _whose(row: WorklistRow, waits: Mapping[str, str], workers: Mapping[UUID, str]) -> str:
    if row.worker_id is None:
        return _("No responsible worker")
    name = workers.get(row.worker_id, "")
    if row.waits_for in {None, WaitsFor.WORKER}:
        return name
    return f"{waits[row.waits_for or '']} · {name}"


# The parts below depend on what they are given and on nothing else of the page.
@lru_cache(maxsize=4096)
def _chip(due_on: date | None, _today: date, _language: str) -> Markup:
    return due_chip(due_on) if due_on else due_note(_("No due date"))


@lru_cache(maxsize=4096)
def _stage(states: tuple[str, ...], number: int, words: str) -> Markup:
    drawn = mini_trail(states, number)
    return drawn + Markup('<span class="polku-stageword"><span class="polku-num">{}/7</span> {}</span>').format(
        number, words
    )


@lru_cache(maxsize=1024)
def _last(on: date | None, words: str, _language: str) -> Markup:
    if on is None:
        return Markup('<span class="polku-muted">{}</span>').format(_("Not yet"))
    return Markup('<span class="polku-num">{}.{}.</span><span class="polku-sub">{}</span>').format(
        on.day, on.month, words
    )


@lru_cache(maxsize=512)
def _town(name: str) -> Markup:
    return Markup('<span class="polku-town"> · {}</span>').format(name) if name else Markup("")
