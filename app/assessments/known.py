"""What is known of a client, where much may be unknown: values of three kinds, and the questions rules ask of them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple, TypeAlias

from app.cases.domain import SOCIAL_ASSISTANCE, Background
from app.core.texts import Text
from app.core.workdays import months_between

Truth: TypeAlias = bool | None
"""Met, not met, or not known; what is not known is never taken for "no"."""


def all_of(*parts: Truth) -> Truth:
    """Return whether all hold: one that does not settles it, else one that is not known leaves it open."""
    if any(part is False for part in parts):
        return False
    return None if any(part is None for part in parts) else True


def any_of(*parts: Truth) -> Truth:
    """Return whether one holds: one that does settles it, else one that is not known leaves it open."""
    if any(part is True for part in parts):
        return True
    return None if any(part is None for part in parts) else False


NOTHING: Final = Background()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a client on a day; None is not known.

    `signals` and `triggers` are None until somebody has looked for them. `municipality` is None as well when the
    address is protected. The facts of the last lines belong to rules that nobody keeps a record for: whoever asks
    tells them.
    """

    on: date
    born_on: date | None = None
    municipality: str | None = None
    background: Background = NOTHING
    signals: frozenset[str] | None = None
    triggers: frozenset[str] | None = None
    score: Decimal | int | None = None
    open_models: frozenset[str] = frozenset()
    has_employment_plan: Truth = None
    has_integration_plan: Truth = None
    has_obstacle_beyond_skills: Truth = None
    has_prospect_in_two_years: Truth = None
    work_status: str | None = None
    may_get_earnings_related: Truth = None
    has_foreign_background: Truth = None
    is_incapacity_near: Truth = None
    is_examined: Truth = None
    is_in_specialised_care: Truth = None
    needs_more_examination: Truth = None
    is_pension_at_risk: Truth = None
    has_statement_b: Truth = None
    is_youth_service: Truth = None

    @property
    def age(self) -> int | None:
        """Whole years on the day; whoever was born on 29 February turns a year older on 1 March."""
        if self.born_on is None:
            return None
        had_birthday = (self.on.month, self.on.day) >= (self.born_on.month, self.born_on.day)
        return self.on.year - self.born_on.year - (0 if had_birthday else 1)

    @property
    def is_unemployed(self) -> Truth:
        """Whether the client is unemployed; a day since when tells it too."""
        said = self.background.is_unemployed
        return True if said is None and self.background.unemployed_since is not None else said

    def is_younger_than(self, years: int | None) -> Truth:
        """Whether the client is younger."""
        return None if self.age is None or years is None else self.age < years

    def is_between(self, least: int | None, most: int | None) -> Truth:
        """Whether the age lies between two ages, both included."""
        return None if self.age is None else (least or 0) <= self.age <= (most or 200)

    def has_months_since(self, start: date | None, months: int | None) -> Truth:
        """Whether so many calendar months have gone since a day."""
        return None if start is None or months is None else months_between(start, self.on) >= months

    def has_lived_on_assistance(self, months: int | None) -> Truth:
        """Whether social assistance because of unemployment has been the main income for so many calendar months."""
        if self.background.benefit not in {None, SOCIAL_ASSISTANCE}:
            return False
        return self.has_months_since(self.background.assistance_since, months)

    def has_any(self, signals: frozenset[str], triggers: frozenset[str] = frozenset()) -> Truth:
        """Whether one of the signs is on record; no when somebody has looked for both kinds and found none of these."""
        if not signals.isdisjoint(self.signals or ()) or not triggers.isdisjoint(self.triggers or ()):
            return True
        is_looked_for = (not signals or self.signals is not None) and (not triggers or self.triggers is not None)
        return False if is_looked_for else None

    @property
    def signs(self) -> int:
        """How many signals and triggers are on record."""
        return len(self.signals or ()) + len(self.triggers or ())


class Limb(NamedTuple):
    """One condition of a rule: its code, the condition as a sentence, and whether it holds."""

    code: str
    words: Text
    holds: Truth
