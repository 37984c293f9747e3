"""Reading cases. Whoever shows one obtains it by `get_case_for`; `case_of` is for services that have checked."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, literal, select, tuple_, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import String

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import can, ensure
from app.access.predicates import StandingKind, Subject
from app.access.scopes import standing_kinds, standing_of, visible_cases
from app.accounts.models import User
from app.cases.background import background_of, backgrounds_of
from app.cases.closings import carried_to, closings_of, dropped_steps_of
from app.cases.domain import TWIN_MINUTES, CaseView, NoteView, RecordedView, StepView, VisitView
from app.cases.models import Case, NextStep, Note, RecordedElsewhere, StageVisit
from app.clients.models import Client
from app.core.errors import NotFound
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.pathways.domain import StageCode, facts_of_note
from app.reference.loader import reference

COLUMNS = (
    Case.id,
    Case.client_id,
    Client.ref_number,
    Case.ordinal,
    Case.model_key,
    Case.model_version,
    Case.team_id,
    Case.primary_worker_id,
    Case.opened_on,
    Case.opened_at,
    Case.closed_on,
    Case.outcome,
    Case.current_stage,
    Case.current_since,
    Case.last_contact_on,
    Case.last_contact_kind,
    Case.contact_source,
    Case.source,
    Case.version,
)


# made once and bound at each reading: these run on every page of a case
_SEEN = select(*COLUMNS, standing_kinds(Case.id).label("kinds")).join(Client, Client.id == Case.client_id)
_SEEN_ONE = _SEEN.where(Case.id == bindparam("case_id"))
_UNSEEN_ONE = (
    select(*COLUMNS, literal([], ARRAY(String)).label("kinds")).join(Client).where(Case.id == bindparam("case_id"))
)


def view_of(row: Any) -> CaseView:  # noqa: ANN401 - a row of COLUMNS and the standings
    """Return the case of a row that has `COLUMNS` and the actor's standings as `kinds`."""
    subject = Subject(
        row.client_id,
        row.id,
        row.team_id,
        row.closed_on is None,
        row.primary_worker_id is not None,
        frozenset(map(StandingKind, row.kinds)),
    )
    return CaseView(
        id=row.id,
        client_id=row.client_id,
        ref=f"A-{row.ref_number}/{row.ordinal}",
        ordinal=row.ordinal,
        model_key=row.model_key,
        model_version=row.model_version,
        team_id=row.team_id,
        worker_id=row.primary_worker_id,
        opened_on=row.opened_on,
        opened_at=row.opened_at,
        closed_on=row.closed_on,
        outcome=row.outcome,
        current_stage=StageCode(row.current_stage),
        current_since=row.current_since,
        last_contact_on=row.last_contact_on,
        last_contact_kind=row.last_contact_kind,
        contact_source=row.contact_source,
        source=row.source,
        version=row.version,
        subject=subject,
    )


def get_case_for(
    uow: UnitOfWork, actor: Actor, case_id: UUID, *, now: datetime, permission: Permission = Permission.CASE_VIEW
) -> CaseView:
    """Return the case with the actor's standing in its subject, in one statement.

    Raises NotFound for a case that is not there or that the actor may not know of, Forbidden when it may be seen but
    the permission is missing.
    """
    row = uow.session.execute(_SEEN_ONE, {"case_id": case_id, **standing_of(actor, now)}).one_or_none()
    if row is None:
        raise NotFound(N_("The page was not found."))
    return allowed(actor, permission, view_of(row))


def allowed(actor: Actor, permission: Permission, case: CaseView) -> CaseView:
    """Return the case when the actor may do this to it; else say that it is not there, or that the right is missing."""
    if not can(actor, permission, case.subject):
        ensure(actor, Permission.CASE_VIEW, case.subject)
        ensure(actor, permission, case.subject)
    return case


def case_of(uow: UnitOfWork, case_id: UUID) -> CaseView:
    """Return the case without asking who wants it; its subject holds no standing. Raises NotFound."""
    row = uow.session.execute(_UNSEEN_ONE, {"case_id": case_id}).one_or_none()
    if row is None:
        raise NotFound(N_("The page was not found."))
    return view_of(row)


def case_for_actor(uow: UnitOfWork, actor: Actor, case_id: UUID, *, now: datetime) -> CaseView:
    """Return the case with the actor's standing and no check, for the service that has just opened it."""
    return view_of(uow.session.execute(_SEEN_ONE, {"case_id": case_id, **standing_of(actor, now)}).one())


def cases_for_actor(uow: UnitOfWork, actor: Actor, case_ids: Collection[UUID], *, now: datetime) -> list[CaseView]:
    """Return cases with the actor's standings, for a query that has settled which may be seen (one statement)."""
    rows = uow.session.execute(_SEEN.where(Case.id.in_(case_ids)), standing_of(actor, now))
    return [view_of(row) for row in rows]


def cases_of_client_for(uow: UnitOfWork, actor: Actor, client_id: UUID, *, now: datetime) -> list[CaseView]:
    """Return the client's cases that the actor may see, open ones first and the newest of them on top."""
    rows = uow.session.execute(
        _SEEN.where(Case.client_id == client_id, visible_cases(actor, now)).order_by(
            Case.closed_on.is_not(None), Case.opened_on.desc(), Case.ordinal.desc()
        ),
        standing_of(actor, now),
    )
    return [view_of(row) for row in rows]


def open_teams_of_client(uow: UnitOfWork, client_id: UUID) -> list[UUID]:
    """Return the teams of the client's open cases: the ones the client's name is filed under for search."""
    rows = uow.session.scalars(
        select(Case.team_id).where(Case.client_id == client_id, Case.closed_at.is_(None), Case.team_id.is_not(None))
    )
    return sorted({team for team in rows if team is not None})


def visits_of(uow: UnitOfWork, case_id: UUID) -> list[VisitView]:
    """Return the case's stays in stages in the order they were made."""
    rows = uow.session.execute(
        select(
            StageVisit.id,
            StageVisit.ordinal,
            StageVisit.stage,
            StageVisit.state,
            StageVisit.entered_on,
            StageVisit.left_on,
            StageVisit.opened_by,
            StageVisit.finished_by,
            StageVisit.opened_at,
            StageVisit.source,
            StageVisit.reason,
        )
        .where(StageVisit.case_id == case_id)
        .order_by(StageVisit.ordinal)
    )
    return [
        VisitView(
            id=row.id,
            ordinal=row.ordinal,
            stage=StageCode(row.stage),
            state=row.state,
            entered_on=row.entered_on,
            left_on=row.left_on,
            opened_by=row.opened_by,
            finished_by=row.finished_by,
            opened_at=row.opened_at,
            source=row.source,
            reason=uow.vault.open_optional("stage_visit", "reason", row.id, row.reason),
        )
        for row in rows
    ]


class Place(NamedTuple):
    """Where an entry stands in the case notes: newest day first, on one day the last written first."""

    happened_on: date
    written_at: datetime
    id: UUID


NOTE = (
    Note.id,
    Note.kind,
    Note.topic,
    Note.happened_on,
    Note.line,
    Note.text,
    Note.is_visible_to_client,
    Note.stage,
    Note.author_id,
    Note.source,
    Note.written_at,
    User.full_name.label("author_name"),
)
_NEWEST_NOTES = (
    select(*NOTE)
    .outerjoin(User, User.id == Note.author_id)
    .where(Note.case_id == bindparam("case_id"))
    .order_by(Note.happened_on.desc(), Note.written_at.desc(), Note.id.desc())
    .limit(bindparam("most"))
)


def notes_of(
    uow: UnitOfWork,
    case_id: UUID,
    *,
    limit: int,
    before: Place | None = None,
    kind: str | None = None,
    with_text: bool = True,
) -> list[NoteView]:
    """Return the newest entries of the case, opened, older than `before`; the long texts only when asked for."""
    statement = _NEWEST_NOTES
    if kind is not None:
        statement = statement.where(Note.kind == kind)
    if before is not None:
        statement = statement.where(tuple_(Note.happened_on, Note.written_at, Note.id) < tuple_(*map(literal, before)))
    return [
        _note(uow, row, with_text=with_text)
        for row in uow.session.connection().execute(statement, {"case_id": case_id, "most": limit})
    ]


def _note(uow: UnitOfWork, row: Any, *, with_text: bool) -> NoteView:  # noqa: ANN401 - a row of NOTE
    return NoteView(
        id=row.id,
        kind=row.kind,
        topic=row.topic,
        happened_on=row.happened_on,
        line=uow.vault.open("note", "line", row.id, row.line),
        text=uow.vault.open_optional("note", "text", row.id, row.text) if with_text else None,
        is_visible_to_client=row.is_visible_to_client,
        stage=StageCode(row.stage),
        author_id=row.author_id,
        author_name=row.author_name,
        source=row.source,
        written_at=row.written_at,
    )


def find_twin(
    uow: UnitOfWork, case_id: UUID, *, kind: str, happened_on: date, line: str, actor: Actor, now: datetime
) -> NoteView | None:
    """Return an entry just like this one that the actor wrote within the last five minutes, or None."""
    rows = uow.session.execute(
        select(*NOTE)
        .outerjoin(User, User.id == Note.author_id)
        .where(
            Note.case_id == case_id,
            Note.author_id == actor.id,
            Note.kind == kind,
            Note.happened_on == happened_on,
            Note.written_at > now - timedelta(minutes=TWIN_MINUTES),
        )
    )
    found = (_note(uow, row, with_text=False) for row in rows)
    return next((note for note in found if note.line.casefold() == line.strip().casefold()), None)


# Built once: every client page shows it.
_OPEN_STEPS: Final = (
    select(
        NextStep.id,
        NextStep.note_id,
        NextStep.owner,
        NextStep.text,
        NextStep.due_on,
        NextStep.promised_at,
        NextStep.promised_by,
    )
    .where(NextStep.case_id == bindparam("case_id"), NextStep.done_on.is_(None), NextStep.dropped_on.is_(None))
    .order_by(NextStep.due_on.asc().nulls_last(), NextStep.promised_at, NextStep.id)
)


def open_steps_of(uow: UnitOfWork, case_id: UUID) -> list[StepView]:
    """Return what has been promised in the case and not done, the earliest due first, the undated last."""
    rows = uow.session.connection().execute(_OPEN_STEPS, {"case_id": case_id})
    return [
        StepView(
            id=row.id,
            note_id=row.note_id,
            owner=row.owner,
            text=uow.vault.open("next_step", "text", row.id, row.text),
            due_on=row.due_on,
            promised_at=row.promised_at,
            promised_by=row.promised_by,
        )
        for row in rows
    ]


def recorded_elsewhere_of(uow: UnitOfWork, case_id: UUID) -> list[RecordedView]:
    """Return the case's references to documents in other systems, newest first."""
    rows = uow.session.scalars(
        select(RecordedElsewhere)
        .where(RecordedElsewhere.case_id == case_id)
        .order_by(RecordedElsewhere.recorded_on.desc(), RecordedElsewhere.noted_at.desc())
    )
    return [
        RecordedView(
            id=row.id,
            document=row.document,
            system=row.system,
            recorded_on=row.recorded_on,
            reference=uow.vault.open_optional("recorded_elsewhere", "reference", row.id, row.reference),
            recorded_by=row.recorded_by,
            noted_at=row.noted_at,
        )
        for row in rows
    ]


def met_needs(uow: UnitOfWork, case: CaseView, today: date) -> frozenset[str]:
    """Return the need codes that the case's entries, references and source meet by today, in one statement."""
    notes = select(Note.topic.label("code"), Note.kind.label("kind")).where(
        Note.case_id == case.id, Note.topic != "", Note.happened_on <= today
    )
    documents = select(RecordedElsewhere.document.label("code"), literal("", String).label("kind")).where(
        RecordedElsewhere.case_id == case.id, RecordedElsewhere.recorded_on <= today
    )
    rows = uow.session.execute(union_all(notes, documents))
    return needs_met_by([(row.code, row.kind) for row in rows], contact_source=case.contact_source)


def needs_met_by(rows: Collection[tuple[str, str]], *, contact_source: str) -> frozenset[str]:
    """Return the need codes that (topic, kind of entry) and (document, '') pairs meet, and those of the source."""
    met = {"note:contact_source"} if contact_source else set[str]()
    kinds = reference().note_kinds
    for code, kind in set(rows):
        if not kind:
            met.add(f"recorded:{code}")
            continue
        known = kinds.find(kind)
        met |= facts_of_note(code, is_meeting=known is not None and known.is_meeting)
    return frozenset(met)


def has_open_case(uow: UnitOfWork, client_id: UUID, model_key: str) -> bool:
    """Return whether the client has an open case of the model."""
    return bool(
        uow.session.scalar(
            select(
                select(Case.id)
                .where(Case.client_id == client_id, Case.model_key == model_key, Case.closed_at.is_(None))
                .exists()
            )
        )
    )


def next_ordinal(uow: UnitOfWork, client_id: UUID) -> int:
    """Return the number the client's next case gets."""
    last = uow.session.scalar(select(func.max(Case.ordinal)).where(Case.client_id == client_id))
    return (last or 0) + 1


__all__: Sequence[str] = [
    "Place", "background_of", "backgrounds_of", "carried_to", "case_for_actor", "case_of", "cases_of_client_for",
    "closings_of", "dropped_steps_of", "find_twin", "get_case_for",
    "has_open_case", "met_needs", "needs_met_by", "next_ordinal", "notes_of", "open_steps_of", "open_teams_of_client",
    "recorded_elsewhere_of", "visits_of",
]  # fmt: skip
