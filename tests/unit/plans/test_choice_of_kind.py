"""Which kind of plan a benefit leads to (RU04), on both sides of each day on which the answer changes."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.pathways.loader import latest
from app.plans.choice import advise
from app.reference.loader import reference

RULES = tuple(reference().plan_rules)
ACTIVATION, MULTISECTOR = "activation_plan", "multisector_employment_plan"


def kind(benefit: str | None, on: date, *, has_assistance: bool | None = None) -> str | None:
    return advise(RULES, benefit=benefit, has_assistance=has_assistance, on=on).kind


@pytest.mark.parametrize(
    ("benefit", "on", "expected"),
    [
        ("labour_market_subsidy", date(2025, 12, 31), ACTIVATION),
        ("labour_market_subsidy", date(2026, 1, 1), MULTISECTOR),
        ("basic_unemployment_allowance", date(2025, 12, 31), ACTIVATION),
        ("basic_unemployment_allowance", date(2026, 1, 1), MULTISECTOR),
        ("earnings_related_allowance", date(2025, 12, 31), ACTIVATION),
        ("earnings_related_allowance", date(2026, 1, 1), MULTISECTOR),
        ("social_assistance", date(2025, 12, 31), ACTIVATION),
        ("social_assistance", date(2026, 1, 1), ACTIVATION),
        # Yleistuki took the place of two benefits on 1.5.2026.
        ("labour_market_subsidy", date(2026, 4, 30), MULTISECTOR),
        ("general_support", date(2026, 4, 30), None),
        ("general_support", date(2026, 5, 1), MULTISECTOR),
        ("study_grant", date(2026, 11, 24), None),
        (None, date(2026, 11, 24), None),
    ],
)
def test_ru04_the_benefit_and_the_day_lead_to_a_kind(benefit: str | None, on: date, expected: str | None) -> None:
    """RU04; the amendment of 2026 (HE 109/2025), its day is configuration."""
    assert kind(benefit, on) == expected


def test_ru04_social_assistance_decides_before_any_other_benefit() -> None:
    assert kind("general_support", date(2026, 11, 24), has_assistance=True) == ACTIVATION
    assert kind(None, date(2026, 11, 24), has_assistance=True) == ACTIVATION


@pytest.mark.parametrize("successor", reference().successors("labour_market_subsidy"))
def test_ru04_whoever_takes_a_benefits_place_leads_to_the_same_kind(successor: str) -> None:
    on = date(2026, 5, 1)
    assert kind(successor, on) == kind("labour_market_subsidy", on)


def test_ru04_the_day_of_the_amendment_is_moved_in_the_rows_alone() -> None:
    """The in-force day was not seen in the statute book: who moves the rows moves the advice, to the day."""
    day = date(2026, 7, 1)
    moved = [
        replace(row, valid_from=day)
        if row.valid_from == date(2026, 1, 1)
        else replace(row, valid_to=day - timedelta(days=1))
        if row.valid_to == date(2025, 12, 31)
        else row
        for row in RULES
    ]
    for on, expected in ((date(2026, 6, 30), ACTIVATION), (day, MULTISECTOR)):
        found = advise(moved, benefit="labour_market_subsidy", has_assistance=None, on=on)
        assert found.kind == expected
        assert found.rule is not None
        assert found.rule.is_configurable


def test_every_row_whose_day_is_configuration_says_so() -> None:
    for row in RULES:
        if row.is_configurable:
            assert "on tarkistettava säädöskokoelmasta" in str(row.source)


@pytest.mark.parametrize("on", [date(2025, 12, 31), date(2026, 1, 1), date(2026, 11, 24)])
def test_the_pathway_and_the_rules_change_on_the_same_day(on: date) -> None:
    """Model B starts with the plan that an unemployment benefit leads to."""
    assert latest("quality_based_coaching").default_plan_kind(on) == kind("labour_market_subsidy", on)
