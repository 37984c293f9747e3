"""Taking a consent down: what the client decides is never ticked beforehand, and nothing that was ticked is lost."""

import re

from tests.strict import parse
from tests.web.workbench.conftest import Desk

ITEMS = {"parties": ["kela"], "refused": ["employer"], "categories": ["health"], "purposes": ["planning"]}


def ticked(html: str) -> dict[str, str]:
    """The boxes and buttons that are chosen on the page, by the name of their field."""
    boxes = parse(html).iterfind(".//input[@checked]")
    return {box.get("name", ""): box.get("value", "") for box in boxes}


def test_the_form_opens_as_the_clients_own_consent_with_nothing_of_it_ticked(desk: Desk) -> None:
    page = desk.browser.get(f"{desk.path}/suostumukset/uusi").text
    assert ticked(page) == {"kind": "consent", "given_by": "self"}
    assert 'value="24.11.2026"' in page


def test_a_consent_without_its_kinds_of_data_comes_back_with_the_cure_and_every_tick(desk: Desk) -> None:
    values = ITEMS | {"categories": [], "form": "oral"}
    answer = desk.browser.submit(f"{desk.path}/suostumukset/uusi", values, form="suostumus")
    assert answer.status_code == 422
    assert "Valitse ainakin yksi tietoryhmä" in answer.text
    assert ticked(answer.text) == {
        "kind": "consent",
        "parties": "kela",
        "refused": "employer",
        "purposes": "planning",
        "form": "oral",
        "given_by": "self",
    }


def test_a_refusal_is_put_on_record_beside_the_consent(desk: Desk) -> None:
    answer = desk.browser.submit(f"{desk.path}/suostumukset/uusi", ITEMS | {"form": "oral"}, form="suostumus")
    assert answer.status_code == 303
    page = desk.browser.get(f"{desk.path}/suostumukset").text
    (said_no,) = re.findall(r"Ei lupaa</dt><dd[^>]*>([^<]*)", page)
    assert said_no == "Työnantaja"
