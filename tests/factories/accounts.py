"""Teams and staff for tests."""

import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Final
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import update

from app.access.actor import Actor, Role, system_actor
from app.accounts import queries, services, sessions
from app.accounts.domain import Place, SessionLimits, UserView
from app.accounts.models import User
from app.core import clock
from app.core.uow import UnitOfWork
from app.web.session import COOKIE, hash_of
from app.web.wiring import NewSession

# Before every day the tests speak of, so that whoever is made here is in the team on all of them.
LONG_AGO: Final = datetime(2020, 1, 1, 6, 0, tzinfo=UTC)
_number: Final = count(1)


def create_team(uow: UnitOfWork, *, name: str | None = None, now: datetime = LONG_AGO) -> UUID:
    """Make a team and return its id."""
    name = name or f"Tiimi {next(_number)}"
    return services.create_team(uow, name=name, actor=system_actor("system:demo"), now=now)


def create_user(
    uow: UnitOfWork,
    *,
    roles: Iterable[Role] = (Role.OWN_WORKER,),
    teams: Iterable[UUID] = (),
    leads: Iterable[UUID] = (),
    professions: Iterable[str] = ("social_counsellor",),
    username: str | None = None,
    full_name: str | None = None,
    must_change: bool = False,
    now: datetime = LONG_AGO,
) -> UserView:
    """Make an active user, a member of `teams` and lead of `leads`, who has no password yet."""
    number = next(_number)
    places = [Place(team) for team in teams] + [Place(team, is_lead=True) for team in leads]
    user = services.create_user(
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
    # As if they had chosen a password of their own, so that every page opens at once.
    uow.session.execute(update(User).where(User.id == user.id).values(must_change_password=must_change))
    return replace(user, must_change_password=must_change)


def actor_of(uow: UnitOfWork, user: UserView | UUID, *, now: datetime | None = None) -> Actor:
    """The user as an actor, with the teams of `now` (or of the end of 2026)."""
    user_id = user.id if isinstance(user, UserView) else user
    found = queries.load_actor(uow, user_id, now=now or datetime(2026, 12, 31, tzinfo=UTC))
    assert found is not None, "the user is not active"
    return found


def sign_in_as(client: FlaskClient, uow: UnitOfWork, user: UserView | UUID, *, now: datetime | None = None) -> str:
    """Give the test browser a session of the user, begun at `now` (the clock's moment); returns its token."""
    user_id = user.id if isinstance(user, UserView) else user
    token = secrets.token_urlsafe(32)
    new = NewSession(user_id, hash_of(token), address="127.0.0.1", agent="tests", values={"csrf_token": "0" * 40})
    sessions.begin(uow, new, limits=SessionLimits(), now=now or clock.moment())
    uow.commit()
    client.set_cookie(COOKIE, token, domain="polku.test", secure=True, path="/")
    return token
