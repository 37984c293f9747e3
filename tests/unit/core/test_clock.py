from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import clock


@pytest.fixture(autouse=True)
def machine_clock_again() -> Iterator[None]:
    yield
    clock.configure(None)


@pytest.mark.parametrize("spec", ["2026-11-24T09:00+02:00", "2026-11-24T07:00Z", " 2026-11-24T09:00 "])
def test_a_fixed_clock_stands_still_in_utc(spec: str) -> None:
    clock.configure(spec)
    assert clock.moment() == clock.moment() == datetime(2026, 11, 24, 7, tzinfo=UTC)
    assert clock.moment().tzinfo is UTC


@pytest.mark.parametrize(
    ("spec", "distance"),
    [("+3d", timedelta(days=3)), ("-2h", timedelta(hours=-2)), ("+90m", timedelta(minutes=90)), (None, timedelta())],
)
def test_an_offset_clock_runs_that_far_from_the_machine(spec: str | None, distance: timedelta) -> None:
    clock.configure(None)
    before = clock.moment()
    clock.configure(spec)
    first, second = clock.moment(), clock.moment()
    clock.configure("")
    assert before + distance <= first <= second <= clock.moment() + distance


@pytest.mark.parametrize("spec", ["tomorrow", "3d", "+3w", "2026-13-01", "+1.5h"])
def test_any_other_clock_is_refused_and_the_old_one_kept(spec: str) -> None:
    clock.configure("2026-11-24T09:00+02:00")
    with pytest.raises(ValueError, match="neither an instant"):
        clock.configure(spec)
    assert clock.moment() == datetime(2026, 11, 24, 7, tzinfo=UTC)


def test_late_in_the_evening_of_utc_it_is_already_tomorrow_in_helsinki() -> None:
    assert clock.local_date(datetime(2026, 6, 30, 21, 30, tzinfo=UTC)) == date(2026, 7, 1)
    assert clock.local_date(datetime(2026, 12, 31, 21, 30, tzinfo=UTC)) == date(2026, 12, 31)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        clock.local_time(datetime(2026, 1, 1))  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 3, 28), 24),
        (date(2026, 3, 29), 23),
        (date(2026, 10, 25), 25),
        (date(2027, 3, 28), 23),
        (date(2027, 10, 31), 25),
    ],
)
def test_a_day_is_an_hour_shorter_in_march_and_longer_in_october(day: date, hours: int) -> None:
    assert clock.start_of_day(day + timedelta(days=1)) - clock.start_of_day(day) == timedelta(hours=hours)


def test_the_hour_that_comes_twice_is_the_same_day_both_times() -> None:
    before_the_change = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    twice = [clock.local_time(before_the_change + timedelta(hours=hours)) for hours in (0, 1)]
    assert [(time.hour, time.minute, time.date()) for time in twice] == [(3, 30, date(2026, 10, 25))] * 2


@given(st.dates(date(1990, 1, 1), date(2100, 12, 30)))
def test_a_day_holds_its_first_instant_and_not_the_one_before(day: date) -> None:
    start = clock.start_of_day(day)
    assert clock.local_date(start) == day
    assert clock.local_date(start - timedelta(microseconds=1)) == day - timedelta(days=1)


@given(st.floats(631152000, 4102444799).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_every_instant_lies_within_its_helsinki_day(now: datetime) -> None:
    day = clock.local_date(now)
    assert clock.start_of_day(day) <= now < clock.start_of_day(day + timedelta(days=1))
