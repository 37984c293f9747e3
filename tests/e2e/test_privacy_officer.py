"""The tietosuojavastaava: finds out who has looked at a client, by reference and by day, and sees no name."""

import re
from collections.abc import Callable
from typing import Final

from playwright.sync_api import Page, expect

from tests.e2e import deeds
from tests.e2e.conftest import SignIn
from tests.e2e.deeds import follow, press
from tests.e2e.product import Product

CODE: Final = re.compile(r"\b[a-z]+(?:[_.][a-z]+)+\b(?!@)")
"""What looks like a code of ours; user names are the one thing that is meant to."""


def rows(page: Page) -> list[list[str]]:
    """The rows of the log: when, who, kind, what, client, why."""
    found: list[list[str]] = page.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    )
    return found


def search(page: Page, **typed: str) -> None:
    """Fill the filter in and press its button."""
    follow(page, "Tyhjennä")
    for label, words in typed.items():
        page.get_by_label(LABELS[label], exact=True).fill(words)
    press(page, "Suodata")


LABELS: Final = {"since": "Päivästä", "until": "Päivään", "user": "Käyttäjätunnus", "client": "Asiakkaan viite"}


def test_the_log_tells_who_has_seen_a_client_and_why(sign_in: SignIn, product: Product) -> None:
    worker, person = sign_in("anna.maki"), deeds.invent("Venla")
    case = deeds.register(worker, person)
    follow(worker, "Aikajana")
    reference = reference_of(product, case)
    stranger = sign_in("timo.virta")
    answer = stranger.goto(f"/polut/{case}")
    assert answer is not None
    assert answer.status == 404
    lead = sign_in("maria.lehto")
    lead.goto("/asiakkaat")

    page = sign_in("risto.karhu")
    search(page, client=reference)
    seen = rows(page)
    assert {row[4] for row in seen if row[2] != "Listalla"} == {reference}
    assert ["anna.maki", "Katsottu", "Katsoi: aikajana", reference, "oma asiakas"] in [row[1:] for row in seen]
    assert ["anna.maki", "Muutettu", "Rekisteröi asiakkaan", reference, "–"] in [row[1:] for row in seen]
    expect(page.get_by_role("main")).not_to_contain_text(person.last_name)
    expect(page.get_by_role("main")).not_to_contain_text(person.identity_code)

    search(page, user="timo.virta")
    denied = [row for row in rows(page) if row[2] == "Evätty"]
    assert denied
    assert denied[0][3] == "Pääsy estettiin\nasiakkaan sivut · ei hänen nähtävissään tai ei olemassa"


def test_days_narrow_the_log_and_what_cannot_be_read_is_said(sign_in: SignIn, axe: Callable[[Page], None]) -> None:
    page = sign_in("risto.karhu")
    search(page, since="24.11.2026", until="24.11.2026")
    assert {row[0].split(" klo ")[0] for row in rows(page)} == {"24.11.2026"}
    search(page, until="23.11.2026")
    assert all(not row[0].startswith("24.11.2026") for row in rows(page))
    search(page, since="25.11.2026")
    expect(page.get_by_role("heading", name="Rajaukseen ei osu rivejä")).to_be_visible()
    search(page, since="31.2.2026", client="2041 2042")
    expect(page).to_have_title(re.compile("^Virhe: Loki"))
    axe(page)
    summary = page.locator(".govuk-error-summary")
    summary.get_by_role("link", name="Päivää 31.2.2026 ei ole.").click()
    expect(page.get_by_label("Päivästä")).to_be_focused()
    expect(page.get_by_label("Asiakkaan viite")).to_have_value("2041 2042")


def test_the_log_speaks_in_references_and_words_and_leaves_its_own_trace(sign_in: SignIn, product: Product) -> None:
    for username in ("kaisa.niemi", "paula.aho"):
        sign_in(username).goto("/johtaminen")
    page = sign_in("risto.karhu")
    page.goto("/loki")
    assert rows(page)[0][1:] == ["risto.karhu", "Katsottu", "Katsoi: koko loki", "–", "valvonta"]
    for kind in ("Kaikki", "Katsottu", "Listalla", "Muutettu", "Evätty"):
        page.get_by_label("Laji").select_option(kind)
        press(page, "Suodata")
        for _when, _who, shown, what, client, why in rows(page):
            assert kind in {shown, "Kaikki"}
            assert not CODE.search(f"{what} {why}"), what
            assert re.fullmatch(r"–|A-\d{4,}|\d+ asiakas(ta)?", client), client
        words = " ".join(page.locator("tbody td").all_inner_texts())
        plain = re.sub(r"\b[a-zåäö]+\.[a-zåäö]+\d*\b", "", words)  # the users' names are theirs to be named by
        named = set(re.findall(r"\b[A-ZÅÄÖ]\w+", plain))
        assert not {name.casefold() for name in named} & product.names()


def reference_of(product: Product, case: str) -> str:
    """The reference of a case's client."""
    with product.database() as connection:
        found = connection.execute(
            "SELECT k.ref_number FROM client k JOIN pathway_case c ON c.client_id = k.id WHERE c.id = %s", [case]
        ).fetchone()
    assert found
    return f"A-{found[0]}"
