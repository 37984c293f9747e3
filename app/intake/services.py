"""Bringing a client register in: by the command line from a file, by the page as an upload with a dry run first.

A job is a run over an upload. Its id travels through the queue and everything else lies in the database, so a job that
nobody took, or whose worker died, is taken up by the next tick (ruling 29).
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Final, TypeAlias
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.accounts import queries as accounts
from app.audit import services as audit
from app.core.crypto import Vault
from app.core.db import try_lock
from app.core.errors import Conflict, DomainError, NotFound, Refused
from app.core.ids import new_id
from app.core.texts import N_, Text
from app.core.uow import UnitOfWork, unit_of_work
from app.intake import queries
from app.intake.domain import (
    KEPT_FOR,
    LARGEST_FILE,
    JobState,
    Report,
    failure_to_text,
    report_to_text,
)
from app.intake.models import IntakeFile, IntakeJob
from app.intake.register import UnreadableFile, survey
from app.intake.runs import OnProgress, progress_line, run_import

__all__ = [
    "Units",
    "UnreadableFile",
    "cancel",
    "confirm",
    "forget_files",
    "import_file",
    "progress_line",
    "run_import",
    "run_job",
    "run_waiting",
    "upload",
]

Units: TypeAlias = Callable[[], AbstractContextManager[UnitOfWork]]
FILE: Final = "file"


# ---------------------------------------------------------------- the command line


def import_file(
    sessions: sessionmaker[Session],
    vault: Vault,
    path: Path,
    *,
    dry_run: bool,
    actor: Actor,
    now: datetime,
    on_progress: OnProgress | None = None,
) -> Report:
    """Run the import of a file on disk in a transaction of its own; for the command line. See `run_import`."""
    with path.open("rb") as source, unit_of_work(sessions, vault) as uow:
        return run_import(uow, source, dry_run=dry_run, actor=actor, now=now, on_progress=on_progress)


# ---------------------------------------------------------------- the page


def upload(uow: UnitOfWork, content: bytes, *, actor: Actor, now: datetime) -> UUID:
    """Keep a register sealed, make the dry run of it a job, and return the job's id; queue it once this is permanent.

    An earlier upload of the actor's that was not brought in is dropped. Raises `Refused` at `file` for a file that is
    too large or no register.
    """
    ensure(actor, Permission.REGISTER_IMPORT)
    if len(content) > LARGEST_FILE:
        raise Refused(N_("The file is larger than 10 megabytes. Ask an administrator to bring it in."), FILE)
    try:
        shape = survey(BytesIO(content))
    except UnreadableFile as error:
        raise Refused(error.message, FILE) from error
    _drop_earlier(uow, actor)
    row_id = new_id()
    sealed = uow.vault.seal("intake_file", "content", row_id, content.decode("latin-1"))
    file = IntakeFile(id=row_id, user_id=actor.user_id, content=sealed, size=len(content), uploaded_at=now)
    uow.session.add(file)
    uow.flush()
    job_id = _add_job(uow, file.id, rows_total=shape.lines, is_dry_run=True, actor=actor, now=now)
    _record(uow, "register_uploaded", job_id, actor=actor, now=now, size=len(content))
    return job_id


def _drop_earlier(uow: UnitOfWork, actor: Actor) -> None:
    busy = exists().where(IntakeJob.file_id == IntakeFile.id, IntakeJob.state == JobState.RUNNING)
    mine = select(IntakeFile.id).where(IntakeFile.user_id == actor.user_id, ~busy)
    for file_id in uow.session.scalars(mine).all():
        _drop_file(uow, file_id)


def _drop_file(uow: UnitOfWork, file_id: UUID) -> None:
    """Forget an upload; what waited to be run over it is cancelled."""
    waiting = IntakeJob.file_id == file_id, IntakeJob.state == JobState.WAITING
    uow.session.execute(update(IntakeJob).where(*waiting).values(state=JobState.CANCELLED))
    uow.session.execute(delete(IntakeFile).where(IntakeFile.id == file_id))
    uow.session.expire_all()


def _add_job(uow: UnitOfWork, file_id: UUID, *, rows_total: int, is_dry_run: bool, actor: Actor, now: datetime) -> UUID:
    row = IntakeJob(
        id=new_id(),
        file_id=file_id,
        user_id=actor.user_id,
        is_dry_run=is_dry_run,
        state=JobState.WAITING,
        rows_total=rows_total,
        made_at=now,
    )
    uow.session.add(row)
    uow.flush()
    return row.id


def confirm(uow: UnitOfWork, job_id: UUID, *, actor: Actor, now: datetime) -> UUID:
    """Make the real run after a dry run a job, and return its id; a second confirmation returns the same job.

    Raises NotFound for another's job, Conflict when the dry run has not ended or the file is no longer kept.
    """
    ensure(actor, Permission.REGISTER_IMPORT)
    dry = _own_job(uow, job_id, actor)
    if dry.file_id is None:
        raise Conflict(N_("The file is no longer kept. Upload it again."))
    real = IntakeJob.file_id == dry.file_id, IntakeJob.is_dry_run.is_(False)
    begun = uow.session.scalar(select(IntakeJob.id).where(*real, IntakeJob.state != JobState.FAILED))
    if begun is not None:
        return begun
    if not dry.is_dry_run or dry.state != JobState.DONE:
        raise Conflict(N_("The check has not ended yet. Wait for it and try again."))
    return _add_job(uow, dry.file_id, rows_total=dry.rows_total, is_dry_run=False, actor=actor, now=now)


def cancel(uow: UnitOfWork, job_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Forget the upload of a job and bring nothing in. Raises Conflict while the real run is under way."""
    ensure(actor, Permission.REGISTER_IMPORT)
    job = _own_job(uow, job_id, actor)
    if job.file_id is None:
        return
    running = IntakeJob.file_id == job.file_id, IntakeJob.state == JobState.RUNNING
    if uow.session.scalar(select(IntakeJob.id).where(*running, IntakeJob.is_dry_run.is_(False))):
        raise Conflict(N_("The import is already writing. Wait until it has ended."))
    uow.session.execute(update(IntakeJob).where(*running).values(state=JobState.CANCELLED))
    _drop_file(uow, job.file_id)
    _record(uow, "register_cancelled", job_id, actor=actor, now=now)


def _own_job(uow: UnitOfWork, job_id: UUID, actor: Actor) -> IntakeJob:
    own = IntakeJob.id == job_id, IntakeJob.user_id == actor.user_id
    row = uow.session.scalar(select(IntakeJob).where(*own).with_for_update())
    if row is None:
        raise NotFound
    return row


def forget_files(uow: UnitOfWork, before: datetime) -> int:
    """Delete the uploads made before an instant and return how many; upkeep calls it (24 hours, ruling 29)."""
    old = uow.session.scalars(select(IntakeFile.id).where(IntakeFile.uploaded_at < before)).all()
    for file_id in old:
        _drop_file(uow, file_id)
    return len(old)


# ---------------------------------------------------------------- the worker


def run_job(units: Units, job_id: UUID, *, now: datetime) -> None:
    """Do a job that waits, or that a worker left half done; one that is done, or in other hands, is left alone.

    The run is one transaction, the progress is told in short ones of their own. What fails is told on the job's page.
    """
    try:
        with units() as uow:
            if try_lock(uow.session, f"intake_job {job_id}"):
                _run(units, uow, job_id, now=now)
    except DomainError as error:
        _fail(units, job_id, error.message, now=now)
    except Exception:
        _fail(units, job_id, N_("The import broke off. Nothing was brought in. Try again."), now=now)
        raise


def run_waiting(units: Units, *, now: datetime) -> int:
    """Do every job that waits or was left half done, and return how many were looked at; for the beat."""
    with units() as uow:
        waiting = queries.unfinished_jobs(uow)
    for job_id in waiting:
        run_job(units, job_id, now=now)
    return len(waiting)


def _run(units: Units, uow: UnitOfWork, job_id: UUID, *, now: datetime) -> None:
    job = _begin(units, job_id, now=now)
    if job is None:
        return
    content = queries.content_of(uow, job.file_id, since=now - KEPT_FOR)
    actor = accounts.load_actor(uow, job.user_id, now=now)
    if content is None:
        raise Refused(N_("The file is no longer kept. Upload it again."))
    if actor is None:
        raise Refused(N_("The account that uploaded the file is closed."))

    def tell(done: int, total: int) -> None:
        with units() as short:
            _set(short, job_id, rows_read=done, rows_total=total)

    report = run_import(uow, BytesIO(content), dry_run=job.is_dry_run, actor=actor, now=now, on_progress=tell)
    _end(uow, job, report, now=now)


def _begin(units: Units, job_id: UUID, *, now: datetime) -> IntakeJob | None:
    with units() as uow:
        row = uow.session.scalar(select(IntakeJob).where(IntakeJob.id == job_id).with_for_update())
        if row is None or row.state not in {JobState.WAITING, JobState.RUNNING}:
            return None
        row.state, row.started_at, row.rows_read = JobState.RUNNING, now, 0
        uow.flush()
        uow.session.expunge(row)
        return row


def _end(uow: UnitOfWork, job: IntakeJob, report: Report, *, now: datetime) -> None:
    """Write the report in the run's own transaction; after a real run the file has done its duty."""
    kept = uow.vault.seal("intake_job", "report", job.id, report_to_text(report))
    values = {"imported": report.imported, "faults": len(report.faults), "report": kept}
    _set(uow, job.id, state=JobState.DONE, finished_at=now, rows_read=report.rows, rows_total=report.rows, **values)
    if not job.is_dry_run and job.file_id is not None:
        _drop_file(uow, job.file_id)


def _fail(units: Units, job_id: UUID, message: Text, *, now: datetime) -> None:
    with units() as uow:
        kept = uow.vault.seal("intake_job", "report", job_id, failure_to_text(message))
        _set(uow, job_id, state=JobState.FAILED, finished_at=now, report=kept)


def _set(uow: UnitOfWork, job_id: UUID, **values: object) -> None:
    """Change a job that has not ended; one that was cancelled meanwhile stays cancelled."""
    not_ended = IntakeJob.id == job_id, IntakeJob.state.in_((JobState.WAITING, JobState.RUNNING))
    statement = update(IntakeJob).where(*not_ended).values(values)
    uow.session.execute(statement.execution_options(synchronize_session=False))


def _record(uow: UnitOfWork, action: str, job_id: UUID, *, actor: Actor, now: datetime, **detail: int) -> None:
    audit.record(uow, action, actor=actor, at=now, object_kind="intake_job", object_id=job_id, detail=dict(detail))
