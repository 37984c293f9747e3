"""What a person is known by: the personal identity code, the name as it is searched for, and the reference."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.core.errors import Refused
from app.core.texts import N_, Text

# ---------------------------------------------------------------- personal identity code

_CENTURIES: Final = {"+": 1800, **dict.fromkeys("-YXWVU", 1900), **dict.fromkeys("ABCDEF", 2000)}
_CHECK_CHARACTERS: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_CODE: Final = re.compile(r"([0-9]{6})([-+ABCDEFYXWVU])([0-9]{3})([0-9A-FHJ-NPR-Y])")
_CODE_LIKE: Final = re.compile(r"[0-9]{6}[-+A-Z]?[0-9]{3}[0-9A-Z]")
_HYPHENS: Final = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_LOWEST_NUMBER: Final = 2
_FIRST_ARTIFICIAL: Final = 900


class IdentityCodeProblem(Refused):
    """A personal identity code that cannot be one; the message says what to check."""


@dataclass(frozen=True, slots=True)
class IdentityCode:
    """A valid personal identity code as it is written: 050284-932K. The century sign is part of who it is."""

    code: str

    @property
    def birth_on(self) -> date:
        """The birth date that the code carries."""
        return _birth_date(self.code)

    @property
    def is_artificial(self) -> bool:
        """Whether the number is 900 to 999: never in the population register, given for tests and temporarily."""
        return int(self.code[7:10]) >= _FIRST_ARTIFICIAL

    @property
    def masked(self) -> str:
        """The code with only the birth date and the century readable: 050284-****."""
        return f"{self.code[:7]}****"

    def __str__(self) -> str:
        return self.code

    def __repr__(self) -> str:
        """Keep the code out of logs and tracebacks."""
        return f"IdentityCode({self.code[4:7]}…)"


def parse_identity_code(text: str, today: date | None = None, *, field: str | None = None) -> IdentityCode:
    """Return the code a person typed, upper case and without spaces, or raise `IdentityCodeProblem`.

    The date must exist and the check character must fit; with `today`, the birth date must not lie ahead. The century
    signs `+`, `- Y X W V U` and `A B C D E F` are told apart and never exchanged. Sex is not read from the code.
    Source: 128/2010 as amended by 690/2022; `domain.md` 2.6.
    """
    typed = _squeezed(text)
    parts = _CODE.fullmatch(typed)
    if not parts:
        raise IdentityCodeProblem(
            N_("Write the personal identity code in full, for example 050284-932K: 11 characters with the sign."), field
        )
    day, number, check = parts[1], parts[3], parts[4]
    born = _existing_birth_date(typed, field)
    if today is not None and born > today:
        raise IdentityCodeProblem(
            N_("The birth date in the personal identity code, %(born)s, is in the future. Check the sign.", born=born),
            field,
        )
    if int(number) < _LOWEST_NUMBER:
        raise IdentityCodeProblem(
            N_("The personal identity code cannot have the number %(number)s. Check the three digits after the sign.",
               number=number),
            field,
        )  # fmt: skip
    if check != _CHECK_CHARACTERS[int(day + number) % 31]:
        raise IdentityCodeProblem(
            N_("The last character of the personal identity code does not fit the digits. Check every character."),
            field,
        )
    return IdentityCode(typed)


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).translate(_HYPHENS).split()).upper()


def _birth_date(code: str) -> date:
    return date(_CENTURIES[code[6]] + int(code[4:6]), int(code[2:4]), int(code[:2]))


def _existing_birth_date(code: str, field: str | None) -> date:
    try:
        return _birth_date(code)
    except ValueError:
        message = N_(
            "The personal identity code begins with a date that does not exist: %(day)s.%(month)s. Check the digits.",
            day=int(code[:2]),
            month=int(code[2:4]),
        )
        raise IdentityCodeProblem(message, field) from None


def birth_date_problem(code: IdentityCode, born_on: date | None) -> Text | None:
    """Return what to tell when a birth date contradicts the identity code, or None when they agree or one is absent."""
    if born_on is None or born_on == code.birth_on:
        return None
    return N_(
        "The birth date %(born)s does not fit the personal identity code, which says %(coded)s. Check both.",
        born=born_on,
        coded=code.birth_on,
    )


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
    bare = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).translate(_HYPHENS).casefold()
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
    if _CODE_LIKE.fullmatch(_squeezed(text)):
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
    ref = _REF.fullmatch(_squeezed(text))
    return int(ref[1]) if ref and int(ref[1]) >= FIRST_REF else None
