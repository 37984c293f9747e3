"""A worker with a caseload, signed in, at the moment of the tests."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
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
    """The team of the worker."""
    return create_team(uow, name="Länsi")


@pytest.fixture
def worker(uow: UnitOfWork, team: UUID) -> UserView:
    """An own worker of the team."""
    return create_user(uow, full_name="Anna Mäki", teams=(team,))


@pytest.fixture
def lead(uow: UnitOfWork, team: UUID) -> UserView:
    """The team's lead."""
    return create_user(uow, full_name="Riikka Ahola", roles=(Role.SUPERVISOR,), leads=(team,))


def in_days(days: int, today: date = date(2026, 11, 24)) -> date:
    """A day counted from the day of the tests."""
    return today + timedelta(days=days)
