"""The supervisor's numbers in plain values: which reviews are late, whose they are, and how addresses spell them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple, TypeVar
from uuid import UUID

from app.access.actor import Actor, Role
from app.audit.domain import Purpose
from app.core.ids import read_id
from app.core.paging import Cursor
from app.pathways.domain import StageCode

LONG_LATE_DAYS: Final = 14
COMING_DAYS: Final = 14
PAGE_SIZE: Final = 50
NOBODY: Final = "ei"
Kind = TypeVar("Kind", bound=StrEnum)


class Window(StrEnum):
    """Which reviews: late, late by at most or more than fourteen days, due in fourteen days, or put off often."""

    LATE = "myohassa"
    WITHIN = "enintaan14"
    BEYOND = "yli14"
    COMING = "tulossa"
    POSTPONED = "lykatty"


def days_of(window: Window, today: date) -> tuple[date | None, date]:
    """Return the first and last due date of a window, both included; None: no first day.

    Late is before today (ruling 17); a review due today is coming, not late.
    """
    long_ago = today - timedelta(days=LONG_LATE_DAYS)
    yesterday = today - timedelta(days=1)
    return {
        Window.LATE: (None, yesterday),
        Window.WITHIN: (long_ago, yesterday),
        Window.BEYOND: (None, long_ago - timedelta(days=1)),
        Window.COMING: (today, today + timedelta(days=COMING_DAYS)),
        Window.POSTPONED: (None, date.max),
    }[window]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFilter:
    """Which reviews are wanted; the rights of the reader narrow them further and stand in no address."""

    window: Window = Window.LATE
    team_id: UUID | None = None
    model: str | None = None
    worker_id: UUID | None = None
    is_unassigned: bool = False
    stage: StageCode | None = None

    @property
    def name(self) -> str:
        """The list's name for its cursors."""
        return "reviews|" + "&".join(f"{key}={value}" for key, value in self.query().items())

    @property
    def frame(self) -> "ReviewFilter":
        """The filter of the board itself: team and model, nothing of one cell."""
        return ReviewFilter(team_id=self.team_id, model=self.model)

    def query(self) -> dict[str, str]:
        """Return the filter as an address spells it."""
        spelled = {
            "tiimi": str(self.team_id or ""),
            "malli": self.model or "",
            "rajaus": self.window.value if self.window is not Window.LATE else "",
            "tyontekija": NOBODY if self.is_unassigned else str(self.worker_id or ""),
            "vaihe": str(self.stage.number) if self.stage else "",
        }
        return {key: value for key, value in spelled.items() if value}

    def of_worker(self, worker_id: UUID | None) -> "ReviewFilter":
        """Return the reviews of one worker's cases, or of the cases that nobody answers for."""
        return replace(self, worker_id=worker_id, is_unassigned=worker_id is None)


def read_filter(args: Mapping[str, str], models: frozenset[str]) -> ReviewFilter:
    """Return what an address asks for; a value nobody knows is as if it were not there."""
    asked, stage = args.get("tyontekija", ""), args.get("vaihe", "")
    return ReviewFilter(
        window=_member(Window, args.get("rajaus", "")) or Window.LATE,
        team_id=read_id(args.get("tiimi", "")),
        model=args.get("malli") if args.get("malli") in models else None,
        worker_id=read_id(asked),
        is_unassigned=asked == NOBODY,
        stage=list(StageCode)[int(stage) - 1] if stage and stage in set("1234567") else None,
    )


def _member(kind: type[Kind], text: str) -> Kind | None:
    return next((one for one in kind if one.value == text), None)


class Whose(StrEnum):
    """Whose cases a reader's numbers are made of: the led teams', the own teams' and own, or the own alone."""

    LEAD = "lead"
    COORDINATOR = "coordinator"
    OWN = "own"


PURPOSES: Final = {
    Whose.LEAD: Purpose.SUPERVISION,
    Whose.COORDINATOR: Purpose.COORDINATION,
    Whose.OWN: Purpose.OWN,
}
"""Why the reader looks at the names behind the numbers (act 703/2023, section 10)."""


def whose(actor: Actor) -> Whose:
    """Return whose cases the actor's numbers are made of; who leads sees the led teams' alone."""
    if actor.has(Role.SUPERVISOR):
        return Whose.LEAD
    return Whose.COORDINATOR if actor.has(Role.COORDINATOR) else Whose.OWN


class Shape(NamedTuple):
    """What of a filter and a reader changes the text of a statement; the rest is bound when it runs."""

    whose: Whose
    has_team: bool
    has_model: bool
    worker: str  # "", "one" or "none"
    has_stage: bool


def shape_of(actor: Actor, wanted: ReviewFilter) -> Shape:
    """Return the shape of the statements for a reader's filter."""
    worker = "none" if wanted.is_unassigned else "one" if wanted.worker_id else ""
    return Shape(whose(actor), wanted.team_id is not None, wanted.model is not None, worker, wanted.stage is not None)


def numbers_of(ids: Sequence[Any], place: Cursor | None) -> dict[Any, int]:
    """Return the running number of each fetched row, reckoned from the one the page begins at (last in its place)."""
    at, step = (int(str(place.place[-1])), -1 if place.is_backwards else 1) if place else (0, 1)
    return {one: at + step * (index + 1) for index, one in enumerate(ids)}


# ---------------------------------------------------------------- the matrix
@dataclass(frozen=True, slots=True)
class Load:
    """The open cases of one worker, and how many of them have been in their stage longer than its target."""

    cases: int = 0
    stayed: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """The reviews of one worker's cases in one stage; `oldest` is the earliest late due date."""

    worker_id: UUID | None
    stage: StageCode
    late: int
    beyond: int
    oldest: date | None
    coming: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """One worker's late reviews by stage; without a worker they are the ones that nobody answers for.

    `stayed`: the cases that have been in their stage longer than its target.
    """

    worker_id: UUID | None
    name: str
    away: tuple[date, date] | None
    cases: int
    stayed: int
    by_stage: Mapping[StageCode, int]
    beyond: int
    longest: int

    @property
    def total(self) -> int:
        """All late reviews of the row."""
        return sum(self.by_stage.values())

    @property
    def within(self) -> int:
        """Those at most fourteen days late."""
        return self.total - self.beyond


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The late reviews, most first; `stages` are those that have any; `coming`: due in fourteen days."""

    rows: tuple[MatrixRow, ...]
    stages: tuple[StageCode, ...]
    totals: MatrixRow
    coming: int
    unassigned: int


def matrix_of(
    cells: Sequence[Cell],
    loads: Mapping[UUID | None, Load],
    names: Mapping[UUID, str],
    away: Mapping[UUID, tuple[date, date]],
    *,
    today: date,
) -> Matrix:
    """Return the matrix worker × stage of the late reviews; every worker with open cases has a row.

    `loads`: open cases by worker, under None those without one. Cells of one worker and stage are one cell.
    """
    of_worker: dict[UUID | None, list[Cell]] = {worker: [] for worker in loads}
    for cell in cells:
        if cell.late or cell.worker_id in of_worker:
            of_worker.setdefault(cell.worker_id, []).append(cell)
    rows = [
        _row(
            own,
            worker_id=worker,
            name=names.get(worker, "") if worker else "",
            away=away.get(worker) if worker else None,
            load=loads.get(worker, Load()),
            today=today,
        )
        for worker, own in of_worker.items()
    ]
    everything = Load(sum(one.cases for one in loads.values()), sum(one.stayed for one in loads.values()))
    totals = _row(cells, worker_id=None, name="", away=None, load=everything, today=today)
    rows.sort(key=lambda row: (-row.total, row.worker_id is None, row.name, str(row.worker_id)))
    return Matrix(
        rows=tuple(row for row in rows if row.worker_id is not None or row.total or row.stayed),
        stages=tuple(stage for stage in StageCode if totals.by_stage.get(stage)),
        totals=totals,
        coming=sum(cell.coming for cell in cells),
        unassigned=loads.get(None, Load()).cases,
    )


def _row(
    cells: Iterable[Cell],
    *,
    worker_id: UUID | None,
    name: str,
    away: tuple[date, date] | None,
    load: Load,
    today: date,
) -> MatrixRow:
    by_stage: dict[StageCode, int] = {}
    beyond, oldest = 0, today
    for cell in cells:
        if not cell.late:
            continue
        by_stage[cell.stage] = by_stage.get(cell.stage, 0) + cell.late
        beyond += cell.beyond
        oldest = min(oldest, cell.oldest or today)
    return MatrixRow(
        worker_id=worker_id,
        name=name,
        away=away,
        cases=load.cases,
        stayed=load.stayed,
        by_stage=by_stage,
        beyond=beyond,
        longest=(today - oldest).days,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything the board shows.

    `median_days`: from stage 2 to stage 4, None when no case has reached it. `postponed`: reviews put off three times
    or more in a row, whenever they are due.
    """

    matrix: Matrix
    median_days: float | None
    median_cases: int
    late_clients: int
    postponed: int
    teams: Mapping[UUID, str]
