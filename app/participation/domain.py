"""The client's own voice: what they say of their situation and goals, what they were told, and their feedback (PX)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.core.errors import FieldProblem
from app.core.texts import N_

LONGEST_TEXT: Final = 4000
LOWEST_RATING: Final = 1
HIGHEST_RATING: Final = 5


class Answer(StrEnum):
    """What the client says of a goal."""

    AGREES = "agrees"
    PARTLY = "partly"
    DISAGREES = "disagrees"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """What is to be put on record of one talk: the client's view and wishes in their words, and what they were told.

    `told` are codes of told_topics; `told_by` names who told, None being the recorder.
    """

    stage: str
    heard_on: date
    way: str
    took_part: tuple[str, ...] = ()
    own_view: str | None = None
    wishes: str | None = None
    told: tuple[str, ...] = ()
    told_by: str | None = None
    remark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingView:
    """One talk as a page shows it; `corrected_by` is the row that took its place, with the reason at that row."""

    id: UUID
    content: Hearing
    recorded_at: datetime
    recorded_by: UUID | None
    corrects: UUID | None
    correction_reason: str | None
    corrected_by: UUID | None

    @property
    def counts(self) -> bool:
        """Whether no later row has taken its place."""
        return self.corrected_by is None


@dataclass(frozen=True, slots=True)
class GoalReply:
    """What the client says of one goal."""

    answer: Answer
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalAnswerView:
    """The client's latest word about a goal, and how many times they have been asked."""

    goal_id: UUID
    answer: Answer
    comment: str | None
    heard_on: date
    way: str
    recorded_by: UUID | None
    times: int

    @property
    def is_worry(self) -> bool:
        """Whether the worker should stop at it: the client does not agree, or only in part."""
        return self.answer is not Answer.AGREES


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What is to be put on record of the client's feedback."""

    stage: str
    given_on: date
    way: str
    about: str
    rating: int | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyView:
    """What the client was answered."""

    words: str
    replied_on: date
    replied_by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackView:
    """Feedback as a page shows it, with what was answered; without an answer it is open."""

    id: UUID
    content: Feedback
    recorded_at: datetime
    recorded_by: UUID | None
    replies: tuple[ReplyView, ...]

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered yet."""
        return not self.replies


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """All that the client has said and been told in a case, newest first: for pages and papers."""

    hearings: tuple[HearingView, ...] = ()
    answers: Mapping[UUID, GoalAnswerView] = field(default_factory=dict)
    feedback: tuple[FeedbackView, ...] = ()

    @property
    def latest(self) -> HearingView | None:
        """The latest talk in which the client told their view or wishes."""
        return next((one for one in self.counting if one.content.own_view or one.content.wishes), None)

    @property
    def counting(self) -> tuple[HearingView, ...]:
        """The talks that no correction has replaced."""
        return tuple(one for one in self.hearings if one.counts)

    @property
    def told_on(self) -> Mapping[str, date]:
        """When the client was last told of each topic."""
        days: dict[str, date] = {}
        for one in self.counting:
            for topic in one.content.told:
                days[topic] = max(days.get(topic, date.min), one.content.heard_on)
        return days

    @property
    def heard_on(self) -> Mapping[str, date]:
        """When the client was last heard in each stage."""
        days: dict[str, date] = {}
        for one in self.counting:
            days[one.content.stage] = max(days.get(one.content.stage, date.min), one.content.heard_on)
        return days

    @property
    def open_feedback(self) -> tuple[FeedbackView, ...]:
        """The feedback nobody has answered, the longest waiting first."""
        return tuple(one for one in reversed(self.feedback) if one.is_open)


Codes = Mapping[str, Collection[str]]
"""The known codes of stages, ways, participants, told topics and feedback topics, by those names."""


def problems_of_hearing(hearing: Hearing, *, today: date, known: Codes) -> list[FieldProblem]:
    """Everything that keeps a talk from being recorded, each at its field."""
    found = _common_problems("heard_on", hearing.heard_on, hearing.stage, hearing.way, today=today, known=known)
    if not (hearing.own_view or hearing.wishes or hearing.told):
        found.append(FieldProblem("own_view", N_("Write what the client said, or tick what the client was told.")))
    if hearing.told_by and not hearing.told:
        found.append(FieldProblem("told", N_("Tick what the client was told.")))
    found += _unknown("took_part", hearing.took_part, known["participants"])
    return found + _unknown("told", hearing.told, known["told_topics"])


def problems_of_feedback(feedback: Feedback, *, today: date, known: Codes) -> list[FieldProblem]:
    """Everything that keeps feedback from being recorded, each at its field."""
    found = _common_problems("given_on", feedback.given_on, feedback.stage, feedback.way, today=today, known=known)
    found += _unknown("about", (feedback.about,), known["feedback_topics"])
    if feedback.rating is None and not feedback.words:
        found.append(FieldProblem("words", N_("Write the feedback, or choose a number.")))
    if feedback.rating is not None and not LOWEST_RATING <= feedback.rating <= HIGHEST_RATING:
        found.append(FieldProblem("rating", N_("Choose one of the list.")))
    return found


def _common_problems(name: str, day: date, stage: str, way: str, *, today: date, known: Codes) -> list[FieldProblem]:
    found = [FieldProblem(name, N_("The day cannot be in the future."))] if day > today else []
    return found + _unknown("stage", (stage,), known["stages"]) + _unknown("way", (way,), known["ways"])


def _unknown(name: str, codes: Iterable[str], known: Collection[str]) -> list[FieldProblem]:
    return [] if all(code in known for code in codes) else [FieldProblem(name, N_("Choose from the list."))]
