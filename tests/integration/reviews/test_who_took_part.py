"""A review is held together: who took part is on record, and who the law wants is there or it is said why."""

from datetime import date

import pytest

from app.access.actor import system_actor
from app.cases.domain import CaseView
from app.core.errors import Refused
from app.core.uow import UnitOfWork
from app.plans import queries as plans
from app.plans.domain import GoalOutcome, HeldReview
from app.plans.held import reviews_of
from app.plans.versions import PlanView
from app.reference.loader import reference
from app.reviews import services
from tests.factories.cases import create_case, moment_of
from tests.factories.plans import answers, create_plan_in_force

HELD = date(2026, 11, 24)


def hold(uow: UnitOfWork, case: CaseView, plan: PlanView, *parties: str, why_missing: str | None = None) -> None:
    held = HeldReview(
        version_id=plan.version_shown.id,
        held_on=HELD,
        outcomes=answers(uow, case, plan, GoalOutcome.MET),
        situation="Hyvin menee.",
        participants="serkku",
        parties=parties,
        missing_reason=why_missing,
        next_review_on=date(2027, 2, 24),
    )
    services.hold_review(uow, case, plan.id, held, actor=system_actor("system:demo"), now=moment_of(HELD))


@pytest.mark.parametrize("kind", ["activation_plan", "multisector_employment_plan"])
def test_the_labour_authority_is_at_the_review_of_a_plan_of_the_law_or_it_is_said_why(
    uow: UnitOfWork, kind: str
) -> None:
    """189/2001 section 9; 381/2023 section 6."""
    case = create_case(uow, model="quality_based_coaching", opened_on=date(2026, 9, 1))
    plan = create_plan_in_force(uow, case, kind=kind, in_force_on=date(2026, 9, 1))
    with pytest.raises(Refused) as refused:
        hold(uow, case, plan, "client", why_missing=" ")
    assert [reason.field for reason in refused.value.reasons] == ["missing_reason"]
    hold(uow, case, plan, "client", why_missing="asiantuntija sairastui")
    (held,) = reviews_of(uow, plan.id)
    assert (held.parties, held.missing_reason, held.participants) == (("client",), "asiantuntija sairastui", "serkku")


def test_with_the_labour_authority_there_no_reason_is_asked(uow: UnitOfWork) -> None:
    case = create_case(uow, model="quality_based_coaching", opened_on=date(2026, 9, 1))
    plan = create_plan_in_force(uow, case, kind="activation_plan", in_force_on=date(2026, 9, 1))
    hold(uow, case, plan, "client", "labour_authority")


def test_other_plans_ask_for_nobody(uow: UnitOfWork) -> None:
    wanted = {kind.code: kind.reviewers for kind in reference().plan_kinds if kind.reviewers}
    assert wanted == dict.fromkeys(("activation_plan", "multisector_employment_plan"), ("labour_authority",))
    case = create_case(uow, opened_on=date(2026, 9, 1))
    plan = create_plan_in_force(uow, case, in_force_on=date(2026, 9, 1))
    assert "review:held" not in plans.met_needs(uow, case, HELD)
    hold(uow, case, plan)
    assert "review:held" in plans.met_needs(uow, case, HELD)
