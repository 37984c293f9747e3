"""Checks 11 and 26: what is typed survives the tab and the session; after signing out nothing is left behind."""

from typing import Final

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import deeds
from tests.e2e.conftest import SignIn
from tests.e2e.deeds import follow, press
from tests.e2e.product import Product

WISH: Final = "Haluan jaksaa töissä kolme päivää viikossa"
KEPT: Final = """
async () => ({
  local: {...localStorage},
  session: {...sessionStorage},
  caches: 'caches' in window ? await caches.keys() : [],
  databases: indexedDB.databases ? (await indexedDB.databases()).map((one) => one.name) : [],
  workers: 'serviceWorker' in navigator ? (await navigator.serviceWorker.getRegistrations()).length : 0,
})
"""
NOTHING: Final = {"local": {}, "session": {}, "caches": [], "databases": [], "workers": 0}


def a_plan_form(page: Page) -> None:
    deeds.register(page, deeds.invent("Kaisla"))
    deeds.name_worker(page, "Anna Mäki")
    deeds.start_plan(page)


def expire_every_session(product: Product) -> None:
    with product.database() as connection:
        connection.execute("UPDATE user_session SET last_seen_at = last_seen_at - interval '1 day'")


def enter(page: Page, username: str, password: str) -> None:
    page.get_by_label("Käyttäjätunnus").fill(username)
    page.get_by_label("Salasana").fill(password)
    press(page, "Kirjaudu sisään")


# -- check 11 ---------------------------------------------------------------------------------------------------------


def test_a_tab_killed_in_the_middle_of_a_plan_opens_again_with_the_text(sign_in: SignIn) -> None:
    page = sign_in("anna.maki")
    a_plan_form(page)
    page.get_by_label("Tavoite 1, asiakkaan sanoin").press_sequentially(WISH)
    expect(page.locator("[data-draft-state]")).to_have_text("Luonnos tallennettu klo 9.00")
    address, context = page.url, page.context
    page.close()
    again = context.new_page()
    again.goto(address)
    expect(again.get_by_label("Tavoite 1, asiakkaan sanoin")).to_have_value(WISH)
    expect(again.get_by_role("main")).to_contain_text("Jatkat omaa luonnostasi")


def test_after_the_session_has_expired_signing_in_leads_to_the_same_page_with_the_same_text(
    sign_in: SignIn, product: Product, passwords: dict[str, str]
) -> None:
    page = sign_in("anna.maki")
    a_plan_form(page)
    page.get_by_label("Tavoite 1, asiakkaan sanoin").press_sequentially(WISH)
    expect(page.locator("[data-draft-state]")).to_have_text("Luonnos tallennettu klo 9.00")
    address = page.url
    expire_every_session(product)
    page.reload()
    enter(page, "anna.maki", passwords["anna.maki"])
    expect(page).to_have_url(address)
    expect(page.get_by_label("Tavoite 1, asiakkaan sanoin")).to_have_value(WISH)


def test_text_sent_after_the_session_has_expired_is_given_back(
    sign_in: SignIn, product: Product, passwords: dict[str, str]
) -> None:
    page = sign_in("anna.maki")
    a_plan_form(page)
    page.get_by_label("Tavoite 1, asiakkaan sanoin").press_sequentially(WISH)
    address = page.url
    expire_every_session(product)
    press(page, "Tallenna suunnitelma")
    expect(page.get_by_role("heading", level=1)).to_have_text("Jatka kirjautumalla")
    expect(page.get_by_role("region", name="Kirjoittamasi teksti").get_by_role("textbox").first).to_have_value(WISH)
    follow(page.get_by_role("main"), "Kirjaudu")
    enter(page, "anna.maki", passwords["anna.maki"])
    expect(page).to_have_url(address)


# -- check 26 ---------------------------------------------------------------------------------------------------------


def test_after_signing_out_back_shows_nothing_and_the_browser_holds_nothing(sign_in: SignIn) -> None:
    page = sign_in("anna.maki")
    name = page.locator("tbody th.c-name a").first.inner_text()
    follow(page.get_by_role("main"), name)
    follow(page, "Aikajana")
    follow(page, "Työlista")
    follow(page.locator("tbody tr.govuk-table__row").first, "Kirjaa")
    expect(page.get_by_label("Mitä sovittiin")).to_be_focused()
    assert page.evaluate(KEPT) == NOTHING
    press(page, "Kirjaudu ulos")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kirjaudu sisään")
    for _ in range(4):
        page.go_back()
        expect(page.get_by_label("Salasana")).to_be_visible()
        assert name not in page.content()
    assert page.evaluate(KEPT) == NOTHING
    assert cookies_of(page.context) <= {"__Host-polku"}


def cookies_of(context: BrowserContext) -> set[str]:
    """The names of the cookies; a cookie before sign-in carries a form's token and nothing of anybody."""
    return {str(cookie.get("name")) for cookie in context.cookies()}


def test_the_watch_over_addresses_and_titles_finds_a_person(product: Product) -> None:
    """Every page of every browser test is watched for check 26; here the watch itself is tried."""
    name = min(product.names())
    good = {"/polut/0b7c6c0e-5d0e-4f0e-9d3e-1a2b3c4d5e6f?vaihe=7#kirjaa", "A-1026/1, yhteenveto – Polku"}
    bad = {f"/asiakkaat?nimi={name.upper()}", f"{name.title()} – Polku", "/haku/140587-928E"}
    assert set(product.people_named_in(good | bad)) == bad


def test_searching_and_revealing_put_nobody_into_an_address(sign_in: SignIn) -> None:
    """The ways on which a person could slip into one; `open_page` looks at every address and title in the end."""
    page, person = sign_in("anna.maki"), deeds.invent("Usva")
    deeds.register(page, person)
    press(page, "Näytä henkilötunnus")
    expect(page.get_by_text(person.identity_code)).to_be_visible()
    for words in (person.name, person.identity_code, person.last_name[:5]):
        page.get_by_label("Hae asiakas").fill(words)
        page.keyboard.press("Enter")
        expect(page.get_by_role("main")).to_contain_text(person.last_name)
