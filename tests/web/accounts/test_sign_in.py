"""The door: who gets in, who does not, and what the answer gives away."""

import re

import pytest
from sqlalchemy import select

from app.accounts.domain import UserView
from app.accounts.models import UserSession
from app.audit.models import AuditEvent
from app.core.uow import UnitOfWork
from app.web.session import COOKIE, hash_of
from tests.strict import StrictClient
from tests.web.accounts.conftest import PASSWORD


def test_a_user_gets_in_and_comes_to_the_page_they_wanted(client: StrictClient, worker: UserView) -> None:
    asked = client.get("/oma")
    assert (asked.status_code, asked.location) == (303, "/kirjaudu")
    answer = client.submit("/kirjaudu", {"username": " Matti ", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/oma")
    assert client.get("/oma").status_code == 200
