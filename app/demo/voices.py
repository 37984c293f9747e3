"""What some clients say and are told, and how they are measured, put on record by the services caseworkers use."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from app.access.actor import Actor
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.core.clock import start_of_day
from app.core.uow import UnitOfWork
from app.demo.domain import Measured, Opinion, Reply, Talk, Voice
from app.measures import services as measures
from app.measures.domain import Result
from app.participation import services
from app.participation.domain import Answer, Feedback, GoalReply, Hearing
from app.plans import queries as plans
from app.plans.domain import VersionState

HOUR: Final = timedelta(hours=10)


def give_voice(uow: UnitOfWork, voice: Voice, case: CaseView, *, actor: Actor, now: datetime) -> None:
    """Put on record what the client has said: in each stage the case has come to, of the goals, of the service."""
    entered = {visit.stage: visit.entered_on for visit in cases.visits_of(uow, case.id) if visit.entered_on}
    for stage, day in entered.items():
        if stage in voice.talks:
            _hear(uow, case, stage, voice.talks[stage], day, actor=actor)
    _answer(uow, case, voice.goals, actor=actor, now=now)
    today = now.date()
    for opinion in voice.feedback:
        if opinion.stage in entered:
            _feed_back(uow, case, opinion, _day(today, opinion.days_ago, case), actor=actor, now=now)
    for measured in voice.measures:
        _measure(uow, case, measured, _day(today, measured.days_ago, case), actor=actor)


def at(day: date) -> datetime:
    """Return when somebody writes down what happened on a day."""
    return start_of_day(day) + HOUR


def _day(today: date, days_ago: int, case: CaseView) -> date:
    return max(today - timedelta(days=days_ago), case.opened_on)


def _hear(uow: UnitOfWork, case: CaseView, stage: str, talk: Talk, on: date, *, actor: Actor) -> UUID:
    hearing = Hearing(
        stage=stage,
        heard_on=on,
        way=talk.way,
        took_part=talk.took_part,
        own_view=talk.own_view,
        wishes=talk.wishes,
        told=talk.told,
    )
    return services.hear(uow, case, hearing, actor=actor, now=at(on))


def _answer(uow: UnitOfWork, case: CaseView, replies: tuple[Reply, ...], *, actor: Actor, now: datetime) -> None:
    """Let the client answer the goals of each plan in force on the day it came into force."""
    for plan in plans.plans_of(uow, case.id):
        head = next((one for one in plan.versions if one.state is VersionState.IN_FORCE), None)
        if head is None or head.in_force_on is None:
            continue
        goals = plans.version_of(uow, case.id, head.id).goals
        given = {
            goal.id: GoalReply(Answer(reply.answer), reply.comment) for goal, reply in zip(goals, replies, strict=False)
        }
        services.answer_goals(uow, case, head.id, given, heard_on=head.in_force_on, way="visit", actor=actor, now=now)


def _feed_back(uow: UnitOfWork, case: CaseView, opinion: Opinion, on: date, *, actor: Actor, now: datetime) -> None:
    feedback = Feedback(
        stage=opinion.stage,
        given_on=on,
        way=opinion.way,
        about=opinion.about,
        rating=opinion.rating,
        words=opinion.words,
    )
    feedback_id = services.record_feedback(uow, case, feedback, actor=actor, now=at(on))
    if opinion.reply is not None:
        services.reply_to_feedback(uow, case, feedback_id, words=opinion.reply, replied_on=on, actor=actor, now=now)


def _measure(uow: UnitOfWork, case: CaseView, measured: Measured, on: date, *, actor: Actor) -> UUID:
    result = Result(
        measure=measured.measure,
        measured_on=on,
        value=None if measured.value is None else Decimal(measured.value),
        language=measured.language,
        name=measured.name,
        summary=measured.summary,
        reference=measured.reference,
        observations=measured.observations,
    )
    return measures.enter_result(uow, case, result, actor=actor, now=at(on))
