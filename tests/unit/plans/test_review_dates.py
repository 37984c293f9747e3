"""When the next review is due: by hand for the days that hurt, and by property for all the others (ruling 16, 17)."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.workdays import add_months, is_workday, roll_back
from app.plans.domain import PERIOD_END, DueDay, explain_due
from app.reference.domain import Cadence, Words

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))
LATER = st.timedeltas(timedelta(days=1), timedelta(days=500))


def cadence(code: str = "REVIEW_A", months: int = 3, kind: str = "target", *, twice: bool = False) -> Cadence:
    return Cadence(
        code=code, label=Words("Väli"), months=months, kind=kind, reason=Words("Syy"), basis="1 §", twice_a_year=twice
    )


A = cadence()
LAW = cadence("AP_REVIEW", 3, "law")
C = cadence("REVIEW_C", 6, "model", twice=True)


def due(first: date, *held: date, cadences: tuple[Cadence, ...] = (C,), period_end: date | None = None) -> DueDay:
    return explain_due(in_force_on=first, held=held, cadences=cadences, period_end=period_end)


# -- by hand ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("in_force_on", "months", "limit"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2028, 2, 29), 6, date(2028, 8, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 1, 31), 3, date(2026, 4, 30)),
        (date(2026, 10, 1), 3, date(2027, 1, 1)),
    ],
)
def test_months_are_calendar_months_clamped_to_the_end_of_the_month(
    in_force_on: date, months: int, limit: date
) -> None:
    every = cadence(months=months)
    assert explain_due(in_force_on=in_force_on, held=[], cadences=[every]).limit_on == limit


def test_the_first_review_of_model_c_is_due_in_half_a_year_whatever_a_year_would_give() -> None:
    found = due(date(2026, 3, 2))
    assert found.limit_on == date(2026, 9, 2)
    assert [term.months for term in found.terms] == [6]
    assert found.last_review_on is None


def test_a_review_held_late_brings_the_next_one_of_model_c_forward() -> None:
    found = due(date(2026, 1, 15), date(2026, 9, 15))
    assert found.limit_on == date(2027, 1, 15), "a year from the start comes before half a year from the review"
    assert [(term.counted_from, term.months, term.due_on) for term in found.terms] == [
        (date(2026, 1, 15), 12, date(2027, 1, 15)),
        (date(2026, 9, 15), 6, date(2027, 3, 15)),
    ]
    assert found.anchor_on == date(2026, 1, 15)
    assert found.last_review_on == date(2026, 9, 15)


def test_a_year_that_was_over_before_the_last_review_does_not_make_the_next_one_late_at_once() -> None:
    found = due(date(2024, 1, 1), date(2026, 6, 1))
    assert found.limit_on == date(2026, 12, 1)


def test_the_day_is_counted_from_reviews_and_never_from_due_dates() -> None:
    # Due 2.12., held 20.11.: the next is counted from 20.11.
    assert due(date(2026, 9, 2), date(2026, 11, 20), cadences=(A,)).limit_on == date(2027, 2, 20)


def test_the_order_in_which_reviews_are_given_means_nothing() -> None:
    held = (date(2026, 9, 1), date(2026, 3, 1), date(2026, 6, 1))
    assert due(date(2026, 1, 1), *held) == due(date(2026, 1, 1), *sorted(held))


def test_the_strictest_cadence_decides_and_the_law_comes_first_on_the_same_day() -> None:
    found = due(date(2026, 3, 31), cadences=(C, A, LAW))
    assert found.rule_code == "AP_REVIEW"
    assert found.limit_on == found.law_limit_on == date(2026, 6, 30)
    assert [term.cadence.code for term in found.terms] == ["AP_REVIEW", "REVIEW_A", "REVIEW_C"]


def test_a_period_that_ends_before_the_review_decides_the_day() -> None:
    found = due(date(2026, 3, 2), cadences=(A,), period_end=date(2026, 5, 29))
    assert (found.rule_code, found.limit_on, found.ends_first) == (PERIOD_END, date(2026, 5, 29), True)


def test_a_period_that_ends_on_the_day_of_the_review_leaves_both() -> None:
    found = due(date(2026, 3, 2), cadences=(A,), period_end=date(2026, 6, 2))
    assert (found.rule_code, found.limit_on, found.ends_first) == ("REVIEW_A", date(2026, 6, 2), False)


def test_a_plan_that_nothing_binds_has_no_limit() -> None:
    found = due(date(2026, 3, 2), cadences=())
    assert found.limit_on is None
    assert found.proposal is None
    assert found.next_limits == ()


def test_the_next_three_days_stop_at_the_end_of_the_period() -> None:
    found = due(date(2026, 8, 31), cadences=(A,), period_end=date(2027, 3, 15))
    assert found.next_limits == (date(2026, 11, 30), date(2027, 2, 28), date(2027, 3, 15))


def test_the_next_three_days_of_model_c_follow_from_each_other() -> None:
    assert due(date(2026, 8, 31)).next_limits == (date(2027, 2, 28), date(2027, 8, 28), date(2028, 2, 28))


@pytest.mark.parametrize(
    ("limit", "proposal"),
    [
        (date(2026, 4, 5), date(2026, 4, 2)),  # Easter Sunday: Good Friday is off too
        (date(2026, 12, 6), date(2026, 12, 4)),  # Independence Day, a Sunday
        (date(2027, 1, 1), date(2026, 12, 31)),
        (date(2026, 6, 20), date(2026, 6, 18)),  # Midsummer Day; its eve is off
        (date(2026, 11, 24), date(2026, 11, 24)),
    ],
)
def test_on_a_day_off_the_form_proposes_the_last_working_day_before(limit: date, proposal: date) -> None:
    assert roll_back(limit) == proposal


def test_the_limit_itself_stays_on_the_day_off() -> None:
    found = due(date(2026, 9, 6), cadences=(A,))
    assert found.limit_on == date(2026, 12, 6)
    assert found.proposal == date(2026, 12, 4)


# -- for all ---------------------------------------------------------------------------------------------------------


@given(DAYS, st.lists(LATER, max_size=6), st.sampled_from([A, LAW, C]))
def test_the_limit_comes_after_the_last_review(first: date, distances: list[timedelta], rule: Cadence) -> None:
    held = _line(first, distances)
    limit = explain_due(in_force_on=first, held=held, cadences=[rule]).limit_on
    assert limit is not None
    assert limit > max([first, *held])


@given(DAYS, st.lists(LATER, max_size=6), st.sampled_from([A, LAW, C]))
def test_the_limit_is_never_more_than_the_cadence_from_the_last_review(
    first: date, distances: list[timedelta], rule: Cadence
) -> None:
    held = _line(first, distances)
    limit = explain_due(in_force_on=first, held=held, cadences=[rule]).limit_on
    assert limit is not None
    assert limit <= add_months(max([first, *held]), rule.months)


@given(DAYS, st.lists(st.integers(0, 200), min_size=2, max_size=12))
def test_model_c_reviewed_in_time_is_reviewed_twice_in_any_twelve_months(first: date, early: list[int]) -> None:
    line = [first]
    for days in early:
        limit = explain_due(in_force_on=line[0], held=line[1:], cadences=[C]).limit_on
        assert limit is not None
        line.append(max(limit - timedelta(days=days), line[-1] + timedelta(days=1)))
    for last, following in pairwise(line):
        assert following <= add_months(last, 6)
    for last, second in zip(line, line[2:], strict=False):
        assert second <= add_months(last, 12), "two reviews must follow within the twelve months"


@given(DAYS, st.lists(LATER, min_size=1, max_size=5))
def test_after_a_late_review_of_model_c_the_twelve_months_before_it_still_hold_if_they_can(
    first: date, distances: list[timedelta]
) -> None:
    line = [first, *_line(first, distances)]
    limit = explain_due(in_force_on=first, held=line[1:], cadences=[C]).limit_on
    window = add_months(line[-2], 12)
    assert limit is not None
    assert window <= line[-1] or limit <= window


@given(DAYS, st.lists(LATER, max_size=4), DAYS)
def test_no_limit_lies_past_the_end_of_the_period(first: date, distances: list[timedelta], end: date) -> None:
    held = _line(first, distances)
    found = explain_due(in_force_on=first, held=held, cadences=[A, C], period_end=end)
    assert found.limit_on is not None
    assert found.limit_on <= end
    assert all(limit <= end for limit in found.next_limits)


@given(DAYS, st.lists(LATER, max_size=6), st.lists(st.sampled_from([A, LAW, C]), min_size=1, max_size=3))
def test_the_explanation_holds_the_day_it_explains(
    first: date, distances: list[timedelta], rules: list[Cadence]
) -> None:
    found = explain_due(in_force_on=first, held=_line(first, distances), cadences=rules)
    assert found.limit_on == found.terms[0].due_on == min(term.due_on for term in found.terms)
    assert found.rule_code == found.terms[0].cadence.code
    assert found.anchor_on == found.terms[0].counted_from
    assert found.next_limits[0] == found.limit_on
    assert list(found.next_limits) == sorted(found.next_limits)


@given(DAYS)
def test_the_proposal_is_a_working_day_not_after_the_limit(limit: date) -> None:
    proposal = roll_back(limit)
    assert is_workday(proposal)
    assert timedelta(0) <= limit - proposal <= timedelta(days=6)


def _line(first: date, distances: list[timedelta]) -> list[date]:
    held, day = list[date](), first
    for distance in distances:
        day += distance
        held.append(day)
    return held
