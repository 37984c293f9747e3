"""The invented region on a real database."""

import csv
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.access.actor import system_actor
from app.accounts import queries as accounts
from app.accounts.passwords import Hasher
from app.clients.identity import parse_identity_code
from app.core.errors import Refused
from app.core.uow import UnitOfWork
from app.demo.domain import DemoSummary
from app.demo.services import demo_accounts, make_demo
from app.upkeep.domain import Drift
from app.upkeep.services import check

HASHER = Hasher(memory_kib=8, time_cost=1, parallelism=1)
REGISTER = Path(__file__).resolve().parents[2] / "data" / "asiakasrekisteri.csv"
EARLIEST = """
    SELECT c.id, c.current_stage, c.model_key, d.due_on, d.waits_for FROM pathway_case c
    JOIN user_account u ON u.id = c.primary_worker_id
    LEFT JOIN LATERAL (
        SELECT due_on, waits_for FROM duty WHERE case_id = c.id AND closed_at IS NULL ORDER BY due_on LIMIT 1
    ) d ON true
    WHERE u.username = :name AND c.closed_on IS NULL
"""


def make(uow: UnitOfWork, now: datetime, *, clients: int = 300, seed: int = 1, **more: Any) -> DemoSummary:  # noqa: ANN401 - passed on
    actor = system_actor("system:demo")
    more.setdefault("is_demo", True)
    return make_demo(uow, clients=clients, seed=seed, hasher=HASHER, actor=actor, now=now, **more)


def rows(uow: UnitOfWork, statement: str, **values: Any) -> list[Any]:  # noqa: ANN401 - statement parameters
    return list(uow.session.execute(text(statement), values))


def names(uow: UnitOfWork) -> list[tuple[str, str, str | None]]:
    found = rows(uow, "SELECT id, last_name, first_names, identity_code FROM client ORDER BY ref_number")
    opened = uow.vault.open_optional
    return [
        (
            uow.vault.open("client", "last_name", row.id, row.last_name),
            uow.vault.open("client", "first_names", row.id, row.first_names),
            opened("client", "identity_code", row.id, row.identity_code),
        )
        for row in found
    ]


def test_annas_list_is_worth_showing(uow: UnitOfWork, now: datetime, today: date) -> None:
    summary = make(uow, now)
    assert (summary.is_made, summary.clients, summary.teams) == (True, 300, 5)
    cases = rows(uow, EARLIEST, name="anna.maki")
    days = [row.due_on for row in cases if row.due_on]
    assert len(cases) >= 30
    assert sum(day < today for day in days) >= 3
    assert sum(day == today for day in days) >= 2
    assert sum(today < day <= date(2026, 11, 29) for day in days) >= 2
    assert {row.waits_for for row in cases} >= {"worker", "client"}
    assert len({row.current_stage for row in cases}) >= 5
    assert {row.model_key for row in cases} == {
        "work_ability_support", "quality_based_coaching", "group_employment",
    }  # fmt: skip


def test_some_of_annas_clients_have_been_recognised_and_assessed(uow: UnitOfWork, now: datetime) -> None:
    make(uow, now)
    signs = rows(
        uow,
        "SELECT DISTINCT s.case_id, c.model_key FROM identification_sign s JOIN pathway_case c ON c.id = s.case_id"
        " JOIN user_account u ON u.id = c.primary_worker_id AND u.id = s.noted_by WHERE u.username = 'anna.maki'",
    )
    assert len(signs) == 6
    assert {row.model_key for row in signs} == {
        "work_ability_support", "quality_based_coaching", "group_employment",
    }  # fmt: skip
    finished = rows(uow, "SELECT 1 FROM needs_version WHERE state = 'finished'")
    assert 2 <= len(finished) < 6
    assert rows(uow, "SELECT 1 FROM duty WHERE kind LIKE 'needs%' AND closed_at IS NULL") == []


def test_every_own_worker_has_late_ones_and_the_board_has_something_over_two_weeks(
    uow: UnitOfWork, now: datetime, today: date
) -> None:
    make(uow, now)
    late = rows(
        uow,
        "SELECT c.primary_worker_id AS worker, d.due_on FROM duty d JOIN pathway_case c ON c.id = d.case_id"
        " WHERE d.kind = 'plan_review' AND d.due_on < :today AND d.closed_at IS NULL",
        today=today,
    )
    assert len({row.worker for row in late}) >= 6
    assert sum((today - row.due_on).days > 14 for row in late) >= 3


def test_some_wait_for_a_worker_and_some_are_protected_and_some_come_without_a_code(
    uow: UnitOfWork, now: datetime
) -> None:
    summary = make(uow, now)
    assert summary.unassigned >= 10
    waiting = rows(uow, "SELECT current_stage FROM pathway_case WHERE primary_worker_id IS NULL AND closed_on IS NULL")
    assert "implementation" in {row.current_stage for row in waiting}
    people = rows(
        uow,
        "SELECT count(*) FILTER (WHERE has_address_protection) AS sealed,"
        " count(*) FILTER (WHERE has_address_protection AND municipality_code IS NOT NULL) AS leaked,"
        " count(*) FILTER (WHERE identity_hash IS NULL) AS nameless FROM client",
    )[0]
    assert people.sealed >= 3
    assert people.leaked == 0
    assert people.nameless >= 5


def test_codes_are_valid_artificial_and_not_those_of_the_register_of_the_tests(
    uow: UnitOfWork, now: datetime, today: date
) -> None:
    make(uow, now)
    codes = [code for _, _, code in names(uow) if code]
    assert all(parse_identity_code(code, today).is_artificial for code in codes)
    with REGISTER.open(encoding="cp1252", newline="") as file:
        registered = {row["Henkilötunnus"] for row in csv.DictReader(file, delimiter=";")}
    assert registered.isdisjoint(codes)


def test_the_same_seed_and_day_make_the_same_people_with_the_same_duties(uow: UnitOfWork, now: datetime) -> None:
    def picture() -> tuple[Any, Any]:
        made = make(uow, now, clients=60, seed=7)
        duties = rows(uow, "SELECT case_id, kind, due_on, waits_for FROM duty ORDER BY case_id, kind, due_on")
        return names(uow), (made, duties)

    start = uow.session.begin_nested()
    first = picture()
    start.rollback()
    assert picture() == first


def test_another_seed_makes_other_people(uow: UnitOfWork, now: datetime) -> None:
    start = uow.session.begin_nested()
    make(uow, now, clients=20, seed=1)
    first = names(uow)
    start.rollback()
    make(uow, now, clients=20, seed=2)
    assert names(uow) != first


def test_all_days_follow_the_day_it_is_made_for(uow: UnitOfWork, now: datetime) -> None:
    make(uow, now, clients=60, today=date(2028, 2, 29))
    first = "SELECT min(due_on) FROM duty WHERE closed_at IS NULL"
    days = rows(uow, f"SELECT ({first}) AS first, (SELECT max(happened_on) FROM note) AS last")  # noqa: S608 - no value
    assert date(2028, 1, 1) < days[0].first < date(2028, 2, 29)
    assert date(2028, 2, 20) < days[0].last < date(2028, 2, 29)


@pytest.mark.parametrize("day", [date(2026, 5, 31), date(2026, 12, 26), date(2027, 3, 1), date(2027, 6, 26)])
@pytest.mark.parametrize("seed", [1, 2])
def test_any_day_will_do(uow: UnitOfWork, now: datetime, day: date, seed: int) -> None:
    assert make(uow, now, clients=120, seed=seed, today=day).is_made
    dues = Counter(row.due_on for row in rows(uow, EARLIEST, name="anna.maki"))
    assert dues[day] >= 1
    assert sum(count for due, count in dues.items() if due and due < day) >= 3


def test_what_is_late_was_promised_or_reviewed_before(uow: UnitOfWork, now: datetime) -> None:
    make(uow, now)
    assert not rows(uow, "SELECT id FROM duty WHERE due_on < anchor_on")
    early = "SELECT FROM note n JOIN pathway_case c ON c.id = n.case_id WHERE n.happened_on < c.opened_on"
    assert not rows(uow, early)
    assert not rows(uow, "SELECT id FROM note WHERE happened_on > :day OR written_at > :now", day=now.date(), now=now)
    assert not rows(uow, "SELECT id FROM review WHERE held_on > :day", day=now.date())


def test_many_clients_get_many_workers(uow: UnitOfWork, now: datetime) -> None:
    summary = make(uow, now, clients=1_700)
    workers = rows(uow, "SELECT id FROM user_account WHERE 'own_worker' = ANY(roles)")
    assert len(workers) >= 40
    assert summary.teams >= 6
    assert not rows(uow, "SELECT id FROM team WHERE id NOT IN (SELECT team_id FROM team_member WHERE is_lead)")


def test_a_visitor_may_sign_in_with_every_account_printed(uow: UnitOfWork, now: datetime) -> None:
    make(uow, now, clients=20)
    found = accounts.users_by_name(uow, [account.username for account in demo_accounts()])
    assert set(found) == {account.username for account in demo_accounts()}
    assert {"anna.maki", "juha.laine", "sari.koskinen", "timo.virta", "leena.salo"} <= set(found)
    for account in demo_accounts():
        user = found[account.username]
        assert user.is_demo
        assert not user.must_change_password
        assert len(account.password) >= 15
        stored = rows(uow, "SELECT password_hash FROM user_account WHERE id = :id", id=user.id)[0].password_hash
        assert HASHER.matches(stored, account.password)
    assert {account.role for account in demo_accounts()} == {
        "Omatyöntekijä", "Työkykykoordinaattori", "Esihenkilö", "Pääkäyttäjä", "Tietosuojavastaava",
    }  # fmt: skip


def test_a_database_with_clients_is_left_in_peace(uow: UnitOfWork, now: datetime) -> None:
    make(uow, now, clients=20)
    assert make(uow, now, if_empty=True) == DemoSummary(is_made=False)
    with pytest.raises(Refused, match="already"):
        make(uow, now)


def test_the_check_of_the_data_finds_nothing_to_say(uow: UnitOfWork, now: datetime) -> None:
    make(uow, now)
    silent_jobs = {Drift.SWEEP, Drift.CLEANING}
    told = [finding for finding in check(uow, now) if finding.drift not in silent_jobs]
    assert told == []


def test_outside_the_demo_nothing_is_made(uow: UnitOfWork, now: datetime) -> None:
    with pytest.raises(Refused, match="POLKU_ENV"):
        make(uow, now, is_demo=False)
    assert names(uow) == []
