"""What the rest of the service sees of a case, and what its entries must be like. Plain values, no database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from app.access.predicates import Subject
from app.core.errors import FieldProblem, Refused, too_long
from app.core.texts import N_, Text
from app.pathways.domain import Need, StageCode
from app.reference.domain import Reference

LONGEST_LINE: Final = 200
LONGEST_TEXT: Final = 20_000
LONGEST_REASON: Final = 2_000
STEP_OWNERS: Final = ("worker", "client", "other")
TWIN_MINUTES: Final = 5
SOCIAL_ASSISTANCE: Final = "social_assistance"
STEP: Final = "next_step"  # what the duty of a promise is about


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """One client's run of one pathway, with what the rules may know of it for the actor who asked."""

    id: UUID
    client_id: UUID
    ref: str
    ordinal: int
    model_key: str
    model_version: int
    team_id: UUID | None
    worker_id: UUID | None
    opened_on: date
    opened_at: datetime
    closed_on: date | None
    outcome: str | None
    current_stage: StageCode
    current_since: date | None
    last_contact_on: date | None
    last_contact_kind: str | None
    contact_source: str
    source: str
    version: int
    subject: Subject

    @property
    def is_open(self) -> bool:
        """Whether the case has not been closed."""
        return self.closed_on is None

    @property
    def client_ref(self) -> str:
        """The client's own reference, 'A-2041' of 'A-2041/1'."""
        return self.ref.partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitView:
    """One stay in one stage; what the pathway engine reads of it is `stage`, `state` and `entered_on`."""

    id: UUID
    ordinal: int
    stage: StageCode
    state: str
    entered_on: date | None
    left_on: date | None
    opened_by: UUID | None
    finished_by: UUID | None
    opened_at: datetime
    source: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """One entry of the case notes, opened."""

    id: UUID
    kind: str
    topic: str
    happened_on: date
    line: str
    text: str | None
    is_visible_to_client: bool
    stage: StageCode
    author_id: UUID | None
    author_name: str | None
    source: str
    written_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """Something promised and not done yet: whose it is, what, and by when."""

    id: UUID
    note_id: UUID | None
    owner: str
    text: str
    due_on: date | None
    promised_at: datetime
    promised_by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedView:
    """A document that lies in another system, by reference."""

    id: UUID
    document: str
    system: str
    recorded_on: date
    reference: str | None
    recorded_by: UUID | None
    noted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingView:
    """One closing of a case, and its reopening when there was one."""

    closed_on: date
    closed_at: datetime
    closed_by: UUID | None
    outcome: str
    text: str | None
    client_estimate: str | None
    ground: str | None
    supported_by: str | None
    is_feedback_asked: bool | None
    reopened_at: datetime | None
    reopened_by: UUID | None
    reopening_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedView:
    """A promise that ended without being kept; `moved_to` is the case it goes on in, by id and ordinal."""

    id: UUID
    owner: str
    text: str
    due_on: date | None
    dropped_on: date | None
    reason: str | None
    moved_to: tuple[UUID, int] | None


@dataclass(frozen=True, slots=True)
class CarriedView:
    """Something of an earlier case that a case goes on with, by reference."""

    kind: str
    subject_id: UUID
    from_case_id: UUID
    carried_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What is known of the client's benefit, work and services; None is "not known", which no rule takes for "no".

    `benefit`: the one that is the main income. `benefit_days`: days it has been paid, for somebody under 25 those of
    the last 12 calendar months. `is_allowance_used`: the whole unemployment allowance has been paid out.
    `assistance_since`: since when social assistance because of unemployment has been the main income. `number` counts
    the versions; 0 is none.
    """

    benefit: str | None = None
    benefit_days: int | None = None
    is_allowance_used: bool | None = None
    is_unemployed: bool | None = None
    unemployed_since: date | None = None
    assistance_since: date | None = None
    is_disability_client: bool | None = None
    is_in_day_activity: bool | None = None
    is_beyond_public_services: bool | None = None
    needs_joint_support: bool | None = None
    wish: str | None = None
    number: int = 0
    noted_at: datetime | None = None
    noted_by: UUID | None = None

    @property
    def facts(self) -> dict[str, str | int | bool | date | None]:
        """The facts alone, by the name of their field."""
        return {name: getattr(self, name) for name in BACKGROUND_FACTS}


BACKGROUND_FACTS: Final = (
    "benefit",
    "benefit_days",
    "is_allowance_used",
    "is_unemployed",
    "unemployed_since",
    "assistance_since",
    "is_disability_client",
    "is_in_day_activity",
    "is_beyond_public_services",
    "needs_joint_support",
    "wish",
)


# ---------------------------------------------------------------- what is written
@dataclass(frozen=True, slots=True)
class Entry:
    """The words of an entry as they are kept: the one line, and the longer text if there is one."""

    line: str
    text: str | None


def check_opening(opened_on: date, contact_source: str, *, reference: Reference, today: date) -> None:
    """Raise Refused when the day is ahead or the source of contact is not a known one."""
    problems = _not_ahead("opened_on", opened_on, today)
    if contact_source not in reference.contact_sources:
        problems.append(FieldProblem("contact_source", N_("Choose who made the contact.")))
    _refuse_if(problems)


def check_entry(
    kind: str, topic: str, happened_on: date, line: str, text: str | None, *, reference: Reference, today: date
) -> Entry:
    """Return the words of an entry, or raise Refused with everything that is wrong with it.

    Fields: kind, topic, happened_on, line, text.
    """
    plain, words = line.strip(), (text or "").strip() or None
    problems = _not_ahead("happened_on", happened_on, today)
    if kind not in reference.note_kinds:
        problems.append(FieldProblem("kind", N_("Choose the kind of entry.")))
    if topic and topic not in reference.note_topics:
        problems.append(FieldProblem("topic", N_("Choose the topic from the list.")))
    if not plain:
        problems.append(FieldProblem("line", N_("Write what was agreed.")))
    problems += too_long({"line": plain}, LONGEST_LINE) + too_long({"text": words}, LONGEST_TEXT)
    _refuse_if(problems)
    return Entry(plain, words)


def check_step(owner: str, text: str, due_on: date | None, *, today: date) -> str:
    """Return the words of a promise, or raise Refused. Fields: step, step_owner, step_due.

    A promise with a day in the past would be late as it is made, so the day is today or later.
    """
    plain = text.strip()
    problems = [] if plain else [FieldProblem("step", N_("Write what is done next."))]
    if owner not in STEP_OWNERS:
        problems.append(FieldProblem("step_owner", N_("Choose who does it.")))
    if due_on is not None and due_on < today:
        problems.append(
            FieldProblem("step_due", N_("The day of the next step has passed. Choose today or a later day."))
        )
    _refuse_if(problems + too_long({"step": plain}, LONGEST_LINE))
    return plain


def check_reference(
    document: str, system: str, recorded_on: date, reference: str | None, *, known: Reference, today: date
) -> str | None:
    """Return the reference text or None, or raise Refused. Fields: document, system, recorded_on, reference."""
    plain = (reference or "").strip() or None
    problems = _not_ahead("recorded_on", recorded_on, today)
    if document not in known.documents:
        problems.append(FieldProblem("document", N_("Choose the document.")))
    if system not in known.systems:
        problems.append(FieldProblem("system", N_("Choose the system the document is in.")))
    _refuse_if(problems + too_long({"reference": plain}, LONGEST_LINE))
    return plain


def check_background(found: Background, *, known: Reference, today: date) -> None:
    """Raise Refused when a code is not one of today, a day is ahead, or two facts contradict each other."""
    problems = _benefit_problems(found, known=known, today=today)
    for name in ("unemployed_since", "assistance_since"):
        day = getattr(found, name)
        problems += _not_ahead(name, day, today) if day else []
    if found.wish is not None and found.wish not in known.wishes:
        problems.append(FieldProblem("wish", N_("Choose from the list.")))
    if found.is_unemployed is False and found.unemployed_since is not None:
        words = N_("You chose that the client is not unemployed. Leave this day empty or change the choice.")
        problems.append(FieldProblem("unemployed_since", words))
    if found.assistance_since is not None and found.benefit not in {None, SOCIAL_ASSISTANCE}:
        words = N_("The main benefit is another one. Leave this day empty or choose social assistance.")
        problems.append(FieldProblem("assistance_since", words))
    _refuse_if(problems)


def _benefit_problems(found: Background, *, known: Reference, today: date) -> list[FieldProblem]:
    if found.benefit is None:
        if found.benefit_days is None:
            return []
        return [FieldProblem("benefit", N_("Choose the benefit that the days have been paid of."))]
    if known.benefits.pick(found.benefit, today) is None:
        return [FieldProblem("benefit", N_("Choose a benefit that is paid today."))]
    if found.benefit_days is not None and found.benefit_days < 0:
        return [FieldProblem("benefit_days", N_("Write at least %(low)s.", low=0))]
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a case ends. `ground`: `over` or `remains` (1301/2014 section 34), None where it is not asked."""

    outcome: str
    closed_on: date
    text: str | None = None
    client_estimate: str | None = None
    ground: str | None = None
    supported_by: str | None = None
    is_feedback_asked: bool | None = None


GROUNDS: Final = ("over", "remains")


def closing_problems(
    case: CaseView, ending: Ending, *, asks_ground: bool, reference: Reference, today: date
) -> list[FieldProblem]:
    """Return what keeps the case from closing. Fields: outcome, closed_on, ground and the texts.

    `asks_ground`: the case is one of social welfare, whose client relationship ends only with an entry that no ground
    remains (1301/2014 section 34); when one remains, it is told who supports the client from now on.
    """
    problems = _not_ahead("closed_on", ending.closed_on, today)
    if ending.closed_on < case.opened_on:
        opened = N_("The case was opened on %(day)s. It cannot close before that.", day=case.opened_on)
        problems.append(FieldProblem("closed_on", opened))
    if ending.outcome not in reference.outcomes:
        problems.append(FieldProblem("outcome", N_("Choose how the case ended.")))
    if asks_ground and ending.ground not in GROUNDS:
        problems.append(FieldProblem("ground", N_("Choose whether a ground for the client relationship remains.")))
    if ending.ground == "remains" and not (ending.supported_by or "").strip():
        problems.append(FieldProblem("supported_by", N_("Write where the client is supported from now on.")))
    problems += too_long({"text": ending.text, "client_estimate": ending.client_estimate}, LONGEST_REASON)
    return problems + too_long({"supported_by": ending.supported_by}, LONGEST_LINE)


def filled(field: str, text: str | None, missing: Text | None = None) -> str:
    """Return a reason without the spaces around it, or raise Refused at its field when it is empty or too long."""
    plain = (text or "").strip()
    if not plain:
        raise Refused(missing or N_("Write the reason."), field)
    _refuse_if(too_long({field: plain}, LONGEST_REASON))
    return plain


def passed_needs(missing: tuple[Need, ...], exceptions: Mapping[str, str]) -> dict[str, str]:
    """Return the reason for each missing need that only reminds, or raise Refused.

    A need that stops is refused whatever the reason says (ruling 13); one that reminds asks for a reason. The field
    of every problem is `exceptions`.
    """
    stopping = [
        FieldProblem("exceptions", N_("Record this first: %(need)s", need=str(need.label)))
        for need in missing
        if need.stops
    ]
    if stopping:
        raise Refused.because(stopping)
    reasons = {need.code: exceptions.get(need.code, "").strip() for need in missing}
    silent = [need for need in missing if not reasons[need.code]]
    if silent:
        raise Refused.because(
            FieldProblem("exceptions", N_("Write why the stage opens without this: %(need)s", need=str(need.label)))
            for need in silent
        )
    _refuse_if(problem for text in reasons.values() for problem in too_long({"exceptions": text}, LONGEST_REASON))
    return reasons


def _not_ahead(field: str, day: date, today: date) -> list[FieldProblem]:
    return [FieldProblem(field, N_("The date cannot be in the future."))] if day > today else []


def _refuse_if(problems: Iterable[FieldProblem]) -> None:
    found = tuple(problems)
    if found:
        raise Refused.because(found)
