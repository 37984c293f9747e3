"""Acts on a case: opening it, moving it along its pathway, writing its entries, closing it.

`close_case` and `reopen_case` are called from `workbench.services` only, which does what belongs to them elsewhere
(ruling 8). `set_worker` is called by `network` only.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from app.access import standing
from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.access.predicates import StandingKind
from app.audit import services as audit
from app.audit.domain import purpose_of
from app.cases import queries
from app.cases.domain import (
    Background,
    CaseView,
    check_background,
    check_entry,
    check_opening,
    check_reference,
    check_step,
)
from app.cases.ending import carry_over, close_case, drop_step, move_step, reopen_case
from app.cases.models import Case, CaseBackground, NextStep, Note, RecordedElsewhere
from app.cases.stages import add_visit, finish_stage, lock, move_stage, place_at_stage, skip_stage
from app.core.clock import local_date
from app.core.errors import Conflict, NotFound, Refused
from app.core.ids import new_id
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.pathways.domain import StageCode
from app.pathways.loader import latest
from app.pathways.pathway import Pathway
from app.reference.loader import reference as facts

__all__ = [
    "carry_over",
    "close_case",
    "drop_step",
    "finish_stage",
    "finish_step",
    "keep_background",
    "move_stage",
    "move_step",
    "open_case",
    "place_at_stage",
    "promise_step",
    "record_elsewhere",
    "reopen_case",
    "set_worker",
    "skip_stage",
    "write_note",
]


# ---------------------------------------------------------------- looking
def look_at(
    uow: UnitOfWork,
    actor: Actor,
    case_id: UUID,
    *,
    page: str,
    now: datetime,
    permission: Permission = Permission.CASE_VIEW,
) -> CaseView:
    """Return a case for a page that shows it, and leave the trace of the look (ruling 20).

    Raises NotFound for a case the actor may not see, Forbidden for one seen without the permission.
    """
    case = queries.get_case_for(uow, actor, case_id, now=now, permission=permission)
    leave_trace(uow, actor, case, page=page, now=now)
    return case


def leave_trace(uow: UnitOfWork, actor: Actor, case: CaseView, *, page: str, now: datetime) -> None:
    """Write that a page of the case was shown to the actor, and what for."""
    purpose = purpose_of(actor, case.subject)
    audit.record_viewed(uow, actor=actor, at=now, client_id=case.client_id, case_id=case.id, purpose=purpose, page=page)


# ---------------------------------------------------------------- opening
def open_case(
    uow: UnitOfWork,
    *,
    client_id: UUID,
    model_key: str,
    opened_on: date,
    contact_source: str,
    actor: Actor,
    now: datetime,
    source: str = "work",
    team_id: UUID | None = None,
    follows_case_id: UUID | None = None,
) -> CaseView:
    """Open a pathway for the client at stage 1, and let the opener see it until somebody answers for it.

    Raises Refused when the model or the source is unknown, the day is ahead, or the client has an open case of the
    model already (ruling 11).
    """
    ensure(actor, Permission.CASE_OPEN)
    model = _model(model_key)
    check_opening(opened_on, contact_source, reference=facts(), today=local_date(now))
    case_id = _insert_case(
        uow,
        client_id=client_id,
        model_key=model.key,
        model_version=model.version,
        opened_on=opened_on,
        opened_at=now,
        opened_by=actor.id,
        contact_source=contact_source,
        source=source,
        team_id=team_id,
        follows_case_id=follows_case_id,
    )
    add_visit(uow, case_id, StageCode.PRE_CONTACT, "in_progress", on=opened_on, actor=actor, now=now, source=source)
    if actor.id is not None:
        kind = StandingKind.REGISTRAR
        standing.grant(uow, user_id=actor.id, client_id=client_id, case_id=case_id, kind=kind, now=now)
    case = queries.case_for_actor(uow, actor, case_id, now=now)
    detail = {"model": f"{model.key}.v{model.version}", "opened_on": opened_on}
    audit.record_in_case(uow, "case_opened", case, "case", case.id, actor=actor, at=now, detail=detail)
    return case


def _insert_case(uow: UnitOfWork, *, client_id: UUID, model_key: str, opened_on: date, **columns: Any) -> UUID:  # noqa: ANN401 - columns of the row
    """Add the row; the unique index decides when two open at once, and the savepoint keeps the transaction alive."""
    case_id = new_id()
    columns |= {"current_stage": StageCode.PRE_CONTACT, "current_since": opened_on, "version": 1}
    try:
        with uow.session.begin_nested():
            if queries.has_open_case(uow, client_id, model_key):
                raise _already_open()
            known = {"id": case_id, "client_id": client_id, "model_key": model_key, "opened_on": opened_on}
            ordinal = queries.next_ordinal(uow, client_id)
            uow.session.execute(insert(Case).values(**known, ordinal=ordinal, **columns))
    except IntegrityError as error:
        raise _already_open() from error
    return case_id


def _model(key: str) -> Pathway:
    try:
        return latest(key)
    except KeyError:
        raise Refused(N_("Choose the pathway."), "model") from None


def _already_open() -> Refused:
    return Refused(N_("The client already has an open pathway of this model."), "model")


def set_worker(uow: UnitOfWork, case: CaseView, *, worker_id: UUID | None, team_id: UUID | None) -> None:
    """Keep on the case's own row who is responsible today and in which team; the line itself is network's."""
    uow.session.execute(
        update(Case)
        .where(Case.id == case.id)
        .values(primary_worker_id=worker_id, team_id=team_id, version=Case.version + 1)
    )


# ---------------------------------------------------------------- entries
def write_note(
    uow: UnitOfWork,
    case: CaseView,
    *,
    kind: str,
    topic: str,
    happened_on: date,
    line: str,
    text: str | None,
    is_visible_to_client: bool,
    actor: Actor,
    now: datetime,
    source: str = "work",
) -> UUID:
    """Write an entry and return its id; a contact with the client also becomes the case's last contact.

    Raises Refused when the line is missing or too long, the kind or topic is unknown, or the day is ahead.
    """
    ensure(actor, Permission.CASE_LOG, case.subject)
    entry = check_entry(kind, topic, happened_on, line, text, reference=facts(), today=local_date(now))
    row_id = new_id()
    uow.session.execute(
        insert(Note).values(
            id=row_id,
            case_id=case.id,
            kind=kind,
            topic=topic,
            happened_on=happened_on,
            line=uow.vault.seal("note", "line", row_id, entry.line),
            text=uow.vault.seal_optional("note", "text", row_id, entry.text),
            is_visible_to_client=is_visible_to_client,
            stage=case.current_stage,
            author_id=actor.id,
            source=source,
            written_at=now,
        )
    )
    if facts().note_kinds.get(kind).is_contact:
        earlier = or_(Case.last_contact_on.is_(None), Case.last_contact_on <= happened_on)
        values = {"last_contact_on": happened_on, "last_contact_kind": kind}
        uow.session.execute(update(Case).where(Case.id == case.id, earlier).values(values))
    audit.record_in_case(uow, "note_written", case, "note", row_id, actor=actor, at=now, detail={"kind": kind})
    return row_id


def promise_step(
    uow: UnitOfWork,
    case: CaseView,
    *,
    note_id: UUID | None,
    owner: str,
    text: str,
    due_on: date | None,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Keep what was promised, whose it is and by when, and return its id; the caller opens the duty of the day."""
    ensure(actor, Permission.CASE_LOG, case.subject)
    promise = check_step(owner, text, due_on, today=local_date(now))
    row_id = new_id()
    uow.session.execute(
        insert(NextStep).values(
            id=row_id,
            case_id=case.id,
            note_id=note_id,
            owner=owner,
            text=uow.vault.seal("next_step", "text", row_id, promise),
            due_on=due_on,
            promised_at=now,
            promised_by=actor.id,
        )
    )
    audit.record_in_case(uow, "step_promised", case, "next_step", row_id, actor=actor, at=now, detail={"owner": owner})
    return row_id


def finish_step(uow: UnitOfWork, case: CaseView, *, step_id: UUID, on: date, actor: Actor, now: datetime) -> bool:
    """Mark a promise as kept; return False when it has ended already. Raises NotFound for another case's promise."""
    ensure(actor, Permission.CASE_LOG, case.subject)
    step = NextStep.id == step_id, NextStep.case_id == case.id
    ends = select(NextStep.done_on, NextStep.dropped_on)
    row = uow.session.execute(ends.where(*step).with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    if row.done_on is not None or row.dropped_on is not None:
        return False
    uow.session.execute(update(NextStep).where(*step).values(done_on=on))
    audit.record_in_case(uow, "step_done", case, "next_step", step_id, actor=actor, at=now)
    return True


def record_elsewhere(
    uow: UnitOfWork,
    case: CaseView,
    *,
    document: str,
    system: str,
    recorded_on: date,
    reference: str | None,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Keep that a document lies in another system, and return the reference's id; no copy of it is made here."""
    ensure(actor, Permission.CASE_LOG, case.subject)
    where = check_reference(document, system, recorded_on, reference, known=facts(), today=local_date(now))
    row_id = new_id()
    uow.session.execute(
        insert(RecordedElsewhere).values(
            id=row_id,
            case_id=case.id,
            document=document,
            system=system,
            recorded_on=recorded_on,
            reference=uow.vault.seal_optional("recorded_elsewhere", "reference", row_id, where),
            recorded_by=actor.id,
            noted_at=now,
        )
    )
    detail = {"document": document, "system": system}
    audit.record_in_case(
        uow, "recorded_elsewhere", case, "recorded_elsewhere", row_id, actor=actor, at=now, detail=detail
    )
    return row_id


def keep_background(
    uow: UnitOfWork,
    case: CaseView,
    found: Background,
    *,
    expected_number: int,
    actor: Actor,
    now: datetime,
) -> int:
    """Keep what is known of benefit, work and services as the next version, and return its number.

    The same facts again make no version. Raises Refused at the fields, Conflict when somebody has written a version
    since `expected_number` was read. Source: domain 1.3, 2.1 and 2.3; the municipality never belongs here.
    """
    ensure(actor, Permission.ASSESSMENT_EDIT, case.subject)
    lock(uow, case, None)
    before = queries.background_of(uow, case.id)
    if before.number != expected_number:
        raise Conflict(N_("Somebody else has changed the background facts. Look at them again and then save."))
    check_background(found, known=facts(), today=local_date(now))
    if found.facts == before.facts:
        return before.number
    number, row_id = before.number + 1, new_id()
    values = {"id": row_id, "case_id": case.id, "number": number, "noted_at": now, "noted_by": actor.id}
    uow.session.execute(insert(CaseBackground).values(**values, **found.facts))
    changed = sorted(name for name, value in found.facts.items() if value != before.facts[name])
    audit.record_in_case(
        uow, "background_kept", case, "case_background", row_id, actor=actor, at=now, detail={"changed": changed}
    )
    return number
