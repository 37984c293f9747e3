"""Days as people type and read them: 5.2.2026."""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Final

from app.core.errors import Refused
from app.core.texts import N_, format_day
from app.core.workdays import add_months

__all__ = ["DateProblem", "format_day", "format_day_short", "parse_day", "week_number"]

WEEKDAYS: Final = ("ma", "ti", "ke", "to", "pe", "la", "su")

# Wide enough for the oldest living client and the longest plan; outside it a digit has slipped. The feast days are
# known until 2100, so a day that passes here can always be moved to a working day.
EARLIEST_YEAR: Final = 1850
LATEST_YEAR: Final = 2099
# A year of two digits is read at most this far ahead of today, else it is in the century before.
YEARS_AHEAD: Final = 30

_WORDS: Final = {
    "tänään": 0, "tanaan": 0, "eilen": -1, "huomenna": 1, "toissapäivänä": -2, "ylihuomenna": 2,
}  # fmt: skip
_DOTTED: Final = re.compile(r"(\d{1,2})\.(\d{1,2})(?:\.(\d{4}|\d{2})?)?")
_ISO: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DISTANCE: Final = re.compile(r"([+-])(\d{1,4})(kk|vko|vk|v|pv|p)")
_WEEKDAY: Final = re.compile(r"(?:ma|ti|ke|to|pe|la|su)(?=\d)")


class DateProblem(Refused):
    """A day that cannot be read or does not exist, with the cure in the message."""


def parse_day(text: str, today: date, *, is_birth: bool = False) -> date:
    """Return the day a person typed, or raise `DateProblem` that says how to write it.

    Reads 5.2.2026, 05.02.26, 2026-02-05, tänään, eilen, huomenna, +3 kk, +2 vk, +10 pv, +1 v, with any spaces and a
    weekday in front. "5.2." is this year's 5 February, also when it has passed: a note is written about yesterday
    as often as a meeting is set for next month, and the page shows the full date back. A year of two digits is in
    the 2000s up to thirty years ahead and in the 1900s after that; with `is_birth` it is the latest that has been,
    and a year must be written.
    """
    typed = "".join(text.split()).casefold()  # split() also drops no-break spaces
    if not typed:
        raise DateProblem(N_("Write the date, for example 5.2.2026."))
    if typed in _WORDS:
        return today + timedelta(days=_WORDS[typed])
    distance = _DISTANCE.fullmatch(typed)
    if distance:
        return _after(today, int(distance[1] + distance[2]), distance[3])
    return _calendar_day(_WEEKDAY.sub("", typed, count=1), today, is_birth=is_birth)


def _after(today: date, count: int, unit: str) -> date:
    try:
        if unit in {"kk", "v"}:
            day = add_months(today, count * (12 if unit == "v" else 1))
        else:
            day = today + timedelta(days=count * (1 if unit in {"pv", "p"} else 7))
    except (ValueError, OverflowError):
        raise DateProblem(N_("The date is too far away. Write it as 5.2.2026.")) from None
    return _in_range(day)


def _calendar_day(typed: str, today: date, *, is_birth: bool) -> date:
    iso = _ISO.fullmatch(typed)
    dotted = _DOTTED.fullmatch(typed)
    if iso:
        year, month, number = (int(part) for part in iso.groups())
    elif dotted:
        number, month = int(dotted[1]), int(dotted[2])
        if is_birth and not dotted[3]:
            raise DateProblem(N_("Write the year of birth too, for example 5.2.1984."))
        year = _full_year(dotted[3], month, number, today, is_birth=is_birth)
    else:
        raise DateProblem(N_("Write the date as day.month.year, for example 5.2.2026."))
    return _in_range(_existing(year, month, number))


def _full_year(typed: str | None, month: int, number: int, today: date, *, is_birth: bool) -> int:
    if not typed:
        return today.year
    if len(typed) > 2:
        return int(typed)
    year = today.year // 100 * 100 + int(typed)
    if is_birth:
        return year - 100 if (year, month, number) > (today.year, today.month, today.day) else year
    return year - 100 if year > today.year + YEARS_AHEAD else year


def _existing(year: int, month: int, number: int) -> date:
    try:
        return date(year, month, number)
    except ValueError:
        pass
    if not 1 <= month <= 12:
        raise DateProblem(N_("There is no month %(month)s. Write the date as day.month.year.", month=month))
    if number == 0 or year == 0:
        raise DateProblem(N_("Write the date as day.month.year, for example 5.2.2026."))
    last = date(year, month, monthrange(year, month)[1])
    raise DateProblem(
        N_("There is no day %(number)s.%(month)s.%(year)s. The last day of that month is %(last)s.",
           number=number, month=month, year=year, last=last)
    )  # fmt: skip


def _in_range(day: date) -> date:
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise DateProblem(
            N_("Check the year %(year)s. Years from %(first)s to %(last)s are accepted.",
               year=day.year, first=EARLIEST_YEAR, last=LATEST_YEAR)
        )  # fmt: skip
    return day


def format_day_short(day: date) -> str:
    """Return a deadline's day with its weekday and without the year: to 5.2."""
    return f"{WEEKDAYS[day.weekday()]} {day.day}.{day.month}."


def week_number(day: date) -> int:
    """Return the ISO week, which starts on Monday; the days around New Year may belong to the other year's week."""
    return day.isocalendar().week
