"""Rows as they are typed: adding and removing loses nothing else, and puts the focus where the next word is typed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.dates import format_day, parse_day
from app.plans.fields import Week
from app.plans.limits import Agreed, Subject, breaches
from app.plans.rows import PERIODS, ActionRow, GoalRow, change_rows, rows_of, values_of, with_period, without_empty
from app.reference.loader import reference

TEXT = st.text(max_size=12)
ACTIONS = st.builds(ActionRow, text=TEXT, owner=st.sampled_from(["", "client", "worker"]), due=TEXT)
GOALS = st.builds(GoalRow, text=TEXT, actions=st.lists(ACTIONS, max_size=4).map(tuple))
ROWS = st.lists(GOALS, max_size=4).map(tuple)

TWO = (
    GoalRow(text="ensimmäinen", actions=(ActionRow(text="a"), ActionRow(text="b"))),
    GoalRow(text="toinen", actions=(ActionRow(text="c"),)),
)


@given(ROWS)
def test_rows_travel_in_flat_names_and_come_back_the_same(rows: tuple[GoalRow, ...]) -> None:
    assert rows_of(values_of(rows)) == rows


def test_other_fields_of_the_form_are_no_rows() -> None:
    assert rows_of({"summary": "x", "goal-1-colour": "y", "goal-x-text": "z"}) == ()


def test_rows_are_numbered_anew_when_numbers_are_missing() -> None:
    rows = rows_of({"goal-7-text": "myöhempi", "goal-2-text": "aiempi", "goal-2-action-9-text": "teko"})
    assert [goal.text for goal in rows] == ["aiempi", "myöhempi"]
    assert values_of(rows)["goal-1-action-1-text"] == "teko"


def test_an_added_goal_takes_the_focus_and_has_a_row_for_an_action() -> None:
    change = change_rows(TWO, "add-goal")
    assert change is not None
    assert change.rows[:2] == TWO
    assert change.focus == "goal-3-text"
    assert change.rows[2].actions == (ActionRow(),)


def test_an_added_action_takes_the_focus() -> None:
    change = change_rows(TWO, "add-action:1")
    assert change is not None
    assert (len(change.rows[0].actions), change.focus) == (3, "goal-1-action-3-text")


def test_a_removed_action_gives_the_focus_to_the_row_before_it_or_to_its_goal() -> None:
    second, first = change_rows(TWO, "drop-action:1:2"), change_rows(TWO, "drop-action:1:1")
    assert second is not None
    assert first is not None
    assert ([one.text for one in second.rows[0].actions], second.focus) == (["a"], "goal-1-action-1-text")
    assert ([one.text for one in first.rows[0].actions], first.focus) == (["b"], "goal-1-text")


def test_a_removed_goal_gives_the_focus_to_the_goal_before_it_or_to_the_heading() -> None:
    second, first = change_rows(TWO, "drop-goal:2"), change_rows(TWO, "drop-goal:1")
    assert second is not None
    assert first is not None
    assert ([one.text for one in second.rows], second.focus) == (["ensimmäinen"], "goal-1-text")
    assert ([one.text for one in first.rows], first.focus) == (["toinen"], "goals")


def test_a_press_that_means_nothing_changes_nothing() -> None:
    for press in ("", "save", "drop-goal:9", "drop-action:1:9", "drop-action:1", "add-action:0", "drop-goal:x"):
        assert change_rows(TWO, press) is None, press


def test_rows_in_which_nothing_was_typed_are_left_out() -> None:
    rows = (GoalRow(), GoalRow(text="tavoite", actions=(ActionRow(), ActionRow(text="teko"))))
    assert without_empty(rows) == (GoalRow(text="tavoite", actions=(ActionRow(text="teko"),)),)


THREE = (*TWO, GoalRow(text="kolmas"))


@pytest.mark.parametrize(
    ("press", "order", "focus"),
    [
        ("down-goal:1", ["toinen", "ensimmäinen", "kolmas"], "down-goal-2"),
        ("down-goal:2", ["ensimmäinen", "kolmas", "toinen"], "up-goal-3"),
        ("up-goal:3", ["ensimmäinen", "kolmas", "toinen"], "up-goal-2"),
        ("up-goal:2", ["toinen", "ensimmäinen", "kolmas"], "down-goal-1"),
    ],
)
def test_a_goal_moves_and_keeps_the_focus_on_the_button_that_moves_it_further(
    press: str, order: list[str], focus: str
) -> None:
    """At the end of the way the button is gone; the one that leads back takes the focus."""
    change = change_rows(THREE, press)
    assert change is not None
    assert ([goal.text for goal in change.rows], change.focus) == (order, focus)
    assert set(change.rows) == set(THREE), "a goal moves with its actions"


@pytest.mark.parametrize("press", ["up-goal:1", "down-goal:3", "up-goal:4", "up-goal", "sideways-goal:2"])
def test_a_goal_does_not_move_out_of_the_plan(press: str) -> None:
    assert change_rows(THREE, press) is None


@pytest.mark.parametrize(
    ("start", "press", "end"),
    [
        ("2.3.2026", "period:3", "1.6.2026"),
        ("1.12.2026", "period:6", "31.5.2027"),
        ("31.8.2026", "period:6", "27.2.2027"),
        ("1.3.2027", "period:12", "29.2.2028"),
    ],
)
def test_a_length_sets_the_last_day_by_calendar_months(start: str, press: str, end: str) -> None:
    values = with_period({"period_start": start, "summary": "x"}, press, date(2026, 11, 24))
    assert values == {"period_start": start, "period_end": end, "summary": "x"}


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.sampled_from(sorted(PERIODS)))
def test_ru02_a_length_that_is_offered_is_never_too_short(start: date, press: str) -> None:
    """RU02: the period is 3 to 24 months long; the day after its last one is a whole number of months away."""
    values = with_period({"period_start": format_day(start)}, press, start)
    end = parse_day(values["period_end"], start)
    limits = reference().limits_for("activation_plan", start)
    agreed = Agreed(week=Week(), start=start, end=end, has_activity=True)
    assert [one.code for one in breaches(agreed, limits) if one.subject is Subject.PERIOD] == []


UNREAD = [("", "period:3"), ("ensi viikolla", "period:6"), ("2.3.2026", "period:9")]


@pytest.mark.parametrize(("start", "press"), UNREAD)
def test_without_a_first_day_that_can_be_read_a_length_changes_nothing(start: str, press: str) -> None:
    values = {"period_start": start, "period_end": "5.6.2026"}
    assert with_period(values, press, date(2026, 11, 24)) == values
