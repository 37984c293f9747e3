"""Allocation in plain values: who waits for a worker, and how much each worker carries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from app.cases.domain import CaseView
from app.core.workdays import next_workday

FEW: Final = 15
PAGE_SIZE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardFilter:
    """Which waiting cases are wanted. A town finds nobody under address protection: theirs is not in the row."""

    town: str | None = None
    model: str | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(self.town or self.model)

    @property
    def name(self) -> str:
        """The list's name for its cursors."""
        return f"allocation|{self.town}|{self.model}"

    def query(self) -> dict[str, str]:
        """Return the filter as an address spells it."""
        return {key: value for key, value in {"kunta": self.town, "malli": self.model}.items() if value}


def read_filter(args: Mapping[str, str], *, towns: frozenset[str], models: frozenset[str]) -> BoardFilter:
    """Return what an address asks for; a value nobody knows is as if it were not there."""
    town, model = args.get("kunta"), args.get("malli")
    return BoardFilter(town=town if town in towns else None, model=model if model in models else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRow:
    """An open case that nobody answers for. `is_alert`: the path is past the stage that names the worker."""

    case_id: UUID
    name: str
    ref: str
    is_protected: bool
    town: str
    model: str
    number: int
    stage: str
    since: date
    days: int
    is_alert: bool


@dataclass(frozen=True, slots=True)
class Away:
    """Days a worker is away, both included, and who stands in."""

    from_on: date
    to_on: date
    deputy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much a worker carries. `late_cases`: open cases with something late; `free_on`: None means now."""

    id: UUID
    name: str
    professions: str
    codes: frozenset[str]
    open_cases: int
    late_cases: int
    away: Away | None
    free_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    """One page of waiting cases beside the workers who could take them; `first` numbers the first row."""

    rows: tuple[WaitingRow, ...]
    total: int
    alerts: int
    first: int
    next_cursor: str | None
    previous_cursor: str | None
    towns: Mapping[str, str]
    workers: tuple[Load, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A worker who could answer for a case; `is_allowed`: the pathway names the profession, no reason is needed."""

    load: Load
    is_allowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignPage:
    """The case to be given to somebody, and what the choice rests on."""

    case: CaseView
    name: str
    is_protected: bool
    model: str
    stage: str
    allowed: str
    present_name: str | None


def free_on(absences: Iterable[Away], today: date) -> date | None:
    """Return the first working day a worker who is away is back, or None for one who is here today.

    Absences that follow each other, or with only days off between them, are one.
    """
    back = today
    for away in sorted(absences, key=lambda one: one.from_on):
        if away.from_on <= back <= away.to_on:
            back = next_workday(away.to_on)
    return None if back == today else back


def ranked(loads: Iterable[Load], allowed: frozenset[str], *, words: str = "") -> list[Candidate]:
    """Return who could take a case: those the pathway names first, among them whoever carries least.

    `words` is a part of a name. Source: ruling 4.
    """
    found = [
        Candidate(load=load, is_allowed=not load.codes.isdisjoint(allowed))
        for load in loads
        if words.casefold() in load.name.casefold()
    ]
    found.sort(key=lambda one: (not one.is_allowed, one.load.free_on is not None, one.load.open_cases))
    return found
