"""The pages of the import, walked by a browser that accepts nothing sloppy."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from app.access.actor import Role
from app.core.crypto import Vault
from app.core.uow import UnitOfWork, unit_of_work
from app.intake import services
from tests.factories.accounts import create_user, sign_in_as
from tests.factories.intake import GOOD, REGISTER, create_workers, register_bytes
from tests.strict import StrictClient


class Queue:
    """A broker that only remembers, and the worker behind it."""

    def __init__(self, sessions: sessionmaker[Session], vault: Vault, now: datetime) -> None:
        self.sent: list[tuple[str, str]] = []
        self._sessions, self._vault, self._now = sessions, vault, now

    def __call__(self, task: str, job_id: str) -> None:
        self.sent.append((task, job_id))

    @contextmanager
    def unit(self) -> Iterator[UnitOfWork]:
        """One transaction of the worker."""
        with unit_of_work(self._sessions, self._vault) as made:
            yield made

    def work(self) -> int:
        """Do what waits."""
        return services.run_waiting(self.unit, now=self._now)


@pytest.fixture
def queue(app: Flask, sessions: sessionmaker[Session], vault: Vault, now: datetime) -> Queue:
    """The queue the application is wired to."""
    made = Queue(sessions, vault, now)
    app.extensions["polku_queue"] = made
    return made


@pytest.fixture
def coordinator(client: StrictClient, uow: UnitOfWork, now: datetime) -> StrictClient:
    """The browser of a coordinator."""
    create_workers(uow)
    sign_in_as(client, uow, create_user(uow, roles=(Role.COORDINATOR,)))
    return client


def send(client: StrictClient, content: bytes) -> str:
    """Upload a register and return the address of its job."""
    answer = client.submit("/tuonti", {"file": (io.BytesIO(content), "rekisteri.csv")}, form="upload")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


def clients(uow: UnitOfWork) -> int:
    """How many clients there are."""
    return int(uow.session.execute(text("SELECT count(*) FROM client")).scalar_one())


def test_a_register_is_checked_looked_at_and_brought_in(
    coordinator: StrictClient, queue: Queue, uow: UnitOfWork
) -> None:
    job = send(coordinator, REGISTER.read_bytes())
    assert queue.sent == [("intake.run", job.rsplit("/", 1)[1])]
    waiting = coordinator.get(job).get_data(as_text=True)
    assert "Odottaa vuoroaan" in waiting
    assert 'hx-trigger="every 2s"' in waiting

    queue.work()
    checked = coordinator.get(job).get_data(as_text=True)
    assert "33 virhettä" in checked
    assert "Tuo 567 riviä" in checked
    assert "Henkilötunnuksen viimeinen merkki" in checked
    assert "every 2s" not in checked
    assert clients(uow) == 0

    answer = coordinator.submit(job, form="confirm")
    assert answer.status_code == 303
    real = answer.headers["Location"]
    queue.work()
    done = coordinator.get(real).get_data(as_text=True)
    assert "Tuotu" in done
    assert clients(uow) == 567


def test_the_page_under_way_answers_a_fragment_to_whoever_polls(coordinator: StrictClient, queue: Queue) -> None:
    job = send(coordinator, REGISTER.read_bytes())
    part = coordinator.get(job, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "<html" not in part
    assert 'id="import-run"' in part
    assert "0 / 600 riviä" in part


def test_the_faults_are_given_as_a_table_that_holds_no_formula(coordinator: StrictClient, queue: Queue) -> None:
    rows = [{**GOOD, "started_on": "=1+1"}, {**GOOD, "score": "11"}]
    job = send(coordinator, register_bytes(rows))
    queue.work()

    answer = coordinator.get(f"{job}/virheet.csv")

    assert answer.mimetype == "text/csv"
    lines = answer.get_data().decode("utf-8-sig").split("\r\n")
    assert lines[0] == "Rivi;Kenttä;Mitä tehdä"
    assert lines[1].startswith("2;Asiakkuus alkoi;")
    assert not any(cell.lstrip('"').startswith(("=", "+", "-", "@")) for line in lines for cell in line.split(";"))


def test_a_cancelled_file_is_gone(coordinator: StrictClient, queue: Queue, uow: UnitOfWork) -> None:
    job = send(coordinator, register_bytes([GOOD]))
    queue.work()

    answer = coordinator.submit(job, form="cancel", follow=True)

    assert "Tiedosto on poistettu" in answer.get_data(as_text=True)
    assert uow.session.execute(text("SELECT count(*) FROM intake_file")).scalar_one() == 0
    assert "Tuo 1 rivi" not in coordinator.get(job).get_data(as_text=True)


@pytest.mark.parametrize(("content", "said"), [(b"", "Tiedosto puuttuu"), (b"PK\x03\x04", "ei ole CSV-tiedosto")])
def test_a_file_that_cannot_be_read_is_told_at_the_field(coordinator: StrictClient, content: bytes, said: str) -> None:
    answer = coordinator.submit("/tuonti", {"file": (io.BytesIO(content), "taulukko.xlsx")}, form="upload")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in page
    assert "<title>Virhe: " in page


def test_with_the_broker_away_the_job_waits_for_the_tick(coordinator: StrictClient, app: Flask, queue: Queue) -> None:
    def away(_task: str, _job_id: str) -> None:
        raise ConnectionError

    app.extensions["polku_queue"] = away
    job = send(coordinator, register_bytes([GOOD]))

    assert queue.work() == 1
    assert "Tuo 1 rivi" in coordinator.get(job).get_data(as_text=True)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.COORDINATOR, 200),
        (Role.SUPERVISOR, 200),
        (Role.OWN_WORKER, 403),
        (Role.ADMIN, 403),
        (Role.PRIVACY_OFFICER, 403),
    ],
)
def test_only_coordinators_and_supervisors_see_the_page(
    client: StrictClient, uow: UnitOfWork, role: Role, status: int
) -> None:
    sign_in_as(client, uow, create_user(uow, roles=(role,)))
    assert client.get("/tuonti").status_code == status


def test_somebody_elses_job_is_not_there(coordinator: StrictClient, uow: UnitOfWork, queue: Queue) -> None:
    job = send(coordinator, register_bytes([GOOD]))
    sign_in_as(coordinator, uow, create_user(uow, roles=(Role.COORDINATOR,)))
    assert coordinator.get(job).status_code == 404
    assert coordinator.get(f"{job}/virheet.csv").status_code == 404
