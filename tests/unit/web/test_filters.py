"""Dates, times, numbers and due states as the pages write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.core.texts import N_
from app.web import filters
from app.web.texts import say
from tests.unit.web.conftest import MakeRequest

TODAY = date(2026, 2, 5)


@pytest.mark.parametrize(
    ("due_on", "tone", "words"),
    [
        (date(2026, 1, 19), "late", "Myöhässä 17 pv"),
        (date(2026, 2, 4), "late", "Myöhässä 1 pv"),
        (date(2026, 2, 5), "today", "Tänään"),
        (date(2026, 2, 6), "soon", "Huomenna"),
        (date(2026, 2, 7), "soon", "2 pv"),
        (date(2026, 2, 12), "soon", "7 pv"),
        (date(2026, 2, 13), "later", "8 pv"),
    ],
)
def test_a_due_date_is_late_today_soon_or_later(asked: MakeRequest, due_on: date, tone: str, words: str) -> None:
    with asked():
        state = filters.due_state(due_on, TODAY)
    assert (state.tone, state.words) == (tone, words)


def test_an_instant_late_in_the_evening_in_utc_is_the_next_day_in_helsinki(asked: MakeRequest) -> None:
    late = datetime(2026, 2, 4, 22, 5, tzinfo=UTC)
    assert filters.day(late) == "5.2.2026"
    assert filters.day_short(late) == "to 5.2."
    assert filters.clock_time(late) == "klo 0.05"
    assert filters.instant(late) == "5.2.2026 klo 0.05"


def test_summer_time_is_three_hours_ahead() -> None:
    assert filters.clock_time(datetime(2026, 7, 1, 6, 30, tzinfo=UTC)) == "klo 9.30"


def test_the_day_of_a_page_head(asked: MakeRequest) -> None:
    with asked():
        assert filters.day_long(TODAY) == "torstai 5.2.2026, viikko 6"


def test_nothing_is_written_as_nothing() -> None:
    for write in (
        filters.day,
        filters.day_short,
        filters.day_long,
        filters.clock_time,
        filters.instant,
        filters.number,
    ):
        assert write(None) == ""


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(1234567, None, "1\u00a0234\u00a0567"), (1.5, None, "1,5"), (Decimal("-0.25"), 1, "\u22120,2"), (12, 1, "12,0")],
)
def test_numbers_have_a_comma_and_no_break_spaces(value: float, digits: int | None, text: str) -> None:
    assert filters.number(value, digits) == text


def test_a_text_of_the_domain_is_said_in_the_language_of_the_page(asked: MakeRequest) -> None:
    with asked():
        assert say(N_("Write at most %(high)s.", high=10)) == "Kirjoita enintään 10."
        assert say("valmis") == "valmis"
        assert say(None) == ""
