"""Who was reminded of what, exactly once, and the mail and notices that carry it (ruling 19)."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Code, Id, Instant, Small


class ReminderEntry(Base):
    """One line of the reminder ledger; its unique key is what makes the sweep safe to run twice."""

    __tablename__ = "reminder_entry"
    __table_args__ = (
        CheckConstraint("state IN ('sent', 'passed')", name="known_state"),
        Index(
            "uq_reminder_entry",
            "duty_id",
            "recipient_id",
            "rule",
            "due_on",
            "offset_days",
            "channel",
            unique=True,
        ),
    )

    id: Mapped[Id]
    rule: Mapped[Code]
    duty_id: Mapped[UUID] = mapped_column(ForeignKey("duty.id"))
    recipient_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    due_on: Mapped[date]
    offset_days: Mapped[Small]
    channel: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[Instant]


class Outbox(Base):
    """A message to be mailed: which words, to whom, about what. It holds no body and no client data."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'failed', 'dropped')", name="known_state"),
        Index("ix_outbox_waiting", "next_attempt_at", "id", postgresql_where="state = 'waiting'"),
    )

    id: Mapped[Id]
    # No foreign key: the ledger row is written by the same statement and never deleted, and the check would be planned
    # for an empty table and cost a scan of it for each row of a long sweep.
    entry_id: Mapped[UUID | None]
    template: Mapped[Code]
    recipient_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("pathway_case.id"))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[Small] = mapped_column(default=0)
    next_attempt_at: Mapped[Instant]
    made_at: Mapped[Instant]
    sent_at: Mapped[Instant | None]
    failure: Mapped[str] = mapped_column(String(60), default="")


class Notice(Base):
    """A reminder inside Polku, exactly once."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_user", "user_id", "seen_at", "made_at"),)

    id: Mapped[Id]
    entry_id: Mapped[UUID | None]  # without a foreign key, as in the outbox
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    template: Mapped[Code]
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("pathway_case.id"))
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    made_at: Mapped[Instant]
    seen_at: Mapped[Instant | None]


class JobRun(Base):
    """One run of one job: when, what for, how much. The heartbeat that an alarm watches."""

    __tablename__ = "job_run"
    __table_args__ = (
        Index("ix_job_run_name", "name", "started_at"),
        Index("uq_job_run_day", "name", "for_day", unique=True, postgresql_where="is_daily"),
    )

    id: Mapped[Id]
    name: Mapped[Code]
    for_day: Mapped[date]
    is_daily: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[Instant]
    finished_at: Mapped[Instant | None]
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
