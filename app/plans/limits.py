"""What rehabilitative work activity may be (RU02), for whom it is (RU01) and what its start rests on (RU03).

Nothing here refuses anything: a broken limit is told in words and the plan gives its reason; what is not known is never
taken for "no". The limits themselves are dated rows (`config/reference/plan_limits.yml`). Plain values.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from app.core.dates import WEEKDAYS as SHORT_DAYS
from app.core.dates import week_number
from app.core.texts import N_, N_n, Text
from app.core.workdays import add_months, holidays_of
from app.plans.fields import Week, say_hours, say_times
from app.reference.domain import PlanLimit

YEAR_MONTHS: Final = 12
ONE_DAY: Final = timedelta(days=1)


class Subject(StrEnum):
    """What a plan gives a reason for: where the reason stands, and whom it is told to."""

    WEEK = "week"
    PERIOD = "period"
    START = "start"
    SIGNATURES = "signatures"


@dataclass(frozen=True, slots=True)
class Breach:
    """One limit that the plan does not keep, in words; `subject` names the reason that answers for it."""

    code: str
    subject: Subject
    message: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What is agreed of the activity: the days of the week, and the first and the last day of the period."""

    week: Week
    start: date | None
    end: date | None
    has_activity: bool = False

    @property
    def concerns_activity(self) -> bool:
        """Whether the limits concern the plan at all: days are agreed, or the plan says that activity is in it."""
        return bool(self.week) or self.has_activity


def breaches(agreed: Agreed, limits: Iterable[PlanLimit]) -> tuple[Breach, ...]:
    """Return the limits that are not kept, in the order of the rows; what is not written yet breaks nothing (RU02)."""
    if not agreed.concerns_activity:
        return ()
    return tuple(found for limit in limits if (found := _CHECKS[limit.code](agreed, limit)) is not None)


def _outside(number: int, limit: PlanLimit) -> bool:
    return (limit.least is not None and number < limit.least) or (limit.most is not None and number > limit.most)


def _days_per_week(agreed: Agreed, limit: PlanLimit) -> Breach | None:
    count = len(agreed.week.days)
    if not count or not _outside(count, limit):
        return None
    words = N_(
        "Days a week: %(count)s. The limit is %(least)s–%(most)s days a week (%(basis)s).", count=count, **_of(limit)
    )
    return Breach(limit.code, Subject.WEEK, words)


def _minutes_per_day(agreed: Agreed, limit: PlanLimit) -> Breach | None:
    wrong = [day for day in agreed.week.days if _outside(day.minutes, limit)]
    if not wrong:
        return None
    days = ", ".join(f"{SHORT_DAYS[day.weekday - 1]} {say_times(day.starts, day.ends)}" for day in wrong)
    hours = {name: say_hours(value) for name, value in (("least", limit.least or 0), ("most", limit.most or 0))}
    words = N_(
        "Too short or too long a day: %(days)s. The limit is %(least)s–%(most)s hours a day (%(basis)s).",
        days=days,
        **(_of(limit) | hours),
    )
    return Breach(limit.code, Subject.WEEK, words)


def _period_months(agreed: Agreed, limit: PlanLimit) -> Breach | None:
    """Compare the period with its months; the last day of three months from 2.3. is 1.6., both days inside."""
    start, end = agreed.start, agreed.end
    if start is None or end is None:
        return None
    after = end + ONE_DAY
    if limit.least is not None and after < add_months(start, limit.least):
        words = N_("The period is shorter than %(least)s months. The limit is %(least)s–%(most)s months (%(basis)s).")
    elif limit.most is not None and after > add_months(start, limit.most):
        words = N_("The period is longer than %(most)s months. The limit is %(least)s–%(most)s months (%(basis)s).")
    else:
        return None
    return Breach(limit.code, Subject.PERIOD, Text(words.msgid, tuple(sorted(_of(limit).items()))))


def _days_per_year(agreed: Agreed, limit: PlanLimit) -> Breach | None:
    start, end = agreed.start, agreed.end
    if start is None or end is None:
        return None
    count = most_days_in_a_year(agreed.week, start, end)
    if not _outside(count, limit):
        return None
    words = N_("Days in twelve months: %(count)s. The limit is %(most)s days (%(basis)s).", count=count, **_of(limit))
    return Breach(limit.code, Subject.WEEK, words)


_CHECKS: Final[Mapping[str, Callable[[Agreed, PlanLimit], Breach | None]]] = {
    "DAYS_PER_WEEK": _days_per_week,
    "MINUTES_PER_DAY": _minutes_per_day,
    "PERIOD_MONTHS": _period_months,
    "DAYS_PER_YEAR": _days_per_year,
}
KNOWN_LIMITS: Final = frozenset(_CHECKS)
"""The codes of limits there is a rule for; a row of another code is a fault of the file."""


def _of(limit: PlanLimit) -> dict[str, str | int]:
    return {"least": limit.least or 0, "most": limit.most or 0, "basis": limit.basis or ""}


# -- the days of a period --------------------------------------------------------------------------------------------


def days_of(week: Week, start: date, end: date) -> Iterator[date]:
    """Go through the days of activity of a period, both ends inside; feast days and the eves are off."""
    day, weekdays = start, week.weekdays
    while day <= end:
        if day.isoweekday() in weekdays and day not in holidays_of(day.year):
            yield day
        day += ONE_DAY


def most_days_in_a_year(week: Week, start: date, end: date) -> int:
    """Return how many days of activity the fullest twelve calendar months of a period hold.

    It is enough to begin the twelve months on each day of activity: a window that begins elsewhere holds no more.
    """
    if not week or end < start:
        return 0
    days = list(days_of(week, start, end))
    most = after = 0
    for first, day in enumerate(days):
        limit = add_months(day, YEAR_MONTHS)
        while after < len(days) and days[after] < limit:
            after += 1
        most = max(most, after - first)
    return most


def weeks_of(start: date | None, end: date | None) -> Text | None:
    """Return how many weeks of the calendar a period touches and their ISO numbers, or None without both its days."""
    if start is None or end is None or end < start:
        return None
    monday = start - timedelta(days=start.weekday())
    count = (end - monday).days // 7 + 1
    first, last = start.isocalendar(), end.isocalendar()
    if count == 1:
        weeks = str(week_number(start))
    elif first.year == last.year:
        weeks = f"{first.week}–{last.week}"
    else:
        weeks = f"{first.week}/{first.year}–{last.week}/{last.year}"
    return N_n("%(num)s week (week %(weeks)s)", "%(num)s weeks (weeks %(weeks)s)", count, weeks=weeks)


# -- for whom it is, and what its start rests on ---------------------------------------------------------------------


BEFORE_PLAN: Final = 2
"""How many of the grounds come before the plan: the assessment and the meeting."""


class Met(StrEnum):
    """Whether a condition is met; what is not on record is not known, which is never "no"."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Condition:
    """One limb of a rule, in words, and whether it is met."""

    label: Text
    met: Met


def met_by(fact: bool | None) -> Met:  # noqa: FBT001 - the fact itself, as it is on record
    """Return whether a fact meets a condition; None is not known."""
    if fact is None:
        return Met.UNKNOWN
    return Met.YES if fact else Met.NO


@dataclass(frozen=True, slots=True, kw_only=True)
class StartCheck:
    """Whom the activity is for (RU01) and what its start rests on (RU03), as far as it is on record."""

    target: tuple[Condition, ...]
    ground: tuple[Condition, ...]

    @property
    def breaches(self) -> tuple[Breach, ...]:
        """What asks for a reason when the plan comes into force: a limb not met, a ground not on record.

        The plan itself and the decision come later: they are told, not asked.
        """
        unmet = tuple(one.label for one in self.target if one.met is Met.NO)
        absent = tuple(one.label for one in self.ground[:BEFORE_PLAN] if one.met is not Met.YES)
        return (
            *(Breach("RU01", Subject.START, N_("Not met: %(what)s.", what=label)) for label in unmet),
            *(Breach("RU03", Subject.START, N_("Not on record: %(what)s.", what=label)) for label in absent),
        )


@dataclass(frozen=True, slots=True)
class Known:
    """What is on record of the client for RU01; None is not known. `benefits`: codes that open the activity."""

    is_unemployed: bool | None = None
    benefit: str | None = None
    has_assistance: bool | None = None
    cannot_use_services: bool | None = None


def target_group(known: Known, opening: Iterable[str]) -> tuple[Condition, ...]:
    """Return the limbs of RU01, each met, not met or not known. Source: 189/2001 section 3.

    `opening`: the benefits that lead to rehabilitative work activity, with the successors of those that have ended.
    """
    right = None if known.benefit is None and known.has_assistance is None else (
        known.benefit in frozenset(opening) or bool(known.has_assistance)
    )  # fmt: skip
    return (
        Condition(N_("The client is unemployed"), met_by(known.is_unemployed)),
        Condition(N_("The client gets labour market subsidy, general support or social assistance"), met_by(right)),
        Condition(
            N_("The client's capacity does not yet allow employment services or work"),
            met_by(known.cannot_use_services),
        ),
    )


ASSESSED: Final = frozenset({"recorded:DO01", "needs_assessment"})
MET_JOINTLY: Final = frozenset({"meeting:three_party"})
PLANNED: Final = frozenset(
    {"plan:activation_plan", "plan:multisector_employment_plan", "recorded:DO02", "recorded:DO03"}
)
DECIDED: Final = frozenset({"recorded:DO07"})


def start_conditions(facts: frozenset[str]) -> tuple[Condition, ...]:
    """Return what the start of rehabilitative work activity rests on (RU03), by the need codes that are on record.

    What is not on record here may have been done and recorded elsewhere, so it is not known, never "no".
    """
    rows: Sequence[tuple[Text, frozenset[str]]] = (
        (N_("A needs assessment has been made"), ASSESSED),
        (N_("Client, own worker and labour authority have met"), MET_JOINTLY),
        (N_("An activation plan or a multisector employment plan is in force"), PLANNED),
        (N_("There is a decision on the service"), DECIDED),
    )
    return tuple(Condition(label, Met.YES if facts & codes else Met.UNKNOWN) for label, codes in rows)
