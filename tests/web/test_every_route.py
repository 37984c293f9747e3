"""What holds for every address: one guard, reading that writes nothing, and silence towards strangers."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.access.actor import Role
from app.core import clock
from app.core.crypto import Vault
from app.core.ids import new_id
from app.core.uow import UnitOfWork
from app.web.guards import guard_of
from tests.conftest import ground
from tests.factories.accounts import create_team, create_user, sign_in_as
from tests.factories.demo import make_region
from tests.strict import StrictClient
from tests.web.inventory import GUARDS

MAY_CHANGE: Final = frozenset({"audit_event", "user_session", "rate_counter", "alembic_version"})
"""What reading may touch: the trail, the sign of life, the counters (ruling 20)."""
OF_A_CLIENT: Final = frozenset({"case_id", "client_id"})
PEOPLE: Final = {
    Role.OWN_WORKER: "anna.maki",
    Role.COORDINATOR: "kaisa.niemi",
    Role.SUPERVISOR: "maria.lehto",
    Role.ADMIN: "paula.aho",
    Role.PRIVACY_OFFICER: "risto.karhu",
}


@pytest.fixture(scope="module")
def made(engine: Engine, vault: Vault) -> Iterator[Connection]:
    """A small demo region, the same for every test."""
    with ground(engine, vault, lambda uow: make_region(uow, clock.moment(), clients=40)) as connection:
        yield connection


@pytest.fixture
def connection(made: Connection) -> Iterator[Connection]:
    """What a test does to the region is undone after it."""
    savepoint = made.begin_nested()
    yield made
    savepoint.rollback()


@pytest.fixture
def region(uow: UnitOfWork) -> UnitOfWork:
    """The region, as a test works on it."""
    return uow


def one(session: Session, statement: str, **values: object) -> UUID:
    found = session.execute(text(statement), values).scalar()
    return found if isinstance(found, UUID) else new_id()


def examples(session: Session) -> dict[str, object]:
    """A value for every parameter of an address: a case of Anna's with a plan and a consent, and what hangs on it."""
    case = one(
        session,
        "SELECT c.id FROM pathway_case c JOIN user_account u ON u.id = c.primary_worker_id"
        " WHERE u.username = 'anna.maki' AND c.closed_at IS NULL"
        " AND EXISTS (SELECT 1 FROM plan p JOIN plan_version v ON v.plan_id = p.id AND v.state = 'in_force'"
        " WHERE p.case_id = c.id) AND EXISTS (SELECT 1 FROM consent s WHERE s.case_id = c.id)"
        " AND EXISTS (SELECT 1 FROM measure_value m WHERE m.case_id = c.id)"
        " ORDER BY c.opened_on, c.id LIMIT 1",
    )
    return {
        "case_id": case,
        **of_the_case(session, case),
        "paper": "yhteenveto",
        "user_id": one(session, "SELECT id FROM user_account WHERE username = 'juha.laine'"),
        "team_id": one(session, "SELECT id FROM team ORDER BY name LIMIT 1"),
        "job_id": new_id(),
        "measure": "ME01",
        "sign_id": one(session, "SELECT id FROM identification_sign WHERE case_id = :case LIMIT 1", case=case),
        "token": new_id(),
        "stage": 4,
        "role": "entry",
        "step": "tilanne",
        "week": "2026-11-23",
        "key": "work_ability_support",
    }


def of_the_case(session: Session, case: UUID) -> dict[str, object]:
    """One of everything that hangs on a case; what the demo has none of is an id that nothing has."""
    statements = {
        "client_id": "SELECT client_id FROM pathway_case WHERE id = :case",
        "plan_id": "SELECT id FROM plan WHERE case_id = :case ORDER BY id LIMIT 1",
        "duty_id": "SELECT id FROM duty WHERE case_id = :case ORDER BY closed_at NULLS FIRST, id LIMIT 1",
        "version_id": "SELECT v.id FROM plan_version v JOIN plan p ON p.id = v.plan_id WHERE p.case_id = :case LIMIT 1",
        "consent_id": "SELECT id FROM consent WHERE case_id = :case ORDER BY id LIMIT 1",
        "entry_id": "SELECT id FROM measure_value WHERE case_id = :case ORDER BY id LIMIT 1",
        "hearing_id": "SELECT id FROM client_hearing WHERE case_id = :case ORDER BY id LIMIT 1",
        "feedback_id": "SELECT id FROM client_feedback WHERE case_id = :case ORDER BY id LIMIT 1",
        "needs_id": "SELECT id FROM needs_assessment WHERE case_id = :case LIMIT 1",
        "period_id": "SELECT id FROM activity_period WHERE case_id = :case LIMIT 1",
    }
    return {name: one(session, statement, case=case) for name, statement in statements.items()}


def readable(app: Flask) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint != "static":
            yield rule


def digests(session: Session) -> dict[str, str]:
    """A fingerprint of every table that reading must leave alone."""
    tables = session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
    digest = "SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {} t"
    return {name: str(session.execute(text(digest.format(name))).scalar()) for name in tables if name not in MAY_CHANGE}


def address(app: Flask, rule: Rule, known: dict[str, object]) -> str:
    with app.test_request_context(base_url="https://polku.test"):
        return app.url_for(rule.endpoint, **{name: known[name] for name in rule.arguments})  # type: ignore[arg-type] # values of the address


def test_every_route_carries_exactly_the_guard_that_was_decided(app: Flask) -> None:
    found = {}
    for rule in app.url_map.iter_rules():
        guard = guard_of(app, rule.endpoint)
        if guard is None:
            continue
        found[rule.endpoint] = "public" if guard.is_public else str(guard.permission or "signed in")
    assert found == {name: guard for name, guard in GUARDS.items() if name != "demo.mail"}


@pytest.mark.parametrize("role", list(PEOPLE))
def test_reading_any_page_changes_nothing_but_trail_and_counters(
    app: Flask, client: StrictClient, region: UnitOfWork, role: Role
) -> None:
    user = one(region.session, "SELECT id FROM user_account WHERE username = :name", name=PEOPLE[role])
    known = examples(region.session)
    sign_in_as(client, region, user)
    before = digests(region.session)
    seen = []
    for rule in readable(app):
        answer = client.get(address(app, rule, known))
        seen.append(answer.status_code)
        assert answer.status_code < 500, rule.endpoint
    assert digests(region.session) == before
    assert 200 in seen


def test_a_worker_of_another_team_finds_nothing_of_the_client_at_any_address(
    app: Flask, client: StrictClient, region: UnitOfWork, now: datetime
) -> None:
    known = examples(region.session)
    name = _name_of(region, known["client_id"])
    stranger = create_user(region, teams=[create_team(region)])
    sign_in_as(client, region, stranger)
    for rule in readable(app):
        if not OF_A_CLIENT & rule.arguments:
            continue
        answer = client.get(address(app, rule, known))
        assert answer.status_code in {403, 404}, rule.endpoint
        assert name not in answer.get_data(as_text=True), rule.endpoint
    denied = region.session.execute(
        text("SELECT count(*) FROM audit_event WHERE action = 'denied' AND actor_id = :who"), {"who": stranger.id}
    ).scalar_one()
    assert denied >= 20


def test_somebody_who_has_not_signed_in_is_led_to_the_door_from_every_page_but_the_public_ones(
    app: Flask, client: StrictClient, region: UnitOfWork
) -> None:
    known = examples(region.session)
    for rule in readable(app):
        if GUARDS[rule.endpoint] == "public":
            continue
        answer = client.get(address(app, rule, known))
        assert (answer.status_code, answer.headers["Location"]) == (303, "/kirjaudu"), rule.endpoint


def _name_of(uow: UnitOfWork, client_id: object) -> str:
    blob = uow.session.execute(text("SELECT last_name FROM client WHERE id = :id"), {"id": client_id}).scalar_one()
    return uow.vault.open("client", "last_name", UUID(str(client_id)), bytes(blob))
