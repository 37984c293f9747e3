"""What the demo asks before and after it writes."""

from datetime import date

from sqlalchemy import exists, func, select

from app.clients.models import Client
from app.core.uow import UnitOfWork
from app.duties.models import Duty


def has_clients(uow: UnitOfWork) -> bool:
    """Whether the register holds anybody."""
    return bool(uow.session.scalar(select(exists().where(Client.id.is_not(None)))))


def count_overdue(uow: UnitOfWork, today: date) -> int:
    """Return how many open duties are late."""
    late = select(func.count()).select_from(Duty).where(Duty.closed_at.is_(None), Duty.due_on < today)
    return uow.session.scalar(late) or 0
