"""The models that ship can be walked, name only what exists, and say it in plain Finnish."""

from datetime import date

import pytest

from app.pathways.domain import MEETING_TOPICS, NEEDS, NOTE_TOPICS, PLAN_KINDS, StageCode
from app.pathways.engine import MoveKind, StageState, Visit, allowed_moves, apply_move, current_stage
from app.pathways.loader import all_latest
from app.pathways.pathway import Pathway
from app.reference.loader import cadence_for, reference

TODAY = date(2026, 11, 24)
MODELS = all_latest()

each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.key)


def test_the_three_models_ship() -> None:
    assert [(model.letter, model.key) for model in MODELS] == [
        ("A", "work_ability_support"),
        ("B", "quality_based_coaching"),
        ("C", "group_employment"),
    ]


@each_model
def test_a_model_names_only_codes_that_exist(model: Pathway) -> None:
    known = reference()
    assert model.system in known.systems
    assert {*model.responsible, *model.beside} <= known.professions.codes
    for stage in model.stages:
        assert set(stage.responsible) <= known.professions.codes
    assert set(model.plan_kinds) <= known.plan_kinds.codes


@each_model
def test_every_plan_of_a_model_is_reviewed_in_some_rhythm(model: Pathway) -> None:
    for kind in model.plan_kinds:
        assert cadence_for(model.key, kind, TODAY)


@each_model
def test_the_path_can_be_walked_from_first_to_last_without_a_reason(model: Pathway) -> None:
    visits: tuple[Visit, ...] = (Visit(StageCode.PRE_CONTACT, StageState.IN_PROGRESS, TODAY),)
    for stage in model.stages[:-1]:
        move = next(move for move in allowed_moves(visits) if move.to is stage.leads_to[0])
        assert move.kind is MoveKind.FORWARD
        visits = apply_move(visits, move, on=TODAY)
        assert current_stage(visits) is stage.leads_to[0]


@each_model
def test_every_stage_speaks_to_the_client_and_to_the_professional(model: Pathway) -> None:
    for stage in model.stages:
        assert len(stage.client.fi) >= 3
        assert len(stage.professional.fi) >= 3
        assert len(str(stage.short)) <= 13
        for line in (*stage.client.fi, *stage.professional.fi):
            assert line.endswith(".")
            assert len(line) <= 120, line


@each_model
def test_guidance_for_the_client_uses_no_codes_or_abbreviations(model: Pathway) -> None:
    for stage in model.stages:
        for line in stage.client.fi:
            assert not any(word in line for word in ("DO0", "SHL", "TYM", "KTT", "HOI", "§", "/"))


def test_a_register_name_means_one_model() -> None:
    names = [str(model.label) for model in MODELS] + [name for model in MODELS for name in model.register_names]
    assert len(names) == len(set(names))


def test_the_closed_lists_of_code_and_data_agree() -> None:
    known = reference()
    assert set(PLAN_KINDS) == known.plan_kinds.codes
    assert {*NOTE_TOPICS, *MEETING_TOPICS} <= known.note_topics.codes
    assert {code.removeprefix("recorded:") for code in NEEDS if code.startswith("recorded:")} == known.documents.codes
    assert any(kind.is_meeting for kind in known.note_kinds)
    keys = {model.key for model in MODELS}
    assert {one.model for one in known.cadences if one.model} <= keys
