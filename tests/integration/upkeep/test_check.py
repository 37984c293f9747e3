"""`polku check` finds each kind of drift, made here by hand, and nothing in what the services wrote."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.access.actor import system_actor
from app.cases import queries as cases
from app.cases import services as case_acts
from app.cases.domain import CaseView
from app.core.uow import UnitOfWork
from app.network import services as network
from app.pathways.domain import StageCode
from app.reminders import services as reminders
from app.upkeep import services
from app.upkeep.domain import Drift, Finding
from tests.factories.accounts import create_team
from tests.factories.activity import create_period
from tests.factories.assessments import create_needs
from tests.factories.cases import create_case, create_worker
from tests.factories.consents import build_entry, create_consent
from tests.factories.duties import create_promise
from tests.factories.network import assign
from tests.factories.plans import create_plan_in_force

ROBOT = system_actor("system:demo")


@pytest.fixture
def case(uow: UnitOfWork, units: reminders.Units, now: datetime) -> CaseView:
    """A case with all that the check looks at, made by the services, on a system whose jobs run."""
    team = create_team(uow)
    made = create_case(uow, team=team, opened_on=date(2026, 3, 2), stage=StageCode.IMPLEMENTATION)
    made = assign(uow, made, create_worker(uow, team=team), now=now - timedelta(days=200))
    network.add_pair(uow, made, user_id=create_worker(uow, team=team).id, actor=ROBOT, now=now)
    create_plan_in_force(uow, made, in_force_on=date(2026, 9, 1), period=(date(2026, 9, 1), date(2027, 12, 31)))
    create_consent(uow, made, build_entry(valid_until=date(2027, 6, 30)), now=now)
    create_needs(uow, made, on=date(2026, 11, 20))
    uow.commit()
    reminders.sweep(units, actor=system_actor("system:reminders"), now=now)
    uow.session.execute(
        text(
            "INSERT INTO job_run (id, name, for_day, is_daily, started_at, finished_at, counts) "
            "VALUES (:id, 'cleaning', :day, true, :now, :now, '{}')"
        ),
        {"id": uuid4(), "day": now.date(), "now": now},
    )
    return cases.case_of(uow, made.id)


def test_what_the_services_wrote_holds(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    assert services.check(uow, now) == []


def test_the_duties_of_activity_follow_from_its_periods(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    coached = create_case(uow, model="quality_based_coaching")
    create_period(uow, coached)
    assert services.check(uow, now) == []
    uow.session.execute(text("DELETE FROM duty WHERE kind = 'activity_period_end'"))
    assert [found.drift for found in services.check(uow, now)] == [Drift.DUTY_MISSING]
    uow.session.execute(text("UPDATE duty SET due_on = due_on + 1 WHERE kind = 'activity_evaluation'"))
    assert {found.drift for found in services.check(uow, now)} == {Drift.DUTY_MISSING, Drift.DUTY_DAY}
    uow.session.execute(text("UPDATE activity_period SET end_reason = 'as_planned', ended_on = starts_on"))
    assert [found.drift for found in services.check(uow, now)] == [Drift.DUTY_EXTRA]


DRIFTS: dict[str, tuple[str, Drift]] = {
    "a stage": ("UPDATE pathway_case SET current_stage = 'follow_up' WHERE id = :case", Drift.STAGE),
    "a stage's day": ("UPDATE pathway_case SET current_since = NULL WHERE id = :case", Drift.STAGE),
    "a first day": ("UPDATE pathway_case SET planned_on = '2020-01-02' WHERE id = :case", Drift.STAGE),
    "a worker": ("UPDATE pathway_case SET primary_worker_id = NULL WHERE id = :case", Drift.WORKER),
    "a right ended": (
        "UPDATE standing SET valid_to = valid_from WHERE case_id = :case AND kind = 'responsible'",
        Drift.STANDING_MISSING,
    ),
    "a pair gone": (
        "UPDATE responsible_period SET during = tstzrange(lower(during), '2030-01-01') WHERE kind = 'pair'",
        Drift.STANDING_EXTRA,
    ),
    "a review moved": (
        "UPDATE duty SET due_on = due_on + 1 WHERE case_id = :case AND kind = 'plan_review'",
        Drift.DUTY_DAY,
    ),
    "no review": ("DELETE FROM duty WHERE case_id = :case AND kind LIKE 'plan%'", Drift.DUTY_MISSING),
    "a consent moved": (
        "UPDATE consent SET valid_until = valid_until + 1 WHERE case_id = :case",
        Drift.DUTY_DAY,
    ),
    "no expiry": (
        "DELETE FROM duty WHERE case_id = :case AND kind = 'consent_expiry'",
        Drift.DUTY_MISSING,
    ),
    "a plan ended": (
        "UPDATE plan_version SET state = 'ended' WHERE plan_id IN (SELECT id FROM plan WHERE case_id = :case)",
        Drift.DUTY_EXTRA,
    ),
    "no day for an assessment": (
        "DELETE FROM duty WHERE case_id = :case AND kind = 'needs_assessment_done'",
        Drift.DUTY_MISSING,
    ),
    "an assessment on another day": (
        "UPDATE duty SET due_on = due_on + 1 WHERE case_id = :case AND kind = 'needs_assessment_done'",
        Drift.DUTY_DAY,
    ),
    "an assessment initiated earlier": (
        "UPDATE needs_assessment SET initiated_on = initiated_on - 3 WHERE case_id = :case",
        Drift.DUTY_DAY,
    ),
    "an assessment over": (
        "UPDATE needs_assessment SET finished_on = '2026-11-23' WHERE case_id = :case",
        Drift.DUTY_EXTRA,
    ),
    "no tokens": ("DELETE FROM client_token WHERE client_id = :client", Drift.TOKENS),
}


def test_an_assessment_asked_for_anew_with_a_reopened_case_has_a_day_of_its_own(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    moved = "UPDATE duty SET due_on = due_on + 14, rule_code = 'REOPENED' WHERE kind = 'needs_assessment_done'"
    uow.session.execute(text("DELETE FROM reminder_entry"))
    uow.session.execute(text(moved))
    assert services.check(uow, now) == []


@pytest.mark.parametrize("drift", DRIFTS)
def test_each_drift_is_found_and_names_the_case(uow: UnitOfWork, case: CaseView, now: datetime, drift: str) -> None:
    statement, expected = DRIFTS[drift]
    with uow.session.begin_nested():
        uow.session.execute(text("DELETE FROM reminder_entry"))
        uow.session.execute(text(statement).bindparams(**_ids(statement, case)))
    found = services.check(uow, now)
    assert {finding.drift for finding in found} == {expected}
    assert {finding.ref.split("/")[0] for finding in found} == {case.ref.split("/")[0]}


def _ids(statement: str, case: CaseView) -> dict[str, object]:
    known = {"case": case.id, "client": case.client_id}
    return {name: value for name, value in known.items() if f":{name}" in statement}


def test_a_promise_with_its_duty_holds_and_without_it_is_found(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    create_promise(uow, case, "Soitan Kelaan", date(2027, 1, 12))
    assert services.check(uow, now) == []
    step: dict[str, Any] = {"note_id": None, "owner": "worker", "text": "Varaan ajan", "due_on": date(2027, 1, 12)}
    case_acts.promise_step(uow, case, **step, actor=ROBOT, now=now)
    assert [finding.drift for finding in services.check(uow, now)] == [Drift.DUTY_MISSING]


def silence(hours: float) -> Callable[[datetime], datetime]:
    return lambda now: now + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("later", "found"),
    [
        (silence(0.2), set()),
        (silence(0.3), {Drift.SWEEP}),
        (silence(37), {Drift.SWEEP, Drift.CLEANING, Drift.MAIL}),
    ],
)
def test_a_silent_job_is_told(
    uow: UnitOfWork, case: CaseView, now: datetime, later: Callable[[datetime], datetime], found: set[Drift]
) -> None:
    assert {finding.drift for finding in services.check(uow, later(now))} == found


def test_a_line_for_the_terminal_says_what_and_where() -> None:
    line = str(Finding(Drift.WORKER, "A-1001/1"))
    assert line == "worker: The responsible worker of the case is not the one of the line. [A-1001/1]"
