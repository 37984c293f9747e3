"""Why somebody looked: the nearest relation they have to the client."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from app.access.actor import Actor, Role
from app.access.predicates import StandingKind, Subject
from app.audit.domain import ACTS, PURPOSES, AuditRow, purpose_of

TEAM = uuid4()


def actor(*roles: Role, teams: tuple[UUID, ...] = (TEAM,), leads: tuple[UUID, ...] = ()) -> Actor:
    return Actor("user", uuid4(), "x", roles=frozenset(roles), team_ids=frozenset(teams), led_team_ids=frozenset(leads))


def subject(*kinds: StandingKind) -> Subject:
    return Subject(uuid4(), uuid4(), TEAM, has_worker=True, kinds=frozenset(kinds))


@pytest.mark.parametrize(
    ("who", "what", "purpose"),
    [
        (actor(Role.OWN_WORKER), subject(StandingKind.RESPONSIBLE), "own"),
        (actor(Role.COORDINATOR), subject(StandingKind.REGISTRAR), "own"),
        (actor(Role.OWN_WORKER), subject(), "team"),
        (actor(Role.COORDINATOR), subject(), "coordination"),
        (actor(Role.OWN_WORKER, Role.COORDINATOR), subject(), "team"),
        (actor(Role.SUPERVISOR, leads=(TEAM,)), subject(), "supervision"),
        (actor(Role.PRIVACY_OFFICER, teams=()), subject(), "supervision"),
    ],
)
def test_the_nearest_relation_is_the_purpose(who: Actor, what: Subject, purpose: str) -> None:
    assert purpose_of(who, what) == purpose


def row(action: str, kind: str, purpose: str = "") -> AuditRow:
    return AuditRow(
        id=1,
        at=datetime(2026, 11, 24, tzinfo=UTC),
        actor_kind="user",
        actor_id=None,
        actor_name="x",
        action=action,
        object_kind=kind,
        object_id=None,
        client_id=None,
        case_id=None,
        purpose=purpose,
        outcome="ok",
        is_listed=action == "listed",
    )


def test_a_look_and_a_list_are_told_apart_in_words() -> None:
    assert str(row("viewed", "summary").words) == "Looked at: summary"
    assert str(row("listed", "worklist").words) == "Was on a list: work list"
    assert str(row("note_written", "note").words) == "Wrote an entry"


def test_an_act_without_words_shows_its_code() -> None:
    assert row("something_new", "case", "own").words == "something_new"
    assert row("viewed", "x", "own").why == PURPOSES["own"]
    assert row("viewed", "x", "unheard_of").why == "unheard_of"
    assert len(ACTS) > 20
