"""A plan from draft to force to the next version: frozen, told apart, and never overwritten."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.access.actor import system_actor
from app.audit.models import AuditEvent
from app.cases.domain import CaseView
from app.core.errors import Conflict, Forbidden, NotFound, Refused
from app.core.uow import UnitOfWork
from app.duties import queries as duties
from app.pathways.domain import Facts
from app.plans import queries, services
from app.plans.difference import ChangeKind, difference
from app.plans.domain import ActionContent, ActionOwner, GoalContent, PlanContent, VersionState
from tests.factories.accounts import actor_of
from tests.factories.cases import create_case, create_worker, seen_by
from tests.factories.plans import (
    accept,
    build_content,
    build_signatures,
    create_draft,
    create_plan_in_force,
    needed_answers,
)

DEMO = system_actor("system:demo")
ANSWERED = needed_answers("work_ability_support_plan", date(2026, 11, 24))


def write(
    uow: UnitOfWork, case: CaseView, version_id: UUID, content: PlanContent, *, now: datetime, seen: int = 1
) -> None:
    services.write_version(uow, case, version_id, content=content, expected_version=seen, actor=DEMO, now=now)


def fields_of(refused: pytest.ExceptionInfo[Refused]) -> list[str | None]:
    return [reason.field for reason in refused.value.reasons]


def test_what_is_written_is_read_back_and_sealed(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow)
    content = PlanContent(
        goals=(
            GoalContent(
                text="Haluan jaksaa kolme päivää viikossa.",
                actions=(
                    ActionContent(text="Varaa terveystarkastus", owner=ActionOwner.CLIENT, due_on=date(2026, 12, 4)),
                    ActionContent(text="Pyydä B-lausunto", owner=ActionOwner.WORKER),
                ),
            ),
        ),
        period_start=date(2026, 12, 1),
        period_end=date(2027, 5, 28),
        next_review_on=date(2027, 2, 1),
        summary="Kohti osa-aikatyötä.",
    )
    version_id = create_draft(uow, case, content=content, now=now)
    assert queries.version_of(uow, case.id, version_id).content == content
    blobs = uow.session.execute(text("SELECT text FROM goal UNION ALL SELECT text FROM plan_action")).scalars()
    assert not any(b"terveystarkastus" in bytes(blob) or b"jaksaa" in bytes(blob) for blob in blobs)


def test_the_kind_must_belong_to_the_pathway(uow: UnitOfWork, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        create_draft(uow, create_case(uow), kind="group_employment_plan", now=now)
    assert fields_of(refused) == ["kind"]


def test_a_case_has_one_open_plan_of_a_kind(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow)
    create_draft(uow, case, now=now)
    with pytest.raises(Conflict):
        create_draft(uow, case, now=now)


def test_the_second_writer_of_the_same_draft_is_told_and_nothing_is_overwritten(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow)
    version_id = create_draft(uow, case, now=now)
    write(uow, case, version_id, build_content(goals=["ensimmäinen"]), now=now)
    with pytest.raises(Conflict):
        write(uow, case, version_id, build_content(goals=["toinen"]), now=now)
    assert [goal.text for goal in queries.version_of(uow, case.id, version_id).goals] == ["ensimmäinen"]


def test_each_writing_counts_the_version_up_even_when_only_a_goal_changed(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow)
    version_id = create_draft(uow, case, now=now)
    for seen in (1, 2, 3):
        write(uow, case, version_id, build_content(goals=[f"tavoite {seen}"]), now=now, seen=seen)
    assert queries.version_of(uow, case.id, version_id).head.version == 4


def test_empty_rows_are_named_one_by_one(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow)
    version_id = create_draft(uow, case, now=now)
    empty = ActionContent(text=" ", owner=ActionOwner.CLIENT)
    content = PlanContent(goals=(GoalContent(text="", actions=(empty,)), GoalContent(text="hyvä")))
    with pytest.raises(Refused) as refused:
        write(uow, case, version_id, content, now=now)
    assert fields_of(refused) == ["goal-1-text", "goal-1-action-1-text"]


def test_a_period_cannot_end_before_it_starts_nor_before_the_review(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow)
    version_id = create_draft(uow, case, now=now)
    backwards = build_content(period=(date(2027, 3, 1), date(2027, 2, 1)))
    with pytest.raises(Refused) as refused:
        write(uow, case, version_id, backwards, now=now)
    assert fields_of(refused) == ["period_end"]
    early = build_content(period=(date(2026, 12, 1), date(2027, 1, 15)), next_review_on=date(2027, 2, 1))
    with pytest.raises(Refused) as refused:
        write(uow, case, version_id, early, now=now)
    assert fields_of(refused) == ["next_review_on"]


def test_coming_into_force_freezes_the_version_and_opens_both_duties(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow)
    plan = create_plan_in_force(
        uow, case, in_force_on=date(2026, 11, 10), period=(date(2026, 11, 10), date(2027, 5, 10))
    )
    assert plan.in_force is not None
    signed = queries.version_of(uow, case.id, plan.in_force.id).signature_of("client")
    assert signed is not None
    assert (plan.in_force.in_force_on, signed.signed_on, signed.way) == (date(2026, 11, 10), date(2026, 11, 10), "oral")
    opened = {str(duty.kind): duty for duty in duties.open_of_case(uow, case.id)}
    assert opened["plan_review"].due_on == date(2027, 2, 10)
    assert opened["plan_review"].anchor_on == date(2026, 11, 10)
    assert opened["plan_review"].rule_code == "REVIEW_A"
    assert opened["plan_period_end"].due_on == date(2027, 5, 10)
    with pytest.raises(Conflict):
        write(uow, case, plan.in_force.id, build_content(), now=now, seen=plan.in_force.version)


def test_a_plan_without_goals_or_review_day_does_not_come_into_force(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow)
    version_id = create_draft(uow, case, content=build_content(goals=(), answers=ANSWERED), now=now)
    with pytest.raises(Refused) as refused:
        accept(uow, case, version_id, on=date(2026, 11, 24))
    assert len(fields_of(refused)) == 2


@pytest.mark.parametrize(
    ("model", "asked"),
    [
        ("work_ability_support", ["answer-network_tasks", "answer-group_convened"]),
        ("group_employment", ["answer-outcome_type"]),
    ],
)
def test_what_the_pathway_lays_down_for_the_plan_is_there_before_it_comes_into_force(
    uow: UnitOfWork, now: datetime, model: str, asked: list[str]
) -> None:
    """PA4: the tasks of the network's members, and whether a group is convened (DO05). PC4: what is aimed at (DO14)."""
    case = create_case(uow, model=model)
    version_id = create_draft(uow, case, content=build_content(next_review_on=date(2027, 2, 1)), now=now)
    with pytest.raises(Refused, match="before the plan comes into force") as refused:
        accept(uow, case, version_id, on=now.date())
    assert fields_of(refused) == asked


def test_days_of_acceptance_are_days_that_have_been(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow)
    version_id = create_draft(
        uow, case, content=build_content(next_review_on=date(2027, 2, 1), answers=ANSWERED), now=now
    )
    with pytest.raises(Refused) as refused:
        services.bring_into_force(
            uow,
            case,
            version_id,
            in_force_on=date(2026, 11, 25),
            signatures=build_signatures("work_ability_support_plan", date(2026, 11, 26), parties=["client"]),
            reasons={},
            client_comment=None,
            facts=Facts(),
            expected_version=2,
            actor=DEMO,
            now=now,
        )
    assert fields_of(refused) == ["in_force_on", "sign-client-on"]


def test_a_review_past_the_limit_of_the_law_stops_the_plan(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow, model="quality_based_coaching")
    kind = "multisector_employment_plan"
    content = build_content(next_review_on=date(2027, 2, 23), answers=needed_answers(kind, now.date()))
    version_id = create_draft(uow, case, kind=kind, content=content, now=now)
    with pytest.raises(Refused, match=r"22\.2\.2027.*381/2023"):
        accept(uow, case, version_id, on=date(2026, 11, 22))
    accept(uow, case, version_id, on=date(2026, 11, 23))


def test_the_next_version_copies_the_one_in_force_and_its_difference_can_be_told(
    uow: UnitOfWork, now: datetime
) -> None:
    case = create_case(uow)
    plan = create_plan_in_force(uow, case, in_force_on=date(2026, 11, 10))
    assert plan.in_force is not None
    older = queries.version_of(uow, case.id, plan.in_force.id)
    draft_id = services.start_version(uow, case, plan.id, actor=DEMO, now=now)
    assert services.start_version(uow, case, plan.id, actor=DEMO, now=now) == draft_id
    draft = queries.version_of(uow, case.id, draft_id)
    assert (draft.head.number, draft.head.state) == (2, VersionState.DRAFT)
    assert [goal.key for goal in draft.goals] == [goal.id for goal in older.goals]
    assert difference(older, draft).fields.keys() == {"next_review_on"}

    first = draft.content.goals[0]
    changed = GoalContent(text="Haluan jaksaa neljä päivää.", actions=first.actions, origin_id=first.origin_id)
    content = PlanContent(goals=(changed, GoalContent(text="Uusi tavoite")), next_review_on=date(2027, 2, 10))
    write(uow, case, draft_id, content, now=now, seen=draft.head.version)
    told = difference(older, queries.version_of(uow, case.id, draft_id))
    assert [change.goal.kind for change in told.goals] == [ChangeKind.CHANGED, ChangeKind.ADDED, ChangeKind.REMOVED]
    assert told.fields == {}


def test_a_new_version_takes_over_the_duties_and_keeps_the_anchor_of_the_review(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow, opened_on=date(2026, 9, 1))
    plan = create_plan_in_force(uow, case, in_force_on=date(2026, 10, 1), period=(date(2026, 10, 1), date(2027, 3, 31)))
    draft_id = services.start_version(uow, case, plan.id, actor=DEMO, now=now)
    seen = queries.version_of(uow, case.id, draft_id).head.version
    answers = needed_answers(plan.kind, now.date())
    write(uow, case, draft_id, build_content(next_review_on=date(2026, 12, 28), answers=answers), now=now, seen=seen)
    accept(uow, case, draft_id, on=date(2026, 11, 24))
    (opened,) = duties.open_of_case(uow, case.id)
    assert (opened.kind, opened.due_on, opened.anchor_on) == ("plan_review", date(2026, 12, 28), date(2026, 10, 1))
    closed = [one for one in duties.all_of_case(uow, case.id) if not one.is_open]
    assert {(one.kind, one.outcome) for one in closed} == {
        ("plan_review", "superseded"),
        ("plan_period_end", "superseded"),
    }
    states = {head.number: head.state for head in queries.plan_of(uow, case.id, plan.id).versions}
    assert states == {1: "superseded", 2: "in_force"}


def test_a_discarded_draft_leaves_what_is_in_force(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow)
    plan = create_plan_in_force(uow, case, in_force_on=date(2026, 11, 10))
    draft_id = services.start_version(uow, case, plan.id, actor=DEMO, now=now)
    seen = queries.version_of(uow, case.id, draft_id).head.version
    services.discard_version(uow, case, draft_id, expected_version=seen, actor=DEMO, now=now)
    (left,) = queries.plans_of(uow, case.id)
    assert left.draft is None
    assert left.in_force is not None


def test_a_discarded_first_draft_takes_the_plan_with_it(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow)
    version_id = create_draft(uow, case, content=build_content(), now=now)
    services.discard_version(uow, case, version_id, expected_version=2, actor=DEMO, now=now)
    assert queries.plans_of(uow, case.id) == []
    create_draft(uow, case, now=now)


def test_a_version_of_another_case_is_not_found(uow: UnitOfWork, now: datetime) -> None:
    version_id = create_draft(uow, create_case(uow), now=now)
    other = create_case(uow)
    with pytest.raises(NotFound):
        queries.version_of(uow, other.id, version_id)
    with pytest.raises(NotFound):
        write(uow, other, version_id, build_content(), now=now)


def test_a_team_mate_may_read_and_not_write(uow: UnitOfWork, now: datetime) -> None:
    worker = create_worker(uow)
    (team,) = worker.team_ids
    mate = actor_of(uow, create_worker(uow, team=team))
    case = create_case(uow, worker=worker, team=team)
    with pytest.raises(Forbidden):
        services.start_plan(
            uow, seen_by(uow, mate, case, now=now), kind="work_ability_support_plan", actor=mate, now=now
        )


def test_every_act_leaves_its_trace_without_content(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow)
    create_plan_in_force(uow, case, in_force_on=date(2026, 11, 24) - timedelta(days=1))
    events = uow.session.scalars(
        select(AuditEvent)
        .where(AuditEvent.case_id == case.id, AuditEvent.object_kind == "plan")
        .order_by(AuditEvent.id)
    ).all()
    assert [event.action for event in events] == ["plan_started", "plan_written", "plan_in_force"]
    assert all("jaksaa" not in str(event.detail) for event in events)
