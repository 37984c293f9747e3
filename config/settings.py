"""Every setting of Polku, read once from the environment into one frozen object.

Nothing else in the product reads the environment. Secrets may lie in files: ``NAME_FILE`` names one and wins over
``NAME``. A value that cannot be read becomes a line of :meth:`Settings.check`; it never stops the reading, so that an
operator sees every fault at once.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, cast, get_args
from urllib.parse import urlsplit

Environment = Literal["demo", "production", "development", "test"]

ROOT: Final = Path(__file__).resolve().parent.parent
KEY_BYTES: Final = 32
MIN_SECRET_LENGTH: Final = 32
PG_DRIVER: Final = "postgresql+psycopg://"
CLOCK_OFFSET: Final = re.compile(r"[+-]\d{1,6}[dhm]")

# Secrets that stand in guides, compose files and tests. Anybody knows them, so production refuses them.
KNOWN_SECRETS: Final = frozenset({"change-me", "changeme", "secret", "development", "test", "polku", "salaisuus"})


class Limit(NamedTuple):
    """So many times in so many seconds."""

    times: int
    seconds: int


class Argon2Cost(NamedTuple):
    """What one password check costs: memory in KiB, passes, lanes."""

    memory_kib: int
    time_cost: int
    parallelism: int


class ValkeyUrls(NamedTuple):
    """One server in the two spellings its clients want."""

    broker: str  # Celery (kombu)
    client: str  # redis-py


FULL_ARGON2: Final = Argon2Cost(65536, 3, 4)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; the defaults are those of a production server without any variable set."""

    root: Path = ROOT
    env: Environment = "development"
    debug: bool = False

    database_url: str = field(default="", repr=False)  # may carry a password
    migration_database_url: str = field(default="", repr=False)  # may carry a password
    web_threads: int = 4  # of each web process; the pool has a connection for each
    web_pool_overflow: int = 4  # for what is kept although the request is refused
    worker_pool_size: int = 2
    statement_timeout_web: int = 5  # seconds
    statement_timeout_worker: int = 60  # seconds

    broker_url: str = field(default="", repr=False)  # may carry a password
    valkey_url: str = field(default="", repr=False)  # may carry a password
    celery_visibility_timeout: int = 3600  # seconds; longer than any task runs

    smtp_url: str = field(default="", repr=False)  # may carry a password
    mail_from: str = "polku@localhost"
    base_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8000

    secret_key: str = field(default="", repr=False)
    field_keys: Mapping[int, bytes] = field(default_factory=dict, repr=False)
    protected_keys: Mapping[int, bytes] = field(default_factory=dict, repr=False)
    index_key: bytes = field(default=b"", repr=False)
    metrics_token: str = field(default="", repr=False)

    clock: str = ""

    session_idle_minutes: int = 20
    session_idle_minutes_privileged: int = 15  # supervisors and administrators
    session_absolute_hours: int = 10
    argon2: Argon2Cost = FULL_ARGON2
    login_account_limit: Limit = Limit(10, 300)
    login_account_ip_limit: Limit = Limit(5, 60)
    login_ip_limit: Limit = Limit(300, 300)  # one office behind one address signs in at eight
    login_global_limit: Limit = Limit(2000, 300)

    view_soft_limit: int = 60  # client pages an hour before a warning
    view_hard_limit: int = 300  # client pages an hour
    code_lookup_limit: int = 30  # exact identity codes an hour

    tick_seconds: int = 60
    sweep_seconds: int = 60

    unreadable: tuple[str, ...] = ()

    @property
    def is_production(self) -> bool:
        """Whether real clients are served."""
        return self.env == "production"

    @property
    def var(self) -> Path:
        """Where everything lives that is made at run time."""
        return self.root / "var"

    @property
    def mail_folder(self) -> Path:
        """Where the local mail sink keeps its messages, one file each."""
        return self.var / "mail"

    @classmethod
    def from_env(cls, env: Mapping[str, str], root: Path | None = None) -> "Settings":
        """Read the settings from ``env``; what cannot be read keeps its default and is told by :meth:`check`."""
        reader = _Reader(env)
        known = _read_places(reader) | _read_secrets(reader) | _read_numbers(reader)
        settings = cls(root=(root or ROOT).resolve(), **known)  # type: ignore[arg-type]  # keys are the fields above
        return replace(settings, unreadable=tuple(reader.problems))

    def check(self) -> list[str]:
        """Say in plain lines what keeps Polku from starting with these settings; an empty list means nothing."""
        problems = [*self.unreadable, *self._missing()]
        if _is_lighter(self.argon2) and self.env not in ("demo", "test"):
            problems.append("POLKU_ARGON2 is lighter than m=65536,t=3,p=4, which only the demo and the tests may be.")
        keys = self._all_keys()
        if len(set(keys)) < len(keys):
            problems.append("Two encryption keys are the same: each purpose and version needs its own.")
        if self.is_production:
            problems.extend(self._unfit_for_production())
        return problems

    def _missing(self) -> list[str]:
        needed = {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.broker_url,
            "POLKU_SECRET_KEY": self.secret_key,
            "POLKU_FIELD_KEYS": self.field_keys,
            "POLKU_PROTECTED_KEYS": self.protected_keys,
            "POLKU_INDEX_KEY": self.index_key,
        }
        told = {problem.split(" ", 1)[0].removesuffix("_FILE") for problem in self.unreadable}
        return [f"{name} is not set." for name, value in needed.items() if not value and name not in told]

    def _unfit_for_production(self) -> list[str]:
        rules = (
            (self.debug, "POLKU_DEBUG is on in production."),
            (self.clock, "POLKU_CLOCK is set in production: the clock must be the real one."),
            (_is_weak(self.secret_key), "POLKU_SECRET_KEY is a default or shorter than 32 characters."),
            (_is_weak(self.metrics_token), "POLKU_METRICS_TOKEN is a default or shorter than 32 characters."),
            (
                any(len(set(key)) == 1 for key in self._all_keys()),
                "An encryption key is one byte repeated: make real keys with openssl rand -base64 32.",
            ),
            (not self.smtp_url, "SMTP_URL is not set."),
            (urlsplit(self.base_url).scheme != "https", "POLKU_BASE_URL does not begin with https://."),
        )
        return [sentence for applies, sentence in rules if applies]

    def _all_keys(self) -> list[bytes]:
        index = [self.index_key] if self.index_key else []
        return [*self.field_keys.values(), *self.protected_keys.values(), *index]


def database_url(url: str) -> str:
    """Name the psycopg driver in a PostgreSQL address, however the operator spelled it."""
    for prefix in ("postgres://", "postgresql://", "postgresql+psycopg2://"):
        if url.startswith(prefix):
            return PG_DRIVER + url.removeprefix(prefix)
    return url


def valkey_urls(url: str) -> ValkeyUrls:
    """Spell one Valkey or Redis server as Celery and as redis-py want it.

    ``url`` is a socket path, ``unix://path`` or ``redis://`` / ``rediss://``; a socket has one scheme in each client.
    """
    if not url:
        return ValkeyUrls("", "")
    if url.startswith(("/", "unix://")):
        path = url.removeprefix("unix://").partition("?")[0]
        return ValkeyUrls(f"redis+socket://{path}", f"unix://{path}?db=0")
    return ValkeyUrls(url, url)


class _Reader:
    """Reads single variables and remembers, in plain words, those that make no sense."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        path = self.env.get(f"{name}_FILE", "")
        if not path:
            return self.env.get(name, "").strip() or default
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            self.problems.append(f"{name}_FILE names a file that cannot be read: {path}")
            return default

    def number(self, name: str, default: int) -> int:
        text = self.text(name)
        if text and not (text.isascii() and text.isdigit() and int(text) > 0):
            self.problems.append(f"{name} must be a whole number above zero.")
            return default
        return int(text) if text else default

    def flag(self, name: str) -> bool:
        text = self.text(name).lower()
        if text not in ("", "0", "1", "true", "false", "on", "off", "yes", "no"):
            self.problems.append(f"{name} must be 1 or 0.")
        return text in ("1", "true", "on", "yes")

    def environment(self) -> Environment:
        text = self.text("POLKU_ENV", "development")
        if text not in get_args(Environment):
            # An unknown word must not loosen anything, so the strictest set of rules is applied.
            self.problems.append("POLKU_ENV must be demo, production, development or test.")
            return "production"
        return cast("Environment", text)

    def database(self, name: str) -> str:
        url = database_url(self.text(name))
        if url and not url.startswith(PG_DRIVER):
            self.problems.append(f"{name} must begin with postgresql://.")
        return url

    def key(self, name: str) -> bytes:
        text = self.text(name)
        return self._decoded(name, text) if text else b""

    def keys(self, name: str) -> Mapping[int, bytes]:
        """Read ``1:base64,2:base64``: key versions with their keys."""
        found: dict[int, bytes] = {}
        for part in filter(None, (part.strip() for part in self.text(name).replace("\n", ",").split(","))):
            version, separator, encoded = part.partition(":")
            if not (separator and version.isascii() and version.isdigit() and 0 < int(version) < 65536):
                self.problems.append(f"{name} must be a list of version:key, such as 1:…; versions are 1–65535.")
                return {}
            found[int(version)] = self._decoded(name, encoded)
        return {} if b"" in found.values() else MappingProxyType(found)

    def clock(self) -> str:
        text = self.text("POLKU_CLOCK")
        try:
            if text and not CLOCK_OFFSET.fullmatch(text):
                datetime.fromisoformat(text)
        except ValueError:
            self.problems.append("POLKU_CLOCK must look like 2026-11-24T09:00+02:00 or +3d.")
            return ""
        return text

    def argon2(self) -> Argon2Cost:
        text = self.text("POLKU_ARGON2")
        if not text:
            return FULL_ARGON2
        parts = dict(part.strip().partition("=")[::2] for part in text.split(","))
        if set(parts) == {"m", "t", "p"} and all(value.isdigit() and int(value) > 0 for value in parts.values()):
            return Argon2Cost(int(parts["m"]), int(parts["t"]), int(parts["p"]))
        self.problems.append("POLKU_ARGON2 must look like m=65536,t=3,p=4.")
        return FULL_ARGON2

    def _decoded(self, name: str, text: str) -> bytes:
        try:
            key = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            self.problems.append(f"{name} must hold 32 bytes in base64 for each key.")
            return b""
        return key


def _read_places(reader: _Reader) -> dict[str, object]:
    port = reader.number("PORT", 8000)
    database = reader.database("DATABASE_URL")
    valkey = valkey_urls(reader.text("REDIS_URL"))
    return {
        "env": reader.environment(),
        "debug": reader.flag("POLKU_DEBUG"),
        "database_url": database,
        "migration_database_url": reader.database("MIGRATION_DATABASE_URL"),
        "broker_url": valkey.broker,
        "valkey_url": valkey.client,
        "smtp_url": reader.text("SMTP_URL"),
        "mail_from": reader.text("POLKU_MAIL_FROM", "polku@localhost"),
        "host": reader.text("POLKU_HOST", "127.0.0.1"),
        "port": port,
        "base_url": reader.text("POLKU_BASE_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        "clock": reader.clock(),
    }


def _read_secrets(reader: _Reader) -> dict[str, object]:
    return {
        "secret_key": reader.text("POLKU_SECRET_KEY"),
        "field_keys": reader.keys("POLKU_FIELD_KEYS"),
        "protected_keys": reader.keys("POLKU_PROTECTED_KEYS"),
        "index_key": reader.key("POLKU_INDEX_KEY"),
        "metrics_token": reader.text("POLKU_METRICS_TOKEN"),
        "argon2": reader.argon2(),
    }


# Field → variable, for the plain numbers an operator may change.
_NUMBERS: Final[Mapping[str, str]] = {
    "web_threads": "POLKU_WEB_THREADS",
    "web_pool_overflow": "POLKU_WEB_POOL_OVERFLOW",
    "worker_pool_size": "POLKU_WORKER_POOL",
    "statement_timeout_web": "POLKU_STATEMENT_TIMEOUT_WEB",
    "statement_timeout_worker": "POLKU_STATEMENT_TIMEOUT_WORKER",
    "celery_visibility_timeout": "POLKU_VISIBILITY_TIMEOUT",
    "session_idle_minutes": "POLKU_SESSION_IDLE_MINUTES",
    "session_idle_minutes_privileged": "POLKU_SESSION_IDLE_MINUTES_PRIVILEGED",
    "session_absolute_hours": "POLKU_SESSION_ABSOLUTE_HOURS",
    "view_soft_limit": "POLKU_VIEW_SOFT_LIMIT",
    "view_hard_limit": "POLKU_VIEW_HARD_LIMIT",
    "code_lookup_limit": "POLKU_CODE_LOOKUP_LIMIT",
    "tick_seconds": "POLKU_TICK_SECONDS",
    "sweep_seconds": "POLKU_SWEEP_SECONDS",
}


def _read_numbers(reader: _Reader) -> dict[str, object]:
    defaults = Settings()
    return {name: reader.number(variable, getattr(defaults, name)) for name, variable in _NUMBERS.items()}


def _is_weak(secret: str) -> bool:
    """Whether a secret that is set is a known or a guessable one."""
    return bool(secret) and (len(secret) < MIN_SECRET_LENGTH or secret.lower() in KNOWN_SECRETS or len(set(secret)) < 5)


def _is_lighter(cost: Argon2Cost) -> bool:
    return cost.memory_kib < FULL_ARGON2.memory_kib or cost.time_cost < FULL_ARGON2.time_cost
