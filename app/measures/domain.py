"""Results of measures over time. Which measures exist, their scales and thresholds are data (domain 1.7)."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from app.core.errors import FieldProblem
from app.core.texts import N_, Text
from app.pathways.domain import NEEDS
from app.reference.domain import Measure

WORK_ABILITY_SCORE: Final = "ME01"
LONGEST_TEXT: Final = 2000
MOST_POINTS: Final = 99_999
ASPECT: Final = "aspect-"
"""How the field of an aspect of an observation is named, before the aspect's code."""


class Event(StrEnum):
    """What was put on record: a result, or that the client got the form of a self-assessment to fill in."""

    RESULT = "result"
    FORM_GIVEN = "form_given"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What is to be put on record of one measure; which parts are asked is the measure's own row."""

    measure: str
    measured_on: date
    event: Event = Event.RESULT
    value: Decimal | None = None
    language: str | None = None
    name: str | None = None
    summary: str | None = None
    reference: str | None = None
    observations: Mapping[str, str] = field(default_factory=dict)
    remark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureEntry:
    """One entry as a page shows it; `asks_closer_look` when its value is at the measure's threshold or worse (RU15).

    A corrected entry stays: `corrected_at`, the reason, and the entry that took its place, if one did.
    """

    id: UUID
    measure: str
    event: Event
    value: Decimal | None
    measured_on: date
    language: str | None
    name: str | None
    summary: str | None
    reference: str | None
    observations: Mapping[str, str]
    remark: str | None
    entered_at: datetime
    entered_by: UUID | None
    asks_closer_look: bool
    corrected_at: datetime | None
    corrected_by: UUID | None
    correction_reason: str | None
    replaced_by: UUID | None

    @property
    def is_corrected(self) -> bool:
        """Whether the entry was found wrong and counts no more."""
        return self.corrected_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The entries of one measure in a case, oldest first: those that count, and those that were corrected."""

    measure: Measure
    entries: tuple[MeasureEntry, ...]
    corrected: tuple[MeasureEntry, ...]

    @property
    def results(self) -> tuple[MeasureEntry, ...]:
        """The results that count, without the days a form was given."""
        return tuple(one for one in self.entries if one.event is Event.RESULT)

    @property
    def numbers(self) -> tuple[tuple[date, Decimal], ...]:
        """The points of the line, when the measure has a scale of numbers."""
        if not self.measure.is_number:
            return ()
        return tuple((one.measured_on, one.value) for one in self.results if one.value is not None)

    @property
    def recorders(self) -> frozenset[UUID]:
        """Who has entered something, corrected entries too."""
        return frozenset(one.entered_by for one in (*self.entries, *self.corrected) if one.entered_by)

    @property
    def closer_look(self) -> MeasureEntry | None:
        """The latest result, when it asks for a closer look; an earlier one has been followed by a better."""
        results = self.results
        return results[-1] if results and results[-1].asks_closer_look else None

    @property
    def finding(self) -> Text | None:
        """What the series tells, in one sentence."""
        return finding_of(self.numbers, self.measure.direction)


@dataclass(frozen=True, slots=True)
class PathEvent:
    """Something of the plan or the path that stands beside the values: in few words for a chart, whole for a table."""

    on: date
    short: Text
    words: Text


@dataclass(frozen=True, slots=True)
class TimeRow:
    """One row of the table of a series: an entry, or everything that happened on the path on a day."""

    on: date
    entry: MeasureEntry | None = None
    events: tuple[PathEvent, ...] = ()


def rows_of(series: Series, events: Iterable[PathEvent]) -> tuple[TimeRow, ...]:
    """Return every entry and the events of the path in the order of time, the latest first; events after entries.

    What happened on one day is one row. Only a line has events beside it; words are read alone.
    """
    of_day: dict[date, list[PathEvent]] = {}
    for one in events if series.measure.is_number and series.entries else ():
        of_day.setdefault(one.on, []).append(one)
    entries = [TimeRow(one.measured_on, entry=one) for one in series.entries]
    beside = [TimeRow(on, events=tuple(found)) for on, found in of_day.items()]
    in_time = sorted([*entries, *beside], key=lambda row: (row.on, row.entry is None))
    return tuple(in_time[::-1])


def finding_of(numbers: Sequence[tuple[date, Decimal]], direction: str) -> Text | None:
    """Say where the line began and where it is now; better and worse only where the scale has a direction."""
    if not numbers:
        return None
    (first_on, first), (last_on, last) = numbers[0], numbers[-1]
    if len(numbers) == 1:
        return N_("One value so far: %(value)s (%(day)s).", value=plain(last), day=last_on)
    known: dict[str, Any] = {"first": plain(first), "first_on": first_on, "last": plain(last), "last_on": last_on}
    if first == last:
        return N_("First and latest are the same: %(first)s (%(first_on)s) and %(last)s (%(last_on)s).", **known)
    if direction == "none":
        return N_("First %(first)s (%(first_on)s), latest %(last)s (%(last_on)s).", **known)
    if (last > first) == (direction == "higher_better"):
        return N_("Better than at first: %(first)s (%(first_on)s), now %(last)s (%(last_on)s).", **known)
    return N_("Worse than at first: %(first)s (%(first_on)s), now %(last)s (%(last_on)s).", **known)


def plain(value: Decimal) -> str:
    """Write a value as people do: a comma before decimals, and never 1E+1."""
    return f"{value:f}".replace(".", ",").replace("-", "\u2212")


def whole_where_whole(value: Decimal | None) -> Decimal | None:
    """Return a value of the database without the zeros after its comma: 7.000 is 7, 2.500 is 2.5."""
    if value is None:
        return None
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def needs_met_by(entries: Iterable[tuple[str, str, date]]) -> frozenset[str]:
    """Return the needs of the pathway that entries, each a measure, an event and its day, meet.

    A measure of our own meets none by itself; results of two days repeat any measure. The client page and
    `queries.met_needs` both ask here.
    """
    found = frozenset(entries)
    given = {"self_assessment" if event == Event.FORM_GIVEN else f"measure:{measure}" for measure, event, _ in found}
    days = Counter(measure for measure, event, _ in found if event == Event.RESULT)
    if any(count > 1 for count in days.values()):
        given.add("measure:repeated")
    return frozenset(given & NEEDS.keys())


def problems_of(result: Result, measure: Measure, *, today: date, languages: Collection[str]) -> list[FieldProblem]:
    """Everything that keeps a result from being recorded, each at its field."""
    found: list[FieldProblem] = []
    if result.event is Event.RESULT:
        found += _number_problems(result, measure) + _content_problems(result, measure)
    elif not measure.is_self_assessment:
        found.append(FieldProblem(None, N_("This measure has no form that is given to the client.")))
    asks_language = measure.asks_language or result.event is Event.FORM_GIVEN
    if asks_language and result.language not in languages:
        found.append(FieldProblem("language", N_("Choose the language of the form.")))
    if result.measured_on > today:
        found.append(FieldProblem("measured_on", N_("The day cannot be in the future.")))
    elif not measure.is_valid(result.measured_on):
        found.append(FieldProblem("measured_on", N_("The measure was not in use on that day.")))
    return found


def _number_problems(result: Result, measure: Measure) -> list[FieldProblem]:
    if not measure.is_number:
        too_many = measure.asks_points and result.value is not None and not 0 <= result.value <= MOST_POINTS
        words = N_("Write the points as a number from 0 to %(most)s.", most=MOST_POINTS)
        return [FieldProblem("value", words)] if too_many else []
    if result.value is not None and measure.fits(result.value):
        return []
    ends = zip(("low", "high", "step"), (measure.minimum, measure.maximum, measure.step), strict=True)
    known = {name: plain(number or Decimal(0)) for name, number in ends}
    if measure.step == 1:
        return [FieldProblem("value", N_("Write a whole number from %(low)s to %(high)s.", **known))]
    return [FieldProblem("value", N_("Write a number from %(low)s to %(high)s in steps of %(step)s.", **known))]


def _content_problems(result: Result, measure: Measure) -> list[FieldProblem]:
    found: list[FieldProblem] = []
    if measure.asks_name and not result.name:
        found.append(FieldProblem("name", N_("Write the name of the test.")))
    if measure.scale == "summary" and not result.summary:
        found.append(FieldProblem("summary", N_("Write what the result says.")))
    if measure.scale == "observation" and not any(result.observations.get(code) for code in measure.aspects):
        found.append(FieldProblem(f"{ASPECT}{measure.aspects[0]}", N_("Write at least one observation.")))
    return found
