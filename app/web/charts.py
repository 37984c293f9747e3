"""Charts drawn on the server: the geometry here, the SVG in templates/components/charts.html, the table is the truth.

All lengths are SVG user units; a chart is at most 24 rem wide, so one unit is about one CSS pixel.
"""

from collections.abc import Callable, Sequence
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
    text_y: float = 0.0


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
class DrawnMark:
    """What happened on a day: a line down from the plot to its words, which stand in a lane of their own."""

    x: float
    y: float
    shown: str
    text_x: float
    is_left: bool  # the words end at the line, when they would not fit to the right of it


@dataclass(frozen=True, slots=True)
class SeriesChart:
    """Values over time with what happened beside them on the same axis, ready to draw."""

    title: str
    width: int
    height: int
    path: str
    points: tuple[Point, ...]
    marks: tuple[DrawnMark, ...]
    low: str
    high: str
    limit_y: float | None
    limit: str
    first: str
    last: str


SERIES_LEFT: Final = 30
SERIES_RIGHT: Final = 300
SERIES_TOP: Final = 20
SERIES_BASE: Final = 120
LANES_FROM: Final = 160
LANE: Final = 18
TOO_NEAR: Final = 20  # two numbers nearer than this, and as high, would be one on the other
AS_HIGH: Final = 15
LANE_GAP: Final = 4


def series(
    title: str,
    values: Sequence[tuple[date, float]],
    marks: Sequence[tuple[date, str]],
    *,
    low: float,
    high: float,
    limit: tuple[float, str] | None,
    write: Callable[[date], str],
) -> SeriesChart:
    """Return values over time, oldest first, and the marks of what happened, all by one calendar.

    `limit` is the threshold with its words; `write` writes a day. No number is only behind a pointer: where two would
    stand on each other the later goes below its point, and the table has them all.
    """
    days = [day for day, _shown in (*values, *marks)] or [date.min]
    first, last = min(days), max(days)
    span = (last - first).days or 1

    def across(day: date) -> float:
        return SERIES_LEFT + (day - first).days / span * (SERIES_RIGHT - SERIES_LEFT)

    def down(value: float) -> float:
        return SERIES_BASE - (value - low) / (high - low) * (SERIES_BASE - SERIES_TOP)

    places = [(across(day), down(value), f"{value:g}".replace(".", ",")) for day, value in values]
    drawn = _in_lanes([(across(day), shown) for day, shown in marks])
    return SeriesChart(
        title=title,
        width=WIDTH,
        height=round(max((mark.y for mark in drawn), default=LANES_FROM - LANE)) + 8,
        path="M" + " ".join(f"{_tidy(x)} {_tidy(y)}" for x, y, _shown in places) if places else "",
        points=_numbered(places),
        marks=drawn,
        low=f"{low:g}",
        high=f"{high:g}",
        limit_y=_tidy(down(limit[0])) if limit else None,
        limit=limit[1] if limit else "",
        first=write(first),
        last=write(last),
    )


def _numbered(places: Sequence[tuple[float, float, str]]) -> tuple[Point, ...]:
    """Place the number of each point above it, or below, where it stands clear of those before."""
    taken: list[tuple[float, float]] = []
    points: list[Point] = []
    for place, (x, y, shown) in enumerate(places):
        is_last = place == len(places) - 1
        free = [spot for spot in (y - 12, y + 22) if not _is_taken(taken, x, spot)]
        spot = free[0] if free else y - 12
        taken.append((x, spot))
        points.append(Point(_tidy(x), _tidy(y), shown if free or is_last else "", "", is_last, _tidy(spot)))
    return tuple(points)


def _is_taken(taken: Sequence[tuple[float, float]], x: float, y: float) -> bool:
    return any(abs(other_x - x) < TOO_NEAR and abs(other_y - y) < AS_HIGH for other_x, other_y in taken)


def _in_lanes(marks: Sequence[tuple[float, str]]) -> tuple[DrawnMark, ...]:
    """Give each mark the highest lane in which its words stand clear; the latest first, so that lines pass beside."""
    lanes: list[list[tuple[float, float]]] = []
    drawn: list[DrawnMark] = []
    for x, shown in sorted(marks, key=lambda mark: -mark[0]):
        length = len(shown) * LETTER
        is_left = x + LANE_GAP + length > WIDTH
        start = max(x - LANE_GAP - length, 0.0) if is_left else x + LANE_GAP
        lane = next((number for number, row in enumerate(lanes) if _is_clear(row, start, start + length)), len(lanes))
        if lane == len(lanes):
            lanes.append([])
        lanes[lane].append((start, start + length))
        text_x = x - LANE_GAP if is_left else x + LANE_GAP
        drawn.append(DrawnMark(_tidy(x), LANES_FROM + lane * LANE, shown, _tidy(text_x), is_left))
    return tuple(reversed(drawn))


def _is_clear(row: Sequence[tuple[float, float]], start: float, end: float) -> bool:
    return all(end + LANE_GAP < other_start or other_end + LANE_GAP < start for other_start, other_end in row)


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
