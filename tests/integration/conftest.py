"""Shared by the tests of jobs."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

import pytest
from sqlalchemy.orm import Session, sessionmaker

from app.core.crypto import Vault
from app.core.uow import UnitOfWork, unit_of_work


@pytest.fixture
def units(sessions: sessionmaker[Session], vault: Vault) -> Callable[[], AbstractContextManager[UnitOfWork]]:
    """Units of work that commit as a job's do and last as long as the test."""
    return partial(unit_of_work, sessions, vault)
