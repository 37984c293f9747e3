"""The notices as their reader sees them."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.access.actor import Role, system_actor
from app.access.models import Standing
from app.accounts.domain import UserView
from app.audit.models import AuditEvent
from app.cases.domain import CaseView
from app.cases.models import Case
from app.core import clock
from app.core.crypto import Vault
from app.core.uow import UnitOfWork, unit_of_work
from app.reminders import services
from app.reminders.models import Notice, Outbox
from tests.factories.accounts import create_team, create_user, sign_in_as
from tests.factories.cases import create_case
from tests.factories.clients import create_client
from tests.factories.duties import create_duty
from tests.strict import StrictClient, parse, text_of

TODAY = date(2026, 11, 24)
PAGE = "/muistutukset"
Sweep = Callable[[], None]


@pytest.fixture(autouse=True)
def at_nine(app: object, now: datetime) -> Iterator[None]:
    """Let the clock stand at the moment of the tests."""
    clock.configure(now.isoformat())
    yield
    clock.configure(None)


@pytest.fixture
def team(uow: UnitOfWork) -> UUID:
    return create_team(uow)


@pytest.fixture
def worker(uow: UnitOfWork, team: UUID) -> UserView:
    return create_user(uow, teams=(team,))


@pytest.fixture
def case(uow: UnitOfWork, team: UUID, worker: UserView) -> CaseView:
    """A case of the worker's, whose plan is to be reviewed today."""
    person = create_client(uow, last_name="Aalto", first_names="Aino Maria")
    made = create_case(uow, client_id=person, worker=worker, team=team)
    create_duty(uow, made, TODAY)
    uow.commit()
    return made


@pytest.fixture
def sweep(sessions: sessionmaker[Session], vault: Vault, now: datetime) -> Sweep:
    def run() -> None:
        services.sweep(
            lambda: unit_of_work(sessions, vault), actor=system_actor("system:reminders"), now=now - timedelta(hours=1)
        )

    return run


def rows_of(html: str) -> list[list[str]]:
    return [[text_of(cell) for cell in row] for body in parse(html).iter("tbody") for row in body]


def test_a_notice_says_what_of_whom_by_when_and_why(
    client: StrictClient, uow: UnitOfWork, worker: UserView, case: CaseView, sweep: Sweep
) -> None:
    sweep()
    sign_in_as(client, uow, worker)
    html = client.get(PAGE).get_data(as_text=True)
    (row,) = rows_of(html)
    assert row[0] == "Suunnitelman tarkistusOlet vastuutyöntekijä."
    assert row[1].startswith("Aalto Aino")
    assert case.ref in row[1]
    assert "Tänään" in row[2]
    assert f"/polut/{case.id}" in html
    assert "1 muistutus näkemättä" in html
    assert "Aalto" not in html.split("</title>")[0]


def test_looking_marks_nothing_and_leaves_one_listed_event(
    client: StrictClient, uow: UnitOfWork, worker: UserView, case: CaseView, sweep: Sweep
) -> None:
    sweep()
    sign_in_as(client, uow, worker)
    client.get(PAGE)
    assert uow.session.scalar(select(func.count()).where(Notice.seen_at.is_(None))) == 1
    event = uow.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "listed", AuditEvent.object_kind == "notices")
    ).one()
    assert (event.client_ids, event.purpose) == ([case.client_id], "own")


def test_the_button_marks_one_and_leads_back(
    client: StrictClient, uow: UnitOfWork, worker: UserView, case: CaseView, sweep: Sweep
) -> None:
    create_duty(uow, case, TODAY)
    uow.commit()
    sweep()
    sign_in_as(client, uow, worker)
    notice_id = uow.session.scalars(select(Notice.id).limit(1)).one()
    answer = client.submit(PAGE, form=f"/muistutukset/{notice_id}/nahty")
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert uow.session.scalar(select(func.count()).where(Notice.seen_at.is_(None))) == 1
    assert rows_of(client.get(PAGE).get_data(as_text=True))[-1][-1] == "Nähty"


def test_all_can_be_marked_at_once(
    client: StrictClient, uow: UnitOfWork, worker: UserView, case: CaseView, sweep: Sweep
) -> None:
    sweep()
    sign_in_as(client, uow, worker)
    assert client.submit(PAGE, form="/muistutukset/nahty").status_code == 303
    assert uow.session.scalar(select(func.count()).where(Notice.seen_at.is_(None))) == 0


def test_a_case_that_moved_on_is_not_named_any_more(
    client: StrictClient, uow: UnitOfWork, worker: UserView, case: CaseView, sweep: Sweep
) -> None:
    sweep()
    other = create_team(uow)
    uow.session.execute(
        update(Case)
        .where(Case.id == case.id)
        .values(team_id=other, primary_worker_id=create_user(uow, teams=(other,)).id)
    )
    uow.session.execute(update(Standing).where(Standing.case_id == case.id).values(valid_to=Standing.valid_from))
    uow.commit()
    sign_in_as(client, uow, worker)
    html = client.get(PAGE).get_data(as_text=True)
    assert "Polku on siirtynyt toiselle." in html
    assert "Aalto" not in html
    assert case.ref not in html
    assert str(case.id) not in html


def test_another_users_notice_is_not_found(
    client: StrictClient, uow: UnitOfWork, worker: UserView, case: CaseView, sweep: Sweep
) -> None:
    sweep()
    notice_id = uow.session.scalars(select(Notice.id)).one()
    stranger = create_user(uow)
    uow.session.add(Notice(user_id=stranger.id, template="late_summary", counts={"duties": 2}, made_at=case.opened_at))
    uow.commit()
    sign_in_as(client, uow, stranger)
    token = _token(client.get(PAGE).get_data(as_text=True))
    for wanted in (notice_id, uuid4()):
        assert client.post(f"/muistutukset/{wanted}/nahty", data={"csrf_token": token}).status_code == 404
    assert "2 sinulle tullutta asiaa on myöhässä" in client.get(PAGE).get_data(as_text=True)


def _token(html: str) -> str:
    return next(str(field.get("value")) for field in parse(html).iter("input") if field.get("name") == "csrf_token")


def test_without_notices_the_page_says_what_will_come(client: StrictClient, uow: UnitOfWork, worker: UserView) -> None:
    sign_in_as(client, uow, worker)
    assert "Ei muistutuksia" in client.get(PAGE).get_data(as_text=True)


def test_a_lead_sees_whose_mails_did_not_arrive(
    client: StrictClient, uow: UnitOfWork, worker: UserView, team: UUID, now: datetime
) -> None:
    lead = create_user(uow, roles=(Role.SUPERVISOR,), leads=(team,))
    uow.session.add(
        Outbox(template="reminder", recipient_id=worker.id, state="failed", next_attempt_at=now, made_at=now)
    )
    uow.commit()
    sign_in_as(client, uow, lead)
    html = client.get(PAGE).get_data(as_text=True)
    assert rows_of(html)[0][:2] == [worker.full_name, "1"]
    sign_in_as(client, uow, worker)
    assert "eivät menneet perille" not in client.get(PAGE).get_data(as_text=True)
