from datetime import date

import pytest

from app.pathways.domain import NEEDS, Effect, Facts, LinkKind, Need, StageCode, facts_of_note
from app.pathways.loader import latest, named, pathway
from app.pathways.pathway import Pathway
from app.reference.domain import Words

A = latest("work_ability_support")
B = latest("quality_based_coaching")
C = latest("group_employment")

RU03 = ("recorded:DO01", "meeting:three_party", "plan:multisector_employment_plan", "recorded:DO07")


def stopping(*met: str) -> list[str]:
    return [need.code for need in B.missing_for(StageCode.IMPLEMENTATION, Facts.of(*met)) if need.stops]


def test_rehabilitative_work_starts_only_with_assessment_meeting_plan_and_decision() -> None:
    assert stopping() == ["needs_assessment", "meeting:three_party", "plan:activation_or_multisector", "recorded:DO07"]
    assert stopping(*RU03) == []


@pytest.mark.parametrize(
    "plan", ["plan:activation_plan", "plan:multisector_employment_plan", "recorded:DO02", "recorded:DO03"]
)
def test_either_plan_will_do_here_or_recorded_elsewhere(plan: str) -> None:
    assert "plan:activation_or_multisector" not in stopping(plan)


@pytest.mark.parametrize("assessment", ["needs_assessment", "recorded:DO01"])
def test_the_needs_assessment_will_do_here_or_recorded_elsewhere(assessment: str) -> None:
    assert "needs_assessment" not in stopping(assessment)
    assert Facts.of(assessment).has("recorded:DO01")


def test_another_plan_will_not_do() -> None:
    assert "plan:activation_or_multisector" in stopping("plan:implementation_plan", "plan:client_plan")


def test_a_missing_worker_reminds_but_does_not_stop() -> None:
    missing = B.missing_for(StageCode.IMPLEMENTATION, Facts.of(*RU03, "plan:implementation_plan"))
    assert [(need.code, need.stops) for need in missing] == [("worker", False)]


@pytest.mark.parametrize("model", [A, B, C], ids=lambda model: model.key)
def test_exchange_with_others_waits_for_a_basis(model: Pathway) -> None:
    needs = {need.code: need for need in model.stage(StageCode.JOINT_PLAN).needs}
    assert needs["consent:parties"].stops


def test_health_data_waits_for_the_clients_answer_in_model_a() -> None:
    missing = A.missing_for(StageCode.JOINT_ASSESSMENT, Facts())
    assert [need.code for need in missing if need.stops] == ["consent:health"]


def test_the_first_stage_needs_nothing() -> None:
    for model in (A, B, C):
        assert model.missing_for(StageCode.PRE_CONTACT, Facts()) == ()


def test_a_need_nobody_knows_is_a_mistake_in_the_program() -> None:
    with pytest.raises(ValueError, match="consent:healt"):
        Facts.of("consent:healt")


def test_an_entry_meets_the_needs_of_its_topic() -> None:
    assert facts_of_note("assessment", is_meeting=True) == {"note:assessment", "meeting:assessment"}
    assert facts_of_note("assessment", is_meeting=False) == {"note:assessment"}
    assert facts_of_note("three_party", is_meeting=False) == frozenset()
    assert facts_of_note("weather", is_meeting=True) == frozenset()


def test_each_need_knows_what_it_asks_for() -> None:
    needs = {need.code: need for model in (A, B, C) for stage in model.stages for need in stage.needs}
    assert needs["plan:work_ability_support_plan"].plan_kind == "work_ability_support_plan"
    assert needs["plan:activation_or_multisector"].plan_kind is None
    assert (needs["meeting:three_party"].topic, needs["worker"].topic) == ("three_party", None)
    assert (needs["recorded:DO07"].document, needs["worker"].document) == ("DO07", None)
    assert needs["review"].link is LinkKind.OPEN_PLAN
    assert set(needs) <= set(NEEDS)


def test_model_b_makes_activation_plans_until_the_end_of_2025() -> None:
    assert B.default_plan_kind(date(2025, 12, 31)) == "activation_plan"
    assert B.default_plan_kind(date(2026, 1, 1)) == "multisector_employment_plan"
    assert A.default_plan_kind(date(2019, 5, 5)) == "work_ability_support_plan"
    assert C.plan_kinds[0] == "group_employment_plan"


def test_who_may_be_responsible_depends_on_the_stage_in_model_c() -> None:
    assert C.allows(frozenset({"own_instructor"}), StageCode.JOINT_PLAN)
    assert not C.allows(frozenset({"own_instructor"}), StageCode.IMPLEMENTATION)
    assert C.allows(frozenset({"nurse", "group_instructor"}), StageCode.FOLLOW_UP)
    assert not B.allows(frozenset({"employment_coach"}), StageCode.IMPLEMENTATION)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Työkyvyn tuki", "work_ability_support"),
        ("Tuettu työhönvalmennus", "quality_based_coaching"),
        (" ryhmämuotoinen  TYÖLLISTYMINEN", "group_employment"),
        ("Ryhmämuotoinen työllistäminen", "group_employment"),
    ],
)
def test_a_register_name_finds_its_model(name: str, key: str) -> None:
    found = named(name)
    assert found is not None
    assert found.key == key
    assert found is pathway(key, found.version)


def test_a_register_name_of_no_model_finds_nothing() -> None:
    assert named("Työkykypolku") is None


@pytest.mark.parametrize("model", [A, B, C], ids=lambda model: model.key)
def test_every_stage_name_of_the_register_is_known_in_every_model(model: Pathway) -> None:
    names = [
        "Ennen yhteydenottoa",
        "Tunnistaminen",
        "Yhteinen arviointi",
        "Yhteinen suunnitelma",
        "Vastuutyöntekijä",
        "Toteutus",
        "Seuranta ja arviointi",
    ]
    assert [stage and stage.code for stage in map(model.stage_named, names)] == list(StageCode)


def test_a_stage_is_found_by_its_register_name() -> None:
    found = B.stage_named("seuranta ja  Arviointi")
    assert found is not None
    assert found.code is StageCode.FOLLOW_UP
    assert B.stage_named("Jälkihoito") is None
    assert B.stage_named("Suunnittelu") is None


def test_guidance_and_labels_fall_back_to_finnish() -> None:
    stage = A.stage(StageCode.JOINT_PLAN)
    assert stage.client.say("sv") == stage.client.fi == tuple(stage.client)
    assert stage.number == 4


def test_an_unknown_model_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        latest("no_such_model")


@pytest.mark.parametrize(
    ("basis", "law"),
    [
        (None, ""),
        ("PA4", ""),
        ("RU15", ""),
        ("PX4", ""),
        ("RU03; 189/2001 9 §; 381/2023 4 §", "189/2001 9 §; 381/2023 4 §"),
        ("703/2023 6 ja 53 §", "703/2023 6 ja 53 §"),
    ],
)
def test_a_page_tells_the_law_and_not_our_own_numbers(basis: str | None, law: str) -> None:
    assert Need("contact_source", Words("Yhteydenottaja"), basis, effect=Effect.REMINDS).law == law
