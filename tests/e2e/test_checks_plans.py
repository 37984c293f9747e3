"""Checks 10 and 28: a week beyond the limits is told in words and passes with its reason, which the paper prints."""

from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect

from tests.e2e import deeds
from tests.e2e.conftest import SignIn
from tests.e2e.deeds import follow, press, said, tick
from tests.factories.papers import A4, Pdf, squeezed

WEEK: Final = ("Maanantai", "Tiistai", "Keskiviikko", "Torstai", "Perjantai")
REASON: Final = "Asiakas on itse toivonut täyttä viikkoa."
KIND: Final = "Toteuttamissuunnitelma"


def test_a_week_beyond_the_limits_passes_with_a_reason_that_the_pdf_prints(sign_in: SignIn) -> None:
    page, person = sign_in("anna.maki"), deeds.invent("Utu")
    deeds.register(page, person, model="Laatukriteereihin perustuva tuettu työhönvalmennus")
    deeds.name_worker(page, "Anna Mäki")
    write_a_full_week(page)
    the_limits_are_told_in_words(page)
    page.get_by_label("Miksi päivät tai ajat poikkeavat rajoista", exact=True).fill(REASON)
    press(page, "Tallenna suunnitelma")
    said(page, "Suunnitelma tallennettu")
    expect(page.get_by_role("region", name="Suunnitelman sisältö")).to_contain_text(REASON)
    bring_into_force(page)
    the_paper_is_for_everybody(the_pdf_of(page))


def write_a_full_week(page: Page) -> None:
    follow(page, "Suunnitelmat")
    follow(page, "Aloita suunnitelma")
    tick(page, KIND)
    press(page, "Aloita suunnitelma")
    page.get_by_label("Jakso alkaa").fill("1.12.2026")
    page.get_by_label("Jakso päättyy").fill("31.5.2027")
    deeds.write_goal(page, 1, "Haluan päästä keittiötyöhön", action="Sovi aloituspäivä")
    for day in WEEK:
        page.get_by_label(day).fill("8.00–15.12")
    page.get_by_label("Keinot").fill("Työpajan keittiö, ohjaaja vierellä.")
    page.get_by_label("Miten etenemistä seurataan").fill("Palaveri kerran kuussa.")


def the_limits_are_told_in_words(page: Page) -> None:
    """Five days and 36 hours: the sum says so when it is asked for, and saving asks for the reason at its field."""
    press(page, "Laske tunnit")
    expect(page.get_by_role("status").filter(has_text="5 päivää viikossa, 36 t/vko")).to_be_visible()
    expect(page.locator(".polku-warn").first).to_contain_text(
        "Päiviä viikossa: 5. Raja on 1–4 päivää viikossa (189/2001 13 b §)."
    )
    press(page, "Tallenna suunnitelma")
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    follow(summary, "")
    expect(page.locator("[name=reason-week]")).to_be_focused()
    expect(page.get_by_label("Perjantai")).to_have_value("8.00–15.12")


def bring_into_force(page: Page) -> None:
    """Every party has signed; what the start rests on is not on record, so it has a reason as well."""
    follow(page, "Vie voimaan")
    for party in page.locator("fieldset.polku-sign").all():
        if party.get_by_label("Nimi").count():
            party.get_by_label("Nimi").fill("Veikko Vastapuoli")
        party.get_by_label("Allekirjoitettu").fill("tänään")
        party.get_by_label("Tapa").select_option("Suullisesti")
    why = page.locator("[name=reason-start]")
    if why.count():
        why.fill("Osapuolet arvioivat edellytykset yhdessä.")
    press(page, "Vie voimaan")
    said(page, "Suunnitelma on voimassa")


def the_pdf_of(page: Page) -> Pdf:
    follow(page.get_by_role("navigation", name="Asiakkaan osiot"), "Tulosteet")
    follow(page.get_by_role("row").filter(has_text=KIND), "Tulosta")
    page.get_by_role("group", name="Kenelle").get_by_role("radio").first.check()
    with page.expect_download() as made:
        press(page, "Tee PDF")
    return Pdf(Path(made.value.path()).read_bytes())


def the_paper_is_for_everybody(pdf: Pdf) -> None:
    """A4, tagged, titled, Finnish, numbered, black on white, with version, signatures and the reason."""
    assert pdf.sizes == {A4}
    assert pdf.root["/MarkInfo"]["/Marked"].value is True
    assert str(pdf.root["/Lang"]).startswith("fi")
    assert KIND in pdf.title
    assert pdf.colours == set(), "legible in black and white"
    for number, text in enumerate(pdf.pages, 1):
        assert f"sivu {number}/{len(pdf.pages)}" in text
    printed = squeezed(pdf.text)
    for words in (REASON, "versio 1", "Allekirjoitukset", "24.11.2026", "36 t"):
        assert squeezed(words) in printed, words
