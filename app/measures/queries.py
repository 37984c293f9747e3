"""Reading measures."""

from datetime import date
from uuid import UUID

from sqlalchemy import exists, select

from app.cases.domain import CaseView
from app.core.uow import UnitOfWork
from app.measures.domain import WORK_ABILITY_SCORE, MeasureEntry
from app.measures.models import MeasureValue
from app.reference.loader import reference


def series_of(uow: UnitOfWork, case_id: UUID, measure: str) -> list[MeasureEntry]:
    """The values of one measure in a case, oldest first (one statement)."""
    rows = uow.session.scalars(
        select(MeasureValue)
        .where(MeasureValue.case_id == case_id, MeasureValue.measure == measure)
        .order_by(MeasureValue.measured_on, MeasureValue.entered_at)
    )
    known = reference().measures.get(measure)
    limit = known.clarify_at_most
    return [
        MeasureEntry(
            id=row.id,
            measure=row.measure,
            value=row.value,
            measured_on=row.measured_on,
            remark=uow.vault.open_optional("measure_value", "remark", row.id, row.remark),
            entered_at=row.entered_at,
            entered_by=row.entered_by,
            asks_closer_look=limit is not None and row.value <= limit,
        )
        for row in rows
    ]


def met_needs(uow: UnitOfWork, case: CaseView, today: date) -> frozenset[str]:
    """The needs of the pathway that the measures on record meet."""
    found = uow.session.scalar(
        select(
            exists().where(
                MeasureValue.case_id == case.id,
                MeasureValue.measure == WORK_ABILITY_SCORE,
                MeasureValue.measured_on <= today,
            )
        )
    )
    return frozenset({f"measure:{WORK_ABILITY_SCORE}"} if found else ())
