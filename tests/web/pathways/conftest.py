"""The model pages read files only: a session that exists and a database that is never asked are enough."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from unittest.mock import MagicMock
from uuid import UUID

import pytest

from app.access.actor import Actor, Role
from app.pathways.views import blueprint
from app.web.app import PolkuFlask
from app.web.guards import assert_all_guarded
from app.web.session import COOKIE
from app.web.setup import init_app
from app.web.wiring import SessionStore, StoredSession, Wiring
from tests.strict import StrictClient

USER_ID = UUID("00000000-0000-4000-8000-000000000001")
WORKER = Actor(kind="user", id=USER_ID, name="Anna Mäki", username="anna", roles=frozenset({Role.OWN_WORKER}))


def _session(now: datetime) -> StoredSession:
    return StoredSession(
        id=USER_ID,
        user_id=USER_ID,
        started_at=now,
        last_seen_at=now,
        ends_at=now + timedelta(hours=1),
        idle_seconds=1200,
        values={},
    )


@pytest.fixture
def app() -> PolkuFlask:
    """An application of the model pages alone."""
    made = PolkuFlask("app")
    sessions = SessionStore(
        find=lambda _uow, _key, now: _session(now),
        begin=MagicMock(),
        touch=MagicMock(),
        save=MagicMock(),
        end=MagicMock(),
    )
    wiring = Wiring(
        load_actor=lambda _uow, _id, _now: WORKER,
        sessions=sessions,
        nav_items=lambda _actor: [],
        record_denial=MagicMock(),
        sign_in_endpoint="pathways.index",
        home_endpoint="pathways.index",
    )
    settings = SimpleNamespace(
        secret_key="s" * 40, base_url="https://polku.test", metrics_token="figures", is_production=False
    )
    init_app(made, settings, MagicMock(), MagicMock(), wiring)
    made.register_blueprint(blueprint)
    assert_all_guarded(made)
    made.test_client_class = StrictClient
    return made


@pytest.fixture
def visitor(app: PolkuFlask) -> StrictClient:
    """A browser that has not signed in."""
    found = app.test_client()
    assert isinstance(found, StrictClient)
    return found


@pytest.fixture
def signed(app: PolkuFlask) -> StrictClient:
    """A browser that has signed in."""
    found = app.test_client()
    assert isinstance(found, StrictClient)
    found.set_cookie(COOKIE, "a" * 43, domain="polku.test", secure=True, path="/")
    return found
