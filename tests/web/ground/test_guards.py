"""Every view says who may open it."""

import pytest
from flask.testing import FlaskClient

from app.access.actor import Actor, Role
from app.access.permissions import Permission
from app.web.app import PolkuFlask
from app.web.guards import UnguardedViewError, assert_all_guarded, public, requires, signed_in
from tests.web.ground.conftest import USER_ID, Ledger


def test_a_route_without_a_guard_stops_the_start(app: PolkuFlask) -> None:
    app.add_url_rule("/bare", "bare", lambda: "bare")
    with pytest.raises(UnguardedViewError, match="bare"):
        assert_all_guarded(app)


def test_a_route_added_later_without_a_guard_stays_shut(app: PolkuFlask) -> None:
    app.add_url_rule("/bare", "bare", lambda: "bare")
    answer = app.test_client().get("/bare")
    assert answer.status_code == 500
    assert "Jokin meni rikki" in answer.text


def test_two_guards_are_one_too_many() -> None:
    def view() -> str:
        return ""

    with pytest.raises(UnguardedViewError):
        public(signed_in(view))


def test_anybody_is_let_in_to_a_public_page_and_nobody_else_to_others(client: FlaskClient) -> None:
    assert client.get("/avoin").status_code == 200
    answer = client.get("/etusivu")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/kirjaudu")


def test_a_fragment_without_a_session_sends_the_whole_page_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/osa", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/kirjaudu"


def test_a_draft_sent_without_a_session_is_told_so(client: FlaskClient) -> None:
    assert client.post("/istunto", headers={"Polku-Autosave": "1"}).status_code == 401


def test_a_role_that_never_allows_is_refused_and_recorded(signed: FlaskClient, ledger: Ledger) -> None:
    answer = signed.get("/esihenkilo")
    assert answer.status_code == 403
    assert "Sinulla ei ole oikeutta tähän" in answer.text
    assert [(denial.status, denial.endpoint, denial.actor.id) for denial in ledger.denials] == [
        (403, "tiny.board", USER_ID)
    ]


def test_a_role_that_allows_is_let_in(signed: FlaskClient, ledger: Ledger) -> None:
    ledger.actor = Actor(kind="user", id=USER_ID, name="Riikka", roles=frozenset({Role.SUPERVISOR}))
    assert signed.get("/esihenkilo").status_code == 200


def test_a_rule_about_a_record_waits_for_the_record() -> None:
    # No role alone settles CASE_LOG: the guard lets in, the service decides.
    def view() -> str:
        return ""

    assert requires(Permission.CASE_LOG)(view)() == ""


def test_something_hidden_is_recorded_as_a_denial_too(signed: FlaskClient, ledger: Ledger) -> None:
    signed.get("/rikki/404")
    assert [denial.status for denial in ledger.denials] == [404]
    assert ledger.denials[0].view_args == {"kind": "404"}
