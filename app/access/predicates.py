"""The pure questions that rules are made of. Each has an SQL twin in `scopes` where it decides what is seen."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.access.actor import Actor, Role


class StandingKind(StrEnum):
    """Why a user stands beside a client (ruling 2)."""

    RESPONSIBLE = "responsible"
    PAIR = "pair"
    NETWORK = "network"
    TEAM = "team"
    COORDINATOR = "coordinator"
    REGISTRAR = "registrar"
    BREAK_GLASS = "break_glass"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule may know of the record: nothing of its content."""

    client_id: UUID | None = None
    case_id: UUID | None = None
    team_id: UUID | None = None
    is_open: bool = True
    has_worker: bool = False
    kinds: frozenset[StandingKind] = frozenset()


Predicate = Callable[[Actor, Subject], bool]


def is_responsible(_actor: Actor, subject: Subject) -> bool:
    """The actor is the case's responsible worker today."""
    return StandingKind.RESPONSIBLE in subject.kinds


def is_pair(_actor: Actor, subject: Subject) -> bool:
    """The actor is the responsible worker's pair today."""
    return StandingKind.PAIR in subject.kinds


def is_registrar(_actor: Actor, subject: Subject) -> bool:
    """The actor registered the client or opened the case, and nobody has taken it on yet."""
    return StandingKind.REGISTRAR in subject.kinds


def in_case_team(actor: Actor, subject: Subject) -> bool:
    """An omatyöntekijä of the case's team: sees the row and the page, audited as purpose "team"."""
    return actor.has(Role.OWN_WORKER) and subject.team_id is not None and subject.team_id in actor.team_ids


def leads_case_team(actor: Actor, subject: Subject) -> bool:
    """An esihenkilö of the case's team."""
    return actor.has(Role.SUPERVISOR) and subject.team_id is not None and subject.team_id in actor.led_team_ids


def coordinates_case(actor: Actor, subject: Subject) -> bool:
    """A coordinator of the case's team, or any coordinator while the open case has no responsible worker."""
    if not actor.has(Role.COORDINATOR):
        return False
    own = subject.team_id is not None and subject.team_id in actor.team_ids
    return own or (subject.case_id is not None and subject.is_open and not subject.has_worker)


def case_is_open(_actor: Actor, subject: Subject) -> bool:
    """The case has not been closed."""
    return subject.is_open


def works_with_clients(actor: Actor, _subject: Subject) -> bool:
    """Any role that meets clients."""
    return actor.has(Role.OWN_WORKER, Role.COORDINATOR, Role.SUPERVISOR)


def has_role(*roles: Role) -> Predicate:
    """A predicate that only asks for a role."""

    def holds(actor: Actor, _subject: Subject) -> bool:
        return actor.has(*roles)

    holds.__name__ = "has_role_" + "_".join(roles)
    return holds
