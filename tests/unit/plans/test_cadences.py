"""RU16: which cadence decides for each kind of plan in each model, from the files of the service; the shortest wins."""

from datetime import date, timedelta
from itertools import pairwise, product
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.workdays import add_months
from app.plans.domain import DueDay, explain_due
from app.reference.loader import cadence_for, reference

A, B, C = "work_ability_support", "quality_based_coaching", "group_employment"
LAWS: Final = {"activation_plan": "AP_REVIEW", "multisector_employment_plan": "MSP_REVIEW"}
STARTS = st.dates(date(2025, 1, 1), date(2060, 12, 31))
EARLY = st.lists(st.integers(0, 80), min_size=2, max_size=10)
HALF_A_YEAR, QUARTER = date(2027, 2, 28), date(2026, 11, 30)


def due(model: str, kind: str, first: date, *held: date) -> DueDay:
    found = cadence_for(model, kind, held[-1] if held else first)
    return explain_due(in_force_on=first, held=held, cadences=found)


@pytest.mark.parametrize(
    ("model", "kind", "rule", "limit"),
    [
        (A, "work_ability_support_plan", "REVIEW_A", QUARTER),
        (A, "client_plan", "REVIEW_A", QUARTER),
        (A, "implementation_plan", "REVIEW_A", QUARTER),
        (A, "group_employment_plan", "REVIEW_A", QUARTER),
        (A, "activation_plan", "AP_REVIEW", QUARTER),
        (A, "multisector_employment_plan", "MSP_REVIEW", QUARTER),
        (B, "work_ability_support_plan", "REVIEW_B", QUARTER),
        (B, "client_plan", "REVIEW_B", QUARTER),
        (B, "implementation_plan", "REVIEW_B", QUARTER),
        (B, "group_employment_plan", "REVIEW_B", QUARTER),
        (B, "activation_plan", "AP_REVIEW", QUARTER),
        (B, "multisector_employment_plan", "MSP_REVIEW", QUARTER),
        (C, "work_ability_support_plan", "REVIEW_C", HALF_A_YEAR),
        (C, "client_plan", "REVIEW_C", HALF_A_YEAR),
        (C, "implementation_plan", "REVIEW_C", HALF_A_YEAR),
        (C, "group_employment_plan", "REVIEW_C", HALF_A_YEAR),
        (C, "activation_plan", "AP_REVIEW", QUARTER),
        (C, "multisector_employment_plan", "MSP_REVIEW", QUARTER),
    ],
)
def test_the_shortest_cadence_decides_and_the_law_goes_first_where_two_are_as_short(
    model: str, kind: str, rule: str, limit: date
) -> None:
    found = due(model, kind, date(2026, 8, 31))
    assert (found.rule_code, found.limit_on) == (rule, limit)
    assert (found.law_limit_on == limit) == (kind in LAWS)


@pytest.mark.parametrize(("model", "kind"), list(product((A, B, C), sorted(reference().plan_kinds.codes))))
def test_every_kind_of_plan_has_a_day_in_every_model_and_no_rule_comes_before_it(model: str, kind: str) -> None:
    """Kinds that later issues add are held to it as well."""
    found = due(model, kind, date(2026, 8, 31))
    months = [one.months for one in cadence_for(model, kind, date(2026, 8, 31))]
    assert found.limit_on == add_months(date(2026, 8, 31), min(months))


@given(STARTS, EARLY, st.sampled_from([A, B, C]), st.sampled_from(sorted(LAWS)))
def test_between_two_reviews_the_law_asks_for_lie_three_calendar_months_at_most(
    first: date, early: list[int], model: str, kind: str
) -> None:
    for before, after in pairwise(_held_in_time(model, kind, first, early)):
        assert after <= add_months(before, 3), (before, after)


@given(STARTS, EARLY, st.sampled_from(sorted(reference().plan_kinds.codes)))
def test_model_c_has_two_reviews_in_any_twelve_months_when_each_is_held_by_its_day(
    first: date, early: list[int], kind: str
) -> None:
    line = _held_in_time(C, kind, first, early)
    for start, second in zip(line, line[2:], strict=False):
        assert second <= add_months(start, 12), line


def test_the_law_of_a_multisector_plan_binds_from_its_first_day_only() -> None:
    assert due(C, "multisector_employment_plan", date(2024, 12, 31)).rule_code == "REVIEW_C"
    assert due(C, "multisector_employment_plan", date(2025, 1, 1)).rule_code == "MSP_REVIEW"


def _held_in_time(model: str, kind: str, first: date, early: list[int]) -> list[date]:
    """A line of reviews, each so many days before its limit, but after the one before."""
    line = [first]
    for days in early:
        limit = due(model, kind, *line).limit_on
        assert limit is not None
        line.append(max(limit - timedelta(days=days), line[-1] + timedelta(days=1)))
    return line
