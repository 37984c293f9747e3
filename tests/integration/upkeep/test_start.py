"""A start is refused with one plain line for each fault of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, create_engine, text

from app.core.crypto import Vault
from app.core.db import make_engine
from app.upkeep.services import startup_problems
from config.embedded.postgres import APP, OWNER, SUPERUSER, Postgres
from tests.conftest import ROOT, TEMPLATE, database_address, test_settings

KEYS = test_settings("", "")
VAULT = Vault(KEYS.field_keys, KEYS.protected_keys, KEYS.index_key)


@pytest.fixture
def spoilt(cluster_admin: Postgres, worker_name: str) -> Iterator[str]:
    """A database of its own, to be spoilt."""
    name = f"polku_start_{worker_name}"
    cluster_admin.create_database(name, TEMPLATE)
    yield name
    cluster_admin.drop_database(name)


@contextmanager
def opened(role: str, database: str) -> Iterator[Engine]:
    engine = make_engine(database_address(role, database))
    yield engine
    engine.dispose()


def spoil(role: str, database: str, statement: str) -> None:
    engine = create_engine(database_address(role, database), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement), {"now": datetime(2026, 11, 24, tzinfo=UTC)} if ":now" in statement else {})
    engine.dispose()


def problems(role: str, database: str, *, is_production: bool = True) -> list[str]:
    with opened(role, database) as engine:
        return startup_problems(engine, VAULT, root=ROOT, is_production=is_production)


def test_the_database_of_the_launcher_is_fit(database: str) -> None:
    assert problems(APP, database) == []


def test_a_pending_migration_is_told(spoilt: str) -> None:
    spoil(OWNER, spoilt, "UPDATE alembic_version SET version_num = '0001'")
    (line,) = problems(APP, spoilt)
    assert line.startswith("The database is at revision 0001, the program at ")


def test_an_empty_database_is_a_pending_migration(cluster_admin: Postgres, spoilt: str) -> None:
    spoil(OWNER, spoilt, "DROP TABLE alembic_version")
    assert any("migrate" in line for line in problems(APP, spoilt))


@pytest.mark.parametrize("setting", ["synchronous_commit"])
def test_a_server_that_may_lose_commits_is_told(spoilt: str, setting: str) -> None:
    spoil(SUPERUSER, spoilt, f"ALTER DATABASE {spoilt} SET {setting} = off")
    assert problems(APP, spoilt) == [f"{setting} is off in the database: what was saved could be lost."]


def test_a_wrong_order_of_letters_is_told(spoilt: str) -> None:
    spoil(
        OWNER,
        spoilt,
        "CREATE OR REPLACE FUNCTION fi_key(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower(t) $$",
    )
    spoil(
        OWNER,
        spoilt,
        "CREATE OR REPLACE FUNCTION fi_key(t text) RETURNS text LANGUAGE sql IMMUTABLE AS "
        "$$ SELECT translate(lower(t), 'åäö', 'aao') $$",
    )
    assert problems(APP, spoilt) == ["The database's fi_key does not sort as Finnish does: Z, Å, Ä, Ö."]


def test_the_owner_of_the_tables_is_refused(spoilt: str) -> None:
    assert problems(OWNER, spoilt) == [
        "DATABASE_URL names the owner of the tables: the application needs a role of its own."
    ]


def test_a_superuser_is_refused(spoilt: str) -> None:
    assert any("superuser" in line for line in problems(SUPERUSER, spoilt))


def test_a_demo_user_is_refused_in_production_and_welcome_elsewhere(spoilt: str) -> None:
    spoil(
        APP,
        spoilt,
        "INSERT INTO user_account (id, username, full_name, email, phone, roles, professions, password_hash, "
        "must_change_password, is_active, is_demo, theme, density, created_at, version) VALUES (gen_random_uuid(), "
        "'demo', 'Demo', '', '', '{}', '{}', '', false, true, true, 'auto', 'comfortable', :now, 1)",
    )
    assert problems(APP, spoilt) == ["A demo user is active in production: close it first."]
    assert problems(APP, spoilt, is_production=False) == []


def test_a_database_that_is_away_is_one_line() -> None:
    (line,) = problems(APP, "not_there")
    assert line.startswith("The database does not answer")
