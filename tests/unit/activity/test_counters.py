"""The limits of rehabilitative work (RU02; 189/2001 sections 13 b and 14), counted and told to the day."""

from collections.abc import Collection
from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.activity.counters import (
    ActivityLimits,
    agreed_dates,
    agreement_warnings,
    attendance_warnings,
    days_by_week,
    first_crossing,
    year_count,
    year_of,
    year_warnings,
)
from app.activity.domain import AgreedDay, hours_words, parse_hours
from app.core.workdays import add_months

LIMITS = ActivityLimits(
    min_days_week=1,
    max_days_week=4,
    min_minutes_day=240,
    max_minutes_day=480,
    min_months=3,
    max_months=24,
    max_days_12_months=178,
)
FIRST = date(2023, 1, 1)
DAYS = st.sets(st.integers(0, 3 * 366).map(lambda step: FIRST + timedelta(days=step)), max_size=120)


def week(*weekdays: int, hours: tuple[int, int] = (9, 13), from_on: date = date.min) -> list[AgreedDay]:
    return [
        AgreedDay(weekday=day, starts_at=time(hours[0]), ends_at=time(hours[1]), from_on=from_on) for day in weekdays
    ]


def most_in_a_year(days: Collection[date], until: date) -> int:
    """The fullest window of twelve calendar months there is, whichever day it starts on, up to a day."""
    starts = [FIRST + timedelta(days=step) for step in range(3 * 366 + 1)]
    return max(sum(start <= day < add_months(start, 12) and day <= until for day in days) for start in starts)


@settings(max_examples=40)
@given(days=DAYS, most=st.integers(1, 30))
def test_the_limit_is_crossed_on_the_very_day_the_fullest_twelve_months_overflow(days: set[date], most: int) -> None:
    crossed_on = first_crossing(days, most)
    if crossed_on is None:
        assert most_in_a_year(days, date.max) <= most
    else:
        assert most_in_a_year(days, crossed_on) > most
        assert most_in_a_year(days, crossed_on - timedelta(days=1)) <= most


@settings(max_examples=40)
@given(days=DAYS, on=st.integers(0, 3 * 366).map(lambda step: FIRST + timedelta(days=step)))
def test_the_count_of_twelve_months_is_that_of_looking_at_each_day(days: set[date], on: date) -> None:
    assert year_count(days, on) == sum(day <= on and add_months(day, 12) > on for day in days)


@given(days=DAYS)
def test_weeks_share_the_days_between_them(days: set[date]) -> None:
    weeks = days_by_week(days)
    assert sum(weeks.values()) == len(days)
    assert all(monday.weekday() == 0 for monday in weeks)
    assert all(count == sum(0 <= (day - monday).days < 7 for day in days) for monday, count in weeks.items())


def run(days: int, start: date = date(2026, 1, 1)) -> list[date]:
    return [start + timedelta(days=step) for step in range(days)]


def test_178_days_fit_in_and_the_179th_is_the_crossing() -> None:
    assert first_crossing(run(178), 178) is None
    assert first_crossing(run(179), 178) == run(179)[-1]
    assert year_of(run(178), run(178)[-1], 178).left == 0


def test_a_day_leaves_the_twelve_months_on_the_day_of_the_same_number() -> None:
    assert year_count([date(2026, 3, 5)], date(2027, 3, 4)) == 1
    assert year_count([date(2026, 3, 5)], date(2027, 3, 5)) == 0
    assert year_count([date(2024, 2, 29)], date(2025, 2, 27)) == 1
    assert year_count([date(2024, 2, 29)], date(2025, 2, 28)) == 0


@pytest.mark.parametrize(
    ("first", "same_day"),
    [
        (date(2026, 3, 5), date(2027, 3, 5)),
        (date(2024, 2, 29), date(2025, 2, 28)),
    ],
)
def test_the_day_of_the_same_number_a_year_later_crosses_nothing_and_the_day_before_does(
    first: date, same_day: date
) -> None:
    assert first_crossing([first, same_day], 1) is None
    before = same_day - timedelta(days=1)
    assert first_crossing([first, before], 1) == before


def test_a_crossing_that_has_been_is_not_told_of_as_one_to_come() -> None:
    days = run(179)
    assert first_crossing(days, 178, since=days[-1]) == days[-1]
    assert first_crossing(days, 178, since=days[-1] + timedelta(days=1)) is None


def test_agreed_days_leave_feast_days_out_and_follow_a_change_of_the_week() -> None:
    agreed = [*week(1, 2), *week(5, from_on=date(2026, 12, 14))]
    found = agreed_dates(agreed, date(2026, 12, 7), date(2026, 12, 25))
    assert list(found) == [date(2026, 12, 7), date(2026, 12, 8), date(2026, 12, 18)], "Christmas Day is a Friday"


@pytest.mark.parametrize(
    ("agreed", "codes"),
    [
        (week(1), []),
        (week(1, 2, 3, 4), []),
        (week(1, 2, 3, 4, 5), ["days_week"]),
        ([], ["days_week"]),
        (week(1, hours=(8, 12)), []),
        (week(1, hours=(8, 16)), []),
        (week(1, hours=(8, 17)), ["hours_day"]),
        (week(1, hours=(9, 12)), ["hours_day"]),
    ],
)
def test_the_week_and_the_day_are_told_of_at_their_bounds(agreed: list[AgreedDay], codes: list[str]) -> None:
    found = agreement_warnings(agreed, date(2026, 1, 1), date(2026, 6, 30), LIMITS)
    assert [one.code for one in found] == codes


@pytest.mark.parametrize(
    ("start", "end", "is_kept"),
    [
        (date(2026, 3, 1), date(2026, 5, 31), True),
        (date(2026, 3, 1), date(2026, 5, 30), False),
        (date(2026, 11, 30), date(2027, 2, 27), True),
        (date(2026, 11, 30), date(2027, 2, 26), False),
        (date(2026, 3, 1), date(2028, 2, 29), True),
        (date(2026, 3, 1), date(2028, 3, 1), False),
    ],
)
def test_the_months_of_a_period_are_calendar_months(start: date, end: date, *, is_kept: bool) -> None:
    assert (agreement_warnings(week(1), start, end, LIMITS) == []) is is_kept


def test_a_week_as_it_went_is_told_of_when_it_crosses_a_limit() -> None:
    monday = date(2026, 11, 16)
    four = {monday + timedelta(days=step): 480 for step in range(4)}
    assert attendance_warnings(four, monday, LIMITS) == []
    five = four | {monday + timedelta(days=4): 481}
    assert [one.code for one in attendance_warnings(five, monday, LIMITS)] == ["days_week", "hours_day"]


def test_the_week_of_the_179th_day_is_told_of_and_the_week_before_is_not() -> None:
    days = dict.fromkeys(run(179, date(2026, 5, 4)), 240)
    last = max(days)
    week_of_last = last - timedelta(days=last.weekday())
    assert "days_year" in {one.code for one in attendance_warnings(days, week_of_last, LIMITS)}
    before = week_of_last - timedelta(days=7)
    assert "days_year" not in {one.code for one in attendance_warnings(days, before, LIMITS)}


def test_the_warning_names_the_day_of_the_crossing() -> None:
    (found,) = year_warnings(run(200), LIMITS, since=date(2026, 1, 1))
    assert str(found.words) == "The limit of 178 days in 12 months is crossed on 28.6.2026."


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("9-13", 240), ("8.30–12.30", 240), (" 8:00 - 15.45 ", 465), ("13-9", None), ("9", None), ("25-26", None)],
)
def test_hours_are_read_as_people_write_them(typed: str, minutes: int | None) -> None:
    read = parse_hours(typed)
    length = read and AgreedDay(weekday=1, starts_at=read[0], ends_at=read[1]).minutes
    assert length == minutes


def test_hours_are_written_with_a_comma() -> None:
    assert [hours_words(minutes) for minutes in (240, 270, 435, 600)] == ["4", "4,5", "7,25", "10"]
