"""Uploads and jobs: sealed, dry first, safe to run twice, taken up when nobody did them, gone when done."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from app.access.actor import Actor, Role
from app.core.crypto import Vault
from app.core.db import try_lock
from app.core.errors import Conflict, NotFound, Refused
from app.core.uow import UnitOfWork, unit_of_work
from app.intake import queries, services
from app.intake.domain import JobState, JobView, report_from_text, report_to_text
from tests.factories.accounts import actor_of, create_user
from tests.factories.intake import GOOD, REGISTER, create_workers, register_bytes


@pytest.fixture
def units(sessions: sessionmaker[Session], vault: Vault) -> services.Units:
    """A maker of units of work, as the worker has one."""

    @contextmanager
    def unit() -> Iterator[UnitOfWork]:
        with unit_of_work(sessions, vault) as made:
            yield made

    return unit


@pytest.fixture
def coordinator(uow: UnitOfWork) -> Actor:
    """A coordinator, with the workers of the register."""
    create_workers(uow)
    found = actor_of(uow, create_user(uow, roles=(Role.COORDINATOR,)))
    uow.commit()
    return found


def put(uow: UnitOfWork, actor: Actor, now: datetime, content: bytes | None = None) -> UUID:
    """Upload a register, the one of the tests unless another is given."""
    job_id = services.upload(uow, REGISTER.read_bytes() if content is None else content, actor=actor, now=now)
    uow.commit()
    return job_id


def look(uow: UnitOfWork, actor: Actor, job_id: UUID) -> JobView:
    """The job as its page shows it."""
    uow.session.expire_all()
    return queries.get_job_for(uow, actor, job_id)


def count(uow: UnitOfWork, table: str) -> int:
    """The rows of a table."""
    return int(uow.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608 - fixed names


def test_an_upload_is_checked_then_brought_in_and_then_gone(
    uow: UnitOfWork, units: services.Units, coordinator: Actor, now: datetime
) -> None:
    dry = put(uow, coordinator, now)
    assert look(uow, coordinator, dry).state is JobState.WAITING

    services.run_job(units, dry, now=now)

    checked = look(uow, coordinator, dry)
    assert (checked.state, checked.imported, checked.faults, checked.can_be_run) == (JobState.DONE, 567, 33, True)
    assert count(uow, "client") == 0

    real = services.confirm(uow, dry, actor=coordinator, now=now)
    uow.commit()
    services.run_job(units, real, now=now)

    done = look(uow, coordinator, real)
    assert (done.state, done.imported, done.has_file) == (JobState.DONE, 567, False)
    assert (count(uow, "client"), count(uow, "intake_file")) == (567, 0)
    assert not look(uow, coordinator, dry).can_be_run


def test_a_job_that_is_done_is_not_done_again(
    uow: UnitOfWork, units: services.Units, coordinator: Actor, now: datetime
) -> None:
    dry = put(uow, coordinator, now)
    services.run_job(units, dry, now=now)
    real = services.confirm(uow, dry, actor=coordinator, now=now)
    uow.commit()
    for _ in range(2):
        services.run_job(units, real, now=now)

    told = "SELECT count(*) FROM audit_event WHERE action = 'register_imported'"
    assert uow.session.execute(text(told)).scalar_one() == 1


def test_two_confirmations_make_one_run(
    uow: UnitOfWork, units: services.Units, coordinator: Actor, now: datetime
) -> None:
    dry = put(uow, coordinator, now)
    services.run_job(units, dry, now=now)

    runs = {services.confirm(uow, dry, actor=coordinator, now=now) for _ in range(2)}

    assert len(runs) == 1


def test_what_waits_and_what_a_dead_worker_left_is_taken_up(
    uow: UnitOfWork, units: services.Units, coordinator: Actor, now: datetime
) -> None:
    dry = put(uow, coordinator, now)
    uow.session.execute(text("UPDATE intake_job SET state = 'running', rows_read = 400"))
    uow.commit()

    assert services.run_waiting(units, now=now) == 1

    assert look(uow, coordinator, dry).state is JobState.DONE
    assert services.run_waiting(units, now=now) == 0


def test_a_job_in_other_hands_is_left_alone(
    uow: UnitOfWork, units: services.Units, coordinator: Actor, engine: Engine, now: datetime
) -> None:
    dry = put(uow, coordinator, now)
    with Session(engine) as other:
        assert try_lock(other, f"intake_job {dry}")
        services.run_job(units, dry, now=now)
        assert look(uow, coordinator, dry).state is JobState.WAITING

    services.run_job(units, dry, now=now)

    assert look(uow, coordinator, dry).state is JobState.DONE


def test_a_run_that_fails_says_so_and_leaves_nothing(
    uow: UnitOfWork, units: services.Units, coordinator: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    dry = put(uow, coordinator, now)
    services.run_job(units, dry, now=now)
    real = services.confirm(uow, dry, actor=coordinator, now=now)
    uow.commit()

    def broken(*_args: object, **_keywords: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("app.intake.bulk.reminders.pass_overdue", broken)
    with pytest.raises(ConnectionError):
        services.run_job(units, real, now=now)

    failed = look(uow, coordinator, real)
    assert failed.state is JobState.FAILED
    assert "broke off" in str(failed.failure)
    assert count(uow, "client") == 0
    assert services.confirm(uow, dry, actor=coordinator, now=now) != real


def test_a_cancelled_upload_is_gone_and_never_brought_in(
    uow: UnitOfWork, units: services.Units, coordinator: Actor, now: datetime
) -> None:
    dry = put(uow, coordinator, now)
    services.cancel(uow, dry, actor=coordinator, now=now)
    uow.commit()

    services.run_job(units, dry, now=now)

    assert look(uow, coordinator, dry).state is JobState.CANCELLED
    assert count(uow, "intake_file") == 0
    with pytest.raises(Conflict):
        services.confirm(uow, dry, actor=coordinator, now=now)


def test_a_new_upload_takes_the_place_of_an_earlier_one(uow: UnitOfWork, coordinator: Actor, now: datetime) -> None:
    earlier = put(uow, coordinator, now)
    put(uow, coordinator, now)

    assert count(uow, "intake_file") == 1
    assert look(uow, coordinator, earlier).state is JobState.CANCELLED


def test_after_a_day_the_file_is_gone_and_the_run_says_so(
    uow: UnitOfWork, units: services.Units, coordinator: Actor, now: datetime
) -> None:
    dry = put(uow, coordinator, now)
    later = now + timedelta(hours=24, minutes=1)

    services.run_job(units, dry, now=later)

    assert "no longer kept" in str(look(uow, coordinator, dry).failure)
    assert services.forget_files(uow, later - timedelta(hours=24)) == 1
    assert count(uow, "intake_file") == 0


def test_the_upload_and_the_report_are_sealed(
    uow: UnitOfWork, units: services.Units, coordinator: Actor, now: datetime
) -> None:
    dry = put(uow, coordinator, now, register_bytes([{**GOOD, "score": "99"}]))
    services.run_job(units, dry, now=now)

    content = bytes(uow.session.execute(text("SELECT content FROM intake_file")).scalar_one())
    report = bytes(uow.session.execute(text("SELECT report FROM intake_job")).scalar_one())
    assert b"Aino" not in content
    assert "Työkykypistemäärä".encode() not in report


def test_a_file_that_is_no_register_is_refused_at_the_field(uow: UnitOfWork, coordinator: Actor, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        services.upload(uow, b"PK\x03\x04", actor=coordinator, now=now)
    assert refused.value.reasons[0].field == "file"
    assert count(uow, "intake_job") == 0


def test_another_user_does_not_learn_of_the_job(uow: UnitOfWork, coordinator: Actor, now: datetime) -> None:
    dry = put(uow, coordinator, now)
    other = actor_of(uow, create_user(uow, roles=(Role.COORDINATOR,)))
    for act in (services.confirm, services.cancel):
        with pytest.raises(NotFound):
            act(uow, dry, actor=other, now=now)
    with pytest.raises(NotFound):
        queries.get_job_for(uow, other, dry)


def test_a_report_is_read_back_as_it_was_written_down(uow: UnitOfWork, now: datetime) -> None:
    create_workers(uow)
    actor = actor_of(uow, create_user(uow, roles=(Role.COORDINATOR,)))
    content = io.BytesIO(REGISTER.read_bytes())
    report = services.run_import(uow, content, dry_run=True, actor=actor, now=now)

    assert report_from_text(report_to_text(report)) == report
