"""Staff, teams, deputies, and the actor of a request."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event

from app.access.actor import Role, system_actor
from app.accounts import queries, services
from app.core.errors import NotFound
from app.core.ids import new_id
from app.core.uow import UnitOfWork
from tests.factories.accounts import actor_of, create_team, create_user

DEMO = system_actor("system:demo")
DAY = timedelta(days=1)


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


def test_an_actor_is_read_in_one_statement(uow: UnitOfWork, now: datetime) -> None:
    user = create_user(uow, teams=(create_team(uow), create_team(uow)))
    statements: list[str] = []
    engine = uow.session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    queries.load_actor(uow, user.id, now=now)
    assert len(statements) == 1


def test_nobody_and_a_closed_account_make_no_actor(uow: UnitOfWork, now: datetime) -> None:
    user = create_user(uow)
    services.deactivate_user(uow, user, actor=DEMO, now=now)
    assert queries.load_actor(uow, user.id, now=now) is None
    assert queries.load_actor(uow, new_id(), now=now) is None


def test_a_place_counts_from_its_first_instant_to_its_last(uow: UnitOfWork, now: datetime) -> None:
    team = create_team(uow)
    user = create_user(uow)
    services.join_team(uow, user.id, team, actor=DEMO, now=now)
    services.leave_team(uow, user.id, team, actor=DEMO, now=now + DAY)
    second = timedelta(seconds=1)
    moments = (now - second, now, now + DAY - second, now + DAY)
    assert [team in actor_of(uow, user, now=at).team_ids for at in moments] == [False, True, True, False]


def test_workers_of_teams_are_the_active_own_workers_in_finnish_order(uow: UnitOfWork, now: datetime) -> None:
    north, south = create_team(uow), create_team(uow)
    names = ("Örn Oskari", "Aalto Aino", "Åberg Åke", "Äijälä Outi")
    made = [create_user(uow, full_name=name, teams=(north, south)) for name in names]
    gone = create_user(uow, full_name="Aho Anna", teams=(north,))
    services.deactivate_user(uow, gone, actor=DEMO, now=now)
    create_user(uow, roles=(Role.SUPERVISOR,), leads=(north,))
    found = queries.workers_of_teams(uow, [north, south], now)
    assert [user.full_name for user in found] == ["Aalto Aino", "Åberg Åke", "Äijälä Outi", "Örn Oskari"]
    assert {user.id for user in found} == {user.id for user in made}
    assert found[0].team_ids == {north, south}
    assert queries.workers_of_teams(uow, [], now) == []


def test_users_are_found_by_name_however_it_is_spelled(uow: UnitOfWork) -> None:
    user = create_user(uow, username="anna.mäki")
    assert queries.users_by_name(uow, ["Anna.Mäki", "nobody"]) == {"Anna.Mäki": queries.get_user(uow, user.id)}
    assert queries.users_by_name(uow, []) == {}
    assert queries.full_names(uow, [user.id, new_id()]) == {user.id: user.full_name}
    assert queries.full_names(uow, []) == {}


def test_a_user_or_team_that_is_not_there_is_not_found(uow: UnitOfWork, now: datetime) -> None:
    assert queries.find_user(uow, new_id()) is None
    with pytest.raises(NotFound):
        queries.get_user(uow, new_id())
    with pytest.raises(NotFound):
        queries.get_team(uow, new_id(), now)


def test_the_primary_team_is_the_one_of_longest_standing(uow: UnitOfWork, now: datetime) -> None:
    old, new = create_team(uow), create_team(uow)
    user = create_user(uow)
    assert queries.primary_team_of(uow, user.id, now) is None
    services.join_team(uow, user.id, new, actor=DEMO, now=now - DAY)
    services.join_team(uow, user.id, old, actor=DEMO, now=now - 2 * DAY)
    assert queries.primary_team_of(uow, user.id, now) == old


def test_leads_are_the_active_ones(uow: UnitOfWork, now: datetime) -> None:
    team = create_team(uow, name="Pohjoinen")
    lead = create_user(uow, full_name="Lehto Liisa", leads=(team,), roles=(Role.SUPERVISOR,))
    gone = create_user(uow, leads=(team,), roles=(Role.SUPERVISOR,))
    create_user(uow, teams=(team,))
    services.deactivate_user(uow, gone, actor=DEMO, now=now)
    assert queries.leads_of(uow, team, now) == [lead.id]
    view = queries.get_team(uow, team, now)
    assert (view.name, view.member_count, view.leads) == ("Pohjoinen", 2, ("Lehto Liisa",))
    assert queries.team_names(uow)[team] == "Pohjoinen"
