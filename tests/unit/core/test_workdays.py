from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.core.workdays import (
    add_months,
    holidays_of,
    is_workday,
    months_between,
    next_workday,
    previous_workday,
    roll_forward,
)

DAYS = st.dates(date(1970, 1, 1), date(2099, 12, 31))


def days(*written: str) -> list[date]:
    return [date.fromisoformat(day) for day in written]


# domain.md 2.6: computed from act 652/2023, not from the package under test.
MOVING = {
    2026: [(4, 3), (4, 5), (4, 6), (5, 14), (5, 24), (6, 19), (6, 20), (10, 31)],
    2027: [(3, 26), (3, 28), (3, 29), (5, 6), (5, 16), (6, 25), (6, 26), (11, 6)],
}
FIXED = [(1, 1), (1, 6), (5, 1), (12, 6), (12, 24), (12, 25), (12, 26)]


@pytest.mark.parametrize("year", [2026, 2027])
def test_the_days_off_are_exactly_the_ones_the_law_names(year: int) -> None:
    assert list(holidays_of(year)) == sorted(date(year, month, day) for month, day in MOVING[year] + FIXED)


def test_days_off_have_finnish_names() -> None:
    names = holidays_of(2026)
    assert names[date(2026, 6, 19)] == "Juhannusaatto"
    assert names[date(2026, 12, 24)] == "Jouluaatto"
    assert names[date(2026, 12, 6)] == "Itsenäisyyspäivä"


@given(st.integers(1990, 2100))
def test_midsummer_and_all_saints_keep_their_weekdays_and_weeks(year: int) -> None:
    found = {name: day for day, names in holidays_of(year).items() for name in names.split("; ")}
    eve, all_saints = found["Juhannusaatto"], found["Pyhäinpäivä"]
    assert eve.weekday() == 4
    assert date(year, 6, 19) <= eve <= date(year, 6, 25)
    assert all_saints.weekday() == 5
    assert date(year, 10, 31) <= all_saints <= date(year, 11, 6)
    assert len(found) == 15


def test_a_year_whose_feast_days_are_unknown_is_refused_and_not_taken_for_one_without_any() -> None:
    with pytest.raises(ValueError, match="2101"):
        holidays_of(2101)


def test_a_limit_on_easter_sunday_moves_to_the_tuesday_after() -> None:
    assert roll_forward(date(2026, 4, 5)) == date(2026, 4, 7)
    assert previous_workday(date(2026, 4, 5)) == date(2026, 4, 2)


def test_a_limit_on_christmas_eve_moves_past_christmas() -> None:
    assert roll_forward(date(2026, 12, 24)) == date(2026, 12, 28)


def test_a_limit_on_new_years_eve_stays() -> None:
    assert roll_forward(date(2026, 12, 31)) == date(2026, 12, 31)
    assert next_workday(date(2026, 12, 31)) == date(2027, 1, 4)


@given(DAYS)
def test_rolling_forward_lands_on_the_nearest_working_day_and_stays(day: date) -> None:
    rolled = roll_forward(day)
    assert is_workday(rolled)
    assert roll_forward(rolled) == rolled
    assert not any(is_workday(day + timedelta(days=skipped)) for skipped in range((rolled - day).days))
    assert (rolled - day).days <= 5


@given(DAYS)
def test_the_next_and_the_previous_working_day_lead_back_to_a_working_day(day: date) -> None:
    assert previous_workday(day) < day < next_workday(day)
    if is_workday(day):
        assert previous_workday(next_workday(day)) == day == next_workday(previous_workday(day))


def test_half_a_year_from_the_last_of_august_is_the_last_of_february() -> None:
    assert add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert add_months(date(2027, 8, 31), 6) == date(2028, 2, 29)


def test_a_year_from_leap_day_is_the_28th_and_four_years_leap_day_again() -> None:
    leap = date(2028, 2, 29)
    assert [add_months(leap, months) for months in (12, 48, -12)] == days("2029-02-28", "2032-02-29", "2027-02-28")


def test_months_beyond_the_calendar_are_refused() -> None:
    with pytest.raises(ValueError, match="outside the calendar"):
        add_months(date(2026, 1, 1), 12 * 8000)


@given(DAYS, st.integers(-600, 600))
@example(date(2028, 2, 29), 12)
@example(date(2026, 8, 31), 6)
@example(date(2026, 3, 29), 7)
def test_months_keep_the_day_of_the_month_or_end_the_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and later.day == monthrange(later.year, later.month)[1])


@given(DAYS, DAYS)
def test_whole_months_are_as_many_as_fit(one: date, other: date) -> None:
    start, end = sorted((one, other))
    months = months_between(start, end)
    assert add_months(start, months) <= end < add_months(start, months + 1)
    assert months_between(end, start) == -months


@given(DAYS, st.integers(0, 600))
def test_months_added_are_months_between(day: date, months: int) -> None:
    assert months_between(day, add_months(day, months)) == months
