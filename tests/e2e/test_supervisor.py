"""The esihenkilö: numbers that open what they count, and the handlers of protected contact data."""

import re
from collections.abc import Callable
from typing import Final

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import SignIn
from tests.e2e.deeds import follow, press, said
from tests.e2e.product import Product

COUNT: Final = re.compile(r"^(\d+)\b")
FETCH: Final = """
async ([first, headed]) => {
  let heading = null, rows = 0;
  for (let address = first; address;) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${answer.status} of ${address}`);
    const list = new DOMParser().parseFromString(await answer.text(), 'text/html');
    heading ??= list.querySelector(headed).textContent;
    rows += list.querySelectorAll('main table > tbody > tr:not([hidden])').length;
    address = list.querySelector('a[rel=next]')?.getAttribute('href');
  }
  return [heading, rows];
}
"""


def linked_numbers(page: Page) -> list[tuple[str, int]]:
    """Every number of the board that leads somewhere, with where it leads."""
    links: list[tuple[str, int]] = []
    for link in page.locator(".polku-figures a, .polku-matrix td a").all():
        shown = link.locator("b").first.inner_text() if link.locator("b").count() else link.inner_text()
        if shown.strip().isdigit():
            links.append((link.get_attribute("href") or "", int(shown)))
    return links


def listed(page: Page, address: str) -> tuple[int, int]:
    """The count in the heading of a list, and the rows over all its pages, fetched from the open page."""
    heading, rows = page.evaluate(FETCH, [address, "h1" if "johtaminen" in address else "main h2"])
    found = COUNT.match(heading.strip())
    assert found, f"{address}: {heading}"
    return int(found[1]), rows


def all_numbers(page: Page) -> list[Locator]:
    """Every number of the board, in the strip and in the matrix, linked or not."""
    return [
        cell
        for cell in page.locator(".polku-figures b, .polku-matrix td, .polku-box__head h2").all()
        if re.search(r"\d", cell.inner_text())
    ]


def test_every_number_on_the_board_opens_a_list_of_exactly_that_many(sign_in: SignIn) -> None:
    """Check 17."""
    page = sign_in("maria.lehto")
    page.goto("/johtaminen")
    numbers = linked_numbers(page)
    assert len(numbers) > 20
    for cell in all_numbers(page):
        # What is not a link is nothing (0), a length (6 pv), or a sum of two cells told beside the chart (2 / 13).
        words = cell.inner_text().strip()
        is_linked = cell.locator("a").count() or cell.locator("xpath=ancestor::a").count()
        assert is_linked or re.fullmatch(r"0|\d+([,.]\d)? pv|.*: \d+ / \d+", words), words
    seen: dict[str, tuple[int, int]] = {}
    for address, number in numbers:
        seen[address] = seen.get(address) or listed(page, address)
        assert seen[address] == (number, number), address
    pressed = page.locator(".polku-matrix tbody td a[href*=tarkistukset]").last
    shown = pressed.inner_text()
    pressed.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(rf"^{shown} tarkistus"))


def test_the_lead_time_opens_the_cases_it_is_the_median_of(sign_in: SignIn) -> None:
    page = sign_in("maria.lehto")
    page.goto("/johtaminen")
    figure = page.locator(".polku-figures a").filter(has_text="Läpimeno")
    cases = int(re.search(r"(\d+) polku", figure.inner_text())[1])  # type: ignore[index] # without a number it fails
    days = figure.locator("b").inner_text()
    assert listed(page, figure.get_attribute("href") or "") == (cases, cases)
    page.goto("/johtaminen/lapimeno")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{cases} polkua, mediaani {days}")


def test_a_colleague_sees_behind_the_same_address_only_what_is_theirs(sign_in: SignIn) -> None:
    """Check 17, its second half."""
    lead, worker, other_lead = sign_in("maria.lehto"), sign_in("anna.maki"), sign_in("pekka.ranta")
    address = "/johtaminen/tarkistukset"
    counts = {page: listed(page, address)[0] for page in (lead, worker, other_lead)}
    for page in counts:
        page.goto(address)
    assert 0 < counts[worker] < counts[lead]
    assert set(worker.locator("td.c-who").all_inner_texts()) == {"Anna Mäki"}
    assert not cases(lead) & cases(other_lead)

    # A client of the list whom the other lead may not know of is not found.
    theirs = lead.locator("th.c-name a").first
    answer = other_lead.goto(theirs.get_attribute("href") or "")
    assert answer is not None
    assert answer.status == 404
    expect(other_lead.get_by_role("main")).not_to_contain_text(theirs.inner_text())
    answer = worker.goto("/johtaminen")
    assert answer is not None
    assert answer.status == 403


def cases(page: Page) -> set[str]:
    """The addresses of the cases on a list."""
    return {link.get_attribute("href") or "" for link in page.locator("th.c-name a").all()}


def test_the_chart_says_what_its_table_says_and_needs_no_colour(sign_in: SignIn) -> None:
    """Check 18 of the board: the same figures, and bars told apart by hatching and words."""
    page = sign_in("maria.lehto")
    page.goto("/johtaminen")
    drawn = {}
    for bar in page.locator("figure svg a").all():
        label, *values = [text.strip() for text in bar.locator("text").all_text_contents()]
        drawn[label] = sum(map(int, re.findall(r"\d+", " ".join(values))))
    table = {
        row.get_by_role("rowheader").inner_text(): int(row.locator("td b").inner_text())
        for row in page.locator(".polku-matrix tbody tr").all()
        if row.locator("td b").count()
    }
    assert drawn == table
    chart = page.locator("figure svg")
    expect(chart.locator("text.note")).to_have_text(["enintään 14 pv", "yli 14 pv"])
    assert chart.locator(".bar-2").count() == chart.locator("rect[fill*=hatch]").count()
    page.emulate_media(media="print")
    expect(chart).to_be_visible()
    expect(page.locator(".polku-matrix")).to_be_visible()


def test_the_clients_of_the_led_teams_are_listed_team_by_team(sign_in: SignIn) -> None:
    page = sign_in("maria.lehto")
    follow(page, "Asiakkaat")
    whole, _ = counted(page)
    page.goto("/tyolista")
    assert page.get_by_label("Tiimi").locator("option").count() == 3  # all, and the two teams
    work, _ = counted(page)
    parts = []
    for team in ("Lahden tiimi", "Hollolan ja Asikkalan tiimi"):
        page.get_by_label("Tiimi").select_option(team)
        press(page, "Suodata")
        parts.append(counted(page)[0])
    assert sum(parts) == work
    assert work <= whole


def counted(page: Page) -> tuple[int, str]:
    """The count above a list of clients."""
    words = page.locator(".polku-sheet__head h2").first.inner_text()
    found = COUNT.match(words)
    assert found, words
    return int(found[1]), words


def test_the_lead_names_a_handler_who_then_opens_the_contact_data(
    sign_in: SignIn, product: Product, axe: Callable[[Page], None]
) -> None:
    case, client = protected_client(product)
    lead, second = sign_in("maria.lehto"), sign_in("eeva.rasanen")
    second.goto(f"/polut/{case}")
    follow(second, "Yhteystietojen käsittelijät")
    expect(second.get_by_role("button", name="Avaa yhteystiedot")).to_have_count(0)
    expect(second.get_by_role("button", name="Nimeä käsittelijä")).to_have_count(0)

    lead.goto(f"/polut/{case}")
    follow(lead, "Yhteystietojen käsittelijät")
    press(lead, "Nimeä käsittelijä")
    expect(lead).to_have_title(re.compile("^Virhe: "))
    axe(lead)
    lead.get_by_label("Kuka saa avata yhteystiedot").select_option("Eeva Räsänen")
    lead.get_by_label("Miksi henkilö tarvitsee yhteystietoja").fill("Sijaistaa vastuutyöntekijää loman ajan.")
    press(lead, "Nimeä käsittelijä")
    said(lead, "Käsittelijä nimetty")
    named = lead.locator("tbody tr").filter(has_text="Eeva Räsänen")
    expect(named).to_contain_text("Sijaistaa vastuutyöntekijää loman ajan.")

    second.reload()
    press(second, "Avaa yhteystiedot")
    expect(second.locator("#client-contact dl")).to_contain_text("@example.org")
    axe(second)

    named.get_by_role("button", name="Päätä oikeus").click()
    said(lead, "Oikeus päätetty")
    expect(lead.locator("tbody")).not_to_contain_text("Eeva Räsänen")
    second.goto(f"/asiakkaat/{client}/kasittelijat")
    expect(second.get_by_role("button", name="Avaa yhteystiedot")).to_have_count(0)
    expect(second.get_by_role("main")).not_to_contain_text("@example.org")


def protected_client(product: Product) -> tuple[str, str]:
    """A case and its client, Anna's, under address protection and with an address for mail."""
    with product.database() as connection:
        found = connection.execute(
            "SELECT c.id, c.client_id FROM pathway_case c JOIN sealed_contact s ON s.client_id = c.client_id"
            " AND s.lifted_at IS NULL AND s.email IS NOT NULL"
            " JOIN user_account u ON u.id = c.primary_worker_id AND u.username = 'anna.maki'"
            " WHERE c.closed_at IS NULL ORDER BY c.opened_on, c.id LIMIT 1"
        ).fetchone()
    assert found
    return str(found[0]), str(found[1])
