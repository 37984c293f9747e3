"""What is recognised and assessed. Texts are sealed; codes, days and answers stay clear for lists and rules."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Code, Id, Instant, Sealed, Small


class IdentificationSign(Base):
    """A background signal or a trigger that somebody noted. It ends with a reason; it is never deleted."""

    __tablename__ = "identification_sign"
    __table_args__ = (
        CheckConstraint("kind IN ('signal', 'trigger')", name="known_kind"),
        CheckConstraint("(ended_on IS NULL) = (ending IS NULL)", name="ended_with_cause"),
        CheckConstraint("ended_on IS NULL OR ended_on >= noted_on", name="ends_after_noting"),
        Index("uq_identification_sign_open", "case_id", "code", unique=True, postgresql_where="ended_on IS NULL"),
        Index("ix_identification_sign_case", "case_id", "noted_at"),
    )

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    kind: Mapped[str] = mapped_column(String(10))
    code: Mapped[Code]
    noted_on: Mapped[date]
    noted_at: Mapped[Instant]
    noted_by: Mapped[UUID | None]
    remark: Mapped[Sealed | None]
    ended_on: Mapped[date | None]
    ended_at: Mapped[Instant | None]
    ended_by: Mapped[UUID | None]
    ending: Mapped[str | None] = mapped_column(String(10))
    end_reason: Mapped[Sealed | None]


class IdentificationEntry(Base):
    """One value of one field of the identification record: the newest counts, the earlier ones stay.

    `number` is the save it came with. `code` holds what is chosen from a list, `text` what was written.
    """

    __tablename__ = "identification_entry"
    __table_args__ = (Index("uq_identification_entry_number", "case_id", "field", "number", unique=True),)

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    field: Mapped[Code]
    number: Mapped[Small]
    code: Mapped[str | None] = mapped_column(String(60))
    text: Mapped[Sealed | None]
    written_at: Mapped[Instant]
    written_by: Mapped[UUID | None]


class NeedsAssessment(Base):
    """One needs assessment of a case, from its initiation (703/2023 section 41); what it says lives in versions."""

    __tablename__ = "needs_assessment"
    __table_args__ = (
        CheckConstraint("started_on IS NULL OR started_on >= initiated_on", name="starts_after_initiation"),
        Index("uq_needs_assessment_case", "case_id", unique=True),
    )

    id: Mapped[Id]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    initiated_on: Mapped[date]
    client_group: Mapped[Code]
    started_on: Mapped[date | None]
    finished_on: Mapped[date | None]
    initiated_at: Mapped[Instant]
    initiated_by: Mapped[UUID | None]


class NeedsVersion(Base):
    """One version: a draft until it is finished, then frozen; a later change makes the next version."""

    __tablename__ = "needs_version"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'finished', 'replaced')", name="known_state"),
        CheckConstraint("(state = 'draft') = (finished_on IS NULL)", name="finished_has_day"),
        CheckConstraint("(recorded_system IS NULL) = (recorded_on IS NULL)", name="recorded_on_a_day"),
        CheckConstraint("network IN ('mapped', 'refused')", name="known_network"),
        Index("uq_needs_version_number", "assessment_id", "number", unique=True),
        Index("uq_needs_version_draft", "assessment_id", unique=True, postgresql_where="state = 'draft'"),
        Index("uq_needs_version_finished", "assessment_id", unique=True, postgresql_where="state = 'finished'"),
    )

    id: Mapped[Id]
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("needs_assessment.id"))
    number: Mapped[Small]
    state: Mapped[str] = mapped_column(String(10), default="draft")
    form_version: Mapped[str] = mapped_column(String(20))
    profession: Mapped[str | None] = mapped_column(String(60))
    is_office_holder: Mapped[bool | None]
    is_urgent: Mapped[bool | None]
    needs_own_worker: Mapped[bool | None]
    network: Mapped[str | None] = mapped_column(String(10))
    written_at: Mapped[Instant]
    written_by: Mapped[UUID | None]
    finished_on: Mapped[date | None]
    finished_at: Mapped[Instant | None]
    finished_by: Mapped[UUID | None]
    recorded_system: Mapped[str | None] = mapped_column(String(60))
    recorded_on: Mapped[date | None]
    reference: Mapped[Sealed | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own attribute


class NeedsText(Base):
    """One text of one version, by its place in the list of content."""

    __tablename__ = "needs_text"
    __table_args__ = (Index("uq_needs_text_field", "version_id", "field", unique=True),)

    id: Mapped[Id]
    version_id: Mapped[UUID] = mapped_column(ForeignKey("needs_version.id", ondelete="CASCADE"))
    field: Mapped[Code]
    text: Mapped[Sealed]
