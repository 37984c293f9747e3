"""The rows of a plan as they are typed, before anything is checked: adding and removing one loses nothing.

Rows travel in flat names: goal-1-text, goal-1-action-2-due. Drafts, errors and links share them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from app.core.dates import format_day
from app.plans.domain import MOST_ACTIONS, MOST_GOALS, ActionState, GoalContent, PlanContent

ROW: Final = re.compile(r"goal-(\d{1,2})-(?:action-(\d{1,2})-)?(text|origin|owner|due|state)")


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action as typed."""

    text: str = ""
    owner: str = ""
    due: str = ""
    state: str = ActionState.OPEN
    origin: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed; such a row is left out when the plan is saved."""
        return not (self.text.strip() or self.due.strip())


@dataclass(frozen=True, slots=True)
class GoalRow:
    """One goal as typed, with its actions."""

    text: str = ""
    origin: str = ""
    actions: tuple[ActionRow, ...] = (ActionRow(),)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed in the goal or its actions."""
        return not self.text.strip() and all(action.is_empty for action in self.actions)


def rows_of(values: Mapping[str, str]) -> tuple[GoalRow, ...]:
    """Return the rows in a form's values, in the order of their numbers; what is not a row is left alone."""
    goals: dict[int, dict[str, str]] = {}
    actions: dict[int, dict[int, dict[str, str]]] = {}
    for name, value in values.items():
        found = ROW.fullmatch(name)
        if found is None:
            continue
        goal, action = int(found[1]), found[2]
        if action is None:
            goals.setdefault(goal, {})[found[3]] = value
        else:
            actions.setdefault(goal, {}).setdefault(int(action), {})[found[3]] = value
    rows = [
        GoalRow(
            text=goals.get(number, {}).get("text", ""),
            origin=goals.get(number, {}).get("origin", ""),
            actions=tuple(
                ActionRow(**actions[number][place]) for place in sorted(actions.get(number, {}))[:MOST_ACTIONS]
            ),
        )
        for number in sorted(goals.keys() | actions.keys())
    ]
    return tuple(rows[:MOST_GOALS])


def _action_rows(typed: Mapping[int, dict[str, str]]) -> tuple[ActionRow, ...]:
    return tuple(ActionRow(**typed[place]) for place in sorted(typed)[:MOST_ACTIONS])


def values_of(rows: Iterable[GoalRow]) -> dict[str, str]:
    """Return the values of a form that holds the rows, numbered from 1."""
    values: dict[str, str] = {}
    for number, goal in enumerate(rows, 1):
        values |= {f"goal-{number}-text": goal.text, f"goal-{number}-origin": goal.origin}
        for place, action in enumerate(goal.actions, 1):
            name = f"goal-{number}-action-{place}"
            values |= {
                f"{name}-text": action.text,
                f"{name}-owner": action.owner,
                f"{name}-due": action.due,
                f"{name}-state": action.state,
                f"{name}-origin": action.origin,
            }
    return values


def values_of_content(content: PlanContent, *, proposal: date | None) -> dict[str, str]:
    """Return the values of a form that holds a stored version; `proposal` fills an empty day of the next review."""
    rows = tuple(_goal_row(goal) for goal in content.goals) or (GoalRow(),)
    days = {
        "period_start": content.period_start,
        "period_end": content.period_end,
        "next_review_on": content.next_review_on or proposal,
    }
    texts = {"next_review_reason": content.next_review_reason or "", "summary": content.summary or ""}
    return values_of(rows) | texts | {name: format_day(day) if day else "" for name, day in days.items()}


def _goal_row(goal: GoalContent) -> GoalRow:
    return GoalRow(
        text=goal.text,
        origin=str(goal.origin_id or ""),
        actions=tuple(
            ActionRow(
                text=one.text,
                owner=one.owner,
                due=format_day(one.due_on) if one.due_on else "",
                state=one.state,
                origin=str(one.origin_id or ""),
            )
            for one in goal.actions
        ),
    )


@dataclass(frozen=True, slots=True)
class RowChange:
    """A press of "add" or "remove": which rows there are now, and the field (or heading) that gets the focus."""

    rows: tuple[GoalRow, ...]
    focus: str


def change_rows(rows: tuple[GoalRow, ...], press: str) -> RowChange | None:
    """Return the rows after a press such as `add-goal`, `drop-goal:2`, `add-action:1`, `drop-action:1:2`; else None."""
    deed, _colon, place = press.partition(":")
    numbers = [int(part) for part in place.split(":") if part.isdigit()]
    if deed == "add-goal":
        return RowChange((*rows, GoalRow()), f"goal-{len(rows) + 1}-text")
    goal = numbers[0] if numbers else 0
    if not 1 <= goal <= len(rows):
        return None
    if deed == "drop-goal":
        kept = rows[: goal - 1] + rows[goal:]
        return RowChange(kept, f"goal-{goal - 1}-text" if goal > 1 else "goals")
    return _change_actions(rows, deed, goal, numbers[1:])


def _change_actions(rows: tuple[GoalRow, ...], deed: str, goal: int, rest: list[int]) -> RowChange | None:
    actions = rows[goal - 1].actions
    if deed == "add-action":
        focus, changed = f"goal-{goal}-action-{len(actions) + 1}-text", (*actions, ActionRow())
    elif deed == "drop-action" and rest and 1 <= rest[0] <= len(actions):
        place = rest[0]
        changed = actions[: place - 1] + actions[place:]
        focus = f"goal-{goal}-action-{place - 1}-text" if place > 1 else f"goal-{goal}-text"
    else:
        return None
    return RowChange((*rows[: goal - 1], replace(rows[goal - 1], actions=changed), *rows[goal:]), focus)


def without_empty(rows: tuple[GoalRow, ...]) -> tuple[GoalRow, ...]:
    """Return the rows in which something was typed."""
    return tuple(
        replace(goal, actions=tuple(action for action in goal.actions if not action.is_empty))
        for goal in rows
        if not goal.is_empty
    )
