"""Signed-in browsers of a worker, a lead and a colleague, and a client of theirs."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app.access.actor import Role
from app.accounts.domain import UserView
from app.clients import services
from app.core import clock
from app.core.uow import UnitOfWork
from tests.factories.accounts import actor_of, create_team, create_user, sign_in_as
from tests.factories.cases import create_case
from tests.factories.clients import create_client
from tests.strict import StrictClient

Browser = Callable[[UserView], StrictClient]


class Scene:
    """A team with its lead, a responsible worker and a colleague, and a client with address protection."""

    def __init__(self, uow: UnitOfWork, now: datetime) -> None:
        self.team = create_team(uow, name="Lahden tiimi")
        self.worker = create_user(uow, teams=(self.team,), full_name="Anna Mäki")
        self.colleague = create_user(uow, teams=(self.team,), full_name="Juha Laine")
        self.lead = create_user(uow, roles=(Role.SUPERVISOR,), leads=(self.team,), full_name="Sari Koskinen")
        self.client_id = self.of_team(uow, protected=True, last_name="Aalto", municipality="016")
        services.assign_handler_for_worker(uow, self.client_id, self.worker.id, actor=actor_of(uow, self.lead), now=now)
        uow.commit()

    def of_team(self, uow: UnitOfWork, **details: Any) -> UUID:  # noqa: ANN401 - any keyword of the factory
        """Another client of the worker."""
        client_id = create_client(uow, **details)
        create_case(uow, client_id=client_id, team=self.team, worker=self.worker)
        services.file_under_teams(uow, client_id)
        uow.commit()
        return client_id


@pytest.fixture(autouse=True)
def standing_clock(app: Flask, now: datetime) -> Iterator[None]:
    """Stand at the moment of all tests."""
    del app  # the application sets the clock when it is made
    clock.configure(now.isoformat())
    yield
    clock.configure(None)


@pytest.fixture
def scene(uow: UnitOfWork, now: datetime) -> Scene:
    """The people and their client."""
    return Scene(uow, now)


@pytest.fixture
def browser(app: Flask, uow: UnitOfWork) -> Browser:
    """A browser of the user's own, signed in."""

    def of(user: UserView) -> StrictClient:
        made = app.test_client()
        assert isinstance(made, StrictClient)
        sign_in_as(made, uow, user)
        return made

    return of
