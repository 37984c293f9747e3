"""The cookie, the token, the row behind it."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.web.session import is_own_path
from tests.web.ground.conftest import Ledger


def test_the_cookie_is_the_hosts_own_and_closed_to_scripts(client: FlaskClient) -> None:
    cookie = client.get("/avoin").headers["Set-Cookie"]
    assert cookie.startswith("__Host-polku=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


def test_signing_in_gives_a_new_token_whose_hash_alone_is_kept(
    client: FlaskClient, signed: FlaskClient, ledger: Ledger
) -> None:
    token = signed.get_cookie("__Host-polku", domain="polku.test")
    assert token is not None
    assert len(token.value) >= 43
    assert list(ledger.rows) == [hashlib.sha256(token.value.encode()).digest()]
    assert token.max_age is None  # gone with the browser


def test_a_tampered_or_unknown_cookie_is_nobody(client: FlaskClient, signed: FlaskClient) -> None:
    for value in ("a" * 43, "eyJ1c2VyIjoxfQ.abc.def", ""):
        client.set_cookie("__Host-polku", value, domain="polku.test", secure=True)
        assert client.get("/etusivu").status_code == 303


def test_an_ended_session_is_over_at_once(signed: FlaskClient, csrf: str, ledger: Ledger) -> None:
    assert signed.get("/etusivu").status_code == 200
    signed.post("/ulos", data={"csrf_token": csrf})
    assert ledger.rows == {}
    assert signed.get("/etusivu").status_code == 303


def test_a_user_who_is_gone_is_not_signed_in(signed: FlaskClient, ledger: Ledger) -> None:
    ledger.actor = None
    assert signed.get("/etusivu").status_code == 303


def test_being_seen_is_written_once_a_minute(signed: FlaskClient, ledger: Ledger) -> None:
    signed.get("/etusivu")
    assert ledger.touched == []
    for key, row in ledger.rows.items():
        ledger.rows[key] = replace(row, last_seen_at=row.last_seen_at - timedelta(minutes=1))
    signed.get("/etusivu")
    assert len(ledger.touched) == 1


def test_the_page_asked_for_before_sign_in_opens_after_it(client: FlaskClient, before: str) -> None:
    answer = client.get("/kirjaa?osa=2")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/kirjaudu"
    # The address waits in the signed cookie; the token of the form is still good.
    assert client.post("/kirjaudu", data={"csrf_token": before}).headers["Location"] == "/kirjaa?osa=2"


@pytest.mark.parametrize(
    ("address", "is_own"),
    [
        ("/tyolista", True),
        ("/haku/abc?sivu=2", True),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("https://evil.example", False),
        ("javascript:alert(1)", False),
        ("/a\r\nSet-Cookie: x", False),
        ("", False),
    ],
)
def test_only_paths_of_this_host_are_gone_to(address: str, *, is_own: bool) -> None:
    assert is_own_path(address) is is_own


def test_a_flashed_message_is_shown_once(signed: FlaskClient, csrf: str) -> None:
    signed.post("/kirjaa", data={"csrf_token": csrf, "day": "5.2.2026", "what": "puhelu"})
    assert "Kirjaus tallennettu" in signed.get("/etusivu").text
    assert "Kirjaus tallennettu" not in signed.get("/etusivu").text
