"""Which offsets are entered, and in what state: on or before, the latest alone is sent."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import local_date
from app.duties.domain import NAMES, DutyKind
from app.reference.loader import reference
from app.reminders.domain import (
    Audience,
    EntryState,
    Step,
    latest_due,
    marks,
    next_attempt,
    steps_of,
)

REVIEW = (-14, -3, 0, 7, 14)
DUE = date(2026, 11, 24)
SENT, PASSED = EntryState.SENT, EntryState.PASSED

offsets = st.sets(st.integers(-60, 60), min_size=1, max_size=6)
days = st.dates(date(2026, 1, 1), date(2028, 12, 31))


def test_before_the_first_offset_nothing_is_entered() -> None:
    assert marks(REVIEW, due_on=DUE, today=DUE - timedelta(days=15)) == ()


def test_on_the_day_of_an_offset_it_is_sent() -> None:
    assert marks(REVIEW, due_on=DUE, today=DUE - timedelta(days=14)) == ((-14, SENT),)


def test_after_days_without_a_run_only_the_latest_offset_is_sent_and_the_rest_have_passed() -> None:
    assert marks(REVIEW, due_on=DUE, today=DUE + timedelta(days=1)) == ((-14, PASSED), (-3, PASSED), (0, SENT))


def test_what_the_ledger_knows_is_not_entered_again() -> None:
    assert marks(REVIEW, due_on=DUE, today=DUE, known={-14, -3, 0}) == ()


def test_an_offset_added_to_a_rule_later_is_not_sent_after_a_later_one_was() -> None:
    assert marks((-14, -7, 0), due_on=DUE, today=DUE, known={-14, 0}) == ((-7, PASSED),)


@given(offsets=offsets, due_on=days, today=days)
def test_a_run_sends_one_at_most_and_it_is_the_latest_reached(offsets: set[int], due_on: date, today: date) -> None:
    entered = dict(marks(offsets, due_on=due_on, today=today))
    reached = [offset for offset in offsets if due_on + timedelta(days=offset) <= today]
    assert sorted(entered) == sorted(reached)
    assert [offset for offset, state in entered.items() if state is SENT] == ([max(reached)] if reached else [])


@given(offsets=offsets, due_on=days, gaps=st.lists(st.integers(0, 40), min_size=1, max_size=12))
def test_whatever_days_the_job_runs_on_each_offset_is_entered_once_and_none_early(
    offsets: set[int], due_on: date, gaps: list[int]
) -> None:
    today, known = due_on - timedelta(days=70), dict[int, EntryState]()
    for gap in gaps:
        today += timedelta(days=gap)
        for offset, state in marks(offsets, due_on=due_on, today=today, known=known):
            assert offset not in known
            assert due_on + timedelta(days=offset) <= today
            known[offset] = state
    assert set(known) == {offset for offset in offsets if due_on + timedelta(days=offset) <= today}


@given(offsets=offsets, due_on=days)
def test_a_job_that_runs_every_day_sends_every_offset_on_its_day(offsets: set[int], due_on: date) -> None:
    known, sent = set[int](), dict[int, date]()
    for number in range(-61, 62):
        today = due_on + timedelta(days=number)
        for offset, state in marks(offsets, due_on=due_on, today=today, known=known):
            known.add(offset)
            if state is SENT:
                sent[offset] = today
    assert sent == {offset: due_on + timedelta(days=offset) for offset in offsets}


@pytest.mark.parametrize("changes_on", [date(2027, 3, 28), date(2027, 10, 31)])
def test_over_both_clock_changes_a_run_every_hour_sends_each_offset_once_on_its_helsinki_day(changes_on: date) -> None:
    known, sent = set[int](), dict[int, date]()
    first = datetime(changes_on.year, changes_on.month, changes_on.day, tzinfo=UTC) - timedelta(days=20)
    for hour in range(40 * 24):
        today = local_date(first + timedelta(hours=hour))
        for offset, state in marks(REVIEW, due_on=changes_on, today=today, known=known):
            known.add(offset)
            if state is SENT:
                sent[offset] = today
    assert sent == {offset: changes_on + timedelta(days=offset) for offset in REVIEW}


def test_the_lead_has_one_step_the_day_of_escalation() -> None:
    rule = reference().reminder_rules.get("REMIND_REVIEW")
    steps = steps_of([rule])
    assert [step.offset_days for step in steps if step.audience is Audience.WORKER] == list(REVIEW)
    assert [step.offset_days for step in steps if step.audience is Audience.LEAD] == [14]


def test_every_kind_of_duty_has_a_rule_and_words_and_no_rule_names_another_kind() -> None:
    assert {rule.duty_kind for rule in reference().reminder_rules} == set(DutyKind)
    assert set(NAMES) == set(DutyKind)


@given(offsets=offsets, due_on=days, today=days)
def test_no_due_date_that_a_step_reaches_lies_past_the_horizon(offsets: set[int], due_on: date, today: date) -> None:
    steps = [Step("R", "plan_review", offset, Audience.WORKER) for offset in offsets]
    reached = marks(offsets, due_on=due_on, today=today) != ()
    assert reached == (due_on <= latest_due(steps, today))


MADE = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def test_a_mail_is_tried_again_after_one_five_fifteen_and_then_every_fifteen_minutes() -> None:
    waits = [next_attempt(MADE, failures, MADE) for failures in range(1, 7)]
    assert [(at - MADE) / timedelta(minutes=1) for at in waits if at] == [1, 5, 15, 15, 15, 15]


def test_a_mail_is_given_up_after_72_hours_and_not_before() -> None:
    now, failures, tries = MADE, 0, 0
    while True:
        failures += 1
        tries += 1
        at = next_attempt(MADE, failures, now)
        if at is None:
            break
        now = at
    assert timedelta(hours=71, minutes=45) < now - MADE <= timedelta(hours=72)
    assert tries == 290
