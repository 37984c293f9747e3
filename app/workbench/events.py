"""What happened on the path of a case, told so that it can stand beside the values of a measure."""

from collections.abc import Iterable

from app.cases import queries as cases
from app.cases.domain import CaseView, VisitView
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.measures.domain import PathEvent
from app.pathways.loader import pathway
from app.pathways.pathway import Pathway
from app.plans import queries as plans
from app.plans.versions import PlanView, VersionHead
from app.reference.loader import reference


def events_of(uow: UnitOfWork, case: CaseView, language: str) -> tuple[PathEvent, ...]:
    """Return the days of plans, reviews, periods and stages of a case in the order of time (five statements)."""
    model = pathway(case.model_key, case.model_version)
    found = [one for plan in plans.plans_of(uow, case.id) for one in plan_events(plan, language)]
    found += stage_events(cases.visits_of(uow, case.id), model, language)
    return tuple(sorted(found, key=lambda one: one.on))


def plan_events(plan: PlanView, language: str) -> list[PathEvent]:
    """Return the days of one plan: each version in force, the ends of the period now in force, and each review."""
    kind = reference().plan_kinds.get(plan.kind).label.say(language)
    found = [event for head in plan.versions for event in _version_events(head, kind)]
    found += _period_events(plan.in_force, kind)
    for held_on in plan.reviewed_on:
        found.append(PathEvent(held_on, N_("Review"), N_("Review held: %(kind)s", kind=kind)))
    return found


def _version_events(head: VersionHead, kind: str) -> list[PathEvent]:
    if head.in_force_on is None:
        return []
    if head.number == 1:
        return [PathEvent(head.in_force_on, N_("Plan"), N_("Plan came into force: %(kind)s", kind=kind))]
    words = N_("Version %(number)s came into force: %(kind)s", number=head.number, kind=kind)
    return [PathEvent(head.in_force_on, N_("Version %(number)s", number=head.number), words)]


def _period_events(head: VersionHead | None, kind: str) -> list[PathEvent]:
    found: list[PathEvent] = []
    if head is not None and head.period_start is not None:
        found.append(PathEvent(head.period_start, N_("Period starts"), N_("Period starts: %(kind)s", kind=kind)))
    if head is not None and head.period_end is not None:
        found.append(PathEvent(head.period_end, N_("Period ends"), N_("Period ends: %(kind)s", kind=kind)))
    return found


def stage_events(visits: Iterable[VisitView], model: Pathway, language: str) -> list[PathEvent]:
    """Return the days on which stages were opened; a stage left out, or of an unknown day, has none."""
    return [
        PathEvent(
            visit.entered_on,
            N_("Stage %(number)s", number=visit.stage.number),
            N_(
                "Stage %(number)s opened: %(stage)s",
                number=visit.stage.number,
                stage=model.stage(visit.stage).label.say(language),
            ),
        )
        for visit in visits
        if visit.entered_on is not None and visit.state != "not_needed"
    ]
