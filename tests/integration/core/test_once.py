from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, delete

from app.core.crypto import Vault
from app.core.db import make_sessions
from app.core.errors import Conflict, Refused
from app.core.models import OnceKey
from app.core.once import SentOtherwise, claim, forget_before, hold_open, settle
from app.core.uow import UnitOfWork

ACTOR, KEY = uuid4(), uuid4()


@pytest.fixture
def lasting_key(engine: Engine) -> Iterator[UUID]:
    """A key for tests whose transactions really commit; its row is taken away afterwards."""
    key = uuid4()
    yield key
    with engine.begin() as connection:
        connection.execute(delete(OnceKey).where(OnceKey.key == key))


def test_the_first_may_work_and_the_second_is_led_where_the_first_went(uow: UnitOfWork, now: datetime) -> None:
    assert claim(uow, KEY, ACTOR, "cases.note", now) is None
    settle(uow, KEY, "/polut/1")
    assert claim(uow, KEY, ACTOR, "cases.note", now) == "/polut/1"


@pytest.mark.parametrize(("actor", "form"), [(uuid4(), "cases.note"), (ACTOR, "cases.close")])
def test_a_key_of_another_actor_or_form_is_refused(uow: UnitOfWork, now: datetime, actor: UUID, form: str) -> None:
    claim(uow, KEY, ACTOR, "cases.note", now)
    settle(uow, KEY, "/polut/1")
    with pytest.raises(Refused, match="something else"):
        claim(uow, KEY, actor, form, now)


def test_a_form_that_was_changed_after_it_was_sent_is_not_passed_off_as_done(uow: UnitOfWork, now: datetime) -> None:
    claim(uow, KEY, ACTOR, "cases.note", now, content="a1")
    settle(uow, KEY, "/polut/1")
    assert claim(uow, KEY, ACTOR, "cases.note", now, content="a1") == "/polut/1"
    with pytest.raises(SentOtherwise, match="already sent"):
        claim(uow, KEY, ACTOR, "cases.note", now, content="b2")
    with pytest.raises(Refused, match="something else"):
        claim(uow, KEY, ACTOR, "cases.close", now, content="a1")


def test_a_form_that_told_no_place_is_still_not_done_twice(uow: UnitOfWork, now: datetime) -> None:
    claim(uow, KEY, ACTOR, "cases.note", now)
    with pytest.raises(Conflict, match="already been sent"):
        claim(uow, KEY, ACTOR, "cases.note", now)


def test_old_keys_are_forgotten_and_young_ones_kept(uow: UnitOfWork, now: datetime) -> None:
    young = uuid4()
    claim(uow, KEY, ACTOR, "cases.note", now - timedelta(days=3))
    claim(uow, young, ACTOR, "cases.note", now)
    settle(uow, young, "/polut/2")
    assert forget_before(uow, now - timedelta(days=1)) == 1
    assert claim(uow, young, ACTOR, "cases.note", now) == "/polut/2"


def test_of_many_sent_at_once_one_works_and_all_are_led_to_the_same_place(
    engine: Engine, vault: Vault, lasting_key: UUID, now: datetime
) -> None:
    sessions, start = make_sessions(engine), Barrier(8)

    def send(number: int) -> tuple[bool, str]:
        with sessions() as session:
            uow = UnitOfWork(session, vault)
            start.wait()
            led = claim(uow, lasting_key, ACTOR, "cases.note", now)
            if led is not None:
                return False, led
            settle(uow, lasting_key, f"/polut/{number}")
            uow.commit()
            return True, f"/polut/{number}"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert sum(worked for worked, _ in answers) == 1
    assert len({place for _, place in answers}) == 1


def test_when_the_first_fails_the_one_that_waited_becomes_the_first(
    engine: Engine, vault: Vault, lasting_key: UUID, now: datetime
) -> None:
    sessions = make_sessions(engine)

    def send_again() -> str | None:
        with sessions() as session:
            return claim(UnitOfWork(session, vault), lasting_key, ACTOR, "cases.note", now)

    with sessions() as session, ThreadPoolExecutor(1) as pool:
        first = UnitOfWork(session, vault)
        assert claim(first, lasting_key, ACTOR, "cases.note", now) is None
        second = pool.submit(send_again)
        assert not second.done()
        first.rollback()
        assert second.result(timeout=5) is None


def test_a_form_held_open_can_be_sent_afterwards_and_a_sent_one_is_not_held(uow: UnitOfWork, now: datetime) -> None:
    hold_open(uow, KEY, ACTOR, now)
    hold_open(uow, KEY, ACTOR, now)
    assert claim(uow, KEY, ACTOR, "cases.note", now) is None
    settle(uow, KEY, "/polut/1")
    with pytest.raises(Conflict, match="already been sent"):
        hold_open(uow, KEY, ACTOR, now)


def test_a_form_waits_to_be_sent_until_its_draft_is_kept(
    engine: Engine, vault: Vault, lasting_key: UUID, now: datetime
) -> None:
    sessions = make_sessions(engine)

    def send() -> str | None:
        with sessions() as session:
            return claim(UnitOfWork(session, vault), lasting_key, ACTOR, "cases.note", now)

    with sessions() as session, ThreadPoolExecutor(1) as pool:
        keeping = UnitOfWork(session, vault)
        hold_open(keeping, lasting_key, ACTOR, now)
        sending = pool.submit(send)
        with pytest.raises(TimeoutError):
            sending.result(timeout=0.3)
        keeping.commit()
        assert sending.result(timeout=5) is None


def test_a_draft_waits_while_its_form_is_being_sent_and_is_not_kept_then(
    engine: Engine, vault: Vault, lasting_key: UUID, now: datetime
) -> None:
    sessions = make_sessions(engine)

    def keep() -> None:
        with sessions() as session:
            hold_open(UnitOfWork(session, vault), lasting_key, ACTOR, now)

    with sessions() as session, ThreadPoolExecutor(1) as pool:
        sending = UnitOfWork(session, vault)
        assert claim(sending, lasting_key, ACTOR, "cases.note", now) is None
        keeping = pool.submit(keep)
        with pytest.raises(TimeoutError):
            keeping.result(timeout=0.3)
        sending.commit()
        with pytest.raises(Conflict):
            keeping.result(timeout=5)
