"""What is known of the client's benefit, work and services: versions, unknowns, and the days benefits end."""

from datetime import date, datetime

import pytest

from app.access.actor import Role, system_actor
from app.cases import queries, services
from app.cases.domain import Background, CaseView
from app.core.errors import Conflict, Forbidden, Refused
from app.core.uow import UnitOfWork
from tests.factories.accounts import actor_of, create_team, create_user
from tests.factories.cases import create_case, create_worker, moment_of, seen_by

DEMO = system_actor("system:demo")


def keep(uow: UnitOfWork, case: CaseView, found: Background, *, expected: int = 0, now: datetime) -> int:
    return services.keep_background(uow, case, found, expected_number=expected, actor=DEMO, now=now)


def test_nothing_on_record_is_not_known_and_never_no(uow: UnitOfWork) -> None:
    found = queries.background_of(uow, create_case(uow).id)
    assert found.number == 0
    assert set(found.facts.values()) == {None}


def test_each_change_is_a_version_of_its_own_and_the_same_again_is_none(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow)
    first = Background(benefit="general_support", benefit_days=179, is_unemployed=True)
    later = Background(benefit="general_support", benefit_days=180, is_unemployed=True, is_disability_client=False)
    assert keep(uow, case, first, now=now) == 1
    assert keep(uow, case, first, expected=1, now=now) == 1
    assert keep(uow, case, later, expected=1, now=now) == 2
    versions = queries.backgrounds_of(uow, case.id)
    assert [one.facts for one in versions] == [later.facts, first.facts]
    assert queries.background_of(uow, case.id).noted_at == now


def test_the_one_who_saves_second_is_told_so_and_overwrites_nothing(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow)
    keep(uow, case, Background(benefit="study_grant"), now=now)
    with pytest.raises(Conflict):
        keep(uow, case, Background(benefit="none"), now=now)
    assert queries.background_of(uow, case.id).benefit == "study_grant"


@pytest.mark.parametrize(
    ("day", "benefit"), [(date(2026, 4, 30), "general_support"), (date(2026, 5, 1), "labour_market_subsidy")]
)
def test_a_benefit_counts_only_on_the_days_it_is_paid(uow: UnitOfWork, day: date, benefit: str) -> None:
    """Yleistuki took the place of työmarkkinatuki on 1.5.2026 (domain 2.3)."""
    case = create_case(uow, opened_on=date(2026, 4, 1))
    with pytest.raises(Refused) as refused:
        keep(uow, case, Background(benefit=benefit), now=moment_of(day))
    assert [reason.field for reason in refused.value.reasons] == ["benefit"]


@pytest.mark.parametrize(
    ("found", "field"),
    [
        (Background(benefit_days=10), "benefit"),
        (Background(benefit="study_grant", benefit_days=-1), "benefit_days"),
        (Background(unemployed_since=date(2026, 11, 25)), "unemployed_since"),
        (Background(assistance_since=date(2026, 11, 25)), "assistance_since"),
        (Background(is_unemployed=False, unemployed_since=date(2026, 1, 1)), "unemployed_since"),
        (Background(benefit="study_grant", assistance_since=date(2026, 1, 1)), "assistance_since"),
        (Background(wish="moon"), "wish"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(uow: UnitOfWork, now: datetime, found: Background, field: str) -> None:
    case = create_case(uow)
    with pytest.raises(Refused) as refused:
        keep(uow, case, found, now=now)
    assert [reason.field for reason in refused.value.reasons] == [field]
    assert queries.background_of(uow, case.id).number == 0


def test_a_colleague_of_the_team_reads_the_page_but_does_not_change_the_facts(uow: UnitOfWork, now: datetime) -> None:
    team = create_team(uow)
    case = create_case(uow, worker=create_worker(uow, team=team), team=team)
    colleague = actor_of(uow, create_user(uow, roles=(Role.OWN_WORKER,), teams=(team,)))
    with pytest.raises(Forbidden):
        services.keep_background(
            uow, seen_by(uow, colleague, case, now=now), Background(), expected_number=0, actor=colleague, now=now
        )
