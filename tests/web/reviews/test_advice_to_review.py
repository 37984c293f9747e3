"""The advice and the checklist of the last stage lead to the review itself, and no advice to the page it stands on."""

from datetime import date

from app.pathways.domain import StageCode
from tests.factories.cases import create_case
from tests.factories.plans import create_plan_in_force
from tests.strict import parse
from tests.web.workbench.conftest import Desk


def links_of(page: str) -> list[str]:
    return [str(one.get("href")) for one in parse(page).iter("a")]


def advice_of(page: str) -> str:
    """Where the button of the next best action leads."""
    (section,) = [one for one in parse(page).iter("section") if one.get("aria-labelledby") == "next-h"]
    (button,) = [one for one in section.iter("a") if one.get("class") == "govuk-button"]
    return str(button.get("href"))


def test_the_last_stage_asks_for_a_review_and_leads_to_it(desk: Desk) -> None:
    """review:held (A7)."""
    desk.case = create_case(desk.uow, worker=desk.worker, team=desk.team, stage=StageCode.FOLLOW_UP)
    plan = create_plan_in_force(desk.uow, desk.case, in_force_on=date(2026, 11, 20))
    desk.uow.commit()
    assert advice_of(desk.browser.get(desk.path).text) == f"{desk.path}/tarkistus"
    stage = desk.browser.get(f"{desk.path}/vaihe/7").text
    assert links_of(stage).count(f"{desk.path}/tarkistus") == 2, "the advice and the item of the checklist"
    assert desk.browser.get(f"{desk.path}/tarkistus").location.endswith(f"/tarkistus/{plan.id}/tilanne")


def test_a_review_that_is_due_leads_to_its_own_plan(desk: Desk) -> None:
    desk.case = create_case(desk.uow, worker=desk.worker, team=desk.team, opened_on=date(2026, 8, 3))
    plan = create_plan_in_force(desk.uow, desk.case, in_force_on=date(2026, 8, 10))
    desk.uow.commit()
    for page in (desk.path, f"{desk.path}/suunnitelmat", f"{desk.path}/vaihe/7"):
        assert advice_of(desk.browser.get(page).text) == f"{desk.path}/tarkistus/{plan.id}/tilanne"


def test_on_the_page_where_it_is_done_the_advice_leads_to_the_page_s_own_section(desk: Desk) -> None:
    desk.case = create_case(desk.uow, worker=desk.worker, team=desk.team, opened_on=date(2026, 11, 2))
    period = (date(2026, 11, 2), date(2026, 11, 28))
    create_plan_in_force(desk.uow, desk.case, in_force_on=date(2026, 11, 2), period=period)
    desk.uow.commit()
    assert advice_of(desk.browser.get(desk.path).text) == f"{desk.path}/suunnitelmat"
    page = desk.browser.get(f"{desk.path}/suunnitelmat").text
    assert advice_of(page) == "#osio"
    assert any(one.get("id") == "osio" for one in parse(page).iter("div"))
