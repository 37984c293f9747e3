"""A worker who has signed in, with a case of their own; the clock stands at nine on 24.11.2026."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import pytest

from app.access.actor import Actor, Role
from app.accounts.domain import UserView
from app.cases.domain import CaseView
from app.core import clock
from app.core.uow import UnitOfWork
from tests.factories.accounts import actor_of, create_team, create_user, sign_in_as
from tests.factories.cases import create_case
from tests.factories.clients import a_code, create_client
from tests.strict import StrictClient


@pytest.fixture(autouse=True)
def _still_clock(app: object, now: datetime) -> Iterator[None]:
    clock.configure(now.isoformat())
    yield
    clock.configure(None)


@dataclass
class Desk:
    """The worker, their team and their case, and the browser in which they are signed in."""

    uow: UnitOfWork
    browser: StrictClient
    team: UUID
    worker: UserView
    actor: Actor
    case: CaseView
    now: datetime

    @property
    def path(self) -> str:
        return f"/polut/{self.case.id}"

    def sign_in(self, user: UserView) -> None:
        sign_in_as(self.browser, self.uow, user)


@pytest.fixture
def desk(uow: UnitOfWork, client: StrictClient, now: datetime) -> Desk:
    """An own worker at their desk."""
    team = create_team(uow)
    worker = create_user(uow, roles=(Role.OWN_WORKER,), teams=(team,), full_name="Matti Meikäläinen")
    person = create_client(uow, last_name="Koivula", first_names="Aino Maria", call_name="Aino", identity_code=a_code())
    case = create_case(uow, client_id=person, worker=worker, team=team, opened_on=date(2026, 11, 2))
    uow.commit()
    sign_in_as(client, uow, worker)
    return Desk(uow, client, team, worker, actor_of(uow, worker), case, now)
