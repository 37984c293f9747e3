"""Thousands of due duties at once, laid by SQL alone: what the sweep has to go through."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, text

from app.clients.models import Client
from app.core.uow import UnitOfWork

TEAM = text("INSERT INTO team (id, name, is_active, version) VALUES (:team, :name, true, 1)")
USERS = text(
    """
    INSERT INTO user_account (id, username, full_name, email, phone, roles, professions, password_hash,
        must_change_password, is_active, is_demo, theme, density, created_at, version)
    SELECT gen_random_uuid(), :prefix || n, 'Työntekijä ' || n,
        CASE WHEN n <= :mailed THEN :prefix || n || '@polku.test' ELSE '' END, '', '{own_worker}',
        '{social_counsellor}', '', false, true, false, 'auto', 'comfortable', :at, 1
    FROM generate_series(1, :workers) n
    """
)
MEMBERS = text(
    """
    INSERT INTO team_member (id, team_id, user_id, is_lead, valid_from)
    SELECT gen_random_uuid(), :team, id, false, :at FROM user_account WHERE username LIKE :prefix || '%'
    """
)
CASES = text(
    """
    INSERT INTO pathway_case (id, client_id, ordinal, model_key, model_version, opened_on, opened_at, contact_source,
        source, team_id, primary_worker_id, current_stage, current_since, version)
    SELECT gen_random_uuid(), c.id, 1, 'work_ability_support', 1, :opened_on, :at, '', 'demo', :team, w.id, 'contact',
        :opened_on, 1
    FROM (SELECT id, row_number() OVER (ORDER BY id) n FROM client WHERE match_hash = :mark) c
    JOIN (SELECT id, row_number() OVER (ORDER BY id) n FROM user_account WHERE username LIKE :prefix || '%') w
        ON w.n = c.n % :workers + 1
    """
)
DUTIES = text(
    """
    INSERT INTO duty (id, case_id, kind, subject_kind, subject_id, waits_for, rule_code, anchor_on, due_on, opened_at)
    SELECT gen_random_uuid(), id, :kind, 'plan', gen_random_uuid(), 'worker', 'TEST', :opened_on, :due_on, :at
    FROM pathway_case WHERE team_id = :team
    """
)


def create_due_duties(
    uow: UnitOfWork,
    *,
    duties: int,
    workers: int,
    due_on: date,
    at: datetime,
    mailed: int = 0,
    kind: str = "plan_review",
) -> UUID:
    """Make a team of `workers`, so many of them with a mail address, and one open case and duty each; the team's id.

    The clients have a name that opens, as a start of Polku asks, and nothing else.
    """
    team = uuid4()
    values = {
        "team": team,
        "name": f"Tiimi {team}",
        "prefix": f"t{team.hex[:8]}-",
        "mark": team.bytes,
        "workers": workers,
        "mailed": mailed,
        "kind": kind,
        "due_on": due_on,
        "opened_on": date(2026, 1, 15),
        "at": at,
    }
    for statement in (TEAM, USERS, MEMBERS):
        uow.session.execute(statement, values)
    uow.session.execute(insert(Client), [_client(uow, mark=team.bytes, at=at) for _ in range(duties)])
    for statement in (CASES, DUTIES):
        uow.session.execute(statement, values)
    return team


def _client(uow: UnitOfWork, *, mark: bytes, at: datetime) -> dict[str, Any]:
    row_id = uuid4()
    names = {name: uow.vault.seal("client", name, row_id, "Koe") for name in ("last_name", "first_names")}
    return {"id": row_id, "match_hash": mark, "source": "demo", "registered_at": at, **names}
