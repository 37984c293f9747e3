"""What every fact of the world is made of: words in up to three languages, a dated row, and a list of such rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Generic, TypeVar

LANGUAGES: Final = ("fi", "sv", "en")


@dataclass(frozen=True, slots=True)
class Words:
    """A text kept in a configuration file in up to three languages; Finnish is always there."""

    fi: str
    sv: str | None = None
    en: str | None = None

    def __str__(self) -> str:
        """Return the Finnish words, so that a template may write `{{ term.label }}`."""
        return self.fi

    def say(self, language: str) -> str:
        """Return the words in a language (`fi`, `sv`, `en`), in Finnish where they are not translated yet."""
        return {"sv": self.sv, "en": self.en}.get(language) or self.fi


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One row of a code list. `valid_from` and `valid_to` are both inside; None means no known end on that side."""

    code: str
    label: Words
    valid_from: date | None = None
    valid_to: date | None = None
    basis: str | None = None
    note: Words | None = None
    former_names: tuple[str, ...] = ()
    succeeded_by: tuple[str, ...] = ()
    is_automatic: bool = False

    def is_valid(self, on: date) -> bool:
        """Return whether the row holds on a day."""
        return holds(self.valid_from, self.valid_to, on)


def holds(valid_from: date | None, valid_to: date | None, on: date) -> bool:
    """Return whether a day lies between two days, both included; None is open."""
    return (valid_from is None or valid_from <= on) and (valid_to is None or on <= valid_to)


T = TypeVar("T", bound=Term)


class CodeList(Generic[T]):
    """Rows of one kind in the order of their file. A code may have several rows that do not hold at the same time."""

    def __init__(self, name: str, rows: tuple[T, ...]) -> None:
        """Keep the rows; the later row of a code is its newest version."""
        self.name = name
        self.rows = rows
        self._newest = {row.code: row for row in rows}
        self._named = {_folded(name): row for row in rows for name in (*row.former_names, str(row.label))}

    def __iter__(self) -> Iterator[T]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, code: object) -> bool:
        return code in self._newest

    @property
    def codes(self) -> frozenset[str]:
        """Every code of the list, ended ones too."""
        return frozenset(self._newest)

    def get(self, code: str) -> T:
        """Return the newest row of a code, ended or not, or raise KeyError: history needs its labels."""
        try:
            return self._newest[code]
        except KeyError:
            raise KeyError(f"{self.name}: no code {code!r}") from None

    def find(self, code: str | None) -> T | None:
        """Return the newest row of a code, or None."""
        return None if code is None else self._newest.get(code)

    def pick(self, code: str, on: date) -> T | None:
        """Return the row of a code that holds on a day, or None."""
        return next((row for row in self.rows if row.code == code and row.is_valid(on)), None)

    def on(self, day: date) -> tuple[T, ...]:
        """Return the rows that hold on a day, for a choice on a form; rows only the program writes are left out."""
        return tuple(row for row in self.rows if row.is_valid(day) and not row.is_automatic)

    def named(self, name: str) -> T | None:
        """Return the row of a Finnish or former name, spaces and letter case aside, or None."""
        return self._named.get(_folded(name))

    def label(self, code: str | None) -> str:
        """Return the Finnish label, or the code itself when the list does not know it: an old row still shows."""
        row = self.find(code)
        return str(row.label) if row else (code or "")


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
