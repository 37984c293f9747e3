"""The reviews held of a plan, as rows opened again: who took part, what was said, how goals turned out."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from app.core.uow import UnitOfWork
from app.plans.domain import ActionState, GoalOutcome
from app.plans.models import Action, Goal, Review, ReviewAction, ReviewOutcome
from app.plans.versions import Deed, GoalResult, ReviewView


def reviews_of(uow: UnitOfWork, plan_id: UUID) -> list[ReviewView]:
    """Return the reviews of a plan, opened, the latest first (three statements)."""
    rows = uow.session.scalars(
        select(Review).where(Review.plan_id == plan_id).order_by(Review.held_on.desc(), Review.recorded_at.desc())
    ).all()
    results, deeds = _results(uow, [row.id for row in rows]), _deeds(uow, [row.id for row in rows])
    return [_review(uow, row, tuple(results[row.id]), tuple(deeds[row.id])) for row in rows]


def _results(uow: UnitOfWork, review_ids: Collection[UUID]) -> dict[UUID, list[GoalResult]]:
    results: dict[UUID, list[GoalResult]] = defaultdict(list)
    if not review_ids:
        return results
    rows = uow.session.execute(
        select(ReviewOutcome, Goal.text)
        .join(Goal, Goal.id == ReviewOutcome.goal_id)
        .where(ReviewOutcome.review_id.in_(review_ids))
        .order_by(Goal.ordinal)
    )
    for row, text in rows:
        results[row.review_id].append(
            GoalResult(
                goal_id=row.goal_id,
                text=uow.vault.open("goal", "text", row.goal_id, text),
                outcome=GoalOutcome(row.outcome),
                remark=uow.vault.open_optional("review_outcome", "remark", row.id, row.remark),
            )
        )
    return results


def _deeds(uow: UnitOfWork, review_ids: Collection[UUID]) -> dict[UUID, list[Deed]]:
    deeds: dict[UUID, list[Deed]] = defaultdict(list)
    if not review_ids:
        return deeds
    rows = uow.session.execute(
        select(ReviewAction.review_id, ReviewAction.state, Action.id, Action.text)
        .join(Action, Action.id == ReviewAction.action_id)
        .join(Goal, Goal.id == Action.goal_id)
        .where(ReviewAction.review_id.in_(review_ids))
        .order_by(Goal.ordinal, Action.ordinal)
    )
    for row in rows:
        text = uow.vault.open("plan_action", "text", row.id, row.text)
        deeds[row.review_id].append(Deed(text=text, state=ActionState(row.state)))
    return deeds


def _review(uow: UnitOfWork, row: Review, results: tuple[GoalResult, ...], deeds: tuple[Deed, ...]) -> ReviewView:
    def opened(column: str, blob: bytes | None) -> str | None:
        return uow.vault.open_optional("review", column, row.id, blob)

    return ReviewView(
        id=row.id,
        plan_id=row.plan_id,
        plan_version_id=row.plan_version_id,
        held_on=row.held_on,
        parties=tuple(row.parties),
        missing_reason=opened("missing_reason", row.missing_reason),
        meeting_notes=opened("meeting_notes", row.meeting_notes),
        participants=opened("participants", row.participants),
        situation=opened("situation", row.situation),
        changes=opened("changes", row.changes),
        late_reason=opened("late_reason", row.late_reason),
        next_review_on=row.next_review_on,
        next_reason=opened("next_reason", row.next_reason),
        source=row.source,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        results=results,
        deeds=deeds,
    )
