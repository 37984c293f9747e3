"""The personal identity code: reading it, checking it, and the birth date it carries. Plain Python."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.core.errors import Refused
from app.core.texts import N_, Text

_CENTURIES: Final = {"+": 1800, **dict.fromkeys("-YXWVU", 1900), **dict.fromkeys("ABCDEF", 2000)}
_CHECK_CHARACTERS: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_CODE: Final = re.compile(r"([0-9]{6})([-+ABCDEFYXWVU])([0-9]{3})([0-9A-FHJ-NPR-Y])")
CODE_LIKE: Final = re.compile(r"[0-9]{6}[-+A-Z]?[0-9]{3}[0-9A-Z]")
HYPHENS: Final = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
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
    typed = squeezed(text)
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


def squeezed(text: str) -> str:
    """Return a typed code or reference in capitals, without spaces, every kind of hyphen as the plain one."""
    return "".join(unicodedata.normalize("NFKC", text).translate(HYPHENS).split()).upper()


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
