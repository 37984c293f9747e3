"""The servers of a clone and the environment that reaches them."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from config.embedded.lock import locked, read_services, socket_folder
from config.embedded.postgres import APP, OWNER, Postgres
from config.embedded.process import Family
from config.embedded.secrets import secret_files
from config.embedded.valkey import Valkey


class Servers:
    """PostgreSQL and Valkey of one clone; what the operator's environment names is not started."""

    def __init__(self, root: Path, env: Mapping[str, str], family: Family) -> None:
        sockets = socket_folder(root)
        log = root / "var" / "log"
        self.root = root
        self.given = env
        self.database = Postgres(root / "var" / "postgres", sockets, family, log / "postgres.log")
        self.valkey = Valkey(root / "var" / "valkey", sockets, family, log / "valkey.log")

    @property
    def has_own_database(self) -> bool:
        """Whether this clone's own PostgreSQL is used."""
        return not self.given.get("DATABASE_URL") and not self.given.get("DATABASE_URL_FILE")

    @property
    def has_own_broker(self) -> bool:
        """Whether this clone's own Valkey is used."""
        return not self.given.get("REDIS_URL") and not self.given.get("REDIS_URL_FILE")

    def start_database(self) -> None:
        """Start PostgreSQL with its roles and its database."""
        self.database.start()
        self.database.prepare()

    def environment(self) -> dict[str, str]:
        """Tell the variables a child needs on top of the operator's; makes the keys when they are missing."""
        has_data = self.has_own_database and (self.database.seat.data / "PG_VERSION").exists()
        variables = secret_files(self.root, self.given, database_exists=has_data)
        if self.has_own_database:
            variables["DATABASE_URL"] = self.database.url(APP)
            variables["MIGRATION_DATABASE_URL"] = self.database.url(OWNER)
        if self.has_own_broker:
            variables["REDIS_URL"] = str(self.valkey.socket)
        return variables


@contextmanager
def borrowed(root: Path, env: Mapping[str, str] | None = None) -> Iterator[dict[str, str]]:
    """Yield an environment in which a command reaches its database.

    The operator's own DATABASE_URL wins; else the servers that run in this clone; else PostgreSQL is started for the
    length of the block, under the same lock. Raises StartProblem when neither is possible.
    """
    given = dict(os.environ if env is None else env)
    if given.get("DATABASE_URL") or given.get("DATABASE_URL_FILE"):
        yield given
        return
    services = read_services(root)
    if services is not None:
        yield {**services["env"], **given}
        return
    with locked(root) as lock:
        family = Family(root, lock=lock)
        try:
            servers = Servers(root, given, family)
            variables = servers.environment()
            servers.start_database()
            yield {**given, **variables}
            servers.database.stop()
        finally:
            family.close()
