"""What the pages and papers tell of the activity of a case, put together from its periods, days and marks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.accounts import queries as accounts
from app.activity import grounds, queries
from app.activity.counters import (
    ActivityLimits,
    Counted,
    CountLine,
    YearCount,
    counters_of,
    monday_of,
    week_days,
    year_now,
)
from app.activity.domain import ActivityKind, AttendanceView, PeriodState, PeriodView, Week
from app.cases import queries as cases
from app.cases.domain import CaseView, RecordedView
from app.core.errors import NotFound
from app.core.texts import Text
from app.core.uow import UnitOfWork
from app.plans.activity import contract_difference


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityPaper:
    """The present period of a case and its counters, for whoever prints or exports them; opened texts, no ids.

    `attended` and `coming` count days of the period itself, the counters all the client's periods.
    """

    period: PeriodView
    state: PeriodState
    counters: tuple[CountLine, ...]
    year: YearCount | None
    attended: int
    coming: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityPage:
    """What the activity page shows; `period` None: nothing has been agreed yet."""

    kind: ActivityKind
    periods: tuple[PeriodView, ...]
    period: PeriodView | None
    state: PeriodState | None
    counters: tuple[CountLine, ...]
    limits: ActivityLimits | None
    year: YearCount | None
    attended: int
    coming: int
    week: Week | None
    marks: tuple[AttendanceView, ...]
    names: Mapping[UUID, str]
    decision: RecordedView | None
    difference: Text | None
    """How the plan in force and the contract of the period differ, in words."""

    @property
    def earlier(self) -> tuple[PeriodView, ...]:
        """The other periods of the case, the latest first."""
        return tuple(one for one in self.periods if one is not self.period)

    @property
    def corrections(self) -> tuple[AttendanceView, ...]:
        """The marks of the week on days that were marked more than once: the history of its corrections."""
        again = {mark.day for mark in self.marks if mark.number > 1}
        return tuple(mark for mark in self.marks if mark.day in again)

    @property
    def remarks(self) -> tuple[AttendanceView, ...]:
        """The marks of the week that carry words, each text once."""
        return tuple({mark.remark: mark for mark in self.marks if mark.remark}.values())


def activity_page(
    uow: UnitOfWork, case: CaseView, *, today: date, period_id: UUID | None = None, monday: date | None = None
) -> ActivityPage:
    """Return the page of a case: its present period, or the one asked for, with the week asked for or the latest.

    Raises NotFound for a model without activity, and for a period that is not the case's.
    """
    kind = queries.kind_of(case)
    if kind is None:
        raise NotFound
    periods = queries.periods_of(uow, case.id)
    period = _chosen(periods, period_id) if period_id else queries.present_period(periods, today)
    if period is None:
        return _empty_page(kind, periods)
    week = queries.week_of(uow, period, monday or _latest_week(period, today), today)
    days = week_days(week.monday)
    marks = queries.marks_of(uow, period.id, first=days[0], last=days[-1])
    paper = _paper(uow, period, today)
    who = {mark.recorded_by for mark in marks} | {one.recorded_by for one in period.evaluations}
    return ActivityPage(
        kind=kind,
        periods=tuple(periods),
        period=period,
        state=paper.state,
        counters=paper.counters,
        limits=grounds.limits_of(kind, max(today, period.content.starts_on)),
        year=paper.year,
        attended=paper.attended,
        coming=paper.coming,
        week=week,
        marks=tuple(marks),
        names=accounts.full_names(uow, [one for one in {*who, period.recorded_by} if one]),
        decision=_decision(uow, case, period),
        difference=contract_difference(uow, case.id, period.content.contract),
    )


def _empty_page(kind: ActivityKind, periods: list[PeriodView]) -> ActivityPage:
    return ActivityPage(
        kind=kind,
        periods=tuple(periods),
        period=None,
        state=None,
        counters=(),
        limits=None,
        year=None,
        attended=0,
        coming=0,
        week=None,
        marks=(),
        names={},
        decision=None,
        difference=None,
    )


def _chosen(periods: list[PeriodView], period_id: UUID) -> PeriodView:
    found = next((one for one in periods if one.id == period_id), None)
    if found is None:
        raise NotFound
    return found


def _latest_week(period: PeriodView, today: date) -> date:
    """The present week, or the nearest one of the period."""
    return monday_of(min(max(today, period.content.starts_on), period.last_on))


def _decision(uow: UnitOfWork, case: CaseView, period: PeriodView) -> RecordedView | None:
    wanted = period.content.decision_id
    if wanted is None:
        return None
    return next((one for one in cases.recorded_elsewhere_of(uow, case.id) if one.id == wanted), None)


def paper_of(uow: UnitOfWork, case: CaseView, today: date) -> ActivityPaper | None:
    """Return the present period of a case with its counters, or None when nothing is agreed or the model has none.

    The caller has checked the right to the case and records the look.
    """
    period = queries.present_period(queries.periods_of(uow, case.id), today)
    return None if period is None else _paper(uow, period, today)


def _paper(uow: UnitOfWork, period: PeriodView, today: date) -> ActivityPaper:
    content = period.content
    days = queries.days_of_client(uow, period.client_id, period.kind)
    counted = Counted(
        agreed=content.days,
        starts_on=content.starts_on,
        ends_on=period.last_on,
        attended=days.attended,
        coming=days.agreed,
    )
    limits = grounds.limits_of(period.kind, max(today, content.starts_on))
    return ActivityPaper(
        period=period,
        state=period.state_on(today),
        counters=counters_of(counted, limits, today),
        year=year_now(counted, limits, today),
        attended=sum(content.starts_on <= day <= period.last_on for day in days.attended),
        coming=sum(max(today, content.starts_on) <= day <= period.last_on for day in days.agreed),
    )
