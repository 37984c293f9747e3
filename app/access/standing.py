"""Granting and ending standing; called by the feature that knows why, in its transaction."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from app.access.models import Standing
from app.access.predicates import StandingKind
from app.core.ids import new_id
from app.core.uow import UnitOfWork


def grant(
    uow: UnitOfWork,
    *,
    user_id: UUID,
    client_id: UUID,
    case_id: UUID | None,
    kind: StandingKind,
    now: datetime,
    basis_id: UUID | None = None,
) -> None:
    """Let the user stand beside the client from now on; an open standing of the same kind is left as it is."""
    already = uow.session.scalar(
        select(Standing.id).where(
            Standing.user_id == user_id,
            Standing.client_id == client_id,
            Standing.case_id.is_not_distinct_from(case_id),
            Standing.kind == kind,
            Standing.valid_to.is_(None),
        )
    )
    if already is None:
        uow.session.add(
            Standing(
                id=new_id(),
                user_id=user_id,
                client_id=client_id,
                case_id=case_id,
                kind=kind,
                basis_id=basis_id,
                valid_from=now,
                valid_to=None,
            )
        )
        uow.flush()


def end(uow: UnitOfWork, *, case_id: UUID, kind: StandingKind, now: datetime, user_id: UUID | None = None) -> None:
    """End the case's open standings of this kind, of one user or of all; rights end with them at once."""
    statement = update(Standing).where(Standing.case_id == case_id, Standing.kind == kind, Standing.valid_to.is_(None))
    if user_id is not None:
        statement = statement.where(Standing.user_id == user_id)
    uow.session.execute(statement.values(valid_to=now))


def end_for_client(uow: UnitOfWork, *, client_id: UUID, kind: StandingKind, now: datetime) -> None:
    """End the client-wide standings of this kind (those that name no case)."""
    uow.session.execute(
        update(Standing)
        .where(
            Standing.client_id == client_id,
            Standing.case_id.is_(None),
            Standing.kind == kind,
            Standing.valid_to.is_(None),
        )
        .values(valid_to=now)
    )
