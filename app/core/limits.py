"""Limits on how often something may be tried, counted in the database.

The count over the last `seconds` is estimated from two fixed windows: all of the present one, and of the one before
the share that still lies within reach. It is exact when tries come evenly, needs one row a window, and lets nobody
double the limit at the border of two windows, as a plain fixed window would.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import ColumnElement, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlalchemy.sql.dml import ReturningInsert

from app.core.models import RateCounter
from app.core.uow import UnitOfWork


def hit(uow: UnitOfWork, bucket: str, key: str, *, limit: int, seconds: int, now: datetime) -> bool:
    """Count one try and return True while it is within the limit, False when it is one too many; see `count`."""
    return count(uow, bucket, key, seconds=seconds, now=now) <= limit


def count(uow: UnitOfWork, bucket: str, key: str, *, seconds: int, now: datetime) -> float:
    """Count one try and return how many there have been within the time, for a caller with several limits.

    `bucket` names the rule ("sign_in.account"), `key` whom it is counted for (user name, address); the key is kept
    as SHA-256 only. Tries over the limit count too, so hammering does not wait the limit out. The row stays locked
    until the transaction ends, and a rollback takes the count back: where a refused try must count (a wrong
    password), give it a unit of work of its own and commit that at once.
    """
    start = _window_start(now, seconds)
    bound = {
        "rule": f"{bucket}/{seconds}",
        "key": sha256(key.encode()).digest(),
        "start": start,
        "before": start - timedelta(seconds=seconds),
    }
    counted = uow.session.connection().execute(_COUNT, bound).one()
    return estimate(counted[0], counted[1] or 0, now - start, seconds)


def _counting() -> ReturningInsert[int, int]:
    rule: ColumnElement[str] = bindparam("rule")
    key: ColumnElement[bytes] = bindparam("key")
    before = aliased(RateCounter)
    earlier = (
        select(before.hits)
        .where(before.bucket == rule, before.key_hash == key, before.window_start == bindparam("before"))
        .scalar_subquery()
    )
    return (
        insert(RateCounter)
        .values(bucket=rule, key_hash=key, window_start=bindparam("start"), hits=1)
        .on_conflict_do_update(
            index_elements=[RateCounter.bucket, RateCounter.key_hash, RateCounter.window_start],
            set_={"hits": RateCounter.hits + 1},
        )
        .returning(RateCounter.hits, earlier)
    )


# Built once: it runs for every client page, and building it costs more than running it.
_COUNT: Final = _counting()


def take_back(uow: UnitOfWork, bucket: str, key: str, *, seconds: int, now: datetime) -> None:
    """Uncount one try that turned out well, so that the limit counts failures: a right password is no guess."""
    uow.session.execute(
        update(RateCounter)
        .where(
            RateCounter.bucket == f"{bucket}/{seconds}",
            RateCounter.key_hash == sha256(key.encode()).digest(),
            RateCounter.window_start == _window_start(now, seconds),
            RateCounter.hits > 0,
        )
        .values(hits=RateCounter.hits - 1)
    )


def estimate(hits: int, earlier: int, elapsed: timedelta, seconds: int) -> float:
    """Return the estimated tries of the last `seconds`, `elapsed` after the present window began."""
    return hits + earlier * (1 - elapsed / timedelta(seconds=seconds))


def _window_start(now: datetime, seconds: int) -> datetime:
    passed = int(now.timestamp())
    return datetime.fromtimestamp(passed - passed % seconds, UTC)


def forget_before(uow: UnitOfWork, before: datetime) -> int:
    """Delete the counters of windows that began before an instant and return how many; keep a day at the least."""
    old = delete(RateCounter).where(RateCounter.window_start < before).returning(RateCounter.hits)
    return len(uow.session.execute(old).all())
