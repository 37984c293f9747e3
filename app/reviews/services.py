"""Holding a review of a plan, and putting one off."""

from datetime import date, datetime
from uuid import UUID

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.audit import services as audit
from app.cases.domain import CaseView
from app.core.clock import local_date
from app.core.errors import Conflict, FieldProblem, Refused, too_long
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.duties.domain import OFTEN, POSTPONED, POSTPONED_OFTEN
from app.plans import ledger
from app.plans import queries as plans
from app.plans.domain import LONGEST_TEXT, HeldReview, next_review_problems
from app.plans.ledger import SEALED
from app.plans.versions import PlanView, VersionView
from app.reviews.domain import CHANGED, check_day, check_version, missing_parties, postponing_problems
from app.reviews.queries import wanted_at


def hold_review(
    uow: UnitOfWork, case: CaseView, plan_id: UUID, held: HeldReview, *, actor: Actor, now: datetime
) -> UUID:
    """Put a held review on record, close its duty as done on that day, open the next, and return the review's id.

    Every goal of the version in force needs an answer; a plan without goals (an imported one) needs none. A party
    the law wants and that was away asks for a reason. Raises Refused at the fields: a day that was not, a next day
    past a limit of the law, one past the service's own cadence without a reason. Raises Conflict when another version
    than the one reviewed is in force meanwhile, or the review of that day is already on record. Source: 189/2001
    section 9, 381/2023 section 6; rulings 15 to 17.
    """
    ensure(actor, Permission.PLAN_REVIEW, case.subject)
    plan, version = _locked_in_force(uow, case, plan_id)
    check_version(plan, held.version_id)
    check_day(plan, held.held_on, today=local_date(now))
    end = version.head.period_end
    due = plans.due_of(case, plan, in_force_on=held.held_on, period_end=end, more_held=[held.held_on])
    problems = [*_goal_problems(version, held), *too_long({name: getattr(held, name) for name in SEALED}, LONGEST_TEXT)]
    problems += missing_parties(wanted_at(plan.kind), held.parties, held.missing_reason)
    problems += next_review_problems(held.next_review_on, due, after=held.held_on, reason=held.next_reason)
    if problems:
        raise Refused.because(problems)
    return ledger.record_review(uow, case, plan_id, held, due=due, actor=actor, now=now)


def postpone_review(
    uow: UnitOfWork,
    case: CaseView,
    plan_id: UUID,
    *,
    to: date | None,
    reason: str | None,
    seen: date | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Put the next review of a plan off to a later day.

    The old day stays in the ledger with its end, the new one follows it with the reason. The third time in a row
    since a review was held stands on the board of the lead. Raises Refused at `due_on` and `reason`, also past a
    limit of the law; Conflict when the day is no longer the one that was `seen`. Source: rulings 15 and 16.
    """
    ensure(actor, Permission.PLAN_REVIEW, case.subject)
    plan, _version = _locked_in_force(uow, case, plan_id)
    was_on = plan.due_on
    if was_on is None:
        raise Refused(N_("The period of the plan ends before its next review, so there is nothing to put off."))
    if was_on != seen:
        raise Conflict(N_("The day of the review has changed meanwhile. It is now %(day)s.", day=was_on))
    due = plans.due_now(case, plan)
    problems = postponing_problems(to, was_on=was_on, due=due, reason=reason, today=local_date(now))
    if to is None or problems:
        raise Refused.because(problems)
    number = plans.postponed_of(uow, plan_id).in_a_row + 1
    code = POSTPONED_OFTEN if number >= OFTEN else POSTPONED
    duty_id = ledger.open_review(uow, case, plan_id, due, to, reason=reason, rule_code=code, actor=actor, now=now)
    detail = {"from": was_on, "to": to, "number": number}
    audit.record_in_case(uow, "review_postponed", case, "duty", duty_id, actor=actor, at=now, detail=detail)


def _locked_in_force(uow: UnitOfWork, case: CaseView, plan_id: UUID) -> tuple[PlanView, VersionView]:
    plans.lock_plan(uow, case.id, plan_id)
    plan = plans.plan_of(uow, case.id, plan_id)
    if plan.in_force is None:
        raise Refused(N_("The plan is not in force, so there is nothing to review."))
    return plan, plans.version_of(uow, case.id, plan.in_force.id)


def _goal_problems(version: VersionView, held: HeldReview) -> list[FieldProblem]:
    """Return the goals without an answer, and whether there are answers to goals or actions of another version."""
    found = [
        FieldProblem(f"goal-{number}", N_("Choose how goal %(number)s turned out.", number=number))
        for number, goal in enumerate(version.goals, 1)
        if goal.id not in held.outcomes
    ]
    actions = {action.id for goal in version.goals for action in goal.actions}
    if held.outcomes.keys() - {goal.id for goal in version.goals} or held.actions.keys() - actions:
        found.append(FieldProblem(None, CHANGED))
    return found
