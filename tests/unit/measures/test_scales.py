"""Which values lie on a scale, which of them ask for a closer look, and what a series tells (RU15, FR12)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.measures.domain import Event, Result, finding_of, needs_met_by, problems_of, whole_where_whole
from app.reference.domain import Measure
from app.reference.loader import reference
from tests.factories.measures import build_measure, build_result

TODAY = date(2026, 11, 24)
numbers = st.decimals(min_value=-1000, max_value=1000, places=2)


@st.composite
def scales(draw: st.DrawFn) -> Measure:
    """Any scale in either direction, with any threshold on it."""
    low = draw(numbers)
    step = draw(st.decimals(min_value="0.01", max_value=50, places=2))
    high = low + step * draw(st.integers(min_value=1, max_value=200))
    threshold = low + step * draw(st.integers(min_value=0, max_value=int((high - low) / step)))
    direction = draw(st.sampled_from(("higher_better", "lower_better")))
    return build_measure(minimum=low, maximum=high, step=step, direction=direction, threshold=threshold)


@given(measure=scales(), value=numbers)
def test_a_value_fits_exactly_when_whole_steps_lead_to_it_between_the_ends(measure: Measure, value: Decimal) -> None:
    assert measure.minimum is not None
    assert measure.maximum is not None
    assert measure.step is not None
    steps = (value - measure.minimum) / measure.step
    expected = steps >= 0 and value <= measure.maximum and steps == int(steps)
    assert measure.fits(value) == expected
    told = problems_of(Result(measure="ME90", value=value, measured_on=TODAY), measure, today=TODAY, languages=())
    assert [problem.field for problem in told] == ([] if expected else ["value"])


@given(measure=scales(), value=numbers)
def test_the_threshold_itself_asks_and_a_worse_value_asks_and_a_better_never(measure: Measure, value: Decimal) -> None:
    assert measure.threshold is not None
    assert measure.crosses(measure.threshold)
    assume(value != measure.threshold)
    is_worse = (value < measure.threshold) == (measure.direction == "higher_better")
    assert measure.crosses(value) == is_worse


@given(measure=scales(), value=numbers)
def test_turning_a_scale_round_turns_the_answer_round(measure: Measure, value: Decimal) -> None:
    assert measure.threshold is not None
    other = "lower_better" if measure.direction == "higher_better" else "higher_better"
    mirrored = build_measure(direction=other, threshold=-measure.threshold)
    assert mirrored.crosses(-value) == measure.crosses(value)


@given(value=numbers)
def test_without_a_threshold_nothing_asks(value: Decimal) -> None:
    assert not build_measure(threshold=None, direction="lower_better").crosses(value)


def test_ru15_a_work_ability_score_of_seven_or_less_asks() -> None:
    score = reference().measures.get("ME01")
    assert [value for value in range(11) if score.crosses(Decimal(value))] == [0, 1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("value", ["-1", "11", "6.5"])
def test_ru15_the_score_is_a_whole_number_from_0_to_10(value: str) -> None:
    assert not reference().measures.get("ME01").fits(Decimal(value))


@given(value=st.decimals(min_value=-999_999, max_value=999_999, places=3))
def test_a_value_loses_its_empty_decimals_and_nothing_else(value: Decimal) -> None:
    shown = whole_where_whole(value)
    assert shown == value
    assert "E" not in str(shown)
    assert shown == 0 or not ("." in str(shown) and str(shown).endswith("0"))


def test_decimals_of_the_form_follow_the_scale() -> None:
    assert build_measure().digits == 0
    assert build_measure(step=Decimal("0.25"), maximum=Decimal(10)).digits == 2
    assert build_measure(minimum=Decimal("0.5"), maximum=Decimal("10.5")).digits == 1


@pytest.mark.parametrize(
    ("last", "direction", "begins"),
    [
        (8, "higher_better", "Better"),
        (4, "higher_better", "Worse"),
        (8, "lower_better", "Worse"),
        (4, "lower_better", "Better"),
        (6, "higher_better", "First and latest are the same"),
        (8, "none", "First 6"),
    ],
)
def test_the_finding_calls_a_change_better_or_worse_by_the_direction(last: int, direction: str, begins: str) -> None:
    line = [(TODAY - timedelta(days=30), Decimal(6)), (TODAY, Decimal(last))]
    assert str(finding_of(line, direction)).startswith(begins)


def test_one_value_is_no_change_and_no_value_no_finding() -> None:
    assert str(finding_of([(TODAY, Decimal("2.5"))], "none")) == "One value so far: 2,5 (24.11.2026)."
    assert finding_of([], "none") is None


@pytest.mark.parametrize(
    ("result", "field"),
    [
        (build_result("ME02", summary=None), "summary"),
        (build_result("ME02", language=None), "language"),
        (build_result("ME02", language="xx"), "language"),
        (build_result("ME03", name=None), "name"),
        (build_result("ME03", value=Decimal(-1)), "value"),
        (build_result("ME04", observations={}), "aspect-concentration"),
        (build_result("ME01", on=date(2026, 11, 25)), "measured_on"),
        (build_result("ME01", value=None), "value"),
        (Result(measure="ME01", event=Event.FORM_GIVEN, measured_on=TODAY, language="fi"), None),
        (Result(measure="ME02", event=Event.FORM_GIVEN, measured_on=TODAY), "language"),
    ],
)
def test_what_a_measure_asks_is_told_at_its_field(result: Result, field: str | None) -> None:
    measure = reference().measures.get(result.measure)
    told = problems_of(result, measure, today=TODAY, languages={"fi", "sv"})
    assert [problem.field for problem in told] == [field]


def test_a_measure_takes_no_result_from_a_day_outside_its_time() -> None:
    measure = build_measure(valid_from=date(2026, 2, 1), valid_to=date(2026, 2, 28))
    for day, is_told in ((date(2026, 1, 31), True), (date(2026, 2, 28), False), (date(2026, 3, 1), True)):
        told = problems_of(
            Result(measure="ME90", value=Decimal(5), measured_on=day), measure, today=TODAY, languages=()
        )
        assert [problem.field for problem in told] == (["measured_on"] if is_told else [])


def test_a_given_form_meets_the_self_assessment_and_a_measure_of_ones_own_meets_nothing() -> None:
    day, later = date(2026, 11, 2), date(2026, 11, 24)
    assert needs_met_by([("ME02", "form_given", day)]) == {"self_assessment"}
    assert needs_met_by([("ME02", "result", day), ("ME01", "result", later)]) == {"measure:ME01", "measure:ME02"}
    assert needs_met_by([("ME90", "result", day)]) == frozenset()


@pytest.mark.parametrize(
    ("entries", "is_repeated"),
    [
        ([("ME01", "result", date(2026, 5, 2)), ("ME01", "result", date(2026, 11, 2))], True),
        ([("ME90", "result", date(2026, 5, 2)), ("ME90", "result", date(2026, 11, 2))], True),
        ([("ME01", "result", date(2026, 5, 2)), ("ME01", "result", date(2026, 5, 2))], False),
        ([("ME01", "result", date(2026, 5, 2)), ("ME02", "result", date(2026, 11, 2))], False),
        ([("ME02", "form_given", date(2026, 5, 2)), ("ME02", "form_given", date(2026, 11, 2))], False),
    ],
)
def test_a_measure_is_repeated_when_it_has_results_of_two_days(
    entries: list[tuple[str, str, date]], *, is_repeated: bool
) -> None:
    """PA6, PA7, PB7, PC7: measures are repeated along the way."""
    assert ("measure:repeated" in needs_met_by(entries)) is is_repeated
