"""A review says how far each action of the plan has come; the plan shows the latest, each review what it found."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import pytest

from app.access.actor import system_actor
from app.cases.domain import CaseView
from app.core.errors import Refused
from app.core.ids import new_id
from app.core.uow import UnitOfWork
from app.plans import queries as plans
from app.plans.domain import ActionState, GoalOutcome, HeldReview
from app.plans.held import reviews_of
from app.plans.versions import PlanView
from app.reviews import services
from tests.factories.cases import create_case, moment_of
from tests.factories.plans import answers, create_plan_in_force

DONE, OPEN, NOT_DONE = ActionState.DONE, ActionState.OPEN, ActionState.CANCELLED
FIRST, SECOND = date(2026, 11, 2), date(2026, 11, 24)


@pytest.fixture
def case(uow: UnitOfWork) -> CaseView:
    return create_case(uow, opened_on=date(2026, 9, 1))


@pytest.fixture
def plan(uow: UnitOfWork, case: CaseView) -> PlanView:
    """A plan of two goals, each with one open action."""
    return create_plan_in_force(uow, case, in_force_on=date(2026, 9, 1))


def states_of(uow: UnitOfWork, plan: PlanView) -> dict[UUID, ActionState]:
    version = plans.version_of(uow, plan.case_id, plan.version_shown.id)
    return {action.id: action.state for goal in version.goals for action in goal.actions}


def hold(uow: UnitOfWork, case: CaseView, plan: PlanView, on: date, actions: Mapping[UUID, ActionState]) -> None:
    held = HeldReview(
        version_id=plan.version_shown.id,
        held_on=on,
        outcomes=answers(uow, case, plan, GoalOutcome.PARTLY),
        actions=actions,
        next_review_on=date(2027, 1, 29),
    )
    services.hold_review(uow, case, plan.id, held, actor=system_actor("system:demo"), now=moment_of(on))


def test_what_a_review_found_is_the_state_of_the_action_and_stays_with_the_review(
    uow: UnitOfWork, case: CaseView, plan: PlanView
) -> None:
    first, second = states_of(uow, plan)
    hold(uow, case, plan, FIRST, {first: DONE, second: OPEN})
    assert states_of(uow, plan) == {first: DONE, second: OPEN}
    hold(uow, case, plan, SECOND, {second: NOT_DONE})
    assert states_of(uow, plan) == {first: DONE, second: NOT_DONE}, "an action that is not named stays as it was"
    latest, earlier = reviews_of(uow, plan.id)
    assert [(deed.text, deed.state) for deed in latest.deeds] == [("Ensimmäinen askel 2", NOT_DONE)]
    assert [deed.state for deed in earlier.deeds] == [DONE, OPEN]


def test_an_action_of_another_plan_is_refused_and_left_alone(uow: UnitOfWork, case: CaseView, plan: PlanView) -> None:
    other_case = create_case(uow, opened_on=date(2026, 9, 1))
    other = create_plan_in_force(uow, other_case, in_force_on=date(2026, 9, 1))
    foreign = next(iter(states_of(uow, other)))
    for strange in (foreign, new_id()):
        with pytest.raises(Refused):
            hold(uow, case, plan, SECOND, {strange: DONE})
    assert set(states_of(uow, other).values()) == {OPEN}
    assert reviews_of(uow, plan.id) == []
