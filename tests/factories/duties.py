"""Duties for tests, opened by the service itself."""

from datetime import date, timedelta
from uuid import UUID

from app.access.actor import system_actor
from app.cases import services as case_services
from app.cases.domain import CaseView
from app.core.ids import new_id
from app.core.uow import UnitOfWork
from app.duties import services
from app.duties.domain import DutyKind, WaitsFor
from tests.factories.cases import moment_of

SUBJECTS = {
    DutyKind.PLAN_REVIEW: "plan",
    DutyKind.PLAN_PERIOD_END: "plan",
    DutyKind.ACTIVITY_EVALUATION: "activity_period",
    DutyKind.ACTIVITY_PERIOD_END: "activity_period",
    DutyKind.CONSENT_EXPIRY: "consent",
    DutyKind.MEMBER_WITHOUT_BASIS: "network_member",
    DutyKind.TASK: "next_step",
    DutyKind.NEEDS_ASSESSMENT_START: "needs_assessment",
    DutyKind.NEEDS_ASSESSMENT_DONE: "needs_assessment",
}


def create_duty(
    uow: UnitOfWork,
    case: CaseView | UUID,
    due_on: date,
    *,
    kind: DutyKind = DutyKind.PLAN_REVIEW,
    waits_for: WaitsFor = WaitsFor.WORKER,
    subject_id: UUID | None = None,
) -> UUID:
    """Open a duty of the case about something of its own and return the id."""
    opened_on = due_on - timedelta(days=30)
    return services.open_duty(
        uow,
        case_id=case.id if isinstance(case, CaseView) else case,
        kind=kind,
        subject_kind=SUBJECTS[kind],
        subject_id=subject_id or new_id(),
        rule_code="test",
        anchor_on=opened_on,
        due_on=due_on,
        waits_for=waits_for,
        actor=system_actor("system:demo"),
        now=moment_of(opened_on),
    )


def create_promise(uow: UnitOfWork, case: CaseView, text: str, due_on: date, *, owner: str = "worker") -> UUID:
    """Promise something in the case, with its duty, and return the id of the duty."""
    actor, now = system_actor("system:demo"), moment_of(due_on - timedelta(days=7))
    step_id = case_services.promise_step(
        uow, case, note_id=None, owner=owner, text=text, due_on=due_on, actor=actor, now=now
    )
    return create_duty(uow, case, due_on, kind=DutyKind.TASK, waits_for=WaitsFor(owner), subject_id=step_id)
