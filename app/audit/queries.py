"""Reading the trail. Whoever shows it has checked the right and leaves a trace of the look."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, not_, or_, select, union_all

from app.audit.domain import LOOKS as LOOKED
from app.audit.domain import REFUSED, AuditRow, Deed
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
    """Which rows of the whole log are wanted; None means all of them. A list counts for each client on it."""

    actor_id: UUID | None = None
    client_id: UUID | None = None
    deed: Deed | None = None
    since: datetime | None = None
    until: datetime | None = None


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


def trail(
    uow: UnitOfWork, wanted: TrailFilter, *, limit: int, place: int | None = None, is_back: bool = False
) -> list[AuditRow]:
    """Return the rows of the whole log before `place`, newest first; with `is_back` those after it, oldest first."""
    statement = select(*COLUMNS).where(*_conditions(wanted)).limit(limit)
    if place is not None:
        statement = statement.where(AuditEvent.id > place if is_back else AuditEvent.id < place)
    statement = statement.order_by(AuditEvent.id.asc() if is_back else AuditEvent.id.desc())
    return [_row(row) for row in uow.session.execute(statement)]


def _conditions(wanted: TrailFilter) -> list[ColumnElement[bool]]:
    conditions = [] if wanted.deed is None else [deed_is(wanted.deed)]
    if wanted.actor_id is not None:
        conditions.append(AuditEvent.actor_id == wanted.actor_id)
    if wanted.client_id is not None:
        among = AuditEvent.client_ids.contains([wanted.client_id])
        conditions.append(or_(AuditEvent.client_id == wanted.client_id, among))
    if wanted.since is not None:
        conditions.append(AuditEvent.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(AuditEvent.at < wanted.until)
    return conditions


def deed_is(deed: Deed) -> ColumnElement[bool]:
    """The condition of one kind of row; the SQL twin of `domain.deed_of`."""
    refused = or_(AuditEvent.action == "denied", AuditEvent.outcome == REFUSED)
    return {
        Deed.DENIED: refused,
        Deed.VIEWED: and_(AuditEvent.action.in_(LOOKED), not_(refused)),
        Deed.LISTED: and_(AuditEvent.action == "listed", not_(refused)),
        Deed.CHANGED: and_(AuditEvent.action.not_in((*LOOKED, "listed")), not_(refused)),
    }[deed]


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
