"""List == filter: what the policy allows one by one is what the scopes select at once (architecture 2.7)."""

from datetime import datetime, timedelta
from itertools import product
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import column, select, table, text
from sqlalchemy.orm import Session, sessionmaker

import app.cases.models
import app.clients.models  # noqa: F401 - the foreign keys of `standing` name their tables
from app.access import scopes, standing
from app.access.actor import Actor, Role
from app.access.permissions import Permission
from app.access.policy import can
from app.access.predicates import StandingKind
from app.core.crypto import Vault
from app.core.ids import new_id
from app.core.uow import UnitOfWork
from tests.factories.accounts import actor_of, create_team, create_user

CASES = table(
    "pathway_case",
    *(column(name) for name in ("id", "client_id", "team_id", "primary_worker_id", "closed_at")),
)


def _bare_client(uow: UnitOfWork, now: datetime) -> UUID:
    client_id = new_id()
    uow.session.execute(
        text(
            "INSERT INTO client (id, match_hash, last_name, first_names, contact_language, needs_plain_language,"
            " has_address_protection, contact_source, source, registered_at, version)"
            " VALUES (:id, 'm', 'x', 'x', 'fi', false, false, '', 'work', :now, 1)"
        ),
        {"id": client_id, "now": now},
    )
    return client_id


def _bare_case(
    uow: UnitOfWork, client_id: UUID, *, team: UUID | None, worker: UUID | None, closed: bool, now: datetime
) -> UUID:
    case_id = new_id()
    uow.session.execute(
        text(
            "INSERT INTO pathway_case (id, client_id, ordinal, model_key, model_version, opened_on, opened_at, source,"
            " contact_source, team_id, primary_worker_id, current_stage, current_since, closed_on, closed_at, version)"
            " VALUES (:id, :client, 1, 'm', 1, :day, :now, 'work', '', :team, :worker, 'joint_plan', :day,"
            " :closed_on, :closed_at, 1)"
        ),
        {
            "id": case_id,
            "client": client_id,
            "team": team,
            "worker": worker,
            "day": now.date(),
            "now": now,
            "closed_on": now.date() if closed else None,
            "closed_at": now if closed else None,
        },
    )
    return case_id


def _one_by_one(uow: UnitOfWork, actor: Actor, now: datetime) -> tuple[set[UUID], set[UUID]]:
    """Cases and clients that the pure policy allows, asked for each record."""
    cases: set[UUID] = set()
    clients: set[UUID] = set()
    for row in uow.session.execute(select(CASES)):
        subject = scopes.subject_for_case(
            uow.session,
            actor,
            client_id=row.client_id,
            case_id=row.id,
            team_id=row.team_id,
            worker_id=row.primary_worker_id,
            is_open=row.closed_at is None,
            now=now,
        )
        if can(actor, Permission.CASE_VIEW, subject):
            cases.add(row.id)
            clients.add(row.client_id)
    for (client_id,) in uow.session.execute(text("SELECT id FROM client")):
        kinds = scopes.kinds_for(uow.session, actor, client_id=client_id, case_id=None, now=now)
        if kinds:
            clients.add(client_id)
    return cases, clients


def _at_once(uow: UnitOfWork, actor: Actor, now: datetime) -> tuple[set[UUID], set[UUID]]:
    cases = set(uow.session.scalars(select(CASES.c.id).where(scopes.visible_cases(actor, now))))
    client = table("client", column("id"))
    clients = set(uow.session.scalars(select(client.c.id).where(scopes.visible_clients(actor, now))))
    return cases, clients


def test_every_role_sees_in_lists_exactly_what_the_policy_allows_one_by_one(uow: UnitOfWork, now: datetime) -> None:
    teams = [create_team(uow), create_team(uow)]
    workers = [create_user(uow, teams=[team]) for team in teams]
    actors = [
        actor_of(uow, create_user(uow, roles=roles, teams=[teams[0]], leads=[teams[0]] if leads else []))
        for roles in ((), *((role,) for role in Role), (Role.OWN_WORKER, Role.SUPERVISOR))
        for leads in (False, True)
    ]
    kinds = [None, *StandingKind]
    for team, worker, closed, kind, ended in product(
        [None, *teams], [None, workers[0]], [False, True], kinds, [False, True]
    ):
        client_id = _bare_client(uow, now)
        case_id = _bare_case(uow, client_id, team=team, worker=worker.id if worker else None, closed=closed, now=now)
        if kind is None:
            continue
        for actor in actors:
            start = now - timedelta(days=10)
            standing.grant(uow, user_id=actor.user_id, client_id=client_id, case_id=case_id, kind=kind, now=start)
        if ended:
            standing.end(uow, case_id=case_id, kind=kind, now=now)
    for actor in actors:
        assert _at_once(uow, actor, now) == _one_by_one(uow, actor, now), actor.roles


@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 2),  # team: none, own, other
            st.booleans(),  # has a worker
            st.booleans(),  # closed
            st.sampled_from([None, *StandingKind]),
            st.integers(-3, 3),  # standing starts, in days from now
            st.sampled_from([None, 0, 1, 5]),  # and lasts so many days
        ),
        max_size=8,
    ),
    roles=st.frozensets(st.sampled_from(list(Role)), max_size=3),
    is_lead=st.booleans(),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_parity_holds_for_random_standings_and_dates(
    sessions: sessionmaker[Session],
    vault: Vault,
    now: datetime,
    rows: list[tuple[int, bool, bool, StandingKind | None, int, int | None]],
    roles: frozenset[Role],
    is_lead: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    uow = UnitOfWork(sessions(), vault)
    try:
        teams = [create_team(uow), create_team(uow)]
        worker = create_user(uow, teams=[teams[1]])
        user = create_user(uow, roles=roles, teams=[] if is_lead else [teams[0]], leads=[teams[0]] if is_lead else [])
        actor = actor_of(uow, user)
        for team, has_worker, closed, kind, starts, lasts in rows:
            client_id = _bare_client(uow, now)
            team_id = None if team == 0 else teams[team - 1]
            worker_id = worker.id if has_worker else None
            case_id = _bare_case(uow, client_id, team=team_id, worker=worker_id, closed=closed, now=now)
            if kind is not None:
                start = now + timedelta(days=starts)
                standing.grant(uow, user_id=actor.user_id, client_id=client_id, case_id=case_id, kind=kind, now=start)
                if lasts is not None:
                    standing.end(uow, case_id=case_id, kind=kind, now=start + timedelta(days=lasts))
        assert _at_once(uow, actor, now) == _one_by_one(uow, actor, now)
    finally:
        uow.rollback()
        uow.close()
