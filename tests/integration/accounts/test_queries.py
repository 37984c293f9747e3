"""Staff, teams, deputies, and the actor of a request."""

from datetime import datetime, timedelta

from app.access.actor import Role
from app.accounts import queries
from app.core.uow import UnitOfWork
from tests.factories.accounts import actor_of, create_team, create_user


def test_an_actor_carries_roles_professions_and_teams(uow: UnitOfWork, now: datetime) -> None:
    north, south = create_team(uow), create_team(uow)
    user = create_user(
        uow, roles=(Role.OWN_WORKER, Role.SUPERVISOR), teams=(north,), leads=(south,), username="Matti.M"
    )
    actor = queries.load_actor(uow, user.id, now=now)
    assert actor is not None
    assert (actor.kind, actor.id, actor.username) == ("user", user.id, "matti.m")
    assert actor.roles == {Role.OWN_WORKER, Role.SUPERVISOR}
    assert actor.team_ids == {north, south}
    assert actor.led_team_ids == {south}
    assert actor_of(uow, user) == actor
