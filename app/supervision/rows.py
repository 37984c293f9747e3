"""What the lists behind the numbers show, row by row and page by page; and the log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.audit.domain import AuditRow, Deed
from app.clients.domain import ClientName
from app.pathways.domain import StageCode


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """One review that is due: whose, of which plan, by when, and who answers."""

    case_id: UUID
    name: str
    ref: str
    is_protected: bool
    number: int
    stage: str
    plan: str
    worker: str
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """One page of reviews; `reviews` and `clients` count the whole list, `first` numbers the first row."""

    rows: tuple[ReviewRow, ...]
    reviews: int
    clients: int
    first: int
    next_cursor: str | None
    previous_cursor: str | None
    worker: str
    team: str


@dataclass(frozen=True, slots=True)
class LeadRow:
    """How long one open case took from stage 2 to stage 4."""

    case_id: UUID
    client: ClientName
    worker: str
    from_on: date
    to_on: date

    @property
    def days(self) -> int:
        """Calendar days."""
        return (self.to_on - self.from_on).days


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadPage:
    """One page of lead times, the longest first."""

    rows: tuple[LeadRow, ...]
    cases: int
    median_days: float | None
    first: int
    next_cursor: str | None
    previous_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StayRow:
    """One case that has been in its stage longer than the stage's target.

    `county_days` is the county's own median of such a stay, None where it knows too few.
    """

    case_id: UUID
    client: ClientName
    number: int
    stage: str
    since: date
    days: int
    usual_days: int
    county_days: int | None
    worker: str

    @property
    def over(self) -> int:
        """How many days ago the target was passed."""
        return self.days - self.usual_days


@dataclass(frozen=True, slots=True, kw_only=True)
class StayPage:
    """One page of long stays, the one longest past its target first; `by_stage` counts them in every stage."""

    rows: tuple[StayRow, ...]
    cases: int
    by_stage: Mapping[StageCode, int]
    first: int
    next_cursor: str | None
    previous_cursor: str | None
    worker: str
    team: str


# ---------------------------------------------------------------- the log
@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """One row of the log: who, what, when, about whom by reference only."""

    row: AuditRow
    deed: Deed
    ref: str
    listed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """One page of the log, newest first."""

    rows: tuple[LogRow, ...]
    next_cursor: str | None
    previous_cursor: str | None
