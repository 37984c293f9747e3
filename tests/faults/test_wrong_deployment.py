"""Row 28: a deployment that would lose data, or show it to the wrong eyes, does not start and says why in one line."""

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from psycopg import sql

from config.embedded.lock import socket_folder
from config.embedded.postgres import APP, OWNER, PORT, SUPERUSER, Postgres
from config.embedded.process import Family
from tests.conftest import ROOT, database_address, migrate
from tests.factories.accounts import create_user
from tests.factories.clients import create_client
from tests.faults.served import WebGround, plain_environment, spelled_keys
from tests.launched import free_port

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]  # the first test waits for the starts of all

PATIENCE: Final = 40.0
AT_ONCE: Final = 2
WEB: Final = (sys.executable, "-c", "from app.factory import web; web()")
SABOTAGED: Final = (sys.executable, "-c", "from tests.faults.sabotaged import without_refusal as web; web()")
CELERY: Final = (sys.executable, "-m", "celery", "-A", "workers.celery_app")
WORKER: Final = (*CELERY, "worker", "--concurrency", "1", "--loglevel", "WARNING", "--without-gossip")
BEAT: Final = (*CELERY, "beat", "--loglevel", "WARNING", "--pidfile", "")
ANOTHER_KEY: Final = base64.b64encode(bytes(range(100, 132))).decode()
NO_KEY: Final = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong: the variables it changes, the database it happens on, the words that name it."""

    words: str
    change: dict[str, str] = field(default_factory=dict)
    database: str = "sound"


DEPLOYMENTS: Final = {
    "a key is missing": Wrong("POLKU_FIELD_KEYS is not set.", {"POLKU_FIELD_KEYS": NO_KEY}),
    "the file of a key is missing": Wrong(
        "POLKU_FIELD_KEYS_FILE names a file that cannot be read",
        {"POLKU_FIELD_KEYS": NO_KEY, "POLKU_FIELD_KEYS_FILE": "/nowhere/field_keys"},
    ),
    "the key is another": Wrong(
        "POLKU_FIELD_KEYS is not the key that this database was sealed with.",
        {"POLKU_FIELD_KEYS": f"1:{ANOTHER_KEY}"},
    ),
    "the old version of the key was taken away": Wrong(
        "POLKU_FIELD_KEYS is not the key that this database was sealed with.",
        {"POLKU_FIELD_KEYS": f"2:{ANOTHER_KEY}"},
    ),
    "the key of protected addresses is another": Wrong(
        "POLKU_PROTECTED_KEYS is not the key that this database was sealed with.",
        {"POLKU_PROTECTED_KEYS": f"1:{ANOTHER_KEY}"},
    ),
    "the index key is another": Wrong(
        "POLKU_INDEX_KEY is not the key that this database was sealed with.", {"POLKU_INDEX_KEY": ANOTHER_KEY}
    ),
    "one key serves two purposes": Wrong(
        "Two encryption keys are the same", {"POLKU_INDEX_KEY": spelled_keys()["POLKU_FIELD_KEYS"].removeprefix("1:")}
    ),
    "the secret is a default": Wrong("POLKU_SECRET_KEY is a default", {"POLKU_SECRET_KEY": "change-me"}),
    "debug is on": Wrong("POLKU_DEBUG is on in production.", {"POLKU_DEBUG": "1"}),
    "the clock is set": Wrong("POLKU_CLOCK is set in production", {"POLKU_CLOCK": "2026-11-24T09:00+02:00"}),
    "the clock is nonsense": Wrong("POLKU_CLOCK must look like", {"POLKU_CLOCK": "noon"}),
    "a migration is pending": Wrong("migrate.", database="behind"),
    "nothing was ever migrated": Wrong("The database is at revision None", database="empty"),
    "a demo user is active": Wrong("A demo user is active in production", database="demo"),
    "a commit need not be durable": Wrong("synchronous_commit is off in the database", database="hasty"),
    "the role is a superuser": Wrong("DATABASE_URL names a superuser", database="as_superuser"),
    "the role owns the tables": Wrong("DATABASE_URL names the owner of the tables", database="as_owner"),
    "the database is away": Wrong("The database does not answer", database="away"),
}
# What the worker and beat are asked too: one thing of the settings, one of the database, one of the keys.
OF_JOBS: Final = ("debug is on", "a migration is pending", "the key is another")
OF_SERVER: Final = ("fsync", "full_page_writes", "synchronous_commit")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a start went; code None: it was still running when patience ended."""

    code: int | None
    errors: str
    seconds: float


def faults(outcome: Outcome, words: str) -> list[str]:
    """Say in what a refusal falls short: it must end, with a code, one plain line, and no traceback."""
    if outcome.code is None:
        return ["did not end"]
    lines = [line for line in outcome.errors.splitlines() if line.strip()]
    wrong = ["started" if outcome.code == 0 else ""]
    wrong.append(f"{len(lines)} lines: {outcome.errors[-2000:]}" if len(lines) != 1 else "")
    wrong.append("a traceback" if "Traceback" in outcome.errors else "")
    wrong.append(f"nothing said of {words!r}" if words not in outcome.errors else "")
    return [fault for fault in wrong if fault]


class Site:
    """Databases, sound and otherwise, and the environment of a production on each."""

    def __init__(self, admin: Postgres) -> None:
        self.admin = admin
        self.grounds: list[WebGround] = []
        self.home = Path(tempfile.mkdtemp(prefix="polku-faults-"))
        self.urls = {"away": f"postgresql+psycopg://{APP}@/polku?host={self.home}&port={PORT}"}

    def prepare(self) -> None:
        """Lay the databases out."""
        sound, demo, behind, hasty = (self._ground(name) for name in ("sound", "demo", "behind", "hasty"))
        for ground in (sound, hasty):
            seal_something(ground)
        self.urls["as_superuser"] = database_address(SUPERUSER, sound.name)
        self.urls["as_owner"] = database_address(OWNER, sound.name)
        with demo.work() as uow:
            demo_user = create_user(uow)
            assert demo_user.is_active
            uow.session.connection().exec_driver_sql("UPDATE user_account SET is_demo = true")
        statement = sql.SQL("ALTER DATABASE {} SET synchronous_commit = off")
        self.admin._run(statement.format(sql.Identifier(hasty.name)))
        step_back(database_address(OWNER, behind.name))
        self.admin.drop_database(self._ground("empty").name)
        self.admin.create_database(self.grounds[-1].name)

    def _ground(self, name: str) -> WebGround:
        ground = WebGround(self.admin)
        self.grounds.append(ground)
        self.urls[name] = database_address(APP, ground.name)
        return ground

    def close(self) -> None:
        """Take everything away."""
        for ground in self.grounds:
            ground.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def production(self, wrong: Wrong) -> dict[str, str]:
        """A sound production but for one thing."""
        return production(self.urls[wrong.database], self.home) | wrong.change


def production(url: str, home: Path) -> dict[str, str]:
    """The environment of a sound production on a database."""
    return plain_environment() | spelled_keys() | {
        "POLKU_ENV": "production",
        "POLKU_BASE_URL": "https://polku.example.org",
        "SMTP_URL": "smtp://127.0.0.1:9",
        "REDIS_URL": str(home / "nobody"),
        "DATABASE_URL": url,
        # Celery warns of root, which the machine of a test may well be.
        "PYTHONWARNINGS": "ignore:You're running the worker",
    }  # fmt: skip


def seal_something(ground: WebGround) -> None:
    """Seal a client and a protected address, and have a user."""
    with ground.work() as uow:
        create_user(uow)
        create_client(uow)
        create_client(uow, protected=True)


def step_back(url: str) -> None:
    """Take the newest migration back."""
    env = {**os.environ, "MIGRATION_DATABASE_URL": url}
    argv = [sys.executable, "-m", "alembic", "downgrade", "-1"]
    subprocess.run(argv, cwd=ROOT, env=env, check=True, capture_output=True, timeout=PATIENCE)


def start(argv: tuple[str, ...], env: dict[str, str]) -> Outcome:
    """Start a program of the product and see how it ends; one that does not is ended with all it started."""
    began = time.monotonic()
    process = subprocess.Popen(
        argv, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )  # fmt: skip
    try:
        _, said = process.communicate(timeout=PATIENCE)
        return Outcome(process.returncode, said, time.monotonic() - began)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return Outcome(None, process.communicate()[1], time.monotonic() - began)


@pytest.fixture(scope="module")
def site(cluster_admin: Postgres) -> Iterator[Site]:
    """Where the deployments of this file happen."""
    site = Site(cluster_admin)
    try:
        site.prepare()
        yield site
    finally:
        site.close()


@pytest.fixture(scope="module")
def outcomes(site: Site) -> dict[tuple[str, str], Outcome]:
    """Every start of this file, a few at once: most of their time is that of the interpreter."""
    wanted: dict[tuple[str, str], tuple[tuple[str, ...], Wrong]] = {
        ("web", name): (WEB, wrong) for name, wrong in DEPLOYMENTS.items()
    }
    wanted["web", "sound"] = (WEB, Wrong(""))
    wanted["sabotaged", "debug is on"] = (SABOTAGED, DEPLOYMENTS["debug is on"])
    for name in OF_JOBS:
        wanted["worker", name] = (WORKER, DEPLOYMENTS[name])
    wanted["beat", OF_JOBS[1]] = ((*BEAT, "--schedule", str(site.home / "beat")), DEPLOYMENTS[OF_JOBS[1]])
    with ThreadPoolExecutor(AT_ONCE) as hands:
        found = {case: hands.submit(start, argv, site.production(wrong)) for case, (argv, wrong) in wanted.items()}
        return {case: outcome.result() for case, outcome in found.items()}


def test_a_sound_production_starts_without_a_word(outcomes: dict[tuple[str, str], Outcome]) -> None:
    assert (outcomes["web", "sound"].code, outcomes["web", "sound"].errors) == (0, "")


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_the_web_server_does_not_start_when(name: str, outcomes: dict[tuple[str, str], Outcome]) -> None:
    assert faults(outcomes["web", name], DEPLOYMENTS[name].words) == []


@pytest.mark.parametrize("name", OF_JOBS)
def test_the_worker_does_not_start_when(name: str, outcomes: dict[tuple[str, str], Outcome]) -> None:
    assert faults(outcomes["worker", name], DEPLOYMENTS[name].words) == []


def test_beat_does_not_start_either(outcomes: dict[tuple[str, str], Outcome]) -> None:
    assert faults(outcomes["beat", OF_JOBS[1]], DEPLOYMENTS[OF_JOBS[1]].words) == []


def test_the_check_finds_out_a_product_that_starts_all_the_same(outcomes: dict[tuple[str, str], Outcome]) -> None:
    wrong = faults(outcomes["sabotaged", "debug is on"], DEPLOYMENTS["debug is on"].words)
    assert "started" in wrong, wrong


def test_the_container_ends_at_once_with_the_line_and_starts_no_server(site: Site) -> None:
    port, wrong = free_port(), DEPLOYMENTS["the key is another"]
    env = site.production(wrong)
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    outcome = start(command_of_container(port), env)
    assert faults(outcome, wrong.words) == []


def command_of_container(port: int) -> tuple[str, ...]:
    """What the image runs, on loopback and a port of the test's own."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    (command,) = (line.removeprefix("CMD ") for line in lines if line.startswith("CMD "))
    assert "--host 0.0.0.0 --port 8000" in command
    return tuple(json.loads(command.replace("--host 0.0.0.0 --port 8000", f"--host 127.0.0.1 --port {port}")))


@contextmanager
def careless_server(home: Path, setting: str) -> Iterator[Callable[[str], str]]:
    """A cluster that starts with one of its nets cut; gives the address of a role's database on it."""
    family = Family(ROOT)
    server = Postgres(home / "postgres", socket_folder(home), family, home / "postgres.log")
    try:
        server.start([f"{setting}=off"])
        server.prepare()
        yield server.url
        server.stop()
    finally:
        family.close()


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A folder for a cluster of its own."""
    home = Path(tempfile.mkdtemp(prefix="polku-faults-"))
    yield home
    shutil.rmtree(socket_folder(home), ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


@pytest.mark.parametrize("setting", OF_SERVER)
def test_a_server_that_may_lose_what_was_saved_is_refused(setting: str, home: Path) -> None:
    with careless_server(home, setting) as url:
        migrate(url(OWNER))
        outcome = start(WEB, production(url(APP), home))
    assert faults(outcome, f"{setting} is off in the database: what was saved could be lost.") == []
