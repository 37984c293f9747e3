"""Measures over time. Scores stay clear integers for aggregates; the words beside them are sealed (ruling 27)."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Code, Id, Instant, Sealed, Small


class MeasureValue(Base):
    """One value of one measure, e.g. ME01 work-ability score 0-10."""

    __tablename__ = "measure_value"
    __table_args__ = (Index("ix_measure_value_case", "case_id", "measure", "measured_on"),)

    id: Mapped[Id]
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    measure: Mapped[Code]
    value: Mapped[Small]
    measured_on: Mapped[date]
    remark: Mapped[Sealed | None]
    entered_at: Mapped[Instant]
    entered_by: Mapped[UUID | None]
