"""What the factory hands to the web layer, so that it needs no feature (ruling 9)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session, sessionmaker

from app.access.actor import Actor
from app.core.crypto import Vault
from app.core.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A signed-in session as the store keeps it; valid at the moment it was asked for, limits included."""

    id: UUID
    user_id: UUID
    started_at: datetime
    last_seen_at: datetime
    ends_at: datetime  # the absolute limit
    idle_seconds: int
    values: Mapping[str, Any] = field(default_factory=dict)
    language: str = "fi"
    theme: str = ""  # "", "light" or "dark"; "" follows the system
    density: str = ""  # "" or "compact"
    actor: Actor | None = None  # when the store has read the user with the session; else `load_actor` is asked
    waiting: int = 0  # notices that the user has not seen, counted when the session was read


@dataclass(frozen=True, slots=True)
class NewSession:
    """What the store needs to open a session; the token itself is known to the browser alone."""

    user_id: UUID
    token_hash: bytes
    address: str
    agent: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SessionStore:
    """Where signed-in sessions live. `find` returns only what is still valid at `now`."""

    find: Callable[[UnitOfWork, bytes, datetime], StoredSession | None]
    begin: Callable[[UnitOfWork, NewSession, datetime], StoredSession]
    touch: Callable[[UnitOfWork, UUID, datetime], None]
    save: Callable[[UnitOfWork, UUID, Mapping[str, Any]], None]
    end: Callable[[UnitOfWork, UUID, datetime], None]


@dataclass(frozen=True, slots=True)
class NavItem:
    """One item of the main menu: only pages that exist and the actor may open."""

    words: str
    endpoint: str
    count: int | None = None
    sections: frozenset[str] = frozenset()  # blueprints whose pages light this item


@dataclass(frozen=True, slots=True)
class Denial:
    """A request that was turned away, for the audit trail: who, what, from where."""

    actor: Actor
    status: int
    endpoint: str
    view_args: Mapping[str, str]
    request_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Wiring:
    """The callables of the features, chosen by the factory. Endpoints are names, resolved when used."""

    load_actor: Callable[[UnitOfWork, UUID, datetime], Actor | None]
    sessions: SessionStore
    nav_items: Callable[[Actor], Sequence[NavItem]]
    record_denial: Callable[[UnitOfWork, Denial], None]
    is_ready: Callable[[], bool] = lambda: True
    sign_in_endpoint: str = "accounts.sign_in"
    sign_out_endpoint: str = "accounts.sign_out"
    settings_endpoint: str | None = None
    home_endpoint: str = "worklist.home"
    search_endpoint: str | None = None
    about_endpoint: str | None = None


class WebSettings(Protocol):
    """What the web layer reads of the settings."""

    @property
    def secret_key(self) -> str: ...
    @property
    def base_url(self) -> str: ...
    @property
    def metrics_token(self) -> str: ...


Sessions: TypeAlias = sessionmaker[Session]


@dataclass(frozen=True, slots=True)
class Ground:
    """All that a request needs of the application; kept in `app.extensions["polku"]`."""

    settings: WebSettings
    sessions: Sessions
    vault: Vault
    wiring: Wiring


def ground() -> Ground:
    """Return the running application's ground."""
    found: Ground = current_app.extensions["polku"]
    return found
