"""The trail: who did what to whose record, when and why. The application role can add rows and read them, no more."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, String, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Code, Instant


class AuditEvent(Base):
    """One act or one look (act 703/2023, section 10). Holds ids and codes, never content."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_client", "client_id", "id", postgresql_where="client_id IS NOT NULL"),
        Index("ix_audit_event_listed", "client_ids", postgresql_using="gin", postgresql_where="client_ids IS NOT NULL"),
        Index("ix_audit_event_actor", "actor_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[Instant]
    actor_kind: Mapped[str] = mapped_column(String(10))
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(String(120))
    action: Mapped[Code]
    object_kind: Mapped[Code]
    object_id: Mapped[UUID | None]
    client_id: Mapped[UUID | None]
    case_id: Mapped[UUID | None]
    client_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    purpose: Mapped[str] = mapped_column(String(60), default="")
    outcome: Mapped[str] = mapped_column(String(20), default="ok")
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    request_id: Mapped[str] = mapped_column(String(40), default="")
    session_id: Mapped[UUID | None]
    address: Mapped[str] = mapped_column(String(45), default="")
