"""Telling of a period of activity, evaluating and ending it; its duties follow in the same transaction."""

from datetime import date, datetime
from uuid import UUID

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.activity import queries
from app.activity.agreements import DECISION, agree_period, change_period, missing_for_start
from app.activity.attendance import mark_week
from app.activity.checks import end_problems
from app.activity.domain import (
    LONGEST_LINE,
    LONGEST_TEXT,
    EndReason,
    NextStep,
    PeriodView,
)
from app.activity.models import ActivityEvaluation
from app.activity.owed import settle_duties
from app.activity.queries import PERIOD
from app.audit import services as audit
from app.cases.domain import CaseView
from app.core.clock import local_date
from app.core.errors import FieldProblem, Refused, too_long
from app.core.ids import new_id
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.duties.domain import DutyOutcome

# Marks and duties live in files of their own; whoever acts on activity finds every act here.
__all__ = [
    "DECISION",
    "agree_period",
    "change_period",
    "end_period",
    "end_periods",
    "evaluate",
    "mark_week",
    "missing_for_start",
    "settle_duties",
    "tell_steward",
]


def tell_steward(
    uow: UnitOfWork, case: CaseView, period_id: UUID, *, told_on: date, told_by: str, actor: Actor, now: datetime
) -> None:
    """Put on record that the shop steward of the place was told of the activity, when and by whom.

    Raises Refused at the fields. Source: 189/2001 section 14 (told before the start, with the client's name and the
    first three items of the plan).
    """
    ensure(actor, Permission.ACTIVITY_EDIT, case.subject)
    row = queries.period_row(uow, case.id, period_id)
    problems: list[FieldProblem] = []
    if told_on > local_date(now):
        problems.append(FieldProblem("told_on", N_("The day cannot be in the future.")))
    if not told_by.strip():
        problems.append(FieldProblem("told_by", N_("Write who told the shop steward.")))
    problems += too_long({"told_by": told_by}, LONGEST_LINE)
    if problems:
        raise Refused.because(problems)
    row.steward_on = told_on
    row.steward_by = uow.vault.seal(PERIOD, "steward_by", row.id, told_by.strip())
    uow.flush()
    audit.record_in_case(uow, "steward_told", case, PERIOD, period_id, actor=actor, at=now, detail={"on": told_on})


def evaluate(
    uow: UnitOfWork,
    case: CaseView,
    period_id: UUID,
    *,
    held_on: date,
    effect: str,
    next_step: NextStep | str,
    participants: str | None,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Put an evaluation on record: the effect, and what follows; the duty of the period is done with it.

    Raises Refused at the fields. Source: 189/2001 section 9 (the latest day of the evaluation is in the plan).
    """
    ensure(actor, Permission.PLAN_EDIT, case.subject)
    queries.period_row(uow, case.id, period_id)
    period = queries.period_of(uow, case.id, period_id)
    problems = _evaluation_problems(period, held_on, effect, next_step, participants, today=local_date(now))
    if problems:
        raise Refused.because(problems)
    row = ActivityEvaluation(id=new_id(), period_id=period_id, held_on=held_on, recorded_at=now, recorded_by=actor.id)
    row.next_step = NextStep(next_step)
    row.effect = uow.vault.seal(row.__tablename__, "effect", row.id, effect.strip())
    text = (participants or "").strip() or None
    row.participants = uow.vault.seal_optional(row.__tablename__, "participants", row.id, text)
    uow.session.add(row)
    uow.flush()
    settle_duties(uow, case, on=held_on, actor=actor, now=now)
    detail = {"on": held_on, "next": str(next_step)}
    audit.record_in_case(uow, "activity_evaluated", case, PERIOD, row.id, actor=actor, at=now, detail=detail)
    return row.id


def _evaluation_problems(
    period: PeriodView, held_on: date, effect: str, next_step: str, participants: str | None, *, today: date
) -> list[FieldProblem]:
    found: list[FieldProblem] = []
    if held_on > today:
        found.append(FieldProblem("held_on", N_("The day cannot be in the future.")))
    if held_on < period.content.starts_on:
        words = N_("The period began on %(day)s. The evaluation comes after it.", day=period.content.starts_on)
        found.append(FieldProblem("held_on", words))
    if not effect.strip():
        found.append(FieldProblem("effect", N_("Write what the activity has led to.")))
    if next_step not in set(NextStep):
        found.append(FieldProblem("next_step", N_("Choose what follows.")))
    return found + too_long({"effect": effect, "participants": participants}, LONGEST_TEXT)


def end_period(
    uow: UnitOfWork,
    case: CaseView,
    period_id: UUID,
    *,
    ended_on: date,
    reason: str,
    remark: str | None,
    heard_on: date | None,
    actor: Actor,
    now: datetime,
) -> None:
    """End a period: as planned, interrupted, for work or study, or called off before it began.

    Raises Refused at the fields: a day outside the period, a client who was not heard before an interruption, marks
    after the day. Source: 189/2001 sections 5 and 13 b.
    """
    ensure(actor, Permission.PLAN_EDIT, case.subject)
    row = queries.period_row(uow, case.id, period_id)
    period, today = queries.period_of(uow, case.id, period_id), local_date(now)
    if period.end_reason is not None:
        raise Refused(N_("The period has ended already."))
    problems = end_problems(period, ended_on=ended_on, reason=reason, heard_on=heard_on, today=today)
    problems += too_long({"remark": remark}, LONGEST_TEXT)
    problems += _mark_problems(uow, period_id, ended_on, reason)
    if problems:
        raise Refused.because(problems)
    row.ended_on, row.end_reason, row.heard_on = ended_on, EndReason(reason), heard_on
    row.end_remark = uow.vault.seal_optional(PERIOD, "end_remark", row.id, (remark or "").strip() or None)
    uow.flush()
    outcome = DutyOutcome.DONE if reason == EndReason.AS_PLANNED else DutyOutcome.NOT_NEEDED
    settle_duties(uow, case, outcome=outcome, actor=actor, now=now)
    audit.record_in_case(
        uow, "activity_ended", case, PERIOD, period_id, actor=actor, at=now, detail={"on": ended_on, "reason": reason}
    )


def _mark_problems(uow: UnitOfWork, period_id: UUID, ended_on: date, reason: str) -> list[FieldProblem]:
    last = queries.last_marked_on(uow, period_id)
    if last is None:
        return []
    if reason == EndReason.NOT_STARTED:
        return [FieldProblem("reason", N_("The client has been marked present, so the period has begun."))]
    if last > ended_on:
        words = N_("The client is marked present on %(day)s. Choose that day or one after it.", day=last)
        return [FieldProblem("ended_on", words)]
    return []


def end_periods(uow: UnitOfWork, case: CaseView, *, on: date, actor: Actor, now: datetime) -> None:
    """End what goes on in a case that closes; one that has not begun is called off. The caller has checked the right.

    A case that is opened again has no activity until one is agreed: the decision was for what has ended.
    """
    for period in queries.periods_of(uow, case.id):
        if period.end_reason is not None:
            continue
        row = queries.period_row(uow, case.id, period.id)
        has_begun = row.starts_on <= on
        row.ended_on = min(on, row.ends_on)
        row.end_reason = EndReason.CASE_CLOSED if has_begun else EndReason.NOT_STARTED
        uow.flush()
        detail = {"on": on, "reason": row.end_reason}
        audit.record_in_case(uow, "activity_ended", case, PERIOD, row.id, actor=actor, at=now, detail=detail)
