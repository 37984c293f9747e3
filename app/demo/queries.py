"""What the demo asks before and after it writes."""

from datetime import date
from uuid import UUID

from sqlalchemy import exists, func, select

from app.accounts.models import User
from app.cases.models import Case
from app.clients.models import Client
from app.core.uow import UnitOfWork
from app.duties.models import Duty
from app.pathways.domain import StageCode


def has_clients(uow: UnitOfWork) -> bool:
    """Whether the register holds anybody."""
    return bool(uow.session.scalar(select(exists().where(Client.id.is_not(None)))))


def cases_to_recognise(uow: UnitOfWork, username: str, limit: int) -> tuple[UUID, ...]:
    """Return open cases of the worker that have begun and owe something, of each model in turn."""
    owes = exists().where(Duty.case_id == Case.id, Duty.closed_at.is_(None))
    turn = func.row_number().over(partition_by=Case.model_key, order_by=(Case.opened_on.desc(), Client.ref_number))
    found = uow.session.scalars(
        select(Case.id)
        .join(User, User.id == Case.primary_worker_id)
        .join(Client, Client.id == Case.client_id)
        .where(User.username == username, Case.closed_at.is_(None), Case.current_stage != StageCode.PRE_CONTACT, owes)
        .order_by(turn, Case.model_key)
        .limit(limit)
    )
    return tuple(found)


def count_overdue(uow: UnitOfWork, today: date) -> int:
    """Return how many open duties are late."""
    late = select(func.count()).select_from(Duty).where(Duty.closed_at.is_(None), Duty.due_on < today)
    return uow.session.scalar(late) or 0
