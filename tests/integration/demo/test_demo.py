"""The invented region on a real database."""

from collections import Counter
from datetime import date, datetime
from typing import Any

import pytest

from app.accounts import queries as accounts
from app.core.errors import Refused
from app.core.uow import UnitOfWork
from app.demo.domain import DemoSummary
from app.demo.services import demo_accounts
from tests.factories.demo import EARLIEST, HASHER, make_region, names, rows


def test_the_same_seed_and_day_make_the_same_people_with_the_same_duties(uow: UnitOfWork, now: datetime) -> None:
    def picture() -> tuple[Any, Any]:
        made = make_region(uow, now, clients=60, seed=7)
        duties = rows(uow, "SELECT case_id, kind, due_on, waits_for FROM duty ORDER BY case_id, kind, due_on")
        return names(uow), (made, duties)

    start = uow.session.begin_nested()
    first = picture()
    start.rollback()
    assert picture() == first


def test_another_seed_makes_other_people(uow: UnitOfWork, now: datetime) -> None:
    start = uow.session.begin_nested()
    make_region(uow, now, clients=20, seed=1)
    first = names(uow)
    start.rollback()
    make_region(uow, now, clients=20, seed=2)
    assert names(uow) != first


def test_all_days_follow_the_day_it_is_made_for(uow: UnitOfWork, now: datetime) -> None:
    make_region(uow, now, clients=60, today=date(2028, 2, 29))
    first = "SELECT min(due_on) FROM duty WHERE closed_at IS NULL"
    days = rows(uow, f"SELECT ({first}) AS first, (SELECT max(happened_on) FROM note) AS last")  # noqa: S608 - no value
    assert date(2028, 1, 1) < days[0].first < date(2028, 2, 29)
    assert date(2028, 2, 20) < days[0].last < date(2028, 2, 29)


@pytest.mark.parametrize("day", [date(2026, 5, 31), date(2026, 12, 26), date(2027, 3, 1), date(2027, 6, 26)])
@pytest.mark.parametrize("seed", [1, 2])
def test_any_day_will_do(uow: UnitOfWork, now: datetime, day: date, seed: int) -> None:
    assert make_region(uow, now, clients=120, seed=seed, today=day).is_made
    dues = Counter(row.due_on for row in rows(uow, EARLIEST, name="anna.maki"))
    assert dues[day] >= 1
    assert sum(count for due, count in dues.items() if due and due < day) >= 3


def test_many_clients_get_many_workers(uow: UnitOfWork, now: datetime) -> None:
    summary = make_region(uow, now, clients=1_700)
    workers = rows(uow, "SELECT id FROM user_account WHERE 'own_worker' = ANY(roles)")
    assert len(workers) >= 40
    assert summary.teams >= 6
    assert not rows(uow, "SELECT id FROM team WHERE id NOT IN (SELECT team_id FROM team_member WHERE is_lead)")


def test_a_visitor_may_sign_in_with_every_account_printed(uow: UnitOfWork, now: datetime) -> None:
    make_region(uow, now, clients=20)
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
    make_region(uow, now, clients=20)
    assert make_region(uow, now, if_empty=True) == DemoSummary(is_made=False)
    with pytest.raises(Refused, match="already"):
        make_region(uow, now)


def test_outside_the_demo_nothing_is_made(uow: UnitOfWork, now: datetime) -> None:
    with pytest.raises(Refused, match="POLKU_ENV"):
        make_region(uow, now, is_demo=False)
    assert names(uow) == []
