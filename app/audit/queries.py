"""Reading the trail. Whoever shows it has checked the right and leaves a trace of the look."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, func, select, union_all

from app.audit.domain import AuditRow
from app.audit.models import AuditEvent
from app.core.uow import UnitOfWork

COLUMNS: Final = (
    AuditEvent.id,
    AuditEvent.at,
    AuditEvent.actor_kind,
    AuditEvent.actor_id,
    AuditEvent.actor_name,
    AuditEvent.action,
    AuditEvent.object_kind,
    AuditEvent.object_id,
    AuditEvent.client_id,
    AuditEvent.case_id,
    AuditEvent.purpose,
    AuditEvent.outcome,
    AuditEvent.detail,
)
LOOKS: Final = ("viewed", "listed")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailFilter:
    """Which rows of the whole log are wanted; None means all of them."""

    actor_id: UUID | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    looks_only: bool = False


def of_client(
    uow: UnitOfWork, client_id: UUID, *, limit: int, before: int | None = None, wanted: str | None = None
) -> list[AuditRow]:
    """Return what was done to a client's record and who saw it, newest first, rows older than `before`.

    A list that showed the client among others counts with `is_listed`. `wanted` is viewed, listed or acts; None is
    all. Each half reads its own index, so the number of rows in the trail does not matter.
    """
    halves: list[Select[*tuple[Any, ...]]] = []
    if wanted != "listed":
        halves.append(_newest(AuditEvent.client_id == client_id, limit, before, wanted))
    if wanted in {None, "listed"}:
        halves.append(_newest(AuditEvent.client_ids.contains([client_id]), limit, before, None))
    found = union_all(*(select(half.subquery()) for half in halves)).subquery()
    rows = uow.session.execute(select(found).order_by(found.c.id.desc()).limit(limit))
    return [_row(row) for row in rows]


def _newest(condition: Any, limit: int, before: int | None, wanted: str | None) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 - an SQL condition
    statement = select(*COLUMNS).where(condition).order_by(AuditEvent.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(AuditEvent.id < before)
    if wanted == "viewed":
        statement = statement.where(AuditEvent.action == "viewed")
    elif wanted == "acts":
        statement = statement.where(AuditEvent.action.not_in(LOOKS))
    return statement


def trail(uow: UnitOfWork, wanted: TrailFilter, *, limit: int, before: int | None = None) -> list[AuditRow]:
    """Return the rows of the whole log, newest first, older than `before`."""
    statement = select(*COLUMNS).order_by(AuditEvent.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(AuditEvent.id < before)
    if wanted.actor_id is not None:
        statement = statement.where(AuditEvent.actor_id == wanted.actor_id)
    if wanted.action is not None:
        statement = statement.where(AuditEvent.action == wanted.action)
    if wanted.looks_only:
        statement = statement.where(AuditEvent.action.in_(LOOKS))
    if wanted.since is not None:
        statement = statement.where(AuditEvent.at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(AuditEvent.at < wanted.until)
    return [_row(row) for row in uow.session.execute(statement)]


def listed_clients(uow: UnitOfWork, event_ids: Collection[int]) -> dict[int, int]:
    """Return how many clients each list of the log showed."""
    rows = uow.session.execute(
        select(AuditEvent.id, func.cardinality(AuditEvent.client_ids)).where(
            AuditEvent.id.in_(event_ids), AuditEvent.client_ids.is_not(None)
        )
    )
    return {row[0]: row[1] for row in rows}


def _row(row: Row[Any]) -> AuditRow:
    return AuditRow(
        id=row.id,
        at=row.at,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        action=row.action,
        object_kind=row.object_kind,
        object_id=row.object_id,
        client_id=row.client_id,
        case_id=row.case_id,
        purpose=row.purpose,
        outcome=row.outcome,
        is_listed=row.action == "listed",
        detail=row.detail,
    )
