"""Reading the work list: few statements, whatever the county holds, and the trace of the look (ruling 20).

Statements are built once for each shape a filter can have and a day, and run with bound values: building one costs
more than running it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Row,
    Select,
    bindparam,
    case,
    cast,
    func,
    join,
    literal,
    null,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.selectable import LateralFromClause, Subquery

from app.access.actor import Actor
from app.access.models import Standing
from app.access.predicates import StandingKind
from app.accounts import queries as accounts
from app.audit import services as audit
from app.cases.models import Case, NextStep, StageVisit
from app.clients import queries as clients
from app.clients.domain import ClientName
from app.clients.models import Client
from app.core.paging import Cursor, CursorValue, decode_cursor, page_of
from app.core.uow import UnitOfWork
from app.duties.domain import DueWindow, DutyKind, WaitsFor
from app.duties.queries import due_counts, earliest_open, in_window
from app.pathways.domain import StageCode
from app.pathways.loader import pathway
from app.reference.loader import reference
from app.worklist.domain import (
    Counts,
    Order,
    View,
    Window,
    WorklistFilter,
    WorklistPage,
    WorklistRow,
    purpose_in,
    states_of,
    teams_of,
)

OWN_KINDS: Final = (StandingKind.RESPONSIBLE, StandingKind.PAIR)
NEVER_DUE: Final = date(9999, 12, 31)
NEVER_MET: Final = date(1, 1, 1)
STAGE_NUMBER: Final = {code.value: code.number for code in StageCode}


class Shape(NamedTuple):
    """What of a filter changes the text of a statement; the rest is bound when it runs."""

    is_own: bool
    has_stage: bool
    has_model: bool
    has_worker: bool
    is_unassigned: bool
    window: Window | None
    order: Order
    is_descending: bool
    today: date


def worklist(
    uow: UnitOfWork, actor: Actor, wanted: WorklistFilter, *, cursor: str | None, now: datetime, today: date
) -> WorklistPage:
    """Return a page of open cases with the counters of the same rows, and leave the trace of the names shown."""
    shape = _shape(wanted, today)
    bound = _bound(actor, wanted, now)
    key = uow.vault.cursor_key
    place = decode_cursor(cursor, of=wanted.name, key=key)
    fetched = uow.session.execute(_page(shape, _step(place)), bound | _place(place) | {"size": wanted.size + 1}).all()
    numbers = _numbers(fetched, place)
    page = page_of(
        fetched,
        size=wanted.size,
        cursor=place,
        place_of=lambda row: (row.k0, row.k1, row.id, numbers[row.id]),
        of=wanted.name,
        key=key,
    )
    counted = uow.session.execute(_counters(shape), bound).one()
    names = clients.names_of(uow, [row.client_id for row in page.rows])
    audit.record_listed(
        uow, actor=actor, at=now, client_ids=list(names), purpose=purpose_in(actor, wanted.view), page="worklist"
    )
    teams, workers = _people(uow, actor, wanted, page.rows, now)
    return WorklistPage(
        rows=tuple(_row(uow, row, names[row.client_id]) for row in page.rows),
        counts=Counts(*counted),
        first=numbers[page.rows[0].id] if page.rows else 0,
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
        teams=teams,
        workers=workers,
    )


# ---------------------------------------------------------------- statements
def _shape(wanted: WorklistFilter, today: date) -> Shape:
    return Shape(
        is_own=wanted.view is View.OWN,
        has_stage=wanted.stage is not None,
        has_model=wanted.model is not None,
        has_worker=wanted.worker_id is not None,
        is_unassigned=wanted.is_unassigned,
        window=wanted.window,
        order=wanted.order,
        is_descending=wanted.is_descending,
        today=today,
    )


def _bound(actor: Actor, wanted: WorklistFilter, now: datetime) -> dict[str, Any]:
    if wanted.view is View.OWN:
        scope: dict[str, Any] = {"actor": actor.id, "now": now}
    else:
        teams = teams_of(actor, wanted.view)
        scope = {"teams": sorted(teams & {wanted.team_id} if wanted.team_id else teams)}
    asked = {"stage": wanted.stage, "model": wanted.model, "worker": wanted.worker_id}
    return scope | {name: value for name, value in asked.items() if value is not None}


def _cases(shape: Shape) -> tuple[Select[*tuple[Any, ...]], LateralFromClause]:
    """The one selection that both the list and its counters are made of (ruling 18)."""
    duty = earliest_open(Case.id)
    found = (
        select(Case.id, Case.client_id, duty.c.due_on, duty.c.waits_for, duty.c.kind, duty.c.subject_id)
        .select_from(_tables(shape).outerjoin(duty, true()))
        .where(Case.closed_at.is_(None), _scope(is_own=shape.is_own))
    )
    if shape.has_stage:
        found = found.where(Case.current_stage == bindparam("stage"))
    if shape.has_model:
        found = found.where(Case.model_key == bindparam("model"))
    if shape.is_unassigned:
        found = found.where(Case.primary_worker_id.is_(None))
    elif shape.has_worker:
        found = found.where(Case.primary_worker_id == bindparam("worker"))
    return found, duty


def _tables(shape: Shape) -> FromClause:
    if shape.order is Order.REF:
        return join(Case, Client, Client.id == Case.client_id)
    return Case.__table__


def _scope(*, is_own: bool) -> ColumnElement[bool]:
    """The SQL twin of the two rules: own and pair by standing, a team by the actor's place in it.

    Standing here is what goes on, which the partial index holds: narrower than `scopes`, never wider.
    """
    if not is_own:
        return Case.team_id.in_(bindparam("teams", expanding=True))
    return Case.id.in_(
        select(Standing.case_id).where(
            Standing.user_id == bindparam("actor"),
            Standing.kind.in_(OWN_KINDS),
            Standing.valid_from <= bindparam("now"),
            Standing.valid_to.is_(None),
        )
    )


@lru_cache(maxsize=256)
def _counters(shape: Shape) -> Select[*tuple[Any, ...]]:
    found, _ = _cases(shape)
    rows = found.subquery()
    is_shown = _narrowed(shape, rows)
    return select(
        *due_counts(rows.c.due_on, rows.c.waits_for, shape.today),
        func.count(),
        func.count().filter(is_shown),
        func.count(rows.c.client_id.distinct()).filter(is_shown),
    ).select_from(rows)


@lru_cache(maxsize=512)
def _page(shape: Shape, step: str) -> Select[*tuple[Any, ...]]:
    found, duty = _cases(shape)
    keys = _keys(shape, duty)
    found = found.add_columns(
        Case.model_key,
        Case.model_version,
        Case.current_stage,
        Case.last_contact_on,
        Case.last_contact_kind,
        Case.primary_worker_id,
        keys[0].label("k0"),
        keys[1].label("k1"),
    ).where(_narrowed(shape, duty))
    here = tuple_(*keys, Case.id)
    there = tuple_(bindparam("p0"), bindparam("p1"), bindparam("p2"))
    if step:
        found = found.where(here < there if step == "back" else here > there)
    places = (*keys, Case.id)
    found = found.order_by(*(place.desc() if step == "back" else place for place in places)).limit(bindparam("size"))
    return _with_page_columns(found.subquery("rows"), is_back=step == "back")


def _with_page_columns(rows: Subquery, *, is_back: bool) -> Select[*tuple[Any, ...]]:
    """Add what only the rows of the page need: the trail of visits, and the words of a promise."""
    visit = StageVisit.stage + literal(":") + StageVisit.state
    trail = (
        select(func.string_agg(visit, aggregate_order_by(literal(","), StageVisit.ordinal)))
        .where(StageVisit.case_id == rows.c.id)
        .scalar_subquery()
    )
    promise = select(NextStep.text).where(NextStep.id == rows.c.subject_id).scalar_subquery()
    step = case((rows.c.kind == DutyKind.TASK, promise), else_=null())
    places = (rows.c.k0, rows.c.k1, rows.c.id)
    return select(*rows.c, trail.label("trail"), step.label("step")).order_by(
        *(place.desc() if is_back else place for place in places)
    )


def _narrowed(shape: Shape, duty: LateralFromClause | Subquery) -> ColumnElement[bool]:
    due_on, waits_for = duty.c.due_on, duty.c.waits_for
    if shape.window is None:
        return true()
    if shape.window is Window.ME:
        return waits_for == WaitsFor.WORKER
    if shape.window is Window.OTHERS:
        return waits_for != WaitsFor.WORKER
    return in_window(due_on, DueWindow[shape.window.name], shape.today)


def _keys(shape: Shape, duty: LateralFromClause) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Two ascending sort values; what descends is turned round in the first, so that rows compare as one tuple."""
    due = func.coalesce(duty.c.due_on, literal(NEVER_DUE, Date))
    if shape.order is Order.REF:
        first: ColumnElement[Any] = Client.ref_number.expression
        return (-first if shape.is_descending else first), due
    if shape.order is Order.STAGE:
        first = case(STAGE_NUMBER, value=Case.current_stage)
        return (-first if shape.is_descending else first), due
    if shape.order is Order.LAST:
        met = func.coalesce(Case.last_contact_on, literal(NEVER_MET, Date))
        return _days(met, is_descending=shape.is_descending), due
    return _days(due, is_descending=shape.is_descending), literal(0)


def _days(day: ColumnElement[date], *, is_descending: bool) -> ColumnElement[Any]:
    return cast(literal(NEVER_DUE, Date), Date) - day if is_descending else day


def _step(place: Cursor | None) -> str:
    if place is None:
        return ""
    return "back" if place.is_backwards else "on"


def _place(place: Cursor | None) -> dict[str, CursorValue]:
    return {} if place is None else dict(zip(("p0", "p1", "p2"), place.place, strict=False))


def _numbers(fetched: Sequence[Row[Any]], place: Cursor | None) -> dict[UUID, int]:
    """Return the running number of each fetched row, reckoned from the row the page begins at."""
    at = int(str(place.place[3])) if place else 0
    step = -1 if place and place.is_backwards else 1
    return {row.id: at + step * (index + 1) for index, row in enumerate(fetched)}


# ---------------------------------------------------------------- rows
def _row(uow: UnitOfWork, row: Row[Any], client: ClientName) -> WorklistRow:
    stage = pathway(row.model_key, row.model_version).stage(row.current_stage)
    lists = reference()
    return WorklistRow(
        case_id=row.id,
        name=client.name,
        ref=client.ref,
        is_protected=client.is_protected,
        town=lists.municipalities.label(client.municipality_code),
        states=states_of(row.trail or ""),
        number=stage.number,
        stage=str(stage.short),
        kind=row.kind,
        step=uow.vault.open_optional("next_step", "text", row.subject_id, row.step),
        waits_for=row.waits_for,
        due_on=row.due_on,
        last_on=row.last_contact_on,
        last_kind=lists.note_kinds.label(row.last_contact_kind).lower(),
        worker_id=row.primary_worker_id,
    )


def _people(
    uow: UnitOfWork, actor: Actor, wanted: WorklistFilter, rows: Sequence[Row[Any]], now: datetime
) -> tuple[Mapping[UUID, str], Mapping[UUID, str]]:
    """Return the names of the view's teams and of the workers to choose from or shown; the own view needs none."""
    if wanted.view is View.OWN:
        return {}, {}
    ids = teams_of(actor, wanted.view)
    teams = {team_id: name for team_id, name in accounts.team_names(uow).items() if team_id in ids}
    chosen = ids & {wanted.team_id} if wanted.team_id else ids
    workers = {user.id: user.full_name for user in accounts.workers_of_teams(uow, chosen, now)}
    shown = {row.primary_worker_id for row in rows} | {wanted.worker_id}
    others = {user_id for user_id in shown if user_id and user_id not in workers}
    return teams, workers | accounts.full_names(uow, others)
