"""Reading measures."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import Select, select

from app.cases.domain import CaseView
from app.core.errors import NotFound
from app.core.uow import UnitOfWork
from app.measures.domain import Event, MeasureEntry, Series, needs_met_by, whole_where_whole
from app.measures.models import MeasureObservation, MeasureValue
from app.reference.loader import reference


def all_series_of(uow: UnitOfWork, case_id: UUID) -> tuple[Series, ...]:
    """Return a series for each measure with an entry in the case, in the order of the measures (two statements)."""
    found: dict[str, list[MeasureEntry]] = defaultdict(list)
    for one in _entries(uow, _of_case(case_id)):
        found[one.measure].append(one)
    known = dict.fromkeys(row.code for row in reference().measures)
    return tuple(_series(code, found[code]) for code in known if code in found)


def _series(code: str, entries: Iterable[MeasureEntry]) -> Series:
    kept = tuple(entries)
    return Series(
        measure=reference().measures.get(code),
        entries=tuple(one for one in kept if not one.is_corrected),
        corrected=tuple(one for one in kept if one.is_corrected),
    )


def series_of(uow: UnitOfWork, case_id: UUID, measure: str) -> list[MeasureEntry]:
    """Return the results of one measure in a case that count, oldest first (two statements)."""
    entries = _entries(uow, _of_case(case_id).where(MeasureValue.measure == measure))
    return list(_series(measure, entries).results)


def entry_of(uow: UnitOfWork, case_id: UUID, entry_id: UUID) -> MeasureEntry:
    """Return one entry of a case, or NotFound."""
    found = _entries(uow, _of_case(case_id).where(MeasureValue.id == entry_id))
    if not found:
        raise NotFound
    return found[0]


def _of_case(case_id: UUID) -> Select[MeasureValue]:
    order = (MeasureValue.measured_on, MeasureValue.entered_at, MeasureValue.id)
    return select(MeasureValue).where(MeasureValue.case_id == case_id).order_by(*order)


def _entries(uow: UnitOfWork, asked: Select[MeasureValue]) -> list[MeasureEntry]:
    rows = uow.session.scalars(asked).all()
    seen = _observations(uow, [row.id for row in rows])
    return [_entry(uow, row, seen[row.id]) for row in rows]


def _observations(uow: UnitOfWork, entry_ids: Collection[UUID]) -> dict[UUID, dict[str, str]]:
    seen: dict[UUID, dict[str, str]] = defaultdict(dict)
    if entry_ids:
        asked = select(MeasureObservation).where(MeasureObservation.measure_value_id.in_(entry_ids))
        for row in uow.session.scalars(asked):
            seen[row.measure_value_id][row.aspect] = uow.vault.open("measure_observation", "text", row.id, row.text)
    return seen


def _entry(uow: UnitOfWork, row: MeasureValue, observations: Mapping[str, str]) -> MeasureEntry:
    def opened(column: str, blob: bytes | None) -> str | None:
        return uow.vault.open_optional("measure_value", column, row.id, blob)

    # a scale may change with time: what a value asked on its day is what counts
    measures = reference().measures
    measure = measures.pick(row.measure, row.measured_on) or measures.get(row.measure)
    value = whole_where_whole(row.value)
    return MeasureEntry(
        id=row.id,
        measure=row.measure,
        event=Event(row.event),
        value=value,
        measured_on=row.measured_on,
        language=row.language,
        name=opened("name", row.name),
        summary=opened("summary", row.summary),
        reference=opened("reference", row.reference),
        observations=observations,
        remark=opened("remark", row.remark),
        entered_at=row.entered_at,
        entered_by=row.entered_by,
        asks_closer_look=value is not None and measure.crosses(value),
        corrected_at=row.corrected_at,
        corrected_by=row.corrected_by,
        correction_reason=opened("correction_reason", row.correction_reason),
        replaced_by=row.replaced_by,
    )


def met_needs(uow: UnitOfWork, case: CaseView, today: date) -> frozenset[str]:
    """The needs of the pathway that the measures on record meet."""
    rows = uow.session.execute(
        select(MeasureValue.measure, MeasureValue.event, MeasureValue.measured_on)
        .where(
            MeasureValue.case_id == case.id,
            MeasureValue.measured_on <= today,
            MeasureValue.corrected_at.is_(None),
        )
        .distinct()
    )
    return needs_met_by((measure, event, on) for measure, event, on in rows)
