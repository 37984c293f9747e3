"""The SQL twins of the visibility rules (architecture 2.7): list and filter must agree, and a parity test says so."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, column, exists, false, or_, select, table, true
from sqlalchemy.orm import Session

from app.access.actor import Actor, Role
from app.access.models import Standing
from app.access.permissions import Permission
from app.access.predicates import StandingKind, Subject

CASE: Final = table(
    "pathway_case",
    column("id"),
    column("client_id"),
    column("team_id"),
    column("primary_worker_id"),
    column("closed_at"),
)
"""The case table by name: access knows its shape, never its model (a lower layer does not import a higher one)."""
CLIENT: Final = table("client", column("id"))
SEEING_KINDS: Final = (StandingKind.RESPONSIBLE, StandingKind.PAIR, StandingKind.REGISTRAR)


def _standing_holds(actor: Actor, now: datetime) -> ColumnElement[bool]:
    return and_(
        Standing.user_id == actor.id,
        Standing.kind.in_(SEEING_KINDS),
        Standing.valid_from <= now,
        or_(Standing.valid_to.is_(None), Standing.valid_to > now),
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
    # a case-wide standing shows that case; a client-wide one (the registrar before a case exists) only the client
    parts: list[ColumnElement[bool]] = [
        CASE.c.id.in_(select(Standing.case_id).where(_standing_holds(actor, now), Standing.case_id.is_not(None)))
    ]
    teams = seen_teams(actor)
    if teams:
        parts.append(CASE.c.team_id.in_(sorted(teams)))
    if actor.has(Role.COORDINATOR):
        parts.append(and_(CASE.c.primary_worker_id.is_(None), CASE.c.closed_at.is_(None)))
    return or_(*parts)


def visible_clients(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """A condition on `client`: clients with a visible case, or with a standing of the actor's own."""
    if actor.is_system:
        return true() if Permission.CLIENT_VIEW in actor.grants else false()
    own = CLIENT.c.id.in_(select(Standing.client_id).where(_standing_holds(actor, now)))
    by_case = exists(select(CASE.c.id).where(CASE.c.client_id == CLIENT.c.id, visible_cases(actor, now)))
    return or_(own, by_case)


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
    return bool(session.scalar(select(exists().where(CLIENT.c.id == client_id, visible_clients(actor, now)))))
