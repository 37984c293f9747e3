"""Measures over time. Values stay clear numbers for aggregates; every word beside them is sealed (ruling 27)."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Code, Id, Instant, Sealed


class MeasureValue(Base):
    """One entry of one measure: a result, or that a form was given. A wrong one is marked corrected and stays."""

    __tablename__ = "measure_value"
    __table_args__ = (
        CheckConstraint("event IN ('result', 'form_given')", name="known_event"),
        CheckConstraint("event = 'result' OR value IS NULL", name="form_has_no_value"),
        CheckConstraint("(corrected_at IS NULL) = (correction_reason IS NULL)", name="corrected_with_reason"),
        CheckConstraint("replaced_by IS NULL OR corrected_at IS NOT NULL", name="replaced_when_corrected"),
        Index("ix_measure_value_case", "case_id", "measure", "measured_on"),
    )

    id: Mapped[Id]
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_case.id"))
    measure: Mapped[Code]
    # many rows come by COPY without this column, and all of them are results
    event: Mapped[str] = mapped_column(String(20), server_default="result")
    value: Mapped[Decimal | None] = mapped_column(Numeric(9, 3))
    measured_on: Mapped[date]
    language: Mapped[Code | None]
    name: Mapped[Sealed | None]
    summary: Mapped[Sealed | None]
    reference: Mapped[Sealed | None]
    remark: Mapped[Sealed | None]
    entered_at: Mapped[Instant]
    entered_by: Mapped[UUID | None]
    corrected_at: Mapped[Instant | None]
    corrected_by: Mapped[UUID | None]
    correction_reason: Mapped[Sealed | None]
    replaced_by: Mapped[UUID | None] = mapped_column(ForeignKey("measure_value.id"))


class MeasureObservation(Base):
    """What was seen of one aspect, in the words of the one who saw it."""

    __tablename__ = "measure_observation"
    __table_args__ = (Index("uq_measure_observation_aspect", "measure_value_id", "aspect", unique=True),)

    id: Mapped[Id]
    measure_value_id: Mapped[UUID] = mapped_column(ForeignKey("measure_value.id"))
    aspect: Mapped[Code]
    text: Mapped[Sealed]
