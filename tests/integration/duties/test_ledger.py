"""The ledger: rows are only ever closed, and what lists read of it is what the domain says."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Date, literal, select, true
from sqlalchemy.exc import IntegrityError

from app.access.actor import system_actor
from app.cases.models import Case
from app.core.uow import UnitOfWork
from app.duties import queries, services
from app.duties.domain import DueWindow, DutyKind, DutyOutcome, window_of
from app.duties.models import Duty
from tests.factories.cases import create_case

DEMO = system_actor("system:demo")


def open_review(uow: UnitOfWork, case_id: UUID, due_on: date, *, plan_id: UUID | None = None, now: datetime) -> UUID:
    return services.open_duty(
        uow,
        case_id=case_id,
        kind=DutyKind.PLAN_REVIEW,
        subject_kind="plan",
        subject_id=plan_id or uuid4(),
        rule_code="REVIEW_A",
        anchor_on=due_on - timedelta(days=90),
        due_on=due_on,
        reason="sovittu asiakkaan kanssa",
        actor=DEMO,
        now=now,
    )


def test_a_new_date_closes_the_old_duty_and_follows_it(uow: UnitOfWork, now: datetime) -> None:
    case, plan_id = create_case(uow), uuid4()
    first = open_review(uow, case.id, date(2026, 12, 1), plan_id=plan_id, now=now)
    second = open_review(uow, case.id, date(2027, 2, 1), plan_id=plan_id, now=now)
    old, new = sorted(queries.all_of_case(uow, case.id), key=lambda one: one.due_on)
    assert (old.id, old.outcome) == (first, DutyOutcome.SUPERSEDED)
    assert (new.id, new.follows_id, new.is_open) == (second, first, True)
    assert [one.id for one in queries.open_of_case(uow, case.id)] == [second]


def test_closing_what_is_not_open_is_no_error(uow: UnitOfWork, now: datetime, today: date) -> None:
    subject = uuid4()
    closed = services.close_duty(
        uow, kind="plan_review", subject_kind="plan", subject_id=subject, outcome="done", on=today, actor=DEMO, now=now
    )
    assert closed is None


def test_a_held_review_is_closed_on_the_day_it_was_held(uow: UnitOfWork, now: datetime) -> None:
    case, plan_id = create_case(uow), uuid4()
    duty = open_review(uow, case.id, date(2026, 12, 1), plan_id=plan_id, now=now)
    closed = services.close_duty(
        uow,
        kind=DutyKind.PLAN_REVIEW,
        subject_kind="plan",
        subject_id=plan_id,
        outcome=DutyOutcome.DONE,
        on=date(2026, 11, 20),
        actor=DEMO,
        now=now,
    )
    assert closed == duty
    assert queries.all_of_case(uow, case.id)[0].closed_on == date(2026, 11, 20)


def test_the_database_holds_one_open_duty_of_a_kind_about_a_thing(uow: UnitOfWork, now: datetime) -> None:
    case, plan_id = create_case(uow), uuid4()
    open_review(uow, case.id, date(2026, 12, 1), plan_id=plan_id, now=now)
    row = uow.session.scalars(select(Duty).where(Duty.subject_id == plan_id)).one()
    values = {column.name: getattr(row, column.name) for column in Duty.__table__.columns} | {"id": uuid4()}
    uow.session.add(Duty(**values))
    with pytest.raises(IntegrityError, match="uq_duty_open"):
        uow.flush()


def test_the_reason_is_sealed(uow: UnitOfWork, now: datetime) -> None:
    duty = open_review(uow, create_case(uow).id, date(2026, 12, 1), now=now)
    row = uow.session.get_one(Duty, duty)
    assert row.reason is not None
    assert b"sovittu" not in row.reason
    assert uow.vault.open("duty", "reason", duty, row.reason) == "sovittu asiakkaan kanssa"


def test_a_row_of_a_list_is_the_case_by_its_earliest_duty(uow: UnitOfWork, now: datetime, today: date) -> None:
    late, soon, none = create_case(uow), create_case(uow), create_case(uow)
    open_review(uow, late.id, date(2026, 11, 20), now=now)
    open_review(uow, late.id, date(2026, 11, 10), now=now)
    open_review(uow, soon.id, date(2026, 11, 24), now=now)
    piece = queries.earliest_open(Case.id)
    rows = uow.session.execute(
        select(Case.id, piece.c.due_on)
        .outerjoin(piece, true())
        .where(Case.id.in_([late.id, soon.id, none.id]))
        .order_by(piece.c.due_on.nulls_last())
    ).all()
    assert [tuple(row) for row in rows] == [
        (late.id, date(2026, 11, 10)),
        (soon.id, date(2026, 11, 24)),
        (none.id, None),
    ]
    counts = uow.session.execute(
        select(*queries.due_counts(piece.c.due_on, piece.c.waits_for, today))
        .select_from(Case)
        .join(piece, true())
        .where(Case.id.in_([late.id, soon.id, none.id]))
    ).one()
    assert counts._asdict() == {"late": 1, "today": 1, "this_week": 0, "waits_me": 2, "waits_others": 0}


@hypothesis_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(due_on=st.dates(date(2026, 11, 1), date(2027, 1, 31)), today=st.dates(date(2026, 11, 1), date(2027, 1, 31)))
def test_the_counters_of_the_database_and_of_the_domain_agree(uow: UnitOfWork, due_on: date, today: date) -> None:
    column = literal(due_on, Date)
    inside = [window for window in DueWindow if uow.session.scalar(select(queries.in_window(column, window, today)))]
    assert inside == [window_of(due_on, today)]
