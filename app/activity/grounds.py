"""What a period of activity rests on: the limits of the law, and the plan in force with what it says."""

import sys
from datetime import date

from app.activity.counters import ActivityLimits
from app.activity.domain import LIMIT_CODES, ActivityKind, AgreedDay, PeriodContent
from app.cases.domain import CaseView
from app.core.uow import UnitOfWork
from app.plans.activity import activity_of
from app.reference.domain import PlanLimit
from app.reference.loader import reference


def limits_of(kind: ActivityKind, on: date) -> ActivityLimits | None:
    """Return the limits of the law that hold for the kind on a day; group employment is work and has none here.

    None as well on a day on which the law has no such limits: then there is nothing to hold activity against.
    """
    if kind is not ActivityKind.REHABILITATIVE:
        return None
    rows = [reference().plan_limits.pick(code, on) for code in LIMIT_CODES]
    held = [row for row in rows if row is not None]
    if len(held) < len(LIMIT_CODES):
        return None
    week, day, months, year = held
    return ActivityLimits(
        min_days_week=week.least or 0,
        max_days_week=_most(week),
        min_minutes_day=day.least or 0,
        max_minutes_day=_most(day),
        min_months=months.least or 0,
        max_months=_most(months),
        max_days_12_months=_most(year),
        basis="; ".join(_bases(held)),
    )


def _bases(rows: list[PlanLimit]) -> list[str]:
    """Return each law once; one that another already names is left out."""
    named = list(dict.fromkeys(row.basis for row in rows if row.basis))
    return [one for one in named if not any(one != other and one in other for other in named)]


def _most(row: PlanLimit) -> int:
    return sys.maxsize if row.most is None else row.most


def planned_of(uow: UnitOfWork, case: CaseView) -> PeriodContent | None:
    """Return what the plan in force says of the activity, for a first period to start from; None: nothing.

    What the plan does not say is left for the form to ask.
    """
    part = activity_of(uow, case.id)
    if part is None:
        return None
    days = (AgreedDay(weekday=day.weekday, starts_at=day.starts, ends_at=day.ends) for day in part.week.days)
    return PeriodContent(
        starts_on=part.start,  # type: ignore[arg-type] # the form asks for it
        ends_on=part.end,  # type: ignore[arg-type] # as above
        evaluate_on=part.evaluation_on,
        days=tuple(days),
        place=part.place or "",
        plan_version_id=part.version_id,
    )
