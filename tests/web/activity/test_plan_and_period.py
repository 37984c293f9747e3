"""A plan and a period that end on the same day ask once what follows; a first period starts from the plan."""

from datetime import date, time

import pytest

from app.activity import services
from app.duties import queries as ledger
from app.duties.domain import DutyKind
from app.plans.fields import DayTimes, Week
from app.upkeep import queries as upkeep
from tests.factories.activity import DEMO, create_period
from tests.factories.plans import accept, build_content, create_draft, needed_answers
from tests.web.workbench.conftest import Desk

PERIOD = (date(2026, 11, 2), date(2027, 4, 30))


def ends(desk: Desk) -> dict[DutyKind, date]:
    kinds = {DutyKind.PLAN_PERIOD_END, DutyKind.ACTIVITY_PERIOD_END}
    return {duty.kind: duty.due_on for duty in ledger.open_of_case(desk.uow, desk.case.id) if duty.kind in kinds}


@pytest.mark.parametrize("ends_with_period", [True, False])
def test_a_plan_accepted_after_the_period_asks_for_both_when_they_end_together(
    desk: Desk,
    ends_with_period: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    create_period(desk.uow, desk.case)
    assert ends(desk) == {DutyKind.ACTIVITY_PERIOD_END: PERIOD[1]}
    last = PERIOD[1] if ends_with_period else date(2027, 6, 30)
    answers = needed_answers("client_plan", PERIOD[0])
    content = build_content(period=(PERIOD[0], last), next_review_on=date(2027, 1, 15), answers=answers)
    draft = create_draft(desk.uow, desk.case, kind="client_plan", content=content, now=desk.now)
    desk.uow.commit()
    said = {"on": "24.11.2026", "way": "oral"}
    values = {f"sign-{party}-{name}": value for party in ("client", "social_welfare") for name, value in said.items()}
    answer = desk.browser.submit(f"{desk.path}/suunnitelmat/{draft}/voimaan", values, form="voimaan")
    assert answer.status_code == 303
    found = {DutyKind.PLAN_PERIOD_END: last}
    assert ends(desk) == (found if ends_with_period else found | {DutyKind.ACTIVITY_PERIOD_END: PERIOD[1]})
    assert list(upkeep.wrong_duties(desk.uow)) == []
    services.settle_duties(desk.uow, desk.case, actor=DEMO, now=desk.now)
    assert len(ends(desk)) == (1 if ends_with_period else 2), "doing it twice changes nothing"


def test_a_first_period_starts_from_what_the_plan_says(desk: Desk) -> None:
    week = Week((DayTimes(2, time(9), time(13)), DayTimes(4, time(8, 30), time(13))))
    answers = needed_answers("implementation_plan", PERIOD[0])
    content = build_content(period=PERIOD, next_review_on=date(2027, 1, 15), week=week, answers=answers)
    draft = create_draft(desk.uow, desk.case, kind="implementation_plan", content=content, now=desk.now)
    accept(desk.uow, desk.case, draft, on=date(2026, 11, 20))
    desk.uow.commit()
    text = desk.browser.get(f"{desk.path}/toiminta/uusi").text
    for value in ("2.11.2026", "30.4.2027", "9–13", "8.30–13"):
        assert f'value="{value}"' in text
    assert "Toteuttamissuunnitelma, versio 1" in text
