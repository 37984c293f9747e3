"""An implementation plan begins with the plan it puts into practice, and says when that has been changed (DO04)."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import pytest

from app.access.actor import system_actor
from app.cases import services as cases
from app.cases.domain import Background, CaseView
from app.core.uow import UnitOfWork
from app.plans import queries, services
from app.plans.derived import source_of
from app.plans.domain import GoalContent, InterimContent
from app.plans.fields import Answer
from tests.factories.cases import create_case
from tests.factories.plans import accept, build_content, build_week, create_draft, create_plan_in_force, needed_answers

DEMO = system_actor("system:demo")
TODAY = date(2026, 11, 24)
PERIOD = (date(2026, 12, 1), date(2027, 5, 31))
KIND = "activation_plan"


@pytest.fixture
def case(uow: UnitOfWork) -> CaseView:
    return create_case(uow, model="quality_based_coaching")


def activation_in_force(uow: UnitOfWork, case: CaseView, now: datetime) -> UUID:
    answers = needed_answers(KIND, TODAY, includes_activity="yes") | {"evaluation_on": Answer(day=date(2027, 5, 3))}
    content = build_content(period=PERIOD, next_review_on=date(2027, 2, 1), answers=answers, week=build_week(1, 3))
    steps = (InterimContent(text="Käyn pajalla kerran", due_on=date(2027, 1, 15)),)
    goals = tuple(GoalContent(text=goal.text, interim=steps, actions=goal.actions) for goal in content.goals)
    version_id = create_draft(uow, case, kind=KIND, content=content, now=now)
    written = queries.version_of(uow, case.id, version_id).content
    content = replace(written, goals=goals)
    services.write_version(uow, case, version_id, content=content, expected_version=2, actor=DEMO, now=now)
    accept(uow, case, version_id, on=TODAY)
    return version_id


def test_do04_begins_with_goals_period_and_week_of_the_plan_in_force(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    """DO04; PB4: the implementation plan makes means and interim goals out of the activation plan."""
    source_id = activation_in_force(uow, case, now)
    version_id = services.start_plan(uow, case, kind="implementation_plan", actor=DEMO, now=now)
    source, made = (queries.version_of(uow, case.id, one) for one in (source_id, version_id))
    assert [goal.text for goal in made.goals] == [goal.text for goal in source.goals]
    assert [one.text for one in made.goals[0].interim] == ["Käyn pajalla kerran"]
    assert made.goals[0].actions == (), "who does what is agreed anew"
    assert {goal.key for goal in made.goals}.isdisjoint(goal.key for goal in source.goals)
    assert (made.head.period_start, made.head.period_end, made.week) == (*PERIOD, build_week(1, 3))
    assert made.answers["activity_place"] == source.answers["activity_place"]
    assert "education_and_career" not in made.answers, "only what its own form asks"
    found = source_of(uow, case.id, made)
    assert found is not None
    assert (found.kind, found.head.id, found.newer) == (KIND, source_id, None)


def test_a_change_of_the_source_is_told_until_the_plan_itself_is_changed(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    source_id = activation_in_force(uow, case, now)
    made_id = services.start_plan(uow, case, kind="implementation_plan", actor=DEMO, now=now)
    plan_id = queries.version_of(uow, case.id, source_id).head.plan_id
    second = services.start_version(uow, case, plan_id, actor=DEMO, now=now)
    written = queries.version_of(uow, case.id, second).content
    content = replace(written, next_review_on=date(2027, 2, 1))
    services.write_version(uow, case, second, content=content, expected_version=2, actor=DEMO, now=now)
    found = source_of(uow, case.id, queries.version_of(uow, case.id, made_id))
    assert found is not None
    assert found.newer is None, "a draft of the source changes nothing yet"
    accept(uow, case, second, on=TODAY)
    found = source_of(uow, case.id, queries.version_of(uow, case.id, made_id))
    assert found is not None
    assert found.newer is not None
    assert (found.head.number, found.newer.id) == (1, second)


def test_do04_without_a_plan_to_put_into_practice_begins_empty(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    version_id = services.start_plan(uow, case, kind="implementation_plan", actor=DEMO, now=now)
    made = queries.version_of(uow, case.id, version_id)
    assert (made.goals, made.head.derived_from_id, source_of(uow, case.id, made)) == ((), None, None)


def test_no_other_kind_is_derived(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    create_plan_in_force(uow, case, kind=KIND, in_force_on=date(2026, 11, 10))
    version_id = services.start_plan(uow, case, kind="client_plan", actor=DEMO, now=now)
    assert queries.version_of(uow, case.id, version_id).goals == ()


def test_the_advice_follows_what_is_on_record(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    """RU04: from the background of the case; what is not on record leads to nothing."""
    assert queries.advice_of(uow, case, TODAY).kind is None
    cases.keep_background(uow, case, Background(benefit="general_support"), expected_number=0, actor=DEMO, now=now)
    assert queries.advice_of(uow, case, TODAY).kind == "multisector_employment_plan"
    both = Background(benefit="social_assistance", assistance_since=date(2026, 3, 1))
    cases.keep_background(uow, case, both, expected_number=1, actor=DEMO, now=now)
    advice = queries.advice_of(uow, case, TODAY)
    assert (advice.kind, advice.benefit) == (KIND, "social_assistance")
