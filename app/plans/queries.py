"""Reading plans, their versions and reviews, and why a review is due on the day it is."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select

from app.accounts import queries as accounts
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.core.errors import NotFound
from app.core.uow import UnitOfWork
from app.duties import queries as duties
from app.duties.domain import POSTPONINGS, DutyKind, DutyOutcome, DutyView, Postponed
from app.plans.checks import Sheet
from app.plans.choice import Advice, advise
from app.plans.contents import answers_of, goals_of, reasons_of, signatures_of, week_of
from app.plans.difference import Difference, difference
from app.plans.domain import REOPENED, DueDay, VersionState, explain_due
from app.plans.held import reviews_of
from app.plans.loader import field_set_of
from app.plans.models import Plan, PlanVersion, Review
from app.plans.printed import PrintedVersion, printed
from app.plans.versions import PlanView, VersionHead, VersionView
from app.reference.loader import cadence_for, reference

PLAN = "plan"
"""The subject kind of the duties of a plan; their subject is the plan, not a version of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Everything behind the day of a plan's next review.

    `duty` is the open one (None: the period's end is all there is); `due` is the reckoning of today. `agreed_on` and
    `reason`: what was agreed when the plan came into force or was last reviewed, and why it was past the cadence.
    """

    plan: PlanView
    due: DueDay
    duty: DutyView | None
    agreed_on: date | None
    reason: str | None
    is_late: bool


def plans_of(uow: UnitOfWork, case_id: UUID) -> list[PlanView]:
    """Return the plans of a case, those in use first and the latest started on top (four statements)."""
    rows = uow.session.scalars(
        select(Plan)
        .where(Plan.case_id == case_id)
        .order_by(Plan.ended_on.is_not(None), Plan.started_at.desc(), Plan.id)
    ).all()
    heads, held = _heads(uow, [row.id for row in rows]), _held(uow, [row.id for row in rows])
    due = {duty.subject_id: duty.due_on for duty in duties.open_of_case(uow, case_id) if _is_review(duty)}
    return [
        PlanView(
            id=row.id,
            case_id=row.case_id,
            kind=row.kind,
            source=row.source,
            ended_on=row.ended_on,
            versions=tuple(heads[row.id]),
            reviewed_on=tuple(held[row.id]),
            due_on=due.get(row.id),
        )
        for row in rows
    ]


def _is_review(duty: DutyView) -> bool:
    return duty.kind is DutyKind.PLAN_REVIEW and duty.subject_kind == PLAN


def plan_of(uow: UnitOfWork, case_id: UUID, plan_id: UUID) -> PlanView:
    """Return one plan of a case, or NotFound."""
    found = next((plan for plan in plans_of(uow, case_id) if plan.id == plan_id), None)
    if found is None:
        raise NotFound
    return found


def _heads(uow: UnitOfWork, plan_ids: Collection[UUID]) -> dict[UUID, list[VersionHead]]:
    heads: dict[UUID, list[VersionHead]] = defaultdict(list)
    if plan_ids:
        rows = uow.session.scalars(
            select(PlanVersion).where(PlanVersion.plan_id.in_(plan_ids)).order_by(PlanVersion.number.desc())
        )
        for row in rows:
            heads[row.plan_id].append(_head(row))
    return heads


def _head(row: PlanVersion) -> VersionHead:
    return VersionHead(
        id=row.id,
        plan_id=row.plan_id,
        number=row.number,
        state=VersionState(row.state),
        period_start=row.period_start,
        period_end=row.period_end,
        in_force_on=row.in_force_on,
        next_review_on=row.next_review_on,
        written_at=row.written_at,
        written_by=row.written_by,
        form_version=row.form_version,
        derived_from_id=row.derived_from_id,
        version=row.version,
    )


def _held(uow: UnitOfWork, plan_ids: Collection[UUID]) -> dict[UUID, list[date]]:
    held: dict[UUID, list[date]] = defaultdict(list)
    if plan_ids:
        rows = uow.session.execute(
            select(Review.plan_id, Review.held_on).where(Review.plan_id.in_(plan_ids)).order_by(Review.held_on)
        )
        for plan_id, held_on in rows:
            held[plan_id].append(held_on)
    return held


def version_of(uow: UnitOfWork, case_id: UUID, version_id: UUID) -> VersionView:
    """Return one version of a plan of the case, opened, or NotFound (eight statements)."""
    found = uow.session.execute(
        select(PlanVersion, Plan.kind)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(PlanVersion.id == version_id, Plan.case_id == case_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    row, kind = found
    opened = uow.vault.open_optional
    return VersionView(
        head=_head(row),
        kind=kind,
        goals=goals_of(uow, version_id),
        summary=opened("plan_version", "summary", row.id, row.summary),
        next_review_reason=opened("plan_version", "next_review_reason", row.id, row.next_review_reason),
        client_comment=opened("plan_version", "client_comment", row.id, row.client_comment),
        answers=answers_of(uow, version_id),
        week=week_of(uow, version_id),
        reasons=reasons_of(uow, version_id),
        signatures=signatures_of(uow, version_id),
    )


def sheet_of(version: VersionView, today: date) -> Sheet | None:
    """Return the form a version is written on with the limits that hold when its period starts; None: it has none.

    A period that has no start yet is held against the limits of today.
    """
    return _sheet(version.kind, version.head.form_version, version.head.period_start or today)


def sheet_for(uow: UnitOfWork, row: PlanVersion, on: date) -> Sheet | None:
    """Return the form of a version row with the limits that hold on a day, or None."""
    kind = uow.session.scalar(select(Plan.kind).where(Plan.id == row.plan_id))
    return _sheet(kind or "", row.form_version, on)


def _sheet(kind: str, form_version: int | None, on: date) -> Sheet | None:
    fields = field_set_of(kind, form_version) if form_version else None
    return Sheet(fields=fields, limits=reference().limits_for(kind, on)) if fields else None


def printed_of(uow: UnitOfWork, case_id: UUID, version_id: UUID, today: date) -> PrintedVersion:
    """Return one version of a plan of the case as it is read and printed, or NotFound."""
    version = version_of(uow, case_id, version_id)
    return printed(version, sheet_of(version, today))


def version_before(uow: UnitOfWork, case_id: UUID, plan: PlanView, number: int) -> VersionView | None:
    """Return the version of a plan before the one of a number, opened, or None for the first."""
    older = [head for head in plan.versions if head.number < number]
    return version_of(uow, case_id, older[0].id) if older else None


def advice_of(uow: UnitOfWork, case: CaseView, today: date) -> Advice:
    """Return which kind of plan the client's benefit leads to today, as far as the benefit is on record."""
    known = cases.background_of(uow, case.id)
    rules, has_assistance = reference().plan_rules, known.assistance_since is not None
    return advise(rules, benefit=known.benefit, has_assistance=has_assistance, on=today)


def changes_of(before: VersionView, after: VersionView, today: date) -> Difference:
    """Return what a version changed, each question in the words of its form."""
    sheets = [sheet for one in (after, before) if (sheet := sheet_of(one, today))]
    return difference(before, after, [asked for sheet in sheets for asked in sheet.fields])


def known_rows(uow: UnitOfWork, case_id: UUID, plan: PlanView, version: VersionView) -> frozenset[UUID]:
    """Return the ids under which goals and actions of a draft may go on: those of the version before it."""
    before = version_before(uow, case_id, plan, version.head.number)
    goals = before.goals if before else ()
    return frozenset(key for goal in goals for key in goal.keys)


# -- the day of the next review --------------------------------------------------------------------------------------


def due_of(
    case: CaseView, plan: PlanView, *, in_force_on: date, period_end: date | None, more_held: Iterable[date] = ()
) -> DueDay:
    """Return the reckoning of a plan's next review.

    `in_force_on` counts for a plan that has not been in force before; `more_held`: reviews about to be recorded.
    The cadences are those that hold on the day the line of reviews has reached.
    """
    held = sorted([*plan.reviewed_on, *more_held])
    first = plan.first_in_force_on or in_force_on
    cadences = cadence_for(case.model_key, plan.kind, held[-1] if held else first)
    return explain_due(in_force_on=first, held=held, cadences=cadences, period_end=period_end)


def due_now(case: CaseView, plan: PlanView) -> DueDay:
    """Return the reckoning of a plan in force as it stands; raises NotFound for a plan that is not."""
    head = plan.in_force
    if head is None or head.in_force_on is None:
        raise NotFound
    return due_of(case, plan, in_force_on=head.in_force_on, period_end=head.period_end)


class Agreed(NamedTuple):
    """The day agreed for the next review, why that day, and the rule of its duty when the day was put off."""

    on: date | None
    reason: str | None
    rule_code: str | None = None


def agreed_day(uow: UnitOfWork, case_id: UUID, plan: PlanView) -> Agreed:
    """Return what was agreed last: when the review was put off, else in the last review, else in the version."""
    head = plan.in_force
    if head is None:
        return Agreed(None, None)
    line = duties.line_of(uow, kind=DutyKind.PLAN_REVIEW, subject_kind=PLAN, subject_id=plan.id)
    last = next((row for row in reversed(line) if row.rule_code != REOPENED), None)
    if last is not None and last.rule_code in POSTPONINGS and last.outcome != DutyOutcome.DONE:
        reason = uow.vault.open_optional("duty", "reason", last.id, last.reason)
        return Agreed(last.due_on, reason, last.rule_code)
    held = next(iter(reviews_of(uow, plan.id)), None)
    if held is not None and (head.in_force_on is None or held.held_on >= head.in_force_on):
        return Agreed(held.next_review_on, held.next_reason)
    return Agreed(head.next_review_on, version_of(uow, case_id, head.id).next_review_reason)


def postponed_of(uow: UnitOfWork, plan_id: UUID) -> Postponed:
    """Return how often the review of a plan was put off."""
    return duties.postponings_of(uow, kind=DutyKind.PLAN_REVIEW, subject_kind=PLAN, subject_id=plan_id)


def why_this_day(uow: UnitOfWork, case: CaseView, plan_id: UUID, today: date) -> Why:
    """Return what the day of the plan's next review follows from; NotFound for a plan that is not in force."""
    plan = plan_of(uow, case.id, plan_id)
    agreed_on, reason, _rule = agreed_day(uow, case.id, plan)
    duty = duties.find_open(uow, kind=DutyKind.PLAN_REVIEW, subject_kind=PLAN, subject_id=plan_id)
    is_late = duty is not None and duty.is_overdue(today)
    return Why(plan=plan, due=due_now(case, plan), duty=duty, agreed_on=agreed_on, reason=reason, is_late=is_late)


Met = tuple[tuple[str, ColumnElement[bool]], ...]


def met_needs(uow: UnitOfWork, case: CaseView, today: date) -> frozenset[str]:
    """Return the needs that the plans meet: each kind in force, and a day for a review."""
    plans = [plan for plan in plans_of(uow, case.id) if plan.in_force and (plan.first_in_force_on or today) <= today]
    met = {f"plan:{plan.kind}" for plan in plans}
    met |= {"review"} if any(plan.due_on for plan in plans) else set()
    met |= {code for code, is_met in met_statements(case.id, today) if uow.session.scalar(select(is_met))}
    return frozenset(met)


def met_statements(case: Any, today: Any) -> Met:  # noqa: ANN401 - bound later
    """Return the needs that stand by themselves, each with its condition: the client page reads them in its own."""
    held = exists(select(Review.id).where(Review.case_id == case, Review.held_on <= today))
    return (("review:held", held),)


def names_of_writers(uow: UnitOfWork, plans: Iterable[PlanView]) -> dict[UUID, str]:
    """Return the names of those who wrote the versions, by user id."""
    return accounts.full_names(uow, {head.written_by for plan in plans for head in plan.versions if head.written_by})


# -- for the services ------------------------------------------------------------------------------------------------


def lock_plan(uow: UnitOfWork, case_id: UUID, plan_id: UUID) -> Plan:
    """Return the row of a plan of the case, locked until the transaction ends, or NotFound."""
    row = uow.session.scalar(
        select(Plan)
        .where(Plan.id == plan_id, Plan.case_id == case_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


def version_row(uow: UnitOfWork, case_id: UUID, version_id: UUID) -> PlanVersion:
    """Return the row of a version with its plan locked, as it is now, or NotFound."""
    plan_id = uow.session.scalar(select(PlanVersion.plan_id).where(PlanVersion.id == version_id))
    if plan_id is None:
        raise NotFound
    lock_plan(uow, case_id, plan_id)
    found = uow.session.scalar(
        select(PlanVersion).where(PlanVersion.id == version_id).execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def rows_in_state(uow: UnitOfWork, plan_id: UUID, state: VersionState) -> list[PlanVersion]:
    """Return the version rows of a plan in a state."""
    return list(
        uow.session.scalars(select(PlanVersion).where(PlanVersion.plan_id == plan_id, PlanVersion.state == state))
    )


def plan_rows(uow: UnitOfWork, case_id: UUID) -> list[Plan]:
    """Return the plan rows of a case, locked."""
    return list(
        uow.session.scalars(
            select(Plan)
            .where(Plan.case_id == case_id)
            .order_by(Plan.started_at, Plan.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
