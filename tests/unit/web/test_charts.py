"""The geometry of charts: to one scale, inside the drawing, readable without colour."""

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
