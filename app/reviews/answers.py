"""What has been answered in the forms of a review: read out of them, kept of them, and let go of."""

from collections.abc import Sequence
from uuid import UUID

from werkzeug.datastructures import MultiDict
from wtforms.form import BaseForm

from app.drafts.domain import DraftView
from app.plans.domain import ActionState, GoalAnswer, GoalOutcome
from app.plans.versions import GoalView
from app.reviews.domain import row_name
from app.reviews.group import GroupRow, Meeting
from app.reviews.queries import GroupSheet


def goal_answers(form: BaseForm, goals: Sequence[GoalView], prefix: str = "") -> dict[UUID, GoalAnswer]:
    """Return what was answered, by goal; one without an answer is left out."""
    named = [(goal.id, f"{prefix}goal-{number}") for number, goal in enumerate(goals, 1)]
    return {
        goal_id: GoalAnswer(GoalOutcome(form[name].data), form[f"{name}-remark"].data or None)
        for goal_id, name in named
        if form[name].data
    }


def action_states(form: BaseForm, goals: Sequence[GoalView], prefix: str = "") -> dict[UUID, ActionState]:
    """Return how far each action has come, by action; one without an answer is left out."""
    named = [
        (action.id, f"{prefix}goal-{number}-action-{place}")
        for number, goal in enumerate(goals, 1)
        for place, action in enumerate(goal.actions, 1)
    ]
    return {action_id: ActionState(form[name].data) for action_id, name in named if form[name].data}


def forget_answers(form: BaseForm, goals: Sequence[GoalView], prefix: str = "") -> None:
    """Let go of answers that were given to the goals of another version; the remarks stay to be read."""
    for number, goal in enumerate(goals, 1):
        form[f"{prefix}goal-{number}"].process_data(None)
        for place, action in enumerate(goal.actions, 1):
            form[f"{prefix}goal-{number}-action-{place}"].process_data(action.state.value)


def group_row(form: BaseForm, sheet: GroupSheet) -> GroupRow:
    """What was said of one client."""
    name, member = row_name(sheet.member.case.id), sheet.member
    return GroupRow(
        case=member.case,
        plan_id=member.plan_id,
        kind=member.kind,
        version_id=sheet.version.head.id,
        situation=form[f"{name}-situation"].data,
        outcomes=goal_answers(form, sheet.version.goals, f"{name}-"),
        actions=action_states(form, sheet.version.goals, f"{name}-"),
        next_review_on=form[f"{name}-next"].data,
        next_reason=form[f"{name}-reason"].data or None,
        is_apart=bool(form[f"{name}-apart"].data),
    )


def meeting_of(form: BaseForm) -> Meeting:
    """What was said of the meeting."""
    return Meeting(
        held_on=form["held_on"].data,
        parties=tuple(form["parties"].data or ()),
        participants=form["participants"].data or None,
        missing_reason=form["missing_reason"].data or None,
        notes=form["notes"].data or None,
    )


def kept_values(kept: Sequence[DraftView]) -> MultiDict[str, str]:
    """Return what the drafts hold: the newest whole, of the others their own rows."""
    newest, *others = kept
    values: dict[str, list[str]] = dict(newest.values)
    for draft in others:
        own = row_name(draft.subject_id)
        values |= {name: value for name, value in draft.values.items() if name.startswith(own)}
    return MultiDict(values)
