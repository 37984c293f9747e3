"""Check 6: the whole work without JavaScript; every act is a form or a link that the server answers with a page."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import deeds
from tests.e2e.conftest import SignIn
from tests.e2e.deeds import follow, press, said, tick


@pytest.fixture
def page(sign_in: SignIn) -> Page:
    """The own worker in a browser that runs no script."""
    return sign_in("anna.maki", java_script_enabled=False)


def first_row(page: Page) -> str:
    return page.locator("tbody tr.govuk-table__row").first.get_by_role("rowheader").get_by_role("link").inner_text()


def test_an_entry_is_written_and_the_list_shows_it(page: Page) -> None:
    row = page.locator("tbody tr.govuk-table__row").nth(1)
    name = row.get_by_role("rowheader").get_by_role("link").inner_text()
    line = f"Tapasin asiakkaan, työpaikka {deeds.invent('').last_name}."
    follow(row, "Kirjaa")
    expect(page.get_by_role("button", name="Tänään")).to_be_hidden()
    page.get_by_label("Mitä sovittiin").fill(line)
    press(page, "Tallenna kirjaus")
    expect(page.get_by_role("heading", level=1)).to_have_text("Työlista")
    said(page, "Kirjaus tallennettu")
    follow(page.get_by_role("main"), name)
    expect(page.get_by_role("region", name="Viimeksi")).to_contain_text(line)


def test_the_list_is_filtered_sorted_and_paged(page: Page) -> None:
    page.get_by_label("Vaihe").select_option("7 Seuranta")
    press(page, "Suodata")
    stages = page.locator("td.c-stage")
    assert stages.count() > 0
    assert all("7/7" in text for text in stages.all_inner_texts())
    follow(page, "Tyhjennä")
    late_first = first_row(page)
    follow(page, "Määräpäivä")
    expect(page.get_by_text("järjestys: määräpäivä, kaukaisin ensin")).to_be_visible()
    assert first_row(page) != late_first
    follow(page, "Myöhässä")
    assert all("Myöhässä" in text for text in page.locator("td.c-due").all_inner_texts())


def test_the_next_page_goes_on_where_the_first_ended(page: Page) -> None:
    page.goto("/tyolista?koko=25")
    names = page.locator("tbody th.c-name")
    first = names.all_inner_texts()
    assert len(first) == 25
    follow(page, "Seuraavat")
    second = names.all_inner_texts()
    assert second
    assert not set(second) & set(first)
    follow(page, "Edelliset")
    assert names.all_inner_texts() == first


def test_a_plan_is_written_row_by_row_submitted_and_a_consent_withdrawn(page: Page) -> None:
    person = deeds.invent("Routa")
    deeds.register(page, person)
    deeds.name_worker(page, "Anna Mäki")
    follow(page, "Yhteenveto")
    follow(page, "Kirjaa suostumus")
    tick(page, "Suostumus")
    tick(page.get_by_role("group", name="Tahot (vapaaehtoinen)"), "Kela")
    tick(page, "Työ- ja toimintakyky", "Yhteisen suunnitelman tekeminen", "Suullisesti")
    press(page, "Tallenna suostumus")
    said(page, "Suostumus tallennettu")
    write_a_plan(page)
    withdraw_the_consent(page)


def write_a_plan(page: Page) -> None:
    deeds.start_plan(page)
    deeds.write_goal(page, 1, "Haluan jaksaa töissä", action="Varaa terveystarkastus")
    press(page, "Lisää tavoite")
    expect(page.get_by_label("Tavoite 1, asiakkaan sanoin")).to_have_value("Haluan jaksaa töissä")
    deeds.write_goal(page, 2, "Tämä tavoite poistetaan")
    press(page, "Poista tavoite 2")
    expect(page.get_by_label("Tavoite 2, asiakkaan sanoin")).to_have_count(0)
    press(page, "Tallenna luonnos")
    said(page, "Luonnos tallennettu klo 9.00")
    expect(page.get_by_label("Toimenpide 1")).to_have_value("Varaa terveystarkastus")
    deeds.divide_the_work(page)
    page.get_by_label("Seuraava tarkistus").fill("")
    press(page, "Tallenna suunnitelma")
    expect(page.locator(".govuk-error-summary")).to_contain_text("Kirjoita seuraavan tarkistuksen päivä")
    expect(page.get_by_label("Toimenpide 1")).to_have_value("Varaa terveystarkastus")
    page.get_by_label("Seuraava tarkistus").fill("+3 kk")
    press(page, "Tallenna suunnitelma")
    said(page, "Suunnitelma tallennettu")
    deeds.bring_into_force(page)


def withdraw_the_consent(page: Page) -> None:
    follow(page, "Suostumukset")
    follow(page, "Peru suostumus")
    expect(page.get_by_role("main")).to_contain_text("Kela")
    page.get_by_label("Mitä asiakas sanoi").fill("Asiakas ei halua, että tietoja annetaan.")
    press(page, "Peru suostumus")
    said(page, "Suostumus peruttu")
    expect(page.get_by_role("main")).to_contain_text("Peruttu 24.11.2026")
