"""A form does its work once, however often it is sent: double click, refresh, a retry after a lost answer."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.errors import Conflict, Refused
from app.core.models import OnceKey
from app.core.texts import N_
from app.core.uow import UnitOfWork

SENT: Final = N_("This form has already been sent. Open the page again to see what was saved.")
# Built once, and run past the session's unit of objects: every form runs both.
_CLAIM: Final = insert(OnceKey).on_conflict_do_nothing(index_elements=[OnceKey.key]).returning(OnceKey.key)
_SETTLE: Final = update(OnceKey).where(OnceKey.key == bindparam("settled")).values(location=bindparam("location"))
_LET_GO: Final = delete(OnceKey).where(OnceKey.key == bindparam("held"))


class SentOtherwise(Conflict):
    """The form was sent before and has been changed since: it is neither done again nor passed off as done."""


def claim(
    uow: UnitOfWork, key: UUID, actor_id: UUID, form: str, now: datetime, *, content: str | None = None
) -> str | None:
    """Return None to the one transaction that may do the form's work, and to any later one where the first led.

    A parallel sending waits here until the first has committed (then it gets the location) or rolled back (then it
    is the first). Raises `Refused` for a key that another actor or another form has used, `SentOtherwise` when the
    `content` (a digest of what was typed) is not the first's, and `Conflict` when the first sending did its work but
    told no location. Call it before the work, in the same transaction.
    """
    sent = f"{form} {content}" if content else form
    values = {"key": key, "actor_id": actor_id, "form": sent, "created_at": now}
    claimed = uow.session.connection().execute(_CLAIM, values).scalar_one_or_none()
    if claimed is not None:
        return None
    # A statement of its own: only a new snapshot sees the row the insert has just waited for.
    first = uow.session.execute(
        select(OnceKey.actor_id, OnceKey.form, OnceKey.location).where(OnceKey.key == key)
    ).one_or_none()
    if first is None or (first.actor_id, first.form.partition(" ")[0]) != (actor_id, form):
        raise Refused(N_("This form was opened for something else. Open the page again, fill the form in and send it."))
    if first.form != sent:
        raise SentOtherwise(
            N_("You have already sent this form, and that was saved. Send it again to save what you have changed too.")
        )
    if first.location is None:
        raise Conflict(SENT)
    return str(first.location)


def hold_open(uow: UnitOfWork, key: UUID, actor_id: UUID, now: datetime) -> None:
    """Keep a form that has not been sent from being sent until the transaction ends; `Conflict` when it was.

    Waits itself while the form is being sent. It leaves no key behind, so the form can be sent afterwards.
    """
    values = {"key": key, "actor_id": actor_id, "form": "", "created_at": now}
    connection = uow.session.connection()
    if connection.execute(_CLAIM, values).scalar_one_or_none() is None:
        raise Conflict(SENT)
    connection.execute(_LET_GO, {"held": key})


def settle(uow: UnitOfWork, key: UUID, location: str) -> None:
    """Keep where the form led, for those who send it again; in the transaction that claimed it."""
    uow.session.connection().execute(_SETTLE, {"settled": key, "location": location})


def forget_before(uow: UnitOfWork, before: datetime) -> int:
    """Delete the keys claimed before an instant and return how many; a form that old is no longer sent again."""
    old = delete(OnceKey).where(OnceKey.created_at < before).returning(OnceKey.key)
    return len(uow.session.execute(old).all())
