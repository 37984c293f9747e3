"""Runs the migrations as the owner of the tables; imports every model so that the comparison is whole."""

import os

from alembic import context
from sqlalchemy import create_engine, pool, text

import app.access.models
import app.accounts.models
import app.activity.models
import app.assessments.models
import app.audit.models
import app.cases.models
import app.clients.models
import app.consents.models
import app.core.models
import app.drafts.models
import app.duties.models
import app.intake.models
import app.measures.models
import app.network.models
import app.papers.models
import app.participation.models
import app.plans.models
import app.protection.models
import app.reminders.models  # noqa: F401 - the imports above fill Base.metadata
from app.core.db import Base
from config.settings import database_url

MIGRATION_LOCK = 7_042_026  # one migrator at a time, whoever starts first


def address() -> str:
    """The owner's address: from the caller's attributes, else from MIGRATION_DATABASE_URL."""
    given = context.config.attributes.get("url") or os.environ.get("MIGRATION_DATABASE_URL", "")
    return database_url(str(given))


def run() -> None:
    """Upgrade or compare in one transaction, under an advisory lock."""
    engine = create_engine(address(), poolclass=pool.NullPool, hide_parameters=True)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
        with context.begin_transaction():
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            context.run_migrations()
    engine.dispose()


run()
