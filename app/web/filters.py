"""How dates, times, numbers and texts are written on every page."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from flask import Flask

from app.core import clock
from app.core.dates import format_day, format_day_short, week_number
from app.core.texts import N_
from app.web.request import moment, today
from app.web.texts import gettext, ngettext, say

NBSP: Final = "\u00a0"
SOON_DAYS: Final = 7
Tone = Literal["late", "today", "soon", "later"]
WEEKDAYS: Final = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip


class DueState(NamedTuple):
    """How a due date stands today: the tone of its chip, its words, and the days left (negative when late)."""

    tone: Tone
    words: str
    days: int


def due_state(due_on: date, today: date) -> DueState:
    """Return how a due date stands: late is before today, soon is within seven days. Days are calendar days."""
    days = (due_on - today).days
    if days < 0:
        return DueState("late", ngettext("%(num)s day late", "%(num)s days late", -days), days)
    if days == 0:
        return DueState("today", gettext("Today"), 0)
    if days == 1:
        return DueState("soon", gettext("Tomorrow"), 1)
    words = ngettext("In %(num)s day", "In %(num)s days", days)
    return DueState("soon" if days <= SOON_DAYS else "later", words, days)


def day(value: date | datetime | None) -> str:
    """Write a day: 5.2.2026. An instant is written as its day in Helsinki; nothing as nothing."""
    return "" if value is None else format_day(_as_day(value))


def day_short(value: date | datetime | None) -> str:
    """Write a deadline: to 5.2."""
    return "" if value is None else format_day_short(_as_day(value))


def day_long(value: date | datetime | None) -> str:
    """Write the day of a page head: torstai 5.2.2026, viikko 6."""
    if value is None:
        return ""
    plain = _as_day(value)
    weekday = say(WEEKDAYS[plain.weekday()])
    return gettext(
        "%(weekday)s %(day)s, week %(week)s", weekday=weekday, day=format_day(plain), week=week_number(plain)
    )


def clock_time(value: datetime | None) -> str:
    """Write a time of day in Helsinki: klo 9.30."""
    if value is None:
        return ""
    local = clock.local_time(value)
    return f"klo {local.hour}.{local.minute:02d}"


def instant(value: datetime | None) -> str:
    """Write an instant: 5.2.2026 klo 9.30."""
    return "" if value is None else f"{day(value)} {clock_time(value)}"


def number(value: Decimal | float | None, digits: int | None = None) -> str:
    """Write a number: no-break space between thousands, comma before decimals."""
    if value is None:
        return ""
    text = f"{value:,.{digits}f}" if digits is not None else f"{value:,}"
    return text.replace(",", NBSP).replace(".", ",").replace("-", "\u2212")


def init_filters(app: Flask) -> None:
    """Give the templates the filters and the two readings of time."""
    app.jinja_env.filters.update(
        day=day, day_short=day_short, day_long=day_long, clock=clock_time, instant=instant, number=number, say=say
    )
    app.jinja_env.globals.update(today=today, moment=moment, due_state=due_state)


def _as_day(value: date | datetime) -> date:
    return clock.local_date(value) if isinstance(value, datetime) else value
