"""The ways an act can be refused; the web layer turns each into its status and its page."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, NamedTuple

from app.core.texts import N_, Text


class FieldProblem(NamedTuple):
    """What is wrong in one field of a form; `field` is None when the problem is not in any one field."""

    field: str | None
    message: Text


def too_long(texts: Mapping[str, str | None], longest: int) -> list[FieldProblem]:
    """Return a problem for each text, by the name of its field, that is longer than may be kept."""
    words = N_("Shorten the text to at most %(longest)s characters.", longest=longest)
    return [FieldProblem(name, words) for name, text in texts.items() if len(text or "") > longest]


class DomainError(Exception):
    """An act that could not be done, with a sentence for the person who tried it."""

    status: ClassVar[int] = 400

    def __init__(self, message: Text, field: str | None = None) -> None:
        """Keep the sentence and, when one field is to blame, its name."""
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        """Return the English sentence."""
        return str(self.message)


class NotFound(DomainError):
    """What was asked for does not exist, or the asker may not know that it does: the two look the same."""

    status: ClassVar[int] = 404

    def __init__(self, message: Text | None = None, field: str | None = None) -> None:
        """Say the same sentence for every record unless the caller knows a better one that gives nothing away."""
        super().__init__(message or N_("There is nothing to show at this address."), field)


class Forbidden(DomainError):
    """The asker may see the record but not do this to it."""

    status: ClassVar[int] = 403

    def __init__(self, message: Text | None = None, field: str | None = None) -> None:
        """Say in general that the right is missing unless the caller knows which."""
        super().__init__(message or N_("Your role does not allow this."), field)


class Conflict(DomainError):
    """Somebody else changed the record in between."""

    status: ClassVar[int] = 409


class Refused(DomainError):
    """The values given cannot be accepted; every reason is told at once, each at its field."""

    status: ClassVar[int] = 422

    def __init__(self, message: Text, field: str | None = None, reasons: Iterable[FieldProblem] = ()) -> None:
        """Take the reasons as given, or make the one reason out of the message and its field."""
        super().__init__(message, field)
        self.reasons: tuple[FieldProblem, ...] = tuple(reasons) or (FieldProblem(field, message),)

    @classmethod
    def because(cls, reasons: Iterable[FieldProblem]) -> "Refused":
        """Gather several reasons, at least one, into one refusal that is headed by the first of them."""
        gathered = tuple(reasons)
        return cls(gathered[0].message, gathered[0].field, gathered)


class TooMany(DomainError):
    """The same thing was tried too often; it works again later."""

    status: ClassVar[int] = 429
