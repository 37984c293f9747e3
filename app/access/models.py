"""The verified client relationship that access rests on (act 703/2023, section 9; ruling 2)."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Code, Id, Instant


class Standing(Base):
    """Why a user may see a client: written by the feature that grants it, read by predicates and scopes."""

    __tablename__ = "standing"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_start"),
        # not partial: the scopes ask for what holds at an instant, ended later or not at all
        Index("ix_standing_user", "user_id", "kind", "case_id"),
        Index("ix_standing_client", "client_id", "user_id"),
        Index("ix_standing_case", "case_id", "user_id"),
        Index(
            "uq_standing_open",
            "user_id",
            "client_id",
            "case_id",
            "kind",
            unique=True,
            postgresql_where="valid_to IS NULL",
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("pathway_case.id"))
    kind: Mapped[Code]
    basis_id: Mapped[UUID | None]
    valid_from: Mapped[Instant]
    valid_to: Mapped[Instant | None]
