"""Marking the days of a week: present with hours, or away with a reason. Marks are added, never written over."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.activity import grounds, queries
from app.activity.checks import mark_problem
from app.activity.counters import attendance_warnings
from app.activity.domain import (
    LONGEST_TEXT,
    AttendanceState,
    DayMark,
    PeriodView,
    Week,
    changed_marks,
)
from app.activity.models import Attendance
from app.activity.queries import MARKS, PERIOD
from app.audit import services as audit
from app.cases.domain import CaseView
from app.core.clock import local_date
from app.core.errors import Conflict, FieldProblem, Refused, too_long
from app.core.ids import new_id
from app.core.texts import N_, Text
from app.core.uow import UnitOfWork
from app.reference.loader import reference

TAKEN = N_("Somebody else has marked this week after you opened it. Look at the marks and save again.")


def mark_week(
    uow: UnitOfWork,
    case: CaseView,
    period_id: UUID,
    monday: date,
    *,
    marks: Mapping[date, DayMark],
    remark: str | None,
    expected_count: int | None,
    actor: Actor,
    now: datetime,
) -> int:
    """Mark the days of a week and return how many marks were new; a day marked as before is left as it is.

    A correction is a new mark, and the one before stays as history. Days to come and days outside the period cannot
    be marked. A week that crosses a limit of the law asks for a reason at `remark`. Raises Refused at the fields,
    Conflict when somebody has marked the week since (`expected_count`). The daily counsellor of the team may mark.
    Source: domain 1.5 B6; RU02.
    """
    ensure(actor, Permission.ACTIVITY_EDIT, case.subject)
    queries.period_row(uow, case.id, period_id)
    period, today = queries.period_of(uow, case.id, period_id), local_date(now)
    week = queries.week_of(uow, period, monday, today)
    changed = changed_marks(week.rows, marks)
    problems = _problems(week, changed, remark, today)
    if problems:
        raise Refused.because(problems)
    if week.count != expected_count:
        raise Conflict(TAKEN)
    _ask_reason(uow, period, week, changed, remark)
    _add(uow, period, changed, remark, actor=actor, now=now)
    if changed:
        detail = {"week": monday, "days": len(changed)}
        audit.record_in_case(uow, "attendance_marked", case, PERIOD, period_id, actor=actor, at=now, detail=detail)
    return len(changed)


def _problems(week: Week, changed: Mapping[date, DayMark], remark: str | None, today: date) -> list[FieldProblem]:
    rows = {row.day: row for row in week.rows}
    found: list[FieldProblem] = []
    for day, mark in changed.items():
        row = rows.get(day)
        problem = mark_problem(row, mark) if row else FieldProblem(None, _not_of_week(day))
        if problem:
            found.append(problem)
        elif mark.absence is not None and reference().absences.pick(mark.absence, today) is None:
            words = N_("Choose why the client was away on %(day)s.", day=day)
            found.append(FieldProblem(f"d{day.isoweekday()}-absence", words))
    return found + too_long({"remark": remark}, LONGEST_TEXT)


def _not_of_week(day: date) -> Text:
    return N_("%(day)s is not a day of this week.", day=day)


def _ask_reason(
    uow: UnitOfWork, period: PeriodView, week: Week, changed: Mapping[date, DayMark], remark: str | None
) -> None:
    """A limit may be crossed, but never in silence: only a week that changes is asked about."""
    limits = grounds.limits_of(period.kind, week.monday)
    if limits is None or not changed or (remark or "").strip():
        return
    days = queries.days_of_client(uow, period.client_id, period.kind).with_marks(changed)
    found = [FieldProblem("remark", one.words) for one in attendance_warnings(days.attended, week.monday, limits)]
    if found:
        raise Refused.because([*found, FieldProblem("remark", N_("Write why it was agreed so all the same."))])


def _add(
    uow: UnitOfWork,
    period: PeriodView,
    changed: Mapping[date, DayMark],
    remark: str | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    numbers = queries.numbers_of(uow, period.id, list(changed))
    for day, mark in changed.items():
        row = Attendance(
            id=new_id(),
            period_id=period.id,
            case_id=period.case_id,
            day=day,
            number=numbers.get(day, 0) + 1,
            state=AttendanceState(mark.state),
            minutes=mark.minutes,
            absence=mark.absence,
            recorded_at=now,
            recorded_by=actor.id,
        )
        row.remark = uow.vault.seal_optional(MARKS, "remark", row.id, (remark or "").strip() or None)
        uow.session.add(row)
    try:
        uow.flush()
    except IntegrityError as error:
        raise Conflict(TAKEN) from error
