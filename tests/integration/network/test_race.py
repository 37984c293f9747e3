"""Fifty coordinators press the button at once, on fifty real connections: one wins, the others are told who did."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from app.access.actor import system_actor
from app.cases import queries as cases
from app.core.crypto import Vault
from app.core.db import make_engine, make_sessions
from app.core.errors import Conflict
from app.core.uow import UnitOfWork, unit_of_work
from app.network import queries, services
from config.embedded.postgres import APP, Postgres
from tests.conftest import TEMPLATE, database_address
from tests.factories.accounts import create_team, create_user
from tests.factories.cases import create_case

THREADS = 50
DEMO = system_actor("system:demo")


@pytest.fixture
def many(cluster_admin: Postgres, worker_name: str) -> Iterator[Engine]:
    """An engine with a connection for every thread, on a database of its own: the audit trail cannot be emptied."""
    name = f"polku_race_{worker_name}"
    cluster_admin.create_database(name, TEMPLATE)
    engine = make_engine(database_address(APP, name), pool_size=THREADS, max_overflow=2, statement_timeout_ms=20_000)
    yield engine
    engine.dispose()
    cluster_admin.drop_database(name)


def _seed(sessions: sessionmaker[Session], vault: Vault) -> tuple[UUID, list[UUID]]:
    with unit_of_work(sessions, vault) as uow:
        team = create_team(uow)
        workers = [create_user(uow, teams=(team,), professions=("care_lead",)).id for _ in range(THREADS)]
        return create_case(uow, team=team).id, workers


def test_of_fifty_who_assign_at_once_exactly_one_wins(many: Engine, vault: Vault, now: datetime) -> None:
    sessions = make_sessions(many)
    case_id, workers = _seed(sessions, vault)
    gate = Barrier(THREADS)

    def press(worker_id: UUID) -> str:
        uow = UnitOfWork(sessions(), vault)
        try:
            case = cases.case_of(uow, case_id)
            gate.wait(timeout=30)
            services.assign_worker(
                uow,
                case,
                worker_id=worker_id,
                expected_worker_id=case.worker_id,
                reason=None,
                profession_reason=None,
                actor=DEMO,
                now=now,
            )
            uow.commit()
        except Conflict as lost:
            return str(lost)
        finally:
            uow.close()
        return "won"

    with ThreadPoolExecutor(THREADS) as pool:
        answers = Counter(pool.map(press, workers))

    assert answers.pop("won") == 1
    with unit_of_work(sessions, vault) as uow:
        case = cases.case_of(uow, case_id)
        line = queries.line_of(uow, case_id)
        found = text("SELECT user_id FROM standing WHERE kind = 'responsible' AND valid_to IS NULL")
        assert [period.user_id for period in line] == [case.worker_id] == list(uow.session.scalars(found))
        assert len(answers) == 1, "all the others were told the same"
        assert line[0].name in answers.most_common(1)[0][0]
        assert answers.total() == THREADS - 1


def test_a_chain_of_hand_overs_from_many_hands_stays_gapless(many: Engine, vault: Vault, now: datetime) -> None:
    sessions = make_sessions(many)
    case_id, workers = _seed(sessions, vault)

    def press(number: int) -> bool:
        with unit_of_work(sessions, vault) as uow:
            case = cases.case_of(uow, case_id)
            try:
                services.assign_worker(
                    uow,
                    case,
                    worker_id=workers[number % len(workers)],
                    expected_worker_id=case.worker_id,
                    reason=None,
                    profession_reason=None,
                    actor=DEMO,
                    now=now + timedelta(seconds=number),
                )
            except Conflict:
                uow.rollback()
                return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = sum(pool.map(press, range(40)))

    with unit_of_work(sessions, vault) as uow:
        line = queries.line_of(uow, case_id)[::-1]
    assert len(line) == won >= 1
    assert all(line[place].span.end == line[place + 1].span.start for place in range(len(line) - 1))
    assert line[-1].is_open
