"""The work list as its readers see it."""

from datetime import datetime
from uuid import UUID

import pytest

from app.access.actor import Role
from app.accounts.domain import UserView
from app.core.uow import UnitOfWork
from app.duties.domain import DutyKind, WaitsFor
from app.pathways.domain import StageCode
from tests.factories.accounts import create_team, create_user, sign_in_as
from tests.factories.cases import create_case
from tests.factories.clients import create_client
from tests.factories.duties import create_duty, create_promise
from tests.strict import StrictClient, parse, text_of
from tests.web.worklist.conftest import in_days


def rows_of(html: str) -> list[list[str]]:
    """The words of each row of the list, by cell."""
    table = next(table for table in parse(html).iter("table"))
    body = table.find("tbody")
    assert body is not None
    return [[text_of(cell) for cell in row] for row in body if row.get("hidden") is None]


def counters_of(html: str) -> list[str]:
    """The words of the counters."""
    strip = next(element for element in parse(html).iter("ul") if "polku-counters" in (element.get("class") or ""))
    return [text_of(item) for item in strip]


def test_a_row_says_who_where_what_next_by_when_and_when_last(
    client: StrictClient, uow: UnitOfWork, worker: UserView, team: UUID
) -> None:
    person = create_client(uow, last_name="Aho", first_names="Eero Olavi")
    case = create_case(uow, client_id=person, worker=worker, team=team, stage=StageCode.FOLLOW_UP)
    create_duty(uow, case, in_days(-17))
    create_duty(uow, case, in_days(3), kind=DutyKind.CONSENT_EXPIRY)
    sign_in_as(client, uow, worker)

    html = client.get("/tyolista").get_data(as_text=True)

    (row,) = rows_of(html)
    assert row[0] == f"Aho Eero{case.client_ref} · Lahti"
    assert row[1] == "7/7 Seuranta"
    assert row[2] == "Tarkista suunnitelma: Aho EeroOdottaa sinua"
    assert f'href="/polut/{case.id}/tarkistus"' in html
    assert row[3] == "Myöhässä 17 pvla 7.11."
    assert row[4] == "Ei vielä"
    assert counters_of(html) == ["1 Myöhässä", "0 Tänään", "0 Tällä viikolla", "1 Odottaa minua", "0 Odottaa muita"]
    assert "<title>Työlista – Polku</title>" in html


def test_a_promise_is_shown_in_its_own_words(
    client: StrictClient, uow: UnitOfWork, worker: UserView, team: UUID
) -> None:
    case = create_case(uow, worker=worker, team=team)
    create_promise(uow, case, "Varaa terveystarkastus", in_days(1), owner="client")
    sign_in_as(client, uow, worker)

    (row,) = rows_of(client.get("/tyolista").get_data(as_text=True))

    assert row[2] == "Varaa terveystarkastusOdottaa asiakasta"
    assert row[3] == "Huomennake 25.11."


def test_a_protected_client_has_a_word_and_no_town(
    client: StrictClient, uow: UnitOfWork, worker: UserView, team: UUID
) -> None:
    person = create_client(uow, last_name="Salo", protected=True, municipality="398")
    create_case(uow, client_id=person, worker=worker, team=team)
    sign_in_as(client, uow, worker)

    html = client.get("/tyolista").get_data(as_text=True)

    assert "turvakielto" in rows_of(html)[0][0]
    assert "Lahti" not in html


def test_a_case_with_nothing_open_stands_last_and_asks_for_a_step(
    client: StrictClient, uow: UnitOfWork, worker: UserView, team: UUID
) -> None:
    create_case(uow, worker=worker, team=team)
    create_duty(uow, create_case(uow, worker=worker, team=team), in_days(200))
    sign_in_as(client, uow, worker)

    rows = rows_of(client.get("/tyolista").get_data(as_text=True))

    assert rows[1][2:4] == ["Sovi seuraavasta askeleesta", "Ei määräpäivää"]


def test_a_counter_opens_the_rows_it_counts(
    client: StrictClient, uow: UnitOfWork, worker: UserView, team: UUID
) -> None:
    for days, who in ((-3, WaitsFor.WORKER), (-1, WaitsFor.CLIENT), (0, WaitsFor.WORKER), (2, WaitsFor.OTHER)):
        create_duty(uow, create_case(uow, worker=worker, team=team), in_days(days), waits_for=who)
    sign_in_as(client, uow, worker)

    html = client.get("/tyolista").get_data(as_text=True)
    links = [
        (link.get("href") or "", int(text_of(link).split()[0]))
        for link in parse(html).iter("a")
        if "rajaus=" in (link.get("href") or "")
    ]

    assert [number for _, number in links] == [2, 1, 1, 2, 2]
    for href, number in links:
        assert len(rows_of(client.get(href).get_data(as_text=True))) == number


def test_the_team_view_shows_colleagues_clients_and_names_who_answers(
    client: StrictClient, uow: UnitOfWork, worker: UserView, team: UUID
) -> None:
    mate = create_user(uow, full_name="Juha Laine", teams=(team,))
    create_duty(uow, create_case(uow, worker=mate, team=team), in_days(1))
    elsewhere = create_team(uow)
    create_case(uow, worker=create_user(uow, teams=(elsewhere,)), team=elsewhere)
    sign_in_as(client, uow, worker)

    assert "Sinulla ei ole vielä asiakkaita" in client.get("/tyolista").get_data(as_text=True)
    html = client.get("/tyolista?nakyma=tiimi").get_data(as_text=True)
    (row,) = rows_of(html)

    assert row[2].endswith("Juha Laine")
    assert "/tarkistus" not in html, "a review is held by who has to hold it"


def test_a_lead_sees_the_led_team_and_nothing_of_another(
    client: StrictClient, uow: UnitOfWork, worker: UserView, lead: UserView, team: UUID
) -> None:
    case = create_case(uow, worker=worker, team=team)
    other = create_user(uow, roles=(Role.SUPERVISOR,), leads=(create_team(uow),))
    sign_in_as(client, uow, lead)
    assert case.client_ref in client.get("/tyolista").get_data(as_text=True)

    stranger = client.application.test_client()
    sign_in_as(stranger, uow, other)
    html = stranger.get(f"/tyolista?nakyma=johdetut&tiimi={team}").get_data(as_text=True)
    assert case.client_ref not in html


@pytest.mark.parametrize("role", [Role.ADMIN, Role.PRIVACY_OFFICER])
def test_who_meets_no_clients_has_no_work_list(client: StrictClient, uow: UnitOfWork, role: Role) -> None:
    sign_in_as(client, uow, create_user(uow, roles=(role,)))

    assert client.get("/tyolista").status_code == 403


def test_pages_hold_fifty_and_lead_on_and_back(
    client: StrictClient, uow: UnitOfWork, worker: UserView, team: UUID
) -> None:
    for number in range(53):
        create_duty(uow, create_case(uow, worker=worker, team=team), in_days(number // 10))
    sign_in_as(client, uow, worker)

    first = client.get("/tyolista?koko=25").get_data(as_text=True)
    second = client.get(_link(first, "next")).get_data(as_text=True)
    third = client.get(_link(second, "next")).get_data(as_text=True)
    seen = [row[0] for html in (first, second, third) for row in rows_of(html)]

    assert "1–25 / 53" in first
    assert "26–50 / 53" in second
    assert "51–53 / 53" in third
    assert len(set(seen)) == 53
    back = client.get(_link(third, "prev")).get_data(as_text=True)
    assert rows_of(back) == rows_of(second)
    assert "26–50 / 53" in back


def _link(html: str, rel: str) -> str:
    return next(link.get("href") or "" for link in parse(html).iter("a") if link.get("rel") == rel)


def test_an_altered_cursor_or_value_is_as_if_it_were_not_there(
    client: StrictClient, uow: UnitOfWork, worker: UserView, team: UUID
) -> None:
    create_case(uow, worker=worker, team=team)
    sign_in_as(client, uow, worker)

    html = client.get("/tyolista?sivu=x&vaihe=9&malli=y&rajaus=z&koko=7&jarjestys=q&nakyma=w&tiimi=1").get_data(
        as_text=True
    )

    assert len(rows_of(html)) == 1


def test_each_order_turns_round(
    client: StrictClient, uow: UnitOfWork, worker: UserView, team: UUID, now: datetime
) -> None:
    for days, stage in ((5, StageCode.PRE_CONTACT), (1, StageCode.FOLLOW_UP), (3, StageCode.JOINT_PLAN)):
        create_duty(uow, create_case(uow, worker=worker, team=team, stage=stage), in_days(days))
    sign_in_as(client, uow, worker)

    for order in ("maarapaiva", "viite", "vaihe", "viimeksi"):
        up = rows_of(client.get(f"/tyolista?jarjestys={order}").get_data(as_text=True))
        down = rows_of(client.get(f"/tyolista?jarjestys={order}&suunta=laskeva").get_data(as_text=True))
        if order != "viimeksi":
            assert down == up[::-1], order
