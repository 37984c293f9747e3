"""Entering a value."""

from datetime import date, datetime
from uuid import UUID

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.audit import services as audit
from app.cases.domain import CaseView
from app.core.clock import local_date
from app.core.errors import Refused
from app.core.ids import new_id
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.measures.domain import problems_of
from app.measures.models import MeasureValue
from app.reference.loader import reference


def enter_value(
    uow: UnitOfWork,
    case: CaseView,
    *,
    measure: str,
    value: int,
    measured_on: date,
    remark: str | None,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Put a value of a measure on record; values are never changed, a new one is entered. Source: domain 1.7.

    Raises Refused when the measure is unknown, has no scale of numbers, or the value lies outside its scale.
    """
    ensure(actor, Permission.MEASURE_ENTER, case.subject)
    known = reference().measures.find(measure)
    if known is None or known.minimum is None:
        raise Refused(N_("Choose the measure from the list."), "measure")
    today = local_date(now)
    problems = problems_of(
        value=value, measured_on=measured_on, today=today, minimum=known.minimum, maximum=known.maximum
    )
    if problems:
        raise Refused.because(problems)
    row_id = _add(uow, case, measure, value, on=measured_on, remark=remark, actor=actor, now=now)
    audit.record(
        uow,
        "measure_entered",
        actor=actor,
        at=now,
        object_kind="measure_value",
        object_id=row_id,
        client_id=case.client_id,
        case_id=case.id,
        detail={"measure": measure, "on": measured_on.isoformat()},
    )
    return row_id


def _add(
    uow: UnitOfWork,
    case: CaseView,
    measure: str,
    value: int,
    *,
    on: date,
    remark: str | None,
    actor: Actor,
    now: datetime,
) -> UUID:
    row_id = new_id()
    uow.session.add(
        MeasureValue(
            id=row_id,
            client_id=case.client_id,
            case_id=case.id,
            measure=measure,
            value=value,
            measured_on=on,
            remark=uow.vault.seal_optional("measure_value", "remark", row_id, remark),
            entered_at=now,
            entered_by=actor.id,
        )
    )
    uow.flush()
    return row_id
