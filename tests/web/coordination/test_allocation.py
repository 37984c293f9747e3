"""Allocation as coordinators see it."""

from datetime import date, datetime
from uuid import UUID

import pytest
from flask import Flask

from app.access.actor import Role, system_actor
from app.accounts import services as account_services
from app.accounts.domain import UserView
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.core.uow import UnitOfWork
from app.network import services as network
from app.pathways.domain import StageCode
from tests.factories.accounts import create_team, create_user, sign_in_as
from tests.factories.cases import create_case
from tests.factories.clients import create_client
from tests.factories.duties import create_duty
from tests.factories.network import assign
from tests.strict import StrictClient, parse, text_of


def tables_of(html: str) -> list[list[list[str]]]:
    """The words of the cells of each table."""
    bodies = [table.find("tbody") for table in parse(html).iter("table")]
    return [[[text_of(cell) for cell in row] for row in body] for body in bodies if body is not None]


def board(client: StrictClient, query: str = "") -> str:
    return client.get(f"/jako{query}").get_data(as_text=True)


def test_the_longest_waiting_stands_first_and_a_path_past_the_naming_is_an_alert(
    client: StrictClient, uow: UnitOfWork, coordinator: UserView
) -> None:
    create_case(uow, opened_on=date(2026, 11, 20))
    old = create_client(uow, last_name="Vanhanen", first_names="Ville")
    create_case(uow, client_id=old, opened_on=date(2026, 11, 4), stage=StageCode.IMPLEMENTATION)
    sign_in_as(client, uow, coordinator)

    html = board(client)
    rows = tables_of(html)[0]

    assert [row[1].split()[0] for row in rows] == ["20", "4"]
    assert "Vastuutyöntekijä puuttuu" in rows[0][1]
    assert "Vastuutyöntekijä puuttuu" not in rows[1][1]
    assert "2 asiakasta odottaa työntekijää" in html
    assert "1 hälytys" in html


def test_a_released_case_waits_from_the_day_it_was_released(
    client: StrictClient, uow: UnitOfWork, coordinator: UserView, anna: UserView, now: datetime
) -> None:
    case = assign(uow, create_case(uow, opened_on=date(2026, 1, 5)), anna, now=date(2026, 1, 6))
    released = datetime.fromisoformat("2026-11-21T23:30+02:00")
    network.release_worker(uow, case, on_close=False, actor=system_actor("system:demo"), now=released)
    sign_in_as(client, uow, coordinator)

    assert tables_of(board(client))[0][0][1].startswith("3 pv")


def test_the_town_of_a_protected_client_is_nowhere(
    client: StrictClient, uow: UnitOfWork, coordinator: UserView
) -> None:
    create_case(uow, client_id=create_client(uow, protected=True, municipality="398"))
    create_case(uow, client_id=create_client(uow, municipality="098"))
    sign_in_as(client, uow, coordinator)

    assert "Lahti" not in board(client)
    assert len(tables_of(board(client, "?kunta=098"))[0]) == 1
    assert "Rajauksessa ei odota ketään" in board(client, "?kunta=398")


def test_the_workers_of_the_teams_stand_beside_with_what_they_carry(
    client: StrictClient, uow: UnitOfWork, coordinator: UserView, anna: UserView, juha: UserView, team: UUID
) -> None:
    for due in (date(2026, 11, 20), date(2026, 12, 20)):
        create_duty(uow, create_case(uow, worker=anna, team=team), due)
    account_services.add_absence(
        uow,
        juha.id,
        from_on=date(2026, 11, 23),
        to_on=date(2026, 11, 27),
        deputy_id=anna.id,
        actor=system_actor("system:demo"),
        now=datetime.fromisoformat("2026-11-01T09:00+02:00"),
    )
    create_case(uow)
    sign_in_as(client, uow, coordinator)

    loads = tables_of(board(client))[1]

    assert loads[1] == ["Juha Laine", "0", "0", "ma 30.11. alkaenpoissa 23.11.2026–27.11.2026, sijainen: Anna Mäki"]
    assert loads[0] == ["Anna Mäki", "2", "1", "Nyt"]


def test_everybody_allocated_says_so(client: StrictClient, uow: UnitOfWork, coordinator: UserView) -> None:
    sign_in_as(client, uow, coordinator)

    assert "Kaikki jaettu" in board(client)


def test_one_client_is_given_to_one_worker(
    client: StrictClient, uow: UnitOfWork, coordinator: UserView, anna: UserView, team: UUID
) -> None:
    case = create_case(uow)
    sign_in_as(client, uow, coordinator)

    answer = client.submit(f"/jako/{case.id}", {"worker": str(anna.id)})

    assert (answer.status_code, answer.location) == (303, "/jako")
    after = cases.case_of(uow, case.id)
    assert (after.worker_id, after.team_id) == (anna.id, team)
    assert "Kaikki jaettu" in board(client)


def test_a_profession_the_pathway_does_not_name_asks_why(
    client: StrictClient, uow: UnitOfWork, coordinator: UserView, anna: UserView, juha: UserView
) -> None:
    case = create_case(uow)
    sign_in_as(client, uow, coordinator)

    refused = client.submit(f"/jako/{case.id}", {"worker": str(juha.id)})
    assert refused.status_code == 422
    assert "Virhe:" in refused.get_data(as_text=True)
    assert cases.case_of(uow, case.id).worker_id is None

    client.submit(f"/jako/{case.id}", {"worker": str(juha.id), "profession_reason": "Tuntee asiakkaan"})
    assert cases.case_of(uow, case.id).worker_id == juha.id


def test_the_second_of_two_coordinators_is_told_who_was_first(
    app: Flask, client: StrictClient, uow: UnitOfWork, coordinator: UserView, anna: UserView, team: UUID, now: datetime
) -> None:
    case = create_case(uow)
    mate = create_user(uow, full_name="Toinen Koordinaattori", roles=(Role.COORDINATOR,), teams=(team,))
    juha = create_user(uow, full_name="Juho Ensimmäinen", teams=(team,))
    sign_in_as(client, uow, coordinator)
    form = client.get(f"/jako/{case.id}").get_data(as_text=True)
    values = {
        field.get("name"): field.get("value") or ""
        for field in parse(form).iter("input")
        if field.get("type") == "hidden"
    }
    assign(uow, case, juha, now=now)
    uow.commit()

    answer = client.post(f"/jako/{case.id}", data={**values, "worker": str(anna.id)})

    assert answer.status_code == 409
    assert "Juho Ensimmäinen" in answer.get_data(as_text=True)
    assert cases.case_of(uow, case.id).worker_id == juha.id
    assert mate.is_active


def test_a_case_that_went_to_a_team_beyond_ones_view_is_not_found_and_says_why(
    client: StrictClient, uow: UnitOfWork, coordinator: UserView, now: datetime
) -> None:
    case = assign(uow, create_case(uow), create_user(uow, teams=(create_team(uow),)), now=now)
    sign_in_as(client, uow, coordinator)

    answer = client.get(f"/jako/{case.id}")

    assert answer.status_code == 404
    assert "Joku muu on voinut jakaa sen" in answer.get_data(as_text=True)


@pytest.mark.parametrize("role", [Role.OWN_WORKER, Role.SUPERVISOR, Role.ADMIN, Role.PRIVACY_OFFICER])
def test_only_coordinators_allocate(client: StrictClient, uow: UnitOfWork, role: Role, team: UUID) -> None:
    case: CaseView = create_case(uow)
    sign_in_as(client, uow, create_user(uow, roles=(role,), teams=(team,)))

    assert client.get("/jako").status_code == 403
    assert client.get(f"/jako/{case.id}").status_code == 403
