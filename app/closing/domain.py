"""What closing a case asks about everything that is still open in it, and what the next path may go on with.

Plain values, no database. Nothing ends in silence: each promise and each duty gets an answer, and the answer is what
the ledger keeps (ruling 15).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.assessments.domain import Health, health_permission
from app.assessments.needs import CARRIED as CARRIED_NEEDS
from app.cases.domain import LONGEST_REASON, CaseView, ClosingView, DroppedView, Ending, StepView
from app.consents.domain import ConsentKind, ConsentView
from app.core.errors import FieldProblem, too_long
from app.core.texts import N_, Text
from app.duties.domain import NAMES, DutyKind, DutyView
from app.network.domain import MemberView
from app.pathways.pathway import Pathway
from app.workbench.domain import CaseShell

CONSENT_WORDS: Final[Mapping[str, Text]] = {
    ConsentKind.CONSENT: N_("Consent"),
    ConsentKind.PERMISSION: N_("Disclosure permission"),
    ConsentKind.PROHIBITION: N_("Prohibition"),
    ConsentKind.STATUTORY: N_("Statutory basis"),
}


class Fate(StrEnum):
    """What becomes of something that is open when the case closes."""

    DONE = "done"
    NOT_NEEDED = "not_needed"
    MOVED = "moved"
    ENDS = "ends"


# These are about the case itself, so they end with it; everything else was promised to somebody or asked by a law.
ENDS_WITH_CASE: Final = frozenset(
    {
        DutyKind.ACTIVITY_PERIOD_END,
        DutyKind.PLAN_REVIEW,
        DutyKind.PLAN_PERIOD_END,
        DutyKind.CONSENT_EXPIRY,
        DutyKind.MEMBER_WITHOUT_BASIS,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    """One promise or one duty that is open, whichever is there; a promise with a day has both."""

    step: StepView | None = None
    duty: DutyView | None = None

    @property
    def id(self) -> UUID:
        """What the answer is about: the promise, else the duty."""
        if self.step is not None:
            return self.step.id
        if self.duty is None:
            raise LookupError
        return self.duty.id

    @property
    def name(self) -> str:
        """The name of its field in the form."""
        return f"item-{self.id.hex}"

    @property
    def words(self) -> Text | str:
        """What it is: the promise in its own words, else the name of the duty."""
        if self.step is not None:
            return self.step.text
        return NAMES.get(self.duty.kind, self.duty.kind) if self.duty is not None else ""

    @property
    def due_on(self) -> date | None:
        """The day it falls due, if it has one."""
        return self.duty.due_on if self.duty is not None else self.step.due_on if self.step is not None else None

    @property
    def fates(self) -> tuple[Fate, ...]:
        """What may become of it; only a promise moves, and only what is about the case itself ends with it."""
        if self.step is not None:
            return Fate.DONE, Fate.NOT_NEEDED, Fate.MOVED
        if self.duty is not None and self.duty.kind in ENDS_WITH_CASE:
            return Fate.ENDS, Fate.NOT_NEEDED
        return Fate.DONE, Fate.NOT_NEEDED

    @property
    def likely(self) -> Fate | None:
        """What is chosen beforehand: only what harms nobody, so never for a promise."""
        return Fate.ENDS if Fate.ENDS in self.fates else None


def items_of(steps: Iterable[StepView], duties: Iterable[DutyView], *, step_kind: str) -> tuple[OpenItem, ...]:
    """Return everything open, each promise with its duty; the earliest due first, what has no day last."""
    owed = {duty.subject_id: duty for duty in duties if duty.subject_kind == step_kind}
    kept = list(steps)
    items = [OpenItem(step=step, duty=owed.pop(step.id, None)) for step in kept]
    others = [duty for duty in duties if duty.subject_kind != step_kind or duty.subject_id in owed]
    items += [OpenItem(duty=duty) for duty in others]
    return tuple(sorted(items, key=lambda item: (item.due_on or date.max, item.id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What somebody said becomes of an item: done on a day, not needed because, moved to another case."""

    fate: Fate | None = None
    on: date | None = None
    reason: str = ""
    to: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """Everything that closing asks: how it ended, what becomes of each item, which consents the client withdraws."""

    ending: Ending
    answers: Mapping[UUID, Answer] = field(default_factory=dict)
    withdrawn: tuple[UUID, ...] = ()


def answer_problems(
    items: Iterable[OpenItem], answers: Mapping[UUID, Answer], *, cases: Sequence[CaseView], today: date
) -> list[FieldProblem]:
    """Return what is missing of the answers, each at its row; `cases` are those that a promise may move to."""
    open_cases = {case.id for case in cases}
    found: list[FieldProblem] = []
    for item in items:
        answer = answers.get(item.id, Answer())
        if answer.fate not in item.fates or (answer.fate is Fate.MOVED and answer.to not in open_cases):
            found.append(FieldProblem(item.name, unanswered(item)))
        found += _done_problems(item, answer, today) if answer.fate is Fate.DONE else []
        found += _reason_problems(item, answer) if answer.fate is Fate.NOT_NEEDED else []
    return found


def unanswered(item: OpenItem) -> Text:
    """Say that nothing was said of an item; it is named, since several may be unanswered."""
    return N_("Choose what becomes of this: %(what)s", what=item.words)


def _done_problems(item: OpenItem, answer: Answer, today: date) -> list[FieldProblem]:
    if answer.on is None:
        return [FieldProblem(f"{item.name}-on", N_("Write the day on which this was done: %(what)s", what=item.words))]
    if answer.on > today:
        return [FieldProblem(f"{item.name}-on", N_("The date cannot be in the future."))]
    return []


def _reason_problems(item: OpenItem, answer: Answer) -> list[FieldProblem]:
    if not answer.reason.strip():
        return [FieldProblem(f"{item.name}-reason", N_("Write why this is not needed: %(what)s", what=item.words))]
    return too_long({f"{item.name}-reason": answer.reason}, LONGEST_REASON)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingPage:
    """What closing shows: the case, what is open, the consents and the network that it touches.

    `running_id`: a period of activity that goes on and must be ended first; `feedback_ids`: feedback without an answer.
    `has_elsewhere`: the client has an open path of another client register, to which no promise moves.
    """

    shell: CaseShell
    items: tuple[OpenItem, ...]
    consents: tuple[ConsentView, ...]
    members: tuple[MemberView, ...]
    cases: tuple[CaseView, ...]
    asks_ground: bool
    may_withdraw: bool
    running_id: UUID | None = None
    feedback_ids: tuple[UUID, ...] = ()
    has_elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledDuty:
    """A duty that ended on the day the case closed: what it was, how it ended and why."""

    kind: str
    due_on: date
    outcome: str
    text: str | None
    reason: str | None
    on: date | None

    @property
    def words(self) -> Text | str:
        """What it was: the promise in its own words, else the name of the duty."""
        return NAMES.get(self.kind, self.kind) if self.text is None else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingPage:
    """How the case closed and what became of everything that was open then."""

    shell: CaseShell
    closing: ClosingView
    closed_by: str
    dropped: tuple[DroppedView, ...]
    settled: tuple[SettledDuty, ...]
    group: str


# ---------------------------------------------------------------- the next path
class CarryKind(StrEnum):
    """What a path may go on with from the one before it."""

    CONSENT = "consent"
    MEMBER = "member"
    MEASURE = "measure"
    BACKGROUND = "background"
    FACTS = "facts"
    HEALTH = "health"
    SIGNS = "signs"
    NEEDS = CARRIED_NEEDS
    GOAL = "goal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carry:
    """One thing that may go on: `words` name it, `more` is a day or a list, `why_not` says why it stays behind.

    `parts` name it where it is of several fields. What goes on always is not asked about. `categories` are its kinds of
    data as permissions name them; between two client registers `rests_on` are the permissions that let it go.
    """

    kind: CarryKind
    id: UUID
    words: str
    title: Text | None = None
    parts: tuple[Text, ...] = ()
    more: Text | str = ""
    why_not: Text | None = None
    is_always: bool = False
    categories: frozenset[str] = frozenset()
    rests_on: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """The worker who answered for the path last; `is_allowed` by the professions of the next model."""

    id: UUID
    name: str
    professions: str
    is_allowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPathPage:
    """What the next path may go on with; without a model only which models there are.

    `channel`: how the contact with the path before was made, "" when nobody said. `registers`: the client registers of
    the two paths when they are not the same one; then nothing is filled in from the path before.
    """

    shell: CaseShell
    models: tuple[Pathway, ...]
    model: Pathway | None = None
    keeper: Keeper | None = None
    offers: tuple[Carry, ...] = ()
    channel: str = ""
    registers: tuple[Text, Text] | None = None

    def of(self, *kinds: str) -> tuple[Carry, ...]:
        """Return what may be ticked, of some kinds."""
        return tuple(one for one in self.offers if one.kind in kinds and one.why_not is None and not one.is_always)

    @property
    def always(self) -> tuple[Carry, ...]:
        """What goes on without being asked about: the client's no."""
        return tuple(one for one in self.offers if one.is_always)

    @property
    def staying(self) -> tuple[Carry, ...]:
        """What stays behind, each with the reason."""
        return tuple(one for one in self.offers if one.why_not is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPath:
    """A path that goes on from another: its model and first day, who answers for it, and what was ticked."""

    model_key: str
    opened_on: date
    contact_source: str
    basis_note: str
    contact_channel: str | None = None
    worker_id: UUID | None = None
    profession_reason: str | None = None
    carried: Mapping[CarryKind, tuple[UUID, ...]] = field(default_factory=dict)

    def ids(self, kind: CarryKind) -> tuple[UUID, ...]:
        """Return what was ticked of a kind."""
        return self.carried.get(kind, ())


FIELDS: Final[Mapping[CarryKind, str]] = {
    CarryKind.CONSENT: "consents",
    CarryKind.MEMBER: "members",
    CarryKind.MEASURE: "facts",
    CarryKind.BACKGROUND: "facts",
    CarryKind.FACTS: "facts",
    CarryKind.HEALTH: "facts",
    CarryKind.SIGNS: "facts",
    CarryKind.NEEDS: "facts",
    CarryKind.GOAL: "goals",
}
"""The field of the form in which each kind is ticked."""


def carry_problems(
    following: NextPath, offers: Iterable[Carry], *, uncovered: Iterable[str], given: Iterable[ConsentView], on: date
) -> list[FieldProblem]:
    """Return what is wrong with the ticks: something that was not offered, a member left without a basis (by name).

    `given` are the consents that go along: health data goes only with the client's permission among them (PA2).
    """
    open_to = {(one.kind, one.id) for one in offers if one.why_not is None}
    ticked = [(kind, one) for kind, ids in following.carried.items() for one in ids]
    gone = dict.fromkeys(FIELDS[kind] for kind, one in ticked if (kind, one) not in open_to)
    found = [FieldProblem(name, N_("Something you ticked can no longer be carried over. Look again.")) for name in gone]
    if not gone and following.ids(CarryKind.HEALTH) and health_permission(given, on) is not Health.ALLOWED:
        found.append(FieldProblem("facts", N_("Tick the consent that allows health data as well.")))
    names = ", ".join(uncovered)
    if names:
        words = N_("Tick the consent on which sharing with these people rests as well: %(names)s.", names=names)
        found.append(FieldProblem("members", words))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedPage:
    """What a path goes on with, which path it came from, and whether that one is of another client register."""

    shell: CaseShell
    before: tuple[UUID, str]
    carried: tuple[Carry, ...]
    is_other_register: bool
