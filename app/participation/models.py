"""What the client has said and been told. Rows are only added: a correction is a new row that names the wrong one."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Code, Id, Instant, Sealed, Small


class ClientHearing(Base):
    """One talk in one stage: the client's view and wishes, and what they were told."""

    __tablename__ = "client_hearing"
    __table_args__ = (
        CheckConstraint("(corrects_id IS NULL) = (correction_reason IS NULL)", name="corrected_with_reason"),
        Index("ix_client_hearing_case", "case_id", "heard_on"),
        Index("uq_client_hearing_corrects", "corrects_id", unique=True),
    )

    id: Mapped[Id]
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    stage: Mapped[Code]
    heard_on: Mapped[date]
    way: Mapped[Code]
    took_part: Mapped[list[str]] = mapped_column(ARRAY(String(60)))
    own_view: Mapped[Sealed | None]
    wishes: Mapped[Sealed | None]
    told: Mapped[list[str]] = mapped_column(ARRAY(String(60)))
    told_by: Mapped[Sealed | None]
    remark: Mapped[Sealed | None]
    recorded_at: Mapped[Instant]
    recorded_by: Mapped[UUID | None]
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("client_hearing.id"))
    correction_reason: Mapped[Sealed | None]


class GoalAnswer(Base):
    """What the client said of a goal on a day; the latest counts, the earlier ones stay."""

    __tablename__ = "goal_answer"
    __table_args__ = (
        CheckConstraint("answer IN ('agrees', 'partly', 'disagrees')", name="known_answer"),
        Index("ix_goal_answer_case", "case_id"),
        Index("ix_goal_answer_goal", "goal_id"),
    )

    id: Mapped[Id]
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    goal_id: Mapped[UUID] = mapped_column(ForeignKey("goal.id"))
    answer: Mapped[str] = mapped_column(String(10))
    comment: Mapped[Sealed | None]
    heard_on: Mapped[date]
    way: Mapped[Code]
    recorded_at: Mapped[Instant]
    recorded_by: Mapped[UUID | None]


class ClientFeedback(Base):
    """Feedback of the client at any stage (DO17)."""

    __tablename__ = "client_feedback"
    __table_args__ = (
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating_in_scale"),
        CheckConstraint("rating IS NOT NULL OR words IS NOT NULL", name="says_something"),
        Index("ix_client_feedback_case", "case_id", "given_on"),
    )

    id: Mapped[Id]
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    stage: Mapped[Code]
    given_on: Mapped[date]
    way: Mapped[Code]
    about: Mapped[Code]
    rating: Mapped[Small | None]
    words: Mapped[Sealed | None]
    recorded_at: Mapped[Instant]
    recorded_by: Mapped[UUID | None]


class FeedbackReply(Base):
    """What the client was answered to their feedback."""

    __tablename__ = "feedback_reply"
    __table_args__ = (Index("ix_feedback_reply_feedback", "feedback_id"),)

    id: Mapped[Id]
    feedback_id: Mapped[UUID] = mapped_column(ForeignKey("client_feedback.id"))
    words: Mapped[Sealed]
    replied_on: Mapped[date]
    recorded_at: Mapped[Instant]
    recorded_by: Mapped[UUID | None]
