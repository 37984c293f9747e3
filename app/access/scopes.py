"""The SQL twins of the visibility rules (architecture 2.7): list and filter must agree, and a parity test says so."""

from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    String,
    Uuid,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    table,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import SQLCoreOperations

from app.access.actor import Actor, Role
from app.access.models import Standing
from app.access.permissions import Permission
from app.access.predicates import StandingKind, Subject

CASES: Final = table("pathway_case")
CLIENTS: Final = table("client")
"""The tables by name: access knows their shape, never their models (a lower layer does not import a higher one)."""


def _named(place: str) -> ColumnElement[Any]:
    # a bare name, which brings no second FROM into the statement that the condition is put on
    return literal_column(place)


CASE_ID: Final = _named("pathway_case.id")
CASE_CLIENT: Final = _named("pathway_case.client_id")
CASE_TEAM: Final = _named("pathway_case.team_id")
CASE_WORKER: Final = _named("pathway_case.primary_worker_id")
CASE_CLOSED: Final = _named("pathway_case.closed_at")
CLIENT_ID: Final = _named("client.id")
SEEING_KINDS: Final = tuple(
    # words of the statement itself: bound, they would be spelled out anew for every page
    literal_column(f"'{kind.value}'", String())
    for kind in (StandingKind.RESPONSIBLE, StandingKind.PAIR, StandingKind.REGISTRAR)
)


class Asker(NamedTuple):
    """Who asks, when, and for which teams: as values, or as parameters of a statement that is built once."""

    user: Any
    at: Any
    teams: Any
    has_teams: bool
    is_coordinator: bool


def _asker(actor: Actor, now: datetime) -> Asker:
    teams = seen_teams(actor)
    return Asker(actor.id, now, sorted(teams), bool(teams), actor.has(Role.COORDINATOR))


def _anybody(*, has_teams: bool, is_coordinator: bool) -> Asker:
    return Asker(
        bindparam("scope_user", type_=Uuid()),
        bindparam("scope_at", type_=DateTime(timezone=True)),
        bindparam("scope_teams", type_=Uuid(), expanding=True),
        has_teams,
        is_coordinator,
    )


def _standing_holds(actor: Actor, now: datetime) -> ColumnElement[bool]:
    return _holds_for(_asker(actor, now))


def _holds_for(who: Asker) -> ColumnElement[bool]:
    return and_(
        Standing.user_id == who.user,
        Standing.kind.in_(SEEING_KINDS),
        Standing.valid_from <= who.at,
        or_(Standing.valid_to.is_(None), Standing.valid_to > who.at),
    )


def seen_teams(actor: Actor) -> frozenset[UUID]:
    """Teams whose cases the actor sees by role: member as worker or coordinator, or lead as supervisor."""
    teams: frozenset[UUID] = frozenset()
    if actor.has(Role.OWN_WORKER, Role.COORDINATOR):
        teams |= actor.team_ids
    if actor.has(Role.SUPERVISOR):
        teams |= actor.led_team_ids
    return teams


def visible_cases(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """A condition on `pathway_case`: the cases that `Permission.CASE_VIEW` allows. Twin of `policy.SEES`."""
    if actor.is_system:
        return true() if Permission.CASE_VIEW in actor.grants else false()
    return _cases_of(_asker(actor, now))


def _cases_of(who: Asker) -> ColumnElement[bool]:
    # a case-wide standing shows that case; a client-wide one (the registrar before a case exists) only the client
    parts: list[ColumnElement[bool]] = [
        CASE_ID.in_(select(Standing.case_id).where(_holds_for(who), Standing.case_id.is_not(None)))
    ]
    if who.has_teams:
        parts.append(CASE_TEAM.in_(who.teams))
    if who.is_coordinator:
        parts.append(and_(CASE_WORKER.is_(None), CASE_CLOSED.is_(None)))
    return or_(*parts)


def visible_clients(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """A condition on `client`: clients with a visible case, or with a standing of the actor's own."""
    if actor.is_system:
        return true() if Permission.CLIENT_VIEW in actor.grants else false()
    return _clients_of(_asker(actor, now))


def _clients_of(who: Asker) -> ColumnElement[bool]:
    own = CLIENT_ID.in_(select(Standing.client_id).where(_holds_for(who)))
    by_case = exists(select(CASE_ID).select_from(CASES).where(CASE_CLIENT == CLIENT_ID, _cases_of(who)))
    return or_(own, by_case)


class Scope(NamedTuple):
    """What of a user changes the text of the conditions; the rest is bound. For statements that are built once."""

    has_teams: bool
    is_coordinator: bool

    @classmethod
    def of(cls, actor: Actor) -> "Scope":
        """The shape of a user's scope; a job has none."""
        if actor.is_system:
            raise LookupError(actor.name)
        return cls(bool(seen_teams(actor)), actor.has(Role.COORDINATOR))

    @property
    def cases(self) -> ColumnElement[bool]:
        """`visible_cases`, to be bound to `bound_scope`."""
        return _cases_of(_anybody(**self._asdict()))

    @property
    def clients(self) -> ColumnElement[bool]:
        """`visible_clients`, to be bound to `bound_scope`."""
        return _clients_of(_anybody(**self._asdict()))


def bound_scope(actor: Actor, now: datetime) -> dict[str, object]:
    """The values that a statement with the conditions of a `Scope` is bound to."""
    return {"scope_user": actor.id, "scope_at": now, "scope_teams": sorted(seen_teams(actor))}


def kinds_for(
    session: Session, actor: Actor, *, client_id: UUID, case_id: UUID | None, now: datetime
) -> frozenset[StandingKind]:
    """The actor's standings on the case (or, without a case, on the client) that hold at the instant."""
    if actor.id is None:
        return frozenset()
    rows = session.scalars(
        select(Standing.kind).where(
            _standing_holds(actor, now),
            Standing.client_id == client_id,
            true() if case_id is None else Standing.case_id == case_id,
        )
    )
    return frozenset(StandingKind(kind) for kind in rows)


def standing_kinds(case_id: SQLCoreOperations[UUID]) -> ColumnElement[list[str]]:
    """The same for a column of case ids, as an array inside the statement that reads the cases.

    The statement is made once and bound at each reading to `standing_of(actor, now)`; a job has no standing.
    """
    at = bindparam("standing_at", type_=DateTime(timezone=True))
    held = select(Standing.kind).where(
        Standing.user_id == bindparam("standing_user", type_=Uuid()),
        Standing.kind.in_(SEEING_KINDS),
        Standing.valid_from <= at,
        or_(Standing.valid_to.is_(None), Standing.valid_to > at),
        Standing.case_id == case_id,
    )
    return func.array(held.scalar_subquery(), type_=ARRAY(String))


def standing_of(actor: Actor, now: datetime) -> dict[str, object]:
    """The values that a statement with `standing_kinds` is bound to."""
    return {"standing_user": actor.id, "standing_at": now}


def subject_for_case(
    session: Session,
    actor: Actor,
    *,
    client_id: UUID,
    case_id: UUID,
    team_id: UUID | None,
    worker_id: UUID | None,
    is_open: bool,
    now: datetime,
) -> Subject:
    """What the rules may know of one case, with the actor's standing on it (one statement)."""
    kinds = kinds_for(session, actor, client_id=client_id, case_id=case_id, now=now)
    return Subject(client_id, case_id, team_id, is_open, worker_id is not None, kinds)


def client_is_visible(session: Session, actor: Actor, client_id: UUID, now: datetime) -> bool:
    """Whether the actor may know that this client exists (one statement)."""
    seen = select(CLIENT_ID).select_from(CLIENTS).where(CLIENT_ID.in_([client_id]), visible_clients(actor, now))
    return bool(session.scalar(select(exists(seen))))
