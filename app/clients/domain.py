"""What a person is known by: the personal identity code, the name as it is searched for, and the reference."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from app.clients.identity import (
    CODE_LIKE,
    HYPHENS,
    IdentityCode,
    IdentityCodeProblem,
    birth_date_problem,
    parse_identity_code,
    squeezed,
)
from app.core.errors import FieldProblem, Refused, too_long
from app.core.texts import N_
from app.protection.domain import REMOVED

__all__ = [
    "FIRST_REF",
    "LONGEST_NAME",
    "LONGEST_PREFIX",
    "NIL_TEAM",
    "SHORTEST_PREFIX",
    "ClientDetails",
    "ClientHit",
    "ClientListFilter",
    "ClientName",
    "ClientView",
    "CodeAnswer",
    "IdentityCode",
    "IdentityCodeProblem",
    "PersonWords",
    "SearchOutcome",
    "Twins",
    "birth_date_problem",
    "check_details",
    "format_ref",
    "list_name",
    "match_text",
    "name_matches",
    "name_parts",
    "name_prefixes",
    "normalise_name",
    "parse_identity_code",
    "parse_ref",
    "read_search",
    "search_words",
    "tidy_name",
]

# ---------------------------------------------------------------- names

SHORTEST_PREFIX: Final = 3
LONGEST_PREFIX: Final = 10

# Letters that Unicode does not take apart into a base letter and a mark: Scandinavian, Sámi, Polish, Turkish.
_FOLDED: Final = str.maketrans(
    {"æ": "a", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "ŋ": "n", "ŧ": "t", "ʒ": "z", "ǥ": "g"}
)
_APOSTROPHES: Final = dict.fromkeys(map(ord, "'’‘`´ʹʼ"))


def tidy_name(text: str) -> str:
    """Return a name as it is kept: composed letters, single spaces, nothing else changed."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def normalise_name(text: str) -> str:
    """Return a name as it is compared: small letters, å and ä as a, ö as o, accents folded, apostrophes dropped.

    Hyphens stay; everything else that is no letter or digit becomes a single space.
    """
    bare = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).translate(HYPHENS).casefold()
    folded = "".join(c for c in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(c)).translate(_FOLDED)
    words = "".join(c if c.isalnum() or c == "-" else " " for c in folded).split()
    return " ".join(word for word in (word.strip("-") for word in words) if word)


def name_parts(*names: str) -> tuple[str, ...]:
    """Return every part a name can be found by, normalised and each once; hyphenated ones apart and joined.

    "Anna-Maija Ek" gives anna, maija, annamaija, ek.
    """
    found: dict[str, None] = {}
    for word in (word for name in names for word in normalise_name(name).split()):
        pieces = _pieces(word)
        found.update(dict.fromkeys([*pieces, "".join(pieces)]))
    return tuple(found)


def _pieces(word: str) -> list[str]:
    return [piece for piece in word.split("-") if piece]


def name_prefixes(*names: str) -> frozenset[str]:
    """Return what is fingerprinted so that a person can be found by the beginning of a name.

    Every prefix of 3 to 10 letters of each part, and each whole part of any length (ruling 24).
    """
    parts = name_parts(*names)
    lengths = range(SHORTEST_PREFIX, LONGEST_PREFIX + 1)
    return frozenset(parts) | {part[:length] for part in parts for length in lengths if length <= len(part)}


def match_text(last_name: str, first_names: str, born_on: date | None) -> str:
    """Return what two records of one person without a code have in common: name and birth date, fit for a hash."""
    born = born_on.isoformat() if born_on else ""
    return f"{normalise_name(last_name)}|{normalise_name(first_names)}|{born}"


# ---------------------------------------------------------------- searching


@dataclass(frozen=True, slots=True)
class PersonWords:
    """What somebody typed to find a person: a reference, an identity code, or words of the name; only one is set."""

    ref_number: int | None = None
    identity_code: IdentityCode | None = None
    words: tuple[str, ...] = ()

    @property
    def tokens(self) -> tuple[str, ...]:
        """The prefixes to look up, each of which must be found; longer words are then told apart by `name_matches`."""
        return tuple(dict.fromkeys(word[:LONGEST_PREFIX] for word in self.words))


def read_search(text: str) -> PersonWords:
    """Return what the text looks for; raises `IdentityCodeProblem` for a code that is nearly one.

    A word of one or two letters finds only whole names ("Li"), a longer one the beginning of a name. "Anna-Maija" is
    searched by its pieces, so that it finds "Anna Maija" too; with a piece under three letters, as one word.
    """
    number = parse_ref(text)
    if number is not None:
        return PersonWords(ref_number=number)
    if CODE_LIKE.fullmatch(squeezed(text)):
        return PersonWords(identity_code=parse_identity_code(text))
    return PersonWords(words=search_words(text))


def search_words(text: str) -> tuple[str, ...]:
    """Return the normalised words of a name search, each once, in the order typed."""
    found: dict[str, None] = {}
    for word in normalise_name(text).split():
        pieces = _pieces(word)
        if any(len(piece) < SHORTEST_PREFIX for piece in pieces):
            pieces = ["".join(pieces)]
        found.update(dict.fromkeys(pieces))
    return tuple(found)


def name_matches(words: tuple[str, ...], *names: str) -> bool:
    """Tell whether every search word begins a part of the names, a word under three letters being a whole part."""
    parts = name_parts(*names)
    return all(
        word in parts or (len(word) >= SHORTEST_PREFIX and any(part.startswith(word) for part in parts))
        for word in words
    )


# ---------------------------------------------------------------- reference

FIRST_REF: Final = 1001
_REF: Final = re.compile(r"A-?([0-9]{4,12})(?:/[0-9]{1,3})?")


def format_ref(number: int) -> str:
    """Return the reference of a client as people say and write it: A-2041."""
    return f"A-{number}"


def parse_ref(text: str) -> int | None:
    """Return the number of a reference typed as A-2041, a 2041 or A-2041/1 (a case's), or None if it is none."""
    ref = _REF.fullmatch(squeezed(text))
    return int(ref[1]) if ref and int(ref[1]) >= FIRST_REF else None


# ---------------------------------------------------------------- what others see of a client

NIL_TEAM: Final = UUID(int=0)
"""The team under which clients without a team are filed; coordinators search it too."""


def list_name(last_name: str, first_names: str, call_name: str | None = None) -> str:
    """Return the name as lists show it: the last name, then the call name or else the first of the first names."""
    return f"{last_name} {call_name or first_names.split(maxsplit=1)[0]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientName:
    """A client in a list or among what a search found; the town is absent under address protection (ruling 1)."""

    id: UUID
    ref_number: int
    last_name: str
    first_names: str
    call_name: str
    name: str
    birth_on: date | None
    is_protected: bool
    municipality_code: str | None
    contact_language: str

    @property
    def ref(self) -> str:
        """A-2041."""
        return format_ref(self.ref_number)


ClientHit = ClientName


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientView:
    """A client without the identity code; contact data and town are None under address protection (ruling 1)."""

    id: UUID
    ref: str
    last_name: str
    first_names: str
    call_name: str | None
    birth_on: date | None
    contact_language: str
    interpreter_language: str | None
    needs_plain_language: bool
    is_protected: bool
    municipality_code: str | None
    address: str | None
    phone: str | None
    email: str | None
    has_identity_code: bool
    contact_source: str
    source: str
    registered_at: datetime
    version: int

    @property
    def name(self) -> str:
        """Aalto Aino: the order of lists."""
        return list_name(self.last_name, self.first_names, self.call_name)

    def age_on(self, day: date) -> int | None:
        """Return the full years lived by a day, or None when the birth date is not known."""
        born = self.birth_on
        if born is None:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True)
class ClientListFilter:
    """Which of the actor's clients a list shows; empty means all."""

    is_mine: bool = False
    municipality_code: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class CodeAnswer:
    """The answer to an identity code: the client when in scope, else only whether it is known and where (ruling 3).

    `known_id` is for the trail alone and is never shown.
    """

    is_known: bool
    client_id: UUID | None = None
    units: tuple[str, ...] = ()
    known_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Twins:
    """People like the one being registered: those the registrar may see, and whether one like that is elsewhere."""

    seen: tuple[ClientName, ...] = ()
    is_known_elsewhere: bool = False

    def __bool__(self) -> bool:
        """Whether there is anybody to tell of."""
        return bool(self.seen) or self.is_known_elsewhere


@dataclass(frozen=True, slots=True)
class SearchOutcome:
    """What a search led to: a client to open, clients to choose from, or an answer to an identity code."""

    opens: UUID | None = None
    hits: tuple[ClientName, ...] = ()
    has_more: bool = False
    words: str = ""
    answer: CodeAnswer | None = None

    @property
    def only_hit(self) -> UUID | None:
        """The client, when the words fit one alone."""
        return self.hits[0].id if len(self.hits) == 1 and not self.has_more else None


# ---------------------------------------------------------------- what is written down of a person

LONGEST_NAME: Final = 100
LONGEST_CONTACT: Final = 200
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE: Final = re.compile(r"\+?[0-9 ()-]{5,30}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientDetails:
    """What is written down of a person; an empty text and None both mean "not known".

    `is_another_person` is the registrar's word that the likely twins shown are somebody else.
    """

    last_name: str
    first_names: str
    call_name: str | None = None
    identity_code: str | None = None
    birth_on: date | None = None
    contact_language: str = "fi"
    interpreter_language: str | None = None
    needs_plain_language: bool = False
    is_protected: bool = False
    municipality_code: str | None = None
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    contact_source: str = ""
    is_another_person: bool = False


def check_details(details: ClientDetails, today: date, *, needs_birth: bool) -> ClientDetails:
    """Return the details tidied, with the birth date of the code, or raise `Refused` with everything that is wrong.

    `needs_birth`: without a code the birth date must be known, or nobody tells two namesakes apart.
    """
    kept = _tidied(details)
    problems = list(_name_problems(kept)) + list(_contact_problems(kept))
    code: IdentityCode | None = None
    try:
        code = parse_identity_code(kept.identity_code, today, field="identity_code") if kept.identity_code else None
    except IdentityCodeProblem as problem:
        problems.extend(problem.reasons)
    contradiction = birth_date_problem(code, kept.birth_on) if code else None
    if contradiction:
        problems.append(FieldProblem("birth_on", contradiction))
    elif needs_birth and not kept.identity_code and kept.birth_on is None:
        problems.append(FieldProblem("birth_on", N_("Write the birth date or the personal identity code.")))
    if kept.birth_on is not None and kept.birth_on > today:
        problems.append(FieldProblem("birth_on", N_("The birth date is in the future. Check it.")))
    if problems:
        raise Refused.because(problems)
    return replace(kept, identity_code=code.code, birth_on=code.birth_on) if code else kept


def _tidied(details: ClientDetails) -> ClientDetails:
    def contact(text: str | None) -> str | None:
        # under protection a dash travels on: there it takes away what is sealed
        return (" ".join((text or "").split()) if text != REMOVED or details.is_protected else "") or None

    return replace(
        details,
        last_name=tidy_name(details.last_name),
        first_names=tidy_name(details.first_names),
        call_name=tidy_name(details.call_name or "") or None,
        identity_code=(details.identity_code or "").strip() or None,
        interpreter_language=details.interpreter_language or None,
        municipality_code=contact(details.municipality_code),
        address=contact(details.address),
        phone=contact(details.phone),
        email=contact(details.email),
    )


def _name_problems(details: ClientDetails) -> Iterator[FieldProblem]:
    for field, text, missing in (
        ("last_name", details.last_name, N_("Write the last name.")),
        ("first_names", details.first_names, N_("Write the first names.")),
    ):
        if not name_parts(text):
            yield FieldProblem(field, missing)
        elif len(text) > LONGEST_NAME:
            yield FieldProblem(field, N_("Shorten the name to %(most)s characters.", most=LONGEST_NAME))


def _contact_problems(details: ClientDetails) -> Iterator[FieldProblem]:
    if details.phone not in (None, REMOVED) and not _PHONE.fullmatch(details.phone or ""):
        yield FieldProblem("phone", N_("Write the phone number in digits, for example 040 123 4567."))
    if details.email not in (None, REMOVED) and not _EMAIL.fullmatch(details.email or ""):
        yield FieldProblem("email", N_("Write the e-mail address in the form name@example.fi."))
    yield from too_long({"address": details.address, "email": details.email}, LONGEST_CONTACT)
