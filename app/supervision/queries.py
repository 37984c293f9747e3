"""Reading the numbers of the led teams, the statements of the lists behind them, and the log.

A number and its list are made from one selection of the ledger (ruling 18), so that they cannot differ.
"""

from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    type_coerce,
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
from app.clients.domain import format_ref
from app.clients.models import Client
from app.core.db import written_out
from app.core.paging import decode_cursor, page_of
from app.core.uow import UnitOfWork
from app.duties.domain import POSTPONED_OFTEN, DutyKind
from app.duties.models import Duty
from app.duties.queries import is_late
from app.pathways.domain import StageCode
from app.pathways.loader import all_versions
from app.pathways.pathway import Pathway
from app.plans.models import Plan
from app.supervision.domain import (
    PAGE_SIZE,
    Board,
    Cell,
    Load,
    ReviewFilter,
    Shape,
    Whose,
    Window,
    days_of,
    matrix_of,
    shape_of,
)
from app.supervision.rows import LogPage, LogRow

PURPOSE: Final = Purpose.SUPERVISION


# ---------------------------------------------------------------- whose cases
def bound_to(actor: Actor, wanted: ReviewFilter, now: datetime) -> dict[str, Any]:
    """Return what is bound when a statement of the reader's filter runs."""
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
def _owed(
    case_id: Any,  # noqa: ANN401 - a column of ids
    window: tuple[date | None, date],
    *,
    with_postponed: bool = False,
) -> LateralFromClause:
    """The open plan reviews of one case in a window: the one piece that every number and every list is made of.

    The duties are looked up case by case (OFFSET 0 keeps the planner to it): a team is a hundredth of the county, and
    reading all of the county's due reviews to keep a hundredth took ten times as long.
    """
    first, last = window
    in_time = Duty.due_on <= last
    wanted = or_(in_time, Duty.rule_code == POSTPONED_OFTEN) if with_postponed else in_time
    open_reviews = and_(Duty.kind == DutyKind.PLAN_REVIEW, Duty.closed_at.is_(None), wanted)
    owed = select(Duty.id, Duty.due_on, Duty.subject_id, Duty.rule_code).where(Duty.case_id == case_id, open_reviews)
    return (owed if first is None else owed.where(Duty.due_on >= first)).offset(0).lateral("owed")


def reviews_of(shape: Shape, window: Window, today: date) -> Select[*tuple[Any, ...]]:
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
    return _narrowed(found, shape)


def kind_of_plan(plan_id: ColumnElement[UUID]) -> ColumnElement[str]:
    """The kind of a plan, beside its review."""
    return select(Plan.kind).where(Plan.id == plan_id).scalar_subquery().label("plan")


def _narrowed(found: Select[*tuple[Any, ...]], shape: Shape) -> Select[*tuple[Any, ...]]:
    """Return the rows of one cell of the board: of a worker or of nobody, of a stage."""
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
    shape, bound = shape_of(actor, wanted.frame), bound_to(actor, wanted.frame, now)
    run = uow.session.connection().execute
    cells: list[Cell] = []
    loads: dict[UUID | None, Load] = {}
    names: dict[UUID, str] = {}
    away: dict[UUID, tuple[date, date]] = {}
    total: Any = None
    for row in run(_numbers(shape, today), bound):
        if row.level == 0:
            cells.append(Cell(row.worker_id, StageCode(row.stage), row.late, row.beyond, row.oldest, row.coming))
        elif row.level == 1:
            loads[row.worker_id] = Load(row.cases, row.stayed)
            if row.full_name:
                names[row.worker_id] = row.full_name
            if row.from_on:
                away[row.worker_id] = (row.from_on, row.to_on)
        else:
            total = row
    return Board(
        matrix=matrix_of(cells, loads, names, away, today=today),
        median_days=total.median,
        median_cases=total.lead_cases,
        late_clients=total.clients,
        postponed=total.postponed,
        # the names matter only where there is a choice
        teams=accounts.team_names(uow) if len(actor.led_team_ids) > 1 else dict.fromkeys(actor.led_team_ids, ""),
    )


@lru_cache(maxsize=64)
def _numbers(shape: Shape, today: date) -> Select[*tuple[Any, ...]]:
    """Every number of the board in one look at its cases: by worker and stage, by worker, and all of them.

    A row of a worker has the name and the present or next absence.
    """
    worker, stage = Case.primary_worker_id.label("worker_id"), Case.current_stage.label("stage")
    columns = (worker, stage, LEAD.label("lead"), (_over(today) > 0).label("stayed"))
    chosen = select(Case.id, Case.client_id, *columns).where(_scope(shape)).cte("chosen")
    chosen = chosen.prefix_with("MATERIALIZED", dialect="postgresql")
    coming = days_of(Window.COMING, today)[1]
    due = _owed(chosen.c.id, (None, coming), with_postponed=True)
    late = is_late(due.c.due_on, today)
    counted = (
        select(
            func.grouping(chosen.c.worker_id, chosen.c.stage).label("level"),
            chosen.c.worker_id,
            chosen.c.stage,
            func.count(chosen.c.id.distinct()).label("cases"),
            func.count(chosen.c.id.distinct()).filter(chosen.c.stayed).label("stayed"),
            func.count().filter(late).label("late"),
            func.count().filter(due.c.due_on <= days_of(Window.BEYOND, today)[1]).label("beyond"),
            func.min(due.c.due_on).filter(late).label("oldest"),
            func.count().filter(due.c.due_on.between(today, coming)).label("coming"),
            func.count().filter(due.c.rule_code == POSTPONED_OFTEN).label("postponed"),
            func.count(chosen.c.client_id.distinct()).filter(late).label("clients"),
        )
        .select_from(chosen.outerjoin(due, true()))
        .group_by(func.grouping_sets(tuple_(chosen.c.worker_id, chosen.c.stage), chosen.c.worker_id, tuple_()))
        .subquery("counted")
    )
    middle = middle_of(chosen.c.lead).subquery("middle")
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
    return written_out(select(counted, middle, named_one.c.full_name, away).select_from(everything))


# ---------------------------------------------------------------- lead times
LEAD: Final = Case.planned_on - Case.identified_on
"""Days from stage 2 to stage 4; nothing while one of the days is not known."""


def leads_of(shape: Shape) -> Select[*tuple[Any, ...]]:
    """Open cases that have come from stage 2 to stage 4; cases whose days are not known are left out."""
    days = (Case.identified_on.label("from_on"), Case.planned_on.label("to_on"), LEAD.label("lead"))
    worker = Case.primary_worker_id.label("worker_id")
    return select(Case.id, Case.client_id, worker, *days).where(_scope(shape), LEAD >= 0)


def middle_of(lead: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    middle = func.percentile_cont(0.5).within_group(lead).label("median")
    return select(middle, func.count().label("lead_cases")).where(lead >= 0)


# ---------------------------------------------------------------- long stays
def stays_of(shape: Shape, today: date) -> Select[*tuple[Any, ...]]:
    """Open cases that have been in their stage longer than its target: what the board counts and the list shows."""
    over = _over(today)
    columns = (Case.current_stage.label("stage"), Case.current_since.label("since"), over.label("over"))
    worker = Case.primary_worker_id.label("worker_id")
    found = select(Case.id, Case.client_id, worker, Case.model_key, Case.model_version, *columns)
    return _narrowed(found.where(_scope(shape), over > 0), shape)


def _over(today: date) -> ColumnElement[int]:
    """Days since the target of the current stage was passed: more than 0 is the twin of `checklist.Stay.is_long`.

    Nothing for a stage without a target, one that is not open, and one whose first day is not known.
    """
    return type_coerce(literal(today) - Case.current_since, Integer) - _usual()


@lru_cache(maxsize=1)
def _usual() -> ColumnElement[int]:
    """The target of a case's current stage."""
    return case(*(_target(model) for model in all_versions()))


def _target(model: Pathway) -> tuple[ColumnElement[bool], ColumnElement[int]]:
    days = {str(stage.code): stage.usual_days for stage in model.stages if stage.usual_days is not None}
    return and_(Case.model_key == model.key, Case.model_version == model.version), case(days, value=Case.current_stage)


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
