"""Teams and staff for tests."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count
from typing import Final
from uuid import UUID

from app.access.actor import Actor, Role, system_actor
from app.accounts import queries, services
from app.accounts.domain import Place, UserView
from app.core.uow import UnitOfWork

# Before every day the tests speak of, so that whoever is made here is in the team on all of them.
LONG_AGO: Final = datetime(2020, 1, 1, 6, 0, tzinfo=UTC)
_number: Final = count(1)


def create_team(uow: UnitOfWork, *, name: str | None = None, now: datetime = LONG_AGO) -> UUID:
    """Make a team and return its id."""
    name = name or f"Tiimi {next(_number)}"
    return services.create_team(uow, name=name, actor=system_actor("system:demo"), now=now)


def create_user(  # noqa: PLR0913 - every keyword has a default
    uow: UnitOfWork,
    *,
    roles: Iterable[Role] = (Role.OWN_WORKER,),
    teams: Iterable[UUID] = (),
    leads: Iterable[UUID] = (),
    professions: Iterable[str] = ("social_counsellor",),
    username: str | None = None,
    full_name: str | None = None,
    now: datetime = LONG_AGO,
) -> UserView:
    """Make an active user without a password, a member of `teams` and lead of `leads`."""
    number = next(_number)
    places = [Place(team) for team in teams] + [Place(team, is_lead=True) for team in leads]
    return services.create_user(
        uow,
        username=username or f"kayttaja{number}",
        full_name=full_name or f"Käyttäjä {number}",
        roles=tuple(roles),
        professions=tuple(professions),
        email=f"kayttaja{number}@polku.test",
        places=places,
        actor=system_actor("system:demo"),
        now=now,
    )


def actor_of(uow: UnitOfWork, user: UserView | UUID, *, now: datetime | None = None) -> Actor:
    """The user as an actor, with the teams of `now` (or of the end of 2026)."""
    user_id = user.id if isinstance(user, UserView) else user
    found = queries.load_actor(uow, user_id, now=now or datetime(2026, 12, 31, tzinfo=UTC))
    assert found is not None, "the user is not active"
    return found
