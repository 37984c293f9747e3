"""Entering the work-ability score (ME01, RU15)."""

from datetime import date, datetime

import pytest

from app.access.actor import system_actor
from app.core.errors import Refused
from app.core.uow import UnitOfWork
from app.measures import queries, services
from tests.factories.cases import create_case

DEMO = system_actor("system:demo")


def enter(uow: UnitOfWork, case: object, value: int, on: date, now: datetime, measure: str = "ME01") -> None:
    services.enter_value(
        uow,
        case,  # type: ignore[arg-type] # the case of the factory
        measure=measure,
        value=value,
        measured_on=on,
        remark="Jaksan jo paremmin.",
        actor=DEMO,
        now=now,
    )


def test_scores_come_back_in_the_order_of_their_days_and_seven_asks_a_closer_look(
    uow: UnitOfWork, now: datetime, today: date
) -> None:
    case = create_case(uow)
    enter(uow, case, 8, today, now)
    enter(uow, case, 7, date(2026, 6, 1), now)
    series = queries.series_of(uow, case.id, "ME01")
    assert [(one.value, one.asks_closer_look) for one in series] == [(7, True), (8, False)]
    assert series[0].remark == "Jaksan jo paremmin."
    assert queries.met_needs(uow, case, today) == {"measure:ME01"}


@pytest.mark.parametrize("value", [-1, 11])
def test_a_score_outside_the_scale_is_refused_at_its_field(
    uow: UnitOfWork, now: datetime, today: date, value: int
) -> None:
    with pytest.raises(Refused) as refused:
        enter(uow, create_case(uow), value, today, now)
    assert [reason.field for reason in refused.value.reasons] == ["value"]


def test_a_score_of_tomorrow_and_an_unknown_measure_are_refused(uow: UnitOfWork, now: datetime, today: date) -> None:
    case = create_case(uow)
    with pytest.raises(Refused):
        enter(uow, case, 5, date(2026, 11, 25), now)
    with pytest.raises(Refused):
        enter(uow, case, 5, today, now, measure="ME99")
