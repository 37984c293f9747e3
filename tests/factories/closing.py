"""Closing a case in tests, by the service itself, with an answer to everything that is open."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from app.access.actor import Actor
from app.cases.domain import CaseView, Ending
from app.closing import queries, services
from app.closing.domain import Answer, Closing, Fate, OpenItem
from app.core.clock import local_date
from app.core.uow import UnitOfWork


def answer_of(item: OpenItem, now: datetime) -> Answer:
    """What is likely: what is about the case ends with it, the rest was done today."""
    return Answer(fate=Fate.ENDS) if Fate.ENDS in item.fates else Answer(fate=Fate.DONE, on=local_date(now))


def close_case(
    uow: UnitOfWork,
    case: CaseView,
    *,
    actor: Actor,
    now: datetime,
    outcome: str = "employment",
    answers: Mapping[UUID, Answer] | None = None,
    withdrawn: tuple[UUID, ...] = (),
    ground: str | None = "over",
) -> None:
    """Close the case today; `answers` take the place of the likely ones."""
    likely = {item.id: answer_of(item, now) for item in queries.open_items(uow, case.id)}
    ending = Ending(outcome=outcome, closed_on=local_date(now), ground=ground, is_feedback_asked=True)
    closing = Closing(ending=ending, answers={**likely, **(answers or {})}, withdrawn=withdrawn)
    services.close(uow, case, closing, actor=actor, now=now)
