"""The activity page: agreeing on a period, marking a week by the keyboard, evaluating, renewing, ending (FR16)."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.access.actor import Role
from app.activity import queries
from app.activity.domain import PeriodView
from app.audit.models import AuditEvent
from app.core.uow import UnitOfWork
from tests.factories.accounts import create_user
from tests.factories.activity import ATTENDED, build_period, build_week, create_period, mark
from tests.factories.cases import create_case
from tests.web.workbench.conftest import Desk

AGREED = {
    "starts_on": "2.11.2026",
    "ends_on": "30.4.2027",
    "evaluate_on": "31.3.2027",
    "day-1": "9-13",
    "day-2": "8.30–12.30",
    "place": "Verstas Koivu",
}


def periods(desk: Desk) -> list[PeriodView]:
    return queries.periods_of(desk.uow, desk.case.id)


@pytest.fixture
def period_id(desk: Desk) -> UUID:
    found = create_period(desk.uow, desk.case)
    desk.uow.commit()
    return found


def week_page(desk: Desk, period_id: UUID, monday: str = "2026-11-16") -> str:
    return f"{desk.path}/toiminta/{period_id}/{monday}"


def test_the_tab_is_there_for_a_model_with_activity_only(desk: Desk, first_desk: Desk) -> None:
    assert f'href="{desk.path}/toiminta"' in desk.browser.get(desk.path).text
    assert "/toiminta" not in desk.browser.get(first_desk.path).text
    assert desk.browser.get(f"{first_desk.path}/toiminta").status_code == 404


def test_the_clients_own_page_tells_what_goes_on_until_it_has_ended(desk: Desk) -> None:
    """The services of now stand on the client's page, without a further statement (ux 3.2)."""
    assert "Kuntouttava työtoiminta" not in desk.browser.get(desk.path).text
    period = create_period(desk.uow, desk.case)
    desk.uow.commit()
    text = desk.browser.get(desk.path).text
    assert "Kuntouttava työtoiminta" in text
    assert "2.11.2026–30.4.2027" in text
    end = {"ended_on": "23.11.2026", "reason": "interrupted", "heard_on": "20.11.2026"}
    assert desk.browser.submit(f"{desk.path}/toiminta/{period}/paata", end, form="paatos").status_code == 303
    assert "2.11.2026–30.4.2027" not in desk.browser.get(desk.path).text


def test_without_a_period_the_page_says_so_and_leads_to_agreeing_on_one(desk: Desk) -> None:
    text = desk.browser.get(f"{desk.path}/toiminta").text
    assert "Toiminnan jaksoa ei ole vielä sovittu" in text
    assert f'href="{desk.path}/toiminta/uusi"' in text


def test_a_period_is_agreed_and_shown_with_its_counters(desk: Desk) -> None:
    answer = desk.browser.submit(f"{desk.path}/toiminta/uusi", AGREED, form="jakso")
    assert (answer.status_code, answer.location) == (303, f"{desk.path}/toiminta")
    text = desk.browser.get(f"{desk.path}/toiminta").text
    for words in (
        "Jakso 2.11.2026–30.4.2027",
        "Käynnissä",
        "ma 9–13, ti 8.30–12.30",
        "Verstas Koivu",
        "≤\N{NO-BREAK SPACE}178",
    ):
        assert words in text
    (period,) = periods(desk)
    assert period.content.decision_id is not None, "the only decision there is was chosen beforehand"


def test_what_is_missing_is_told_before_anything_is_typed_and_keeps_the_period_from_being_saved(
    desk: Desk, uow: UnitOfWork
) -> None:
    """RU03."""
    case = create_case(uow, model="quality_based_coaching", worker=desk.worker, team=desk.team)
    uow.commit()
    page = f"/polut/{case.id}/toiminta/uusi"
    assert "Vielä avoinna: Palvelutarpeen arvio on tehty" in desk.browser.get(page).text
    answer = desk.browser.submit(page, AGREED, form="jakso")
    assert answer.status_code == 422
    assert 'value="Verstas Koivu"' in answer.text


def test_a_limit_that_is_not_kept_is_told_and_a_reason_lets_it_pass(desk: Desk) -> None:
    long_week = AGREED | {f"day-{number}": "9-13" for number in range(1, 6)}
    answer = desk.browser.submit(f"{desk.path}/toiminta/uusi", long_week, form="jakso")
    assert answer.status_code == 422
    assert "Viikossa on sovittu 5 päivää. Laki sallii 1–4." in answer.text
    long_week["limit_reason"] = "Kolmen viikon kokeilu, sovittu yhdessä."
    assert desk.browser.submit(f"{desk.path}/toiminta/uusi", long_week, form="jakso").status_code == 303
    assert "Kolmen viikon kokeilu" in desk.browser.get(f"{desk.path}/toiminta").text


def test_hours_that_cannot_be_read_are_told_at_their_day_and_kept(desk: Desk) -> None:
    answer = desk.browser.submit(f"{desk.path}/toiminta/uusi", AGREED | {"day-3": "aamulla"}, form="jakso")
    assert answer.status_code == 422
    assert 'href="#day-3"' in answer.text
    assert 'value="aamulla"' in answer.text


def test_a_week_is_saved_by_ticks_alone_with_the_agreed_hours(desk: Desk, period_id: UUID) -> None:
    page = week_page(desk, period_id)
    answer = desk.browser.submit(page, {"d1-present": "y", "d2-absence": "sick"}, form="viikko")
    assert (answer.status_code, answer.location) == (303, page)
    text = desk.browser.get(page).text
    assert "Viikko on tallennettu" in text
    week = queries.week_of(desk.uow, periods(desk)[0], date(2026, 11, 16), desk.now.date())
    marks = [(row.mark.state, row.mark.minutes, row.mark.absence) for row in week.rows if row.mark]
    assert marks == [("present", 240, None), ("absent", None, "sick")]


def test_the_week_stands_before_the_agreement_and_asks_a_reason_only_when_it_crosses_a_limit(
    desk: Desk, period_id: UUID
) -> None:
    """RU02; the days and the button fit on the first screen, since that is what the page is opened for."""
    page = week_page(desk, period_id)
    text = desk.browser.get(page).text
    assert text.index("Läsnäolot, viikko 47") < text.index("Jakso 2.11.2026–30.4.2027")
    assert 'name="remark"' not in text
    five = {f"d{day}-{name}": value for day in range(1, 6) for name, value in (("present", "y"), ("hours", "4"))}
    refused = desk.browser.submit(page, five, form="viikko")
    assert refused.status_code == 422
    assert "Viikolla on 5 päivää" in refused.text
    assert 'name="remark"' in refused.text
    assert refused.text.count("checked") == 5, "what was ticked stays"
    sent = {**five, "remark": "Asiakas toivoi viidettä päivää."}
    assert desk.browser.submit(page, sent, form="viikko").status_code == 303
    assert "Asiakas toivoi viidettä päivää." in desk.browser.get(page).text


def test_a_week_to_come_shows_only_the_agreed_days(desk: Desk, period_id: UUID) -> None:
    text = desk.browser.get(week_page(desk, period_id, "2026-11-30")).text
    assert "ma 30.11." in text
    assert "pe 4.12." not in text


def test_a_correction_is_told_with_what_was_before(desk: Desk, period_id: UUID) -> None:
    page = week_page(desk, period_id)
    desk.browser.submit(page, {"d1-present": "y", "d1-hours": "4,5"}, form="viikko")
    assert desk.browser.submit(page, {"d1-present": None, "d1-absence": "agreed"}, form="viikko").status_code == 303
    text = desk.browser.get(page).text
    assert "Viikon korjaukset" in text
    assert "läsnä 4,5 h" in text
    assert "Sovittu poissaolo" in text


def test_a_day_marked_both_ways_is_asked_about(desk: Desk, period_id: UUID) -> None:
    answer = desk.browser.submit(week_page(desk, period_id), {"d1-present": "y", "d1-absence": "sick"}, form="viikko")
    assert answer.status_code == 422
    assert "Läsnä vai poissa?" in answer.text


def test_days_to_come_have_no_fields(desk: Desk, period_id: UUID) -> None:
    text = desk.browser.get(week_page(desk, period_id, "2026-11-23")).text
    assert 'name="d2-present"' in text, "24.11.2026 is today"
    assert 'name="d3-present"' not in text


def test_a_week_marked_by_another_meanwhile_is_a_conflict(desk: Desk, period_id: UUID) -> None:
    page = week_page(desk, period_id)
    mark(desk.uow, desk.case, period_id, {date(2026, 11, 16): ATTENDED}, now=desk.now)
    desk.uow.commit()
    seen_before = {"version": "0"}
    answer = desk.browser.submit(page, seen_before | {"d2-present": "y"}, form="viikko")
    assert answer.status_code == 409
    assert "Joku muu on merkinnyt tätä viikkoa" in answer.text
    assert "Mitä toinen merkitsi" in answer.text
    assert 'name="d1-present" type="checkbox" value="y" checked' in answer.text, "their mark is not taken away unseen"
    assert 'name="version" value="1"' in answer.text, "saving again is a new choice"


def test_the_counsellor_of_the_team_marks_days_but_agrees_on_nothing(desk: Desk, period_id: UUID) -> None:
    desk.sign_in(create_user(desk.uow, roles=(Role.OWN_WORKER,), teams=(desk.team,)))
    desk.uow.commit()
    text = desk.browser.get(f"{desk.path}/toiminta").text
    assert "Tallenna viikko" in text
    assert "Päätä jakso" not in text
    assert desk.browser.submit(week_page(desk, period_id), {"d1-present": "y"}, form="viikko").status_code == 303
    assert desk.browser.get(f"{desk.path}/toiminta/uusi").status_code == 403


def test_an_evaluation_that_goes_on_opens_the_next_period_filled_in(desk: Desk, period_id: UUID) -> None:
    values = {"held_on": "24.11.2026", "effect": "Rytmi on löytynyt.", "next_step": "renew"}
    answer = desk.browser.submit(f"{desk.path}/toiminta/{period_id}/arvioi", values, form="arviointi")
    renewal = f"{desk.path}/toiminta/uusi?jatkaa={period_id}"
    assert (answer.status_code, answer.location) == (303, renewal)
    text = desk.browser.get(renewal).text
    for value in ("1.5.2027", "Verstas Koivu", "9–13"):
        assert f'value="{value}"' in text
    new = {"ends_on": "30.9.2027", "evaluate_on": "1.9.2027", "limit_reason": "Sovittu yhdessä."}
    assert desk.browser.submit(renewal, new, form="jakso").status_code == 303
    later, earlier = periods(desk)
    assert (later.follows_id, earlier.end_reason) == (earlier.id, "renewed")


def test_a_period_is_ended_for_work_after_hearing_the_client(desk: Desk, period_id: UUID) -> None:
    page = f"{desk.path}/toiminta/{period_id}/paata"
    answer = desk.browser.submit(page, {"reason": "to_work", "ended_on": "24.11.2026"}, form="paatos")
    assert answer.status_code == 422
    assert 'href="#heard_on"' in answer.text
    values = {"reason": "to_work", "ended_on": "24.11.2026", "heard_on": "20.11.2026"}
    assert desk.browser.submit(page, values, form="paatos").status_code == 303
    text = desk.browser.get(f"{desk.path}/toiminta").text
    assert "Asiakas siirtyi työhön" in text
    assert "asiakasta kuultu 20.11.2026" in text


def test_the_notice_to_the_shop_steward_is_shown(desk: Desk, period_id: UUID) -> None:
    page = f"{desk.path}/toiminta/{period_id}/luottamusmies"
    assert "Matti Meikäläinen" in desk.browser.get(page).text
    assert desk.browser.submit(page, {}, form="ilmoitus").status_code == 303
    assert "24.11.2026, Matti Meikäläinen" in desk.browser.get(f"{desk.path}/toiminta").text


def test_other_days_are_changed_from_a_day_on(desk: Desk, period_id: UUID) -> None:
    page = f"{desk.path}/toiminta/{period_id}/muuta"
    answer = desk.browser.submit(page, {"day-4": "9-13"}, form="jakso")
    assert answer.status_code == 422
    assert 'href="#days_from"' in answer.text
    assert desk.browser.submit(page, {"day-4": "9-13", "days_from": "1.12.2026"}, form="jakso").status_code == 303
    assert "alkaen 1.12.2026" in desk.browser.get(f"{desk.path}/toiminta").text


def test_the_duty_of_the_evaluation_leads_to_the_page(desk: Desk) -> None:
    content = build_period(evaluate_on=date(2026, 11, 20), days=build_week(1))
    create_period(desk.uow, desk.case, content)
    desk.uow.commit()
    text = desk.browser.get(desk.path).text
    assert "Arvioi toiminta" in text


def test_looks_and_marks_are_in_the_trail(desk: Desk, period_id: UUID) -> None:
    desk.browser.submit(week_page(desk, period_id), {"d1-present": "y"}, form="viikko")
    actions = select(AuditEvent.action, func.count()).where(AuditEvent.case_id == desk.case.id)
    found = {row[0]: row[1] for row in desk.uow.session.execute(actions.group_by(AuditEvent.action))}
    assert found["attendance_marked"] == 1
    assert found["viewed"] >= 1
