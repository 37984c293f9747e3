"""What "late" means, in one place for list, badge, board, export and mail."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duties.domain import DueWindow, DutyKind, DutyOutcome, DutyView, WaitsFor, end_of_week, window_of

TUESDAY = date(2026, 11, 24)

REVIEW = DutyView(
    id=uuid4(),
    case_id=uuid4(),
    kind=DutyKind.PLAN_REVIEW,
    subject_kind="plan",
    subject_id=uuid4(),
    waits_for=WaitsFor.WORKER,
    rule_code="REVIEW_A",
    anchor_on=date(2026, 8, 24),
    due_on=TUESDAY,
    law_limit_on=None,
    opened_at=datetime(2026, 8, 24, 7, tzinfo=UTC),
    closed_on=None,
    outcome=None,
    follows_id=None,
)


def test_a_review_is_not_late_on_its_own_day_and_is_late_the_day_after() -> None:
    assert not REVIEW.is_overdue(TUESDAY)
    assert REVIEW.is_overdue(TUESDAY + timedelta(days=1))


def test_what_has_been_closed_is_never_late() -> None:
    held = replace(REVIEW, outcome=DutyOutcome.DONE, closed_on=TUESDAY)
    assert not held.is_overdue(date(2027, 1, 1))


@pytest.mark.parametrize(
    ("due_on", "window"),
    [
        (date(2026, 11, 23), DueWindow.LATE),
        (date(2026, 11, 24), DueWindow.TODAY),
        (date(2026, 11, 25), DueWindow.THIS_WEEK),
        (date(2026, 11, 29), DueWindow.THIS_WEEK),
        (date(2026, 11, 30), DueWindow.LATER),
    ],
)
def test_each_day_has_one_counter(due_on: date, window: DueWindow) -> None:
    assert window_of(due_on, TUESDAY) is window


def test_on_a_sunday_nothing_more_falls_due_this_week() -> None:
    assert window_of(date(2026, 11, 30), date(2026, 11, 29)) is DueWindow.LATER


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_a_week_ends_on_the_sunday_that_is_today_or_comes_next(today: date) -> None:
    sunday = end_of_week(today)
    assert sunday.isoweekday() == 7
    assert 0 <= (sunday - today).days <= 6
