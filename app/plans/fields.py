"""What a kind of plan asks, as data: its sections and fields by version of the form, the answers, and the week.

The forms themselves are files (`config/plans/<kind>.vN.yml`, read by `loader`). A version of a plan keeps the number of
the form it was written on, so that an old plan is read with its own questions. Plain values.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from typing import Final

from app.core.texts import format_day
from app.reference.domain import Words, holds

YES: Final = "yes"
NO: Final = "no"
WEEKDAYS: Final = range(1, 8)
"""Monday is 1, as in ISO 8601."""


class FieldType(StrEnum):
    """What is typed in a field: several lines, one line, a place, a day, one of few, yes or no, or the week's times."""

    TEXT = "text"
    LINE = "line"
    PLACE = "place"
    DAY = "day"
    CHOICE = "choice"
    YES_NO = "yes_no"
    WEEK = "week"


CHOSEN: Final = frozenset({FieldType.CHOICE, FieldType.YES_NO})
MOST_TEXT: Final = 4_000
MOST_LINE: Final = 500
"""The longest answers, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One of the answers that may be chosen."""

    code: str
    label: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanField:
    """One question. `is_needed`: without an answer the plan does not come into force; `basis` names the law."""

    code: str
    label: Words
    type: FieldType
    hint: Words | None = None
    choices: tuple[Option, ...] = ()
    is_needed: bool = False
    basis: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Questions under one heading. `asked_by` names the yes-or-no field whose "yes" makes the section concern the plan.

    The section is on the page all the same: without script nothing can appear when a box is ticked.
    """

    code: str
    label: Words
    fields: tuple[PlanField, ...]
    hint: Words | None = None
    asked_by: str | None = None
    is_after_goals: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSet:
    """One version of the form of one kind of plan, and the days it is taken for a new plan."""

    kind: str
    version: int
    sections: tuple[Section, ...]
    valid_from: date | None = None
    valid_to: date | None = None
    basis: str | None = None

    def is_valid(self, on: date) -> bool:
        """Return whether a plan started on a day is written on this version."""
        return holds(self.valid_from, self.valid_to, on)

    def __iter__(self) -> Iterator[PlanField]:
        """Go through the fields in the order of the page."""
        return (one for section in self.sections for one in section.fields)

    @property
    def before_goals(self) -> tuple[Section, ...]:
        """The sections that are asked before the goals."""
        return tuple(one for one in self.sections if not one.is_after_goals)

    @property
    def after_goals(self) -> tuple[Section, ...]:
        """The sections that are asked after the goals."""
        return tuple(one for one in self.sections if one.is_after_goals)

    @property
    def has_week(self) -> bool:
        """Whether the form asks the days and times of the week."""
        return any(one.type is FieldType.WEEK for one in self)

    def asked(self, answers: Mapping[str, "Answer"]) -> Iterator[PlanField]:
        """Go through the fields that concern the plan as it is answered so far."""
        for section in self.sections:
            if section.asked_by is None or answers.get(section.asked_by) == Answer(choice=YES):
                yield from section.fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to one field: free text, the code of a choice, or a day; the other two are None."""

    text: str | None = None
    choice: str | None = None
    day: date | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was answered."""
        return not ((self.text or "").strip() or self.choice or self.day)


# -- the week --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DayTimes:
    """From when to when on one day of the week (Monday is 1)."""

    weekday: int
    starts: time
    ends: time

    @property
    def minutes(self) -> int:
        """How long the day is; zero or less when it ends before it starts."""
        return (self.ends.hour - self.starts.hour) * 60 + self.ends.minute - self.starts.minute

    @property
    def words(self) -> str:
        """The times as people write them: 9.00–13.00."""
        return say_times(self.starts, self.ends)


@dataclass(frozen=True, slots=True)
class Week:
    """The agreed days of every week, in the order of the week, each at most once."""

    days: tuple[DayTimes, ...] = field(default=())

    def __bool__(self) -> bool:
        """Return whether any day is agreed."""
        return bool(self.days)

    @property
    def minutes(self) -> int:
        """How long the whole week is."""
        return sum(day.minutes for day in self.days)

    @property
    def hours(self) -> str:
        """How long the whole week is, in words: 13,5."""
        return say_hours(self.minutes)

    @property
    def weekdays(self) -> frozenset[int]:
        """The days of the week that are agreed."""
        return frozenset(day.weekday for day in self.days)

    def on(self, weekday: int) -> DayTimes | None:
        """Return the times of a day of the week, or None."""
        return next((day for day in self.days if day.weekday == weekday), None)


def say_times(starts: time, ends: time) -> str:
    """Write times as people do: 9.00–13.30."""
    return f"{starts.hour}.{starts.minute:02d}–{ends.hour}.{ends.minute:02d}"


def say_hours(minutes: int) -> str:
    """Write a length in hours with a comma: 4, 4,5, 7,25."""
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def say_answer(asked: PlanField, answer: Answer) -> str | None:
    """Return an answer as people read it: the text, the words of the choice, or the day; None when there is none."""
    if answer.day is not None:
        return format_day(answer.day)
    if answer.choice is not None:
        return next((str(one.label) for one in asked.choices if one.code == answer.choice), answer.choice)
    return answer.text or None
