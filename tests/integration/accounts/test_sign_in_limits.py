"""Guessing is slow, an office signs in at eight, and nobody is locked out by strangers."""

import statistics
import time
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.access.actor import system_actor
from app.accounts import queries, services, sessions
from app.accounts.domain import Knock, Limit, SignInLimits, UserView, visitor
from app.accounts.models import User
from app.accounts.passwords import Hasher
from app.audit.models import AuditEvent
from app.core.uow import UnitOfWork
from tests.factories.accounts import actor_of, create_user

LIMITS = SignInLimits()
PASSWORD = "vihreä lentävä matto 7"
SECOND = timedelta(seconds=1)


@pytest.fixture
def hasher() -> Hasher:
    return Hasher(memory_kib=8, time_cost=1, parallelism=1)


def knock(uow: UnitOfWork, username: str, address: str, now: datetime) -> Knock:
    return sessions.knock(uow, username, address=address, limits=LIMITS, actor=visitor(address=address), now=now)


def get_in(uow: UnitOfWork, user: UserView, address: str, hasher: Hasher, now: datetime) -> bool:
    tried = knock(uow, user.username, address, now)
    if not tried.is_allowed or not sessions.is_right(hasher, tried, PASSWORD):
        return False
    actor = actor_of(uow, user)
    sessions.sign_in(uow, tried, PASSWORD, address=address, hasher=hasher, limits=LIMITS, actor=actor, now=now)
    return True


def with_password(uow: UnitOfWork, user: UserView, hasher: Hasher, now: datetime) -> UserView:
    demo = system_actor("system:demo")
    services.set_password(uow, user.id, PASSWORD, hasher=hasher, must_change=False, actor=demo, now=now)
    return user


def test_of_a_thousand_guesses_at_twenty_accounts_ten_each_reach_the_hash(
    uow: UnitOfWork, hasher: Hasher, now: datetime
) -> None:
    users = [with_password(uow, create_user(uow), hasher, now) for _ in range(20)]
    bystander = with_password(uow, create_user(uow), hasher, now)
    reached: Counter[str] = Counter()
    for number in range(1000):
        name = users[number % 20].username
        address = f"203.0.113.{number // 20}"
        reached[name] += knock(uow, name, address, now + number * SECOND * 0.29).is_allowed
    assert max(reached.values()) <= 10
    assert get_in(uow, bystander, "10.0.0.9", hasher, now + 290 * SECOND)


def test_from_one_address_five_tries_a_minute_reach_one_account(uow: UnitOfWork, now: datetime) -> None:
    user = create_user(uow)
    assert sum(knock(uow, user.username, "203.0.113.5", now).is_allowed for _ in range(50)) == 5


def test_guesses_made_elsewhere_do_not_lock_the_user_out_of_their_own_place(
    uow: UnitOfWork, hasher: Hasher, now: datetime
) -> None:
    user = with_password(uow, create_user(uow), hasher, now)
    assert get_in(uow, user, "10.0.0.9", hasher, now)
    for number in range(100):
        knock(uow, user.username, f"203.0.113.{number}", now)
    assert not knock(uow, user.username, "203.0.113.200", now).is_allowed
    assert get_in(uow, user, "10.0.0.9", hasher, now)


def test_an_office_of_three_hundred_behind_one_address_gets_in(uow: UnitOfWork, hasher: Hasher, now: datetime) -> None:
    stored = hasher.hash(PASSWORD)
    office = [
        User(username=f"toimisto{number}", full_name=f"Toimisto {number}", password_hash=stored, created_at=now)
        for number in range(300)
    ]
    uow.session.add_all(office)
    uow.flush()
    users = queries.users_by_name(uow, [user.username for user in office]).values()
    # The doors open at eight and everybody has come in ten minutes later.
    assert all(
        get_in(uow, user, "198.51.100.1", hasher, now + number * SECOND * 2) for number, user in enumerate(users)
    )


def test_right_passwords_are_no_guesses(uow: UnitOfWork, hasher: Hasher, now: datetime) -> None:
    user = with_password(uow, create_user(uow), hasher, now)
    assert all(get_in(uow, user, "10.0.0.9", hasher, now) for _ in range(30))


def test_a_flood_against_one_account_spends_nobody_elses_tries_and_leaves_one_row(
    uow: UnitOfWork, now: datetime
) -> None:
    user = create_user(uow)
    narrow = replace(LIMITS, everybody=Limit(50, 300))
    for number in range(200):
        who = visitor(address=f"203.0.113.{number}")
        sessions.knock(uow, user.username, address=who.address, limits=narrow, actor=who, now=now)
    who = visitor(address="192.0.2.1")
    assert sessions.knock(uow, "somebody", address=who.address, limits=narrow, actor=who, now=now).is_allowed
    rows = uow.session.scalars(select(AuditEvent).where(AuditEvent.action == "sign_in_limited")).all()
    assert len(rows) == 1
    assert (rows[0].object_id, rows[0].detail) == (user.id, {"limit": "sign_in.account"})


def test_tries_are_allowed_again_when_time_has_passed(uow: UnitOfWork, now: datetime) -> None:
    user = create_user(uow)
    for number in range(20):
        knock(uow, user.username, f"203.0.113.{number}", now)
    assert not knock(uow, user.username, "203.0.113.100", now + 299 * SECOND).is_allowed
    assert knock(uow, user.username, "203.0.113.100", now + 900 * SECOND).is_allowed


def test_a_closed_account_and_a_name_nobody_has_are_never_right(uow: UnitOfWork, hasher: Hasher, now: datetime) -> None:
    user = with_password(uow, create_user(uow), hasher, now)
    services.deactivate_user(uow, user, actor=system_actor("system:demo"), now=now)
    for name in (user.username, "nobody"):
        tried = knock(uow, name, "10.0.0.9", now)
        assert tried.is_allowed
        assert not sessions.is_right(hasher, tried, PASSWORD)


def test_known_and_unknown_names_take_as_long(uow: UnitOfWork, now: datetime) -> None:
    hasher = Hasher(memory_kib=1024, time_cost=1, parallelism=1)
    user = with_password(uow, create_user(uow), hasher, now)
    took: dict[str, list[float]] = {user.username: [], "nobody": []}
    for number in range(500):
        for name, times in took.items():
            begun = time.perf_counter()
            tried = knock(uow, name, f"10.1.{number // 250}.{number % 250}", now)
            sessions.is_right(hasher, tried, "punainen hidas juna")
            times.append(time.perf_counter() - begun)
    medians = [statistics.median(times) * 1000 for times in took.values()]
    print(f"medians of a known and an unknown name: {medians[0]:.2f} ms, {medians[1]:.2f} ms")
    assert abs(medians[0] - medians[1]) < 5


def test_a_hash_is_made_anew_when_its_cost_has_risen(uow: UnitOfWork, hasher: Hasher, now: datetime) -> None:
    user = with_password(uow, create_user(uow), hasher, now)
    before = uow.session.scalar(select(User.password_hash).where(User.id == user.id))
    dearer = Hasher(memory_kib=16, time_cost=1, parallelism=1)
    assert get_in(uow, user, "10.0.0.9", dearer, now)
    after = uow.session.scalar(select(User.password_hash).where(User.id == user.id))
    assert before is not None
    assert after is not None
    assert (dearer.is_outdated(before), dearer.is_outdated(after)) == (True, False)
    assert dearer.matches(after, PASSWORD)


def test_the_trail_of_a_refused_try_never_holds_what_was_typed(uow: UnitOfWork, hasher: Hasher, now: datetime) -> None:
    tried = knock(uow, "my password by mistake", "10.0.0.9", now)
    sessions.refuse_entry(uow, tried, actor=visitor(address="10.0.0.9", request_id="r1"), now=now)
    (event,) = uow.session.scalars(select(AuditEvent).where(AuditEvent.action == "sign_in_refused")).all()
    assert (event.actor_kind, event.actor_id, event.outcome, event.address) == ("visitor", None, "refused", "10.0.0.9")
    assert "mistake" not in f"{event.actor_name}{event.detail}"
