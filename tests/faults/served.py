"""A web server of the product's own kind on a database of the test's own, and browsers that speak real HTTP with it."""

import base64
import http.client
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from http.cookies import SimpleCookie
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any, Final, Self
from urllib.parse import urlencode
from uuid import uuid4

from sqlalchemy import text

from app.access.actor import system_actor
from app.accounts import services as accounts
from app.accounts.domain import UserView
from app.accounts.passwords import Hasher
from app.core.crypto import Vault
from app.core.db import make_engine, make_sessions
from app.core.uow import UnitOfWork, unit_of_work
from app.pathways import loader as pathways
from app.reference import loader as reference
from config.embedded.postgres import APP, Postgres
from config.embedded.process import Family, Process
from config.settings import Settings
from tests.conftest import ROOT, TEMPLATE, database_address, test_settings
from tests.launched import free_port
from tests.strict import _only_form, _standing_values, parse

CLOCK: Final = "2026-11-24T09:00+02:00"
NOW: Final = datetime.fromisoformat(CLOCK)
ARGON2: Final = Hasher(memory_kib=8, time_cost=1, parallelism=1)
START_PATIENCE: Final = 30.0
ANSWER_PATIENCE: Final = 20.0
BARRIER_PATIENCE: Final = 20.0
PASSWORD: Final = "kolme ruskeaa mäyrää tiellä"


class WebServer:
    """The web server as script/run starts it, with a factory of the test's choice."""

    def __init__(self, home: Path, env: Mapping[str, str], factory: str = "app.factory:web") -> None:
        self.port = free_port()
        self.log = home / f"web-{self.port}.log"
        self.factory = factory
        self.env = {**env, "PORT": str(self.port)}
        self._family: Family | None = None
        self._process: Process | None = None

    def __enter__(self) -> Self:
        self._family = Family(ROOT)
        self._process = self._family.spawn(
            [
                sys.executable, "-m", "granian", self.factory, "--interface", "wsgi", "--factory",
                "--host", "127.0.0.1", "--port", str(self.port), "--no-ws", "--workers", "2",
                "--blocking-threads", str(Settings().web_threads), "--respawn-failed-workers", "--log-level", "warning",
            ],
            env=self.env,
            cwd=ROOT,
            log=self.log,
        )  # fmt: skip
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        if self._family is not None and self._process is not None:
            self._family.end(self._process, patience=10)
            self._family.close()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_PATIENCE
        while not self._is_ready():
            gone = self._process is None or self._process.poll() is not None
            if gone or time.monotonic() > deadline:
                raise AssertionError(f"The web server did not start:\n{self.words()}")
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def words(self) -> str:
        """The end of its log."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:] if self.log.exists() else ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; status 0: nothing did, so nobody knows whether the act was done."""

    status: int
    location: str = ""
    body: str = ""


UNKNOWN: Final = Answer(0)


@dataclass
class Browser:
    """One person's browser: its cookies, and a connection for each request."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._send(self._connection(), "GET", path, None)

    def post(self, path: str, values: Mapping[str, object], start: Barrier | None = None) -> Answer:
        """Send a form as a page of ours does; with a barrier, at the same instant as the others."""
        body = urlencode({name: value for name, value in values.items() if value is not None}, doseq=True).encode()
        connection = self._connection()
        try:
            connection.connect()
            if start is not None:
                start.wait(BARRIER_PATIENCE)
        except (OSError, BrokenBarrierError):
            connection.close()
            return UNKNOWN
        return self._send(connection, "POST", path, body)

    def form(self, path: str, wanted: str | None = None) -> dict[str, str | list[str]]:
        """Open a page and return what its form would send if nobody touched it."""
        answer = self.get(path)
        assert answer.status == 200, (path, answer.status, answer.location)
        return form_in(answer.body, wanted)

    def sign_in(self, username: str) -> None:
        """Come in through the door, by its form."""
        values = self.form("/kirjaudu")
        answer = self.post("/kirjaudu", {**values, "username": username, "password": PASSWORD})
        assert answer.status == 303, (answer.status, answer.body[-3000:])

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_PATIENCE)

    def _send(self, connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None) -> Answer:
        origin = f"http://127.0.0.1:{self.port}"
        headers = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin}
        try:
            connection.request(method, path, body, headers)
            reply = connection.getresponse()
            text = reply.read().decode()
        except (OSError, http.client.HTTPException):
            return UNKNOWN
        finally:
            connection.close()
        self._keep(reply.headers.get_all("Set-Cookie") or ())
        return Answer(reply.status, (reply.headers["Location"] or "").removeprefix(origin), text)

    def _keep(self, lines: Sequence[str]) -> None:
        for line in lines:
            for name, morsel in SimpleCookie(line).items():
                if morsel.value:
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)


def form_in(body: str, wanted: str | None = None) -> dict[str, str | list[str]]:
    """What the form of a page would send if nobody touched it."""
    return dict(_standing_values(_only_form(parse(body), wanted)))


class WebGround:
    """A migrated database of its own, and web servers on it."""

    def __init__(self, admin: Postgres) -> None:
        self.admin = admin
        self.name = f"faults_{uuid4().hex[:8]}"
        self.home = Path(tempfile.mkdtemp(prefix="polku-faults-"))
        admin.create_database(self.name, TEMPLATE)
        self.engine = make_engine(database_address(APP, self.name), statement_timeout_ms=30_000)
        self.sessions = make_sessions(self.engine)
        reference.configure(ROOT / "config" / "reference")
        pathways.configure(ROOT / "config" / "pathways")

    def close(self) -> None:
        """Take the database and the folder away."""
        self.engine.dispose()
        self.admin.drop_database(self.name)
        shutil.rmtree(self.home, ignore_errors=True)

    @cached_property
    def vault(self) -> Vault:
        """The keys of the servers on this ground."""
        keys = test_settings("", "")
        return Vault(keys.field_keys, keys.protected_keys, keys.index_key)

    @contextmanager
    def work(self) -> Iterator[UnitOfWork]:
        """One transaction of the test itself."""
        with unit_of_work(self.sessions, self.vault) as uow:
            yield uow

    def serve(self, factory: str = "app.factory:web") -> WebServer:
        """A web server, to be entered by `with`."""
        return WebServer(self.home, self.environment(), factory)

    def environment(self) -> dict[str, str]:
        """The variables of a server on this ground."""
        return plain_environment() | spelled_keys() | {
            "POLKU_ENV": "test",
            "POLKU_CLOCK": CLOCK,
            "POLKU_ARGON2": "m=8,t=1,p=1",
            "POLKU_VIEW_SOFT_LIMIT": "100000",
            "POLKU_VIEW_HARD_LIMIT": "100000",
            "DATABASE_URL": database_address(APP, self.name),
            "REDIS_URL": str(self.home / "nobody"),
        }  # fmt: skip

    def one(self, query: str, **values: Any) -> Any:  # noqa: ANN401 - one value of any type
        """One value of the database."""
        with self.engine.connect() as connection:
            return connection.scalar(text(query), values)


def give_password(uow: UnitOfWork, user: UserView) -> str:
    """Give a user the password of all browsers; returns the name to sign in with."""
    who = system_actor("system:demo")
    accounts.set_password(uow, user.id, PASSWORD, hasher=ARGON2, must_change=False, actor=who, now=NOW)
    return user.username


def plain_environment() -> dict[str, str]:
    """What any process needs of this machine, and nothing of the product's settings."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "PG_BINDIR") if name in os.environ}


def spelled_keys() -> dict[str, str]:
    """The keys of the tests as an operator spells them."""
    keys = test_settings("", "")

    def spell(key: bytes) -> str:
        return base64.b64encode(key).decode()

    return {
        "POLKU_SECRET_KEY": keys.secret_key,
        "POLKU_FIELD_KEYS": f"1:{spell(keys.field_keys[1])}",
        "POLKU_PROTECTED_KEYS": f"1:{spell(keys.protected_keys[1])}",
        "POLKU_INDEX_KEY": spell(keys.index_key),
        "POLKU_METRICS_TOKEN": keys.metrics_token,
    }
