"""Activity in the plans of a case: what it goes by, what its start rests on, and how its contract fits the plan."""

from datetime import date
from typing import Final
from uuid import UUID

from app.cases import queries as cases
from app.cases.domain import CaseView
from app.core.texts import N_, Text
from app.core.uow import UnitOfWork
from app.pathways.domain import Facts
from app.plans.derived import DERIVED_FROM, IMPLEMENTATION
from app.plans.fields import Answer, say_answer
from app.plans.limits import Known, StartCheck, start_conditions, target_group
from app.plans.loader import field_set_of
from app.plans.printed import ActivityPart, activity_part
from app.plans.queries import plans_of, version_of
from app.plans.versions import VersionView
from app.reference.loader import reference

STARTS: Final = DERIVED_FROM
"""The kinds of plan that rehabilitative work activity starts with (RU03)."""
GROUP: Final = "group_employment_plan"
OUTCOME: Final = "outcome_type"
"""The question of a group plan that the contract answers to: paid work, or training for a fixed term (DO14)."""
KINDS: Final = (*STARTS, IMPLEMENTATION)


def start_check(uow: UnitOfWork, case: CaseView, version: VersionView, today: date, facts: Facts) -> StartCheck | None:
    """Return whom the activity in a version is for (RU01) and what its start rests on (RU03).

    `facts` is what is on record of the case in every feature, also above the plans: a needs assessment may be made
    here or recorded elsewhere.

    None: there is no rehabilitative work activity in it, or the plan is not the one it starts with.
    """
    if version.kind not in STARTS or not version.content.written.agreed().concerns_activity:
        return None
    lists, known = reference(), cases.background_of(uow, case.id)
    row = lists.eligibility.pick("RU01", today)
    opening = {last for code in (row.benefits if row else ()) for last in (code, *lists.successors(code))}
    found = Known(
        is_unemployed=known.is_unemployed,
        benefit=known.benefit,
        has_assistance=True if known.assistance_since else None,
        cannot_use_services=known.is_beyond_public_services,
    )
    return StartCheck(target=target_group(found, opening), ground=start_conditions(facts.met))


def activity_of(uow: UnitOfWork, case_id: UUID) -> ActivityPart | None:
    """Return what the plans in force say of rehabilitative work activity, or None.

    The activation plan or the multisector plan is asked before the implementation plan, which follows from it.
    """
    heads = {plan.kind: plan.in_force for plan in plans_of(uow, case_id) if plan.in_force}
    for kind in KINDS:
        head = heads.get(kind)
        found = activity_part(version_of(uow, case_id, head.id)) if head else None
        if found is not None:
            return found
    return None


def contract_note(version: VersionView, contract: str | None) -> Text | None:
    """Return in words that a group plan aims at something else than the contract says (model C, DO14), or None.

    `contract` is the kind of the contract of the present period, by the same codes as the plan's outcome types; what
    is not written in either differs from nothing.
    """
    planned = version.answers.get(OUTCOME, Answer()).choice
    form = field_set_of(GROUP, version.head.form_version) if version.head.form_version else None
    if version.kind != GROUP or form is None or not planned or contract in {None, planned}:
        return None
    asked = next(one for one in form if one.code == OUTCOME)
    return N_(
        "The plan and the contract of the period differ. In the plan: %(plan)s. In the contract: %(contract)s. "
        "Change the one that is wrong.",
        plan=say_answer(asked, Answer(choice=planned)) or planned,
        contract=say_answer(asked, Answer(choice=contract)) or "",
    )


def contract_difference(uow: UnitOfWork, case_id: UUID, contract: str | None) -> Text | None:
    """Return in words how the group plan in force differs from the contract of a period, or None."""
    heads = [plan.in_force for plan in plans_of(uow, case_id) if plan.kind == GROUP and plan.in_force]
    return contract_note(version_of(uow, case_id, heads[0].id), contract) if heads and contract else None
