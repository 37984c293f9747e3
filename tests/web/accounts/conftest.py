"""A clock that stands where the test puts it, and users with passwords."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from app.access.actor import Role, system_actor
from app.accounts import services
from app.accounts.domain import UserView
from app.accounts.passwords import Hasher
from app.core import clock
from app.core.uow import UnitOfWork
from tests.factories.accounts import create_user, sign_in_as
from tests.strict import StrictClient

PASSWORD = "vihreä lentävä matto 7"


@pytest.fixture
def at(app: object, now: datetime) -> Iterator[Callable[[datetime], None]]:
    """Put the clock to an instant; it stands at `now` when the test begins."""
    clock.configure(now.isoformat())
    yield lambda instant: clock.configure(instant.isoformat())
    clock.configure(None)


@pytest.fixture
def worker(uow: UnitOfWork, at: object) -> UserView:
    """An own worker with a password."""
    user = create_user(uow, username="matti", full_name="Matti Meikäläinen")
    give_password(uow, user)
    return user


@pytest.fixture
def admin(uow: UnitOfWork, client: StrictClient, at: object) -> UserView:
    """An administrator who has signed in."""
    user = create_user(uow, username="paula", full_name="Paula Pääkäyttäjä", roles=(Role.ADMIN,))
    give_password(uow, user)
    sign_in_as(client, uow, user)
    return user


def give_password(uow: UnitOfWork, user: UserView, password: str = PASSWORD, *, must_change: bool = False) -> None:
    """Give the user a password, cheaply hashed."""
    hasher = Hasher(memory_kib=8, time_cost=1, parallelism=1)
    actor, now = system_actor("system:demo"), clock.moment()
    services.set_password(uow, user.id, password, hasher=hasher, must_change=must_change, actor=actor, now=now)
    uow.commit()
