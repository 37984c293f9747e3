"""Reading what waits for a worker, and what the workers carry."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Row, Select, and_, any_, cast, exists, func, literal, or_, select, tuple_
from sqlalchemy.sql.selectable import Subquery

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.access.predicates import coordinates_case
from app.accounts import queries as accounts
from app.accounts.domain import UserView
from app.accounts.models import Absence, User
from app.audit import services as audit
from app.audit.domain import Purpose, purpose_of
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.cases.models import Case, StageVisit
from app.clients import queries as clients
from app.clients.domain import ClientName
from app.clients.models import Client
from app.coordination.domain import (
    PAGE_SIZE,
    AssignPage,
    Away,
    BoardFilter,
    BoardPage,
    Candidate,
    Load,
    WaitingRow,
    free_on,
    ranked,
)
from app.core.errors import NotFound
from app.core.paging import Cursor, decode_cursor, page_of
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.duties.models import Duty
from app.duties.queries import is_late
from app.network.models import ResponsiblePeriod
from app.pathways.domain import STANDING, StageCode
from app.pathways.engine import StageState
from app.pathways.loader import pathway
from app.reference.loader import reference

LATER: Final = tuple(code for code in StageCode if code.number > STANDING.number)


# ---------------------------------------------------------------- the board
def board(
    uow: UnitOfWork, actor: Actor, wanted: BoardFilter, *, cursor: str | None, now: datetime, today: date
) -> BoardPage:
    """Return the open cases without a worker, the longest waiting first, beside the actor's teams' workers.

    Leaves the trace of the names shown. Raises Forbidden for who does not coordinate.
    """
    ensure(actor, Permission.CASES_UNASSIGNED)
    waiting = _waiting(wanted).subquery("waiting")
    place = decode_cursor(cursor, of=wanted.name, key=uow.vault.cursor_key)
    fetched = uow.session.execute(_page_of_waiting(waiting, place)).all()
    at, step = (int(str(place.place[2])), -1 if place.is_backwards else 1) if place else (0, 1)
    numbers = {row.id: at + step * (index + 1) for index, row in enumerate(fetched)}
    page = page_of(
        fetched,
        size=PAGE_SIZE,
        cursor=place,
        place_of=lambda row: (row.since, row.id, numbers[row.id]),
        of=wanted.name,
        key=uow.vault.cursor_key,
    )
    is_alert = _is_alert(waiting.c.id)
    counted = select(func.count(), func.count().filter(is_alert)).select_from(waiting)
    total, alerts = uow.session.execute(counted).one()
    names = clients.names_of(uow, [row.client_id for row in page.rows])
    audit.record_listed(
        uow, actor=actor, at=now, client_ids=list(names), purpose=Purpose.COORDINATION, page="coordination"
    )
    return BoardPage(
        rows=tuple(_row(row, names[row.client_id], today) for row in page.rows),
        total=total,
        alerts=alerts,
        first=numbers[page.rows[0].id] if page.rows else 0,
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
        towns=_towns(uow),
        workers=loads_of(uow, actor.team_ids, now=now, today=today),
    )


def _page_of_waiting(waiting: Subquery, place: Cursor | None) -> Select[*tuple[Any, ...]]:
    is_back = place is not None and place.is_backwards
    rows = select(waiting).order_by(*_directed(waiting, is_back=is_back)).limit(PAGE_SIZE + 1)
    if place is not None:
        here, there = tuple_(waiting.c.since, waiting.c.id), tuple_(*map(literal, place.place[:2]))
        rows = rows.where(here < there if is_back else here > there)
    chosen = rows.subquery("chosen")
    # asked of the rows of the page alone: of all that wait it would cost a look at every visit of the county
    is_alert = _is_alert(chosen.c.id).label("is_alert")
    return select(chosen, is_alert).order_by(*_directed(chosen, is_back=is_back))


def is_unassigned() -> ColumnElement[bool]:
    """The condition of an open case that nobody answers for; each coordinator sees them all (ruling 3)."""
    return and_(Case.closed_at.is_(None), Case.primary_worker_id.is_(None))


def _waiting(wanted: BoardFilter) -> Select[*tuple[Any, ...]]:
    found = select(
        Case.id,
        Case.client_id,
        Case.model_key,
        Case.model_version,
        Case.current_stage,
        _since().label("since"),
    ).where(is_unassigned())
    if wanted.model:
        found = found.where(Case.model_key == wanted.model)
    if wanted.town:
        found = found.join(Client, Client.id == Case.client_id).where(Client.municipality_code == wanted.town)
    return found


def _since() -> ColumnElement[date]:
    """The Helsinki day since when nobody answers: the end of the last period, or the day the case was opened."""
    ended = (
        select(func.max(func.upper(ResponsiblePeriod.during)))
        .where(ResponsiblePeriod.case_id == Case.id, ResponsiblePeriod.kind == "primary")
        .correlate(Case)
        .scalar_subquery()
    )
    return func.coalesce(cast(func.timezone("Europe/Helsinki", ended), Date), Case.opened_on)


def _is_alert(case_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """The condition of the red alert (ruling 14): stage 5 is done, or a stage after it is open."""
    passed = and_(StageVisit.stage == STANDING, StageVisit.state == StageState.DONE)
    later = and_(StageVisit.stage.in_(LATER), StageVisit.state == StageState.IN_PROGRESS)
    return exists(select(StageVisit.id).where(StageVisit.case_id == case_id, or_(passed, later)))


def _directed(rows: Subquery, *, is_back: bool) -> list[ColumnElement[Any]]:
    places = (rows.c.since, rows.c.id)
    return [place.desc() if is_back else place for place in places]


def _row(row: Row[Any], client: ClientName, today: date) -> WaitingRow:
    model = pathway(row.model_key, row.model_version)
    stage = model.stage(row.current_stage)
    return WaitingRow(
        case_id=row.id,
        name=client.name,
        ref=client.ref,
        is_protected=client.is_protected,
        town=reference().municipalities.label(client.municipality_code),
        model=str(model.short),
        number=stage.number,
        stage=str(stage.short),
        since=row.since,
        days=(today - row.since).days,
        is_alert=row.is_alert,
    )


def _towns(uow: UnitOfWork) -> dict[str, str]:
    """Return the towns that wait, by code; of people under address protection none is stored (ruling 1)."""
    codes = uow.session.scalars(
        select(func.coalesce(Client.municipality_code, ""))
        .where(Client.id == any_(func.array(select(Case.client_id).where(is_unassigned()).scalar_subquery())))
        .distinct()
    )
    label = reference().municipalities.label
    return dict(sorted(((code, label(code)) for code in codes if code), key=lambda pair: pair[1]))


# ---------------------------------------------------------------- the workers
def loads_of(uow: UnitOfWork, team_ids: Collection[UUID], *, now: datetime, today: date) -> tuple[Load, ...]:
    """Return what each own worker of the teams carries, in the order of their names (three statements)."""
    workers = accounts.workers_of_teams(uow, team_ids, now)
    if not workers:
        return ()
    ids = [worker.id for worker in workers]
    counts = _counts(uow, ids, today)
    away = _absences(uow, ids, today)
    return tuple(_load(worker, counts.get(worker.id, (0, 0)), away.get(worker.id, []), today) for worker in workers)


def _counts(uow: UnitOfWork, ids: list[UUID], today: date) -> dict[UUID, tuple[int, int]]:
    late = exists(
        select(Duty.id)
        .where(Duty.case_id == Case.id, Duty.closed_at.is_(None), is_late(Duty.due_on.expression, today))
        .correlate(Case)
    )
    rows = uow.session.execute(
        select(Case.primary_worker_id, func.count(), func.count().filter(late))
        .where(Case.closed_at.is_(None), Case.primary_worker_id.in_(ids))
        .group_by(Case.primary_worker_id)
    )
    return {user_id: (number, late_number) for user_id, number, late_number in rows if user_id}


def _absences(uow: UnitOfWork, ids: list[UUID], today: date) -> dict[UUID, list[Away]]:
    rows = uow.session.execute(
        select(Absence.user_id, Absence.from_on, Absence.to_on, User.full_name)
        .outerjoin(User, User.id == Absence.deputy_id)
        .where(Absence.user_id.in_(ids), Absence.to_on >= today)
        .order_by(Absence.from_on, Absence.id)
    )
    found: dict[UUID, list[Away]] = {}
    for row in rows:
        found.setdefault(row.user_id, []).append(Away(row.from_on, row.to_on, row.full_name or ""))
    return found


def _load(worker: UserView, counts: tuple[int, int], absences: list[Away], today: date) -> Load:
    label = reference().professions.label
    return Load(
        id=worker.id,
        name=worker.full_name,
        professions=", ".join(label(code) for code in worker.professions),
        codes=frozenset(worker.professions),
        open_cases=counts[0],
        late_cases=counts[1],
        away=absences[0] if absences else None,
        free_on=free_on(absences, today),
    )


def open_cases_of(uow: UnitOfWork, user_id: UUID) -> int:
    """Return how many open cases a user is responsible for."""
    return (
        uow.session.scalar(select(func.count()).where(Case.closed_at.is_(None), Case.primary_worker_id == user_id)) or 0
    )


# ---------------------------------------------------------------- one case
def get_waiting_for(uow: UnitOfWork, actor: Actor, case_id: UUID, *, now: datetime) -> CaseView:
    """Return a case the actor may give to a worker.

    A case somebody else has just given away is often no longer for the actor to see: the answer is the same sentence
    as for one that never was.
    """
    try:
        return cases.get_case_for(uow, actor, case_id, now=now, permission=Permission.ASSIGN_WORKER)
    except NotFound:
        raise NotFound(
            N_("This case does not wait for a worker. Somebody else may have allocated it a moment ago.")
        ) from None


def candidates_for(
    uow: UnitOfWork, actor: Actor, case: CaseView, *, words: str, now: datetime, today: date
) -> list[Candidate]:
    """Return the workers of the actor's and the case's teams who could take it, best first; no client is named."""
    teams: Iterable[UUID] = actor.team_ids | actor.led_team_ids | ({case.team_id} if case.team_id else frozenset())
    allowed = pathway(case.model_key, case.model_version).professions_for(case.current_stage)
    loads = loads_of(uow, list(teams), now=now, today=today)
    return ranked(loads, frozenset(allowed), words=words)


def assign_page(uow: UnitOfWork, actor: Actor, case: CaseView, *, now: datetime) -> AssignPage:
    """Return the case as the page shows it and leave the trace of the look."""
    present = cases.case_of(uow, case.id).worker_id
    client = clients.names_of(uow, [case.client_id])[case.client_id]
    model = pathway(case.model_key, case.model_version)
    label = reference().professions.label
    purpose = Purpose.COORDINATION if coordinates_case(actor, case.subject) else purpose_of(actor, case.subject)
    audit.record_viewed(
        uow, actor=actor, at=now, client_id=case.client_id, case_id=case.id, purpose=purpose, page="coordination"
    )
    return AssignPage(
        case=case,
        name=client.name,
        is_protected=client.is_protected,
        model=str(model.short),
        stage=f"{case.current_stage.number}/7 {model.stage(case.current_stage).short}",
        allowed=", ".join(label(code) for code in model.professions_for(case.current_stage)),
        present_name=accounts.full_names(uow, [present])[present] if present else None,
    )
