"""What the trail says about a look or an act, in words: the purpose of a look, the name of an act."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from app.access.actor import Actor
from app.access.predicates import Subject, coordinates_case, in_case_team, leads_case_team
from app.core.texts import N_, Text


class Purpose(StrEnum):
    """Why somebody looked (act 703/2023, section 10)."""

    OWN = "own"
    TEAM = "team"
    COORDINATION = "coordination"
    SUPERVISION = "supervision"
    SEARCH = "search"


PURPOSES: Final[Mapping[str, Text]] = {
    Purpose.OWN: N_("own client"),
    Purpose.TEAM: N_("client of the own team"),
    Purpose.COORDINATION: N_("coordination"),
    Purpose.SUPERVISION: N_("supervision"),
    Purpose.SEARCH: N_("search"),
}


def purpose_of(actor: Actor, subject: Subject) -> str:
    """Return why the actor looks at the record: the nearest relation to the client that they have.

    A standing of one's own comes before the team, the team before coordination, that before supervision; who has
    none of these (a privacy officer reading a log) supervises.
    """
    if subject.kinds:
        return Purpose.OWN
    if in_case_team(actor, subject):
        return Purpose.TEAM
    if coordinates_case(actor, subject):
        return Purpose.COORDINATION
    if leads_case_team(actor, subject):
        return Purpose.SUPERVISION
    return Purpose.SUPERVISION


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One row of the trail as the log pages show it: ids and codes, no content."""

    id: int
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    actor_name: str
    action: str
    object_kind: str
    object_id: UUID | None
    client_id: UUID | None
    case_id: UUID | None
    purpose: str
    outcome: str
    is_listed: bool = False
    detail: Mapping[str, Any] = field(default_factory=dict)
