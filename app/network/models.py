"""The responsible-worker line without gaps, and the professionals beside it (ruling 14)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Code, Id, Instant, Sealed


class ResponsiblePeriod(Base):
    """Who answered for the case and when: [from, to), never empty, one primary at a time (exclusion constraint)."""

    __tablename__ = "responsible_period"
    __table_args__ = (
        ExcludeConstraint(
            ("case_id", "="), ("during", "&&"), name="one_primary_at_a_time", where="kind = 'primary'", using="gist"
        ),
        CheckConstraint("NOT isempty(during)", name="never_empty"),
        CheckConstraint("kind IN ('primary', 'pair', 'entry', 'progress')", name="known_kind"),
        Index("ix_responsible_period_case", "case_id"),
        Index("ix_responsible_period_user", "user_id"),
    )

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str] = mapped_column(String(10))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    assigned_at: Mapped[Instant]
    assigned_by: Mapped[UUID | None]
    reason: Mapped[Sealed | None]
    profession_exception: Mapped[Sealed | None]


class NetworkMember(Base):
    """A professional or close person beside the client; what they see is decided from the basis at reading."""

    __tablename__ = "network_member"
    __table_args__ = (Index("ix_network_member_case", "case_id"),)

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    name: Mapped[Sealed]
    contact: Mapped[Sealed | None]
    party: Mapped[Code]
    role: Mapped[str] = mapped_column(String(80), default="")
    added_at: Mapped[Instant]
    added_by: Mapped[UUID | None]
    removed_at: Mapped[Instant | None]
    removed_by: Mapped[UUID | None]
    # who they were in the network of the path before, when they came over from it
    came_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("network_member.id"))
