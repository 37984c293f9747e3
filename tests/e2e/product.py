"""The product under the browser tests: its address, its database, its mail, and the names it must not show outside."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import psycopg
from sqlalchemy import select

from app.clients.models import Client
from app.core.crypto import Vault
from app.core.db import make_engine, make_sessions
from app.core.uow import UnitOfWork, unit_of_work
from config.settings import Settings
from tests.launched import Clone

CLOCK: Final = "2026-11-24T09:00+02:00"
SPEED: Final = {
    "POLKU_CLOCK": CLOCK,
    "POLKU_SWEEP_SECONDS": "2",
    "POLKU_TICK_SECONDS": "2",
    # The clock stands still, so an hour's limit would count the whole run.
    "POLKU_VIEW_SOFT_LIMIT": "5000",
    "POLKU_VIEW_HARD_LIMIT": "5000",
    "POLKU_CODE_LOOKUP_LIMIT": "5000",
    # Every test signs in, some as five people: what a hash costs is looked at elsewhere.
    "POLKU_ARGON2": "m=8,t=1,p=1",
}
UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# The place in a list is encrypted, so its letters are chance; the log is narrowed by the user name of staff.
NOBODY: Final = re.compile(r"(?<=sivu=)[\w-]{40,}|(?<=kayttaja=)[a-z]+\.[a-z]+\d*")
CODE: Final = re.compile(r"\b\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]\b")


class Product:
    """One running Polku with the demo's region."""

    def __init__(self, clone: Clone) -> None:
        self.clone = clone
        self.address = f"http://127.0.0.1:{self.clone.port}"
        self._names: frozenset[str] = frozenset()
        self._known = 0

    @classmethod
    def running_in(cls, root: Path) -> "Product":
        """One that somebody has started already, with `SPEED`: writing a test need not wait for the demo each time."""
        clone = Clone.__new__(Clone)
        clone.root, clone.process = root, None
        clone.port = int(clone.services()["env"]["PORT"])
        return cls(clone)

    def start(self) -> None:
        """Start every process of it; the first start makes the demo."""
        seconds = self.clone.start(**SPEED)
        print(f"\nPolku answers after {seconds:.0f} s at {self.address}")

    def stop(self) -> None:
        """End every process of it."""
        if self.clone.process is not None and self.clone.process.poll() is None:
            self.clone.stop()
        self.clone.cleanup()

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """A connection past the product, as the database's owner; what is done is committed."""
        url = self._settings().migration_database_url.replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(url) as connection:
            yield connection

    @contextmanager
    def work(self) -> Iterator[UnitOfWork]:
        """A unit of work past the pages: what a test needs on record and another test records through them."""
        settings = self._settings()
        vault = Vault(settings.field_keys, settings.protected_keys, settings.index_key)
        engine = make_engine(settings.database_url, pool_size=1)
        with unit_of_work(make_sessions(engine), vault) as uow:
            yield uow
        engine.dispose()

    def sign_everybody_out(self) -> None:
        """End every session: a user may have three, and which is the oldest cannot be told while the clock stands."""
        with self.database() as connection:
            connection.execute("DELETE FROM user_session")

    def letters(self) -> list[str]:
        """Every message the mail sink holds, headers and all."""
        return [path.read_text("utf-8", "replace") for path in sorted((self.clone.root / "var/mail").glob("*"))]

    def names(self) -> frozenset[str]:
        """Every name of every client, in lower case; the vault is opened for rows not seen before."""
        settings = self._settings()
        vault = Vault(settings.field_keys, settings.protected_keys, settings.index_key)
        engine = make_engine(settings.database_url, pool_size=1)
        with make_sessions(engine)() as session:
            rows = session.execute(
                select(Client.id, Client.ref_number, Client.last_name, Client.first_names)
                .where(Client.ref_number > self._known)
                .order_by(Client.ref_number)
            ).all()
        engine.dispose()
        for row in rows:
            last = vault.open("client", "last_name", row.id, row.last_name)
            first = vault.open("client", "first_names", row.id, row.first_names)
            self._names |= {word.casefold() for word in re.findall(r"\w+", f"{last} {first}")}
            self._known = row.ref_number
        return self._names

    def people_named_in(self, texts: set[str]) -> list[str]:
        """Those of the texts (addresses, titles) that hold a client's name or an identity code."""
        names = self.names()
        found = []
        for text in texts:
            plain = NOBODY.sub("", UUID.sub("", unquote(text)))
            words = {word.casefold() for word in re.findall(r"[^\W\d_]+", plain)}
            if CODE.search(plain) or words & names:
                found.append(text)
        return sorted(found)

    def _settings(self) -> Settings:
        return Settings.from_env(self.clone.services()["env"], self.clone.root)
