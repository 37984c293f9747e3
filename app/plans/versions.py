"""How plans, versions and reviews are seen by pages, and the readable difference of two versions. Plain values."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from app.plans.domain import (
    AcceptanceWay,
    ActionContent,
    ActionOwner,
    ActionState,
    GoalContent,
    GoalOutcome,
    PlanContent,
    VersionState,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionView:
    """One action of a goal."""

    id: UUID
    text: str
    owner: ActionOwner
    due_on: date | None
    state: ActionState
    origin_id: UUID | None

    @property
    def key(self) -> UUID:
        """What the action is through all versions: the id it was first written under."""
        return self.origin_id or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalView:
    """One goal with its actions."""

    id: UUID
    text: str
    origin_id: UUID | None
    actions: tuple[ActionView, ...]

    @property
    def key(self) -> UUID:
        """What the goal is through all versions: the id it was first written under."""
        return self.origin_id or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionHead:
    """One version without what is written in it."""

    id: UUID
    plan_id: UUID
    number: int
    state: VersionState
    period_start: date | None
    period_end: date | None
    in_force_on: date | None
    next_review_on: date | None
    accepted_on: date | None
    acceptance_way: AcceptanceWay | None
    written_at: datetime
    written_by: UUID | None
    version: int

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.state is VersionState.DRAFT


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """One version, opened."""

    head: VersionHead
    kind: str
    goals: tuple[GoalView, ...]
    summary: str | None
    next_review_reason: str | None
    client_comment: str | None

    @property
    def content(self) -> PlanContent:
        """What is written in it, in the shape it is written in."""
        return PlanContent(
            goals=tuple(_goal_content(goal, keep=False) for goal in self.goals),
            period_start=self.head.period_start,
            period_end=self.head.period_end,
            next_review_on=self.head.next_review_on,
            next_review_reason=self.next_review_reason,
            summary=self.summary,
        )

    @property
    def copy(self) -> PlanContent:
        """What the next version starts with: the same goals under their first ids, without a day for the review."""
        return PlanContent(
            goals=tuple(_goal_content(goal, keep=True) for goal in self.goals),
            period_start=self.head.period_start,
            period_end=self.head.period_end,
            summary=self.summary,
        )


def _goal_content(goal: GoalView, *, keep: bool) -> GoalContent:
    actions = tuple(
        ActionContent(
            text=one.text,
            owner=one.owner,
            due_on=one.due_on,
            state=one.state,
            origin_id=one.key if keep else one.origin_id,
        )
        for one in goal.actions
    )
    return GoalContent(text=goal.text, actions=actions, origin_id=goal.key if keep else goal.origin_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """One plan with its versions, the newest first, and the days its reviews were held."""

    id: UUID
    case_id: UUID
    kind: str
    source: str
    ended_on: date | None
    versions: tuple[VersionHead, ...]
    reviewed_on: tuple[date, ...]
    due_on: date | None

    @property
    def in_force(self) -> VersionHead | None:
        """The version in force, or None."""
        return next((one for one in self.versions if one.state is VersionState.IN_FORCE), None)

    @property
    def draft(self) -> VersionHead | None:
        """The version being written, or None."""
        return next((one for one in self.versions if one.is_draft), None)

    @property
    def first_in_force_on(self) -> date | None:
        """The day the plan first came into force: r0 of its reviews."""
        return min((one.in_force_on for one in self.versions if one.in_force_on), default=None)

    @property
    def version_shown(self) -> VersionHead:
        """The version a link to the plan leads to: in force, else the draft, else the newest."""
        return self.in_force or self.draft or self.versions[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalResult:
    """How one goal turned out in one review, with the goal's words as they were."""

    goal_id: UUID
    text: str
    outcome: GoalOutcome
    remark: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewView:
    """One review that was held."""

    id: UUID
    plan_id: UUID
    plan_version_id: UUID
    held_on: date
    participants: str | None
    situation: str | None
    changes: str | None
    late_reason: str | None
    next_review_on: date | None
    next_reason: str | None
    source: str
    recorded_at: datetime
    recorded_by: UUID | None
    results: tuple[GoalResult, ...]


# -- difference ------------------------------------------------------------------------------------------------------


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
    """One goal before and after, with what happened to its actions."""

    goal: Change[GoalView]
    actions: tuple[Change[ActionView], ...]

    @property
    def is_same(self) -> bool:
        """Whether neither the goal nor an action of it changed."""
        return self.goal.kind is ChangeKind.SAME and all(one.kind is ChangeKind.SAME for one in self.actions)


@dataclass(frozen=True, slots=True)
class Difference:
    """What the newer version changed: days and summary as (before, after) by name, and the goals."""

    fields: Mapping[str, tuple[date | str | None, date | str | None]]
    goals: tuple[GoalChange, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not self.fields and all(goal.is_same for goal in self.goals)


def difference(older: VersionView, newer: VersionView) -> Difference:
    """Return what the newer version changed: goals in its order, removed ones last."""
    values = {
        "period_start": (older.head.period_start, newer.head.period_start),
        "period_end": (older.head.period_end, newer.head.period_end),
        "next_review_on": (older.head.next_review_on, newer.head.next_review_on),
        "summary": (older.summary, newer.summary),
    }
    goals = tuple(
        GoalChange(change, tuple(_changes(_actions(change.before), _actions(change.after), _same_action)))
        for change in _changes(older.goals, newer.goals, lambda before, after: before.text == after.text)
    )
    return Difference({name: pair for name, pair in values.items() if pair[0] != pair[1]}, goals)


def _actions(goal: GoalView | None) -> Sequence[ActionView]:
    return goal.actions if goal else ()


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
