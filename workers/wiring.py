"""What tasks need of the process they run in: settings, database, keys, mail. Made at first use, in each child anew."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from app import factory
from app.accounts.domain import SessionLimits
from app.core.crypto import Vault
from app.core.db import make_engine, make_sessions
from app.core.uow import UnitOfWork, unit_of_work
from app.reminders.mail import SmtpMailer, mailer_for
from config.settings import Settings


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings.from_env(os.environ)


@cache
def sessions() -> sessionmaker[Session]:
    """The session factory; a child that is forked has none yet, so no connection is ever shared."""
    here = settings()
    return make_sessions(
        make_engine(
            here.database_url,
            pool_size=here.worker_pool_size,
            statement_timeout_ms=here.statement_timeout_worker * 1000,
        )
    )


@cache
def vault() -> Vault:
    """The keys."""
    return factory.make_vault(settings())


def units() -> AbstractContextManager[UnitOfWork]:
    """One transaction: committed when the block ends, rolled back when it raises."""
    return unit_of_work(sessions(), vault())


@contextmanager
def mailer() -> Iterator[SmtpMailer]:
    """The way to the mail server of the settings, for one run."""
    with mailer_for(settings().smtp_url) as found:
        yield found


def link_of(case_id: UUID | None) -> str:
    """The address a mail points to: the case, or the reader's notices. Both ask to sign in and carry no token."""
    return f"{settings().base_url}/polut/{case_id}" if case_id else f"{settings().base_url}/muistutukset"


def session_limits() -> SessionLimits:
    """How long sessions live by the settings."""
    return factory.session_limits(settings())
