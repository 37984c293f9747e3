"""What the client page is made of, and the order its parts stand in. Plain values, no database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from app.access.permissions import Permission
from app.audit.domain import AuditRow
from app.cases.domain import CaseView, ClosingView, NoteView, RecordedView, StepView, VisitView
from app.clients.domain import ClientView
from app.consents.domain import ConsentView
from app.core.clock import local_date
from app.core.texts import N_, Text
from app.network.domain import MemberView
from app.pathways.advice import NextAction
from app.pathways.checklist import Checklist, Stay
from app.pathways.domain import Facts, LinkKind, Need, OnRecord
from app.pathways.engine import Move, StageMap, StageState, Visit
from app.pathways.pathway import Pathway, Stage
from app.workbench.stages import Asked, StageRow

LOG_FORM: Final = "log"
FOLD_AT: Final = 280
LATEST_CONTACTS: Final = 2
FIRST_STEP_OF_REVIEW: Final = "tilanne"

# The right that the act behind an advice asks for; writing an entry is the least.
RIGHTS: Final[Mapping[LinkKind, Permission]] = {
    LinkKind.ASSESS_NEEDS: Permission.ASSESSMENT_EDIT,
    LinkKind.ASSIGN_WORKER: Permission.ASSIGN_WORKER,
    LinkKind.CLOSE_CASE: Permission.CASE_MOVE_STAGE,
    LinkKind.ENTER_MEASURE: Permission.MEASURE_ENTER,
    LinkKind.HEAR_CLIENT: Permission.PARTICIPATION_RECORD,
    LinkKind.IDENTIFY: Permission.ASSESSMENT_EDIT,
    LinkKind.KEEP_ACTIVITY: Permission.ACTIVITY_EDIT,
    LinkKind.MOVE_STAGE: Permission.CASE_MOVE_STAGE,
    LinkKind.OPEN_NETWORK: Permission.NETWORK_EDIT,
    LinkKind.OPEN_PLAN: Permission.PLAN_EDIT,
    LinkKind.RECORD_CONSENT: Permission.CONSENT_RECORD,
    LinkKind.REVIEW_PLAN: Permission.PLAN_REVIEW,
    LinkKind.WRITE_PLAN: Permission.PLAN_EDIT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The numbers on the tabs."""

    plans: int = 0
    consents: int = 0
    consents_ending: int = 0
    members: int = 0
    members_without_basis: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseShell:
    """Everything that the head of each case page shows."""

    case: CaseView
    client: ClientView
    age: int | None
    language: str
    interpreter: str | None
    outcome: str | None
    model: str
    worker_name: str | None
    deputy_name: str | None
    before: tuple[UUID, str] | None
    after: tuple[UUID, str] | None
    stages: tuple[StageRow, ...]
    current_number: int
    checklist: Checklist
    action: NextAction
    counts: Counts
    may: frozenset[str]
    has_activity: bool = False
    late_others: int = 0

    @property
    def may_act(self) -> bool:
        """Whether the reader may do what the advice says."""
        return self.may_do(self.action.link)

    def may_do(self, link: LinkKind) -> bool:
        """Return whether the reader may put on record what a link leads to."""
        return RIGHTS.get(link, Permission.CASE_LOG) in self.may

    @property
    def plan_due(self) -> UUID | None:
        """The plan that the advice is about, when it is about a day of a plan."""
        duty = self.action.duty
        about_plan = duty is not None and self.action.link in {LinkKind.REVIEW_PLAN, LinkKind.OPEN_PLAN}
        return getattr(duty, "subject_id", None) if about_plan else None


@dataclass(frozen=True, slots=True)
class Score:
    """One value of the work-ability score."""

    value: int
    measured_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """When the reader and when the others were last in touch."""

    mine_on: date | None = None
    others_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The case, the client and the people named at the head, in one statement."""

    case: CaseView
    client: ClientView
    worker_name: str | None
    deputy_name: str | None
    draft_at: datetime | None
    has_others: bool
    before: tuple[UUID, str] | None
    after: tuple[UUID, str] | None


@dataclass(frozen=True, slots=True)
class Owed:
    """What the next best action asks of an open duty."""

    kind: str
    due_on: date
    subject_id: UUID
    duty_id: UUID


@dataclass(frozen=True, slots=True)
class GoingOn:
    """A period of activity that goes on or comes next: its kind and its days."""

    kind: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the pages and the rules need of one case, each thing read once."""

    case: CaseView
    model: Pathway
    visits: tuple[Visit, ...]
    stages: StageMap
    duties: tuple[Owed, ...]
    consents: tuple[ConsentView, ...]
    members: tuple[MemberView, ...]
    scores: tuple[Score, ...]
    plans: dict[str, bool]
    contacts: Contacts
    facts: Facts
    activity: GoingOn | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryPage:
    """The client page."""

    shell: CaseShell
    contacts: Contacts
    latest: tuple[NoteView, ...]
    notes: tuple[NoteView, ...]
    steps: tuple[StepView, ...]
    members: tuple[MemberView, ...]
    scores: tuple[Score, ...]
    draft_at: datetime | None
    others: tuple[tuple[CaseView, str], ...]
    activity: GoingOn | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePage:
    """One stage of the case: guidance, checklist, how long it has lasted, and what may be done with it.

    `county_days` is the county's own median of the stay, None where it knows too few.
    """

    shell: CaseShell
    stage: Stage
    state: StageState
    checklist: Checklist
    stay: Stay | None
    county_days: int | None
    missing: tuple[Need, ...]
    move: Move | None
    open_stages: tuple[StageRow, ...]
    visits: tuple[VisitView, ...]
    recorded: tuple[RecordedView, ...]
    names: Mapping[UUID, str]

    @property
    def asked(self) -> Asked:
        """What opening the stage asks."""
        return Asked(self.open_stages, self.move, self.missing)

    @property
    def stops(self) -> bool:
        """Whether something that the law or the model asks for keeps the stage shut."""
        return any(need.stops for need in self.missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing on the timeline: an entry, a stage mark, or a closing."""

    on: date
    at: datetime
    kind: str
    title: Text | str
    who: UUID | None = None
    note: NoteView | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelinePage:
    """The case notes with the marks between them."""

    shell: CaseShell
    happenings: tuple[Happening, ...]
    draft_at: datetime | None
    names: Mapping[UUID, str]
    kind: str | None
    older: str | None
    is_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailPage:
    """Who has looked at the client and who has done something, told apart."""

    case: CaseView
    shell: CaseShell | None
    rows: tuple[AuditRow, ...]
    names: Mapping[UUID, str]
    wanted: str | None
    older: int | None
    is_first: bool


# ---------------------------------------------------------------- the timeline
def stage_marks(visits: Iterable[VisitView], pathway: Pathway) -> list[Happening]:
    """Return a mark for each stage that was opened, finished or left out on a known day."""
    marks: list[Happening] = []
    for visit in visits:
        stage = pathway.stage(visit.stage)
        named: dict[str, str | int] = {"number": stage.number, "stage": str(stage.label)}
        if visit.entered_on is not None:
            title = N_("Stage opened: %(number)s %(stage)s", **named)
            marks.append(_mark(visit.entered_on, visit, title, visit.opened_by, visit.reason))
        if visit.left_on is not None:
            done = visit.state == StageState.DONE
            title = N_("Stage done: %(number)s %(stage)s", **named)
            left_out = N_("Stage not needed: %(number)s %(stage)s", **named)
            reason = None if visit.entered_on is not None else visit.reason
            marks.append(_mark(visit.left_on, visit, title if done else left_out, visit.finished_by, reason))
    return marks


def _mark(on: date, visit: VisitView, title: Text, who: UUID | None, text: str | None) -> Happening:
    return Happening(on=on, at=visit.opened_at, kind="stage", title=title, who=who, text=text)


def closing_marks(closings: Iterable[ClosingView], outcomes: Mapping[str, str]) -> list[Happening]:
    """Return a mark for each closing with its outcome, and one for each reopening with its reason."""
    marks: list[Happening] = []
    for one in closings:
        title = N_("Case closed: %(outcome)s", outcome=outcomes.get(one.outcome, one.outcome))
        marks.append(
            Happening(on=one.closed_on, at=one.closed_at, kind="stage", title=title, who=one.closed_by, text=one.text)
        )
        if one.reopened_at is not None:
            at, who, why = one.reopened_at, one.reopened_by, one.reopening_reason
            marks.append(
                Happening(on=local_date(at), at=at, kind="stage", title=N_("Case reopened"), who=who, text=why)
            )
    return marks


def woven(
    notes: Sequence[NoteView],
    marks: Iterable[Happening],
    labels: Mapping[str, str],
    *,
    before: tuple[date, datetime] | None,
    has_older: bool,
) -> tuple[Happening, ...]:
    """Return the entries of one page with the marks between them, newest first; each mark is on exactly one page.

    A page reaches from `before`, the last entry of the page above it, down to its own last entry.
    """
    entries = [
        Happening(
            on=note.happened_on,
            at=note.written_at,
            kind="entry",
            title=labels.get(note.kind, note.kind),
            who=note.author_id,
            note=note,
        )
        for note in notes
    ]
    after = (entries[-1].on, entries[-1].at) if has_older and entries else None
    here = [
        mark
        for mark in marks
        if (before is None or (mark.on, mark.at) < before) and (after is None or (mark.on, mark.at) >= after)
    ]
    return tuple(sorted([*entries, *here], key=lambda one: (one.on, one.at), reverse=True))


def folded(text: str | None) -> tuple[str, bool]:
    """Return how much of a long text is shown at first, cut at a space, and whether something is left."""
    if not text or len(text) <= FOLD_AT:
        return text or "", False
    cut = text.rfind(" ", 0, FOLD_AT)
    return text[: cut if cut > FOLD_AT // 2 else FOLD_AT].rstrip() + "…", True


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A contact as it is logged: the entry, what was promised in it, and which promises it kept."""

    kind: str
    happened_on: date
    line: str
    text: str | None = None
    topic: str = ""
    is_visible_to_client: bool = False
    step: str = ""
    step_owner: str = "worker"
    step_due: date | None = None
    done_steps: tuple[UUID, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalPage:
    """A consent about to be withdrawn: for whom sharing ends with it, and for whom another basis stays."""

    shell: CaseShell
    consent: ConsentView
    ending: tuple[MemberView, ...]
    staying: tuple[MemberView, ...]


# ---------------------------------------------------------------- where things are done
Place = tuple[str, dict[str, Any]]

# Where each kind of act is done; the acts that need more than the case are named below.
PLACES: Final[Mapping[LinkKind, str]] = {
    LinkKind.ASSESS_NEEDS: "assessments.needs",
    LinkKind.ASSIGN_WORKER: "network.assign",
    LinkKind.ENTER_MEASURE: "measures.index",
    LinkKind.HEAR_CLIENT: "participation.index",
    LinkKind.IDENTIFY: "assessments.identification",
    LinkKind.KEEP_ACTIVITY: "activity.index",
    LinkKind.OPEN_NETWORK: "network.index",
    LinkKind.OPEN_PLAN: "plans.index",
    LinkKind.RECORD_CONSENT: "consents.record",
    LinkKind.RECORD_ELSEWHERE: "workbench.record_elsewhere",
    LinkKind.REVIEW_PLAN: "reviews.start",
    LinkKind.SHOW_STEPS: "workbench.summary",
    LinkKind.WRITE_NOTE: "workbench.log",
    LinkKind.WRITE_PLAN: "plans.start",
}


def place_of_need(case_id: UUID, need: OnRecord) -> Place:
    """Return the page, as endpoint and arguments, where a need or an item of a checklist is put on record."""
    kind = "visit" if need.code.startswith("meeting:") else None
    wanted = {"kind": need.plan_kind, "asiakirja": need.document, "aihe": need.topic, "laji": kind}
    return PLACES[need.link], {"case_id": case_id, **{name: value for name, value in wanted.items() if value}}


def place_of_advice(shell: CaseShell) -> Place:
    """Return the page, as endpoint and arguments, where the next best action is done."""
    action = shell.action
    here: dict[str, Any] = {"case_id": shell.case.id}
    if action.need is not None:
        return place_of_need(shell.case.id, action.need)
    if action.link in {LinkKind.MOVE_STAGE, LinkKind.CLOSE_CASE}:
        return "workbench.stage", here | {"stage": (action.stage or shell.case.current_stage).number}
    if action.link is LinkKind.REVIEW_PLAN and shell.plan_due is not None:
        return "reviews.step", here | {"plan_id": shell.plan_due, "step": FIRST_STEP_OF_REVIEW}
    if action.link is LinkKind.RECORD_CONSENT:  # a consent that ends: the page shows which
        return "consents.index", here
    return PLACES[action.link], here | ({"_anchor": "luvattu"} if action.link is LinkKind.SHOW_STEPS else {})
