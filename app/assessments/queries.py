"""Reading what is recognised and assessed, and what is known of a client for the rules of eligibility."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from app.assessments.domain import FACTS, LOOKED, Identification, SignEnding, SignKind, SignView, Written, met_by
from app.assessments.known import Known
from app.assessments.models import (
    IdentificationEntry,
    IdentificationSign,
    NeedsAssessment,
    NeedsText,
)
from app.assessments.models import NeedsVersion as VersionRow
from app.assessments.needs import (
    CARRIED,
    CarriedNeeds,
    FinishedNeeds,
    Needs,
    NeedsContent,
    NeedsHead,
    NeedsVersion,
    Network,
    State,
)
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.cases.models import CarriedOver, Case
from app.clients.domain import ClientView
from app.core.errors import NotFound
from app.core.uow import UnitOfWork
from app.measures import queries as measures
from app.measures.domain import WORK_ABILITY_SCORE

_ENTRIES: Final = (
    select(*IdentificationEntry.__table__.columns)
    .where(IdentificationEntry.case_id == bindparam("case_id"))
    .order_by(IdentificationEntry.number.desc(), IdentificationEntry.field)
)
_SIGNS: Final = (
    select(*IdentificationSign.__table__.columns)
    .where(IdentificationSign.case_id == bindparam("case_id"))
    .order_by(IdentificationSign.noted_on, IdentificationSign.noted_at, IdentificationSign.code)
)


# ---------------------------------------------------------------- identification
def identification_of(uow: UnitOfWork, case_id: UUID) -> Identification:
    """Return everything on record of recognising the need, earlier values too (two statements)."""
    connection, entries = uow.session.connection(), defaultdict[str, list[Written]](list)
    number = 0
    for row in connection.execute(_ENTRIES, {"case_id": case_id}):
        value = row.code or uow.vault.open_optional("identification_entry", "text", row.id, row.text)
        entries[row.field].append(Written(value, row.number, row.written_at, row.written_by))
        number = max(number, row.number)
    return Identification(
        number=number,
        signs=tuple(_sign(uow, row) for row in connection.execute(_SIGNS, {"case_id": case_id})),
        entries={field: tuple(written) for field, written in entries.items()},
    )


def _sign(uow: UnitOfWork, row: Any) -> SignView:  # noqa: ANN401 - a row of the table
    return SignView(
        id=row.id,
        kind=SignKind(row.kind),
        code=row.code,
        noted_on=row.noted_on,
        noted_at=row.noted_at,
        noted_by=row.noted_by,
        remark=uow.vault.open_optional("identification_sign", "remark", row.id, row.remark),
        ended_on=row.ended_on,
        ended_by=row.ended_by,
        ending=SignEnding(row.ending) if row.ending else None,
        end_reason=uow.vault.open_optional("identification_sign", "end_reason", row.id, row.end_reason),
    )


def sign_of(uow: UnitOfWork, case_id: UUID, sign_id: UUID) -> SignView:
    """Return one sign of the case. Raises NotFound."""
    wanted = IdentificationSign.id == sign_id, IdentificationSign.case_id == case_id
    row = uow.session.execute(select(*IdentificationSign.__table__.columns).where(*wanted)).one_or_none()
    if row is None:
        raise NotFound
    return _sign(uow, row)


def sign_row(uow: UnitOfWork, case_id: UUID, sign_id: UUID) -> IdentificationSign:
    """Return the row itself, held until the transaction ends, for the service that ends it. Raises NotFound."""
    wanted = IdentificationSign.id == sign_id, IdentificationSign.case_id == case_id
    row = uow.session.scalar(select(IdentificationSign).where(*wanted).with_for_update())
    if row is None:
        raise NotFound
    return row


# ---------------------------------------------------------------- the needs assessment
def needs_of(uow: UnitOfWork, case_id: UUID) -> Needs | None:
    """Return the case's needs assessment with every version, or None when none was initiated."""
    head = uow.session.scalar(select(NeedsAssessment).where(NeedsAssessment.case_id == case_id))
    if head is None:
        return None
    rows = uow.session.scalars(
        select(VersionRow).where(VersionRow.assessment_id == head.id).order_by(VersionRow.number.desc())
    ).all()
    texts = _texts(uow, [row.id for row in rows])
    return Needs(head=head_of(head), versions=tuple(_version(uow, row, texts[row.id]) for row in rows))


def head_of(row: NeedsAssessment) -> NeedsHead:
    """Show the head of an assessment."""
    return NeedsHead(
        id=row.id,
        initiated_on=row.initiated_on,
        client_group=row.client_group,
        started_on=row.started_on,
        finished_on=row.finished_on,
    )


def _texts(uow: UnitOfWork, version_ids: list[UUID]) -> defaultdict[UUID, dict[str, str]]:
    found: defaultdict[UUID, dict[str, str]] = defaultdict(dict)
    for row in uow.session.scalars(select(NeedsText).where(NeedsText.version_id.in_(version_ids))):
        found[row.version_id][row.field] = uow.vault.open("needs_text", "text", row.id, row.text)
    return found


def _version(uow: UnitOfWork, row: VersionRow, texts: dict[str, str]) -> NeedsVersion:
    return NeedsVersion(
        id=row.id,
        number=row.number,
        state=State(row.state),
        form_version=row.form_version,
        content=NeedsContent(
            profession=row.profession,
            is_office_holder=row.is_office_holder,
            is_urgent=row.is_urgent,
            needs_own_worker=row.needs_own_worker,
            network=Network(row.network) if row.network else None,
            texts=texts,
        ),
        written_at=row.written_at,
        written_by=row.written_by,
        finished_on=row.finished_on,
        finished_at=row.finished_at,
        finished_by=row.finished_by,
        recorded_system=row.recorded_system,
        recorded_on=row.recorded_on,
        reference=uow.vault.open_optional("needs_version", "reference", row.id, row.reference),
        version=row.version,
    )


def finished_needs_assessment(uow: UnitOfWork, case_id: UUID) -> FinishedNeeds | None:
    """Return the finished assessment that stands, or None; a draft of a later version changes nothing of it."""
    needs = needs_of(uow, case_id)
    version = needs.finished if needs else None
    return FinishedNeeds(head=needs.head, version=version) if needs and version else None


def carried_needs(uow: UnitOfWork, case_id: UUID) -> CarriedNeeds | None:
    """Return the finished assessment that the case goes on with from an earlier one, the newest, or None."""
    found = (
        select(VersionRow.id, VersionRow.finished_on, NeedsAssessment.case_id)
        .join(NeedsAssessment, NeedsAssessment.id == VersionRow.assessment_id)
        .join(CarriedOver, CarriedOver.subject_id == VersionRow.id)
        .where(CarriedOver.case_id == case_id, CarriedOver.kind == CARRIED)
        .order_by(VersionRow.finished_on.desc())
        .limit(1)
    )
    row = uow.session.connection().execute(found).one_or_none()
    return CarriedNeeds(id=row.id, finished_on=row.finished_on, case_id=row.case_id) if row else None


def version_in(needs: Needs | None, version_id: UUID) -> NeedsVersion:
    """Return one version of an assessment. Raises NotFound."""
    for version in needs.versions if needs else ():
        if version.id == version_id:
            return version
    raise NotFound


def needs_rows(uow: UnitOfWork, case_id: UUID) -> tuple[NeedsAssessment, list[VersionRow]]:
    """Return the rows of the assessment, held until the transaction ends, newest version first. Raises NotFound."""
    held = select(NeedsAssessment).where(NeedsAssessment.case_id == case_id).with_for_update()
    head = uow.session.scalar(held.execution_options(populate_existing=True))
    if head is None:
        raise NotFound
    wanted = select(VersionRow).where(VersionRow.assessment_id == head.id).order_by(VersionRow.number.desc())
    return head, list(uow.session.scalars(wanted.execution_options(populate_existing=True)))


# ---------------------------------------------------------------- what the rules and the pathway ask
def known_of(uow: UnitOfWork, case: CaseView, client: ClientView, record: Identification, today: date) -> Known:
    """Return what is known of the client for the rules; a municipality under address protection is not."""
    scores = measures.series_of(uow, case.id, WORK_ABILITY_SCORE)
    open_cases = select(Case.model_key).where(Case.client_id == case.client_id, Case.closed_at.is_(None))
    return Known(
        on=today,
        born_on=client.birth_on,
        municipality=None if client.is_protected else client.municipality_code or None,
        background=cases.background_of(uow, case.id),
        signals=record.codes(SignKind.SIGNAL),
        triggers=record.codes(SignKind.TRIGGER),
        score=scores[-1].value if scores else None,
        open_models=frozenset(uow.session.scalars(open_cases)),
    )


def met_statements(case_id: Any, today: Any) -> Iterator[tuple[str, ColumnElement[bool]]]:  # noqa: ANN401 - bound later
    """Return each need code with the condition that meets it: the SQL twin of `met_needs`, for one reading."""
    of_case, later = IdentificationEntry.case_id == case_id, aliased(IdentificationEntry)
    looked = exists().where(of_case, IdentificationEntry.field == LOOKED, IdentificationEntry.code.is_not(None))
    for kind in SignKind:
        noted = exists().where(IdentificationSign.case_id == case_id, IdentificationSign.kind == kind)
        yield f"identification:{kind}s", or_(looked, noted)
    same = later.case_id == case_id, later.field == IdentificationEntry.field
    replaced = exists().where(*same, later.number > IdentificationEntry.number)
    written = IdentificationEntry.field.in_(FACTS), IdentificationEntry.text.is_not(None)
    yield "identification:facts", exists().where(of_case, *written, ~replaced)
    yield "needs_assessment", _is_finished(case_id, today)


def _is_finished(case_id: Any, today: Any) -> ColumnElement[bool]:  # noqa: ANN401 - values, or what is bound later
    """Finished here, or carried over: an assessment of the path before is still an assessment (RU03)."""
    of_case = NeedsAssessment.id == VersionRow.assessment_id, NeedsAssessment.case_id == case_id
    here = exists().where(*of_case, VersionRow.state == State.FINISHED, VersionRow.finished_on <= today)
    return or_(here, exists().where(CarriedOver.case_id == case_id, CarriedOver.kind == CARRIED))


def met_needs(uow: UnitOfWork, case: CaseView, today: date) -> frozenset[str]:
    """Return the need codes that the identification and the needs assessment meet by today."""
    is_finished = uow.session.scalar(select(_is_finished(case.id, today)))
    return frozenset(met_by(identification_of(uow, case.id)) | ({"needs_assessment"} if is_finished else set()))
