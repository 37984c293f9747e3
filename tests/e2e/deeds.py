"""What a worker does with a pointer, in the words of the pages; each deed ends where the page confirms it."""

import re
import secrets
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Locator, Page, expect

MARKS: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"  # the check characters of an identity code
CASE: Final = re.compile(r"/polut/([0-9a-f-]{36})")


@dataclass(frozen=True)
class Person:
    """An invented client, like nobody in the demo."""

    last_name: str
    first_name: str
    identity_code: str

    @property
    def name(self) -> str:
        """As the lists show it."""
        return f"{self.last_name} {self.first_name}"


def invent(first_name: str, *, last_name: str = "Lumikko") -> Person:
    """Invent a person, whose last name goes on at random; the number of the code is one of those kept for nobody."""
    letters = "".join(secrets.choice("aeioumnlktsr") for _ in range(6))
    digits = f"{secrets.randbelow(28) + 1:02}{secrets.randbelow(12) + 1:02}{secrets.randbelow(40) + 60}"
    number = secrets.randbelow(100) + 900
    return Person(f"{last_name}{letters}", first_name, f"{digits}-{number}{MARKS[int(f'{digits}{number}') % 31]}")


def case_of(page: Page) -> str:
    """The id of the case whose page is open."""
    found = CASE.search(page.url)
    assert found, page.url
    return found[1]


def said(page: Page, words: str) -> None:
    """The page confirms the deed."""
    expect(page.locator(".polku-said")).to_have_text(words)


def tick(place: Page | Locator, *labels: str) -> None:
    """Tick or choose what stands beside each label."""
    for label in labels:
        place.get_by_label(label, exact=True).check()


def press(place: Page | Locator, button: str) -> None:
    """Press the button with exactly these words."""
    place.get_by_role("button", name=button, exact=True).click()


def follow(place: Page | Locator, link: str) -> None:
    """Follow the first link with these words in its name."""
    place.get_by_role("link", name=link).first.click()


def register(page: Page, person: Person, *, model: str = "Työkyvyn tuki sote-keskuksessa") -> str:
    """Search, find nobody, register the person and open the pathway; gives the id of the case."""
    page.get_by_label("Hae asiakas").fill(person.name)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ketään ei löytynyt")).to_be_visible()
    follow(page, "Lisää uusi asiakas")
    page.get_by_label("Sukunimi").fill(person.last_name)
    page.get_by_label("Etunimet").fill(person.first_name)
    page.get_by_label("Henkilötunnus").fill(person.identity_code)
    tick(page, model)
    page.get_by_label("Kuka otti yhteyttä").select_option("Asiakas itse")
    page.get_by_label("Tietojen käsittelyn peruste").fill("Asiakas pyysi tukea työhön paluuseen.")
    press(page, "Rekisteröi ja avaa polku")
    said(page, "Asiakas rekisteröity")
    expect(page.get_by_role("heading", level=1)).to_have_text(person.name)
    return case_of(page)


def name_worker(page: Page, name: str) -> None:
    """Name the responsible worker from the client page."""
    follow(page, "Nimeä työntekijä")
    tick(page.get_by_role("group", name="Uusi vastuutyöntekijä"), name)
    press(page, "Nimeä työntekijä")
    said(page, "Vastuutyöntekijä nimetty")


def log(page: Page, line: str, *, topic: str = "") -> None:
    """Write an entry from a page of the client."""
    follow(page.get_by_role("main"), "Kirjaa")
    page.get_by_label("Mitä sovittiin").fill(line)
    if topic:
        page.get_by_label("Aihe").select_option(topic)
    press(page, "Tallenna kirjaus")
    said(page, "Kirjaus tallennettu")


def consent(page: Page) -> None:
    """Record the client's spoken consent to share health data with two parties for a year, from the summary."""
    follow(page, "Kirjaa suostumus")
    give_consent(page)


def give_consent(page: Page) -> None:
    """Fill in and save the form of a consent that is open."""
    tick(page.get_by_role("group", name="Tahot (vapaaehtoinen)"), "Kela", "Terveydenhuolto")
    tick(page, "Terveystiedot", "Työ- ja toimintakyky", "Yhteisen suunnitelman tekeminen", "Suullisesti")
    press(page, "12 kk")
    press(page, "Tallenna suostumus")
    said(page, "Suostumus tallennettu")


def open_stage(page: Page, stage: str, *, reason: str = "", although: str = "") -> None:
    """Open a stage from its place on the map."""
    follow(page, stage)
    if reason:
        page.get_by_label("Syy", exact=True).fill(reason)
    if although:
        page.get_by_label("Miksi vaihe avataan, vaikka jotain puuttuu").fill(although)
    page.get_by_role("button", name=re.compile("^(Avaa vaihe|Palaa vaiheeseen)$")).click()
    said(page, "Vaihe avattu")
    opened = page.get_by_role("list", name="Polun vaiheet").get_by_role("listitem").filter(has_text=stage)
    expect(opened).to_contain_text("Kesken")


def start_plan(page: Page) -> None:
    """Start a plan of the pathway's own kind from a client page; its form is open then."""
    follow(page, "Suunnitelmat")
    follow(page, "Aloita suunnitelma")
    press(page, "Aloita suunnitelma")
    expect(page.get_by_role("heading", level=1, name="Työkyvyn tuen suunnitelma")).to_be_visible()


def write_goal(page: Page, number: int, words: str, *, action: str = "") -> None:
    """Write a goal in its row, and its first action."""
    goal = page.get_by_role("region", name=f"Tavoite {number}", exact=True)
    goal.get_by_label(f"Tavoite {number}, asiakkaan sanoin").fill(words)
    if action:
        goal.get_by_label("Toimenpide 1").fill(action)
        goal.get_by_label("Kuka tekee").select_option("Asiakas")


def divide_the_work(page: Page) -> None:
    """Answer what the plan of the support model asks of the network before it comes into force (PA4)."""
    page.get_by_label("Verkoston jäsenten tehtävät").fill("Verkostoa ei ole.")
    page.get_by_role("group", name="Kootaanko moniammatillinen ryhmä?").get_by_label("Ei").check()


def bring_into_force(page: Page) -> None:
    """Record the spoken acceptance of the draft that is shown."""
    follow(page, "Vie voimaan")
    client = page.get_by_role("group", name="Asiakas", exact=True)
    client.get_by_label("Allekirjoitettu").fill("tänään")
    client.get_by_label("Tapa").select_option("Suullisesti")
    press(page, "Vie voimaan")
    said(page, "Suunnitelma on voimassa")
