"""Putting reviews on record, and keeping the duties of plans in step with what happens to the plans.

The acts themselves are elsewhere: a plan comes into force in `services`, a review is held in the feature `reviews`.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import update

from app.access.actor import Actor
from app.audit import services as audit
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.core.clock import local_date
from app.core.ids import new_id
from app.core.uow import UnitOfWork
from app.duties import services as duties
from app.duties.domain import DutyKind, DutyOutcome
from app.plans import queries
from app.plans.domain import (
    PERIOD_END,
    REOPENED,
    REOPENED_DAYS,
    ActionState,
    DueDay,
    GoalAnswer,
    HeldReview,
    VersionState,
)
from app.plans.models import Action, Plan, Review, ReviewAction, ReviewOutcome
from app.plans.queries import PLAN
from app.plans.versions import PlanView, VersionHead

SEALED: Final = (
    *("situation", "changes", "participants", "missing_reason", "late_reason", "next_reason", "meeting_notes"),
)
"""The columns of a review that hold what was said."""

# -- reviews ---------------------------------------------------------------------------------------------------------


def record_review(
    uow: UnitOfWork, case: CaseView, plan_id: UUID, held: HeldReview, *, due: DueDay, actor: Actor, now: datetime
) -> UUID:
    """Write a review that was held, close its duty as done on that day, open the next, and return the review's id.

    The caller has checked the right and the answers; `due` is the reckoning with this review in it. The next duty is
    left out when the plan's period ends before it and no day was agreed.
    """
    row = Review(plan_version_id=held.version_id, held_on=held.held_on, next_review_on=held.next_review_on)
    row.parties, row.meeting_id = list(held.parties), held.meeting_id
    _write(uow, case, plan_id, row, held, actor=actor, now=now)
    _answer(uow, row.id, held.outcomes)
    _mark_actions(uow, row.id, held.actions)
    _close(uow, DutyKind.PLAN_REVIEW, plan_id, DutyOutcome.DONE, on=held.held_on, actor=actor, now=now)
    if held.next_review_on is not None or not due.ends_first:
        reason = held.next_reason
        open_review(uow, case, plan_id, due, held.next_review_on, reason=reason, actor=actor, now=now)
    days = {"held_on": held.held_on, "next": held.next_review_on}
    audit.record_in_case(uow, "review_held", case, "review", row.id, actor=actor, at=now, detail=days)
    return row.id


def _write(
    uow: UnitOfWork,
    case: CaseView,
    plan_id: UUID,
    row: Review,
    held: HeldReview | None = None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    row.id, row.case_id, row.plan_id, row.source = new_id(), case.id, plan_id, "work" if held else "import"
    row.recorded_at, row.recorded_by = now, actor.id
    for column in SEALED:
        text = (getattr(held, column, None) or "").strip() or None
        setattr(row, column, uow.vault.seal_optional("review", column, row.id, text))
    uow.session.add(row)
    uow.flush()


def _answer(uow: UnitOfWork, review_id: UUID, outcomes: Mapping[UUID, GoalAnswer]) -> None:
    for goal_id, answer in outcomes.items():
        line = ReviewOutcome(id=new_id(), review_id=review_id, goal_id=goal_id, outcome=answer.outcome)
        remark = (answer.remark or "").strip() or None
        line.remark = uow.vault.seal_optional("review_outcome", "remark", line.id, remark)
        uow.session.add(line)
    uow.flush()


def _mark_actions(uow: UnitOfWork, review_id: UUID, states: Mapping[UUID, ActionState]) -> None:
    """Keep what a review found of the actions, and set their state: a version in force is frozen but for that."""
    for action_id, state in states.items():
        uow.session.add(ReviewAction(id=new_id(), review_id=review_id, action_id=action_id, state=state))
        uow.session.execute(update(Action).where(Action.id == action_id).values(state=state))
    uow.flush()


def keep_imported_review(
    uow: UnitOfWork, case: CaseView, plan_id: UUID, version_id: UUID, held_on: date, *, actor: Actor, now: datetime
) -> None:
    """Put a review on record of which an imported register knows the day and nothing else."""
    _write(uow, case, plan_id, Review(plan_version_id=version_id, held_on=held_on), actor=actor, now=now)


# -- the duties of a plan --------------------------------------------------------------------------------------------


def open_plan_duties(
    uow: UnitOfWork, case: CaseView, plan: PlanView, *, reason: str | None, actor: Actor, now: datetime
) -> None:
    """Open what a plan that came into force owes: its next review, and the end of its period if it has one.

    A version before it leaves its duties superseded; the review keeps its anchor, for a version is no review.
    """
    head = plan.in_force
    if head is None:
        return
    due = queries.due_now(case, plan)
    open_review(uow, case, plan.id, due, head.next_review_on, reason=reason, actor=actor, now=now)
    if head.period_end is None:
        today = local_date(now)
        _close(uow, DutyKind.PLAN_PERIOD_END, plan.id, DutyOutcome.SUPERSEDED, on=today, actor=actor, now=now)
    else:
        _open_period_end(uow, case, head, actor=actor, now=now)


def open_review(
    uow: UnitOfWork,
    case: CaseView,
    plan_id: UUID,
    due: DueDay,
    agreed_on: date | None,
    *,
    reason: str | None = None,
    rule_code: str | None = None,
    actor: Actor,
    now: datetime,
) -> UUID | None:
    """Open the next review on the day agreed, else on the raw calendar limit; None when there is neither."""
    day = agreed_on or due.limit_on
    if day is None:
        return None
    return duties.open_duty(
        uow,
        case_id=case.id,
        kind=DutyKind.PLAN_REVIEW,
        subject_kind=PLAN,
        subject_id=plan_id,
        rule_code=rule_code or due.rule_code,
        anchor_on=due.anchor_on,
        due_on=day,
        law_limit_on=due.law_limit_on,
        reason=(reason or "").strip() or None,
        actor=actor,
        now=now,
    )


def _open_period_end(uow: UnitOfWork, case: CaseView, head: VersionHead, *, actor: Actor, now: datetime) -> None:
    if head.period_end is None or head.in_force_on is None:
        return
    duties.open_duty(
        uow,
        case_id=case.id,
        kind=DutyKind.PLAN_PERIOD_END,
        subject_kind=PLAN,
        subject_id=head.plan_id,
        rule_code=PERIOD_END,
        anchor_on=head.period_start or head.in_force_on,
        due_on=head.period_end,
        actor=actor,
        now=now,
    )


def _close(
    uow: UnitOfWork, kind: DutyKind, plan_id: UUID, outcome: DutyOutcome, *, on: date, actor: Actor, now: datetime
) -> None:
    duties.close_duty(
        uow, kind=kind, subject_kind=PLAN, subject_id=plan_id, outcome=outcome, on=on, actor=actor, now=now
    )


def end_plans(uow: UnitOfWork, case: CaseView, *, on: date, actor: Actor, now: datetime) -> None:
    """End every plan of a case that closes, with its duties; the caller has checked the right to close.

    Versions stay as they were written; reopening the case brings the plans back (`recompute_duties`).
    """
    for row in queries.plan_rows(uow, case.id):
        if row.ended_on is not None:
            continue
        row.ended_on = on
        for version in queries.rows_in_state(uow, row.id, VersionState.IN_FORCE):
            version.state = VersionState.ENDED
        uow.flush()
        for kind in (DutyKind.PLAN_REVIEW, DutyKind.PLAN_PERIOD_END):
            _close(uow, kind, row.id, DutyOutcome.CASE_CLOSED, on=on, actor=actor, now=now)
        audit.record_in_case(uow, "plan_ended", case, PLAN, row.id, actor=actor, at=now, detail={"on": on})


def recompute_duties(uow: UnitOfWork, case: CaseView, *, actor: Actor, now: datetime) -> None:
    """Open the duties of a reopened case anew from its plans whose period has not ended (ruling 15).

    Plans that ended when the case was closed come back into force. A review whose day has passed meanwhile is due
    fourteen days from today.
    """
    today = local_date(now)
    closings = cases.closings_of(uow, case.id)
    for row in queries.plan_rows(uow, case.id):
        if closings and row.ended_on == closings[0].closed_on:
            _revive(uow, row, today=today)
    uow.flush()
    for plan in queries.plans_of(uow, case.id):
        if plan.in_force is not None and not _is_over(plan.in_force, today):
            _reopen_duties(uow, case, plan, actor=actor, now=now)


def _revive(uow: UnitOfWork, row: Plan, *, today: date) -> None:
    versions = queries.rows_in_state(uow, row.id, VersionState.ENDED)
    if all(version.period_end is not None and version.period_end < today for version in versions) and versions:
        return
    row.ended_on = None
    for version in versions:
        version.state = VersionState.IN_FORCE


def _is_over(head: VersionHead, today: date) -> bool:
    return head.period_end is not None and head.period_end < today


def _reopen_duties(uow: UnitOfWork, case: CaseView, plan: PlanView, *, actor: Actor, now: datetime) -> None:
    head, today = plan.in_force, local_date(now)
    if head is None:
        return
    due = queries.due_now(case, plan)
    agreed_on, reason, rule = queries.agreed_day(uow, case.id, plan)
    day = agreed_on or due.limit_on
    if day is not None and day < today:
        later = today + timedelta(days=REOPENED_DAYS)
        day = min(later, head.period_end) if head.period_end else later
        open_review(uow, case, plan.id, due, day, reason=reason, rule_code=REOPENED, actor=actor, now=now)
    elif agreed_on is not None or not due.ends_first:
        open_review(uow, case, plan.id, due, agreed_on, reason=reason, rule_code=rule, actor=actor, now=now)
    _open_period_end(uow, case, head, actor=actor, now=now)
