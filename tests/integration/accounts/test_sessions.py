"""Sessions live to their limit, no longer than their user's account, and are only ever made by signing in."""

import secrets
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from app.access.actor import Role, system_actor
from app.accounts import queries, services, sessions
from app.accounts.domain import LiveSession, SessionLimits, UserView
from app.accounts.models import UserSession
from app.core.crypto import Vault
from app.core.db import make_engine
from app.core.errors import Refused
from app.core.uow import UnitOfWork, unit_of_work
from app.reminders.queries import unseen_of
from app.web.session import hash_of
from app.web.wiring import NewSession
from config.embedded.postgres import APP, Postgres
from tests.conftest import TEMPLATE, database_address
from tests.factories.accounts import actor_of, create_user

DEMO = system_actor("system:demo")
LIMITS = SessionLimits()
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
OF_TOKEN = sessions.token_statement(unseen_of)


def begin(uow: UnitOfWork, user_id: UUID, now: datetime) -> tuple[str, LiveSession]:
    token = secrets.token_urlsafe(32)
    new = NewSession(user_id, hash_of(token), address="10.0.0.7", agent="a browser", values={"csrf_token": "x"})
    return token, sessions.begin(uow, new, limits=LIMITS, now=now)


def lives(uow: UnitOfWork, token: str, now: datetime) -> bool:
    return sessions.find(uow, hash_of(token), limits=LIMITS, now=now, statement=OF_TOKEN) is not None


def count(uow: UnitOfWork) -> int:
    return uow.session.scalar(select(func.count()).select_from(UserSession)) or 0


@pytest.mark.parametrize(("role", "minutes"), [(Role.OWN_WORKER, 20), (Role.SUPERVISOR, 15), (Role.ADMIN, 15)])
def test_a_session_ends_at_the_second_of_its_pause(uow: UnitOfWork, now: datetime, role: Role, minutes: int) -> None:
    token, session = begin(uow, create_user(uow, roles=(role,)).id, now)
    idle = timedelta(minutes=minutes)
    assert session.idle == idle
    assert lives(uow, token, now + idle - SECOND)
    assert not lives(uow, token, now + idle)


def test_use_puts_the_pause_off_but_never_the_full_length(uow: UnitOfWork, now: datetime) -> None:
    token, session = begin(uow, create_user(uow).id, now)
    at = now
    while at + 19 * MINUTE < now + timedelta(hours=10):
        at += 19 * MINUTE
        assert lives(uow, token, at)
        sessions.touch(uow, session.id, now=at)
    end = now + timedelta(hours=10)
    assert session.ends_at == end
    assert lives(uow, token, end - SECOND)
    assert not lives(uow, token, end)


def test_use_is_noted_at_most_once_a_minute(uow: UnitOfWork, now: datetime) -> None:
    token, session = begin(uow, create_user(uow).id, now)
    sessions.touch(uow, session.id, now=now + 59 * SECOND)
    assert not lives(uow, token, now + 20 * MINUTE)
    sessions.touch(uow, session.id, now=now + 60 * SECOND)
    assert lives(uow, token, now + 21 * MINUTE - SECOND)


def test_what_the_database_holds_is_no_cookie(uow: UnitOfWork, now: datetime) -> None:
    token, session = begin(uow, create_user(uow).id, now)
    stored = uow.session.get_one(UserSession, session.id).token_hash
    assert lives(uow, token, now)
    assert token.encode() not in stored
    assert not lives(uow, stored.hex(), now)
    assert not lives(uow, stored.decode("latin-1"), now)


def test_the_fourth_session_ends_the_oldest(uow: UnitOfWork, now: datetime) -> None:
    user = create_user(uow)
    tokens = [begin(uow, user.id, now + MINUTE * number)[0] for number in range(4)]
    at = now + 5 * MINUTE
    assert [lives(uow, token, at) for token in tokens] == [False, True, True, True]
    assert len(sessions.list_of(uow, user.id, limits=LIMITS, now=at)) == 3


def test_sessions_that_are_over_do_not_push_out_live_ones(uow: UnitOfWork, now: datetime) -> None:
    user = create_user(uow)
    used, used_session = begin(uow, user.id, now)
    for number in range(2):
        begin(uow, user.id, now + SECOND * number)
    at = now + 19 * MINUTE
    sessions.touch(uow, used_session.id, now=at)
    begin(uow, user.id, now + 25 * MINUTE)
    assert lives(uow, used, now + 25 * MINUTE)
    assert count(uow) == 2


def test_closing_an_account_ends_its_sessions_in_the_same_transaction(uow: UnitOfWork, now: datetime) -> None:
    user, other = create_user(uow), create_user(uow)
    token, session = begin(uow, user.id, now)
    stays, _ = begin(uow, other.id, now)
    services.deactivate_user(uow, user, actor=DEMO, now=now)
    assert not lives(uow, token, now)
    assert lives(uow, stays, now)
    assert uow.session.scalar(select(UserSession.id).where(UserSession.id == session.id)) is None


def test_a_request_under_way_does_not_bring_an_ended_session_back(uow: UnitOfWork, now: datetime) -> None:
    user = create_user(uow)
    token, session = begin(uow, user.id, now)
    services.deactivate_user(uow, user, actor=DEMO, now=now)
    sessions.save(uow, session.id, {"csrf_token": "y"})
    sessions.touch(uow, session.id, now=now + 2 * MINUTE)
    assert count(uow) == 0
    services.reactivate_user(uow, user, actor=DEMO, now=now)
    assert not lives(uow, token, now)


def test_another_role_signs_the_user_out(uow: UnitOfWork, now: datetime) -> None:
    user = create_user(uow)
    token, _ = begin(uow, user.id, now)
    for roles, stays in (((Role.OWN_WORKER,), True), ((Role.OWN_WORKER, Role.COORDINATOR), False)):
        services.change_user(
            uow,
            user.id,
            expected_version=queries.get_user(uow, user.id).version,
            username=user.username,
            full_name=user.full_name,
            roles=roles,
            professions=(),
            email="",
            phone="",
            places=(),
            actor=DEMO,
            now=now,
        )
        assert lives(uow, token, now) == stays


def test_others_are_ended_and_this_one_stays(uow: UnitOfWork, now: datetime) -> None:
    user = create_user(uow)
    (here, session), (there, _) = begin(uow, user.id, now), begin(uow, user.id, now)
    actor = actor_of(uow, user)
    assert sessions.end_others(uow, actor=replace(actor, session_id=session.id), now=now) == 1
    assert (lives(uow, here, now), lives(uow, there, now)) == (True, False)


def test_rows_of_sessions_that_are_over_are_swept(uow: UnitOfWork, now: datetime) -> None:
    begin(uow, create_user(uow).id, now)
    begin(uow, create_user(uow, roles=(Role.ADMIN,)).id, now)
    assert sessions.forget_over(uow, limits=LIMITS, now=now + 15 * MINUTE - SECOND) == 0
    assert sessions.forget_over(uow, limits=LIMITS, now=now + 15 * MINUTE) == 1
    assert sessions.forget_over(uow, limits=LIMITS, now=now + 20 * MINUTE) == 1


@pytest.fixture
def apart(cluster_admin: Postgres, worker_name: str, vault: Vault) -> Iterator[Engine]:
    """A database of its own, since two transactions must see each other's commits."""
    name = f"polku_sessions_{worker_name}"
    cluster_admin.create_database(name, TEMPLATE)
    engine = make_engine(database_address(APP, name))
    yield engine
    engine.dispose()
    cluster_admin.drop_database(name)


def test_signing_in_waits_for_an_account_that_is_being_closed(apart: Engine, vault: Vault, now: datetime) -> None:
    made = sessionmaker(apart, expire_on_commit=False, autoflush=False)
    with unit_of_work(made, vault) as uow:
        user = create_user(uow)
    answers: list[object] = []
    closing = UnitOfWork(made(), vault)
    services.deactivate_user(closing, user, actor=DEMO, now=now)
    thread = threading.Thread(target=_sign_in, args=(made, vault, user, now, answers))
    thread.start()
    thread.join(0.3)
    assert thread.is_alive()
    closing.commit()
    closing.close()
    thread.join(5)
    assert [type(answer) for answer in answers] == [Refused]
    with unit_of_work(made, vault) as uow:
        assert count(uow) == 0


def _sign_in(made: sessionmaker[Session], vault: Vault, user: UserView, now: datetime, answers: list[object]) -> None:
    try:
        with unit_of_work(made, vault) as uow:
            answers.append(begin(uow, user.id, now))
    except Refused as refused:
        answers.append(refused)
