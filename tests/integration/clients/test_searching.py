"""Searching: who is found by what, in which order, and what the search gives away."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.access.actor import Actor, Role
from app.audit.models import AuditEvent
from app.clients import queries, search, services
from app.clients.domain import (
    NIL_TEAM,
    ClientDetails,
    ClientName,
    IdentityCodeProblem,
    SearchOutcome,
    name_matches,
    search_words,
)
from app.clients.models import ClientToken
from app.core.errors import Forbidden, NotFound, TooMany
from app.core.uow import UnitOfWork
from tests.factories.accounts import actor_of, create_team, create_user
from tests.factories.cases import create_case
from tests.factories.clients import a_code, create_client

NAMES = st.text("abcdefghijklmnopqrstuvwxyzåäöéü-", min_size=1, max_size=14).filter(lambda name: name.strip("-"))


@pytest.fixture
def anna(uow: UnitOfWork) -> Actor:
    """An own worker."""
    return actor_of(uow, create_user(uow, teams=(create_team(uow),)))


def names(found: list[ClientName]) -> list[str]:
    return [hit.name for hit in found]


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("mäk", True),
        ("makinen", True),
        ("MÄKINEN", True),
        ("mä", False),
        ("kinen", False),
        ("mäkinen aino", True),
        ("aino mäk", True),
        ("mäk liisa", False),
        ("vir", True),
        ("mäkinen-vir", True),
        ("mar", True),
        ("  ", False),
        ("mäkinenx", False),
    ],
)
def test_a_name_is_found_by_the_beginnings_of_its_parts(
    uow: UnitOfWork, now: datetime, anna: Actor, words: str, *, is_found: bool
) -> None:
    create_client(uow, last_name="Mäkinen-Virta", first_names="Aino Maria", actor=anna)
    assert bool(queries.search_for(uow, anna, words, now=now)) is is_found


def test_a_short_name_is_found_whole(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    create_client(uow, last_name="Li", first_names="Bo", actor=anna)
    create_client(uow, last_name="Linna", first_names="Bo", actor=anna)
    assert names(queries.search_for(uow, anna, "li", now=now)) == ["Li Bo"]


def test_more_than_ten_letters_are_told_apart(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    create_client(uow, last_name="Lehtimäkelä", first_names="Aino", actor=anna)
    create_client(uow, last_name="Lehtimäkeläinen", first_names="Eero", actor=anna)
    assert names(queries.search_for(uow, anna, "lehtimäkeläi", now=now)) == ["Lehtimäkeläinen Eero"]


def test_what_is_found_stands_in_finnish_order(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    for last_name in ("Äijö", "Aalto", "Åström", "Zetterberg", "Öhman"):
        create_client(uow, last_name=last_name, first_names="Kaisa", actor=anna)
    found = [hit.last_name for hit in queries.search_for(uow, anna, "kaisa", now=now)]
    assert found == ["Aalto", "Zetterberg", "Åström", "Äijö", "Öhman"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(last=NAMES, first=NAMES, cut=st.integers(min_value=3, max_value=14))
def test_every_beginning_of_a_name_finds_it(
    uow: UnitOfWork, now: datetime, anna: Actor, last: str, first: str, cut: int
) -> None:
    client_id = create_client(uow, last_name=last, first_names=first, actor=anna)
    for word in (last[:cut], first):
        expected = bool(search_words(word)) and name_matches(search_words(word), last, first)
        found = {hit.id for hit in queries.search_for(uow, anna, word, now=now, limit=1000)}
        assert (client_id in found) is expected, word


def test_a_search_finds_just_those_whom_the_list_shows(uow: UnitOfWork, now: datetime) -> None:
    """The tokens are filed by hand; the rule of who sees whom is in `scopes`: the two must not drift apart."""
    mine, other = create_team(uow), create_team(uow)
    worker = create_user(uow, teams=(mine,))
    actors = [
        actor_of(uow, worker),
        actor_of(uow, create_user(uow, teams=(other,))),
        actor_of(uow, create_user(uow, roles=(Role.COORDINATOR,), teams=(mine,))),
        actor_of(uow, create_user(uow, roles=(Role.SUPERVISOR,), leads=(mine,))),
        actor_of(uow, create_user(uow, roles=(Role.ADMIN,))),
    ]
    clients = [create_client(uow, last_name="Yhteinen", actor=actors[0]), create_client(uow, last_name="Yhteinen")]
    for team, user in ((mine, worker), (mine, None), (other, None), (None, None)):
        client_id = create_client(uow, last_name="Yhteinen")
        create_case(uow, client_id=client_id, worker=user, team=team)
        services.file_under_teams(uow, client_id)
        clients.append(client_id)
    for actor in actors:
        seen = {one for one in clients if _sees(uow, actor, one, now)}
        assert {hit.id for hit in queries.search_for(uow, actor, "yhteinen", now=now)} == seen


def _sees(uow: UnitOfWork, actor: Actor, client_id: UUID, now: datetime) -> bool:
    try:
        queries.get_client_for(uow, actor, client_id, now=now)
    except NotFound:
        return False
    return True


def test_a_client_without_a_team_is_filed_for_the_coordinators(uow: UnitOfWork) -> None:
    client_id = create_client(uow)
    team = create_team(uow)
    filed = select(ClientToken.team_id).where(ClientToken.client_id == client_id).distinct()
    assert uow.session.scalars(filed).all() == [NIL_TEAM]
    services.file_under_teams(uow, client_id, [team])
    assert uow.session.scalars(filed).all() == [team]
    services.file_under_teams(uow, client_id, [])
    assert uow.session.scalars(filed).all() == [NIL_TEAM]


def keep(uow: UnitOfWork, words: str, *, actor: Actor, now: datetime) -> tuple[UUID, search.Kept]:
    """Search in a session that has searched for nothing yet."""
    return search.keep_search(uow, words, kept=(), actor=actor, now=now)


def run(uow: UnitOfWork, words: str, *, actor: Actor, now: datetime) -> SearchOutcome:
    """Search, and look at what was found."""
    token, kept = keep(uow, words, actor=actor, now=now)
    return search.run_search(uow, token, kept=kept, actor=actor, now=now)


def test_a_search_is_kept_sealed_for_half_an_hour_and_in_its_session(
    uow: UnitOfWork, now: datetime, anna: Actor
) -> None:
    token, kept = keep(uow, "Salainen Sana", actor=anna, now=now)
    assert "Salainen" not in str(kept)
    later = now + timedelta(minutes=30)
    assert search.run_search(uow, token, kept=kept, actor=anna, now=later).words == "Salainen Sana"
    _, of_another_session = keep(uow, "toinen", actor=anna, now=now)
    for sought, where, when in (
        (token, kept, later + timedelta(seconds=1)),
        (token, of_another_session, now),
        (token, (), now),
        (uuid4(), kept, now),
    ):
        with pytest.raises(NotFound):
            search.run_search(uow, sought, kept=where, actor=anna, now=when)


def test_the_five_newest_searches_of_a_session_are_kept(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    tokens: list[UUID] = []
    kept: search.Kept = ()
    for number in range(6):
        token, kept = search.keep_search(uow, f"sana {number}", kept=kept, actor=anna, now=now)
        tokens.append(token)
    assert [key for key, _, _ in kept] == [token.hex for token in reversed(tokens[1:])]
    assert search.run_search(uow, tokens[1], kept=kept, actor=anna, now=now).words == "sana 1"


def test_a_search_that_is_too_old_leaves_the_session_at_the_next_one(
    uow: UnitOfWork, now: datetime, anna: Actor
) -> None:
    _, kept = keep(uow, "vanha", actor=anna, now=now - timedelta(minutes=31))
    token, kept = search.keep_search(uow, "uusi", kept=kept, actor=anna, now=now)
    assert [key for key, _, _ in kept] == [token.hex]


def test_a_search_by_name_leaves_one_row_with_the_clients_shown(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    shown = {create_client(uow, last_name="Korpi", actor=anna) for _ in range(3)}
    run(uow, "korpi", actor=anna, now=now)
    row = uow.session.scalars(select(AuditEvent).where(AuditEvent.action == "listed")).one()
    assert (row.purpose, set(row.client_ids or ())) == ("search", shown)


def test_at_most_fifty_are_shown_and_more_are_told_of(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    for _ in range(52):
        create_client(uow, last_name="Korpi", actor=anna)
    outcome = run(uow, "korpi", actor=anna, now=now)
    assert (len(outcome.hits), outcome.has_more) == (50, True)


def test_a_ref_opens_a_client_in_scope_only(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    mine, strange = create_client(uow, actor=anna), create_client(uow)
    for client_id, opened in ((mine, mine), (strange, None)):
        ref = queries.client_of(uow, client_id).ref
        for words in (ref, ref.lower().replace("-", " "), f"{ref}/1"):
            assert run(uow, words, actor=anna, now=now).opens == opened


def test_a_code_in_scope_opens_the_client(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    client_id = create_client(uow, identity_code=a_code(), actor=anna)
    assert run(uow, a_code(), actor=anna, now=now).opens == client_id


def test_a_code_out_of_scope_is_known_with_its_unit_and_nothing_else(
    uow: UnitOfWork, now: datetime, anna: Actor
) -> None:
    team = create_team(uow, name="Heinolan tiimi")
    client_id = create_client(uow, identity_code=a_code())
    create_case(uow, client_id=client_id, team=team, worker=create_user(uow, teams=(team,)))
    answer = search.ask_code(uow, a_code(), actor=anna, now=now)
    assert (answer.is_known, answer.client_id, answer.units) == (True, None, ("Heinolan tiimi",))
    row = uow.session.scalars(select(AuditEvent).where(AuditEvent.action == "looked_up")).one()
    assert (row.client_id, row.detail) == (client_id, {"is_known": True, "in_scope": False})


def test_an_unknown_code_is_in_the_trail_without_the_code(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    assert not search.ask_code(uow, a_code(), actor=anna, now=now).is_known
    row = uow.session.scalars(select(AuditEvent).where(AuditEvent.action == "looked_up")).one()
    assert row.client_id is None
    assert a_code() not in str(vars(row))


def test_the_thirty_first_code_in_an_hour_is_refused(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    for _ in range(30):
        search.ask_code(uow, a_code(), actor=anna, now=now)
    with pytest.raises(TooMany):
        keep(uow, a_code(), actor=anna, now=now)
    keep(uow, "mäki", actor=anna, now=now)
    search.ask_code(uow, a_code(), actor=anna, now=now + timedelta(hours=2))


def test_a_code_that_cannot_be_one_is_said_at_once(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    with pytest.raises(IdentityCodeProblem):
        keep(uow, "140587-901X", actor=anna, now=now)


def test_an_administrator_searches_nobody(uow: UnitOfWork, now: datetime) -> None:
    admin = actor_of(uow, create_user(uow, roles=(Role.ADMIN,)))
    with pytest.raises(Forbidden):
        keep(uow, "mäki", actor=admin, now=now)


def test_a_changed_name_is_found_and_the_old_one_is_not(uow: UnitOfWork, now: datetime, anna: Actor) -> None:
    client_id = create_client(uow, last_name="Entinen", actor=anna)
    details = ClientDetails(last_name="Nykyinen", first_names="Aino")
    services.change_client(uow, client_id, details, expected_version=1, actor=anna, now=now)
    assert names(queries.search_for(uow, anna, "nykyinen", now=now)) == ["Nykyinen Aino"]
    assert queries.search_for(uow, anna, "entinen", now=now) == []
