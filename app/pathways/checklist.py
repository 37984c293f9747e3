"""What a stage asks for, item by item, with what is on record of it; and how long a stay in it has lasted.

Pure: the stage, the facts and the days come in. Source: FR04; domain 1.5, the artefacts of each cell.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.core.texts import N_, N_n, Text
from app.pathways.domain import Doer, Facts, Item, ItemKind
from app.pathways.pathway import Stage

DOERS: Final[Mapping[Doer, Text]] = {
    Doer.CLIENT: N_("Client"),
    Doer.PROFESSIONAL: N_("Professional"),
    Doer.WORKER: N_("Responsible worker"),
    Doer.COORDINATOR: N_("Work-ability coordinator"),
    Doer.SOCIAL_WELFARE: N_("Social welfare worker"),
    Doer.DISABILITY_SERVICES: N_("Disability services worker"),
    Doer.LABOUR_AUTHORITY: N_("Labour authority"),
    Doer.ACTIVITY_COUNSELLOR: N_("Counsellor of the activity"),
    Doer.DAY_INSTRUCTOR: N_("Instructor of day activity"),
    Doer.GROUP_INSTRUCTOR: N_("Instructor of the group"),
    Doer.COACH: N_("Employment coach"),
    Doer.EMPLOYER: N_("Employer"),
    Doer.NETWORK: N_("Network"),
}
KINDS: Final[Mapping[ItemKind, Text]] = {
    ItemKind.DEED: N_("Deed"),
    ItemKind.DOCUMENT: N_("Document"),
    ItemKind.CONSENT: N_("Permission or basis"),
    ItemKind.MEASURE: N_("Measure"),
    ItemKind.MEETING: N_("Meeting"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One item with whether it is on record."""

    item: Item
    is_met: bool

    @property
    def is_missing(self) -> bool:
        """Whether the item is still asked for: an optional one never is."""
        return not self.is_met and not self.item.is_optional

    @property
    def state(self) -> Text:
        """The state in words."""
        if self.is_met:
            return N_("On record")
        return N_("If needed") if self.item.is_optional else N_("Missing")

    @property
    def kind(self) -> Text:
        """What the item is, in words."""
        return KINDS[self.item.kind]

    @property
    def who(self) -> tuple[Text, ...]:
        """Who sees to it, in words."""
        return tuple(DOERS[one] for one in self.item.who)


@dataclass(frozen=True, slots=True)
class Checklist:
    """The items of a stage in the model's order."""

    lines: tuple[Line, ...]

    @property
    def required(self) -> int:
        """How many items may not be left undone."""
        return sum(not line.item.is_optional for line in self.lines)

    @property
    def done(self) -> int:
        """How many of these are on record."""
        return sum(line.is_met and not line.item.is_optional for line in self.lines)

    @property
    def first_missing(self) -> Item | None:
        """The first item that is still asked for, or None."""
        return next((line.item for line in self.lines if line.is_missing), None)


def checklist_of(stage: Stage, facts: Facts) -> Checklist:
    """Return the checklist of a stage with what is on record today."""
    return Checklist(tuple(Line(item, facts.has(item.code)) for item in stage.checklist))


@dataclass(frozen=True, slots=True)
class Stay:
    """How long a stage has been open: since a day, for so many days, and the organisation's own target."""

    since: date
    days: int
    usual_days: int | None

    @property
    def is_long(self) -> bool:
        """Whether it has lasted longer than the target; on the last day of the target it has not."""
        return self.usual_days is not None and self.days > self.usual_days

    @property
    def mark(self) -> Text | None:
        """The mark of a stay that has lasted too long, or None."""
        if self.usual_days is None or not self.is_long:
            return None
        return N_n("Longer than usual (%(num)s day)", "Longer than usual (%(num)s days)", self.usual_days)


def stay_in(stage: Stage, since: date | None, *, today: date) -> Stay | None:
    """Return the stay in an open stage, or None when the day it began is not known."""
    return None if since is None else Stay(since, (today - since).days, stage.usual_days)
