"""Real workers and beats on a database, a broker and a mail server of their own, to be killed."""

import asyncio
import base64
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from aiosmtpd.smtp import SMTP, Envelope
from sqlalchemy import Engine, text

from app.core.crypto import Vault
from app.core.db import make_engine, make_sessions
from app.core.uow import unit_of_work
from config.embedded.lock import socket_folder
from config.embedded.postgres import APP, OWNER, Postgres
from config.embedded.process import Family, Process
from config.embedded.valkey import Valkey
from tests.conftest import ROOT, TEMPLATE, database_address, test_settings

CLOCK: Final = "2026-11-24T09:00+02:00"
PRODUCT: Final = "workers.celery_app"
KEY: Final = "duty_id, recipient_id, rule, due_on, offset_days, channel"
WITHOUT_CONFLICT_CLAUSE: Final = "tests.faults.without_conflict_clause"


class MailServer:
    """A mail server in a thread that counts what it accepts by Message-ID."""

    def __init__(self) -> None:
        self.accepted: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait(10)

    async def handle_DATA(self, _server: SMTP, _session: object, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Count a message before it is acknowledged."""
        head = (envelope.content or b"")[:2000]
        lines = (head if isinstance(head, bytes) else head.encode()).splitlines()
        self.accepted[next(line for line in lines if line.lower().startswith(b"message-id:")).decode()] += 1
        return "250 OK"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            self._loop.create_server(lambda: SMTP(self, hostname="sink.invalid", loop=self._loop), "127.0.0.1", 0)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(server.wait_closed())
        self._loop.close()

    def close(self) -> None:
        """Stop listening."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)


@dataclass
class JobGround:
    """A migrated database, Valkey and a mail server; workers and beats are started by name and killed by their pid."""

    admin: Postgres
    name: str = field(default_factory=lambda: f"faults_{uuid4().hex[:8]}")

    def __post_init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="polku-faults-"))
        self.family = Family(ROOT)
        self.running: list[Process] = []
        self.admin.create_database(self.name, TEMPLATE)
        self.engine: Engine = make_engine(database_address(APP, self.name), statement_timeout_ms=60_000)
        keys = test_settings("", "")
        vault = Vault(keys.field_keys, keys.protected_keys, keys.index_key)
        self.units = partial(unit_of_work, make_sessions(self.engine), vault)
        self.valkey = Valkey(self.home / "valkey", socket_folder(self.home), self.family, self.home / "valkey.log")
        self.valkey.start()
        self.mail = MailServer()

    def close(self) -> None:
        """End everything this ground started and take its folders away."""
        while self.running:
            self.kill(self.running[-1])
        self.valkey.stop()
        self.family.close()
        self.mail.close()
        self.engine.dispose()
        self.admin.drop_database(self.name)
        shutil.rmtree(socket_folder(self.home), ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)

    # -- processes

    def worker(self, *, app: str = PRODUCT, processes: int = 2) -> Process:
        """Start a worker, a session of its own with its children."""
        words = ["worker", "--concurrency", str(processes), "--without-gossip", "--without-mingle"]
        return self._celery(
            app, f"worker-{uuid4().hex[:6]}", *words, "--without-heartbeat", "-n", f"{uuid4().hex}@here"
        )

    def beat(self) -> Process:
        """Start a beat with a schedule file of its own."""
        name = f"beat-{uuid4().hex[:6]}"
        return self._celery(PRODUCT, name, "beat", "--schedule", str(self.home / name), "--pidfile", "")

    def _celery(self, app: str, name: str, *words: str) -> Process:
        argv = [sys.executable, "-m", "celery", "-A", app, *words, "--loglevel", "WARNING"]
        process = self.family.spawn(argv, env=self._environment(), cwd=ROOT, log=self.home / f"{name}.log")
        self.running.append(process)
        return process

    def _environment(self) -> Mapping[str, str]:
        keys = test_settings("", "")
        field_key, protected_key, index_key = (
            base64.b64encode(key).decode() for key in (keys.field_keys[1], keys.protected_keys[1], keys.index_key)
        )
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {
            **kept,
            "POLKU_ENV": "test",
            "POLKU_CLOCK": CLOCK,
            "DATABASE_URL": database_address(APP, self.name),
            "REDIS_URL": str(self.valkey.socket),
            "SMTP_URL": f"smtp://127.0.0.1:{self.mail.port}",
            "POLKU_SECRET_KEY": keys.secret_key,
            "POLKU_FIELD_KEYS": f"1:{field_key}",
            "POLKU_PROTECTED_KEYS": f"1:{protected_key}",
            "POLKU_INDEX_KEY": index_key,
            "POLKU_TICK_SECONDS": "1",
            "POLKU_SWEEP_SECONDS": "1",
        }

    def kill(self, process: Process) -> None:
        """Kill a process and its children as the kernel would, all at once."""
        self.running.remove(process)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        self.family.bury(process)

    # -- the database

    def as_owner(self, statement: str) -> None:
        """Change the schema of this database: sabotage, and brakes that give a kill its moment."""
        engine = make_engine(database_address(OWNER, self.name), pool_size=1)
        with engine.begin() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def brake(self, seconds: float) -> None:
        """Make every range that enters something last so long, inside its transaction."""
        self.as_owner(
            "CREATE FUNCTION brake() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF EXISTS (SELECT FROM fresh) THEN PERFORM pg_sleep({seconds}); END IF; RETURN NULL; END $$"
        )
        self.as_owner(
            "CREATE TRIGGER brake AFTER INSERT ON reminder_entry REFERENCING NEW TABLE AS fresh "
            "FOR EACH STATEMENT EXECUTE FUNCTION brake()"
        )

    def release(self) -> None:
        """Take the brake off."""
        self.as_owner("DROP TRIGGER brake ON reminder_entry")

    def one(self, query: str) -> Any:  # noqa: ANN401 - one value of any type
        """One value of the database."""
        with self.engine.connect() as connection:
            return connection.scalar(text(query))

    def wait(self, seconds: float, holds: Callable[[], bool], what: str) -> float:
        """Wait until something holds and return the seconds it took."""
        began = time.monotonic()
        while not holds():
            if time.monotonic() - began > seconds:
                raise AssertionError(f"not within {seconds:.0f} s: {what}\n{self.logs()}")
            time.sleep(0.01)
        return time.monotonic() - began

    def logs(self) -> str:
        """The ends of all logs, for a failure's message."""
        return "\n".join(f"--- {path.name}\n{path.read_text()[-1200:]}" for path in sorted(self.home.glob("*.log")))

    # -- what must be true in the end

    def faults(self, *, reminders: int, mails: int, kills: int = 0) -> list[str]:
        """Say what is lost, doubled or made up: ledger, notices, outbox and the messages the server took.

        A kill between the server's answer and the commit may cost one more copy a child, of the same Message-ID.
        """
        asked = {
            "ledger rows": ("SELECT count(*) FROM reminder_entry WHERE state = 'sent'", reminders + mails),
            "ledger keys": (
                f"SELECT count(DISTINCT ({KEY})) FROM reminder_entry WHERE state = 'sent'",  # noqa: S608 - fixed names
                reminders + mails,
            ),
            "notices": ("SELECT count(*) FROM notice", reminders),
            "reminded duties": (
                "SELECT count(DISTINCT e.duty_id) FROM notice n JOIN reminder_entry e ON e.id = n.entry_id",
                reminders,
            ),
            "sent mails": ("SELECT count(*) FROM outbox WHERE state = 'sent'", mails),
            "mails": ("SELECT count(*) FROM outbox", mails),
            "mail events": ("SELECT count(*) FROM audit_event WHERE action = 'reminder_mailed'", mails),
        }
        found = {what: self.one(query) for what, (query, _) in asked.items()}
        wrong = [f"{what}: {found[what]}, not {right}" for what, (_, right) in asked.items() if found[what] != right]
        if len(self.mail.accepted) != mails:
            wrong.append(f"messages: {len(self.mail.accepted)}, not {mails}")
        copies = self.mail.accepted.total() - len(self.mail.accepted)
        if copies > 2 * kills:
            wrong.append(f"{copies} more copies than {kills} kills explain")
        return wrong

    def is_done(self, *, reminders: int, mails: int) -> bool:
        """Whether everything has been entered at least once and no mail waits."""
        entered = self.one("SELECT count(*) FROM notice")
        sent = self.one("SELECT count(*) FROM outbox WHERE state = 'sent'")
        return bool(entered >= reminders and sent >= mails)
