"""Acts on the person register: each checks everything, changes, and leaves its mark in the trail."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Uuid, delete, func, insert, literal, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from app.access import policy, standing
from app.access.actor import Actor, Role
from app.access.permissions import Permission
from app.access.predicates import StandingKind
from app.audit import services as audit
from app.audit.domain import Purpose
from app.clients import queries
from app.clients.domain import (
    NIL_TEAM,
    ClientDetails,
    ClientListFilter,
    ClientName,
    ClientView,
    CodeAnswer,
    Twins,
    check_details,
    match_text,
    name_prefixes,
)
from app.clients.models import Client, ClientToken
from app.core import limits
from app.core.clock import local_date
from app.core.crypto import Vault
from app.core.errors import Conflict, NotFound, Refused, TooMany
from app.core.ids import new_id
from app.core.paging import Page
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.protection import services as protection
from app.protection.domain import SealedContactView

HOUR: Final = 3600
VIEWS_SOFT: Final = 60
VIEWS_HARD: Final = 300

# Features above know one register of persons; that the seal is a package of its own is not their business.
assign_handler_for_worker = protection.assign_handler_for_worker
reveal_contact = protection.reveal_contact


class LikelyTwin(Refused):
    """Somebody like this is in the register already; `twins` tells what the registrar may know of them."""

    def __init__(self, twins: Twins) -> None:
        """Say it at the name; the form shows the twins and asks for `is_another_person`."""
        super().__init__(N_("A person with this name and birth date may be in the register already."), "last_name")
        self.twins = twins


def register_client(
    uow: UnitOfWork,
    details: ClientDetails,
    *,
    actor: Actor,
    now: datetime,
    source: str = "work",
) -> UUID:
    """Write a person into the register and return the id, or say everything that is wrong.

    Raises `Refused` for a code that is in the register, telling no more than that and the unit (ruling 3), and
    `LikelyTwin` until `details.is_another_person` settles it. A worker who registers stands
    beside the client as REGISTRAR until somebody is assigned. Ask `search.ask_code` and `search.ask_twins` before, in
    a transaction of their own: what they told must stay in the trail although this refuses.
    """
    policy.ensure(actor, Permission.REGISTER_IMPORT if source == "import" else Permission.CLIENT_REGISTER)
    kept = check_details(details, today=local_date(now), needs_birth=source == "work")
    _refuse_known_code(uow, kept, actor, now)
    if source == "work" and not kept.is_another_person:
        _refuse_twin(uow, kept, actor, now)
    row = _add_client(uow, kept, actor=actor, now=now, source=source)
    _file_names(uow, row.id, kept)
    if kept.is_protected:
        _protect(uow, row.id, kept, is_new=True, actor=actor, now=now)
    if actor.id is not None and source == "work":
        standing.grant(uow, user_id=actor.id, client_id=row.id, case_id=None, kind=StandingKind.REGISTRAR, now=now)
    audit.record(
        uow,
        "registered",
        actor=actor,
        at=now,
        object_kind="client",
        object_id=row.id,
        client_id=row.id,
        detail={"source": source, "has_code": kept.identity_code is not None, "is_protected": kept.is_protected},
    )
    return row.id


def _refuse_known_code(uow: UnitOfWork, details: ClientDetails, actor: Actor, now: datetime) -> None:
    if details.identity_code is None:
        return
    answer = queries.lookup_code(uow, actor, details.identity_code, now=now)
    if answer.is_known:
        raise known_code(answer)


def known_code(answer: CodeAnswer) -> Refused:
    """Return the refusal for a code that is in the register: known, and the unit; nothing of the person (ruling 3)."""
    said = N_("A person with this identity code is already in the register.")
    if answer.units:
        units = ", ".join(answer.units)
        said = N_("A person with this identity code is already in the register. Unit: %(units)s.", units=units)
    return Refused(said, "identity_code")


def _refuse_twin(uow: UnitOfWork, details: ClientDetails, actor: Actor, now: datetime) -> None:
    twins = queries.twins_of(uow, actor, details, now=now)
    if twins:
        raise LikelyTwin(twins)


def _add_client(uow: UnitOfWork, details: ClientDetails, *, actor: Actor, now: datetime, source: str) -> Client:
    row = Client(id=new_id(), source=source, registered_at=now, registered_by=actor.id)
    _write(uow.vault, row, details)
    uow.session.add(row)
    _flush_unique(uow)
    return row


def _flush_unique(uow: UnitOfWork) -> None:
    try:
        uow.flush()
    except IntegrityError:
        # somebody registered the same code in the same moment; the caller rolls back
        raise known_code(CodeAnswer(is_known=True)) from None


def _write(vault: Vault, row: Client, details: ClientDetails) -> None:
    """Put the details into the row; under protection the contact data stays out of it (ruling 1)."""

    def seal(column: str, text: str | None) -> bytes | None:
        return vault.seal_optional("client", column, row.id, text)

    code = details.identity_code
    born = details.birth_on.isoformat() if details.birth_on else None
    row.identity_code = seal("identity_code", code)
    row.identity_hash = vault.identity_hash(code) if code else None
    row.match_hash = vault.match_hash(match_text(details.last_name, details.first_names, details.birth_on))
    row.last_name = vault.seal("client", "last_name", row.id, details.last_name)
    row.first_names = vault.seal("client", "first_names", row.id, details.first_names)
    row.call_name = seal("call_name", details.call_name)
    row.birth_on = seal("birth_on", born)
    row.contact_language = details.contact_language
    row.interpreter_language = details.interpreter_language
    row.needs_plain_language = details.needs_plain_language
    row.has_address_protection = details.is_protected
    row.contact_source = details.contact_source
    open_to_all = not details.is_protected
    row.municipality_code = details.municipality_code if open_to_all else None
    row.address = seal("address", details.address) if open_to_all else None
    row.phone = seal("phone", details.phone) if open_to_all else None
    row.email = seal("email", details.email) if open_to_all else None


# ---------------------------------------------------------------- names, filed where they are searched


def token_rows(vault: Vault, last_name: str, first_names: str, call_name: str | None = None) -> list[int]:
    """Return the fingerprints a person is found by, each once: for import, demo and bench that insert in bulk."""
    return sorted({vault.name_token(prefix) for prefix in name_prefixes(last_name, first_names, call_name or "")})


def file_under_teams(uow: UnitOfWork, client_id: UUID, team_ids: Collection[UUID] = ()) -> None:
    """File the client's names under these teams and those of its cases, and under no other (two statements).

    Copies the fingerprints that stand, so no name is opened. Without any team the nil team takes them.
    """
    uow.flush()
    teams = sorted({*team_ids, *queries.filing_teams(uow, client_id)} or {NIL_TEAM})
    team = func.unnest(literal(teams, ARRAY(Uuid))).table_valued("team_id", name="team").render_derived()
    standing_rows = (
        select(ClientToken.token, team.c.team_id, ClientToken.client_id)
        .join(team, true())
        .where(ClientToken.client_id == client_id)
    )
    uow.session.execute(
        upsert(ClientToken)
        .from_select(["token", "team_id", "client_id"], standing_rows.distinct())
        .on_conflict_do_nothing()
    )
    uow.session.execute(
        delete(ClientToken).where(ClientToken.client_id == client_id, ClientToken.team_id.not_in(teams))
    )


def _file_names(uow: UnitOfWork, client_id: UUID, details: ClientDetails) -> None:
    """File a new or changed name, under the teams it was filed under before."""
    filed = select(ClientToken.team_id).where(ClientToken.client_id == client_id).distinct()
    teams = uow.session.scalars(filed).all() or [NIL_TEAM]
    uow.session.execute(delete(ClientToken).where(ClientToken.client_id == client_id))
    tokens = token_rows(uow.vault, details.last_name, details.first_names, details.call_name)
    rows = [{"token": token, "team_id": team, "client_id": client_id} for token in tokens for team in teams]
    uow.session.execute(insert(ClientToken), rows)


# ---------------------------------------------------------------- changing


def change_client(
    uow: UnitOfWork,
    client_id: UUID,
    details: ClientDetails,
    *,
    expected_version: int | None,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    """Change what is written of a person. An identity code that is left out stays as it was.

    Turning the protection on moves the contact data into the seal and empties the open columns; the responsible
    workers become handlers. Turning it off needs a `reason` and a handler. Under protection, contact data that is left
    out stays sealed as it was. Raises `Conflict` when somebody changed the person after `expected_version`.
    """
    queries.ensure_for_client(uow, actor, Permission.CLIENT_EDIT, client_id, now=now)
    row = uow.session.scalar(select(Client).where(Client.id == client_id).with_for_update())
    if row is None:
        raise NotFound
    if row.version != expected_version:
        raise Conflict(N_("Somebody else changed these details after you opened them. Compare and save again."))
    kept = check_details(_with_known_code(uow, row, details), local_date(now), needs_birth=False)
    if kept.identity_code and uow.vault.identity_hash(kept.identity_code) != row.identity_hash:
        _refuse_known_code(uow, kept, actor, now)
    was_protected = row.has_address_protection
    if was_protected and not kept.is_protected:
        kept = _without_protection(uow, client_id, kept, reason, actor=actor, now=now)
    _write(uow.vault, row, kept)
    _flush_unique(uow)
    _file_names(uow, client_id, kept)
    if kept.is_protected:
        _protect(uow, client_id, kept, is_new=not was_protected, actor=actor, now=now)
    audit.record(
        uow,
        "changed",
        actor=actor,
        at=now,
        object_kind="client",
        object_id=client_id,
        client_id=client_id,
        detail={"is_protected": kept.is_protected, "was_protected": was_protected},
    )


def _with_known_code(uow: UnitOfWork, row: Client, details: ClientDetails) -> ClientDetails:
    known = uow.vault.open_optional("client", "identity_code", row.id, row.identity_code)
    return replace(
        details,
        identity_code=details.identity_code or known,
        contact_source=details.contact_source or row.contact_source,
    )


def _protect(
    uow: UnitOfWork, client_id: UUID, details: ClientDetails, *, is_new: bool, actor: Actor, now: datetime
) -> None:
    """Seal the contact data; of what is sealed already only what is given anew is written over."""
    contact = SealedContactView(details.municipality_code, details.address, details.phone, details.email)
    if is_new:
        protection.seal_contact(uow, client_id, SealedContactView(), now=now)
        protection.assign_handler_for_worker(uow, client_id, None, actor=actor, now=now)
    protection.change_contact(uow, client_id, contact, now=now)


def _without_protection(
    uow: UnitOfWork, client_id: UUID, details: ClientDetails, reason: str, *, actor: Actor, now: datetime
) -> ClientDetails:
    """Bring the sealed contact data back into the open, under what was typed anew."""
    sealed = protection.lift_protection(uow, client_id, reason=reason, actor=actor, now=now)
    return replace(
        details,
        municipality_code=details.municipality_code or sealed.municipality_code,
        address=details.address or sealed.address,
        phone=details.phone or sealed.phone,
        email=details.email or sealed.email,
    )


def reveal_identity_code(uow: UnitOfWork, client_id: UUID, *, actor: Actor, now: datetime) -> str:
    """Return the identity code in full; one act in the trail. Raises `NotFound` when none is on record."""
    queries.ensure_for_client(uow, actor, Permission.CLIENT_REVEAL, client_id, now=now)
    sealed = uow.session.scalar(select(Client.identity_code).where(Client.id == client_id))
    if sealed is None:
        raise NotFound(N_("No personal identity code is on record."))
    audit.record(uow, "revealed", actor=actor, at=now, object_kind="identity_code", client_id=client_id)
    return uow.vault.open("client", "identity_code", client_id, sealed)


def name_handler(uow: UnitOfWork, client_id: UUID, user_id: UUID, *, reason: str, actor: Actor, now: datetime) -> None:
    """Let a user open the sealed contact data, by the word of the lead of one of the client's teams."""
    relation = queries.ensure_for_client(uow, actor, Permission.HANDLER_NAME, client_id, now=now)
    protection.name_handler(uow, relation, user_id, reason=reason, actor=actor, now=now)


def end_handler(uow: UnitOfWork, client_id: UUID, user_id: UUID, *, actor: Actor, now: datetime) -> None:
    """End the right that a lead gave; the responsible worker's own ends with the assignment."""
    relation = queries.ensure_for_client(uow, actor, Permission.HANDLER_NAME, client_id, now=now)
    protection.end_handler(uow, relation, user_id, actor=actor, now=now)


# ---------------------------------------------------------------- looking


def open_client(uow: UnitOfWork, client_id: UUID, *, page: str, actor: Actor, now: datetime) -> ClientView:
    """Return a client for one of the register's own pages; one row in the trail. Raises `NotFound`."""
    client = queries.get_client_for(uow, actor, client_id, now=now)
    purpose = queries.purpose_for(uow, actor, client_id, now=now)
    audit.record_viewed(uow, actor=actor, at=now, client_id=client_id, case_id=None, purpose=purpose, page=page)
    return client


def list_clients(
    uow: UnitOfWork, wanted: ClientListFilter, *, actor: Actor, now: datetime, cursor: str | None = None
) -> Page[ClientName]:
    """Return a page of the clients the actor may see; the names shown are one row in the trail (ruling 20)."""
    found = queries.list_clients_for(uow, actor, wanted, now=now, cursor=cursor)
    shown = [client.id for client in found.rows]
    audit.record_listed(
        uow, actor=actor, at=now, client_ids=shown, purpose=_list_purpose(wanted, actor), page="clients"
    )
    return found


def _list_purpose(wanted: ClientListFilter, actor: Actor) -> str:
    if wanted.is_mine:
        return Purpose.OWN
    if actor.has(Role.OWN_WORKER):
        return Purpose.TEAM
    return Purpose.COORDINATION if actor.has(Role.COORDINATOR) else Purpose.SUPERVISION


def count_view(uow: UnitOfWork, actor: Actor, now: datetime, soft: int = VIEWS_SOFT, hard: int = VIEWS_HARD) -> None:
    """Count one client page for the actor (security 2.8).

    Over `soft` in an hour leaves an alert in the trail, once an hour; over `hard` is refused with `TooMany`.
    """
    if actor.id is None:
        return
    who = str(actor.id)
    opened = limits.count(uow, "client.view", who, seconds=HOUR, now=now)
    if opened > hard:
        raise TooMany(N_("You have opened very many client pages in an hour. Ask your supervisor to look into it."))
    if opened <= soft:
        return
    # a bucket for each hour, so that the alert comes once in each and does not wait the first one out
    if limits.hit(uow, "client.view.alert", f"{who} {now:%Y%m%d%H}", limit=1, seconds=HOUR, now=now):
        audit.record(
            uow, "many_views", actor=actor, at=now, object_kind="client", outcome="alert", detail={"limit": soft}
        )
