"""Looking people up: by name within the actor's scope, by ref, by identity code county-wide (rulings 3 and 24)."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, TypeAlias
from uuid import UUID

from app.access import policy
from app.access.actor import Actor
from app.access.permissions import Permission
from app.audit import services as audit
from app.clients import queries
from app.clients.domain import (
    ClientDetails,
    CodeAnswer,
    SearchOutcome,
    Twins,
    check_details,
    format_ref,
    read_search,
)
from app.core import limits
from app.core.clock import local_date
from app.core.errors import NotFound, TooMany
from app.core.ids import new_id
from app.core.texts import N_
from app.core.uow import UnitOfWork

HOUR: Final = 3600
CODES_AN_HOUR: Final = 30
TWINS_AN_HOUR: Final = 60
KEPT_FOR: Final = timedelta(minutes=30)
MOST_KEPT: Final = 5

Kept: TypeAlias = Sequence[Sequence[str]]
"""The searches a session keeps, the newest first: token, sealed words, instant. They go when the session goes."""


def keep_search(uow: UnitOfWork, words: str, *, kept: Kept, actor: Actor, now: datetime) -> tuple[UUID, Kept]:
    """Return the token of a search and what the searcher's session keeps from now on, the words sealed (ruling 24).

    A search by identity code is counted: `TooMany` after thirty in an hour. Raises `IdentityCodeProblem` for a code
    that cannot be one.
    """
    policy.ensure(actor, Permission.CLIENT_SEARCH)
    if read_search(words).identity_code is not None:
        _count_code(uow, actor, now)
    token = new_id()
    sealed = b64encode(uow.vault.seal("person_search", "words", token, words)).decode()
    return token, [(token.hex, sealed, now.isoformat()), *_young(kept, now)[: MOST_KEPT - 1]]


def _young(kept: Kept, now: datetime) -> Kept:
    return [one for one in kept if now - datetime.fromisoformat(one[2]) <= KEPT_FOR]


def _words_of(uow: UnitOfWork, token: UUID, kept: Kept, now: datetime) -> str:
    for key, sealed, _made_at in _young(kept, now):
        if key == token.hex:
            return uow.vault.open("person_search", "words", token, b64decode(sealed))
    raise NotFound(N_("This search is no longer kept. Search again."))


def run_search(uow: UnitOfWork, token: UUID, *, kept: Kept, actor: Actor, now: datetime) -> SearchOutcome:
    """Run a search that the session keeps: by ref, by identity code, or by name within the actor's scope.

    What it shows is one row in the trail. Raises `NotFound` for a token that is old, unknown or another's.
    """
    policy.ensure(actor, Permission.CLIENT_SEARCH)
    words = _words_of(uow, token, kept, now)
    wanted = read_search(words)
    if wanted.identity_code is not None:
        answer = _answer_code(uow, wanted.identity_code.code, actor=actor, now=now)
        return SearchOutcome(opens=answer.client_id, answer=answer)
    if wanted.ref_number is not None:
        return SearchOutcome(
            opens=queries.find_ref_for(uow, actor, wanted.ref_number, now=now), words=format_ref(wanted.ref_number)
        )
    hits = queries.search_for(uow, actor, words, now=now, limit=queries.MOST_HITS + 1)
    shown = tuple(hits[: queries.MOST_HITS])
    audit.record_listed(
        uow, actor=actor, at=now, client_ids=[hit.id for hit in shown], purpose="search", page="client_search"
    )
    return SearchOutcome(hits=shown, has_more=len(hits) > len(shown), words=words)


def ask_code(uow: UnitOfWork, code: str, *, actor: Actor, now: datetime) -> CodeAnswer:
    """Answer whether the county knows an identity code; counted (thirty an hour, then `TooMany`) and in the trail.

    Before a registration this is asked in a transaction of its own (`web.request.apart`): the refusal that follows
    must not take the trace back.
    """
    policy.ensure(actor, Permission.CLIENT_CODE_LOOKUP)
    _count_code(uow, actor, now)
    return _answer_code(uow, code, actor=actor, now=now)


def ask_twins(uow: UnitOfWork, details: ClientDetails, *, actor: Actor, now: datetime) -> Twins:
    """Answer who in the register may be this person; counted, and in the trail when it tells of one out of scope.

    Before a registration, like `ask_code`. Raises `Refused` for details that cannot be kept.
    """
    policy.ensure(actor, Permission.CLIENT_REGISTER)
    if not limits.hit(uow, "client.twin", str(actor.id), limit=TWINS_AN_HOUR, seconds=HOUR, now=now):
        raise TooMany(N_("Very many people have been registered in an hour. Try again in an hour."))
    twins = queries.twins_of(uow, actor, check_details(details, local_date(now), needs_birth=True), now=now)
    seen = [twin.id for twin in twins.seen]
    audit.record_listed(uow, actor=actor, at=now, client_ids=seen, purpose="search", page="likely_twins")
    if twins.is_known_elsewhere:
        audit.record(uow, "looked_up", actor=actor, at=now, object_kind="likely_twin", purpose="search")
    return twins


def _answer_code(uow: UnitOfWork, code: str, *, actor: Actor, now: datetime) -> CodeAnswer:
    answer = queries.lookup_code(uow, actor, code, now=now)
    audit.record(
        uow,
        "looked_up",
        actor=actor,
        at=now,
        object_kind="identity_code",
        client_id=answer.known_id,
        purpose="search",
        detail={"is_known": answer.is_known, "in_scope": answer.client_id is not None},
    )
    return answer


def _count_code(uow: UnitOfWork, actor: Actor, now: datetime) -> None:
    if not limits.hit(uow, "client.code", str(actor.id), limit=CODES_AN_HOUR, seconds=HOUR, now=now):
        raise TooMany(N_("Identity codes have been looked up too often. Try again in an hour, or search by name."))
