"""An account is closed when nobody is left behind."""

from datetime import date, datetime
from uuid import UUID

import pytest

from app.access.actor import Actor, Role
from app.accounts import queries as accounts
from app.accounts.domain import UserView
from app.cases import queries as cases
from app.coordination import services
from app.coordination.queries import open_cases_of
from app.core.errors import Forbidden, Refused
from app.core.uow import UnitOfWork
from tests.factories.accounts import actor_of, create_team, create_user
from tests.factories.cases import create_case
from tests.factories.network import assign


@pytest.fixture
def team(uow: UnitOfWork) -> UUID:
    return create_team(uow)


@pytest.fixture
def worker(uow: UnitOfWork, team: UUID) -> UserView:
    return create_user(uow, teams=(team,))


@pytest.fixture
def admin(uow: UnitOfWork) -> Actor:
    return actor_of(uow, create_user(uow, roles=(Role.ADMIN,)))


def test_a_user_who_answers_for_cases_stays_and_the_number_is_told(
    uow: UnitOfWork, worker: UserView, admin: Actor, now: datetime
) -> None:
    first = [assign(uow, create_case(uow), worker, now=date(2026, 11, 3)) for _ in range(3)]

    with pytest.raises(Refused) as refusal:
        services.deactivate_user(uow, worker.id, actor=admin, now=now)

    assert "3 open cases" in str(refusal.value)
    assert accounts.get_user(uow, worker.id).is_active
    assert {cases.case_of(uow, case.id).worker_id for case in first} == {worker.id}


def test_cases_of_others_and_closed_cases_do_not_keep_an_account_open(
    uow: UnitOfWork, worker: UserView, admin: Actor, team: UUID, now: datetime
) -> None:
    other = create_user(uow, teams=(team,))
    case = assign(uow, create_case(uow), worker, now=date(2026, 11, 3))
    assign(uow, case, other, now=date(2026, 11, 10))

    assert (open_cases_of(uow, worker.id), open_cases_of(uow, other.id)) == (0, 1)
    services.deactivate_user(uow, worker.id, actor=admin, now=now)

    assert not accounts.get_user(uow, worker.id).is_active


def test_only_an_administrator_closes_accounts(uow: UnitOfWork, worker: UserView, now: datetime) -> None:
    with pytest.raises(Forbidden):
        services.deactivate_user(uow, worker.id, actor=actor_of(uow, create_user(uow)), now=now)
