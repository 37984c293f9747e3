"""The ground of all tests: a PostgreSQL of their own, a database for each worker, a transaction for each test.

The cluster lies in a temporary folder and ends with the run. Its template is built by Alembic as the owner; tests work
as the application's role, in a transaction that is rolled back.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final, cast

import pytest
from flask import Flask
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session, sessionmaker

from app.core.crypto import Vault
from app.core.db import make_engine
from app.core.uow import UnitOfWork
from config.embedded.lock import socket_folder
from config.embedded.postgres import APP, OWNER, PORT, Postgres
from config.embedded.process import Family
from config.settings import Argon2Cost, Settings
from tests.strict import StrictClient

ROOT: Final = Path(__file__).resolve().parent.parent
SOCKETS: Final = "POLKU_TEST_SOCKETS"  # tells the workers of pytest-xdist where the server is
TEMPLATE: Final = "polku_template"
WITHOUT_DATABASE: Final = ("tests/unit", "tests/architecture", "tests/e2e")

# A property either holds or not; how long one example took says only what else the machine was doing. The number of
# examples is untouched, and what must be fast has a bench or a statement count.
hypothesis_settings.register_profile("polku", deadline=None)
hypothesis_settings.load_profile("polku")


@dataclass
class Cluster:
    """The server of this test run."""

    home: Path
    family: Family
    server: Postgres

    @classmethod
    def start(cls) -> "Cluster":
        """Start a server in a new folder and build the template."""
        home = Path(tempfile.mkdtemp(prefix="polku-tests-"))
        family = Family(ROOT)
        server = Postgres(home / "postgres", socket_folder(home), family, home / "postgres.log")
        try:
            server.start(["max_connections=200"])
            server.prepare(TEMPLATE)
            migrate(server.url(OWNER, TEMPLATE))
        except BaseException:
            family.close()
            shutil.rmtree(home, ignore_errors=True)
            raise
        return cls(home, family, server)

    def stop(self) -> None:
        """End the server and take its folders away."""
        self.server.stop()
        self.family.close()
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.rmtree(self.server.sockets.parent, ignore_errors=True)


def migrate(url: str) -> None:
    """Bring a database to the newest revision, as an operator would."""
    env = {**os.environ, "MIGRATION_DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, "-m", "alembic", "upgrade", "head"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.exit(f"The migrations failed:\n{done.stderr[-3000:]}", returncode=3)


_running: list[Cluster] = []


def _needs_database(config: pytest.Config) -> bool:
    places = [Path(arg.split("::")[0]).resolve() for arg in config.args]
    without = [ROOT / place for place in WITHOUT_DATABASE]
    return not all(any(place.is_relative_to(folder) for folder in without) for place in places)


def pytest_configure(config: pytest.Config) -> None:
    """Start the server once, in the process that directs the run."""
    is_worker = hasattr(config, "workerinput")
    if is_worker or config.option.collectonly or config.option.help or not _needs_database(config):
        return
    cluster = Cluster.start()
    _running.append(cluster)
    os.environ[SOCKETS] = str(cluster.server.sockets)


def pytest_unconfigure() -> None:
    """End the server this process started."""
    while _running:
        _running.pop().stop()
        os.environ.pop(SOCKETS, None)


def database_address(role: str, database: str) -> str:
    """Spell the address of a database of the test server."""
    sockets = os.environ.get(SOCKETS)
    if not sockets:
        pytest.fail("This test has no database: it lies in a folder of tests that do without.")
    return f"postgresql+psycopg://{role}@/{database}?host={sockets}&port={PORT}"


@pytest.fixture(scope="session")
def cluster_admin() -> Postgres:
    """The test server, for tests that make databases of their own; any worker may ask."""
    sockets = Path(os.environ[SOCKETS])
    admin = Postgres.__new__(Postgres)
    admin.sockets = sockets
    return admin


@pytest.fixture(scope="session")
def database(cluster_admin: Postgres, worker_name: str) -> Iterator[str]:
    """The name of this worker's database, a copy of the migrated template."""
    name = f"polku_{worker_name}"
    cluster_admin.create_database(name, TEMPLATE)
    yield name
    cluster_admin.drop_database(name)


@pytest.fixture(scope="session")
def worker_name() -> str:
    """The name of the xdist worker; `main` when there is one process."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def settings(database: str) -> Settings:
    """Settings of the tests: the worker's database as the application's role, light passwords, fixed keys."""
    return test_settings(database_address(APP, database), database_address(OWNER, database))


def test_settings(url: str, migration_url: str) -> Settings:
    """Build the settings of a test for the given database."""
    return Settings(
        root=ROOT,
        env="test",
        database_url=url,
        migration_database_url=migration_url,
        broker_url="memory://",
        valkey_url="unix:///nowhere?db=0",
        smtp_url="smtp://127.0.0.1:9",
        base_url="https://polku.test",
        secret_key="a secret of the tests, long enough to be one",
        field_keys={1: bytes(range(32))},
        protected_keys={1: bytes(range(32, 64))},
        index_key=bytes(range(64, 96)),
        metrics_token="a token of the tests, long enough to be one",
        argon2=Argon2Cost(8, 1, 1),
    )


test_settings.__test__ = False  # type: ignore[attr-defined]  # the name begins like a test's


@pytest.fixture(scope="session")
def engine(settings: Settings) -> Iterator[Engine]:
    """The engine of this worker's database."""
    engine = make_engine(settings.database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection whose transaction is rolled back after the test, whatever was committed inside."""
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


@contextmanager
def ground(engine: Engine, vault: Vault, make: Callable[[UnitOfWork], object]) -> Iterator[Connection]:
    """A connection on which something dear was made, for a module whose tests begin there each; then all is undone.

    The module gives it as its own `connection`, in a savepoint for each test.
    """
    with engine.connect() as connection:
        transaction = connection.begin()
        unit = UnitOfWork(sessions_on(connection)(), vault)
        make(unit)
        unit.commit()
        unit.close()
        yield connection
        transaction.rollback()


def sessions_on(connection: Connection) -> sessionmaker[Session]:
    """A session factory whose commits end savepoints of the connection's transaction."""
    return sessionmaker(connection, join_transaction_mode="create_savepoint", expire_on_commit=False, autoflush=False)


@pytest.fixture
def sessions(connection: Connection) -> sessionmaker[Session]:
    """A session factory for the code under test; its commits last as long as the test."""
    return sessions_on(connection)


@pytest.fixture(scope="session")
def vault() -> Vault:
    """A vault with the keys of the tests."""
    keys = test_settings("", "")
    return Vault(keys.field_keys, keys.protected_keys, keys.index_key)


@pytest.fixture
def uow(sessions: sessionmaker[Session], vault: Vault) -> Iterator[UnitOfWork]:
    """A unit of work whose commits last as long as the test."""
    unit = UnitOfWork(sessions(), vault)
    yield unit
    unit.close()


@pytest.fixture(scope="session")
def now() -> datetime:
    """The moment of the demo and of all tests: Tuesday 24.11.2026, nine in the morning in Helsinki."""
    return datetime.fromisoformat("2026-11-24T09:00+02:00")


@pytest.fixture(scope="session")
def today() -> date:
    """The Helsinki day of `now`."""
    return date(2026, 11, 24)


class SessionsOfTheTest:
    """Stands where the application's session factory stands, and makes the sessions of the test that runs."""

    def __init__(self) -> None:
        self.current: sessionmaker[Session] | None = None

    def __call__(self) -> Session:
        assert self.current is not None, "the application is used outside a test"
        return self.current()


@pytest.fixture(scope="session")
def built(settings: Settings) -> tuple[Flask, SessionsOfTheTest]:
    """The application, built once for all tests of this worker."""
    from app.factory import create_app  # noqa: PLC0415 - unit tests never build the application

    switch = SessionsOfTheTest()
    application = create_app(settings, sessions=cast("sessionmaker[Session]", switch))
    application.test_client_class = StrictClient
    return application, switch


@pytest.fixture
def app(built: tuple[Flask, SessionsOfTheTest], sessions: sessionmaker[Session]) -> Iterator[Flask]:
    """The application, writing inside the test's transaction; what a test hangs on it is taken off again."""
    application, switch = built
    switch.current = sessions
    config, extensions = dict(application.config), dict(application.extensions)
    yield application
    application.config.clear()
    application.config.update(config)
    application.extensions.clear()
    application.extensions.update(extensions)
    switch.current = None


@pytest.fixture
def client(app: Flask) -> StrictClient:
    """A client over https that refuses a sloppy page."""
    found = app.test_client()
    assert isinstance(found, StrictClient)
    return found
