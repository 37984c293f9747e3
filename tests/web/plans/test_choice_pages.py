"""Starting a plan: the kind the client's benefit leads to, with its rule, and the plan another one is derived from."""

from datetime import date

from app.access.actor import system_actor
from app.cases import services as cases
from app.cases.domain import Background
from tests.factories.plans import create_plan_in_force
from tests.strict import parse
from tests.web.workbench.conftest import Desk

DEMO = system_actor("system:demo")


def chosen(page: str) -> list[str | None]:
    radios = [one for one in parse(page).iter("input") if one.get("name") == "kind"]
    return [one.get("value") for one in radios if one.get("checked") is not None]


def test_the_page_says_which_rule_leads_to_which_kind_and_chooses_it_beforehand(desk: Desk) -> None:
    """RU04: the rule, its day, its source, and that the worker decides."""
    found = Background(benefit="general_support")
    cases.keep_background(desk.uow, desk.case, found, expected_number=0, actor=DEMO, now=desk.now)
    desk.uow.commit()
    page = desk.browser.get(f"{desk.path}/suunnitelmat/uusi").text
    assert "Suositus: Yleistuki: monialainen työllistymissuunnitelma" in page
    assert "1.5.2026 alkaen" in page
    assert "HE 109/2025" in page
    assert "Sinä valitset lajin." in page
    assert chosen(page) == ["multisector_employment_plan"]


def test_an_unknown_benefit_recommends_nothing_and_shows_every_rule(desk: Desk) -> None:
    page = desk.browser.get(f"{desk.path}/suunnitelmat/uusi").text
    assert "Etuutta ei ole kirjattu, joten suositusta ei ole." in page
    assert "Voimaantulopäivä on tarkistettava säädöskokoelmasta." in page
    assert "1.1.2026 alkaen" in page
    assert "Työmarkkinatuki" not in page, "a benefit that has ended leads nowhere today"
    assert chosen(page) == ["work_ability_support_plan"]


def test_the_recommendation_does_not_bind(desk: Desk) -> None:
    found = Background(benefit="general_support")
    cases.keep_background(desk.uow, desk.case, found, expected_number=0, actor=DEMO, now=desk.now)
    desk.uow.commit()
    answer = desk.browser.submit(f"{desk.path}/suunnitelmat/uusi", {"kind": "client_plan"}, form="aloita")
    assert answer.status_code == 303
    assert "Asiakassuunnitelma" in desk.browser.get(answer.location).text


def test_the_kind_of_a_link_is_chosen_before_the_recommendation(desk: Desk) -> None:
    create_plan_in_force(desk.uow, desk.case, in_force_on=date(2026, 11, 10))
    desk.uow.commit()
    page = desk.browser.get(f"{desk.path}/suunnitelmat/uusi?kind=activation_plan").text
    assert chosen(page) == ["activation_plan"]
