"""The model pages need no database: they stand on the fakes of the ground floor."""

import pytest
from flask.testing import FlaskClient

from app.pathways.views import blueprint
from app.web.app import PolkuFlask
from app.web.guards import assert_all_guarded
from tests.web.ground.conftest import BASE, _one_morning, app, client, ledger, signed, token_in

__all__ = ["BASE", "_one_morning", "app", "client", "ledger", "signed", "token_in"]


@pytest.fixture(autouse=True)
def _with_models(app: PolkuFlask) -> None:
    app.register_blueprint(blueprint)
    assert_all_guarded(app)


@pytest.fixture
def visitor(client: FlaskClient) -> FlaskClient:
    """A browser that has not signed in."""
    return client
