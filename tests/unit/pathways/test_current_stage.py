from datetime import date

import pytest

from app.pathways.domain import StageCode
from app.pathways.engine import FirstDays, StageState, Visit, current_stage, first_days, stage_map

PRE, FOUND, ASSESS, PLAN, WORKER, WORK, FOLLOW = StageCode


def done(stage: StageCode, on: date | None = None) -> Visit:
    return Visit(stage, StageState.DONE, on, on)


def opened(stage: StageCode, on: date | None) -> Visit:
    return Visit(stage, StageState.IN_PROGRESS, on)


def not_needed(stage: StageCode) -> Visit:
    return Visit(stage, StageState.NOT_NEEDED)


def test_the_stage_entered_last_is_current() -> None:
    visits = [opened(ASSESS, date(2026, 3, 2)), opened(PLAN, date(2026, 2, 1))]
    assert current_stage(visits) is ASSESS


def test_of_two_stages_entered_on_one_day_the_later_stage_is_current() -> None:
    visits = [opened(PLAN, date(2026, 3, 2)), opened(ASSESS, date(2026, 3, 2))]
    assert current_stage(visits) is PLAN


def test_stage_five_is_not_current_beside_another_open_stage() -> None:
    visits = [opened(ASSESS, date(2026, 3, 2)), opened(WORKER, date(2026, 4, 1))]
    assert current_stage(visits) is ASSESS


def test_stage_five_is_current_when_only_it_is_open() -> None:
    assert current_stage([done(PRE), done(FOUND), opened(WORKER, date(2026, 4, 1))]) is WORKER


def test_when_none_is_open_the_first_stage_not_settled_is_current() -> None:
    assert current_stage([]) is PRE
    assert current_stage([done(PRE), not_needed(FOUND), done(PLAN)]) is ASSESS


def test_when_all_are_settled_the_last_stage_is_current() -> None:
    stages = stage_map([done(stage, date(2026, 1, 7)) for stage in StageCode])
    assert (stages.current, stages.since) == (FOLLOW, None)


def test_an_open_stage_without_a_day_counts_as_the_earliest() -> None:
    assert current_stage([opened(WORK, None), opened(ASSESS, date(2026, 1, 5))]) is ASSESS


def test_a_stage_opened_again_is_in_progress_and_its_new_day_counts() -> None:
    stages = stage_map([done(PLAN, date(2025, 1, 7)), done(FOLLOW, date(2026, 1, 7)), opened(PLAN, date(2026, 1, 7))])
    assert stages.states[PLAN] is StageState.IN_PROGRESS
    assert stages.since == date(2026, 1, 7)
    assert stages.is_current_open


def test_a_stage_only_reached_is_not_open() -> None:
    stages = stage_map([done(PRE)])
    assert (stages.current, stages.since, stages.is_current_open) == (FOUND, None, False)


@pytest.mark.parametrize("number", range(1, 8))
def test_the_number_of_a_stage_is_its_place(number: int) -> None:
    assert list(StageCode)[number - 1].number == number


def test_a_stage_entered_again_keeps_its_first_day_and_unknown_days_stay_unknown() -> None:
    march, may, june = date(2026, 3, 2), date(2026, 5, 4), date(2026, 6, 1)
    walked = [done(FOUND, may), done(PLAN, june), done(FOUND, march), opened(PLAN, date(2026, 7, 1))]
    assert first_days(walked) == FirstDays(identified_on=march, planned_on=june)
    assert first_days([done(FOUND), opened(PLAN, june)]) == FirstDays(None, june)
    assert first_days([not_needed(FOUND)]) == FirstDays(None, None)
