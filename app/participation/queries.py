"""Reading what the client has said and been told."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Date,
    String,
    Uuid,
    bindparam,
    exists,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from app.cases.domain import CaseView
from app.core.errors import NotFound
from app.core.uow import UnitOfWork
from app.participation.domain import (
    Answer,
    Feedback,
    FeedbackView,
    GoalAnswerView,
    Hearing,
    HearingView,
    ReplyView,
    Voice,
)
from app.participation.models import ClientFeedback, ClientHearing, FeedbackReply, GoalAnswer
from app.plans.models import Goal, Plan, PlanVersion

FAMILY: Final = "participation"


def voice_of(uow: UnitOfWork, case_id: UUID) -> Voice:
    """Return everything the client has said and been told in a case, newest first (four statements)."""
    return Voice(
        hearings=tuple(hearings_of(uow, case_id)),
        answers=goal_answers_of(uow, case_id),
        feedback=tuple(feedback_of(uow, case_id)),
    )


def hearings_of(uow: UnitOfWork, case_id: UUID) -> list[HearingView]:
    """Return the talks of a case, the latest first, corrected ones too."""
    rows = uow.session.scalars(
        select(ClientHearing)
        .where(ClientHearing.case_id == case_id)
        .order_by(ClientHearing.heard_on.desc(), ClientHearing.recorded_at.desc(), ClientHearing.id)
    ).all()
    later = {row.corrects_id: row.id for row in rows if row.corrects_id}
    return [_hearing(uow, row, later.get(row.id)) for row in rows]


def hearing_of(uow: UnitOfWork, case_id: UUID, hearing_id: UUID) -> HearingView:
    """Return one talk of a case, or NotFound."""
    found = next((one for one in hearings_of(uow, case_id) if one.id == hearing_id), None)
    if found is None:
        raise NotFound
    return found


def _hearing(uow: UnitOfWork, row: ClientHearing, corrected_by: UUID | None) -> HearingView:
    def opened(column: str) -> str | None:
        return uow.vault.open_optional("client_hearing", column, row.id, getattr(row, column))

    content = Hearing(
        stage=row.stage,
        heard_on=row.heard_on,
        way=row.way,
        took_part=tuple(row.took_part),
        own_view=opened("own_view"),
        wishes=opened("wishes"),
        told=tuple(row.told),
        told_by=opened("told_by"),
        remark=opened("remark"),
    )
    return HearingView(
        id=row.id,
        content=content,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        corrects=row.corrects_id,
        correction_reason=opened("correction_reason"),
        corrected_by=corrected_by,
    )


def goal_answers_of(uow: UnitOfWork, case_id: UUID) -> dict[UUID, GoalAnswerView]:
    """Return the client's latest word about each goal of the case they were asked about, by the goal's id."""
    found: dict[UUID, GoalAnswerView] = {}
    rows = uow.session.scalars(
        select(GoalAnswer)
        .where(GoalAnswer.case_id == case_id)
        .order_by(GoalAnswer.heard_on, GoalAnswer.recorded_at, GoalAnswer.id)
    )
    for row in rows:
        earlier = found.get(row.goal_id)
        found[row.goal_id] = GoalAnswerView(
            goal_id=row.goal_id,
            answer=Answer(row.answer),
            comment=uow.vault.open_optional("goal_answer", "comment", row.id, row.comment),
            heard_on=row.heard_on,
            way=row.way,
            recorded_by=row.recorded_by,
            times=1 + (earlier.times if earlier else 0),
        )
    return found


def feedback_of(uow: UnitOfWork, case_id: UUID) -> list[FeedbackView]:
    """Return the feedback of a case with its answers, the latest first (two statements)."""
    rows = uow.session.scalars(
        select(ClientFeedback)
        .where(ClientFeedback.case_id == case_id)
        .order_by(ClientFeedback.given_on.desc(), ClientFeedback.recorded_at.desc(), ClientFeedback.id)
    ).all()
    replies = _replies(uow, [row.id for row in rows])
    return [
        FeedbackView(
            id=row.id,
            content=Feedback(
                stage=row.stage,
                given_on=row.given_on,
                way=row.way,
                about=row.about,
                rating=row.rating,
                words=uow.vault.open_optional("client_feedback", "words", row.id, row.words),
            ),
            recorded_at=row.recorded_at,
            recorded_by=row.recorded_by,
            replies=tuple(replies[row.id]),
        )
        for row in rows
    ]


def one_feedback_of(uow: UnitOfWork, case_id: UUID, feedback_id: UUID) -> FeedbackView:
    """Return one feedback of a case, or NotFound."""
    found = next((one for one in feedback_of(uow, case_id) if one.id == feedback_id), None)
    if found is None:
        raise NotFound
    return found


def _replies(uow: UnitOfWork, feedback_ids: Collection[UUID]) -> dict[UUID, list[ReplyView]]:
    replies: dict[UUID, list[ReplyView]] = defaultdict(list)
    if not feedback_ids:
        return replies
    rows = uow.session.scalars(
        select(FeedbackReply)
        .where(FeedbackReply.feedback_id.in_(feedback_ids))
        .order_by(FeedbackReply.replied_on, FeedbackReply.recorded_at)
    )
    for row in rows:
        words = uow.vault.open("feedback_reply", "words", row.id, row.words)
        replies[row.feedback_id].append(ReplyView(words=words, replied_on=row.replied_on, replied_by=row.recorded_by))
    return replies


# ---------------------------------------------------------------- needs of the pathway
def needs_met(case: BindParameter[UUID], today: BindParameter[date]) -> CompoundSelect[tuple[str]]:
    """Return the statement of the needs that are met, one code a row; the client page reads it within its own."""
    later = aliased(ClientHearing)
    heard: tuple[ColumnElement[bool], ...] = (
        ClientHearing.case_id == case,
        ClientHearing.heard_on <= today,
        ~exists(select(later.id).where(later.corrects_id == ClientHearing.id)),
    )
    goals = (
        select(Goal.id)
        .join(PlanVersion, PlanVersion.id == Goal.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(Plan.case_id == case, Plan.ended_on.is_(None), PlanVersion.state == "in_force")
    )
    answered = exists(select(GoalAnswer.id).where(GoalAnswer.goal_id == Goal.id, GoalAnswer.heard_on <= today))
    feedback = select(ClientFeedback.id).where(ClientFeedback.case_id == case, ClientFeedback.given_on <= today)
    return union_all(
        select((literal(f"{FAMILY}:", String) + ClientHearing.stage).label("code")).where(*heard).distinct(),
        select(literal(f"{FAMILY}:told", String)).where(
            exists(select(ClientHearing.id).where(*heard, func.cardinality(ClientHearing.told) > 0))
        ),
        select(literal(f"{FAMILY}:goals", String)).where(exists(goals), ~exists(goals.where(~answered))),
        select(literal(f"{FAMILY}:feedback", String)).where(exists(feedback)),
    )


_NEEDS: Final = needs_met(bindparam("case_id", type_=Uuid()), bindparam("today", type_=Date()))


def met_needs(uow: UnitOfWork, case: CaseView, today: date) -> frozenset[str]:
    """The needs of the pathway that the client's voice on record meets."""
    bound: dict[str, Any] = {"case_id": case.id, "today": today}
    return frozenset(row.code for row in uow.session.connection().execute(_NEEDS, bound))
