"""Who of a register's people is in ours already; what the lists of words are; the jobs of a user."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, LargeBinary, any_, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.access.actor import Actor, Role
from app.accounts import queries as accounts
from app.cases.models import Case
from app.clients.models import Client
from app.core.crypto import Vault
from app.core.errors import NotFound
from app.core.uow import UnitOfWork
from app.intake.domain import (
    JobState,
    JobView,
    Lists,
    RegisterRow,
    StoredCase,
    StoredPerson,
    Worker,
    failure_from_text,
    report_from_text,
)
from app.intake.models import IntakeFile, IntakeJob
from app.measures.domain import WORK_ABILITY_SCORE
from app.measures.models import MeasureValue
from app.pathways.loader import all_latest
from app.plans.models import Plan, PlanVersion, Review
from app.reference.domain import CodeList, Term
from app.reference.loader import reference

HASHES = ARRAY(LargeBinary)


# ---------------------------------------------------------------- words


def lists_of(uow: UnitOfWork, now: datetime) -> Lists:
    """Return what a row's words are looked up in today: towns, languages, pathways, workers who take clients."""
    lists = reference()
    workers = {
        user.username.casefold(): Worker(id=user.id, professions=frozenset(user.professions))
        for user in accounts.active_users(uow, now)
        if Role.OWN_WORKER in user.roles
    }
    towns, languages = _code_in(lists.municipalities), _code_in(lists.languages)
    return Lists(municipality=towns, language=languages, models=all_latest(), workers=workers)


def _code_in(terms: CodeList[Any]) -> Callable[[str], str | None]:
    @lru_cache(maxsize=1_000)
    def code(name: str) -> str | None:
        row: Term | None = terms.named(name)
        return row.code if row else None

    return code


# ---------------------------------------------------------------- people


class People:
    """The people of the register that a batch of rows may mean, read in five statements."""

    def __init__(self, uow: UnitOfWork, rows: Sequence[RegisterRow]) -> None:
        """Look them up by code, and those without a code by name and birth date."""
        vault = uow.vault
        self._hashes = {
            row.number: vault.identity_hash(row.identity_code)
            if row.identity_code
            else vault.match_hash(row.match_text)
            for row in rows
        }
        codes = [self._hashes[row.number] for row in rows if row.identity_code]
        names = [self._hashes[row.number] for row in rows if not row.identity_code]
        found = _clients(uow, codes, names)
        cases = _cases_of(uow, [client.id for client in found])
        self._by_code: dict[bytes, StoredPerson] = {}
        self._by_name: dict[bytes, list[StoredPerson]] = defaultdict(list)
        for client in found:
            person = _person(vault, client, tuple(cases[client.id]))
            self._by_name[client.match_hash].append(person)
            if client.identity_hash:
                self._by_code[client.identity_hash] = person

    def find(self, row: RegisterRow) -> StoredPerson | None:
        """Return the person a row means: the same code, or without a code the same name, birth date and start."""
        key = self._hashes[row.number]
        if row.identity_code:
            return self._by_code.get(key)
        namesakes = [person for person in self._by_name[key] if person.began_on(row.started_on)]
        return next((person for person in namesakes if person.says(row)), namesakes[0] if namesakes else None)


def _clients(uow: UnitOfWork, codes: Sequence[bytes], names: Sequence[bytes]) -> list[Any]:
    conditions: list[ColumnElement[bool]] = [
        column == any_(literal(list(hashes), HASHES))
        for column, hashes in ((Client.identity_hash, codes), (Client.match_hash, names))
        if hashes
    ]
    if not conditions:
        return []
    columns = (
        Client.id,
        Client.identity_hash,
        Client.match_hash,
        Client.last_name,
        Client.first_names,
        Client.birth_on,
        Client.contact_language,
        Client.has_address_protection,
        Client.municipality_code,
        Client.phone,
        Client.email,
    )
    return list(uow.session.execute(select(*columns).where(or_(*conditions))))


def _person(vault: Vault, row: Any, cases: tuple[StoredCase, ...]) -> StoredPerson:  # noqa: ANN401 - a row of _clients
    def opened(column: str) -> str | None:
        return vault.open_optional("client", column, row.id, getattr(row, column))

    born = opened("birth_on")
    return StoredPerson(
        last_name=opened("last_name") or "",
        first_names=opened("first_names") or "",
        birth_on=date.fromisoformat(born) if born else None,
        language=row.contact_language,
        is_protected=row.has_address_protection,
        municipality_code=row.municipality_code,
        phone=opened("phone"),
        email=opened("email"),
        cases=cases,
    )


def _cases_of(uow: UnitOfWork, client_ids: Iterable[UUID]) -> dict[UUID, list[StoredCase]]:
    columns = (
        Case.id,
        Case.client_id,
        Case.model_key,
        Case.opened_on,
        Case.current_stage,
        Case.primary_worker_id,
    )
    ids = list(client_ids)
    found: dict[UUID, list[StoredCase]] = defaultdict(list)
    if not ids:
        return found
    rows = uow.session.execute(select(*columns).where(Case.client_id.in_(ids))).all()
    case_ids = [row.id for row in rows]
    in_force = select(Plan.case_id, PlanVersion.in_force_on).join(PlanVersion, PlanVersion.plan_id == Plan.id)
    plans = _by_case(uow, in_force.where(Plan.case_id.in_(case_ids), PlanVersion.in_force_on.is_not(None)))
    reviews = _by_case(uow, select(Review.case_id, Review.held_on).where(Review.case_id.in_(case_ids)))
    values = select(MeasureValue.case_id, MeasureValue.value).where(
        MeasureValue.case_id.in_(case_ids), MeasureValue.measure == WORK_ABILITY_SCORE
    )
    scores = _by_case(uow, values)
    for row in rows:
        found[row.client_id].append(
            StoredCase(
                model=row.model_key,
                opened_on=row.opened_on,
                stage=row.current_stage,
                worker_id=row.primary_worker_id,
                accepted_on=frozenset(plans[row.id]),
                reviewed_on=frozenset(reviews[row.id]),
                scores=frozenset(scores[row.id]),
            )
        )
    return found


def _by_case(uow: UnitOfWork, statement: Any) -> dict[UUID, set[Any]]:  # noqa: ANN401 - a select of (case, value)
    found: dict[UUID, set[Any]] = defaultdict(set)
    for case_id, value in uow.session.execute(statement):
        found[case_id].add(value)
    return found


# ---------------------------------------------------------------- jobs

LATEST_JOBS = 10


def get_job_for(uow: UnitOfWork, actor: Actor, job_id: UUID) -> JobView:
    """Return one of the actor's own jobs with its report; raises NotFound for anybody else's."""
    row = uow.session.scalar(select(IntakeJob).where(IntakeJob.id == job_id, IntakeJob.user_id == actor.user_id))
    if row is None:
        raise NotFound
    view = _job(row)
    kept = uow.vault.open_optional("intake_job", "report", row.id, row.report)
    if kept is None:
        return view
    if view.state is JobState.FAILED:
        return replace(view, failure=failure_from_text(kept))
    return replace(view, report=report_from_text(kept))


def list_jobs_for(uow: UnitOfWork, actor: Actor) -> list[JobView]:
    """Return the actor's latest jobs, the newest first, without their reports."""
    own = select(IntakeJob).where(IntakeJob.user_id == actor.user_id)
    return [_job(row) for row in uow.session.scalars(own.order_by(IntakeJob.made_at.desc()).limit(LATEST_JOBS))]


def unfinished_jobs(uow: UnitOfWork) -> list[UUID]:
    """Return the jobs that wait or whose worker may have died, the oldest first."""
    states = (JobState.WAITING, JobState.RUNNING)
    return list(
        uow.session.scalars(select(IntakeJob.id).where(IntakeJob.state.in_(states)).order_by(IntakeJob.made_at))
    )


def content_of(uow: UnitOfWork, file_id: UUID | None, *, since: datetime) -> bytes | None:
    """Return an upload that is not older than an instant, opened; None when it is gone."""
    row = uow.session.execute(
        select(IntakeFile.id, IntakeFile.content).where(IntakeFile.id == file_id, IntakeFile.uploaded_at >= since)
    ).one_or_none()
    return uow.vault.open("intake_file", "content", row.id, row.content).encode("latin-1") if row else None


def _job(row: IntakeJob) -> JobView:
    return JobView(
        id=row.id,
        is_dry_run=row.is_dry_run,
        state=JobState(row.state),
        rows_total=row.rows_total,
        rows_read=row.rows_read,
        imported=row.imported,
        faults=row.faults,
        made_at=row.made_at,
        finished_at=row.finished_at,
        has_file=row.file_id is not None,
    )
