"""What a migration makes of the rows that are there: each on a database of its own, brought back and up again."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Connection, Engine, create_engine, text

from app.core.ids import new_id
from config.embedded.postgres import OWNER, Postgres
from tests.conftest import ROOT, TEMPLATE, database_address

SIGNED = date(2026, 3, 2)


def migrate(url: str, *to: str) -> None:
    """Bring a database up or down to a revision, as an operator would."""
    env = {**os.environ, "MIGRATION_DATABASE_URL": url}
    subprocess.run([sys.executable, "-m", "alembic", *to], cwd=ROOT, env=env, capture_output=True, check=True)


@pytest.fixture
def own_database(cluster_admin: Postgres, worker_name: str) -> Iterator[str]:
    """The address of an empty database of the owner's at the newest revision."""
    name = f"polku_migrated_{worker_name}"
    cluster_admin.create_database(name, TEMPLATE)
    yield database_address(OWNER, name)
    cluster_admin.drop_database(name)


def accept(connection: Connection, way: str | None, accepted_on: date | None) -> str:
    """A plan's version as it was kept before signatures; its plan does not matter and is left out."""
    row_id = new_id()
    connection.execute(
        text(
            "INSERT INTO plan_version (id, plan_id, number, state, written_at, version, accepted_on, acceptance_way)"
            " VALUES (:id, gen_random_uuid(), 1, 'draft', now(), 1, :on, :way)"
        ),
        {"id": row_id, "on": accepted_on, "way": way},
    )
    return str(row_id)


def test_0020_makes_the_clients_acceptance_a_signature_and_back_again(own_database: str) -> None:
    """Signed is on paper; a day without a way was the spoken word; what was not accepted is signed by nobody."""
    migrate(own_database, "downgrade", "0019")
    engine = create_engine(own_database)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE plan_version DROP CONSTRAINT fk_plan_version_plan_id_plan"))
        ways = {accept(connection, way, SIGNED): kept for way, kept in WAYS.items()}
        unsigned = accept(connection, None, None)
    migrate(own_database, "upgrade", "0020")
    with engine.begin() as connection:
        rows = connection.execute(text("SELECT plan_version_id::text, party, signed_on, way FROM plan_signature")).all()
        told = {row[0]: row[3] for row in rows}
        assert told == ways
        assert unsigned not in told
        assert {(row.party, row.signed_on) for row in rows} == {("client", SIGNED)}
    migrate(own_database, "downgrade", "0019")
    with engine.begin() as connection:
        back = connection.execute(text("SELECT acceptance_way, accepted_on FROM plan_version ORDER BY 1")).all()
    engine.dispose()
    assert [tuple(row) for row in back] == [
        ("electronic", SIGNED),
        ("oral", SIGNED),
        ("oral", SIGNED),
        ("signed", SIGNED),
        (None, None),
    ]


WAYS = {"signed": "paper", "electronic": "electronic", "oral": "oral", None: "oral"}


def test_0027_keeps_the_day_of_an_open_stage_alone_and_gives_every_case_a_day_back(own_database: str) -> None:
    """Open on a known day, open on a day not known, and not open; all three had a day before."""
    migrate(own_database, "downgrade", "0026")
    engine = create_engine(own_database)
    opened, entered, left = date(2026, 1, 5), date(2026, 2, 2), date(2026, 3, 2)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE pathway_case DROP CONSTRAINT fk_pathway_case_client_id_client"))
        known = stay(connection, opened, state="in_progress", entered_on=entered)
        unknown = stay(connection, opened, state="in_progress", entered_on=None)
        done = stay(connection, opened, state="done", entered_on=entered, left_on=left)
    migrate(own_database, "upgrade", "0027")
    assert days_of(engine) == {known: entered, unknown: None, done: None}
    migrate(own_database, "downgrade", "0026")
    assert days_of(engine) == {known: entered, unknown: opened, done: left}
    engine.dispose()


def stay(connection: Connection, opened: date, **visit: object) -> str:
    """A case in its first stage, as it was kept before 0027; its client does not matter and is left out."""
    row = {"case": new_id(), "visit": new_id(), "opened": opened, "left_on": None, **visit}
    connection.execute(
        text(
            "INSERT INTO pathway_case (id, client_id, ordinal, model_key, model_version, opened_on, opened_at,"
            " contact_source, source, current_stage, current_since, version) VALUES (:case, gen_random_uuid(), 1,"
            " 'work_ability_support', 1, :opened, now(), '', 'work', 'pre_contact', :opened, 1)"
        ),
        row,
    )
    connection.execute(
        text(
            "INSERT INTO stage_visit (id, case_id, ordinal, stage, state, entered_on, left_on, source, opened_at)"
            " VALUES (:visit, :case, 1, 'pre_contact', :state, :entered_on, :left_on, 'work', now())"
        ),
        row,
    )
    return str(row["case"])


def days_of(engine: Engine) -> dict[str, date | None]:
    with engine.begin() as connection:
        found = connection.execute(text("SELECT id::text, current_since FROM pathway_case"))
        return {row[0]: row[1] for row in found}
