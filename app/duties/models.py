"""The one ledger of everything that falls due (ruling 15). A row is only ever closed, never moved."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Code, Id, Instant, Sealed


class Duty(Base):
    """Something somebody must do by a day. It belongs to whoever is responsible today, so it names no owner."""

    __tablename__ = "duty"
    __table_args__ = (
        CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="closed_with_outcome"),
        Index("uq_duty_open", "kind", "subject_kind", "subject_id", unique=True, postgresql_where="closed_at IS NULL"),
        Index("ix_duty_case_open", "case_id", "due_on", "id", postgresql_where="closed_at IS NULL"),
        Index("ix_duty_due_open", "due_on", "id", postgresql_where="closed_at IS NULL"),
        Index("ix_duty_id_open", "id", postgresql_where="closed_at IS NULL"),
        # asked at every tick of the sweep, and nearly always empty
        Index(
            "ix_duty_postponed_often",
            "case_id",
            postgresql_where="closed_at IS NULL AND rule_code = 'POSTPONED_OFTEN'",
        ),
    )

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    kind: Mapped[Code]
    subject_kind: Mapped[Code]
    subject_id: Mapped[UUID]
    waits_for: Mapped[str] = mapped_column(String(20), default="worker")
    rule_code: Mapped[Code]
    anchor_on: Mapped[date]
    due_on: Mapped[date]
    law_limit_on: Mapped[date | None]
    opened_at: Mapped[Instant]
    opened_by: Mapped[UUID | None]
    closed_at: Mapped[Instant | None]
    closed_by: Mapped[UUID | None]
    closed_on: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(String(20))
    follows_id: Mapped[UUID | None] = mapped_column(ForeignKey("duty.id"))
    reason: Mapped[Sealed | None]
    closing_reason: Mapped[Sealed | None]
