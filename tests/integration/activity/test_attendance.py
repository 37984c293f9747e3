"""Marking the days of a week: by whom, of which days, and how a correction leaves what was before (FR16)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.access.actor import Role
from app.activity import pages, queries, services
from app.activity.domain import AttendanceState, DayMark
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.core.errors import Conflict, Forbidden, NotFound, Refused
from app.core.uow import UnitOfWork
from tests.factories.accounts import actor_of, create_team, create_user
from tests.factories.activity import ATTENDED, CLEARED, DEMO, SICK, build_period, build_week, create_period, mark
from tests.factories.cases import create_case, create_worker, moment_of

TODAY = date(2026, 11, 24)
MONDAY = date(2026, 11, 23)
LAST_WEEK = date(2026, 11, 16)


@pytest.fixture
def case(uow: UnitOfWork) -> CaseView:
    team = create_team(uow)
    return create_case(uow, model="quality_based_coaching", worker=create_worker(uow, team=team), team=team)


def states(uow: UnitOfWork, case: CaseView, period_id: object, monday: date = LAST_WEEK) -> list[tuple[int, str]]:
    period = queries.period_of(uow, case.id, period_id)  # type: ignore[arg-type] # an id
    week = queries.week_of(uow, period, monday, TODAY)
    return [(row.day.isoweekday(), row.mark.state) for row in week.rows if row.mark]


def test_a_week_is_marked_at_once_and_marking_it_again_changes_nothing(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    period_id = create_period(uow, case)
    marks = {LAST_WEEK: ATTENDED, date(2026, 11, 17): SICK, date(2026, 11, 18): CLEARED}
    assert mark(uow, case, period_id, marks, now=now) == 2
    assert states(uow, case, period_id) == [(1, "present"), (2, "absent")]
    assert mark(uow, case, period_id, marks, now=now) == 0


def test_a_correction_holds_and_the_mark_before_stays_as_history(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    period_id = create_period(uow, case)
    mark(uow, case, period_id, {LAST_WEEK: ATTENDED}, now=now)
    mark(uow, case, period_id, {LAST_WEEK: SICK}, now=now + timedelta(hours=1))
    history = queries.marks_of(uow, period_id, first=LAST_WEEK, last=LAST_WEEK)
    assert [(one.number, one.mark.state) for one in history] == [(2, "absent"), (1, "present")]
    assert states(uow, case, period_id) == [(1, "absent")]
    assert queries.days_of_client(uow, case.client_id, queries.period_of(uow, case.id, period_id).kind).attended == {}


def test_no_mark_can_be_written_over_or_taken_away(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    mark(uow, case, create_period(uow, case), {LAST_WEEK: ATTENDED}, now=now)
    for statement in ("UPDATE activity_attendance SET minutes = 1", "DELETE FROM activity_attendance"):
        with pytest.raises(ProgrammingError), uow.session.begin_nested():
            uow.session.execute(text(statement))


@pytest.mark.parametrize(
    ("day", "why"),
    [(date(2026, 11, 25), "tomorrow"), (date(2026, 10, 30), "before the period"), (date(2026, 12, 24), "to come")],
)
def test_days_to_come_and_days_outside_the_period_cannot_be_marked(
    uow: UnitOfWork, case: CaseView, now: datetime, day: date, why: str
) -> None:
    period_id = create_period(uow, case)
    with pytest.raises(Refused) as refused:
        mark(uow, case, period_id, {day: ATTENDED}, now=now)
    assert [reason.field for reason in refused.value.reasons] == [f"d{day.isoweekday()}-present"], why


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (DayMark(state=AttendanceState.PRESENT, minutes=None), "d1-hours"),
        (DayMark(state=AttendanceState.PRESENT, minutes=1500), "d1-hours"),
        (DayMark(state=AttendanceState.ABSENT, absence="holiday"), "d1-absence"),
    ],
)
def test_a_mark_without_its_hours_or_with_an_unknown_reason_is_refused(
    uow: UnitOfWork, case: CaseView, now: datetime, given: DayMark, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        mark(uow, case, create_period(uow, case), {LAST_WEEK: given}, now=now)
    assert [reason.field for reason in refused.value.reasons] == [field]


def test_somebody_elses_marks_of_the_week_are_not_written_over_unseen(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    period_id = create_period(uow, case)
    mark(uow, case, period_id, {LAST_WEEK: ATTENDED}, now=now)
    with pytest.raises(Conflict):
        services.mark_week(
            uow, case, period_id, LAST_WEEK, marks={LAST_WEEK: SICK}, remark=None, expected_count=0, actor=DEMO, now=now
        )


def five_days(minutes: int = 240) -> Mapping[date, DayMark]:
    one = DayMark(state=AttendanceState.PRESENT, minutes=minutes)
    return {LAST_WEEK + timedelta(days=step): one for step in range(5)}


def test_a_fifth_day_and_a_ninth_hour_ask_for_a_reason(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    """RU02: the limits of the week and the day are never crossed in silence."""
    period_id = create_period(uow, case)
    with pytest.raises(Refused) as refused:
        mark(uow, case, period_id, five_days(), now=now)
    assert {reason.field for reason in refused.value.reasons} == {"remark"}
    assert mark(uow, case, period_id, five_days(), remark="Sovittiin retkipäivä.", now=now) == 5
    long_day = {date(2026, 11, 9): DayMark(state=AttendanceState.PRESENT, minutes=481)}
    with pytest.raises(Refused):
        mark(uow, case, period_id, long_day, now=now)
    eight = {date(2026, 11, 9): DayMark(state=AttendanceState.PRESENT, minutes=480)}
    assert mark(uow, case, period_id, eight, now=now) == 1


def test_the_daily_counsellor_of_the_team_marks_and_a_stranger_finds_nothing(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    period_id = create_period(uow, case)
    assert case.team_id is not None
    counsellor = actor_of(uow, create_user(uow, roles=(Role.OWN_WORKER,), teams=(case.team_id,)))
    seen = cases.get_case_for(uow, counsellor, case.id, now=now)
    assert mark(uow, seen, period_id, {LAST_WEEK: ATTENDED}, now=now, actor=counsellor) == 1
    with pytest.raises(Forbidden):
        services.end_period(
            uow,
            seen,
            period_id,
            ended_on=TODAY,
            reason="as_planned",
            remark=None,
            heard_on=None,
            actor=counsellor,
            now=now,
        )
    stranger = actor_of(uow, create_user(uow, teams=(create_team(uow),)))
    with pytest.raises(NotFound):
        mark(uow, case, period_id, {LAST_WEEK: SICK}, now=now, actor=stranger)


def test_the_counters_tell_what_is_attended_and_what_is_left(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    period_id = create_period(uow, case)
    mark(uow, case, period_id, {LAST_WEEK: ATTENDED, date(2026, 11, 17): ATTENDED}, now=now)
    mark(uow, case, period_id, {MONDAY: ATTENDED}, now=now)
    paper = pages.paper_of(uow, case, TODAY)
    assert paper is not None
    assert [line.now for line in paper.counters] == ["1", "4", "5", "3"]
    assert paper.year is not None
    assert (paper.year.used, paper.year.left, paper.attended) == (3, 175, 3)


def test_a_period_of_a_year_with_four_days_tells_on_which_day_the_limit_is_crossed(
    uow: UnitOfWork, case: CaseView
) -> None:
    content = build_period(ends_on=date(2027, 10, 31), days=build_week(1, 2, 3, 4), limit_reason="Sovittu jaksotus.")
    create_period(uow, case, content)
    paper = pages.paper_of(uow, case, TODAY)
    assert paper is not None
    assert paper.year is not None
    # 178 agreed days fit in from 2.11.2026, feast days left out; the next agreed day is one too many
    days = sorted(queries.days_of_client(uow, case.client_id, paper.period.kind).agreed)
    assert paper.year.crossed_on == days[178]


def test_a_closed_case_ends_its_period_and_it_is_not_marked_any_more(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    period_id = create_period(uow, case, now=moment_of(date(2026, 11, 2)))
    services.end_periods(uow, case, on=TODAY, actor=DEMO, now=now)
    assert queries.period_of(uow, case.id, period_id).end_reason == "case_closed"
    with pytest.raises(Refused):
        mark(uow, case, period_id, {date(2026, 11, 25): ATTENDED}, now=now + timedelta(days=3))
