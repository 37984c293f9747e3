from dataclasses import dataclass
from datetime import date

import pytest

from app.pathways.advice import NextAction, next_action
from app.pathways.domain import Facts, LinkKind, Need, StageCode
from app.pathways.engine import StageState, Visit, stage_map
from app.pathways.loader import latest
from app.pathways.pathway import Pathway

PRE, FOUND, ASSESS, PLAN, WORKER, WORK, FOLLOW = StageCode
TODAY = date(2026, 11, 24)
A = latest("work_ability_support")
B = latest("quality_based_coaching")


@dataclass(frozen=True)
class Duty:
    kind: str
    due_on: date


def advice(pathway: Pathway, stage: StageCode, *met: str, duties: tuple[Duty, ...] = ()) -> NextAction:
    visits = [Visit(code, StageState.DONE, TODAY, TODAY) for code in StageCode if code.number < stage.number]
    stages = stage_map([*visits, Visit(stage, StageState.IN_PROGRESS, TODAY)])
    return next_action(pathway, stages, Facts.of(*met), duties, today=TODAY)


def test_a_missing_responsible_worker_comes_before_everything() -> None:
    late = Duty("plan_review", date(2026, 1, 1))
    found = advice(A, WORK, duties=(late,))
    assert (found.code, found.link) == ("worker_missing", LinkKind.ASSIGN_WORKER)


def test_what_is_late_comes_before_what_the_stage_needs() -> None:
    late = Duty("plan_review", date(2026, 11, 20))
    found = advice(A, WORK, "worker", duties=(Duty("consent_expiry", date(2026, 11, 23)), late))
    assert (found.link, found.due_on, found.duty) == (LinkKind.REVIEW_PLAN, date(2026, 11, 20), late)
    assert "passed" in str(found.reason)


def test_what_falls_due_today_says_so() -> None:
    assert "today" in str(advice(A, WORK, "worker", duties=(Duty("plan_review", TODAY),)).reason)


def test_what_falls_due_within_a_week_comes_before_what_the_stage_needs() -> None:
    assert advice(A, WORK, "worker", duties=(Duty("task", date(2026, 12, 1)),)).code == "duty:task"


def test_what_falls_due_later_waits_for_what_the_stage_needs() -> None:
    found = advice(A, WORK, "worker", duties=(Duty("plan_review", date(2026, 12, 2)),))
    assert found.code == "item:note:progress"


def test_an_unknown_kind_of_duty_still_leads_somewhere() -> None:
    found = advice(A, WORK, "worker", duties=(Duty("meeting_reply", TODAY),))
    assert (str(found.label), found.link) == ("Do what falls due", LinkKind.SHOW_STEPS)


def test_the_need_that_stops_comes_before_those_that_remind() -> None:
    found = advice(A, ASSESS)
    assert found.need is not None
    assert (found.need.code, found.stage, found.link) == ("consent:parties", PLAN, LinkKind.RECORD_CONSENT)
    assert "cannot open yet" in str(found.reason)
    assert "4 Yhteinen suunnitelma" in str(found.reason)


def test_what_the_checklist_still_asks_for_is_told_in_the_models_order() -> None:
    found = advice(A, ASSESS, "consent:parties")
    assert (found.code, found.stage, found.link) == ("item:meeting:assessment", ASSESS, LinkKind.WRITE_NOTE)
    assert str(found.reason) == "Stage 3 Yhteinen arviointi is open. Missing: Yhteinen keskustelu on pidetty"
    assert advice(A, ASSESS, "consent:parties", "meeting:assessment").code == "item:note:assessment"


def test_what_the_next_stage_needs_besides_comes_after_the_checklist() -> None:
    met = ("consent:health", "identification:facts", "identification:triggers", "meeting:identification")
    found = advice(A, FOUND, *met, "self_assessment")
    assert found.code == "need:measure:ME01"  # optional in the checklist, but the next stage reminds of it (RU15)
    assert "comes next" in str(found.reason)


def test_an_optional_item_is_never_pressed_for() -> None:
    found = advice(A, WORKER, "worker", "consent:parties", "plan:work_ability_support_plan")
    assert found.code == "move"


def test_when_nothing_is_missing_the_move_is_proposed() -> None:
    met = ("consent:parties", "meeting:assessment", "note:assessment", "note:task_division")
    found = advice(A, ASSESS, *met)
    assert (found.code, found.stage, found.link) == ("move", PLAN, LinkKind.MOVE_STAGE)
    assert str(found.label) == "Open the next stage: 4 Yhteinen suunnitelma"


END = ("worker", "review:held", "plan:work_ability_support_plan", "consent:parties")


def test_at_the_end_with_nothing_due_the_path_is_evaluated() -> None:
    assert advice(A, FOLLOW, *END).link is LinkKind.CLOSE_CASE


def test_in_the_last_stage_the_checklist_still_asks() -> None:
    assert advice(A, FOLLOW, "worker").code == "item:review:held"


def test_an_entry_is_asked_for_by_what_it_is_about() -> None:
    """'Write the entry' alone does not say which: the label carries what is to be true when it is made."""
    stages = stage_map([Visit(PRE, StageState.IN_PROGRESS, TODAY)])
    found = next_action(A, stages, Facts.of("worker"), [], today=TODAY)
    assert found.need is not None
    assert str(found.label) == f"Write the entry: {found.need.label}"


def test_at_the_end_the_next_review_is_told_even_if_it_is_far_away() -> None:
    found = advice(A, FOLLOW, *END, duties=(Duty("plan_review", date(2027, 2, 1)),))
    assert found.code == "duty:plan_review"
    assert "next thing" in str(found.reason)


def test_beside_an_open_stage_five_the_unwalked_stage_is_proposed() -> None:
    stages = stage_map([Visit(PRE, StageState.DONE), Visit(WORKER, StageState.IN_PROGRESS, TODAY)])
    found = next_action(A, stages, Facts.of("note:contact_source", "worker", "consent:parties"), [], today=TODAY)
    assert (found.code, found.stage) == ("move", FOUND)


def test_a_case_whose_stages_are_all_settled_but_one_far_ahead_gets_an_advice() -> None:
    stages = stage_map(
        [*(Visit(code, StageState.DONE) for code in (FOUND, ASSESS, PLAN, WORK, FOLLOW)),
         Visit(PRE, StageState.IN_PROGRESS, TODAY)]
    )  # fmt: skip
    assert next_action(A, stages, Facts.of("worker", "note:contact_source"), [], today=TODAY).code == "note"


@pytest.mark.parametrize("met", [(), ("recorded:DO01",), ("recorded:DO01", "meeting:three_party")])
def test_rehabilitative_work_is_held_back_until_ru03_is_met(met: tuple[str, ...]) -> None:
    found = advice(B, WORKER, *met)
    assert isinstance(found.need, Need)
    assert found.need.stops
