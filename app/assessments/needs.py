"""The needs assessment, DO01: its content, its versions, and the days it is due (1301/2014 36–37 §; PB2, PC2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.assessments.domain import LONGEST_LINE, LONGEST_TEXT
from app.core.errors import FieldProblem, too_long
from app.core.texts import N_, Text
from app.duties.domain import DutyKind
from app.duties.reckoning import Reckoning, reckon
from app.reference.domain import Reference

FORM_VERSION: Final = "2026-11"
"""The version of the list of content; kept with every assessment, so that an old one is read by its own list."""

THEMES: Final[Mapping[str, Text]] = {
    "need_rehabilitation": N_("Rehabilitation"),
    "need_employment": N_("Employment"),
    "need_education": N_("Education"),
    "need_wellbeing": N_("Wellbeing"),
    "need_income": N_("Income"),
    "need_life_control": N_("Everyday life"),
}
TEXTS: Final[Mapping[str, Text]] = {
    "participants": N_("Who took part"),
    "situation": N_("Summary of the situation"),
    "urgent_text": N_("Urgent need"),
    **THEMES,
    "client_view": N_("The client's own view"),
    "conclusions": N_("The professional's conclusions on the client relationship"),
    "own_worker_reason": N_("Why an own worker is needed or not"),
    "network_text": N_("Close network"),
    "office_reason": N_("Why the assessor is not an office-holder"),
}

PROFESSIONS: Final = ("social_counsellor", "social_worker", "service_coordinator")
OFFICE_MODEL: Final = "group_employment"
OFFICE_GROUP: Final = "disability_act"


class State(StrEnum):
    """A version is written as a draft, is frozen when it is finished, and gives way to a later one."""

    DRAFT = "draft"
    FINISHED = "finished"
    REPLACED = "replaced"


class Network(StrEnum):
    """Whether the people close to the client were mapped (1301/2014 section 43: normally with consent)."""

    MAPPED = "mapped"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsContent:
    """What a version says. None and a missing text: not written yet."""

    profession: str | None = None
    is_office_holder: bool | None = None
    is_urgent: bool | None = None
    needs_own_worker: bool | None = None
    network: Network | None = None
    texts: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a text, '' when it is not written."""
        return self.texts.get(name, "")

    @property
    def themes(self) -> tuple[tuple[str, str], ...]:
        """The needs for services by theme, only those written."""
        return tuple((name, self.text(name)) for name in THEMES if self.text(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsHead:
    """One assessment: when the matter was initiated (703/2023 section 41), for whom, and when the work began."""

    id: UUID
    initiated_on: date
    client_group: str
    started_on: date | None
    finished_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsVersion:
    """One version with its content; `version` is the optimistic lock's."""

    id: UUID
    number: int
    state: State
    form_version: str
    content: NeedsContent
    written_at: datetime
    written_by: UUID | None
    finished_on: date | None
    finished_at: datetime | None
    finished_by: UUID | None
    recorded_system: str | None
    recorded_on: date | None
    reference: str | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedNeeds:
    """A finished assessment as it is printed: the head, and the newest version that is frozen."""

    head: NeedsHead
    version: NeedsVersion


CARRIED: Final = "needs"
"""The kind under which a case goes on with a finished assessment of the path before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedNeeds:
    """A finished assessment of an earlier path that the case goes on with: which version, when, and of which case."""

    id: UUID
    finished_on: date
    case_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """An assessment with every version, the newest first."""

    head: NeedsHead
    versions: tuple[NeedsVersion, ...]

    @property
    def draft(self) -> NeedsVersion | None:
        """The version that is being written."""
        return next((one for one in self.versions if one.state is State.DRAFT), None)

    @property
    def finished(self) -> NeedsVersion | None:
        """The version that stands."""
        return next((one for one in self.versions if one.state is State.FINISHED), None)


# ---------------------------------------------------------------- the days it is due
def limits_of(head: NeedsHead, reference: Reference) -> dict[DutyKind, Reckoning]:
    """Return by when the assessment is started and finished, by the client's group (1301/2014 section 36).

    Seven working days and three months are law for some groups only; for the rest they are the organisation's target.
    """
    group = reference.client_groups.get(head.client_group)
    wanted = {
        DutyKind.NEEDS_ASSESSMENT_START: group.start_deadline,
        DutyKind.NEEDS_ASSESSMENT_DONE: group.done_deadline,
    }
    return {kind: reckon(reference.deadlines.get(code), head.initiated_on) for kind, code in wanted.items()}


# ---------------------------------------------------------------- what a version must be like
def initiation_problems(
    initiated_on: date, client_group: str, started_on: date | None, *, reference: Reference, today: date
) -> list[FieldProblem]:
    """Return what is wrong with the days and the group of an assessment."""
    found = []
    if initiated_on > today:
        found.append(FieldProblem("initiated_on", N_("The date cannot be in the future.")))
    if reference.client_groups.pick(client_group, max(initiated_on, date.min)) is None:
        found.append(FieldProblem("client_group", N_("Choose the group the client belongs to.")))
    if started_on is not None and started_on > today:
        found.append(FieldProblem("started_on", N_("The date cannot be in the future.")))
    elif started_on is not None and started_on < initiated_on:
        words = N_("The matter was initiated on %(day)s. The assessment cannot start before that.", day=initiated_on)
        found.append(FieldProblem("started_on", words))
    return found


def content_problems(content: NeedsContent, *, needs_office: bool) -> list[FieldProblem]:
    """Return what keeps a draft from being saved. `needs_office`: the law asks for a professional in public office."""
    found = too_long(content.texts, LONGEST_TEXT)
    if content.profession is not None and content.profession not in PROFESSIONS:
        found.append(FieldProblem("profession", N_("Choose from the list.")))
    if needs_office and content.is_office_holder is False and not content.text("office_reason"):
        words = N_("The law asks for a professional in public office here. Write why somebody else assesses.")
        found.append(FieldProblem("office_reason", words))
    if content.is_urgent and not content.text("urgent_text"):
        found.append(FieldProblem("urgent_text", N_("Write what is urgent and what was done at once.")))
    return found


def missing_for_end(head: NeedsHead, content: NeedsContent, *, needs_office: bool) -> list[FieldProblem]:
    """Return what section 37 and PB2 ask for and the version does not say yet, each at its field."""
    found = [] if head.started_on else [FieldProblem("started_on", N_("Write the day the assessment started."))]
    for name, words in _REQUIRED_TEXTS.items():
        if not content.text(name):
            found.append(FieldProblem(name, words))
    for name, words in _REQUIRED_ANSWERS.items():
        if getattr(content, name) is None:
            found.append(FieldProblem(name, words))
    if not content.themes:
        words = N_("Write the need for services under at least one theme, also when nothing is needed.")
        found.append(FieldProblem("need_rehabilitation", words))
    if needs_office and content.is_office_holder is None:
        found.append(FieldProblem("is_office_holder", N_("Choose whether the assessor holds a public office.")))
    return found


_REQUIRED_TEXTS: Final[Mapping[str, Text]] = {
    "participants": N_("Write who took part."),
    "situation": N_("Write a summary of the situation."),
    "client_view": N_("Write the client's own view, in the client's words."),
    "conclusions": N_("Write your conclusions on the client relationship."),
    "own_worker_reason": N_("Write why an own worker is needed or not."),
}
_REQUIRED_ANSWERS: Final[Mapping[str, Text]] = {
    "profession": N_("Choose who assesses."),
    "is_urgent": N_("Choose whether something is urgent."),
    "needs_own_worker": N_("Choose whether an own worker is needed."),
    "network": N_("Choose whether the close network was mapped."),
}


def asks_for_office(model_key: str, client_group: str) -> bool:
    """Whether the assessor must hold a public office: disability services (675/2023), so all of model C."""
    return model_key == OFFICE_MODEL or client_group == OFFICE_GROUP


def proposed_group(model_key: str, age: int | None) -> str | None:
    """Return the group the form proposes, or None: model C is of disability services, and age may tell the rest."""
    if model_key == OFFICE_MODEL:
        return OFFICE_GROUP
    return "over_75" if age is not None and age > 75 else None


def finish_problems(
    head: NeedsHead,
    finished_on: date,
    system: str | None,
    recorded_on: date | None,
    reference: str,
    *,
    known: Reference,
    today: date,
) -> list[FieldProblem]:
    """Return what is wrong with the day an assessment is finished and with where its official copy lies."""
    found = too_long({"reference": reference}, LONGEST_LINE)
    if finished_on > today:
        found.append(FieldProblem("finished_on", N_("The date cannot be in the future.")))
    elif finished_on < (head.started_on or head.initiated_on):
        words = N_(
            "The assessment started on %(day)s. It cannot be finished before that.", day=head.started_on or today
        )
        found.append(FieldProblem("finished_on", words))
    if system is not None and system not in known.systems:
        found.append(FieldProblem("system", N_("Choose the system the document is in.")))
    if (system is None) != (recorded_on is None):
        field_name = "system" if system is None else "recorded_on"
        found.append(FieldProblem(field_name, N_("Write both the system and the day, or leave both empty.")))
    if recorded_on is not None and recorded_on > today:
        found.append(FieldProblem("recorded_on", N_("The date cannot be in the future.")))
    return found
