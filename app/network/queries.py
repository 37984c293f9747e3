"""Reading who answers for a case and who stands beside the client."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import can
from app.accounts import queries as accounts
from app.accounts.domain import UserView
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.cases.models import Case
from app.cases.services import leave_trace
from app.consents import queries as consents
from app.consents.domain import basis_of
from app.core.errors import NotFound
from app.core.uow import UnitOfWork
from app.network.domain import BESIDE, MemberView, PeriodKind, PeriodView, Span
from app.network.models import NetworkMember, ResponsiblePeriod
from app.pathways.loader import pathway
from app.reference.loader import reference

FEW: Final = 15
"""Up to this many workers are shown as radio buttons at once (design/ux.md decision 7)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPage:
    """What the network page shows of one case."""

    case: CaseView
    line: tuple[PeriodView, ...]
    pairs: tuple[PeriodView, ...]
    roles: Mapping[str, tuple[PeriodView, ...]]
    role_professions: Mapping[str, str]
    members: tuple[MemberView, ...]
    names: Mapping[UUID, str]
    may_assign: bool
    may_edit: bool

    @property
    def responsible(self) -> PeriodView | None:
        """Who answers for the case now."""
        return next((period for period in self.line if period.is_open), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A worker who could be responsible; `is_allowed`: by the model's professions, without a reason."""

    id: UUID
    name: str
    professions: str
    open_cases: int
    is_allowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignPage:
    """What the page that names the responsible worker shows; `is_cut`: there are more than are shown."""

    case: CaseView
    present_name: str | None
    candidates: tuple[Candidate, ...]
    is_cut: bool
    allowed_professions: str


def line_of(uow: UnitOfWork, case_id: UUID) -> list[PeriodView]:
    """Return the responsible workers of a case, the present one first."""
    return _periods(uow, case_id, PeriodKind.PRIMARY)


def pairs_of(uow: UnitOfWork, case_id: UUID) -> list[PeriodView]:
    """Return those who stand or stood beside the responsible worker, the latest first."""
    return _periods(uow, case_id, PeriodKind.PAIR)


def roles_of(uow: UnitOfWork, case_id: UUID) -> list[PeriodView]:
    """Return those who answer or answered for a part of the case beside the responsible worker, the latest first."""
    return [*_periods(uow, case_id, PeriodKind.ENTRY), *_periods(uow, case_id, PeriodKind.PROGRESS)]


def _periods(uow: UnitOfWork, case_id: UUID, kind: PeriodKind) -> list[PeriodView]:
    rows = uow.session.scalars(
        select(ResponsiblePeriod)
        .where(ResponsiblePeriod.case_id == case_id, ResponsiblePeriod.kind == kind)
        .order_by(func.lower(ResponsiblePeriod.during).desc(), ResponsiblePeriod.id)
    ).all()
    names = accounts.full_names(uow, {row.user_id for row in rows})
    return [_period(uow, row, names.get(row.user_id, "")) for row in rows]


def _period(uow: UnitOfWork, row: ResponsiblePeriod, name: str) -> PeriodView:
    opened = uow.vault.open_optional
    return PeriodView(
        id=row.id,
        user_id=row.user_id,
        name=name,
        kind=PeriodKind(row.kind),
        span=span_of(row),
        reason=opened("responsible_period", "reason", row.id, row.reason),
        profession_exception=opened("responsible_period", "profession_exception", row.id, row.profession_exception),
        assigned_by=row.assigned_by,
    )


def span_of(row: ResponsiblePeriod) -> Span:
    """Return the time of a stored period; the database refuses one without a start."""
    if row.during.lower is None:
        raise LookupError(row.id)
    return Span(row.during.lower, row.during.upper)


def members_of(uow: UnitOfWork, case_id: UUID, today: date) -> list[MemberView]:
    """Return the people in the network now, each with the basis towards their party on the day."""
    rows = uow.session.scalars(
        select(NetworkMember)
        .where(NetworkMember.case_id == case_id, NetworkMember.removed_at.is_(None))
        .order_by(NetworkMember.added_at, NetworkMember.id)
    ).all()
    if not rows:
        return []
    given = consents.consents_of(uow, case_id)
    return [
        MemberView(
            id=row.id,
            name=uow.vault.open("network_member", "name", row.id, row.name),
            contact=uow.vault.open_optional("network_member", "contact", row.id, row.contact),
            party=row.party,
            role=row.role,
            added_at=row.added_at,
            basis=basis_of(given, row.party, today),
            came_from_id=row.came_from_id,
        )
        for row in rows
    ]


def met_needs(uow: UnitOfWork, case: CaseView, today: date) -> frozenset[str]:
    """Return the needs that the network meets: a worker named, and a basis towards every party in it."""
    met: set[str] = {"worker"} if case.worker_id else set()
    met |= {f"worker:{period.kind}" for period in roles_of(uow, case.id) if period.is_open}
    given = consents.consents_of(uow, case.id)
    if all(basis_of(given, party, today).holds for party in _parties(uow, case.id)):
        met.add("consent:parties")
    return frozenset(met)


def met_statements(case_id: Any) -> Iterator[tuple[str, ColumnElement[bool]]]:  # noqa: ANN401 - bound later
    """Return the need codes of the roles with the condition that meets each: the SQL twin of `met_needs`."""
    for kind in (PeriodKind.ENTRY, PeriodKind.PROGRESS):
        goes_on = func.upper_inf(ResponsiblePeriod.during)
        yield (
            f"worker:{kind}",
            exists().where(ResponsiblePeriod.case_id == case_id, ResponsiblePeriod.kind == kind, goes_on),
        )


def _parties(uow: UnitOfWork, case_id: UUID) -> list[str]:
    return list(
        uow.session.scalars(
            select(NetworkMember.party)
            .where(NetworkMember.case_id == case_id, NetworkMember.removed_at.is_(None))
            .distinct()
        )
    )


# -- for the services ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LockedCase:
    """What is true of a case while its row is locked: nobody assigns it in between."""

    worker_id: UUID | None
    team_id: UUID | None
    is_open: bool


def lock_case(uow: UnitOfWork, case_id: UUID) -> LockedCase:
    """Lock the case row until the transaction ends and return what it says now, not what the page once saw."""
    row = uow.session.scalar(
        select(Case).where(Case.id == case_id).with_for_update().execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return LockedCase(row.primary_worker_id, row.team_id, row.closed_at is None)


def primary_rows(uow: UnitOfWork, case_id: UUID) -> list[ResponsiblePeriod]:
    """Return the rows of the line, the earliest first."""
    return list(
        uow.session.scalars(
            select(ResponsiblePeriod)
            .where(ResponsiblePeriod.case_id == case_id, ResponsiblePeriod.kind == PeriodKind.PRIMARY)
            .order_by(func.lower(ResponsiblePeriod.during))
        )
    )


def open_beside_rows(
    uow: UnitOfWork, case_id: UUID, user_id: UUID | None = None, *, kinds: Collection[PeriodKind] = BESIDE
) -> list[ResponsiblePeriod]:
    """Return the rows beside the line that go on, of one user or of all, of some kinds or of all."""
    found = select(ResponsiblePeriod).where(
        ResponsiblePeriod.case_id == case_id,
        ResponsiblePeriod.kind.in_(kinds),
        func.upper_inf(ResponsiblePeriod.during),
    )
    if user_id is not None:
        found = found.where(ResponsiblePeriod.user_id == user_id)
    return list(uow.session.scalars(found))


def member_row(uow: UnitOfWork, case_id: UUID, member_id: UUID) -> NetworkMember:
    """Return the row of a present member, locked, or NotFound."""
    row = uow.session.scalar(
        select(NetworkMember)
        .where(NetworkMember.id == member_id, NetworkMember.case_id == case_id, NetworkMember.removed_at.is_(None))
        .with_for_update()
    )
    if row is None:
        raise NotFound
    return row


# -- for the pages ---------------------------------------------------------------------------------------------------


def network_page(uow: UnitOfWork, actor: Actor, case_id: UUID, *, now: datetime, today: date) -> NetworkPage:
    """Return what the network page shows and leave its look in the trail."""
    case = cases.get_case_for(uow, actor, case_id, now=now)
    line, pairs = line_of(uow, case.id), pairs_of(uow, case.id)
    shown = NetworkPage(
        case=case,
        line=tuple(line),
        pairs=tuple(one for one in pairs if one.is_open),
        roles=_roles_by_kind(uow, case),
        role_professions=role_professions(case),
        members=tuple(members_of(uow, case.id, today)),
        names=accounts.full_names(uow, {one.assigned_by for one in line if one.assigned_by}),
        may_assign=can(actor, Permission.ASSIGN_WORKER, case.subject),
        may_edit=can(actor, Permission.NETWORK_EDIT, case.subject),
    )
    leave_trace(uow, actor, case, page="network", now=now)
    return shown


def _roles_by_kind(uow: UnitOfWork, case: CaseView) -> Mapping[str, tuple[PeriodView, ...]]:
    """Return who has and had each role that the case's model knows; nothing for a model without."""
    wanted = pathway(case.model_key, case.model_version).roles
    found = roles_of(uow, case.id) if wanted else []
    return {role: tuple(one for one in found if one.kind == role) for role in wanted}


def role_professions(case: CaseView) -> Mapping[str, str]:
    """Return the professions that the model names for each of its roles, in words."""
    roles, lists = pathway(case.model_key, case.model_version).roles, reference().professions
    return {role: ", ".join(lists.label(code) for code in codes) for role, codes in roles.items()}


def assign_page(uow: UnitOfWork, actor: Actor, case: CaseView, *, words: str, now: datetime) -> AssignPage:
    """Return the workers that could answer for the case: of the actor's teams and the case's, found by name.

    Those the model allows by profession come first; more than fifteen are cut, and the search narrows them down.
    """
    model = pathway(case.model_key, case.model_version)
    found = [
        _candidate(user, is_allowed=model.allows(frozenset(user.professions), case.current_stage))
        for user in _reachable(uow, actor, case, now)
        if user.id != case.worker_id and words.casefold() in user.full_name.casefold()
    ]
    found.sort(key=lambda one: not one.is_allowed)
    names = accounts.full_names(uow, [case.worker_id] if case.worker_id else [])
    lists = reference().professions
    return AssignPage(
        case=case,
        present_name=names.get(case.worker_id) if case.worker_id else None,
        candidates=_with_load(uow, found[:FEW]),
        is_cut=len(found) > FEW,
        allowed_professions=", ".join(lists.label(code) for code in model.professions_for(case.current_stage)),
    )


def _reachable(uow: UnitOfWork, actor: Actor, case: CaseView, now: datetime) -> list[UserView]:
    teams = actor.team_ids | actor.led_team_ids | ({case.team_id} if case.team_id else set())
    return accounts.workers_of_teams(uow, teams, now)


def possible_holders(
    uow: UnitOfWork, actor: Actor, case: CaseView, role: PeriodKind, *, now: datetime
) -> list[Candidate]:
    """Return the workers who could answer for a part of the case, those whose profession the model names first."""
    named = set(pathway(case.model_key, case.model_version).roles.get(role, ()))
    taken = {row.user_id for row in open_beside_rows(uow, case.id, kinds=[role])}
    found = [
        _candidate(user, is_allowed=not named.isdisjoint(user.professions))
        for user in _reachable(uow, actor, case, now)
        if user.id not in taken
    ]
    return sorted(found, key=lambda one: not one.is_allowed)


def possible_pairs(uow: UnitOfWork, actor: Actor, case: CaseView, *, now: datetime) -> list[UserView]:
    """Return the workers who could stand beside the responsible one: neither are nor answer for the case."""
    pairs = open_beside_rows(uow, case.id, kinds=[PeriodKind.PAIR])
    taken = {row.user_id for row in pairs} | {case.worker_id}
    return [user for user in _reachable(uow, actor, case, now) if user.id not in taken]


def _candidate(user: UserView, *, is_allowed: bool) -> Candidate:
    lists = reference().professions
    words = ", ".join(lists.label(code) for code in user.professions)
    return Candidate(id=user.id, name=user.full_name, professions=words, open_cases=0, is_allowed=is_allowed)


def _with_load(uow: UnitOfWork, candidates: list[Candidate]) -> tuple[Candidate, ...]:
    rows = uow.session.execute(
        select(Case.primary_worker_id, func.count())
        .where(Case.primary_worker_id.in_([one.id for one in candidates]), Case.closed_at.is_(None))
        .group_by(Case.primary_worker_id)
    )
    load = {row[0]: row[1] for row in rows}
    return tuple(replace(one, open_cases=load.get(one.id, 0)) for one in candidates)
