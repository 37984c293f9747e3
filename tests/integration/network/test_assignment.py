"""Naming the responsible worker: the line, the rights, the search and the sealed contact data move together."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.access.actor import Actor, Role, system_actor
from app.access.models import Standing
from app.access.predicates import StandingKind
from app.accounts.domain import UserView
from app.audit.models import AuditEvent
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.core.errors import Conflict, Forbidden, NotFound, Refused
from app.core.uow import UnitOfWork
from app.network import queries, services
from app.protection import queries as protection
from tests.factories.accounts import actor_of, create_team, create_user
from tests.factories.cases import create_case, create_worker, seen_by
from tests.factories.clients import create_client
from tests.factories.network import assign

DEMO = system_actor("system:demo")


def coordinator(uow: UnitOfWork) -> Actor:
    return actor_of(uow, create_user(uow, roles=(Role.COORDINATOR,), teams=(create_team(uow),)))


def open_standings(uow: UnitOfWork, case: CaseView) -> set[tuple[str, object]]:
    rows = uow.session.execute(
        select(Standing.kind, Standing.user_id).where(Standing.case_id == case.id, Standing.valid_to.is_(None))
    )
    return {(row.kind, row.user_id) for row in rows}


def test_an_assignment_moves_everything_that_follows_the_worker(uow: UnitOfWork, now: datetime) -> None:
    team = create_team(uow)
    worker = create_worker(uow, team=team)
    case = create_case(uow)
    services.assign_worker(
        uow,
        seen_by(uow, coordinator(uow), case, now=now),
        worker_id=worker.id,
        expected_worker_id=None,
        reason="lähin toimipiste",
        profession_reason="tuntee asiakkaan",
        actor=coordinator(uow),
        now=now,
    )
    after = cases.case_of(uow, case.id)
    assert (after.worker_id, after.team_id) == (worker.id, team)
    (period,) = queries.line_of(uow, case.id)
    assert (period.user_id, period.name, period.reason) == (worker.id, worker.full_name, "lähin toimipiste")
    assert (period.span.start, period.span.end) == (now, None)
    assert open_standings(uow, case) == {("responsible", worker.id)}
    filed = uow.session.scalars(
        text("SELECT DISTINCT team_id FROM client_token WHERE client_id = :id"), {"id": case.client_id}
    ).all()
    assert filed == [team]
    event = uow.session.scalars(
        select(AuditEvent).where(AuditEvent.case_id == case.id, AuditEvent.action == "worker_assigned")
    ).one()
    assert event.detail["worker"] == str(worker.id)
    assert event.detail["before"] is None
    assert event.client_id == case.client_id


def test_a_second_assignment_ends_the_first_period_exactly_where_the_next_begins(
    uow: UnitOfWork, now: datetime
) -> None:
    first, second = create_worker(uow), create_worker(uow)
    case = assign(uow, create_case(uow), first, now=date(2026, 11, 3))
    case = assign(uow, case, second, now=now)
    latest, earlier = queries.line_of(uow, case.id)
    assert earlier.span.end == latest.span.start == now
    assert (latest.user_id, earlier.user_id) == (second.id, first.id)
    assert open_standings(uow, case) == {("responsible", second.id)}
    assert case.team_id in second.team_ids


def test_the_former_worker_of_another_team_no_longer_finds_the_case(uow: UnitOfWork, now: datetime) -> None:
    first, second = create_worker(uow), create_worker(uow)
    case = assign(uow, assign(uow, create_case(uow), first, now=date(2026, 11, 3)), second, now=now)
    assert seen_by(uow, actor_of(uow, second), case, now=now).worker_id == second.id
    with pytest.raises(NotFound):
        seen_by(uow, actor_of(uow, first), case, now=now)


def test_whoever_lost_the_race_is_told_who_won(uow: UnitOfWork, now: datetime) -> None:
    first, second = create_worker(uow), create_worker(uow)
    case = assign(uow, create_case(uow), first, now=now)
    with pytest.raises(Conflict, match=first.full_name):
        services.assign_worker(
            uow,
            case,
            worker_id=second.id,
            expected_worker_id=None,
            reason=None,
            profession_reason="x",
            actor=DEMO,
            now=now,
        )
    assert cases.case_of(uow, case.id).worker_id == first.id


def test_expecting_somebody_who_has_been_released_is_a_conflict_too(uow: UnitOfWork, now: datetime) -> None:
    first, second = create_worker(uow), create_worker(uow)
    case = assign(uow, create_case(uow), first, now=date(2026, 11, 3))
    services.release_worker(uow, case, on_close=False, actor=DEMO, now=now)
    with pytest.raises(Conflict):
        services.assign_worker(
            uow,
            case,
            worker_id=second.id,
            expected_worker_id=first.id,
            reason=None,
            profession_reason="x",
            actor=DEMO,
            now=now,
        )


def test_a_profession_the_model_does_not_name_needs_a_reason_and_keeps_it(uow: UnitOfWork, now: datetime) -> None:
    physician = create_user(uow, professions=("physician",), teams=(create_team(uow),))
    case = create_case(uow)
    with pytest.raises(Refused) as refused:
        assign(uow, case, physician, now=now, profession_reason=" ")
    assert [reason.field for reason in refused.value.reasons] == ["profession_reason"]
    assign(uow, case, physician, now=now, profession_reason="hoitosuhde jatkuu")
    assert queries.line_of(uow, case.id)[0].profession_exception == "hoitosuhde jatkuu"


def test_a_profession_the_model_names_keeps_no_reason(uow: UnitOfWork, now: datetime) -> None:
    nurse = create_user(uow, professions=("care_lead",), teams=(create_team(uow),))
    case = assign(uow, create_case(uow), nurse, now=now, profession_reason="turha")
    assert queries.line_of(uow, case.id)[0].profession_exception is None


@pytest.mark.parametrize("roles", [(Role.COORDINATOR,), (Role.ADMIN,)])
def test_only_an_own_worker_takes_clients(uow: UnitOfWork, now: datetime, roles: tuple[Role, ...]) -> None:
    user = create_user(uow, roles=roles, teams=(create_team(uow),))
    with pytest.raises(Refused) as refused:
        assign(uow, create_case(uow), user, now=now)
    assert refused.value.reasons[0].field == "worker"


def test_the_registrar_steps_aside_when_somebody_answers_for_the_case(uow: UnitOfWork, now: datetime) -> None:
    opener, worker = create_worker(uow), create_worker(uow)
    client_id = create_client(uow, actor=actor_of(uow, opener))
    case = create_case(uow, client_id=client_id)
    assign(uow, case, worker, now=now)
    left = uow.session.scalars(
        select(Standing.kind).where(Standing.client_id == client_id, Standing.valid_to.is_(None))
    ).all()
    assert left == [StandingKind.RESPONSIBLE]


def test_a_pair_who_becomes_responsible_is_no_pair_any_more(uow: UnitOfWork, now: datetime) -> None:
    worker, pair = create_worker(uow), create_worker(uow)
    case = assign(uow, create_case(uow), worker, now=date(2026, 11, 3))
    services.add_pair(uow, case, user_id=pair.id, actor=DEMO, now=now)
    assert open_standings(uow, case) == {("responsible", worker.id), ("pair", pair.id)}
    assign(uow, case, pair, now=now + timedelta(days=1))
    assert open_standings(uow, case) == {("responsible", pair.id)}
    assert not [one for one in queries.pairs_of(uow, case.id) if one.is_open]


def test_a_pair_sees_the_case_and_stops_seeing_it_when_it_ends(uow: UnitOfWork, now: datetime) -> None:
    worker, pair = create_worker(uow), create_worker(uow)
    case = assign(uow, create_case(uow), worker, now=date(2026, 11, 3))
    services.add_pair(uow, case, user_id=pair.id, actor=DEMO, now=now)
    assert seen_by(uow, actor_of(uow, pair), case, now=now).worker_id == worker.id
    services.end_pair(uow, case, user_id=pair.id, actor=DEMO, now=now + timedelta(hours=1))
    with pytest.raises(NotFound):
        seen_by(uow, actor_of(uow, pair), case, now=now + timedelta(hours=1))


def test_the_worker_of_a_protected_client_is_a_named_handler_and_the_former_is_not(
    uow: UnitOfWork, now: datetime
) -> None:
    first, second = create_worker(uow), create_worker(uow)
    case = create_case(uow, client_id=create_client(uow, protected=True))
    assign(uow, case, first, now=date(2026, 11, 3))
    assign(uow, case, second, now=now)
    assert [one.user_id for one in protection.handlers_of(uow, case.client_id)] == [second.id]


def test_a_release_ends_the_line_and_the_rights_and_keeps_the_team(uow: UnitOfWork, now: datetime) -> None:
    worker = create_worker(uow)
    case = assign(uow, create_case(uow), worker, now=date(2026, 11, 3))
    services.release_worker(uow, case, actor=DEMO, now=now)
    after = cases.case_of(uow, case.id)
    assert (after.worker_id, after.team_id) == (None, case.team_id)
    assert queries.line_of(uow, case.id)[0].span.end == now
    assert open_standings(uow, case) == set()
    services.release_worker(uow, after, actor=DEMO, now=now)


def test_an_own_worker_may_not_give_the_case_away(uow: UnitOfWork, now: datetime) -> None:
    worker, other = create_worker(uow), create_worker(uow)
    case = assign(uow, create_case(uow), worker, now=date(2026, 11, 3))
    actor = actor_of(uow, worker)
    with pytest.raises(Forbidden):
        assign(uow, seen_by(uow, actor, case, now=now), other, now=now, actor=actor)


def test_the_database_refuses_two_primaries_at_once_whoever_writes(uow: UnitOfWork, now: datetime) -> None:
    worker = create_worker(uow)
    case = assign(uow, create_case(uow), worker, now=now)
    with pytest.raises(IntegrityError, match="one_primary_at_a_time"):
        uow.session.execute(
            text(
                "INSERT INTO responsible_period (id, case_id, user_id, kind, during, assigned_at)"
                " VALUES (gen_random_uuid(), :case, :user, 'primary', tstzrange(:at, NULL), :at)"
            ),
            {"case": case.id, "user": worker.id, "at": now + timedelta(days=1)},
        )


@hypothesis_settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=st.lists(st.tuples(st.sampled_from(["assign", "release"]), st.integers(0, 3), st.integers(0, 3)), max_size=8)
)
def test_any_sequence_of_acts_keeps_the_stored_line_gapless(uow: UnitOfWork, acts: list[tuple[str, int, int]]) -> None:
    workers: list[UserView] = [create_worker(uow) for _ in range(4)]
    case, moment = create_case(uow), datetime.fromisoformat("2026-11-03T09:00+02:00")
    for act, who, hours in acts:
        moment += timedelta(hours=hours)
        if act == "release":
            services.release_worker(uow, case, on_close=False, actor=DEMO, now=moment)
        elif workers[who].id != case.worker_id:
            before = case.worker_id
            case = assign(uow, case, workers[who], now=moment)
            latest, *earlier = queries.line_of(uow, case.id)
            assert before is None or earlier[0].span.end == latest.span.start, "a hand-over leaves no gap"
        case = cases.case_of(uow, case.id)
    line = queries.line_of(uow, case.id)[::-1]
    assert all(one.span.end is not None and one.span.end <= two.span.start for one, two in pairwise(line))
    assert [one.user_id for one in line if one.is_open] == ([case.worker_id] if case.worker_id else [])
