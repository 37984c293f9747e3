"""Measures of all kinds, and results of them."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.access.actor import system_actor
from app.cases.domain import CaseView
from app.core.uow import UnitOfWork
from app.measures import services
from app.measures.domain import Event, Result
from app.reference.domain import Measure, Words

DEMO = system_actor("system:demo")


def build_measure(**values: Any) -> Measure:  # noqa: ANN401 - the values of a row
    """Return a number measure from 0 to 10 in whole steps, or whatever is said otherwise."""
    words = Words("Mittari")
    row: dict[str, Any] = {
        "code": "ME90", "label": words, "question": words, "stores": words, "source": words, "licence": words,
        "scale": "number", "minimum": Decimal(0), "maximum": Decimal(10), "step": Decimal(1),
    }  # fmt: skip
    return Measure(**row | values)


def build_result(measure: str = "ME02", on: date = date(2026, 11, 20), **values: Any) -> Result:  # noqa: ANN401 - as above
    """Return a result of Kykyviisari, or of another measure with the values it asks."""
    known: Mapping[str, Any] = {
        "ME01": {"value": Decimal(6)},
        "ME02": {"language": "fi", "summary": "Voimat riittävät arjessa.", "reference": "Tulos 4711"},
        "ME03": {"name": "Stressitesti", "value": Decimal(12), "summary": "Kuormitusta on."},
        "ME04": {"observations": {"stamina": "Väsyi tunnissa."}},
    }
    return Result(measure=measure, measured_on=on, **known.get(measure, {}) | values)


def enter(uow: UnitOfWork, case: CaseView, result: Result, *, now: datetime) -> UUID:
    """Put a result on record."""
    return services.enter_result(uow, case, result, actor=DEMO, now=now)


def give_form(uow: UnitOfWork, case: CaseView, *, on: date, now: datetime, language: str = "fi") -> UUID:
    """Put on record that the form of Kykyviisari was given."""
    result = Result(measure="ME02", event=Event.FORM_GIVEN, measured_on=on, language=language)
    return enter(uow, case, result, now=now)
