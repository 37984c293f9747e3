"""The työkykykoordinaattori: gives clients to workers, and brings a register in."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import SignIn
from tests.e2e.deeds import follow, press, said
from tests.e2e.watching import Hand

REGISTER: Final = Path(__file__).resolve().parents[1] / "data/asiakasrekisteri.csv"
PLANTED: Final = json.loads(REGISTER.with_suffix(".faults.json").read_text("utf-8"))
PAGE: Final = 50  # rows on a page of the board
RUN: Final = 60_000  # milliseconds a run of six hundred rows may take while everything else works too


def waiting(page: Page) -> int:
    """How many clients the board says are waiting."""
    found = re.match(r"(\d+) asiakas", page.locator("#odottaa").inner_text())
    return int(found[1]) if found else 0


def test_a_client_of_a_town_is_given_to_a_worker_in_four_clicks(sign_in: SignIn, hand: Callable[[Page], Hand]) -> None:
    page = sign_in("kaisa.niemi")
    follow(page, "Jako")
    everybody = waiting(page)
    assert page.locator(".polku-jako tbody tr").count() == min(everybody, PAGE)

    hand(page).begin()
    page.get_by_label("Kunta").focus()
    page.keyboard.type("Lah")
    press(page, "Suodata")
    rows = page.locator(".polku-jako tbody tr")
    expect(page.get_by_label("Kunta")).to_have_value("398")
    of_town = waiting(page)
    assert 0 < of_town < everybody
    assert rows.count() == min(of_town, PAGE)
    assert all("Lahti" in town for town in rows.get_by_role("rowheader").all_inner_texts())
    name, place = rows.first.get_by_role("rowheader").inner_text().splitlines()
    reference = place.split(" ")[0]
    follow(rows.first, "Jaa")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Jaa asiakas: {name}")
    # somebody of the demo's staff whom the pathway names; other tests make users called Uusi
    worker = page.locator(".govuk-radios__item").filter(has_not_text=re.compile("polkumalli ei mainitse|Uusi")).first
    chosen = worker.locator("label").inner_text()
    worker.get_by_role("radio").check()
    press(page, "Nimeä työntekijä")
    said(page, "Vastuutyöntekijä nimetty")
    hand(page).tell("a client of a town given to a worker")
    assert hand(page).clicks <= 4

    assert waiting(page) == everybody - 1
    expect(page.locator(".polku-jako")).not_to_contain_text(reference)
    hers = sign_in(usernamed(chosen))
    hers.get_by_label("Hae asiakas").fill(reference)
    hers.keyboard.press("Enter")
    expect(hers.get_by_role("heading", level=1)).to_have_text(name)
    expect(hers.locator(".polku-facts--quiet")).to_contain_text(chosen)


def usernamed(name: str) -> str:
    """The demo spells user names without dots over the letters."""
    return name.lower().replace(" ", ".").translate(str.maketrans("äöå", "aoa"))


def test_who_comes_second_is_told_and_changes_nothing(sign_in: SignIn, axe: Callable[[Page], None]) -> None:
    first, second, elsewhere = sign_in("kaisa.niemi"), sign_in("kaisa.niemi"), sign_in("antti.heino")
    first.goto("/jako")
    follow(first.locator(".polku-jako tbody tr").first, "Jaa")
    path = first.url
    for page in (first, second, elsewhere):
        page.goto(path)
        page.get_by_role("radio").first.check()
        page.get_by_label("Miksi tämä työntekijä").fill("Asiakkaan oma toive.")
    press(first, "Nimeä työntekijä")
    said(first, "Vastuutyöntekijä nimetty")

    press(second, "Nimeä työntekijä")
    expect(second).to_have_title(re.compile("^Virhe: "))
    expect(second.locator(".govuk-error-summary")).to_contain_text("Joku ehti ensin. Vastuutyöntekijä nyt: ")
    axe(second)

    press(elsewhere, "Nimeä työntekijä")
    expect(elsewhere.get_by_role("main")).to_contain_text("Joku muu on voinut jakaa sen hetki sitten.")


@pytest.mark.fills_the_region
def test_a_register_is_checked_brought_in_and_brought_in_again_to_no_effect(sign_in: SignIn) -> None:
    page = sign_in("kaisa.niemi")
    upload(page)
    assert figures(page) == {"Rivejä tiedostossa": 600, "Voidaan tuoda": 567, "Jo rekisterissä": 0, LEFT_OUT: 33}
    expect(page.get_by_role("heading", name="33 virhettä")).to_be_visible()
    rows = page.locator("#import-run tbody tr")
    assert {row.get_by_role("rowheader").inner_text() for row in rows.all()} == set(PLANTED["faults"])
    for words in rows.all_inner_texts():
        assert re.fullmatch(r"\d+\t\S.*\t.{20,}", words), words
    assert faults_to_load(page) == [re.split(r"\t", words) for words in rows.all_inner_texts()]

    press(page, "Tuo 567 riviä")
    ended(page)
    assert figures(page) == {"Rivejä tiedostossa": 600, "Tuotu": 567, "Jo rekisterissä": 0, LEFT_OUT: 33}

    follow(page, "Tuo toinen tiedosto")
    upload(page)
    assert figures(page) == {"Rivejä tiedostossa": 600, "Voidaan tuoda": 0, "Jo rekisterissä": 567, LEFT_OUT: 33}
    expect(page.get_by_role("button", name=re.compile("^Tuo "))).to_have_count(0)
    press(page, "Peruuta ja poista tiedosto")
    said(page, "Tiedosto on poistettu. Mitään ei tuotu.")


LEFT_OUT: Final = "Virheellisiä rivejä, jätetään pois"


def upload(page: Page) -> None:
    """Send the register and wait until it has been checked."""
    if not page.url.endswith("/tuonti"):
        follow(page, "Tuonti")
    page.get_by_label("Rekisteritiedosto").set_input_files(REGISTER)
    press(page, "Tarkista tiedosto")
    ended(page)


def ended(page: Page) -> None:
    """The page itself tells when the run has ended."""
    expect(page.get_by_text("Rivejä tiedostossa")).to_be_visible(timeout=RUN)


def figures(page: Page) -> dict[str, int]:
    """What the run found, by its words; the coding of the file is no figure."""
    found = {}
    for row in page.locator("#import-run .govuk-summary-list__row").all():
        words, number = row.locator("dt").inner_text(), row.locator("dd").inner_text()
        if number.isdigit():
            found[words] = int(number)
    return found


def faults_to_load(page: Page) -> list[list[str]]:
    """The rows of the table of faults that the page offers for Excel."""
    with page.expect_download() as download:
        follow(page, "Lataa taulukkona (CSV)")
    content = Path(download.value.path()).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 34
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))[1:]
