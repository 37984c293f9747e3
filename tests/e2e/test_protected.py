"""Check 25: the contact data of a person under address protection are in no output, whoever asks and however."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import deeds
from tests.e2e.conftest import SignIn
from tests.e2e.deeds import follow, press, said, tick
from tests.e2e.product import Product
from tests.e2e.test_axe import catalogue, place

TOWN: Final = "Myrskylä"
OPTIONS: Final = re.compile(r"<option(?![^>]*\bselected\b)[^>]*>[^<]*</option>")
OF_A_CLIENT: Final = frozenset({"case_id", "client_id", "stage"})
LISTS: Final = (
    "/tyolista?koko=100",
    "/asiakkaat",
    "/johtaminen/tarkistukset",
    "/johtaminen/lapimeno",
    "/muistutukset",
    "/jako",
)
READERS: Final = ("anna.maki", "juha.laine", "kaisa.niemi", "maria.lehto", "timo.virta", "risto.karhu")
"""The handler, a team mate, the coordinator, the team's lead, a stranger, and who reads the log."""


@dataclass(frozen=True)
class Secret:
    """A person under protection, and what nobody may come upon."""

    person: deeds.Person
    case: str
    client: str
    address: str
    phone: str
    email: str

    @property
    def canaries(self) -> tuple[str, ...]:
        """What must be nowhere; the phone is looked for without spaces too."""
        return (self.address, self.phone, self.phone.replace(" ", ""), self.email)

    def assert_absent(self, text: str, where: str) -> None:
        """Nothing of it is in the text."""
        for canary in self.canaries:
            assert canary not in text, f"{canary} in {where}"


MADE: Final[dict[str, Secret]] = {}
"""The one that the tests of this file share: making one takes seconds."""


@pytest.fixture
def secret(sign_in: SignIn, product: Product) -> Secret:
    """Somebody registered by the page, whose responsible worker and so handler is Anna."""
    if product.address not in MADE:
        MADE[product.address] = register(sign_in, product)
    return MADE[product.address]


def register(sign_in: SignIn, product: Product) -> Secret:
    """Register somebody under protection, name Anna, and promise a call for today."""
    person = deeds.invent("Sirkku", last_name="Suojattu")
    mark = person.last_name.removeprefix("Suojattu")
    address, phone, email = f"Piilokuja 7 {mark}", f"0440 {person.identity_code[-4:-1]} 077", f"{mark}@example.net"
    page = sign_in("anna.maki")
    page.goto("/asiakkaat/uusi")
    page.get_by_label("Sukunimi").fill(person.last_name)
    page.get_by_label("Etunimet").fill(person.first_name)
    page.get_by_label("Henkilötunnus").fill(person.identity_code)
    tick(page, "Turvakielto", "Työkyvyn tuki sote-keskuksessa")
    page.get_by_label("Kotikunta").select_option(TOWN)
    page.get_by_label("Puhelin").fill(phone)
    page.get_by_label("Sähköposti").fill(email)
    page.get_by_label("Osoite").fill(address)
    page.get_by_label("Kuka otti yhteyttä").select_option("Asiakas itse")
    page.get_by_label("Tietojen käsittelyn peruste").fill("Asiakas pyysi tukea työhön paluuseen.")
    press(page, "Rekisteröi ja avaa polku")
    said(page, "Asiakas rekisteröity")
    case = deeds.case_of(page)
    deeds.name_worker(page, "Anna Mäki")
    follow(page.get_by_role("main"), "Kirjaa")
    page.get_by_label("Mitä sovittiin").fill("Sovittiin seuraava puhelu.")
    page.get_by_label("Seuraava askel").fill("Soita asiakkaalle")
    page.get_by_label("Viimeistään").fill("tänään")
    press(page, "Tallenna kirjaus")
    said(page, "Kirjaus tallennettu")
    with product.database() as connection:
        found = connection.execute("SELECT client_id FROM pathway_case WHERE id = %s", [case]).fetchone()
    assert found
    return Secret(person, case, str(found[0]), address, phone, email)


def addresses_of(secret: Secret) -> list[str]:
    """Every page that is about the one client and needs no other id."""
    known = {"case_id": secret.case, "client_id": secret.client, "stage": 4}
    rules = [rule for rule in catalogue().url_map.iter_rules() if "GET" in (rule.methods or ())]
    return sorted(place(rule.endpoint, known) for rule in rules if rule.arguments and rule.arguments <= OF_A_CLIENT)


def without_choices(html: str) -> str:
    """The page without what a list of all towns offers and nobody has chosen."""
    return OPTIONS.sub("", html)


def test_no_page_of_the_client_holds_the_contact_data_for_anybody(sign_in: SignIn, secret: Secret) -> None:
    pages = addresses_of(secret)
    assert len(pages) > 20
    opened = dict.fromkeys(READERS, 0)
    for reader in READERS:
        page = sign_in(reader)
        for address in pages:
            answer = page.request.get(address)
            html = answer.text()
            opened[reader] += answer.status == 200
            secret.assert_absent(html, f"{address} for {reader}")
            assert TOWN not in without_choices(html), f"{address} for {reader}"
    assert opened["anna.maki"] > 15
    assert opened["juha.laine"] > 5
    assert opened["timo.virta"] == opened["risto.karhu"] - 1 == 0  # the officer may read the client's log by reference


def test_lists_and_searches_show_the_badge_and_no_place(sign_in: SignIn, secret: Secret) -> None:
    for reader in ("anna.maki", "juha.laine", "kaisa.niemi", "maria.lehto"):
        page = sign_in(reader)
        for address in LISTS:
            secret.assert_absent(page.request.get(address).text(), f"{address} for {reader}")
        page.get_by_label("Hae asiakas").fill(secret.person.last_name[:11])
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/(haku|polut|asiakkaat)/"))
        secret.assert_absent(page.content(), f"the search of {reader}")
        expect(page.get_by_role("main")).to_contain_text(re.compile("turvakielto", re.IGNORECASE))
        expect(page.get_by_role("main")).not_to_contain_text(TOWN)
    page = sign_in("anna.maki")
    page.goto("/muistutukset")
    page.goto("/tyolista")
    follow(page, "Tänään")
    row = page.locator("tbody tr").filter(has_text=secret.person.last_name)
    expect(row).to_contain_text("turvakielto")
    expect(row).not_to_contain_text(TOWN)
    for words in (secret.address, secret.phone, secret.email):
        page.goto("/muistutukset")
        page.get_by_label("Hae asiakas").fill(words)
        page.keyboard.press("Enter")
        # digits alone are taken for an identity code that is not whole
        nobody = re.compile("Ketään ei löytynyt|Kirjoita henkilötunnus kokonaan")
        expect(page.get_by_role("main")).to_contain_text(nobody)
        expect(page.get_by_role("main")).not_to_contain_text(secret.person.last_name)


def test_paper_holds_neither_the_contact_data_nor_the_town(sign_in: SignIn, secret: Secret) -> None:
    page = sign_in("anna.maki")
    page.emulate_media(media="print")
    for part in ("", "/aikajana", "/suunnitelmat", "/suostumukset", "/verkosto", "/mittarit", "/loki"):
        page.goto(f"/polut/{secret.case}{part}")
        printed = page.locator("body").inner_text()
        assert secret.person.name in printed
        assert "turvakielto" in printed.casefold()
        secret.assert_absent(printed, f"the print of {part}")
        assert TOWN not in printed
        assert len(page.pdf(format="A4")) > 5_000  # it does print


def test_only_a_handler_opens_the_contact_data_once_and_the_log_tells_it(
    sign_in: SignIn, secret: Secret, axe: Callable[[Page], None]
) -> None:
    page = sign_in("anna.maki")
    page.goto(f"/asiakkaat/{secret.client}/tiedot")
    press(page, "Avaa yhteystiedot")
    opened = page.locator("#client-contact")
    for words in (secret.address, secret.phone, secret.email, TOWN):
        expect(opened).to_contain_text(words)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        axe(page)
    page.reload()
    secret.assert_absent(page.content(), "the page opened again")

    for reader, status in (("juha.laine", 403), ("kaisa.niemi", 403), ("maria.lehto", 403), ("timo.virta", 404)):
        other = sign_in(reader)
        token = other.locator("input[name=csrf_token]").first.input_value()
        answer = other.request.post(
            f"/asiakkaat/{secret.client}/yhteystiedot", form={"csrf_token": token}, headers={"Origin": other.url}
        )
        assert answer.status == status, reader
        secret.assert_absent(answer.text(), f"the refusal of {reader}")

    officer = sign_in("risto.karhu")
    officer.get_by_label("Käyttäjätunnus").fill("anna.maki")
    press(officer, "Suodata")
    expect(officer.locator("tbody")).to_contain_text("Avasi suojattuja tietoja")
    secret.assert_absent(officer.content(), "the log")
    assert TOWN not in officer.content()


def test_a_faulty_row_of_a_register_comes_back_without_the_contact_data(sign_in: SignIn, secret: Secret) -> None:
    head = "Sukunimi;Etunimet;Henkilötunnus;Kotikunta;Puhelin;Sähköposti;Turvakielto;Palvelupolku;Vaihe;Asiakkuus alkoi"
    faulty = f"Turvala;Topi;010190-901X;{TOWN};{secret.phone};{secret.email};kyllä;Työkyvyn tuki;Tunnistaminen;1.2.2026"
    page = sign_in("kaisa.niemi")
    page.goto("/tuonti")
    page.get_by_label("Rekisteritiedosto").set_input_files(
        {"name": "vuoto.csv", "mimeType": "text/csv", "buffer": f"{head}\r\n{faulty}\r\n".encode("utf-8-sig")}
    )
    press(page, "Tarkista tiedosto")
    expect(page.get_by_role("heading", name=re.compile("^[1-9] virhe"))).to_be_visible(timeout=60_000)
    table = page.request.get(f"{page.url}/virheet.csv").text()
    for text in (table, page.content()):
        assert "Henkilötunnus" in text
        secret.assert_absent(text, "the faults")
        assert TOWN not in text
        assert "Turvala" not in text
    press(page, "Peruuta ja poista tiedosto")


def test_mail_logs_and_the_database_hold_nothing_of_it_in_the_clear(
    sign_in: SignIn, product: Product, secret: Secret
) -> None:
    # the sweep and the mail come within seconds; the page does not look again by itself
    product.clone.wait_for(30, lambda: any(secret.case in letter for letter in product.letters()))
    page = sign_in("anna.maki")
    page.goto("/muistutukset")
    expect(page.locator("tbody")).to_contain_text(secret.person.name)
    letters = "\n".join(product.letters())
    assert "Muistutus" in letters
    for text, where in ((letters, "the mail"), (product.clone.logs(), "the logs"), (dump(product), "the database")):
        secret.assert_absent(text, where)
        assert secret.person.last_name not in text, where


def dump(product: Product) -> str:
    """Every value of every row as the database would write it out."""
    with product.database() as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        statement = " UNION ALL ".join(f'SELECT t::text FROM "{table}" t' for (table,) in tables)  # noqa: S608 - own names
        return "\n".join(row[0] for row in connection.execute(statement).fetchall())
