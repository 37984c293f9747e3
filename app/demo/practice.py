"""How one plan is put into practice: an implementation plan with its answers and its week, written by the services."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from app.access.actor import Actor
from app.activity import queries as activity
from app.activity.domain import PeriodContent
from app.cases.domain import CaseView
from app.core.uow import UnitOfWork
from app.demo.domain import Practice
from app.demo.voices import at
from app.plans import queries, services
from app.plans.derived import IMPLEMENTATION
from app.plans.domain import PlanContent, SignatureWay
from app.plans.fields import Answer, DayTimes, Week
from app.plans.signing import CLIENT, SignatureEntry
from app.workbench.queries import facts_of

SIGNS: Final = SignatureWay.ORAL


def put_into_practice(uow: UnitOfWork, practice: Practice, case: CaseView, *, today: date, actor: Actor) -> None:
    """Derive the implementation plan of the plan in force, and bring it into force when the present period begins.

    Its goals come from the source; the period and the days of the week are those of the activity.
    """
    period = activity.present_period(activity.periods_of(uow, case.id), today)
    if period is None:
        return
    agreed, on = period.content, period.content.starts_on
    version_id = services.start_plan(uow, case, kind=IMPLEMENTATION, actor=actor, now=at(on))
    version = queries.version_of(uow, case.id, version_id)
    plan = queries.plan_of(uow, case.id, version.head.plan_id)
    due = queries.due_of(case, plan, in_force_on=on, period_end=agreed.ends_on)
    content = _content(version.content, practice, agreed, None if due.ends_first else due.proposal)
    seen = version.head.version
    services.write_version(uow, case, version_id, content=content, expected_version=seen, actor=actor, now=at(on))
    services.bring_into_force(
        uow,
        case,
        version_id,
        in_force_on=on,
        signatures=[SignatureEntry(party=CLIENT, signed_on=on, way=SIGNS)],
        reasons={},
        client_comment=practice.client_comment,
        facts=facts_of(uow, case, today),
        expected_version=queries.version_of(uow, case.id, version_id).head.version,
        actor=actor,
        now=at(on),
    )


def _content(
    derived: PlanContent, practice: Practice, agreed: PeriodContent, next_review_on: date | None
) -> PlanContent:
    return replace(
        derived,
        period_start=agreed.starts_on,
        period_end=agreed.ends_on,
        next_review_on=next_review_on,
        summary=practice.summary,
        answers=_answers(practice.answers) | {"steering_to_coaching": Answer(choice=practice.to_coaching)},
        week=Week(tuple(DayTimes(day.weekday, day.starts_at, day.ends_at) for day in agreed.days)),
    )


def _answers(texts: Mapping[str, str]) -> dict[str, Answer]:
    return {code: Answer(text=text) for code, text in texts.items()}
