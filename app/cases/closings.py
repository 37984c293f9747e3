"""Reading how a case closed, what became of its promises, and what came over from an earlier case."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from app.cases.domain import CarriedView, ClosingView, DroppedView
from app.cases.models import CarriedOver, Case, CaseClosing, NextStep
from app.core.uow import UnitOfWork


def closings_of(uow: UnitOfWork, case_id: UUID) -> list[ClosingView]:
    """Return the closings of the case and what followed each, newest first."""
    rows = uow.session.scalars(
        select(CaseClosing).where(CaseClosing.case_id == case_id).order_by(CaseClosing.closed_at.desc())
    )
    return [_closing(uow, row) for row in rows]


def _closing(uow: UnitOfWork, row: CaseClosing) -> ClosingView:
    def opened(column: str, blob: bytes | None) -> str | None:
        return uow.vault.open_optional("case_closing", column, row.id, blob)

    return ClosingView(
        closed_on=row.closed_on,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        outcome=row.outcome,
        text=opened("text", row.text),
        client_estimate=opened("client_estimate", row.client_estimate),
        ground=row.ground,
        supported_by=opened("supported_by", row.supported_by),
        is_feedback_asked=row.is_feedback_asked,
        reopened_at=row.reopened_at,
        reopened_by=row.reopened_by,
        reopening_reason=opened("reopening_reason", row.reopening_reason),
    )


_ON: Final = aliased(NextStep)
_ON_CASE: Final = aliased(Case)


def dropped_steps_of(uow: UnitOfWork, case_id: UUID) -> list[DroppedView]:
    """Return the promises that were not kept in the case: not needed, with the reason, or moved to another case."""
    rows = uow.session.execute(
        select(NextStep, _ON_CASE.id.label("to_id"), _ON_CASE.ordinal.label("to_ordinal"))
        .outerjoin(_ON, _ON.moved_from_id == NextStep.id)
        .outerjoin(_ON_CASE, _ON_CASE.id == _ON.case_id)
        .where(NextStep.case_id == case_id, NextStep.dropped_on.is_not(None))
        .order_by(NextStep.dropped_on, NextStep.promised_at, NextStep.id)
    )
    return [_dropped(uow, row) for row in rows]


def _dropped(uow: UnitOfWork, row: Any) -> DroppedView:  # noqa: ANN401 - a row of the select above
    step: NextStep = row.NextStep
    return DroppedView(
        id=step.id,
        owner=step.owner,
        text=uow.vault.open("next_step", "text", step.id, step.text),
        due_on=step.due_on,
        dropped_on=step.dropped_on,
        reason=uow.vault.open_optional("next_step", "drop_reason", step.id, step.drop_reason),
        moved_to=(row.to_id, row.to_ordinal) if row.to_id else None,
    )


_CARRIED: Final = (
    select(CarriedOver.kind, CarriedOver.subject_id, CarriedOver.from_case_id, CarriedOver.carried_at)
    .where(CarriedOver.case_id == bindparam("case_id"))
    .order_by(CarriedOver.carried_at, CarriedOver.kind, CarriedOver.id)
)


def carried_to(uow: UnitOfWork, case_id: UUID, kinds: Collection[str] | None = None) -> list[CarriedView]:
    """Return what the case goes on with from an earlier one, of some kinds or of all."""
    rows = uow.session.connection().execute(_CARRIED, {"case_id": case_id})
    found = [CarriedView(row.kind, row.subject_id, row.from_case_id, row.carried_at) for row in rows]
    return [one for one in found if kinds is None or one.kind in kinds]
