"""Servers of the bench's own: PostgreSQL tuned as the launcher does (not at all), the product, the limit beside it."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app.core.crypto import Vault
from app.core.db import make_engine, make_sessions
from app.core.uow import UnitOfWork
from config.embedded.lock import socket_folder
from config.embedded.postgres import APP, OWNER, SUPERUSER, Postgres
from config.embedded.process import Family, Process
from config.embedded.secrets import secret_files
from config.settings import Settings
from tests.launched import free_port

ROOT: Final = Path(__file__).resolve().parents[2]
WEB_PROCESSES: Final = 2
WEB_THREADS: Final = Settings().web_threads
PRODUCT: Final = "app.factory:web"
LIMIT: Final = "tests.bench.limit:web"

# What a day's work would never reach; a bench does in a second. Printed with the figures.
RAISED: Final = {"POLKU_VIEW_SOFT_LIMIT": "100000000", "POLKU_VIEW_HARD_LIMIT": "100000000"}


@dataclass
class Site:
    """One web server and where it answers."""

    name: str
    port: int
    process: Process

    def spent(self) -> float:
        """Return the seconds of processor that its processes have used."""
        return processor_seconds(lambda fields: int(fields[2]) == self.process.pid)


@dataclass
class Ground:
    """The cluster, the keys and the web servers of one run of the bench."""

    home: Path
    family: Family
    server: Postgres
    keys: dict[str, str]
    sites: list[Site] = field(default_factory=list)

    def environment(self, database: str) -> dict[str, str]:
        """Return the environment of a product that works on a database."""
        return {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            **self.keys,
            **RAISED,
            "POLKU_ENV": "production",
            "POLKU_BASE_URL": "https://polku.test",
            "REDIS_URL": "/nowhere",
            "SMTP_URL": "smtp://127.0.0.1:9",
            "DATABASE_URL": self.server.url(APP, database),
            "MIGRATION_DATABASE_URL": self.server.url(OWNER, database),
            "PYTHONPATH": str(ROOT),
        }

    def settings(self, database: str) -> Settings:
        """Return the settings a product has there."""
        return Settings.from_env(self.environment(database))

    def vault(self) -> Vault:
        """Return the vault of the bench's keys."""
        settings = self.settings("any")
        return Vault(settings.field_keys, settings.protected_keys, settings.index_key)

    @contextmanager
    def unit(self, database: str, *, role: str = APP) -> Iterator[UnitOfWork]:
        """Yield a unit of work that is committed in the end."""
        engine = make_engine(self.server.url(role, database), statement_timeout_ms=0)
        unit = UnitOfWork(make_sessions(engine)(), self.vault())
        try:
            yield unit
            unit.commit()
        finally:
            unit.close()
            engine.dispose()

    def make_database(self, name: str) -> None:
        """Make a database and bring it up to date."""
        self.server.prepare(name)
        done = subprocess.run(
            [sys.executable, "-m", "alembic", "upgrade", "head"],
            cwd=ROOT,
            env=self.environment(name),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])

    def superuser_url(self, database: str) -> str:
        """Return the address for what only an operator does: ANALYZE of everything, CHECKPOINT."""
        return self.server.url(SUPERUSER, database)

    def database_spent(self) -> float:
        """Return the seconds of processor that PostgreSQL has used, ended connections included."""
        process = self.server.process
        server = process.pid if process is not None else 0
        mine = processor_seconds(lambda fields: int(fields[1]) == server)
        return mine + _ticks(Path(f"/proc/{server}/stat"), slice(11, 15))

    def serve(self, name: str, application: str, database: str, **more: str) -> Site:
        """Start an application on granian as the launcher does, and wait for its first answer."""
        port = free_port()
        words = [
            sys.executable, "-m", "granian", application, "--interface", "wsgi", "--factory", "--host", "127.0.0.1",
            "--port", str(port), "--no-ws", "--workers", str(WEB_PROCESSES), "--blocking-threads", str(WEB_THREADS),
            "--respawn-failed-workers", "--log-level", "warning",
        ]  # fmt: skip
        return self._started(name, port, words, database, more)

    def serve_by_gunicorn(self, name: str, application: str, database: str, program: str, **more: str) -> Site:
        """Start an application on gunicorn with as many processes and threads; `program` is its Python."""
        port = free_port()
        words = [
            program, "-m", "gunicorn", f"{application}()", "--worker-class", "gthread", "--bind", f"127.0.0.1:{port}",
            "--workers", str(WEB_PROCESSES), "--threads", str(WEB_THREADS), "--keep-alive", "60",
            "--log-level", "warning",
        ]  # fmt: skip
        return self._started(name, port, words, database, more)

    def _started(self, name: str, port: int, words: list[str], database: str, more: dict[str, str]) -> Site:
        env = {**self.environment(database), **more}
        process = self.family.spawn(words, env=env, cwd=ROOT, log=self.home / f"{name}.log")
        site = Site(name, port, process)
        self.sites.append(site)
        deadline = time.monotonic() + 60
        while not _answers(f"http://127.0.0.1:{port}/healthz"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.home / f"{name}.log").read_text(encoding="utf-8")[-3000:])
            time.sleep(0.05)
        return site

    def end(self, site: Site) -> None:
        """End one web server."""
        self.family.end(site.process, patience=10)
        self.sites.remove(site)


@contextmanager
def ground() -> Iterator[Ground]:
    """Start the cluster of a bench in a temporary folder and take everything away afterwards."""
    home = Path(tempfile.mkdtemp(prefix="polku-bench-"))
    family = Family(ROOT)
    server = Postgres(home / "postgres", socket_folder(home), family, home / "postgres.log")
    try:
        server.start()
        yield Ground(home, family, server, secret_files(home, {}, database_exists=False))
    finally:
        family.close()
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(server.sockets.parent, ignore_errors=True)


def processor_seconds(is_counted: Callable[[list[str]], bool]) -> float:
    """Return the seconds of processor of the processes whose fields (state, parent, group, …) are asked for."""
    total = 0.0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if is_counted(_fields(path)):
                total += _ticks(path, slice(11, 13))
    return total


def _fields(path: Path) -> list[str]:
    return path.read_text().rpartition(")")[2].split()


def _ticks(path: Path, which: slice) -> float:
    return sum(map(int, _fields(path)[which])) / os.sysconf("SC_CLK_TCK")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:  # noqa: S310 - our own server
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False
