"""Plans that put another plan into practice: which version they began with, and whether it has been changed since."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from app.core.uow import UnitOfWork
from app.plans.queries import plans_of
from app.plans.versions import VersionHead, VersionView

IMPLEMENTATION: Final = "implementation_plan"
DERIVED_FROM: Final = ("activation_plan", "multisector_employment_plan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The version a plan was derived from; `newer` is the version in force when it has been changed since."""

    kind: str
    head: VersionHead
    newer: VersionHead | None


def source_of(uow: UnitOfWork, case_id: UUID, version: VersionView) -> Source | None:
    """Return the version a plan was derived from, and the one in force if that has been changed since; or None."""
    for plan in plans_of(uow, case_id) if version.head.derived_from_id else ():
        for head in plan.versions:
            if head.id == version.head.derived_from_id:
                newer = plan.in_force if plan.in_force and plan.in_force.number > head.number else None
                return Source(kind=plan.kind, head=head, newer=newer)
    return None


def basis_for(uow: UnitOfWork, case_id: UUID, kind: str) -> VersionHead | None:
    """Return the version in force that a new plan of the kind is derived from, or None.

    An implementation plan puts an activation plan or a multisector plan into practice (domain 1.5, B4).
    """
    if kind != IMPLEMENTATION:
        return None
    heads = {plan.kind: plan.in_force for plan in plans_of(uow, case_id)}
    return next((head for one in DERIVED_FROM if (head := heads.get(one))), None)
