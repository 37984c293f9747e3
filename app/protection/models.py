"""Contact data under address protection, and the named users who may open it (ruling 1)."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Id, Instant, Sealed


class SealedContact(Base):
    """Municipality, address, phone and e-mail of a person with address protection, under a key of their own.

    When the protection is lifted the row stays, emptied, with who did it and why.
    """

    __tablename__ = "sealed_contact"

    id: Mapped[Id]
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), unique=True)
    municipality: Mapped[Sealed | None]
    address: Mapped[Sealed | None]
    phone: Mapped[Sealed | None]
    email: Mapped[Sealed | None]
    changed_at: Mapped[Instant]
    lifted_at: Mapped[Instant | None]
    lifted_by: Mapped[UUID | None]
    lifted_because: Mapped[Sealed | None]


class ProtectedHandler(Base):
    """A user who may open the sealed contact data: the primary worker by assignment, others by the lead's word.

    `granted_by` is empty when the right came with the assignment.
    """

    __tablename__ = "protected_handler"
    __table_args__ = (
        Index("uq_protected_handler_open", "client_id", "user_id", unique=True, postgresql_where="valid_to IS NULL"),
    )

    id: Mapped[Id]
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    valid_from: Mapped[Instant]
    valid_to: Mapped[Instant | None]
    granted_by: Mapped[UUID | None]
    reason: Mapped[Sealed | None]
