"""A coordinator and the workers of the team, at the moment of the tests."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import pytest

from app.access.actor import Role
from app.accounts.domain import UserView
from app.core import clock
from app.core.uow import UnitOfWork
from tests.factories.accounts import create_team, create_user


@pytest.fixture(autouse=True)
def at_nine(app: object, now: datetime) -> Iterator[None]:
    """Let the clock stand at the moment of the tests."""
    clock.configure(now.isoformat())
    yield
    clock.configure(None)


@pytest.fixture
def team(uow: UnitOfWork) -> UUID:
    """The team of the coordinator."""
    return create_team(uow, name="Länsi")


@pytest.fixture
def coordinator(uow: UnitOfWork, team: UUID) -> UserView:
    """The coordinator."""
    return create_user(uow, full_name="Kirsi Koordinaattori", roles=(Role.COORDINATOR,), teams=(team,))


@pytest.fixture
def anna(uow: UnitOfWork, team: UUID) -> UserView:
    """A worker whose profession the pathways name."""
    return create_user(uow, full_name="Anna Mäki", teams=(team,))


@pytest.fixture
def juha(uow: UnitOfWork, team: UUID) -> UserView:
    """A worker whose profession they do not name."""
    return create_user(uow, full_name="Juha Laine", teams=(team,), professions=("physiotherapist",))
