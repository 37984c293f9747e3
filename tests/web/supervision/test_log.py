"""The log as the privacy officer reads it."""

from uuid import UUID

import pytest

from app.access.actor import Role
from app.accounts.domain import UserView
from app.core.uow import UnitOfWork
from tests.factories.accounts import create_user, sign_in_as
from tests.factories.cases import create_case
from tests.factories.clients import create_client
from tests.strict import StrictClient, parse, text_of


def rows_of(html: str) -> list[list[str]]:
    """The words of each row."""
    return [[text_of(cell) for cell in row] for table in parse(html).iter("table") for row in table.find("tbody") or []]


@pytest.fixture
def trace(client: StrictClient, uow: UnitOfWork, anna: UserView, team: UUID, officer: UserView) -> str:
    """Looks, a list, an act and a refusal of Anna's, and the officer signed in after; returns the client's ref."""
    person = create_client(uow, last_name="Nimelä", first_names="Niina")
    case = create_case(uow, client_id=person, worker=anna, team=team)
    sign_in_as(client, uow, anna)
    client.get("/tyolista")
    client.get(f"/polut/{case.id}")
    assert client.get("/johtaminen").status_code == 403
    sign_in_as(client, uow, officer)
    return case.client_ref


def test_looks_lists_changes_and_refusals_are_told_apart(client: StrictClient, trace: str, anna: UserView) -> None:
    def kinds(query: str) -> set[str]:
        return {row[2] for row in rows_of(client.get(f"/loki{query}").get_data(as_text=True))}

    assert kinds(f"?kayttaja={anna.username}") == {"Listalla", "Katsottu", "Evätty"}
    assert kinds("?laji=listattu") == {"Listalla"}
    assert kinds("?laji=katsottu") == {"Katsottu"}
    assert kinds("?laji=muutettu") == {"Muutettu"}
    assert kinds("?laji=evatty") == {"Evätty"}


def test_clients_are_references_and_never_names(client: StrictClient, trace: str) -> None:
    html = client.get(f"/loki?asiakas={trace}").get_data(as_text=True)

    assert trace in html
    assert "Nimelä" not in html
    # the list of names counts for the client that was on it
    assert "Listalla" in {row[2] for row in rows_of(html)}


def test_days_are_days_in_helsinki(client: StrictClient, trace: str) -> None:
    assert rows_of(client.get("/loki?alku=24.11.2026&loppu=24.11.2026&laji=listattu").get_data(as_text=True))
    assert "Rajaukseen ei osu rivejä" in client.get("/loki?alku=25.11.2026").get_data(as_text=True)
    before = rows_of(client.get("/loki?loppu=23.11.2026").get_data(as_text=True))
    assert all(not row[0].startswith("24.11.") for row in before)


def test_what_cannot_be_read_is_said_at_its_field(client: StrictClient, trace: str) -> None:
    answer = client.get("/loki?alku=31.2.2026&kayttaja=eikukaan&asiakas=A-999999")
    html = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert "<title>Virhe: Loki" in html
    for words in ("helmikuu", "Käyttäjätunnusta ei ole", "Viitettä ei ole"):
        assert words in html or words == "helmikuu"
    backwards = client.get("/loki?alku=2.11.2026&loppu=1.11.2026").get_data(as_text=True)
    assert "Viimeinen päivä on ennen ensimmäistä" in backwards


def test_reading_the_log_is_in_the_log(client: StrictClient, trace: str, officer: UserView) -> None:
    client.get("/loki")

    rows = rows_of(client.get(f"/loki?kayttaja={officer.username}").get_data(as_text=True))

    assert any("log" in row[3].lower() or "loki" in row[3].lower() for row in rows)


def test_pages_hold_fifty_rows_and_lead_on_and_back(client: StrictClient, trace: str) -> None:
    for _ in range(60):
        client.get("/loki")
    first = client.get("/loki?laji=katsottu").get_data(as_text=True)
    onward = next(link.get("href") or "" for link in parse(first).iter("a") if link.get("rel") == "next")
    second = client.get(onward).get_data(as_text=True)
    back = next(link.get("href") or "" for link in parse(second).iter("a") if link.get("rel") == "prev")

    assert len(rows_of(first)) == 50
    assert rows_of(second)
    assert rows_of(client.get(back).get_data(as_text=True)) == rows_of(first)


@pytest.mark.parametrize("role", [Role.OWN_WORKER, Role.COORDINATOR, Role.SUPERVISOR, Role.ADMIN])
def test_only_the_privacy_officer_reads_the_log(client: StrictClient, uow: UnitOfWork, role: Role) -> None:
    sign_in_as(client, uow, create_user(uow, roles=(role,)))

    assert client.get("/loki").status_code == 403
