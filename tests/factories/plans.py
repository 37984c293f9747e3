"""Plans for tests, written and brought into force by the services themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from uuid import UUID

from app.access.actor import Actor, system_actor
from app.cases.domain import CaseView
from app.core.uow import UnitOfWork
from app.pathways.loader import pathway
from app.plans import queries, services
from app.plans.domain import (
    ActionContent,
    ActionOwner,
    GoalAnswer,
    GoalContent,
    GoalOutcome,
    HeldReview,
    PlanContent,
    SignatureWay,
)
from app.plans.fields import CHOSEN, Answer, DayTimes, FieldType, PlanField, Week
from app.plans.loader import field_set_on
from app.plans.signing import SignatureEntry
from app.plans.versions import PlanView
from app.reference.loader import reference
from app.reviews import services as reviews
from app.workbench import queries as workbench
from tests.factories.cases import moment_of

Period = tuple[date | None, date | None]
GOALS = ("Haluan jaksaa kolme päivää viikossa.", "Saan selvyyden siitä, mitä selkäni kestää.")


def build_content(
    *,
    goals: Sequence[str] = GOALS,
    period: Period = (None, None),
    next_review_on: date | None = None,
    reason: str | None = None,
    summary: str | None = None,
    answers: Mapping[str, Answer] | None = None,
    week: Week | None = None,
    reasons: Mapping[str, str] | None = None,
) -> PlanContent:
    """What a plan says: each goal with one action of the client's."""
    return PlanContent(
        goals=tuple(
            GoalContent(
                text=text,
                actions=(ActionContent(text=f"Ensimmäinen askel {number}", owner=ActionOwner.CLIENT),),
            )
            for number, text in enumerate(goals, 1)
        ),
        period_start=period[0],
        period_end=period[1],
        next_review_on=next_review_on,
        next_review_reason=reason,
        summary=summary,
        answers=answers or {},
        week=week or Week(),
        reasons=reasons or {},
    )


def needed_answers(kind: str, on: date, **chosen: str) -> dict[str, Answer]:
    """An answer to every question a kind must answer before it comes into force; "no" unless another is chosen."""
    asked = field_set_on(kind, on)
    assert asked is not None
    return {
        one.code: _any_answer(one, chosen.get(one.code), on)
        for section in asked.sections
        for one in section.fields
        if one.is_needed and one.type is not FieldType.WEEK and (section.asked_by is None or section.asked_by in chosen)
    }


def _any_answer(asked: PlanField, chosen: str | None, on: date) -> Answer:
    if asked.type in CHOSEN:
        return Answer(choice=chosen or asked.choices[-1].code)
    return Answer(day=on) if asked.type is FieldType.DAY else Answer(text=f"Sovittu: {asked.label}")


def build_week(*days: int, starts: time = time(9), ends: time = time(13)) -> Week:
    """The same times on each of the days of the week, Monday being 1."""
    return Week(tuple(DayTimes(day, starts, ends) for day in days))


def create_draft(
    uow: UnitOfWork,
    case: CaseView,
    *,
    kind: str | None = None,
    content: PlanContent | None = None,
    actor: Actor | None = None,
    now: datetime,
) -> UUID:
    """Start a plan of a kind (None: the pathway's own), write its first version, and return the version's id."""
    who = actor or system_actor("system:demo")
    chosen = kind or pathway(case.model_key, case.model_version).default_plan_kind(now.date())
    version_id = services.start_plan(uow, case, kind=chosen, actor=who, now=now)
    if content is not None:
        services.write_version(uow, case, version_id, content=content, expected_version=1, actor=who, now=now)
    return version_id


def create_plan_in_force(
    uow: UnitOfWork,
    case: CaseView,
    *,
    kind: str | None = None,
    in_force_on: date,
    period: Period = (None, None),
    next_review_on: date | None = None,
    goals: Sequence[str] = GOALS,
    actor: Actor | None = None,
) -> PlanView:
    """Bring a plan into force on a day, its review on the proposed day unless another is given; return the plan."""
    who, now = actor or system_actor("system:demo"), moment_of(in_force_on)
    version_id = create_draft(uow, case, kind=kind, actor=who, now=now)
    head = queries.version_of(uow, case.id, version_id).head
    plan = queries.plan_of(uow, case.id, head.plan_id)
    due = queries.due_of(case, plan, in_force_on=in_force_on, period_end=period[1])
    answers = needed_answers(plan.kind, in_force_on) if field_set_on(plan.kind, in_force_on) else {}
    content = build_content(goals=goals, period=period, next_review_on=next_review_on or due.limit_on, answers=answers)
    services.write_version(uow, case, version_id, content=content, expected_version=1, actor=who, now=now)
    accept(uow, case, version_id, on=in_force_on, actor=who)
    return queries.plan_of(uow, case.id, head.plan_id)


def build_signatures(kind: str, on: date, *, parties: Sequence[str] | None = None) -> list[SignatureEntry]:
    """The spoken acceptance of each party of a kind of plan (or of those given) on a day."""
    chosen = reference().plan_kinds.get(kind).signers if parties is None else parties
    return [SignatureEntry(party=party, signed_on=on, way=SignatureWay.ORAL) for party in chosen]


def accept(uow: UnitOfWork, case: CaseView, version_id: UUID, *, on: date, actor: Actor | None = None) -> None:
    """Bring a written draft into force on a day, accepted by word of mouth by all its parties the same day."""
    version = queries.version_of(uow, case.id, version_id)
    services.bring_into_force(
        uow,
        case,
        version_id,
        in_force_on=on,
        signatures=build_signatures(version.kind, on),
        reasons={"start": "Arvio ja tapaaminen ovat sosiaalihuollon järjestelmässä."},
        client_comment="Sopii näin.",
        facts=workbench.facts_of(uow, case, on),
        expected_version=version.head.version,
        actor=actor or system_actor("system:demo"),
        now=moment_of(on),
    )


def replace_version(uow: UnitOfWork, case: CaseView, plan: PlanView, *, on: date, next_review_on: date) -> UUID:
    """Bring a copy of the version in force into force on a day; return the new version's id."""
    who, now = system_actor("system:demo"), moment_of(on)
    version_id = services.start_version(uow, case, plan.id, actor=who, now=now)
    written = queries.version_of(uow, case.id, version_id)
    content = replace(written.content, next_review_on=next_review_on)
    seen = written.head.version
    services.write_version(uow, case, version_id, content=content, expected_version=seen, actor=who, now=now)
    accept(uow, case, version_id, on=on)
    return version_id


def answers(uow: UnitOfWork, case: CaseView, plan: PlanView, outcome: GoalOutcome) -> Mapping[UUID, GoalAnswer]:
    """The same answer to every goal of the version in force."""
    assert plan.in_force is not None
    version = queries.version_of(uow, case.id, plan.in_force.id)
    return {goal.id: GoalAnswer(outcome, "kohti") for goal in version.goals}


def hold_review(
    uow: UnitOfWork,
    case: CaseView,
    plan: PlanView,
    *,
    held_on: date,
    next_review_on: date | None = None,
    next_reason: str | None = None,
    outcome: GoalOutcome = GoalOutcome.PARTLY,
    now: datetime | None = None,
    actor: Actor | None = None,
) -> UUID:
    """Hold a review on a day, every goal partly met, the next one on the limit, unless told otherwise."""
    assert plan.in_force is not None
    end = plan.in_force.period_end
    due = queries.due_of(case, plan, in_force_on=held_on, period_end=end, more_held=[held_on])
    held = HeldReview(
        version_id=plan.in_force.id,
        held_on=held_on,
        outcomes=answers(uow, case, plan, outcome),
        situation="Aamut ovat helpottuneet.",
        participants="asiakas ja ohjaaja",
        parties=("client", "worker", *reference().plan_kinds.get(plan.kind).reviewers),
        next_review_on=next_review_on or (None if due.ends_first else due.limit_on),
        next_reason=next_reason,
    )
    who = actor or system_actor("system:demo")
    return reviews.hold_review(uow, case, plan.id, held, actor=who, now=now or moment_of(held_on))
