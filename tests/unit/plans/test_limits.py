"""What rehabilitative work activity may be (RU02), for whom it is (RU01), what its start rests on (RU03)."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.workdays import add_months, holidays_of
from app.plans.fields import DayTimes, Week
from app.plans.limits import (
    KNOWN_LIMITS,
    Agreed,
    Known,
    Met,
    Subject,
    breaches,
    days_of,
    most_days_in_a_year,
    start_conditions,
    target_group,
    weeks_of,
)
from app.reference.loader import reference

KIND = "activation_plan"
LIMITS = reference().limits_for(KIND, date(2026, 11, 24))
START = date(2026, 3, 2)


def week(count: int, *, starts: time = time(9), ends: time = time(13)) -> Week:
    return Week(tuple(DayTimes(day, starts, ends) for day in range(1, count + 1)))


def broken(agreed: Agreed) -> set[str]:
    return {one.code for one in breaches(agreed, LIMITS)}


def agree(
    count: int = 3, *, start: date | None = START, end: date | None = date(2026, 6, 5), times: Week | None = None
) -> Agreed:
    return Agreed(week=times if times is not None else week(count), start=start, end=end)


def test_every_limit_of_the_file_has_a_rule() -> None:
    assert {one.code for one in reference().plan_limits} == KNOWN_LIMITS


@pytest.mark.parametrize(("count", "holds"), [(1, True), (2, True), (3, True), (4, True), (5, False), (7, False)])
def test_ru02_one_to_four_days_a_week(count: int, *, holds: bool) -> None:
    """RU02: 1–4 days a calendar week (189/2001 13 b §)."""
    assert ("DAYS_PER_WEEK" not in broken(agree(count))) is holds


@pytest.mark.parametrize(
    ("ends", "holds"),
    [(time(12, 59), False), (time(13), True), (time(15, 30), True), (time(17), True), (time(17, 1), False)],
)
def test_ru02_four_to_eight_hours_a_day(ends: time, *, holds: bool) -> None:
    """RU02: at least 4 and at most 8 hours a day (189/2001 14 §, 872/2019 5 §); both ends are inside."""
    found = broken(agree(times=week(2, ends=ends)))
    assert ("MINUTES_PER_DAY" not in found) is holds


@pytest.mark.parametrize(
    ("start", "end", "holds"),
    [
        (date(2026, 3, 2), date(2026, 5, 31), False),
        (date(2026, 3, 2), date(2026, 6, 1), True),
        (date(2026, 3, 2), date(2028, 3, 1), True),
        (date(2026, 3, 2), date(2028, 3, 2), False),
        # From 30.11. three months are over when February is: there is no 30.2.
        (date(2026, 11, 30), date(2027, 2, 26), False),
        (date(2026, 11, 30), date(2027, 2, 27), True),
        (date(2028, 2, 29), date(2030, 2, 27), True),
        (date(2028, 2, 29), date(2030, 2, 28), False),
    ],
)
def test_ru02_three_to_twenty_four_months(start: date, end: date, *, holds: bool) -> None:
    """RU02: a period of 3–24 calendar months, its first and last day inside (189/2001 13 b §)."""
    assert ("PERIOD_MONTHS" not in broken(agree(1, start=start, end=end))) is holds


def test_ru02_at_most_178_days_in_twelve_months() -> None:
    """RU02: four days a week for a year are too many, three are not (189/2001 14 §)."""
    year = (date(2026, 1, 5), date(2027, 1, 4))
    assert "DAYS_PER_YEAR" in broken(agree(4, start=year[0], end=year[1]))
    assert "DAYS_PER_YEAR" not in broken(agree(3, start=year[0], end=year[1]))


def test_ru02_178_is_inside_and_179_is_not() -> None:
    days = list(days_of(week(4), date(2026, 1, 5), date(2027, 1, 4)))
    assert "DAYS_PER_YEAR" not in broken(agree(4, start=days[0], end=days[177]))
    assert "DAYS_PER_YEAR" in broken(agree(4, start=days[0], end=days[178]))


def test_feast_days_and_the_eves_are_no_days_of_activity() -> None:
    """3.4.2026 is Good Friday and 24.12. Christmas Eve; Thursday 2.4. and 23.12. count."""
    thursday_friday = Week(tuple(DayTimes(day, time(9), time(13)) for day in (3, 4, 5)))
    easter = set(days_of(thursday_friday, date(2026, 3, 30), date(2026, 4, 5)))
    assert easter == {date(2026, 4, 1), date(2026, 4, 2)}
    assert set(days_of(thursday_friday, date(2026, 12, 21), date(2026, 12, 27))) == {date(2026, 12, 23)}


def test_a_broken_limit_says_the_number_the_limit_and_the_law_and_where_its_reason_stands() -> None:
    found = {one.code: one for one in breaches(agree(5, end=date(2026, 4, 1)), LIMITS)}
    words = "Days a week: 5. The limit is 1–4 days a week (189/2001 13 b §)."
    assert str(found["DAYS_PER_WEEK"].message) == words
    assert found["DAYS_PER_WEEK"].subject is Subject.WEEK
    assert found["PERIOD_MONTHS"].subject is Subject.PERIOD
    assert "shorter than 3 months" in str(found["PERIOD_MONTHS"].message)


def test_what_is_not_written_yet_breaks_nothing() -> None:
    assert broken(Agreed(week=Week(), start=None, end=None, has_activity=True)) == set()
    assert broken(agree(4, end=None)) == set()


def test_a_plan_without_activity_has_no_limit_of_its_period() -> None:
    short = date(2026, 3, 10)
    assert broken(Agreed(week=Week(), start=START, end=short)) == set()
    assert broken(Agreed(week=Week(), start=START, end=short, has_activity=True)) == {"PERIOD_MONTHS"}


def test_group_employment_is_no_rehabilitative_work_activity() -> None:
    """Paid work of five days a week is what model C aims at: the limits are not its own."""
    assert reference().limits_for("group_employment_plan", date(2026, 11, 24)) == ()


# -- properties ------------------------------------------------------------------------------------------------------

days = st.dates(min_value=date(2020, 1, 1), max_value=date(2090, 1, 1))
grids = st.sets(st.integers(1, 7), min_size=1).map(
    lambda chosen: Week(tuple(DayTimes(day, time(9), time(13)) for day in sorted(chosen)))
)


@settings(max_examples=40)
@given(grid=grids, start=days, length=st.integers(1, 800))
def test_the_fullest_year_is_what_counting_every_window_finds(grid: Week, start: date, length: int) -> None:
    """RU02: 178 days in any twelve months, checked against a plain count of every window, leap years too."""
    end = start + timedelta(days=length)
    agreed = [
        day
        for day in (start + timedelta(days=shift) for shift in range(length + 1))
        if day.isoweekday() in grid.weekdays and day not in holidays_of(day.year)
    ]
    windows = [(one, add_months(one, 12)) for one in agreed]
    plain = max((sum(first <= other < after for other in agreed) for first, after in windows), default=0)
    assert most_days_in_a_year(grid, start, end) == plain


@settings(max_examples=60)
@given(grid=grids, start=days, length=st.integers(1, 700), more=st.integers(0, 60), extra=st.integers(1, 7))
def test_more_days_never_make_fewer(grid: Week, start: date, length: int, more: int, extra: int) -> None:
    """RU02: a longer period or one more day of the week never lowers the count."""
    end = start + timedelta(days=length)
    counted = most_days_in_a_year(grid, start, end)
    assert most_days_in_a_year(grid, start, end + timedelta(days=more)) >= counted
    fuller = {day.weekday: day for day in grid.days} | {extra: DayTimes(extra, time(9), time(13))}
    assert most_days_in_a_year(Week(tuple(fuller[day] for day in sorted(fuller))), start, end) >= counted


@given(start=days, months=st.integers(1, 30))
def test_the_bounds_of_the_period_are_exact_in_every_year(start: date, months: int) -> None:
    """RU02: the last day of n months is inside 3–24; one day less than three or more than 24 is not."""
    last = add_months(start, months) - timedelta(days=1)
    assert ("PERIOD_MONTHS" in broken(agree(1, start=start, end=last))) is not (3 <= months <= 24)
    assert "PERIOD_MONTHS" in broken(agree(1, start=start, end=add_months(start, 3) - timedelta(days=2)))
    assert "PERIOD_MONTHS" in broken(agree(1, start=start, end=add_months(start, 24)))


@given(minutes=st.integers(1, 899))
def test_the_bounds_of_a_day_are_exact_to_the_minute(minutes: int) -> None:
    """RU02: 240 to 480 minutes."""
    ends = time(6 + minutes // 60, minutes % 60)
    found = broken(agree(times=Week((DayTimes(2, time(6), ends),))))
    assert ("MINUTES_PER_DAY" in found) is not (240 <= minutes <= 480)


# -- for whom, and on what ground ------------------------------------------------------------------------------------

OPENING = ("labour_market_subsidy", "general_support", "social_assistance")


@pytest.mark.parametrize(
    ("known", "met"),
    [
        (Known(), [Met.UNKNOWN, Met.UNKNOWN, Met.UNKNOWN]),
        (Known(is_unemployed=True, benefit="general_support", cannot_use_services=True), [Met.YES] * 3),
        (Known(benefit="disability_pension"), [Met.UNKNOWN, Met.NO, Met.UNKNOWN]),
        (Known(benefit="disability_pension", has_assistance=True), [Met.UNKNOWN, Met.YES, Met.UNKNOWN]),
        (Known(is_unemployed=False, cannot_use_services=False), [Met.NO, Met.UNKNOWN, Met.NO]),
    ],
)
def test_ru01_what_is_not_known_is_never_no(known: Known, met: list[Met]) -> None:
    """RU01: unemployed, a benefit that opens the activity, capacity not enough for other services (189/2001 3 §)."""
    assert [one.met for one in target_group(known, OPENING)] == met


@pytest.mark.parametrize(
    ("facts", "met"),
    [
        (set(), [Met.UNKNOWN] * 4),
        ({"recorded:DO01"}, [Met.YES, Met.UNKNOWN, Met.UNKNOWN, Met.UNKNOWN]),
        ({"meeting:three_party"}, [Met.UNKNOWN, Met.YES, Met.UNKNOWN, Met.UNKNOWN]),
        ({"plan:activation_plan"}, [Met.UNKNOWN, Met.UNKNOWN, Met.YES, Met.UNKNOWN]),
        ({"plan:multisector_employment_plan"}, [Met.UNKNOWN, Met.UNKNOWN, Met.YES, Met.UNKNOWN]),
        ({"recorded:DO07"}, [Met.UNKNOWN, Met.UNKNOWN, Met.UNKNOWN, Met.YES]),
        ({"recorded:DO01", "meeting:three_party", "recorded:DO02", "recorded:DO07"}, [Met.YES] * 4),
    ],
)
def test_ru03_the_start_rests_on_assessment_meeting_plan_and_decision(facts: set[str], met: list[Met]) -> None:
    """RU03: needs assessment, joint meeting, activation or multisector plan, decision."""
    assert [one.met for one in start_conditions(frozenset(facts))] == met


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2026, 3, 2), date(2026, 6, 5), (14, "10–23")),
        (date(2026, 3, 4), date(2026, 3, 4), (1, "10")),
        (date(2026, 3, 8), date(2026, 3, 9), (2, "10–11")),
        (date(2026, 12, 1), date(2027, 5, 31), (27, "49/2026–22/2027")),
        (date(2026, 12, 28), date(2027, 1, 3), (1, "53")),
    ],
)
def test_a_period_tells_its_weeks_by_their_calendar_numbers(start: date, end: date, words: tuple[int, str]) -> None:
    """Weeks start on Monday (ISO 8601); 2026 has 53 of them."""
    found = weeks_of(start, end)
    assert found is not None
    assert (found.num, dict(found.params)["weeks"]) == words


@pytest.mark.parametrize(
    ("start", "end"), [(None, date(2026, 6, 5)), (date(2026, 3, 2), None), (date(2026, 3, 2), date(2026, 3, 1))]
)
def test_a_period_without_both_its_days_has_no_weeks(start: date | None, end: date | None) -> None:
    assert weeks_of(start, end) is None
