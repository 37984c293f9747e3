"""Reading the activity of a case: periods, days, marks, counters. Days are counted over all the client's periods."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from app.accounts import queries as accounts
from app.activity.counters import agreed_dates, week_days
from app.activity.domain import (
    ActivityKind,
    AgreedDay,
    AttendanceState,
    AttendanceView,
    DayMark,
    EndReason,
    EvaluationView,
    NextStep,
    PeriodContent,
    PeriodState,
    PeriodView,
    Week,
    WeekRow,
)
from app.activity.models import ActivityDay, ActivityEvaluation, ActivityPeriod, Attendance
from app.cases.domain import CaseView
from app.core.errors import NotFound
from app.core.uow import UnitOfWork
from app.core.workdays import holidays_of
from app.pathways.loader import pathway
from app.plans.models import Plan, PlanVersion

PERIOD: Final = "activity_period"
MARKS: Final = "activity_attendance"
_TEXTS: Final = (
    "place",
    "provider",
    "travel",
    "instructor",
    "contract_reference",
    "employer_note",
    "limit_reason",
)
_CLEAR: Final = (
    "starts_on",
    "ends_on",
    "evaluate_on",
    "plan_version_id",
    "decision_id",
    "is_near",
    "instructor_id",
    "contract",
    "contract_from",
    "contract_to",
)

STANDS: Final = ActivityPeriod.end_reason.is_distinct_from(EndReason.NOT_STARTED)
"""Whether a period counts: one that was called off before it began does not."""
GOES_ON: Final = or_(ActivityPeriod.end_reason.is_(None), ActivityPeriod.end_reason == EndReason.RENEWED)
"""Whether nothing has cut a period short: it has no end on record, or is renewed and runs to its last day."""


def kind_of(case: CaseView) -> ActivityKind | None:
    """Return the activity that belongs to the case's model, or None for a model without."""
    found = pathway(case.model_key, case.model_version).activity
    return ActivityKind(found) if found else None


# -- periods -----------------------------------------------------------------------------------------------------------


def periods_of(uow: UnitOfWork, case_id: UUID) -> list[PeriodView]:
    """Return the periods of a case, the latest first."""
    return _periods(uow, ActivityPeriod.case_id == case_id)


def period_of(uow: UnitOfWork, case_id: UUID, period_id: UUID) -> PeriodView:
    """Return one period of the case, or raise NotFound."""
    found = _periods(uow, and_(ActivityPeriod.case_id == case_id, ActivityPeriod.id == period_id))
    if not found:
        raise NotFound
    return found[0]


def _periods(uow: UnitOfWork, wanted: ColumnElement[bool]) -> list[PeriodView]:
    rows = uow.session.execute(
        select(ActivityPeriod, Plan.kind, PlanVersion.number)
        .outerjoin(PlanVersion, PlanVersion.id == ActivityPeriod.plan_version_id)
        .outerjoin(Plan, Plan.id == PlanVersion.plan_id)
        .where(wanted)
        .order_by(ActivityPeriod.starts_on.desc(), ActivityPeriod.recorded_at.desc())
    ).all()
    ids = [row.ActivityPeriod.id for row in rows]
    days, evaluations = _days(uow, ids), _evaluations(uow, ids)
    names = accounts.full_names(uow, {row.ActivityPeriod.instructor_id for row in rows} - {None})
    return [
        _period(
            uow,
            row.ActivityPeriod,
            plan=(row.kind, row.number),
            days=tuple(days[row.ActivityPeriod.id]),
            evaluations=tuple(evaluations[row.ActivityPeriod.id]),
            name=names.get(row.ActivityPeriod.instructor_id, ""),
        )
        for row in rows
    ]


def _period(
    uow: UnitOfWork,
    row: ActivityPeriod,
    *,
    plan: tuple[str | None, int | None],
    days: tuple[AgreedDay, ...],
    evaluations: tuple[EvaluationView, ...],
    name: str,
) -> PeriodView:
    def opened(column: str) -> str | None:
        return uow.vault.open_optional(PERIOD, column, row.id, getattr(row, column))

    texts: dict[str, Any] = {column: opened(column) or "" for column in _TEXTS}
    clear: dict[str, Any] = {column: getattr(row, column) for column in _CLEAR}
    content = PeriodContent(days=days, **texts, **clear)
    return PeriodView(
        id=row.id,
        case_id=row.case_id,
        client_id=row.client_id,
        kind=ActivityKind(row.kind),
        content=content,
        plan_kind=plan[0],
        plan_number=plan[1],
        instructor_name=name or content.instructor,
        steward_on=row.steward_on,
        steward_by=opened("steward_by"),
        ended_on=row.ended_on,
        end_reason=EndReason(row.end_reason) if row.end_reason else None,
        end_remark=opened("end_remark"),
        heard_on=row.heard_on,
        follows_id=row.follows_id,
        evaluations=evaluations,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        version=row.version,
    )


def _days(uow: UnitOfWork, period_ids: Collection[UUID]) -> Mapping[UUID, list[AgreedDay]]:
    found: dict[UUID, list[AgreedDay]] = defaultdict(list)
    rows = uow.session.scalars(
        select(ActivityDay)
        .where(ActivityDay.period_id.in_(period_ids))
        .order_by(ActivityDay.from_on, ActivityDay.weekday)
    )
    for row in rows:
        found[row.period_id].append(
            AgreedDay(weekday=row.weekday, starts_at=row.starts_at, ends_at=row.ends_at, from_on=row.from_on)
        )
    return found


def _evaluations(uow: UnitOfWork, period_ids: Collection[UUID]) -> Mapping[UUID, list[EvaluationView]]:
    found: dict[UUID, list[EvaluationView]] = defaultdict(list)
    table = ActivityEvaluation.__tablename__
    rows = uow.session.scalars(
        select(ActivityEvaluation)
        .where(ActivityEvaluation.period_id.in_(period_ids))
        .order_by(ActivityEvaluation.held_on.desc(), ActivityEvaluation.recorded_at.desc())
    )
    for row in rows:
        found[row.period_id].append(
            EvaluationView(
                id=row.id,
                held_on=row.held_on,
                effect=uow.vault.open(table, "effect", row.id, row.effect),
                next_step=NextStep(row.next_step),
                participants=uow.vault.open_optional(table, "participants", row.id, row.participants),
                recorded_by=row.recorded_by,
            )
        )
    return found


def present_period(periods: Collection[PeriodView], today: date) -> PeriodView | None:
    """Return the period the page is about: the one that goes on, else the one to be settled, the next, the last."""
    order = [PeriodState.ONGOING, PeriodState.OVER, PeriodState.PLANNED, PeriodState.ENDED]
    standing = [one for one in periods if one.state_on(today) is not PeriodState.CALLED_OFF]
    return min(standing, key=lambda one: order.index(one.state_on(today)), default=None)


def contract_of(uow: UnitOfWork, case: CaseView, today: date) -> str | None:
    """Return the kind of the contract of the present period of a case, or None."""
    period = present_period(periods_of(uow, case.id), today)
    return period.content.contract if period else None


def other_period(
    uow: UnitOfWork, client_id: UUID, kind: ActivityKind, first: date, last: date
) -> tuple[date, date] | None:
    """Return the days of a period of the client, in whatever case, that overlaps the days given, or None."""
    end = func.coalesce(ActivityPeriod.ended_on, ActivityPeriod.ends_on)
    row = uow.session.execute(
        select(ActivityPeriod.starts_on, end)
        .where(_counts(client_id, kind), ActivityPeriod.starts_on <= last, end >= first)
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def _counts(client_id: UUID, kind: ActivityKind) -> ColumnElement[bool]:
    return and_(ActivityPeriod.client_id == client_id, ActivityPeriod.kind == kind, STANDS)


# -- days and marks ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientDays:
    """The days of a client over all periods of a kind: attended with their minutes, and agreed but not marked yet."""

    attended: Mapping[date, int]
    agreed: frozenset[date]

    def with_marks(self, marks: Mapping[date, DayMark]) -> "ClientDays":
        """Return the days as they are after marks are made."""
        attended = {day: minutes for day, minutes in self.attended.items() if day not in marks}
        attended |= {day: mark.minutes for day, mark in marks.items() if mark.minutes is not None}
        return replace(self, attended=attended)


def days_of_client(uow: UnitOfWork, client_id: UUID, kind: ActivityKind) -> ClientDays:
    """Return every day of the client's activity, county-wide: the limits of the law know no cases."""
    marks = uow.session.execute(_latest(_counts(client_id, kind))).all()
    end = func.coalesce(ActivityPeriod.ended_on, ActivityPeriod.ends_on)
    spans = uow.session.execute(
        select(ActivityPeriod.id, ActivityPeriod.starts_on, end.label("last_on")).where(_counts(client_id, kind))
    ).all()
    days = _days(uow, [row.id for row in spans])
    agreed = {day for row in spans for day in agreed_dates(days[row.id], row.starts_on, row.last_on)}
    marked = {row.day for row in marks if row.state != AttendanceState.CLEARED}
    return ClientDays(
        attended={row.day: row.minutes for row in marks if row.state == AttendanceState.PRESENT},
        agreed=frozenset(agreed - marked),
    )


def _latest(wanted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Select the mark that holds of each day: the last one made."""
    return (
        select(Attendance.day, Attendance.state, Attendance.minutes, Attendance.absence, Attendance.number)
        .join(ActivityPeriod, ActivityPeriod.id == Attendance.period_id)
        .where(wanted)
        .ext(distinct_on(Attendance.period_id, Attendance.day))
        .order_by(Attendance.period_id, Attendance.day, Attendance.number.desc())
    )


def week_of(uow: UnitOfWork, period: PeriodView, monday: date, today: date) -> Week:
    """Return a week of the period as its form shows it: agreed days, marks, and which days may be marked."""
    days = week_days(monday)
    rows = uow.session.execute(
        _latest(and_(ActivityPeriod.id == period.id, Attendance.day.between(days[0], days[-1])))
    ).all()
    marks = {row.day: _mark(row) for row in rows}
    agreed = agreed_dates(period.content.days, days[0], days[-1])
    is_off = period.end_reason is EndReason.NOT_STARTED
    return Week(
        monday=monday,
        count=sum(row.number for row in rows),
        rows=tuple(
            WeekRow(
                day=day,
                agreed=agreed.get(day) if period.content.starts_on <= day <= period.last_on else None,
                mark=marks.get(day),
                is_open=not is_off and period.content.starts_on <= day <= min(period.last_on, today),
                feast=holidays_of(day.year).get(day, ""),
            )
            for day in days
        ),
    )


def _mark(row: Any) -> DayMark:  # noqa: ANN401 - a row of Attendance or of `_latest`
    return DayMark(state=AttendanceState(row.state), minutes=row.minutes, absence=row.absence)


def marks_of(uow: UnitOfWork, period_id: UUID, *, first: date, last: date) -> list[AttendanceView]:
    """Return every mark of the days, corrections included, the latest day and mark first."""
    rows = uow.session.scalars(
        select(Attendance)
        .where(Attendance.period_id == period_id, Attendance.day.between(first, last))
        .order_by(Attendance.day.desc(), Attendance.number.desc())
    )
    return [
        AttendanceView(
            day=row.day,
            number=row.number,
            mark=_mark(row),
            remark=uow.vault.open_optional(MARKS, "remark", row.id, row.remark),
            recorded_at=row.recorded_at,
            recorded_by=row.recorded_by,
        )
        for row in rows
    ]


def last_marked_on(uow: UnitOfWork, period_id: UUID) -> date | None:
    """Return the last day on which the client was marked present in the period."""
    rows = uow.session.execute(_latest(ActivityPeriod.id == period_id))
    return max((row.day for row in rows if row.state == AttendanceState.PRESENT), default=None)


# -- what the pathway asks ---------------------------------------------------------------------------------------------


def met_needs(uow: UnitOfWork, case: CaseView, today: date) -> frozenset[str]:
    """Return the needs of the pathway that the activity on record meets; the steward is told of the newest period.

    A mark that was taken back meets nothing.
    """
    del today  # a period is agreed ahead of its first day, and a mark is never of a day to come
    standing = [one for one in periods_of(uow, case.id) if one.end_reason is not EndReason.NOT_STARTED]
    if not standing:
        return frozenset()
    marks = uow.session.execute(_latest(ActivityPeriod.id.in_([one.id for one in standing]))).all()
    met = {"activity:period"}
    met |= {"activity:attendance"} if any(row.state != AttendanceState.CLEARED for row in marks) else set()
    met |= {"activity:shop_steward"} if standing[0].steward_on is not None else set()
    return frozenset(met)


def met_statements(case_id: Any) -> Iterator[tuple[str, ColumnElement[bool]]]:  # noqa: ANN401 - bound later
    """Return each need code with the condition that meets it: the SQL twin of `met_needs`, for one reading."""
    of_case = ActivityPeriod.case_id == case_id, STANDS
    later, again = aliased(ActivityPeriod), aliased(Attendance)
    same_day = again.period_id == Attendance.period_id, again.day == Attendance.day
    holds = ~exists().where(*same_day, again.number > Attendance.number)
    marked = Attendance.period_id == ActivityPeriod.id, Attendance.state != AttendanceState.CLEARED, holds
    is_newest = ~exists().where(
        later.case_id == case_id,
        later.end_reason.is_distinct_from(EndReason.NOT_STARTED),
        later.starts_on > ActivityPeriod.starts_on,
    )
    yield "activity:period", exists().where(*of_case)
    yield "activity:attendance", exists().where(*of_case, *marked)
    yield "activity:shop_steward", exists().where(*of_case, ActivityPeriod.steward_on.is_not(None), is_newest)


# -- for the services --------------------------------------------------------------------------------------------------


def period_row(uow: UnitOfWork, case_id: UUID, period_id: UUID) -> ActivityPeriod:
    """Return the row of a period of the case, locked until the transaction ends, or NotFound."""
    row = uow.session.scalar(
        select(ActivityPeriod)
        .where(ActivityPeriod.id == period_id, ActivityPeriod.case_id == case_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


def plan_versions_of(
    uow: UnitOfWork, case_id: UUID, *, also: UUID | None = None
) -> list[tuple[UUID, str, int, date | None]]:
    """Return the plan versions in force of a case, and one that a period rests on: id, kind, number, last day."""
    rows = uow.session.execute(
        select(PlanVersion.id, Plan.kind, PlanVersion.number, PlanVersion.period_end)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(Plan.case_id == case_id, or_(PlanVersion.state == "in_force", PlanVersion.id == also))
        .order_by(PlanVersion.in_force_on.desc())
    )
    return [(row.id, row.kind, row.number, row.period_end) for row in rows]


def numbers_of(uow: UnitOfWork, period_id: UUID, days: Collection[date]) -> Mapping[date, int]:
    """Return how many marks each of the days has."""
    rows = uow.session.execute(
        select(Attendance.day, func.max(Attendance.number))
        .where(Attendance.period_id == period_id, Attendance.day.in_(days))
        .group_by(Attendance.day)
    )
    return {row[0]: row[1] for row in rows}
