"""The rows that say a job ran: when, for which day, how much it did. The heartbeat that an alarm watches."""

from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from app.access.actor import Actor
from app.audit import services as audit
from app.core.ids import new_id
from app.core.uow import UnitOfWork
from app.reminders.domain import MailState
from app.reminders.models import JobRun, Outbox

ABANDONED: Final = timedelta(minutes=10)
"""No task runs so long; a run that began earlier and has no end was killed."""


def begin_run(uow: UnitOfWork, name: str, *, day: date, now: datetime) -> UUID:
    """Note that a job begins, for a Helsinki day, and return the run's id."""
    run = JobRun(id=new_id(), name=name, for_day=day, started_at=now, counts={})
    uow.session.add(run)
    uow.flush()
    return run.id


def claim_day(uow: UnitOfWork, name: str, *, day: date, now: datetime) -> UUID | None:
    """Begin the one run of a daily job for a day, or return None: it is done, or somebody is at it.

    A run that was killed may be taken over after ten minutes.
    """
    fresh = insert(JobRun).values(id=new_id(), name=name, for_day=day, is_daily=True, started_at=now, counts={})
    claimed = fresh.on_conflict_do_update(
        index_elements=[JobRun.name, JobRun.for_day],
        index_where=text("is_daily"),
        set_={"started_at": now},
        where=JobRun.finished_at.is_(None) & (JobRun.started_at < now - ABANDONED),
    )
    return uow.session.scalar(claimed.returning(JobRun.id))


def note_progress(uow: UnitOfWork, run_id: UUID, counts: dict[str, int]) -> None:
    """Keep what a run has done so far, in the transaction that did it: a killed run leaves its figures."""
    _write_run(uow, run_id, counts=counts)


def end_run(
    uow: UnitOfWork,
    run_id: UUID,
    name: str,
    counts: dict[str, int],
    *,
    actor: Actor,
    now: datetime,
    is_told: bool = True,
) -> None:
    """Note that a job ended, with its figures; `is_told`: also in the trail, with the rules it went by."""
    _write_run(uow, run_id, counts=counts, finished_at=now)
    if is_told:
        audit.record(
            uow, f"{name}_run", actor=actor, at=now, object_kind="job_run", object_id=run_id, detail=dict(counts)
        )


def end_abandoned(uow: UnitOfWork, name: str, *, actor: Actor, now: datetime) -> None:
    """Close the runs of a job that were killed, and tell the trail what they had done until then."""
    for run in _abandoned_runs(uow, name, before=now - ABANDONED):
        run.finished_at = now
        audit.record(
            uow,
            f"{name}_run",
            actor=actor,
            at=now,
            object_kind="job_run",
            object_id=run.id,
            outcome="interrupted",
            detail=dict(run.counts),
        )
    uow.flush()


def forget_runs(uow: UnitOfWork, before: datetime) -> int:
    """Delete the rows of runs that began before an instant and return how many; the trail keeps what they did."""
    old = delete(JobRun).where(JobRun.started_at < before).returning(JobRun.id)
    return len(uow.session.execute(old).all())


def _write_run(uow: UnitOfWork, run_id: UUID, **values: Any) -> None:  # noqa: ANN401 - columns of the run
    written = update(JobRun).where(JobRun.id == run_id).values(**values)
    uow.session.execute(written.execution_options(synchronize_session=False))


def last_finished(uow: UnitOfWork, name: str) -> datetime | None:
    """Return when a job last ran to its end; None when it never did."""
    return uow.session.scalar(
        select(func.max(JobRun.started_at)).where(JobRun.name == name, JobRun.finished_at.is_not(None))
    )


def waiting_mails(uow: UnitOfWork, *, due_before: datetime) -> int:
    """Return how many mails should have been tried before an instant and still wait."""
    late = select(func.count()).where(Outbox.state == MailState.WAITING, Outbox.next_attempt_at < due_before)
    return uow.session.scalar(late) or 0


def _abandoned_runs(uow: UnitOfWork, name: str, *, before: datetime) -> list[JobRun]:
    """Return, locked, the runs of a job that began before an instant and never ended: their process was killed."""
    return list(
        uow.session.scalars(
            select(JobRun)
            .where(JobRun.name == name, JobRun.finished_at.is_(None), JobRun.started_at < before)
            .with_for_update(skip_locked=True)
        )
    )
