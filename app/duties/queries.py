"""Reading the ledger, and the SQL pieces boards and lists are made of: "late" is decided here and nowhere else."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Label, and_, func, select
from sqlalchemy.sql.selectable import LateralFromClause

from app.core.errors import NotFound
from app.core.uow import UnitOfWork
from app.duties.domain import (
    POSTPONINGS,
    DueWindow,
    DutyKind,
    DutyOutcome,
    DutyView,
    Postponed,
    Postponing,
    WaitsFor,
    end_of_week,
)
from app.duties.models import Duty


def view_of(row: Duty) -> DutyView:
    """Show one row as the rest of the program knows it; the sealed reason stays behind."""
    return DutyView(
        id=row.id,
        case_id=row.case_id,
        kind=DutyKind(row.kind),
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        waits_for=WaitsFor(row.waits_for),
        rule_code=row.rule_code,
        anchor_on=row.anchor_on,
        due_on=row.due_on,
        law_limit_on=row.law_limit_on,
        opened_at=row.opened_at,
        closed_on=row.closed_on,
        outcome=DutyOutcome(row.outcome) if row.outcome else None,
        follows_id=row.follows_id,
    )


def open_of_case(uow: UnitOfWork, case_id: UUID) -> list[DutyView]:
    """List what is open in a case, the first due first."""
    rows = uow.session.scalars(
        select(Duty).where(Duty.case_id == case_id, Duty.closed_at.is_(None)).order_by(Duty.due_on, Duty.id)
    )
    return [view_of(row) for row in rows]


def all_of_case(uow: UnitOfWork, case_id: UUID) -> list[DutyView]:
    """List every duty a case ever had, in the order they were opened."""
    rows = uow.session.scalars(select(Duty).where(Duty.case_id == case_id).order_by(Duty.opened_at, Duty.id))
    return [view_of(row) for row in rows]


def find_open(uow: UnitOfWork, *, kind: DutyKind, subject_kind: str, subject_id: UUID) -> DutyView | None:
    """Return the one open duty of a kind about a subject, or None."""
    row = open_row(uow, kind=kind, subject_kind=subject_kind, subject_id=subject_id)
    return None if row is None else view_of(row)


def open_row(uow: UnitOfWork, *, kind: DutyKind, subject_kind: str, subject_id: UUID) -> Duty | None:
    """Return the open row itself, for the service that closes it."""
    return uow.session.scalar(
        select(Duty).where(
            Duty.kind == kind,
            Duty.subject_kind == subject_kind,
            Duty.subject_id == subject_id,
            Duty.closed_at.is_(None),
        )
    )


def duty_of(uow: UnitOfWork, case_id: UUID, duty_id: UUID) -> DutyView:
    """Return one duty of a case, open or closed, or raise NotFound."""
    row = uow.session.scalar(select(Duty).where(Duty.id == duty_id, Duty.case_id == case_id))
    if row is None:
        raise NotFound
    return view_of(row)


def line_of(uow: UnitOfWork, *, kind: DutyKind, subject_kind: str, subject_id: UUID) -> list[Duty]:
    """Return every duty there was of a kind about a subject, in the order they were opened."""
    about = (Duty.kind == kind, Duty.subject_kind == subject_kind, Duty.subject_id == subject_id)
    rows = uow.session.scalars(select(Duty).where(*about).order_by(Duty.opened_at, Duty.closed_at.nulls_last()))
    return list(rows)


def postponings_of(uow: UnitOfWork, *, kind: DutyKind, subject_kind: str, subject_id: UUID) -> Postponed:
    """Return how often the day of a duty was put off, the first time first; they are counted anew after it was done."""
    line = line_of(uow, kind=kind, subject_kind=subject_kind, subject_id=subject_id)
    days, number, found = {row.id: row.due_on for row in line}, 0, list[Postponing]()
    for row in line:
        # A duty that a reopened case brought back follows none: nothing was put off then.
        if row.rule_code in POSTPONINGS and row.follows_id in days:
            number += 1
            found.append(
                Postponing(
                    was_on=days[row.follows_id],
                    now_on=row.due_on,
                    reason=uow.vault.open_optional("duty", "reason", row.id, row.reason),
                    by_id=row.opened_by,
                    at=row.opened_at,
                    number=number,
                )
            )
        number = 0 if row.outcome == DutyOutcome.DONE else number
    return Postponed(tuple(found), number)


# -- pieces for lists and boards -------------------------------------------------------------------------------------


def is_late(due_on: ColumnElement[date], today: date) -> ColumnElement[bool]:
    """The condition of "overdue" (architecture 2.4): the raw limit lies before today."""
    return due_on < today


def in_window(due_on: ColumnElement[date], window: DueWindow, today: date) -> ColumnElement[bool]:
    """The condition of one counter; the SQL twin of `domain.window_of`."""
    sunday = end_of_week(today)
    return {
        DueWindow.LATE: is_late(due_on, today),
        DueWindow.TODAY: due_on == today,
        DueWindow.THIS_WEEK: and_(due_on > today, due_on <= sunday),
        DueWindow.LATER: and_(due_on > today, due_on > sunday),
    }[window]


def earliest_open(case_id: ColumnElement[UUID] | Any) -> LateralFromClause:  # noqa: ANN401 - an ORM attribute is no ColumnElement
    """A lateral select of the case's earliest open duty: `duty_id, kind, due_on, law_limit_on, waits_for, …`.

    Join it with `.join(piece, true())`, or `.outerjoin` for lists that show cases with nothing open (ruling 18).
    """
    return (
        select(
            Duty.id.label("duty_id"),
            Duty.kind,
            Duty.due_on,
            Duty.law_limit_on,
            Duty.waits_for,
            Duty.rule_code,
            Duty.subject_kind,
            Duty.subject_id,
        )
        .where(Duty.case_id == case_id, Duty.closed_at.is_(None))
        .order_by(Duty.due_on, Duty.id)
        .limit(1)
        .lateral("earliest_duty")
    )


def due_counts(
    due_on: ColumnElement[date], waits_for: ColumnElement[str], today: date
) -> tuple[Label[int], Label[int], Label[int], Label[int], Label[int]]:
    """Five counting columns over the rows of a list: `late, today, this_week, waits_me, waits_others`.

    Give it the columns of `earliest_open`, so that a row and a count are one case by its earliest open duty.
    """
    counted = func.count()
    mine = waits_for == WaitsFor.WORKER
    return (
        counted.filter(in_window(due_on, DueWindow.LATE, today)).label("late"),
        counted.filter(in_window(due_on, DueWindow.TODAY, today)).label("today"),
        counted.filter(in_window(due_on, DueWindow.THIS_WEEK, today)).label("this_week"),
        counted.filter(mine).label("waits_me"),
        counted.filter(waits_for != WaitsFor.WORKER).label("waits_others"),
    )
