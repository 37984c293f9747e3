from datetime import date

import pytest

from app.reference.domain import Words
from app.reference.loader import cadence_for, reference

COUNTY = "paijat_hame"
JOINT_AUTHORITY = "paijat_hame_joint_authority"


def test_the_county_has_ten_municipalities_and_the_joint_authority_had_twelve() -> None:
    assert len(reference().municipalities_of(JOINT_AUTHORITY, date(2022, 12, 31))) == 12
    assert len(reference().municipalities_of(COUNTY, date(2023, 1, 1))) == 10
    assert not reference().municipalities_of(COUNTY, date(2022, 12, 31))


def test_myrskyla_and_pukkila_moved_to_ita_uusimaa() -> None:
    moved = reference().municipalities_of("ita_uusimaa", date(2026, 11, 24))
    assert [str(one.label) for one in moved] == ["Myrskylä", "Pukkila"]


@pytest.mark.parametrize("name", ["Lahti", "lahti ", "Nastola"])
def test_a_municipality_is_found_by_its_name_and_by_a_name_it_had(name: str) -> None:
    found = reference().municipalities.named(name)
    assert found is not None
    assert found.code == "398"


def test_a_misspelt_municipality_is_not_found() -> None:
    assert reference().municipalities.named("Lathi") is None


def test_lahti_has_a_labour_authority_of_its_own_since_2025() -> None:
    lahti = reference().municipalities.get("398")
    assert "lahti_labour_authority" in lahti.areas(date(2025, 1, 1))
    assert "lahti_labour_authority" not in lahti.areas(date(2024, 12, 31))
    assert "lahti_region_trial" in lahti.areas(date(2024, 12, 31))


def test_the_labour_market_subsidy_ends_the_day_before_general_support_begins() -> None:
    benefits = reference().benefits
    assert benefits.pick("labour_market_subsidy", date(2026, 4, 30)) is not None
    assert benefits.pick("labour_market_subsidy", date(2026, 5, 1)) is None
    assert benefits.pick("general_support", date(2026, 4, 30)) is None
    assert benefits.pick("general_support", date(2026, 5, 1)) is not None
    assert reference().successors("labour_market_subsidy") == ("general_support",)


def test_an_ended_row_still_gives_its_label() -> None:
    assert reference().benefits.label("labour_market_subsidy") == "Työmarkkinatuki"
    assert reference().benefits.label("unheard_of") == "unheard_of"
    assert reference().benefits.label(None) == ""


def test_a_form_offers_only_what_holds_today_and_what_people_choose() -> None:
    offered = {one.code for one in reference().contact_sources.on(date(2026, 11, 24))}
    assert "te_office" not in offered
    assert "register" not in offered
    assert "labour_authority" in offered


@pytest.mark.parametrize(
    ("model", "plan_kind", "expected"),
    [
        ("work_ability_support", "work_ability_support_plan", {"REVIEW_A": 3}),
        ("work_ability_support", "multisector_employment_plan", {"MSP_REVIEW": 3, "REVIEW_A": 3}),
        ("quality_based_coaching", "activation_plan", {"AP_REVIEW": 3, "REVIEW_B": 3}),
        ("quality_based_coaching", "implementation_plan", {"REVIEW_B": 3}),
        ("group_employment", "group_employment_plan", {"REVIEW_C": 6}),
        ("group_employment", "multisector_employment_plan", {"MSP_REVIEW": 3, "REVIEW_C": 6}),
    ],
)
def test_every_plan_of_every_model_has_its_cadences(model: str, plan_kind: str, expected: dict[str, int]) -> None:
    found = cadence_for(model, plan_kind, date(2026, 11, 24))
    assert {one.code: one.months for one in found} == expected


def test_only_model_c_asks_for_two_reviews_in_any_twelve_months() -> None:
    assert [one.code for one in reference().cadences if one.twice_a_year] == ["REVIEW_C"]


def test_the_multisector_cadence_begins_with_its_law() -> None:
    found = cadence_for("quality_based_coaching", "multisector_employment_plan", date(2024, 12, 31))
    assert "MSP_REVIEW" not in {one.code for one in found}


def test_a_statute_is_offered_only_towards_its_own_parties() -> None:
    towards_kela = {one.code for one in reference().bases_for("kela", date(2026, 11, 24))}
    assert {"CONSENT", "LAW_381_2023_15", "LAW_703_64"} <= towards_kela
    assert "LAW_189_2001_12" not in towards_kela
    towards_employer = {one.code for one in reference().bases_for("employer", date(2026, 11, 24))}
    assert "LAW_381_2023_15" not in towards_employer
    assert "CONSENT" in towards_employer


def test_a_reminder_missed_on_its_day_is_still_reached_the_day_after() -> None:
    (rule,) = reference().rules_for("plan_review")
    due = date(2026, 11, 30)
    assert rule.reached(due, date(2026, 11, 15)) == ()
    assert rule.reached(due, date(2026, 11, 16)) == (-14,)
    assert rule.reached(due, date(2026, 11, 28)) == (-14, -3)
    assert rule.reached(due, date(2026, 12, 30)) == rule.offsets


def test_the_lead_hears_of_a_review_two_weeks_late_but_not_of_a_consent() -> None:
    (review,) = reference().rules_for("plan_review")
    (consent,) = reference().rules_for("consent_expiry")
    due = date(2026, 11, 1)
    assert not review.escalates(due, date(2026, 11, 14))
    assert review.escalates(due, date(2026, 11, 15))
    assert not consent.escalates(due, date(2027, 11, 1))


def test_words_fall_back_to_finnish() -> None:
    label = Words(fi="Suunnitelma", sv="Plan")
    assert str(label) == label.say("fi") == label.say("en") == "Suunnitelma"
    assert label.say("sv") == "Plan"


def test_an_unknown_code_is_named() -> None:
    with pytest.raises(KeyError, match="benefits: no code 'gold'"):
        reference().benefits.get("gold")
    assert reference().benefits.find(None) is None
    assert "general_support" in reference().benefits.codes
