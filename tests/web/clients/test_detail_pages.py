"""The list, the details, and what is opened one act at a time."""

import re
from datetime import datetime

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.audit.models import AuditEvent
from app.clients import queries
from app.core.uow import UnitOfWork
from app.protection.queries import handlers_of
from tests.factories.accounts import create_user
from tests.factories.clients import ADDRESS, EMAIL, PHONE, a_code
from tests.strict import StrictClient
from tests.web.clients.conftest import Browser, Scene

SECRETS = (ADDRESS, PHONE, EMAIL, "Asikkala")
"""What the scene's client has under the seal."""
HEADERS = {"HX-Request": "true"}


def at(scene: Scene, place: str) -> str:
    """The address of a page of the client."""
    return f"/asiakkaat/{scene.client_id}/{place}"


def post(browser: StrictClient, page: str, address: str, *, headers: dict[str, str] | None = None) -> TestResponse:
    """Send a form without fields, with the token of a page."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(page).get_data(as_text=True))
    assert token is not None
    return browser.post(address, data={"csrf_token": token[1]}, headers=headers)


def secrets_on(text: str) -> list[str]:
    """Which protected things a page shows; the list of towns to choose from is no secret."""
    return [word for word in SECRETS if word in re.sub(r"<option[^>]*>[^<]*</option>", "", text)]


@pytest.mark.parametrize("who", ["worker", "colleague", "lead"])
def test_what_is_sealed_stands_on_no_page(scene: Scene, browser: Browser, who: str) -> None:
    mine = browser(getattr(scene, who))
    pages = [at(scene, "tiedot"), at(scene, "kasittelijat"), "/asiakkaat", "/asiakkaat?nakyma=omat"]
    found = mine.submit("/haku", {"q": "aalto"}).headers["Location"]
    for page in [*pages, found, f"/asiakkaat/{scene.client_id}"]:
        answer = mine.get(page)
        assert secrets_on(answer.get_data(as_text=True)) == [], page
    assert not re.search(r'<option value="\d+" selected', mine.get(at(scene, "tiedot")).get_data(as_text=True))


def test_the_handler_opens_them_once(uow: UnitOfWork, scene: Scene, browser: Browser) -> None:
    answer = post(browser(scene.worker), at(scene, "tiedot"), at(scene, "yhteystiedot"))
    text = answer.get_data(as_text=True)
    assert [word for word in (ADDRESS, PHONE, EMAIL) if word not in text] == []
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(uow.session.scalars(select(AuditEvent).where(AuditEvent.action == "revealed")).all()) == 1


def test_a_fragment_shows_the_same(scene: Scene, browser: Browser) -> None:
    answer = post(browser(scene.worker), at(scene, "tiedot"), at(scene, "yhteystiedot"), headers=HEADERS)
    text = answer.get_data(as_text=True)
    assert ADDRESS in text
    assert "<html" not in text


@pytest.mark.parametrize(("who", "status"), [("colleague", 403), ("lead", 403), ("stranger", 404)])
def test_others_are_turned_away(uow: UnitOfWork, scene: Scene, browser: Browser, who: str, status: int) -> None:
    mine = browser(create_user(uow) if who == "stranger" else getattr(scene, who))
    answer = post(mine, "/asiakkaat", at(scene, "yhteystiedot"))
    assert answer.status_code == status
    assert secrets_on(answer.get_data(as_text=True)) == []


def test_the_code_is_shown_once_and_not_in_the_address(uow: UnitOfWork, scene: Scene, browser: Browser) -> None:
    client_id = scene.of_team(uow, identity_code=a_code())
    anna, place = browser(scene.worker), f"/asiakkaat/{client_id}"
    assert a_code() not in anna.get(f"{place}/tiedot").get_data(as_text=True)
    for headers in ({}, HEADERS):
        answer = post(anna, f"{place}/tiedot", f"{place}/henkilotunnus", headers=headers)
        assert (answer.status_code, a_code() in answer.get_data(as_text=True)) == (200, True)


def test_details_are_changed_and_the_page_says_so(uow: UnitOfWork, scene: Scene, browser: Browser) -> None:
    client_id = scene.of_team(uow, last_name="Niemi")
    anna = browser(scene.worker)
    answer = anna.submit(f"/asiakkaat/{client_id}/tiedot", {"call_name": "Maija", "phone": "044 123 4567"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/asiakkaat/{client_id}")
    uow.session.expire_all()
    client = queries.client_of(uow, client_id)
    assert (client.name, client.phone, client.municipality_code) == ("Niemi Maija", "044 123 4567", "398")


def test_what_cannot_be_kept_is_told_at_the_field(uow: UnitOfWork, scene: Scene, browser: Browser) -> None:
    client_id = scene.of_team(uow, last_name="Niemi")
    answer = browser(scene.worker).submit(f"/asiakkaat/{client_id}/tiedot", {"last_name": "", "email": "x"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Kirjoita sukunimi" in text


def test_who_comes_second_sees_both_versions_and_decides(uow: UnitOfWork, scene: Scene, browser: Browser) -> None:
    client_id = scene.of_team(uow, last_name="Niemi", first_names="Aino")
    anna, place = browser(scene.worker), f"/asiakkaat/{client_id}/tiedot"
    anna.submit(place, {"call_name": "Ensimmäinen"})
    answer = anna.submit(place, {"call_name": "Toinen", "version": "1"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Ensimmäinen" in text
    assert 'value="Toinen"' in text
    assert '<input type="hidden" name="version" value="2">' in text


def test_a_form_left_as_it_was_keeps_what_is_sealed(uow: UnitOfWork, scene: Scene, browser: Browser) -> None:
    anna = browser(scene.worker)
    assert anna.submit(at(scene, "tiedot"), {"call_name": "Aikku"}, form="details").status_code == 303
    answer = post(anna, at(scene, "tiedot"), at(scene, "yhteystiedot"))
    text = answer.get_data(as_text=True)
    assert [word for word in (ADDRESS, PHONE, EMAIL) if word not in text] == []


def test_the_protection_does_not_end_without_a_reason(uow: UnitOfWork, scene: Scene, browser: Browser) -> None:
    anna = browser(scene.worker)
    answer = anna.submit(at(scene, "tiedot"), {"is_protected": []}, form="details")
    assert answer.status_code == 422
    assert "Kirjoita, miksi turvakielto päättyy." in answer.get_data(as_text=True)
    assert secrets_on(answer.get_data(as_text=True)) == []


def test_the_lead_names_a_handler_and_ends_the_right(uow: UnitOfWork, scene: Scene, browser: Browser) -> None:
    sari, page = browser(scene.lead), at(scene, "kasittelijat")
    answer = sari.submit(page, {"user": str(scene.colleague.id), "reason": "Kotikäynti"}, form="name-handler")
    assert answer.status_code == 303
    assert "Juha Laine" in sari.get(page).get_data(as_text=True)
    assert len(handlers_of(uow, scene.client_id)) == 2
    sari.submit(page, form=f"{page}/{scene.colleague.id}/paata")
    assert len(handlers_of(uow, scene.client_id)) == 1


def test_a_colleague_sees_the_handlers_and_names_nobody(scene: Scene, browser: Browser) -> None:
    page = browser(scene.colleague).get(at(scene, "kasittelijat")).get_data(as_text=True)
    assert "Anna Mäki" in page
    assert "Nimeä käsittelijä" not in page


@pytest.mark.parametrize(("who", "status"), [("colleague", 403), ("stranger", 404)])
def test_only_workers_of_the_client_open_the_form(
    uow: UnitOfWork, scene: Scene, browser: Browser, who: str, status: int
) -> None:
    mine = browser(create_user(uow) if who == "stranger" else scene.colleague)
    assert mine.get(at(scene, "tiedot")).status_code == status


def test_the_list_is_filtered_and_never_finds_the_protected_by_town(
    uow: UnitOfWork, scene: Scene, browser: Browser
) -> None:
    scene.of_team(uow, last_name="Niemi", municipality="111")
    anna = browser(scene.worker)
    page = anna.get("/asiakkaat").get_data(as_text=True)
    assert page.index("Aalto Aino") < page.index("Niemi Aino")
    assert "2 asiakasta" in page
    narrowed = anna.get("/asiakkaat?kunta=111").get_data(as_text=True)
    assert "Niemi Aino" in narrowed
    assert "Aalto Aino" not in narrowed
    assert "Rajaukseen ei osu" in anna.get("/asiakkaat?kieli=sv").get_data(as_text=True)


def test_an_opened_page_is_in_the_trail(uow: UnitOfWork, scene: Scene, browser: Browser, now: datetime) -> None:
    browser(scene.worker).get(at(scene, "tiedot"))
    row = uow.session.scalars(select(AuditEvent).where(AuditEvent.action == "viewed")).one()
    assert (row.object_kind, row.client_id, row.purpose) == ("client_details", scene.client_id, "own")
