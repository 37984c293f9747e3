"""The door: who gets in, who does not, and what the answer gives away."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.access.actor import system_actor
from app.accounts import services
from app.accounts.domain import UserView
from app.accounts.models import UserSession
from app.audit.models import AuditEvent
from app.core.uow import UnitOfWork
from app.web.session import COOKIE, hash_of
from tests.factories.accounts import create_user, sign_in_as
from tests.strict import StrictClient
from tests.web.accounts.conftest import PASSWORD, give_password

At = Callable[[datetime], None]
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def token_of(client: StrictClient) -> str:
    cookie = client.get_cookie(COOKIE, domain="polku.test", path="/")
    return cookie.value if cookie else ""


def actions(uow: UnitOfWork) -> list[str]:
    names = ("signed_in", "sign_in_refused", "sign_in_limited", "signed_out")
    return list(
        uow.session.scalars(select(AuditEvent.action).where(AuditEvent.action.in_(names)).order_by(AuditEvent.id))
    )


def test_a_user_gets_in_and_comes_to_the_page_they_wanted(client: StrictClient, worker: UserView) -> None:
    asked = client.get("/oma")
    assert (asked.status_code, asked.location) == (303, "/kirjaudu")
    answer = client.submit("/kirjaudu", {"username": " Matti ", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/oma")
    assert client.get("/oma").status_code == 200


def test_without_a_wish_the_first_page_of_the_menu_opens(client: StrictClient, worker: UserView) -> None:
    answer = client.submit("/kirjaudu", {"username": "matti", "password": PASSWORD})
    assert answer.status_code == 303
    assert client.get(answer.location).status_code == 200


@pytest.mark.parametrize("wish", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_a_wish_that_is_not_a_path_of_ours_is_dropped(client: StrictClient, worker: UserView, wish: str) -> None:
    client.get("/kirjaudu", query_string={"next": wish})
    answer = client.submit("/kirjaudu", {"username": "matti", "password": PASSWORD})
    assert answer.status_code == 303
    assert answer.location.startswith("/")
    assert "evil" not in answer.location


def test_a_wish_in_the_address_is_kept_over_a_wrong_password(client: StrictClient, worker: UserView) -> None:
    client.get("/kirjaudu?next=/oma/salasana")
    assert client.submit("/kirjaudu", {"username": "matti", "password": "wrong"}).status_code == 422
    answer = client.submit("/kirjaudu", {"username": "matti", "password": PASSWORD})
    assert answer.location == "/oma/salasana"


def test_signing_in_gives_a_new_token_and_the_old_one_is_dead(
    client: StrictClient, worker: UserView, uow: UnitOfWork
) -> None:
    client.get("/kirjaudu")
    before = token_of(client)
    client.submit("/kirjaudu", {"username": "matti", "password": PASSWORD})
    first = token_of(client)
    client.post("/kirjaudu-ulos", data={"csrf_token": csrf(client, "/oma")})
    client.submit("/kirjaudu", {"username": "matti", "password": PASSWORD})
    second = token_of(client)
    assert len({before, first, second}) == 3
    for dead in (before, first):
        client.set_cookie(COOKIE, dead, domain="polku.test", secure=True, path="/")
        assert client.get("/oma").status_code == 303


def test_what_the_database_holds_opens_nothing(client: StrictClient, worker: UserView, uow: UnitOfWork) -> None:
    token = sign_in_as(client, uow, worker)
    stored = uow.session.scalars(select(UserSession.token_hash)).one()
    assert stored == hash_of(token)
    client.set_cookie(COOKIE, stored.hex(), domain="polku.test", secure=True, path="/")
    assert client.get("/oma").status_code == 303


def test_the_answer_is_the_same_for_a_name_nobody_has_a_closed_account_and_a_wrong_password(
    client: StrictClient, worker: UserView, uow: UnitOfWork, now: datetime
) -> None:
    closed = create_user(uow, username="suljettu")
    give_password(uow, closed)
    services.deactivate_user(uow, closed, actor=system_actor("system:demo"), now=now)
    uow.commit()
    bodies = set()
    for name, password in (("matti", "wrong"), ("nobody", PASSWORD), ("suljettu", PASSWORD)):
        answer = client.submit("/kirjaudu", {"username": name, "password": password})
        assert answer.status_code == 422
        text = answer.get_data(as_text=True)
        assert "Käyttäjätunnus tai salasana on väärin." in text
        assert password not in text
        # What differs is what the visitor typed, the form's key, and its token, which holds its second.
        plain = re.sub(r'name="(once|csrf_token)" value="[^"]*"', "", text)
        bodies.add(plain.replace(f'"{name}"', "NAME"))
    assert len(bodies) == 1
    assert actions(uow) == ["sign_in_refused"] * 3


def test_the_sixth_guess_in_a_minute_is_told_to_wait(client: StrictClient, worker: UserView, uow: UnitOfWork) -> None:
    statuses = [client.submit("/kirjaudu", {"username": "matti", "password": "wrong"}).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    answer = client.submit("/kirjaudu", {"username": "matti", "password": PASSWORD})
    assert answer.status_code == 429
    assert "Odota viisi minuuttia" in answer.get_data(as_text=True)
    assert actions(uow) == ["sign_in_refused"] * 5 + ["sign_in_limited"]
    other = create_user(uow, username="toinen")
    give_password(uow, other)
    assert client.submit("/kirjaudu", {"username": "toinen", "password": PASSWORD}).status_code == 303


def test_an_empty_form_says_what_to_write_and_counts_as_no_try(client: StrictClient, uow: UnitOfWork, at: At) -> None:
    answer = client.submit("/kirjaudu", {"username": "", "password": ""})
    assert answer.status_code == 422
    assert "Kirjoita käyttäjätunnus" in answer.get_data(as_text=True)
    assert actions(uow) == []


def test_signing_out_ends_the_row_and_is_recorded(client: StrictClient, worker: UserView, uow: UnitOfWork) -> None:
    sign_in_as(client, uow, worker)
    answer = client.post("/kirjaudu-ulos", data={"csrf_token": csrf(client, "/oma")})
    assert (answer.status_code, answer.location) == (303, "/kirjaudu")
    assert "Clear-Site-Data" in answer.headers
    assert uow.session.scalar(select(func.count()).select_from(UserSession)) == 0
    assert actions(uow) == ["signed_out"]
    assert client.get("/oma").status_code == 303


def test_somebody_signed_in_is_not_asked_again(client: StrictClient, worker: UserView, uow: UnitOfWork) -> None:
    sign_in_as(client, uow, worker)
    assert client.get("/kirjaudu?next=/oma").location == "/oma"


def test_a_pause_ends_the_session_and_the_user_comes_back_to_the_page(
    client: StrictClient, worker: UserView, uow: UnitOfWork, at: At, now: datetime
) -> None:
    sign_in_as(client, uow, worker)
    at(now + 20 * MINUTE - SECOND)
    assert client.get("/oma").status_code == 200
    at(now + 40 * MINUTE - 2 * SECOND)
    assert client.get("/oma/salasana").status_code == 200
    at(now + 60 * MINUTE - 2 * SECOND)
    assert client.get("/oma/salasana").status_code == 303
    assert client.submit("/kirjaudu", {"username": "matti", "password": PASSWORD}).location == "/oma/salasana"


def test_ten_hours_end_the_session_of_somebody_who_never_paused(
    client: StrictClient, worker: UserView, uow: UnitOfWork, at: At, now: datetime
) -> None:
    sign_in_as(client, uow, worker)
    for minutes in range(10, 600, 10):
        at(now + minutes * MINUTE)
        assert client.get("/oma").status_code == 200
    at(now + 600 * MINUTE - SECOND)
    assert client.get("/oma").status_code == 200
    at(now + 600 * MINUTE)
    assert client.get("/oma").status_code == 303


def test_an_account_closed_between_two_requests_reads_and_writes_nothing_more(
    client: StrictClient, worker: UserView, uow: UnitOfWork, now: datetime
) -> None:
    sign_in_as(client, uow, worker)
    assert client.get("/oma").status_code == 200
    services.deactivate_user(uow, worker, actor=system_actor("system:demo"), now=now)
    uow.commit()
    assert client.get("/oma").status_code == 303
    assert client.post("/oma", data={"csrf_token": "0" * 40, "theme": "dark", "density": "compact"}).status_code in {
        400,
        401,
    }


def test_a_password_is_never_in_the_log(
    client: StrictClient, worker: UserView, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(0):
        client.submit("/kirjaudu", {"username": "matti", "password": "wrong word 123456"})
        client.submit("/kirjaudu", {"username": "matti", "password": PASSWORD})
    assert PASSWORD not in caplog.text
    assert "wrong word" not in caplog.text


@pytest.mark.parametrize(
    "base", ["http://polku.example", "http://127.0.0.1:8000", "http://localhost:8000", "https://polku.example"]
)
def test_plain_http_away_from_this_machine_is_told_to_use_https(client: StrictClient, at: At, base: str) -> None:
    text = client.get("/kirjaudu", base_url=base).get_data(as_text=True)
    assert ("suojatulla yhteydellä" in text) == (base == "http://polku.example")


def csrf(client: StrictClient, page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).get_data(as_text=True))
    assert found is not None
    return found[1]
