"""A lead with a team, and the log's reader, at the moment of the tests."""

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
    """The team of the lead."""
    return create_team(uow, name="Länsi")


@pytest.fixture
def lead(uow: UnitOfWork, team: UUID) -> UserView:
    """The team's lead."""
    return create_user(uow, full_name="Riikka Ahola", roles=(Role.SUPERVISOR,), leads=(team,))


@pytest.fixture
def anna(uow: UnitOfWork, team: UUID) -> UserView:
    """A worker of the team."""
    return create_user(uow, full_name="Anna Mäki", teams=(team,))


@pytest.fixture
def officer(uow: UnitOfWork) -> UserView:
    """The privacy officer."""
    return create_user(uow, full_name="Tiina Tietosuoja", username="tiina", roles=(Role.PRIVACY_OFFICER,))
