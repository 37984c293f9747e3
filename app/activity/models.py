"""Periods of activity, their agreed days, what was marked of each day, and their evaluations.

Places, notes and everything else in words about the client are sealed; days, hours and codes are clear, for counting.
"""

from datetime import date, time
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, column, func, literal_column
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Code, Id, Instant, Sealed, Small

_LAST: Final = func.coalesce(column("ended_on", Date()), column("ends_on", Date()))
_DURING: Final = func.daterange(column("starts_on"), _LAST, literal_column("'[]'"))


class ActivityPeriod(Base):
    """One agreed period. A client has one at a time of a kind, whatever the case; one that was called off is none."""

    __tablename__ = "activity_period"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint(
            "ended_on IS NULL OR end_reason = 'not_started' OR ended_on BETWEEN starts_on AND ends_on",
            name="ended_within",
        ),
        CheckConstraint("(ended_on IS NULL) = (end_reason IS NULL)", name="ended_with_reason"),
        CheckConstraint("evaluate_on IS NULL OR evaluate_on < ends_on", name="evaluated_before_end"),
        ExcludeConstraint(
            ("client_id", "="),
            ("kind", "="),
            (_DURING, "&&"),
            name="one_period_at_a_time",
            where="end_reason IS DISTINCT FROM 'not_started'",
            using="gist",
        ),
        Index("ix_activity_period_case", "case_id", "starts_on"),
        Index("ix_activity_period_client", "client_id", "kind"),
    )

    id: Mapped[Id]
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    kind: Mapped[Code]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    evaluate_on: Mapped[date | None]
    plan_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("plan_version.id"))
    decision_id: Mapped[UUID | None] = mapped_column(ForeignKey("recorded_elsewhere.id"))
    follows_id: Mapped[UUID | None] = mapped_column(ForeignKey("activity_period.id"))
    place: Mapped[Sealed]
    provider: Mapped[Sealed | None]
    is_near: Mapped[bool]
    travel: Mapped[Sealed | None]
    instructor_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    instructor: Mapped[Sealed | None]
    contract: Mapped[str | None] = mapped_column(String(20))
    contract_from: Mapped[date | None]
    contract_to: Mapped[date | None]
    contract_reference: Mapped[Sealed | None]
    employer_note: Mapped[Sealed | None]
    limit_reason: Mapped[Sealed | None]
    steward_on: Mapped[date | None]
    steward_by: Mapped[Sealed | None]
    ended_on: Mapped[date | None]
    end_reason: Mapped[str | None] = mapped_column(String(20))
    end_remark: Mapped[Sealed | None]
    heard_on: Mapped[date | None]
    recorded_at: Mapped[Instant]
    recorded_by: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own attribute


class ActivityDay(Base):
    """One day of the agreed week with its hours; a change of the week is a new set from a day on."""

    __tablename__ = "activity_day"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 1 AND 7", name="known_weekday"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("uq_activity_day", "period_id", "from_on", "weekday", unique=True),
    )

    id: Mapped[Id]
    period_id: Mapped[UUID] = mapped_column(ForeignKey("activity_period.id"))
    from_on: Mapped[date]
    weekday: Mapped[Small]
    starts_at: Mapped[time]
    ends_at: Mapped[time]


class Attendance(Base):
    """One mark of one day. Marks are only added: the one with the highest number holds, those before are history."""

    __tablename__ = "activity_attendance"
    __table_args__ = (
        CheckConstraint("state IN ('present', 'absent', 'cleared')", name="known_state"),
        CheckConstraint("(state = 'present') = (minutes IS NOT NULL)", name="present_has_hours"),
        CheckConstraint("(state = 'absent') = (absence IS NOT NULL)", name="absent_has_reason"),
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes_of_a_day"),
        Index("uq_activity_attendance_number", "period_id", "day", "number", unique=True),
        Index("ix_activity_attendance_case", "case_id"),
    )

    id: Mapped[Id]
    period_id: Mapped[UUID] = mapped_column(ForeignKey("activity_period.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    day: Mapped[date]
    number: Mapped[Small]
    state: Mapped[str] = mapped_column(String(10))
    minutes: Mapped[int | None]
    absence: Mapped[str | None] = mapped_column(String(60))
    remark: Mapped[Sealed | None]
    recorded_at: Mapped[Instant]
    recorded_by: Mapped[UUID | None]


class ActivityEvaluation(Base):
    """An evaluation of a period: its effect and what follows."""

    __tablename__ = "activity_evaluation"
    __table_args__ = (
        CheckConstraint("next_step IN ('renew', 'end', 'other_service')", name="known_step"),
        Index("ix_activity_evaluation_period", "period_id", "held_on"),
    )

    id: Mapped[Id]
    period_id: Mapped[UUID] = mapped_column(ForeignKey("activity_period.id"))
    held_on: Mapped[date]
    effect: Mapped[Sealed]
    next_step: Mapped[str] = mapped_column(String(20))
    participants: Mapped[Sealed | None]
    recorded_at: Mapped[Instant]
    recorded_by: Mapped[UUID | None]
