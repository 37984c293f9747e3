"""Thousands of due duties at once, laid by SQL alone: what the sweep has to go through."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

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
CLIENTS = text(
    """
    INSERT INTO client (id, match_hash, last_name, first_names, contact_language, needs_plain_language,
        has_address_protection, contact_source, source, registered_at, version)
    SELECT gen_random_uuid(), :mark, '\\x00', '\\x00', 'fi', false, false, '', 'demo', :at, 1
    FROM generate_series(1, :duties)
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
    session: Session,
    *,
    duties: int,
    workers: int,
    due_on: date,
    at: datetime,
    mailed: int = 0,
    kind: str = "plan_review",
) -> UUID:
    """Make a team of `workers`, so many of them with a mail address, and one open case and duty each; the team's id.

    The clients are empty shells: nothing here opens a sealed field.
    """
    team = uuid4()
    values = {
        "team": team,
        "name": f"Tiimi {team}",
        "prefix": f"t{team.hex[:8]}-",
        "mark": team.bytes,
        "duties": duties,
        "workers": workers,
        "mailed": mailed,
        "kind": kind,
        "due_on": due_on,
        "opened_on": date(2026, 1, 15),
        "at": at,
    }
    for statement in (TEAM, USERS, MEMBERS, CLIENTS, CASES, DUTIES):
        session.execute(statement, values)
    return team
