"""Periods of activity for tests, agreed and marked by the services themselves."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from app.access.actor import Actor, system_actor
from app.activity import queries, services
from app.activity.counters import monday_of
from app.activity.domain import AgreedDay, AttendanceState, DayMark, PeriodContent
from app.cases import services as case_services
from app.cases.domain import CaseView
from app.core.uow import UnitOfWork
from app.pathways.domain import Facts
from tests.factories.cases import moment_of

DEMO = system_actor("system:demo")
READY = Facts.of("recorded:DO01", "meeting:three_party", "recorded:DO03", "recorded:DO07")
"""What must be on record before rehabilitative work begins (RU03)."""
ATTENDED = DayMark(state=AttendanceState.PRESENT, minutes=240)
SICK = DayMark(state=AttendanceState.ABSENT, absence="sick")
CLEARED = DayMark(state=AttendanceState.CLEARED)


def build_week(*weekdays: int, hours: tuple[int, int] = (9, 13)) -> tuple[AgreedDay, ...]:
    """The same hours on each of the weekdays, Monday 1."""
    return tuple(AgreedDay(weekday=day, starts_at=time(hours[0]), ends_at=time(hours[1])) for day in weekdays)


def build_period(**changes: Any) -> PeriodContent:  # noqa: ANN401 - any part of the content
    """Mondays to Wednesdays from 2.11.2026 to 30.4.2027, evaluated by 31.3.2027, with any part replaced."""
    content = PeriodContent(
        starts_on=date(2026, 11, 2),
        ends_on=date(2027, 4, 30),
        evaluate_on=date(2027, 3, 31),
        days=build_week(1, 2, 3),
        place="Verstas Koivu",
        provider="Työpajayhdistys",
    )
    return replace(content, **changes)


def create_period(
    uow: UnitOfWork,
    case: CaseView,
    content: PeriodContent | None = None,
    *,
    follows_id: UUID | None = None,
    facts: Facts = READY,
    actor: Actor = DEMO,
    now: datetime | None = None,
) -> UUID:
    """Agree on a period and return its id."""
    content = content or build_period()
    return services.agree_period(
        uow,
        case,
        content,
        facts=facts,
        follows_id=follows_id,
        actor=actor,
        now=now or moment_of(content.starts_on),
    )


def mark(
    uow: UnitOfWork,
    case: CaseView,
    period_id: UUID,
    marks: Mapping[date, DayMark],
    *,
    remark: str | None = None,
    now: datetime,
    actor: Actor = DEMO,
) -> int:
    """Mark days of one week as somebody who has just opened it."""
    monday = monday_of(min(marks))
    period = queries.period_of(uow, case.id, period_id)
    week = queries.week_of(uow, period, monday, now.date())
    return services.mark_week(
        uow,
        case,
        period_id,
        monday,
        marks=marks,
        remark=remark,
        expected_count=week.count,
        actor=actor,
        now=now,
    )


def make_ready(uow: UnitOfWork, case: CaseView, *, on: date, actor: Actor = DEMO) -> None:
    """Put on record what rehabilitative work needs before it begins (RU03)."""
    now = moment_of(on)
    for document, system in (("DO01", "SY02"), ("DO03", "SY11"), ("DO07", "SY02")):
        case_services.record_elsewhere(
            uow, case, document=document, system=system, recorded_on=on, reference="2026-1", actor=actor, now=now
        )
    case_services.write_note(
        uow,
        case,
        kind="network_meeting",
        topic="three_party",
        happened_on=on,
        line="Kolmen tapaaminen",
        text=None,
        is_visible_to_client=False,
        actor=actor,
        now=now,
    )
