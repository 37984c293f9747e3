"""Who acts: a signed-in user or a named system job (ruling 21)."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.access.permissions import Permission


class Role(StrEnum):
    """What a user may be asked to do; not a profession (ruling 4)."""

    OWN_WORKER = "own_worker"  # omatyöntekijä
    COORDINATOR = "coordinator"  # työkykykoordinaattori
    SUPERVISOR = "supervisor"  # esihenkilö
    ADMIN = "admin"  # pääkäyttäjä
    PRIVACY_OFFICER = "privacy_officer"  # tietosuojavastaava


CLIENT_WORK: Final = frozenset({Role.OWN_WORKER, Role.COORDINATOR, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts, with everything a rule may ask about them. Passed in, never looked up."""

    kind: str
    id: UUID | None
    name: str
    username: str = ""
    roles: frozenset[Role] = frozenset()
    professions: frozenset[str] = frozenset()
    team_ids: frozenset[UUID] = frozenset()
    led_team_ids: frozenset[UUID] = frozenset()
    grants: frozenset[Permission] = field(default_factory=frozenset)
    session_id: UUID | None = None
    request_id: str = ""
    address: str = ""

    @property
    def is_system(self) -> bool:
        """Whether a job acts, not a person."""
        return self.kind == "system"

    @property
    def user_id(self) -> UUID:
        """The user's id; a job has none and must not get this far."""
        if self.id is None:
            raise LookupError(self.name)
        return self.id

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds any of the roles."""
        return not self.roles.isdisjoint(roles)


SYSTEM_GRANTS: Final[dict[str, frozenset[Permission]]] = {
    "system:reminders": frozenset({Permission.REMINDERS_RUN}),
    "system:upkeep": frozenset({Permission.UPKEEP_RUN}),
    "system:intake": frozenset({Permission.REGISTER_IMPORT}),
    "system:demo": frozenset(Permission),
    "system:setup": frozenset({Permission.USERS_MANAGE}),  # the first administrator of an installation
}


def system_actor(name: str) -> Actor:
    """The job's own actor, with the job's own permission list. Unknown names are a programming error."""
    return Actor(kind="system", id=None, name=name, grants=SYSTEM_GRANTS[name])
