"""Keeping what somebody is typing, and letting it go (ruling 25). Drafts are not records: they leave no audit rows."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from app.access.actor import Actor
from app.core import once
from app.core.uow import UnitOfWork
from app.drafts.domain import KEPT_FOR, Values, check_form_name, draft_id, pack
from app.drafts.models import Draft


def save_draft(
    uow: UnitOfWork,
    *,
    form: str,
    subject_id: UUID,
    base_version: int | None,
    fields: Values,
    actor: Actor,
    now: datetime,
    once_key: UUID | None = None,
) -> None:
    """Keep the fields of a form about a subject, sealed and for the actor alone, in the place of what was kept before.

    With the form's `once_key` nothing is kept of a form that has been sent, but `Conflict` raised: what the script
    saved last may arrive after the form itself, and would offer a saved entry to be written again. Who may see the
    subject is asked by the page that shows the form; a draft reaches nobody but its author.
    """
    if once_key is not None:
        once.hold_open(uow, once_key, actor.user_id, now)
    row_id = draft_id(actor.user_id, check_form_name(form), subject_id)
    body = uow.vault.seal("draft", "body", row_id, pack(fields))
    written = {"base_version": base_version or 0, "body": body, "saved_at": now}
    uow.session.execute(
        insert(Draft)
        .values(id=row_id, user_id=actor.user_id, form=form, subject_id=subject_id, **written)
        .on_conflict_do_update(index_elements=[Draft.id], set_=written)
    )


def drop_draft(uow: UnitOfWork, *, form: str, subject_id: UUID, actor: Actor) -> None:
    """Delete the actor's draft, in the transaction that saves the form; nothing to delete is no error."""
    if actor.id is not None:
        uow.session.execute(delete(Draft).where(Draft.id == draft_id(actor.id, form, subject_id)))


def expire_drafts(uow: UnitOfWork, *, now: datetime) -> int:
    """Delete the drafts saved more than 30 days ago and return how many; upkeep calls it."""
    gone = uow.session.scalars(delete(Draft).where(Draft.saved_at < now - KEPT_FOR).returning(Draft.id))
    return len(gone.all())
