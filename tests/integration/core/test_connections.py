"""A page never meets a connection that the database has closed in the meantime."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from app.core.db import make_engine

PID = text("SELECT pg_backend_pid()")


@pytest.fixture
def two(engine: Engine) -> Iterator[Engine]:
    """A pool of two connections of its own."""
    made = make_engine(engine.url.render_as_string(hide_password=False), pool_size=2, max_overflow=0)
    yield made
    made.dispose()


def opened(pool: Engine) -> set[int]:
    """The server's processes behind both connections of the pool, which rest in it afterwards."""
    with pool.connect() as first, pool.connect() as second:
        return {first.scalar(PID) or 0, second.scalar(PID) or 0}


def test_a_connection_at_rest_is_used_again(two: Engine) -> None:
    assert opened(two) == opened(two)


def test_connections_that_the_server_has_closed_are_replaced_before_they_are_used(two: Engine, engine: Engine) -> None:
    before = opened(two)
    with engine.connect() as other:
        for pid in before:
            assert other.scalar(text("SELECT pg_terminate_backend(:pid, 2000)"), {"pid": pid})
    after = opened(two)
    assert len(after) == 2
    assert not before & after


def test_a_connection_that_was_lost_on_this_side_is_replaced_too(two: Engine) -> None:
    with two.connect() as only:
        lost, pid = only.connection.driver_connection, only.scalar(PID)
    assert lost is not None
    lost.close()
    with two.connect() as another:
        assert another.scalar(PID) != pid
