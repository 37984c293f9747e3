"""Writing the trail, in the transaction of the act (architecture 2.8)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import insert

from app.access.actor import Actor
from app.audit.models import AuditEvent
from app.core.uow import UnitOfWork


class CaseLike(Protocol):
    """What the trail asks of a case: which it is, and whose."""

    @property
    def id(self) -> UUID:
        """Return the id of the case."""

    @property
    def client_id(self) -> UUID:
        """Return the id of its client."""


_INSERT: Final = insert(AuditEvent).inline()  # nobody asks for the number of the row


def record(
    uow: UnitOfWork,
    action: str,
    *,
    actor: Actor,
    at: datetime,
    object_kind: str,
    object_id: UUID | None = None,
    client_id: UUID | None = None,
    case_id: UUID | None = None,
    client_ids: Sequence[UUID] | None = None,
    purpose: str = "",
    outcome: str = "ok",
    detail: dict[str, Any] | None = None,
) -> None:
    """Add one row to the trail now, so that an act and its trace succeed or fail together.

    `detail` holds codes, ids, dates and counts only: no name, no identity code, no free text.
    """
    # Past the session's unit of objects, whose bookkeeping costs more than the row: every page writes one.
    uow.session.connection().execute(
        _INSERT,
        {
            "at": at,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "actor_name": actor.username or actor.name,
            "action": action,
            "object_kind": object_kind,
            "object_id": object_id,
            "client_id": client_id,
            "case_id": case_id,
            "client_ids": list(client_ids) if client_ids is not None else None,
            "purpose": purpose,
            "outcome": outcome,
            "detail": detail or {},
            "request_id": actor.request_id,
            "session_id": actor.session_id,
            "address": actor.address,
        },
    )


def record_in_case(
    uow: UnitOfWork,
    action: str,
    case: CaseLike,
    object_kind: str,
    object_id: UUID | None,
    *,
    actor: Actor,
    at: datetime,
    purpose: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add an act on a case, or on something of it, to the trail of its client; days in `detail` become ISO 8601."""
    record(
        uow,
        action,
        actor=actor,
        at=at,
        object_kind=object_kind,
        object_id=object_id,
        client_id=case.client_id,
        case_id=case.id,
        purpose=purpose,
        detail={key: value.isoformat() if isinstance(value, date) else value for key, value in (detail or {}).items()},
    )


def record_viewed(
    uow: UnitOfWork, *, actor: Actor, at: datetime, client_id: UUID, case_id: UUID | None, purpose: str, page: str
) -> None:
    """One page of one client was shown to the actor."""
    record(uow, "viewed", actor=actor, at=at, object_kind=page, client_id=client_id, case_id=case_id, purpose=purpose)


def record_listed(
    uow: UnitOfWork, *, actor: Actor, at: datetime, client_ids: Sequence[UUID], purpose: str, page: str
) -> None:
    """A list showed names; one row for the list, with the clients on it (ruling 20); an empty list leaves none."""
    if client_ids:
        record(uow, "listed", actor=actor, at=at, object_kind=page, client_ids=client_ids, purpose=purpose)
