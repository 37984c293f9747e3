"""The sweep against its limit: one raw INSERT … SELECT of as many ledger rows."""

import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, create_engine, text

from app.access.actor import system_actor
from app.core.crypto import Vault
from app.core.db import make_engine, make_sessions
from app.core.uow import unit_of_work
from app.reminders import services
from config.embedded.postgres import APP, SUPERUSER, Postgres
from tests.conftest import TEMPLATE, database_address
from tests.factories.reminders import create_due_duties

DUTIES = 20_000
TARGET, ALARM = 3.0, 4.5
"""The target is measured on a quiet machine; a plan gone wrong costs three times as much and is told anywhere."""

RAW = text(
    "INSERT INTO reminder_entry (id, rule, duty_id, recipient_id, due_on, offset_days, channel, state, made_at) "
    "SELECT gen_random_uuid(), rule, duty_id, recipient_id, due_on, offset_days + 1000, channel, state, made_at "
    "FROM reminder_entry"
)


@pytest.fixture
def large(cluster_admin: Postgres, worker_name: str) -> Iterator[Engine]:
    """A database of its own."""
    name = f"polku_speed_{worker_name}"
    cluster_admin.create_database(name, TEMPLATE)
    engine = make_engine(database_address(APP, name), statement_timeout_ms=60_000)
    yield engine
    engine.dispose()
    cluster_admin.drop_database(name)


def analyse(engine: Engine) -> None:
    owner = create_engine(database_address(SUPERUSER, engine.url.database or ""), isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))
    owner.dispose()


def test_a_sweep_costs_little_more_than_one_raw_insert(large: Engine, vault: Vault, now: datetime) -> None:
    make = make_sessions(large)
    with unit_of_work(make, vault) as uow:
        month_ago = now - timedelta(days=30)
        create_due_duties(uow, duties=DUTIES, workers=500, mailed=500, due_on=date(2026, 11, 24), at=month_ago)
    analyse(large)
    began = time.perf_counter()
    tally = services.sweep(lambda: unit_of_work(make, vault), actor=system_actor("system:reminders"), now=now)
    swept = time.perf_counter() - began
    began = time.perf_counter()
    with large.begin() as connection:
        rows = connection.execute(RAW).rowcount
    raw = time.perf_counter() - began
    print(f"{tally.entered} ledger rows in {swept:.2f} s, raw {raw:.2f} s: ratio {swept / raw:.2f} (target {TARGET})")
    assert tally.entered == rows == 6 * DUTIES
    assert tally.mails == tally.notices == DUTIES
    assert swept / raw <= ALARM
