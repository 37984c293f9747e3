"""The stage page: guidance, needs, and the moves with their reasons."""

from datetime import date

import pytest
from sqlalchemy import select

from app.cases import queries as cases
from app.cases import services
from app.cases.models import NeedException
from app.pathways.domain import StageCode
from tests.factories.cases import create_case, seen_by
from tests.web.workbench.conftest import Desk


def states(desk: Desk) -> dict[str, str]:
    return {visit.stage: visit.state for visit in cases.visits_of(desk.uow, desk.case.id)}


def stand(desk: Desk, stage: StageCode) -> None:
    desk.case = create_case(desk.uow, model="group_employment", worker=desk.worker, team=desk.team, stage=stage)
    desk.uow.commit()


def test_the_page_shows_both_guidances_and_what_is_missing_with_a_way_to_mend_it(desk: Desk) -> None:
    page = desk.browser.get(f"{desk.path}/vaihe/3").get_data(as_text=True)
    assert "Ammattilaiselle" in page
    assert "Asiakkaalle" in page
    assert page.count("Puuttuu") >= 4
    assert "/kirjaa?aihe=identification" in page
    assert "/muualla?asiakirja=DO12" in page
    assert "/suostumukset/uusi" in page
    assert "/mittarit" in page


def test_the_next_stage_opens_with_two_clicks(desk: Desk) -> None:
    answer = desk.browser.submit(f"{desk.path}/vaihe/2", form="avaa")
    assert answer.status_code == 303
    assert states(desk) == {"pre_contact": "done", "identification": "in_progress"}


def test_what_the_law_asks_for_first_leaves_no_button(desk: Desk) -> None:
    page = desk.browser.get(f"{desk.path}/vaihe/3").get_data(as_text=True)
    assert 'id="avaa"' not in page
    assert "Vaihetta ei voi vielä avata" in page


def test_a_missing_need_that_only_reminds_asks_for_a_reason_and_keeps_it(desk: Desk) -> None:
    stand(desk, StageCode.PRE_CONTACT)
    path = f"{desk.path}/vaihe/3"
    refused = desk.browser.submit(path, {"reason": "Arvioitu jo päivätoiminnassa"}, form="avaa")
    assert refused.status_code == 422
    assert "Arvioitu jo päivätoiminnassa" in refused.get_data(as_text=True)
    sent = {"reason": "Arvioitu jo päivätoiminnassa", "exceptions": "Asiakirja tulee perässä"}
    assert desk.browser.submit(path, sent, form="avaa").status_code == 303
    kept = desk.uow.session.scalars(select(NeedException.need).where(NeedException.case_id == desk.case.id)).all()
    assert kept
    assert states(desk)["identification"] == "not_needed"


def test_stage_7_to_4_asks_why_and_the_timeline_shows_both_moves(desk: Desk) -> None:
    stand(desk, StageCode.FOLLOW_UP)
    path = f"{desk.path}/vaihe/4"
    sent = {"exceptions": "Suunnitelma tehdään nyt"}
    assert desk.browser.submit(path, sent, form="avaa").status_code == 422
    sent["reason"] = "Tavoite muuttui"
    assert desk.browser.submit(path, sent, form="avaa").status_code == 303
    assert cases.case_of(desk.uow, desk.case.id).current_stage is StageCode.JOINT_PLAN
    timeline = desk.browser.get(f"{desk.path}/aikajana").get_data(as_text=True)
    assert "Vaihe avattu: 7" in timeline
    assert "Vaihe valmis: 7" in timeline
    assert "Vaihe avattu: 4" in timeline
    assert "Tavoite muuttui" in timeline


def test_stage_5_opens_before_stage_3(desk: Desk) -> None:
    answer = desk.browser.submit(f"{desk.path}/vaihe/5", {"finish": [], "exceptions": "Nimetään heti"}, form="avaa")
    assert answer.status_code == 303
    assert states(desk)["responsible_worker"] == "in_progress"
    assert "joint_assessment" not in states(desk)


def test_a_stage_is_finished_and_another_left_out_with_a_reason(desk: Desk) -> None:
    assert desk.browser.submit(f"{desk.path}/vaihe/1", form="valmis").status_code == 303
    refused = desk.browser.submit(f"{desk.path}/vaihe/2", {"why": ""}, form="ohita")
    assert refused.status_code == 422
    assert 'href="#why"' in refused.get_data(as_text=True)
    assert desk.browser.submit(f"{desk.path}/vaihe/2", {"why": "Tehty muualla"}, form="ohita").status_code == 303
    assert states(desk) == {"pre_contact": "done", "identification": "not_needed"}


def test_a_page_opened_before_somebody_else_moved_answers_409(desk: Desk) -> None:
    path = f"{desk.path}/vaihe/2"
    old = desk.browser.get(path).get_data(as_text=True)
    version = old.split('id="avaa"')[1].split('name="version" value="')[1].split('"')[0]
    case = seen_by(desk.uow, desk.actor, desk.case, now=desk.now)
    services.finish_stage(desk.uow, case, stage=StageCode.PRE_CONTACT, actor=desk.actor, now=desk.now)
    desk.uow.commit()
    answer = desk.browser.submit(path, {"version": version}, form="avaa")
    assert answer.status_code == 409


@pytest.mark.parametrize("number", [0, 8, 99])
def test_there_are_seven_stages(desk: Desk, number: int) -> None:
    assert desk.browser.get(f"{desk.path}/vaihe/{number}").status_code == 404


def test_a_document_elsewhere_is_recorded_where_the_link_left_off(desk: Desk) -> None:
    path = f"{desk.path}/muualla?asiakirja=DO12"
    page = desk.browser.get(path).get_data(as_text=True)
    assert '<option value="DO12" selected' in page
    assert '<option value="SY06" selected' in page
    assert desk.browser.submit(path, {"reference": "Lomake 24.11."}, form="muualla").status_code == 303
    case = cases.case_of(desk.uow, desk.case.id)
    assert "recorded:DO12" in cases.met_needs(desk.uow, case, date(2026, 11, 24))
    assert "Lomake 24.11." in desk.browser.get(f"{desk.path}/vaihe/3").get_data(as_text=True)
