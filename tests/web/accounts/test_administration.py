"""Users, teams and absences by the administrator."""

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.access.actor import Role
from app.accounts import queries
from app.accounts.domain import UserView
from app.accounts.models import Team, User
from app.core.uow import UnitOfWork
from tests.factories.accounts import create_team, create_user, sign_in_as
from tests.strict import StrictClient
from tests.web.accounts.conftest import PASSWORD

PAGES = ("/yllapito/kayttajat", "/yllapito/kayttajat/uusi", "/yllapito/tiimit", "/yllapito/tiimit/uusi")


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
@pytest.mark.parametrize("page", PAGES)
def test_only_an_administrator_opens_the_pages(
    client: StrictClient, uow: UnitOfWork, at: object, role: Role, page: str
) -> None:
    sign_in_as(client, uow, create_user(uow, roles=(role,)))
    assert client.get(page).status_code == 403


def test_a_user_is_added_and_signs_in(client: StrictClient, admin: UserView, uow: UnitOfWork) -> None:
    team = create_team(uow, name="Pohjoinen")
    uow.commit()
    fields = {
        "full_name": "Aino Aalto",
        "username": "Aino",
        "roles": ["own_worker"],
        "professions": ["social_counsellor"],
        "leads": [str(team)],
        "email": "aino@example.fi",
        "phone": "040 123 4567",
        "password": PASSWORD,
    }
    answer = client.submit("/yllapito/kayttajat/uusi", fields, follow=True)
    text = answer.get_data(as_text=True)
    assert "Käyttäjä lisätty" in text
    assert "Pohjoinen (vetäjä)" in text
    made = queries.users_by_name(uow, ["aino"])["aino"]
    assert (made.roles, made.led_team_ids) == (frozenset({Role.OWN_WORKER}), frozenset({team}))
    assert made.professions == ("social_counsellor",)
    fresh = client.application.test_client()
    assert isinstance(fresh, StrictClient)
    assert fresh.submit("/kirjaudu", {"username": "aino", "password": PASSWORD}).location == "/oma/salasana"


def test_bad_input_keeps_what_was_typed_but_not_the_password(
    client: StrictClient, admin: UserView, uow: UnitOfWork
) -> None:
    team = create_team(uow, name="Pohjoinen")
    uow.commit()
    fields = {
        "full_name": "Aino Aalto",
        "username": "paula",
        "roles": ["coordinator"],
        "professions": ["social_worker"],
        "teams": [str(team)],
        "email": "aino(at)example.fi",
        "phone": "040 123 4567",
        "password": "salasana salasana 1",
    }
    answer = client.submit("/yllapito/kayttajat/uusi", fields)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "<title>Virhe: Uusi käyttäjä – Polku</title>" in text
    for words in ("Käyttäjätunnus on jo käytössä", "nimi@esimerkki.fi", "Lisää omia sanoja"):
        assert text.count(words) == 2
    for typed in ('value="Aino Aalto"', 'value="paula"', 'value="aino(at)example.fi"', 'value="040 123 4567"'):
        assert typed in text
    for ticked in ("coordinator", "social_worker", str(team)):
        assert f'value="{ticked}" checked' in text
    assert "salasana salasana 1" not in text
    assert uow.session.scalar(select(User.id).where(User.full_name == "Aino Aalto")) is None


def test_a_poor_first_password_adds_nobody(client: StrictClient, admin: UserView, uow: UnitOfWork) -> None:
    fields = {"full_name": "Aino Aalto", "username": "aino", "password": "salasana salasana"}
    answer = client.submit("/yllapito/kayttajat/uusi", fields)
    assert answer.status_code == 422
    assert 'href="#password"' in answer.get_data(as_text=True)
    assert queries.users_by_name(uow, ["aino"]) == {}


def test_a_second_sending_of_the_form_adds_nobody_more(client: StrictClient, admin: UserView, uow: UnitOfWork) -> None:
    fields = {"full_name": "Pohjoinen", "username": "aino", "password": PASSWORD}
    page = client.get("/yllapito/kayttajat/uusi").get_data(as_text=True)
    once = page.split('name="once" value="')[1].split('"')[0]
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    sent = {**fields, "once": once, "csrf_token": token}
    answers = [client.post("/yllapito/kayttajat/uusi", data=sent) for _ in range(2)]
    assert [(answer.status_code, answer.location) for answer in answers] == [(303, "/yllapito/kayttajat")] * 2


def test_the_form_of_a_user_shows_what_is_and_saves_what_is_wished(
    client: StrictClient, admin: UserView, uow: UnitOfWork
) -> None:
    north, south = create_team(uow), create_team(uow)
    user = create_user(uow, full_name="Aino Aalto", teams=(north,))
    uow.commit()
    page = f"/yllapito/kayttajat/{user.id}"
    text = client.get(page).get_data(as_text=True)
    assert f'value="{north}" checked' in text
    assert client.submit(page, {"full_name": "Aino Virta", "teams": [], "leads": [str(south)]}).status_code == 303
    after = queries.get_user(uow, user.id)
    assert after.full_name == "Aino Virta"
    assert after.team_ids == after.led_team_ids == {south}
    assert after.roles == user.roles


def test_two_administrators_do_not_write_over_each_other(
    client: StrictClient, admin: UserView, uow: UnitOfWork
) -> None:
    user = create_user(uow, full_name="Aino Aalto")
    uow.commit()
    page = f"/yllapito/kayttajat/{user.id}"
    assert client.submit(page, {"full_name": "Aino Virta"}).status_code == 303
    answer = client.submit(page, {"full_name": "Aino Koski", "version": str(user.version)})
    assert answer.status_code == 409
    assert "Joku muu muutti tunnusta" in answer.get_data(as_text=True)
    assert 'value="Aino Koski"' in answer.get_data(as_text=True)
    assert queries.get_user(uow, user.id).full_name == "Aino Virta"


def test_the_last_administrator_keeps_the_role(client: StrictClient, admin: UserView, uow: UnitOfWork) -> None:
    answer = client.submit(f"/yllapito/kayttajat/{admin.id}", {"roles": ["supervisor"]})
    assert answer.status_code == 422
    assert "viimeinen pääkäyttäjä" in answer.get_data(as_text=True)


def test_an_account_is_closed_and_opened_again(client: StrictClient, admin: UserView, uow: UnitOfWork) -> None:
    user = create_user(uow, full_name="Aino Aalto")
    uow.commit()
    page = f"/yllapito/kayttajat/{user.id}"
    assert client.submit(f"{page}/sulje").status_code == 303
    assert "Suljettu" in client.get("/yllapito/kayttajat").get_data(as_text=True)
    assert client.submit(page, {}, form=f"{page}/avaa").status_code == 303
    assert queries.get_user(uow, user.id).is_active


def test_ones_own_account_is_not_closed(client: StrictClient, admin: UserView) -> None:
    answer = client.submit(f"/yllapito/kayttajat/{admin.id}/sulje")
    assert answer.status_code == 422
    assert "Omaa tunnusta ei voi sulkea" in answer.get_data(as_text=True)


def test_an_account_with_open_cases_is_not_closed(
    app: Flask, client: StrictClient, admin: UserView, uow: UnitOfWork
) -> None:
    user = create_user(uow)
    uow.commit()
    app.extensions["polku.accounts"] = replace(app.extensions["polku.accounts"], open_cases_of=lambda _user: 4)
    answer = client.submit(f"/yllapito/kayttajat/{user.id}/sulje")
    assert answer.status_code == 422
    assert "4 avointa polkua" in answer.get_data(as_text=True)
    assert queries.get_user(uow, user.id).is_active


def test_a_new_password_is_set_and_signs_the_user_out(client: StrictClient, admin: UserView, uow: UnitOfWork) -> None:
    user = create_user(uow, username="aino")
    other = client.application.test_client()
    assert isinstance(other, StrictClient)
    sign_in_as(other, uow, user)
    page = f"/yllapito/kayttajat/{user.id}/salasana"
    assert client.submit(page, {"password": "lyhyt"}).status_code == 422
    assert client.submit(page, {"password": PASSWORD}).status_code == 303
    assert other.get("/oma").location == "/kirjaudu"
    assert other.submit("/kirjaudu", {"username": "aino", "password": PASSWORD}).location == "/oma/salasana"


def test_an_absence_is_added_with_a_deputy_and_removed(client: StrictClient, admin: UserView, uow: UnitOfWork) -> None:
    user, deputy = create_user(uow), create_user(uow, full_name="Sari Sijainen")
    uow.commit()
    page = f"/yllapito/kayttajat/{user.id}/poissaolot"
    assert "Ei poissaoloja" in client.get(page).get_data(as_text=True)
    bad = client.submit(page, {"from_on": "30.2.2026", "to_on": "huomenna", "deputy": str(deputy.id)})
    assert bad.status_code == 422
    assert 'value="30.2.2026"' in bad.get_data(as_text=True)
    assert f'value="{deputy.id}" selected' in bad.get_data(as_text=True)
    assert client.submit(page, {"from_on": "1.12.", "to_on": "5.12.2026", "deputy": str(deputy.id)}).status_code == 303
    text = client.get(page).get_data(as_text=True)
    assert "1.12.2026–5.12.2026" in text
    assert "Sijainen: Sari Sijainen" in text
    (absence,) = queries.absences_of(uow, user.id, since=date(2026, 12, 1))
    assert client.submit(page, {}, form=f"{page}/{absence.id}/poista").status_code == 303
    assert "Ei poissaoloja" in client.get(page).get_data(as_text=True)


def test_a_team_is_added_renamed_and_closed_when_empty(client: StrictClient, admin: UserView, uow: UnitOfWork) -> None:
    assert "Ei tiimejä" in client.get("/yllapito/tiimit").get_data(as_text=True)
    assert client.submit("/yllapito/tiimit/uusi", {"name": "Pohjoinen"}).status_code == 303
    twin = client.submit("/yllapito/tiimit/uusi", {"name": "POHJOINEN"})
    assert twin.status_code == 422
    assert 'value="POHJOINEN"' in twin.get_data(as_text=True)
    team = uow.session.scalars(select(Team.id)).one()
    page = f"/yllapito/tiimit/{team}"
    assert client.submit(page, {"name": "Etelä"}).status_code == 303
    stale = client.submit(page, {"name": "Länsi", "version": "1"})
    assert stale.status_code == 409
    member = create_user(uow, teams=(team,))
    uow.commit()
    full = client.submit(f"{page}/sulje")
    assert full.status_code == 422
    assert "Tiimissä on 1 jäsen" in full.get_data(as_text=True)
    client.submit(f"/yllapito/kayttajat/{member.id}", {"teams": []})
    assert client.submit(f"{page}/sulje").status_code == 303
    assert "Suljettu" in client.get("/yllapito/tiimit").get_data(as_text=True)


def test_what_is_not_there_is_not_found(client: StrictClient, admin: UserView) -> None:
    nobody = "00000000-0000-4000-8000-000000000099"
    for page in (f"/yllapito/kayttajat/{nobody}", f"/yllapito/kayttajat/{nobody}/sulje", f"/yllapito/tiimit/{nobody}"):
        assert client.get(page).status_code == 404
