from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from sqlalchemy import Engine, delete, select

from app.core.crypto import Vault
from app.core.db import make_sessions
from app.core.limits import forget_before, hit
from app.core.models import RateCounter
from app.core.uow import UnitOfWork

START = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # a five-minute window begins here


def tries(uow: UnitOfWork, count: int, now: datetime, *, key: str = "anna.maki", bucket: str = "sign_in") -> list[bool]:
    return [hit(uow, bucket, key, limit=10, seconds=300, now=now) for _ in range(count)]


def test_ten_tries_pass_and_the_eleventh_is_one_too_many(uow: UnitOfWork) -> None:
    assert tries(uow, 12, START) == [True] * 10 + [False] * 2


def test_another_key_or_rule_has_its_own_count(uow: UnitOfWork) -> None:
    tries(uow, 11, START)
    assert tries(uow, 1, START, key="juha.laine") == [True]
    assert tries(uow, 1, START, bucket="reset") == [True]
    assert hit(uow, "sign_in", "anna.maki", limit=10, seconds=60, now=START)


def test_the_border_of_two_windows_does_not_double_the_limit(uow: UnitOfWork) -> None:
    tries(uow, 10, START + timedelta(seconds=299))
    assert tries(uow, 1, START + timedelta(seconds=301)) == [False]


def test_the_limit_comes_back_little_by_little(uow: UnitOfWork) -> None:
    tries(uow, 10, START)
    assert tries(uow, 6, START + timedelta(seconds=450)) == [True] * 5 + [False]
    assert tries(uow, 11, START + timedelta(seconds=1200)) == [True] * 10 + [False]


def test_whom_is_counted_is_kept_as_a_hash_only(uow: UnitOfWork) -> None:
    tries(uow, 3, START)
    row = uow.session.execute(select(RateCounter.bucket, RateCounter.key_hash, RateCounter.hits)).one()
    assert tuple(row) == ("sign_in/300", sha256(b"anna.maki").digest(), 3)


def test_old_counters_are_forgotten_and_present_ones_kept(uow: UnitOfWork) -> None:
    tries(uow, 10, START - timedelta(days=2))
    tries(uow, 10, START)
    assert forget_before(uow, START - timedelta(days=1)) == 1
    assert tries(uow, 1, START) == [False]


@pytest.fixture
def lasting_bucket(engine: Engine) -> Iterator[str]:
    """A rule for tests whose transactions really commit; its counters are taken away afterwards."""
    bucket = f"rule-{uuid4()}"
    yield bucket
    with engine.begin() as connection:
        connection.execute(delete(RateCounter).where(RateCounter.bucket.startswith(bucket)))


def test_tries_at_the_same_time_are_all_counted(engine: Engine, vault: Vault, lasting_bucket: str) -> None:
    sessions = make_sessions(engine)

    def attempt(_: int) -> bool:
        with sessions() as session:
            uow = UnitOfWork(session, vault)
            is_within = hit(uow, lasting_bucket, "anna.maki", limit=10, seconds=300, now=START)
            uow.commit()
            return is_within

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(40))) == 10
