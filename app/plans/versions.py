"""How plans, versions and reviews are seen by pages (how versions differ: `difference`). Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.core.texts import N_, Text
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
from app.plans.fields import Answer, Week
from app.plans.limits import Subject, weeks_of
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

    @property
    def weeks(self) -> Text | None:
        """How many weeks the period has, with their numbers; None without both its days."""
        return weeks_of(self.period_start, self.period_end)


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

    @property
    def derived(self) -> PlanContent:
        """What a plan that puts this one into practice starts with: goals, period and week; its actions are its own."""
        return replace(self.copy, goals=tuple(_bare(goal) for goal in self.content.goals), summary=None)


def _bare(goal: GoalContent) -> GoalContent:
    interim = tuple(replace(one, origin_id=None) for one in goal.interim)
    return replace(goal, interim=interim, actions=(), origin_id=None)


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


DEED_WORDS: Final[Mapping[StrEnum, Text]] = {
    ActionState.OPEN: N_("Goes on"),
    ActionState.DONE: N_("Action done"),
    ActionState.CANCELLED: N_("Not done"),
}
"""What a review says of an action; "not done" ends it, for what is still to be done goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """How far one action had come in one review, with the action's words."""

    text: str
    state: ActionState


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewView:
    """One review that was held."""

    id: UUID
    plan_id: UUID
    plan_version_id: UUID
    held_on: date
    parties: tuple[str, ...]
    missing_reason: str | None
    meeting_notes: str | None
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
    deeds: tuple[Deed, ...]
