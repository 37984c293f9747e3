"""A client's way through a pathway, stage by stage: each item of a checklist is put on record from the list itself."""

import re
from typing import Final

from playwright.sync_api import Locator, Page, expect

from app.core.clock import local_date, moment
from app.pathways.domain import Item, LinkKind, Need, StageCode
from app.pathways.pathway import Pathway
from app.plans.fields import FieldType, PlanField
from app.plans.loader import field_set_on
from tests.e2e import deeds
from tests.e2e.deeds import follow, press, said, tick

NEEDS_TEXTS: Final = (
    "participants",
    "situation",
    "client_view",
    "conclusions",
    "own_worker_reason",
    "need_employment",
)
PERIOD: Final = {
    "starts_on": "23.11.2026",
    "ends_on": "31.5.2027",
    "evaluate_on": "3.5.2027",
    "day-1": "9–13",
    "day-2": "9–13",
    "place": "Työpaja",
}
WISH: Final = "Haluan jaksaa töissä kolme päivää viikossa"


class Records:
    """How each kind of item is put on record, on the page its link leads to."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def put(self, item: Item | Need) -> None:
        """Do on the page that is open what the item asks for."""
        if item.link is LinkKind.WRITE_NOTE:
            self.entry(str(item.label))
            return
        acts = {
            LinkKind.RECORD_ELSEWHERE: self.elsewhere,
            LinkKind.RECORD_CONSENT: self.consent,
            LinkKind.ENTER_MEASURE: self.form_given if item.code == "self_assessment" else self.score,
            LinkKind.IDENTIFY: self.identify,
            LinkKind.ASSESS_NEEDS: self.assess_needs,
            LinkKind.KEEP_ACTIVITY: lambda: self.activity(item.code.partition(":")[2]),
            LinkKind.OPEN_NETWORK: lambda: self.role(item.code.partition(":")[2]),
            LinkKind.WRITE_PLAN: self.plan,
            LinkKind.REVIEW_PLAN: self.review,
        }
        acts[item.link]()

    def entry(self, words: str) -> None:
        """The topic, and a meeting where one is asked for, are chosen already."""
        self.page.get_by_label("Mitä sovittiin").fill(f"{words}. Jatkosta sovittiin.")
        press(self.page, "Tallenna kirjaus")
        said(self.page, "Kirjaus tallennettu")

    def elsewhere(self) -> None:
        """The document and the system it lies in are chosen already."""
        press(self.page, "Tallenna viite")
        said(self.page, "Kirjattu")

    def consent(self) -> None:
        """The client says yes to two parties for a year."""
        deeds.give_consent(self.page)

    def identify(self) -> None:
        """A signal and a trigger are noted, and what is known of the situation."""
        for group in ("Uudet taustan merkit", "Uudet herätteet"):
            boxes = self.page.get_by_role("group", name=re.compile(f"^{group}")).get_by_role("checkbox")
            boxes.first.check()
        self.page.locator("[name=skills]").fill("Keittiötyö sujuu.")
        press(self.page, "Tallenna")
        said(self.page, "Tallennettu")

    def assess_needs(self) -> None:
        """The matter is initiated, everything section 37 asks is written, and the assessment is finished."""
        if self.page.get_by_role("button", name="Kirjaa vireille ja jatka").count():
            self.page.get_by_role("group", name="Asiakas on").get_by_role("radio").first.check()
            press(self.page, "Kirjaa vireille ja jatka")
        page = self.page.get_by_role("main")
        page.get_by_label("Arvio alkoi").fill("tänään")
        page.get_by_role("combobox", name="Arvioija").select_option(index=1)
        for question in ("Arvioija on viranhaltija", "Omatyöntekijä tarvitaan"):
            tick(page.get_by_role("group", name=question), "Kyllä")
        tick(page.get_by_role("group", name="Asiakkaalla on kiireellinen avun tarve"), "Ei")
        tick(page.get_by_role("group", name="Läheisverkosto"), "Kartoitettu")
        for name in NEEDS_TEXTS:
            page.locator(f"[name={name}]").fill("Kirjattiin yhdessä asiakkaan kanssa.")
        press(self.page, "Tallenna arvio")
        said(self.page, "Arvio tallennettu")
        follow(page, "Merkitse valmiiksi")
        press(self.page, "Merkitse valmiiksi")

    def form_given(self) -> None:
        """The client takes the form of the self-assessment home."""
        self.page.get_by_role("link", name=re.compile("^Merkitse lomake annetuksi")).first.click()
        self.page.get_by_label("Lomakkeen kieli").select_option("suomi")
        press(self.page, "Tallenna")

    def role(self, name: str) -> None:
        """Somebody is named for a part of the case, with a reason where the profession asks for one."""
        self.page.locator(f"a[href$='/verkosto/osuudet/{name}']").first.click()
        self.page.locator("[name=holder]").select_option(index=1)
        why = self.page.locator("main textarea")
        if why.count():
            why.first.fill("Tuntee asiakkaan ja ryhmän.")
        self.page.locator("main button[data-default]").click()
        said(self.page, "Tallennettu")

    def score(self) -> None:
        """The client gives their work ability a number."""
        enter = self.page.get_by_role("link", name=re.compile("Työkykypistemäärä"))
        if enter.count():
            enter.first.click()
        self.page.locator("[name=value]").fill("4")
        press(self.page, "Tallenna tulos")

    def plan(self) -> None:
        """The kind is chosen already; every question of its form is answered, and it comes into force."""
        kind = self.page.locator("[name=kind]:checked").get_attribute("value")
        press(self.page, "Aloita suunnitelma")
        self.page.get_by_label("Jakso alkaa").fill("1.12.2026")
        self.page.get_by_label("Jakso päättyy").fill("31.5.2027")
        if not self.page.locator("[name=goal-1-text]").input_value():  # an implementation plan has the goals already
            deeds.write_goal(self.page, 1, WISH, action="Varaa terveystarkastus")
        for asked in field_set_on(kind or "", local_date(moment())) or ():
            if asked.is_needed:
                self.answer(asked)
        press(self.page, "Tallenna suunnitelma")
        said(self.page, "Suunnitelma tallennettu")
        self.bring_into_force()

    def bring_into_force(self) -> None:
        """Every party signs; where the rules advise against the start, the reason is written."""
        follow(self.page, "Vie voimaan")
        for party in self.page.locator("fieldset.polku-sign").all():
            if party.get_by_label("Nimi").count():
                party.get_by_label("Nimi").fill("Veikko Vastapuoli")
            party.get_by_label("Allekirjoitettu").fill("tänään")
            party.locator("select[name$=-way]").select_option("oral")
        why = self.page.locator("[name=reason-start]")
        if why.count():
            why.fill("Osapuolet arvioivat edellytykset yhdessä.")
        press(self.page, "Vie voimaan")
        said(self.page, "Suunnitelma on voimassa")

    def answer(self, asked: PlanField) -> None:
        """Answer one question of a plan, a choice by its first option; the week has two days."""
        if asked.type is FieldType.WEEK:
            for day in ("Maanantai", "Torstai"):
                self.page.get_by_label(day).fill("9.00–14.00")
        elif asked.choices or asked.type is FieldType.YES_NO:
            self.page.get_by_role("group", name=str(asked.label)).get_by_role("radio").first.check()
        else:
            words = "1.3.2027" if asked.type is FieldType.DAY else "Sovittiin yhdessä."
            self.page.get_by_label(str(asked.label)).first.fill(words)

    def activity(self, part: str) -> None:
        """A period that began yesterday is agreed; its steward is told; a day of it is marked."""
        page = self.page.get_by_role("main")
        if page.get_by_role("link", name="Kirjaa jakso").count():
            page.get_by_role("link", name="Kirjaa jakso").click()
            for name, words in PERIOD.items():
                page.locator(f"[name={name}]").fill(words)
            press(page, "Tallenna jakso")
        if part == "shop_steward":
            page.get_by_role("link", name=re.compile("^Kirjaa.* luottamusmie")).click()
            page.locator("[name=told_by]").fill("Anna Mäki")
            press(page, "Tallenna ilmoitus")
        elif part == "attendance":
            page.get_by_role("checkbox", name=re.compile("^Läsnä")).first.check()
            press(page, "Tallenna viikko")

    def review(self) -> None:
        """Hold the review of the plan that is in force, with its one goal."""
        self.page.get_by_label("Tilanne nyt").fill("Arki sujuu paremmin.")
        tick(self.page.get_by_role("group", name="Ketkä osallistuivat"), "Työvoimaviranomainen")
        press(self.page, "Tallenna ja jatka")
        tick(self.page.get_by_role("group", name="Toteutuiko tavoite 1?"), "Osittain")
        press(self.page, "Ei muutoksia, jatka seuraavaan tarkistukseen")
        press(self.page, "Tallenna ja jatka")
        press(self.page, "Tallenna tarkistus")
        said(self.page, "Tarkistus tallennettu")


class Journey(Records):
    """One client on one pathway, with the worker's page."""

    def __init__(self, page: Page, model: Pathway) -> None:
        super().__init__(page)
        self.model = model
        self.case = deeds.register(page, deeds.invent("Säde"), model=str(model.label))
        deeds.name_worker(page, "Anna Mäki")

    def show(self, code: StageCode) -> None:
        """Open the page of a stage from the map."""
        follow(self.page, f"{code.number} {self.model.stage(code).label}")

    def row(self, item: Item) -> Locator:
        """The line of an item on the checklist that is shown."""
        return self.page.get_by_role("row").filter(has=self.page.get_by_role("rowheader", name=str(item.label)))

    def record_everything(self, code: StageCode) -> None:
        """Put each required item of the stage on record by following its own link, then see the list full."""
        self.show(code)
        for item in self.model.stage(code).checklist:
            if not item.is_optional and "Puuttuu" in self.row(item).inner_text():
                follow(self.row(item), "Kirjaa")
                self.put(item)
                self.show(code)
                expect(self.row(item)).to_contain_text("Kirjattu")
        asked = sum(not item.is_optional for item in self.model.stage(code).checklist)
        full = f"Tarkistuslista: {asked}/{asked} pakollisesta kirjattu"
        expect(self.page.get_by_role("heading", name=full, exact=True)).to_be_visible()

    def open(self, code: StageCode) -> None:
        """Open a stage; what it needs is put on record first, so no reason is asked."""
        self.show(code)
        for need in self.model.stage(code).needs:
            row = self.page.get_by_role("listitem").filter(has_text=str(need.label)).filter(has_text="Puuttuu")
            if row.count():
                follow(row, "Kirjaa")
                self.put(need)
                self.show(code)
        deeds.open_stage(self.page, f"{code.number} {self.model.stage(code).label}")

    def end_activity(self) -> None:
        """A period that goes on keeps the case open."""
        follow(self.page, "Päätä jakso")
        self.page.get_by_role("group", name="Miksi jakso päättyy").get_by_role("radio").first.check()
        self.page.locator("[name=ended_on]").fill("tänään")
        press(self.page, "Päätä jakso")

    def close(self, outcome: str) -> None:
        """Close the case with an outcome; what is open ends with the case."""
        follow(self.page, "Päätä asiakkuus")
        if self.page.get_by_role("link", name="Päätä jakso").count():
            self.end_activity()
            follow(self.page, "Päätä asiakkuus")
        self.page.get_by_label("Miten asiakkuus päättyi").select_option(outcome)
        if self.model.is_social_welfare:
            tick(self.page, "Asiakkuuden perustetta ei enää ole")
        tick(self.page.get_by_role("group", name="Pyydettiinkö asiakkaalta palautetta?"), "Kyllä")
        self.page.get_by_label("Mikä auttoi, asiakkaan omin sanoin").fill("Se, että sama ihminen kysyi kuulumisia.")
        press(self.page, "Päätä asiakkuus")
        said(self.page, "Asiakkuus päätetty")
