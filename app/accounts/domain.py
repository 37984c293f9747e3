"""Staff: who they are, how long a session lasts, how often a sign-in may be tried."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol
from uuid import UUID

from app.access.actor import Actor, Role
from app.accounts.passwords import Hasher
from app.core.errors import FieldProblem
from app.core.texts import N_, Text

USERNAME_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzåäö0123456789._-@")
PRIVILEGED: Final = frozenset({Role.SUPERVISOR, Role.ADMIN})


class Theme(StrEnum):
    """Light or dark pages; `auto` follows the machine."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class Density(StrEnum):
    """How close the rows of lists stand."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"


@dataclass(frozen=True, slots=True)
class UserView:
    """A staff account as others may see it; the teams are those of the moment it was read."""

    id: UUID
    username: str
    full_name: str
    roles: frozenset[Role]
    professions: tuple[str, ...]
    email: str
    phone: str
    is_active: bool
    team_ids: frozenset[UUID]
    led_team_ids: frozenset[UUID]
    must_change_password: bool = False
    is_demo: bool = False
    theme: Theme = Theme.AUTO
    density: Density = Density.COMFORTABLE
    version: int = 1


@dataclass(frozen=True, slots=True)
class TeamView:
    """A team with the number of its present members and the names of its leads."""

    id: UUID
    name: str
    is_active: bool
    member_count: int
    leads: tuple[str, ...]
    version: int


@dataclass(frozen=True, slots=True)
class Place:
    """A wished place in a team: member, or lead."""

    team_id: UUID
    is_lead: bool = False


@dataclass(frozen=True, slots=True)
class AbsenceView:
    """Days a user is away, both included, and who stands in."""

    id: UUID
    from_on: date
    to_on: date
    deputy_id: UUID | None
    deputy_name: str


@dataclass(frozen=True, slots=True)
class SessionView:
    """A signed-in browser, as its user sees it in the list of their own."""

    id: UUID
    started_at: datetime
    last_seen_at: datetime
    address: str
    agent: str


class Arrival(Protocol):
    """What is known of a browser that has just been let in; the token itself is known to the browser alone."""

    @property
    def user_id(self) -> UUID: ...
    @property
    def token_hash(self) -> bytes: ...
    @property
    def address(self) -> str: ...
    @property
    def agent(self) -> str: ...
    @property
    def values(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that holds at the moment it was asked for, with what its pages need of the user."""

    id: UUID
    user_id: UUID
    started_at: datetime
    last_seen_at: datetime
    ends_at: datetime  # the full length
    idle: timedelta
    content: Mapping[str, Any]
    must_change_password: bool
    theme: Theme
    density: Density
    actor: Actor  # with the teams of that moment
    waiting: int = 0  # what the menu counts, when it was asked for


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lasts. Source: security-and-reliability.md 2.4."""

    idle: timedelta = timedelta(minutes=20)
    idle_privileged: timedelta = timedelta(minutes=15)  # supervisors and administrators
    absolute: timedelta = timedelta(hours=10)
    live_per_user: int = 3

    def idle_for(self, roles: Collection[str]) -> timedelta:
        """The longest pause for somebody with these roles."""
        return self.idle if PRIVILEGED.isdisjoint(roles) else self.idle_privileged

    def is_over(self, roles: Collection[str], started_at: datetime, last_seen_at: datetime, now: datetime) -> bool:
        """Whether a session has reached its pause or its full length; it ends at that very second."""
        return now >= last_seen_at + self.idle_for(roles) or now >= started_at + self.absolute


@dataclass(frozen=True, slots=True)
class Limit:
    """So many times in so many seconds."""

    times: int
    seconds: int


@dataclass(frozen=True, slots=True)
class SignInLimits:
    """How often somebody may try to sign in. Source: security-and-reliability.md 2.8.

    An office signs in from one address at eight, so the address alone is given room.
    """

    account: Limit = Limit(10, 300)
    account_and_address: Limit = Limit(5, 60)
    address: Limit = Limit(300, 300)
    everybody: Limit = Limit(2000, 300)


@dataclass(frozen=True, slots=True)
class Knock:
    """A try to sign in, counted, with what the password is compared to; `user_id` is None when nobody has the name."""

    username: str
    is_allowed: bool
    user_id: UUID | None = None
    password_hash: str = field(default="", repr=False)
    is_active: bool = False
    is_known_place: bool = False  # whether the user has signed in from the same address before

    @property
    def known_id(self) -> UUID:
        """The user's id, once the password was right."""
        if self.user_id is None:
            raise LookupError(self.username)
        return self.user_id


@dataclass(frozen=True, slots=True)
class AccountsGround:
    """What the factory gives the pages of accounts, so that they need neither settings nor a higher feature."""

    hasher: Hasher
    sign_in_limits: SignInLimits
    session_limits: SessionLimits
    open_cases_of: Callable[[UUID], int]  # open cases a user is responsible for
    professions: Callable[[], Sequence[tuple[str, str]]]  # code and name, in the order they are offered


def identity_problems(*, username: str, full_name: str, email: str) -> list[FieldProblem]:
    """What is missing or badly spelled in an account, each at its field."""
    problems: list[FieldProblem] = []
    if not 2 <= len(username) <= 80 or not USERNAME_LETTERS.issuperset(username):
        words = N_("Write a user name of 2–80 characters: letters, numbers and the marks . _ - @")
        problems.append(FieldProblem("username", words))
    if not full_name.strip():
        problems.append(FieldProblem("full_name", N_("Write the name.")))
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email.strip()):
        words = N_("Write the e-mail address in the form name@example.fi")
        problems.append(FieldProblem("email", words))
    return problems


def normal_username(text: str) -> str:
    """The one spelling under which a user name is stored and looked up."""
    return text.strip().lower()


def visitor(*, address: str = "", request_id: str = "") -> Actor:
    """Somebody at the door who has not shown who they are; for the trail of refused sign-ins."""
    return Actor(kind="visitor", id=None, name="visitor", address=address, request_id=request_id)


ROLE_NAMES: Final[dict[Role, Text]] = {
    Role.OWN_WORKER: N_("Own worker"),
    Role.COORDINATOR: N_("Work ability coordinator"),
    Role.SUPERVISOR: N_("Supervisor"),
    Role.ADMIN: N_("Administrator"),
    Role.PRIVACY_OFFICER: N_("Data protection officer"),
}
