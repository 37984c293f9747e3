"""Cases that have been in their stage longer than its target: the number, the column, the list and its filter."""

import re
from datetime import date, datetime, timedelta
from uuid import UUID
from xml.etree.ElementTree import Element

import pytest
from sqlalchemy import Connection, update

from app.access.actor import Role, system_actor
from app.accounts.domain import UserView
from app.cases.domain import CaseView
from app.cases.models import StageVisit
from app.cases.stages import finish_stage, skip_stage
from app.core.uow import UnitOfWork
from app.pathways.checklist import stay_in
from app.pathways.domain import StageCode
from app.pathways.loader import all_latest
from tests.factories.accounts import create_team, create_user, sign_in_as
from tests.factories.cases import create_case
from tests.factories.clients import create_client
from tests.factories.duties import create_duty
from tests.strict import StrictClient, parse, text_of
from tests.web.supervision.test_numbers import matrix_of
from tests.web.workbench.test_statements import counted

TODAY = date(2026, 11, 24)
LIST = "/johtaminen/vaiheen-kesto"
BOARD_BUDGET, LIST_BUDGET = 4, 8


def page_of(client: StrictClient, address: str) -> str:
    return client.get(address).get_data(as_text=True)


def links_of(html: str) -> list[Element]:
    """The link of each row of a list, in its order."""
    rows = [row for table in parse(html).iter("table") for row in table.find("tbody") or []]
    return [next(iter(row.iter("a"))) for row in rows]


def names_on(html: str) -> list[str]:
    return [text_of(link) for link in links_of(html)]


def stayed(uow: UnitOfWork, team: UUID, worker: UserView | None, days: int, **given: object) -> CaseView:
    """A case that has been in its stage for so many days."""
    return create_case(uow, worker=worker, team=team, opened_on=TODAY - timedelta(days=days), **given)  # type: ignore[arg-type] # named by the test


def test_the_list_holds_exactly_the_cases_whose_page_bears_the_mark(
    client: StrictClient, uow: UnitOfWork, lead: UserView, anna: UserView, team: UUID
) -> None:
    """The statement and the rule of the stage page are twins: every stage of every model, a day on either side."""
    expected = set()
    for model in all_latest():
        for stage in model.stages:
            for days in ((stage.usual_days or 400), (stage.usual_days or 400) + 1):
                case = stayed(uow, team, anna, days, model=model.key, stage=stage.code)
                stay = stay_in(stage, case.current_since, today=TODAY)
                if stay and stay.is_long:
                    expected.add(f"/polut/{case.id}/vaihe/{stage.number}")
    assert len(expected) == 18  # six stages of three models; stage 5 has no target
    sign_in_as(client, uow, lead)
    html = page_of(client, LIST)
    assert {row.get("href") for row in links_of(html)} == expected
    assert text_of(next(iter(parse(html).iter("h1")))) == "18 polkua"


def test_a_stage_that_is_not_open_or_whose_first_day_is_not_known_has_lasted_nothing(
    client: StrictClient, uow: UnitOfWork, lead: UserView, anna: UserView, team: UUID, now: datetime
) -> None:
    robot, at_first = system_actor("system:demo"), StageCode.PRE_CONTACT
    finish_stage(uow, stayed(uow, team, anna, 300), stage=at_first, actor=robot, now=now)
    unknown = stayed(uow, team, anna, 300)
    uow.session.execute(update(StageVisit).where(StageVisit.case_id == unknown.id).values(entered_on=None))
    skip_stage(uow, unknown, stage=StageCode.RESPONSIBLE_WORKER, reason="Ei tarvita", actor=robot, now=now)
    sign_in_as(client, uow, lead)
    assert "Mikään vaihe ei ole yli tavoiteajan" in page_of(client, LIST)
    assert matrix_of(page_of(client, "/johtaminen"))[0][:3] == ["Anna Mäki", "2", "0"]


def test_the_one_longest_past_its_target_comes_first_with_its_days(
    client: StrictClient, uow: UnitOfWork, lead: UserView, anna: UserView, team: UUID
) -> None:
    """60 days past a target of 60 come before 30 days past one of 10."""
    for name, stage, days in (("Eka", "joint_assessment", 120), ("Toka", "pre_contact", 40)):
        person = create_client(uow, last_name=name, first_names="Aino")
        stayed(uow, team, anna, days, stage=StageCode(stage), client_id=person)
    sign_in_as(client, uow, lead)
    html = page_of(client, LIST)
    assert names_on(html) == ["Eka Aino", "Toka Aino"]
    words = " ".join(text_of(next(parse(html).iter("tbody"))).split())
    assert "120 pv" in words
    assert "60 pv" in words
    assert "yli 60 pv" in words
    assert "Liian vähän päättyneitä" in words


def test_the_stage_narrows_the_list_and_its_choices_count_the_cases(
    client: StrictClient, uow: UnitOfWork, lead: UserView, anna: UserView, team: UUID
) -> None:
    for stage in (StageCode.PRE_CONTACT, StageCode.PRE_CONTACT, StageCode.JOINT_PLAN):
        stayed(uow, team, anna, 100, stage=stage)
    sign_in_as(client, uow, lead)
    for address, heading in ((LIST, "3 polkua"), (f"{LIST}?vaihe=1", "2 polkua"), (f"{LIST}?vaihe=4", "1 polku")):
        html = page_of(client, address)
        assert text_of(next(iter(parse(html).iter("h1")))) == heading
        assert re.findall(r"\((\d+)\)</option>", html) == ["2", "1"]
        assert len(names_on(html)) == int(heading[0])


def test_a_column_of_the_board_counts_them_by_worker_those_of_nobody_too(
    client: StrictClient, uow: UnitOfWork, lead: UserView, anna: UserView, team: UUID
) -> None:
    """A case with two reviews due counts once."""
    case = stayed(uow, team, anna, 100)
    create_duty(uow, case, TODAY - timedelta(days=3))
    create_duty(uow, case, TODAY + timedelta(days=3))
    stayed(uow, team, anna, 2)
    stayed(uow, team, None, 100)
    sign_in_as(client, uow, lead)
    rows = {row[0]: row[1:3] for row in matrix_of(page_of(client, "/johtaminen"))}
    assert rows == {"Anna Mäki": ["2", "1"], "Ei työntekijää": ["1", "1"], "Yhteensä": ["3", "2"]}


def test_whoever_opens_the_address_sees_what_is_theirs(
    client: StrictClient, uow: UnitOfWork, anna: UserView, team: UUID
) -> None:
    juha = create_user(uow, full_name="Juha Laine", teams=(team,))
    for worker, name in ((anna, "Omala"), (juha, "Vierala")):
        stayed(uow, team, worker, 100, client_id=create_client(uow, last_name=name))
    sign_in_as(client, uow, anna)
    html = page_of(client, f"{LIST}?tiimi={team}")
    assert "Omala" in html
    assert "Vierala" not in html
    assert "Juha Laine" not in page_of(client, f"{LIST}?tyontekija={juha.id}")
    sign_in_as(client, uow, create_user(uow, roles=(Role.SUPERVISOR,), leads=(create_team(uow),)))
    assert names_on(page_of(client, f"{LIST}?tiimi={team}")) == []
    sign_in_as(client, uow, create_user(uow, roles=(Role.ADMIN,)))
    assert client.get(LIST).status_code == 403


@pytest.mark.parametrize(("address", "budget"), [("/johtaminen", BOARD_BUDGET), (LIST, LIST_BUDGET)])
def test_the_board_and_the_list_ask_the_database_a_fixed_number_of_times(
    client: StrictClient,
    uow: UnitOfWork,
    lead: UserView,
    anna: UserView,
    team: UUID,
    connection: Connection,
    address: str,
    budget: int,
) -> None:
    stayed(uow, team, anna, 100)
    sign_in_as(client, uow, lead)
    page_of(client, address)
    with counted(connection) as few:
        page_of(client, address)
    for stage in StageCode:
        stayed(uow, team, anna, 400, stage=stage, model="group_employment")
    with counted(connection) as many:
        page_of(client, address)
    print(f"\n{address}: {len(many)} statements")
    assert len(few) == len(many)
    assert len(many) <= budget
