"""The board's numbers and the lists behind them."""

import random
import re
from datetime import date, timedelta
from urllib.parse import unquote
from uuid import UUID

import pytest

from app.access.actor import Role, system_actor
from app.accounts.domain import UserView
from app.core.uow import UnitOfWork
from app.pathways.domain import StageCode
from app.reviews import services as reviews
from tests.factories.accounts import create_team, create_user, sign_in_as
from tests.factories.cases import create_case, moment_of
from tests.factories.clients import create_client
from tests.factories.duties import create_duty
from tests.factories.plans import create_plan_in_force
from tests.strict import StrictClient, parse, text_of

TODAY = date(2026, 11, 24)


def matrix_of(html: str) -> list[list[str]]:
    """The words of each row of the matrix, the totals last."""
    table = next(table for table in parse(html).iter("table"))
    return [[text_of(cell) for cell in row] for part in ("tbody", "tfoot") for row in table.find(part) or []]


def numbers_of(html: str) -> list[tuple[str, int]]:
    """Every number of the board that leads somewhere, with where it leads."""
    main = next(iter(parse(html).iter("main")))
    found = []
    for link in main.iter("a"):
        # the figures hold the number in a part of their own
        number = next((text_of(part) for part in link.iter("b")), text_of(link))
        if number.isdigit():
            found.append((link.get("href") or "", int(number)))
    return found


def count_behind(client: StrictClient, href: str) -> tuple[int, int]:
    """The count in the heading of a list, and the rows it shows over all its pages."""
    html = client.get(href).get_data(as_text=True)
    heading = next(iter(parse(html).iter("h1" if "johtaminen" in href else "h2")))
    shown = int(re.match(r"\d+", text_of(heading))[0])  # type: ignore[index] # a heading without a number is a failure
    rows = 0
    while True:
        tree = parse(html)
        rows += sum(row.get("hidden") is None for table in tree.iter("table") for row in table.find("tbody") or [])
        following = next((link.get("href") for link in tree.iter("a") if link.get("rel") == "next"), None)
        if following is None:
            return shown, rows
        html = client.get(following).get_data(as_text=True)


def scatter(uow: UnitOfWork, team: UUID, workers: list[UserView | None], chance: random.Random, cases: int) -> None:
    """Cases of the team in any stage of any model, each with reviews at any distance from today."""
    for _ in range(cases):
        case = create_case(
            uow,
            worker=chance.choice(workers),
            team=team,
            stage=chance.choice(list(StageCode)),
            model=chance.choice(["work_ability_support", "group_employment", "quality_based_coaching"]),
            opened_on=TODAY - timedelta(days=chance.choice([1, 22, 61, 400])),
        )
        for _ in range(chance.choice([0, 1, 1, 2])):
            create_duty(uow, case, TODAY + timedelta(days=chance.choice([-40, -15, -14, -1, 0, 1, 14, 15, 90])))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_number_opens_a_list_of_that_many(
    client: StrictClient, uow: UnitOfWork, lead: UserView, anna: UserView, team: UUID, seed: int
) -> None:
    chance = random.Random(seed)
    juha = create_user(uow, full_name="Juha Laine", teams=(team,))
    scatter(uow, team, [anna, juha, None], chance, cases=30)
    elsewhere = create_team(uow)
    scatter(uow, elsewhere, [create_user(uow, teams=(elsewhere,))], chance, cases=5)
    sign_in_as(client, uow, lead)

    for query in ("", "?malli=work_ability_support", f"?tiimi={team}&malli=group_employment"):
        numbers = numbers_of(client.get(f"/johtaminen{query}").get_data(as_text=True))
        assert len(numbers) > 2
        for href, number in numbers:
            shown, rows = count_behind(client, href)
            assert (shown, rows) == (number, number), href


def test_a_cell_counts_reviews_by_the_worker_and_the_stage_of_today(
    client: StrictClient, uow: UnitOfWork, lead: UserView, anna: UserView, team: UUID
) -> None:
    case = create_case(uow, worker=anna, team=team, stage=StageCode.FOLLOW_UP)
    create_duty(uow, case, TODAY - timedelta(days=17))
    create_duty(uow, case, TODAY - timedelta(days=14))
    create_duty(uow, case, TODAY)
    sign_in_as(client, uow, lead)

    html = client.get("/johtaminen").get_data(as_text=True)

    # worker, clients, past the target, stage 7, total, at most 14, over 14, longest
    assert matrix_of(html)[0] == ["Anna Mäki", "1", "0", "2", "2", "1", "1", "17 pv"]
    assert matrix_of(html)[-1] == ["Yhteensä", "1", "0", "2", "2", "1", "1", "17 pv"]
    assert "Laskettu 24.11.2026 klo 9.00" in html
    assert "Yli kaksi viikkoa myöhässä: 1 / 2" in html
    heading = client.get("/johtaminen/tarkistukset").get_data(as_text=True)
    assert "2 tarkistusta, 1 asiakas" in heading


def test_a_zero_leads_nowhere(
    client: StrictClient, uow: UnitOfWork, lead: UserView, anna: UserView, team: UUID
) -> None:
    create_case(uow, worker=anna, team=team)
    sign_in_as(client, uow, lead)

    html = client.get("/johtaminen").get_data(as_text=True)

    assert "Yksikään tarkistus ei ole myöhässä." in html
    assert all(number for _, number in numbers_of(html))


def test_the_address_opened_by_a_colleague_shows_what_is_theirs(
    client: StrictClient, uow: UnitOfWork, lead: UserView, anna: UserView, team: UUID
) -> None:
    juha = create_user(uow, full_name="Juha Laine", teams=(team,))
    for worker, name in ((anna, "Omala"), (juha, "Vierala")):
        person = create_client(uow, last_name=name)
        create_duty(uow, create_case(uow, client_id=person, worker=worker, team=team), TODAY - timedelta(days=3))
    sign_in_as(client, uow, anna)

    html = client.get(f"/johtaminen/tarkistukset?tiimi={team}").get_data(as_text=True)

    assert "1 tarkistus, 1 asiakas" in html
    assert "Omala" in html
    assert "Vierala" not in html
    empty = client.get(f"/johtaminen/tarkistukset?tyontekija={juha.id}").get_data(as_text=True)
    assert "Näet tässä vain omat asiakkaasi." in empty


def test_another_teams_lead_sees_nothing_of_it(
    client: StrictClient, uow: UnitOfWork, anna: UserView, team: UUID
) -> None:
    person = create_client(uow, last_name="Salattu")
    create_duty(uow, create_case(uow, client_id=person, worker=anna, team=team), TODAY - timedelta(days=3))
    other = create_user(uow, roles=(Role.SUPERVISOR,), leads=(create_team(uow),))
    sign_in_as(client, uow, other)

    board = client.get(f"/johtaminen?tiimi={team}").get_data(as_text=True)
    listed = client.get(f"/johtaminen/tarkistukset?tiimi={team}&tyontekija={anna.id}").get_data(as_text=True)

    assert "Anna Mäki" not in board
    assert "0 tarkistusta, 0 asiakasta" in listed
    assert "Salattu" not in listed
    assert "Anna Mäki" not in listed


def test_the_lead_time_is_the_median_of_the_listed_cases(
    client: StrictClient, uow: UnitOfWork, lead: UserView, anna: UserView, team: UUID
) -> None:
    sign_in_as(client, uow, lead)
    assert "Läpimenoaikoja ei vielä ole" in client.get("/johtaminen/lapimeno").get_data(as_text=True)
    assert "–" in client.get("/johtaminen").get_data(as_text=True)


def test_names_behind_a_number_leave_a_trace_with_supervision_as_the_purpose(
    client: StrictClient, uow: UnitOfWork, lead: UserView, anna: UserView, officer: UserView, team: UUID
) -> None:
    case = create_case(uow, worker=anna, team=team)
    create_duty(uow, case, TODAY - timedelta(days=3))
    sign_in_as(client, uow, lead)
    client.get("/johtaminen/tarkistukset")

    sign_in_as(client, uow, officer)
    html = client.get(f"/loki?asiakas={case.client_ref}&laji=listattu").get_data(as_text=True)

    assert "valvonta" in unquote(html).lower() or "johtaminen" in html.lower()
    assert lead.username in html


@pytest.mark.parametrize("role", [Role.OWN_WORKER, Role.COORDINATOR, Role.ADMIN, Role.PRIVACY_OFFICER])
def test_only_supervisors_have_the_board(client: StrictClient, uow: UnitOfWork, role: Role) -> None:
    sign_in_as(client, uow, create_user(uow, roles=(role,)))

    assert client.get("/johtaminen").status_code == 403
    assert client.get("/johtaminen/lapimeno").status_code == 403
    meets_clients = role in {Role.OWN_WORKER, Role.COORDINATOR}
    assert client.get("/johtaminen/tarkistukset").status_code == (200 if meets_clients else 403)


def test_who_leads_no_team_is_told_why_there_is_nothing(client: StrictClient, uow: UnitOfWork) -> None:
    sign_in_as(client, uow, create_user(uow, roles=(Role.SUPERVISOR,)))

    assert "Et johda yhtään tiimiä" in client.get("/johtaminen").get_data(as_text=True)


def test_a_review_put_off_three_times_in_a_row_is_told_to_the_lead(
    client: StrictClient, uow: UnitOfWork, lead: UserView, anna: UserView, team: UUID
) -> None:
    """Whenever it is due; one put off twice is nobody's business yet."""
    plans = []
    for times in (2, 3):
        case = create_case(uow, worker=anna, team=team, opened_on=date(2026, 9, 1))
        plan = create_plan_in_force(uow, case, in_force_on=date(2026, 9, 1))
        for week in range(1, times + 1):
            seen = date(2026, 12, 1) + timedelta(weeks=4 * (week - 1))
            to, actor = seen + timedelta(weeks=4), system_actor("system:demo")
            reason = {"reason": "asiakas on sairaalassa", "seen": seen}
            reviews.postpone_review(uow, case, plan.id, to=to, actor=actor, now=moment_of(TODAY), **reason)  # type: ignore[arg-type] # named above
        plans.append(case)
    sign_in_as(client, uow, lead)
    html = client.get("/johtaminen").get_data(as_text=True)
    (href,) = [href for href, _number in numbers_of(html) if "rajaus=lykatty" in href]
    assert count_behind(client, href) == (1, 1)
    assert str(plans[1].id) in client.get(href).get_data(as_text=True)
