"""The same work with a keyboard only; at every stop the focus is seen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import deeds
from tests.e2e.conftest import OpenPage, SignIn
from tests.e2e.deeds import Person, said
from tests.e2e.keyboard import Keyboard
from tests.e2e.watching import Hand

FURTHEST = "/tyolista?suunta=laskeva"  # rows whose next step is far off, so that a nearer one takes its place


def test_a_client_is_taken_to_a_held_review_by_keyboard_only(
    open_page: OpenPage, passwords: dict[str, str], hand: Callable[[Page], Hand]
) -> None:
    page, person = open_page(), deeds.invent("Tuisku")
    keys = Keyboard(page)
    sign_in(page, keys, passwords["anna.maki"])
    skip_the_menu(page, keys)
    register(page, keys, person)
    name_herself_responsible(page, keys)
    log(page, keys, "Tuen tarpeen tunnistaminen", "Tilanne käytiin läpi.")
    record_a_consent(page, keys)
    for stage in ("2 Tunnistaminen", "3 Yhteinen arviointi", "4 Yhteinen suunnitelma"):
        open_stage(page, keys, stage)
    make_a_plan(page, keys)
    open_stage(page, keys, "5 Vastuutyöntekijä")
    open_stage(page, keys, "6 Toteutus")
    log(page, keys, "Eteneminen", "Työpaja alkoi.")
    open_stage(page, keys, "7 Seuranta ja arviointi")
    hold_the_review(page, keys)
    hand(page).tell(f"the whole journey by keyboard, {keys.stops} stops of the focus")
    assert hand(page).pointed == 0


def sign_in(page: Page, keys: Keyboard, password: str) -> None:
    page.goto("/kirjaudu")
    keys.write("Käyttäjätunnus", "anna.maki")
    keys.write("Salasana", password)
    keys.go("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Työlista")


def skip_the_menu(page: Page, keys: Keyboard) -> None:
    keys.tab()
    skip = page.get_by_role("link", name="Siirry sisältöön")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    keys.tab()
    expect(page.get_by_role("main").get_by_role("link").first).to_be_focused()


def register(page: Page, keys: Keyboard, person: Person) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type(person.name)
    keys.go("Enter")
    expect(page.get_by_role("heading", name="Ketään ei löytynyt")).to_be_visible()
    keys.link("Lisää uusi asiakas")
    keys.write("Sukunimi", person.last_name)
    keys.write("Etunimet", person.first_name)
    keys.write("Henkilötunnus (vapaaehtoinen)", person.identity_code)
    keys.choose(page.get_by_label("Työkyvyn tuki sote-keskuksessa"))
    keys.pick("Kuka otti yhteyttä", "Läheinen")
    keys.write("Tietojen käsittelyn peruste", "Asiakas pyysi tukea.")
    keys.go("Control+Enter")
    said(page, "Asiakas rekisteröity")


def name_herself_responsible(page: Page, keys: Keyboard) -> None:
    keys.link("Nimeä työntekijä")
    keys.choose(page.get_by_label("Anna Mäki"))
    keys.go("Control+Enter")
    said(page, "Vastuutyöntekijä nimetty")


def log(page: Page, keys: Keyboard, topic: str, line: str) -> None:
    keys.link("Kirjaa")
    keys.write("Mitä sovittiin", line)
    keys.pick("Aihe", topic)
    keys.go("Control+Enter")
    said(page, "Kirjaus tallennettu")


def record_a_consent(page: Page, keys: Keyboard) -> None:
    keys.link("Kirjaa suostumus")
    expect(page.get_by_label("Suostumus", exact=True)).to_be_checked()
    parties = page.get_by_role("group", name="Tahot (vapaaehtoinen)")
    keys.tick(parties.get_by_label("Terveydenhuolto", exact=True))
    keys.tick(page.get_by_label("Terveystiedot", exact=True))
    keys.tick(page.get_by_label("Yhteisen suunnitelman tekeminen"))
    keys.choose(page.get_by_label("Suullisesti"))
    keys.go("Control+Enter")
    said(page, "Suostumus tallennettu")


def open_stage(page: Page, keys: Keyboard, stage: str) -> None:
    keys.link(stage)
    why = page.get_by_label("Miksi vaihe avataan, vaikka jotain puuttuu")
    if why.count():
        keys.to(why)
        page.keyboard.type("Kirjataan ensi viikolla.")
    keys.button("Avaa vaihe")
    said(page, "Vaihe avattu")
    expect(page.locator(".polku-stage--now")).to_contain_text(stage)


def make_a_plan(page: Page, keys: Keyboard) -> None:
    keys.link("Suunnitelmat")
    keys.link("Aloita suunnitelma")
    keys.button("Aloita suunnitelma")
    keys.write("Tavoite 1, asiakkaan sanoin", "Haluan jaksaa töissä")
    keys.write("Toimenpide 1", "Varaa terveystarkastus")
    keys.pick("Kuka tekee", "Asiakas")
    keys.to(page.get_by_role("button", name="Lisää tavoite"))
    page.keyboard.press("Enter")
    expect(page.get_by_label("Tavoite 2, asiakkaan sanoin")).to_be_focused()
    page.keyboard.type("Haluan kotia lähemmäs")
    keys.write("Verkoston jäsenten tehtävät", "Verkostoa ei ole.")
    keys.choose(page.get_by_role("group", name="Kootaanko moniammatillinen ryhmä?").get_by_label("Ei"))
    keys.go("Control+Enter")
    said(page, "Suunnitelma tallennettu")
    keys.link("Vie voimaan")
    client = page.get_by_role("group", name="Asiakas", exact=True)
    keys.to(client.get_by_label("Allekirjoitettu"))
    page.keyboard.type("tänään")
    keys.to(client.get_by_label("Tapa"))
    page.keyboard.type("Suullisesti")
    keys.go("Control+Enter")
    said(page, "Suunnitelma on voimassa")


def hold_the_review(page: Page, keys: Keyboard) -> None:
    keys.link("Suunnitelmat")
    keys.link("Tarkista suunnitelma :")  # the one of the plan, not of the next step
    expect(page.get_by_label("Tilanne nyt")).to_be_focused()
    page.keyboard.type("Työpaja sujuu.")
    keys.go("Control+Enter")
    for number in (1, 2):
        keys.choose(page.get_by_role("group", name=f"Toteutuiko tavoite {number}?").get_by_label("Osittain"))
    keys.go("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    keys.go("Control+Enter")
    expect(page.get_by_label("Seuraava tarkistus")).to_have_value("24.2.2027")
    keys.go("Control+Enter")
    keys.go("Control+Enter")
    said(page, "Tarkistus tallennettu")


def test_a_meeting_is_logged_from_the_work_list_by_keyboard_only(sign_in: SignIn, hand: Callable[[Page], Hand]) -> None:
    """Check 3: three presses that count, the focus is seen at every stop, and ends where it began."""
    page = sign_in("leena.salo")
    page.goto(FURTHEST)
    row = page.locator("tbody tr.govuk-table__row").first
    name = row.get_by_role("rowheader").get_by_role("link").inner_text()
    keys, log_button = Keyboard(page), row.get_by_role("link", name="Kirjaa")
    keys.to(log_button)
    hand(page).begin()
    page.keyboard.press("Enter")
    line = page.get_by_label("Mitä sovittiin")
    expect(line).to_be_focused()
    keys.look()
    place = deeds.invent("").last_name  # what nobody has written before: the same line twice is asked about
    page.keyboard.type(f"Tapasin asiakkaan, työpaikka {place}.")
    keys.write("Seuraava askel (vapaaehtoinen)", f"Soita paikkaan {place}")
    keys.write("Viimeistään (vapaaehtoinen)", "+1 vk")
    keys.go("Control+Enter")
    said(page, "Kirjaus tallennettu")
    hand(page).tell("a meeting logged by keyboard")
    assert hand(page).clicks <= 3
    saved = page.locator("tbody tr.govuk-table__row").filter(has_text=name)
    expect(saved).to_contain_text(f"Soita paikkaan {place}")
    expect(saved.get_by_role("link", name="Kirjaa")).to_be_focused()
    keys.look()


def test_escape_closes_the_panel_and_gives_the_focus_back(sign_in: SignIn) -> None:
    page = sign_in("leena.salo")
    keys, button = Keyboard(page), page.get_by_role("link", name="Kirjaa").first
    keys.to(button)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Mitä sovittiin")).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(page.get_by_label("Mitä sovittiin")).to_have_count(0)


def test_a_page_that_hides_the_focus_is_found_out(sign_in: SignIn) -> None:
    """The sabotage: without rings the walk above must stop at once."""
    page = sign_in("leena.salo")
    page.evaluate(
        "() => { const sheet = new CSSStyleSheet();"
        " sheet.replaceSync('* { outline: none !important; box-shadow: none !important }');"
        " document.adoptedStyleSheets = [sheet]; }"
    )
    with pytest.raises(AssertionError, match="no ring at"):
        Keyboard(page).to(page.get_by_role("link", name="Kirjaa").first)
