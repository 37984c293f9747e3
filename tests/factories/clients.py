"""Clients for tests."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any, Final
from uuid import UUID

import app.cases.models  # noqa: F401 - a standing names a case; its table must be known
from app.access.actor import Actor, system_actor
from app.clients import services
from app.clients.domain import ClientDetails
from app.core.uow import UnitOfWork

REGISTERED: Final = datetime(2026, 1, 2, 7, 0, tzinfo=UTC)
_CHECK: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_number: Final = count(1)

ADDRESS: Final = "Salakatu 7 B 12"
PHONE: Final = "040 999 1234"
EMAIL: Final = "salainen.osoite@example.org"


def a_code(born_on: date = date(1987, 5, 14), number: int = 901) -> str:
    """An identity code of nobody: the number is 900 to 999, the check character fits."""
    digits = f"{born_on:%d%m%y}"
    sign = "A" if born_on.year >= 2000 else "-"
    return f"{digits}{sign}{number}{_CHECK[int(f'{digits}{number}') % 31]}"


def build_details(**changes: Any) -> ClientDetails:  # noqa: ANN401 - any field of the details
    """Details of a person whose name nobody else has."""
    letters = "".join("abcdefghij"[int(digit)] for digit in str(next(_number)))
    details = ClientDetails(
        last_name=f"Koe{letters}", first_names="Aino Maria", birth_on=date(1987, 5, 14), municipality_code="398"
    )
    return replace(details, **changes)


def create_client(
    uow: UnitOfWork,
    *,
    last_name: str | None = None,
    first_names: str = "Aino Maria",
    identity_code: str | None = None,
    protected: bool = False,
    municipality: str | None = "398",
    birth_on: date | None = None,
    actor: Actor | None = None,
    teams: tuple[UUID, ...] = (),
    now: datetime = REGISTERED,
    **more: Any,  # noqa: ANN401 - other fields of the details
) -> UUID:
    """Put a person into the register and return the id; with `actor`, as that worker would (REGISTRAR standing)."""
    details = build_details(
        first_names=first_names,
        identity_code=identity_code,
        birth_on=birth_on if birth_on or identity_code else date(1987, 5, 14),
        is_protected=protected,
        municipality_code=municipality,
        is_another_person=True,
        **({"address": ADDRESS, "phone": PHONE, "email": EMAIL} if protected else {}) | more,
    )
    if last_name:
        details = replace(details, last_name=last_name)
    client_id = services.register_client(
        uow,
        details,
        actor=actor or system_actor("system:demo"),
        now=now,
        source="work" if actor else "demo",
    )
    if teams:
        services.file_under_teams(uow, client_id, teams)
    return client_id
