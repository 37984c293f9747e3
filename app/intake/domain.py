"""What a client register holds, what a run of the import tells, and what a good row becomes. Plain values."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple
from uuid import UUID

from app.clients.domain import match_text
from app.clients.identity import squeezed
from app.core.texts import N_, Catalogue, Text
from app.intake.entries import NewAssignment, NewCase, NewClient, NewMeasure, NewPlan, NewReview, NewVisit
from app.intake.register import HEADERS, RawRow
from app.pathways.domain import StageCode
from app.pathways.pathway import Pathway

SOURCE: Final = "register"
"""Where imported clients came from, in the list of contact sources."""
EXCEPTION: Final = "Tuotu rekisteristä"
"""The reason kept with a worker whose profession the pathway does not name (ruling 4)."""
SCORE_REMARK: Final = "Rekisterissä ei ole mittauspäivää. Merkitty asiakkuuden alkupäivälle."


class Fault(NamedTuple):
    """What is wrong in one row: its number in the file (the header is row 1), the column's header, what to do."""

    row: int
    field: str
    message: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Who may be named responsible, by user name in the register."""

    id: UUID
    professions: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """What the row's words are looked up in: names as people write them to codes; user names in small letters."""

    municipality: Callable[[str], str | None]
    language: Callable[[str], str | None]
    models: tuple[Pathway, ...]
    workers: Mapping[str, Worker]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """One good row of the register."""

    number: int
    last_name: str
    first_names: str
    identity_code: str | None
    birth_on: date | None
    municipality_code: str | None
    language: str | None
    phone: str | None
    email: str | None
    is_protected: bool
    model: Pathway
    stage: StageCode
    started_on: date
    worker: Worker | None
    accepted_on: date | None
    reviewed_on: date | None
    score: int | None

    @property
    def match_text(self) -> str:
        """What names the person without a code, fit for a hash."""
        return match_text(self.last_name, self.first_names, self.birth_on)

    @property
    def plan_kind(self) -> str | None:
        """The kind of plan the model made on the day of acceptance, or None when there is no plan (ruling 28)."""
        return self.model.default_plan_kind(self.accepted_on) if self.accepted_on else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run did, or a dry run would do. `imported` rows went in, `known` rows were there with the same data."""

    rows: int
    imported: int
    known: int
    faults: tuple[Fault, ...]
    unknown_columns: tuple[str, ...]
    encoding: str
    delimiter: str
    is_dry_run: bool

    @property
    def faulty_rows(self) -> int:
        """How many rows were left out; one row may have several faults."""
        return len({fault.row for fault in self.faults})

    def as_json(self, catalogue: Catalogue) -> dict[str, Any]:
        """Return the report as `docs/import.md` describes it, in the catalogue's language."""
        return {
            "rows": self.rows,
            "imported": self.imported,
            "known": self.known,
            "faulty_rows": self.faulty_rows,
            "faults": [
                {"row": fault.row, "field": fault.field, "message": fault.message.render(catalogue)}
                for fault in self.faults
            ],
            "unknown_columns": list(self.unknown_columns),
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "dry_run": self.is_dry_run,
        }


# ---------------------------------------------------------------- twins in the file


@dataclass(slots=True)
class Seen:
    """The people met so far in the file, with the row each was met in. The first of twins wins (ruling 28)."""

    codes: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)

    def twin_fault(self, raw: RawRow, row: RegisterRow | None) -> Fault | None:
        """Return the fault of a row whose person was in an earlier row already, and remember the others.

        A code counts also in a row that is left out for another reason: which of the two is right nobody knows.
        """
        code = squeezed(raw.get("identity_code"))
        first = self.codes.setdefault(code, raw.number) if code else raw.number
        if first != raw.number:
            message = N_("The same identity code is already in row %(row)s. Leave one of the rows out.", row=first)
            return Fault(raw.number, HEADERS["identity_code"], message)
        if code or row is None:
            return None
        first = self.people.setdefault(f"{row.match_text}|{row.started_on}", raw.number)
        if first != raw.number:
            message = N_("The same person is already in row %(row)s. Leave one of the rows out.", row=first)
            return Fault(raw.number, HEADERS["last_name"], message)
        return None


# ---------------------------------------------------------------- people in the register


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCase:
    """What the register holds of one case, as far as a row could say otherwise."""

    model: str
    opened_on: date
    stage: str
    worker_id: UUID | None
    accepted_on: frozenset[date] = frozenset()
    reviewed_on: frozenset[date] = frozenset()
    scores: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPerson:
    """What the register holds of one person. Contact data under protection stays sealed and is not compared."""

    last_name: str
    first_names: str
    birth_on: date | None
    language: str
    is_protected: bool
    municipality_code: str | None
    phone: str | None
    email: str | None
    cases: tuple[StoredCase, ...]

    def says(self, row: RegisterRow) -> bool:
        """Whether a row tells nothing that is not in the register; what the row leaves empty is no difference."""
        if (row.last_name, row.first_names, row.is_protected) != (
            self.last_name,
            self.first_names,
            self.is_protected,
        ):
            return False
        told = [(row.birth_on, self.birth_on), (row.language, self.language)]
        if not self.is_protected:
            told += [(row.municipality_code, self.municipality_code), (row.phone, self.phone), (row.email, self.email)]
        return all(new is None or new == old for new, old in told) and any(_says(case, row) for case in self.cases)

    def began_on(self, day: date) -> bool:
        """Whether a case of the person began on a day: with name and birth date, the key of those without a code."""
        return any(case.opened_on == day for case in self.cases)


def _says(case: StoredCase, row: RegisterRow) -> bool:
    return (
        (case.model, case.opened_on, case.stage) == (row.model.key, row.started_on, row.stage)
        and (row.worker is None or row.worker.id == case.worker_id)
        and (row.accepted_on is None or row.accepted_on in case.accepted_on)
        and (row.reviewed_on is None or row.reviewed_on in case.reviewed_on)
        and (row.score is None or row.score in case.scores)
    )


KNOWN: Final = N_(
    "The person is already in the register with other data. Correct the data in Polku, or leave the row out: an import"
    " changes nobody's data."
)


def known_fault(row: RegisterRow) -> Fault:
    """Return the fault of a row whose person is in the register with other data; it does not say which."""
    return Fault(row.number, HEADERS["identity_code" if row.identity_code else "last_name"], KNOWN)


# ---------------------------------------------------------------- what goes in


def new_client(row: RegisterRow, *, team_id: UUID | None, assignment: NewAssignment | None) -> NewClient:
    """Return the client of a good row: the stage with everything before it done, plan, review and score (ruling 28)."""
    return NewClient(
        last_name=row.last_name,
        first_names=row.first_names,
        identity_code=row.identity_code,
        birth_on=row.birth_on,
        contact_language=row.language or "fi",
        is_protected=row.is_protected,
        municipality_code=row.municipality_code,
        phone=row.phone,
        email=row.email,
        contact_source=SOURCE,
        cases=(
            NewCase(
                model=row.model.key,
                model_version=row.model.version,
                opened_on=row.started_on,
                contact_source=SOURCE,
                visits=_visits(row),
                team_id=team_id,
                line=(assignment,) if assignment else (),
                plans=_plans(row),
                measures=_measures(row),
            ),
        ),
    )


def _visits(row: RegisterRow) -> tuple[NewVisit, ...]:
    done = (NewVisit(stage=code, state="done") for code in list(StageCode)[: row.stage.number - 1])
    since = row.started_on
    return (*done, NewVisit(stage=row.stage, state="in_progress", entered_on=since))


def _plans(row: RegisterRow) -> tuple[NewPlan, ...]:
    if row.plan_kind is None:
        return ()
    reviews = (NewReview(held_on=row.reviewed_on),) if row.reviewed_on else ()
    return (NewPlan(kind=row.plan_kind, in_force_on=row.accepted_on, reviews=reviews),)


def _measures(row: RegisterRow) -> tuple[NewMeasure, ...]:
    if row.score is None:
        return ()
    return (NewMeasure(measure="ME01", value=row.score, measured_on=row.started_on, remark=SCORE_REMARK),)


# ---------------------------------------------------------------- uploads and jobs


class JobState(StrEnum):
    """The life of a job; a running one whose worker died is taken up again."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


KEPT_FOR: Final = timedelta(hours=24)
"""How long an upload is kept (ruling 29)."""
LARGEST_FILE: Final = 10 * 1024 * 1024
"""Bytes that come in by the page; larger registers come in by the command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """One dry or real run over an uploaded file, as its owner sees it."""

    id: UUID
    is_dry_run: bool
    state: JobState
    rows_total: int
    rows_read: int
    imported: int
    faults: int
    made_at: datetime
    finished_at: datetime | None
    has_file: bool
    report: Report | None = None
    failure: Text | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether there is something to wait for."""
        return self.state in {JobState.WAITING, JobState.RUNNING}

    @property
    def percent(self) -> int:
        """How far the run has come, 0 to 100."""
        return min(100 * self.rows_read // self.rows_total, 100) if self.rows_total else 0

    @property
    def can_be_run(self) -> bool:
        """Whether the real run may follow: the dry run has ended, found something to bring in, and the file is here."""
        return self.is_dry_run and self.state is JobState.DONE and self.has_file and self.imported > 0


def report_to_text(report: Report) -> str:
    """Write a report down, to be kept sealed; its sentences stay translatable."""
    kept = asdict(replace(report, faults=()))
    kept["faults"] = [(fault.row, fault.field, *_kept(fault.message)) for fault in report.faults]
    return json.dumps(kept, ensure_ascii=False)


def report_from_text(text: str) -> Report:
    """Read a report back."""
    kept = json.loads(text)
    faults = tuple(Fault(row, field, _told(msgid, params)) for row, field, msgid, params in kept.pop("faults"))
    return Report(**{**kept, "unknown_columns": tuple(kept["unknown_columns"])}, faults=faults)


def failure_to_text(message: Text) -> str:
    """Write down why a run ended, to be kept sealed in the place of its report."""
    return json.dumps({"failure": _kept(message)}, ensure_ascii=False)


def failure_from_text(text: str) -> Text:
    """Read back why a run ended."""
    msgid, params = json.loads(text)["failure"]
    return _told(msgid, params)


def _kept(message: Text) -> tuple[str, dict[str, Any]]:
    params = {key: {"day": value.isoformat()} if isinstance(value, date) else value for key, value in message.params}
    return message.msgid, params


def _told(msgid: str, params: Mapping[str, Any]) -> Text:
    days = {key: date.fromisoformat(value["day"]) for key, value in params.items() if isinstance(value, dict)}
    return Text(msgid, tuple(sorted({**params, **days}.items())))
