"""The line of responsible workers without gaps, and the people beside the client."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.consents.domain import BasisState
from app.core.errors import FieldProblem, too_long
from app.core.texts import N_, Text

LONGEST_NAME: Final = 120
LONGEST_ROLE: Final = 80
LONGEST_REASON: Final = 500
_TICK: Final = timedelta(microseconds=1)


class PeriodKind(StrEnum):
    """How somebody answers for a case: alone in the line, or beside whoever is.

    `entry` and `progress` are the two parts of group employment (domain 1.5 C5): getting in, and going on in it. The
    responsible worker may have one of them, or both.
    """

    PRIMARY = "primary"
    PAIR = "pair"
    ENTRY = "entry"
    PROGRESS = "progress"


BESIDE: Final = (PeriodKind.PAIR, PeriodKind.ENTRY, PeriodKind.PROGRESS)
"""Everybody in these periods sees the case as the responsible worker does."""
ROLE_WORDS: Final[Mapping[str, Text]] = {
    PeriodKind.ENTRY: N_("Answers for getting in"),
    PeriodKind.PROGRESS: N_("Answers for going on"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """A time from `start`, included, to `end`, left out; None: it goes on."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodView:
    """One period of the line as a page shows it; instants in UTC, shown as Helsinki days."""

    id: UUID
    user_id: UUID
    name: str
    kind: PeriodKind
    span: Span
    reason: str | None
    profession_exception: str | None
    assigned_by: UUID | None

    @property
    def is_open(self) -> bool:
        """Whether the period still goes on."""
        return self.span.end is None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """One person of the network, with whether anything may be shared with their party today.

    `came_from_id`: who they were in the path before, when they came over from it.
    """

    id: UUID
    name: str
    contact: str | None
    party: str
    role: str
    added_at: datetime
    basis: BasisState
    came_from_id: UUID | None = None


def next_start(line: Iterable[Span], now: datetime) -> datetime:
    """Return when a new primary period starts: now, and after everything before it.

    Two assignments in the same instant (a clock that stands still, one transaction) would leave the first one empty;
    it keeps one microsecond instead, so that the line never loses who was in it. Source: ruling 14.
    """
    return max([now, *((span.end or span.start + _TICK) for span in line)])


def end_of(span: Span, now: datetime) -> datetime:
    """Return when an open period ends if it ends now: never at its own start, for a period is never empty."""
    return max(now, span.start + _TICK)


def assign(line: tuple[Span, ...], now: datetime) -> tuple[Span, ...]:
    """Return the line after an assignment: the open period ends exactly where the new one starts."""
    start = next_start(line, now)
    return (*(span if span.end else Span(span.start, start) for span in line), Span(start))


def release(line: tuple[Span, ...], now: datetime) -> tuple[Span, ...]:
    """Return the line after a release: nothing is open; a line with nothing open stays as it is."""
    return tuple(span if span.end else Span(span.start, end_of(span, now)) for span in line)


def member_problems(*, name: str, role: str, contact: str | None, party: str, known: bool) -> list[FieldProblem]:
    """Return what keeps a member from being added, each reason at its field; `known`: the party is on the list."""
    found: list[FieldProblem] = []
    if not name.strip():
        found.append(FieldProblem("name", N_("Write the name.")))
    found += too_long({"name": name, "contact": contact}, LONGEST_NAME) + too_long({"role": role}, LONGEST_ROLE)
    if not party or not known:
        found.append(FieldProblem("party", N_("Choose whom the person works for.")))
    return found
