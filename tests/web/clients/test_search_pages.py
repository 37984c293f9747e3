"""The search: by POST, under a token, within scope."""

import re
from uuid import uuid4

from sqlalchemy import select

from app.audit.models import AuditEvent
from app.core.uow import UnitOfWork
from tests.factories.accounts import create_user
from tests.factories.clients import a_code, create_client
from tests.web.clients.conftest import Browser, Scene


def test_a_name_travels_in_no_address_and_in_no_title(uow: UnitOfWork, scene: Scene, browser: Browser) -> None:
    scene.of_team(uow, last_name="Mäkinen", municipality="111")
    anna = browser(scene.worker)
    answer = anna.submit("/haku", {"q": "makinen"})
    assert answer.status_code == 303
    assert re.fullmatch(r"/haku/[0-9a-f-]{36}", answer.headers["Location"])
    page = anna.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Mäkinen Aino" in page
    assert "Heinola" in page
    title = re.search("<title>(.*?)</title>", page)
    assert title is not None
    assert "kinen" not in title[1]


def test_the_search_of_the_top_bar_needs_no_key_of_a_form(scene: Scene, browser: Browser) -> None:
    anna = browser(scene.worker)
    page = anna.get("/asiakkaat").get_data(as_text=True)
    token = re.search(r'class="polku-find".*?name="csrf_token" value="([^"]+)"', page, re.DOTALL)
    assert token is not None
    assert anna.post("/haku", data={"csrf_token": token[1], "q": "aalto"}).status_code == 303


def test_a_reference_leads_to_the_client(scene: Scene, browser: Browser, uow: UnitOfWork) -> None:
    anna = browser(scene.worker)
    ref = re.search(r"A-\d+", anna.get("/asiakkaat").get_data(as_text=True))
    assert ref is not None
    found = anna.get(anna.submit("/haku", {"q": ref[0].lower()}).headers["Location"])
    assert (found.status_code, found.headers["Location"]) == (303, f"/asiakkaat/{scene.client_id}")


def test_a_single_hit_is_opened_from_the_top_bar_and_listed_before_a_registration(
    uow: UnitOfWork, scene: Scene, browser: Browser
) -> None:
    only = scene.of_team(uow, last_name="Pihlajisto")
    anna = browser(scene.worker)
    listed = anna.get(anna.submit("/haku", {"q": "pih"}).headers["Location"])
    assert (listed.status_code, "Pihlajisto" in listed.get_data(as_text=True)) == (200, True)
    opened = anna.get(anna.submit("/haku", {"q": "pih", "avaa": "1"}).headers["Location"])
    assert (opened.status_code, opened.headers["Location"]) == (303, f"/asiakkaat/{only}")


def test_several_hits_are_listed_for_the_top_bar_too(uow: UnitOfWork, scene: Scene, browser: Browser) -> None:
    scene.of_team(uow, last_name="Pihlajisto")
    scene.of_team(uow, last_name="Pihlajalehto")
    anna = browser(scene.worker)
    assert anna.submit("/haku", {"q": "pih", "avaa": "1"}, follow=True).status_code == 200


def test_nobody_found_tells_how_to_search_and_how_to_add(scene: Scene, browser: Browser) -> None:
    anna = browser(scene.worker)
    page = anna.submit("/haku", {"q": "xyzzy"}, follow=True).get_data(as_text=True)
    assert "Ketään ei löytynyt" in page
    assert "Haettu: xyzzy" in page
    assert "makinen löytää Mäkisen" in page
    assert "Lisää uusi asiakas" in page


def test_a_code_out_of_scope_is_known_and_no_more(uow: UnitOfWork, scene: Scene, browser: Browser) -> None:
    client_id = create_client(uow, last_name="Salamies", identity_code=a_code())
    uow.commit()
    anna = browser(scene.worker)
    answer = anna.submit("/haku", {"q": a_code()})
    page = anna.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Henkilötunnus tunnetaan" in page
    assert not [word for word in ("Salamies", str(client_id), a_code()) if word in page]
    assert uow.session.scalars(select(AuditEvent.client_id).where(AuditEvent.action == "looked_up")).all() == [
        client_id
    ]


def test_an_unknown_code_may_be_added(scene: Scene, browser: Browser) -> None:
    page = browser(scene.worker).submit("/haku", {"q": a_code()}, follow=True).get_data(as_text=True)
    assert "Henkilötunnusta ei tunneta" in page
    assert "Lisää uusi asiakas" in page


def test_a_code_with_a_slip_is_told_at_once(scene: Scene, browser: Browser) -> None:
    answer = browser(scene.worker).submit("/haku", {"q": "140587-901X"})
    assert answer.status_code == 422
    assert "Virhe: " in answer.get_data(as_text=True)


def test_an_empty_search_says_what_to_write(scene: Scene, browser: Browser) -> None:
    answer = browser(scene.worker).submit("/haku", {"q": " "})
    assert answer.status_code == 422
    assert "Kirjoita nimi, asiakasviite tai henkilötunnus" in answer.get_data(as_text=True)


def test_the_thirty_first_code_is_answered_429(scene: Scene, browser: Browser) -> None:
    anna = browser(scene.worker)
    for _ in range(30):
        assert anna.submit("/haku", {"q": a_code()}).status_code == 303
    assert anna.submit("/haku", {"q": a_code()}).status_code == 429


def test_anothers_token_and_a_made_up_one_are_not_found(uow: UnitOfWork, scene: Scene, browser: Browser) -> None:
    address = browser(scene.worker).submit("/haku", {"q": "aalto"}).headers["Location"]
    assert browser(scene.colleague).get(address).status_code == 404
    assert browser(scene.worker).get(f"/haku/{uuid4()}").status_code == 404


def test_a_worker_of_another_team_finds_nobody_here(uow: UnitOfWork, scene: Scene, browser: Browser) -> None:
    page = browser(create_user(uow)).submit("/haku", {"q": "aalto"}, follow=True).get_data(as_text=True)
    assert "Ketään ei löytynyt" in page
