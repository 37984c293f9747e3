"""Reading who may open the sealed contact data, and the data itself for those who may."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, or_, select

from app.access.actor import Actor
from app.access.models import Standing
from app.access.predicates import StandingKind
from app.core.uow import UnitOfWork
from app.protection.domain import HandlerView, SealedContactView
from app.protection.models import ProtectedHandler, SealedContact


def handlers_of(uow: UnitOfWork, client_id: UUID) -> list[HandlerView]:
    """Return who may open the sealed contact data today, the longest first."""
    rows = uow.session.scalars(
        select(ProtectedHandler)
        .where(ProtectedHandler.client_id == client_id, ProtectedHandler.valid_to.is_(None))
        .order_by(ProtectedHandler.valid_from, ProtectedHandler.granted_by.is_not(None), ProtectedHandler.id)
    )
    return [HandlerView(row.user_id, row.valid_from, row.granted_by, _reason(uow, row)) for row in rows]


def _reason(uow: UnitOfWork, row: ProtectedHandler) -> str | None:
    return uow.vault.open_optional("protected_handler", "reason", row.id, row.reason)


def is_handler(uow: UnitOfWork, actor: Actor, client_id: UUID) -> bool:
    """Whether the actor is one of the client's named handlers today."""
    named = exists().where(
        ProtectedHandler.client_id == client_id,
        ProtectedHandler.user_id == actor.id,
        ProtectedHandler.valid_to.is_(None),
    )
    return bool(uow.session.scalar(select(named)))


def responsible_of(uow: UnitOfWork, client_id: UUID, *, now: datetime) -> frozenset[UUID]:
    """Return the users who are the responsible worker in some case of the client."""
    found = uow.session.scalars(
        select(Standing.user_id).where(
            Standing.client_id == client_id,
            Standing.kind == StandingKind.RESPONSIBLE,
            Standing.valid_from <= now,
            or_(Standing.valid_to.is_(None), Standing.valid_to > now),
        )
    )
    return frozenset(found)


def is_sealed(uow: UnitOfWork, client_id: UUID) -> bool:
    """Whether contact data of the client are under the seal today; opens nothing."""
    found = exists().where(SealedContact.client_id == client_id, SealedContact.lifted_at.is_(None))
    return bool(uow.session.scalar(select(found)))


def opened_contact(uow: UnitOfWork, client_id: UUID) -> SealedContactView | None:
    """Return the contact data opened, or None when none is sealed. Only for services that have checked the handler."""
    row = uow.session.scalar(
        select(SealedContact).where(SealedContact.client_id == client_id, SealedContact.lifted_at.is_(None))
    )
    if row is None:
        return None

    def opened(column: str) -> str | None:
        return uow.vault.protected.open_optional("sealed_contact", column, row.id, getattr(row, column))

    return SealedContactView(opened("municipality"), opened("address"), opened("phone"), opened("email"))
