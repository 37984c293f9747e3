"""The sweep tells whoever answers for a case what today asks for, once."""

from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from app.access.actor import Role, system_actor
from app.accounts.models import User
from app.audit.models import AuditEvent
from app.cases.domain import CaseView
from app.cases.models import Case
from app.core.errors import Forbidden
from app.core.uow import UnitOfWork
from app.duties.models import Duty
from app.reminders import jobs, queries, services
from app.reminders.domain import EntryState, Tally, marks
from app.reminders.models import JobRun, Notice, Outbox, ReminderEntry
from app.reviews.services import postpone_review
from tests.factories.accounts import actor_of, create_team, create_user
from tests.factories.cases import create_case
from tests.factories.plans import create_plan_in_force
from tests.factories.reminders import create_due_duties
from tests.integration.reminders.conftest import Office

ROBOT = system_actor("system:reminders")
TODAY = date(2026, 11, 24)
REVIEW = (-14, -3, 0, 7, 14)


def sweep(units: services.Units, now: datetime, size: int = services.RANGE) -> Tally:
    return services.sweep(units, actor=ROBOT, now=now, size=size)


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


def test_the_worker_is_told_in_polku_and_by_mail(office: Office, units: services.Units, now: datetime) -> None:
    office.owe(office.case(office.worker), in_days(14))
    sweep(units, now)
    assert office.noticed() == [(office.worker.id, "reminder")]
    assert office.mailed() == [office.worker.id]


def test_a_second_sweep_adds_nothing(office: Office, units: services.Units, now: datetime) -> None:
    office.owe(office.case(office.worker), TODAY)
    sweep(units, now)
    assert sweep(units, now + timedelta(minutes=1)).entered == 0
    assert len(office.noticed()) == 1


def test_nobody_is_told_before_the_first_offset(office: Office, units: services.Units, now: datetime) -> None:
    office.owe(office.case(office.worker), in_days(15))
    assert sweep(units, now).entered == 0


def test_three_days_without_a_sweep_cost_one_reminder_a_duty(
    office: Office, units: services.Units, now: datetime
) -> None:
    case = office.case(office.worker)
    for kind in ("plan_review", "task"):
        office.owe(case, in_days(1), kind)
    sweep(units, now - timedelta(days=1))
    before = len(office.noticed())
    sweep(units, now + timedelta(days=2))
    assert len(office.noticed()) - before == 2


def test_what_was_caught_up_with_is_noted_as_passed(office: Office, units: services.Units, now: datetime) -> None:
    office.owe(office.case(office.worker), in_days(-8))
    sweep(units, now)
    assert office.entries() == {-14: "passed", -3: "passed", 0: "passed", 7: "sent"}


def test_who_has_no_address_is_told_in_polku_only(office: Office, units: services.Units, now: datetime) -> None:
    office.uow.session.execute(update(User).where(User.id == office.worker.id).values(email=""))
    office.owe(office.case(office.worker), TODAY)
    sweep(units, now)
    assert (len(office.noticed()), office.mailed(), office.entries("mail")) == (1, [], {})


def test_the_lead_is_told_as_well_once_it_has_waited_too_long(
    office: Office, units: services.Units, now: datetime
) -> None:
    office.owe(office.case(office.worker), in_days(-14))
    sweep(units, now)
    assert office.noticed() == [(office.lead.id, "escalation"), (office.worker.id, "reminder")]


def test_the_lead_is_not_told_a_day_earlier(office: Office, units: services.Units, now: datetime) -> None:
    office.owe(office.case(office.worker), in_days(-13))
    sweep(units, now)
    assert office.noticed() == [(office.worker.id, "reminder")]


def test_the_deputy_stands_in_while_the_worker_is_away(office: Office, units: services.Units, now: datetime) -> None:
    deputy = create_user(office.uow, teams=(office.team,))
    office.away(office.worker, deputy, TODAY, TODAY)
    office.owe(office.case(office.worker), TODAY)
    sweep(units, now)
    assert office.noticed() == [(deputy.id, "stand_in")]


def test_the_worker_who_comes_back_is_told_what_came_meanwhile(
    office: Office, units: services.Units, now: datetime
) -> None:
    deputy = create_user(office.uow, teams=(office.team,))
    office.away(office.worker, deputy, TODAY, TODAY)
    office.owe(office.case(office.worker), TODAY)
    sweep(units, now)
    sweep(units, now + timedelta(days=1))
    assert sorted(office.noticed(), key=lambda one: one[1]) == [(office.worker.id, "reminder"), (deputy.id, "stand_in")]


def test_without_a_deputy_the_lead_stands_in(office: Office, units: services.Units, now: datetime) -> None:
    office.away(office.worker, None, in_days(-3), in_days(3))
    office.owe(office.case(office.worker), TODAY)
    sweep(units, now)
    assert office.noticed() == [(office.lead.id, "stand_in")]


def test_a_deputy_who_is_away_too_is_passed_over(office: Office, units: services.Units, now: datetime) -> None:
    deputy = create_user(office.uow, teams=(office.team,))
    office.away(office.worker, deputy, TODAY, TODAY)
    office.away(deputy, None, TODAY, TODAY)
    office.owe(office.case(office.worker), TODAY)
    sweep(units, now)
    assert office.noticed() == [(office.lead.id, "stand_in")]


def test_when_worker_and_lead_are_away_the_coordinator_stands_in(
    office: Office, units: services.Units, now: datetime
) -> None:
    for user in (office.worker, office.lead):
        office.away(user, None, TODAY, TODAY)
    office.owe(office.case(office.worker), TODAY)
    sweep(units, now)
    assert office.noticed() == [(office.coordinator.id, "stand_in")]


def test_a_worker_who_has_left_is_not_told_and_the_lead_is(
    office: Office, units: services.Units, now: datetime
) -> None:
    office.owe(office.case(office.worker), TODAY)
    office.uow.session.execute(update(User).where(User.id == office.worker.id).values(is_active=False))
    sweep(units, now)
    assert office.noticed() == [(office.lead.id, "stand_in")]


def test_a_case_nobody_answers_for_is_the_coordinators(office: Office, units: services.Units, now: datetime) -> None:
    office.owe(office.case(), TODAY)
    sweep(units, now)
    assert office.noticed() == [(office.coordinator.id, "unassigned")]


def test_where_the_team_has_no_coordinator_all_coordinators_are_told(
    office: Office, units: services.Units, now: datetime
) -> None:
    office.owe(office.case(team=create_team(office.uow)), TODAY)
    sweep(units, now)
    assert office.noticed() == [(office.coordinator.id, "unassigned")]


def test_after_a_hand_over_the_new_worker_is_told_where_things_stand(
    office: Office, units: services.Units, now: datetime
) -> None:
    case_id = office.case(office.worker)
    office.owe(case_id, TODAY)
    sweep(units, now)
    new = create_user(office.uow, teams=(office.team,))
    office.uow.session.execute(update(Case).where(Case.id == case_id).values(primary_worker_id=new.id))
    sweep(units, now + timedelta(hours=1))
    assert office.noticed() == [(office.worker.id, "reminder"), (new.id, "reminder")]


def test_a_closed_duty_is_not_reminded_of_and_its_notice_counts_as_seen(
    office: Office, units: services.Units, now: datetime
) -> None:
    subject = office.owe(office.case(office.worker), TODAY)
    sweep(units, now)
    office.settle(subject)
    assert sweep(units, now + timedelta(days=8)).settled == 1
    assert len(office.noticed()) == 1
    assert office.uow.session.scalar(select(func.count()).where(Notice.seen_at.is_(None))) == 0


def test_a_run_leaves_one_row_and_one_event_with_its_figures(
    office: Office, units: services.Units, now: datetime
) -> None:
    office.owe(office.case(office.worker), TODAY)
    sweep(units, now)
    run = office.uow.session.scalars(select(JobRun).where(JobRun.name == "sweep")).one()
    event = office.uow.session.scalars(select(AuditEvent).where(AuditEvent.action == "sweep_run")).one()
    assert (run.for_day, run.finished_at, run.counts) == (TODAY, now, event.detail)
    assert (event.actor_name, event.detail["sent"], event.detail["passed"]) == ("system:reminders", 2, 4)


def test_a_run_that_found_nothing_leaves_its_heartbeat_and_no_event(
    uow: UnitOfWork, units: services.Units, now: datetime
) -> None:
    sweep(units, now)
    assert jobs.last_finished(uow, "sweep") == now
    assert uow.session.scalar(select(func.count()).where(AuditEvent.action == "sweep_run")) == 0


def test_a_run_that_was_killed_is_told_by_a_later_one(uow: UnitOfWork, units: services.Units, now: datetime) -> None:
    run_id = jobs.begin_run(uow, "sweep", day=TODAY, now=now)
    jobs.note_progress(uow, run_id, {"sent": 3})
    uow.commit()
    sweep(units, now + timedelta(minutes=11))
    event = uow.session.scalars(select(AuditEvent).where(AuditEvent.action == "sweep_run")).one()
    assert (event.outcome, event.detail) == ("interrupted", {"sent": 3})


def test_only_the_reminder_job_may_sweep(units: services.Units, now: datetime) -> None:
    with pytest.raises(Forbidden):
        services.sweep(units, actor=system_actor("system:upkeep"), now=now)


def test_ranges_of_any_size_enter_the_same(office: Office, units: services.Units, now: datetime) -> None:
    create_due_duties(office.uow, duties=50, workers=5, mailed=2, due_on=in_days(-8), at=now)
    office.uow.commit()
    tally = sweep(units, now, size=7)
    assert (tally.ranges, tally.notices, tally.mails, tally.passed) == (8, 50, 20, 3 * 70)


@pytest.mark.parametrize("seed", range(4))
def test_the_statement_enters_what_the_domain_says(
    office: Office, units: services.Units, now: datetime, seed: int
) -> None:
    random = Random(seed)
    case_id = office.case(office.worker)
    for _ in range(12):
        office.owe(case_id, in_days(random.randint(-25, 25)))
    known: dict[UUID, dict[int, str]] = {}
    due = {row.id: row.due_on for row in office.uow.session.scalars(select(Duty))}
    for step in sorted(random.sample(range(30), 4)):
        sweep(units, now + timedelta(days=step))
        for duty_id, due_on in due.items():
            ledger = known.setdefault(duty_id, {})
            ledger |= dict(marks(REVIEW, due_on=due_on, today=in_days(step), known=ledger))
    rows = office.uow.session.execute(
        select(ReminderEntry.duty_id, ReminderEntry.offset_days, ReminderEntry.state).where(
            ReminderEntry.channel == "mail", ReminderEntry.recipient_id == office.worker.id
        )
    )
    found: dict[UUID, dict[int, str]] = {duty_id: {} for duty_id in due}
    for duty_id, offset, state in rows:
        found[duty_id][offset] = state
    assert found == known


def test_duties_that_came_in_late_are_passed_with_one_summary_a_worker(
    office: Office, units: services.Units, now: datetime
) -> None:
    other = create_user(office.uow, teams=(office.team,))
    first, second = office.case(office.worker), office.case(office.worker)
    for case_id, days in ((first, -3), (second, -30), (second, -1)):
        office.owe(case_id, in_days(days))
    office.owe(office.case(other), in_days(-1))
    services.pass_overdue(office.uow, actor=system_actor("system:intake"), now=now)
    office.uow.commit()
    assert set(office.noticed()) == {(office.worker.id, "late_summary"), (other.id, "late_summary")}
    assert len(office.noticed()) == 2
    counts = office.uow.session.scalar(select(Notice.counts).where(Notice.user_id == office.worker.id))
    assert counts == {"duties": 3, "cases": 2}
    assert sweep(units, now).entered == 0
    assert office.mailed() == []


def test_offsets_still_to_come_remind_of_an_imported_duty(office: Office, units: services.Units, now: datetime) -> None:
    office.owe(office.case(office.worker), in_days(-1))
    services.pass_overdue(office.uow, actor=system_actor("system:intake"), now=now)
    office.uow.commit()
    sweep(units, now + timedelta(days=6))
    assert [template for _, template in office.noticed()] == ["late_summary", "reminder"]


def test_passing_twice_adds_no_second_summary_and_other_cases_are_left_alone(office: Office, now: datetime) -> None:
    mine, others = office.case(office.worker), office.case(office.worker)
    for case_id in (mine, others):
        office.owe(case_id, in_days(-1))
    for _ in range(2):
        services.pass_overdue(office.uow, case_ids=[mine], actor=system_actor("system:intake"), now=now)
    assert len(office.noticed()) == 1
    assert {row.case_id for row in office.uow.session.scalars(select(Outbox))} == set()
    states = office.uow.session.scalars(select(ReminderEntry.state).distinct()).all()
    assert states == [EntryState.PASSED]


def test_the_coordinators_role_alone_makes_nobody_a_lead(office: Office, units: services.Units, now: datetime) -> None:
    create_user(office.uow, roles=(Role.SUPERVISOR,), teams=(office.team,))
    office.owe(office.case(office.worker), in_days(-20))
    sweep(units, now)
    assert {user for user, _ in office.noticed()} == {office.worker.id, office.lead.id}


def test_the_lead_is_told_of_a_review_put_off_for_the_third_time_and_of_each_time_after(
    office: Office, units: services.Units, now: datetime
) -> None:
    case = create_case(office.uow, worker=office.worker, team=office.team, opened_on=date(2026, 9, 1))
    plan = create_plan_in_force(office.uow, case, in_force_on=date(2026, 9, 1))
    told: list[list[str]] = []
    for week in (1, 2, 3, 4):
        put_off(office, case, plan.id, weeks=week)
        sweep(units, now)
        sweep(units, now)
        told.append([template for who, template in office.noticed() if who == office.lead.id])
    assert told == [[], [], ["postponed"], ["postponed", "postponed"]]
    assert office.mailed().count(office.lead.id) == 0


def test_a_lead_who_is_away_is_told_on_the_first_day_back(office: Office, units: services.Units, now: datetime) -> None:
    case = create_case(office.uow, worker=office.worker, team=office.team, opened_on=date(2026, 9, 1))
    plan = create_plan_in_force(office.uow, case, in_force_on=date(2026, 9, 1))
    office.away(office.lead, None, TODAY, TODAY)
    for week in (1, 2, 3):
        put_off(office, case, plan.id, weeks=week)
    sweep(units, now)
    assert (office.lead.id, "postponed") not in office.noticed()
    sweep(units, now + timedelta(days=1))
    assert office.noticed().count((office.lead.id, "postponed")) == 1


def test_the_notice_says_how_often_and_names_the_case(office: Office, units: services.Units, now: datetime) -> None:
    case = create_case(office.uow, worker=office.worker, team=office.team, opened_on=date(2026, 9, 1))
    plan = create_plan_in_force(office.uow, case, in_force_on=date(2026, 9, 1))
    for week in (1, 2, 3):
        put_off(office, case, plan.id, weeks=week)
    sweep(units, now)
    (notice,) = queries.list_notices_for(office.uow, actor_of(office.uow, office.lead), now=now)
    assert (notice.case_id, notice.due_on) == (case.id, date(2026, 12, 22))
    assert notice.why is not None
    assert notice.why.msgid == "Put off three times in a row or more, so the lead of the team is told."


def put_off(office: Office, case: CaseView, plan_id: UUID, *, weeks: int) -> None:
    """Put the review off to so many weeks from its first day, 1.12.2026."""
    first = date(2026, 12, 1)
    postpone_review(
        office.uow,
        case,
        plan_id,
        to=first + timedelta(weeks=weeks),
        reason="lomat",
        seen=first + timedelta(weeks=weeks - 1),
        actor=system_actor("system:demo"),
        now=office.now,
    )
    office.uow.commit()
