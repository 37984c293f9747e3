"""Row 2: whatever moment a worker is killed at, everybody is reminded once."""

import time
from collections.abc import Callable
from datetime import date, datetime

import pytest

from app.reminders.services import RANGE
from config.embedded.process import Process
from tests.factories.reminders import create_due_duties
from tests.faults.jobs import CLOCK, PRODUCT, WITHOUT_CONFLICT_CLAUSE, JobGround

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

Grounds = Callable[[], JobGround]
IN_ELEVEN_DAYS = date(2026, 12, 5)
BOUND = 60.0
"""Seconds from the last restart until everything is done; kombu's own redelivery would take an hour."""


def fill(ground: JobGround, *, duties: int, workers: int, mailed: int) -> int:
    """Lay plans whose review is due in eleven days, so that one offset is reached; the number of mails they ask for."""
    with ground.units() as uow:
        create_due_duties(
            uow,
            duties=duties,
            workers=workers,
            mailed=mailed,
            due_on=IN_ELEVEN_DAYS,
            at=datetime.fromisoformat(CLOCK),
        )
    return duties // workers * mailed


def kill_after_ranges(ground: JobGround, ranges: int, *, app: str = PRODUCT, processes: int = 2) -> None:
    """Start a worker and kill it, children and all, in the middle of the range that follows."""
    worker = ground.worker(app=app, processes=processes)
    entered = "SELECT count(*) FROM notice"
    ground.wait(30, lambda: ground.one(entered) >= ranges * RANGE, f"{ranges} ranges")
    time.sleep(0.1)
    ground.kill(worker)


def finish(ground: JobGround, worker: Process, *, reminders: int, mails: int) -> float:
    seconds = ground.wait(BOUND, lambda: ground.is_done(reminders=reminders, mails=mails), "everything done")
    ground.kill(worker)
    return seconds


def test_ten_thousand_plans_are_reminded_of_once_though_the_worker_is_killed_again_and_again(
    make_ground: Grounds,
) -> None:
    ground = make_ground()
    mails = fill(ground, duties=10_000, workers=250, mailed=25)
    ground.brake(0.2)
    ground.beat()
    for ranges in (1, 2, 3):
        kill_after_ranges(ground, ranges)
        assert ground.one("SELECT count(*) FROM notice") < 10_000, "the kill came too late to prove anything"
    worker = ground.worker()
    ground.wait(BOUND, lambda: ground.one("SELECT count(*) FROM notice") >= 10_000, "all entered")
    ground.release()
    ground.wait(BOUND, lambda: ground.mail.accepted.total() >= 0.8 * mails, "most mails sent")
    ground.kill(worker)
    assert ground.one("SELECT count(*) FROM outbox WHERE state = 'waiting'") > 0, "the kill came after the last mail"
    seconds = finish(ground, ground.worker(), reminders=10_000, mails=mails)
    copies = ground.mail.accepted.total() - mails
    print(f"10,000 reminders, {mails} mails, 4 kills, {copies} further copies; done {seconds:.1f} s after the restart")
    assert ground.faults(reminders=10_000, mails=mails, kills=4) == []


def test_the_check_finds_doubles_once_the_ledgers_key_is_gone(make_ground: Grounds) -> None:
    ground = make_ground()
    mails = fill(ground, duties=4_000, workers=50, mailed=5)
    ground.as_owner("DROP INDEX uq_reminder_entry")
    ground.brake(0.2)
    ground.beat()
    kill_after_ranges(ground, 1, processes=1)
    ground.release()
    finish(ground, ground.worker(processes=1), reminders=4_000, mails=mails)
    assert any("ledger rows" in fault for fault in ground.faults(reminders=4_000, mails=mails, kills=2))


def test_the_check_finds_what_is_missing_once_the_conflict_clause_is_gone(make_ground: Grounds) -> None:
    ground = make_ground()
    mails = fill(ground, duties=4_000, workers=50, mailed=5)
    ground.brake(0.2)
    ground.beat()
    kill_after_ranges(ground, 1, app=WITHOUT_CONFLICT_CLAUSE, processes=1)
    ground.release()
    worker = ground.worker(app=WITHOUT_CONFLICT_CLAUSE, processes=1)
    before = ground.one("SELECT count(*) FROM job_run")
    ground.wait(30, lambda: ground.one("SELECT count(*) FROM job_run") >= before + 2, "two more sweeps")
    ground.kill(worker)
    assert any("notices" in fault for fault in ground.faults(reminders=4_000, mails=mails, kills=2))
