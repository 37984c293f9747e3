"""Putting on record what the client says, is told and is answered."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, select

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.audit import services as audit
from app.cases.domain import CaseView
from app.core.clock import local_date
from app.core.errors import FieldProblem, NotFound, Refused
from app.core.ids import new_id
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.participation.domain import (
    Codes,
    Feedback,
    GoalReply,
    Hearing,
    problems_of_feedback,
    problems_of_hearing,
)
from app.participation.models import ClientFeedback, ClientHearing, FeedbackReply, GoalAnswer
from app.pathways.domain import StageCode
from app.plans import queries as plans
from app.plans.domain import VersionState
from app.reference.loader import reference


def hear(uow: UnitOfWork, case: CaseView, hearing: Hearing, *, actor: Actor, now: datetime) -> UUID:
    """Put a talk on record: the client's view and wishes in their words, what they were told. Source: PX1–PX7, FR18.

    Raises Refused with the reason at each field.
    """
    ensure(actor, Permission.PARTICIPATION_RECORD, case.subject)
    _check(hearing, now)
    row_id = _add_hearing(uow, case, hearing, actor=actor, now=now)
    detail = {"stage": hearing.stage, "on": hearing.heard_on.isoformat()}
    audit.record_in_case(uow, "client_heard", case, "client_hearing", row_id, actor=actor, at=now, detail=detail)
    return row_id


def correct_hearing(
    uow: UnitOfWork,
    case: CaseView,
    hearing_id: UUID,
    hearing: Hearing,
    *,
    reason: str | None,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Put a talk on record anew in the place of a wrong one, which stays to be read (703/2023 21–22 §)."""
    ensure(actor, Permission.PARTICIPATION_RECORD, case.subject)
    wrong = uow.session.scalar(
        select(ClientHearing).where(ClientHearing.id == hearing_id, ClientHearing.case_id == case.id).with_for_update()
    )
    if wrong is None:
        raise NotFound
    if uow.session.scalar(select(exists().where(ClientHearing.corrects_id == wrong.id))):
        raise Refused(N_("This entry has already been corrected."))
    if not reason:
        raise Refused(N_("Write why the entry is corrected."), "reason")
    _check(hearing, now)
    row_id = _add_hearing(uow, case, hearing, corrects=wrong.id, reason=reason, actor=actor, now=now)
    detail = {"stage": hearing.stage, "corrects": str(wrong.id)}
    audit.record_in_case(uow, "hearing_corrected", case, "client_hearing", row_id, actor=actor, at=now, detail=detail)
    return row_id


def answer_goals(
    uow: UnitOfWork,
    case: CaseView,
    version_id: UUID,
    replies: Mapping[UUID, GoalReply],
    *,
    heard_on: date,
    way: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Put on record what the client says of the goals of a plan in force, each in their words (PX4).

    A later answer does not wipe the earlier one. Raises Refused when the plan is not in force or nothing is answered.
    """
    ensure(actor, Permission.PARTICIPATION_RECORD, case.subject)
    version = plans.version_of(uow, case.id, version_id)
    if version.head.state is not VersionState.IN_FORCE:
        raise Refused(N_("Only goals of a plan in force are answered. Look at the plans again."))
    problems = [FieldProblem("heard_on", N_("The day cannot be in the future."))] if heard_on > local_date(now) else []
    if not replies or not replies.keys() <= {goal.id for goal in version.goals}:
        problems.append(FieldProblem("goal-1", N_("Choose what the client says of at least one goal.")))
    if way not in reference().hearing_ways.codes:
        problems.append(FieldProblem("way", N_("Choose from the list.")))
    if problems:
        raise Refused.because(problems)
    for goal_id, reply in replies.items():
        _add_answer(uow, case, goal_id, reply, heard_on=heard_on, way=way, actor=actor, now=now)
    uow.flush()
    detail = {"on": heard_on.isoformat(), "goals": len(replies)}
    audit.record_in_case(uow, "goals_answered", case, "plan_version", version_id, actor=actor, at=now, detail=detail)


def record_feedback(uow: UnitOfWork, case: CaseView, feedback: Feedback, *, actor: Actor, now: datetime) -> UUID:
    """Put the client's feedback on record (DO17). What the client does not want recorded never comes here."""
    ensure(actor, Permission.PARTICIPATION_RECORD, case.subject)
    problems = problems_of_feedback(feedback, today=local_date(now), known=_known())
    if problems:
        raise Refused.because(problems)
    row = ClientFeedback(
        id=new_id(),
        client_id=case.client_id,
        case_id=case.id,
        stage=feedback.stage,
        given_on=feedback.given_on,
        way=feedback.way,
        about=feedback.about,
        rating=feedback.rating,
        recorded_at=now,
        recorded_by=actor.id,
    )
    row.words = uow.vault.seal_optional("client_feedback", "words", row.id, feedback.words)
    uow.session.add(row)
    uow.flush()
    detail = {"about": feedback.about, "on": feedback.given_on.isoformat()}
    audit.record_in_case(uow, "feedback_recorded", case, "client_feedback", row.id, actor=actor, at=now, detail=detail)
    return row.id


def reply_to_feedback(
    uow: UnitOfWork,
    case: CaseView,
    feedback_id: UUID,
    *,
    words: str | None,
    replied_on: date,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Put on record what the client was answered to their feedback."""
    ensure(actor, Permission.PARTICIPATION_RECORD, case.subject)
    given_on = uow.session.scalar(
        select(ClientFeedback.given_on).where(ClientFeedback.id == feedback_id, ClientFeedback.case_id == case.id)
    )
    if given_on is None:
        raise NotFound
    if not words:
        raise Refused(N_("Write what the client was answered."), "words")
    if not given_on <= replied_on <= local_date(now):
        raise Refused(N_("The day of the answer is from the day of the feedback to today."), "replied_on")
    row_id = new_id()
    sealed = uow.vault.seal("feedback_reply", "words", row_id, words)
    uow.session.add(
        FeedbackReply(
            id=row_id,
            feedback_id=feedback_id,
            words=sealed,
            replied_on=replied_on,
            recorded_at=now,
            recorded_by=actor.id,
        )
    )
    uow.flush()
    detail = {"on": replied_on.isoformat()}
    audit.record_in_case(
        uow, "feedback_answered", case, "client_feedback", feedback_id, actor=actor, at=now, detail=detail
    )
    return row_id


def _check(hearing: Hearing, now: datetime) -> None:
    problems = problems_of_hearing(hearing, today=local_date(now), known=_known())
    if problems:
        raise Refused.because(problems)


def _known() -> Codes:
    lists = reference()
    return {
        "stages": frozenset(StageCode),
        "ways": lists.hearing_ways.codes,
        "participants": lists.participants.codes,
        "told_topics": lists.told_topics.codes,
        "feedback_topics": lists.feedback_topics.codes,
    }


def _add_hearing(
    uow: UnitOfWork,
    case: CaseView,
    hearing: Hearing,
    *,
    corrects: UUID | None = None,
    reason: str | None = None,
    actor: Actor,
    now: datetime,
) -> UUID:
    row = ClientHearing(
        id=new_id(),
        client_id=case.client_id,
        case_id=case.id,
        stage=hearing.stage,
        heard_on=hearing.heard_on,
        way=hearing.way,
        took_part=list(hearing.took_part),
        told=list(hearing.told),
        recorded_at=now,
        recorded_by=actor.id,
        corrects_id=corrects,
    )
    for column in ("own_view", "wishes", "told_by", "remark"):
        setattr(row, column, uow.vault.seal_optional("client_hearing", column, row.id, getattr(hearing, column)))
    row.correction_reason = uow.vault.seal_optional("client_hearing", "correction_reason", row.id, reason)
    uow.session.add(row)
    uow.flush()
    return row.id


def _add_answer(
    uow: UnitOfWork,
    case: CaseView,
    goal_id: UUID,
    reply: GoalReply,
    *,
    heard_on: date,
    way: str,
    actor: Actor,
    now: datetime,
) -> None:
    row_id = new_id()
    uow.session.add(
        GoalAnswer(
            id=row_id,
            client_id=case.client_id,
            case_id=case.id,
            goal_id=goal_id,
            answer=reply.answer,
            comment=uow.vault.seal_optional("goal_answer", "comment", row_id, reply.comment),
            heard_on=heard_on,
            way=way,
            recorded_at=now,
            recorded_by=actor.id,
        )
    )
