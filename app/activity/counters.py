"""How much activity there has been and will be, against the limits of the law. Plain Python over days and minutes.

Source: RU02; 189/2001 sections 13 b and 14; 872/2019 section 5. The limits themselves are dated facts
(`config/reference/plan_limits.yml`), the same that a plan is held against.
"""

import collections
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.activity.domain import AgreedDay, hours_words
from app.core.texts import N_, N_n, Text
from app.core.workdays import add_months, holidays_of, months_between

YEAR: Final = 12
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityLimits:
    """How much activity there may be: days a calendar week, minutes a day, months a period, days in any 12 months."""

    min_days_week: int
    max_days_week: int
    min_minutes_day: int
    max_minutes_day: int
    min_months: int
    max_months: int
    max_days_12_months: int
    basis: str = ""

    @property
    def hours_day(self) -> tuple[str, str]:
        """The least and the most hours a day, in words."""
        return hours_words(self.min_minutes_day), hours_words(self.max_minutes_day)


@dataclass(frozen=True, slots=True)
class LimitWarning:
    """A limit that is not kept: which, and the sentence for it. It is accepted with a reason, never in silence."""

    code: str
    words: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class YearCount:
    """The days in the twelve months that end on a day, of the most that may be."""

    used: int
    most: int
    crossed_on: date | None = None

    @property
    def left(self) -> int:
        """How many more days there may be; never less than none."""
        return max(self.most - self.used, 0)


def monday_of(day: date) -> date:
    """Return the Monday of a day's calendar week."""
    return day - timedelta(days=day.weekday())


def week_days(monday: date) -> tuple[date, ...]:
    """Return the seven days of a week."""
    return tuple(monday + timedelta(days=step) for step in range(7))


def agreed_dates(agreed: Iterable[AgreedDay], first: date, last: date) -> Mapping[date, AgreedDay]:
    """Return the dates from `first` to `last`, both included, on which activity was agreed; feast days are left out.

    What was agreed last before a date holds on it: rows with a later `from_on` replace the whole week before them.
    """
    rows = list(agreed)
    changes = sorted({row.from_on for row in rows})
    found: dict[date, AgreedDay] = {}
    day = first
    while day <= last:
        since = max((one for one in changes if one <= day), default=None)
        for row in rows:
            if row.from_on == since and row.weekday == day.isoweekday() and day not in holidays_of(day.year):
                found[day] = row
        day += ONE_DAY
    return found


def days_by_week(days: Iterable[date]) -> Mapping[date, int]:
    """Return how many of the days lie in each calendar week, by its Monday."""
    return collections.Counter(monday_of(day) for day in set(days))


def year_count(days: Collection[date], on: date) -> int:
    """Return how many of the days lie in the twelve calendar months that end on a day, the day included.

    A day counts until the day of the same number a year later, which it leaves (150/1930, section 3: 29.2. ends on
    28.2.). So no window of twelve months holds more than its last day says.
    """
    return sum(1 for day in set(days) if day <= on < add_months(day, YEAR))


def first_crossing(days: Iterable[date], most: int, *, since: date = date.min) -> date | None:
    """Return the first day, `since` or later, on which some twelve months hold more days than `most`, or None."""
    ordered = sorted(set(days))
    first = 0
    for place, day in enumerate(ordered):
        while add_months(ordered[first], YEAR) <= day:
            first += 1
        if place - first + 1 > most and day >= since:
            return day
    return None


def year_of(days: Collection[date], on: date, most: int, *, coming: Collection[date] = ()) -> YearCount:
    """Return the count of the twelve months that end on a day, and the first day on which `coming` days cross it."""
    crossed_on = first_crossing([*days, *coming], most, since=on)
    return YearCount(used=year_count(days, on), most=most, crossed_on=crossed_on)


# -- warnings ----------------------------------------------------------------------------------------------------------


def agreement_warnings(
    agreed: Collection[AgreedDay], starts_on: date, ends_on: date, limits: ActivityLimits
) -> list[LimitWarning]:
    """Return the limits that what is agreed for a period does not keep: days a week, hours a day, months."""
    return [
        *_week_warnings(len({row.weekday for row in agreed}), limits),
        *_hour_warnings(agreed, limits),
        *_month_warnings(starts_on, ends_on, limits),
    ]


def _week_warnings(count: int, limits: ActivityLimits) -> list[LimitWarning]:
    if limits.min_days_week <= count <= limits.max_days_week:
        return []
    words = N_n(
        "%(num)s day a week is agreed. The law allows %(least)s–%(most)s.",
        "%(num)s days a week are agreed. The law allows %(least)s–%(most)s.",
        count,
        least=limits.min_days_week,
        most=limits.max_days_week,
    )
    return [LimitWarning("days_week", words)]


def _hour_warnings(agreed: Iterable[AgreedDay], limits: ActivityLimits) -> list[LimitWarning]:
    odd = sorted({row.minutes for row in agreed if not limits.min_minutes_day <= row.minutes <= limits.max_minutes_day})
    return [
        LimitWarning(
            "hours_day",
            N_(
                "A day of %(hours)s h is agreed. The law allows %(least)s–%(most)s h a day.",
                hours=hours_words(minutes),
                least=limits.hours_day[0],
                most=limits.hours_day[1],
            ),
        )
        for minutes in odd
    ]


def _month_warnings(starts_on: date, ends_on: date, limits: ActivityLimits) -> list[LimitWarning]:
    """A period of n months ends the day before the day of the same number: 1.3. and three months give 31.5."""
    after = ends_on + ONE_DAY
    if after < add_months(starts_on, limits.min_months):
        words = N_("The period is shorter than %(months)s months.", months=limits.min_months)
        return [LimitWarning("months", words)]
    if after > add_months(starts_on, limits.max_months):
        words = N_("The period is longer than %(months)s months.", months=limits.max_months)
        return [LimitWarning("months", words)]
    return []


def year_warnings(days: Iterable[date], limits: ActivityLimits, *, since: date) -> list[LimitWarning]:
    """Return the warning that the days cross the limit of twelve months on a day, `since` or later."""
    crossed_on = first_crossing(days, limits.max_days_12_months, since=since)
    if crossed_on is None:
        return []
    words = N_(
        "The limit of %(most)s days in 12 months is crossed on %(day)s.",
        most=limits.max_days_12_months,
        day=crossed_on,
    )
    return [LimitWarning("days_year", words)]


def attendance_warnings(minutes: Mapping[date, int], monday: date, limits: ActivityLimits) -> list[LimitWarning]:
    """Return the limits that a week as it went crosses; `minutes` holds every attended day of the client.

    A day shorter than the law's least is not asked about: the client went home early, and the page tells it.
    """
    week = [day for day in week_days(monday) if day in minutes]
    found: list[LimitWarning] = []
    if len(week) > limits.max_days_week:
        words = N_(
            "The week has %(num)s days. The law allows at most %(most)s.", num=len(week), most=limits.max_days_week
        )
        found.append(LimitWarning("days_week", words))
    for day in week:
        if minutes[day] > limits.max_minutes_day:
            hours = hours_words(minutes[day])
            words = N_(
                "%(day)s has %(hours)s h. The law allows at most %(most)s h a day.",
                day=day,
                hours=hours,
                most=limits.hours_day[1],
            )
            found.append(LimitWarning("hours_day", words))
    if week:
        found += year_warnings([day for day in minutes if day <= week[-1]], limits, since=week[0])
    return found


# -- what the page tells -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLine:
    """One line of the counters: what is counted, how much there is, the limit, and what it means in words."""

    label: Text
    now: str
    limit: str = ""
    words: Text | None = None
    is_kept: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What the counters are made from: the days of the client, and what is agreed for the period."""

    agreed: tuple[AgreedDay, ...]
    starts_on: date
    ends_on: date
    attended: Mapping[date, int]
    coming: Collection[date]


def counters_of(counted: Counted, limits: ActivityLimits | None, today: date) -> tuple[CountLine, ...]:
    """Return the counters of a period as a page shows them; without limits they only count."""
    last = max((row.from_on for row in counted.agreed if row.from_on <= max(today, counted.starts_on)), default=None)
    agreed = [row for row in counted.agreed if row.from_on == last]
    return (
        _week_counter(counted, agreed, limits, today),
        _hours_counter(agreed, limits),
        _months_counter(counted, limits),
        _year_counter(counted, limits, today),
    )


def _week_counter(
    counted: Counted, agreed: Collection[AgreedDay], limits: ActivityLimits | None, today: date
) -> CountLine:
    attended = days_by_week(counted.attended).get(monday_of(today), 0)
    words = N_("Agreed days a week: %(num)s", num=len(agreed))
    if limits is None:
        return CountLine(label=N_("Days attended this week"), now=str(attended), words=words)
    return CountLine(
        label=N_("Days attended this week"),
        now=str(attended),
        limit=f"{limits.min_days_week}–{limits.max_days_week}",
        words=words,
        is_kept=attended <= limits.max_days_week and len(agreed) <= limits.max_days_week,
    )


def _hours_counter(agreed: Collection[AgreedDay], limits: ActivityLimits | None) -> CountLine:
    lengths = sorted({row.minutes for row in agreed})
    now = "–".join(hours_words(minutes) for minutes in dict.fromkeys((lengths[0], lengths[-1]))) if lengths else "–"
    label = N_("Hours a day, as agreed")
    if limits is None:
        return CountLine(label=label, now=now)
    kept = not _hour_warnings(agreed, limits)
    return CountLine(label=label, now=now, limit="–".join(limits.hours_day), is_kept=kept)


def _months_counter(counted: Counted, limits: ActivityLimits | None) -> CountLine:
    now = str(months_between(counted.starts_on, counted.ends_on + ONE_DAY))
    label = N_("Whole months of the period")
    if limits is None:
        return CountLine(label=label, now=now)
    kept = not _month_warnings(counted.starts_on, counted.ends_on, limits)
    return CountLine(label=label, now=now, limit=f"{limits.min_months}–{limits.max_months}", is_kept=kept)


def _year_counter(counted: Counted, limits: ActivityLimits | None, today: date) -> CountLine:
    label = N_("Days attended in 12 months")
    year = year_now(counted, limits, today)
    if year is None:
        return CountLine(label=label, now=str(year_count(counted.attended, today)))
    words = (
        N_("Left: %(left)s. The agreed days fit in.", left=year.left)
        if year.crossed_on is None
        else N_("Left: %(left)s. The agreed days cross the limit on %(day)s.", left=year.left, day=year.crossed_on)
    )
    return CountLine(
        label=label,
        now=str(year.used),
        limit=f"≤\N{NO-BREAK SPACE}{year.most}",
        words=words,
        is_kept=year.crossed_on is None,
    )


def year_now(counted: Counted, limits: ActivityLimits | None, today: date) -> YearCount | None:
    """Return the count of the twelve months that end today, with what is agreed to come; None without a limit."""
    if limits is None:
        return None
    return year_of(counted.attended, today, limits.max_days_12_months, coming=counted.coming)
