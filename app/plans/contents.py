"""What a version says, as rows: written from plain values and opened again. Free text is sealed row by row."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from app.access.actor import Actor
from app.core.ids import new_id
from app.core.uow import UnitOfWork
from app.plans.domain import (
    ActionContent,
    ActionOwner,
    ActionState,
    GoalContent,
    InterimContent,
    PlanContent,
    SignatureWay,
)
from app.plans.fields import Answer, DayTimes, FieldSet, Week
from app.plans.models import Action, Goal, InterimGoal, PlanAnswer, PlanReason, PlanSignature, PlanWeekday
from app.plans.signing import SignatureEntry, SignatureView
from app.plans.versions import ActionView, GoalView, InterimView

# -- writing ---------------------------------------------------------------------------------------------------------


def write_contents(uow: UnitOfWork, version_id: UUID, content: PlanContent, fields: FieldSet | None) -> None:
    """Replace the goals, answers, week and reasons of a version; an answer to no question of its form is left out."""
    for table in (Goal, PlanAnswer, PlanWeekday, PlanReason):
        uow.session.execute(delete(table).where(table.plan_version_id == version_id))
    for ordinal, goal in enumerate(content.goals, 1):
        _add_goal(uow, version_id, ordinal, goal)
    known = {asked.code for asked in fields or ()}
    uow.session.add_all(
        _answer(uow, version_id, code, answer)
        for code, answer in content.answers.items()
        if code in known and not answer.is_empty
    )
    uow.session.add_all(
        PlanWeekday(id=new_id(), plan_version_id=version_id, weekday=day.weekday, starts=day.starts, ends=day.ends)
        for day in content.week.days
    )
    write_reasons(uow, version_id, content.reasons)
    uow.flush()


def write_reasons(uow: UnitOfWork, version_id: UUID, reasons: Mapping[str, str]) -> None:
    """Add reasons to a version; an empty one is none."""
    for subject, text in reasons.items():
        if text.strip():
            row_id = new_id()
            sealed = uow.vault.seal("plan_reason", "text", row_id, text.strip())
            uow.session.add(PlanReason(id=row_id, plan_version_id=version_id, subject=subject, text=sealed))


def _answer(uow: UnitOfWork, version_id: UUID, code: str, answer: Answer) -> PlanAnswer:
    row = PlanAnswer(id=new_id(), plan_version_id=version_id, code=code, choice=answer.choice, day=answer.day)
    row.text = uow.vault.seal_optional("plan_answer", "text", row.id, (answer.text or "").strip() or None)
    return row


def _add_goal(uow: UnitOfWork, version_id: UUID, ordinal: int, goal: GoalContent) -> None:
    row = Goal(id=new_id(), plan_version_id=version_id, ordinal=ordinal, origin_id=goal.origin_id)
    row.text = uow.vault.seal("goal", "text", row.id, goal.text.strip())
    uow.session.add(row)
    uow.flush()
    uow.session.add_all(_interim(uow, row.id, place, one) for place, one in enumerate(goal.interim, 1))
    uow.session.add_all(_action(uow, row.id, place, action) for place, action in enumerate(goal.actions, 1))


def _interim(uow: UnitOfWork, goal_id: UUID, ordinal: int, one: InterimContent) -> InterimGoal:
    row = InterimGoal(id=new_id(), goal_id=goal_id, ordinal=ordinal, due_on=one.due_on, origin_id=one.origin_id)
    row.text = uow.vault.seal("interim_goal", "text", row.id, one.text.strip())
    return row


def _action(uow: UnitOfWork, goal_id: UUID, ordinal: int, action: ActionContent) -> Action:
    row_id = new_id()
    return Action(
        id=row_id,
        goal_id=goal_id,
        ordinal=ordinal,
        text=uow.vault.seal("plan_action", "text", row_id, action.text.strip()),
        owner=action.owner,
        due_on=action.due_on,
        state=action.state,
        origin_id=action.origin_id,
    )


def write_signatures(
    uow: UnitOfWork, version_id: UUID, entries: Iterable[SignatureEntry], *, actor: Actor, now: datetime
) -> None:
    """Add signatures to a version; they have been checked (`signing.entry_problems`)."""
    for one in entries:
        row = PlanSignature(
            id=new_id(),
            plan_version_id=version_id,
            party=one.party,
            signed_on=one.signed_on,
            way=one.way,
            system=one.system,
        )
        row.recorded_at, row.recorded_by = now, actor.id
        row.name = uow.vault.seal_optional("plan_signature", "name", row.id, (one.name or "").strip() or None)
        uow.session.add(row)
    uow.flush()


# -- opening ---------------------------------------------------------------------------------------------------------


def answers_of(uow: UnitOfWork, version_id: UUID) -> dict[str, Answer]:
    """Return the answers of a version by the code of their field, opened."""
    rows = uow.session.scalars(select(PlanAnswer).where(PlanAnswer.plan_version_id == version_id))
    return {
        row.code: Answer(
            text=uow.vault.open_optional("plan_answer", "text", row.id, row.text), choice=row.choice, day=row.day
        )
        for row in rows
    }


def week_of(uow: UnitOfWork, version_id: UUID) -> Week:
    """Return the agreed days of the week of a version."""
    rows = uow.session.scalars(
        select(PlanWeekday).where(PlanWeekday.plan_version_id == version_id).order_by(PlanWeekday.weekday)
    )
    return Week(tuple(DayTimes(row.weekday, row.starts, row.ends) for row in rows))


def reasons_of(uow: UnitOfWork, version_id: UUID) -> dict[str, str]:
    """Return the reasons of a version by their subject, opened."""
    rows = uow.session.scalars(select(PlanReason).where(PlanReason.plan_version_id == version_id))
    return {row.subject: uow.vault.open("plan_reason", "text", row.id, row.text) for row in rows}


def signatures_of(uow: UnitOfWork, version_id: UUID) -> tuple[SignatureView, ...]:
    """Return the signatures of a version, opened, in the order they were given."""
    rows = uow.session.scalars(
        select(PlanSignature)
        .where(PlanSignature.plan_version_id == version_id)
        .order_by(PlanSignature.signed_on, PlanSignature.party)
    )
    return tuple(
        SignatureView(
            party=row.party,
            signed_on=row.signed_on,
            way=SignatureWay(row.way),
            name=uow.vault.open_optional("plan_signature", "name", row.id, row.name),
            system=row.system,
        )
        for row in rows
    )


def goals_of(uow: UnitOfWork, version_id: UUID) -> tuple[GoalView, ...]:
    """Return the goals of a version with what belongs to them, opened (three statements)."""
    rows = uow.session.scalars(select(Goal).where(Goal.plan_version_id == version_id).order_by(Goal.ordinal)).all()
    interim, actions = _interim_of(uow, version_id), _actions_of(uow, version_id)
    return tuple(
        GoalView(
            id=row.id,
            text=uow.vault.open("goal", "text", row.id, row.text),
            origin_id=row.origin_id,
            interim=tuple(interim[row.id]),
            actions=tuple(actions[row.id]),
        )
        for row in rows
    )


def _interim_of(uow: UnitOfWork, version_id: UUID) -> dict[UUID, list[InterimView]]:
    found: dict[UUID, list[InterimView]] = defaultdict(list)
    for row in uow.session.scalars(
        select(InterimGoal)
        .join(Goal, Goal.id == InterimGoal.goal_id)
        .where(Goal.plan_version_id == version_id)
        .order_by(InterimGoal.ordinal)
    ):
        text = uow.vault.open("interim_goal", "text", row.id, row.text)
        found[row.goal_id].append(InterimView(id=row.id, text=text, due_on=row.due_on, origin_id=row.origin_id))
    return found


def _actions_of(uow: UnitOfWork, version_id: UUID) -> dict[UUID, list[ActionView]]:
    found: dict[UUID, list[ActionView]] = defaultdict(list)
    for row in uow.session.scalars(
        select(Action)
        .join(Goal, Goal.id == Action.goal_id)
        .where(Goal.plan_version_id == version_id)
        .order_by(Action.ordinal)
    ):
        found[row.goal_id].append(
            ActionView(
                id=row.id,
                text=uow.vault.open("plan_action", "text", row.id, row.text),
                owner=ActionOwner(row.owner),
                due_on=row.due_on,
                state=ActionState(row.state),
                origin_id=row.origin_id,
            )
        )
    return found
