"""Sentences for people, kept apart from the language they are shown in.

A rule deep inside says *what* is wrong as a `Text`; the page, the mail or the command line that shows it chooses the
language. The English msgid is the key of the catalogue, so it must be written where the extractor sees it: inside a
call of `N_` or `N_n`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol, TypeAlias, Union

Param: TypeAlias = Union[str, int, Decimal, date, "Text"]


class Catalogue(Protocol):
    """What `Text.render` needs of a language; `gettext.NullTranslations` and Babel's `Translations` have it."""

    def gettext(self, message: str, /) -> str:
        """Return the translation of a msgid, or the msgid itself."""
        ...

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        """Return the translation of the form that fits the number."""
        ...


def format_day(day: date) -> str:
    """Write a day as the service always writes it: 5.2.2026, no leading zeros."""
    return f"{day.day}.{day.month}.{day.year}"


@dataclass(frozen=True, slots=True)
class Text:
    """One translatable sentence; equal sentences are equal and hash alike, so they can stand in sets and tests."""

    msgid: str
    params: tuple[tuple[str, Param], ...] = ()
    plural: str | None = None
    num: int | None = None

    def __post_init__(self) -> None:
        """Refuse an instant: it would be shown as the day in UTC, which near midnight is the wrong one."""
        for name, value in self.params:
            if isinstance(value, datetime):
                message = f"{name}: give a text the local date, not an instant"
                raise TypeError(message)

    def render(self, catalogue: Catalogue) -> str:
        """Return the sentence in the catalogue's language with days as 5.2.2026 and inner texts rendered too."""
        if self.plural is None or self.num is None:
            pattern = catalogue.gettext(self.msgid)
        else:
            pattern = catalogue.ngettext(self.msgid, self.plural, self.num)
        if not self.params:
            # As gettext users expect: a sentence without parameters may hold a bare per cent sign.
            return pattern
        return pattern % {name: _shown(value, catalogue) for name, value in self.params}

    def __str__(self) -> str:
        """Return the English sentence, for logs and test failures."""
        return self.render(_ENGLISH)


def _shown(value: Param, catalogue: Catalogue) -> str | int | Decimal:
    if isinstance(value, Text):
        return value.render(catalogue)
    if isinstance(value, date):
        return format_day(value)
    return value


class _English:
    """The language of the msgids themselves."""

    def gettext(self, message: str, /) -> str:
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        return msgid1 if n == 1 else msgid2


_ENGLISH = _English()


def N_(msgid: str, **params: Param) -> Text:  # noqa: N802 - the name is gettext's own for "mark, translate later"
    """Mark an English sentence for translation; parameters are written `%(name)s` in it."""
    return Text(msgid, _pairs(params))


def N_n(singular: str, plural: str, num: int, **params: Param) -> Text:  # noqa: N802 - as above, with a number
    """Mark a sentence that depends on a number; `%(num)s` is the number itself."""
    return Text(singular, _pairs({"num": num, **params}), plural, num)


def _pairs(params: Mapping[str, Param]) -> tuple[tuple[str, Param], ...]:
    return tuple(sorted(params.items(), key=lambda pair: pair[0]))
