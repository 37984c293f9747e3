"""Reading the work list: few statements, whatever the county holds, and the trace of the look (ruling 20).

Statements are built once for each shape a filter can have and a day, and run with bound values: building one costs
more than running it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    CTE,
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
from app.core.db import written_out
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
    place = decode_cursor(cursor, of=wanted.name, key=uow.vault.cursor_key)
    statement = _page(_shape(wanted, today), _step(place))
    bound = _bound(actor, wanted, now) | _place(place) | {"size": wanted.size + 1}
    # On the connection itself: rows of columns need nothing of the session's unit of objects.
    found = uow.session.connection().execute(statement, bound).all()
    fetched = [row for row in found if row.id is not None]
    numbers = _numbers(fetched, place)
    page = page_of(
        fetched,
        size=wanted.size,
        cursor=place,
        place_of=lambda row: (row.k0, row.k1, row.id, numbers[row.id]),
        of=wanted.name,
        key=uow.vault.cursor_key,
    )
    names = clients.names_of(uow, [row.client_id for row in page.rows])
    audit.record_listed(
        uow, actor=actor, at=now, client_ids=list(names), purpose=purpose_in(actor, wanted.view), page="worklist"
    )
    teams, workers = _people(uow, actor, wanted, page.rows, now)
    return WorklistPage(
        rows=_rows(uow, page.rows, names),
        counts=Counts(*found[0][: len(fields(Counts))]),
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


def _cases(shape: Shape) -> Select[*tuple[Any, ...]]:
    """The one selection that both the list and its counters are made of (ruling 18)."""
    duty = earliest_open(Case.id)
    first, second = _keys(shape, duty)
    found = (
        select(
            Case.id,
            Case.client_id,
            Case.model_key,
            Case.model_version,
            Case.current_stage,
            Case.last_contact_on,
            Case.last_contact_kind,
            Case.primary_worker_id,
            duty.c.due_on,
            duty.c.waits_for,
            duty.c.kind,
            duty.c.subject_id,
            first.label("k0"),
            second.label("k1"),
        )
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
    return found


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


@lru_cache(maxsize=512)
def _page(shape: Shape, step: str) -> Select[*tuple[Any, ...]]:
    """The counters of the selection beside each row of its page; a page without rows still has the counters."""
    found = _cases(shape).cte("found").prefix_with("MATERIALIZED", dialect="postgresql")
    is_shown = _narrowed(shape, found)
    counted = select(
        *due_counts(found.c.due_on, found.c.waits_for, shape.today),
        func.count().label("all"),
        func.count().filter(is_shown).label("cases"),
        func.count(found.c.client_id.distinct()).filter(is_shown).label("clients"),
    ).subquery("counted")
    is_back = step == "back"
    places = (found.c.k0, found.c.k1, found.c.id)
    rows = select(*found.c).where(is_shown)
    if step:
        here, there = tuple_(*places), tuple_(bindparam("p0"), bindparam("p1"), bindparam("p2"))
        rows = rows.where(here < there if is_back else here > there)
    page = rows.order_by(*_directed(places, is_back=is_back)).limit(bindparam("size")).subquery("page")
    ordered = _directed((page.c.k0, page.c.k1, page.c.id), is_back=is_back)
    whole = select(*counted.c, *page.c, *_of_page(page)).select_from(counted.outerjoin(page, true()))
    return written_out(whole.order_by(*ordered))


def _directed(places: Sequence[ColumnElement[Any]], *, is_back: bool) -> list[ColumnElement[Any]]:
    return [place.desc() if is_back else place for place in places]


def _of_page(page: Subquery) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """What only the rows of the page need: the trail of visits, and the words of a promise."""
    visit = StageVisit.stage + literal(":") + StageVisit.state
    trail = (
        select(func.string_agg(visit, aggregate_order_by(literal(","), StageVisit.ordinal)))
        .where(StageVisit.case_id == page.c.id)
        .scalar_subquery()
    )
    promise = select(NextStep.text).where(NextStep.id == page.c.subject_id).scalar_subquery()
    step = case((page.c.kind == DutyKind.TASK, promise), else_=null())
    return trail.label("trail"), step.label("step")


def _narrowed(shape: Shape, found: CTE) -> ColumnElement[bool]:
    due_on, waits_for = found.c.due_on, found.c.waits_for
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
def _rows(uow: UnitOfWork, rows: Sequence[Row[Any]], names: Mapping[UUID, ClientName]) -> tuple[WorklistRow, ...]:
    lists, opened = reference(), uow.vault.open
    towns, kinds = lists.municipalities.label, lists.note_kinds.label
    stages: dict[tuple[str, int, str], str] = {}
    made: list[WorklistRow] = []
    for row in rows:
        client = names[row.client_id]
        place = (row.model_key, row.model_version, row.current_stage)
        stage = stages.get(place)
        if stage is None:
            stage = stages[place] = str(pathway(place[0], place[1]).stage(place[2]).short)
        made.append(
            WorklistRow(
                case_id=row.id,
                name=client.name,
                ref=client.ref,
                is_protected=client.is_protected,
                town=towns(client.municipality_code),
                states=states_of(row.trail or ""),
                number=STAGE_NUMBER[place[2]],
                stage=stage,
                kind=row.kind,
                step=opened("next_step", "text", row.subject_id, row.step) if row.step else None,
                waits_for=row.waits_for,
                due_on=row.due_on,
                last_on=row.last_contact_on,
                last_kind=kinds(row.last_contact_kind).lower(),
                worker_id=row.primary_worker_id,
            )
        )
    return tuple(made)


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
    others = {row.primary_worker_id for row in rows if row.primary_worker_id not in workers} - {None}
    return teams, workers | accounts.full_names(uow, others)
