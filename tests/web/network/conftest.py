"""The desk of the workbench's tests, with a coordinator who can sign in at it."""

import pytest

from app.access.actor import Role
from app.accounts.domain import UserView
from tests.factories.accounts import create_user
from tests.web.workbench.conftest import Desk, _still_clock, desk

__all__ = ["_still_clock", "coordinator", "desk"]


@pytest.fixture
def coordinator(desk: Desk) -> UserView:
    """A coordinator of the desk's team, signed in."""
    user = create_user(desk.uow, roles=(Role.COORDINATOR,), teams=(desk.team,), full_name="Kaisa Koordinaattori")
    desk.uow.commit()
    desk.sign_in(user)
    return user
