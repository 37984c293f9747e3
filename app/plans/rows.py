"""The rows and the period of a plan as typed, before anything is checked: adding and removing one loses nothing.

Rows travel in flat names: goal-1-text, goal-1-interim-1-text, goal-1-action-2-due. Drafts, errors and links share them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Final

from app.core.dates import DateProblem, format_day, parse_day
from app.core.workdays import add_months
from app.plans.checks import field_name, reason_name
from app.plans.domain import MOST_ACTIONS, MOST_GOALS, MOST_INTERIM, ActionState, GoalContent, PlanContent
from app.plans.fields import Answer, Week, say_times
from app.plans.limits import Subject

ROW: Final = re.compile(r"goal-(\d{1,2})-(?:(action|interim)-(\d{1,2})-)?(text|origin|owner|due|state)")
PERIODS: Final = {f"period:{months}": months for months in (3, 6, 12)}
"""The presses that set the length of the period, in calendar months."""
ONE_DAY: Final = timedelta(days=1)
_TIMES: Final = re.compile(r"(\d{1,2})(?:[.:]?([0-5]\d))?(?:-|–|—)(\d{1,2})(?:[.:]?([0-5]\d))?")


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
class InterimRow:
    """One interim goal as typed."""

    text: str = ""
    due: str = ""
    origin: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed; such a row is left out when the plan is saved."""
        return not (self.text.strip() or self.due.strip())


@dataclass(frozen=True, slots=True)
class GoalRow:
    """One goal as typed, with its interim goals and actions."""

    text: str = ""
    origin: str = ""
    interim: tuple[InterimRow, ...] = ()
    actions: tuple[ActionRow, ...] = (ActionRow(),)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed in the goal nor in anything that belongs to it."""
        has_parts = any(not one.is_empty for one in self.interim) or any(not one.is_empty for one in self.actions)
        return not self.text.strip() and not has_parts


def rows_of(values: Mapping[str, str]) -> tuple[GoalRow, ...]:
    """Return the rows in a form's values, in the order of their numbers; what is not a row is left alone."""
    goals: dict[int, dict[str, str]] = {}
    parts: dict[str, dict[int, dict[int, dict[str, str]]]] = {"action": {}, "interim": {}}
    for name, value in values.items():
        found = ROW.fullmatch(name)
        if found is None:
            continue
        goal, part, place, column = int(found[1]), found[2], found[3], found[4]
        kept = parts[part].setdefault(goal, {}).setdefault(int(place), {}) if part else goals.setdefault(goal, {})
        kept[column] = value
    numbers = sorted(goals.keys() | parts["action"].keys() | parts["interim"].keys())
    return tuple(
        GoalRow(
            text=goals.get(number, {}).get("text", ""),
            origin=goals.get(number, {}).get("origin", ""),
            interim=tuple(_interim_row(typed) for typed in _in_order(parts["interim"].get(number, {}), MOST_INTERIM)),
            actions=tuple(ActionRow(**typed) for typed in _in_order(parts["action"].get(number, {}), MOST_ACTIONS)),
        )
        for number in numbers[:MOST_GOALS]
    )


def _in_order(typed: Mapping[int, dict[str, str]], most: int) -> list[dict[str, str]]:
    return [typed[place] for place in sorted(typed)[:most]]


def _interim_row(typed: Mapping[str, str]) -> InterimRow:
    return InterimRow(text=typed.get("text", ""), due=typed.get("due", ""), origin=typed.get("origin", ""))


def values_of(rows: Iterable[GoalRow]) -> dict[str, str]:
    """Return the values of a form that holds the rows, numbered from 1."""
    values: dict[str, str] = {}
    for number, goal in enumerate(rows, 1):
        values |= {f"goal-{number}-text": goal.text, f"goal-{number}-origin": goal.origin}
        for place, one in enumerate(goal.interim, 1):
            name = f"goal-{number}-interim-{place}"
            values |= {f"{name}-text": one.text, f"{name}-due": one.due, f"{name}-origin": one.origin}
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
    texts |= {field_name(code): _typed(answer) for code, answer in content.answers.items()}
    texts |= {reason_name(Subject(subject)): text for subject, text in content.reasons.items()}
    texts |= values_of_week(content.week)
    return values_of(rows) | texts | {name: format_day(day) if day else "" for name, day in days.items()}


def _typed(answer: Answer) -> str:
    return format_day(answer.day) if answer.day else answer.choice or answer.text or ""


def values_of_week(week: Week) -> dict[str, str]:
    """Return the values of the fields of the agreed days."""
    return {f"week-{day.weekday}": say_times(day.starts, day.ends) for day in week.days}


def read_times(typed: str) -> tuple[time, time]:
    """Return the times a person typed, such as 9.00–13.00, 9-13 or 0930–1300; ValueError for what is no times."""
    found = _TIMES.fullmatch("".join(typed.split()))
    if found is None:
        raise ValueError(typed)
    return time(int(found[1]), int(found[2] or 0)), time(int(found[3]), int(found[4] or 0))


def _goal_row(goal: GoalContent) -> GoalRow:
    return GoalRow(
        text=goal.text,
        origin=str(goal.origin_id or ""),
        interim=tuple(
            InterimRow(text=one.text, due=format_day(one.due_on) if one.due_on else "", origin=str(one.origin_id or ""))
            for one in goal.interim
        ),
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


MOVES: Final = {"up": -1, "down": 1}


@dataclass(frozen=True, slots=True)
class RowChange:
    """A press in the rows: which rows there are now, and the field, button or heading that gets the focus."""

    rows: tuple[GoalRow, ...]
    focus: str


def change_rows(rows: tuple[GoalRow, ...], press: str) -> RowChange | None:
    """Return the rows after a press such as `add-goal`, `drop-goal:2`, `up-goal:2`, `drop-interim:1:2`, or None."""
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
    verb, _dash, part = deed.partition("-")
    if part == "goal" and verb in MOVES:
        return _move_goal(rows, goal, goal + MOVES[verb])
    changed = _change_part(rows[goal - 1], verb, part, numbers[1:])
    if changed is None:
        return None
    return RowChange((*rows[: goal - 1], changed[0], *rows[goal:]), f"goal-{goal}-{changed[1]}")


def _move_goal(rows: tuple[GoalRow, ...], number: int, to: int) -> RowChange | None:
    """Return the rows with a goal and its neighbour in each other's place; the same button goes on moving it."""
    if not 1 <= to <= len(rows):
        return None
    moved = list(rows)
    moved[number - 1], moved[to - 1] = moved[to - 1], moved[number - 1]
    goes_up = to < number
    has_further = to > 1 if goes_up else to < len(rows)
    verb = "up" if goes_up == has_further else "down"
    return RowChange(tuple(moved), f"{verb}-goal-{to}")


def with_period(values: Mapping[str, str], press: str, today: date) -> dict[str, str]:
    """Return the values with the last day of a period of so many months after a press such as `period:3`.

    It counts from the first day as typed; a day that cannot be read changes nothing.
    """
    if press not in PERIODS:
        return dict(values)
    try:
        start = parse_day(values.get("period_start", ""), today)
    except DateProblem:
        return dict(values)
    return {**values, "period_end": format_day(add_months(start, PERIODS[press]) - ONE_DAY)}


def _change_part(goal: GoalRow, verb: str, part: str, rest: list[int]) -> tuple[GoalRow, str] | None:
    """Return the goal with an action or an interim goal added or dropped, and the field of it that gets the focus."""
    actions, interim = goal.actions, goal.interim
    if (verb, part) == ("add", "action"):
        return replace(goal, actions=(*actions, ActionRow())), f"action-{len(actions) + 1}-text"
    if (verb, part) == ("add", "interim"):
        return replace(goal, interim=(*interim, InterimRow())), f"interim-{len(interim) + 1}-text"
    place = rest[0] if rest else 0
    focus = f"{part}-{place - 1}-text" if place > 1 else "text"
    if (verb, part) == ("drop", "action") and 1 <= place <= len(actions):
        return replace(goal, actions=actions[: place - 1] + actions[place:]), focus
    if (verb, part) == ("drop", "interim") and 1 <= place <= len(interim):
        return replace(goal, interim=interim[: place - 1] + interim[place:]), focus
    return None


def without_empty(rows: tuple[GoalRow, ...]) -> tuple[GoalRow, ...]:
    """Return the rows in which something was typed."""
    return tuple(
        replace(
            goal,
            interim=tuple(one for one in goal.interim if not one.is_empty),
            actions=tuple(one for one in goal.actions if not one.is_empty),
        )
        for goal in rows
        if not goal.is_empty
    )
