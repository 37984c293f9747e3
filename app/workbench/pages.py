"""The pages of one case, put together from what the features tell, each with the trace of the look (ruling 20)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import can
from app.accounts import queries as accounts
from app.audit import queries as trail
from app.audit import services as audit
from app.audit.domain import Purpose
from app.cases import queries as cases
from app.cases.domain import CaseView, NoteView
from app.cases.services import leave_trace
from app.cases.stages import usual_stay
from app.clients import queries as clients
from app.clients.domain import ClientName, ClientView
from app.consents import queries as consents
from app.consents.domain import basis_of
from app.core.paging import Cursor, decode_cursor, encode_cursor
from app.core.uow import UnitOfWork
from app.pathways import engine
from app.pathways.checklist import checklist_of, stay_in
from app.pathways.domain import StageCode
from app.pathways.loader import pathway
from app.reference.loader import reference
from app.workbench.domain import (
    LATEST_CONTACTS,
    CaseShell,
    Happening,
    Head,
    Record,
    StagePage,
    SummaryPage,
    TimelinePage,
    TrailPage,
    WithdrawalPage,
    closing_marks,
    stage_marks,
    woven,
)
from app.workbench.queries import contact_kinds, head_of, record_of, shell_of
from app.workbench.stages import Asked, StageRow, stage_rows

NEWEST: Final = 8
PAGE: Final = 25
TRAIL_PAGE: Final = 50


def _seen(
    uow: UnitOfWork,
    actor: Actor,
    case_id: UUID,
    *,
    now: datetime,
    today: date,
    page: str,
    permission: Permission = Permission.CASE_VIEW,
) -> Head:
    """Return the head of the case and leave the trace of the look."""
    head = head_of(uow, actor, case_id, now=now, today=today, permission=permission)
    leave_trace(uow, actor, head.case, page=page, now=now)
    return head


def head_only(uow: UnitOfWork, actor: Actor, case_id: UUID, *, page: str, now: datetime, today: date) -> CaseShell:
    """Return the head of a page that holds only a form, and leave the trace of the look."""
    head = _seen(uow, actor, case_id, now=now, today=today, page=page)
    return shell_of(actor, head, record_of(uow, actor, head.case, today), today)


def name_for_form(uow: UnitOfWork, actor: Actor, case: CaseView, *, page: str, now: datetime) -> ClientName:
    """Return the client's name for a form without a head, and leave the trace of the look."""
    leave_trace(uow, actor, case, page=page, now=now)
    return clients.names_of(uow, [case.client_id])[case.client_id]


def summary(uow: UnitOfWork, actor: Actor, case_id: UUID, *, now: datetime, today: date) -> SummaryPage:
    """Return the client page: what happened last, what was promised, who is beside the client."""
    head = _seen(uow, actor, case_id, now=now, today=today, page="summary")
    record = record_of(uow, actor, head.case, today)
    notes = cases.notes_of(uow, case_id, limit=NEWEST, with_text=False)
    contacts = contact_kinds()
    return SummaryPage(
        shell=shell_of(actor, head, record, today),
        contacts=record.contacts,
        latest=tuple(note for note in notes if note.kind in contacts)[:LATEST_CONTACTS],
        notes=tuple(notes),
        steps=tuple(cases.open_steps_of(uow, case_id)),
        members=record.members,
        scores=record.scores,
        draft_at=head.draft_at,
        others=_others(uow, actor, head, now=now) if head.has_others else (),
        activity=record.activity,
    )


def _others(uow: UnitOfWork, actor: Actor, head: Head, *, now: datetime) -> tuple[tuple[CaseView, str], ...]:
    found = cases.cases_of_client_for(uow, actor, head.case.client_id, now=now)
    return tuple((one, str(pathway(one.model_key, one.model_version).label)) for one in found if one.id != head.case.id)


def stage_page(
    uow: UnitOfWork, actor: Actor, case_id: UUID, code: StageCode, *, now: datetime, today: date
) -> StagePage:
    """Return one stage of the case with its guidance, its checklist and the moves that are possible."""
    head = _seen(uow, actor, case_id, now=now, today=today, page="stage")
    record = record_of(uow, actor, head.case, today)
    visits = tuple(visit for visit in cases.visits_of(uow, case_id) if visit.stage is code)
    shell, stage = shell_of(actor, head, record, today), record.model.stage(code)
    opened = next((visit for visit in visits if visit.state == engine.StageState.IN_PROGRESS), None)
    return StagePage(
        shell=shell,
        stage=stage,
        state=record.stages.states[code],
        checklist=checklist_of(stage, record.facts),
        stay=stay_in(stage, opened.entered_on, today=today) if opened and head.case.is_open else None,
        county_days=usual_stay(uow, head.case.model_key, code, today=today),
        missing=record.model.missing_for(code, record.facts),
        move=_move_to(record, code),
        open_stages=tuple(row for row in shell.stages if row.state == engine.StageState.IN_PROGRESS),
        visits=visits,
        recorded=tuple(cases.recorded_elsewhere_of(uow, case_id)),
        names=accounts.full_names(uow, {visit.opened_by for visit in visits if visit.opened_by}),
    )


def asked_of(uow: UnitOfWork, case: CaseView, to: StageCode, *, today: date) -> Asked:
    """Return what opening a stage asks now."""
    record = record_of(uow, None, case, today)
    return Asked(
        tuple(row for row in _rows(record, today) if row.state == engine.StageState.IN_PROGRESS),
        _move_to(record, to),
        record.model.missing_for(to, record.facts),
    )


def _rows(record: Record, today: date) -> tuple[StageRow, ...]:
    return stage_rows(record.model, record.visits, record.stages, today=today)


def _move_to(record: Record, to: StageCode) -> engine.Move | None:
    return next((move for move in engine.allowed_moves(record.visits) if move.to is to), None)


def client_alone(uow: UnitOfWork, actor: Actor, client_id: UUID, *, now: datetime) -> ClientView:
    """Return a client without a pathway that the actor may see, and leave the trace of the look."""
    client = clients.get_client_for(uow, actor, client_id, now=now)
    audit.record_viewed(uow, actor=actor, at=now, client_id=client_id, case_id=None, purpose=Purpose.OWN, page="client")
    return client


def timeline(
    uow: UnitOfWork,
    actor: Actor,
    case_id: UUID,
    *,
    kind: str | None,
    after: str | None,
    now: datetime,
    today: date,
) -> TimelinePage:
    """Return a page of the case notes, newest first, with the stage marks between them; `after` is a cursor."""
    head = _seen(uow, actor, case_id, now=now, today=today, page="timeline")
    kind = kind if kind in reference().note_kinds else None
    name, key = f"notes:{case_id}:{kind}", uow.vault.cursor_key
    cursor = decode_cursor(after, of=name, key=key)
    place = cases.Place(*cursor.place) if cursor else None  # type: ignore[arg-type] # sealed by us, of this list
    fetched = cases.notes_of(uow, case_id, limit=PAGE + 1, before=place, kind=kind)
    notes, has_older = fetched[:PAGE], len(fetched) > PAGE
    marks = [] if kind else _marks(uow, head.case)
    before = (place.happened_on, place.written_at) if place else None
    return TimelinePage(
        shell=shell_of(actor, head, record_of(uow, actor, head.case, today), today),
        happenings=woven(notes, marks, _kind_labels(), before=before, has_older=has_older),
        draft_at=None if place else head.draft_at,
        names=accounts.full_names(uow, {mark.who for mark in marks if mark.who}),
        kind=kind,
        older=encode_cursor(Cursor(_place_of(notes[-1])), of=name, key=key) if has_older else None,
        is_first=place is None,
    )


def _place_of(note: NoteView) -> tuple[date, datetime, UUID]:
    return note.happened_on, note.written_at, note.id


def _marks(uow: UnitOfWork, case: CaseView) -> list[Happening]:
    outcomes = {row.code: str(row.label) for row in reference().outcomes}
    model = pathway(case.model_key, case.model_version)
    return [
        *stage_marks(cases.visits_of(uow, case.id), model),
        *closing_marks(cases.closings_of(uow, case.id), outcomes),
    ]


def _kind_labels() -> Mapping[str, str]:
    return {kind.code: str(kind.label) for kind in reference().note_kinds}


def client_trail(
    uow: UnitOfWork,
    actor: Actor,
    case_id: UUID,
    *,
    wanted: str | None,
    before: int | None,
    now: datetime,
    today: date,
) -> TrailPage:
    """Return who has looked at the client and who has done what (act 703/2023, section 10), looks and lists apart."""
    permission = Permission.CLIENT_AUDIT
    head = _seen(uow, actor, case_id, now=now, today=today, page="audit", permission=permission)
    wanted = wanted if wanted in {"viewed", "listed", "acts"} else None
    rows = trail.of_client(uow, head.case.client_id, limit=TRAIL_PAGE + 1, before=before, wanted=wanted)
    shell = None
    if can(actor, Permission.CASE_VIEW, head.case.subject):  # a privacy officer reads rows and references, no names
        shell = shell_of(actor, head, record_of(uow, actor, head.case, today), today)
    return TrailPage(
        case=head.case,
        shell=shell,
        rows=tuple(rows[:TRAIL_PAGE]),
        names=accounts.full_names(uow, {row.actor_id for row in rows if row.actor_id}),
        wanted=wanted,
        older=rows[TRAIL_PAGE - 1].id if len(rows) > TRAIL_PAGE else None,
        is_first=before is None,
    )


def withdrawal(
    uow: UnitOfWork, actor: Actor, case_id: UUID, consent_id: UUID, *, now: datetime, today: date
) -> WithdrawalPage:
    """Return what ends for each member of the network when the consent is withdrawn today, before anybody says so."""
    permission = Permission.CONSENT_RECORD
    head = _seen(uow, actor, case_id, now=now, today=today, page="consents", permission=permission)
    record = record_of(uow, actor, head.case, today)
    consent = consents.consent_of(uow, case_id, consent_id)
    rest = [one for one in record.consents if one.id != consent_id]
    return WithdrawalPage(
        shell=shell_of(actor, head, record, today),
        consent=consent,
        ending=tuple(one for one in record.members if one.basis.holds and not basis_of(rest, one.party, today).holds),
        staying=tuple(one for one in record.members if basis_of(rest, one.party, today).holds),
    )
