"""Reckons a limit from a row of the deadline table and the event it starts from, and tells how.

One place for every limit of the service: assessments, plans, activity and requests ask here. Plain Python.
Source: act 150/1930 sections 2, 3 and 5; act 652/2023 (feast days); rulings 16 and 17.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from app.core.clock import local_date, start_of_day
from app.core.texts import N_, Text
from app.core.workdays import add_months, holidays_of, is_workday, roll_back, roll_forward
from app.reference.domain import Deadline

_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_MONTHS: Final = {"months": 1, "years": 12}
AHEAD: Final = 3


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day that is no working day, and why: the name of the feast, or of the weekday."""

    day: date
    name: Text | str


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A limit, and everything it follows from.

    `limit_on` is the raw calendar limit in Helsinki days; `limit_at` the instant of a limit in hours. `rolled_on` is
    the first working day from the limit on, `proposal` the last one up to it. `days_off`: those between the two.
    `skipped`: days off that were not counted on the way (only when working days are counted).
    """

    row: Deadline
    start_on: date
    limit_on: date
    limit_at: datetime | None
    skipped: tuple[DayOff, ...]

    @property
    def rolled_on(self) -> date:
        """The limit moved to a working day as 150/1930 section 5 moves it."""
        return roll_forward(self.limit_on)

    @property
    def proposal(self) -> date:
        """The working day a form proposes; never past the limit (ruling 17)."""
        return roll_back(self.limit_on)

    @property
    def binding_on(self) -> date:
        """The last day that counts: the rolled one where a party acts towards the authority, else the raw limit."""
        return self.rolled_on if self.row.rolls_forward else self.limit_on

    @property
    def is_law(self) -> bool:
        """Whether a law sets the limit; the rest are practice and targets of the service."""
        return self.row.kind == "law"

    @property
    def days_off(self) -> tuple[DayOff, ...]:
        """The days off from the proposal to the rolled day: why the limit is no working day."""
        return tuple(days_off(self.proposal, self.rolled_on))

    @property
    def steps(self) -> tuple[Text, ...]:
        """How the limit was counted, a sentence each."""
        return tuple(_steps(self))


def reckon(row: Deadline, start: date | datetime, *, extended: bool = False) -> Reckoning:
    """Return the limit a row sets, counted from the event.

    `start`: the day of the event, or its instant where it is known; a limit in hours counted from a day alone begins
    when that day begins, which is the strictest reading. `extended` adds the row's extension, counted from the event
    in one piece. Raises ValueError for an extension of a row that has none, and for a unit it does not know.
    """
    if extended and row.extension is None:
        message = f"{row.code} cannot be extended."
        raise ValueError(message)
    amount = row.amount + (row.extension or 0 if extended else 0)
    start_on = local_date(start) if isinstance(start, datetime) else start
    if row.unit == "hours":
        instant = start if isinstance(start, datetime) else start_of_day(start)
        ends = instant.astimezone(UTC) + timedelta(hours=amount)
        return Reckoning(row, start_on, local_date(ends), ends, ())
    if row.unit == "workdays":
        limit, skipped = _count_workdays(start_on, amount, saturday_counts=row.saturday_counts)
        return Reckoning(row, start_on, limit, None, skipped)
    return Reckoning(row, start_on, _calendar_limit(row, start_on, amount), None, ())


def ahead(row: Deadline, start: date) -> tuple[date, ...]:
    """Return the next three limits of a row that repeats, each counted from the one before; else only its limit."""
    found = [reckon(row, start).limit_on]
    while row.repeats and len(found) < AHEAD:
        found.append(reckon(row, found[-1]).limit_on)
    return tuple(found)


def _calendar_limit(row: Deadline, start: date, amount: int) -> date:
    if row.unit in _MONTHS:
        return add_months(start, amount * _MONTHS[row.unit])
    if row.unit in {"days", "weeks"}:
        return start + _DAY * amount * (7 if row.unit == "weeks" else 1)
    message = f"{row.code}: the unit {row.unit!r} is not known."
    raise ValueError(message)


def _count_workdays(start: date, amount: int, *, saturday_counts: bool) -> tuple[date, tuple[DayOff, ...]]:
    day, left, skipped = start, amount, list[DayOff]()
    while left:
        day += _DAY
        is_counted = is_workday(day) or (saturday_counts and _is_plain_saturday(day))
        left -= is_counted
        if not is_counted:
            skipped.append(DayOff(day, _name(day)))
    return day, tuple(skipped)


def _is_plain_saturday(day: date) -> bool:
    return day.weekday() == _SATURDAY and day not in holidays_of(day.year)


def days_off(first: date, last: date) -> Iterator[DayOff]:
    """Yield the days off from the first day to the last, both included, with their names."""
    day = first
    while day <= last:
        if not is_workday(day):
            yield DayOff(day, _name(day))
        day += _DAY


def _name(day: date) -> Text | str:
    feast = holidays_of(day.year).get(day)
    return feast or (N_("Saturday") if day.weekday() == _SATURDAY else N_("Sunday"))


def _steps(found: Reckoning) -> Iterator[Text]:
    row, start, limit = found.row, found.start_on, found.limit_on
    if row.unit == "hours":
        yield N_("The hours run on through nights and days off.")
    elif row.amount == 0:
        yield N_("The day itself is agreed in the plan.")
    else:
        yield N_("The day of the event is not counted, so counting begins on %(day)s.", day=start + _DAY)
    if row.unit in _MONTHS and limit.day != start.day:
        yield N_("The last month has no day %(number)s, so the limit is its last day.", number=start.day)
    if row.at_least is not None:
        yield N_("At least %(least)s and at most %(most)s months are agreed.", least=row.at_least, most=row.amount)
    if row.unit == "workdays":
        yield N_("Saturdays are counted.") if row.saturday_counts else N_("Only Mondays to Fridays are counted.")
    if not is_workday(limit):
        yield _off_day(found)


def _off_day(found: Reckoning) -> Text:
    if found.row.rolls_forward:
        return N_("The limit is a day off, so it moves on to the next working day, %(day)s.", day=found.rolled_on)
    return N_(
        "The limit is a day off. It does not move on; the last working day before it is %(day)s.", day=found.proposal
    )
