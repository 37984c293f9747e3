"""Sealing contact data, naming who may open it, and opening it: each opening is one act in the trail (ruling 1)."""

from dataclasses import astuple
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from app.access import policy, scopes
from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.predicates import Subject
from app.audit import services as audit
from app.core.crypto import Sealer
from app.core.errors import Forbidden, NotFound, Refused
from app.core.ids import new_id
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.protection import queries
from app.protection.domain import REMOVED, SealedContactView
from app.protection.models import ProtectedHandler, SealedContact


def seal_contact(uow: UnitOfWork, client_id: UUID, contact: SealedContactView, *, now: datetime) -> None:
    """Put a person's contact data under the protected key, in the place of what was sealed before."""
    row = uow.session.scalar(select(SealedContact).where(SealedContact.client_id == client_id).with_for_update())
    if row is None:
        row = SealedContact(id=new_id(), client_id=client_id)
        uow.session.add(row)
    _write(uow.vault.protected, row, contact)
    row.changed_at = now
    row.lifted_at = row.lifted_by = row.lifted_because = None
    uow.flush()


def _write(sealer: Sealer, row: SealedContact, contact: SealedContactView) -> None:
    def seal(column: str, text: str | None) -> bytes | None:
        return sealer.seal_optional("sealed_contact", column, row.id, text)

    row.municipality = seal("municipality", contact.municipality_code)
    row.address = seal("address", contact.address)
    row.phone = seal("phone", contact.phone)
    row.email = seal("email", contact.email)


def change_contact(uow: UnitOfWork, client_id: UUID, contact: SealedContactView, *, now: datetime) -> None:
    """Write over what is given and leave the rest sealed as it was; `REMOVED` takes a value away.

    Opens nothing to the one who writes.
    """
    before = queries.opened_contact(uow, client_id) or SealedContactView()
    merged = SealedContactView(
        *(None if new == REMOVED else new or old for new, old in zip(astuple(contact), astuple(before), strict=True))
    )
    if merged != before:
        seal_contact(uow, client_id, merged, now=now)


def lift_protection(uow: UnitOfWork, client_id: UUID, *, reason: str, actor: Actor, now: datetime) -> SealedContactView:
    """End the protection: return the contact data, empty the sealed row, end every handler.

    Only a handler may, for whoever lifts the protection reads what it covered. Raises `Forbidden`, and `Refused`
    without a reason.
    """
    ensure_handler(uow, client_id, actor=actor)
    if not reason.strip():
        raise Refused(N_("Write why the address protection ends."), "reason")
    contact = queries.opened_contact(uow, client_id) or SealedContactView()
    row = uow.session.scalar(select(SealedContact).where(SealedContact.client_id == client_id).with_for_update())
    if row is not None:
        _write(uow.vault.protected, row, SealedContactView())
        row.lifted_at, row.lifted_by = now, actor.id
        row.lifted_because = uow.vault.protected.seal("sealed_contact", "lifted_because", row.id, reason.strip())
        uow.flush()
    uow.session.execute(
        update(ProtectedHandler)
        .where(ProtectedHandler.client_id == client_id, ProtectedHandler.valid_to.is_(None))
        .values(valid_to=now)
    )
    return contact


def ensure_handler(uow: UnitOfWork, client_id: UUID, *, actor: Actor) -> None:
    """Refuse whoever is no named handler of the client's contact data."""
    if not queries.is_handler(uow, actor, client_id):
        raise Forbidden(N_("Only the named handlers may open the contact data. Ask the team lead to be named."))


def reveal_contact(uow: UnitOfWork, client_id: UUID, *, actor: Actor, now: datetime) -> SealedContactView:
    """Open the contact data for a named handler who may see the client; one act in the trail.

    Raises `NotFound` for a client one may not know of or without protection, `Forbidden` for all but the handlers.
    """
    if not scopes.client_is_visible(uow.session, actor, client_id, now) or not queries.is_sealed(uow, client_id):
        raise NotFound
    ensure_handler(uow, client_id, actor=actor)
    contact = queries.opened_contact(uow, client_id) or SealedContactView()
    audit.record(uow, "revealed", actor=actor, at=now, object_kind="sealed_contact", client_id=client_id)
    return contact


def assign_handler_for_worker(
    uow: UnitOfWork, client_id: UUID, user_id: UUID | None, *, actor: Actor, now: datetime
) -> None:
    """Make the responsible worker a handler, and end those whose right came with an assignment that is over.

    Called for a client with protection after the standings have changed; None when the client has lost a worker.
    """
    responsible = queries.responsible_of(uow, client_id, now=now)
    responsible |= {user_id} if user_id else frozenset()
    ended = uow.session.scalars(
        update(ProtectedHandler)
        .where(
            ProtectedHandler.client_id == client_id,
            ProtectedHandler.valid_to.is_(None),
            ProtectedHandler.granted_by.is_(None),
            ProtectedHandler.user_id.not_in(responsible),
        )
        .values(valid_to=now)
        .returning(ProtectedHandler.user_id)
    ).all()
    for gone in ended:
        _record(uow, "handler_ended", client_id, gone, actor=actor, now=now)
    named = {handler.user_id for handler in queries.handlers_of(uow, client_id)}
    for new in sorted(responsible - named):
        _add_handler(uow, client_id, new, granted_by=None, reason=None, actor=actor, now=now)


def name_handler(uow: UnitOfWork, subject: Subject, user_id: UUID, *, reason: str, actor: Actor, now: datetime) -> None:
    """Let a user open the contact data, by the team lead's word and with a reason.

    Raises `Forbidden` for all but the lead of a team of the client's cases, `Refused` without a reason or for a user
    who is a handler already.
    """
    policy.ensure(actor, Permission.HANDLER_NAME, subject)
    client_id = _client_of(subject)
    if not reason.strip():
        raise Refused(N_("Write why the person needs the contact data."), "reason")
    if any(handler.user_id == user_id for handler in queries.handlers_of(uow, client_id)):
        raise Refused(N_("This person is a handler already."), "user")
    _add_handler(uow, client_id, user_id, granted_by=actor.id, reason=reason.strip(), actor=actor, now=now)


def end_handler(uow: UnitOfWork, subject: Subject, user_id: UUID, *, actor: Actor, now: datetime) -> None:
    """End the right a lead gave. The responsible worker's own ends with the assignment and not before."""
    policy.ensure(actor, Permission.HANDLER_NAME, subject)
    client_id = _client_of(subject)
    ended = uow.session.scalar(
        update(ProtectedHandler)
        .where(
            ProtectedHandler.client_id == client_id,
            ProtectedHandler.user_id == user_id,
            ProtectedHandler.valid_to.is_(None),
            ProtectedHandler.granted_by.is_not(None),
        )
        .values(valid_to=now)
        .returning(ProtectedHandler.id)
    )
    if ended is None:
        raise NotFound
    _record(uow, "handler_ended", client_id, user_id, actor=actor, now=now)


def _client_of(subject: Subject) -> UUID:
    if subject.client_id is None:
        raise NotFound
    return subject.client_id


def _add_handler(
    uow: UnitOfWork,
    client_id: UUID,
    user_id: UUID,
    *,
    granted_by: UUID | None,
    reason: str | None,
    actor: Actor,
    now: datetime,
) -> None:
    row_id = new_id()
    row = ProtectedHandler(
        id=row_id,
        client_id=client_id,
        user_id=user_id,
        valid_from=now,
        granted_by=granted_by,
        reason=uow.vault.seal_optional("protected_handler", "reason", row_id, reason),
    )
    uow.session.add(row)
    uow.flush()
    _record(uow, "handler_named", client_id, user_id, actor=actor, now=now)


def _record(uow: UnitOfWork, action: str, client_id: UUID, user_id: UUID, *, actor: Actor, now: datetime) -> None:
    audit.record(uow, action, actor=actor, at=now, object_kind="sealed_contact", object_id=user_id, client_id=client_id)
