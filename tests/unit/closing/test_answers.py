"""Nothing ends in silence: what is asked of each open thing, and which answers will do."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases.domain import STEP, CaseView, StepView
from app.closing.domain import ENDS_WITH_CASE, Answer, Fate, OpenItem, answer_problems, items_of
from app.duties.domain import DutyKind, DutyView, WaitsFor
from tests.factories.cases import build_case

TODAY = date(2026, 11, 24)
AT = datetime(2026, 11, 1, 9, tzinfo=UTC)


def step(due_on: date | None = None) -> StepView:
    return StepView(
        id=uuid4(), note_id=None, owner="worker", text="Soita", due_on=due_on, promised_at=AT, promised_by=None
    )


def duty(kind: DutyKind, subject_id: UUID | None = None, *, about: str = "plan", due_on: date = TODAY) -> DutyView:
    return DutyView(
        id=uuid4(),
        case_id=uuid4(),
        kind=kind,
        subject_kind=about,
        subject_id=subject_id or uuid4(),
        waits_for=WaitsFor.WORKER,
        rule_code="test",
        anchor_on=TODAY,
        due_on=due_on,
        law_limit_on=None,
        opened_at=AT,
        closed_on=None,
        outcome=None,
        follows_id=None,
    )


CASE = build_case(ordinal=2, model_key="group_employment")


def fields(item: OpenItem, answer: Answer | None, *cases: CaseView) -> list[str | None]:
    answers = {item.id: answer} if answer else {}
    return [problem.field for problem in answer_problems([item], answers, cases=cases, today=TODAY)]


def test_a_promise_with_a_day_is_asked_about_once_with_its_duty() -> None:
    promised, undated, review = step(TODAY), step(), duty(DutyKind.PLAN_REVIEW, due_on=date(2026, 11, 20))
    items = items_of([undated, promised], [duty(DutyKind.TASK, promised.id, about=STEP), review], step_kind=STEP)
    assert [(item.step, item.duty and item.duty.kind) for item in items] == [
        (None, DutyKind.PLAN_REVIEW),
        (promised, DutyKind.TASK),
        (undated, None),
    ]


def test_a_duty_of_a_promise_that_has_gone_is_asked_about_all_the_same() -> None:
    (item,) = items_of([], [duty(DutyKind.TASK, about=STEP)], step_kind=STEP)
    assert item.fates == (Fate.DONE, Fate.NOT_NEEDED)


def test_nothing_is_chosen_beforehand_for_a_promise() -> None:
    assert OpenItem(step=step()).likely is None
    assert OpenItem(duty=duty(DutyKind.TASK)).likely is None
    assert OpenItem(duty=duty(DutyKind.PLAN_REVIEW)).likely is Fate.ENDS


@pytest.mark.parametrize("kind", [kind for kind in DutyKind if kind not in ENDS_WITH_CASE])
def test_what_is_owed_to_somebody_does_not_just_end_with_the_case(kind: DutyKind) -> None:
    item = OpenItem(duty=duty(kind, about="something"))
    assert fields(item, Answer(fate=Fate.ENDS)) == [item.name]


def test_what_is_missing_of_an_answer_is_told_at_its_own_field() -> None:
    item = OpenItem(step=step(TODAY))
    assert fields(item, None) == [item.name]
    assert fields(item, Answer(fate=Fate.DONE)) == [f"{item.name}-on"]
    assert fields(item, Answer(fate=Fate.DONE, on=date(2026, 11, 25))) == [f"{item.name}-on"]
    assert fields(item, Answer(fate=Fate.NOT_NEEDED, reason="  ")) == [f"{item.name}-reason"]
    assert fields(item, Answer(fate=Fate.NOT_NEEDED, reason="x" * 2001)) == [f"{item.name}-reason"]
    assert fields(item, Answer(fate=Fate.DONE, on=TODAY)) == []
    assert fields(item, Answer(fate=Fate.NOT_NEEDED, reason="Asiakas muutti")) == []


def test_a_promise_moves_only_to_a_case_that_was_offered() -> None:
    item = OpenItem(step=step())
    assert fields(item, Answer(fate=Fate.MOVED, to=CASE.id), CASE) == []
    assert fields(item, Answer(fate=Fate.MOVED, to=CASE.id), replace(CASE, id=uuid4())) == [item.name]
    assert fields(item, Answer(fate=Fate.MOVED)) == [item.name]


@given(kinds=st.lists(st.sampled_from(DutyKind), max_size=6), steps=st.integers(0, 4), silent=st.data())
def test_every_open_thing_is_asked_about_and_every_silence_is_told(
    kinds: list[DutyKind], steps: int, silent: st.DataObject
) -> None:
    promised = [step() for _ in range(steps)]
    items = items_of(promised, [duty(kind, about="x") for kind in kinds], step_kind=STEP)
    assert len(items) == len(kinds) + steps
    left = silent.draw(st.sets(st.sampled_from([item.id for item in items]))) if items else set[UUID]()
    answers = {item.id: Answer(fate=Fate.NOT_NEEDED, reason="ei tarvita") for item in items if item.id not in left}
    told = [problem.field for problem in answer_problems(items, answers, cases=[], today=TODAY)]
    assert told == [item.name for item in items if item.id in left]
