"""Rows of the core itself: forms already sent, and counters of tries."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class OnceKey(Base):
    """A form that was sent: whoever sends the same one again is taken where the first time led."""

    __tablename__ = "once_key"

    key: Mapped[UUID] = mapped_column(primary_key=True)
    actor_id: Mapped[UUID]
    form: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    location: Mapped[str | None] = mapped_column(Text)


class RateCounter(Base):
    """How often something was tried in one window of time; the key (a user name, an address) only as a hash."""

    __tablename__ = "rate_counter"

    bucket: Mapped[str] = mapped_column(Text, primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    window_start: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True, index=True)
    hits: Mapped[int] = mapped_column(Integer)
