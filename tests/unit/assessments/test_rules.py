"""The rule table of domain 1.3, row by row: RU05–RU15, RU17, RU18 and SV09; RU01 and RU04 stand beside this file.

RU02 and RU03 are proved with the plans, RU16 with the reviews.
"""

from datetime import date
from typing import Any, Final

import pytest

from app.assessments.known import Truth
from app.assessments.rules import SHAPES, judge, rules_in_force
from app.reference.loader import reference
from tests.factories.assessments import BORN, NOW, holds, known

# ---------------------------------------------------------------- RU05
TYP: Final = {
    "municipality": "398",
    "has_obstacle_beyond_skills": True,
    "has_prospect_in_two_years": True,
    "is_unemployed": True,
}


@pytest.mark.parametrize(
    ("on", "born_on", "facts", "expected"),
    [
        (date(2024, 12, 31), BORN, {"benefit": "labour_market_subsidy", "benefit_days": 300}, True),
        (date(2025, 1, 1), BORN, {"benefit": "labour_market_subsidy", "benefit_days": 300}, False),  # ended
        (date(2014, 12, 31), BORN, {"benefit": "labour_market_subsidy", "benefit_days": 300}, False),  # not begun
        (date(2024, 12, 31), BORN, {"benefit": "labour_market_subsidy", "benefit_days": 299}, None),
        (date(2024, 12, 31), BORN, {"benefit": "study_grant", "unemployed_since": date(2023, 12, 31)}, True),
        (date(2024, 12, 31), BORN, {"benefit": "study_grant", "unemployed_since": date(2024, 1, 1)}, False),
        (date(2024, 12, 31), date(2000, 1, 1), {"benefit": "study_grant", "unemployed_since": date(2024, 6, 30)}, True),
        (date(2024, 12, 31), date(2000, 1, 1), {"benefit": "study_grant", "unemployed_since": date(2024, 7, 1)}, False),
    ],
)
def test_ru05_has_three_limits_of_time_until_the_end_of_2024(
    on: date, born_on: date, facts: dict[str, Any], expected: Truth
) -> None:
    assert holds("RU05", known(on, born_on, **{**TYP, **facts})) is expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"municipality": "098"}, False),
        ({"municipality": None}, None),
        ({"has_obstacle_beyond_skills": False}, False),
        ({"has_prospect_in_two_years": None}, None),
    ],
)
def test_ru05_asks_for_lahti_an_obstacle_and_a_prospect(change: dict[str, Any], expected: Truth) -> None:
    enough = {"benefit": "labour_market_subsidy", "benefit_days": 300}
    assert holds("RU05", known(date(2024, 6, 1), **{**TYP, **enough, **change})) is expected


# ---------------------------------------------------------------- RU06
@pytest.mark.parametrize(
    ("on", "signals", "triggers", "joint", "expected"),
    [
        (date(2025, 1, 1), {"health_limits"}, set(), True, True),
        (date(2024, 12, 31), {"health_limits"}, set(), True, False),  # not in force yet
        (NOW, {"life_control"}, set(), True, True),
        (NOW, set(), {"TR09"}, True, True),
        (NOW, {"unfinished_studies"}, {"TR04"}, True, False),
        (NOW, None, None, True, None),
        (NOW, {"unfinished_studies"}, None, True, None),
        (NOW, {"life_control"}, None, False, False),
        (NOW, {"life_control"}, None, None, None),
    ],
)
def test_ru06_asks_for_a_need_that_consulting_does_not_solve(
    on: date, signals: set[str] | None, triggers: set[str] | None, joint: Truth, expected: Truth
) -> None:
    facts = known(
        on,
        is_unemployed=True,
        needs_joint_support=joint,
        signals=None if signals is None else frozenset(signals),
        triggers=None if triggers is None else frozenset(triggers),
    )
    assert holds("RU06", facts) is expected


@pytest.mark.parametrize("municipality", ["398", "081", "504", None])
@pytest.mark.parametrize("days", [0, 299, 300, None])
def test_ru06_has_no_limit_of_days_and_none_of_municipality(municipality: str | None, days: int | None) -> None:
    facts = known(
        municipality=municipality,
        benefit="general_support" if days is not None else None,
        benefit_days=days,
        is_unemployed=True,
        needs_joint_support=True,
        signals=frozenset({"life_control"}),
    )
    assert holds("RU06", facts) is True


# ---------------------------------------------------------------- RU07 to RU13
@pytest.mark.parametrize(
    ("born_on", "municipality", "expected"),
    [
        (date(2011, 11, 25), "398", False),  # 14
        (date(2011, 11, 24), "398", True),  # 15 today
        (date(1996, 11, 25), "398", True),  # 29
        (date(1996, 11, 24), "398", False),  # 30 today
        (date(2000, 1, 1), "098", False),
        (date(2000, 1, 1), None, None),
        (None, "398", None),
    ],
)
def test_ru07_serves_15_to_29_year_olds_of_lahti(
    born_on: date | None, municipality: str | None, expected: Truth
) -> None:
    assert holds("RU07", known(NOW, born_on, municipality)) is expected


@pytest.mark.parametrize(
    ("on", "municipality", "status", "expected"),
    [
        (date(2024, 12, 31), "398", "unemployed", True),
        (date(2025, 1, 1), "398", "unemployed", False),
        (date(2024, 12, 31), "016", "laid_off", True),
        (date(2024, 12, 31), "098", "supported_job", True),
        (date(2024, 12, 31), "316", "in_service", True),
        (date(2024, 12, 31), "560", "unemployed", True),
        (date(2024, 12, 31), "111", "unemployed", False),  # Heinola took no part
        (date(2024, 12, 31), "576", "unemployed", False),
        (date(2024, 12, 31), "398", "employed", False),
        (date(2024, 12, 31), "398", None, None),
        (date(2024, 12, 31), None, "unemployed", None),
    ],
)
def test_ru08_served_five_municipalities_until_the_end_of_2024(
    on: date, municipality: str | None, status: str | None, expected: Truth
) -> None:
    facts = known(on, BORN, municipality, work_status=status, may_get_earnings_related=False)
    assert holds("RU08", facts) is expected


@pytest.mark.parametrize(
    ("born_on", "earnings", "foreign", "expected"),
    [
        (date(1995, 1, 1), True, False, True),  # 29
        (date(1994, 12, 31), True, False, False),  # 30 today
        (date(1980, 1, 1), False, False, True),
        (date(1980, 1, 1), True, True, True),
        (date(1980, 1, 1), True, None, None),
    ],
)
def test_ru08_had_three_groups(born_on: date, earnings: Truth, foreign: Truth, expected: Truth) -> None:
    facts = known(
        date(2024, 12, 31),
        born_on,
        "398",
        is_unemployed=True,
        may_get_earnings_related=earnings,
        has_foreign_background=foreign,
    )
    assert holds("RU08", facts) is expected


@pytest.mark.parametrize(("unemployed", "expected"), [(True, True), (False, False), (None, None)])
def test_ru09_is_the_right_of_every_unemployed_person(unemployed: Truth, expected: Truth) -> None:
    assert holds("RU09", known(is_unemployed=unemployed)) is expected


@pytest.mark.parametrize(
    ("near", "examined", "special", "more", "expected"),
    [
        (True, True, True, False, True),
        (True, True, False, True, True),
        (True, True, False, False, False),
        (True, False, True, True, False),
        (False, True, True, True, False),
        (True, True, None, False, None),
        (None, True, True, None, None),
    ],
)
def test_ru10_comes_after_the_basic_examinations(
    near: Truth, examined: Truth, special: Truth, more: Truth, expected: Truth
) -> None:
    facts = known(
        is_incapacity_near=near, is_examined=examined, is_in_specialised_care=special, needs_more_examination=more
    )
    assert holds("RU10", facts) is expected


@pytest.mark.parametrize(
    ("born_on", "expected"),
    [
        (date(2010, 11, 25), False),  # 15
        (date(2010, 11, 24), True),  # 16 today
        (date(1958, 11, 25), True),  # 67
        (date(1958, 11, 24), False),  # 68 today
        (None, None),
    ],
)
def test_ru11_is_for_people_of_working_age(born_on: date | None, expected: Truth) -> None:
    assert holds("RU11", known(NOW, born_on)) is expected


@pytest.mark.parametrize(
    ("on", "municipality", "expected"),
    [
        (date(2023, 12, 31), "098", True),
        (date(2023, 12, 31), "016", True),
        (date(2023, 12, 31), "576", True),
        (date(2023, 12, 31), "398", False),
        (date(2023, 12, 31), None, None),
        (date(2024, 1, 1), "098", False),  # ended
    ],
)
def test_ru12_worked_in_three_centres_until_the_end_of_2023(
    on: date, municipality: str | None, expected: Truth
) -> None:
    assert holds("RU12", known(on, BORN, municipality)) is expected


@pytest.mark.parametrize(
    ("on", "municipality", "expected"),
    [
        (date(2022, 6, 1), "098", True),
        (date(2023, 12, 31), "576", True),
        (date(2023, 12, 31), "398", None),  # elsewhere: nobody knows, never a no
        (date(2024, 1, 1), "098", None),
        (NOW, "398", None),
        (date(2021, 12, 31), "098", False),  # not begun
    ],
)
def test_ru13_is_a_matter_of_the_area_outside_the_pilot(on: date, municipality: str, expected: Truth) -> None:
    assert holds("RU13", known(on, BORN, municipality)) is expected


# ---------------------------------------------------------------- RU14, RU15, RU17, RU18, SV09
@pytest.mark.parametrize(
    ("disability", "day_activity", "expected"),
    [(True, True, True), (True, False, False), (False, True, False), (True, None, None), (None, False, False)],
)
def test_ru14_is_for_clients_of_day_activity_in_disability_services(
    disability: Truth, day_activity: Truth, expected: Truth
) -> None:
    facts = known(is_disability_client=disability, is_in_day_activity=day_activity)
    assert holds("RU14", facts) is expected


@pytest.mark.parametrize(("score", "expected"), [(0, True), (7, True), (8, False), (10, False), (None, None)])
def test_ru15_asks_for_a_closer_look_at_seven_or_less(score: int | None, expected: Truth) -> None:
    assert holds("RU15", known(score=score)) is expected


@pytest.mark.parametrize("risk", [True, False, None])
def test_ru17_asks_for_the_risk_of_a_disability_pension(risk: Truth) -> None:
    assert holds("RU17", known(is_pension_at_risk=risk)) is risk


@pytest.mark.parametrize(
    ("statement", "youth", "expected"),
    [(True, False, True), (False, True, True), (False, False, False), (False, None, None), (None, True, True)],
)
def test_ru18_asks_for_statement_b_except_in_youth_services(statement: Truth, youth: Truth, expected: Truth) -> None:
    assert holds("RU18", known(has_statement_b=statement, is_youth_service=youth)) is expected


@pytest.mark.parametrize(
    ("born_on", "unemployed", "score", "signals", "triggers", "expected"),
    [
        (BORN, True, 7, None, None, True),
        (BORN, True, 8, {"motivation"}, {"TR07"}, True),
        (BORN, True, 8, {"motivation", "no_energy"}, set(), True),
        (BORN, True, 8, {"motivation"}, set(), False),
        (BORN, True, 8, {"motivation"}, None, None),
        (BORN, True, None, set(), set(), None),
        (BORN, False, 3, {"motivation"}, {"TR07"}, False),
        (date(2012, 1, 1), True, 3, None, None, False),
    ],
)
def test_sv09_is_for_unemployed_people_of_working_age_with_difficulties(
    born_on: date,
    unemployed: Truth,
    score: int | None,
    signals: set[str] | None,
    triggers: set[str] | None,
    expected: Truth,
) -> None:
    facts = known(
        NOW,
        born_on,
        is_unemployed=unemployed,
        score=score,
        signals=None if signals is None else frozenset(signals),
        triggers=None if triggers is None else frozenset(triggers),
    )
    assert holds("SV09", facts) is expected


# ---------------------------------------------------------------- the table itself
def test_every_rule_of_the_table_but_those_of_plans_and_reviews_is_here() -> None:
    wanted = {f"RU{number:02d}" for number in range(1, 19)} - {"RU02", "RU03", "RU16"}
    assert reference().eligibility.codes == wanted | {"SV09"}


def test_each_shape_of_the_file_is_one_the_program_knows_and_none_is_left_over() -> None:
    assert {row.shape for row in reference().eligibility} == SHAPES.keys()


def test_rules_that_have_ended_are_not_told_as_todays() -> None:
    today = rules_in_force(NOW, reference())
    assert {"RU05", "RU08", "RU12"}.isdisjoint(today)
    assert {"RU05", "RU08"} <= set(rules_in_force(date(2024, 12, 31), reference()))


def test_a_rule_that_never_was_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        judge("RU99", known(), reference())
