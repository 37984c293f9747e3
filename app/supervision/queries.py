"""Reading the numbers of the led teams, the lists behind them, and the log.

A number and its list are made from one selection of the ledger (ruling 18), so that they cannot differ.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.sql.selectable import LateralFromClause

from app.access.actor import Actor
from app.access.models import Standing
from app.access.permissions import Permission
from app.access.policy import ensure
from app.access.predicates import StandingKind
from app.accounts import queries as accounts
from app.accounts.models import Absence, User
from app.audit import services as audit
from app.audit.domain import Purpose, deed_of
from app.audit.queries import TrailFilter, listed_clients, trail
from app.cases.models import Case
from app.clients import queries as clients
from app.clients.domain import ClientName, format_ref
from app.clients.models import Client
from app.core.paging import Cursor, decode_cursor, page_of
from app.core.uow import UnitOfWork
from app.duties.domain import POSTPONED_OFTEN, DutyKind
from app.duties.models import Duty
from app.duties.queries import is_late
from app.pathways.domain import StageCode
from app.pathways.loader import pathway
from app.plans.models import Plan
from app.reference.loader import reference
from app.supervision.domain import (
    PAGE_SIZE,
    PURPOSES,
    Board,
    Cell,
    LeadPage,
    LeadRow,
    LogPage,
    LogRow,
    ReviewFilter,
    ReviewPage,
    ReviewRow,
    Shape,
    Whose,
    Window,
    days_of,
    matrix_of,
    numbers_of,
    shape_of,
    whose,
)

PAGE: Final = "supervision"
PURPOSE: Final = Purpose.SUPERVISION


# ---------------------------------------------------------------- whose cases
def _bound(actor: Actor, wanted: ReviewFilter, now: datetime) -> dict[str, Any]:
    shape = shape_of(actor, wanted)
    bound: dict[str, Any] = {"team": wanted.team_id, "model": wanted.model, "stage": wanted.stage}
    bound |= {"worker": wanted.worker_id if shape.worker == "one" else None}
    if shape.whose is not Whose.LEAD:
        bound |= {"actor": actor.id, "now": now}
    if shape.whose is not Whose.OWN:
        bound |= {"teams": sorted(actor.led_team_ids if shape.whose is Whose.LEAD else actor.team_ids)}
    return {name: value for name, value in bound.items() if value is not None}


def _scope(shape: Shape) -> ColumnElement[bool]:
    """Open cases that the reader's numbers are made of: the led teams; for others, what is theirs.

    The twin of the policy narrowed to the task: a lead's numbers are of the led teams alone, a coordinator's of the
    own teams and cases, an own worker's of the cases they answer for or are a pair in.
    """
    parts: list[ColumnElement[bool]] = [Case.closed_at.is_(None), _seen(shape.whose)]
    if shape.has_team:
        parts.append(Case.team_id == bindparam("team"))
    if shape.has_model:
        parts.append(Case.model_key == bindparam("model"))
    return and_(*parts)


def _seen(who: Whose) -> ColumnElement[bool]:
    of_teams = Case.team_id.in_(bindparam("teams", expanding=True))
    if who is Whose.LEAD:
        return of_teams
    own = Case.id.in_(
        select(Standing.case_id).where(
            Standing.user_id == bindparam("actor"),
            Standing.kind.in_((StandingKind.RESPONSIBLE, StandingKind.PAIR)),
            Standing.valid_from <= bindparam("now"),
            Standing.valid_to.is_(None),
        )
    )
    return own if who is Whose.OWN else or_(own, of_teams)


# ---------------------------------------------------------------- reviews
def _owed(case_id: Any, window: tuple[date | None, date]) -> LateralFromClause:  # noqa: ANN401 - a column of ids
    """The open plan reviews of one case in a window: the one piece that every number and every list is made of.

    The duties are looked up case by case (OFFSET 0 keeps the planner to it): a team is a hundredth of the county, and
    reading all of the county's due reviews to keep a hundredth took ten times as long.
    """
    first, last = window
    open_reviews = and_(Duty.kind == DutyKind.PLAN_REVIEW, Duty.closed_at.is_(None), Duty.due_on <= last)
    owed = select(Duty.id, Duty.due_on, Duty.subject_id, Duty.rule_code).where(Duty.case_id == case_id, open_reviews)
    return (owed if first is None else owed.where(Duty.due_on >= first)).offset(0).lateral("owed")


def _reviews(shape: Shape, window: Window, today: date) -> Select[*tuple[Any, ...]]:
    """The reader's open plan reviews of a window: what the lists show and the board counts."""
    duty = _owed(Case.id, days_of(window, today))
    found = (
        select(
            duty.c.id,
            duty.c.due_on,
            duty.c.subject_id.label("plan_id"),
            Case.id.label("case_id"),
            Case.client_id,
            Case.primary_worker_id.label("worker_id"),
            Case.current_stage.label("stage"),
            Case.model_key,
            Case.model_version,
        )
        .join(duty, true())
        .where(_scope(shape))
    )
    if window is Window.POSTPONED:
        found = found.where(duty.c.rule_code == POSTPONED_OFTEN)
    if shape.worker == "none":
        found = found.where(Case.primary_worker_id.is_(None))
    elif shape.worker:
        found = found.where(Case.primary_worker_id == bindparam("worker"))
    return found.where(Case.current_stage == bindparam("stage")) if shape.has_stage else found


def board(uow: UnitOfWork, actor: Actor, wanted: ReviewFilter, *, now: datetime, today: date) -> Board:
    """Return the numbers of the led teams. It names workers and no client, so it leaves no trace of a look.

    Raises Forbidden for who leads nobody's work.
    """
    ensure(actor, Permission.SUPERVISE)
    shape, bound = shape_of(actor, wanted.frame), _bound(actor, wanted.frame, now)
    run = uow.session.connection().execute
    often = _reviews(shape, Window.POSTPONED, today).subquery("often")
    cells: list[Cell] = []
    cases: dict[UUID | None, int] = {}
    names: dict[UUID, str] = {}
    away: dict[UUID, tuple[date, date]] = {}
    total: Any = None
    for row in run(_numbers(shape, today), bound):
        if row.level == 0:
            cells.append(Cell(row.worker_id, StageCode(row.stage), row.late, row.beyond, row.oldest, row.coming))
        elif row.level == 1:
            cases[row.worker_id] = row.cases
            if row.full_name:
                names[row.worker_id] = row.full_name
            if row.from_on:
                away[row.worker_id] = (row.from_on, row.to_on)
        else:
            total = row
    return Board(
        matrix=matrix_of(cells, cases, names, away, today=today),
        median_days=total.median,
        median_cases=total.lead_cases,
        late_clients=total.clients,
        postponed=run(select(func.count()).select_from(often), bound).scalar_one(),
        # the names matter only where there is a choice
        teams=accounts.team_names(uow) if len(actor.led_team_ids) > 1 else dict.fromkeys(actor.led_team_ids, ""),
    )


@lru_cache(maxsize=64)
def _numbers(shape: Shape, today: date) -> Select[*tuple[Any, ...]]:
    """Every number of the board in one look at its cases: by worker and stage, by worker, and all of them.

    A row of a worker has the name and the present or next absence.
    """
    worker, stage = Case.primary_worker_id.label("worker_id"), Case.current_stage.label("stage")
    chosen = select(Case.id, Case.client_id, worker, stage, LEAD.label("lead")).where(_scope(shape)).cte("chosen")
    chosen = chosen.prefix_with("MATERIALIZED", dialect="postgresql")
    due = _owed(chosen.c.id, (None, days_of(Window.COMING, today)[1]))
    late = is_late(due.c.due_on, today)
    counted = (
        select(
            func.grouping(chosen.c.worker_id, chosen.c.stage).label("level"),
            chosen.c.worker_id,
            chosen.c.stage,
            func.count(chosen.c.id.distinct()).label("cases"),
            func.count().filter(late).label("late"),
            func.count().filter(due.c.due_on <= days_of(Window.BEYOND, today)[1]).label("beyond"),
            func.min(due.c.due_on).filter(late).label("oldest"),
            func.count().filter(due.c.due_on >= today).label("coming"),
            func.count(chosen.c.client_id.distinct()).filter(late).label("clients"),
        )
        .select_from(chosen.outerjoin(due, true()))
        .group_by(func.grouping_sets(tuple_(chosen.c.worker_id, chosen.c.stage), chosen.c.worker_id, tuple_()))
        .subquery("counted")
    )
    middle = _middle(chosen.c.lead).subquery("middle")
    # Looked up worker by worker, as the duties are: joined freely, the planner reads every user of the county.
    named = select(User.id, User.full_name).where(counted.c.level == 1, User.id == counted.c.worker_id)
    named_one = named.limit(1).lateral("named")
    away = (
        select(Absence.from_on, Absence.to_on)
        .where(Absence.user_id == named_one.c.id, Absence.to_on >= today)
        .order_by(Absence.from_on, Absence.id)
        .limit(1)
        .lateral("away")
    )
    everything = counted.join(middle, true()).outerjoin(named_one, true()).outerjoin(away, true())
    return select(counted, middle, named_one.c.full_name, away).select_from(everything)


def reviews(
    uow: UnitOfWork, actor: Actor, wanted: ReviewFilter, *, cursor: str | None, now: datetime, today: date
) -> ReviewPage:
    """Return a page of the reviews behind a number, the longest late first, and leave the trace of the names."""
    shape, bound = shape_of(actor, wanted), _bound(actor, wanted, now)
    found = _reviews(shape, wanted.window, today).subquery("found")
    run = uow.session.connection().execute
    place = decode_cursor(cursor, of=wanted.name, key=uow.vault.cursor_key)
    plan = select(Plan.kind).where(Plan.id == found.c.plan_id).scalar_subquery().label("plan")
    fetched = run(_turned(select(found, plan), (found.c.due_on, found.c.id), place), bound).all()
    numbers = numbers_of([row.id for row in fetched], place)
    page = page_of(
        fetched,
        size=PAGE_SIZE,
        cursor=place,
        place_of=lambda row: (row.due_on, row.id, numbers[row.id]),
        of=wanted.name,
        key=uow.vault.cursor_key,
    )
    counted = run(select(func.count(), func.count(found.c.client_id.distinct())).select_from(found), bound).one()
    names = clients.names_of(uow, [row.client_id for row in page.rows])
    people = accounts.full_names(uow, {row.worker_id for row in page.rows if row.worker_id} | _one(wanted.worker_id))
    audit.record_listed(uow, actor=actor, at=now, client_ids=list(names), purpose=PURPOSES[whose(actor)], page=PAGE)
    return ReviewPage(
        rows=tuple(_review(row, names[row.client_id], people) for row in page.rows),
        reviews=counted[0],
        clients=counted[1],
        first=numbers[page.rows[0].id] if page.rows else 0,
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
        # an address may name anybody's worker or team: who sees nothing of theirs is not told what they are called
        worker=people.get(wanted.worker_id, "") if wanted.worker_id and counted[0] else "",
        team=accounts.team_names(uow).get(wanted.team_id, "") if wanted.team_id and counted[0] else "",
    )


def _one(user_id: UUID | None) -> set[UUID]:
    return {user_id} if user_id else set()


def _review(row: Row[Any], client: ClientName, people: Mapping[UUID, str]) -> ReviewRow:
    stage = pathway(row.model_key, row.model_version).stage(row.stage)
    return ReviewRow(
        case_id=row.case_id,
        name=client.name,
        ref=client.ref,
        is_protected=client.is_protected,
        number=stage.number,
        stage=str(stage.short),
        plan=reference().plan_kinds.label(row.plan),
        worker=people.get(row.worker_id, ""),
        due_on=row.due_on,
    )


# ---------------------------------------------------------------- lead times
LEAD: Final = Case.planned_on - Case.identified_on
"""Days from stage 2 to stage 4; nothing while one of the days is not known."""


def _leads(shape: Shape) -> Select[*tuple[Any, ...]]:
    """Open cases that have come from stage 2 to stage 4; cases whose days are not known are left out."""
    days = (Case.identified_on.label("from_on"), Case.planned_on.label("to_on"), LEAD.label("lead"))
    return select(Case.id, Case.client_id, Case.primary_worker_id, *days).where(_scope(shape), LEAD >= 0)


def _middle(lead: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    middle = func.percentile_cont(0.5).within_group(lead).label("median")
    return select(middle, func.count().label("lead_cases")).where(lead >= 0)


def lead_times(uow: UnitOfWork, actor: Actor, wanted: ReviewFilter, *, cursor: str | None, now: datetime) -> LeadPage:
    """Return a page of the cases that the median is of, the longest first, and leave the trace of the names."""
    ensure(actor, Permission.SUPERVISE)
    shape, bound = shape_of(actor, wanted.frame), _bound(actor, wanted.frame, now)
    leads = _leads(shape).subquery("leads")
    found = select(leads, (-leads.c.lead).label("turned")).subquery("found")
    name = f"leads|{wanted.frame.name}"
    place = decode_cursor(cursor, of=name, key=uow.vault.cursor_key)
    run = uow.session.connection().execute
    fetched = run(_turned(select(found), (found.c.turned, found.c.id), place), bound).all()
    numbers = numbers_of([row.id for row in fetched], place)
    page = page_of(
        fetched,
        size=PAGE_SIZE,
        cursor=place,
        place_of=lambda row: (row.turned, row.id, numbers[row.id]),
        of=name,
        key=uow.vault.cursor_key,
    )
    names = clients.names_of(uow, [row.client_id for row in page.rows])
    people = accounts.full_names(uow, {row.primary_worker_id for row in page.rows if row.primary_worker_id})
    audit.record_listed(uow, actor=actor, at=now, client_ids=list(names), purpose=PURPOSES[whose(actor)], page=PAGE)
    median, number = run(_middle(leads.c.lead), bound).one()
    return LeadPage(
        rows=tuple(
            LeadRow(row.id, names[row.client_id], people.get(row.primary_worker_id, ""), row.from_on, row.to_on)
            for row in page.rows
        ),
        cases=number,
        median_days=median,
        first=numbers[page.rows[0].id] if page.rows else 0,
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
    )


# ---------------------------------------------------------------- pages
def _turned(
    rows: Select[*tuple[Any, ...]], places: tuple[ColumnElement[Any], ...], place: Cursor | None
) -> Select[*tuple[Any, ...]]:
    """Return the rows from a place on, or back from it, one more than a page holds."""
    is_back = place is not None and place.is_backwards
    if place is not None:
        here, there = tuple_(*places), tuple_(*map(literal, place.place[: len(places)]))
        rows = rows.where(here < there if is_back else here > there)
    return rows.order_by(*(one.desc() if is_back else one for one in places)).limit(PAGE_SIZE + 1)


# ---------------------------------------------------------------- the log
def log(uow: UnitOfWork, actor: Actor, wanted: TrailFilter, *, cursor: str | None, now: datetime) -> LogPage:
    """Return a page of the whole trail, newest first, with references and no names; the look leaves its own trace.

    Raises Forbidden for who does not watch over data protection.
    """
    ensure(actor, Permission.AUDIT_VIEW)
    name, key = f"log|{wanted}", uow.vault.cursor_key
    place = decode_cursor(cursor, of=name, key=key)
    at, is_back = (int(str(place.place[0])), place.is_backwards) if place else (None, False)
    fetched = trail(uow, wanted, limit=PAGE_SIZE + 1, place=at, is_back=is_back)
    page = page_of(fetched, size=PAGE_SIZE, cursor=place, place_of=lambda row: (row.id,), of=name, key=key)
    refs = _refs(uow, {row.client_id for row in page.rows if row.client_id})
    listed = listed_clients(uow, [row.id for row in page.rows if row.is_listed])
    audit.record(uow, "viewed", actor=actor, at=now, object_kind="trail", client_id=wanted.client_id, purpose=PURPOSE)
    return LogPage(
        rows=tuple(
            LogRow(row=row, deed=deed_of(row), ref=refs.get(row.client_id, ""), listed=listed.get(row.id, 0))
            for row in page.rows
        ),
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
    )


def _refs(uow: UnitOfWork, client_ids: set[UUID]) -> dict[UUID | None, str]:
    found = select(Client.id, Client.ref_number).where(Client.id.in_(client_ids))
    return {row.id: format_ref(row.ref_number) for row in uow.session.connection().execute(found)}


def find_client(uow: UnitOfWork, ref_number: int) -> UUID | None:
    """Return the client of a reference, for the log alone: its reader sees references of everybody and no names."""
    return uow.session.scalar(select(Client.id).where(Client.ref_number == ref_number))
