"""Signatures on the page: party by party, a missing one with its reason, and a signed draft that cannot be changed."""

from datetime import date
from uuid import UUID

import pytest

from tests.factories.plans import build_content, build_signatures, create_draft, needed_answers
from tests.web.workbench.conftest import Desk

TODAY = date(2026, 11, 24)
KIND = "activation_plan"
SIGNED = {
    "sign-client-on": "24.11.2026",
    "sign-client-way": "oral",
    "sign-labour_authority-name": "Tuomas Harju",
    "sign-labour_authority-on": "23.11.2026",
    "sign-labour_authority-way": "electronic",
    "sign-labour_authority-system": "SY04",
}


@pytest.fixture
def path(desk: Desk) -> str:
    """The address of a written draft of an activation plan without activity."""
    content = build_content(next_review_on=date(2027, 2, 1), answers=needed_answers(KIND, TODAY))
    version_id: UUID = create_draft(desk.uow, desk.case, kind=KIND, content=content, now=desk.now)
    desk.uow.commit()
    return f"{desk.path}/suunnitelmat/{version_id}"


def test_a_missing_signature_is_named_and_passes_with_its_reason_which_is_read(desk: Desk, path: str) -> None:
    """DO02: three parties sign (189/2001 5 §)."""
    answer = desk.browser.submit(f"{path}/voimaan", SIGNED, form="voimaan")
    assert answer.status_code == 422
    assert "Allekirjoitus puuttuu: Sosiaalihuolto (189/2001 5–9 §). Lisää se tai kirjoita syy." in answer.text
    assert 'href="#reason-signatures"' in answer.text
    assert 'value="Tuomas Harju"' in answer.text
    done = desk.browser.submit(
        f"{path}/voimaan", SIGNED | {"reason-signatures": "Allekirjoitan illalla."}, form="voimaan"
    )
    assert done.status_code == 303
    page = desk.browser.get(path).text
    for words in (
        "Tuomas Harju",
        "23.11.2026, Sähköisesti toisessa palvelussa",
        "Työmarkkinatori ja Oma asiointi",
        "Allekirjoitan illalla.",
        "Allekirjoitus puuttuu",
    ):
        assert words in page


def test_signatures_come_before_the_plan_holds_and_freeze_what_it_says(desk: Desk, path: str) -> None:
    answer = desk.browser.submit(f"{path}/allekirjoitukset", SIGNED, form="allekirjoitukset")
    assert answer.status_code == 303
    page = desk.browser.get(path).text
    assert "Tuomas Harju" in page
    written = {"goal-1-text": "Muuta", "next_review_on": "1.2.2027"}
    refused = desk.browser.submit(f"{path}/muokkaa", written, form="suunnitelma")
    assert refused.status_code == 422
    assert "Versio on allekirjoitettu." in refused.text
    assert 'sign-client-on"' not in desk.browser.get(f"{path}/voimaan").text, "who has signed is not asked again"
    deed = f"{path}/allekirjoitukset/client/poista"
    assert desk.browser.submit(path, form=deed).status_code == 303
    assert 'sign-client-on"' in desk.browser.get(f"{path}/voimaan").text


def test_half_a_signature_leads_into_its_field(desk: Desk, path: str) -> None:
    answer = desk.browser.submit(f"{path}/allekirjoitukset", {"sign-client-way": "paper"}, form="allekirjoitukset")
    assert answer.status_code == 422
    assert 'href="#sign-client-on"' in answer.text
    assert "Kirjoita allekirjoituksen päivä, esimerkiksi 5.2.2026." in answer.text


def test_the_page_of_signatures_tells_who_may_be_left_out(desk: Desk, path: str) -> None:
    page = desk.browser.get(f"{path}/allekirjoitukset").text
    assert "Tukihenkilö" in page
    assert page.count("voi jättää tyhjäksi") == 1
    assert len(build_signatures(KIND, TODAY)) == 3
