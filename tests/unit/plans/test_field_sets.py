"""What each kind of plan asks, read from its file, and which answers are missing or wrong."""

from datetime import date, time
from typing import Any

import pytest

from app.pathways.domain import PLAN_KINDS
from app.plans.checks import Sheet, Written, answer_problems
from app.plans.fields import Answer, DayTimes, FieldType, Week
from app.plans.loader import DEFAULT_FOLDER, field_set_of, field_set_on, load_field_sets, read_field_set
from app.reference.loader import FileError, reference
from tests.factories.plans import build_week, needed_answers

TODAY = date(2026, 11, 24)


def sheet(kind: str) -> Sheet:
    fields = field_set_on(kind, TODAY)
    assert fields is not None
    return Sheet(fields=fields, limits=reference().limits_for(kind, TODAY))


def written(answers: dict[str, Answer] | None = None, **more: Any) -> Written:  # noqa: ANN401 - parts of Written
    known: dict[str, Any] = {"answers": answers or {}, "week": Week(), "reasons": {}}
    return Written(**(known | more))


def fields_of(found: Written, kind: str, *, is_final: bool = False) -> list[str | None]:
    return [one.field for one in answer_problems(found, sheet(kind), is_final=is_final)]


def test_every_kind_of_plan_has_a_form_of_today() -> None:
    assert {kind for kind in PLAN_KINDS if field_set_on(kind, TODAY)} == set(PLAN_KINDS)
    assert {kind for kind, _version in load_field_sets(DEFAULT_FOLDER)} == set(PLAN_KINDS)


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        (
            "activation_plan",
            (
                "education_and_career earlier_services earlier_plans public_services_first job_search_duty "
                "informed_of_benefits activity_goal activity_place week activity_support other_services evaluation_on"
            ),
        ),
        (
            "multisector_employment_plan",
            "capacity life_control services_labour services_county services_kela kela_part monitoring job_search_duty",
        ),
        ("implementation_plan", "means week follow_up"),
        ("work_ability_support_plan", "network_tasks group_convened"),
        ("rehabilitation_group_plan", "rehabilitation_need group_members employment_side_present"),
        (
            "client_plan",
            "client_estimate professional_estimate meeting_frequency strengths estimated_length partners functioning",
        ),
        ("group_employment_plan", "outcome_type instructor contract_reference"),
    ],
)
def test_a_form_asks_what_its_law_or_its_model_asks(kind: str, asked: str) -> None:
    """DO02 (189/2001 8–9 §), DO03 (381/2023 4–6 §), DO04, DO05, DO13, client plan (1301/2014 39 §), model C."""
    assert set(asked.split()) <= {one.code for one in sheet(kind).fields}


def test_a_plan_is_read_with_the_form_it_was_written_on() -> None:
    assert field_set_of("activation_plan", 1) is not None
    assert field_set_of("activation_plan", 99) is None
    assert field_set_on("multisector_employment_plan", date(2024, 12, 31)) is None


def test_a_draft_may_wait_for_its_answers_and_a_plan_in_force_may_not() -> None:
    assert fields_of(written(), "client_plan") == []
    missing = fields_of(written(), "client_plan", is_final=True)
    assert "answer-client_estimate" in missing
    assert "answer-client_proposal" not in missing, "the client need not propose anything"
    assert fields_of(written(needed_answers("client_plan", TODAY)), "client_plan", is_final=True) == []


def test_blanks_are_no_answer() -> None:
    answers = needed_answers("client_plan", TODAY) | {"strengths": Answer(text="  \n ")}
    assert fields_of(written(answers), "client_plan", is_final=True) == ["answer-strengths"]


def test_the_activity_is_asked_only_when_it_belongs_to_the_plan() -> None:
    """DO02: the questions of 189/2001 9 § concern a plan with rehabilitative work activity."""
    without = needed_answers("activation_plan", TODAY)
    assert fields_of(written(without), "activation_plan", is_final=True) == []
    with_it = without | {"includes_activity": Answer(choice="yes")}
    missing = fields_of(written(with_it), "activation_plan", is_final=True)
    expected = {"answer-activity_goal", "answer-activity_place", "answer-week", "answer-evaluation_on", "period_start"}
    assert expected <= set(missing)


def test_the_effect_is_evaluated_before_the_period_ends() -> None:
    """DO02: the latest day of evaluation lies in the period (189/2001 9 §)."""
    period = {"start": date(2026, 12, 1), "end": date(2027, 5, 31)}
    for day, expected in (
        (date(2027, 5, 31), []),
        (date(2027, 6, 1), ["answer-evaluation_on"]),
        (date(2026, 11, 30), ["answer-evaluation_on"]),
    ):
        found = written({"evaluation_on": Answer(day=day)}, **period)
        assert fields_of(found, "activation_plan") == expected


def test_a_broken_limit_passes_with_its_reason_and_not_without() -> None:
    """RU02: five days a week warn in words; a blank reason is none."""
    five = build_week(1, 2, 3, 4, 5)
    assert fields_of(written(week=five), "activation_plan") == ["reason-week"]
    assert fields_of(written(week=five, reasons={"week": "  "}), "activation_plan") == ["reason-week"]
    assert fields_of(written(week=five, reasons={"week": "Oma toive"}), "activation_plan") == []


def test_a_day_that_ends_before_it_begins_is_named() -> None:
    backwards = Week((DayTimes(3, time(13), time(9)),))
    assert "week-3" in fields_of(written(week=backwards), "group_employment_plan")


def test_an_answer_that_is_no_choice_is_refused() -> None:
    assert fields_of(written({"outcome_type": Answer(choice="rich")}), "group_employment_plan") == [
        "answer-outcome_type"
    ]


def test_a_text_too_long_is_refused_at_its_field() -> None:
    answers = {"readiness": Answer(text="a" * 4001), "instructor": Answer(text="a" * 501)}
    assert fields_of(written(answers), "group_employment_plan") == ["answer-readiness", "answer-instructor"]


GOOD: dict[str, Any] = {
    "kind": "client_plan",
    "version": 1,
    "sections": [
        {"code": "one", "label": {"fi": "Osio"}, "fields": [{"code": "a", "label": {"fi": "A"}, "type": "text"}]}
    ],
}


def with_field(**field: Any) -> dict[str, Any]:  # noqa: ANN401 - as YAML has it
    section = GOOD["sections"][0]
    return GOOD | {"sections": [section | {"fields": [{"code": "a", "label": {"fi": "A"}, "type": "text"} | field]}]}


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (GOOD | {"kind": "holiday_plan"}, "no kind of plan"),
        (GOOD | {"version": True}, "whole number"),
        (GOOD | {"sections": []}, "at least one row"),
        (GOOD | {"colour": "red"}, "unknown key 'colour'"),
        (with_field(type="essay"), "type: known:"),
        (with_field(code="A 1"), "small letters"),
        (with_field(is_needed="yes"), "true or false"),
        (with_field(type="choice"), "choices belong"),
        (with_field(choices=[{"code": "x", "label": {"fi": "X"}}]), "choices belong"),
        (with_field(label={"sv": "A"}), "Finnish text"),
        (GOOD | {"sections": GOOD["sections"] * 2}, "'a' is there twice"),
        (GOOD | {"sections": [GOOD["sections"][0] | {"asked_by": "nobody"}]}, "no yes_no field"),
    ],
)
def test_a_form_that_cannot_be_answered_is_refused_with_its_place(raw: dict[str, Any], words: str) -> None:
    with pytest.raises(FileError, match=words):
        read_field_set(raw, "client_plan.v1.yml")


def test_a_good_form_is_read() -> None:
    found = read_field_set(GOOD, "client_plan.v1.yml")
    assert [(one.code, one.type) for one in found] == [("a", FieldType.TEXT)]
