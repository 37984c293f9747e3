"""Writing a needs assessment: initiated, written as a draft, finished and frozen; a change is the next version."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.assessments import queries
from app.assessments.identification import carry_identification, end_sign, keep_channel, keep_identification
from app.assessments.models import NeedsAssessment, NeedsText, NeedsVersion
from app.assessments.needs import (
    FORM_VERSION,
    TEXTS,
    NeedsContent,
    NeedsHead,
    State,
    asks_for_office,
    content_problems,
    finish_problems,
    initiation_problems,
    limits_of,
    missing_for_end,
)
from app.audit import services as audit
from app.cases.domain import CaseView
from app.core.clock import local_date
from app.core.errors import Conflict, NotFound, Refused
from app.core.ids import new_id
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.duties import queries as duty_rows
from app.duties import services as duties
from app.duties.domain import DutyKind, DutyOutcome
from app.reference.loader import reference

# Acts on the identification record live in a file of their own; whoever acts finds every act here.
__all__ = [
    "carry_identification",
    "end_sign",
    "finish_needs",
    "initiate_needs",
    "keep_channel",
    "keep_identification",
    "recompute_duties",
    "start_needs_version",
    "write_needs",
]

SUBJECT: Final = "needs_assessment"
REOPENED: Final = "REOPENED"
REOPENED_DAYS: Final = 14
STARTS, DONE = DutyKind.NEEDS_ASSESSMENT_START, DutyKind.NEEDS_ASSESSMENT_DONE


def initiate_needs(
    uow: UnitOfWork, case: CaseView, *, initiated_on: date, client_group: str, actor: Actor, now: datetime
) -> UUID:
    """Put the initiation of a needs assessment on record (703/2023 section 41) and return the id of its first draft.

    Opens the duties of its start and its end by the client's group (1301/2014 section 36). Raises Refused at the
    fields, Conflict when the case has an assessment already.
    """
    ensure(actor, Permission.ASSESSMENT_EDIT, case.subject)
    problems = initiation_problems(initiated_on, client_group, None, reference=reference(), today=local_date(now))
    if problems:
        raise Refused.because(problems)
    head = NeedsAssessment(id=new_id(), case_id=case.id, initiated_on=initiated_on, client_group=client_group)
    head.initiated_at, head.initiated_by = now, actor.id
    try:
        with uow.session.begin_nested():
            uow.session.add(head)
            uow.flush()
    except IntegrityError as error:
        raise Conflict(
            N_("The case has a needs assessment already. Somebody may have begun it a moment ago.")
        ) from error
    draft = _add_version(uow, head.id, 1, actor=actor, now=now)
    _keep_duties(uow, case, queries.head_of(head), actor=actor, now=now)
    detail = {"group": client_group, "on": initiated_on}
    audit.record_in_case(uow, "needs_initiated", case, SUBJECT, head.id, actor=actor, at=now, detail=detail)
    return draft.id


def _add_version(uow: UnitOfWork, head_id: UUID, number: int, *, actor: Actor, now: datetime) -> NeedsVersion:
    row = NeedsVersion(id=new_id(), assessment_id=head_id, number=number, state=State.DRAFT, form_version=FORM_VERSION)
    row.written_at, row.written_by = now, actor.id
    uow.session.add(row)
    uow.flush()
    return row


def write_needs(
    uow: UnitOfWork,
    case: CaseView,
    version_id: UUID,
    *,
    content: NeedsContent,
    initiated_on: date,
    client_group: str,
    started_on: date | None,
    expected_version: int | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Write the draft anew; a day or a group that changes moves what is due, and a start closes its duty.

    Raises Refused at the fields, Conflict when somebody has written it since it was opened or it is no draft any more.
    """
    ensure(actor, Permission.ASSESSMENT_EDIT, case.subject)
    head, row = _draft(uow, case, version_id, expected_version)
    needs_office = asks_for_office(case.model_key, client_group)
    problems = [
        *initiation_problems(initiated_on, client_group, started_on, reference=reference(), today=local_date(now)),
        *content_problems(content, needs_office=needs_office),
    ]
    if problems:
        raise Refused.because(problems)
    head.initiated_on, head.client_group, head.started_on = initiated_on, client_group, started_on
    _fill(uow, row, content, actor=actor, now=now)
    _keep_duties(uow, case, queries.head_of(head), actor=actor, now=now)
    audit.record_in_case(
        uow, "needs_written", case, SUBJECT, head.id, actor=actor, at=now, detail={"number": row.number}
    )


def _draft(
    uow: UnitOfWork, case: CaseView, version_id: UUID, expected_version: int | None
) -> tuple[NeedsAssessment, NeedsVersion]:
    head, rows = queries.needs_rows(uow, case.id)
    row = next((one for one in rows if one.id == version_id), None)
    if row is None:
        raise NotFound
    if row.state != State.DRAFT:
        raise Conflict(N_("This version is no longer a draft. A change is written as a new version."))
    if row.version != expected_version:
        raise Conflict(N_("Somebody else has written here after you opened the page. Look at both and save again."))
    return head, row


def _fill(uow: UnitOfWork, row: NeedsVersion, content: NeedsContent, *, actor: Actor, now: datetime) -> None:
    row.profession, row.is_office_holder, row.is_urgent = (
        content.profession,
        content.is_office_holder,
        content.is_urgent,
    )
    row.needs_own_worker, row.network = content.needs_own_worker, content.network
    row.written_at, row.written_by = now, actor.id
    # The version must count up although only a text has changed: that is what the next writer is compared with.
    flag_modified(row, "written_at")
    uow.session.execute(delete(NeedsText).where(NeedsText.version_id == row.id))
    uow.session.add_all(_texts(uow, row.id, content.texts))
    uow.flush()


def _texts(uow: UnitOfWork, version_id: UUID, texts: Mapping[str, str]) -> list[NeedsText]:
    rows = []
    for name in TEXTS:
        text = texts.get(name, "").strip()
        if text:
            row_id = new_id()
            sealed = uow.vault.seal("needs_text", "text", row_id, text)
            rows.append(NeedsText(id=row_id, version_id=version_id, field=name, text=sealed))
    return rows


def finish_needs(
    uow: UnitOfWork,
    case: CaseView,
    version_id: UUID,
    *,
    finished_on: date,
    system: str | None,
    recorded_on: date | None,
    document_ref: str,
    expected_version: int | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Freeze the draft as the assessment that stands, with where its official copy lies; the version before gives way.

    Raises Refused at the fields for what section 37 and PB2 ask for and the draft does not say; Conflict as
    `write_needs`. Source: 1301/2014 sections 36 and 37; RU03.
    """
    ensure(actor, Permission.ASSESSMENT_EDIT, case.subject)
    head, row = _draft(uow, case, version_id, expected_version)
    needs = queries.needs_of(uow, case.id)
    content, shown = queries.version_in(needs, version_id).content, queries.head_of(head)
    problems = [
        *finish_problems(
            shown, finished_on, system, recorded_on, document_ref, known=reference(), today=local_date(now)
        ),
        *missing_for_end(shown, content, needs_office=asks_for_office(case.model_key, head.client_group)),
    ]
    if problems:
        raise Refused.because(problems)
    for older in queries.needs_rows(uow, case.id)[1]:
        older.state = State.REPLACED if older.state == State.FINISHED else older.state
    uow.flush()  # one finished version at a time, also between two statements
    row.state, row.finished_on, row.finished_at, row.finished_by = State.FINISHED, finished_on, now, actor.id
    row.recorded_system, row.recorded_on = system, recorded_on
    row.reference = uow.vault.seal_optional("needs_version", "reference", row.id, document_ref.strip() or None)
    head.finished_on = head.finished_on or finished_on
    uow.flush()
    _keep_duties(uow, case, queries.head_of(head), actor=actor, now=now)
    detail = {"number": row.number, "on": finished_on}
    audit.record_in_case(uow, "needs_finished", case, SUBJECT, head.id, actor=actor, at=now, detail=detail)


def start_needs_version(uow: UnitOfWork, case: CaseView, *, actor: Actor, now: datetime) -> UUID:
    """Start the next version as a copy of the one that stands and return its id; a draft that is there is returned.

    A later version opens no duty: what the law counts from the initiation has been done. Raises NotFound.
    """
    ensure(actor, Permission.ASSESSMENT_EDIT, case.subject)
    head, rows = queries.needs_rows(uow, case.id)
    if rows[0].state == State.DRAFT:
        return rows[0].id
    row = _add_version(uow, head.id, rows[0].number + 1, actor=actor, now=now)
    before = queries.version_in(queries.needs_of(uow, case.id), rows[0].id)
    _fill(uow, row, before.content, actor=actor, now=now)
    audit.record_in_case(
        uow, "needs_version_started", case, SUBJECT, head.id, actor=actor, at=now, detail={"number": row.number}
    )
    return row.id


# ---------------------------------------------------------------- what it owes
def _keep_duties(uow: UnitOfWork, case: CaseView, head: NeedsHead, *, actor: Actor, now: datetime) -> None:
    """Open, move or close the duties of the start and the end, so that the ledger says what the head says."""
    done_on = {STARTS: head.started_on or head.finished_on, DONE: head.finished_on}
    for kind, limit in limits_of(head, reference()).items():
        is_done = done_on[kind]
        if is_done is not None:
            duties.close_duty(
                uow,
                kind=kind,
                subject_kind=SUBJECT,
                subject_id=head.id,
                outcome=DutyOutcome.DONE,
                on=is_done,
                actor=actor,
                now=now,
            )
        else:
            _owe(uow, case, head, kind, (limit.row.code, limit.limit_on), actor=actor, now=now)


def _owe(
    uow: UnitOfWork,
    case: CaseView,
    head: NeedsHead,
    kind: DutyKind,
    rule: tuple[str, date],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    found = duty_rows.find_open(uow, kind=kind, subject_kind=SUBJECT, subject_id=head.id)
    if found is not None and (found.rule_code, found.due_on) == rule:
        return
    duties.open_duty(
        uow,
        case_id=case.id,
        kind=kind,
        subject_kind=SUBJECT,
        subject_id=head.id,
        rule_code=rule[0],
        anchor_on=head.initiated_on,
        due_on=rule[1],
        actor=actor,
        now=now,
    )


def recompute_duties(uow: UnitOfWork, case: CaseView, *, actor: Actor, now: datetime) -> None:
    """Open the duties of a reopened case anew; one whose day has passed is due in fourteen days (ruling 15)."""
    needs, today = queries.needs_of(uow, case.id), local_date(now)
    if needs is None or needs.head.finished_on is not None:
        return
    for kind, limit in limits_of(needs.head, reference()).items():
        if kind is STARTS and needs.head.started_on is not None:
            continue
        late = limit.limit_on < today
        rule = (REOPENED, today + timedelta(days=REOPENED_DAYS)) if late else (limit.row.code, limit.limit_on)
        _owe(uow, case, needs.head, kind, rule, actor=actor, now=now)
