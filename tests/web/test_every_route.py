"""What holds for every address: one guard, reading that writes nothing, and silence towards strangers."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.access.actor import Role, system_actor
from app.accounts.passwords import Hasher
from app.core import clock
from app.core.ids import new_id
from app.core.uow import UnitOfWork
from app.demo.services import make_demo
from app.web.guards import guard_of
from tests.factories.accounts import create_team, create_user, sign_in_as
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


@pytest.fixture
def region(uow: UnitOfWork) -> UnitOfWork:
    """A small demo region."""
    make_demo(
        uow,
        clients=40,
        seed=1,
        hasher=Hasher(memory_kib=8, time_cost=1, parallelism=1),
        is_demo=True,
        actor=system_actor("system:demo"),
        now=clock.moment(),
    )
    uow.commit()
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
    of_case = {"case": case}
    return {
        "case_id": case,
        "client_id": one(session, "SELECT client_id FROM pathway_case WHERE id = :case", **of_case),
        "plan_id": one(session, "SELECT id FROM plan WHERE case_id = :case ORDER BY id LIMIT 1", **of_case),
        "duty_id": one(
            session, "SELECT id FROM duty WHERE case_id = :case ORDER BY closed_at NULLS FIRST, id LIMIT 1", **of_case
        ),
        "version_id": one(
            session,
            "SELECT v.id FROM plan_version v JOIN plan p ON p.id = v.plan_id WHERE p.case_id = :case LIMIT 1",
            **of_case,
        ),
        "paper": "yhteenveto",
        "consent_id": one(session, "SELECT id FROM consent WHERE case_id = :case ORDER BY id LIMIT 1", **of_case),
        "user_id": one(session, "SELECT id FROM user_account WHERE username = 'juha.laine'"),
        "team_id": one(session, "SELECT id FROM team ORDER BY name LIMIT 1"),
        "job_id": new_id(),
        "entry_id": one(session, "SELECT id FROM measure_value WHERE case_id = :case ORDER BY id LIMIT 1", **of_case),
        "measure": "ME01",
        "needs_id": new_id(),
        "sign_id": new_id(),
        "token": new_id(),
        "stage": 4,
        "period_id": one(session, "SELECT id FROM activity_period WHERE case_id = :case LIMIT 1", **of_case),
        "role": "entry",
        "step": "tilanne",
        "week": "2026-11-23",
        "key": "work_ability_support",
    }


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
