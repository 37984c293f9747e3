"""Periods of activity of some clients with the weeks they were there, agreed and marked by the activity's services."""

from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from app.access.actor import Actor
from app.activity import queries, services
from app.activity.counters import agreed_dates, monday_of
from app.activity.domain import ActivityKind, AgreedDay, AttendanceState, DayMark, NextStep, PeriodContent
from app.cases import queries as cases
from app.cases import services as case_services
from app.cases.domain import CaseView
from app.core.uow import UnitOfWork
from app.core.workdays import add_months, next_workday
from app.demo.domain import Activity
from app.demo.voices import at
from app.workbench.queries import facts_of

WEEK: Final = timedelta(days=7)
BEFORE: Final = timedelta(days=14)
"""How long before the start the three met, and before the end the effect is evaluated."""
RESTS_ON: Final = {"DO01": "SY02", "DO03": "SY11", services.DECISION: "SY02"}
"""What rehabilitative work begins on (RU03), each with the system it lies in."""
AWAY: Final = {3: "sick", 9: "agreed", 15: "no_notice"}
"""In which week the client was away on the first day of it, and why."""
TURN: Final = 18
"""After so many weeks `AWAY` begins anew."""
LEAST_MONTHS: Final = 3
"""A shorter period of rehabilitative work would need a reason (189/2001 section 13 b)."""


def be_active(
    uow: UnitOfWork, activity: Activity, case: CaseView, since: date, *, today: date, actor: Actor, now: datetime
) -> None:
    """Agree on the period, mark every week that is over, and evaluate it where the texts say so.

    The period begins on a Monday after `since`, the day the plan came into force.
    """
    starts_on = max(monday_of(today) - activity.weeks * WEEK, monday_of(since) + WEEK)
    if queries.kind_of(case) is ActivityKind.REHABILITATIVE:
        _make_ready(uow, case, max(starts_on - BEFORE, case.opened_on), actor=actor)
    content = _content(uow, activity, case, starts_on, today)
    facts = facts_of(uow, case, today)
    period_id = services.agree_period(uow, case, content, facts=facts, actor=actor, now=at(starts_on))
    if activity.steward_by is not None:
        services.tell_steward(
            uow, case, period_id, told_on=starts_on, told_by=activity.steward_by, actor=actor, now=at(starts_on)
        )
    for week in range((monday_of(today) - starts_on) // WEEK):
        _mark(uow, case, period_id, content, week, actor=actor)
    if activity.evaluation is not None:
        services.evaluate(
            uow,
            case,
            period_id,
            held_on=max(starts_on, today - BEFORE),
            effect=activity.evaluation,
            next_step=NextStep.RENEW,
            participants="asiakas, ohjaaja ja omatyöntekijä",
            actor=actor,
            now=now,
        )


def _make_ready(uow: UnitOfWork, case: CaseView, on: date, *, actor: Actor) -> None:
    """Put on record what the activity rests on and is not there yet."""
    there = {one.document for one in cases.recorded_elsewhere_of(uow, case.id)}
    for document, system in RESTS_ON.items():
        if document not in there:
            case_services.record_elsewhere(
                uow, case, document=document, system=system, recorded_on=on, reference=None, actor=actor, now=at(on)
            )
    case_services.write_note(
        uow,
        case,
        kind="network_meeting",
        topic="three_party",
        happened_on=on,
        line="Asiakas, omatyöntekijä ja työvoima-asiantuntija tapasivat.",
        text="Sovittiin paikasta, päivistä ja siitä, milloin vaikutusta arvioidaan.",
        is_visible_to_client=True,
        actor=actor,
        now=at(on),
    )


def _content(uow: UnitOfWork, activity: Activity, case: CaseView, starts_on: date, today: date) -> PeriodContent:
    shortest = add_months(starts_on, LEAST_MONTHS)
    ends_on = monday_of(max(monday_of(today) + activity.weeks_left * WEEK, shortest + WEEK)) + timedelta(days=4)
    recorded = cases.recorded_elsewhere_of(uow, case.id)
    decision_id = next((one.id for one in recorded if one.document == services.DECISION), None)
    versions = queries.plan_versions_of(uow, case.id)
    return PeriodContent(
        starts_on=starts_on,
        ends_on=ends_on,
        evaluate_on=next_workday(ends_on - BEFORE),
        days=tuple(
            AgreedDay(weekday=day, starts_at=time(activity.starts), ends_at=time(activity.ends))
            for day in activity.weekdays
        ),
        place=activity.place,
        provider=activity.provider,
        plan_version_id=versions[0][0] if versions else None,
        decision_id=decision_id,
        travel=activity.travel,
        instructor=activity.instructor,
        contract=activity.contract,
        contract_from=starts_on if activity.contract else None,
        limit_reason=activity.limit_reason,
    )


def _mark(uow: UnitOfWork, case: CaseView, period_id: UUID, content: PeriodContent, week: int, *, actor: Actor) -> None:
    monday = content.starts_on + week * WEEK
    there = DayMark(state=AttendanceState.PRESENT, minutes=content.days[0].minutes)
    marks = dict.fromkeys(agreed_dates(content.days, monday, monday + timedelta(days=6)), there)
    absence = AWAY.get(week % TURN)
    if absence and marks:
        marks[min(marks)] = DayMark(state=AttendanceState.ABSENT, absence=absence)
    services.mark_week(
        uow,
        case,
        period_id,
        monday,
        marks=marks,
        remark=None,
        expected_count=0,
        actor=actor,
        now=at(monday + timedelta(days=4)),
    )
