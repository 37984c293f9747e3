"""The plan of a group and the contract of its period: where they differ, both pages say so in words (PC4, DO14)."""

from datetime import date

import pytest

from tests.factories.activity import build_period, create_period
from tests.factories.cases import create_case
from tests.factories.clients import create_client
from tests.factories.plans import create_plan_in_force
from tests.web.workbench.conftest import Desk

DIFFER = (
    "Suunnitelma ja jakson sopimus eroavat toisistaan. "
    "Suunnitelmassa: Määräaikainen työvalmennus. Sopimuksessa: Palkkatyö. Korjaa se, kumpi on väärin."
)


@pytest.mark.parametrize(
    ("contract", "is_told"), [("paid_work", True), ("work_training", False), (None, False)], ids=str
)
def test_a_contract_of_another_kind_than_the_plan_aims_at_is_told_on_both_pages(
    desk: Desk,
    contract: str | None,
    is_told: bool,  # noqa: FBT001 - pytest hands it in by name
) -> None:
    """PC4: the outcome is paid work or training for a fixed term; the contract (DO14) is made accordingly."""
    person = create_client(desk.uow)
    case = create_case(
        desk.uow,
        client_id=person,
        model="group_employment",
        worker=desk.worker,
        team=desk.team,
        opened_on=date(2026, 9, 1),
    )
    plan = create_plan_in_force(desk.uow, case, in_force_on=date(2026, 10, 1))
    days = {"contract_from": date(2026, 11, 2), "contract_to": date(2027, 4, 30)} if contract else {}
    create_period(desk.uow, case, build_period(evaluate_on=None, contract=contract, **days))
    desk.uow.commit()
    for page in (f"suunnitelmat/{plan.version_shown.id}", "toiminta"):
        text = desk.browser.get(f"/polut/{case.id}/{page}").text
        assert "Aloita suunnitelma" not in text
        assert (DIFFER in text) is is_told, page
