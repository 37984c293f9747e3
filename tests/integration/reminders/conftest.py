"""A team at work: a worker with a case, a lead, a coordinator."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select

from app.access.actor import Role, system_actor
from app.accounts.domain import UserView
from app.accounts.models import Absence
from app.core.uow import UnitOfWork
from app.duties import services as duties
from app.reminders.models import Notice, Outbox, ReminderEntry
from tests.factories.accounts import create_team, create_user
from tests.factories.cases import create_case

ROBOT = system_actor("system:demo")


@dataclass(frozen=True)
class Office:
    """The people of one team, and the acts a test needs."""

    uow: UnitOfWork
    now: datetime
    team: UUID
    worker: UserView
    lead: UserView
    coordinator: UserView

    def case(self, worker: UserView | None = None, *, team: UUID | None = None) -> UUID:
        """Open a case, with a worker or without."""
        return create_case(self.uow, worker=worker, team=team or self.team).id

    def owe(self, case_id: UUID, due_on: date, kind: str = "plan_review") -> UUID:
        """Open a duty and return its subject."""
        subject = uuid4()
        duties.open_duty(
            self.uow,
            case_id=case_id,
            kind=kind,
            subject_kind="thing",
            subject_id=subject,
            rule_code="TEST",
            anchor_on=due_on,
            due_on=due_on,
            actor=ROBOT,
            now=self.now,
        )
        self.uow.commit()
        return subject

    def settle(self, subject: UUID, kind: str = "plan_review") -> None:
        """Close the duty about a subject."""
        of: dict[str, Any] = {"kind": kind, "subject_kind": "thing", "subject_id": subject}
        duties.close_duty(self.uow, **of, outcome="done", on=self.now.date(), actor=ROBOT, now=self.now)
        self.uow.commit()

    def away(self, user: UserView, deputy: UserView | None, first: date, last: date) -> None:
        """Let somebody be away."""
        deputy_id = deputy.id if deputy else None
        self.uow.session.execute(
            insert(Absence).values(user_id=user.id, deputy_id=deputy_id, from_on=first, to_on=last)
        )
        self.uow.commit()

    def noticed(self) -> list[tuple[UUID, str]]:
        """Who has which notices, oldest first."""
        notices = select(Notice.user_id, Notice.template).order_by(Notice.made_at, Notice.template)
        rows = self.uow.session.execute(notices)
        return [(row[0], row[1]) for row in rows]

    def mailed(self) -> list[UUID]:
        """Whom mails wait for."""
        return list(self.uow.session.scalars(select(Outbox.recipient_id)))

    def entries(self, channel: str = "notice") -> dict[int, str]:
        """The ledger of one way, offsets with their state."""
        rows = self.uow.session.execute(
            select(ReminderEntry.offset_days, ReminderEntry.state).where(ReminderEntry.channel == channel)
        )
        return {row[0]: row[1] for row in rows}


@pytest.fixture
def office(uow: UnitOfWork, now: datetime) -> Office:
    team = create_team(uow)
    made = Office(
        uow,
        now,
        team,
        worker=create_user(uow, teams=(team,)),
        lead=create_user(uow, roles=(Role.SUPERVISOR,), leads=(team,)),
        coordinator=create_user(uow, roles=(Role.COORDINATOR,), teams=(team,)),
    )
    uow.commit()
    return made
