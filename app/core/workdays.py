"""Finnish working days and calendar months.

A limit of months ends on the day of the same number, or on the last day of a month that has no such day; where a
client or a party acts towards an authority, a limit that would end on a day off moves forward to the next working
day. Source: act 150/1930, sections 3 and 5; feast days: act 652/2023, act 272/1944 (May Day), 388/1937 (6.12.).
"""

from calendar import monthrange
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

import holidays

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


@cache
def holidays_of(year: int) -> MappingProxyType[date, str]:
    """Return the days off of a year that the law names, with their Finnish names, in calendar order.

    Church feast days, May Day, Independence Day, Midsummer Eve and Christmas Eve; ordinary Saturdays and Sundays are
    not listed. The eves are added here, so a release of the holiday package that drops them changes nothing. Raises
    ValueError for a year the package does not cover (after 2100), where silence would make every Monday a working day.
    """
    days = dict(holidays.country_holidays("FI", years=year, language="fi").items())
    if not days:
        message = f"The feast days of {year} are not known."
        raise ValueError(message)
    days.setdefault(date(year, 12, 24), "Jouluaatto")
    days.setdefault(_midsummer_eve(year), "Juhannusaatto")
    return MappingProxyType(dict(sorted(days.items())))


def _midsummer_eve(year: int) -> date:
    """Return the Friday of 19 to 25 June."""
    first = date(year, 6, 19)
    return first + timedelta(days=(4 - first.weekday()) % 7)


def is_workday(day: date) -> bool:
    """Tell whether the day is Monday to Friday and not a day off by law."""
    return day.weekday() < _SATURDAY and day not in holidays_of(day.year)


def roll_forward(day: date) -> date:
    """Return the day itself when it is a working day, else the next one that is (150/1930, section 5)."""
    while not is_workday(day):
        day += _ONE_DAY
    return day


def roll_back(day: date) -> date:
    """Return the day itself when it is a working day, else the last one before it (ruling 17)."""
    return day if is_workday(day) else previous_workday(day)


def next_workday(day: date) -> date:
    """Return the first working day after the day."""
    return roll_forward(day + _ONE_DAY)


def previous_workday(day: date) -> date:
    """Return the last working day before the day."""
    day -= _ONE_DAY
    while not is_workday(day):
        day -= _ONE_DAY
    return day


def add_months(day: date, months: int) -> date:
    """Return the day of the same number so many calendar months later (or earlier), clamped to the month's end.

    31.8.2026 and six months give 28.2.2027. Count each limit from its own start, never from an earlier limit: the
    clamp loses the day's number (150/1930, section 3). Raises ValueError outside the years 1 to 9999.
    """
    year, month_index = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        message = f"{months} months from {day} is outside the calendar."
        raise ValueError(message)
    month = month_index + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def months_between(start: date, end: date) -> int:
    """Return how many whole calendar months fit from start to end; negative when end comes before start.

    A month is whole on the day `add_months` gives: from 31.8. to 28.2. is six.
    """
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1
