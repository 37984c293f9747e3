"""Talks with the client, answers to goals, and feedback."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.access.actor import system_actor
from app.cases.domain import CaseView
from app.core.uow import UnitOfWork
from app.participation import services
from app.participation.domain import Answer, Feedback, GoalReply, Hearing
from app.plans import queries as plans

DEMO = system_actor("system:demo")
DAY = date(2026, 11, 20)


def build_hearing(**values: Any) -> Hearing:  # noqa: ANN401 - the parts of a talk
    """Return a talk in the stage of identification in which the client told their view."""
    known: dict[str, Any] = {
        "stage": "identification", "heard_on": DAY, "way": "visit", "took_part": ("client", "close_person"),
        "own_view": "Selkä kestää puoli päivää.",
    }  # fmt: skip
    return Hearing(**known | values)


def build_feedback(**values: Any) -> Feedback:  # noqa: ANN401 - the parts of feedback
    """Return feedback about the waiting, with a number and words."""
    known: dict[str, Any] = {
        "stage": "identification", "given_on": DAY, "way": "call", "about": "process", "rating": 2,
        "words": "Jonotin liian kauan.",
    }  # fmt: skip
    return Feedback(**known | values)


def hear(uow: UnitOfWork, case: CaseView, *, now: datetime, **values: Any) -> UUID:  # noqa: ANN401 - as above
    """Put a talk on record."""
    return services.hear(uow, case, build_hearing(**values), actor=DEMO, now=now)


def give_feedback(uow: UnitOfWork, case: CaseView, *, now: datetime, **values: Any) -> UUID:  # noqa: ANN401 - as above
    """Put feedback on record."""
    return services.record_feedback(uow, case, build_feedback(**values), actor=DEMO, now=now)


def answer(
    uow: UnitOfWork, case: CaseView, *answers: Answer | None, now: datetime, on: date = DAY, comment: str | None = None
) -> None:
    """Put an answer on record for each goal of the case's first plan in force, in order; None leaves a goal open."""
    head = next(plan.in_force for plan in plans.plans_of(uow, case.id) if plan.in_force)
    goals = plans.version_of(uow, case.id, head.id).goals
    replies = {goal.id: GoalReply(said, comment) for goal, said in zip(goals, answers, strict=False) if said}
    services.answer_goals(uow, case, head.id, replies, heard_on=on, way="visit", actor=DEMO, now=now)
