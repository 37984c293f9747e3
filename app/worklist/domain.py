"""The work list in plain values: which rows are wanted, what a row says, and how an address spells it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeVar
from uuid import UUID

from app.access.actor import Actor, Role
from app.audit.domain import Purpose
from app.core.ids import read_id
from app.core.texts import N_, Text
from app.duties.domain import WaitsFor
from app.pathways.domain import StageCode
from app.pathways.engine import StageState, Visit, stage_map

SIZES: Final = (25, 50, 100)
USUAL_SIZE: Final = 50
NOBODY: Final = "ei"
Kind = TypeVar("Kind", bound=StrEnum)


class View(StrEnum):
    """Whose cases: one's own and those one is a pair in, the teams one works in, the teams one leads."""

    OWN = "oma"
    TEAM = "tiimi"
    LED = "johdetut"


class Window(StrEnum):
    """The counters above the list; each shows the rows it counts."""

    LATE = "myohassa"
    TODAY = "tanaan"
    THIS_WEEK = "viikko"
    ME = "minua"
    OTHERS = "muita"


class Order(StrEnum):
    """What the list is ordered by."""

    DUE = "maarapaiva"
    REF = "viite"
    STAGE = "vaihe"
    LAST = "viimeksi"


def views_of(actor: Actor) -> tuple[View, ...]:
    """Return the views the actor has, the one that opens first in front. Source: ruling 3."""
    views: list[View] = []
    if actor.has(Role.OWN_WORKER):
        views.append(View.OWN)
    if actor.has(Role.OWN_WORKER, Role.COORDINATOR):
        views.append(View.TEAM)
    if actor.has(Role.SUPERVISOR):
        views.append(View.LED)
    return tuple(views)


def teams_of(actor: Actor, view: View) -> frozenset[UUID]:
    """Return the teams whose cases a view shows; the own view rests on standing and has none."""
    return {View.OWN: frozenset[UUID](), View.TEAM: actor.team_ids, View.LED: actor.led_team_ids}[view]


def purpose_in(actor: Actor, view: View) -> str:
    """Return why the actor looks at the names of a view (act 703/2023, section 10)."""
    if view is View.OWN:
        return Purpose.OWN
    if view is View.LED:
        return Purpose.SUPERVISION
    return Purpose.TEAM if actor.has(Role.OWN_WORKER) else Purpose.COORDINATION


@dataclass(frozen=True, slots=True, kw_only=True)
class WorklistFilter:
    """Which rows are wanted, in which order, how many a page. Holds nothing that tells of a person."""

    view: View
    window: Window | None = None
    stage: StageCode | None = None
    model: str | None = None
    team_id: UUID | None = None
    worker_id: UUID | None = None
    is_unassigned: bool = False
    order: Order = Order.DUE
    is_descending: bool = False
    size: int = USUAL_SIZE

    @property
    def is_narrowed(self) -> bool:
        """Whether anything beside the view itself leaves rows out."""
        return any((self.window, self.stage, self.model, self.team_id, self.worker_id, self.is_unassigned))

    @property
    def name(self) -> str:
        """The list's name for its cursors: a place in one selection means nothing in another."""
        return "worklist|" + "&".join(f"{key}={value}" for key, value in self.query().items() if key != "koko")

    def query(self) -> dict[str, str]:
        """Return the filter as an address spells it; what is usual is left out."""
        spelled = {
            "nakyma": self.view.value,
            "rajaus": self.window.value if self.window else "",
            "vaihe": str(self.stage.number) if self.stage else "",
            "malli": self.model or "",
            "tiimi": str(self.team_id or ""),
            "tyontekija": NOBODY if self.is_unassigned else str(self.worker_id or ""),
            "jarjestys": self.order.value if self.order is not Order.DUE else "",
            "suunta": "laskeva" if self.is_descending else "",
            "koko": str(self.size) if self.size != USUAL_SIZE else "",
        }
        return {key: value for key, value in spelled.items() if value}

    def with_window(self, window: Window | None) -> "WorklistFilter":
        """Return the same rows narrowed to one counter, or to none."""
        return replace(self, window=window)

    def ordered(self, order: Order) -> "WorklistFilter":
        """Return the same rows in another order; the present order is turned round."""
        return replace(self, order=order, is_descending=order is self.order and not self.is_descending)


def read_filter(args: Mapping[str, str], views: tuple[View, ...], models: frozenset[str]) -> WorklistFilter:
    """Return what an address asks for; a value nobody knows is as if it were not there.

    A view the reader does not have falls to the widest one they have: the address of a lead opens for a colleague,
    who sees what is theirs to see.
    """
    view = _view(args.get("nakyma", ""), views)
    asked_worker = args.get("tyontekija", "") if view is not View.OWN else ""
    size = args.get("koko", "")
    return WorklistFilter(
        view=view,
        window=_member(Window, args.get("rajaus", "")),
        stage=_stage(args.get("vaihe", "")),
        model=args.get("malli") if args.get("malli") in models else None,
        team_id=read_id(args.get("tiimi", "")) if view is not View.OWN else None,
        worker_id=read_id(asked_worker),
        is_unassigned=asked_worker == NOBODY,
        order=_member(Order, args.get("jarjestys", "")) or Order.DUE,
        is_descending=args.get("suunta") == "laskeva",
        size=int(size) if size in map(str, SIZES) else USUAL_SIZE,
    )


def _view(asked: str, views: tuple[View, ...]) -> View:
    wanted = _member(View, asked)
    if wanted is None or wanted in views:
        return wanted or views[0]
    return next((view for view in (View.TEAM, View.LED) if view in views), views[0])


def _member(kind: type[Kind], text: str) -> Kind | None:
    return next((one for one in kind if one.value == text), None)


def _stage(text: str) -> StageCode | None:
    return list(StageCode)[int(text) - 1] if text in set("1234567") and text else None


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """One open case by its earliest open duty (ruling 18); `step` is a promise in its own words, else None."""

    case_id: UUID
    name: str
    ref: str
    is_protected: bool
    town: str
    states: tuple[str, ...]
    number: int
    stage: str
    kind: str | None
    step: str | None
    waits_for: str | None
    due_on: date | None
    last_on: date | None
    last_kind: str
    worker_id: UUID | None


@dataclass(frozen=True, slots=True)
class Counts:
    """The five counters, and how many cases and clients the list itself holds."""

    late: int
    today: int
    this_week: int
    waits_me: int
    waits_others: int
    all: int
    cases: int
    clients: int

    def of(self, window: Window) -> int:
        """Return the number of one counter."""
        return {
            Window.LATE: self.late,
            Window.TODAY: self.today,
            Window.THIS_WEEK: self.this_week,
            Window.ME: self.waits_me,
            Window.OTHERS: self.waits_others,
        }[window]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorklistPage:
    """One page of the work list with its counters; `first` is the running number of its first row."""

    rows: tuple[WorklistRow, ...]
    counts: Counts
    first: int
    next_cursor: str | None
    previous_cursor: str | None
    teams: Mapping[UUID, str]
    workers: Mapping[UUID, str]


@lru_cache(maxsize=4096)
def states_of(trail: str) -> tuple[str, ...]:
    """Return the state of each of the seven stages from the visits in their order: 'pre_contact:done,…'.

    The trails of a county come in few forms, so each is read once.
    """
    pairs = (visit.split(":") for visit in trail.split(",") if visit)
    visits = [Visit(StageCode(stage), StageState(state)) for stage, state in pairs]
    return tuple(str(state) for state in stage_map(visits).states.values())


WAITS: Final[Mapping[str, Text]] = {
    WaitsFor.WORKER: N_("Waits for you"),
    WaitsFor.CLIENT: N_("Waits for the client"),
    WaitsFor.LEAD: N_("Waits for the supervisor"),
    WaitsFor.COORDINATOR: N_("Waits for the coordinator"),
    WaitsFor.OTHER: N_("Waits for another party"),
}
"""Who moves next, as the worker reads it in the own list."""
