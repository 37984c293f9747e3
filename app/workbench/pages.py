"""The pages of one case, put together from what the features tell, each with the trace of the look (ruling 20)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import can
from app.audit import queries as trail
from app.audit import services as audit
from app.audit.domain import Purpose, purpose_of
from app.cases import queries as cases
from app.cases.domain import CaseView, VisitView
from app.clients import queries as clients
from app.clients.domain import ClientView
from app.consents import queries as consents
from app.consents.domain import basis_of
from app.core.paging import Cursor, decode_cursor, encode_cursor
from app.core.uow import UnitOfWork
from app.drafts import queries as drafts
from app.pathways import engine
from app.pathways.domain import Need, StageCode
from app.pathways.loader import pathway
from app.reference.loader import reference
from app.workbench.domain import (
    LATEST_CONTACTS,
    Happening,
    StagePage,
    StageRow,
    SummaryPage,
    TimelinePage,
    TrailPage,
    WithdrawalPage,
    closing_marks,
    needs_with_state,
    stage_marks,
    stage_rows,
    woven,
)
from app.workbench.queries import contact_kinds, facts_of, people_of, record_of, shell_of

NEWEST: Final = 8
PAGE: Final = 25
TRAIL_PAGE: Final = 50


def _seen(
    uow: UnitOfWork,
    actor: Actor,
    case_id: UUID,
    *,
    now: datetime,
    page: str,
    permission: Permission = Permission.CASE_VIEW,
) -> CaseView:
    """Return the case and leave the trace of the look."""
    case = cases.get_case_for(uow, actor, case_id, now=now, permission=permission)
    audit.record_viewed(
        uow,
        actor=actor,
        at=now,
        client_id=case.client_id,
        case_id=case.id,
        purpose=purpose_of(actor, case.subject),
        page=page,
    )
    return case


def summary(uow: UnitOfWork, actor: Actor, case_id: UUID, *, now: datetime, today: date) -> SummaryPage:
    """Return the client page: what happened last, what was promised, who is beside the client."""
    case = _seen(uow, actor, case_id, now=now, page="summary")
    record = record_of(uow, actor, case, today)
    notes = cases.notes_of(uow, case.id, limit=NEWEST)
    people = people_of(uow, (note.author_id for note in notes), case.worker_id, today)
    contacts = contact_kinds()
    return SummaryPage(
        shell=shell_of(actor, record, clients.client_of(uow, case.client_id), people, today),
        contacts=record.contacts,
        latest=tuple(note for note in notes if note.kind in contacts)[:LATEST_CONTACTS],
        notes=tuple(notes),
        steps=tuple(cases.open_steps_of(uow, case.id)),
        members=tuple(record.members),
        scores=record.scores,
        drafts=tuple(drafts.drafts_of(uow, actor, [case.id])),
        others=tuple(
            (one, str(pathway(one.model_key, one.model_version).label))
            for one in cases.cases_of_client_for(uow, actor, case.client_id, now=now)
            if one.id != case.id
        ),
        names=people.names,
    )


def stage_page(
    uow: UnitOfWork, actor: Actor, case_id: UUID, code: StageCode, *, now: datetime, today: date
) -> StagePage:
    """Return one stage of the case with its guidance, its needs and the moves that are possible."""
    case = _seen(uow, actor, case_id, now=now, page="stage")
    record = record_of(uow, actor, case, today)
    visits = tuple(visit for visit in record.visits if visit.stage is code)
    people = people_of(uow, (visit.opened_by for visit in visits), case.worker_id, today)
    shell = shell_of(actor, record, clients.client_of(uow, case.client_id), people, today)
    stage = record.model.stage(code)
    return StagePage(
        shell=shell,
        stage=stage,
        state=record.stages.states[code],
        needs=needs_with_state(stage, record.model.missing_for(code, record.facts)),
        move=next((move for move in engine.allowed_moves(record.visits) if move.to is code), None),
        open_stages=tuple(row for row in shell.stages if row.state == engine.StageState.IN_PROGRESS),
        visits=visits,
        recorded=tuple(cases.recorded_elsewhere_of(uow, case.id)),
        names=people.names,
    )


def open_stages(uow: UnitOfWork, case: CaseView, *, today: date) -> tuple[StageRow, ...]:
    """Return the stages that are open now, which a move may finish."""
    visits = cases.visits_of(uow, case.id)
    rows = stage_rows(pathway(case.model_key, case.model_version), visits, engine.stage_map(visits), today=today)
    return tuple(row for row in rows if row.state == engine.StageState.IN_PROGRESS)


def missing_for(uow: UnitOfWork, case: CaseView, to: StageCode, *, today: date) -> tuple[Need, ...]:
    """Return what is not on record for opening a stage."""
    return pathway(case.model_key, case.model_version).missing_for(to, facts_of(uow, case, today))


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
    case = _seen(uow, actor, case_id, now=now, page="timeline")
    kind = kind if kind in reference().note_kinds else None
    name = f"notes:{case.id}:{kind}"
    cursor = decode_cursor(after, of=name, key=uow.vault.cursor_key)
    place = cases.Place(*cursor.place) if cursor else None  # type: ignore[arg-type] # sealed by us, of this list
    fetched = cases.notes_of(uow, case.id, limit=PAGE + 1, before=place, kind=kind)
    notes, has_older = fetched[:PAGE], len(fetched) > PAGE
    record = record_of(uow, actor, case, today)
    marks = [] if kind else _marks(uow, case, record.visits)
    ids = [*(note.author_id for note in notes), *(mark.who for mark in marks)]
    people = people_of(uow, ids, case.worker_id, today)
    older = None
    if has_older:
        last = notes[-1]
        older = encode_cursor(Cursor((last.happened_on, last.written_at, last.id)), of=name, key=uow.vault.cursor_key)
    return TimelinePage(
        shell=shell_of(actor, record, clients.client_of(uow, case.client_id), people, today),
        happenings=woven(
            notes, marks, _kind_labels(), before=place and (place.happened_on, place.written_at), has_older=has_older
        ),
        drafts=tuple(drafts.drafts_of(uow, actor, [case.id])) if place is None else (),
        names=people.names,
        kind=kind,
        older=older,
        is_first=place is None,
    )


def _marks(uow: UnitOfWork, case: CaseView, visits: Sequence[VisitView]) -> list[Happening]:
    outcomes = {row.code: str(row.label) for row in reference().outcomes}
    model = pathway(case.model_key, case.model_version)
    return [*stage_marks(visits, model), *closing_marks(cases.closings_of(uow, case.id), outcomes)]


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
    case = _seen(uow, actor, case_id, now=now, page="audit", permission=Permission.CLIENT_AUDIT)
    wanted = wanted if wanted in {"viewed", "listed", "acts"} else None
    rows = trail.of_client(uow, case.client_id, limit=TRAIL_PAGE + 1, before=before, wanted=wanted)
    people = people_of(uow, (row.actor_id for row in rows), case.worker_id, today)
    shell = None
    if can(actor, Permission.CASE_VIEW, case.subject):  # a privacy officer reads rows and references, no names
        shell = shell_of(
            actor, record_of(uow, actor, case, today), clients.client_of(uow, case.client_id), people, today
        )
    return TrailPage(
        case=case,
        shell=shell,
        rows=tuple(rows[:TRAIL_PAGE]),
        names=people.names,
        wanted=wanted,
        older=rows[TRAIL_PAGE - 1].id if len(rows) > TRAIL_PAGE else None,
        is_first=before is None,
    )


def withdrawal(
    uow: UnitOfWork, actor: Actor, case_id: UUID, consent_id: UUID, *, now: datetime, today: date
) -> WithdrawalPage:
    """Return what ends for each member of the network when the consent is withdrawn today, before anybody says so."""
    case = _seen(uow, actor, case_id, now=now, page="consents", permission=Permission.CONSENT_RECORD)
    record = record_of(uow, actor, case, today)
    consent = consents.consent_of(uow, case.id, consent_id)
    rest = [one for one in record.consents if one.id != consent_id]
    people = people_of(uow, (), case.worker_id, today)
    return WithdrawalPage(
        shell=shell_of(actor, record, clients.client_of(uow, case.client_id), people, today),
        consent=consent,
        ending=tuple(one for one in record.members if one.basis.holds and not basis_of(rest, one.party, today).holds),
        staying=tuple(one for one in record.members if basis_of(rest, one.party, today).holds),
    )
