"""Writes come from our own pages: the browser's word first, the token after it."""

import pytest
from flask.testing import FlaskClient

from app.web.app import PolkuFlask
from tests.web.ground.conftest import Ledger

GOOD = {"day": "5.2.2026", "what": "sovittiin tapaaminen"}


@pytest.mark.parametrize(
    ("headers", "has_token", "status"),
    [
        ({}, True, 303),
        ({}, False, 400),
        ({"Sec-Fetch-Site": "same-origin"}, True, 303),
        ({"Sec-Fetch-Site": "same-origin"}, False, 400),
        ({"Sec-Fetch-Site": "none"}, True, 303),
        ({"Sec-Fetch-Site": "same-site"}, True, 400),
        ({"Sec-Fetch-Site": "cross-site"}, True, 400),
        ({"Origin": "https://polku.test"}, True, 303),
        ({"Origin": "https://polku.example"}, True, 303),
        ({"Origin": "https://polku.example:8443"}, True, 400),
        ({"Origin": "http://polku.example"}, True, 400),
        ({"Origin": "https://evil.example"}, True, 400),
        ({"Origin": "null"}, True, 400),
        ({"Origin": "https://polku.example:port"}, True, 400),
    ],
)
def test_a_write_is_taken_only_from_here_and_with_its_token(
    signed: FlaskClient, csrf: str, ledger: Ledger, *, headers: dict[str, str], has_token: bool, status: int
) -> None:
    ledger.deeds.clear()
    values = GOOD | ({"csrf_token": csrf} if has_token else {})
    answer = signed.post("/kirjaa", data=values, headers=headers)
    assert answer.status_code == status
    assert ("commit" in ledger.deeds) is (status == 303)


def test_plain_http_and_https_bases_both_take_a_form(app: PolkuFlask, signed: FlaskClient, csrf: str) -> None:
    bare = FlaskClient(app, app.response_class, use_cookies=False)
    for base in ("https://polku.test", "http://127.0.0.1:8000"):
        headers = {"Origin": base, "Cookie": f"__Host-polku={cookie_of(signed)}"}
        answer = bare.post("/kirjaa", data=GOOD | {"csrf_token": csrf}, base_url=base, headers=headers)
        assert answer.status_code == 303


def test_a_stale_token_gives_the_text_back(signed: FlaskClient) -> None:
    values = {"csrf_token": "stale", "what": "Pitkä kertomus asiakkaan tilanteesta", "password": "sala sana lause"}
    answer = signed.post("/kirjaa", data=values, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 400
    assert "Pitkä kertomus asiakkaan tilanteesta" in answer.text
    assert "sala sana lause" not in answer.text
    assert "Lomaketta ei voitu ottaa vastaan" in answer.text


def test_a_form_of_another_site_gets_nothing_back(signed: FlaskClient) -> None:
    values = {"csrf_token": "stale", "what": "teksti vieraalta sivulta"}
    answer = signed.post("/kirjaa", data=values, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400
    assert "vieraalta" not in answer.text


def test_what_was_written_is_shown_when_the_session_has_ended(signed: FlaskClient, csrf: str, ledger: Ledger) -> None:
    ledger.rows.clear()
    values = GOOD | {"csrf_token": csrf}
    answer = signed.post("/kirjaa", data=values, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 401
    assert "sovittiin tapaaminen" in answer.text
    assert 'href="/kirjaudu"' in answer.text


def test_signing_in_leads_back_to_the_page_the_form_was_on_and_to_no_other_site(
    signed: FlaskClient, csrf: str, ledger: Ledger
) -> None:
    ledger.rows.clear()
    values = GOOD | {"csrf_token": csrf}
    for came_from, way in (
        ("https://polku.test/lomake?osa=2", 'href="/kirjaudu?next=/lomake?osa%3D2"'),
        ("https://muu.test/lomake", 'href="/kirjaudu"'),
    ):
        headers = {"Sec-Fetch-Site": "same-origin", "Referer": came_from}
        answer = signed.post("/kirjaa", data=values, headers=headers)
        assert answer.status_code == 401
        assert way in answer.text


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("__Host-polku", domain="polku.test")
    assert cookie is not None
    return cookie.value
