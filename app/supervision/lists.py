"""The lists behind the numbers, page by page; each look at names leaves its trace.

A list is made of the very statement its number counts (`queries`, ruling 18), so that the two cannot differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, literal, select, tuple_

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.accounts import queries as accounts
from app.audit import services as audit
from app.cases.stages import usual_stays
from app.clients import queries as clients
from app.clients.domain import ClientName
from app.core.paging import Cursor, decode_cursor, page_of
from app.core.uow import UnitOfWork
from app.pathways.domain import StageCode
from app.pathways.loader import pathway
from app.reference.loader import reference
from app.supervision import queries
from app.supervision.domain import PAGE_SIZE, PURPOSES, ReviewFilter, numbers_of, shape_of, whose
from app.supervision.rows import LeadPage, LeadRow, ReviewPage, ReviewRow, StayPage, StayRow

PAGE = "supervision"


def reviews(
    uow: UnitOfWork, actor: Actor, wanted: ReviewFilter, *, cursor: str | None, now: datetime, today: date
) -> ReviewPage:
    """Return a page of the reviews behind a number, the longest late first, and leave the trace of the names."""
    shape, bound = shape_of(actor, wanted), queries.bound_to(actor, wanted, now)
    found = queries.reviews_of(shape, wanted.window, today).subquery("found")
    statement = select(found, queries.kind_of_plan(found.c.plan_id), found.c.due_on.label("place"))
    looked = _look(uow, actor, statement, bound, name=wanted.name, cursor=cursor, now=now, worker=wanted.worker_id)
    run = uow.session.connection().execute
    counted = run(select(func.count(), func.count(found.c.client_id.distinct())).select_from(found), bound).one()
    worker, team = _named(uow, wanted, looked, is_any=bool(counted[0]))
    return ReviewPage(
        rows=tuple(_review(row, looked) for row in looked.rows),
        reviews=counted[0],
        clients=counted[1],
        first=looked.first,
        next_cursor=looked.next_cursor,
        previous_cursor=looked.previous_cursor,
        worker=worker,
        team=team,
    )


def _review(row: Row[Any], looked: "_Looked") -> ReviewRow:
    stage, client = pathway(row.model_key, row.model_version).stage(row.stage), looked.names[row.client_id]
    return ReviewRow(
        case_id=row.case_id,
        name=client.name,
        ref=client.ref,
        is_protected=client.is_protected,
        number=stage.number,
        stage=str(stage.short),
        plan=reference().plan_kinds.label(row.plan),
        worker=looked.people.get(row.worker_id, ""),
        due_on=row.due_on,
    )


def lead_times(uow: UnitOfWork, actor: Actor, wanted: ReviewFilter, *, cursor: str | None, now: datetime) -> LeadPage:
    """Return a page of the cases that the median is of, the longest first, and leave the trace of the names."""
    ensure(actor, Permission.SUPERVISE)
    shape, bound = shape_of(actor, wanted.frame), queries.bound_to(actor, wanted.frame, now)
    leads = queries.leads_of(shape).subquery("leads")
    statement, name = select(leads, (-leads.c.lead).label("place")), f"leads|{wanted.frame.name}"
    looked = _look(uow, actor, statement, bound, name=name, cursor=cursor, now=now)
    median, number = uow.session.connection().execute(queries.middle_of(leads.c.lead), bound).one()
    return LeadPage(
        rows=tuple(
            LeadRow(row.id, looked.names[row.client_id], looked.people.get(row.worker_id, ""), row.from_on, row.to_on)
            for row in looked.rows
        ),
        cases=number,
        median_days=median,
        first=looked.first,
        next_cursor=looked.next_cursor,
        previous_cursor=looked.previous_cursor,
    )


def long_stays(
    uow: UnitOfWork, actor: Actor, wanted: ReviewFilter, *, cursor: str | None, now: datetime, today: date
) -> StayPage:
    """Return a page of the cases that have been in their stage longer than its target, and leave the trace.

    The one longest past its target comes first. The numbers by stage count the same cases whatever stage is asked for.
    """
    shape, bound = shape_of(actor, wanted), queries.bound_to(actor, wanted, now)
    found = queries.stays_of(shape, today).subquery("found")
    statement, name = select(found, (-found.c.over).label("place")), f"stays|{wanted.name}"
    looked = _look(uow, actor, statement, bound, name=name, cursor=cursor, now=now, worker=wanted.worker_id)
    whole = queries.stays_of(shape._replace(has_stage=False), today).subquery("whole")
    counting = select(whole.c.stage, func.count().label("cases")).group_by(whole.c.stage)
    by_stage = {StageCode(row.stage): row.cases for row in uow.session.connection().execute(counting, bound)}
    number = by_stage.get(wanted.stage, 0) if wanted.stage else sum(by_stage.values())
    usual = usual_stays(uow, {(row.model_key, StageCode(row.stage)) for row in looked.rows}, today=today)
    worker, team = _named(uow, wanted, looked, is_any=bool(number))
    return StayPage(
        rows=tuple(_stay(row, looked, usual, today) for row in looked.rows),
        cases=number,
        by_stage=by_stage,
        first=looked.first,
        next_cursor=looked.next_cursor,
        previous_cursor=looked.previous_cursor,
        worker=worker,
        team=team,
    )


def _stay(row: Row[Any], looked: "_Looked", usual: Mapping[tuple[str, StageCode], int], today: date) -> StayRow:
    stage, days = pathway(row.model_key, row.model_version).stage(row.stage), (today - row.since).days
    return StayRow(
        case_id=row.id,
        client=looked.names[row.client_id],
        number=stage.number,
        stage=str(stage.short),
        since=row.since,
        days=days,
        usual_days=days - row.over,
        county_days=usual.get((row.model_key, stage.code)),
        worker=looked.people.get(row.worker_id, ""),
    )


# ---------------------------------------------------------------- a page of any of them
@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """The rows of a page with the names of clients and workers; `first` numbers its first row."""

    rows: tuple[Row[Any], ...]
    names: Mapping[UUID, ClientName]
    people: Mapping[UUID, str]
    first: int
    next_cursor: str | None
    previous_cursor: str | None


def _look(
    uow: UnitOfWork,
    actor: Actor,
    statement: Select[*tuple[Any, ...]],
    bound: Mapping[str, Any],
    *,
    name: str,
    cursor: str | None,
    now: datetime,
    worker: UUID | None = None,
) -> _Looked:
    """Return a page in the order of `place` and `id`, with the names it shows, and leave the trace of the look."""
    place = decode_cursor(cursor, of=name, key=uow.vault.cursor_key)
    fetched = uow.session.connection().execute(_turned(statement, place), bound).all()
    numbers = numbers_of([row.id for row in fetched], place)
    page = page_of(
        fetched,
        size=PAGE_SIZE,
        cursor=place,
        place_of=lambda row: (row.place, row.id, numbers[row.id]),
        of=name,
        key=uow.vault.cursor_key,
    )
    names = clients.names_of(uow, [row.client_id for row in page.rows])
    workers = {row.worker_id for row in page.rows if row.worker_id} | ({worker} if worker else set())
    audit.record_listed(uow, actor=actor, at=now, client_ids=list(names), purpose=PURPOSES[whose(actor)], page=PAGE)
    return _Looked(
        rows=tuple(page.rows),
        names=names,
        people=accounts.full_names(uow, workers),
        first=numbers[page.rows[0].id] if page.rows else 0,
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
    )


def _turned(rows: Select[*tuple[Any, ...]], place: Cursor | None) -> Select[*tuple[Any, ...]]:
    """Return the rows from a place on, or back from it, one more than a page holds."""
    is_back = place is not None and place.is_backwards
    found = rows.subquery("listed")
    places = (found.c.place, found.c.id)
    listed = select(found)
    if place is not None:
        here, there = tuple_(*places), tuple_(*map(literal, place.place[: len(places)]))
        listed = listed.where(here < there if is_back else here > there)
    return listed.order_by(*(one.desc() if is_back else one for one in places)).limit(PAGE_SIZE + 1)


def _named(uow: UnitOfWork, wanted: ReviewFilter, looked: _Looked, *, is_any: bool) -> tuple[str, str]:
    """Return the names of the worker and the team asked for.

    An address may name anybody's worker or team: who sees nothing of theirs is not told what they are called.
    """
    worker = looked.people.get(wanted.worker_id, "") if wanted.worker_id and is_any else ""
    return worker, accounts.team_names(uow).get(wanted.team_id, "") if wanted.team_id and is_any else ""
