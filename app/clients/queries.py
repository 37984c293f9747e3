"""Reading the person register. Who may see whom is decided here, by `access.scopes`, and nowhere above."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Select,
    Uuid,
    any_,
    bindparam,
    exists,
    func,
    not_,
    or_,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY

from app.access import policy, scopes
from app.access.actor import Actor, Role
from app.access.models import Standing
from app.access.permissions import Permission
from app.access.predicates import StandingKind, Subject
from app.accounts.models import Team
from app.audit.domain import Purpose, purpose_of
from app.clients.domain import (
    LONGEST_PREFIX,
    NIL_TEAM,
    ClientDetails,
    ClientListFilter,
    ClientName,
    ClientView,
    CodeAnswer,
    PersonWords,
    Twins,
    format_ref,
    list_name,
    match_text,
    name_matches,
    parse_identity_code,
    search_words,
)
from app.clients.models import Client, ClientToken
from app.core.crypto import Vault
from app.core.errors import Forbidden, NotFound
from app.core.finnish import sort_key
from app.core.paging import Page, decode_cursor, page_of
from app.core.uow import UnitOfWork

MOST_HITS: Final = 50
MOST_CANDIDATES: Final = 200
MOST_WORDS: Final = 6
NAME_ORDER_UP_TO: Final = 200
COUNT_UP_TO: Final = 1000
PAGE_SIZE: Final = 50

_NAME_COLUMNS: Final = (
    Client.id,
    Client.ref_number,
    Client.last_name,
    Client.first_names,
    Client.call_name,
    Client.birth_on,
    Client.has_address_protection,
    Client.municipality_code,
    Client.contact_language,
)
BESIDE: Final = tuple(column.label(f"person_{column.key}") for column in Client.__table__.columns)
"""A client beside other columns of a row, for `client_in`: half the time of an object of the session's."""

_NAMES: Final = select(*_NAME_COLUMNS).where(Client.id == any_(bindparam("ids", type_=ARRAY(Uuid))))


def names_of(uow: UnitOfWork, client_ids: Iterable[UUID]) -> dict[UUID, ClientName]:
    """Return what lists show of the clients, for callers that have settled who may see them (one statement)."""
    wanted = set(client_ids)
    if not wanted:
        return {}
    # On the connection itself and built once: every list runs it, and rows of columns need nothing of the session.
    rows = uow.session.connection().execute(_NAMES, {"ids": list(wanted)})
    return {row.id: _name_of(uow.vault, row) for row in rows}


def client_of(uow: UnitOfWork, client_id: UUID) -> ClientView:
    """Return a client without asking who looks: for services that have checked the case. Raises `NotFound`."""
    row = uow.session.get(Client, client_id)
    if row is None:
        raise NotFound
    return _view_of(uow.vault, row)


def client_in(uow: UnitOfWork, row: Any) -> ClientView:  # noqa: ANN401 - a row of the caller's statement
    """Return the client of a row that `BESIDE` was read into, for callers that have settled who may see it."""
    return _view_of(uow.vault, row, at="person_")


def get_client_for(uow: UnitOfWork, actor: Actor, client_id: UUID, *, now: datetime) -> ClientView:
    """Return a client the actor may know of, or raise `NotFound`. The caller records the view of its page."""
    row = uow.session.scalar(select(Client).where(Client.id == client_id, scopes.visible_clients(actor, now)))
    if row is None:
        raise NotFound
    return _view_of(uow.vault, row)


def find_ref_for(uow: UnitOfWork, actor: Actor, ref_number: int, *, now: datetime) -> UUID | None:
    """Return the client of a ref when the actor may know of it."""
    seen = scopes.visible_clients(actor, now)
    return uow.session.scalar(select(Client.id).where(Client.ref_number == ref_number, seen))


def subjects_of(uow: UnitOfWork, actor: Actor, client_id: UUID, *, now: datetime) -> list[Subject]:
    """Return what the rules may know of a client: one subject for each case, and one for the person (two statements).

    An act on the person is allowed when any of them allows it.
    """
    held = _standings(uow, actor, client_id, now)
    every_kind = frozenset(kind for kinds in held.values() for kind in kinds)
    subjects = [Subject(client_id=client_id, kinds=every_kind)]
    cases = select(scopes.CASE_ID, scopes.CASE_TEAM, scopes.CASE_WORKER, scopes.CASE_CLOSED)
    for case_id, team_id, worker_id, closed_at in uow.session.execute(
        cases.select_from(scopes.CASES).where(_of_client(client_id))
    ):
        kinds = held.get(case_id, frozenset())
        subjects.append(Subject(client_id, case_id, team_id, closed_at is None, worker_id is not None, kinds))
    return subjects


def ensure_for_client(
    uow: UnitOfWork, actor: Actor, permission: Permission, client_id: UUID, *, now: datetime
) -> Subject:
    """Let an act on a person pass and return the relation that allows it.

    Raises `NotFound` for a client the actor may not know of, `Forbidden` for one seen.
    """
    if not scopes.client_is_visible(uow.session, actor, client_id, now):
        raise NotFound
    subjects = subjects_of(uow, actor, client_id, now=now)
    allowed = next((one for one in subjects if policy.can(actor, permission, one)), None)
    if allowed is None:
        raise Forbidden
    return allowed


def may(uow: UnitOfWork, actor: Actor, permission: Permission, client_id: UUID, *, now: datetime) -> bool:
    """Whether the actor may do this to the person, for a page that shows or leaves out a button."""
    return any(policy.can(actor, permission, one) for one in subjects_of(uow, actor, client_id, now=now))


def purpose_for(uow: UnitOfWork, actor: Actor, client_id: UUID, *, now: datetime) -> str:
    """Return why the actor looks at the person: the nearest relation that any of the cases gives."""
    found = {purpose_of(actor, subject) for subject in subjects_of(uow, actor, client_id, now=now)}
    return next(purpose for purpose in Purpose if purpose in found)


def search_for(uow: UnitOfWork, actor: Actor, words: str, *, now: datetime, limit: int = MOST_HITS) -> list[ClientName]:
    """Return up to `limit` clients in the actor's scope whose name fits every word, in Finnish order (ruling 24).

    At most `MOST_CANDIDATES` rows are opened, whatever the size of the county: tokens lie under the teams that see
    the client. A caller that wants to tell "more than 50" asks for one more.
    """
    wanted = search_words(words)[:MOST_WORDS]
    if not wanted:
        return []
    prefixes = PersonWords(words=wanted).tokens
    tokens = {f"token{place}": uow.vault.name_token(prefix) for place, prefix in enumerate(prefixes)}
    bound = scopes.bound_scope(actor, now) | tokens | {"filed": sorted(_filing_teams(actor))}
    rows = uow.session.connection().execute(_fitting(len(prefixes), scopes.Scope.of(actor)), bound)
    hits = [_name_of(uow.vault, row) for row in rows]
    if any(len(word) > LONGEST_PREFIX for word in wanted):
        # the fingerprints end at ten letters; the rest of a longer word is told apart here
        hits = [hit for hit in hits if name_matches(wanted, hit.last_name, hit.first_names, hit.call_name)]
    return sorted(hits, key=_by_name)[:limit]


@lru_cache(maxsize=32)
def _fitting(words: int, scope: scopes.Scope) -> Select[*tuple[Any, ...]]:
    """The search for so many words, built once: building it costs more than running it."""
    fitting = [Client.id.in_(_filed_under(bindparam(f"token{place}", type_=BigInteger()))) for place in range(words)]
    return select(*_NAME_COLUMNS).where(*fitting, scope.clients).limit(MOST_CANDIDATES)


def _filing_teams(actor: Actor) -> frozenset[UUID]:
    """The teams under which names are filed for the actor; a coordinator finds those that have none."""
    return scopes.seen_teams(actor) | ({NIL_TEAM} if actor.has(Role.COORDINATOR) else frozenset())


def _filed_under(token: ColumnElement[int]) -> Select[tuple[UUID]]:
    """Return the ids filed under a prefix: in the actor's teams, or beside whom the actor stands."""
    filed = bindparam("filed", type_=Uuid(), expanding=True)
    at = bindparam("scope_at", type_=DateTime(timezone=True))
    in_teams = select(ClientToken.client_id).where(ClientToken.token == token, ClientToken.team_id.in_(filed))
    holds = Standing.valid_from <= at, or_(Standing.valid_to.is_(None), Standing.valid_to > at)
    beside = (
        select(Standing.client_id)
        .join(ClientToken, ClientToken.client_id == Standing.client_id)
        .where(Standing.user_id == bindparam("scope_user", type_=Uuid()), *holds, ClientToken.token == token)
    )
    return select(union(in_teams, beside).subquery().c.client_id)


def lookup_code(uow: UnitOfWork, actor: Actor, code: str, *, now: datetime) -> CodeAnswer:
    """Return whether the whole county knows an identity code: the client when in scope, else the unit (ruling 3).

    Raises `IdentityCodeProblem`. Unrecorded: services that answer a person use `services.ask_code`.
    """
    found = uow.session.execute(
        select(Client.id, scopes.visible_clients(actor, now).label("is_visible")).where(
            Client.identity_hash == uow.vault.identity_hash(parse_identity_code(code).code)
        )
    ).one_or_none()
    if found is None:
        return CodeAnswer(is_known=False)
    return CodeAnswer(True, found.id if found.is_visible else None, _units_of(uow, found.id), found.id)


def _units_of(uow: UnitOfWork, client_id: UUID) -> tuple[str, ...]:
    names = (
        select(Team.name)
        .join_from(scopes.CASES, Team, Team.id == scopes.CASE_TEAM)
        .where(_of_client(client_id), scopes.CASE_CLOSED.is_(None))
        .distinct()
        .order_by(Team.name)
    )
    return tuple(uow.session.scalars(names))


def twins_of(uow: UnitOfWork, actor: Actor, details: ClientDetails, *, now: datetime) -> Twins:
    """Return who may be the same person: the same folded name with the same birth date, or with none on record.

    Give details that `check_details` has passed: with an identity code only records without one can be the same.
    """
    last, first = details.last_name, details.first_names
    hashes = {uow.vault.match_hash(match_text(last, first, born)) for born in (details.birth_on, None)}
    conditions: list[ColumnElement[bool]] = [Client.match_hash.in_(hashes)]
    if details.identity_code:
        conditions.append(Client.identity_hash.is_(None))
    seen = scopes.visible_clients(actor, now)
    rows = uow.session.execute(select(*_NAME_COLUMNS).where(*conditions, seen).limit(MOST_HITS))
    hits = tuple(_name_of(uow.vault, row) for row in rows)
    elsewhere = uow.session.scalar(select(exists().where(*conditions, not_(seen))))
    return Twins(hits, bool(elsewhere))


def list_clients_for(
    uow: UnitOfWork, actor: Actor, wanted: ClientListFilter, *, now: datetime, cursor: str | None = None
) -> Page[ClientName]:
    """Return a page of the actor's clients: by name while there are few enough to sort here, else by ref (ruling 24).

    A town never finds a person with address protection: theirs is not in the row (ruling 1).
    """
    chosen = [scopes.visible_clients(actor, now), *_conditions(actor, wanted, now)]
    few = select(Client.id).where(*chosen).limit(COUNT_UP_TO + 1)
    total = uow.session.scalar(select(func.count()).select_from(few.subquery())) or 0
    if total <= NAME_ORDER_UP_TO:
        rows = uow.session.execute(select(*_NAME_COLUMNS).where(*chosen).limit(NAME_ORDER_UP_TO))
        return Page(tuple(sorted((_name_of(uow.vault, row) for row in rows), key=_by_name)), total=total)
    return _page_by_ref(uow, chosen, wanted, cursor, total)


def _page_by_ref(
    uow: UnitOfWork, chosen: list[ColumnElement[bool]], wanted: ClientListFilter, cursor: str | None, total: int
) -> Page[ClientName]:
    of = f"clients|{wanted.is_mine}|{wanted.municipality_code}|{wanted.language}"
    place = decode_cursor(cursor, of=of, key=uow.vault.cursor_key)
    rows = select(*_NAME_COLUMNS).where(*chosen).limit(PAGE_SIZE + 1)
    if place is None:
        rows = rows.order_by(Client.ref_number)
    elif place.is_backwards:
        rows = rows.where(Client.ref_number < place.place[0]).order_by(Client.ref_number.desc())
    else:
        rows = rows.where(Client.ref_number > place.place[0]).order_by(Client.ref_number)
    return page_of(
        [_name_of(uow.vault, row) for row in uow.session.execute(rows)],
        size=PAGE_SIZE,
        cursor=place,
        place_of=lambda row: (row.ref_number,),
        of=of,
        key=uow.vault.cursor_key,
        total=min(total, COUNT_UP_TO),
        total_is_capped=total > COUNT_UP_TO,
    )


def _conditions(actor: Actor, wanted: ClientListFilter, now: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.is_mine:
        mine = select(Standing.client_id).where(
            Standing.user_id == actor.id,
            Standing.kind.in_(scopes.SEEING_KINDS),
            *_holds(now),
        )
        conditions.append(Client.id.in_(mine))
    if wanted.municipality_code:
        conditions.append(Client.municipality_code == wanted.municipality_code)
    if wanted.language:
        conditions.append(Client.contact_language == wanted.language)
    return conditions


def filing_teams(uow: UnitOfWork, client_id: UUID) -> frozenset[UUID]:
    """Return the teams whose people see the client by its cases, closed ones too.

    The nil team stands for all coordinators, who see an open case that has no worker.
    """
    cases = select(scopes.CASE_TEAM, scopes.CASE_WORKER, scopes.CASE_CLOSED).select_from(scopes.CASES)
    rows = uow.session.execute(cases.where(_of_client(client_id))).all()
    teams = {team_id for team_id, _worker, _closed in rows if team_id is not None}
    if any(worker_id is None and closed_at is None for _team, worker_id, closed_at in rows):
        teams.add(NIL_TEAM)
    return frozenset(teams)


def _standings(
    uow: UnitOfWork, actor: Actor, client_id: UUID, now: datetime
) -> dict[UUID | None, frozenset[StandingKind]]:
    rows = uow.session.execute(
        select(Standing.case_id, Standing.kind).where(
            Standing.user_id == actor.id,
            Standing.client_id == client_id,
            Standing.kind.in_(scopes.SEEING_KINDS),
            *_holds(now),
        )
    )
    held: dict[UUID | None, frozenset[StandingKind]] = {}
    for case_id, kind in rows:
        held[case_id] = held.get(case_id, frozenset()) | {StandingKind(kind)}
    return held


def _of_client(client_id: UUID) -> ColumnElement[bool]:
    return scopes.CASE_CLIENT.in_([client_id])


def _holds(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Standing.valid_from <= now, or_(Standing.valid_to.is_(None), Standing.valid_to > now)


def _by_name(hit: ClientName) -> tuple[tuple[str, ...], int]:
    return sort_key(hit.last_name, hit.first_names), hit.ref_number


def _name_of(vault: Vault, row: Any) -> ClientName:  # noqa: ANN401 - a row of _NAME_COLUMNS
    last = vault.open("client", "last_name", row.id, row.last_name)
    first = vault.open("client", "first_names", row.id, row.first_names)
    call = vault.open_optional("client", "call_name", row.id, row.call_name)
    return ClientName(
        id=row.id,
        ref_number=row.ref_number,
        last_name=last,
        first_names=first,
        call_name=call or first.split()[0],
        name=list_name(last, first, call),
        birth_on=_day(vault.open_optional("client", "birth_on", row.id, row.birth_on)),
        is_protected=row.has_address_protection,
        municipality_code=row.municipality_code,
        contact_language=row.contact_language,
    )


def _view_of(vault: Vault, row: Any, *, at: str = "") -> ClientView:  # noqa: ANN401 - a client, or a row it is part of
    """Return the client whose columns the row has, their names beginning with `at`."""

    def given(column: str) -> Any:  # noqa: ANN401 - a column of any type
        return getattr(row, at + column)

    def opened(column: str) -> str | None:
        return vault.open_optional("client", column, given("id"), given(column))

    return ClientView(
        id=given("id"),
        ref=format_ref(given("ref_number")),
        last_name=opened("last_name") or "",
        first_names=opened("first_names") or "",
        call_name=opened("call_name"),
        birth_on=_day(opened("birth_on")),
        contact_language=given("contact_language"),
        interpreter_language=given("interpreter_language"),
        needs_plain_language=given("needs_plain_language"),
        is_protected=given("has_address_protection"),
        municipality_code=given("municipality_code"),
        address=opened("address"),
        phone=opened("phone"),
        email=opened("email"),
        has_identity_code=given("identity_hash") is not None,
        contact_source=given("contact_source"),
        source=given("source"),
        registered_at=given("registered_at"),
        version=given("version"),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
