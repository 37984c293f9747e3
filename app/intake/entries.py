"""What can be brought into the register in bulk, as plain values: clients with their cases and all that hangs on them.

Codes are those of `config/reference` and of the features' domains. An id is given where another row or a caller needs
it; days are Helsinki days. Nothing here is checked: whoever builds these (import, demo, bench) has checked or made it.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from app.core.ids import new_id
from app.pathways.domain import StageCode


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVisit:
    """One stay in one stage: `in_progress`, `done` or `not_needed`; both days may be unknown."""

    stage: StageCode
    state: str
    entered_on: date | None = None
    left_on: date | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAssignment:
    """Who is responsible from an instant on; the next assignment of the line ends it, the last one is today's."""

    user_id: UUID
    since: datetime
    reason: str | None = None
    profession_exception: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPromise:
    """What was promised in an entry: owner worker, client or other. With a day and not done, it is a duty."""

    owner: str
    text: str
    due_on: date | None = None
    done_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNote:
    """One entry. `author_id` None: whoever brings it in; `stage` None: the case's current one."""

    kind: str
    happened_on: date
    line: str
    text: str | None = None
    topic: str = ""
    is_visible_to_client: bool = False
    stage: StageCode | None = None
    author_id: UUID | None = None
    written_at: datetime | None = None
    promises: tuple[NewPromise, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAction:
    """What is done for a goal: owner client, worker or other; state open, done or cancelled."""

    text: str
    owner: str
    due_on: date | None = None
    state: str = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGoal:
    """A goal in the client's own words, with its actions."""

    text: str
    actions: tuple[NewAction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReview:
    """A review that was held. `parties` by code, `participants` by name.

    `outcomes`: met, partly or not for the plan's goals in their order, as many as known.
    """

    held_on: date
    situation: str | None = None
    changes: str | None = None
    parties: tuple[str, ...] = ()
    participants: str | None = None
    late_reason: str | None = None
    outcomes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlan:
    """One plan with its one version, in force since `in_force_on`; None: a draft.

    `accepted_on` is the day the `signers` accepted it. `next_review_on` None: the day follows from the cadences
    (ruling 16). Its duties follow from all this.
    """

    kind: str
    in_force_on: date | None
    period_start: date | None = None
    period_end: date | None = None
    accepted_on: date | None = None
    acceptance_way: str | None = None
    signers: tuple[str, ...] = ("client",)
    next_review_on: date | None = None
    next_review_reason: str | None = None
    summary: str | None = None
    client_comment: str | None = None
    goals: tuple[NewGoal, ...] = ()
    reviews: tuple[NewReview, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConsentItem:
    """One line of a consent: party, data category, purpose, and given or refused."""

    party: str
    category: str
    purpose: str
    answer: str = "given"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConsent:
    """One consent, permission, prohibition or statutory basis; with a last day still ahead or gone it is a duty."""

    kind: str
    basis: str
    given_on: date
    form: str
    items: tuple[NewConsentItem, ...]
    text_version: str = "2026-11"
    given_by: str = "self"
    valid_until: date | None = None
    remark: str | None = None
    withdrawn_on: date | None = None
    withdrawal_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMember:
    """A person beside the client; `lacks_basis` opens the duty to get a basis or take the person out."""

    name: str
    party: str
    role: str = ""
    contact: str | None = None
    lacks_basis: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMeasure:
    """One value of a measure, ME01 the work-ability score 0 to 10."""

    measure: str
    value: int
    measured_on: date
    remark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecorded:
    """A document that lies in another system (DO and SY codes)."""

    document: str
    system: str
    recorded_on: date
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """One run of one pathway. `line` empty: on the coordinators' list. `closed_on` set: closed with `outcome`."""

    model: str
    opened_on: date
    visits: tuple[NewVisit, ...]
    model_version: int | None = None
    team_id: UUID | None = None
    line: tuple[NewAssignment, ...] = ()
    pair_ids: tuple[UUID, ...] = ()
    contact_source: str = ""
    plans: tuple[NewPlan, ...] = ()
    notes: tuple[NewNote, ...] = ()
    consents: tuple[NewConsent, ...] = ()
    members: tuple[NewMember, ...] = ()
    measures: tuple[NewMeasure, ...] = ()
    recorded: tuple[NewRecorded, ...] = ()
    closed_on: date | None = None
    outcome: str | None = None
    closing_text: str | None = None
    id: UUID = field(default_factory=new_id)

    @property
    def worker_id(self) -> UUID | None:
        """Who is responsible today; nobody in a closed case."""
        return self.line[-1].user_id if self.line and self.closed_on is None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClient:
    """A person with the cases. `identity_code` as `parse_identity_code` writes it; one that is known is no new client.

    Under address protection municipality, address, phone and e-mail go under the seal and nowhere else (ruling 1).
    """

    last_name: str
    first_names: str
    call_name: str | None = None
    identity_code: str | None = None
    birth_on: date | None = None
    contact_language: str = "fi"
    interpreter_language: str | None = None
    needs_plain_language: bool = False
    is_protected: bool = False
    municipality_code: str | None = None
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    contact_source: str = ""
    cases: tuple[NewCase, ...] = ()
    id: UUID = field(default_factory=new_id)
