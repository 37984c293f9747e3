"""What stands beside the values of a measure: plans, versions, reviews, periods and stages, each on its day."""

from datetime import date, datetime

from app.core.uow import UnitOfWork
from app.measures import queries as measures
from app.measures.domain import rows_of
from app.workbench.events import events_of
from tests.factories.cases import create_case
from tests.factories.measures import build_result, enter
from tests.factories.plans import create_plan_in_force, hold_review, replace_version


def test_every_day_of_plans_and_stages_is_told_in_the_order_of_time(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow, opened_on=date(2026, 2, 2))
    period = (date(2026, 3, 2), date(2027, 3, 1))
    plan = create_plan_in_force(uow, case, in_force_on=date(2026, 3, 1), period=period)
    hold_review(uow, case, plan, held_on=date(2026, 6, 1), now=now)
    replace_version(uow, case, plan, on=date(2026, 6, 8), next_review_on=date(2026, 9, 1))
    told = [(one.on, str(one.short)) for one in events_of(uow, case, "fi")]
    assert told[0][0] == date(2026, 2, 2)
    assert told[0][1].startswith("Stage ")
    assert told[1:] == [
        (date(2026, 3, 1), "Plan"),
        (date(2026, 3, 2), "Period starts"),
        (date(2026, 6, 1), "Review"),
        (date(2026, 6, 8), "Version 2"),
        (date(2027, 3, 1), "Period ends"),
    ]


def test_the_table_has_a_row_for_each_value_and_each_event_the_latest_first(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow, opened_on=date(2026, 2, 2))
    create_plan_in_force(uow, case, in_force_on=date(2026, 3, 1))
    for day in (date(2026, 2, 10), date(2026, 3, 1)):
        enter(uow, case, build_result("ME01", on=day), now=now)
    enter(uow, case, build_result("ME02"), now=now)
    events = events_of(uow, case, "fi")
    score, words = measures.all_series_of(uow, case.id)
    assert [(row.on, row.entry is not None) for row in rows_of(score, events)] == [
        (date(2026, 3, 1), False),
        (date(2026, 3, 1), True),
        (date(2026, 2, 10), True),
        (date(2026, 2, 2), False),
    ]
    assert [row.events for row in rows_of(words, events)] == [()], "words are read alone"
