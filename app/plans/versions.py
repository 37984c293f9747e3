"""How plans, versions and reviews are seen by pages, and the readable difference of two versions. Plain values."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Generic, Protocol, TypeVar
from uuid import UUID

from app.core.dates import WEEKDAYS as SHORT_DAYS
from app.plans.domain import (
    ActionContent,
    ActionOwner,
    ActionState,
    GoalContent,
    GoalOutcome,
    InterimContent,
    PlanContent,
    VersionState,
)
from app.plans.fields import WEEKDAYS, Answer, PlanField, Week, say_answer, say_times
from app.plans.limits import Subject
from app.plans.signing import SignatureView

KEPT_REASONS: Final = frozenset({Subject.WEEK, Subject.PERIOD})
"""Reasons that go on into the next version; the others belong to the day a version came into force."""


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
class InterimView:
    """One interim goal of a goal."""

    id: UUID
    text: str
    due_on: date | None
    origin_id: UUID | None

    @property
    def key(self) -> UUID:
        """What the interim goal is through all versions: the id it was first written under."""
        return self.origin_id or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalView:
    """One goal with its interim goals and actions."""

    id: UUID
    text: str
    origin_id: UUID | None
    interim: tuple[InterimView, ...]
    actions: tuple[ActionView, ...]

    @property
    def keys(self) -> frozenset[UUID]:
        """What the goal and all that belongs to it are through all versions."""
        return frozenset({self.key, *(one.key for one in self.interim), *(one.key for one in self.actions)})

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
    written_at: datetime
    written_by: UUID | None
    form_version: int | None
    derived_from_id: UUID | None
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
    answers: Mapping[str, Answer]
    week: Week
    reasons: Mapping[str, str]
    signatures: tuple[SignatureView, ...]

    @property
    def is_signed(self) -> bool:
        """Whether anybody has accepted it: then not even a draft may say something else."""
        return bool(self.signatures)

    def signature_of(self, party: str) -> SignatureView | None:
        """Return a party's signature, or None."""
        return next((one for one in self.signatures if one.party == party), None)

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
            answers=self.answers,
            week=self.week,
            reasons=self.reasons,
        )

    @property
    def copy(self) -> PlanContent:
        """What the next version starts with: the same goals under their first ids, without a day for the review."""
        return PlanContent(
            goals=tuple(_goal_content(goal, keep=True) for goal in self.goals),
            period_start=self.head.period_start,
            period_end=self.head.period_end,
            summary=self.summary,
            answers=self.answers,
            week=self.week,
            reasons={subject: text for subject, text in self.reasons.items() if subject in KEPT_REASONS},
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
    interim = tuple(
        InterimContent(text=one.text, due_on=one.due_on, origin_id=one.key if keep else one.origin_id)
        for one in goal.interim
    )
    origin_id = goal.key if keep else goal.origin_id
    return GoalContent(text=goal.text, interim=interim, actions=actions, origin_id=origin_id)


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
