"""Acts that weigh a user against the cases they answer for."""

from datetime import datetime
from uuid import UUID

from app.access.actor import Actor
from app.accounts import queries as accounts
from app.accounts import services as account_acts
from app.coordination.queries import open_cases_of
from app.core.uow import UnitOfWork


def deactivate_user(uow: UnitOfWork, user_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Close an account that answers for nobody; it moves no case to anybody.

    Raises Refused with the number of open cases while there are any, NotFound for no user. Source: ruling 8.
    """
    user = accounts.get_user(uow, user_id)
    account_acts.deactivate_user(uow, user, actor=actor, now=now, open_cases=open_cases_of(uow, user_id))
