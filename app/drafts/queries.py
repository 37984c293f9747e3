"""Reading drafts: each to its author and to nobody else."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Actor
from app.core.uow import UnitOfWork
from app.drafts.domain import DraftView, draft_id, unpack
from app.drafts.models import Draft


def find_draft(uow: UnitOfWork, *, form: str, subject_id: UUID, actor: Actor) -> DraftView | None:
    """Return the actor's own draft of a form about a subject, or None."""
    if actor.id is None:
        return None
    row = uow.session.get(Draft, draft_id(actor.id, form, subject_id), populate_existing=True)
    return None if row is None else _view_of(uow, row)


def drafts_of(uow: UnitOfWork, actor: Actor, subject_ids: Collection[UUID]) -> list[DraftView]:
    """Return the actor's own drafts about the subjects, the newest first."""
    if actor.id is None or not subject_ids:
        return []
    rows = uow.session.scalars(
        select(Draft)
        .where(Draft.user_id == actor.id, Draft.subject_id.in_(subject_ids))
        .order_by(Draft.saved_at.desc(), Draft.id)
        .execution_options(populate_existing=True)
    )
    return [_view_of(uow, row) for row in rows]


def _view_of(uow: UnitOfWork, row: Draft) -> DraftView:
    values = unpack(uow.vault.open("draft", "body", row.id, row.body))
    return DraftView(row.form, row.subject_id, row.base_version, values, row.saved_at)
