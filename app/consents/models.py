"""Consents, disclosure permissions and prohibitions, itemised by party, data category and purpose (domain 2.4)."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Code, Id, Instant, Sealed


class Consent(Base):
    """One act of the client: what was asked, how it was given, until when; withdrawal is a dated event, no delete."""

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint("valid_until IS NULL OR valid_until >= given_on", name="ends_after_giving"),
        CheckConstraint("(withdrawn_on IS NULL) = (withdrawn_at IS NULL)", name="withdrawn_once"),
        Index("ix_consent_client", "client_id", "given_on"),
        Index("ix_consent_case", "case_id"),
    )

    id: Mapped[Id]
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    kind: Mapped[Code]
    basis: Mapped[Code]
    given_by: Mapped[str] = mapped_column(String(20), default="self")
    given_on: Mapped[date]
    form: Mapped[str] = mapped_column(String(20))
    text_version: Mapped[str] = mapped_column(String(20))
    valid_until: Mapped[date | None]
    remark: Mapped[Sealed | None]
    recorded_at: Mapped[Instant]
    recorded_by: Mapped[UUID | None]
    withdrawn_on: Mapped[date | None]
    withdrawn_at: Mapped[Instant | None]
    withdrawn_by: Mapped[UUID | None]
    withdrawal_reason: Mapped[Sealed | None]


class ConsentItem(Base):
    """One line of a consent: this party, this kind of data, this purpose; refusals are stored too."""

    __tablename__ = "consent_item"
    __table_args__ = (
        Index("uq_consent_item", "consent_id", "party", "category", "purpose", unique=True),
        CheckConstraint("answer IN ('given', 'refused')", name="known_answer"),
    )

    id: Mapped[Id]
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consent.id"))
    party: Mapped[Code]
    category: Mapped[Code]
    purpose: Mapped[Code]
    answer: Mapped[str] = mapped_column(String(10))
