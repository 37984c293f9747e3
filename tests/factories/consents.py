"""Consents for tests."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from app.access.actor import system_actor
from app.cases.domain import CaseView
from app.consents import services
from app.consents.domain import ConsentEntry, ConsentForm, ConsentKind, items_for
from app.core.uow import UnitOfWork


def build_entry(
    *,
    kind: ConsentKind = ConsentKind.CONSENT,
    basis: str = "CONSENT",
    given: Sequence[str] = ("kela",),
    refused: Sequence[str] = (),
    categories: Sequence[str] = ("work_ability",),
    purposes: Sequence[str] = ("planning",),
    given_on: date = date(2026, 11, 20),
    valid_until: date | None = None,
    remark: str | None = None,
) -> ConsentEntry:
    """An entry towards Kela, with any part replaced."""
    return ConsentEntry(
        kind=kind,
        basis=basis,
        items=items_for(given, refused, categories, purposes),
        given_on=given_on,
        form=ConsentForm.ORAL,
        valid_until=valid_until,
        remark=remark,
    )


def create_consent(uow: UnitOfWork, case: CaseView, entry: ConsentEntry | None = None, *, now: datetime) -> UUID:
    """Put a consent on record and return its id."""
    return services.record_consent(uow, case, entry or build_entry(), actor=system_actor("system:demo"), now=now)
