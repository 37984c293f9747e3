"""The form of a kind on the page: its questions, the days of the week, and limits that ask for a reason."""

from datetime import date
from uuid import UUID

import pytest

from app.access.actor import system_actor
from app.plans import queries, services
from tests.factories.assessments import create_needs, finish_needs
from tests.factories.plans import create_draft, needed_answers
from tests.strict import parse
from tests.web.workbench.conftest import Desk

FORM = "suunnitelma"
WRITTEN = {
    "goal-1-text": "Haluan jaksaa kolme päivää viikossa.",
    "goal-1-action-1-text": "Tutustun pajaan",
    "goal-1-action-1-owner": "client",
    "next_review_on": "1.2.2027",
    "period_start": "1.12.2026",
    "period_end": "31.5.2027",
}


@pytest.fixture
def draft(desk: Desk) -> UUID:
    """An empty draft of an activation plan in the desk's case."""
    version_id = create_draft(desk.uow, desk.case, kind="activation_plan", now=desk.now)
    desk.uow.commit()
    return version_id


def send(desk: Desk, version_id: UUID, values: dict[str, str], status: int = 303) -> str:
    url = f"{desk.path}/suunnitelmat/{version_id}/muokkaa"
    answer = desk.browser.submit(url, WRITTEN | values, form=FORM)
    assert answer.status_code == status, answer.text
    return answer.text


def read(desk: Desk, version_id: UUID) -> str:
    return desk.browser.get(f"{desk.path}/suunnitelmat/{version_id}").text


def test_the_form_asks_what_the_kind_asks_and_marks_what_may_stay_empty(desk: Desk, draft: UUID) -> None:
    """DO02: 189/2001 8–9 §."""
    page = desk.browser.get(f"{desk.path}/suunnitelmat/{draft}/muokkaa").text
    for words in ("Koulutus ja työura", "Arvio aiemmista palveluista", "Viikkopäivät ja ajat", "Maanantai"):
        assert words in page
    assert "Koulutus ja työura (vapaaehtoinen)" not in page
    assert "Muut palvelut työtoiminnan rinnalla (vapaaehtoinen)" in page


def test_answers_are_saved_and_read(desk: Desk, draft: UUID) -> None:
    send(
        desk,
        draft,
        {
            "answer-education_and_career": "Kokki, 12 vuotta keittiössä",
            "answer-includes_activity": "yes",
            "answer-activity_place": "Kirjasto",
            "answer-evaluation_on": "3.5.2027",
            "week-1": "9-13",
            "week-3": "0930–1400",
        },
    )
    page = read(desk, draft)
    for words in ("Kokki, 12 vuotta keittiössä", "Kirjasto", "3.5.2027", "ma 9.00–13.00", "ke 9.30–14.00"):
        assert words in page
    assert "8,5 t/vko" in page
    assert 'value="9.30–14.00"' in desk.browser.get(f"{desk.path}/suunnitelmat/{draft}/muokkaa").text


def test_five_days_warn_in_words_pass_with_a_reason_and_the_reason_is_read(desk: Desk, draft: UUID) -> None:
    """RU02; acceptance check 10: 5 days or 36 hours warn in words, a reason lets them pass, the reason prints."""
    five = {f"week-{day}": "8.00–15.12" for day in range(1, 6)}
    page = send(desk, draft, five, status=422)
    assert "<title>Virhe: " in page
    assert "Päiviä viikossa: 5. Raja on 1–4 päivää viikossa (189/2001 13 b §)." in page
    assert 'href="#reason-week"' in page
    assert 'id="reason-week"' in page
    assert "36 t/vko" in page
    assert 'value="8.00–15.12"' in page, "what was typed stays"
    send(desk, draft, five | {"reason-week": "Asiakas pyysi viittä lyhyttä päivää."})
    page = read(desk, draft)
    assert "Missä suunnitelma poikkeaa säännöistä" in page
    assert "Päiviä viikossa: 5." in page
    assert "Asiakas pyysi viittä lyhyttä päivää." in page


def test_a_short_period_warns_at_the_period(desk: Desk, draft: UUID) -> None:
    """RU02: 3–24 months."""
    values = {"week-1": "9-13", "period_end": "28.2.2027"}
    page = send(desk, draft, values | {"period_end": "27.2.2027", "next_review_on": "1.2.2027"}, status=422)
    assert "Jakso on lyhyempi kuin 3 kuukautta." in page
    assert 'href="#reason-period"' in page
    send(desk, draft, values)


def test_a_length_fills_the_last_day_and_the_weeks_are_counted_without_saving(desk: Desk, draft: UUID) -> None:
    """Wireframe 3.3; RU02."""
    values = {"tee": "period:3", "week-1": "9-13", "period_start": "2.3.2026", "period_end": ""}
    page = send(desk, draft, values, status=200)
    end = next(one for one in parse(page).iter("input") if one.get("name") == "period_end")
    assert end.get("value") == "1.6.2026"
    assert "<b>14 viikkoa (vko 10–23)</b>. Rajat täyttyvät." in page
    assert 'value="9.00–13.00"' in page, "what was typed elsewhere stays"
    short = send(desk, draft, values | {"tee": "period", "period_end": "29.3.2026"}, status=200)
    assert "<b>4 viikkoa (vko 10–13)</b></p>" in short
    assert "Jakso on lyhyempi kuin 3 kuukautta." in short
    nothing = send(desk, draft, values | {"period_start": ""}, status=200)
    assert "Kirjoita ensin, milloin jakso alkaa." in nothing
    desk.uow.session.expire_all()
    assert queries.version_of(desk.uow, desk.case.id, draft).head.period_end is None


def test_times_that_cannot_be_read_name_the_day_and_the_cure(desk: Desk, draft: UUID) -> None:
    page = send(desk, draft, {"week-2": "aamulla"}, status=422)
    assert "Tiistai: kirjoita ajat muodossa 9.00–13.00." in page
    assert 'value="aamulla"' in page


def test_the_hours_are_counted_without_saving_anything(desk: Desk, draft: UUID) -> None:
    page = send(desk, draft, {"tee": "laske", "week-1": "9-13", "week-2": "9-12", "goal-2-text": ""}, status=200)
    assert "2 päivää viikossa, 7 t/vko" in page
    assert "Liian lyhyt tai pitkä päivä: ti 9.00–12.00." in page
    desk.uow.session.expire_all()
    assert not queries.version_of(desk.uow, desk.case.id, draft).week
    tree = parse(desk.browser.get(f"{desk.path}/suunnitelmat/{draft}/muokkaa").text)
    token = next(one.get("value") for one in tree.iter("input") if one.get("name") == "csrf_token")
    sent = WRITTEN | {"tee": "laske", "week-1": "9-13", "csrf_token": str(token)}
    url = f"{desk.path}/suunnitelmat/{draft}/muokkaa"
    part = desk.browser.post(url, data=sent, headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "1 päivä viikossa, 4 t/vko" in part


def test_interim_goals_are_written_in_the_goal(desk: Desk, draft: UUID) -> None:
    page = send(desk, draft, {"tee": "add-interim:1"}, status=200)
    focused = [element.get("id") for element in parse(page).iter("input") if element.get("autofocus") is not None]
    assert focused == ["goal-1-interim-1-text"]
    send(desk, draft, {"goal-1-interim-1-text": "Käyn pajalla kerran", "goal-1-interim-1-due": "15.1.2027"})
    page = read(desk, draft)
    assert "Välitavoitteet" in page
    assert "Käyn pajalla kerran" in page
    assert "viimeistään 15.1.2027" in page


def test_what_the_law_asks_is_named_before_the_plan_comes_into_force(desk: Desk, draft: UUID) -> None:
    send(desk, draft, {"answer-includes_activity": "no"})
    url = f"{desk.path}/suunnitelmat/{draft}/voimaan"
    answer = desk.browser.submit(url, {"sign-client-way": "oral"}, form="voimaan")
    assert answer.status_code == 422
    assert "Täytä ennen voimaantuloa: Koulutus ja työura" in answer.text


def test_a_version_is_told_from_the_one_before_in_words(desk: Desk, draft: UUID) -> None:
    answers = needed_answers("activation_plan", date(2026, 11, 24))
    typed = {f"answer-{code}": answer.choice or answer.text or "" for code, answer in answers.items()}
    send(desk, draft, typed | {"week-1": "9-13"})
    url = f"{desk.path}/suunnitelmat/{draft}/voimaan"
    signed = {"reason-signatures": "Sovittiin puhelimessa."}
    for party in ("client", "social_welfare", "labour_authority"):
        signed |= {f"sign-{party}-on": "24.11.2026", f"sign-{party}-way": "oral"}
    assert desk.browser.submit(url, signed | {"reason-start": "Kirjattu muualla."}, form="voimaan").status_code == 303
    desk.uow.session.expire_all()
    plan_id = queries.version_of(desk.uow, desk.case.id, draft).head.plan_id
    second = services.start_version(desk.uow, desk.case, plan_id, actor=system_actor("system:demo"), now=desk.now)
    desk.uow.commit()
    send(desk, second, typed | {"answer-earlier_plans": "Ensimmäinen suunnitelma", "week-1": "", "week-2": "9-13"})
    page = read(desk, second)
    for words in (
        "Muutettu: Arvio aiemmista suunnitelmista",
        "Poistettu: Päivät ja ajat, ma",
        "Lisätty: Päivät ja ajat, ti",
    ):
        assert words in page


def test_ru03_the_page_of_coming_into_force_knows_the_needs_assessment_finished_here(desk: Desk, draft: UUID) -> None:
    """RU03: DO01 is made in the assessments, above the plans; the application hands it in."""
    send(desk, draft, {"answer-includes_activity": "yes", "week-1": "9-13"})
    url, row = f"{desk.path}/suunnitelmat/{draft}/voimaan", "<span>Palvelutarpeen arvio on tehty</span><b>{}</b>"
    assert row.format("Ei tietoa") in desk.browser.get(url).text
    finish_needs(desk.uow, desk.case, create_needs(desk.uow, desk.case, on=date(2026, 11, 20)), on=date(2026, 11, 23))
    desk.uow.commit()
    assert row.format("Täyttyy") in desk.browser.get(url).text
    answer = desk.browser.submit(url, {"sign-client-way": "oral"}, form="voimaan")
    asked = "Ei kirjattu: {}. Kirjaa se tai kirjoita syy."
    assert asked.format("Palvelutarpeen arvio on tehty") not in answer.text
    assert asked.format("Asiakas, omatyöntekijä ja työvoimaviranomainen ovat tavanneet") in answer.text
