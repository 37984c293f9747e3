"""What falls due: its kinds, how it ends, and the one reading of "late" that every page, export and mail shares."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.core.texts import N_, Text

POSTPONED: Final = "POSTPONED"
POSTPONED_OFTEN: Final = "POSTPONED_OFTEN"
POSTPONINGS: Final = frozenset({POSTPONED, POSTPONED_OFTEN})
"""The rule of a duty whose day was put off; the second one stands on the board of the lead."""
OFTEN: Final = 3
"""So many postponings in a row are shown to the lead."""


class DutyKind(StrEnum):
    """What has to be done by a day (ruling 15)."""

    PLAN_REVIEW = "plan_review"
    PLAN_PERIOD_END = "plan_period_end"
    ACTIVITY_EVALUATION = "activity_evaluation"
    ACTIVITY_PERIOD_END = "activity_period_end"
    CONSENT_EXPIRY = "consent_expiry"
    MEMBER_WITHOUT_BASIS = "member_without_basis"
    TASK = "task"
    NEEDS_ASSESSMENT_START = "needs_assessment_start"
    NEEDS_ASSESSMENT_DONE = "needs_assessment_done"


class DutyOutcome(StrEnum):
    """How a duty ended; a new date is a new duty, so the old one is superseded."""

    DONE = "done"
    SUPERSEDED = "superseded"
    NOT_NEEDED = "not_needed"
    CASE_CLOSED = "case_closed"
    WITHDRAWN = "withdrawn"


class WaitsFor(StrEnum):
    """Who has to move next. The duty itself belongs to whoever is responsible for the case today."""

    WORKER = "worker"
    CLIENT = "client"
    LEAD = "lead"
    COORDINATOR = "coordinator"
    OTHER = "other"


class DueWindow(StrEnum):
    """The counters of a work list: each due date lies in exactly one."""

    LATE = "late"
    TODAY = "today"
    THIS_WEEK = "this_week"
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyView:
    """One row of the ledger. `law_limit_on` is the forward-rolled day where a party acts towards an authority."""

    id: UUID
    case_id: UUID
    kind: DutyKind
    subject_kind: str
    subject_id: UUID
    waits_for: WaitsFor
    rule_code: str
    anchor_on: date
    due_on: date
    law_limit_on: date | None
    opened_at: datetime
    closed_on: date | None
    outcome: DutyOutcome | None
    follows_id: UUID | None

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.outcome is None

    def is_overdue(self, today: date) -> bool:
        """Whether it is open and its raw calendar limit has passed; on the day itself it is not late (ruling 17)."""
        return self.is_open and self.due_on < today


@dataclass(frozen=True, slots=True, kw_only=True)
class Postponing:
    """One time the day of a duty was put off: from which day to which, why, by whom, the how manieth in a row."""

    was_on: date
    now_on: date
    reason: str | None
    by_id: UUID | None
    at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Postponed:
    """Every time a duty was put off, the first one first, and how many times in a row since it was last done."""

    moves: tuple[Postponing, ...] = ()
    in_a_row: int = 0


NAMES: Final[Mapping[str, Text]] = {
    DutyKind.PLAN_REVIEW: N_("Review of the plan"),
    DutyKind.PLAN_PERIOD_END: N_("The period of the plan ends"),
    DutyKind.ACTIVITY_EVALUATION: N_("Evaluation of the activity"),
    DutyKind.ACTIVITY_PERIOD_END: N_("The period of the activity ends"),
    DutyKind.CONSENT_EXPIRY: N_("A consent ends"),
    DutyKind.MEMBER_WITHOUT_BASIS: N_("A network member has no basis"),
    DutyKind.TASK: N_("A promised task"),
    DutyKind.NEEDS_ASSESSMENT_START: N_("Start of the needs assessment"),
    DutyKind.NEEDS_ASSESSMENT_DONE: N_("The needs assessment is finished"),
}
"""What falls due, in a few words."""

STEPS: Final[Mapping[str, Text]] = {
    DutyKind.PLAN_REVIEW: N_("Review the plan"),
    DutyKind.PLAN_PERIOD_END: N_("Agree what follows the plan period"),
    DutyKind.ACTIVITY_EVALUATION: N_("Evaluate the activity"),
    DutyKind.ACTIVITY_PERIOD_END: N_("Agree what follows the activity period"),
    DutyKind.CONSENT_EXPIRY: N_("Ask for the consent again"),
    DutyKind.MEMBER_WITHOUT_BASIS: N_("Record the basis of a network member"),
    DutyKind.TASK: N_("Do what was promised"),
    DutyKind.NEEDS_ASSESSMENT_START: N_("Start the needs assessment"),
    DutyKind.NEEDS_ASSESSMENT_DONE: N_("Finish the needs assessment"),
    "": N_("Agree on the next step"),
}
"""What is done next, by the kind of the earliest duty; the empty key is a case with nothing open."""


def end_of_week(today: date) -> date:
    """Return the Sunday of the ISO week."""
    return today + timedelta(days=6 - today.weekday())


def window_of(due_on: date, today: date) -> DueWindow:
    """Return the counter a due date belongs to; this week is what is left of it after today, Sunday included."""
    if due_on < today:
        return DueWindow.LATE
    if due_on == today:
        return DueWindow.TODAY
    return DueWindow.THIS_WEEK if due_on <= end_of_week(today) else DueWindow.LATER
