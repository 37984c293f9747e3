"""Facts of the world the service works in: each with the days it holds and the source it comes from.

Law, authorities and services change on a day; nothing here is edited away, it ends. Lists are tuples of frozen rows in
the order of their file, read once by `loader`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from app.reference.terms import LANGUAGES, CodeList, Term, Words, holds

# what a reader of the facts needs beside the rows themselves
__all__ = ["LANGUAGES", "CodeList", "Term", "Words", "holds"]

SCALES: Final = ("number", "summary", "observation")
DIRECTIONS: Final = ("higher_better", "lower_better", "none")
CONSULTATION: Final = "consultation"
"""A next step of a measure that is no other measure and no document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """The time a municipality belongs to a county or to an employment area (codes of `organisations`)."""

    area: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality(Term):
    """A municipality with its three-digit code. Source: Statistics Finland's classification; domain 5."""

    memberships: tuple[Membership, ...] = ()
    is_pilot: bool = False

    def belongs_to(self, area: str, on: date) -> bool:
        """Return whether the municipality belongs to an organisation's area on a day."""
        return area in self.areas(on)

    def areas(self, on: date) -> tuple[str, ...]:
        """Return the codes of the organisations whose area the municipality is in on a day."""
        return tuple(one.area for one in self.memberships if holds(one.valid_from, one.valid_to, on))


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation(Term):
    """An authority or a structure of co-operation; `succeeded_by` tells who carries its tasks on."""

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Party(Term):
    """Whom data may be given to or got from; `statutory_bases` may be proposed instead of a consent, never inferred."""

    sector: str
    statutory_bases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DataCategory(Term):
    """A kind of data that a consent itemises, and the register it usually belongs to (703/2023 section 18)."""

    register: str
    is_sensitive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis(Term):
    """A ground for sharing data (domain 2.4). `parties` empty: any party; `needs_text`: the recorder explains."""

    kind: str
    parties: tuple[str, ...] = ()
    needs_text: bool = False
    is_revocable: bool = False

    def covers(self, party: str, on: date) -> bool:
        """Return whether the basis may be used towards a party on a day."""
        return self.is_valid(on) and (not self.parties or party in self.parties)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Term):
    """A document of the pathway, DO01 to DO17, and the systems (SY codes) its official copy lies in."""

    systems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanKind(Term):
    """A kind of plan, its document if it has an official one, and whose acceptance belongs to it.

    `needs_all_signers`: the law asks every one of them before the plan comes into force. `reviewers`: the parties the
    law wants at its reviews.
    """

    document: str | None = None
    signers: tuple[str, ...] = ()
    needs_all_signers: bool = False
    reviewers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLimit(Term):
    """How little and how much of something a plan of these kinds may agree (RU02); past it the plan gives a reason.

    `least` and `most` are both inside, None is open; `unit` says of what, for the reader of the file.
    """

    unit: str
    plan_kinds: tuple[str, ...]
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRule(Term):
    """Which kind of plan a benefit leads to while the row holds (RU04). It advises, the worker decides.

    `source` says where the days of the row come from; `is_configurable`: the organisation may move them.
    """

    benefit: str
    plan_kind: str
    source: Words
    is_configurable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence(Term):
    """How often a plan is reviewed: calendar months, and for model C at least twice in any twelve of them.

    `kind` is law, model or target (the organisation's own); `model` and `plan_kind` None mean every one.
    """

    months: int
    kind: str
    reason: Words
    model: str | None = None
    plan_kind: str | None = None
    twice_a_year: bool = False
    is_configurable: bool = False

    def concerns(self, model: str, plan_kind: str, on: date) -> bool:
        """Return whether the cadence binds a plan of the kind in the model on a day."""
        return self.is_valid(on) and self.model in {None, model} and self.plan_kind in {None, plan_kind}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline(Term):
    """A limit counted from an event: `amount` of `unit`; `duties.reckoning` counts. Source: `docs/requirements.md`.

    `unit`: hours, days, workdays, weeks, months, years. `kind`: law, model or target (the organisation's own). The
    limit may be lengthened once by `extension` of the same unit. `at_least`: what is agreed lies between the two.
    `rolls_forward`: a client or another party acts towards the authority (150/1930). `repeats`: counted anew each time.
    """

    start: Words
    amount: int
    unit: str
    kind: str
    extension: int | None = None
    at_least: int | None = None
    saturday_counts: bool = False
    rolls_forward: bool = False
    repeats: bool = False
    is_configurable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientGroup(Term):
    """For whom a needs assessment is made, and the deadlines (codes) of its start and its end. 1301/2014 section 36."""

    start_deadline: str
    done_deadline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Term):
    """How a case ended: `result` says what the path led to, `ground` why it ended otherwise.

    `group` is the row of `outcome_groups` that the reports count it in.
    """

    kind: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profession(Term):
    """What somebody is by trade or task; pathway models allow responsibility by it. It is not an access role."""

    sector: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteKind(Term):
    """The form of an entry. Only a kind that `is_meeting` meets a need for a meeting."""

    is_contact: bool = False
    is_meeting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure(Term):
    """A measure of ability, all of it data: what is asked, what is kept, and which values ask for a closer look.

    `scale` is number, summary or observation; only a number has `minimum`, `maximum`, `step` and perhaps `threshold`.
    `next_steps` are consultation, measure:<code> or document:<code>. Source: domain 1.7.
    """

    scale: str
    question: Words
    stores: Words
    source: Words
    licence: Words
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    step: Decimal | None = None
    direction: str = "none"
    threshold: Decimal | None = None
    closer_look: Words | None = None
    next_steps: tuple[str, ...] = ()
    asks_language: bool = False
    asks_reference: bool = False
    asks_name: bool = False
    asks_points: bool = False
    is_self_assessment: bool = False
    aspects: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether a value is a number on a scale, which makes a series that can be drawn."""
        return self.scale == "number"

    @property
    def digits(self) -> int:
        """How many decimals the values of the scale have."""
        return max((_digits(one) for one in (self.minimum, self.step) if one is not None), default=0)

    def fits(self, value: Decimal) -> bool:
        """Return whether a value lies on the scale: between its ends, both inside, and on a step."""
        if self.minimum is None or self.maximum is None:
            return False
        return self.minimum <= value <= self.maximum and not (self.step and (value - self.minimum) % self.step)

    def crosses(self, value: Decimal) -> bool:
        """Return whether a value asks for a closer look: the threshold itself, or worse than it (RU15)."""
        if self.threshold is None:
            return False
        return value <= self.threshold if self.direction == "higher_better" else value >= self.threshold


def _digits(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility(Term):
    """A rule of who a service or a plan is for: `shape` names the limbs, the rest are their numbers and codes.

    `young_*` hold below the age `young_below`, the others from that age on. `model`: the pathway model the rule speaks
    for; `wish` and `signs`: the client's wish, and the signals and triggers, that point to it.
    """

    shape: str
    benefits: tuple[str, ...] = ()
    accepts_successors: bool = False
    municipalities: tuple[str, ...] = ()
    area: str | None = None
    least_age: int | None = None
    most_age: int | None = None
    young_below: int | None = None
    young_days: int | None = None
    days: int | None = None
    days_after_allowance: int | None = None
    young_months: int | None = None
    months: int | None = None
    model: str | None = None
    wish: str | None = None
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt(Term):
    """What the client is asked in a stage so that the path is theirs. Source: PX1 to PX7."""

    stage: str
    lines: tuple[Words, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderRule(Term):
    """When a kind of duty is reminded of: days from the due date in rising order, minus before and plus after."""

    duty_kind: str
    offsets: tuple[int, ...]
    escalate_after: int | None = None

    def reached(self, due_on: date, today: date) -> tuple[int, ...]:
        """Return the offsets reached today, "on or before", so that a missed day loses no reminder."""
        gone = (today - due_on).days
        return tuple(offset for offset in self.offsets if offset <= gone)

    def escalates(self, due_on: date, today: date) -> bool:
        """Return whether the lead is told as well."""
        return self.escalate_after is not None and (today - due_on).days >= self.escalate_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """All code lists together; the field names are the top-level keys of the files in `config/reference`."""

    municipalities: CodeList[Municipality]
    organisations: CodeList[Organisation]
    parties: CodeList[Party]
    data_categories: CodeList[DataCategory]
    purposes: CodeList[Term]
    benefits: CodeList[Term]
    bases: CodeList[Basis]
    documents: CodeList[Document]
    systems: CodeList[Term]
    plan_kinds: CodeList[PlanKind]
    plan_limits: CodeList[PlanLimit]
    plan_rules: CodeList[PlanRule]
    cadences: CodeList[Cadence]
    deadlines: CodeList[Deadline]
    client_groups: CodeList[ClientGroup]
    professions: CodeList[Profession]
    contact_sources: CodeList[Term]
    contact_channels: CodeList[Term]
    languages: CodeList[Term]
    note_kinds: CodeList[NoteKind]
    note_topics: CodeList[Term]
    outcomes: CodeList[Outcome]
    outcome_groups: CodeList[Term]
    triggers: CodeList[Term]
    signals: CodeList[Term]
    wishes: CodeList[Term]
    eligibility: CodeList[Eligibility]
    measures: CodeList[Measure]
    measure_aspects: CodeList[Term]
    told_topics: CodeList[Term]
    participants: CodeList[Term]
    hearing_ways: CodeList[Term]
    feedback_topics: CodeList[Term]
    participation_prompts: CodeList[Prompt]
    reminder_rules: CodeList[ReminderRule]
    absences: CodeList[Term]

    def municipalities_of(self, area: str, on: date) -> tuple[Municipality, ...]:
        """Return the municipalities of a county or an employment area on a day (the county has 10 since 2023)."""
        return tuple(one for one in self.municipalities if one.belongs_to(area, on))

    def cadence_for(self, model_key: str, plan_kind: str, on: date) -> tuple[Cadence, ...]:
        """Return every cadence that binds a plan on a day; the one whose date comes first decides.

        Source: RU16; 189/2001 section 9; 381/2023 section 6; the model's own practice.
        """
        return tuple(one for one in self.cadences if one.concerns(model_key, plan_kind, on))

    def limits_for(self, plan_kind: str, on: date) -> tuple[PlanLimit, ...]:
        """Return the limits of what a plan of the kind may agree, as they hold on a day."""
        return tuple(one for one in self.plan_limits if plan_kind in one.plan_kinds and one.is_valid(on))

    def bases_for(self, party: str, on: date) -> tuple[Basis, ...]:
        """Return the grounds that may be used towards a party on a day, in the order they are offered."""
        return tuple(basis for basis in self.bases if basis.covers(party, on))

    def rules_for(self, duty_kind: str) -> tuple[ReminderRule, ...]:
        """Return the reminder rules of a kind of duty."""
        return tuple(rule for rule in self.reminder_rules if rule.duty_kind == duty_kind)

    def successors(self, benefit: str) -> tuple[str, ...]:
        """Return the codes that took a benefit's place, the last ones of the line."""
        following = self.benefits.get(benefit).succeeded_by
        if not following:
            return (benefit,)
        return tuple(last for code in following for last in self.successors(code))
