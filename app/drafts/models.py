"""What somebody is typing, kept on the server (ruling 25)."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Code, Id, Instant, Sealed


class Draft(Base):
    """One unfinished form of one user; nobody else's to read."""

    __tablename__ = "draft"
    __table_args__ = (Index("uq_draft_user_form_subject", "user_id", "form", "subject_id", unique=True),)

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    form: Mapped[Code]
    subject_id: Mapped[UUID] = mapped_column(Uuid)
    base_version: Mapped[int] = mapped_column(default=0)
    body: Mapped[Sealed]
    saved_at: Mapped[Instant]
