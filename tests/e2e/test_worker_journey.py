"""The own worker takes a client from the door to a held review; the review's reminder goes out by the real jobs."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e import deeds
from tests.e2e.conftest import SignIn
from tests.e2e.deeds import Person, follow, press, said, tick
from tests.e2e.product import Product
from tests.e2e.watching import Hand

WISH = "Haluan jaksaa töissä kolme päivää viikossa"


def test_a_client_is_taken_from_the_door_to_a_held_review(
    sign_in: SignIn, hand: Callable[[Page], Hand], product: Product
) -> None:
    page, person = sign_in("anna.maki"), deeds.invent("Säde")
    hands = hand(page)

    case = deeds.register(page, person)
    deeds.name_worker(page, "Anna Mäki")
    deeds.log(page, "Käytiin läpi tilanne ja toiveet.", topic="Tuen tarpeen tunnistaminen")
    hands.begin()
    deeds.consent(page)
    hands.tell("a consent with five ticks")
    assert hands.clicks - 5 <= 5, "task 6: five presses beside what the client decides party by party"

    walk_to_the_plan(page, hands)
    make_a_plan(page)
    open_stages_up_to_follow_up(page)

    let_the_review_fall_due(product, case)
    a_mail_tells_of_it_without_naming_anybody(page, product, case, person)
    the_notice_in_polku_names_the_client(page, person)
    hold_the_review(page, person, hands)


def walk_to_the_plan(page: Page, hands: Hand) -> None:
    deeds.open_stage(page, "2 Tunnistaminen")
    hands.begin()
    deeds.open_stage(page, "3 Yhteinen arviointi", although="Arvio tehdään ensi viikolla.")
    hands.tell("a stage opened with a reason for what is missing")
    assert hands.clicks <= 3
    follow(page, "4 Yhteinen suunnitelma")
    follow(page, "Yhteinen arvio ja tavoitteet on kirjattu")
    expect(page.get_by_label("Aihe")).to_have_value("assessment")
    page.get_by_label("Mitä sovittiin").fill("Arvio tehtiin yhdessä.")
    press(page, "Tallenna kirjaus")
    deeds.open_stage(page, "4 Yhteinen suunnitelma", although="Työnjaosta sovitaan suunnitelmassa.")


def make_a_plan(page: Page) -> None:
    deeds.start_plan(page)
    deeds.write_goal(page, 1, WISH, action="Varaa terveystarkastus")
    press(page, "Lisää tavoite")
    expect(page.get_by_label("Tavoite 2, asiakkaan sanoin")).to_be_focused()
    deeds.write_goal(page, 2, "Haluan löytää työpajan läheltä kotia")
    deeds.divide_the_work(page)
    press(page, "Tallenna suunnitelma")
    said(page, "Suunnitelma tallennettu")
    deeds.bring_into_force(page)
    expect(page.get_by_role("region", name="Seuraavaksi")).to_be_visible()


def open_stages_up_to_follow_up(page: Page) -> None:
    deeds.open_stage(page, "5 Vastuutyöntekijä")
    deeds.open_stage(page, "6 Toteutus")
    deeds.log(page, "Työpaja alkoi, aloitus sujui hyvin.", topic="Eteneminen")
    deeds.open_stage(page, "7 Seuranta ja arviointi")
    stages = page.get_by_role("list", name="Polun vaiheet")
    expect(stages.get_by_text("Valmis")).to_have_count(5)
    expect(stages.get_by_text("Kesken")).to_have_count(2)  # the responsible worker stands until the end


def let_the_review_fall_due(product: Product, case: str) -> None:
    """Three months pass: the clock of the tests stands still, so the day comes to it."""
    with product.database() as connection:
        moved = connection.execute(
            "UPDATE duty SET due_on = '2026-11-24' WHERE case_id = %s AND kind = 'plan_review'", [case]
        )
        assert moved.rowcount == 1
        connection.execute(
            "UPDATE plan_version SET next_review_on = '2026-11-24', in_force_on = '2026-08-24' "
            "FROM plan WHERE plan.id = plan_id AND plan.case_id = %s AND state = 'in_force'",
            [case],
        )


def a_mail_tells_of_it_without_naming_anybody(page: Page, product: Product, case: str, person: Person) -> None:
    product.clone.wait_for(30, lambda: any(case in letter for letter in product.letters()))
    page.goto("/esittely/posti")
    letter = page.get_by_role("region", name="Muistutus Polussa").filter(has_text=case)
    expect(letter).to_have_count(1)
    expect(letter).to_contain_text("Vastaanottaja: anna.maki@example.org")
    (whole,) = [one for one in product.letters() if case in one]
    for secret in (person.last_name, person.first_name, person.identity_code, "Mäki", "A-1"):
        assert secret.casefold() not in whole.casefold(), secret


def the_notice_in_polku_names_the_client(page: Page, person: Person) -> None:
    page.goto("/tyolista")
    follow(page, "Muistutukset")
    row = page.get_by_role("row").filter(has_text=person.name)
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Suunnitelman tarkistus")
    expect(row).to_contain_text("Tänään")


def hold_the_review(page: Page, person: Person, hands: Hand) -> None:
    follow(page, "Työlista")
    row = page.get_by_role("row").filter(has_text=person.name)
    expect(row).to_contain_text("Tarkista suunnitelma")
    expect(row).to_contain_text("Tänään")
    hands.begin()
    follow(row, "Tarkista suunnitelma")
    page.get_by_label("Tilanne nyt").fill("Työpaja sujuu. Kolme päivää viikossa on sopiva määrä.")
    press(page, "Tallenna ja jatka")
    tick(page.get_by_role("group", name="Toteutuiko tavoite 1?"), "Toteutui")
    tick(page.get_by_role("group", name="Toteutuiko tavoite 2?"), "Osittain")
    press(page, "Ei muutoksia, jatka seuraavaan tarkistukseen")
    expect(page.get_by_label("Seuraava tarkistus")).to_have_value("24.2.2027")
    press(page, "Tallenna ja jatka")
    press(page, "Tallenna tarkistus")
    said(page, "Tarkistus tallennettu")
    hands.tell("a review from the work list, two goals")
    assert hands.clicks <= 7, "task 5"
    expect(page.get_by_role("region", name="Tarkistukset")).to_contain_text("1 tarkistus")
    follow(page, "Muistutukset")
    expect(page.get_by_role("row").filter(has_text=person.name)).to_contain_text("Hoidettu")
