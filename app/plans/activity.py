"""Rehabilitative work activity in the plans of a case: what it goes by, and what its start rests on."""

from datetime import date
from typing import Final
from uuid import UUID

from app.cases import queries as cases
from app.cases.domain import CaseView
from app.core.uow import UnitOfWork
from app.pathways.domain import Facts
from app.plans.derived import DERIVED_FROM, IMPLEMENTATION
from app.plans.limits import Known, StartCheck, start_conditions, target_group
from app.plans.printed import ActivityPart, activity_part
from app.plans.queries import plans_of, version_of
from app.plans.versions import VersionView
from app.reference.loader import reference

STARTS: Final = DERIVED_FROM
"""The kinds of plan that rehabilitative work activity starts with (RU03)."""
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
