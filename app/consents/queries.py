"""Reading consents: what is on record, and what it opens today."""

from collections import defaultdict
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select, union_all

from app.cases.domain import CaseView
from app.cases.models import CarriedOver, Case
from app.consents.domain import (
    Answer,
    BasisState,
    ConsentForm,
    ConsentItem,
    ConsentKind,
    ConsentView,
    basis_of,
    health_is_settled,
)
from app.consents.models import Consent
from app.consents.models import ConsentItem as ItemRow
from app.core.errors import NotFound
from app.core.uow import UnitOfWork

CARRIED: Final = "consent"
# Those given in the case, and those it goes on with from an earlier path of the client.
_OF_CASE: Final = union_all(
    select(Consent.id).where(Consent.case_id == bindparam("case_id")),
    select(CarriedOver.subject_id).where(CarriedOver.case_id == bindparam("case_id"), CarriedOver.kind == CARRIED),
)
# Built once, and read past the session's unit of objects: every case page asks. A row is one line of a consent.
_LINES: Final = (
    select(*Consent.__table__.columns, ItemRow.party, ItemRow.category, ItemRow.purpose, ItemRow.answer)
    .outerjoin(ItemRow, ItemRow.consent_id == Consent.id)
    .where(Consent.id.in_(_OF_CASE))
    .order_by(Consent.given_on.desc(), Consent.recorded_at.desc(), Consent.id)
    .order_by(ItemRow.party, ItemRow.category, ItemRow.purpose)
)


def consents_of(uow: UnitOfWork, case_id: UUID) -> list[ConsentView]:
    """The consents of a case, newest first (one statement, whatever their number)."""
    heads: dict[UUID, Any] = {}
    items: dict[UUID, list[ConsentItem]] = defaultdict(list)
    for row in uow.session.connection().execute(_LINES, {"case_id": case_id}):
        heads.setdefault(row.id, row)
        if row.party is not None:
            items[row.id].append(ConsentItem(row.party, row.category, row.purpose, Answer(row.answer)))
    return [_view(uow, row, tuple(items[consent_id])) for consent_id, row in heads.items()]


def consent_of(uow: UnitOfWork, case_id: UUID, consent_id: UUID) -> ConsentView:
    """One consent of a case, or NotFound."""
    found = next((one for one in consents_of(uow, case_id) if one.id == consent_id), None)
    if found is None:
        raise NotFound
    return found


def cases_of(uow: UnitOfWork, consent_id: UUID) -> list[UUID]:
    """The open cases that rest on a consent: the one it was given in, and those that went on with it."""
    resting = union_all(
        select(Consent.case_id).where(Consent.id == consent_id),
        select(CarriedOver.case_id).where(CarriedOver.subject_id == consent_id, CarriedOver.kind == CARRIED),
    )
    return list(uow.session.scalars(select(Case.id).where(Case.id.in_(resting), Case.closed_at.is_(None))))


def basis_for(uow: UnitOfWork, case_id: UUID, *, party: str, on: date) -> BasisState:
    """The basis towards one party on a day."""
    return basis_of(consents_of(uow, case_id), party, on)


def met_needs(uow: UnitOfWork, case: CaseView, today: date) -> frozenset[str]:
    """The needs of the pathway that the consents on record meet."""
    return frozenset({"consent:health"} if health_is_settled(consents_of(uow, case.id), today) else ())


def _view(uow: UnitOfWork, row: Any, items: tuple[ConsentItem, ...]) -> ConsentView:  # noqa: ANN401 - a row of _LINES
    return ConsentView(
        id=row.id,
        case_id=row.case_id,
        kind=ConsentKind(row.kind),
        basis=row.basis,
        given_by=row.given_by,
        given_on=row.given_on,
        form=ConsentForm(row.form),
        text_version=row.text_version,
        valid_until=row.valid_until,
        remark=uow.vault.open_optional("consent", "remark", row.id, row.remark),
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        withdrawn_on=row.withdrawn_on,
        withdrawal_reason=uow.vault.open_optional("consent", "withdrawal_reason", row.id, row.withdrawal_reason),
        items=items,
    )
