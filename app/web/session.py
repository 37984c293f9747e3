"""Sessions: a signed cookie before sign-in, a random token whose hash is in the database after it."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from flask import Flask, Request, Response, request, session
from flask.sessions import SessionInterface, SessionMixin
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import CallbackDict

from app.web import request as visits
from app.web.wiring import NewSession, StoredSession, ground

COOKIE: Final = "__Host-polku"
SALT: Final = "polku-before-sign-in"
BEFORE_SIGN_IN_SECONDS: Final = 12 * 3600
# Nothing else may rest in the browser before sign-in; flashed messages carry no client data.
BEFORE_SIGN_IN_KEYS: Final = frozenset({"csrf_token", "next", "_flashes"})
TOUCH_EVERY: Final = timedelta(minutes=1)
# Paths that never need to know who asks.
NO_SESSION: Final = ("/static/", "/healthz", "/readyz", "/metrics")


class PolkuSession(CallbackDict[str, Any], SessionMixin):
    """The values of a session and, after sign-in, the stored row they belong to."""

    def __init__(self, values: Mapping[str, Any] | None = None, stored: StoredSession | None = None) -> None:
        super().__init__(values, _changed)
        self.stored = stored
        self.new_token: str | None = None
        self.has_ended = False
        self.came_signed = stored is not None
        self.modified = False
        self.accessed = False


def _changed(changed: "PolkuSession") -> None:
    changed.modified = True
    changed.accessed = True


class PolkuSessions(SessionInterface):
    """Opens and saves both kinds of session under the one cookie."""

    session_class = PolkuSession

    def open_session(self, app: Flask, request: Request) -> PolkuSession:
        """Return the session of the cookie; what is unknown, expired or tampered with is an empty one."""
        cookie = request.cookies.get(COOKIE)
        if not cookie or request.path.startswith(NO_SESSION):
            return PolkuSession()
        if "." in cookie:
            return PolkuSession(_unsigned(app, cookie))
        stored = ground().wiring.sessions.find(visits.uow(), hash_of(cookie), visits.moment())
        if stored is None:
            return PolkuSession()
        return PolkuSession(stored.values, stored)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write what changed: the row after sign-in, the signed cookie before it."""
        if not isinstance(session, PolkuSession):
            return
        if session.stored is not None:
            _save_stored(session, session.stored, response)
        elif session.modified or session.has_ended:
            _save_unsigned(app, session, response)


def hash_of(token: str) -> bytes:
    """Return what the store knows of a token: its SHA-256, 32 bytes."""
    return hashlib.sha256(token.encode()).digest()


def start_session(user_id: UUID) -> StoredSession:
    """Sign the browser in under a new token; values from before sign-in are dropped, the address to go to is not."""
    current = _current()
    token = secrets.token_urlsafe(32)
    values = {"csrf_token": secrets.token_hex(20)}
    new = NewSession(
        user_id=user_id,
        token_hash=hash_of(token),
        address=request.remote_addr or "",
        agent=request.user_agent.string[:200],
        values=values,
    )
    if current.stored is not None:
        ground().wiring.sessions.end(visits.uow(), current.stored.id, visits.moment())
    wanted = {"next": current["next"]} if "next" in current else {}
    current.clear()
    current.update(values | wanted)
    current.stored = ground().wiring.sessions.begin(visits.uow(), new, visits.moment())
    current.new_token = token
    current.modified = False
    visits.forget_actor()
    return current.stored


def end_session() -> None:
    """Sign the browser out: the row ends, the cookie goes, and the answer clears what the browser kept."""
    current = _current()
    if current.stored is not None:
        ground().wiring.sessions.end(visits.uow(), current.stored.id, visits.moment())
    current.clear()
    current.stored = None
    current.has_ended = True
    visits.forget_actor()


def take_next() -> str | None:
    """Return the address the visitor wanted before sign-in, once; only a path of our own."""
    wanted = session.pop("next", None)
    return wanted if isinstance(wanted, str) and is_own_path(wanted) else None


def is_own_path(address: str) -> bool:
    """Whether an address is a path on this host: one slash, no scheme, no host, no control characters."""
    return (
        address.startswith("/")
        and not address.startswith(("//", "/\\"))
        and "\\" not in address
        and address.isprintable()
    )


def _current() -> PolkuSession:
    found = session._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 - the proxy's own way
    if not isinstance(found, PolkuSession):
        raise TypeError("the application must be a PolkuFlask")
    return found


def _save_stored(current: PolkuSession, stored: StoredSession, response: Response) -> None:
    visit = visits.visit()
    if visit.failed:
        return
    if current.modified:
        ground().wiring.sessions.save(visits.uow(), stored.id, dict(current))
    if not visit.is_quiet and visit.moment - stored.last_seen_at >= TOUCH_EVERY:
        ground().wiring.sessions.touch(visits.uow(), stored.id, visit.moment)
    if current.new_token is not None:
        _set_cookie(response, current.new_token)


def _save_unsigned(app: Flask, current: PolkuSession, response: Response) -> None:
    kept = {key: value for key, value in current.items() if key in BEFORE_SIGN_IN_KEYS}
    if kept:
        _set_cookie(response, _serializer(app).dumps(kept), max_age=BEFORE_SIGN_IN_SECONDS)
    else:
        response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")


def _set_cookie(response: Response, value: str, max_age: int | None = None) -> None:
    response.set_cookie(COOKIE, value, max_age=max_age, path="/", secure=True, httponly=True, samesite="Lax")


def _serializer(app: Flask) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(app.secret_key), salt=SALT, signer_kwargs={"digest_method": hashlib.sha256})


def _unsigned(app: Flask, cookie: str) -> dict[str, Any]:
    try:
        values = _serializer(app).loads(cookie, max_age=BEFORE_SIGN_IN_SECONDS)
    except BadData:
        return {}
    return values if isinstance(values, dict) else {}
