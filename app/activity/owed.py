"""What a period owes: its evaluation by the agreed day, and at its end the word what follows.

One thing is asked for once: when a plan of the case ends on the same day as the period, the plan's own duty asks what
follows, and the period opens none (`docs/adr`). Whoever brings a plan into force or ends it calls `settle_duties`.
"""

from datetime import date, datetime

from app.access.actor import Actor
from app.activity import queries
from app.activity.domain import PeriodView
from app.activity.queries import PERIOD
from app.cases.domain import CaseView
from app.core.clock import local_date
from app.core.uow import UnitOfWork
from app.duties import queries as ledger
from app.duties import services as duties
from app.duties.domain import DutyKind, DutyOutcome, DutyView

RULES = {DutyKind.ACTIVITY_EVALUATION: "KTT_EVAL", DutyKind.ACTIVITY_PERIOD_END: "KTT_PERIOD_END"}


def settle_duties(
    uow: UnitOfWork,
    case: CaseView,
    *,
    actor: Actor,
    now: datetime,
    outcome: DutyOutcome = DutyOutcome.DONE,
    on: date | None = None,
) -> None:
    """Bring the duties of the case's periods in step with the periods and plans; doing it twice changes nothing.

    A duty that is no longer owed closes with `outcome` on a day, today unless given. Called in the transaction of
    whatever changed a period or a plan of the case.
    """
    open_now = {(duty.kind, duty.subject_id): duty for duty in ledger.open_of_case(uow, case.id)}
    plan_ends = {duty.due_on for duty in open_now.values() if duty.kind is DutyKind.PLAN_PERIOD_END}
    for period in queries.periods_of(uow, case.id):
        for kind, due_on in _owed(period, plan_ends).items():
            has = open_now.get((kind, period.id))
            if due_on is None and has is not None:
                _close(uow, has, outcome, on=on or local_date(now), actor=actor, now=now)
            elif due_on is not None and (has is None or has.due_on != due_on):
                _open(uow, period, kind, due_on, actor=actor, now=now)


def _owed(period: PeriodView, plan_ends: set[date]) -> dict[DutyKind, date | None]:
    """Return the day each duty of the period falls due, None where it owes nothing."""
    is_settled = period.end_reason is not None
    end = period.content.ends_on
    return {
        DutyKind.ACTIVITY_EVALUATION: None if is_settled or period.evaluations else period.content.evaluate_on,
        DutyKind.ACTIVITY_PERIOD_END: None if is_settled or end in plan_ends else end,
    }


def _open(uow: UnitOfWork, period: PeriodView, kind: DutyKind, due_on: date, *, actor: Actor, now: datetime) -> None:
    duties.open_duty(
        uow,
        case_id=period.case_id,
        kind=kind,
        subject_kind=PERIOD,
        subject_id=period.id,
        rule_code=RULES[kind],
        anchor_on=period.content.starts_on,
        due_on=due_on,
        actor=actor,
        now=now,
    )


def _close(uow: UnitOfWork, duty: DutyView, outcome: DutyOutcome, *, on: date, actor: Actor, now: datetime) -> None:
    duties.close_duty(
        uow,
        kind=duty.kind,
        subject_kind=duty.subject_kind,
        subject_id=duty.subject_id,
        outcome=outcome,
        on=on,
        actor=actor,
        now=now,
    )
