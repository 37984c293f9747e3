"""Reading what is known of the client's benefit, work and services. Kept by `services.keep_background`."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select

from app.cases.domain import BACKGROUND_FACTS, Background
from app.cases.models import CaseBackground
from app.core.uow import UnitOfWork

_VERSIONS: Final = (
    select(*CaseBackground.__table__.columns)
    .where(CaseBackground.case_id == bindparam("case_id"))
    .order_by(CaseBackground.number.desc())
)
_NEWEST: Final = _VERSIONS.limit(1)


def background_of(uow: UnitOfWork, case_id: UUID) -> Background:
    """Return what is known now; every fact None when nothing has been put on record."""
    row = uow.session.connection().execute(_NEWEST, {"case_id": case_id}).one_or_none()
    return Background() if row is None else _view_of(row)


def backgrounds_of(uow: UnitOfWork, case_id: UUID) -> list[Background]:
    """Return every version, the newest first."""
    return [_view_of(row) for row in uow.session.connection().execute(_VERSIONS, {"case_id": case_id})]


def _view_of(row: Any) -> Background:  # noqa: ANN401 - a row of the table
    facts = {name: getattr(row, name) for name in BACKGROUND_FACTS}
    return Background(**facts, number=row.number, noted_at=row.noted_at, noted_by=row.noted_by)
