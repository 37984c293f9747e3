"""Whatever is done in whatever order, the stages of a case keep their promises."""

import itertools
from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as some

from app.pathways.advice import next_action
from app.pathways.domain import NEEDS, STANDING, Facts, Item, StageCode
from app.pathways.engine import (
    MoveKind,
    StageState,
    Visit,
    allowed_moves,
    apply_move,
    current_stage,
    finish_stage,
    stage_map,
)
from app.pathways.loader import all_latest

START = date(2026, 1, 1)

# needs as they come: any set of them, and nearly all of them, so that the move is often reached
codes = some.frozensets(some.sampled_from(sorted(NEEDS)))
few = some.frozensets(some.sampled_from(sorted(NEEDS)), max_size=2)
facts = some.one_of(codes, few.map(lambda missing: frozenset(NEEDS) - missing))
steps = some.lists(some.tuples(some.booleans(), some.integers(0, 20), some.integers(0, 40)), max_size=25)


def walk(taken: list[tuple[bool, int, int]]) -> list[tuple[Visit, ...]]:
    """Take each step: move to one of the allowed stages, or finish one of the open ones."""
    day = START
    states: list[tuple[Visit, ...]] = [(Visit(StageCode.PRE_CONTACT, StageState.IN_PROGRESS, START),)]
    for is_move, choice, days in taken:
        day += timedelta(days=days)
        visits = states[-1]
        opened = [visit.stage for visit in visits if visit.state is StageState.IN_PROGRESS]
        moves = allowed_moves(visits)
        if is_move and moves:
            states.append(apply_move(visits, moves[choice % len(moves)], on=day))
        elif opened:
            states.append(finish_stage(visits, opened[choice % len(opened)], on=day))
    return states


def expected_current(visits: tuple[Visit, ...]) -> StageCode:
    """Ruling 12 once more, in other words, read from the visits and not from the map."""
    opened = [visit for visit in visits if visit.state is StageState.IN_PROGRESS]
    walking = [visit for visit in opened if visit.stage is not STANDING]
    if walking:
        return max((visit.entered_on or date.min, visit.stage.number, visit.stage) for visit in walking)[2]
    if opened:
        return STANDING
    settled = {visit.stage for visit in visits}
    rest = [stage for stage in StageCode if stage not in settled]
    return rest[0] if rest else StageCode.FOLLOW_UP


@given(steps)
def test_a_stage_is_never_open_twice(taken: list[tuple[bool, int, int]]) -> None:
    for visits in walk(taken):
        opened = Counter(visit.stage for visit in visits if visit.state is StageState.IN_PROGRESS)
        assert all(count == 1 for count in opened.values())


@given(steps)
def test_the_current_stage_follows_ruling_12(taken: list[tuple[bool, int, int]]) -> None:
    for visits in walk(taken):
        assert current_stage(visits) is expected_current(visits)
        stages = stage_map(visits)
        assert stages.is_current_open or StageState.IN_PROGRESS not in stages.states.values()


@given(steps)
def test_no_move_finishes_stage_five_by_default_and_each_finishes_at_most_the_current(
    taken: list[tuple[bool, int, int]],
) -> None:
    for visits in walk(taken):
        current = current_stage(visits)
        for move in allowed_moves(visits):
            assert STANDING not in move.finishes
            assert set(move.finishes) <= {current}
            assert move.to not in move.finishes
            assert STANDING not in move.skips


@given(steps)
def test_nothing_that_was_walked_is_forgotten(taken: list[tuple[bool, int, int]]) -> None:
    states = walk(taken)
    for before, after in itertools.pairwise(states):
        assert [visit.stage for visit in after[: len(before)]] == [visit.stage for visit in before]
        for was, now in zip(before, after, strict=False):
            assert was.entered_on == now.entered_on
            assert was == now or (was.state, now.state) == (StageState.IN_PROGRESS, StageState.DONE)
            assert now.left_on is None or now.entered_on is None or now.left_on >= now.entered_on


@given(steps)
def test_a_stage_is_left_out_only_when_nobody_was_in_it_and_never_silently(
    taken: list[tuple[bool, int, int]],
) -> None:
    for visits in walk(taken):
        visited = {visit.stage for visit in visits}
        for move in allowed_moves(visits):
            assert visited.isdisjoint(move.skips)
            assert bool(move.skips) == (move.kind is MoveKind.SKIP)
            assert move.needs_reason or not move.skips


@given(steps, facts)
def test_there_is_always_one_advice_with_a_reason(taken: list[tuple[bool, int, int]], met: frozenset[str]) -> None:
    visits = walk(taken)[-1]
    stages = stage_map(visits)
    for pathway in all_latest():
        advice = next_action(pathway, stages, Facts(met), [], today=START)
        assert str(advice.label)
        assert str(advice.reason)
        if advice.stage is not None and advice.code != "worker_missing":
            opens = not advice.code.startswith("item:")
            expected = StageState.NOT_STARTED if opens else StageState.IN_PROGRESS
            assert stages.states[advice.stage] is expected


@given(steps, facts)
def test_the_advice_is_never_something_that_is_on_record(
    taken: list[tuple[bool, int, int]], met: frozenset[str]
) -> None:
    stages = stage_map(walk(taken)[-1])
    known = Facts(met)
    for pathway in all_latest():
        advice = next_action(pathway, stages, known, [], today=START)
        assert advice.need is None or not known.has(advice.need.code)
        assert not (advice.code == "worker_missing" and known.has("worker"))
        if isinstance(advice.need, Item):
            assert not advice.need.is_optional


@given(steps)
def test_with_everything_on_record_the_advice_is_the_move_or_the_last_action(
    taken: list[tuple[bool, int, int]],
) -> None:
    stages = stage_map(walk(taken)[-1])
    for pathway in all_latest():
        advice = next_action(pathway, stages, Facts(frozenset(NEEDS)), [], today=START)
        assert advice.code in {"move", "evaluate", "note"}
        assert advice.need is None


@given(steps, facts)
def test_what_is_required_in_the_current_stage_is_on_record_when_the_move_is_proposed(
    taken: list[tuple[bool, int, int]], met: frozenset[str]
) -> None:
    stages = stage_map(walk(taken)[-1])
    known = Facts(met)
    for pathway in all_latest():
        advice = next_action(pathway, stages, known, [], today=START)
        if advice.code == "move" and stages.is_current_open:
            left = [item.code for item in pathway.stage(stages.current).checklist if not item.is_optional]
            assert all(known.has(code) for code in left)
