"""What falls due, why on that day, and putting a review off, as pages."""

from datetime import date

from app.duties import queries as ledger
from app.duties.domain import DutyKind
from app.plans.versions import PlanView
from tests.factories.cases import create_case
from tests.factories.consents import build_entry, create_consent
from tests.factories.duties import create_promise
from tests.factories.plans import create_plan_in_force
from tests.web.workbench.conftest import Desk


def a_plan(desk: Desk, in_force_on: date, *, model: str = "work_ability_support", kind: str | None = None) -> PlanView:
    desk.case = create_case(desk.uow, model=model, worker=desk.worker, team=desk.team, opened_on=in_force_on)
    found = create_plan_in_force(desk.uow, desk.case, kind=kind, in_force_on=in_force_on)
    desk.uow.commit()
    return found


def duty_url(desk: Desk, kind: DutyKind) -> str:
    (duty,) = (one for one in ledger.open_of_case(desk.uow, desk.case.id) if one.kind is kind)
    return f"{desk.path}/maarapaivat/{duty.id}"


def test_every_open_duty_stands_in_the_list_with_its_raw_and_its_working_day(desk: Desk) -> None:
    a_plan(desk, date(2026, 9, 6))
    create_promise(desk.uow, desk.case, "Soitan Kelaan", date(2026, 11, 27))
    desk.uow.commit()
    page = desk.browser.get(f"{desk.path}/maarapaivat").text
    assert page.index("Sovittu tehtävä") < page.index("Suunnitelman tarkistus")
    assert "6.12." in page
    assert "Viimeinen arkipäivä ennen sitä: pe 4.12.2026" in page
    assert "6.12.2026 Itsenäisyyspäivä" in page
    assert "Organisaation oma tavoite" in page


def test_the_page_of_a_review_tells_rule_basis_both_days_and_the_next_three(desk: Desk) -> None:
    """MSP_REVIEW: 381/2023 section 6."""
    plan = a_plan(desk, date(2026, 9, 6), model="quality_based_coaching", kind="multisector_employment_plan")
    seen = desk.browser.get(f"{desk.path}/miksi/{plan.id}")
    assert seen.status_code == 303
    page = desk.browser.get(seen.location).text
    for words in ("Lain määräaika", "381/2023 6 §", "su 6.12.2026", "pe 4.12.2026", "ma 7.12.2026", "Itsenäisyyspäivä"):
        assert words in page
    assert "6.12.2026, 6.3.2027, 6.6.2027" in page
    assert "ei siirry siihen (laki 150/1930, 5 §)" in page


def test_a_promise_and_the_end_of_a_consent_have_their_why_too(desk: Desk) -> None:
    create_promise(desk.uow, desk.case, "Soitan Kelaan", date(2026, 11, 28))
    create_consent(desk.uow, desk.case, build_entry(valid_until=date(2026, 12, 24)), now=desk.now)
    desk.uow.commit()
    promise = desk.browser.get(duty_url(desk, DutyKind.TASK)).text
    assert "Luvattu päivä" in promise
    assert "28.11.2026 lauantai" in promise
    assert "Suostumus päättyy" in promise, "what comes next is told beside"
    ending = desk.browser.get(duty_url(desk, DutyKind.CONSENT_EXPIRY)).text
    assert "Suostumuksen viimeinen voimassaolopäivä" in ending
    assert "24.12.2026 Jouluaatto" in ending


def test_a_duty_of_another_case_is_not_found(desk: Desk) -> None:
    other = create_case(desk.uow, worker=desk.worker, team=desk.team)
    create_promise(desk.uow, other, "Muu", date(2026, 11, 28))
    (duty,) = ledger.open_of_case(desk.uow, other.id)
    desk.uow.commit()
    assert desk.browser.get(f"{desk.path}/maarapaivat/{duty.id}").status_code == 404


def test_the_client_page_leads_to_the_reckoning_of_what_comes_next(desk: Desk) -> None:
    a_plan(desk, date(2026, 8, 10))
    page = desk.browser.get(desk.path).text
    assert duty_url(desk, DutyKind.PLAN_REVIEW) in page
    assert f"{desk.path}/maarapaivat" in page


def test_a_review_is_put_off_from_its_page_and_the_history_stays(desk: Desk) -> None:
    plan = a_plan(desk, date(2026, 8, 28))
    url = f"{desk.path}/lykkays/{plan.id}"
    refused = desk.browser.submit(url, {"due_on": "30.11.2026", "reason": ""}, form="lykkays")
    assert refused.status_code == 422
    assert "Kirjoita, miksi tarkistusta lykätään" in refused.text
    assert "30.11.2026" in refused.text
    done = desk.browser.submit(url, {"due_on": "30.11.2026", "reason": "asiakas matkoilla"}, form="lykkays")
    assert done.status_code == 303
    page = desk.browser.get(desk.browser.get(done.location).location).text
    assert "28.11.2026 → 30.11.2026" in page
    assert "asiakas matkoilla" in page
    assert "Matti Meikäläinen" in page
    shown = desk.browser.get(f"{desk.path}/suunnitelmat/{plan.version_shown.id}").text
    assert "28.11.2026 → 30.11.2026" in shown


def test_before_the_third_time_the_page_says_that_the_lead_is_told(desk: Desk) -> None:
    plan = a_plan(desk, date(2026, 8, 28))
    url = f"{desk.path}/lykkays/{plan.id}"
    for day in ("30.11.2026", "1.12.2026"):
        assert "Johtaminen-sivulla" not in desk.browser.get(url).text
        desk.browser.submit(url, {"due_on": day, "reason": "asiakas matkoilla"}, form="lykkays")
    assert "Jos lykkäät taas, tarkistus näkyy esihenkilön Johtaminen-sivulla." in desk.browser.get(url).text


def test_past_the_limit_of_the_law_the_reason_stands_at_the_day(desk: Desk) -> None:
    plan = a_plan(desk, date(2026, 9, 6), model="quality_based_coaching", kind="activation_plan")
    url = f"{desk.path}/lykkays/{plan.id}"
    refused = desk.browser.submit(url, {"due_on": "7.12.2026", "reason": "asiakas matkoilla"}, form="lykkays")
    assert refused.status_code == 422
    assert "Lain mukaan tarkistuksen piti olla viimeistään 6.12.2026." in refused.text
    assert "asiakas matkoilla" in refused.text
