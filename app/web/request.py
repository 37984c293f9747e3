"""The current request: its one moment, its one transaction, its actor."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime

from babel.support import NullTranslations
from flask import g, has_request_context, request
from flask.globals import request_ctx
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import Unauthorized

from app.access.actor import Actor
from app.core import clock
from app.core.ids import new_id
from app.core.uow import UnitOfWork, unit_of_work
from app.web.wiring import StoredSession, ground


class Visit:
    """What one request has read once and holds: kept on `flask.g`, gone with it."""

    __slots__ = (
        "actor",
        "actor_asked",
        "catalogue",
        "failed",
        "is_quiet",
        "moment",
        "request_id",
        "status",
        "today",
        "uow",
    )

    def __init__(self) -> None:
        self.moment: datetime = clock.moment()
        self.today: date = clock.local_date(self.moment)
        self.request_id: str = new_id().hex
        self.uow: UnitOfWork | None = None
        self.actor: Actor | None = None
        self.actor_asked = False
        self.failed = False
        self.is_quiet = False
        self.catalogue: NullTranslations | None = None  # looked up once; set by app.web.texts
        self.status: int | None = None  # what a page with a refused form answers


def visit() -> Visit:
    """Return the request's visit, made on first use."""
    # The object behind the proxy: a page asks a hundred times, and the proxy costs four times the looking.
    here = g._get_current_object()  # noqa: SLF001 - see above
    found: Visit | None = getattr(here, "visit", None)
    if found is None:
        found = here.visit = Visit()
    return found


def moment() -> datetime:
    """Return the instant of this request (UTC), read once."""
    return visit().moment


def today() -> date:
    """Return the day of this request in Helsinki."""
    return visit().today


def uow() -> UnitOfWork:
    """Return the request's unit of work, opened on first use; committed by the web layer when the view returned."""
    current = visit()
    if current.uow is None:
        here = ground()
        current.uow = UnitOfWork(here.sessions(), here.vault)
    return current.uow


@contextmanager
def apart() -> Iterator[UnitOfWork]:
    """Open a transaction of its own, kept although the request is refused: limit counters, denials."""
    here = ground()
    with unit_of_work(here.sessions, here.vault) as own:
        yield own


def maybe_actor() -> Actor | None:
    """Return the signed-in actor, or None. Looked up once."""
    current = visit()
    if not current.actor_asked:
        current.actor_asked = True
        current.actor = _load_actor(current)
    return current.actor


def actor() -> Actor:
    """Return the signed-in actor; without one the request is answered 401."""
    found = maybe_actor()
    if found is None:
        raise Unauthorized
    return found


def signed_in_session() -> StoredSession | None:
    """Return the stored session of this browser, or None before sign-in."""
    # The bare session: the proxy fails while there is none, and an error page may be made before it is opened.
    bare = request_ctx._session if has_request_context() else None  # noqa: SLF001 - see above
    stored: StoredSession | None = getattr(bare, "stored", None)
    return stored


def quiet() -> None:
    """Say that this request is no sign of life, such as a page that polls: it does not put off the idle limit."""
    visit().is_quiet = True


def forget_actor() -> None:
    """Look the actor up anew: the session has just begun or ended."""
    current = visit()
    current.actor = None
    current.actor_asked = False


def give_up() -> None:
    """Roll back: the request failed, and nothing of it may stay."""
    current = visit()
    current.failed = True
    if current.uow is not None:
        # The connection may be the very thing that broke; the answer must still be given.
        with suppress(SQLAlchemyError):
            current.uow.rollback()


def finish() -> None:
    """Commit what the view did, before the first byte is sent; a failed request only lets go."""
    current: Visit | None = getattr(g, "visit", None)
    if current is None or current.uow is None:
        return
    if current.failed:
        give_up()
    else:
        current.uow.commit()


def close(_error: BaseException | None = None) -> None:
    """Give the connection back at the end of the request."""
    current: Visit | None = g.pop("visit", None)
    if current is not None and current.uow is not None:
        with suppress(SQLAlchemyError):
            current.uow.close()


def _load_actor(current: Visit) -> Actor | None:
    stored = signed_in_session()
    if stored is None:
        return None
    found = stored.actor or ground().wiring.load_actor(uow(), stored.user_id, current.moment)
    if found is None:
        return None
    return replace(found, session_id=stored.id, request_id=current.request_id, address=request.remote_addr or "")
