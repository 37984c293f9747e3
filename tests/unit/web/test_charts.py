"""The geometry of charts: to one scale, inside the drawing, readable without colour."""

import itertools
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from app.web import charts
from app.web.charts import BarRow

TEAM = [BarRow("Mäki Anna", (4, 2), "/m"), BarRow("Rinne Satu", (5, 0)), BarRow("Lehto Kaisa", (2, 1))]


def test_bars_are_to_one_scale() -> None:
    chart = charts.bars("Asiakkaita", [BarRow("A", (10,)), BarRow("B", (5,)), BarRow("C", (0,))])
    widths = [row.parts[0].width for row in chart.rows]
    assert abs(widths[0] - 2 * widths[1]) < 0.02
    assert widths[2] == 0


def test_the_second_part_is_hatched_and_its_number_stands_beside_it() -> None:
    chart = charts.stacked("Myöhässä", TEAM, parts=("enintään 14 pv", "yli 14 pv"))
    solid, hatched = chart.rows[0].parts
    assert (solid.is_hatched, solid.is_inside, solid.shown) == (False, True, "4")
    assert (hatched.is_hatched, hatched.is_inside, hatched.shown) == (True, False, "2")
    assert hatched.x > solid.x + solid.width
    assert [part.shown for part in chart.rows[1].parts] == ["5"]  # no empty part is drawn


def test_a_bar_too_short_for_its_number_has_it_at_the_end() -> None:
    chart = charts.stacked("x", [BarRow("Pitkä", (100, 1)), BarRow("Lyhyt", (1, 1))], parts=("a", "b"))
    first, second = chart.rows[1].parts
    assert first.shown == ""
    assert second.shown == "1 + 1"


def test_a_long_name_is_cut_with_a_mark() -> None:
    label = charts.bars("x", [BarRow("Pitkänen-Korhonen Marja-Leena", (1,))]).rows[0].label
    assert len(label) == charts.LONGEST_LABEL
    assert label.endswith("…")


def test_no_rows_and_no_values_draw_without_failing() -> None:
    assert charts.bars("x", []).rows == ()
    assert charts.bars("x", [BarRow("A", (0,))]).rows[0].parts[0].shown == "0"
    assert charts.line("x", [], low=0, high=10, notes=()).path == ""
    assert charts.sparkline([]).path == ""


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)), min_size=1, max_size=12))
def test_every_bar_and_its_number_stay_inside_the_drawing(values: list[tuple[int, int]]) -> None:
    chart = charts.stacked("x", [BarRow("Nimi", pair) for pair in values], parts=("a", "b"))
    for row in chart.rows:
        for part in row.parts:
            assert part.x >= chart.axis_x - 0.01
            assert part.x + part.width <= charts.WIDTH
            assert row.y + charts.BAR <= chart.height


def test_a_line_follows_the_calendar() -> None:
    values = [(date(2025, 11, 3), 4.0), (date(2025, 11, 13), 5.0), (date(2026, 2, 11), 6.0)]
    chart = charts.line("Oma arvio", values, low=0, high=10, notes=("a", "b", "c"))
    x = [point.x for point in chart.points]
    assert x[1] - x[0] < (x[2] - x[0]) / 5
    assert [point.is_last for point in chart.points] == [False, False, True]
    assert chart.points[0].y > chart.points[2].y  # better is higher


def test_the_ends_of_the_scale_are_the_ends_of_the_drawing() -> None:
    chart = charts.line("x", [(date(2026, 1, 1), 0.0), (date(2026, 2, 1), 10.0)], low=0, high=10, notes=("", ""))
    assert [point.y for point in chart.points] == [charts.LINE_BASE, charts.LINE_TOP]


def test_one_value_stands_in_the_middle() -> None:
    point = charts.line("x", [(date(2026, 1, 1), 5.0)], low=0, high=10, notes=("tammi",)).points[0]
    assert point.x == (charts.LINE_LEFT + charts.LINE_RIGHT) / 2


def day_of(offset: int) -> date:
    return date.fromordinal(date(2026, 1, 1).toordinal() + offset)


def drawn(values: list[tuple[int, int]], marks: list[tuple[int, str]]) -> charts.SeriesChart:
    return charts.series(
        "x",
        [(day_of(offset), value) for offset, value in sorted(values)],
        [(day_of(offset), shown) for offset, shown in marks],
        low=0,
        high=10,
        limit=(7, "raja 7"),
        write=str,
    )


def test_a_value_and_a_mark_of_one_day_stand_on_one_line() -> None:
    chart = drawn([(0, 4), (100, 8)], [(50, "Tarkistus"), (100, "Vaihe 7")])
    assert [mark.x for mark in chart.marks] == [(chart.points[0].x + chart.points[1].x) / 2, chart.points[1].x]
    assert (chart.first, chart.last) == ("2026-01-01", "2026-04-11")


def test_the_threshold_lies_between_a_worse_and_a_better_value() -> None:
    chart = drawn([(0, 6), (100, 8)], [])
    assert chart.limit_y is not None
    assert chart.points[0].y > chart.limit_y > chart.points[1].y


def test_numbers_that_would_stand_on_each_other_go_above_and_below_and_never_both() -> None:
    chart = drawn([(0, 2), (199, 5), (200, 5), (201, 5)], [])
    assert [point.shown for point in chart.points] == ["2", "5", "5", "5"], "the last is always told"
    above, below = chart.points[1].text_y, chart.points[2].text_y
    assert above < chart.points[1].y < below


def test_a_series_without_values_draws_without_failing() -> None:
    assert drawn([], []).path == ""
    assert [mark.shown for mark in drawn([], [(0, "Vaihe 1")]).marks] == ["Vaihe 1"]


@given(
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 10)), max_size=12),
    st.lists(st.tuples(st.integers(0, 900), st.sampled_from(("Vaihe 4", "Tarkistus", "Jakso päättyy"))), max_size=25),
)
def test_no_word_stands_on_another_and_all_stay_inside_the_drawing(
    values: list[tuple[int, int]], marks: list[tuple[int, str]]
) -> None:
    chart = drawn(values, marks)
    assert sorted(mark.shown for mark in chart.marks) == sorted(shown for _offset, shown in marks)
    rows: dict[float, list[tuple[float, float]]] = {}
    for mark in chart.marks:
        length = len(mark.shown) * charts.LETTER
        start = mark.text_x - length if mark.is_left else mark.text_x
        assert start >= -0.01
        assert start + length <= charts.WIDTH + 0.01
        assert mark.y < chart.height
        rows.setdefault(mark.y, []).append((start, start + length))
    for row in rows.values():
        row.sort()
        assert all(first[1] < second[0] for first, second in itertools.pairwise(row))
