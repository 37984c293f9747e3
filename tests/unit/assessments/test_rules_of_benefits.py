"""The rules of benefits on both sides of their days and ages: RU01 and RU04 of domain 1.3."""

from datetime import date
from typing import Any, Final

import pytest

from app.assessments.known import Truth
from tests.factories.assessments import BORN, NOW, holds, known


# ---------------------------------------------------------------- RU01
@pytest.mark.parametrize(
    ("on", "benefit", "expected"),
    [
        (date(2025, 12, 31), "labour_market_subsidy", True),
        (date(2026, 4, 30), "labour_market_subsidy", True),
        (date(2026, 4, 30), "general_support", None),  # not paid yet: the fact cannot be of this day
        (date(2026, 5, 1), "general_support", True),
        (date(2026, 5, 1), "labour_market_subsidy", True),  # an old note is read as what took its place
        (NOW, "social_assistance", True),
        (NOW, "earnings_related_allowance", False),
        (NOW, "study_grant", False),
        (NOW, "none", False),
        (NOW, None, None),
    ],
)
def test_ru01_asks_for_a_benefit_that_is_paid_on_the_day(on: date, benefit: str | None, expected: Truth) -> None:
    facts = known(on, benefit=benefit, is_unemployed=True, is_beyond_public_services=True)
    assert holds("RU01", facts) is expected


@pytest.mark.parametrize(
    ("unemployed", "beyond", "expected"),
    [
        (True, True, True),
        (True, False, False),
        (True, None, None),
        (False, True, False),
        (False, None, False),
        (None, True, None),
        (None, False, False),
    ],
)
def test_ru01_needs_unemployment_and_a_capacity_that_keeps_from_public_services(
    unemployed: Truth, beyond: Truth, expected: Truth
) -> None:
    facts = known(benefit="general_support", is_unemployed=unemployed, is_beyond_public_services=beyond)
    assert holds("RU01", facts) is expected


def test_ru01_takes_social_assistance_by_its_day_when_no_benefit_is_on_record() -> None:
    facts = known(assistance_since=NOW, is_unemployed=True, is_beyond_public_services=True)
    assert holds("RU01", facts) is True
    assert holds("RU01", known(is_unemployed=True, is_beyond_public_services=True)) is None


def test_a_day_of_unemployment_tells_that_the_client_is_unemployed() -> None:
    assert holds("RU09", known(unemployed_since=NOW)) is True


# ---------------------------------------------------------------- RU04 until 31.12.2025
YOUNG: Final = date(2000, 12, 31)  # 24 on 30.12.2025, 25 on 31.12.2025
OLD_LAW: Final = date(2025, 12, 31)


def plan_duty(on: date, born_on: date | None, **facts: Any) -> Truth:  # noqa: ANN401 - as above
    return holds(
        "RU04",
        known(on, born_on, has_employment_plan=True, has_integration_plan=False, **facts),
    )


@pytest.mark.parametrize(
    ("on", "days", "expected"),
    [
        (date(2025, 12, 30), 179, False),
        (date(2025, 12, 30), 180, True),  # 24 years
        (date(2025, 12, 30), 499, True),
        (date(2025, 12, 31), 180, False),  # 25 years
        (date(2025, 12, 31), 499, False),
        (date(2025, 12, 31), 500, True),
    ],
)
def test_ru04_old_counts_180_days_under_25_and_500_from_25_on(on: date, days: int, expected: Truth) -> None:
    facts = {"benefit": "labour_market_subsidy", "benefit_days": days, "is_allowance_used": False}
    assert plan_duty(on, YOUNG, **facts) is expected


@pytest.mark.parametrize(
    ("born_on", "days", "used", "expected"),
    [
        (date(1990, 1, 1), 179, True, False),
        (date(1990, 1, 1), 180, True, True),
        (date(1990, 1, 1), 180, False, False),
        (date(1990, 1, 1), 180, None, None),
        (date(1990, 1, 1), None, True, None),
        (date(2003, 1, 1), 0, True, True),  # under 25 the used allowance is enough
        (date(2003, 1, 1), 0, False, False),
    ],
)
def test_ru04_old_counts_180_days_after_the_allowance_has_been_used(
    born_on: date, days: int | None, used: Truth, expected: Truth
) -> None:
    facts = {"benefit": "labour_market_subsidy", "benefit_days": days, "is_allowance_used": used}
    assert plan_duty(OLD_LAW, born_on, **facts) is expected


@pytest.mark.parametrize(
    ("born_on", "since", "expected"),
    [
        (date(2003, 1, 1), date(2025, 8, 31), True),  # 4 months to the day
        (date(2003, 1, 1), date(2025, 9, 1), False),
        (date(1990, 1, 1), date(2024, 12, 31), True),  # 12 months to the day
        (date(1990, 1, 1), date(2025, 1, 1), False),
    ],
)
@pytest.mark.parametrize("on", [date(2025, 12, 31)])
def test_ru04_old_counts_4_or_12_months_of_social_assistance(
    on: date, born_on: date, since: date, expected: Truth
) -> None:
    facts = {"benefit": "social_assistance", "assistance_since": since, "benefit_days": 0, "is_allowance_used": False}
    assert plan_duty(on, born_on, **facts) is expected


@pytest.mark.parametrize(
    ("employment_plan", "integration_plan", "expected"),
    [(True, False, True), (False, False, False), (True, True, False), (None, False, None), (True, None, None)],
)
def test_ru04_concerns_those_with_an_employment_plan_and_without_a_right_to_an_integration_plan(
    employment_plan: Truth, integration_plan: Truth, expected: Truth
) -> None:
    facts = known(
        OLD_LAW,
        benefit="labour_market_subsidy",
        benefit_days=500,
        has_employment_plan=employment_plan,
        has_integration_plan=integration_plan,
    )
    assert holds("RU04", facts) is expected


# ---------------------------------------------------------------- RU04 from 1.1.2026
@pytest.mark.parametrize(("on", "expected"), [(date(2025, 12, 31), True), (date(2026, 1, 1), False)])
def test_ru04_days_of_subsidy_stop_counting_with_the_year_2025(on: date, expected: Truth) -> None:
    assert plan_duty(on, BORN, benefit="labour_market_subsidy", benefit_days=900) is expected


@pytest.mark.parametrize(
    ("born_on", "since", "expected"),
    [
        (date(2003, 1, 1), date(2025, 9, 1), True),
        (date(2003, 1, 1), date(2025, 9, 2), False),
        (date(1990, 1, 1), date(2025, 1, 1), True),
        (date(1990, 1, 1), date(2025, 1, 2), False),
        (date(1990, 1, 1), None, None),
        (None, date(2025, 9, 1), None),  # without an age nobody knows which limit holds
        (None, date(2024, 1, 1), None),
    ],
)
def test_ru04_new_asks_only_for_social_assistance(born_on: date | None, since: date | None, expected: Truth) -> None:
    assert plan_duty(date(2026, 1, 1), born_on, benefit="social_assistance", assistance_since=since) is expected
