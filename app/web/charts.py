"""Charts drawn on the server: the geometry here, the SVG in templates/components/charts.html, the table is the truth.

All lengths are SVG user units; a chart is at most 24 rem wide, so one unit is about one CSS pixel.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

WIDTH: Final = 356
ROW: Final = 33
BAR: Final = 23
GAP: Final = 2
LABEL_GAP: Final = 10
VALUE_ROOM: Final = 30
LETTER: Final = 7.6  # how wide a letter of 14 px is at most, on average
LONGEST_LABEL: Final = 20
ROOM_INSIDE: Final = 24  # a bar at least this long holds its number inside


@dataclass(frozen=True, slots=True)
class BarRow:
    """One bar as data: the label, the value of each part, and where the bar leads."""

    label: str
    values: tuple[float, ...]
    href: str | None = None
    shown: tuple[str, ...] = ()  # how the values are written, when not as they are


@dataclass(frozen=True, slots=True)
class Part:
    """One drawn part of a bar."""

    x: float
    width: float
    shown: str
    text_x: float
    is_inside: bool
    is_hatched: bool


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """One drawn bar."""

    label: str
    href: str | None
    y: int
    text_y: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class BarChart:
    """A chart of bars, ready to draw; `parts` names what solid and hatched stand for."""

    title: str
    width: int
    height: int
    axis_x: float
    rows: tuple[DrawnRow, ...]
    parts: tuple[str, ...] = ()
    second_x: float = 0.0


def bars(title: str, rows: Sequence[BarRow]) -> BarChart:
    """Return a bar for each row, all to one scale. `title` tells the finding to those who do not see it."""
    return stacked(title, rows, parts=())


def stacked(title: str, rows: Sequence[BarRow], *, parts: tuple[str, ...]) -> BarChart:
    """Return bars of two parts, solid and hatched, told apart without colour. Values are never negative."""
    axis = min(max((len(row.label) for row in rows), default=0), LONGEST_LABEL) * LETTER + LABEL_GAP
    longest = max((sum(row.values) for row in rows), default=0.0)
    scale = (WIDTH - axis - VALUE_ROOM) / longest if longest else 0.0
    top = 28 if parts else 4
    drawn = tuple(_row(row, top + place * ROW, axis, scale) for place, row in enumerate(rows))
    second = max((row.parts[1].x for row in drawn if len(row.parts) > 1), default=axis + 120)
    return BarChart(
        title=title,
        width=WIDTH,
        height=top + len(rows) * ROW,
        axis_x=_tidy(axis),
        rows=drawn,
        parts=parts,
        # The second heading stands clear of the first.
        second_x=_tidy(max(second, axis + len(parts[0]) * LETTER + LABEL_GAP) if parts else 0.0),
    )


def _row(row: BarRow, y: int, axis: float, scale: float) -> DrawnRow:
    parts: list[Part] = []
    x = axis
    for place, value in enumerate(row.values):
        if not value and (place or len(row.values) > 1):
            continue
        width = value * scale
        shown = row.shown[place] if row.shown else f"{value:g}"
        is_hatched = place > 0
        # Numbers on hatching cannot be read: they stand beside it.
        is_inside = not is_hatched and width >= ROOM_INSIDE + (len(shown) - 1) * LETTER
        text_x = x + width - 9 if is_inside else x + width + 9
        parts.append(Part(_tidy(x), _tidy(max(width, 0.0)), shown, _tidy(text_x), is_inside, is_hatched))
        x += width + GAP
    return DrawnRow(_short(row.label), row.href, y, y + 17, _readable(parts))


def _readable(parts: list[Part]) -> tuple[Part, ...]:
    # A short first part has its number outside, where the second part is: both numbers then stand at the end.
    if len(parts) > 1 and not parts[0].is_inside:
        first, second = parts
        both = Part(second.x, second.width, f"{first.shown} + {second.shown}", second.text_x, False, True)
        return Part(first.x, first.width, "", first.text_x, False, False), both
    return tuple(parts)


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"


@dataclass(frozen=True, slots=True)
class Point:
    """One drawn point of a line."""

    x: float
    y: float
    shown: str
    note: str
    is_last: bool


@dataclass(frozen=True, slots=True)
class LineChart:
    """A line over time, ready to draw."""

    title: str
    width: int
    height: int
    path: str
    points: tuple[Point, ...]
    low: str
    high: str
    axis_y: float


LINE_WIDTH: Final = 330
LINE_LEFT: Final = 52
LINE_RIGHT: Final = 284
LINE_TOP: Final = 14
LINE_BASE: Final = 82


def line(
    title: str, values: Sequence[tuple[date, float]], *, low: float, high: float, notes: Sequence[str]
) -> LineChart:
    """Return values over time, oldest first, on the scale from `low` to `high`; x follows the calendar.

    `notes` are the words under the points, one each; the values stand above them.
    """
    first, last = (values[0][0], values[-1][0]) if values else (date.min, date.min)
    days = (last - first).days
    points: list[Point] = []
    for place, (day, value) in enumerate(values):
        share = (day - first).days / days if days else 0.5
        x = LINE_LEFT + share * (LINE_RIGHT - LINE_LEFT)
        y = LINE_BASE - (value - low) / (high - low) * (LINE_BASE - LINE_TOP)
        points.append(Point(_tidy(x), _tidy(y), f"{value:g}", notes[place], place == len(values) - 1))
    path = "M" + " ".join(f"{point.x} {point.y}" for point in points) if points else ""
    return LineChart(title, LINE_WIDTH, LINE_BASE + 22, path, tuple(points), f"{low:g}", f"{high:g}", LINE_BASE)


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A small line without words; what it shows is written beside it."""

    width: int
    height: int
    path: str
    x: float
    y: float


def sparkline(values: Sequence[float]) -> Sparkline:
    """Return a line of evenly spaced values, scaled to its own lowest and highest."""
    width, height, edge = 92, 20, 4
    low, high = (min(values), max(values)) if values else (0.0, 0.0)
    span = (high - low) or 1.0
    step = (width - 2 * edge) / max(len(values) - 1, 1)
    places = [
        (_tidy(edge + place * step), _tidy(height - edge - (value - low) / span * (height - 2 * edge)))
        for place, value in enumerate(values)
    ]
    path = "M" + " ".join(f"{x} {y}" for x, y in places) if places else ""
    x, y = places[-1] if places else (0.0, 0.0)
    return Sparkline(width, height, path, x, y)


def _tidy(length: float) -> float:
    return round(length, 2)
