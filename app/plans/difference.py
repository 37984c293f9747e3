"""What a newer version of a plan changed, in words fit to be read. Plain values."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from app.core.dates import WEEKDAYS as SHORT_DAYS
from app.plans.fields import WEEKDAYS, Answer, PlanField, Week, say_answer, say_times
from app.plans.versions import ActionView, GoalView, InterimView, VersionView


class ChangeKind(StrEnum):
    """What happened to a line between two versions."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SAME = "same"


class _Keyed(Protocol):
    @property
    def key(self) -> UUID: ...


T = TypeVar("T", bound=_Keyed)


@dataclass(frozen=True, slots=True)
class Change(Generic[T]):
    """One goal or action before and after; the side that does not exist is None."""

    kind: ChangeKind
    before: T | None
    after: T | None


@dataclass(frozen=True, slots=True)
class GoalChange:
    """One goal before and after, with what happened to its interim goals and actions."""

    goal: Change[GoalView]
    interim: tuple[Change[InterimView], ...]
    actions: tuple[Change[ActionView], ...]

    @property
    def is_same(self) -> bool:
        """Whether neither the goal nor anything that belongs to it changed."""
        kinds = {self.goal.kind, *(one.kind for one in self.interim), *(one.kind for one in self.actions)}
        return kinds == {ChangeKind.SAME}


@dataclass(frozen=True, slots=True)
class LineChange:
    """One question, or one day of the week, before and after in words; None on the side that said nothing."""

    label: str
    before: str | None
    after: str | None

    @property
    def kind(self) -> ChangeKind:
        """What happened to it."""
        if self.before is None:
            return ChangeKind.ADDED
        return ChangeKind.REMOVED if self.after is None else ChangeKind.CHANGED


@dataclass(frozen=True, slots=True)
class Difference:
    """What the newer version changed: days and summary as (before, after) by name, answers, days of the week, goals."""

    fields: Mapping[str, tuple[date | str | None, date | str | None]]
    answers: tuple[LineChange, ...]
    week: tuple[LineChange, ...]
    goals: tuple[GoalChange, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not (self.fields or self.answers or self.week) and all(goal.is_same for goal in self.goals)


def difference(older: VersionView, newer: VersionView, asked: Iterable[PlanField] = ()) -> Difference:
    """Return what the newer version changed: goals in its order, removed ones last.

    `asked`: the questions of both forms, those of the newer first; a question that left the form tells what it said.
    """
    values = {
        "period_start": (older.head.period_start, newer.head.period_start),
        "period_end": (older.head.period_end, newer.head.period_end),
        "next_review_on": (older.head.next_review_on, newer.head.next_review_on),
        "summary": (older.summary, newer.summary),
    }
    goals = tuple(_goal_change(change) for change in _changes(older.goals, newer.goals, _same_text))
    fields = {name: pair for name, pair in values.items() if pair[0] != pair[1]}
    return Difference(fields, _answer_changes(older, newer, asked), _week_changes(older.week, newer.week), goals)


def _goal_change(change: Change[GoalView]) -> GoalChange:
    before, after = change.before, change.after
    interim = _changes(before.interim if before else (), after.interim if after else (), _same_interim)
    actions = _changes(before.actions if before else (), after.actions if after else (), _same_action)
    return GoalChange(change, tuple(interim), tuple(actions))


def _answer_changes(older: VersionView, newer: VersionView, asked: Iterable[PlanField]) -> tuple[LineChange, ...]:
    by_code: dict[str, PlanField] = {}
    for one in asked:
        by_code.setdefault(one.code, one)
    found = []
    for code, one in by_code.items():
        before = say_answer(one, older.answers.get(code, Answer()))
        after = say_answer(one, newer.answers.get(code, Answer()))
        if before != after:
            found.append(LineChange(str(one.label), before, after))
    return tuple(found)


def _week_changes(older: Week, newer: Week) -> tuple[LineChange, ...]:
    found = []
    for weekday in WEEKDAYS:
        pair = tuple(say_times(day.starts, day.ends) if day else None for day in (older.on(weekday), newer.on(weekday)))
        if pair[0] != pair[1]:
            found.append(LineChange(SHORT_DAYS[weekday - 1], *pair))
    return tuple(found)


def _same_text(before: GoalView, after: GoalView) -> bool:
    return before.text == after.text


def _same_interim(before: InterimView, after: InterimView) -> bool:
    return (before.text, before.due_on) == (after.text, after.due_on)


def _same_action(before: ActionView, after: ActionView) -> bool:
    return (before.text, before.owner, before.due_on, before.state) == (
        after.text,
        after.owner,
        after.due_on,
        after.state,
    )


def _changes(before: Sequence[T], after: Sequence[T], is_same: Callable[[T, T], bool]) -> Iterable[Change[T]]:
    old = {one.key: one for one in before}
    for one in after:
        was = old.pop(one.key, None)
        if was is None:
            yield Change(ChangeKind.ADDED, None, one)
        else:
            yield Change(ChangeKind.SAME if is_same(was, one) else ChangeKind.CHANGED, was, one)
    for gone in old.values():
        yield Change(ChangeKind.REMOVED, gone, None)
