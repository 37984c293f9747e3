"""Registering, opening another pathway, closing, reopening, withdrawing a consent."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Role
from app.assessments.queries import identification_of
from app.cases import queries as cases
from app.clients import queries as clients
from app.clients.models import Client
from app.consents import queries as consents
from app.duties import queries as duties
from tests.factories.accounts import create_user
from tests.factories.cases import seen_by
from tests.factories.clients import a_code, create_client
from tests.factories.consents import build_entry, create_consent
from tests.factories.network import create_member
from tests.web.workbench.conftest import Desk

PERSON = {
    "last_name": "Virtanen",
    "first_names": "Ville Kalle",
    "birth_on": "1.3.1990",
    "model": "work_ability_support",
    "contact_source": "kela",
    "basis_note": "Asiakas pyysi tukea työkykyynsä",
}


def test_a_person_is_registered_and_their_pathway_opened_at_once(desk: Desk) -> None:
    answer = desk.browser.submit("/asiakkaat/uusi", PERSON)
    assert answer.status_code == 303
    page = desk.browser.get(answer.location).get_data(as_text=True)
    assert "Virtanen Ville" in page
    assert "Asiakas pyysi tukea työkykyynsä" in page
    case = cases.case_of(desk.uow, _id_in(answer.location))
    assert (case.contact_source, case.team_id, case.worker_id) == ("kela", desk.team, None)


def test_how_the_contact_was_made_is_kept_and_shown_beside_who_made_it(desk: Desk) -> None:
    """PA1 and FR05: the channel is optional and told with the source, on both forms that open a path."""
    answer = desk.browser.submit("/asiakkaat/uusi", {**PERSON, "contact_channel": "referral"})
    page = desk.browser.get(f"{answer.location}/arviointi").get_data(as_text=True)
    assert "Kela, Lähete" in page
    client_id = cases.case_of(desk.uow, _id_in(answer.location)).client_id
    sent = {"model": "group_employment", "contact_source": "self", "basis_note": "Toivoi", "contact_channel": "phone"}
    opened = desk.browser.submit(f"/asiakkaat/{client_id}/uusi-polku", sent)
    page = desk.browser.get(f"{opened.location}/arviointi").get_data(as_text=True)
    assert "Asiakas itse, Puhelu" in page
    silent = desk.browser.submit("/asiakkaat/uusi", {**PERSON, "last_name": "Toinen", "birth_on": "2.3.1990"})
    assert identification_of(desk.uow, _id_in(silent.location)).number == 0


def test_the_new_client_is_found_by_name_in_the_team(desk: Desk) -> None:
    desk.browser.submit("/asiakkaat/uusi", PERSON)
    desk.sign_in(create_user(desk.uow, roles=(Role.OWN_WORKER,), teams=(desk.team,)))
    answer = desk.browser.submit("/tyolista", {"q": "virtan"}, form="/haku", follow=True)
    assert "Virtanen" in answer.get_data(as_text=True)


def test_somebody_like_this_is_shown_before_a_second_one_is_made(desk: Desk) -> None:
    create_client(
        desk.uow, last_name="Virtanen", first_names="Ville Kalle", birth_on=date(1990, 3, 1), actor=desk.actor
    )
    desk.uow.commit()
    asked = desk.browser.submit("/asiakkaat/uusi", PERSON)
    page = asked.get_data(as_text=True)
    assert asked.status_code == 422
    assert "Onko hän joku näistä?" in page
    assert 'value="Asiakas pyysi tukea työkykyynsä"' in page
    assert desk.browser.submit("/asiakkaat/uusi", {**PERSON, "is_another_person": "y"}).status_code == 303


def test_what_is_missing_is_told_at_its_field_and_nothing_is_kept(desk: Desk) -> None:
    before = desk.uow.session.query(Client).count()
    answer = desk.browser.submit("/asiakkaat/uusi", {**PERSON, "basis_note": "", "birth_on": "31.2.1990"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#basis_note"' in page
    assert 'href="#birth_on"' in page
    assert 'value="Virtanen"' in page
    assert desk.uow.session.query(Client).count() == before


def test_an_identity_code_already_known_is_refused_and_not_repeated_in_the_address(desk: Desk) -> None:
    answer = desk.browser.submit("/asiakkaat/uusi", {**PERSON, "birth_on": "", "identity_code": a_code()})
    assert answer.status_code == 422
    assert a_code() not in (answer.location or "")


def test_another_pathway_opens_for_the_same_client_and_one_model_only_once(desk: Desk) -> None:
    path = f"/asiakkaat/{desk.case.client_id}/uusi-polku"
    page = desk.browser.get(path).get_data(as_text=True)
    assert 'value="work_ability_support"' not in page
    sent = {"model": "group_employment", "contact_source": "self", "basis_note": "Asiakas toivoi ryhmää"}
    answer = desk.browser.submit(path, sent)
    assert answer.status_code == 303
    assert cases.case_of(desk.uow, _id_in(answer.location)).ref == desk.case.ref.replace("/1", "/2")


def test_another_teams_client_cannot_be_given_a_pathway(desk: Desk) -> None:
    stranger = create_client(desk.uow, last_name="Outo")
    desk.uow.commit()
    assert desk.browser.get(f"/asiakkaat/{stranger}/uusi-polku").status_code == 404


def test_withdrawing_a_consent_tells_first_for_whom_sharing_ends(desk: Desk) -> None:
    case = seen_by(desk.uow, desk.actor, desk.case, now=desk.now)
    consent = create_consent(desk.uow, case, build_entry(given=("kela",)), now=desk.now)
    create_member(desk.uow, case, name="Marja Salo", party="kela", now=desk.now)
    desk.uow.commit()
    path = f"{desk.path}/suostumukset/{consent}/peru"
    page = desk.browser.get(path).get_data(as_text=True)
    assert "Marja Salo: tietoja ei saa enää jakaa." in page
    assert desk.browser.submit(path, {"reason": "Asiakas perui"}, form="peru").status_code == 303
    (kept,) = consents.consents_of(desk.uow, case.id)
    assert kept.withdrawn_on == date(2026, 11, 24)
    assert [duty.kind for duty in duties.open_of_case(desk.uow, case.id)] == ["member_without_basis"]


def test_the_opener_loses_sight_when_the_case_is_not_theirs(desk: Desk) -> None:
    answer = desk.browser.submit("/asiakkaat/uusi", PERSON)
    client_id = cases.case_of(desk.uow, _id_in(answer.location)).client_id
    assert clients.client_of(desk.uow, client_id).last_name == "Virtanen"
    assert desk.uow.session.scalar(select(Client.id).where(Client.id == client_id)) == client_id


def _id_in(location: str | None) -> UUID:
    return UUID((location or "").rsplit("/", 1)[1])
