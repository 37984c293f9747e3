"""Turns what hangs on a case that comes in bulk into rows: plans and reviews, consents, network, measures.

The days of the next reviews follow from `plans.domain`, as they do when a plan comes into force by hand.
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from uuid import UUID

from app.core.ids import new_id
from app.duties.domain import DutyKind
from app.intake.entries import NewCase, NewConsent, NewGoal, NewMeasure, NewMember, NewPlan, NewRecorded
from app.intake.tables import Tables
from app.plans.domain import PERIOD_END, DueDay, SignatureWay, VersionState, explain_due
from app.reference.domain import Cadence
from app.reference.loader import cadence_for


def add_agreed(tables: Tables, client_id: UUID, case: NewCase) -> None:
    """Add the rows of everything that was agreed or measured in a case, with the duties that follow."""
    for plan in case.plans:
        _plan(tables, client_id, case, plan)
    for consent in case.consents:
        _consent(tables, client_id, case, consent)
    for member in case.members:
        _member(tables, client_id, case, member)
    for measure in case.measures:
        _measure(tables, client_id, case, measure)
    for paper in case.recorded:
        _recorded(tables, client_id, case, paper)


# ---------------------------------------------------------------- plans


def _plan(tables: Tables, client_id: UUID, case: NewCase, plan: NewPlan) -> None:
    plan_id, version_id = new_id(), new_id()
    at, by = tables.at(plan.in_force_on), tables.actor.id
    ended_on = case.closed_on if plan.in_force_on else None
    tables.rows["plan"].append((plan_id, case.id, plan.kind, at, by, ended_on, tables.source, 1))
    seal = tables.seal("plan_version", version_id)
    agreed = None if plan.reviews else plan.next_review_on
    days = (plan.period_start, plan.period_end, plan.in_force_on, agreed)
    words = (seal("next_review_reason", plan.next_review_reason), seal("summary", plan.summary))
    comment = seal("client_comment", plan.client_comment)
    row = (version_id, plan_id, 1, _state_of(case, plan), *days, *words, comment, at, by, 1)
    tables.rows["plan_version"].append(row)
    if plan.accepted_on is not None:
        signed = (plan.accepted_on, plan.acceptance_way or SignatureWay.ORAL, at, by)
        tables.rows["plan_signature"] += [(new_id(), version_id, party, *signed) for party in plan.signers]
    goal_ids = [_goal(tables, version_id, number, goal) for number, goal in enumerate(plan.goals, 1)]
    if plan.in_force_on is None:
        return
    detail = {"kind": plan.kind, "on": plan.in_force_on}
    action = "plan_imported" if tables.source == "import" else "plan_in_force"
    tables.trace(action, ("plan", plan_id), case, client_id, at=at, **detail)
    _reviews(tables, client_id, case, plan, of=(plan_id, version_id), goal_ids=goal_ids)
    _plan_duties(tables, case, plan, plan.in_force_on, ("plan", plan_id))


def _state_of(case: NewCase, plan: NewPlan) -> str:
    if plan.in_force_on is None:
        return VersionState.DRAFT
    return VersionState.ENDED if case.closed_on else VersionState.IN_FORCE


def _plan_duties(tables: Tables, case: NewCase, plan: NewPlan, since: date, of: tuple[str, UUID]) -> None:
    """Open what a plan in force owes (rulings 15 and 16); after a review only the period's end when that is first."""
    due = due_of(case.model, plan, since)
    day = plan.next_review_on or due.limit_on
    if day is not None and (plan.next_review_on or not plan.reviews or not due.ends_first):
        rule, law = due.rule_code, due.law_limit_on
        tables.owe(case, DutyKind.PLAN_REVIEW, of, rule=rule, anchor=due.anchor_on, due=day, law_limit=law)
    if plan.period_end is not None:
        anchor = plan.period_start or since
        tables.owe(case, DutyKind.PLAN_PERIOD_END, of, rule=PERIOD_END, anchor=anchor, due=plan.period_end)


def due_of(model: str, plan: NewPlan, since: date) -> DueDay:
    """Return when a plan in force since a day is reviewed next; cadences are those of the last review's day."""
    held = sorted(review.held_on for review in plan.reviews)
    cadences = _cadences(model, plan.kind, held[-1] if held else since)
    return explain_due(in_force_on=since, held=held, cadences=cadences, period_end=plan.period_end)


@lru_cache(maxsize=10_000)
def _cadences(model: str, plan_kind: str, on: date) -> tuple[Cadence, ...]:
    return cadence_for(model, plan_kind, on)


def _goal(tables: Tables, version_id: UUID, number: int, goal: NewGoal) -> UUID:
    goal_id, seal = new_id(), tables.vault.seal
    tables.rows["goal"].append((goal_id, version_id, number, seal("goal", "text", goal_id, goal.text)))
    for place, action in enumerate(goal.actions, 1):
        row_id = new_id()
        text = seal("plan_action", "text", row_id, action.text)
        tables.rows["plan_action"].append((row_id, goal_id, place, text, action.owner, action.due_on, action.state))
    return goal_id


def _reviews(
    tables: Tables, client_id: UUID, case: NewCase, plan: NewPlan, *, of: tuple[UUID, UUID], goal_ids: Sequence[UUID]
) -> None:
    for number, review in enumerate(plan.reviews, 1):
        row_id, at = new_id(), tables.at(review.held_on)
        seal = tables.seal("review", row_id)
        words = {
            "participants": review.participants,
            "situation": review.situation,
            "changes": review.changes,
            "late_reason": review.late_reason,
        }
        sealed = (seal(column, text) for column, text in words.items())
        agreed = plan.next_review_on if number == len(plan.reviews) else None
        there = (review.held_on, list(review.parties))
        row = (row_id, case.id, *of, *there, *sealed, agreed, tables.source, at, tables.actor.id)
        tables.rows["review"].append(row)
        answers = zip(goal_ids, review.outcomes, strict=False)
        tables.rows["review_outcome"] += [(new_id(), row_id, goal_id, outcome) for goal_id, outcome in answers]
        tables.trace("review_held", ("review", row_id), case, client_id, at=at, held_on=review.held_on)


# ---------------------------------------------------------------- consents, network, measures, references


def _consent(tables: Tables, client_id: UUID, case: NewCase, one: NewConsent) -> None:
    row_id, at, by = new_id(), tables.at(one.given_on), tables.actor.id
    seal = tables.seal("consent", row_id)
    row = (row_id, client_id, case.id, one.kind, one.basis, one.given_by, one.given_on, one.form, one.text_version)
    given = (one.valid_until, seal("remark", one.remark), at, by)
    gone_at = tables.at(one.withdrawn_on) if one.withdrawn_on else None
    gone = (one.withdrawn_on, gone_at, by if gone_at else None, seal("withdrawal_reason", one.withdrawal_reason))
    tables.rows["consent"].append((*row, *given, *gone))
    tables.rows["consent_item"] += [
        (new_id(), row_id, item.party, item.category, item.purpose, item.answer) for item in one.items
    ]
    of = ("consent", row_id)
    tables.trace("consent_recorded", of, case, client_id, at=at, kind=one.kind, basis=one.basis)
    if gone_at:
        tables.trace("consent_withdrawn", of, case, client_id, at=gone_at, on=one.withdrawn_on)
    elif one.valid_until and one.kind != "statutory":
        due, rule = one.valid_until, "CONSENT_VALIDITY"
        tables.owe(case, DutyKind.CONSENT_EXPIRY, of, rule=rule, anchor=one.given_on, due=due)


def _member(tables: Tables, client_id: UUID, case: NewCase, member: NewMember) -> None:
    row_id, at = new_id(), tables.at(case.opened_on)
    seal = tables.seal("network_member", row_id)
    row = (row_id, case.id, seal("name", member.name), seal("contact", member.contact), member.party, member.role)
    tables.rows["network_member"].append((*row, at, tables.actor.id))
    of, today = ("network_member", row_id), tables.today
    tables.trace("member_added", of, case, client_id, at=at, party=member.party)
    if member.lacks_basis:
        tables.owe(case, DutyKind.MEMBER_WITHOUT_BASIS, of, rule="MEMBER_BASIS", anchor=today, due=today)


def _measure(tables: Tables, client_id: UUID, case: NewCase, one: NewMeasure) -> None:
    row_id, at = new_id(), tables.at(one.measured_on)
    remark = tables.seal("measure_value", row_id)("remark", one.remark)
    row = (row_id, client_id, case.id, one.measure, one.value, one.measured_on, remark, at, tables.actor.id)
    tables.rows["measure_value"].append(row)
    of = ("measure_value", row_id)
    tables.trace("measure_entered", of, case, client_id, at=at, measure=one.measure, on=one.measured_on)


def _recorded(tables: Tables, client_id: UUID, case: NewCase, paper: NewRecorded) -> None:
    row_id, at = new_id(), tables.at(paper.recorded_on)
    where = tables.seal("recorded_elsewhere", row_id)("reference", paper.reference)
    row = (row_id, case.id, paper.document, paper.system, paper.recorded_on, where, tables.actor.id, at)
    tables.rows["recorded_elsewhere"].append(row)
    of = ("recorded_elsewhere", row_id)
    tables.trace("recorded_elsewhere", of, case, client_id, at=at, document=paper.document)
