"""Accounts, places in teams and absences: what is refused, and what an act carries with it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.access.actor import Actor, Role, system_actor
from app.accounts import queries, services
from app.accounts.domain import Density, Place, Theme, UserView
from app.accounts.models import User
from app.accounts.passwords import Hasher
from app.audit.models import AuditEvent
from app.core.errors import Conflict, Forbidden, NotFound, Refused
from app.core.ids import new_id
from app.core.uow import UnitOfWork
from tests.factories.accounts import actor_of, create_team, create_user

DEMO = system_actor("system:demo")
DAY = timedelta(days=1)
GOOD = "vihreä lentävä matto 7"


@pytest.fixture
def hasher() -> Hasher:
    return Hasher(memory_kib=8, time_cost=1, parallelism=1)


@pytest.fixture
def admin(uow: UnitOfWork) -> Actor:
    return actor_of(uow, create_user(uow, roles=(Role.ADMIN,)))


def change(uow: UnitOfWork, user: UserView, *, actor: Actor, now: datetime, **wishes: Any) -> None:  # noqa: ANN401 - fields of a form
    form: Mapping[str, Any] = {
        "expected_version": user.version,
        "username": user.username,
        "full_name": user.full_name,
        "roles": user.roles,
        "professions": user.professions,
        "email": user.email,
        "phone": user.phone,
        "places": [Place(team, is_lead=team in user.led_team_ids) for team in user.team_ids],
    }
    services.change_user(uow, user.id, **{**form, **wishes}, actor=actor, now=now)


def trail(uow: UnitOfWork, action: str) -> list[AuditEvent]:
    return list(uow.session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)))


def test_only_an_administrator_makes_users_and_teams(uow: UnitOfWork, now: datetime) -> None:
    lead = actor_of(uow, create_user(uow, roles=(Role.SUPERVISOR, Role.COORDINATOR)))
    with pytest.raises(Forbidden):
        services.create_user(uow, username="uusi", full_name="Uusi", roles=(), actor=lead, now=now)
    with pytest.raises(Forbidden):
        services.create_team(uow, name="Uusi", actor=lead, now=now)
    with pytest.raises(Forbidden):
        change(uow, create_user(uow), actor=lead, now=now)


def test_a_user_name_is_given_once_whatever_its_letter_case(uow: UnitOfWork, admin: Actor, now: datetime) -> None:
    create_user(uow, username="aino")
    with pytest.raises(Refused) as refused:
        services.create_user(uow, username="AINO", full_name="", roles=(), email="x", actor=admin, now=now)
    assert {reason.field for reason in refused.value.reasons} == {"username", "full_name", "email"}


def test_a_change_of_places_grows_the_version_so_that_a_second_form_is_refused(
    uow: UnitOfWork, admin: Actor, now: datetime
) -> None:
    north, south = create_team(uow), create_team(uow)
    user = create_user(uow, teams=(north,))
    change(uow, user, actor=admin, now=now, places=[Place(south, is_lead=True)])
    after = queries.get_user(uow, user.id)
    assert after.team_ids == after.led_team_ids == {south}
    with pytest.raises(Conflict):
        change(uow, user, actor=admin, now=now + DAY)


def test_a_member_becomes_lead_without_a_gap(uow: UnitOfWork, admin: Actor, now: datetime) -> None:
    team = create_team(uow)
    user = create_user(uow, teams=(team,))
    change(uow, user, actor=admin, now=now, places=[Place(team, is_lead=True)])
    before, after = (actor_of(uow, user, now=at) for at in (now - DAY, now))
    assert (before.team_ids, before.led_team_ids) == (frozenset({team}), frozenset())
    assert after.team_ids == after.led_team_ids == {team}


def test_a_closed_team_takes_nobody_in(uow: UnitOfWork, admin: Actor, now: datetime) -> None:
    team = create_team(uow)
    services.close_team(uow, team, expected_version=1, actor=admin, now=now)
    with pytest.raises(Refused):
        services.join_team(uow, create_user(uow).id, team, actor=admin, now=now)
    assert team not in queries.open_team_names(uow)


def test_a_team_with_members_is_not_closed(uow: UnitOfWork, admin: Actor, now: datetime) -> None:
    team = create_team(uow)
    users = [create_user(uow, teams=(team,)) for _ in range(2)]
    with pytest.raises(Refused, match="2 members"):
        services.close_team(uow, team, expected_version=1, actor=admin, now=now)
    services.leave_team(uow, users[0].id, team, actor=admin, now=now)
    services.deactivate_user(uow, users[1], actor=admin, now=now)
    services.close_team(uow, team, expected_version=1, actor=admin, now=now)
    assert not queries.get_team(uow, team, now).is_active


def test_a_team_name_is_given_once_and_changed_by_whoever_saw_it_last(
    uow: UnitOfWork, admin: Actor, now: datetime
) -> None:
    create_team(uow, name="Pohjoinen")
    south = create_team(uow, name="Etelä")
    with pytest.raises(Refused):
        services.change_team(uow, south, expected_version=1, name="pohjoinen", actor=admin, now=now)
    services.change_team(uow, south, expected_version=1, name="Länsi", actor=admin, now=now)
    with pytest.raises(Conflict):
        services.change_team(uow, south, expected_version=1, name="Itä", actor=admin, now=now)


def test_nobody_closes_their_own_account(uow: UnitOfWork, admin: Actor, now: datetime) -> None:
    create_user(uow, roles=(Role.ADMIN,))
    with pytest.raises(Refused, match="your own"):
        services.deactivate_user(uow, queries.get_user(uow, admin.user_id), actor=admin, now=now)


def test_the_last_administrator_stays_one(uow: UnitOfWork, admin: Actor, now: datetime) -> None:
    user = queries.get_user(uow, admin.user_id)
    with pytest.raises(Refused) as refused:
        change(uow, user, actor=admin, now=now, roles=[Role.SUPERVISOR])
    assert refused.value.field == "roles"
    with pytest.raises(Refused, match="last administrator"):
        services.deactivate_user(uow, user, actor=DEMO, now=now)
    create_user(uow, roles=(Role.ADMIN,))
    change(uow, user, actor=admin, now=now, roles=[Role.SUPERVISOR])
    assert queries.get_user(uow, user.id).roles == {Role.SUPERVISOR}


def test_a_closed_administrator_does_not_count_as_one(uow: UnitOfWork, admin: Actor, now: datetime) -> None:
    other = create_user(uow, roles=(Role.ADMIN,))
    services.deactivate_user(uow, other, actor=admin, now=now)
    with pytest.raises(Refused):
        services.deactivate_user(uow, queries.get_user(uow, admin.user_id), actor=DEMO, now=now)


def test_somebody_with_open_cases_is_not_closed_and_the_count_is_told(
    uow: UnitOfWork, admin: Actor, now: datetime
) -> None:
    user = create_user(uow)
    with pytest.raises(Refused, match="3 open cases"):
        services.deactivate_user(uow, user, actor=admin, now=now, open_cases=3)
    assert queries.get_user(uow, user.id).is_active


def test_a_closed_account_is_opened_again_with_its_places(uow: UnitOfWork, admin: Actor, now: datetime) -> None:
    team = create_team(uow)
    user = create_user(uow, teams=(team,))
    services.deactivate_user(uow, user, actor=admin, now=now)
    services.deactivate_user(uow, user, actor=admin, now=now)
    services.reactivate_user(uow, user, actor=admin, now=now + DAY)
    services.reactivate_user(uow, user, actor=admin, now=now + DAY)
    after = queries.get_user(uow, user.id, now=now + DAY)
    assert (after.is_active, after.team_ids, after.must_change_password) == (True, frozenset({team}), True)
    assert [len(trail(uow, action)) for action in ("user_deactivated", "user_reactivated")] == [1, 1]


def test_a_given_password_is_to_be_changed_and_a_poor_one_is_refused(
    uow: UnitOfWork, admin: Actor, hasher: Hasher, now: datetime
) -> None:
    user = create_user(uow, username="aino")
    with pytest.raises(Refused) as refused:
        services.set_password(uow, user.id, "aino aino aino aino", hasher=hasher, actor=admin, now=now)
    assert refused.value.field == "password"
    services.set_password(uow, user.id, GOOD, hasher=hasher, actor=admin, now=now)
    stored = uow.session.get_one(User, user.id)
    assert stored.password_hash.startswith("$argon2id$")
    assert stored.must_change_password
    assert GOOD not in stored.password_hash


def test_ones_own_password_is_changed_by_whoever_knows_the_present_one(
    uow: UnitOfWork, admin: Actor, hasher: Hasher, now: datetime
) -> None:
    services.set_password(uow, admin.user_id, GOOD, hasher=hasher, actor=admin, now=now)

    def wish(current: str, password: str) -> None:
        services.change_own_password(uow, current=current, password=password, hasher=hasher, actor=admin, now=now)

    for current, password, field in (
        ("wrong", "punainen hidas juna", "current_password"),
        (GOOD, GOOD, "password"),
        (GOOD, "short", "password"),
    ):
        with pytest.raises(Refused) as refused:
            wish(current, password)
        assert refused.value.field == field
    wish(GOOD, "punainen hidas juna")
    stored = uow.session.get_one(User, admin.user_id)
    assert hasher.matches(stored.password_hash, "punainen hidas juna")
    assert not stored.must_change_password


def test_the_look_is_kept_and_does_not_make_an_open_form_old(uow: UnitOfWork, admin: Actor, now: datetime) -> None:
    before = queries.get_user(uow, admin.user_id)
    services.choose_look(uow, theme=Theme.DARK, density=Density.COMPACT, actor=admin, now=now)
    after = queries.get_user(uow, admin.user_id)
    assert (after.theme, after.density, after.version) == (Theme.DARK, Density.COMPACT, before.version)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [(5, 4, "to_on"), (0, 1, "from_on"), (2, 9, "from_on"), (-5, 0, "from_on"), (-1, 9, "from_on")],
)
def test_days_away_are_in_order_and_noted_once(
    uow: UnitOfWork, admin: Actor, now: datetime, today: date, first: int, last: int, field: str
) -> None:
    user = create_user(uow)
    services.add_absence(uow, user.id, from_on=today, to_on=today + 2 * DAY, deputy_id=None, actor=admin, now=now)
    with pytest.raises(Refused) as refused:
        services.add_absence(
            uow, user.id, from_on=today + first * DAY, to_on=today + last * DAY, deputy_id=None, actor=admin, now=now
        )
    assert refused.value.field == field


def test_a_deputy_is_somebody_else_who_is_there(uow: UnitOfWork, admin: Actor, now: datetime, today: date) -> None:
    user, gone = create_user(uow), create_user(uow)
    services.deactivate_user(uow, gone, actor=admin, now=now)
    for deputy in (user.id, gone.id, new_id()):
        with pytest.raises(Refused) as refused:
            services.add_absence(uow, user.id, from_on=today, to_on=today, deputy_id=deputy, actor=admin, now=now)
        assert refused.value.field == "deputy"


def test_an_absence_is_removed_by_its_user_and_id(uow: UnitOfWork, admin: Actor, now: datetime, today: date) -> None:
    user, other = create_user(uow), create_user(uow)
    made = services.add_absence(uow, user.id, from_on=today, to_on=today, deputy_id=None, actor=admin, now=now)
    services.remove_absence(uow, other.id, made, actor=admin, now=now)
    assert len(queries.absences_of(uow, user.id, since=today)) == 1
    services.remove_absence(uow, user.id, made, actor=admin, now=now)
    services.remove_absence(uow, user.id, made, actor=admin, now=now)
    assert queries.absences_of(uow, user.id, since=today) == []


def test_what_is_not_there_cannot_be_changed(uow: UnitOfWork, admin: Actor, now: datetime) -> None:
    with pytest.raises(NotFound):
        services.change_team(uow, new_id(), expected_version=1, name="x", actor=admin, now=now)
    with pytest.raises(NotFound):
        services.add_absence(uow, new_id(), from_on=now.date(), to_on=now.date(), deputy_id=None, actor=admin, now=now)


def test_the_trail_tells_roles_and_no_names(uow: UnitOfWork, admin: Actor, now: datetime) -> None:
    user = create_user(uow, full_name="Salainen Nimi")
    change(uow, user, actor=admin, now=now, roles=[Role.COORDINATOR], full_name="Toinen Nimi")
    (event,) = trail(uow, "user_changed")
    assert event.detail["before"]["roles"] == ["own_worker"]
    assert event.detail["after"]["roles"] == ["coordinator"]
    assert "Nimi" not in str(event.detail)
