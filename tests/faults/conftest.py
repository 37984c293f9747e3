"""Faults are made on servers of their own; each test may have several grounds and all are taken down."""

from collections.abc import Callable, Iterator

import pytest

from config.embedded.postgres import Postgres
from tests.faults.jobs import JobGround


@pytest.fixture
def make_ground(cluster_admin: Postgres) -> Iterator[Callable[[], JobGround]]:
    """Make grounds that end with the test."""
    grounds: list[JobGround] = []

    def make() -> JobGround:
        grounds.append(JobGround(cluster_admin))
        return grounds[-1]

    yield make
    for ground in grounds:
        ground.close()
