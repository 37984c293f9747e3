"""The shapes of the invented region: its staff, its names, its stories, and what making it has done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What a client said and was told in one stage."""

    way: str = "visit"
    took_part: tuple[str, ...] = ("client",)
    own_view: str | None = None
    wishes: str | None = None
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a client says of a goal."""

    answer: str
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """Feedback given so many days ago; `reply` None: nobody has answered yet."""

    stage: str
    about: str
    days_ago: int
    words: str
    way: str = "visit"
    rating: int | None = None
    reply: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One result of a measure, so many days ago."""

    measure: str
    days_ago: int
    value: int | None = None
    language: str | None = None
    name: str | None = None
    summary: str | None = None
    reference: str | None = None
    observations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Everything one client has said on the way: a talk for each stage, replies to goals, feedback, measures."""

    talks: Mapping[str, Talk]
    goals: tuple[Reply, ...]
    feedback: tuple[Opinion, ...]
    measures: tuple[Measured, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """A period of activity that began so many weeks ago and has so many left; the same hours on each weekday."""

    weeks: int
    weeks_left: int
    weekdays: tuple[int, ...]
    starts: int
    ends: int
    place: str
    provider: str
    travel: str
    instructor: str = ""
    steward_by: str | None = None
    contract: str | None = None
    limit_reason: str = ""
    evaluation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """How a plan is put into practice: the answers of an implementation plan by their code, and what the client says.

    `to_coaching`: whether the client is guided to coaching, yes or no.
    """

    summary: str
    answers: Mapping[str, str]
    to_coaching: str
    client_comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """How one client goes on along another path."""

    model: str
    outcome: str
    source: str
    text: str
    estimate: str
    note: str
    profession_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMeeting:
    """A meeting of a group so many weeks ago; `situations`: how things stood with one client after the other."""

    weeks_ago: int
    parties: tuple[str, ...]
    participants: str
    notes: str
    situations: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What was talked about, measured and done with some clients: voices and periods by model, and a next path."""

    voices: Mapping[str, Voice]
    activities: Mapping[str, tuple[Activity, ...]]
    practice: Practice
    group_meeting: GroupMeeting
    next_path: Onward


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
