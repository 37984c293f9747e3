"""The one place that reads the time; everything else is handed `now` or `today`.

Instants are aware and in UTC. Days are Helsinki's: "today" and "overdue" mean the calendar on the wall of a Finnish
office, also in the hours when UTC still has yesterday.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

HELSINKI: Final = ZoneInfo("Europe/Helsinki")

_OFFSET: Final = re.compile(r"(?P<sign>[+-])(?P<count>\d{1,6})(?P<unit>[dhm])")
_UNITS: Final = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


def _system_time() -> datetime:
    return datetime.now(UTC)


class _Source:
    """What the running process takes for the time; replaced as a whole, so threads see the old or the new one."""

    read: Callable[[], datetime] = staticmethod(_system_time)


def moment() -> datetime:
    """Return the present instant, aware and in UTC. Read it once for a request or a job and pass it on."""
    return _Source.read()


def configure(spec: str | None) -> None:
    """Take the time from `spec` from now on; None or an empty text means the machine's own clock.

    `2026-11-24T09:00+02:00` stands still there (without an offset it is Helsinki time), `+3d`, `-2h` and `+90m` run
    that far from the machine's clock. Raises ValueError for anything else. Whether a spec is allowed at all (not in
    production) is settled by the settings, before this is called.
    """
    _Source.read = staticmethod(_reader_for(spec.strip() if spec else ""))


def _reader_for(spec: str) -> Callable[[], datetime]:
    if not spec:
        return _system_time
    offset = _OFFSET.fullmatch(spec)
    if offset:
        distance = _UNITS[offset["unit"]] * int(offset["sign"] + offset["count"])
        return lambda: _system_time() + distance
    try:
        fixed = datetime.fromisoformat(spec)
    except ValueError:
        message = f"The clock {spec!r} is neither an instant (2026-11-24T09:00+02:00) nor an offset (+3d, -2h, +90m)."
        raise ValueError(message) from None
    instant = (fixed if fixed.tzinfo else fixed.replace(tzinfo=HELSINKI)).astimezone(UTC)
    return lambda: instant


def local_time(now: datetime) -> datetime:
    """Return the same instant on Helsinki's wall clock; refuses an instant without a zone."""
    if now.tzinfo is None:
        message = "An instant must carry its zone."
        raise ValueError(message)
    return now.astimezone(HELSINKI)


def local_date(now: datetime) -> date:
    """Return the day it is in Helsinki at that instant."""
    return local_time(now).date()


def start_of_day(day: date) -> datetime:
    """Return the instant, in UTC, at which that day begins in Helsinki.

    A day lasts from its own start to the start of the next: 23 or 25 hours when the clocks change.
    """
    return datetime.combine(day, time.min, tzinfo=HELSINKI).astimezone(UTC)
