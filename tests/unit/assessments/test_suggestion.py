"""A model is suggested with reasons and never chosen (GDPR article 22)."""

from dataclasses import replace
from datetime import date
from typing import Final

import pytest

from app.assessments.known import Known
from app.assessments.suggestion import ModelHint, Verdict, suggest
from app.cases.domain import Background
from app.reference.loader import reference

MODELS: Final = ("work_ability_support", "quality_based_coaching", "group_employment")
SOMEBODY: Final = Known(on=date(2026, 11, 24), born_on=date(1984, 3, 12))


def hints(known: Known) -> dict[str, ModelHint]:
    return {hint.model: hint for hint in suggest(known, MODELS, reference())}


def test_nothing_known_suggests_nothing_and_names_what_to_find_out() -> None:
    found = hints(SOMEBODY)
    assert tuple(found) == MODELS
    assert {hint.verdict for hint in found.values()} == {Verdict.UNKNOWN}
    assert str(found["group_employment"].reason) == "Find out: Client of disability services"
    assert [limb.code for limb in found["work_ability_support"].unknown] == ["unemployed", "need"]


def test_several_models_may_fit_at_once_and_none_is_put_first() -> None:
    background = Background(
        benefit="general_support",
        is_unemployed=True,
        is_beyond_public_services=True,
        is_disability_client=True,
        is_in_day_activity=True,
    )
    found = hints(replace(SOMEBODY, background=background, score=4))
    assert [hint.verdict for hint in found.values()] == [Verdict.FITS] * 3
    assert tuple(found) == MODELS


@pytest.mark.parametrize(
    ("model", "wish"),
    [("work_ability_support", "clarify"), ("quality_based_coaching", "activity"), ("group_employment", "group_work")],
)
def test_a_wish_points_to_a_model_without_changing_its_verdict(model: str, wish: str) -> None:
    wished = replace(SOMEBODY, background=Background(wish=wish))
    assert [name for name, hint in hints(wished).items() if hint.is_wished] == [model]
    assert {name: hint.verdict for name, hint in hints(wished).items()} == {
        name: hint.verdict for name, hint in hints(SOMEBODY).items()
    }


def test_signs_speak_for_a_model_and_an_open_pathway_is_told() -> None:
    known = replace(
        SOMEBODY,
        signals=frozenset({"life_control", "health_limits"}),
        triggers=frozenset({"TR07"}),
        open_models=frozenset({"quality_based_coaching"}),
    )
    found = hints(known)
    assert found["work_ability_support"].signs == {"health_limits", "TR07"}
    assert found["quality_based_coaching"].signs == {"life_control"}
    assert [hint.is_open for hint in found.values()] == [False, True, False]


def test_a_condition_that_is_not_met_is_the_reason_that_is_told() -> None:
    known = replace(SOMEBODY, background=Background(is_unemployed=False, is_disability_client=False))
    found = hints(known)
    assert found["group_employment"].verdict is Verdict.FITS_NOT
    assert str(found["group_employment"].reason) == "Not met: Client of disability services"
    assert str(found["quality_based_coaching"].reason) == "Not met: The client is unemployed"
