"""Reading a case for its pages: few statements, whatever the case holds, and a trace of every look."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, String, and_, func, literal, null, or_, select, union_all

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import can
from app.accounts.models import Absence, User
from app.cases import queries as cases
from app.cases.domain import CaseView, VisitView
from app.cases.models import Note, RecordedElsewhere
from app.clients import queries as clients
from app.clients.domain import ClientView
from app.consents import queries as consents
from app.consents.domain import ConsentView, Standing, basis_of, health_is_settled
from app.core.uow import UnitOfWork
from app.duties import queries as duties
from app.duties.domain import DutyKind, DutyView
from app.measures.domain import WORK_ABILITY_SCORE
from app.measures.models import MeasureValue
from app.network.domain import MemberView
from app.network.models import NetworkMember
from app.pathways import engine
from app.pathways.domain import Facts, Pathway
from app.pathways.loader import pathway
from app.plans.models import Plan, PlanVersion
from app.reference.loader import reference
from app.workbench.domain import (
    CaseShell,
    Contacts,
    Counts,
    Score,
    stage_rows,
)

NEWEST: Final = 8
PAGE: Final = 25
ACTS: Final = (
    Permission.CASE_LOG,
    Permission.CASE_MOVE_STAGE,
    Permission.CASE_CLOSE,
    Permission.CASE_REOPEN,
    Permission.ASSIGN_WORKER,
    Permission.CLIENT_REVEAL,
    Permission.CLIENT_EDIT,
    Permission.CLIENT_AUDIT,
    Permission.CONSENT_RECORD,
    Permission.NETWORK_EDIT,
    Permission.MEASURE_ENTER,
    Permission.PLAN_EDIT,
    Permission.PLAN_REVIEW,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the pages and the rules need of one case, each thing read once."""

    case: CaseView
    model: Pathway
    visits: list[VisitView]
    stages: engine.StageMap
    duties: list[DutyView]
    consents: list[ConsentView]
    members: list[MemberView]
    scores: tuple[Score, ...]
    plans: dict[str, bool]
    contacts: Contacts
    facts: Facts


def facts_of(uow: UnitOfWork, case: CaseView, today: date) -> Facts:
    """Return what is on record for the case today, as the pathway's needs ask for it."""
    return record_of(uow, None, case, today).facts


def record_of(uow: UnitOfWork, actor: Actor | None, case: CaseView, today: date) -> Record:
    visits = cases.visits_of(uow, case.id)
    given = consents.consents_of(uow, case.id)
    members = _members(uow, case.id, given, today)
    scores = _scores(uow, case.id, today)
    plans = _plans(uow, case.id)
    owed = duties.open_of_case(uow, case.id)
    topics, contacts = _topics(uow, actor, case, today)
    met = set(cases.needs_met_by(topics, contact_source=case.contact_source))
    met |= {"worker"} if case.worker_id else set()
    met |= {"consent:health"} if health_is_settled(given, today) else set()
    met |= {"consent:parties"} if all(member.basis.holds for member in members) else set()
    met |= {f"measure:{WORK_ABILITY_SCORE}"} if scores else set()
    met |= {"review"} if any(duty.kind is DutyKind.PLAN_REVIEW for duty in owed) else set()
    met |= {f"plan:{kind}" for kind, is_in_force in plans.items() if is_in_force}
    return Record(
        case=case,
        model=pathway(case.model_key, case.model_version),
        visits=visits,
        stages=engine.stage_map(visits),
        duties=owed,
        consents=given,
        members=members,
        scores=scores,
        plans=plans,
        contacts=contacts,
        facts=Facts(frozenset(met)),
    )


def _members(uow: UnitOfWork, case_id: UUID, given: list[ConsentView], today: date) -> list[MemberView]:
    rows = uow.session.execute(
        select(NetworkMember.id, NetworkMember.name, NetworkMember.party, NetworkMember.role, NetworkMember.added_at)
        .where(NetworkMember.case_id == case_id, NetworkMember.removed_at.is_(None))
        .order_by(NetworkMember.added_at, NetworkMember.id)
    )
    bases: dict[str, Any] = {}
    return [
        MemberView(
            id=row.id,
            name=uow.vault.open("network_member", "name", row.id, row.name),
            contact=None,
            party=row.party,
            role=row.role,
            added_at=row.added_at,
            basis=bases.get(row.party) or bases.setdefault(row.party, basis_of(given, row.party, today)),
        )
        for row in rows
    ]


def _scores(uow: UnitOfWork, case_id: UUID, today: date) -> tuple[Score, ...]:
    rows = uow.session.execute(
        select(MeasureValue.value, MeasureValue.measured_on)
        .where(
            MeasureValue.case_id == case_id,
            MeasureValue.measure == WORK_ABILITY_SCORE,
            MeasureValue.measured_on <= today,
        )
        .order_by(MeasureValue.measured_on, MeasureValue.entered_at)
    )
    return tuple(Score(row.value, row.measured_on) for row in rows)


def _plans(uow: UnitOfWork, case_id: UUID) -> dict[str, bool]:
    """The kinds of plan of the case that have not ended, and whether a version is in force."""
    in_force = and_(PlanVersion.plan_id == Plan.id, PlanVersion.state == "in_force")
    rows = uow.session.execute(
        select(Plan.kind, PlanVersion.id.is_not(None))
        .outerjoin(PlanVersion, in_force)
        .where(Plan.case_id == case_id, Plan.ended_on.is_(None))
    )
    return {row[0]: row[1] for row in rows}


def _topics(uow: UnitOfWork, actor: Actor | None, case: CaseView, today: date) -> tuple[set[tuple[str, str]], Contacts]:
    """Topics of entries and documents recorded elsewhere, and when who was last in touch: one statement."""
    mine = Note.author_id == (actor.id if actor else None)
    notes = (
        select(
            Note.topic,
            Note.kind,
            func.max(Note.happened_on).filter(mine),
            func.max(Note.happened_on).filter(Note.author_id.is_(None) | ~mine),
        )
        .where(Note.case_id == case.id, Note.happened_on <= today)
        .group_by(Note.topic, Note.kind)
    )
    documents = select(RecordedElsewhere.document, literal("", String), null(), null()).where(
        RecordedElsewhere.case_id == case.id, RecordedElsewhere.recorded_on <= today
    )
    rows: Sequence[Row[*tuple[Any, ...]]] = uow.session.execute(union_all(notes, documents)).all()
    contacts = [row for row in rows if row[1] in contact_kinds()]
    return (
        {(row[0], row[1]) for row in rows if row[0]},
        Contacts(mine_on=_latest(row[2] for row in contacts), others_on=_latest(row[3] for row in contacts)),
    )


def contact_kinds() -> frozenset[str]:
    return frozenset(kind.code for kind in reference().note_kinds if kind.is_contact)


def _latest(days: Iterable[date | None]) -> date | None:
    return max((day for day in days if day is not None), default=None)


# ---------------------------------------------------------------- the head of a page
@dataclass(frozen=True, slots=True)
class People:
    """Names of staff by id, and who stands in for the responsible worker today."""

    names: dict[UUID, str]
    deputy: str | None


def people_of(uow: UnitOfWork, ids: Iterable[UUID | None], worker_id: UUID | None, today: date) -> People:
    wanted = {one for one in (*ids, worker_id) if one is not None}
    away = and_(
        Absence.deputy_id == User.id, Absence.user_id == worker_id, Absence.from_on <= today, Absence.to_on >= today
    )
    rows = uow.session.execute(
        select(User.id, User.full_name, Absence.id)
        .outerjoin(Absence, away)
        .where(or_(User.id.in_(wanted), Absence.id.is_not(None)))
    ).all()
    deputies = [row.full_name for row in rows if row[2] is not None]
    return People({row.id: row.full_name for row in rows}, deputies[0] if deputies else None)


def case_shell(uow: UnitOfWork, actor: Actor, case_id: UUID, *, now: datetime, today: date) -> CaseShell:
    """Return what the head of each case page shows; NotFound when the actor may not see the case."""
    case = cases.get_case_for(uow, actor, case_id, now=now)
    people = people_of(uow, (), case.worker_id, today)
    return shell_of(actor, record_of(uow, actor, case, today), clients.client_of(uow, case.client_id), people, today)


def shell_of(actor: Actor, record: Record, client: ClientView, people: People, today: date) -> CaseShell:
    case, lists = record.case, reference()
    action = engine.next_action(record.model, record.stages, record.facts, record.duties, today=today)
    standings = [one.standing(today) for one in record.consents]
    return CaseShell(
        case=case,
        client=client,
        age=client.age_on(today),
        language=lists.languages.label(client.contact_language),
        interpreter=lists.languages.label(client.interpreter_language) or None,
        outcome=lists.outcomes.label(case.outcome) or None,
        model=str(record.model.short),
        worker_name=people.names.get(case.worker_id) if case.worker_id else None,
        deputy_name=people.deputy,
        stages=stage_rows(record.model, record.visits, record.stages, today=today),
        current_number=record.stages.current.number,
        action=action,
        counts=Counts(
            plans=len(record.plans),
            consents=sum(one in {Standing.VALID, Standing.ENDING} for one in standings),
            consents_ending=standings.count(Standing.ENDING),
            members=len(record.members),
            members_without_basis=sum(not member.basis.holds for member in record.members),
        ),
        may=frozenset(act for act in ACTS if can(actor, act, case.subject)),
    )
