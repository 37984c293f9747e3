"""Checks 7, 8, 9 and 12: stages that go back, refusals that say the cure, days as people write them, two writers."""

import re
from typing import Final

from playwright.sync_api import Page, expect

from tests.e2e import deeds
from tests.e2e.conftest import SignIn
from tests.e2e.deeds import Person, follow, press, said

WISH: Final = "Haluan jaksaa töissä kolme päivää viikossa"
REFUSED: Final = re.compile("^Virhe: ")


def new_client(page: Page, first_name: str) -> Person:
    person = deeds.invent(first_name)
    deeds.register(page, person)
    deeds.name_worker(page, "Anna Mäki")
    return person


def the_summary_speaks(page: Page, field: str) -> None:
    """The title says it, the summary has the focus, and its link lands in the field."""
    expect(page).to_have_title(REFUSED)
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    follow(summary, "")
    expect(page.locator(f"[name={field}]")).to_be_focused()


# -- check 7 ----------------------------------------------------------------------------------------------------------


def test_follow_up_goes_back_to_the_plan_with_a_reason_and_the_history_keeps_both_moves(sign_in: SignIn) -> None:
    page = sign_in("sari.koskinen")
    page.goto("/tyolista?vaihe=7")
    follow(page.locator("tbody tr.govuk-table__row").first.get_by_role("rowheader"), "")
    deeds.open_stage(page, "4 Yhteinen", reason="Työpaikka vaihtui, suunnitelma tehdään uudelleen.")
    follow(page, "4 Yhteinen")
    history = page.get_by_role("region", name="Vaiheen historia").get_by_role("listitem")
    expect(history.first).to_contain_text("24.11.2026")
    expect(history.first).to_contain_text("Syy: Työpaikka vaihtui, suunnitelma tehdään uudelleen.")
    expect(history.nth(1)).to_contain_text("Valmis")
    follow(page, "Aikajana")
    timeline = page.locator(".polku-timeline")
    expect(timeline).to_contain_text("7 Seuranta")
    expect(timeline).to_contain_text("4 Yhteinen")


def test_going_back_without_a_reason_is_refused_with_the_cure(sign_in: SignIn) -> None:
    page = sign_in("sari.koskinen")
    page.goto("/tyolista?vaihe=6")
    follow(page.locator("tbody tr.govuk-table__row").first.get_by_role("rowheader"), "")
    follow(page, "3 Yhteinen")
    press(page, "Palaa vaiheeseen")
    the_summary_speaks(page, "reason")


def test_the_responsible_worker_may_be_settled_before_the_assessment(sign_in: SignIn) -> None:
    page = sign_in("anna.maki")
    new_client(page, "Kaarna")
    deeds.open_stage(page, "2 Tunnistaminen")
    deeds.open_stage(page, "5 Vastuutyöntekijä", although="Vastuu sovitaan heti, suunnitelma tehdään myöhemmin.")
    follow(page, "5 Vastuutyöntekijä")
    press(page, "Vaihe on valmis")
    stages = page.get_by_role("list", name="Polun vaiheet").get_by_role("listitem")
    expect(stages.nth(4)).to_contain_text("Valmis")
    expect(stages.nth(2)).to_contain_text("Ei aloitettu")


# -- check 8 ----------------------------------------------------------------------------------------------------------


def test_a_plan_without_a_review_day_comes_back_with_the_cure_and_everything_else(sign_in: SignIn) -> None:
    page = sign_in("anna.maki")
    new_client(page, "Sara")
    deeds.start_plan(page)
    deeds.write_goal(page, 1, WISH, action="Varaa terveystarkastus")
    page.get_by_label("Jakso alkaa").fill("1.12.2026")
    page.get_by_label("Seuraava tarkistus").fill("")
    page.get_by_label("Suunnitelman tiivistelmä").fill("Aloitetaan työpajalla.")
    press(page, "Tallenna suunnitelma")
    the_summary_speaks(page, "next_review_on")
    expect(page.get_by_label("Tavoite 1, asiakkaan sanoin")).to_have_value(WISH)
    expect(page.get_by_label("Toimenpide 1")).to_have_value("Varaa terveystarkastus")
    expect(page.get_by_label("Kuka tekee")).to_have_value("client")
    expect(page.get_by_label("Jakso alkaa")).to_have_value("1.12.2026")
    expect(page.get_by_label("Suunnitelman tiivistelmä")).to_have_value("Aloitetaan työpajalla.")
    page.get_by_label("Seuraava tarkistus").fill("+1 kk")
    press(page, "Tallenna suunnitelma")
    said(page, "Suunnitelma tallennettu")
    expect(page.get_by_role("region", name="Suunnitelman sisältö")).to_contain_text("24.12.2026")


# -- check 9 ----------------------------------------------------------------------------------------------------------


def test_days_are_taken_as_people_write_them_and_given_back_in_one_way(sign_in: SignIn) -> None:
    page = sign_in("anna.maki")
    new_client(page, "Pihla")
    deeds.start_plan(page)
    deeds.write_goal(page, 1, WISH)
    written = ("5.2.2027", "05.02.27", "2027-02-05", "tänään")
    for number, day in enumerate(written, 1):
        if number > 1:
            page.get_by_role("button", name="Lisää toimenpide").click()
        row = page.get_by_role("group", name=f"Tavoitteen 1 toimenpide {number}")
        row.get_by_label(f"Toimenpide {number}").fill(f"Tehtävä {number}")
        row.get_by_label("Kuka tekee").select_option("Työntekijä")
        row.get_by_label("Viimeistään").fill(day)
    press(page, "Tallenna suunnitelma")
    said(page, "Suunnitelma tallennettu")
    follow(page, "Jatka kirjoittamista")
    days = [field.input_value() for field in page.get_by_label("Viimeistään").all()]
    assert days == ["5.2.2027", "5.2.2027", "5.2.2027", "24.11.2026"]


def test_a_day_that_does_not_exist_is_refused_with_one_that_does(sign_in: SignIn) -> None:
    page = sign_in("anna.maki")
    new_client(page, "Halla")
    deeds.start_plan(page)
    deeds.write_goal(page, 1, WISH)
    page.get_by_label("Jakso alkaa").fill("31.2.2026")
    press(page, "Tallenna suunnitelma")
    the_summary_speaks(page, "period_start")
    expect(page.locator("#period_start-error")).to_contain_text(
        "Päivää 31.2.2026 ei ole. Kirjoita päivä muodossa 27.2.2026."
    )
    expect(page.get_by_label("Jakso alkaa")).to_have_value("31.2.2026")
    page.get_by_label("Jakso alkaa").fill("27.2.2026")
    press(page, "Tallenna suunnitelma")
    said(page, "Suunnitelma tallennettu")


# -- check 12 ---------------------------------------------------------------------------------------------------------


def test_two_people_write_one_plan_and_nothing_of_either_is_lost(sign_in: SignIn) -> None:
    anna, kaisa = sign_in("anna.maki"), sign_in("kaisa.niemi")
    new_client(anna, "Vieno")
    deeds.start_plan(anna)
    kaisa.goto(anna.url)
    deeds.write_goal(anna, 1, "Haluan takaisin keittiöön", action="Soita entiseen työpaikkaan")
    deeds.write_goal(kaisa, 1, "Haluan opiskella kokiksi", action="Kysy opinto-ohjaajalta")
    press(anna, "Tallenna suunnitelma")
    said(anna, "Suunnitelma tallennettu")

    with kaisa.expect_response(lambda answer: answer.request.method == "POST" and "muokkaa" in answer.url) as answered:
        press(kaisa, "Tallenna suunnitelma")
    assert answered.value.status == 409
    expect(kaisa).to_have_title(REFUSED)
    theirs = kaisa.get_by_role("region", name="Mitä toinen kirjoitti sillä välin")
    expect(theirs).to_contain_text("Haluan takaisin keittiöön")
    expect(theirs).to_contain_text("Soita entiseen työpaikkaan")
    expect(kaisa.get_by_label("Tavoite 1, asiakkaan sanoin")).to_have_value("Haluan opiskella kokiksi")
    expect(kaisa.get_by_label("Toimenpide 1")).to_have_value("Kysy opinto-ohjaajalta")

    anna.reload()
    expect(anna.get_by_role("region", name="Suunnitelman sisältö")).to_contain_text("Haluan takaisin keittiöön")
    press(kaisa, "Lisää tavoite")
    kaisa.get_by_label("Tavoite 2, asiakkaan sanoin").fill("Haluan takaisin keittiöön")
    press(kaisa, "Tallenna suunnitelma")
    said(kaisa, "Suunnitelma tallennettu")
    both = kaisa.get_by_role("region", name="Suunnitelman sisältö")
    expect(both).to_contain_text("Haluan opiskella kokiksi")
    expect(both).to_contain_text("Haluan takaisin keittiöön")
