"""Giving a copy to a party of the network: never without a basis, and always on record (703/2023 6 and 10 §)."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

from app.consents.domain import ConsentKind
from app.papers import queries
from app.papers.models import Disclosure
from tests.factories.consents import build_entry, create_consent
from tests.web.papers.conftest import make_plan, order, printings
from tests.web.workbench.conftest import Desk

PARTY = {"recipient": "party", "party": "kela", "purpose": "planning"}


def test_a_party_without_a_basis_gets_no_copy_and_the_cure_is_a_link_away(desk: Desk) -> None:
    """703/2023 section 6: the page names what is missing; nothing is put on record."""
    answer = desk.browser.submit(f"{desk.path}/tulosteet/{make_plan(desk)}/pdf", PARTY, form="tuloste")
    assert answer.status_code == 422
    assert "Voimassa olevaa perustetta ei ole. Taho: Kela. Tiedot: Suunnitelma ja tavoitteet." in answer.text
    assert f'href="{desk.path}/suostumukset/uusi"' in answer.text
    assert printings(desk) == []
    assert desk.uow.session.scalar(select(func.count()).select_from(Disclosure)) == 0


def test_a_copy_for_a_party_rests_on_a_basis_and_is_written_into_the_disclosure_log(desk: Desk) -> None:
    """703/2023 section 10: what, whose, by whom, to whom, when, for what, on what ground."""
    consent = create_consent(desk.uow, desk.case, build_entry(categories=("plan",)), now=desk.now)
    plan = make_plan(desk)
    pdf = order(desk, plan, PARTY)
    assert "Kappale taholle: Kela. Peruste: Suostumus" in pdf.text
    (row,) = queries.disclosures_of(desk.uow, desk.case)
    assert (row.paper, row.edition, row.party, row.purpose) == ("suunnitelma", "v1", "kela", "planning")
    assert (row.basis, row.categories, row.disclosed_by) == ("CONSENT", ("plan",), desk.worker.id)
    assert row.disclosed_at == desk.now
    assert desk.uow.session.scalar(select(Disclosure.consent_id)) == consent
    shown = desk.browser.get(f"{desk.path}/tulosteet").text
    for words in ("Kela", "Suunnitelma ja tavoitteet", "Yhteisen suunnitelman tekeminen", "703/2023 6 §"):
        assert words in shown
    assert "Antoi tietoja verkoston taholle" in desk.browser.get(f"{desk.path}/loki").text


def test_a_statute_on_record_opens_what_no_consent_does(desk: Desk) -> None:
    law = build_entry(
        kind=ConsentKind.STATUTORY, basis="LAW_381_2023_15", given=("labour_authority",), categories=("plan",)
    )
    create_consent(desk.uow, desk.case, law, now=desk.now)
    order(desk, make_plan(desk), {**PARTY, "party": "labour_authority"})
    (row,) = queries.disclosures_of(desk.uow, desk.case)
    assert row.basis == "LAW_381_2023_15"


def test_what_was_given_stays_on_record_after_the_consent_is_withdrawn(desk: Desk) -> None:
    consent = create_consent(desk.uow, desk.case, build_entry(categories=("plan",)), now=desk.now)
    plan = make_plan(desk)
    order(desk, plan, PARTY)
    address = f"{desk.path}/suostumukset/{consent}/peru"
    assert desk.browser.submit(address, {"withdrawn_on": "24.11.2026"}, form="peru").status_code == 303
    answer = desk.browser.submit(f"{desk.path}/tulosteet/{plan}/pdf", PARTY, form="tuloste")
    assert answer.status_code == 422
    assert len(queries.disclosures_of(desk.uow, desk.case)) == 1


def test_the_summary_and_the_consents_are_not_offered_to_the_network(desk: Desk) -> None:
    page = desk.browser.get(f"{desk.path}/tulosteet/yhteenveto/pdf").text
    assert 'value="party"' not in page
    assert 'name="purpose"' not in page


@pytest.mark.parametrize(
    "act", ["UPDATE disclosure SET party = 'muu'", "DELETE FROM disclosure", "TRUNCATE disclosure"]
)
def test_the_disclosure_log_is_only_added_to(desk: Desk, act: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        desk.uow.session.execute(text(act))


def test_a_copy_of_yesterdays_basis_is_not_given_today(desk: Desk) -> None:
    ended = build_entry(categories=("plan",), valid_until=desk.now.date() - timedelta(days=1))
    create_consent(desk.uow, desk.case, ended, now=desk.now - timedelta(days=3))
    answer = desk.browser.submit(f"{desk.path}/tulosteet/{make_plan(desk)}/pdf", PARTY, form="tuloste")
    assert answer.status_code == 422
