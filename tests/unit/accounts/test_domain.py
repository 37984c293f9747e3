"""Limits of sessions to the second, and the spelling of accounts."""

from datetime import datetime, timedelta

import pytest

from app.access.actor import Role
from app.accounts.domain import ROLE_NAMES, SessionLimits, identity_problems, normal_username

SECOND = timedelta(seconds=1)
LIMITS = SessionLimits()


@pytest.mark.parametrize(
    ("roles", "minutes"),
    [(["own_worker"], 20), (["coordinator"], 20), (["supervisor"], 15), (["own_worker", "admin"], 15), ([], 20)],
)
def test_a_pause_ends_the_session_at_that_very_second(roles: list[str], minutes: int, now: datetime) -> None:
    idle = timedelta(minutes=minutes)
    assert not LIMITS.is_over(roles, now, now, now + idle - SECOND)
    assert LIMITS.is_over(roles, now, now, now + idle)


def test_ten_hours_end_the_session_however_busy_it_is(now: datetime) -> None:
    full = timedelta(hours=10)
    assert not LIMITS.is_over(["own_worker"], now, now + full - SECOND, now + full - SECOND)
    assert LIMITS.is_over(["own_worker"], now, now + full, now + full)


def test_every_role_has_a_name() -> None:
    assert set(ROLE_NAMES) == set(Role)


def test_a_user_name_has_one_spelling() -> None:
    assert normal_username("  Aino.Äyräs ") == "aino.äyräs"


@pytest.mark.parametrize(
    ("username", "full_name", "email", "fields"),
    [
        ("aino.äyräs", "Aino Äyräs", "aino@example.fi", []),
        ("aino", "Aino", "", []),
        ("a", "Aino", "", ["username"]),
        ("aino äyräs", "Aino", "", ["username"]),
        ("aino", " ", "aino", ["full_name", "email"]),
        ("aino", "Aino", "a b@example.fi", ["email"]),
    ],
)
def test_faults_of_an_account_stand_at_their_fields(
    username: str, full_name: str, email: str, fields: list[str]
) -> None:
    found = identity_problems(username=username, full_name=full_name, email=email)
    assert [problem.field for problem in found] == fields
