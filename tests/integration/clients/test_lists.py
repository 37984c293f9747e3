"""The list of clients and the count of opened pages."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.access.actor import Actor
from app.audit.models import AuditEvent
from app.clients import queries, services
from app.clients.domain import ClientListFilter
from app.core.errors import TooMany
from app.core.uow import UnitOfWork
from tests.factories.accounts import actor_of, create_team, create_user
from tests.factories.cases import create_case
from tests.factories.clients import create_client

ALL = ClientListFilter()


@pytest.fixture
def anna(uow: UnitOfWork) -> Actor:
    """An own worker."""
    return actor_of(uow, create_user(uow, teams=(create_team(uow),)))


def test_few_clients_stand_in_finnish_order(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    for last_name in ("Öhman", "Aalto", "Äijö", "Zetterberg"):
        create_client(uow, last_name=last_name, actor=anna)
    create_client(uow, last_name="Vieras")
    found = services.list_clients(uow, ALL, actor=anna, now=now)
    assert [one.last_name for one in found.rows] == ["Aalto", "Zetterberg", "Äijö", "Öhman"]
    assert (found.total, found.next_cursor) == (4, None)
    row = uow.session.scalars(select(AuditEvent).where(AuditEvent.action == "listed")).one()
    assert (row.purpose, len(row.client_ids or ())) == ("team", 4)


def test_many_clients_come_in_pages_by_reference_there_and_back(
    uow: UnitOfWork, now: datetime, anna: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "NAME_ORDER_UP_TO", 4)
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    made = [create_client(uow, actor=anna) for _ in range(5)]
    first = services.list_clients(uow, ALL, actor=anna, now=now)
    second = services.list_clients(uow, ALL, actor=anna, now=now, cursor=first.next_cursor)
    third = services.list_clients(uow, ALL, actor=anna, now=now, cursor=second.next_cursor)
    assert [one.id for page in (first, second, third) for one in page.rows] == made
    assert (first.previous_cursor, third.next_cursor, first.total) == (None, None, 5)
    back = services.list_clients(uow, ALL, actor=anna, now=now, cursor=third.previous_cursor)
    assert [one.id for one in back.rows] == made[2:4]
    assert services.list_clients(uow, ALL, actor=anna, now=now, cursor="väärä").rows == first.rows


def test_my_own_are_those_i_stand_beside(uow: UnitOfWork, now: datetime) -> None:
    team = create_team(uow)
    user = create_user(uow, teams=(team,))
    anna = actor_of(uow, user)
    mine = create_case(uow, team=team, worker=user).client_id
    create_case(uow, team=team, worker=create_user(uow, teams=(team,)))
    found = services.list_clients(uow, ClientListFilter(is_mine=True), actor=anna, now=now)
    assert [one.id for one in found.rows] == [mine]
    assert services.list_clients(uow, ALL, actor=anna, now=now).total == 2


def test_a_town_never_finds_a_person_with_address_protection(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    open_one = create_client(uow, actor=anna, municipality="111")
    create_client(uow, actor=anna, municipality="111", protected=True)
    found = services.list_clients(uow, ClientListFilter(municipality_code="111"), actor=anna, now=now)
    assert [one.id for one in found.rows] == [open_one]


def test_the_language_narrows_the_list(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    swedish = create_client(uow, actor=anna, contact_language="sv")
    create_client(uow, actor=anna)
    found = services.list_clients(uow, ClientListFilter(language="sv"), actor=anna, now=now)
    assert [one.id for one in found.rows] == [swedish]


def alerts(uow: UnitOfWork) -> int:
    """How many alerts the trail has."""
    counted = uow.session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "many_views"))
    return counted or 0


def test_many_opened_pages_alert_once_an_hour_and_end_at_the_hard_limit(
    uow: UnitOfWork, now: datetime, anna: Actor
) -> None:
    for _ in range(3):
        services.count_view(uow, anna, now, soft=3, hard=6)
    assert alerts(uow) == 0
    for _ in range(3):
        services.count_view(uow, anna, now, soft=3, hard=6)
    assert alerts(uow) == 1
    with pytest.raises(TooMany):
        services.count_view(uow, anna, now, soft=3, hard=6)
    later = now + timedelta(hours=2)
    for _ in range(5):
        services.count_view(uow, anna, later, soft=3, hard=6)
    assert alerts(uow) == 2


def test_one_persons_pages_do_not_count_for_another(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    juha = actor_of(uow, create_user(uow))
    for actor in (anna, juha, anna, juha):
        services.count_view(uow, actor, now, soft=2, hard=2)
