"""Putting a review off: the old day stays, the law is never passed, the third time in a row is marked for the lead."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text

from app.access.actor import system_actor
from app.cases import queries as cases
from app.cases import services as case_acts
from app.cases.domain import CaseView, Ending
from app.core.errors import Conflict, Forbidden, Refused
from app.core.uow import UnitOfWork
from app.duties import queries as ledger
from app.duties.domain import POSTPONED, POSTPONED_OFTEN, DutyKind
from app.plans import queries as plans
from app.plans import services as plan_acts
from app.plans.versions import PlanView
from app.reviews import services
from app.upkeep.queries import wrong_duties
from tests.factories.accounts import actor_of
from tests.factories.cases import create_case, create_worker, moment_of, seen_by
from tests.factories.plans import create_plan_in_force, hold_review

DEMO = system_actor("system:demo")
NOW = moment_of(date(2026, 11, 24))
"""The day of the tests; the plans are due on 1.12.2026 (REVIEW_A, a target) unless they say otherwise."""


def a_plan(
    uow: UnitOfWork, *, model: str = "work_ability_support", kind: str | None = None
) -> tuple[CaseView, PlanView]:
    case = create_case(uow, model=model, opened_on=date(2026, 9, 1))
    return case, create_plan_in_force(uow, case, kind=kind, in_force_on=date(2026, 9, 1))


def put_off(uow: UnitOfWork, case: CaseView, plan: PlanView, to: date | None, **more: object) -> None:
    given = {"reason": "asiakas on sairaalassa", "seen": plans.plan_of(uow, case.id, plan.id).due_on, "actor": DEMO}
    services.postpone_review(uow, case, plan.id, to=to, **(given | {"now": NOW} | more))  # type: ignore[arg-type] # named above


def fields_of(refused: pytest.ExceptionInfo[Refused]) -> list[str | None]:
    return [reason.field for reason in refused.value.reasons]


def test_the_old_day_stays_superseded_and_the_new_one_follows_it_with_the_sealed_reason(uow: UnitOfWork) -> None:
    case, plan = a_plan(uow)
    put_off(uow, case, plan, date(2026, 12, 15))
    old, new = ledger.all_of_case(uow, case.id)
    assert (old.due_on, old.outcome, old.closed_on) == (date(2026, 12, 1), "superseded", date(2026, 11, 24))
    assert (new.due_on, new.follows_id, new.rule_code) == (date(2026, 12, 15), old.id, POSTPONED)
    (move,) = plans.postponed_of(uow, plan.id).moves
    assert (move.was_on, move.now_on, move.reason) == (old.due_on, new.due_on, "asiakas on sairaalassa")
    assert (
        b"sairaalassa" not in uow.session.execute(text("SELECT reason FROM duty WHERE reason IS NOT NULL")).scalar_one()
    )
    assert uow.session.execute(
        text("SELECT detail FROM audit_event WHERE action = 'review_postponed'")
    ).scalar_one() == {
        "from": "2026-12-01",
        "to": "2026-12-15",
        "number": 1,
    }


def test_a_reason_and_a_later_day_are_asked_for(uow: UnitOfWork) -> None:
    case, plan = a_plan(uow)
    for to, reason, fields in (
        (None, "syy", ["due_on"]),
        (date(2026, 12, 15), " ", ["reason"]),
        (date(2026, 12, 1), "syy", ["due_on"]),
        (date(2026, 11, 20), None, ["due_on", "reason"]),
        (date(2026, 12, 15), "x" * 4001, ["reason"]),
    ):
        with pytest.raises(Refused) as refused:
            put_off(uow, case, plan, to, reason=reason)
        assert fields_of(refused) == fields
    assert plans.plan_of(uow, case.id, plan.id).due_on == date(2026, 12, 1)


def test_a_late_review_is_not_put_off_to_a_day_that_has_passed(uow: UnitOfWork) -> None:
    case, plan = a_plan(uow)
    late = moment_of(date(2027, 1, 7))
    with pytest.raises(Refused, match="passed already"):
        put_off(uow, case, plan, date(2027, 1, 5), now=late)
    put_off(uow, case, plan, date(2027, 1, 7), now=late)


@pytest.mark.parametrize("kind", ["activation_plan", "multisector_employment_plan"])
def test_no_reason_takes_a_review_past_the_limit_of_the_law(uow: UnitOfWork, kind: str) -> None:
    """AP_REVIEW (189/2001 section 9) and MSP_REVIEW (381/2023 section 6)."""
    case = create_case(uow, model="quality_based_coaching", opened_on=date(2026, 9, 1))
    plan = create_plan_in_force(uow, case, kind=kind, in_force_on=date(2026, 9, 1), next_review_on=date(2026, 11, 10))
    with pytest.raises(Refused) as refused:
        put_off(uow, case, plan, date(2026, 12, 2))
    assert fields_of(refused) == ["due_on"]
    put_off(uow, case, plan, date(2026, 12, 1))


def test_no_reason_takes_a_review_past_the_end_of_the_period(uow: UnitOfWork) -> None:
    case = create_case(uow, opened_on=date(2026, 9, 1))
    plan = create_plan_in_force(uow, case, in_force_on=date(2026, 9, 1), period=(date(2026, 9, 1), date(2026, 12, 20)))
    with pytest.raises(Refused, match=r"period ends on 20\.12\.2026"):
        put_off(uow, case, plan, date(2026, 12, 21))


def test_whoever_looks_at_a_day_that_has_changed_is_told(uow: UnitOfWork) -> None:
    case, plan = a_plan(uow)
    put_off(uow, case, plan, date(2026, 12, 15))
    with pytest.raises(Conflict, match=r"15\.12\.2026"):
        put_off(uow, case, plan, date(2026, 12, 20), seen=date(2026, 12, 1))


def test_the_third_time_in_a_row_is_marked_and_a_held_review_begins_anew(uow: UnitOfWork) -> None:
    case, plan = a_plan(uow)
    codes = []
    for week in (1, 2, 3, 4):
        put_off(uow, case, plan, date(2026, 12, 1) + timedelta(weeks=week))
        codes.append(ledger.open_of_case(uow, case.id)[0].rule_code)
    assert codes == [POSTPONED, POSTPONED, POSTPONED_OFTEN, POSTPONED_OFTEN]
    assert plans.postponed_of(uow, plan.id).in_a_row == 4
    hold_review(uow, case, plans.plan_of(uow, case.id, plan.id), held_on=date(2026, 12, 28))
    assert plans.postponed_of(uow, plan.id).in_a_row == 0
    put_off(uow, case, plan, date(2027, 4, 8), now=moment_of(date(2026, 12, 29)))
    found = plans.postponed_of(uow, plan.id)
    assert ([move.number for move in found.moves], found.in_a_row) == ([1, 2, 3, 4, 1], 1)


def test_the_day_it_was_put_off_to_is_the_day_agreed_and_survives_a_closing(uow: UnitOfWork) -> None:
    case, plan = a_plan(uow)
    put_off(uow, case, plan, date(2026, 12, 15))
    assert plans.why_this_day(uow, case, plan.id, NOW.date()).agreed_on == date(2026, 12, 15)
    case_acts.close_case(uow, case, Ending(outcome="employment", closed_on=NOW.date()), actor=DEMO, now=NOW)
    plan_acts.end_plans(uow, case, on=NOW.date(), actor=DEMO, now=NOW)
    case_acts.reopen_case(uow, cases.case_of(uow, case.id), reason="palasi", actor=DEMO, now=NOW)
    plan_acts.recompute_duties(uow, cases.case_of(uow, case.id), actor=DEMO, now=NOW)
    (duty,) = ledger.open_of_case(uow, case.id)
    assert (duty.kind, duty.due_on) == (DutyKind.PLAN_REVIEW, date(2026, 12, 15))
    assert plans.postponed_of(uow, plan.id).in_a_row == 1, "coming back is no putting off"


def test_a_day_put_off_is_no_drift(uow: UnitOfWork) -> None:
    case, plan = a_plan(uow)
    put_off(uow, case, plan, date(2026, 12, 15))
    assert list(wrong_duties(uow)) == []


def test_a_plan_whose_period_ends_first_has_nothing_to_put_off(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow, opened_on=date(2026, 11, 1))
    plan = create_plan_in_force(uow, case, in_force_on=date(2026, 9, 1), period=(date(2026, 9, 1), date(2026, 12, 20)))
    hold_review(uow, case, plan, held_on=date(2026, 11, 20))
    with pytest.raises(Refused, match="nothing to put off"):
        put_off(uow, case, plan, date(2026, 12, 10))


def test_a_team_mate_may_not_put_a_review_off(uow: UnitOfWork, now: datetime) -> None:
    worker = create_worker(uow)
    (team,) = worker.team_ids
    mate = actor_of(uow, create_worker(uow, team=team))
    case = create_case(uow, worker=worker, team=team, opened_on=date(2026, 9, 1))
    plan = create_plan_in_force(uow, case, in_force_on=date(2026, 9, 1))
    with pytest.raises(Forbidden):
        put_off(uow, seen_by(uow, mate, case, now=now), plan, date(2026, 12, 15), actor=mate)
