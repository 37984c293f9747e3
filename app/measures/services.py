"""Entering results of measures, and marking wrong ones corrected."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.audit import services as audit
from app.cases.domain import CaseView
from app.core.clock import local_date
from app.core.errors import NotFound, Refused
from app.core.ids import new_id
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.measures.domain import Event, Result, problems_of
from app.measures.models import MeasureObservation, MeasureValue
from app.reference.loader import reference

ACTS: Final = {Event.RESULT: "measure_entered", Event.FORM_GIVEN: "measure_form_given"}


def enter_value(
    uow: UnitOfWork,
    case: CaseView,
    *,
    measure: str,
    value: Decimal | int,
    measured_on: date,
    remark: str | None,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Put a number on record, as `enter_result` does."""
    result = Result(measure=measure, value=Decimal(value), measured_on=measured_on, remark=remark)
    return enter_result(uow, case, result, actor=actor, now=now)


def enter_result(uow: UnitOfWork, case: CaseView, result: Result, *, actor: Actor, now: datetime) -> UUID:
    """Put a result of a measure on record, or that its form was given to the client. Source: domain 1.7, RU15.

    Raises Refused with the reason at each field: an unknown measure, a value outside its scale, a day to come.
    """
    ensure(actor, Permission.MEASURE_ENTER, case.subject)
    _check(result, local_date(now))
    row = _add(uow, case, result, actor=actor, now=now)
    detail = {"measure": result.measure, "on": result.measured_on.isoformat()}
    audit.record_in_case(uow, ACTS[result.event], case, "measure_value", row.id, actor=actor, at=now, detail=detail)
    return row.id


def correct(
    uow: UnitOfWork,
    case: CaseView,
    entry_id: UUID,
    *,
    result: Result | None,
    reason: str | None,
    actor: Actor,
    now: datetime,
) -> UUID | None:
    """Mark a wrong entry corrected, with the reason, and put `result` in its place; None: nothing comes instead.

    The wrong entry stays to be read (703/2023 21–22 §). Raises Refused without a reason, or when somebody has
    corrected the entry already.
    """
    ensure(actor, Permission.MEASURE_ENTER, case.subject)
    row = uow.session.scalar(
        select(MeasureValue).where(MeasureValue.id == entry_id, MeasureValue.case_id == case.id).with_for_update()
    )
    if row is None:
        raise NotFound
    if row.corrected_at is not None:
        raise Refused(N_("This entry has already been corrected."))
    if not reason:
        raise Refused(N_("Write why the entry is corrected."), "reason")
    if result is not None:
        if (result.measure, result.event) != (row.measure, row.event):
            raise Refused(N_("Choose the measure from the list."), "measure")
        _check(result, local_date(now))
    following = _add(uow, case, result, actor=actor, now=now) if result is not None else None
    row.corrected_at, row.corrected_by = now, actor.id
    row.correction_reason = uow.vault.seal("measure_value", "correction_reason", row.id, reason)
    row.replaced_by = following.id if following else None
    uow.flush()
    detail = {"measure": row.measure, "replaced_by": str(row.replaced_by) if row.replaced_by else None}
    audit.record_in_case(uow, "measure_corrected", case, "measure_value", row.id, actor=actor, at=now, detail=detail)
    return row.replaced_by


def _check(result: Result, today: date) -> None:
    lists = reference()
    # a row that held on the day judges the value; a day outside its time is told at the field of the day
    measure = lists.measures.pick(result.measure, result.measured_on) or lists.measures.find(result.measure)
    if measure is None:
        raise Refused(N_("Choose the measure from the list."), "measure")
    problems = problems_of(result, measure, today=today, languages=lists.languages.codes)
    if problems:
        raise Refused.because(problems)


def _add(uow: UnitOfWork, case: CaseView, result: Result, *, actor: Actor, now: datetime) -> MeasureValue:
    row = MeasureValue(
        id=new_id(),
        client_id=case.client_id,
        case_id=case.id,
        measure=result.measure,
        event=result.event,
        value=result.value,
        measured_on=result.measured_on,
        language=result.language,
        entered_at=now,
        entered_by=actor.id,
    )
    for column in ("name", "summary", "reference", "remark"):
        sealed = uow.vault.seal_optional("measure_value", column, row.id, getattr(result, column))
        setattr(row, column, sealed)
    uow.session.add(row)
    uow.flush()
    for aspect, text in result.observations.items():
        _observe(uow, row.id, aspect, text)
    uow.flush()
    return row


def _observe(uow: UnitOfWork, entry_id: UUID, aspect: str, text: str) -> None:
    row_id = new_id()
    sealed = uow.vault.seal("measure_observation", "text", row_id, text)
    uow.session.add(MeasureObservation(id=row_id, measure_value_id=entry_id, aspect=aspect, text=sealed))
