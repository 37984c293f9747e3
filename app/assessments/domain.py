"""What is written down when a need is recognised and assessed (domain 1.5 stages 2, 1.6, 2.4). Plain values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.cases.domain import Background
from app.consents.domain import Answer, ConsentKind, ConsentView, Standing
from app.core.errors import FieldProblem, too_long
from app.core.texts import N_, Text
from app.reference.domain import Reference

LONGEST_TEXT: Final = 5_000
LONGEST_LINE: Final = 200

# The data set of PA2, in the order of the talk. Health waits for the client's permission.
FACTS: Final[Mapping[str, Text]] = {
    "skills": N_("Skills"),
    "education": N_("Education"),
    "work_history": N_("Work and entrepreneur history"),
    "life_situation": N_("Life situation"),
    "health": N_("Health"),
    "own_estimate": N_("The client's own estimate of work ability"),
    "remaining_ability": N_("What the client is able to do now"),
    "strengths": N_("Strengths"),
    "job_search": N_("Readiness for job search"),
}
HEALTH: Final = "health"
CHANNEL: Final = "contact_channel"
PERSON: Final = "contact_person"
LOOKED: Final = "looked"


class SignKind(StrEnum):
    """The two lists of signs: background signals are softer than triggers (domain 1.6)."""

    SIGNAL = "signal"
    TRIGGER = "trigger"


class SignEnding(StrEnum):
    """Why a sign no longer counts: it has passed, or it was a mistake to note it."""

    PASSED = "passed"
    MISTAKEN = "mistaken"


class Health(StrEnum):
    """What the client has said about gathering health data."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignView:
    """One sign that was noted, with its end when it has one; nothing of it is ever taken away."""

    id: UUID
    kind: SignKind
    code: str
    noted_on: date
    noted_at: datetime
    noted_by: UUID | None
    remark: str | None
    ended_on: date | None
    ended_by: UUID | None
    ending: SignEnding | None
    end_reason: str | None

    @property
    def is_open(self) -> bool:
        """Whether it still counts."""
        return self.ended_on is None


@dataclass(frozen=True, slots=True)
class Written:
    """One value of one field, by whom and when; the newest counts, the earlier ones stay readable."""

    value: str | None
    number: int
    written_at: datetime
    written_by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identification:
    """What is on record of recognising the need. `number` counts the saves; 0 is nothing on record."""

    number: int = 0
    signs: tuple[SignView, ...] = ()
    entries: Mapping[str, tuple[Written, ...]] = field(default_factory=dict)

    def newest(self, name: str) -> Written | None:
        """Return the newest value of a field, or None when it was never written or was emptied."""
        found = self.entries.get(name)
        return found[0] if found and found[0].value is not None else None

    def value(self, name: str) -> str:
        """Return the newest value of a field, '' when there is none."""
        found = self.newest(name)
        return found.value or "" if found else ""

    def earlier(self, name: str) -> tuple[Written, ...]:
        """Return the values before the newest, newest first."""
        return self.entries.get(name, ())[1:]

    def open_signs(self, kind: str) -> tuple[SignView, ...]:
        """Return the signs of a kind that count, in the order noted."""
        return tuple(sign for sign in self.signs if sign.kind == kind and sign.is_open)

    def codes(self, kind: str) -> frozenset[str] | None:
        """Return the codes of a kind that count, or None when nobody has looked for any of the kind."""
        if self.value(LOOKED) or any(sign.kind == kind for sign in self.signs):
            return frozenset(sign.code for sign in self.open_signs(kind))
        return None

    @property
    def has_facts(self) -> bool:
        """Whether something of the data set is on record."""
        return any(self.newest(name) for name in FACTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentificationEntry:
    """What one save puts on record: fields as typed, signs that were ticked now, and the background facts.

    `texts` holds the fields that were on the form; one that was not is left as it is.
    """

    channel: str | None = None
    person: str = ""
    signs: frozenset[str] = frozenset()
    noted_on: date
    remark: str = ""
    is_looked_through: bool = False
    texts: Mapping[str, str] = field(default_factory=dict)
    background: Background | None = None
    background_number: int = 0


def health_permission(views: Iterable[ConsentView], on: date) -> Health:
    """Return whether health data may be gathered: a valid permission that names it, a refusal, or not asked yet.

    A valid prohibition of giving health data stands beside it and says nothing of gathering. Source: PA2; 703/2023
    section 6; a refusal does not end the service (812/2000).
    """
    live = [one for one in views if one.given_on <= on and one.standing(on) in {Standing.VALID, Standing.ENDING}]
    said = {
        item.answer
        for one in live
        if one.kind is not ConsentKind.PROHIBITION
        for item in one.items
        if item.category == HEALTH
    }
    if Answer.GIVEN in said:
        return Health.ALLOWED
    return Health.REFUSED if Answer.REFUSED in said else Health.NOT_ASKED


def kind_of(code: str, reference: Reference) -> SignKind:
    """Return the list a code of a sign belongs to."""
    return SignKind.TRIGGER if code in reference.triggers else SignKind.SIGNAL


def entry_problems(
    entry: IdentificationEntry, record: Identification, health: Health, *, reference: Reference, today: date
) -> list[FieldProblem]:
    """Return everything that keeps an entry from being saved, each at its field."""
    found = too_long(entry.texts, LONGEST_TEXT) + too_long({"remark": entry.remark}, LONGEST_LINE)
    found += too_long({PERSON: entry.person}, LONGEST_LINE)
    if entry.channel and reference.contact_channels.pick(entry.channel, today) is None:
        found.append(FieldProblem(CHANNEL, N_("Choose from the list.")))
    if entry.noted_on > today:
        found.append(FieldProblem("noted_on", N_("The date cannot be in the future.")))
    found += _sign_problems(entry, record, reference)
    written = entry.texts.get(HEALTH)
    if written is not None and written != record.value(HEALTH) and health is not Health.ALLOWED:
        words = N_("Health data is written down only with the client's permission. Record the consent first.")
        found.append(FieldProblem(HEALTH, words))
    return found


def _sign_problems(entry: IdentificationEntry, record: Identification, reference: Reference) -> list[FieldProblem]:
    lists = {SignKind.SIGNAL: reference.signals, SignKind.TRIGGER: reference.triggers}
    noted = {sign.code for sign in record.signs if sign.is_open}
    found = []
    for code in sorted(entry.signs):
        kind = kind_of(code, reference)
        if lists[kind].pick(code, entry.noted_on) is None:
            found.append(FieldProblem(f"{kind}s", N_("Choose from the list.")))
        elif code in noted:
            words = N_("This is on record already: %(name)s. Untick it.", name=lists[kind].label(code))
            found.append(FieldProblem(f"{kind}s", words))
    return found


def ending_problems(sign: SignView, ending: str, ended_on: date, reason: str, *, today: date) -> list[FieldProblem]:
    """Return what keeps a sign from being ended."""
    found = too_long({"reason": reason}, LONGEST_LINE)
    if ending not in set(SignEnding):
        found.append(FieldProblem("ending", N_("Choose why it no longer counts.")))
    if ended_on > today:
        found.append(FieldProblem("ended_on", N_("The date cannot be in the future.")))
    elif ended_on < sign.noted_on:
        words = N_("It was noted on %(day)s. It cannot end before that.", day=sign.noted_on)
        found.append(FieldProblem("ended_on", words))
    if not reason:
        found.append(FieldProblem("reason", N_("Write the reason.")))
    return found


def met_by(record: Identification) -> set[str]:
    """Return the need codes that an identification meets."""
    met = {f"identification:{kind}s" for kind in SignKind if record.codes(kind) is not None}
    return met | ({"identification:facts"} if record.has_facts else set())
