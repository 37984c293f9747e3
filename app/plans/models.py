"""Plans, their versions, goals, actions and the reviews held of them."""

from datetime import date, time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Code, Id, Instant, Sealed, Small


class Plan(Base):
    """One plan of one kind in one case. Its content lives in versions; the one in force is frozen."""

    __tablename__ = "plan"
    __table_args__ = (
        Index("ix_plan_case", "case_id"),
        Index("uq_plan_open_kind", "case_id", "kind", unique=True, postgresql_where="ended_on IS NULL"),
    )

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    kind: Mapped[Code]
    started_at: Mapped[Instant]
    started_by: Mapped[UUID | None]
    ended_on: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(20), default="work")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own attribute


class PlanVersion(Base):
    """One version: draft until it comes into force, then frozen; a change makes the next version."""

    __tablename__ = "plan_version"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'in_force', 'superseded', 'ended')", name="known_state"),
        CheckConstraint(
            "period_end IS NULL OR period_start IS NULL OR period_end >= period_start", name="period_ends_after_start"
        ),
        CheckConstraint("state = 'draft' OR in_force_on IS NOT NULL", name="in_force_has_day"),
        Index("uq_plan_version_number", "plan_id", "number", unique=True),
        Index("uq_plan_version_in_force", "plan_id", unique=True, postgresql_where="state = 'in_force'"),
        Index("uq_plan_version_draft", "plan_id", unique=True, postgresql_where="state = 'draft'"),
    )

    id: Mapped[Id]
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plan.id"))
    number: Mapped[Small]
    state: Mapped[str] = mapped_column(String(20), default="draft")
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    in_force_on: Mapped[date | None]
    next_review_on: Mapped[date | None]
    next_review_reason: Mapped[Sealed | None]
    summary: Mapped[Sealed | None]
    client_comment: Mapped[Sealed | None]
    written_at: Mapped[Instant]
    written_by: Mapped[UUID | None]
    form_version: Mapped[Small | None]
    derived_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("plan_version.id"))
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own attribute


class PlanAnswer(Base):
    """The answer to one field of the form: free text sealed, the code of a choice or a day in the clear."""

    __tablename__ = "plan_answer"
    __table_args__ = (
        CheckConstraint("num_nonnulls(text, choice, day) = 1", name="one_answer"),
        Index("uq_plan_answer_code", "plan_version_id", "code", unique=True),
    )

    id: Mapped[Id]
    plan_version_id: Mapped[UUID] = mapped_column(ForeignKey("plan_version.id", ondelete="CASCADE"))
    code: Mapped[Code]
    text: Mapped[Sealed | None]
    choice: Mapped[str | None] = mapped_column(String(60))
    day: Mapped[date | None]


class PlanWeekday(Base):
    """From when to when the client takes part on one day of every week (Monday is 1)."""

    __tablename__ = "plan_weekday"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 1 AND 7", name="known_weekday"),
        CheckConstraint("ends > starts", name="ends_after_start"),
        Index("uq_plan_weekday", "plan_version_id", "weekday", unique=True),
    )

    id: Mapped[Id]
    plan_version_id: Mapped[UUID] = mapped_column(ForeignKey("plan_version.id", ondelete="CASCADE"))
    weekday: Mapped[Small]
    starts: Mapped[time]
    ends: Mapped[time]


class PlanSignature(Base):
    """One party's acceptance of a version: who, when, how, and in which system the signed document is kept.

    The client's own name is not here: it stands in the register of clients.
    """

    __tablename__ = "plan_signature"
    __table_args__ = (
        CheckConstraint("way IN ('oral', 'paper', 'electronic')", name="known_way"),
        Index("uq_plan_signature_party", "plan_version_id", "party", unique=True),
    )

    id: Mapped[Id]
    plan_version_id: Mapped[UUID] = mapped_column(ForeignKey("plan_version.id", ondelete="CASCADE"))
    party: Mapped[Code]
    name: Mapped[Sealed | None]
    signed_on: Mapped[date]
    way: Mapped[str] = mapped_column(String(20))
    system: Mapped[str | None] = mapped_column(String(60))
    recorded_at: Mapped[Instant | None]
    recorded_by: Mapped[UUID | None]


class PlanReason(Base):
    """Why the plan does not keep a limit, or came into force although something was missing."""

    __tablename__ = "plan_reason"
    __table_args__ = (
        CheckConstraint("subject IN ('week', 'period', 'start', 'signatures')", name="known_subject"),
        Index("uq_plan_reason_subject", "plan_version_id", "subject", unique=True),
    )

    id: Mapped[Id]
    plan_version_id: Mapped[UUID] = mapped_column(ForeignKey("plan_version.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(String(20))
    text: Mapped[Sealed]


class Goal(Base):
    """A goal, in the client's own words where possible. `origin_id` follows it through versions."""

    __tablename__ = "goal"
    __table_args__ = (Index("uq_goal_ordinal", "plan_version_id", "ordinal", unique=True),)

    id: Mapped[Id]
    plan_version_id: Mapped[UUID] = mapped_column(ForeignKey("plan_version.id", ondelete="CASCADE"))
    ordinal: Mapped[Small]
    text: Mapped[Sealed]
    origin_id: Mapped[UUID | None]


class InterimGoal(Base):
    """A step on the way to a goal (välitavoite), in the client's words, and when it should be reached."""

    __tablename__ = "interim_goal"
    __table_args__ = (Index("uq_interim_goal_ordinal", "goal_id", "ordinal", unique=True),)

    id: Mapped[Id]
    goal_id: Mapped[UUID] = mapped_column(ForeignKey("goal.id", ondelete="CASCADE"))
    ordinal: Mapped[Small]
    text: Mapped[Sealed]
    due_on: Mapped[date | None]
    origin_id: Mapped[UUID | None]


class Action(Base):
    """What is done for a goal, by whom (client or worker), by when."""

    __tablename__ = "plan_action"
    __table_args__ = (
        CheckConstraint("owner IN ('client', 'worker', 'other')", name="known_owner"),
        CheckConstraint("state IN ('open', 'done', 'cancelled')", name="known_state"),
        Index("uq_plan_action_ordinal", "goal_id", "ordinal", unique=True),
    )

    id: Mapped[Id]
    goal_id: Mapped[UUID] = mapped_column(ForeignKey("goal.id", ondelete="CASCADE"))
    ordinal: Mapped[Small]
    text: Mapped[Sealed]
    owner: Mapped[str] = mapped_column(String(10))
    due_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(10), default="open")
    origin_id: Mapped[UUID | None]


class Review(Base):
    """A review that was held: the situation now, what changed, when the next one is and why that day."""

    __tablename__ = "review"
    __table_args__ = (Index("ix_review_case", "case_id", "held_on"), Index("ix_review_plan", "plan_id", "held_on"))

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plan.id"))
    plan_version_id: Mapped[UUID] = mapped_column(ForeignKey("plan_version.id"))
    held_on: Mapped[date]
    parties: Mapped[list[str]] = mapped_column(ARRAY(String(60)), default=list)
    participants: Mapped[Sealed | None]
    missing_reason: Mapped[Sealed | None]
    # shared by the reviews of one meeting of a group; what was said of the group is kept with each of them
    meeting_id: Mapped[UUID | None]
    meeting_notes: Mapped[Sealed | None]
    situation: Mapped[Sealed | None]
    changes: Mapped[Sealed | None]
    late_reason: Mapped[Sealed | None]
    next_review_on: Mapped[date | None]
    next_reason: Mapped[Sealed | None]
    source: Mapped[str] = mapped_column(String(20), default="work")
    recorded_at: Mapped[Instant]
    recorded_by: Mapped[UUID | None]


class ReviewOutcome(Base):
    """How one goal turned out in one review: met, partly, not."""

    __tablename__ = "review_outcome"
    __table_args__ = (
        Index("uq_review_outcome_goal", "review_id", "goal_id", unique=True),
        CheckConstraint("outcome IN ('met', 'partly', 'not')", name="known_outcome"),
    )

    id: Mapped[Id]
    review_id: Mapped[UUID] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"))
    goal_id: Mapped[UUID] = mapped_column(ForeignKey("goal.id"))
    outcome: Mapped[str] = mapped_column(String(10))
    remark: Mapped[Sealed | None]


class ReviewAction(Base):
    """How far one action of the plan had come in one review; the action itself keeps the latest."""

    __tablename__ = "review_action"
    __table_args__ = (
        Index("uq_review_action", "review_id", "action_id", unique=True),
        CheckConstraint("state IN ('open', 'done', 'cancelled')", name="known_state"),
    )

    id: Mapped[Id]
    review_id: Mapped[UUID] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"))
    action_id: Mapped[UUID] = mapped_column(ForeignKey("plan_action.id"))
    state: Mapped[str] = mapped_column(String(10))
