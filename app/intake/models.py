"""A register on its way in: the sealed upload and the job that reads it (ruling 29)."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, Instant, Sealed


class IntakeFile(Base):
    """An uploaded register, sealed; gone after 24 hours, on commit or on cancel."""

    __tablename__ = "intake_file"

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    content: Mapped[Sealed]
    size: Mapped[int]
    uploaded_at: Mapped[Instant]


class IntakeJob(Base):
    """A dry or a real run over one file; progress is written in short transactions of its own."""

    __tablename__ = "intake_job"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name="known_state"),
        Index("ix_intake_job_user", "user_id", "made_at"),
    )

    id: Mapped[Id]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("intake_file.id", ondelete="SET NULL"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    is_dry_run: Mapped[bool]
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    rows_total: Mapped[int] = mapped_column(default=0)
    rows_read: Mapped[int] = mapped_column(default=0)
    imported: Mapped[int] = mapped_column(default=0)
    faults: Mapped[int] = mapped_column(default=0)
    report: Mapped[Sealed | None]
    made_at: Mapped[Instant]
    started_at: Mapped[Instant | None]
    finished_at: Mapped[Instant | None]
