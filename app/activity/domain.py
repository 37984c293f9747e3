"""Periods of activity: rehabilitative work (model B) or group employment (model C), their days, their ends.

How much activity there may be and has been is counted in `counters`. Source: domain 1.3 RU02, 2.1; 189/2001
sections 9, 13 b, 14, 16.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.core.texts import N_, Text

LONGEST_LINE: Final = 200
LONGEST_TEXT: Final = 2_000
MINUTES: Final = 60
DAY_MINUTES: Final = 24 * MINUTES
LIMIT_CODES: Final = ("DAYS_PER_WEEK", "MINUTES_PER_DAY", "PERIOD_MONTHS", "DAYS_PER_YEAR")
_HOURS: Final = re.compile(r"(\d{1,2})(?:[.:](\d{2}))?-(\d{1,2})(?:[.:](\d{2}))?")


class ActivityKind(StrEnum):
    """What a model's activity is; a pathway model names its own."""

    REHABILITATIVE = "rehabilitative_work_activity"
    GROUP = "group_employment"


class PeriodState(StrEnum):
    """How a period stands on a day. `over`: its last day has passed, and nobody has said what follows."""

    PLANNED = "planned"
    ONGOING = "ongoing"
    OVER = "over"
    ENDED = "ended"
    CALLED_OFF = "called_off"


class EndReason(StrEnum):
    """Why a period ended."""

    AS_PLANNED = "as_planned"
    RENEWED = "renewed"
    INTERRUPTED = "interrupted"
    TO_WORK = "to_work"
    TO_STUDY = "to_study"
    NOT_STARTED = "not_started"
    CASE_CLOSED = "case_closed"


class AttendanceState(StrEnum):
    """What is known of a day: there, away, or taken back because it was marked by mistake."""

    PRESENT = "present"
    ABSENT = "absent"
    CLEARED = "cleared"


class NextStep(StrEnum):
    """What an evaluation leads to."""

    RENEW = "renew"
    END = "end"
    OTHER_SERVICE = "other_service"


class Contract(StrEnum):
    """The contract of group employment (DO14), by the outcome type of its plan."""

    PAID_WORK = "paid_work"
    TRAINING = "work_training"


PERIOD_STATES: Final[Mapping[str, Text]] = {
    PeriodState.PLANNED: N_("Agreed, begins later"),
    PeriodState.ONGOING: N_("Going on"),
    PeriodState.OVER: N_("Last day has passed"),
    PeriodState.ENDED: N_("Period over"),
    PeriodState.CALLED_OFF: N_("Called off"),
}
END_REASONS: Final[Mapping[str, Text]] = {
    EndReason.AS_PLANNED: N_("Ended as planned"),
    EndReason.RENEWED: N_("Renewed"),
    EndReason.INTERRUPTED: N_("Interrupted"),
    EndReason.TO_WORK: N_("Client went to work"),
    EndReason.TO_STUDY: N_("Client went to study"),
    EndReason.NOT_STARTED: N_("Called off before it began"),
    EndReason.CASE_CLOSED: N_("The case was closed"),
}
CHOSEN_REASONS: Final = (
    EndReason.AS_PLANNED,
    EndReason.INTERRUPTED,
    EndReason.TO_WORK,
    EndReason.TO_STUDY,
    EndReason.NOT_STARTED,
)
"""What a worker chooses from; the others follow from other acts."""
HEARD_FIRST: Final = frozenset({EndReason.INTERRUPTED, EndReason.TO_WORK, EndReason.TO_STUDY})
"""The client is heard before a period is ruled interrupted (189/2001 section 5; domain 2.1)."""
NEXT_STEPS: Final[Mapping[str, Text]] = {
    NextStep.RENEW: N_("The activity goes on: a new period"),
    NextStep.END: N_("The activity ends"),
    NextStep.OTHER_SERVICE: N_("The client moves to another service"),
}
CONTRACTS: Final[Mapping[str, Text]] = {
    Contract.PAID_WORK: N_("Employment contract, paid work"),
    Contract.TRAINING: N_("Training contract, for a fixed term"),
}
WEEKDAYS: Final[tuple[Text, ...]] = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedDay:
    """One day of the agreed week, Monday 1 to Sunday 7, with its hours; it holds from `from_on` on."""

    weekday: int
    starts_at: time
    ends_at: time
    from_on: date = date.min

    @property
    def minutes(self) -> int:
        """How long the day is."""
        return _minutes(self.ends_at) - _minutes(self.starts_at)

    @property
    def words(self) -> str:
        """The hours as they are written: 9–13.30."""
        return f"{_clock(self.starts_at)}–{_clock(self.ends_at)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodContent:
    """What is agreed for a period. Texts are the client's data and are sealed; days and codes are clear."""

    starts_on: date
    ends_on: date
    evaluate_on: date | None
    days: tuple[AgreedDay, ...]
    place: str
    provider: str = ""
    plan_version_id: UUID | None = None
    decision_id: UUID | None = None
    is_near: bool = True
    travel: str = ""
    instructor_id: UUID | None = None
    instructor: str = ""
    contract: str | None = None
    contract_from: date | None = None
    contract_to: date | None = None
    contract_reference: str = ""
    employer_note: str = ""
    limit_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodView:
    """One period as the pages show it."""

    id: UUID
    case_id: UUID
    client_id: UUID
    kind: ActivityKind
    content: PeriodContent
    plan_kind: str | None
    plan_number: int | None
    instructor_name: str
    steward_on: date | None
    steward_by: str | None
    ended_on: date | None
    end_reason: EndReason | None
    end_remark: str | None
    heard_on: date | None
    follows_id: UUID | None
    evaluations: tuple["EvaluationView", ...]
    recorded_at: datetime
    recorded_by: UUID | None
    version: int

    @property
    def last_on(self) -> date:
        """The last day on which there may be activity: the agreed one, or the day it ended."""
        return self.ended_on or self.content.ends_on

    def state_on(self, today: date) -> PeriodState:
        """How the period stands on a day; on its last day it goes on."""
        if self.end_reason is EndReason.NOT_STARTED:
            return PeriodState.CALLED_OFF
        if self.end_reason is not None and (self.end_reason is not EndReason.RENEWED or self.last_on < today):
            return PeriodState.ENDED
        if today < self.content.starts_on:
            return PeriodState.PLANNED
        return PeriodState.ONGOING if today <= self.last_on else PeriodState.OVER


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationView:
    """An evaluation that was made: the effect of the activity and what follows (189/2001 section 9)."""

    id: UUID
    held_on: date
    effect: str
    next_step: NextStep
    participants: str | None
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayMark:
    """What was marked of one day."""

    state: AttendanceState
    minutes: int | None = None
    absence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceView:
    """One mark with who made it; `number` counts the marks of the day, the last one holds."""

    day: date
    number: int
    mark: DayMark
    remark: str | None
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One day of the week form: what was agreed, what is marked, and whether it may be marked."""

    day: date
    agreed: AgreedDay | None
    mark: DayMark | None
    is_open: bool
    feast: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The week that the form shows; `count` tells whether somebody has marked it meanwhile."""

    monday: date
    rows: tuple[WeekRow, ...] = field(default_factory=tuple)
    count: int = 0

    @property
    def can_be_marked(self) -> bool:
        """Whether any day of it can be."""
        return any(row.is_open for row in self.rows)


# -- hours -------------------------------------------------------------------------------------------------------------


def renewed(content: PeriodContent) -> PeriodContent:
    """Return what a period that renews another starts with: the day after it, the newest week, no days of its own."""
    last = max((day.from_on for day in content.days), default=date.min)
    return replace(
        content,
        starts_on=content.ends_on + timedelta(days=1),
        ends_on=None,  # type: ignore[arg-type] # the form asks for it
        evaluate_on=None,
        days=tuple(day for day in content.days if day.from_on == last),
        limit_reason="",
    )


def parse_hours(typed: str) -> tuple[time, time] | None:
    """Return the hours of "9-13" or "8.30–12.30", or None when they cannot be read or end before they begin."""
    found = _HOURS.fullmatch("".join(typed.split()).replace("–", "-").replace("—", "-"))
    if found is None:
        return None
    hour, minute, last_hour, last_minute = (int(part or 0) for part in found.groups())
    try:
        starts_at, ends_at = time(hour, minute), time(last_hour, last_minute)
    except ValueError:
        return None
    return (starts_at, ends_at) if starts_at < ends_at else None


def hours_words(minutes: int) -> str:
    """Write minutes as hours with a comma: 4, 4,5, 7,25."""
    return f"{minutes / MINUTES:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def _minutes(at: time) -> int:
    return at.hour * MINUTES + at.minute


def _clock(at: time) -> str:
    return f"{at.hour}.{at.minute:02}" if at.minute else str(at.hour)


def changed_marks(before: Iterable[WeekRow], marks: Mapping[date, DayMark]) -> dict[date, DayMark]:
    """Return the marks that say something new; a day that was never marked and is left empty says nothing."""
    nothing = DayMark(state=AttendanceState.CLEARED)
    known = {row.day: row.mark or nothing for row in before}
    return {day: mark for day, mark in marks.items() if mark != known.get(day, nothing)}
