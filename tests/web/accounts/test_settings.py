"""One's own settings: look, password, sessions; and the password one was given."""

from datetime import datetime

import pytest

from app.accounts import queries, services
from app.accounts.domain import UserView
from app.core.uow import UnitOfWork
from tests.factories.accounts import actor_of, create_user, sign_in_as
from tests.strict import StrictClient
from tests.web.accounts.conftest import PASSWORD, give_password

NEW = "punainen hidas juna 8"


def test_the_chosen_look_is_on_the_next_page(client: StrictClient, worker: UserView, uow: UnitOfWork) -> None:
    sign_in_as(client, uow, worker)
    answer = client.submit("/oma", {"theme": "dark", "density": "compact"}, follow=True)
    text = answer.get_data(as_text=True)
    assert "Asetukset tallennettu" in text
    assert 'data-theme="dark"' in text
    assert 'data-density="compact"' in text
    client.submit("/oma", {"theme": "auto", "density": "comfortable"})
    assert "data-theme" not in client.get("/oma").get_data(as_text=True)


def test_an_unknown_look_is_refused(client: StrictClient, worker: UserView, uow: UnitOfWork) -> None:
    sign_in_as(client, uow, worker)
    assert client.submit("/oma", {"theme": "pink"}).status_code == 422


def test_changing_the_password_gives_a_new_token_and_ends_the_other_sessions(
    client: StrictClient, worker: UserView, uow: UnitOfWork
) -> None:
    other = client.application.test_client()
    assert isinstance(other, StrictClient)
    sign_in_as(other, uow, worker)
    before = sign_in_as(client, uow, worker)
    fields = {"current_password": PASSWORD, "password": NEW, "password_again": NEW}
    answer = client.submit("/oma/salasana", fields, follow=True)
    assert "Salasana vaihdettu" in answer.get_data(as_text=True)
    assert other.get("/oma").status_code == 303
    stale = client.application.test_client()
    stale.set_cookie("__Host-polku", before, domain="polku.test", secure=True, path="/")
    assert stale.get("/oma", base_url="https://polku.test").status_code == 303
    fresh = client.application.test_client()
    assert isinstance(fresh, StrictClient)
    assert fresh.submit("/kirjaudu", {"username": "matti", "password": PASSWORD}).status_code == 422
    assert fresh.submit("/kirjaudu", {"username": "matti", "password": NEW}).status_code == 303


def test_a_wrong_present_password_a_poor_and_an_unlike_one_are_told_at_their_fields(
    client: StrictClient, worker: UserView, uow: UnitOfWork
) -> None:
    sign_in_as(client, uow, worker)
    for current, new, again, words in (
        ("wrong", NEW, NEW, "Nykyinen salasana ei ole oikein."),
        (PASSWORD, "lyhyt", "lyhyt", "vähintään 15 merkkiä"),
        (PASSWORD, NEW, "toinen", "sama uusi salasana"),
    ):
        fields = {"current_password": current, "password": new, "password_again": again}
        answer = client.submit("/oma/salasana", fields)
        text = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert words in text
        assert NEW not in text


def test_the_present_password_cannot_be_guessed_on_an_open_screen(
    client: StrictClient, worker: UserView, uow: UnitOfWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in_as(client, uow, worker)
    # In the tests' one transaction a refused request takes its counter back too, so the count itself is tested below.
    monkeypatch.setattr(services, "count_password_try", lambda _uow, **_kw: False)
    fields = {"current_password": PASSWORD, "password": NEW, "password_again": NEW}
    answer = client.submit("/oma/salasana", fields)
    assert answer.status_code == 422
    assert "Odota viisi minuuttia" in answer.get_data(as_text=True)


def test_ten_tries_at_ones_own_password_are_allowed(uow: UnitOfWork, worker: UserView, now: datetime) -> None:
    actor = actor_of(uow, worker)
    assert [services.count_password_try(uow, actor=actor, now=now) for _ in range(11)] == [True] * 10 + [False]


def test_somebody_given_a_password_chooses_their_own_before_anything_else(
    client: StrictClient, uow: UnitOfWork, at: object
) -> None:
    user = create_user(uow, username="uusi")
    give_password(uow, user, must_change=True)
    client.get("/oma")
    answer = client.submit("/kirjaudu", {"username": "uusi", "password": PASSWORD})
    assert answer.location == "/oma/salasana"
    assert client.get("/oma").location == "/oma/salasana"
    assert client.get("/polkumallit").location == "/oma/salasana"
    page = client.get("/oma/salasana").get_data(as_text=True)
    assert "Pääkäyttäjä on antanut salasanasi" in page
    fields = {"current_password": PASSWORD, "password": NEW, "password_again": NEW}
    assert client.submit("/oma/salasana", fields).location == "/oma"
    assert client.get("/oma").status_code == 200
    assert not queries.get_user(uow, user.id).must_change_password


def test_somebody_given_a_password_may_leave(client: StrictClient, uow: UnitOfWork, at: object) -> None:
    user = create_user(uow, must_change=True)
    sign_in_as(client, uow, user)
    answer = client.submit("/oma/salasana", {}, form="/kirjaudu-ulos")
    assert answer.location == "/kirjaudu"


def test_other_sessions_are_listed_and_ended(
    client: StrictClient, worker: UserView, uow: UnitOfWork, now: datetime
) -> None:
    other = client.application.test_client()
    assert isinstance(other, StrictClient)
    sign_in_as(other, uow, worker)
    sign_in_as(client, uow, worker)
    text = client.get("/oma").get_data(as_text=True)
    assert text.count("Tämä selain") == 1
    assert text.count("Toinen selain") == 1
    assert client.submit("/oma", {}, form="/oma/istunnot/paata").status_code == 303
    assert "Toinen selain" not in client.get("/oma").get_data(as_text=True)
    assert other.get("/oma").status_code == 303
