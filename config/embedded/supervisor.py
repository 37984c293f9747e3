"""Runs all of Polku on one machine: `python -m config.embedded.supervisor`, which script/run starts.

PostgreSQL, Valkey and a mail sink unless DATABASE_URL, REDIS_URL, SMTP_URL name others; then migrations, demo data at
the first start, the web server, the Celery worker and beat. A child that dies is started again. SIGINT and SIGTERM end
all in order; when this process is killed, the watchdog ends them.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Final

from config.embedded.lock import forget_services, locked, write_services
from config.embedded.postgres import Postgres
from config.embedded.process import Family, Process, StartProblem
from config.embedded.servers import Servers
from config.embedded.valkey import Valkey
from config.settings import ROOT, Settings

WEB_PATIENCE: Final = 60.0  # seconds until the first page must answer
LONGEST_BACKOFF: Final = 30.0
STABLE_AFTER: Final = 60.0  # a child that lived so long starts again at once
LARGEST_LOG: Final = 20_000_000  # bytes; a bigger one is begun anew at the next start


class Stopped(Exception):
    """Somebody asked Polku to end."""


@dataclass
class Watched:
    """A child that must live, how to start it, and how long to wait after its last death."""

    name: str
    start: Callable[[], Process]
    patience: float = 10
    process: Process | None = None
    started: float = 0
    backoff: float = 0
    not_before: float = 0


@dataclass
class Supervisor:
    """One run of Polku in one clone."""

    root: Path
    given: dict[str, str]
    began: float = field(default_factory=time.monotonic)
    watched: list[Watched] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        """Start everything and keep it alive until somebody asks to end."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _stop)
        with locked(self.root) as lock:
            family = Family(self.root, lock=lock)
            try:
                self._start(family)
                self._keep_alive(family)
            except Stopped:
                _ignore_signals()
                say("Stopping …")
            finally:
                _ignore_signals()
                self._end(family)

    def _start(self, family: Family) -> None:
        port = int(self.given.get("PORT") or "8000")
        self._refuse_busy_port(port)
        self._shorten_logs()
        self._start_servers(family)
        self._start_mail(family, but=port)
        self._check_settings()
        with step("Bringing the database up to date"):
            self._command(family, "alembic.log", "-m", "alembic", "upgrade", "head")
        self._fill_demo(family)
        self._start_product(family, port)
        self._note()
        self._greet(port)

    def _start_servers(self, family: Family) -> None:
        servers = Servers(self.root, self.given, family)
        self.env = {**self.given, **servers.environment(), "PYTHONUNBUFFERED": "1"}
        if servers.has_own_database:
            with step("Starting PostgreSQL"):
                servers.start_database()
            self._watch("postgres", lambda: _started(servers.database), servers.database.process, patience=20)
        if servers.has_own_broker:
            with step("Starting Valkey"):
                servers.valkey.start()
            self._watch("valkey", lambda: _started(servers.valkey), servers.valkey.process)

    def _start_mail(self, family: Family, *, but: int) -> None:
        if self.given.get("SMTP_URL") or self.given.get("SMTP_URL_FILE"):
            return
        port = _free_port(but=but)
        self.env["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
        self._program(family, "mail", "-m", "config.embedded.mailsink", str(port), str(self.root / "var" / "mail"))

    def _check_settings(self) -> None:
        problems = Settings.from_env(self.env, self.root).check()
        if problems:
            raise StartProblem("\n".join(problems))

    def _fill_demo(self, family: Family) -> None:
        if self.env.get("POLKU_ENV") != "demo":
            return
        done = self.root / "var" / "postgres" / "demo.done"
        if done.exists() and "DATABASE_URL" not in self.given:
            return
        clients = self.given.get("POLKU_DEMO_CLIENTS") or "300"
        with step(f"Making a demo region with {clients} clients (first start only)"):
            self._command(
                family, "demo.log", "-m", "app.cli", "demo", "--if-empty", "--clients", clients, "--seed", "1"
            )
        done.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        done.touch()

    def _start_product(self, family: Family, port: int) -> None:
        celery = ("-m", "celery", "-A", "workers.celery_app")
        with step("Starting the web server, the worker and the clock"):
            self._program(
                family, "worker", *celery, "worker", "--concurrency", self.given.get("POLKU_WORKER_PROCESSES") or "2",
                "--loglevel", "WARNING", "--without-gossip", "--without-mingle", patience=15,
            )  # fmt: skip
            # at the first start nothing has been written there yet, and beat makes no folders
            (self.root / "var" / "run").mkdir(parents=True, exist_ok=True)
            schedule = str(self.root / "var" / "run" / "beat")
            self._program(
                family, "beat", *celery, "beat", "--loglevel", "WARNING", "--schedule", schedule, "--pidfile", ""
            )
            self._program(
                family, "web", "-m", "granian", "app.factory:web", "--interface", "wsgi", "--factory",
                "--host", self.given.get("POLKU_HOST") or "127.0.0.1", "--port", str(port), "--no-ws",
                "--workers", self.given.get("POLKU_WEB_PROCESSES") or "2",
                "--blocking-threads", self.given.get("POLKU_WEB_THREADS") or str(Settings().web_threads),
                "--respawn-failed-workers", "--log-level", "warning",
            )  # fmt: skip
            self._wait_for_web(port)

    def _program(self, family: Family, name: str, *words: str, patience: float = 10) -> None:
        def start() -> Process:
            log = self.root / "var" / "log" / f"{name}.log"
            return family.spawn([sys.executable, *words], env=self.env, cwd=self.root, log=log)

        self._watch(name, start, start(), patience=patience)

    def _watch(self, name: str, start: Callable[[], Process], process: Process | None, *, patience: float = 10) -> None:
        self.watched.append(Watched(name, start, patience, process, started=time.monotonic()))

    def _command(self, family: Family, log: str, *words: str) -> None:
        path = self.root / "var" / "log" / log
        command = family.spawn([sys.executable, *words], env=self.env, cwd=self.root, log=path)
        try:
            command.wait()
        finally:
            family.end(command, patience=5)
        if command.returncode:
            raise StartProblem(f"{' '.join(words[1:4])} failed; its last words are in {path}:\n{_tail(path)}")

    def _wait_for_web(self, port: int) -> None:
        web = self.watched[-1]
        deadline = time.monotonic() + WEB_PATIENCE
        while not _answers(f"http://127.0.0.1:{port}/readyz"):
            if web.process is None or web.process.poll() is not None or time.monotonic() > deadline:
                path = self.root / "var" / "log" / "web.log"
                raise StartProblem(f"The web server did not start; its last words are in {path}:\n{_tail(path)}")
            time.sleep(0.05)

    def _keep_alive(self, family: Family) -> None:
        while True:
            time.sleep(0.2)
            for child in self.watched:
                self._look_after(family, child)

    def _look_after(self, family: Family, child: Watched) -> None:
        now = time.monotonic()
        if child.process is not None and child.process.poll() is not None:
            family.bury(child.process)
            lived = now - child.started
            child.backoff = 0.2 if lived > STABLE_AFTER else min(max(child.backoff * 2, 0.2), LONGEST_BACKOFF)
            child.not_before = now + child.backoff
            say(f"{child.name} ended with code {child.process.returncode}; starting it again")
            child.process = None
        if child.process is None and now >= child.not_before:
            child.started = now
            try:
                child.process = child.start()
            except StartProblem as problem:
                say(str(problem))
                child.backoff = min(max(child.backoff * 2, 1), LONGEST_BACKOFF)
                child.not_before = now + child.backoff
                return
            self._note()

    def _end(self, family: Family) -> None:
        forget_services(self.root)
        by_name = {child.name: child for child in self.watched}
        front = [by_name[name] for name in ("web", "beat", "worker", "mail") if name in by_name]
        for child in front:
            if child.process is not None:
                with suppress(ProcessLookupError):
                    child.process.terminate()
        for child in [*front, *(by_name[name] for name in ("valkey", "postgres") if name in by_name)]:
            if child.process is not None:
                with_signal = signal.SIGINT if child.name == "postgres" else signal.SIGTERM
                family.end(child.process, with_signal=with_signal, patience=child.patience)
        family.close()

    def _note(self) -> None:
        mine = {name: value for name, value in self.env.items() if self.given.get(name) != value}
        pids = {child.name: child.process.pid for child in self.watched if child.process is not None}
        kept = {name: self.env[name] for name in ("POLKU_ENV", "POLKU_CLOCK", "PORT") if name in self.env}
        write_services(self.root, {"pid": os.getpid(), "pids": pids, "env": {**kept, **mine}})

    def _greet(self, port: int) -> None:
        if self.env.get("POLKU_ENV") == "demo":
            subprocess.run([sys.executable, "-m", "app.cli", "demo-accounts"], env=self.env, cwd=self.root, check=False)
        address = f"http://127.0.0.1:{port}"
        say(f"Polku is ready after {time.monotonic() - self.began:.1f} s: {address}")
        say(f"Polku on käynnissä: {address} (Ctrl-C lopettaa)")

    def _shorten_logs(self) -> None:
        folder = self.root / "var" / "log"
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.glob("*.log"):
            if path.stat().st_size > LARGEST_LOG:
                path.replace(path.with_suffix(".log.1"))

    def _refuse_busy_port(self, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise StartProblem(f"Port {port} is taken. Choose another: PORT={port + 1} ./script/run") from None


@contextmanager
def step(words: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    began = time.monotonic()
    print(f"  {words} … ", end="", flush=True)
    try:
        yield
    except BaseException:
        print("no.", flush=True)
        raise
    print(f"{time.monotonic() - began:.1f} s", flush=True)


def say(words: str) -> None:
    """Tell the terminal, or the service's log."""
    with suppress(BrokenPipeError, OSError):
        print(words, flush=True)


def _started(server: Postgres | Valkey) -> Process:
    server.start()
    if server.process is None:
        raise StartProblem("The server did not start.")
    return server.process


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def _ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _free_port(*, but: int) -> int:
    """Find a free port that is not the web server's: that one is still free, since it starts later."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found = int(probe.getsockname()[1])
        # the probe holds its port meanwhile, so the next one is another
        return _free_port(but=but) if found == but else found


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:  # noqa: S310 - our own server
            return bool(reply.status == 200)
    except (urllib.error.URLError, http.client.HTTPException, OSError):
        return False  # nobody there yet, or somebody who does not speak HTTP


def _tail(path: Path, lines: int = 12) -> str:
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def main() -> int:
    """Run until asked to end; 0 after a wish to end, 1 with plain lines after a problem."""
    os.umask(0o077)
    try:
        Supervisor(ROOT, dict(os.environ)).run()
    except StartProblem as problem:
        print(f"\nPolku did not start.\n{problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
