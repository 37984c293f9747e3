"""Copies that were given to a party: the disclosure log. The application role can add rows and read them, no more."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Code, Id, Instant


class Disclosure(Base):
    """One copy given to one party: what, whose, by whom, to whom, when, for what, on what ground (703/2023 10 §)."""

    __tablename__ = "disclosure"
    __table_args__ = (
        CheckConstraint("cardinality(categories) > 0", name="says_what"),
        Index("ix_disclosure_client", "client_id", "disclosed_at"),
        Index("ix_disclosure_case", "case_id", "disclosed_at"),
    )

    id: Mapped[Id]
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    paper: Mapped[Code]
    subject_id: Mapped[UUID | None]
    edition: Mapped[str] = mapped_column(String(40))
    categories: Mapped[list[str]] = mapped_column(ARRAY(String(60)))
    party: Mapped[Code]
    purpose: Mapped[Code]
    basis: Mapped[Code]
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consent.id"))
    disclosed_at: Mapped[Instant]
    disclosed_by: Mapped[UUID | None]
