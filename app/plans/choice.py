"""Which kind of plan a benefit leads to on a day (RU04). Advice with its source; the worker decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.reference.domain import PlanRule

ASSISTANCE: Final = "social_assistance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What the rules say of a client on a day.

    `rule` is the row that holds for the client, None when the benefit is not known or leads to no certain plan;
    `rules` are all rows of the day, so that the page can say what each benefit would lead to.
    """

    benefit: str | None
    rule: PlanRule | None
    rules: tuple[PlanRule, ...]

    @property
    def kind(self) -> str | None:
        """The kind of plan that is advised, or None."""
        return self.rule.plan_kind if self.rule else None


def advise(rules: Iterable[PlanRule], *, benefit: str | None, has_assistance: bool | None, on: date) -> Advice:
    """Return the kind of plan the client's benefit leads to on a day, with the row that says so.

    Social assistance because of unemployment decides before any other benefit: the activation plan is of those who get
    it. The day of the 2026 amendment stands in the rows, not here. Source: 189/2001 section 3; 381/2023 section 4;
    HE 109/2025.
    """
    held = tuple(row for row in rules if row.is_valid(on))
    wanted = ASSISTANCE if has_assistance else benefit
    rule = next((row for row in held if row.benefit == wanted), None)
    return Advice(benefit=wanted, rule=rule, rules=held)
