"""Reviews and the ledger: what a review closes, what it opens, and what closing, reopening and import do to both."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.access.actor import system_actor
from app.cases import queries as cases
from app.cases import services as case_acts
from app.cases.domain import CaseView, Ending
from app.core.errors import Conflict, Forbidden, Refused
from app.core.uow import UnitOfWork
from app.duties import queries as duties
from app.plans import queries, services
from app.plans.domain import GoalAnswer, GoalOutcome, HeldReview
from app.plans.held import reviews_of
from app.plans.versions import PlanView
from app.reviews import services as reviews
from tests.factories.accounts import actor_of
from tests.factories.cases import create_case, create_worker, seen_by
from tests.factories.plans import accept, answers, build_content, create_plan_in_force, hold_review, needed_answers

DEMO = system_actor("system:demo")


def fields_of(refused: pytest.ExceptionInfo[Refused]) -> list[str | None]:
    return [reason.field for reason in refused.value.reasons]


def due_days(uow: UnitOfWork, case: CaseView) -> dict[str, date]:
    return {str(duty.kind): duty.due_on for duty in duties.open_of_case(uow, case.id)}


def plan_of_model(uow: UnitOfWork, model: str, in_force_on: date, **more: object) -> tuple[CaseView, PlanView]:
    case = create_case(uow, model=model, opened_on=in_force_on)
    return case, create_plan_in_force(uow, case, in_force_on=in_force_on, **more)  # type: ignore[arg-type]  # handed on as given


def test_a_review_closes_its_duty_on_the_day_it_was_held_and_opens_the_next(uow: UnitOfWork) -> None:
    case, plan = plan_of_model(uow, "work_ability_support", date(2026, 8, 3))
    hold_review(uow, case, plan, held_on=date(2026, 11, 2))
    first, second = duties.all_of_case(uow, case.id)
    assert (first.due_on, first.outcome, first.closed_on) == (date(2026, 11, 3), "done", date(2026, 11, 2))
    assert (second.due_on, second.anchor_on, second.is_open) == (date(2027, 2, 2), date(2026, 11, 2), True)


def test_what_was_said_in_a_review_is_read_back_and_sealed(uow: UnitOfWork) -> None:
    case, plan = plan_of_model(uow, "work_ability_support", date(2026, 8, 3))
    hold_review(uow, case, plan, held_on=date(2026, 11, 2))
    (review,) = reviews_of(uow, plan.id)
    assert (review.held_on, review.situation) == (date(2026, 11, 2), "Aamut ovat helpottuneet.")
    assert [(one.text, one.outcome, one.remark) for one in review.results] == [
        ("Haluan jaksaa kolme päivää viikossa.", "partly", "kohti"),
        ("Saan selvyyden siitä, mitä selkäni kestää.", "partly", "kohti"),
    ]
    assert b"helpottuneet" not in uow.session.execute(text("SELECT situation FROM review")).scalar_one()


def test_model_c_keeps_two_reviews_in_twelve_months_after_a_late_one(uow: UnitOfWork) -> None:
    case, plan = plan_of_model(uow, "group_employment", date(2025, 11, 20))
    hold_review(uow, case, plan, held_on=date(2026, 9, 1), next_review_on=date(2026, 11, 20))
    (duty,) = duties.open_of_case(uow, case.id)
    assert (duty.due_on, duty.anchor_on, duty.rule_code) == (date(2026, 11, 20), date(2025, 11, 20), "REVIEW_C")


def test_only_the_end_of_the_period_is_left_when_it_comes_before_the_next_review(uow: UnitOfWork) -> None:
    period = (date(2026, 8, 3), date(2026, 12, 31))
    case, plan = plan_of_model(uow, "work_ability_support", date(2026, 8, 3), period=period)
    assert due_days(uow, case) == {"plan_review": date(2026, 11, 3), "plan_period_end": date(2026, 12, 31)}
    hold_review(uow, case, plan, held_on=date(2026, 11, 2))
    assert due_days(uow, case) == {"plan_period_end": date(2026, 12, 31)}


def test_a_plan_shorter_than_its_cadence_is_reviewed_by_its_last_day(uow: UnitOfWork) -> None:
    period = (date(2026, 10, 1), date(2026, 11, 30))
    case, _plan = plan_of_model(uow, "work_ability_support", date(2026, 10, 1), period=period)
    assert due_days(uow, case) == {"plan_review": date(2026, 11, 30), "plan_period_end": date(2026, 11, 30)}


def test_an_earlier_day_may_be_agreed_and_the_limit_of_the_law_is_kept_beside_it(uow: UnitOfWork) -> None:
    case, plan = plan_of_model(uow, "quality_based_coaching", date(2026, 9, 1))
    hold_review(uow, case, plan, held_on=date(2026, 11, 24), next_review_on=date(2027, 1, 12))
    (duty,) = duties.open_of_case(uow, case.id)
    assert (duty.due_on, duty.law_limit_on) == (date(2027, 1, 12), date(2027, 2, 24))


def test_past_the_services_own_cadence_a_reason_is_asked_and_kept(uow: UnitOfWork, now: datetime) -> None:
    case, plan = plan_of_model(uow, "work_ability_support", date(2026, 9, 1))
    late: dict[str, Any] = {"held_on": date(2026, 11, 24), "next_review_on": date(2027, 3, 1)}
    with pytest.raises(Refused) as refused:
        hold_review(uow, case, plan, **late)
    assert fields_of(refused) == ["next_reason"]
    hold_review(uow, case, plan, **late, next_reason="kuntoutusjakso")
    why = queries.why_this_day(uow, case, plan.id, date(2026, 11, 24))
    assert (why.agreed_on, why.reason, why.due.limit_on) == (date(2027, 3, 1), "kuntoutusjakso", date(2027, 2, 24))
    assert why.duty is not None
    assert why.duty.due_on == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("held_on", "field"),
    [(date(2026, 11, 25), "held_on"), (date(2026, 8, 2), "held_on")],
    ids=["in the future", "before the plan"],
)
def test_a_review_is_held_on_a_day_that_has_been(uow: UnitOfWork, now: datetime, held_on: date, field: str) -> None:
    case, plan = plan_of_model(uow, "work_ability_support", date(2026, 8, 3))
    with pytest.raises(Refused) as refused:
        hold_review(uow, case, plan, held_on=held_on, now=now)
    assert fields_of(refused) == [field]


def test_the_same_review_is_not_recorded_twice(uow: UnitOfWork, now: datetime) -> None:
    case, plan = plan_of_model(uow, "work_ability_support", date(2026, 8, 3))
    hold_review(uow, case, plan, held_on=date(2026, 11, 2))
    with pytest.raises(Conflict):
        hold_review(uow, case, queries.plan_of(uow, case.id, plan.id), held_on=date(2026, 11, 2), now=now)


def test_every_goal_needs_an_answer_and_a_stranger_goal_is_refused(uow: UnitOfWork, now: datetime) -> None:
    case, plan = plan_of_model(uow, "work_ability_support", date(2026, 8, 3))
    given = dict(answers(uow, case, plan, GoalOutcome.MET))
    missing = given.popitem()[0]
    with pytest.raises(Refused) as refused:
        _hold(uow, case, plan, given, now=now)
    assert fields_of(refused) == ["goal-2"]
    with pytest.raises(Refused) as refused:
        _hold(
            uow,
            case,
            plan,
            {**given, missing: GoalAnswer(GoalOutcome.NOT), case.id: GoalAnswer(GoalOutcome.MET)},
            now=now,
        )
    assert fields_of(refused) == [None]


def _hold(uow: UnitOfWork, case: CaseView, plan: PlanView, outcomes: dict[UUID, GoalAnswer], *, now: datetime) -> None:
    held = HeldReview(
        version_id=plan.version_shown.id,
        held_on=date(2026, 11, 24),
        outcomes=outcomes,
        next_review_on=date(2027, 2, 24),
    )
    reviews.hold_review(uow, case, plan.id, held, actor=DEMO, now=now)


def test_a_team_mate_may_not_review(uow: UnitOfWork, now: datetime) -> None:
    worker = create_worker(uow)
    (team,) = worker.team_ids
    mate = actor_of(uow, create_worker(uow, team=team))
    case = create_case(uow, worker=worker, team=team, opened_on=date(2026, 8, 3))
    plan = create_plan_in_force(uow, case, in_force_on=date(2026, 8, 3))
    with pytest.raises(Forbidden):
        hold_review(uow, seen_by(uow, mate, case, now=now), plan, held_on=date(2026, 11, 2), actor=mate)


# -- import ----------------------------------------------------------------------------------------------------------


def _import(uow: UnitOfWork, model: str, kind: str, accepted: date, last: date | None, now: datetime) -> CaseView:
    case = create_case(uow, model=model, opened_on=accepted)
    actor = system_actor("system:intake")
    services.import_plan(uow, case, kind=kind, in_force_on=accepted, last_review_on=last, actor=actor, now=now)
    return case


def test_an_imported_plan_is_due_from_its_last_review_and_may_be_late_at_once(uow: UnitOfWork, now: datetime) -> None:
    case = _import(uow, "group_employment", "group_employment_plan", date(2025, 1, 14), date(2025, 7, 29), now)
    (duty,) = duties.open_of_case(uow, case.id)
    assert (duty.due_on, duty.anchor_on) == (date(2026, 1, 14), date(2025, 1, 14))
    assert duty.is_overdue(date(2026, 11, 24))


def test_an_imported_plan_without_a_review_is_due_from_its_start(uow: UnitOfWork, now: datetime) -> None:
    case = _import(uow, "work_ability_support", "work_ability_support_plan", date(2026, 10, 5), None, now)
    assert due_days(uow, case) == {"plan_review": date(2027, 1, 5)}


def test_an_imported_plan_without_goals_can_be_reviewed(uow: UnitOfWork, now: datetime) -> None:
    case = _import(uow, "work_ability_support", "work_ability_support_plan", date(2025, 10, 5), date(2026, 2, 5), now)
    (plan,) = queries.plans_of(uow, case.id)
    hold_review(uow, case, plan, held_on=date(2026, 11, 24))
    assert due_days(uow, case) == {"plan_review": date(2027, 2, 24)}


# -- closing and reopening -------------------------------------------------------------------------------------------


def _close_and_reopen(uow: UnitOfWork, case: CaseView, *, closed: datetime, reopened: datetime) -> None:
    on = closed.date()
    case_acts.close_case(uow, case, Ending(outcome="employment", closed_on=on), actor=DEMO, now=closed)
    services.end_plans(uow, case, on=on, actor=DEMO, now=closed)
    assert duties.open_of_case(uow, case.id) == []
    assert all(plan.in_force is None for plan in queries.plans_of(uow, case.id))
    closed_case = cases.case_of(uow, case.id)
    case_acts.reopen_case(uow, closed_case, reason="palasi", actor=DEMO, now=reopened)
    services.recompute_duties(uow, cases.case_of(uow, case.id), actor=DEMO, now=reopened)


def test_reopening_brings_plans_and_their_days_back(uow: UnitOfWork, now: datetime) -> None:
    period = (date(2026, 10, 1), date(2027, 3, 31))
    case, _plan = plan_of_model(uow, "work_ability_support", date(2026, 10, 1), period=period)
    before = due_days(uow, case)
    _close_and_reopen(uow, case, closed=now, reopened=now + timedelta(days=1))
    assert due_days(uow, case) == before
    assert {duty.outcome for duty in duties.all_of_case(uow, case.id) if not duty.is_open} == {"case_closed"}


def test_a_review_that_passed_while_the_case_was_closed_is_due_in_fourteen_days(uow: UnitOfWork, now: datetime) -> None:
    case, _plan = plan_of_model(uow, "work_ability_support", date(2026, 5, 4))
    _close_and_reopen(uow, case, closed=now - timedelta(days=150), reopened=now)
    (duty,) = duties.open_of_case(uow, case.id)
    assert (duty.due_on, duty.rule_code) == (date(2026, 12, 8), "REOPENED_CASE")


def test_a_plan_whose_period_ended_meanwhile_stays_ended(uow: UnitOfWork, now: datetime) -> None:
    period = (date(2026, 5, 4), date(2026, 10, 30))
    case, _plan = plan_of_model(uow, "work_ability_support", date(2026, 5, 4), period=period)
    _close_and_reopen(uow, case, closed=now - timedelta(days=150), reopened=now)
    assert duties.open_of_case(uow, case.id) == []
    assert queries.plans_of(uow, case.id)[0].ended_on is not None


# -- why this day ----------------------------------------------------------------------------------------------------


def test_a_new_version_is_no_review(uow: UnitOfWork, now: datetime) -> None:
    case, plan = plan_of_model(uow, "work_ability_support", date(2026, 9, 1))
    draft = services.start_version(uow, case, plan.id, actor=DEMO, now=now)
    content = build_content(next_review_on=date(2026, 12, 1), answers=needed_answers(plan.kind, now.date()))
    seen = queries.version_of(uow, case.id, draft).head.version
    services.write_version(uow, case, draft, content=content, expected_version=seen, actor=DEMO, now=now)
    accept(uow, case, draft, on=date(2026, 11, 24))
    why = queries.why_this_day(uow, case, plan.id, date(2026, 11, 24))
    assert (why.due.anchor_on, why.due.last_review_on, why.due.limit_on) == (date(2026, 9, 1), None, date(2026, 12, 1))


def test_the_needs_know_the_kind_in_force_and_the_day_of_the_review(uow: UnitOfWork, today: date) -> None:
    case, _plan = plan_of_model(uow, "work_ability_support", date(2026, 9, 1))
    assert queries.met_needs(uow, case, today) == {"plan:work_ability_support_plan", "review"}
    assert queries.met_needs(uow, create_case(uow), today) == frozenset()
