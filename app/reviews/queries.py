"""What falls due in a case, each with its raw day, its working day and the reckoning behind it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import can
from app.access.scopes import visible_cases
from app.accounts import queries as accounts
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.cases.models import Case
from app.clients import queries as clients
from app.clients.domain import ClientName
from app.consents import queries as consents
from app.consents.domain import basis_of
from app.core.uow import UnitOfWork
from app.core.workdays import roll_back, roll_forward
from app.duties import queries as ledger
from app.duties.domain import DutyKind, DutyView, Postponed
from app.duties.models import Duty
from app.duties.reckoning import DayOff, Reckoning, ahead, days_off, reckon
from app.plans import queries as plans
from app.plans.domain import DueDay, VersionState
from app.plans.models import Plan, PlanVersion
from app.plans.queries import Why, postponed_of
from app.plans.versions import PlanView, VersionView
from app.reference.domain import Deadline
from app.reference.loader import reference
from app.reviews.domain import GROUP_MODEL, LimitKind, asks_basis

OTHERS: Final = 3
MOST_MEMBERS: Final = 50
MOST_OF_TEAMS: Final = 400
"""How many plans of the teams one sees are looked through for those one may review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDuty:
    """One duty of a case as the list shows it: what it is about, who sets the day, and the days around it."""

    duty: DutyView
    about: str
    limit: LimitKind
    basis: str

    @property
    def proposal(self) -> date:
        """The last working day up to the day (ruling 17)."""
        return roll_back(self.duty.due_on)

    @property
    def rolled_on(self) -> date:
        """The first working day from the day on (150/1930 section 5)."""
        return roll_forward(self.duty.due_on)

    @property
    def days_off(self) -> tuple[DayOff, ...]:
        """The days off around the day, by name; none when it is a working day."""
        return tuple(days_off(self.proposal, self.rolled_on))


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyDuty:
    """Everything behind the day of one duty.

    `row` and `reckoning`: the deadline and its counting, when the day comes from the table. `review`: the reckoning
    of a plan's review, which compares several limits. `ahead`: the next days if each is kept on its last day.
    """

    due: DueDuty
    row: Deadline | None
    reckoning: Reckoning | None
    review: Why | None
    ahead: tuple[date, ...]
    others: tuple[DueDuty, ...]
    postponed: Postponed
    names: dict[UUID, str]


def due_days(uow: UnitOfWork, case: CaseView) -> list[DueDuty]:
    """Return what is open in a case, the first due first."""
    kinds = {plan.id: reference().plan_kinds.label(plan.kind) for plan in plans.plans_of(uow, case.id)}
    return [_due(duty, kinds) for duty in ledger.open_of_case(uow, case.id)]


def _due(duty: DutyView, kinds: dict[UUID, str]) -> DueDuty:
    row = reference().deadlines.find(duty.rule_code)
    if row is not None:
        return DueDuty(
            duty=duty, about=kinds.get(duty.subject_id, ""), limit=LimitKind(row.kind), basis=row.basis or ""
        )
    limit = LimitKind.LAW if duty.law_limit_on == duty.due_on else LimitKind.AGREED
    return DueDuty(duty=duty, about=kinds.get(duty.subject_id, ""), limit=limit, basis="")


def why_duty(uow: UnitOfWork, case: CaseView, duty_id: UUID, today: date) -> WhyDuty:
    """Return what the day of a duty of the case follows from, or raise NotFound."""
    duty = ledger.duty_of(uow, case.id, duty_id)
    every = due_days(uow, case)
    due = next((one for one in every if one.duty.id == duty.id), None) or _due(duty, {})
    row = reference().deadlines.find(duty.rule_code)
    review = plans.why_this_day(uow, case, duty.subject_id, today) if _is_open_review(duty) else None
    postponed = postponed_of(uow, duty.subject_id) if duty.kind is DutyKind.PLAN_REVIEW else Postponed()
    return WhyDuty(
        due=due,
        row=row,
        reckoning=reckon(row, duty.anchor_on) if row is not None and review is None else None,
        review=review,
        ahead=_ahead(duty, row, review),
        others=tuple(one for one in every if one.duty.id != duty.id)[:OTHERS],
        postponed=postponed,
        names=names_of(uow, postponed),
    )


def _is_open_review(duty: DutyView) -> bool:
    return duty.kind is DutyKind.PLAN_REVIEW and duty.is_open


def _ahead(duty: DutyView, row: Deadline | None, review: Why | None) -> tuple[date, ...]:
    if review is not None:
        return review.due.next_limits
    return ahead(row, duty.anchor_on) if row is not None and row.repeats else ()


def names_of(uow: UnitOfWork, postponed: Postponed) -> dict[UUID, str]:
    """Return the names of those who put reviews off."""
    return accounts.full_names(uow, {one.by_id for one in postponed.moves if one.by_id})


def duty_of_plan(uow: UnitOfWork, case: CaseView, plan_id: UUID) -> DutyView | None:
    """Return what is open about a plan of the case: its review, else the end of its period."""
    found = [duty for duty in ledger.open_of_case(uow, case.id) if duty.subject_id == plan_id]
    return next((duty for duty in found if duty.kind is DutyKind.PLAN_REVIEW), next(iter(found), None))


def next_to_review(uow: UnitOfWork, case: CaseView) -> PlanView | None:
    """Return the plan in force that is reviewed first, or None; one whose period ends first comes last."""
    found = [plan for plan in plans.plans_of(uow, case.id) if plan.in_force is not None]
    return min(found, key=lambda plan: plan.due_on or date.max, default=None)


def wanted_at(kind: str) -> tuple[str, ...]:
    """Return the parties the law wants at the reviews of a kind of plan."""
    return reference().plan_kinds.get(kind).reviewers


# -- the group of model C --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMember:
    """A client of the group with the plan in force that is reviewed; `due_on` None: its period ends first."""

    case: CaseView
    name: ClientName
    plan_id: UUID
    kind: str
    due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSheet:
    """What is at hand when one member is reviewed: the plan as it stands, and the parties a basis allows."""

    member: GroupMember
    version: VersionView
    due: DueDay
    with_basis: tuple[str, ...]


def group_of(
    uow: UnitOfWork, actor: Actor, *, now: datetime, only: Collection[UUID] | None = None
) -> list[GroupMember]:
    """Return the clients of model C whose plan the actor may review, the earliest due first, at most fifty.

    `only` narrows them; a case that the actor may not review is left out as if it were not there. Three statements.
    """
    rows = _plans_of_group(uow, visible_cases(actor, now), only)
    seen = cases.cases_for_actor(uow, actor, [row.case_id for row in rows], now=now)
    mine = {case.id: case for case in seen if can(actor, Permission.PLAN_REVIEW, case.subject)}
    kept = [row for row in rows if row.case_id in mine][:MOST_MEMBERS]
    names = clients.names_of(uow, [mine[row.case_id].client_id for row in kept])
    return [
        GroupMember(
            case=mine[row.case_id],
            name=names[mine[row.case_id].client_id],
            plan_id=row.plan_id,
            kind=row.kind,
            due_on=row.due_on,
        )
        for row in kept
    ]


def _plans_of_group(
    uow: UnitOfWork, visible: ColumnElement[bool], only: Collection[UUID] | None
) -> Sequence[Row[tuple[UUID, UUID, str, date | None]]]:
    """Return a plan in force of each open case of the model: the one that is reviewed first."""
    review = (Duty.subject_id == Plan.id, Duty.kind == DutyKind.PLAN_REVIEW, Duty.closed_at.is_(None))
    each = (
        select(Plan.case_id, Plan.id.label("plan_id"), Plan.kind, Duty.due_on)
        .ext(distinct_on(Plan.case_id))
        .join(Case, Case.id == Plan.case_id)
        .join(PlanVersion, and_(PlanVersion.plan_id == Plan.id, PlanVersion.state == VersionState.IN_FORCE))
        .outerjoin(Duty, and_(*review))
        .where(Case.model_key == GROUP_MODEL, Case.closed_at.is_(None), visible)
        .order_by(Plan.case_id, Duty.due_on.nulls_last(), Plan.id)
    )
    found = (each if only is None else each.where(Case.id.in_(only))).subquery()
    ordered = select(found).order_by(found.c.due_on.nulls_last(), found.c.case_id)
    return uow.session.execute(ordered.limit(MOST_OF_TEAMS)).all()


def sheets_of(uow: UnitOfWork, members: Iterable[GroupMember], today: date) -> list[GroupSheet]:
    """Return what is at hand when the members are reviewed on a day."""
    return [_sheet(uow, member, today) for member in members]


def _sheet(uow: UnitOfWork, member: GroupMember, today: date) -> GroupSheet:
    plan = plans.plan_of(uow, member.case.id, member.plan_id)
    version = plans.version_of(uow, member.case.id, plan.version_shown.id)
    end = version.head.period_end
    given = consents.consents_of(uow, member.case.id)
    return GroupSheet(
        member=member,
        version=version,
        due=plans.due_of(member.case, plan, in_force_on=today, period_end=end, more_held=[today]),
        with_basis=tuple(one.code for one in reference().parties.on(today) if basis_of(given, one.code, today).holds),
    )


def without_basis(uow: UnitOfWork, case_id: UUID, kind: str, parties: Iterable[str], on: date) -> list[str]:
    """Return the parties that may not hear of the client at the review of a plan of a kind, for want of a basis."""
    given, by_law = consents.consents_of(uow, case_id), wanted_at(kind)
    return [party for party in asks_basis(parties, by_law=by_law) if not basis_of(given, party, on).holds]
