"""Rows as they are typed: adding and removing loses nothing else, and puts the focus where the next word is typed."""

from hypothesis import given
from hypothesis import strategies as st

from app.plans.rows import ActionRow, GoalRow, change_rows, rows_of, values_of, without_empty

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
