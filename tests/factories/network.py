"""Responsible workers, pairs and members of the network for tests, made by the services themselves."""

from datetime import date, datetime
from uuid import UUID

from app.access.actor import Actor, system_actor
from app.accounts.domain import UserView
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.core.uow import UnitOfWork
from app.network import services
from tests.factories.cases import moment_of


def assign(
    uow: UnitOfWork,
    case: CaseView,
    worker: UserView | UUID,
    *,
    now: datetime | date,
    actor: Actor | None = None,
    profession_reason: str | None = "työpari tuntee asiakkaan",
) -> CaseView:
    """Make the worker responsible, whoever is now, and return the case as it is after."""
    worker_id = worker.id if isinstance(worker, UserView) else worker
    services.assign_worker(
        uow,
        case,
        worker_id=worker_id,
        expected_worker_id=cases.case_of(uow, case.id).worker_id,
        reason=None,
        profession_reason=profession_reason,
        actor=actor or system_actor("system:demo"),
        now=now if isinstance(now, datetime) else moment_of(now),
    )
    return cases.case_of(uow, case.id)


def create_member(
    uow: UnitOfWork,
    case: CaseView,
    *,
    now: datetime,
    name: str = "Mirva Salo",
    party: str = "kela",
    role: str = "asiantuntija",
    contact: str | None = None,
) -> UUID:
    """Add a person to the network and return the id."""
    return services.add_member(
        uow,
        case,
        name=name,
        party=party,
        role=role,
        contact=contact,
        actor=system_actor("system:demo"),
        now=now,
    )
