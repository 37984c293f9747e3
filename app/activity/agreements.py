"""Agreeing on a period and changing what was agreed: what it needs, what the law allows, what it owes."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.accounts import queries as accounts
from app.activity import grounds, queries
from app.activity.checks import period_problems
from app.activity.counters import LimitWarning, agreed_dates, agreement_warnings, year_warnings
from app.activity.domain import (
    ActivityKind,
    AgreedDay,
    EndReason,
    PeriodContent,
    PeriodView,
)
from app.activity.models import ActivityDay, ActivityPeriod
from app.activity.owed import settle_duties
from app.activity.queries import PERIOD
from app.audit import services as audit
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.core.errors import Conflict, FieldProblem, NotFound, Refused
from app.core.ids import new_id
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.pathways.domain import Facts, StageCode
from app.pathways.loader import pathway

SEALED: Final = ("place", "provider", "travel", "instructor", "contract_reference", "employer_note", "limit_reason")
CLEAR: Final = ("evaluate_on", "plan_version_id", "decision_id", "is_near", "instructor_id")
CONTRACT: Final = ("contract", "contract_from", "contract_to")
DECISION: Final = "DO07"


def agree_period(
    uow: UnitOfWork,
    case: CaseView,
    content: PeriodContent,
    *,
    facts: Facts,
    follows_id: UUID | None = None,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Put an agreed period on record, open its duties, and return its id; `follows_id`: the period it renews.

    `facts` are what is on record for the pathway: what stops the sixth stage stops the activity as well (RU03).
    Raises Refused at the fields; a limit of the law that is not kept asks for a reason at `limit_reason`. Conflict
    when the client has a period on those days meanwhile. Source: 189/2001 sections 9, 13 b, 14; RU02.
    """
    ensure(actor, Permission.PLAN_EDIT, case.subject)
    kind = _kind(case)
    earlier = queries.period_of(uow, case.id, follows_id) if follows_id else None
    problems = [
        *missing_for_start(case, facts),
        *period_problems(content, kind=kind),
        *_link_problems(uow, case, content),
        *_overlap(uow, case, kind, content, earlier),
    ]
    if problems:
        raise Refused.because(problems)
    _ask_reason(_warnings(uow, case, kind, content), content.limit_reason)
    row = _add(uow, case, kind, content, follows_id, actor=actor, now=now)
    if earlier is not None:
        _settle_earlier(uow, case, earlier)
    settle_duties(uow, case, actor=actor, now=now)
    detail = {"from": str(content.starts_on), "to": str(content.ends_on), "renews": str(follows_id or "")}
    audit.record_in_case(uow, "activity_agreed", case, PERIOD, row.id, actor=actor, at=now, detail=detail)
    return row.id


def _kind(case: CaseView) -> ActivityKind:
    kind = queries.kind_of(case)
    if kind is None:
        raise NotFound(N_("This pathway has no activity."))
    return kind


def missing_for_start(case: CaseView, facts: Facts) -> list[FieldProblem]:
    """Return what is not on record yet for activity to begin: whatever keeps the pathway's sixth stage shut (RU03)."""
    model = pathway(case.model_key, case.model_version)
    missing = model.missing_for(StageCode.IMPLEMENTATION, facts)
    return [
        FieldProblem(
            None,
            N_("The activity cannot begin yet. Missing: %(need)s (%(law)s)", need=str(need.label), law=need.law),
        )
        for need in missing
        if need.stops
    ]


def _link_problems(
    uow: UnitOfWork, case: CaseView, content: PeriodContent, *, also: UUID | None = None
) -> list[FieldProblem]:
    """What the period rests on must be the case's own, and the instructor somebody who works here."""
    found: list[FieldProblem] = []
    versions = {version[0] for version in queries.plan_versions_of(uow, case.id, also=also)}
    if content.plan_version_id is not None and content.plan_version_id not in versions:
        found.append(FieldProblem("plan_version_id", N_("Choose a plan that is in force.")))
    decisions = {one.id for one in cases.recorded_elsewhere_of(uow, case.id) if one.document == DECISION}
    if content.decision_id is not None and content.decision_id not in decisions:
        found.append(FieldProblem("decision_id", N_("Choose the decision from the list.")))
    instructor = accounts.find_user(uow, content.instructor_id) if content.instructor_id else None
    if content.instructor_id is not None and (instructor is None or not instructor.is_active):
        found.append(FieldProblem("instructor_id", N_("Choose the instructor from the list, or write the name.")))
    return found


def _overlap(
    uow: UnitOfWork, case: CaseView, kind: ActivityKind, content: PeriodContent, earlier: PeriodView | None
) -> list[FieldProblem]:
    if content.ends_on < content.starts_on:
        return []
    if earlier is not None and earlier.end_reason is EndReason.NOT_STARTED:
        return [FieldProblem(None, N_("A period that was called off cannot be renewed. Agree on a new one."))]
    other = queries.other_period(uow, case.client_id, kind, content.starts_on, content.ends_on)
    if other is None:
        return []
    words = N_(
        "The client has a period from %(first)s to %(last)s. Periods may not overlap.", first=other[0], last=other[1]
    )
    return [FieldProblem("starts_on", words)]


def _warnings(uow: UnitOfWork, case: CaseView, kind: ActivityKind, content: PeriodContent) -> list[LimitWarning]:
    limits = grounds.limits_of(kind, content.starts_on)
    if limits is None:
        return []
    days = queries.days_of_client(uow, case.client_id, kind)
    coming = agreed_dates(content.days, content.starts_on, content.ends_on)
    return [
        *agreement_warnings(content.days, content.starts_on, content.ends_on, limits),
        *year_warnings([*days.attended, *days.agreed, *coming], limits, since=content.starts_on),
    ]


def _ask_reason(warnings: Iterable[LimitWarning], reason: str) -> None:
    found = [FieldProblem("limit_reason", one.words) for one in warnings]
    if found and not reason.strip():
        found.append(FieldProblem("limit_reason", N_("Write why it was agreed so all the same.")))
        raise Refused.because(found)


def _add(
    uow: UnitOfWork,
    case: CaseView,
    kind: ActivityKind,
    content: PeriodContent,
    follows_id: UUID | None,
    *,
    actor: Actor,
    now: datetime,
) -> ActivityPeriod:
    row = ActivityPeriod(
        id=new_id(),
        client_id=case.client_id,
        case_id=case.id,
        kind=kind,
        starts_on=content.starts_on,
        ends_on=content.ends_on,
        follows_id=follows_id,
        recorded_at=now,
        recorded_by=actor.id,
    )
    _fill(uow, row, content)
    uow.session.add(row)
    try:
        uow.flush()
    except IntegrityError as error:
        # The check above has seen no other period; the constraint is for the one agreed at the same moment.
        raise Conflict(N_("Somebody else agreed on a period for these days a moment ago. Look at it first.")) from error
    _add_days(uow, row.id, content.days, content.starts_on)
    return row


def _fill(uow: UnitOfWork, row: ActivityPeriod, content: PeriodContent) -> None:
    for column in (*CLEAR, *CONTRACT):
        setattr(row, column, getattr(content, column))
    for column in SEALED:
        text = getattr(content, column).strip() or None
        setattr(row, column, uow.vault.seal_optional(PERIOD, column, row.id, text))


def _add_days(uow: UnitOfWork, period_id: UUID, days: Iterable[AgreedDay], from_on: date) -> None:
    uow.session.add_all(
        ActivityDay(
            id=new_id(),
            period_id=period_id,
            from_on=from_on,
            weekday=day.weekday,
            starts_at=day.starts_at,
            ends_at=day.ends_at,
        )
        for day in days
    )
    uow.flush()


def _settle_earlier(uow: UnitOfWork, case: CaseView, earlier: PeriodView) -> None:
    """A renewal says what follows: the earlier period ends as agreed and owes nothing more."""
    if earlier.end_reason is None:
        row = queries.period_row(uow, case.id, earlier.id)
        row.ended_on, row.end_reason = row.ends_on, EndReason.RENEWED
        uow.flush()


def change_period(
    uow: UnitOfWork,
    case: CaseView,
    period_id: UUID,
    content: PeriodContent,
    *,
    days_from: date | None,
    expected_version: int | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Change what is agreed for a period that has not ended; its first and last day stay (another end is a renewal).

    Another week holds from `days_from` on; what held before stays for the days before. Raises Refused at the fields,
    Conflict when somebody has changed the period since it was opened.
    """
    ensure(actor, Permission.PLAN_EDIT, case.subject)
    row = queries.period_row(uow, case.id, period_id)
    before = queries.period_of(uow, case.id, period_id)
    if row.version != expected_version:
        raise Conflict(N_("Somebody else has changed the period after you opened it. Look at it and change it again."))
    if before.end_reason is not None:
        raise Refused(N_("The period has ended. It can no longer be changed."))
    days = _days_in_force(before)
    is_other_week = _plain(days) != _plain(content.days)
    problems = [
        *period_problems(content, kind=before.kind),
        *_link_problems(uow, case, content, also=before.content.plan_version_id),
    ]
    if is_other_week:
        problems += _week_problems(before, days_from)
    if problems:
        raise Refused.because(problems)
    _ask_reason(_warnings_of_change(uow, case, before, content, days_from), content.limit_reason)
    _fill(uow, row, content)
    if is_other_week and days_from is not None:
        _add_days(uow, row.id, content.days, days_from)
    row.recorded_at, row.recorded_by = now, actor.id
    uow.flush()
    settle_duties(uow, case, actor=actor, now=now)
    detail = {"week": str(days_from) if is_other_week else ""}
    audit.record_in_case(uow, "activity_changed", case, PERIOD, period_id, actor=actor, at=now, detail=detail)


def _days_in_force(period: PeriodView) -> tuple[AgreedDay, ...]:
    last = max(day.from_on for day in period.content.days)
    return tuple(day for day in period.content.days if day.from_on == last)


def _plain(days: Iterable[AgreedDay]) -> set[tuple[int, object, object]]:
    return {(day.weekday, day.starts_at, day.ends_at) for day in days}


def _week_problems(period: PeriodView, days_from: date | None) -> list[FieldProblem]:
    last = max(day.from_on for day in period.content.days)
    if days_from is None:
        return [FieldProblem("days_from", N_("Write the day from which the new days hold."))]
    if not last < days_from <= period.content.ends_on:
        words = N_("Choose a day after %(first)s, at the latest %(last)s.", first=last, last=period.content.ends_on)
        return [FieldProblem("days_from", words)]
    return []


def _warnings_of_change(
    uow: UnitOfWork, case: CaseView, before: PeriodView, content: PeriodContent, days_from: date | None
) -> list[LimitWarning]:
    limits = grounds.limits_of(before.kind, before.content.starts_on)
    if limits is None:
        return []
    found = agreement_warnings(content.days, content.starts_on, content.ends_on, limits)
    if days_from is not None:
        days = queries.days_of_client(uow, case.client_id, before.kind)
        stays = {day for day in days.agreed if day < days_from or day > content.ends_on}
        coming = agreed_dates(content.days, days_from, content.ends_on).keys() - days.attended.keys()
        found += year_warnings([*days.attended, *stays, *coming], limits, since=days_from)
    return found
