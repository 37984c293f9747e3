"""The pääkäyttäjä: makes an account, ends one at once, and sees no client anywhere."""

import re
import secrets
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPage, SignIn
from tests.e2e.deeds import follow, press, said, tick
from tests.e2e.product import Product

FIRST_PASSWORD: Final = "kettu-kulkee-kujalla-3"
OWN_PASSWORD: Final = "pihlaja-punertaa-pihassa-8"
CLIENT_WORDS: Final = ("Asiakkaat", "Työlista", "Jako", "Johtaminen", "Tuonti", "Loki")


def add_user(page: Page, team: str) -> tuple[str, str]:
    """Make an own worker of a team with a first password; gives the user name and the name."""
    first = "".join(secrets.choice("aeiouklmnrst") for _ in range(7)).title()
    username, name = f"{first.lower()}.uusi", f"{first} Uusi"
    page.goto("/yllapito/kayttajat")
    follow(page, "Uusi käyttäjä")
    page.get_by_label("Nimi", exact=False).first.fill(name)
    page.get_by_label("Käyttäjätunnus").fill(username)
    page.get_by_label("Sähköposti").fill(f"{username}@example.org")
    page.get_by_label("Ensimmäinen salasana").fill(FIRST_PASSWORD)
    tick(page.get_by_role("group", name="Roolit"), "Omatyöntekijä")
    tick(page.get_by_role("group", name="Tiimit"), team)
    tick(page.get_by_role("group", name="Ammatit"), "Sosiaaliohjaaja")
    press(page, "Lisää käyttäjä")
    said(page, "Käyttäjä lisätty")
    row = page.locator("tbody tr").filter(has_text=username)
    for words in (name, "Omatyöntekijä", team, "Käytössä"):
        expect(row).to_contain_text(words)
    return username, name


def enter(page: Page, username: str, password: str) -> None:
    page.goto("/kirjaudu")
    page.get_by_label("Käyttäjätunnus").fill(username)
    page.get_by_label("Salasana").fill(password)
    press(page, "Kirjaudu sisään")


def test_a_new_user_changes_the_first_password_and_starts_with_an_empty_work_list(
    sign_in: SignIn, open_page: OpenPage
) -> None:
    username, name = add_user(sign_in("paula.aho"), "Heinolan tiimi")

    page = open_page()
    enter(page, username, FIRST_PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Vaihda salasana")
    page.goto("/tyolista")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vaihda salasana")
    page.get_by_label("Nykyinen salasana").fill(FIRST_PASSWORD)
    page.get_by_label("Uusi salasana", exact=True).fill(OWN_PASSWORD)
    page.get_by_label("Uusi salasana uudelleen").fill(OWN_PASSWORD)
    press(page, "Vaihda salasana")
    said(page, "Salasana vaihdettu")
    follow(page, "Työlista")
    expect(page.get_by_role("link", name=name)).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(0)

    press(page, "Kirjaudu ulos")
    enter(page, username, FIRST_PASSWORD)
    expect(page.get_by_role("main")).to_contain_text("Käyttäjätunnus tai salasana on väärin.")
    enter(page, username, OWN_PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Työlista")


def test_closing_an_account_ends_its_session_at_once(sign_in: SignIn, open_page: OpenPage) -> None:
    admin = sign_in("paula.aho")
    username, name = add_user(admin, "Lahden tiimi")
    page = open_page()
    enter(page, username, FIRST_PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Vaihda salasana")

    follow(admin, name)
    follow(admin, "Sulje tunnus")
    press(admin, "Sulje tunnus")
    said(admin, "Tunnus suljettu")
    expect(admin.locator("tbody tr").filter(has_text=username)).to_contain_text("Suljettu")

    page.goto("/oma/salasana")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kirjaudu sisään")
    enter(page, username, FIRST_PASSWORD)
    expect(page.get_by_role("main")).to_contain_text("Käyttäjätunnus tai salasana on väärin.")


def test_an_account_with_clients_is_not_closed_before_they_have_another_worker(sign_in: SignIn) -> None:
    page = sign_in("paula.aho")
    follow(page, "Timo Virta")
    follow(page, "Sulje tunnus")
    press(page, "Sulje tunnus")
    expect(page).to_have_title(re.compile("^Virhe: "))
    expect(page.locator(".govuk-error-summary")).to_contain_text(re.compile(r"\d+"))
    page.goto("/yllapito/kayttajat")
    expect(page.locator("tbody tr").filter(has_text="timo.virta")).to_contain_text("Käytössä")


def test_a_worker_changes_teams_by_the_page(sign_in: SignIn) -> None:
    page = sign_in("paula.aho")
    username, name = add_user(page, "Heinolan tiimi")
    follow(page, name)
    teams = page.get_by_role("group", name="Tiimit")
    teams.get_by_label("Heinolan tiimi").uncheck()
    tick(teams, "Lahden tiimi")
    press(page, "Tallenna muutokset")
    said(page, "Muutokset tallennettu")
    row = page.locator("tbody tr").filter(has_text=username)
    expect(row).to_contain_text("Lahden tiimi")
    expect(row).not_to_contain_text("Heinolan tiimi")


@pytest.mark.parametrize("username", ["paula.aho", "risto.karhu"])
def test_who_meets_no_clients_is_shown_none(sign_in: SignIn, product: Product, username: str) -> None:
    with product.database() as connection:
        found = connection.execute("SELECT id, client_id FROM pathway_case WHERE closed_at IS NULL LIMIT 1").fetchone()
    assert found
    case, client = found
    page = sign_in(username)
    expect(page.get_by_role("search")).to_have_count(0)
    menu = page.get_by_role("navigation", name="Päävalikko").get_by_role("link").all_inner_texts()
    assert menu == (["Ylläpito"] if username == "paula.aho" else ["Loki"])
    for address, status in (
        ("/tyolista", 403),
        ("/asiakkaat", 403),
        ("/haku", 403),
        ("/jako", 403),
        ("/johtaminen", 403),
        ("/johtaminen/tarkistukset", 403),
        ("/tuonti", 403),
        (f"/asiakkaat/{client}", 404),
        (f"/asiakkaat/{client}/kasittelijat", 404),
        (f"/polut/{case}", 404),
        (f"/polut/{case}/aikajana", 404),
    ):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == status, f"{address}: {answer.status}"
        words = {word.casefold() for word in re.findall(r"\w+", page.get_by_role("main").inner_text())}
        assert not words & product.names() - ORDINARY, address


ORDINARY: Final = frozenset({"aho", "karhu"})
"""Names of clients that are words of these pages as well."""
