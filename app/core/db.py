"""The database: one dialect (PostgreSQL), one naming convention, the column types that features share."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from select import POLLIN, poll
from typing import Annotated, Any, Final, TypeVar, cast
from uuid import UUID

from psycopg import Connection, Cursor, errors, sql
from psycopg.pq import ExecStatus
from sqlalchemy import (
    BindParameter,
    ClauseElement,
    ColumnElement,
    DateTime,
    Engine,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Uuid,
    create_engine,
    event,
    literal_column,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, sessionmaker
from sqlalchemy.sql.visitors import replacement_traverse

from app.core.ids import new_id

CONVENTION: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Id = Annotated[UUID, mapped_column(Uuid, primary_key=True, default=new_id)]
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Code = Annotated[str, mapped_column(String(60))]
Sealed = Annotated[bytes, mapped_column(LargeBinary)]
"""Ciphertext made by `core.crypto.Vault` with the table, column and row id as associated data."""
Small = Annotated[int, mapped_column(SmallInteger)]


_Statement = TypeVar("_Statement", bound=ClauseElement)


class RowsClash(Exception):
    """One of many rows written at once is there already, written by somebody else in the meantime."""


class Base(DeclarativeBase):
    """Every table of Polku."""

    metadata = MetaData(naming_convention=CONVENTION)


class LeanCursor(Cursor[Any]):
    """A cursor that tells of its columns only what SQLAlchemy asks: name and type.

    psycopg makes an object for each column of each result; for a page of eleven statements that is a hundred objects,
    and a twentieth of its time.
    """

    @property
    def description(self) -> list[Any] | None:
        """Return a tuple for each column, as DB-API has them; None when no rows can come."""
        found = self.pgresult
        if found is None or not (found.nfields or found.status == ExecStatus.TUPLES_OK):
            return None
        names = [found.fname(place) for place in range(found.nfields)]
        return [(_text(name), found.ftype(place), *_UNTOLD) for place, name in enumerate(names)]


_UNTOLD: Final = (None,) * 5


@lru_cache(maxsize=4096)
def _text(name: bytes | None) -> str:
    return (name or b"").decode()


_FOUND_DEAD: Final = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""A server that vanished without a word is known within a minute, and within 15 s (the last, in ms) of asking it."""


def make_engine(url: str, *, pool_size: int = 5, max_overflow: int = 5, statement_timeout_ms: int = 5_000) -> Engine:
    """An engine whose connections time out, refuse long lock waits and never put parameters into a log.

    A connection that the server has closed meanwhile, by a restart say, is replaced before it is used.
    """
    options = f"-c statement_timeout={statement_timeout_ms} -c lock_timeout=3000 -c timezone=UTC"
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=max_overflow,
        pool_timeout=3,
        hide_parameters=True,
        connect_args={"options": options, "cursor_factory": LeanCursor, **_FOUND_DEAD},
    )
    event.listen(engine, "checkout", _refuse_closed)
    return engine


def _refuse_closed(connection: Connection[Any], *_: object) -> None:
    """Let the pool replace a connection whose server has hung up.

    The kernel knows it: a connection at rest has nothing to read but the server's farewell. Asking the server instead
    (`pool_pre_ping`) is a statement more for every page, a twentieth of its time.
    """
    watched = poll()
    if not connection.closed:
        watched.register(connection.pgconn.socket, POLLIN)
    if connection.closed or watched.poll(0):
        raise InvalidatePoolError


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """A session factory; objects stay readable after commit, since pages are rendered from them."""
    return sessionmaker(engine, expire_on_commit=False, autoflush=False)


def written_out(statement: _Statement) -> _Statement:
    """Return a statement with its constants in its text; only what is given at each run stays bound.

    For statements that are built once: each constant is bound anew at each run, and fifty of them were a third of the
    processor's time of a statement (0.53 and 0.34 ms, measured). Only constants of ours may be in it; a `%` is refused.
    """
    return cast("_Statement", replacement_traverse(statement, {}, _constant))


_DIALECT: Final = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy has no types for it


def _constant(element: object, **_: object) -> ColumnElement[Any] | None:
    if not isinstance(element, BindParameter) or element.value is None:
        return None
    written = str(element.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))
    if "%" in written:
        raise ValueError(f"no statement spells this out: {written}")
    return literal_column(written, element.type)


def scalar(session: Session, statement: str, values: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - a database scalar has no better type
    """One value of a fixed statement; for start-up checks, never for client data."""
    return session.execute(text(statement), values or {}).scalar()


def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows by COPY in the session's transaction, the fastest way in; constraints and triggers hold as ever.

    Columns left out take the database's default. The rows bypass the session: nothing in it knows of them. Raises
    `RowsClash`, after which the transaction can only be rolled back.
    """
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    raw = session.connection().connection.driver_connection
    if raw is None:
        raise RuntimeError("The session has lost its connection.")
    try:
        with raw.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except errors.UniqueViolation as error:
        raise RowsClash(table) from error


def let_statements_last(session: Session) -> None:
    """Lift the limit on the time of one statement until the transaction ends: for imports and other long acts."""
    session.execute(text("SET LOCAL statement_timeout = 0"))


@contextmanager
def without_nested_loops(session: Session) -> Iterator[None]:
    """Let the block's statements join by hash only.

    Of rows that this transaction has just written, or that a part of the statement makes, the planner knows nothing,
    takes them for a handful and goes through them once for each other: four thousand late duties took four minutes
    instead of a second (measured).
    """
    session.execute(text("SET LOCAL enable_nestloop = off"))
    yield
    session.execute(text("SET LOCAL enable_nestloop = on"))


def try_lock(session: Session, name: str) -> bool:
    """Take a named lock until the transaction ends, or return False at once when another transaction holds it."""
    taken = session.execute(text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
    return bool(taken.scalar_one())
