"""Checks 1, 2, 4 and 5: the work list, the entry from it, the search, and the client page, in a window of 1366×625."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.e2e import deeds
from tests.e2e.conftest import SCREEN, SignIn
from tests.e2e.deeds import follow, press, said
from tests.e2e.watching import Hand

FURTHEST = "/tyolista?suunta=laskeva"  # rows whose next step is far off, so that a nearer one takes its place
STATES = re.compile(r"^(Ei aloitettu|Kesken|Valmis|Ei tarvita)\b")


def is_above_the_fold(thing: Locator) -> bool:
    box = thing.bounding_box()
    assert box, f"{thing} is not drawn"
    return box["y"] >= 0 and box["y"] + box["height"] <= SCREEN["height"]


def test_the_work_list_shows_eight_rows_and_five_counters_without_scrolling(sign_in: SignIn) -> None:
    """Check 1."""
    page = sign_in("anna.maki")
    counters = page.get_by_role("list", name="Rajaa määräpäivän mukaan").get_by_role("link")
    expect(counters).to_have_count(5)
    assert all(is_above_the_fold(counter) for counter in counters.all())
    rows = [row for row in page.locator("tbody tr.govuk-table__row").all() if is_above_the_fold(row)]
    assert len(rows) >= 8
    for row in rows:
        assert is_above_the_fold(row.get_by_role("link", name="Kirjaa"))
        expect(row.locator(".c-stage")).to_contain_text(re.compile(r"[1-7]/7 \w+"))
        expect(row.locator(".c-next")).not_to_be_empty()
        expect(row.locator(".c-due")).to_contain_text(re.compile("Myöhässä|Tänään|Huomenna|pv|Ei määräpäivää"))


def test_a_meeting_is_logged_from_the_work_list_in_three_clicks(sign_in: SignIn, hand: Callable[[Page], Hand]) -> None:
    """Check 2."""
    page = sign_in("juha.laine")
    page.goto(FURTHEST)
    row = page.locator("tbody tr.govuk-table__row").first
    name = row.get_by_role("rowheader").get_by_role("link").inner_text()
    place = deeds.invent("").last_name
    hand(page).begin()
    follow(row, "Kirjaa")
    expect(page.get_by_label("Mitä sovittiin")).to_be_focused()
    expect(page.get_by_label("Tapaaminen", exact=True)).to_be_checked()
    expect(page.get_by_label("Päivä", exact=True)).to_have_value("24.11.2026")
    page.get_by_label("Mitä sovittiin").fill(f"Tapasin asiakkaan, työpaikka {place}.")
    page.get_by_label("Seuraava askel").fill(f"Soita paikkaan {place}")
    page.get_by_label("Viimeistään").fill("+1 vk")
    press(page, "Tallenna kirjaus")
    said(page, "Kirjaus tallennettu")
    hand(page).tell("a meeting logged from the work list")
    assert hand(page).clicks <= 3
    saved = page.locator("tbody tr.govuk-table__row").filter(has_text=name)
    expect(saved).to_contain_text(f"Soita paikkaan {place}")
    expect(saved).to_contain_text("ti 1.12.")
    follow(saved, name)
    follow(page, "Aikajana")
    expect(page.locator(".polku-timeline")).to_contain_text(f"Tapasin asiakkaan, työpaikka {place}.")


def test_three_letters_open_the_right_client(sign_in: SignIn, hand: Callable[[Page], Hand]) -> None:
    """Check 4."""
    page, person = sign_in("anna.maki"), deeds.invent("Otso", last_name="q")
    case = deeds.register(page, person)
    page.goto("/muistutukset")
    hand(page).begin()
    page.keyboard.press("Control+k")
    expect(page.get_by_label("Hae asiakas")).to_be_focused()
    page.keyboard.type(person.last_name[:3].lower())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(person.name)
    hand(page).tell("a client found by three letters")
    assert hand(page).clicks <= 2
    follow(page, "Yhteenveto")
    assert deeds.case_of(page) == case


def test_makinen_finds_makinen_with_its_dots(sign_in: SignIn) -> None:
    """Check 4, its second half."""
    page, person = sign_in("anna.maki"), deeds.invent("Tuuli", last_name="Mäkinen")
    deeds.register(page, person)
    page.keyboard.press("Control+k")
    page.keyboard.type(person.last_name.lower().replace("ä", "a"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text(person.name)


def test_a_reference_opens_the_client_too(sign_in: SignIn) -> None:
    page = sign_in("anna.maki")
    row = page.locator("tbody tr.govuk-table__row").nth(3)
    name = row.get_by_role("rowheader").get_by_role("link").inner_text()
    found = re.search(r"A-\d+", row.inner_text())
    assert found
    page.keyboard.press("Control+k")
    page.keyboard.type(found[0])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_the_client_page_says_where_the_path_stands_without_scrolling(
    sign_in: SignIn, hand: Callable[[Page], Hand]
) -> None:
    """Check 5, and what was promised last: read with no click at all."""
    page = sign_in("anna.maki")
    follow(page.locator("tbody tr.govuk-table__row").first, "")
    hand(page).begin()
    stages = page.get_by_role("list", name="Polun vaiheet").get_by_role("listitem")
    expect(stages).to_have_count(7)
    for stage in stages.all():
        expect(stage.locator(".polku-stage__state")).to_have_text(STATES)
        assert is_above_the_fold(stage)
    shown = (
        page.get_by_role("heading", level=1),
        page.get_by_text("Vastuutyöntekijä", exact=True).first,
        page.get_by_role("region", name="Seuraavaksi"),
        page.get_by_role("heading", name="Viimeksi"),
        page.get_by_role("heading", name="Viimeksi").locator("xpath=ancestor::section//li").first,
    )
    for thing in shown:
        assert is_above_the_fold(thing), thing
    assert hand(page).clicks == 0
