"""Values of ability over time. Which measures exist, their scales and thresholds are data (domain 1.7)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from app.core.errors import FieldProblem
from app.core.texts import N_

WORK_ABILITY_SCORE: Final = "ME01"


@dataclass(frozen=True, slots=True)
class MeasureEntry:
    """One value as a page shows it; `asks_closer_look` when it is at or under the measure's threshold (RU15)."""

    id: UUID
    measure: str
    value: int
    measured_on: date
    remark: str | None
    entered_at: datetime
    entered_by: UUID | None
    asks_closer_look: bool


def problems_of(
    *, value: int, measured_on: date, today: date, minimum: int | None, maximum: int | None
) -> list[FieldProblem]:
    """What is wrong with a value: outside the scale, or measured in the future."""
    found: list[FieldProblem] = []
    if minimum is not None and maximum is not None and not minimum <= value <= maximum:
        found.append(
            FieldProblem("value", N_("Write a whole number from %(low)s to %(high)s.", low=minimum, high=maximum))
        )
    if measured_on > today:
        found.append(FieldProblem("measured_on", N_("The day of the measure cannot be in the future.")))
    return found
