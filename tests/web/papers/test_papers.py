"""Printing as a worker does it: read the page, say for whom, get the PDF, find the trace (checks 10, 25 and 28)."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from app.access.actor import Role
from app.cases.domain import CaseView
from app.papers import press as presses
from app.plans.domain import SignatureWay
from app.plans.signatures import record_signatures
from app.plans.signing import SignatureEntry
from tests.factories.accounts import create_team, create_user
from tests.factories.activity import ATTENDED, create_period, mark
from tests.factories.assessments import create_needs
from tests.factories.cases import create_case
from tests.factories.clients import ADDRESS, EMAIL, PHONE, create_client
from tests.factories.measures import build_result, enter
from tests.factories.papers import A4, Pdf, squeezed
from tests.factories.participation import DEMO, hear
from tests.strict import parse
from tests.web.papers.conftest import make_consent, make_draft, make_needs, make_plan, make_week, order, printings
from tests.web.workbench.conftest import Desk

PAPERS: dict[str, Callable[[Desk], str]] = {
    "summary": lambda _: "yhteenveto",
    "blank consent": lambda _: "suostumuslomake",
    "plan in force": make_plan,
    "draft of a plan": make_draft,
    "plan of an activity": make_week,
    "needs assessment": make_needs,
    "consent": make_consent,
}


def words_of(html: str) -> str:
    """The text of the paper on the page."""
    article = parse(html).find(".//article")
    assert article is not None
    return "".join(article.itertext())


# ---------------------------------------------------------------- every paper


@pytest.mark.parametrize("make", PAPERS.values(), ids=PAPERS)
def test_a_paper_is_tagged_finnish_a4_and_numbered(desk: Desk, make: Callable[[Desk], str]) -> None:
    pdf = order(desk, make(desk))
    assert pdf.root["/MarkInfo"]["/Marked"].value is True
    assert (pdf.tags["/H1"], pdf.tags["/H2"] > 0) == (1, True)
    assert str(pdf.root["/Lang"]).startswith("fi")
    assert "<pdfuaid:part>1</pdfuaid:part>" in pdf.xmp
    assert pdf.sizes == {A4}
    assert pdf.colours == set()
    assert f"sivu 1/{len(pdf.pages)}" in pdf.pages[0]
    assert "Tulostettu 24.11.2026 klo 9.00, Matti Meikäläinen" in pdf.pages[0]
    assert desk.case.ref in pdf.title
    assert not {"Koivula", "Aino", "Matti"} & set(re.findall(r"\w+", pdf.title + pdf.xmp))
    assert "Koivula Aino Maria" in pdf.text


@pytest.mark.parametrize("make", PAPERS.values(), ids=PAPERS)
def test_the_page_for_reading_says_what_the_pdf_says(desk: Desk, make: Callable[[Desk], str]) -> None:
    paper = make(desk)
    page = desk.browser.get(f"{desk.path}/tulosteet/{paper}")
    assert page.headers["Cache-Control"] == "no-store"
    read = Counter(marks(words_of(page.text)))
    printed = Counter(marks("".join(pdf_without_feet(order(desk, paper)))))
    assert read - printed == Counter(), "everything on the page is printed"
    # a table that goes on overleaf says its headings again
    again = [Counter(marks("".join(head.itertext()))) for head in parse(page.text).iter("thead")]
    assert printed - read in [Counter(), *again]


def pdf_without_feet(pdf: Pdf) -> list[str]:
    """The pages without the last lines, which the page for reading has once; signs of lists and lines left out."""
    total = len(pdf.pages)
    kept = []
    for number, page in enumerate(pdf.pages, 1):
        body, _, foot = page.rpartition(f"sivu {number}/{total}")
        assert not foot.strip()
        lines = body.strip().splitlines()
        kept.append(squeezed("".join(lines if number == total else lines[:-2])).replace("_", ""))
    return kept


def marks(told: str) -> list[str]:
    """Every letter and figure: the order of cells may differ between the two, what is said may not."""
    return [sign for sign in told if sign.isalnum()]


def test_every_paper_is_on_the_list_with_its_printer(desk: Desk) -> None:
    plan, consent = make_plan(desk), make_consent(desk)
    before = desk.browser.get(f"{desk.path}/tulosteet").text
    assert before.count("ei tulostettu") == 4
    for paper in (plan, consent, "yhteenveto", "suostumuslomake"):
        assert f"/tulosteet/{paper}/pdf" in before
    order(desk, plan)
    after = desk.browser.get(f"{desk.path}/tulosteet").text
    assert after.count("ei tulostettu") == 3
    assert "24.11.2026 klo 9.00" in after


# ---------------------------------------------------------------- what the papers say


def test_the_plan_tells_goals_actions_version_and_who_accepted_it(desk: Desk) -> None:
    told = order(desk, make_plan(desk)).text
    assert "Haluan jaksaa kolme päivää viikossa." in told
    assert "Ensimmäinen askel 1 Asiakas ei sovittu Avoin" in told
    assert "versio 1" in told
    assert "Asiakas Aino Maria Koivula 20.11.2026 Suullisesti" in told
    assert "Terveydenhuolto" in told
    assert "Se ei ole Kanta-asiakirja" in told


def test_every_signature_prints_with_name_day_way_and_where_the_document_is(desk: Desk) -> None:
    """Who has signed is filled in; whose signature is missing has a line, and the reason for that prints."""
    paper = make_week(desk)
    version = UUID(paper.partition("-")[2])
    signatures = [
        SignatureEntry(party="client", signed_on=date(2026, 11, 23), way=SignatureWay.PAPER, system="SY02"),
        SignatureEntry(party="social_welfare", name="Silja Salo", signed_on=date(2026, 11, 24), way=SignatureWay.ORAL),
    ]
    record_signatures(desk.uow, desk.case, version, signatures=signatures, actor=DEMO, now=desk.now)
    desk.uow.commit()
    told = squeezed(order(desk, paper).text.replace("-\n", ""))
    assert squeezed("Asiakas Aino Maria Koivula 23.11.2026 Allekirjoitti paperille. Asiakirja on") in told
    assert squeezed("Sosiaalihuolto Silja Salo 24.11.2026 Suullisesti") in told
    assert squeezed("Työvoimaviranomainen Allekirjoitettu paperi on tallessa") in told, "an empty line"


def test_a_draft_says_that_it_binds_nobody_and_why_its_review_is_late(desk: Desk) -> None:
    """Check 10: the reason given for a broken limit prints."""
    told = order(desk, make_draft(desk)).text
    assert "Luonnos" in told
    assert "Kuntoutusjakso vie keväästä kolme kuukautta." in told
    assert squeezed("Tapa Asiakas Aino Maria Koivula Terveydenhuolto") in squeezed(told), (
        "an empty line says whose it is"
    )


def test_the_week_prints_day_by_day_with_its_sum_and_every_broken_limit_with_its_reason(desk: Desk) -> None:
    """Check 10: five days and 37.5 hours are told in words, and the reason given for them prints (RU02)."""
    told = order(desk, make_week(desk)).text.replace("\u00a0", " ")
    for words in ("maanantai 8.00–15.30", "perjantai 8.00–15.30", "Yhteensä 5 päivää, 37,5 t"):
        assert words in told
    assert "Asiakas on toivonut viittä päivää." in told
    assert "Jakso on kokeilu." in told
    assert "1–4 päivää viikossa" in told
    assert "3–24 kuukautta" in told
    assert "Sovittu: Koulutus ja työura" in told
    assert "1.12.2026–31.1.2027" in told
    assert "Työvoimaviranomainen" in told.replace("-\n", ""), "the third party of an activation plan has a line to sign"


def test_the_needs_assessment_tells_needs_the_clients_own_view_and_where_the_official_copy_is(desk: Desk) -> None:
    """What 1301/2014 section 37 asks for (PB2), with the assessor's line."""
    told = order(desk, make_needs(desk)).text
    for words in (
        "Vireille: 10.11.2026",
        "Työttömänä kaksi vuotta.",
        "Työllistyminen: Tukea päivärytmiin ja työkokeiluun.",
        "Haluan töihin, mutta en heti täysillä.",
        "Asioita on monta yhtä aikaa.",
        "2026-1, kirjattu 20.11.2026",
        "Arvioija",
    ):
        assert words in told


def test_a_draft_of_a_needs_assessment_is_not_printed(desk: Desk) -> None:
    version = create_needs(desk.uow, desk.case, on=date(2026, 11, 10))
    desk.uow.commit()
    assert desk.browser.get(f"{desk.path}/tulosteet/palvelutarve-{version.hex}").status_code == 404
    assert "palvelutarve-" not in desk.browser.get(f"{desk.path}/tulosteet").text


def test_the_consent_holds_the_text_that_was_read_and_every_answer(desk: Desk) -> None:
    told = order(desk, make_consent(desk)).text
    assert "Ääneen luettu teksti, versio 2026-11" in told
    assert "Voit perua suostumuksesi" in told
    assert "Kela Kyllä" in told
    assert "Työnantaja Ei" in told
    assert "31.5.2027" in told
    assert "Kela vain puhelimitse." in told
    assert "Miten suostumuksen voi perua" in told


def test_the_blank_form_has_room_for_every_party(desk: Desk) -> None:
    told = order(desk, "suostumuslomake").text
    for words in ("Kela", "Työvoimaviranomainen", "Terveystiedot", "Etuuden hakeminen", "Asiakas tai edustaja"):
        assert words in told
    assert "TE-toimisto" not in told, "a party that has ended is not asked about"


def test_the_summary_tells_the_path_the_worker_and_the_clients_own_tasks(desk: Desk) -> None:
    make_plan(desk)
    make_consent(desk)
    told = order(desk, "yhteenveto", {"recipient": "client"}).text
    for words in (
        "Vaihe nyt: 1 Ennen yhteydenottoa",
        "Matti Meikäläinen",
        "Haluan jaksaa kolme",
        "Ensimmäinen askel 1",
    ):
        assert words in told
    assert "Suunnitelma tarkistetaan yhdessä viimeistään" in told
    assert "Kela Kyllä 31.5.2027" in told
    assert "Kappale asiakkaalle" in told


def test_the_summary_tells_where_and_when_the_activity_is(desk: Desk) -> None:
    desk.case = active(desk)
    told = order(desk, "yhteenveto").text
    for words in (
        "Jakso: 2.11.2026–30.4.2027",
        "Paikka: Verstas Koivu",
        "maanantai: 9–13",
        "viimeistään: keskiviikko 31.3.2027",
    ):
        assert words in told
    assert "paikalla tässä jaksossa: 1" in told


def active(desk: Desk, *, protected: bool = False) -> CaseView:
    """A case of group employment with a period that goes on and one day attended."""
    person = create_client(desk.uow, protected=protected)
    case = create_case(
        desk.uow,
        client_id=person,
        model="group_employment",
        worker=desk.worker,
        team=desk.team,
        opened_on=date(2026, 10, 1),
    )
    period = create_period(desk.uow, case)
    mark(desk.uow, case, period, {date(2026, 11, 3): ATTENDED}, now=desk.now)
    desk.uow.commit()
    return case


def test_the_summary_repeats_what_the_client_last_told_in_their_words(desk: Desk) -> None:
    hear(desk.uow, desk.case, now=desk.now, wishes="Toivon työtä läheltä.")
    desk.uow.commit()
    told = order(desk, "yhteenveto").text
    for words in ("Näin olet kertonut, 20.11.2026", "Selkä kestää puoli päivää.", "Toivon työtä läheltä."):
        assert words in told


def test_the_summary_shows_how_the_clients_own_estimate_has_changed(desk: Desk) -> None:
    for on, value in ((date(2026, 11, 3), 4), (date(2026, 11, 10), 5), (date(2026, 11, 20), 6)):
        enter(desk.uow, desk.case, build_result("ME01", on, value=Decimal(value)), now=desk.now)
    desk.uow.commit()
    told = order(desk, "yhteenveto").text
    assert "3.11.2026 4" in told
    assert "20.11.2026 6" in told
    assert "10.11.2026 5" not in told


# ---------------------------------------------------------------- what must not be on paper


def test_a_protected_clients_summary_does_not_tell_where_somebody_could_wait(desk: Desk) -> None:
    desk.case = active(desk, protected=True)
    told = order(desk, "yhteenveto", {"recipient": "client"}).text
    assert "Kysy työntekijältäsi" in told
    assert "Verstas Koivu" not in told
    assert "9–13" not in told


@pytest.mark.parametrize("recipient", ["client", "own"])
def test_a_protected_clients_contact_data_is_on_no_paper(desk: Desk, recipient: str) -> None:
    """Check 25: not in a PDF and not on a page; the word itself stays with the worker."""
    desk.case = hidden(desk)
    for paper in ("yhteenveto", "suostumuslomake", make_plan(desk), make_consent(desk)):
        pdf = order(desk, paper, {"recipient": recipient})
        page = desk.browser.get(f"{desk.path}/tulosteet/{paper}").text
        for secret in (ADDRESS, PHONE, EMAIL, "Hartola"):
            assert squeezed(secret) not in squeezed(pdf.text)
            assert squeezed(secret) not in squeezed(page)
            assert secret.encode() not in pdf.content
        assert ("turvakielto" in pdf.text.casefold()) == (recipient == "own")


def hidden(desk: Desk) -> CaseView:
    person = create_client(
        desk.uow, protected=True, municipality="081", address=ADDRESS, phone=PHONE, email=EMAIL, last_name="Suojattu"
    )
    case = create_case(desk.uow, client_id=person, worker=desk.worker, team=desk.team)
    desk.uow.commit()
    return case


def test_the_form_warns_of_free_text_when_the_address_is_protected(desk: Desk) -> None:
    assert "vapaassa tekstissä" not in desk.browser.get(f"{desk.path}/tulosteet/yhteenveto/pdf").text
    desk.case = hidden(desk)
    assert "toiminnan paikka ja ajat" in desk.browser.get(f"{desk.path}/tulosteet/{make_plan(desk)}/pdf").text
    assert "vapaassa tekstissä" in desk.browser.get(f"{desk.path}/tulosteet/yhteenveto/pdf").text


def test_a_paper_of_another_case_is_not_found_under_this_one(desk: Desk) -> None:
    other = create_case(desk.uow, worker=desk.worker, team=desk.team, model="group_employment")
    plan = make_plan(desk, other)
    assert desk.browser.get(f"/polut/{other.id}/tulosteet/{plan}").status_code == 200
    assert desk.browser.get(f"{desk.path}/tulosteet/{plan}").status_code == 404
    assert desk.browser.get(f"{desk.path}/tulosteet/{plan}/pdf").status_code == 404


@pytest.mark.parametrize("paper", ["muu", "suunnitelma", f"suunnitelma-{UUID(int=1).hex}"])
def test_an_address_that_names_no_paper_is_not_found(desk: Desk, paper: str) -> None:
    assert desk.browser.get(f"{desk.path}/tulosteet/{paper}").status_code == 404


def test_a_stranger_finds_no_paper_and_a_colleague_of_the_team_prints(desk: Desk) -> None:
    address = f"{desk.path}/tulosteet/yhteenveto"
    stranger = create_user(desk.uow, roles=(Role.OWN_WORKER,), teams=(create_team(desk.uow),))
    colleague = create_user(desk.uow, roles=(Role.OWN_WORKER,), teams=(desk.team,), full_name="Kalle Kollega")
    admin = create_user(desk.uow, roles=(Role.ADMIN,))
    desk.uow.commit()
    for user in (stranger, admin):
        desk.sign_in(user)
        assert {desk.browser.get(address + end).status_code for end in ("", "/pdf")} == {404}
        assert desk.browser.get(f"{desk.path}/tulosteet").status_code == 404
    desk.sign_in(colleague)
    assert "Kalle Kollega" in order(desk, "yhteenveto").text


# ---------------------------------------------------------------- the trace


def test_a_printing_leaves_one_row_with_paper_version_purpose_and_recipient(desk: Desk) -> None:
    plan = make_plan(desk)
    order(desk, plan, {"recipient": "client"})
    (row,) = printings(desk)
    assert (row.actor_id, row.client_id, row.case_id) == (desk.worker.id, desk.case.client_id, desk.case.id)
    assert row.purpose == "copy_to_client"
    assert row.detail == {"paper": plan, "edition": "v1", "recipient": "client"}
    log = desk.browser.get(f"{desk.path}/loki").text
    assert "Tulosti asiakirjan" in log
    assert "kappale asiakkaalle" in log


def test_looking_at_the_form_or_the_page_is_no_printing(desk: Desk) -> None:
    desk.browser.get(f"{desk.path}/tulosteet/yhteenveto")
    desk.browser.get(f"{desk.path}/tulosteet/yhteenveto/pdf")
    assert printings(desk) == []


def test_a_form_sent_twice_is_one_printing_and_gives_the_file_twice(desk: Desk) -> None:
    address = f"{desk.path}/tulosteet/yhteenveto/pdf"
    page = desk.browser.get(address).text
    hidden_values = dict(re.findall(r'<input type="hidden" name="(csrf_token|once)" value="([^"]*)"', page))
    for _ in range(2):
        answer = desk.browser.post(address, data={**hidden_values, "recipient": "own"})
        assert answer.mimetype == "application/pdf"
    assert len(printings(desk)) == 1


def test_without_a_recipient_nothing_is_printed(desk: Desk) -> None:
    answer = desk.browser.submit(f"{desk.path}/tulosteet/yhteenveto/pdf", {}, form="tuloste")
    assert answer.status_code == 422
    assert "Valitse, kenelle kappale tulee" in answer.text
    assert printings(desk) == []


def test_a_pdf_that_could_not_be_made_was_not_printed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presses, "SHEET", presses.SHEET.with_name("missing.py"))
    answer = desk.browser.submit(f"{desk.path}/tulosteet/yhteenveto/pdf", {"recipient": "own"}, form="tuloste")
    assert answer.status_code == 503
    assert "PDF-tiedoston teko ei onnistunut" in answer.text
    desk.uow.session.expire_all()
    assert printings(desk) == []


def test_the_file_is_a_download_without_a_name_of_a_person_that_no_cache_keeps(desk: Desk) -> None:
    answer = desk.browser.submit(f"{desk.path}/tulosteet/yhteenveto/pdf", {"recipient": "own"}, form="tuloste")
    ref = desk.case.ref.replace("/", "-")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="yhteenveto-{ref}-2026-11-24.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
