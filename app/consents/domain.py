"""What makes a consent hold, and what it opens towards whom. Consent is one basis of several (domain 2.4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.core.errors import FieldProblem
from app.core.texts import N_, Text

ENDING_DAYS: Final = 30
TEXT_VERSION: Final = "2026-11"
"""The version of the informing text that is read to the client; kept with every consent (domain 2.4)."""
READ_ALOUD: Final[Mapping[str, tuple[Text, ...]]] = {
    "2026-11": (
        N_("We would like to exchange data about you with other parties, so that we can plan your support together."),
        N_("You decide to whom we may give data. You may say yes to one party and no to another."),
        N_(
            "You may withdraw your consent at any time. You need not give a reason. "
            "Your services do not end because of it."
        ),
        N_("The law lets some authorities exchange data without consent. Ask, and we tell you which."),
    ),
}
"""What is read to the client, by version; an old version stays here as long as a consent names it."""


class ConsentKind(StrEnum):
    """What was put on record."""

    CONSENT = "consent"  # suostumus
    PERMISSION = "disclosure_permission"  # luovutuslupa
    PROHIBITION = "prohibition"  # kielto
    STATUTORY = "statutory"  # lakisääteinen peruste


class ConsentForm(StrEnum):
    """How it was given."""

    ORAL = "oral"
    WRITTEN = "written"
    ELECTRONIC = "electronic"


class Answer(StrEnum):
    """What the client said about one party."""

    GIVEN = "given"
    REFUSED = "refused"


class Standing(StrEnum):
    """How a consent stands on a day."""

    VALID = "valid"
    ENDING = "ending"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class ConsentItem:
    """One line: this party, this kind of data, this purpose, and the client's answer."""

    party: str
    category: str
    purpose: str
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentEntry:
    """What is to be put on record: one act of the client, or one basis in law."""

    kind: ConsentKind
    basis: str
    items: tuple[ConsentItem, ...]
    given_on: date
    form: ConsentForm
    given_by: str = "self"
    text_version: str = TEXT_VERSION
    valid_until: date | None = None
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class ConsentView:
    """One consent as a page shows it."""

    id: UUID
    case_id: UUID
    kind: ConsentKind
    basis: str
    given_by: str
    given_on: date
    form: ConsentForm
    text_version: str
    valid_until: date | None
    remark: str | None
    recorded_at: datetime
    recorded_by: UUID | None
    withdrawn_on: date | None
    withdrawal_reason: str | None
    items: tuple[ConsentItem, ...]

    def standing(self, on: date) -> Standing:
        """How the consent stands on a day; the last valid day is still valid."""
        return standing_on(on, valid_until=self.valid_until, withdrawn_on=self.withdrawn_on)

    @property
    def parties(self) -> tuple[str, ...]:
        """The parties that were allowed (or, in a prohibition, forbidden), each once, in the order recorded."""
        return tuple(dict.fromkeys(item.party for item in self.items if item.answer is Answer.GIVEN))

    @property
    def refused(self) -> tuple[str, ...]:
        """The parties the client said no to, each once."""
        return tuple(dict.fromkeys(item.party for item in self.items if item.answer is Answer.REFUSED))

    @property
    def categories(self) -> tuple[str, ...]:
        """The kinds of data, each once."""
        return tuple(dict.fromkeys(item.category for item in self.items))

    @property
    def purposes(self) -> tuple[str, ...]:
        """The purposes, each once."""
        return tuple(dict.fromkeys(item.purpose for item in self.items))


@dataclass(frozen=True, slots=True)
class BasisState:
    """Whether there is a basis to share with a party today: `kind` is valid, ending, law or none."""

    kind: str
    words: Text
    until: date | None = None

    @property
    def holds(self) -> bool:
        """Whether sharing is allowed."""
        return self.kind != "none"


NO_BASIS: Final = BasisState("none", N_("No basis"))


def standing_on(on: date, *, valid_until: date | None, withdrawn_on: date | None) -> Standing:
    """How a consent stands on a day: withdrawal ends it at once, validity at the end of its last day."""
    if withdrawn_on is not None and withdrawn_on <= on:
        return Standing.WITHDRAWN
    if valid_until is None:
        return Standing.VALID
    if valid_until < on:
        return Standing.EXPIRED
    return Standing.ENDING if valid_until - on <= timedelta(days=ENDING_DAYS) else Standing.VALID


def basis_of(views: Iterable[ConsentView], party: str, on: date) -> BasisState:
    """The basis towards one party on a day: a valid prohibition beats consent, a statute beats both (domain 2.4)."""
    live = [one for one in views if one.given_on <= on and one.standing(on) in {Standing.VALID, Standing.ENDING}]
    naming = [one for one in live if party in one.parties]
    if any(one.kind is ConsentKind.STATUTORY for one in naming):
        return BasisState("law", N_("Statutory basis"))
    if any(one.kind is ConsentKind.PROHIBITION for one in naming):
        return BasisState("none", N_("Forbidden by the client"))
    given = [one for one in naming if one.kind in {ConsentKind.CONSENT, ConsentKind.PERMISSION}]
    if not given:
        return NO_BASIS
    best = max(given, key=lambda one: one.valid_until or date.max)
    if best.valid_until is None:
        return BasisState("valid", N_("Consent until further notice"))
    if best.standing(on) is Standing.ENDING:
        return BasisState("ending", N_("Consent ends %(day)s", day=best.valid_until), best.valid_until)
    return BasisState("valid", N_("Consent until %(day)s", day=best.valid_until), best.valid_until)


def health_is_settled(views: Iterable[ConsentView], on: date) -> bool:
    """Whether health data is covered by a valid basis, or the client's refusal is on record (812/2000)."""
    live = [one for one in views if one.standing(on) in {Standing.VALID, Standing.ENDING}]
    return any(item.category == "health" for one in live for item in one.items)


def items_for(
    given: Iterable[str], refused: Iterable[str], categories: Iterable[str], purposes: Iterable[str]
) -> tuple[ConsentItem, ...]:
    """The lines of one act: every named party with every kind of data and every purpose that was read aloud."""
    kinds, aims = tuple(categories), tuple(purposes)
    answers = [(party, Answer.GIVEN) for party in given] + [(party, Answer.REFUSED) for party in refused]
    return tuple(
        ConsentItem(party, category, purpose, answer)
        for party, answer in answers
        for category in kinds
        for purpose in aims
    )


def problems_of(entry: ConsentEntry, *, today: date, known: Mapping[str, frozenset[str]]) -> list[FieldProblem]:
    """Everything that keeps a consent from being recorded, each at its field. `known` holds the code lists by name."""
    items, given_on, valid_until = entry.items, entry.given_on, entry.valid_until
    found: list[FieldProblem] = []
    parties = {Answer.GIVEN: set[str](), Answer.REFUSED: set[str]()}
    for item in items:
        parties[item.answer].add(item.party)
    if not items:
        found.append(FieldProblem("parties", N_("Choose at least one party, one kind of data and one purpose.")))
    if parties[Answer.GIVEN] & parties[Answer.REFUSED]:
        found.append(FieldProblem("refused", N_("The same party cannot be both allowed and refused. Untick one.")))
    if any(getattr(item, part) not in codes for part, codes in known.items() for item in items):
        found.append(FieldProblem(None, N_("Choose from the list.")))
    if given_on > today:
        found.append(FieldProblem("given_on", N_("The day it was given cannot be in the future.")))
    if valid_until is not None and valid_until < given_on:
        found.append(FieldProblem("valid_until", N_("The last valid day cannot be before the day it was given.")))
    return found
