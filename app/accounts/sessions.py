"""Signing in, and the signed-in sessions: rows that live no longer than their limits and their user's account.

The browser holds a random token, the row its SHA-256. Rows are only ever made by `begin`: a slow request that writes
back to a session that has ended meanwhile finds nothing to write to.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, bindparam, delete, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.elements import SQLCoreOperations

from app.access.actor import Actor
from app.accounts import services
from app.accounts.domain import (
    PRIVILEGED,
    Arrival,
    Density,
    Knock,
    Limit,
    LiveSession,
    SessionLimits,
    SessionView,
    SignInLimits,
    Theme,
    normal_username,
)
from app.accounts.models import SignInPlace, User, UserSession
from app.accounts.passwords import Hasher
from app.accounts.queries import ACTOR_COLUMNS, actor_from, with_teams
from app.audit import services as audit
from app.core import limits as counters
from app.core.errors import Refused
from app.core.texts import N_
from app.core.uow import UnitOfWork

# Built once, and run past the session's unit of objects: searches and messages keep something.
_SAVE: Final = (
    update(UserSession)
    .where(UserSession.id == bindparam("session_id"))
    .values(content=bindparam("kept", type_=UserSession.content.type))
)
TOUCH_EVERY: Final = timedelta(minutes=1)
PLACE_KEPT: Final = timedelta(days=90)
ACCOUNT: Final = "sign_in.account"
ACCOUNT_AND_ADDRESS: Final = "sign_in.account_and_address"
ADDRESS: Final = "sign_in.address"
EVERYBODY: Final = "sign_in.everybody"


def find(
    uow: UnitOfWork,
    token_hash: bytes,
    *,
    limits: SessionLimits,
    now: datetime,
    statement: Select[*tuple[Any, ...]],
) -> LiveSession | None:
    """The session of a token, of an active user and within both limits, in the one `token_statement`; else None."""
    row = uow.session.connection().execute(statement, {"token_hash": token_hash, "now": now}).one_or_none()
    if row is None or limits.is_over(row.roles, row.created_at, row.last_seen_at, now):
        return None
    return _live(row, limits)


def begin(
    uow: UnitOfWork,
    new: Arrival,
    *,
    limits: SessionLimits,
    now: datetime,
) -> LiveSession:
    """Start a session and end the user's oldest ones over the number that may live at once.

    Raises Refused when the account was closed meanwhile: the row of the user is locked, so that closing an account and
    signing in never pass each other.
    """
    user = uow.session.execute(
        select(User.is_active, User.roles).where(User.id == new.user_id).with_for_update(key_share=True)
    ).one_or_none()
    if user is None or not user.is_active:
        raise Refused(N_("The user name or the password is wrong."))
    made = UserSession(
        token_hash=new.token_hash,
        user_id=new.user_id,
        created_at=now,
        authenticated_at=now,
        last_seen_at=now,
        factors=["password"],
        content=dict(new.values),
        address=new.address[:45],
        agent=new.agent[:200],
    )
    uow.session.add(made)
    uow.flush()
    _end_over(uow, new.user_id, idle=limits.idle_for(user.roles), limits=limits, now=now)
    _end_oldest(uow, new.user_id, newest=made.id, keep=limits.live_per_user)
    row = uow.session.execute(_LIVE.where(UserSession.id == made.id), {"now": now}).one()
    return _live(row, limits)


def touch(uow: UnitOfWork, session_id: UUID, *, now: datetime) -> None:
    """Note that the session is in use, at most once a minute; an ended session stays ended."""
    uow.session.execute(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.last_seen_at <= now - TOUCH_EVERY)
        .values(last_seen_at=now)
        .execution_options(synchronize_session=False)
    )


def save(uow: UnitOfWork, session_id: UUID, content: Mapping[str, Any]) -> None:
    """Keep what the pages remember in the session; an ended session stays ended."""
    uow.session.connection().execute(_SAVE, {"session_id": session_id, "kept": dict(content)})


def end(uow: UnitOfWork, session_id: UUID) -> None:
    """End one session; its cookie is worth nothing from then on."""
    uow.session.execute(delete(UserSession).where(UserSession.id == session_id))


def list_of(uow: UnitOfWork, user_id: UUID, *, limits: SessionLimits, now: datetime) -> list[SessionView]:
    """The user's live sessions, the one seen last first."""
    rows = uow.session.execute(
        select(UserSession.id, UserSession.created_at, UserSession.last_seen_at, UserSession.address, UserSession.agent)
        .add_columns(User.roles)
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.user_id == user_id)
        .order_by(UserSession.last_seen_at.desc(), UserSession.created_at.desc(), UserSession.id)
    )
    return [
        SessionView(row.id, row.created_at, row.last_seen_at, row.address, row.agent)
        for row in rows
        if not limits.is_over(row.roles, row.created_at, row.last_seen_at, now)
    ]


def forget_over(uow: UnitOfWork, *, limits: SessionLimits, now: datetime) -> int:
    """Delete the rows of sessions that have reached a limit, and places not used for long; how many sessions it was."""
    uow.session.execute(delete(SignInPlace).where(SignInPlace.used_at < now - PLACE_KEPT))
    privileged = select(User.id).where(User.roles.overlap([role.value for role in PRIVILEGED]))
    over = or_(
        UserSession.created_at <= now - limits.absolute,
        UserSession.last_seen_at <= now - limits.idle,
        UserSession.user_id.in_(privileged) & (UserSession.last_seen_at <= now - limits.idle_privileged),
    )
    ended = delete(UserSession).where(over).returning(UserSession.id).execution_options(synchronize_session=False)
    return len(uow.session.scalars(ended).all())


def knock(uow: UnitOfWork, username: str, *, address: str, limits: SignInLimits, actor: Actor, now: datetime) -> Knock:
    """Count a try to sign in and say whether it may go on to the password. Commit at once, whatever follows.

    A try that is one too many for its account leaves the count of its address alone, and so on outwards: whoever
    hammers one account spends nobody else's tries. From an address the user has signed in from before, the account's
    tries are counted apart, so that guesses made elsewhere do not lock the user out.
    """
    username = normal_username(username)
    user = uow.session.execute(
        select(User.id, User.password_hash, User.is_active, SignInPlace.used_at)
        .outerjoin(SignInPlace, (SignInPlace.user_id == User.id) & (SignInPlace.address == address))
        .where(User.username == username)
    ).one_or_none()
    is_known = user is not None and user.used_at is not None and user.used_at > now - PLACE_KEPT
    refusing = _first_refusing(uow, _rules(limits, username, address, is_known=is_known), now)
    if refusing and _is_news(uow, refusing, now):
        audit.record(
            uow,
            "sign_in_limited",
            actor=actor,
            at=now,
            object_kind="user",
            object_id=user.id if user else None,
            outcome="refused",
            detail={"limit": refusing.name},
        )
    if user is None:
        return Knock(username, is_allowed=refusing is None)
    return Knock(username, refusing is None, user.id, user.password_hash, user.is_active, is_known)


def refuse_entry(uow: UnitOfWork, tried: Knock, *, actor: Actor, now: datetime) -> None:
    """Record that the password was wrong, nobody has the name, or the account is closed. Commit at once."""
    audit.record(
        uow, "sign_in_refused", actor=actor, at=now, object_kind="user", object_id=tried.user_id, outcome="refused"
    )


def is_right(hasher: Hasher, tried: Knock, password: str) -> bool:
    """Whether the password lets the user in. Takes as long for a name nobody has; call it outside a transaction."""
    return hasher.matches(tried.password_hash, password) and tried.is_active and tried.user_id is not None


def sign_in(
    uow: UnitOfWork,
    tried: Knock,
    password: str,
    *,
    address: str,
    hasher: Hasher,
    limits: SignInLimits,
    actor: Actor,
    now: datetime,
) -> None:
    """Record that the actor got in: note the place, uncount the try, and hash the password anew when its cost rose."""
    user_id = actor.user_id
    for rule in _rules(limits, tried.username, address, is_known=tried.is_known_place)[:2]:
        counters.take_back(uow, rule.name, rule.key, seconds=rule.limit.seconds, now=now)
    if hasher.is_outdated(tried.password_hash):
        uow.session.execute(
            update(User)
            .where(User.id == user_id, User.password_hash == tried.password_hash)
            .values(password_hash=hasher.hash(password))
            .execution_options(synchronize_session=False)
        )
    place = insert(SignInPlace).values(user_id=user_id, address=address[:45], used_at=now)
    uow.session.execute(
        place.on_conflict_do_update(index_elements=["user_id", "address"], set_={"used_at": place.excluded.used_at})
    )
    audit.record(uow, "signed_in", actor=actor, at=now, object_kind="user", object_id=user_id)


def sign_out(uow: UnitOfWork, *, actor: Actor, now: datetime) -> None:
    """Record that the actor signed out; the session itself is ended by the web layer, which knows the cookie."""
    audit.record(uow, "signed_out", actor=actor, at=now, object_kind="user", object_id=actor.user_id)


def end_others(uow: UnitOfWork, *, actor: Actor, now: datetime) -> int:
    """Sign the actor out of every browser but this one; how many there were."""
    ended = services.end_all_sessions(uow, actor.user_id, but=actor.session_id)
    detail = {"ended": ended}
    audit.record(
        uow, "other_sessions_ended", actor=actor, at=now, object_kind="user", object_id=actor.user_id, detail=detail
    )
    return ended


class _Rule(NamedTuple):
    name: str
    key: str
    limit: Limit


def _rules(limits: SignInLimits, username: str, address: str, *, is_known: bool) -> list[_Rule]:
    at = f"{username} {address}"
    rules = [
        _Rule(ACCOUNT, at if is_known else username, limits.account),
        _Rule(ACCOUNT_AND_ADDRESS, at, limits.account_and_address),
        _Rule(ADDRESS, address, limits.address),
        _Rule(EVERYBODY, "", limits.everybody),
    ]
    # Guesses from all over the world must not close the door on those who come from where they always do.
    return rules[:3] if is_known else rules


def _first_refusing(uow: UnitOfWork, rules: Sequence[_Rule], now: datetime) -> _Rule | None:
    return next((rule for rule in rules if not _hit(uow, rule, now)), None)


def _hit(uow: UnitOfWork, rule: _Rule, now: datetime) -> bool:
    times, seconds = rule.limit.times, rule.limit.seconds
    return counters.hit(uow, rule.name, rule.key, limit=times, seconds=seconds, now=now)


def _is_news(uow: UnitOfWork, rule: _Rule, now: datetime) -> bool:
    """One row in the trail for each limit met and window: a flood of tries must not flood the trail."""
    return counters.hit(uow, f"{rule.name}.told", rule.key, limit=1, seconds=rule.limit.seconds, now=now)


def _end_over(uow: UnitOfWork, user_id: UUID, *, idle: timedelta, limits: SessionLimits, now: datetime) -> None:
    over = or_(UserSession.created_at <= now - limits.absolute, UserSession.last_seen_at <= now - idle)
    uow.session.execute(
        delete(UserSession).where(UserSession.user_id == user_id, over).execution_options(synchronize_session=False)
    )


def _end_oldest(uow: UnitOfWork, user_id: UUID, *, newest: UUID, keep: int) -> None:
    kept = (
        select(UserSession.id)
        .where(UserSession.user_id == user_id, UserSession.id != newest)
        .order_by(UserSession.created_at.desc(), UserSession.id)
        .limit(keep - 1)
    )
    uow.session.execute(
        delete(UserSession)
        .where(UserSession.user_id == user_id, UserSession.id != newest, UserSession.id.not_in(kept))
        .execution_options(synchronize_session=False)
    )


def _live(row: Row[*tuple[Any, ...]], limits: SessionLimits) -> LiveSession:
    return LiveSession(
        id=row.id,
        user_id=row.user_id,
        started_at=row.created_at,
        last_seen_at=row.last_seen_at,
        ends_at=row.created_at + limits.absolute,
        idle=limits.idle_for(row.roles),
        content=row.content,
        must_change_password=row.must_change_password,
        theme=Theme(row.theme),
        density=Density(row.density),
        actor=actor_from(row, row.user_id),
        waiting=row.waiting,
    )


Counted: TypeAlias = Callable[[SQLCoreOperations[UUID]], ColumnElement[int]]


def _live_statement(waiting: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    live = (
        select(
            UserSession.id,
            UserSession.user_id,
            UserSession.created_at,
            UserSession.last_seen_at,
            UserSession.content,
            User.must_change_password,
            User.theme,
            User.density,
            *ACTOR_COLUMNS,
            waiting.label("waiting"),
        )
        .join(User, User.id == UserSession.user_id)
        .where(User.is_active)
    )
    return with_teams(live, bindparam("now"))


def token_statement(waiting: Counted) -> Select[*tuple[Any, ...]]:
    """The statement of `find` with what waits for the user counted beside: every page shows it in its menu."""
    return _live_statement(waiting(UserSession.user_id)).where(UserSession.token_hash == bindparam("token_hash"))


_LIVE: Final = _live_statement(literal(0))
