"""One run over a client register: every fault told, the good rows in one transaction or not at all (ruling 28)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import BinaryIO, Final, TypeAlias, TypeVar
from uuid import UUID

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.accounts import queries as accounts
from app.audit import services as audit
from app.core.clock import local_date
from app.core.db import RowsClash, try_lock
from app.core.errors import Conflict
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.intake import queries
from app.intake.bulk import RegisterBatch
from app.intake.checks import check_row
from app.intake.domain import (
    EXCEPTION,
    Fault,
    RegisterRow,
    Report,
    Seen,
    Worker,
    known_fault,
    new_client,
)
from app.intake.entries import NewAssignment
from app.intake.register import RawRow, Shape, read_rows, survey

ROWS_AT_ONCE: Final = 2_000
OnProgress: TypeAlias = Callable[[int, int], None]
T = TypeVar("T")


def run_import(
    uow: UnitOfWork,
    source: BinaryIO,
    *,
    dry_run: bool,
    actor: Actor,
    now: datetime,
    on_progress: OnProgress | None = None,
) -> Report:
    """Read a register and bring its good rows in, or with `dry_run` only tell what that would do; the caller commits.

    A row with a fault stays out, whatever else it says. A person who is known with the same data is passed over, with
    other data is a fault: nobody's data is overwritten, and a second run brings in nobody. `on_progress` is told the
    rows read and the rows there are. Raises `UnreadableFile` for a file that is no register, Conflict when another
    import is writing.
    """
    ensure(actor, Permission.REGISTER_IMPORT)
    shape = survey(source)
    if not dry_run and not try_lock(uow.session, "intake"):
        raise Conflict(N_("Another import is running. Try again when it has ended."))
    run = _Run(uow, shape, dry_run=dry_run, actor=actor, now=now)
    try:
        for chunk in _chunks(read_rows(source, shape), ROWS_AT_ONCE):
            run.take(chunk)
            if on_progress:
                on_progress(run.rows, max(shape.lines, run.rows))
        return run.finish()
    except RowsClash as error:
        raise Conflict(
            N_("Somebody registered a person of this file in the meantime. Start the import again.")
        ) from error


def progress_line(done: int, total: int, *, width: int = 30) -> str:
    """Return the progress as one line for a terminal: a bar, the rows and the per cent."""
    share = min(done / total, 1.0) if total else 1.0
    full = int(share * width)
    return f"[{'#' * full}{'.' * (width - full)}] {done}/{total} {share:4.0%}"


class _Run:
    """One walk through one file."""

    def __init__(self, uow: UnitOfWork, shape: Shape, *, dry_run: bool, actor: Actor, now: datetime) -> None:
        self.uow, self.shape, self.actor, self.now = uow, shape, actor, now
        self.today = local_date(now)
        self.lists = queries.lists_of(uow, now)
        self.seen = Seen()
        self.batch = None if dry_run else RegisterBatch(uow, actor=actor, now=now, source="import")
        self.teams: dict[UUID, UUID | None] = {}
        self.faults: list[Fault] = []
        self.rows = self.imported = self.known = 0

    def take(self, chunk: list[RawRow]) -> None:
        """Check a chunk of rows and bring the good new ones in."""
        good = [row for row in map(self._check, chunk) if row]
        people = queries.People(self.uow, good)
        for row in good:
            person = people.find(row)
            if person is None:
                self._bring_in(row)
            elif person.says(row):
                self.known += 1
            else:
                self.faults.append(known_fault(row))
        self.rows += len(chunk)

    def _check(self, raw: RawRow) -> RegisterRow | None:
        row, faults = check_row(raw, self.lists, self.today)
        twin = self.seen.twin_fault(raw, row)
        self.faults += [twin, *faults] if twin else faults
        return None if twin else row

    def _bring_in(self, row: RegisterRow) -> None:
        self.imported += 1
        if self.batch is not None:
            line = _assignment(row, row.worker, self.now) if row.worker else None
            team_id = self._team_of(row.worker) if row.worker else None
            self.batch.add(new_client(row, team_id=team_id, assignment=line))

    def _team_of(self, worker: Worker) -> UUID | None:
        if worker.id not in self.teams:
            self.teams[worker.id] = accounts.primary_team_of(self.uow, worker.id, self.now)
        return self.teams[worker.id]

    def finish(self) -> Report:
        """Write the rest and leave the run in the trail; a dry run leaves nothing."""
        report = Report(
            rows=self.rows,
            imported=self.imported,
            known=self.known,
            faults=tuple(sorted(self.faults, key=lambda fault: fault.row)),
            unknown_columns=self.shape.unknown_columns,
            encoding=self.shape.encoding_name,
            delimiter=self.shape.delimiter,
            is_dry_run=self.batch is None,
        )
        if self.batch is not None:
            self.batch.finish()
            detail = {"rows": report.rows, "imported": report.imported, "known": report.known}
            detail["faulty_rows"] = report.faulty_rows
            audit.record(
                self.uow, "register_imported", actor=self.actor, at=self.now, object_kind="register", detail=detail
            )
        return report


def _assignment(row: RegisterRow, worker: Worker, now: datetime) -> NewAssignment:
    """The worker answers from the import on; a profession the pathway does not name is kept with its reason."""
    exception = None if row.model.allows(worker.professions, row.stage) else EXCEPTION
    return NewAssignment(user_id=worker.id, since=now, profession_exception=exception)


def _chunks(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk
