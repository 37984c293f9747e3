"""What the demo asks before and after it writes."""

from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import exists, func, select

from app.accounts.models import User
from app.assessments.models import IdentificationSign
from app.cases.models import Case
from app.clients.models import Client
from app.core.uow import UnitOfWork
from app.duties.models import Duty
from app.pathways.domain import StageCode
from app.plans.models import Plan, PlanVersion

ON_THE_WAY: Final = (StageCode.IMPLEMENTATION, StageCode.FOLLOW_UP)


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


def cases_with_plan(uow: UnitOfWork, username: str) -> tuple[tuple[UUID, date], ...]:
    """Return the worker's open cases in the last two stages, with the day a plan came into force, oldest first."""
    first = func.min(PlanVersion.in_force_on)
    rows = uow.session.execute(
        select(Case.id, first)
        .join(User, User.id == Case.primary_worker_id)
        .join(Client, Client.id == Case.client_id)
        .join(Plan, Plan.case_id == Case.id)
        .join(PlanVersion, PlanVersion.plan_id == Plan.id)
        .where(User.username == username, Case.closed_at.is_(None), Case.current_stage.in_(ON_THE_WAY))
        .group_by(Case.id, Client.ref_number)
        .order_by(first, Client.ref_number)
    )
    return tuple((case_id, on) for case_id, on in rows if on is not None)


def case_without_signs(uow: UnitOfWork, username: str, model: str) -> UUID | None:
    """Return the worker's case that has been in identification the longest with nothing recognised, or None."""
    seen = exists().where(IdentificationSign.case_id == Case.id)
    return uow.session.scalar(
        select(Case.id)
        .join(User, User.id == Case.primary_worker_id)
        .join(Client, Client.id == Case.client_id)
        .where(User.username == username, Case.model_key == model, Case.closed_at.is_(None), ~seen)
        .where(Case.current_stage == StageCode.IDENTIFICATION)
        .order_by(Case.opened_on, Client.ref_number)
        .limit(1)
    )


def count_overdue(uow: UnitOfWork, today: date) -> int:
    """Return how many open duties are late."""
    late = select(func.count()).select_from(Duty).where(Duty.closed_at.is_(None), Duty.due_on < today)
    return uow.session.scalar(late) or 0
