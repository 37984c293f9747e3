"""When a plan is reviewed next and why that day; what a plan says (seen: `versions`, compared: `difference`)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.core.errors import FieldProblem, too_long
from app.core.texts import N_, Text
from app.core.workdays import add_months, roll_back
from app.plans.checks import Sheet, Written, answer_problems
from app.plans.fields import MOST_LINE, MOST_TEXT, Answer, Week
from app.reference.domain import Cadence

PERIOD_END: Final = "PERIOD_END"
CHOSEN: Final = "CHOSEN_DAY"
REOPENED: Final = "REOPENED_CASE"
REOPENED_DAYS: Final = 14
LONGEST_TEXT: Final = MOST_TEXT
LONGEST_LINE: Final = MOST_LINE
MOST_GOALS: Final = 20
MOST_ACTIONS: Final = 20
MOST_INTERIM: Final = 20
YEAR: Final = 12
DAYS_AHEAD: Final = 3


class VersionState(StrEnum):
    """The life of a version; only a draft can be changed."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    ENDED = "ended"


class ActionOwner(StrEnum):
    """Whose task an action is."""

    CLIENT = "client"
    WORKER = "worker"
    OTHER = "other"


class ActionState(StrEnum):
    """How far an action has come."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class GoalOutcome(StrEnum):
    """How a goal turned out in a review."""

    MET = "met"
    PARTLY = "partly"
    NOT = "not"


class SignatureWay(StrEnum):
    """How a party accepted the plan."""

    ORAL = "oral"
    PAPER = "paper"
    ELECTRONIC = "electronic"


WORDS: Final[Mapping[StrEnum, Text]] = {
    ActionOwner.CLIENT: N_("Client"),
    ActionOwner.WORKER: N_("Worker"),
    ActionOwner.OTHER: N_("Somebody else"),
    ActionState.OPEN: N_("Action open"),
    ActionState.DONE: N_("Action done"),
    ActionState.CANCELLED: N_("Given up"),
    GoalOutcome.MET: N_("Reached"),
    GoalOutcome.PARTLY: N_("Partly"),
    GoalOutcome.NOT: N_("Not reached"),
    SignatureWay.ORAL: N_("Orally"),
    SignatureWay.PAPER: N_("By signing on paper"),
    SignatureWay.ELECTRONIC: N_("Electronically, by another service"),
    VersionState.DRAFT: N_("Draft"),
    VersionState.IN_FORCE: N_("In force"),
    VersionState.SUPERSEDED: N_("Replaced"),
    VersionState.ENDED: N_("Ended"),
}
"""The words of the codes on the pages; no two lists share a code."""


# -- review arithmetic (rulings 16 and 17) ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Term:
    """One limit of one cadence: so many calendar months from a day of the line of reviews."""

    cadence: Cadence
    counted_from: date
    months: int
    due_on: date


@dataclass(frozen=True, slots=True)
class DueDay:
    """The last day of the next review and everything it follows from.

    `limit_on` is the raw calendar limit, also on a day off; None: nothing binds the plan. `terms` are all limits that
    were compared, the deciding one first. `rule_code` names it: a cadence's code, or PERIOD_END.
    """

    rule_code: str
    limit_on: date | None
    anchor_on: date
    last_review_on: date | None
    terms: tuple[Term, ...]
    period_end: date | None
    next_limits: tuple[date, ...]

    @property
    def law_limit_on(self) -> date | None:
        """The earliest day that a law sets; nothing may be agreed past it."""
        return min((term.due_on for term in self.terms if term.cadence.kind == "law"), default=None)

    @property
    def cadence_limit_on(self) -> date | None:
        """The earliest day of the cadences alone, without the end of the period."""
        return min((term.due_on for term in self.terms), default=None)

    @property
    def ends_first(self) -> bool:
        """Whether the period ends before a review falls due: then its end is all there is to do (ruling 15)."""
        limit = self.cadence_limit_on
        return self.period_end is not None and (limit is None or self.period_end < limit)

    @property
    def proposal(self) -> date | None:
        """The day a form proposes: the limit itself, or the last working day before it (ruling 17)."""
        return None if self.limit_on is None else roll_back(self.limit_on)


def explain_due(
    *, in_force_on: date, held: Iterable[date], cadences: Sequence[Cadence], period_end: date | None = None
) -> DueDay:
    """Return when the plan must be reviewed next, with the whole reckoning.

    r0 is `in_force_on`, the day the plan first came into force; r1, r2 … are the days its reviews were `held`, in any
    order. Each cadence counts from the last of them: r_n + months, clamped to the month's end; one that asks two in
    any twelve months also counts r_(n-1) + 12 months. The earliest of all and of the period's last day decides. A new
    version is no review. Source: ruling 16; 189/2001 section 9; 381/2023 section 6.
    """
    line = [in_force_on, *sorted(held)]
    terms = sorted(_terms(line, cadences), key=lambda term: (term.due_on, term.cadence.kind != "law"))
    first = terms[0].due_on if terms else None
    ends_first = period_end is not None and (first is None or period_end < first)
    return DueDay(
        rule_code=PERIOD_END if ends_first or not terms else terms[0].cadence.code,
        limit_on=period_end if ends_first else first,
        anchor_on=line[-1] if ends_first or not terms else terms[0].counted_from,
        last_review_on=line[-1] if len(line) > 1 else None,
        terms=tuple(terms),
        period_end=period_end,
        next_limits=_ahead(line, cadences, period_end),
    )


def _terms(line: Sequence[date], cadences: Iterable[Cadence]) -> list[Term]:
    terms: list[Term] = []
    for cadence in cadences:
        terms.append(Term(cadence, line[-1], cadence.months, add_months(line[-1], cadence.months)))
        window = add_months(line[-2], YEAR) if cadence.twice_a_year and len(line) > 1 else None
        # Twelve months that had already passed when the last review was held cannot be kept any more: only the half
        # year counts then, else the next review would be late before the last one was over.
        if window is not None and window > line[-1]:
            terms.append(Term(cadence, line[-2], YEAR, window))
    return terms


def _ahead(line: Sequence[date], cadences: Sequence[Cadence], period_end: date | None) -> tuple[date, ...]:
    """Return the next limits if each review were held on its last day; the period's end is the last of them."""
    walked, found = list(line), list[date]()
    while len(found) < DAYS_AHEAD:
        limit = min((term.due_on for term in _terms(walked, cadences)), default=None)
        if period_end is not None and (limit is None or period_end <= limit):
            return (*found, period_end)
        if limit is None:
            return tuple(found)
        found.append(limit)
        walked.append(limit)
    return tuple(found)


def next_review_problems(
    chosen: date | None,
    due: DueDay,
    *,
    after: date,
    reason: str | None,
    field: str | None = "next_review_on",
    reason_field: str | None = "next_reason",
) -> list[FieldProblem]:
    """Return why a day for the next review cannot be taken, or nothing.

    A day past a limit of the law is refused whatever is said for it; past the model's or the organisation's own
    cadence it needs a reason (kept with the plan). `after`: the day the next review must come after.
    """
    if chosen is None:
        return [] if due.ends_first else [FieldProblem(field, N_("Write the day of the next review."))]
    if chosen <= after:
        return [FieldProblem(field, N_("The next review must come after %(day)s.", day=after))]
    end, law, limit = due.period_end, due.law_limit_on, due.cadence_limit_on
    if end is not None and chosen > end:
        return [
            FieldProblem(field, N_("The plan's period ends on %(day)s. Choose that day or one before it.", day=end))
        ]
    if law is not None and chosen > law:
        return [FieldProblem(field, _law_says(due, law, after))]
    if limit is not None and chosen > limit and not (reason or "").strip():
        return [FieldProblem(reason_field, _reason_wanted(limit))]
    return []


def _law_says(due: DueDay, law: date, after: date) -> Text:
    if law <= after:
        return N_("The law asked for a review by %(day)s. Hold the review first.", day=law)
    term = next(term for term in due.terms if term.cadence.kind == "law" and term.due_on == law)
    return N_(
        "The law allows %(day)s at the latest (%(basis)s). Choose that day or one before it.",
        day=law,
        basis=term.cadence.basis or "",
    )


def _reason_wanted(limit: date) -> Text:
    return N_("The review is due on %(day)s at the latest. Write why it is held later.", day=limit)


# -- what a plan says ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionContent:
    """One action as written: what, whose task it is, by when. `origin_id` follows it through the versions."""

    text: str
    owner: ActionOwner
    due_on: date | None = None
    state: ActionState = ActionState.OPEN
    origin_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterimContent:
    """One step on the way to a goal (välitavoite), also in the client's words, and when it should be reached."""

    text: str
    due_on: date | None = None
    origin_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalContent:
    """One goal, in the client's own words where possible, with its interim goals and actions in their order."""

    text: str
    interim: tuple[InterimContent, ...] = ()
    actions: tuple[ActionContent, ...] = ()
    origin_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContent:
    """Everything that is written in a version.

    `answers` by the code of their field; `reasons` by `limits.Subject`, for limits the plan does not keep.
    """

    goals: tuple[GoalContent, ...] = ()
    period_start: date | None = None
    period_end: date | None = None
    next_review_on: date | None = None
    next_review_reason: str | None = None
    summary: str | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    week: Week = field(default_factory=Week)
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def written(self) -> Written:
        """The part that a form of the kind and its limits are held against."""
        start, end = self.period_start, self.period_end
        return Written(answers=self.answers, week=self.week, reasons=self.reasons, start=start, end=end)


@dataclass(frozen=True, slots=True)
class GoalAnswer:
    """How one goal turned out, with a remark in words."""

    outcome: GoalOutcome
    remark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldReview:
    """A review as it was held of one version: how things stand, how each goal turned out, when the next one is.

    `actions`: how far each has come; one that is not named stays as it was.
    """

    version_id: UUID
    held_on: date
    outcomes: Mapping[UUID, GoalAnswer]
    actions: Mapping[UUID, ActionState] = field(default_factory=dict)
    situation: str | None = None
    changes: str | None = None
    parties: tuple[str, ...] = ()
    participants: str | None = None
    missing_reason: str | None = None
    meeting_id: UUID | None = None
    meeting_notes: str | None = None
    late_reason: str | None = None
    next_review_on: date | None = None
    next_reason: str | None = None


def content_problems(
    content: PlanContent, *, today: date, is_final: bool, sheet: Sheet | None = None
) -> list[FieldProblem]:
    """Return what is wrong with a version as written, each reason at its field; rows are named goal-1, goal-1-action-2.

    `is_final`: it is about to come into force, so it must say something and have a day for its review. `sheet`: the
    form of its kind; None for a plan from a register, which has none.
    """
    found = [*_period_problems(content), *_row_problems(content)]
    found += answer_problems(content.written, sheet, is_final=is_final) if sheet else []
    if is_final and not content.goals:
        found.append(FieldProblem(None, N_("Write at least one goal before the plan comes into force.")))
    if content.next_review_on is not None and content.next_review_on <= today and not is_final:
        found.append(FieldProblem("next_review_on", N_("The next review must come after %(day)s.", day=today)))
    texts = {"summary": content.summary, "next_review_reason": content.next_review_reason}
    return found + too_long(texts, LONGEST_TEXT)


def _period_problems(content: PlanContent) -> list[FieldProblem]:
    start, end = content.period_start, content.period_end
    if start is not None and end is not None and end < start:
        return [FieldProblem("period_end", N_("The period cannot end before it starts on %(day)s.", day=start))]
    if end is not None and content.next_review_on is not None and content.next_review_on > end:
        words = N_("The plan's period ends on %(day)s. Choose that day or one before it.", day=end)
        return [FieldProblem("next_review_on", words)]
    return []


def _row_problems(content: PlanContent) -> list[FieldProblem]:
    found: list[FieldProblem] = []
    if len(content.goals) > MOST_GOALS:
        found.append(FieldProblem(None, N_("A plan has at most %(most)s goals.", most=MOST_GOALS)))
    for number, goal in enumerate(content.goals, 1):
        found += _text_problems(f"goal-{number}-text", goal.text, N_("Write goal %(number)s.", number=number))
        if len(goal.interim) > MOST_INTERIM:
            found.append(FieldProblem(None, N_("A goal has at most %(most)s interim goals.", most=MOST_INTERIM)))
        for place, step in enumerate(goal.interim, 1):
            words = N_("Write interim goal %(place)s of goal %(number)s.", place=place, number=number)
            found += _text_problems(f"goal-{number}-interim-{place}-text", step.text, words)
        if len(goal.actions) > MOST_ACTIONS:
            found.append(FieldProblem(None, N_("A goal has at most %(most)s actions.", most=MOST_ACTIONS)))
        for place, action in enumerate(goal.actions, 1):
            words = N_("Write action %(place)s of goal %(number)s.", place=place, number=number)
            found += _text_problems(f"goal-{number}-action-{place}-text", action.text, words)
    return found


def _text_problems(field: str, text: str, missing: Text) -> list[FieldProblem]:
    if not text.strip():
        return [FieldProblem(field, missing)]
    return too_long({field: text}, LONGEST_LINE)
