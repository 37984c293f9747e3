"""Who answers for the entry and for the progress in group employment (model C, PC5)."""

from datetime import datetime, timedelta

import pytest

from app.access.actor import system_actor
from app.access.predicates import StandingKind
from app.accounts.domain import UserView
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.core.errors import NotFound, Refused
from app.core.uow import UnitOfWork
from app.network import queries, roles, services
from app.network.domain import PeriodKind
from app.upkeep import queries as upkeep
from app.workbench import queries as workbench
from tests.factories.accounts import actor_of, create_team, create_user
from tests.factories.cases import create_case
from tests.factories.network import assign

DEMO = system_actor("system:demo")


@pytest.fixture
def case(uow: UnitOfWork, now: datetime) -> CaseView:
    team = create_team(uow)
    made = create_case(uow, model="group_employment", team=team)
    worker = create_user(uow, teams=(team,), professions=("own_instructor",))
    return assign(uow, made, worker, now=now - timedelta(days=10))


def worker_of(uow: UnitOfWork, profession: str) -> UserView:
    return create_user(uow, teams=(create_team(uow),), professions=(profession,))


def sees(uow: UnitOfWork, case: CaseView, user: UserView, now: datetime) -> frozenset[StandingKind]:
    return cases.case_for_actor(uow, actor_of(uow, user), case.id, now=now).subject.kinds


def test_naming_the_two_meets_the_needs_one_by_one(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    wanted = {"worker:entry", "worker:progress"}
    assert not wanted & workbench.facts_of(uow, case, now.date()).met
    entry, progress = worker_of(uow, "service_coordinator"), worker_of(uow, "group_instructor")
    roles.add_role(uow, case, role="entry", user_id=entry.id, actor=DEMO, now=now)
    assert wanted & workbench.facts_of(uow, case, now.date()).met == {"worker:entry"}
    period_id = roles.add_role(uow, case, role="progress", user_id=progress.id, actor=DEMO, now=now)
    assert wanted <= workbench.facts_of(uow, case, now.date()).met
    assert wanted <= queries.met_needs(uow, case, now.date())
    roles.end_role(uow, case, period_id, actor=DEMO, now=now + timedelta(hours=1))
    assert wanted & workbench.facts_of(uow, case, now.date()).met == {"worker:entry"}


def test_whoever_answers_for_a_part_sees_the_case_while_it_lasts(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    coach = worker_of(uow, "employment_coach")
    assert sees(uow, case, coach, now) == frozenset()
    period_id = roles.add_role(uow, case, role="progress", user_id=coach.id, actor=DEMO, now=now)
    assert sees(uow, case, coach, now) == {StandingKind.PAIR}
    roles.end_role(uow, case, period_id, actor=DEMO, now=now + timedelta(hours=1))
    assert sees(uow, case, coach, now + timedelta(hours=2)) == frozenset()


def test_the_right_lasts_as_long_as_any_of_the_parts(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    coach = worker_of(uow, "employment_coach")
    entry = roles.add_role(uow, case, role="entry", user_id=coach.id, actor=DEMO, now=now)
    roles.add_role(uow, case, role="progress", user_id=coach.id, actor=DEMO, now=now)
    services.add_pair(uow, case, user_id=coach.id, actor=DEMO, now=now)
    roles.end_role(uow, case, entry, actor=DEMO, now=now + timedelta(hours=1))
    services.end_pair(uow, case, user_id=coach.id, actor=DEMO, now=now + timedelta(hours=2))
    assert sees(uow, case, coach, now + timedelta(hours=3)) == {StandingKind.PAIR}
    assert list(upkeep.wrong_standings(uow)) == []


def test_the_responsible_worker_may_have_a_part_and_keeps_it_when_the_line_moves_on(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    assert case.worker_id is not None
    roles.add_role(uow, case, role="entry", user_id=case.worker_id, actor=DEMO, now=now)
    assign(uow, case, worker_of(uow, "employment_coach"), now=now + timedelta(hours=1))
    held = [one for one in queries.roles_of(uow, case.id) if one.is_open]
    assert [(one.user_id, one.kind) for one in held] == [(case.worker_id, PeriodKind.ENTRY)]
    assert list(upkeep.wrong_standings(uow)) == []


def test_a_profession_the_pathway_does_not_name_takes_a_reason(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    """Ruling 4: a mismatch warns and takes a reason; the group instructor is named for the progress, not the entry."""
    instructor = worker_of(uow, "group_instructor")
    with pytest.raises(Refused) as refused:
        roles.add_role(uow, case, role="entry", user_id=instructor.id, actor=DEMO, now=now)
    assert [reason.field for reason in refused.value.reasons] == ["profession_reason"]
    why = "Tuntee asiakkaan ennestään."
    roles.add_role(uow, case, role="entry", user_id=instructor.id, profession_reason=why, actor=DEMO, now=now)
    (held,) = queries.roles_of(uow, case.id)
    assert held.profession_exception == why


def test_the_same_part_is_not_given_twice_and_a_model_without_parts_has_none(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    coach = worker_of(uow, "employment_coach")
    roles.add_role(uow, case, role="entry", user_id=coach.id, actor=DEMO, now=now)
    with pytest.raises(Refused) as refused:
        roles.add_role(uow, case, role="entry", user_id=coach.id, actor=DEMO, now=now)
    assert [reason.field for reason in refused.value.reasons] == ["holder"]
    with pytest.raises(NotFound):
        roles.add_role(uow, create_case(uow), role="entry", user_id=coach.id, actor=DEMO, now=now)


def test_closing_ends_the_parts_with_the_line(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    coach = worker_of(uow, "employment_coach")
    roles.add_role(uow, case, role="entry", user_id=coach.id, actor=DEMO, now=now)
    services.release_worker(uow, case, on_close=True, actor=DEMO, now=now + timedelta(hours=1))
    assert not any(one.is_open for one in queries.roles_of(uow, case.id))
    assert sees(uow, case, coach, now + timedelta(hours=2)) == frozenset()
