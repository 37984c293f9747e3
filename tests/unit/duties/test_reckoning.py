"""Every row of the deadline table by hand, and the arithmetic by property (150/1930; rulings 16 and 17)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import HELSINKI, local_time
from app.core.workdays import add_months, is_workday
from app.duties.reckoning import ahead, reckon
from app.reference.domain import Deadline, Words
from app.reference.loader import reference

TABLE = {
    *("NA_START", "NA_DONE_CHILD", "NA_TARGET", "DECISION_EXEC", "MSP_READY", "MSP_REVIEW", "AP_REVIEW", "KTT_EVAL"),
    *("KTT_PERIOD_END", "REVIEW_C", "REVIEW_A", "LOG_REQUEST", "GDPR_REQUEST", "A11Y_FEEDBACK", "BREACH"),
}
DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))
UNITS = ("days", "weeks", "months", "years", "workdays")
AMOUNTS = st.integers(0, 30)


def row(code: str) -> Deadline:
    return reference().deadlines.get(code)


def rule(amount: int, unit: str, **more: object) -> Deadline:
    words = Words("Raja")
    return Deadline(code="X", label=words, start=words, amount=amount, unit=unit, kind="law", **more)  # type: ignore[arg-type] # the fields of a row


def test_every_row_of_the_table_is_in_the_file() -> None:
    assert reference().deadlines.codes >= TABLE


# code, event, raw limit, last working day up to it, first working day from it
BY_HAND = [
    ("NA_START", date(2026, 11, 2), date(2026, 11, 11), date(2026, 11, 11), date(2026, 11, 11)),
    ("NA_START", date(2026, 12, 17), date(2026, 12, 30), date(2026, 12, 30), date(2026, 12, 30)),  # over Christmas
    ("NA_START", date(2026, 12, 5), date(2026, 12, 15), date(2026, 12, 15), date(2026, 12, 15)),  # from a Saturday
    ("NA_DONE_CHILD", date(2026, 8, 24), date(2026, 11, 24), date(2026, 11, 24), date(2026, 11, 24)),
    ("NA_DONE_CHILD", date(2026, 9, 25), date(2026, 12, 25), date(2026, 12, 23), date(2026, 12, 28)),
    ("NA_TARGET_START", date(2026, 11, 16), date(2026, 11, 25), date(2026, 11, 25), date(2026, 11, 25)),
    ("NA_TARGET_START", date(2026, 3, 30), date(2026, 4, 10), date(2026, 4, 10), date(2026, 4, 10)),  # over Easter
    ("NA_TARGET", date(2026, 8, 3), date(2026, 11, 3), date(2026, 11, 3), date(2026, 11, 3)),
    ("NA_TARGET", date(2026, 11, 30), date(2027, 2, 28), date(2027, 2, 26), date(2027, 3, 1)),
    ("DECISION_EXEC", date(2026, 10, 1), date(2027, 1, 1), date(2026, 12, 31), date(2027, 1, 4)),
    ("DECISION_EXEC", date(2026, 5, 15), date(2026, 8, 15), date(2026, 8, 14), date(2026, 8, 17)),
    ("MSP_READY", date(2026, 3, 19), date(2026, 6, 19), date(2026, 6, 18), date(2026, 6, 22)),  # Midsummer Eve
    ("MSP_READY", date(2026, 8, 24), date(2026, 11, 24), date(2026, 11, 24), date(2026, 11, 24)),
    ("MSP_REVIEW", date(2026, 8, 31), date(2026, 11, 30), date(2026, 11, 30), date(2026, 11, 30)),
    ("MSP_REVIEW", date(2026, 9, 6), date(2026, 12, 6), date(2026, 12, 4), date(2026, 12, 7)),  # Independence Day
    ("AP_REVIEW", date(2026, 2, 14), date(2026, 5, 14), date(2026, 5, 13), date(2026, 5, 15)),  # Ascension Day
    ("AP_REVIEW", date(2027, 2, 1), date(2027, 5, 1), date(2027, 4, 30), date(2027, 5, 3)),  # May Day, a Saturday
    ("KTT_EVAL", date(2026, 12, 10), date(2026, 12, 10), date(2026, 12, 10), date(2026, 12, 10)),
    ("KTT_EVAL", date(2026, 10, 31), date(2026, 10, 31), date(2026, 10, 30), date(2026, 11, 2)),  # All Saints' Day
    ("KTT_PERIOD_END", date(2026, 3, 2), date(2028, 3, 2), date(2028, 3, 2), date(2028, 3, 2)),
    ("KTT_PERIOD_END", date(2026, 1, 1), date(2028, 1, 1), date(2027, 12, 31), date(2028, 1, 3)),
    ("REVIEW_C", date(2026, 8, 31), date(2027, 2, 28), date(2027, 2, 26), date(2027, 3, 1)),
    ("REVIEW_C", date(2026, 6, 24), date(2026, 12, 24), date(2026, 12, 23), date(2026, 12, 28)),  # Christmas Eve
    ("REVIEW_A", date(2026, 1, 5), date(2026, 4, 5), date(2026, 4, 2), date(2026, 4, 7)),  # Easter Sunday
    ("REVIEW_A", date(2026, 8, 24), date(2026, 11, 24), date(2026, 11, 24), date(2026, 11, 24)),
    ("REVIEW_B", date(2026, 8, 1), date(2026, 11, 1), date(2026, 10, 30), date(2026, 11, 2)),
    ("REVIEW_B", date(2026, 10, 12), date(2027, 1, 12), date(2027, 1, 12), date(2027, 1, 12)),
    ("LOG_REQUEST", date(2026, 11, 6), date(2027, 1, 6), date(2027, 1, 5), date(2027, 1, 7)),  # Epiphany
    ("LOG_REQUEST", date(2026, 9, 24), date(2026, 11, 24), date(2026, 11, 24), date(2026, 11, 24)),
    ("GDPR_REQUEST", date(2026, 10, 24), date(2026, 11, 24), date(2026, 11, 24), date(2026, 11, 24)),
    ("GDPR_REQUEST", date(2027, 1, 31), date(2027, 2, 28), date(2027, 2, 26), date(2027, 3, 1)),
    ("A11Y_FEEDBACK", date(2026, 11, 10), date(2026, 11, 24), date(2026, 11, 24), date(2026, 11, 24)),
    ("A11Y_FEEDBACK", date(2026, 11, 22), date(2026, 12, 6), date(2026, 12, 4), date(2026, 12, 7)),
    ("BREACH", date(2026, 11, 23), date(2026, 11, 26), date(2026, 11, 26), date(2026, 11, 26)),
    ("BREACH", date(2026, 12, 22), date(2026, 12, 25), date(2026, 12, 23), date(2026, 12, 28)),
]


@pytest.mark.parametrize(("code", "event", "limit", "proposal", "rolled"), BY_HAND)
def test_a_row_of_the_table_gives_the_limit_counted_by_hand(
    code: str, event: date, limit: date, proposal: date, rolled: date
) -> None:
    found = reckon(row(code), event)
    assert (found.limit_on, found.proposal, found.rolled_on) == (limit, proposal, rolled)


def test_each_row_is_counted_by_hand_twice_and_once_onto_or_over_a_day_off() -> None:
    by_code = {code: [one for one in BY_HAND if one[0] == code] for code in reference().deadlines.codes}
    assert all(len(rows) >= 2 for rows in by_code.values())
    for code, rows in by_code.items():
        assert any(reckon(row(code), event).days_off or reckon(row(code), event).skipped for _, event, *_ in rows), code


@pytest.mark.parametrize(
    ("code", "kind", "basis"),
    [
        ("NA_START", "law", "1301/2014 36 §"),
        ("NA_DONE_CHILD", "law", "1301/2014 36 §"),
        ("NA_TARGET", "target", "organisaation oma tavoite"),
        ("DECISION_EXEC", "law", "1301/2014 45 §"),
        ("MSP_READY", "law", "381/2023 4 §"),
        ("MSP_REVIEW", "law", "381/2023 6 §"),
        ("AP_REVIEW", "law", "189/2001 9 §"),
        ("KTT_EVAL", "law", "189/2001 9 §"),
        ("KTT_PERIOD_END", "law", "189/2001 13 b §"),
        ("REVIEW_C", "model", "toimintamalli"),
        ("REVIEW_A", "target", "organisaation oma tavoite"),
        ("LOG_REQUEST", "law", "703/2023 11 §"),
        ("GDPR_REQUEST", "law", "tietosuoja-asetus 12 artikla"),
        ("A11Y_FEEDBACK", "law", "306/2019 10 §"),
        ("BREACH", "law", "tietosuoja-asetus 33 artikla"),
    ],
)
def test_a_row_says_whether_a_law_or_a_target_sets_it(code: str, kind: str, basis: str) -> None:
    assert (row(code).kind, row(code).basis) == (kind, basis)
    assert reckon(row(code), date(2026, 11, 24)).is_law == (kind == "law")


def test_the_service_s_own_limit_stays_on_its_day_and_a_party_s_moves_on() -> None:
    own, party = reckon(rule(3, "months"), date(2026, 9, 6)), rule(3, "months", rolls_forward=True)
    assert own.binding_on == date(2026, 12, 6)
    assert reckon(party, date(2026, 9, 6)).binding_on == date(2026, 12, 7)
    assert [(one.day.day, str(one.name)) for one in own.days_off] == [(5, "Saturday"), (6, "Itsenäisyyspäivä")]


def test_an_extension_is_counted_from_the_event_in_one_piece() -> None:
    assert reckon(row("GDPR_REQUEST"), date(2027, 1, 31), extended=True).limit_on == date(2027, 4, 30)
    assert reckon(row("A11Y_FEEDBACK"), date(2026, 11, 22), extended=True).limit_on == date(2026, 12, 20)
    with pytest.raises(ValueError, match="LOG_REQUEST cannot be extended"):
        reckon(row("LOG_REQUEST"), date(2026, 11, 6), extended=True)


def test_whether_saturday_is_a_working_day_is_a_setting_of_the_row() -> None:
    monday_to_friday, with_saturday = row("NA_START"), replace(row("NA_START"), saturday_counts=True)
    assert reckon(monday_to_friday, date(2026, 11, 5)).limit_on == date(2026, 11, 16)
    assert reckon(with_saturday, date(2026, 11, 5)).limit_on == date(2026, 11, 13)
    # All Saints' Day and the Saturday after Christmas are feasts, and count for nobody.
    assert reckon(with_saturday, date(2026, 10, 29)).limit_on == date(2026, 11, 7)


@pytest.mark.parametrize(
    ("known", "limit"),
    [
        (datetime(2026, 3, 27, 12, tzinfo=HELSINKI), "2026-03-30T13:00+03:00"),  # a night of 23 hours on 29.3.2026
        (datetime(2026, 10, 23, 12, tzinfo=HELSINKI), "2026-10-26T11:00+02:00"),  # one of 25 hours on 25.10.2026
        (datetime(2026, 11, 23, 22, 30, tzinfo=UTC), "2026-11-27T00:30+02:00"),
    ],
)
def test_72_hours_are_hours_also_when_the_clocks_change(known: datetime, limit: str) -> None:
    found = reckon(row("BREACH"), known)
    assert found.limit_at is not None
    assert local_time(found.limit_at).isoformat(timespec="minutes") == limit
    assert found.limit_on == local_time(found.limit_at).date()
    assert found.limit_at - known == timedelta(hours=72)


def test_hours_counted_from_a_day_alone_begin_with_the_day() -> None:
    found = reckon(row("BREACH"), date(2026, 3, 27))
    assert found.limit_at == datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert found.limit_on == date(2026, 3, 30)


def test_the_next_three_days_follow_from_each_other_where_the_limit_repeats() -> None:
    assert ahead(row("AP_REVIEW"), date(2026, 8, 31)) == (date(2026, 11, 30), date(2027, 2, 28), date(2027, 5, 28))
    assert ahead(row("DECISION_EXEC"), date(2026, 8, 31)) == (date(2026, 11, 30),)


def test_the_steps_tell_the_start_the_clamp_and_the_day_off() -> None:
    assert [str(step) for step in reckon(row("REVIEW_C"), date(2026, 8, 31)).steps] == [
        "The day of the event is not counted, so counting begins on 1.9.2026.",
        "The last month has no day 31, so the limit is its last day.",
        "The limit is a day off. It does not move on; the last working day before it is 26.2.2027.",
    ]


def test_a_unit_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="fortnights"):
        reckon(rule(1, "fortnights"), date(2026, 11, 24))


# -- for all ---------------------------------------------------------------------------------------------------------


@given(DAYS, AMOUNTS, st.sampled_from(UNITS))
def test_the_rolled_day_is_a_working_day_at_most_five_days_after_the_limit(start: date, amount: int, unit: str) -> None:
    found = reckon(rule(amount, unit), start)
    assert is_workday(found.rolled_on)
    assert timedelta(0) <= found.rolled_on - found.limit_on <= timedelta(days=5)


@given(DAYS, AMOUNTS, st.sampled_from(UNITS), st.booleans())
def test_a_limit_of_the_law_is_never_passed_by_the_proposal(start: date, amount: int, unit: str, moves: bool) -> None:  # noqa: FBT001 - drawn
    found = reckon(rule(amount, unit, rolls_forward=moves), start)
    assert is_workday(found.proposal)
    assert found.proposal <= found.limit_on <= found.binding_on
    assert all(not is_workday(one.day) for one in found.days_off)


@given(DAYS, st.integers(1, 36), st.sampled_from(["months", "years"]))
def test_months_and_years_keep_the_day_or_end_on_the_last_of_the_month(start: date, amount: int, unit: str) -> None:
    limit = reckon(rule(amount, unit), start).limit_on
    months = (limit.year - start.year) * 12 + limit.month - start.month
    assert months == amount * (12 if unit == "years" else 1)
    assert limit.day == start.day or (limit.day < start.day and (limit + timedelta(days=1)).day == 1)


@given(DAYS, st.integers(1, 40), st.booleans())
def test_working_days_are_counted_one_by_one(start: date, amount: int, saturday: bool) -> None:  # noqa: FBT001 - drawn
    found = reckon(rule(amount, "workdays", saturday_counts=saturday), start)
    days = (found.limit_on - start).days
    assert days == amount + len(found.skipped)
    assert saturday or is_workday(found.limit_on)
    assert found.limit_on >= start + timedelta(days=amount)


@given(DAYS, st.integers(1, 200))
def test_weeks_end_on_the_weekday_they_began_on(start: date, weeks: int) -> None:
    assert reckon(rule(weeks, "weeks"), start).limit_on.weekday() == start.weekday()


@given(DAYS, st.sampled_from(sorted(TABLE)))
def test_a_later_event_never_gives_an_earlier_limit(start: date, code: str) -> None:
    assert reckon(row(code), start).limit_on <= reckon(row(code), start + timedelta(days=1)).limit_on


@given(DAYS)
def test_the_days_ahead_rise_and_each_is_counted_from_the_one_before(start: date) -> None:
    first, second, third = ahead(row("MSP_REVIEW"), start)
    assert (second, third) == (add_months(first, 3), add_months(second, 3))
