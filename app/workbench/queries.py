"""Reading a case for its pages: few statements, whatever the case holds, and a trace of every look."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Date,
    DateTime,
    Integer,
    String,
    Uuid,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import can
from app.access.scopes import standing_kinds, standing_of
from app.accounts.models import Absence, User
from app.activity import queries as activity
from app.activity.models import ActivityPeriod
from app.assessments import queries as assessments
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.cases.models import Case, Note, RecordedElsewhere, StageVisit
from app.clients import queries as clients
from app.clients.models import Client
from app.consents import queries as consents
from app.consents.domain import BasisState, ConsentView, Standing, basis_of, health_is_settled
from app.core.db import written_out
from app.core.errors import NotFound
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.drafts.domain import draft_id
from app.drafts.models import Draft
from app.duties.domain import DutyKind
from app.duties.models import Duty
from app.measures.domain import WORK_ABILITY_SCORE, needs_met_by
from app.measures.models import MeasureValue
from app.network import queries as network
from app.network.domain import MemberView
from app.network.models import NetworkMember
from app.participation import queries as participation
from app.pathways import engine
from app.pathways.advice import next_action
from app.pathways.checklist import checklist_of
from app.pathways.domain import Facts, StageCode
from app.pathways.loader import pathway
from app.plans import queries as plans
from app.plans.models import Plan, PlanVersion
from app.reference.loader import reference
from app.workbench.domain import LOG_FORM, CaseShell, Contacts, Counts, GoingOn, Head, Owed, Record, Score
from app.workbench.stages import stage_rows

ACTS: Final = (
    Permission.ACTIVITY_EDIT,
    Permission.ASSESSMENT_EDIT,
    Permission.CASE_LOG,
    Permission.CASE_MOVE_STAGE,
    Permission.CASE_CLOSE,
    Permission.CASE_PRINT,
    Permission.CASE_REOPEN,
    Permission.ASSIGN_WORKER,
    Permission.CLIENT_REVEAL,
    Permission.CLIENT_EDIT,
    Permission.CLIENT_AUDIT,
    Permission.CONSENT_RECORD,
    Permission.NETWORK_EDIT,
    Permission.MEASURE_ENTER,
    Permission.PARTICIPATION_RECORD,
    Permission.PLAN_EDIT,
    Permission.PLAN_REVIEW,
)


def facts_of(uow: UnitOfWork, case: CaseView, today: date) -> Facts:
    """Return what is on record for the case today, as the pathway's needs ask for it."""
    return record_of(uow, None, case, today).facts


def record_of(uow: UnitOfWork, actor: Actor | None, case: CaseView, today: date) -> Record:
    """Read what is on record for the case, in four statements."""
    parts = _parts(uow, actor, case.id, today)
    given = tuple(consents.consents_of(uow, case.id))
    members = _members(uow, case.id, given, today)
    visits = tuple(
        engine.Visit(StageCode(row.a), engine.StageState(row.b), row.c, row.d)
        for row in sorted(parts["visit"], key=lambda row: row.n)
    )
    scores = [row for row in parts["measure"] if row.a == WORK_ABILITY_SCORE and row.n is not None]
    scores.sort(key=lambda row: (row.c, row.at))
    record = Record(
        case=case,
        model=pathway(case.model_key, case.model_version),
        visits=visits,
        stages=engine.stage_map(visits),
        duties=tuple(Owed(row.a, row.c, row.about, UUID(row.b)) for row in parts["duty"]),
        consents=given,
        members=members,
        scores=tuple(Score(row.n, row.c) for row in scores),
        plans={row.a: bool(row.n) for row in parts["plan"]},
        contacts=_contacts(parts["topic"]),
        facts=Facts(),
        activity=min((GoingOn(row.a, row.c, row.d) for row in parts["activity"]), key=_starts_on, default=None),
    )
    topics = [(row.a, row.b) for row in (*parts["topic"], *parts["document"]) if row.a]
    measured = [(row.a, row.b, row.c) for row in parts["measure"]]
    met = _facts(record, topics, measured, today) | {row.a for row in parts["met"]}
    return replace(record, facts=Facts(frozenset(met)))


def _facts(
    record: Record, topics: Collection[tuple[str, str]], measured: Collection[tuple[str, str, date]], today: date
) -> set[str]:
    """The needs that are met; each feature says the same of its own part (`met_needs`), and a test compares."""
    met = set(cases.needs_met_by(topics, contact_source=record.case.contact_source))
    met |= {"worker"} if record.case.worker_id else set()
    met |= {"consent:health"} if health_is_settled(record.consents, today) else set()
    met |= {"consent:parties"} if all(member.basis.holds for member in record.members) else set()
    met |= needs_met_by(measured)
    met |= {"review"} if any(duty.kind == DutyKind.PLAN_REVIEW for duty in record.duties) else set()
    met |= {f"plan:{kind}" for kind, is_in_force in record.plans.items() if is_in_force}
    return met


def _starts_on(period: GoingOn) -> date:
    return period.starts_on


def _contacts(topics: Iterable[Any]) -> Contacts:
    found = [row for row in topics if row.b in contact_kinds()]
    return Contacts(mine_on=_latest(row.c for row in found), others_on=_latest(row.d for row in found))


@lru_cache(maxsize=1)
def contact_kinds() -> frozenset[str]:
    """Return the kinds of entry in which the client took part."""
    return frozenset(kind.code for kind in reference().note_kinds if kind.is_contact)


def _latest(days: Iterable[date | None]) -> date | None:
    return max((day for day in days if day is not None), default=None)


# ---------------------------------------------------------------- the statements, made once and bound at each reading
_CASE = bindparam("case_id", type_=Uuid())
_TODAY = bindparam("today", type_=Date())
_READER = bindparam("reader", type_=Uuid())
_NO_DAY = cast(null(), Date())
_NO_TEXT = literal("")
_NO_NUMBER = cast(null(), Integer())
_NO_TIME = cast(null(), DateTime(timezone=True))
_NO_ID = cast(null(), Uuid())
_NO_MORE = (_NO_TEXT, _NO_DAY, _NO_DAY, _NO_NUMBER, _NO_TIME, _NO_ID)
_ACTIVITY_REST = (ActivityPeriod.ends_on, _NO_NUMBER, _NO_TIME, _NO_ID)
_MINE = Note.author_id == _READER
_HEARD = participation.needs_met(_CASE, _TODAY).subquery()

# One statement for everything that is short and clear: rows of one shape, told apart by their first column.
_PARTS: Final = written_out(
    union_all(
        select(
            literal("visit").label("part"),
            StageVisit.stage.label("a"),
            StageVisit.state.label("b"),
            StageVisit.entered_on.label("c"),
            StageVisit.left_on.label("d"),
            StageVisit.ordinal.label("n"),
            _NO_TIME.label("at"),
            _NO_ID.label("about"),
        ).where(StageVisit.case_id == _CASE),
        select(
            literal("duty"),
            Duty.kind,
            cast(Duty.id, String),
            Duty.due_on,
            _NO_DAY,
            _NO_NUMBER,
            _NO_TIME,
            Duty.subject_id,
        ).where(Duty.case_id == _CASE, Duty.closed_at.is_(None)),
        select(
            literal("plan"),
            Plan.kind,
            _NO_TEXT,
            _NO_DAY,
            _NO_DAY,
            cast(func.count(PlanVersion.id), Integer()),
            _NO_TIME,
            _NO_ID,
        )
        .outerjoin(PlanVersion, and_(PlanVersion.plan_id == Plan.id, PlanVersion.state == "in_force"))
        .where(Plan.case_id == _CASE, Plan.ended_on.is_(None))
        .group_by(Plan.kind),
        select(
            literal("measure"),
            MeasureValue.measure,
            MeasureValue.event,
            MeasureValue.measured_on,
            _NO_DAY,
            cast(MeasureValue.value, Integer()),
            MeasureValue.entered_at,
            _NO_ID,
        ).where(
            MeasureValue.case_id == _CASE,
            MeasureValue.measured_on <= _TODAY,
            MeasureValue.corrected_at.is_(None),
        ),
        select(
            literal("topic"),
            Note.topic,
            Note.kind,
            func.max(Note.happened_on).filter(_MINE),
            func.max(Note.happened_on).filter(or_(Note.author_id.is_(None), ~_MINE, _READER.is_(None))),
            _NO_NUMBER,
            _NO_TIME,
            _NO_ID,
        )
        .where(Note.case_id == _CASE, Note.happened_on <= _TODAY)
        .group_by(Note.topic, Note.kind),
        select(literal("document"), RecordedElsewhere.document, *_NO_MORE).where(
            RecordedElsewhere.case_id == _CASE, RecordedElsewhere.recorded_on <= _TODAY
        ),
        select(literal("activity"), ActivityPeriod.kind, _NO_TEXT, ActivityPeriod.starts_on, *_ACTIVITY_REST).where(
            ActivityPeriod.case_id == _CASE, ActivityPeriod.ends_on >= _TODAY, activity.GOES_ON
        ),
        # needs that are met as they stand, by their code
        *(
            select(literal("met"), literal(code), *_NO_MORE).where(is_met)
            for code, is_met in (
                *activity.met_statements(_CASE),
                *network.met_statements(_CASE),
                *assessments.met_statements(_CASE, _TODAY),
                *plans.met_statements(_CASE, _TODAY),
            )
        ),
        select(literal("met"), _HEARD.c.code, *_NO_MORE),
    )
)


def _parts(uow: UnitOfWork, actor: Actor | None, case_id: UUID, today: date) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    bound = {"case_id": case_id, "today": today, "reader": actor.id if actor else None}
    for row in uow.session.connection().execute(_PARTS, bound):
        found[row.part].append(row)
    return found


_MEMBERS: Final = (
    select(NetworkMember.id, NetworkMember.name, NetworkMember.party, NetworkMember.role, NetworkMember.added_at)
    .where(NetworkMember.case_id == _CASE, NetworkMember.removed_at.is_(None))
    .order_by(NetworkMember.added_at, NetworkMember.id)
)


def _members(uow: UnitOfWork, case_id: UUID, given: Sequence[ConsentView], today: date) -> tuple[MemberView, ...]:
    bases: dict[str, BasisState] = {}
    return tuple(
        MemberView(
            id=row.id,
            name=uow.vault.open("network_member", "name", row.id, row.name),
            contact=None,
            party=row.party,
            role=row.role,
            added_at=row.added_at,
            basis=bases.get(row.party) or bases.setdefault(row.party, basis_of(given, row.party, today)),
        )
        for row in uow.session.connection().execute(_MEMBERS, {"case_id": case_id})
    )


# ---------------------------------------------------------------- the head of a page
_WORKER: Final = aliased(User)
_OTHER: Final = aliased(Case)
_BEFORE: Final = aliased(Case)
_AFTER: Final = aliased(Case)
# A path may go on in several; the one opened last is where the client is now.
_NEXT: Final = (
    select(_AFTER.id, _AFTER.ordinal)
    .where(_AFTER.follows_case_id == Case.id)
    .order_by(_AFTER.opened_at.desc(), _AFTER.id)
    .limit(1)
    .lateral("next_path")
)
_HEAD: Final = written_out(
    select(
        *cases.COLUMNS,
        standing_kinds(Case.id).label("kinds"),
        *clients.BESIDE,
        _WORKER.full_name.label("worker_name"),
        select(User.full_name)
        .join(Absence, Absence.deputy_id == User.id)
        .where(Absence.user_id == Case.primary_worker_id, Absence.from_on <= _TODAY, Absence.to_on >= _TODAY)
        .limit(1)
        .scalar_subquery()
        .label("deputy_name"),
        select(Draft.saved_at).where(Draft.id == bindparam("draft", type_=Uuid())).scalar_subquery().label("draft_at"),
        exists(select(_OTHER.id).where(_OTHER.client_id == Case.client_id, _OTHER.id != Case.id)).label("has_others"),
        _BEFORE.id.label("before_id"),
        _BEFORE.ordinal.label("before_ordinal"),
        _NEXT.c.id.label("after_id"),
        _NEXT.c.ordinal.label("after_ordinal"),
    )
    .join(Client, Client.id == Case.client_id)
    .outerjoin(_WORKER, _WORKER.id == Case.primary_worker_id)
    .outerjoin(_BEFORE, _BEFORE.id == Case.follows_case_id)
    .outerjoin(_NEXT, true())
    .where(Case.id == _CASE)
)


def head_of(
    uow: UnitOfWork,
    actor: Actor,
    case_id: UUID,
    *,
    now: datetime,
    today: date,
    permission: Permission = Permission.CASE_VIEW,
) -> Head:
    """Return the head of a case that the actor may see; NotFound or Forbidden as `cases.get_case_for`."""
    draft = draft_id(actor.id, LOG_FORM, case_id) if actor.id else None
    bound = {"case_id": case_id, "today": today, "draft": draft, **standing_of(actor, now)}
    row: Any = uow.session.connection().execute(_HEAD, bound).one_or_none()
    if row is None:
        raise NotFound(N_("The page was not found."))
    case = cases.allowed(actor, permission, cases.view_of(row))
    return Head(
        case=case,
        client=clients.client_in(uow, row),
        worker_name=row.worker_name,
        deputy_name=row.deputy_name,
        draft_at=row.draft_at,
        has_others=row.has_others,
        before=(row.before_id, f"{case.client_ref}/{row.before_ordinal}") if row.before_id else None,
        after=(row.after_id, f"{case.client_ref}/{row.after_ordinal}") if row.after_id else None,
    )


def case_shell(uow: UnitOfWork, actor: Actor, case_id: UUID, *, now: datetime, today: date) -> CaseShell:
    """Return what the head of each case page shows; NotFound when the actor may not see the case."""
    head = head_of(uow, actor, case_id, now=now, today=today)
    return shell_of(actor, head, record_of(uow, actor, head.case, today), today)


def shell_of(actor: Actor, head: Head, record: Record, today: date) -> CaseShell:
    """Return the head of a page from what was read."""
    case, client, lists = head.case, head.client, reference()
    action = next_action(record.model, record.stages, record.facts, record.duties, today=today)
    late = [duty for duty in record.duties if duty.due_on < today and duty != action.duty]
    standings = [one.standing(today) for one in record.consents]
    return CaseShell(
        case=case,
        client=client,
        age=client.age_on(today),
        language=lists.languages.label(client.contact_language),
        interpreter=lists.languages.label(client.interpreter_language) or None,
        outcome=lists.outcomes.label(case.outcome) or None,
        model=str(record.model.short),
        worker_name=head.worker_name,
        before=head.before,
        after=head.after,
        deputy_name=head.deputy_name,
        stages=stage_rows(record.model, record.visits, record.stages, today=today, is_over=not case.is_open),
        current_number=record.stages.current.number,
        checklist=checklist_of(record.model.stage(record.stages.current), record.facts),
        action=action,
        counts=Counts(
            plans=len(record.plans),
            consents=sum(one in {Standing.VALID, Standing.ENDING} for one in standings),
            consents_ending=standings.count(Standing.ENDING),
            members=len(record.members),
            members_without_basis=sum(not member.basis.holds for member in record.members),
        ),
        has_activity=record.model.activity is not None,
        late_others=len(late),
        may=frozenset(act for act in ACTS if can(actor, act, case.subject)),
    )
