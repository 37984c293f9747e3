"""What every answer carries, whatever it is."""

import gzip

import pytest
from flask.testing import FlaskClient

from app.web.app import PolkuFlask
from app.web.headers import CSP

PATHS = (
    "/avoin",
    "/etusivu",
    "/ei-ole",
    "/rikki/500",
    "/rikki/403",
    "/rikki/429",
    "/healthz",
    "/metrics",
    "/static/mark.svg",
)


@pytest.mark.parametrize("path", PATHS)
def test_the_fixed_headers_stand_on_every_answer(signed: FlaskClient, path: str) -> None:
    headers = signed.get(path, buffered=True).headers
    assert headers["Content-Security-Policy"] == CSP
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"].startswith("max-age=63072000")
    assert "X-Request-Id" in headers


def test_every_route_without_arguments_is_covered_by_the_policy(app: PolkuFlask) -> None:
    client = FlaskClient(app, app.response_class)
    for rule in app.url_map.iter_rules():
        if not rule.arguments and "GET" in (rule.methods or ()):
            assert client.get(rule.rule).headers["Content-Security-Policy"] == CSP


def test_plain_http_is_not_told_to_come_back_by_https(client: FlaskClient) -> None:
    answer = client.get("/avoin", base_url="http://127.0.0.1:8000")
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("path", ["/etusivu", "/ei-ole", "/rikki/500"])
def test_no_cache_may_keep_a_page(signed: FlaskClient, path: str) -> None:
    answer = signed.get(path)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "HX-Request" in answer.headers.getlist("Vary")


def test_a_static_file_with_its_digest_is_kept_for_good(client: FlaskClient) -> None:
    assert "immutable" in client.get("/static/mark.svg?v=abc", buffered=True).headers["Cache-Control"]
    assert client.get("/static/mark.svg", buffered=True).headers["Cache-Control"] == "no-cache"


def test_a_page_is_gzipped_for_who_takes_it_and_not_for_others(app: PolkuFlask) -> None:
    client = app.test_client()
    plain = client.get("/avoin")
    assert "Content-Encoding" not in plain.headers
    packed = client.get("/avoin", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers.getlist("Vary")
    assert b"<h1>" in gzip.decompress(packed.data)
    assert len(packed.data) < len(plain.data) / 2


def test_signing_out_asks_the_browser_to_forget(signed: FlaskClient, csrf: str) -> None:
    answer = signed.post("/ulos", data={"csrf_token": csrf})
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in signed.get("/avoin").headers


def test_figures_are_for_the_holder_of_the_token(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    answer = client.get("/metrics", headers={"Authorization": "Bearer figures"})
    assert answer.status_code == 200
    assert "polku_requests_total" in answer.text
