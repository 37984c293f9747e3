"""The shapes of the invented region: its staff, its names, its stories, and what making it has done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.pathways.domain import StageCode

LEAST_WORKERS: Final = 11
CLIENTS_OF_A_WORKER: Final = 40
WORKERS_OF_A_TEAM: Final = 8


@dataclass(frozen=True, slots=True)
class Line:
    """What an entry says: one line, and more where there is more to say."""

    line: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody does for a goal; owner client, worker or other."""

    owner: str
    text: str


@dataclass(frozen=True, slots=True)
class Wish:
    """A goal in the client's own words."""

    text: str
    actions: tuple[Deed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A situation in life that many cases are made of. `age`: years, both included; `plain`: needs plain language."""

    key: str
    models: tuple[str, ...]
    parties: tuple[str, ...]
    score: int
    summary: str
    identification: tuple[Line, ...]
    assessment: tuple[Line, ...]
    progress: tuple[Line, ...]
    situations: tuple[str, ...]
    changes: tuple[str, ...]
    goals: tuple[Wish, ...]
    promises: Mapping[str, tuple[str, ...]]
    age: tuple[int, int] = (20, 62)
    plain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """Texts that fit every case."""

    contact: Mapping[str, tuple[str, ...]]
    contact_texts: tuple[str, ...]
    task_division: tuple[Line, ...]
    plan: tuple[Line, ...]
    handover_notes: tuple[Line, ...]
    no_show: tuple[Line, ...]
    partner_contact: tuple[Line, ...]
    network_meeting: tuple[Line, ...]
    feedback: tuple[Line, ...]
    participants: tuple[str, ...]
    late_reasons: tuple[str, ...]
    client_comments: tuple[str, ...]
    handover_reasons: tuple[str, ...]
    profession_reasons: tuple[str, ...]
    skip_reasons: tuple[str, ...]
    closings: Mapping[str, str]
    members: tuple[Mapping[str, str], ...]
    consent_remarks: tuple[str, ...]
    withdrawal_reasons: tuple[str, ...]
    measure_remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """Names of people whose contact language is not Finnish."""

    language: str
    last_names: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    interpreter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the names and addresses of invented people are drawn from."""

    last_names: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    second_women: tuple[str, ...]
    second_men: tuple[str, ...]
    other_languages: tuple[Foreign, ...]
    streets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamSeed:
    """A team, its share of the clients, and the municipalities (code → share) they live in."""

    key: str
    name: str
    weight: int
    towns: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSeed:
    """One of the staff; `is_shown`: printed at the start of the demo."""

    username: str
    name: str
    roles: tuple[str, ...]
    professions: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    is_shown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """The invented staff of the region and their one password."""

    password: str
    role_words: Mapping[str, str]
    teams: tuple[TeamSeed, ...]
    staff: tuple[StaffSeed, ...]
    worker_professions: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What one client tells when a need is recognised."""

    channel: str
    signals: tuple[str, ...]
    texts: Mapping[str, str]
    remark: str
    wish: str
    triggers: tuple[str, ...] = ()
    benefit: str | None = None
    benefit_days: int | None = None
    is_beyond_public_services: bool | None = None
    needs_joint_support: bool | None = None
    is_disability_client: bool | None = None
    is_in_day_activity: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """What one needs assessment says."""

    profession: str
    texts: Mapping[str, str]
    is_office_holder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """Everything the demo's clients tell, a life for each model and an assessment for two of them."""

    lives: tuple[Life, ...]
    assessments: tuple[Assessed, ...]


@dataclass(frozen=True, slots=True)
class Texts:
    """Everything the demo is made of."""

    region: Region
    names: Names
    common: Common
    stories: tuple[Story, ...]


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """What a visitor needs to sign in: user name, whose it is, the roles in Finnish, the password."""

    username: str
    full_name: str
    role: str
    password: str


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What making the demo did: nothing when `is_made` is false, since there was something already."""

    is_made: bool
    clients: int = 0
    open_cases: int = 0
    unassigned: int = 0
    users: int = 0
    teams: int = 0
    overdue: int = 0
    rows: int = 0


class Carrier(StrEnum):
    """What makes a case fall due on its day."""

    REVIEW = "review"
    PERIOD = "period"
    PROMISE = "promise"
    CONSENT = "consent"
    BASIS = "basis"


@dataclass(frozen=True, slots=True)
class Worker:
    """A responsible worker as the demo places them."""

    id: UUID
    team_id: UUID
    team_key: str
    professions: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a case is to be like: its model and stage, who works on it, and when what falls due first.

    `worker` None: on the coordinators' list. `due_on` None: nothing falls due. `ends_on`: closed on that day.
    """

    model: str
    stage: StageCode
    story: Story
    worker: Worker | None = None
    pair: Worker | None = None
    earlier: Worker | None = None
    due_on: date | None = None
    carrier: Carrier = Carrier.PROMISE
    ends_on: date | None = None
