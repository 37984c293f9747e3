from datetime import date

import pytest

from app.core.errors import Conflict, Refused
from app.pathways.domain import StageCode
from app.pathways.engine import (
    Move,
    MoveKind,
    StageState,
    Visit,
    allowed_moves,
    apply_move,
    finish_stage,
    plan_move,
    stage_map,
)

PRE, FOUND, ASSESS, PLAN, WORKER, WORK, FOLLOW = StageCode
DAY = date(2026, 3, 2)
LATER = date(2026, 4, 1)


def at(stage: StageCode, *others: Visit) -> list[Visit]:
    walked = [Visit(code, StageState.DONE, DAY, DAY) for code in StageCode if code.number < stage.number]
    return [*walked, Visit(stage, StageState.IN_PROGRESS, DAY), *others]


def test_the_next_stage_opens_without_a_reason_and_finishes_the_current_one() -> None:
    assert plan_move(at(ASSESS), PLAN) == Move(PLAN, MoveKind.FORWARD, (ASSESS,))


def test_going_back_from_follow_up_to_the_plan_asks_a_reason() -> None:
    with pytest.raises(Refused) as refused:
        plan_move(at(FOLLOW), PLAN, reason="  ")
    assert [reason.field for reason in refused.value.reasons] == ["reason"]
    move = plan_move(at(FOLLOW), PLAN, reason="Työ päättyi")
    assert (move.kind, move.finishes) == (MoveKind.BACK, (FOLLOW,))


def test_skipping_a_stage_asks_a_reason_and_leaves_it_out_as_not_needed() -> None:
    visits = at(FOUND)
    with pytest.raises(Refused, match="Write why a stage is skipped"):
        plan_move(visits, PLAN)
    moved = apply_move(visits, plan_move(visits, PLAN, reason="Arvio tehtiin muualla"), on=LATER)
    stages = stage_map(moved)
    assert stages.states[ASSESS] is StageState.NOT_NEEDED
    assert stages.states[FOUND] is StageState.DONE
    assert (stages.current, stages.since) == (PLAN, LATER)


def test_stage_five_opens_beside_an_early_stage_and_finishes_nothing() -> None:
    visits = at(FOUND)
    move = plan_move(visits, WORKER)
    assert move == Move(WORKER, MoveKind.FORWARD, ())
    stages = stage_map(apply_move(visits, move, on=LATER))
    assert stages.current is FOUND
    assert stages.states[WORKER] is StageState.IN_PROGRESS


def test_in_its_own_place_stage_five_follows_the_plan() -> None:
    assert plan_move(at(PLAN), WORKER).finishes == (PLAN,)


def test_passing_stage_five_is_not_a_skip_because_a_need_asks_for_the_worker() -> None:
    assert plan_move(at(PLAN), WORK) == Move(WORK, MoveKind.FORWARD, (PLAN,))


def test_stage_five_opened_for_the_first_time_later_is_not_going_back() -> None:
    visits = [visit for visit in at(WORK) if visit.stage is not WORKER]
    assert plan_move(visits, WORKER).kind is MoveKind.FORWARD


def test_stage_five_opened_again_is_going_back() -> None:
    with pytest.raises(Refused):
        plan_move(at(FOLLOW), WORKER)


def test_moving_on_never_finishes_stage_five_by_itself() -> None:
    visits = at(WORKER)
    move = plan_move(visits, WORK)
    assert move == Move(WORK, MoveKind.FORWARD, ())
    assert stage_map(apply_move(visits, move, on=LATER)).states[WORKER] is StageState.IN_PROGRESS


def test_with_only_stage_five_open_the_unwalked_stage_is_ahead_not_back() -> None:
    visits = [Visit(PRE, StageState.DONE, DAY, DAY), Visit(WORKER, StageState.IN_PROGRESS, DAY)]
    assert plan_move(visits, FOUND) == Move(FOUND, MoveKind.FORWARD, ())
    assert plan_move(visits, ASSESS, reason="x").skips == (FOUND,)
    with pytest.raises(Refused, match="goes back"):
        plan_move(visits, PRE)


def test_the_worker_may_finish_several_stages_or_none() -> None:
    visits = at(ASSESS, Visit(WORKER, StageState.IN_PROGRESS, DAY))
    assert plan_move(visits, PLAN, finish=[WORKER, ASSESS]).finishes == (ASSESS, WORKER)
    assert plan_move(visits, PLAN, finish=[]).finishes == ()


def test_a_stage_that_is_not_open_cannot_be_finished() -> None:
    with pytest.raises(Refused) as refused:
        plan_move(at(ASSESS), FOUND, finish=[WORK])
    assert [reason.field for reason in refused.value.reasons] == ["finish", "reason"]


def test_an_open_stage_cannot_be_opened_again() -> None:
    with pytest.raises(Conflict):
        plan_move(at(ASSESS), ASSESS)


def test_every_stage_that_is_not_open_can_be_moved_to() -> None:
    moves = allowed_moves(at(PLAN))
    assert [move.to for move in moves] == [PRE, FOUND, ASSESS, WORKER, WORK, FOLLOW]
    assert [move.needs_reason for move in moves] == [True, True, True, False, False, True]


def test_finishing_opens_nothing() -> None:
    stages = stage_map(finish_stage(at(PLAN), PLAN, on=LATER))
    assert StageState.IN_PROGRESS not in stages.states.values()
    assert stages.current is WORKER
    assert plan_move(finish_stage(at(PLAN), PLAN, on=LATER), WORKER) == Move(WORKER, MoveKind.FORWARD, ())
