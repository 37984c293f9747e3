"""Unit tests have no database: asking for one fails, and so does connecting past the fixtures."""

from typing import NoReturn

import psycopg
import pytest


def _refuse(*_args: object, **_kwargs: object) -> NoReturn:
    raise AssertionError("A unit test reached for a database.")


@pytest.fixture(autouse=True)
def no_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every way into a database fail."""
    monkeypatch.setattr(psycopg, "connect", _refuse)
    monkeypatch.setattr(psycopg.Connection, "connect", _refuse)


@pytest.fixture(scope="session")
def database() -> str:
    """Fail the test that wants a database."""
    pytest.fail("A unit test has no database; put the test under tests/integration.")
