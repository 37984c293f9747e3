from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.dates import EARLIEST_YEAR, LATEST_YEAR, DateProblem, format_day, format_day_short, parse_day, week_number
from app.core.workdays import add_months

TODAY = date(2026, 11, 24)
DAYS = st.dates(date(1850, 1, 1), date(2099, 12, 31))
NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("5.2.2026", date(2026, 2, 5)),
        ("05.02.2026", date(2026, 2, 5)),
        ("05.02.26", date(2026, 2, 5)),
        ("5.2.", date(2026, 2, 5)),
        ("5.2", date(2026, 2, 5)),
        (f" 5. 2.{NBSP}2026 ", date(2026, 2, 5)),
        ("to 5.2.2026", date(2026, 2, 5)),
        ("2026-02-05", date(2026, 2, 5)),
        ("Tänään", TODAY),
        ("eilen", date(2026, 11, 23)),
        ("huomenna", date(2026, 11, 25)),
        ("+3 kk", date(2027, 2, 24)),
        (f"+2{NBSP}vk", date(2026, 12, 8)),
        ("+2 vko", date(2026, 12, 8)),
        ("+10 pv", date(2026, 12, 4)),
        ("-1 kk", date(2026, 10, 24)),
        ("+1 v", date(2027, 11, 24)),
        ("1.1.56", date(2056, 1, 1)),
        ("1.1.57", date(1957, 1, 1)),
    ],
)
def test_a_day_is_read_as_people_type_it(typed: str, day: date) -> None:
    assert parse_day(typed, TODAY) == day


@pytest.mark.parametrize(
    ("typed", "born"),
    [("24.11.26", date(2026, 11, 24)), ("25.11.26", date(1926, 11, 25)), ("5.2.84", date(1984, 2, 5))],
)
def test_a_birth_year_of_two_digits_is_the_latest_that_has_been(typed: str, born: date) -> None:
    assert parse_day(typed, TODAY, is_birth=True) == born


@pytest.mark.parametrize(
    ("typed", "cure"),
    [
        ("", "Write the date, for example 5.2.2026."),
        ("maanantaina", "Write the date as day.month.year, for example 5.2.2026."),
        ("5/2/2026", "Write the date as day.month.year, for example 5.2.2026."),
        ("5.2.20266", "Write the date as day.month.year, for example 5.2.2026."),
        ("0.2.2026", "Write the date as day.month.year, for example 5.2.2026."),
        ("31.2.2026", "There is no day 31.2.2026. The last day of that month is 28.2.2026."),
        ("29.2.2027", "There is no day 29.2.2027. The last day of that month is 28.2.2027."),
        ("2026-04-31", "There is no day 31.4.2026. The last day of that month is 30.4.2026."),
        ("5.13.2026", "There is no month 13. Write the date as day.month.year."),
        ("5.2.0206", "Check the year 206. Years from 1850 to 2099 are accepted."),
        ("+9999 kk", "Check the year 2860. Years from 1850 to 2099 are accepted."),
        ("+9999 v", "The date is too far away. Write it as 5.2.2026."),
        ("31.12.9999", "Check the year 9999. Years from 1850 to 2099 are accepted."),
        ("32.12.9999", "There is no day 32.12.9999. The last day of that month is 31.12.9999."),
        ("1.1.0000", "Write the date as day.month.year, for example 5.2.2026."),
    ],
)
def test_what_cannot_be_a_day_is_refused_with_the_cure(typed: str, cure: str) -> None:
    with pytest.raises(DateProblem) as refused:
        parse_day(typed, TODAY)
    assert str(refused.value.message) == cure


def test_a_birth_date_needs_its_year() -> None:
    with pytest.raises(DateProblem, match="year of birth"):
        parse_day("5.2.", TODAY, is_birth=True)


@given(DAYS)
def test_a_day_written_by_the_service_is_read_back(day: date) -> None:
    assert parse_day(format_day(day), TODAY) == parse_day(day.isoformat(), TODAY) == day


@given(st.text(max_size=12) | st.from_regex(r"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{0,4}", fullmatch=True))
def test_any_text_is_a_day_or_a_refusal(typed: str) -> None:
    with suppress(DateProblem):
        assert EARLIEST_YEAR <= parse_day(typed, TODAY).year <= LATEST_YEAR


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)), st.integers(0, 99))
def test_half_years_typed_are_calendar_months(today: date, months: int) -> None:
    assert parse_day(f"+{months} kk", today) == add_months(today, months)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(0, 99))
def test_a_birth_date_of_two_digits_is_never_ahead_of_today(today: date, year: int) -> None:
    born = parse_day(f"1.1.{year:02}", today, is_birth=True)
    assert today - timedelta(days=36525) <= born <= today


def test_a_deadline_shows_its_weekday() -> None:
    assert format_day_short(date(2026, 2, 5)) == "to 5.2."


@pytest.mark.parametrize(
    ("day", "week"), [("2026-02-05", 6), ("2026-12-31", 53), ("2027-01-03", 53), ("2027-01-04", 1)]
)
def test_weeks_are_iso_weeks(day: str, week: int) -> None:
    assert week_number(date.fromisoformat(day)) == week
