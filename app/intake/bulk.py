"""Writing many clients at once: rows in batches, by COPY, in the transaction of the unit of work.

For import, demo and bench. It writes what the features' services write one by one, tokens, standing, the responsible
line, duties and the trail included, some hundred times faster. Whoever calls it has checked what comes in.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.access.actor import Actor
from app.core.db import copy_rows, let_statements_last, without_nested_loops
from app.core.uow import UnitOfWork
from app.intake.entries import (
    NewAction,
    NewAssignment,
    NewCase,
    NewClient,
    NewConsent,
    NewConsentItem,
    NewGoal,
    NewMeasure,
    NewMember,
    NewNote,
    NewPlan,
    NewPromise,
    NewRecorded,
    NewReview,
    NewVisit,
)
from app.intake.rows import add_client
from app.intake.tables import COLUMNS, Tables
from app.reminders import services as reminders

__all__ = [
    "NewAction",
    "NewAssignment",
    "NewCase",
    "NewClient",
    "NewConsent",
    "NewConsentItem",
    "NewGoal",
    "NewMeasure",
    "NewMember",
    "NewNote",
    "NewPlan",
    "NewPromise",
    "NewRecorded",
    "NewReview",
    "NewVisit",
    "RegisterBatch",
]

CLIENTS_AT_ONCE: Final = 2_000
"""Clients between two COPYs of each table: enough to make a COPY worth it, little enough for any memory."""


class RegisterBatch:
    """Takes clients one by one and writes them in batches; `finish` writes the rest. It never commits.

    `source` is kept in the rows (import, demo, bench); `is_backdated` records what happened as of its day, not now.
    """

    def __init__(
        self,
        uow: UnitOfWork,
        *,
        actor: Actor,
        now: datetime,
        source: str,
        is_backdated: bool = False,
        size: int = CLIENTS_AT_ONCE,
    ) -> None:
        """Lift the limit on the time of a statement for this transaction: a batch may wait for slow disks."""
        self._uow, self._actor, self._now = uow, actor, now
        self._tables = Tables(uow.vault, actor=actor, now=now, source=source, is_backdated=is_backdated)
        self._size = size
        self._waiting = 0
        self.counts: dict[str, int] = dict.fromkeys(COLUMNS, 0)
        """Rows written by table."""
        uow.flush()
        let_statements_last(uow.session)

    def add(self, client: NewClient) -> UUID:
        """Take a client with the cases and return the id; every `size` clients the rows are written."""
        add_client(self._tables, client)
        self._waiting += 1
        if self._waiting >= self._size:
            self.write()
        return client.id

    def write(self) -> None:
        """Write what has been taken so far, so that queries of this transaction see it."""
        self._waiting = 0
        for table, rows in self._tables.take().items():
            if rows:
                copy_rows(self._uow.session, table, COLUMNS[table], rows)
                self.counts[table] += len(rows)

    def finish(self, *, passes_overdue: bool = True) -> dict[str, int]:
        """Write the rest, enter what is already late as gone by (ruling 19), and return the rows by table."""
        self.write()
        late = self._tables.overdue
        if late and passes_overdue:
            with without_nested_loops(self._uow.session):
                reminders.pass_overdue(self._uow, case_ids=late, actor=self._actor, now=self._now)
        self._tables.overdue = set()
        return self.counts
