"""The responsible line: whatever is done to it, in whatever order, it never overlaps and never leaks a moment."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.network.domain import Span, assign, end_of, member_problems, next_start, release

Act = Callable[[tuple[Span, ...], datetime], tuple[Span, ...]]
NINE = datetime(2026, 11, 24, 7, tzinfo=UTC)

ACTS = st.lists(
    st.tuples(
        st.sampled_from([assign, release]),
        # 0: the clock stood still, as in one transaction or in the demo; negative: another machine's clock ran ahead
        st.timedeltas(timedelta(hours=-2), timedelta(days=400)) | st.just(timedelta(0)),
    ),
    max_size=40,
)


@given(ACTS)
def test_any_sequence_of_acts_keeps_the_line_in_order_and_never_empty(acts: list[tuple[Act, timedelta]]) -> None:
    line: tuple[Span, ...] = ()
    now = NINE
    for act, later in acts:
        now += later
        line = act(line, now)
    for span in line:
        assert span.end is None or span.start < span.end
    for before, after in pairwise(line):
        assert before.end is not None, "only the last period may go on"
        assert before.end <= after.start


@given(st.lists(st.timedeltas(timedelta(hours=-2), timedelta(days=400)), min_size=1, max_size=40))
def test_assignments_one_after_another_leave_no_gap(distances: list[timedelta]) -> None:
    line: tuple[Span, ...] = ()
    now = NINE
    for distance in distances:
        now += distance
        line = assign(line, now)
    assert all(before.end == after.start for before, after in pairwise(line))
    assert line[-1].end is None
    assert len(line) == len(distances)


@given(ACTS)
def test_at_every_moment_at_most_one_answers(acts: list[tuple[Act, timedelta]]) -> None:
    line: tuple[Span, ...] = ()
    now = NINE
    for act, later in acts:
        now += later
        line = act(line, now)
    for moment in {span.start for span in line} | {span.end for span in line if span.end}:
        holding = [span for span in line if span.start <= moment and (span.end is None or moment < span.end)]
        assert len(holding) <= 1


def test_two_assignments_at_the_same_instant_keep_both_in_the_line() -> None:
    line = assign(assign((), NINE), NINE)
    assert line == (Span(NINE, NINE + timedelta(microseconds=1)), Span(NINE + timedelta(microseconds=1)))


def test_a_new_period_starts_now_when_nothing_is_before_it() -> None:
    assert next_start([], NINE) == NINE


def test_a_period_that_began_this_instant_still_ends_after_it_began() -> None:
    assert end_of(Span(NINE), NINE) > NINE


def test_a_release_with_nobody_responsible_changes_nothing() -> None:
    line = release(assign((), NINE), NINE + timedelta(days=1))
    assert release(line, NINE + timedelta(days=2)) == line


def test_a_member_needs_a_name_and_a_party_of_the_list() -> None:
    fields = [problem.field for problem in member_problems(name=" ", role="", contact=None, party="", known=False)]
    assert fields == ["name", "party"]


def test_a_complete_member_has_no_problems() -> None:
    assert not member_problems(name="Mirva Salo", role="asiantuntija", contact=None, party="kela", known=True)
