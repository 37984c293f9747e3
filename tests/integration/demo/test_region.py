"""What the region of the first seed shows: a list worth opening, pages with something on them. Made once, only read."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Engine

from app.clients.identity import parse_identity_code
from app.core.crypto import Vault
from app.core.uow import UnitOfWork
from app.demo.domain import DemoSummary
from app.upkeep.domain import Drift
from app.upkeep.services import check
from tests.conftest import ground, sessions_on
from tests.factories.demo import EARLIEST, make_region, names, rows

NOW: Final = datetime.fromisoformat("2026-11-24T09:00+02:00")
TODAY: Final = date(2026, 11, 24)
REGISTER = Path(__file__).resolve().parents[2] / "data" / "asiakasrekisteri.csv"


@dataclass(frozen=True)
class Region:
    """The region with what making it told."""

    uow: UnitOfWork
    summary: DemoSummary


@pytest.fixture(scope="module")
def region(engine: Engine, vault: Vault) -> Iterator[Region]:
    """The region in one transaction that is rolled back in the end; nothing else may write beside it."""
    told: list[DemoSummary] = []
    with ground(engine, vault, lambda uow: told.append(make_region(uow, NOW))) as connection:
        unit = UnitOfWork(sessions_on(connection)(), vault)
        yield Region(unit, told[0])
        unit.close()


def test_annas_list_is_worth_showing(region: Region) -> None:
    summary = region.summary
    assert (summary.is_made, summary.clients, summary.teams) == (True, 300, 5)
    cases = rows(region.uow, EARLIEST, name="anna.maki")
    days = [row.due_on for row in cases if row.due_on]
    assert len(cases) >= 30
    assert sum(day < TODAY for day in days) >= 3
    assert sum(day == TODAY for day in days) >= 2
    assert sum(TODAY < day <= date(2026, 11, 29) for day in days) >= 2
    assert {row.waits_for for row in cases} >= {"worker", "client"}
    assert len({row.current_stage for row in cases}) >= 5
    assert {row.model_key for row in cases} == {
        "work_ability_support", "quality_based_coaching", "group_employment",
    }  # fmt: skip


def test_some_of_annas_clients_have_been_recognised_and_assessed(region: Region) -> None:
    signs = rows(
        region.uow,
        "SELECT DISTINCT s.case_id, c.model_key FROM identification_sign s JOIN pathway_case c ON c.id = s.case_id"
        " JOIN user_account u ON u.id = c.primary_worker_id AND u.id = s.noted_by WHERE u.username = 'anna.maki'",
    )
    assert len(signs) == 6
    assert {row.model_key for row in signs} == {
        "work_ability_support", "quality_based_coaching", "group_employment",
    }  # fmt: skip
    finished = rows(region.uow, "SELECT 1 FROM needs_version WHERE state = 'finished'")
    assert 2 <= len(finished) < 6
    owed = rows(region.uow, "SELECT kind, due_on FROM duty WHERE kind LIKE 'needs%' AND closed_at IS NULL")
    assert [row.due_on < TODAY for row in owed if row.kind == "needs_assessment_start"] == [True]
    assert len(owed) == 2


def test_a_client_of_each_model_has_been_heard_and_answered(region: Region) -> None:
    heard = rows(region.uow, "SELECT case_id, count(DISTINCT stage) AS stages FROM client_hearing GROUP BY case_id")
    assert len(heard) == 3
    assert all(row.stages >= 5 for row in heard)
    assert {row.answer for row in rows(region.uow, "SELECT answer FROM goal_answer")} == {
        "agrees", "partly", "disagrees",
    }  # fmt: skip
    answered, waiting = "EXISTS", "NOT EXISTS"
    for state in (answered, waiting):
        reply = f"{state} (SELECT FROM feedback_reply r WHERE r.feedback_id = f.id)"
        assert rows(region.uow, f"SELECT f.id FROM client_feedback f WHERE {reply}")  # noqa: S608 - no value


def test_measures_have_series_of_several_days(region: Region) -> None:
    series = rows(
        region.uow,
        "SELECT measure, count(DISTINCT measured_on) AS days FROM measure_value GROUP BY case_id, measure",
    )
    assert max(row.days for row in series if row.measure == "ME03") >= 3
    assert {row.measure for row in series if row.days >= 2} >= {"ME02", "ME03", "ME04"}


def test_activity_has_gone_on_for_weeks_and_for_one_client_nears_the_limit_of_the_year(region: Region) -> None:
    periods = rows(
        region.uow,
        "SELECT count(*) FILTER (WHERE a.state = 'present') AS there,"
        " count(*) FILTER (WHERE a.state = 'absent') AS away, p.kind, p.steward_on"
        " FROM activity_period p JOIN activity_attendance a ON a.period_id = p.id GROUP BY p.id",
    )
    assert {row.kind for row in periods} == {"rehabilitative_work_activity", "group_employment"}
    assert 150 <= max(row.there for row in periods) <= 178
    assert all(row.away for row in periods)


def test_one_plan_is_put_into_practice_with_its_answers_and_its_week(region: Region) -> None:
    """DO04 of the demo: derived from a plan in force, with every answer and the days of the activity."""
    plans = rows(
        region.uow,
        "SELECT v.id, v.state, v.period_start, count(DISTINCT a.code) AS answers, count(DISTINCT d.weekday) AS days"
        " FROM plan p JOIN plan_version v ON v.plan_id = p.id AND v.derived_from_id IS NOT NULL"
        " LEFT JOIN plan_answer a ON a.plan_version_id = v.id LEFT JOIN plan_weekday d ON d.plan_version_id = v.id"
        " WHERE p.kind = 'implementation_plan' GROUP BY v.id",
    )
    assert [(row.state, row.answers, row.days) for row in plans] == [("in_force", 6, 3)]
    assert plans[0].period_start < TODAY


def test_a_group_has_met_and_each_has_a_review_with_what_concerns_all(region: Region) -> None:
    """RU16: one meeting some weeks ago, a review in each client's case, and what was late before is late still."""
    found = rows(
        region.uow,
        "SELECT r.meeting_id, r.held_on, r.meeting_notes, c.id, c.model_key FROM review r "
        "JOIN plan p ON p.id = r.plan_id JOIN pathway_case c ON c.id = p.case_id WHERE r.meeting_id IS NOT NULL",
    )
    assert len({row.id for row in found}) == len(found) >= 2
    assert {(row.held_on, row.model_key) for row in found} == {(date(2026, 11, 3), "group_employment")}
    assert len({row.meeting_id for row in found}) == 1
    assert all(row.meeting_notes for row in found)


def test_papers_lie_printed_and_one_client_goes_on_along_another_path(region: Region) -> None:
    printed = rows(region.uow, "SELECT DISTINCT case_id FROM audit_event WHERE action = 'printed'")
    assert len(printed) == 3
    assert rows(region.uow, "SELECT 1 FROM disclosure WHERE basis = 'CONSENT'")
    onward = rows(
        region.uow,
        "SELECT c.model_key, b.closed_on FROM pathway_case c JOIN pathway_case b ON b.id = c.follows_case_id"
        " WHERE c.closed_on IS NULL AND c.primary_worker_id IS NOT NULL",
    )
    assert [(row.model_key, row.closed_on) for row in onward] == [("quality_based_coaching", date(2026, 11, 23))]


def test_every_own_worker_has_late_ones_and_the_board_has_something_over_two_weeks(region: Region) -> None:
    late = rows(
        region.uow,
        "SELECT c.primary_worker_id AS worker, d.due_on FROM duty d JOIN pathway_case c ON c.id = d.case_id"
        " WHERE d.kind = 'plan_review' AND d.due_on < :today AND d.closed_at IS NULL",
        today=TODAY,
    )
    assert len({row.worker for row in late}) >= 6
    assert sum((TODAY - row.due_on).days > 14 for row in late) >= 3


def test_some_wait_for_a_worker_and_some_are_protected_and_some_come_without_a_code(region: Region) -> None:
    summary = region.summary
    assert summary.unassigned >= 10
    waiting = rows(
        region.uow, "SELECT current_stage FROM pathway_case WHERE primary_worker_id IS NULL AND closed_on IS NULL"
    )
    assert "implementation" in {row.current_stage for row in waiting}
    people = rows(
        region.uow,
        "SELECT count(*) FILTER (WHERE has_address_protection) AS sealed,"
        " count(*) FILTER (WHERE has_address_protection AND municipality_code IS NOT NULL) AS leaked,"
        " count(*) FILTER (WHERE identity_hash IS NULL) AS nameless FROM client",
    )[0]
    assert people.sealed >= 3
    assert people.leaked == 0
    assert people.nameless >= 5


def test_codes_are_valid_artificial_and_not_those_of_the_register_of_the_tests(region: Region) -> None:
    codes = [code for _, _, code in names(region.uow) if code]
    assert all(parse_identity_code(code, TODAY).is_artificial for code in codes)
    with REGISTER.open(encoding="cp1252", newline="") as file:
        registered = {row["Henkilötunnus"] for row in csv.DictReader(file, delimiter=";")}
    assert registered.isdisjoint(codes)


def test_what_is_late_was_promised_or_reviewed_before(region: Region) -> None:
    assert not rows(region.uow, "SELECT id FROM duty WHERE due_on < anchor_on")
    early = "SELECT FROM note n JOIN pathway_case c ON c.id = n.case_id WHERE n.happened_on < c.opened_on"
    assert not rows(region.uow, early)
    assert not rows(region.uow, "SELECT id FROM note WHERE happened_on > :day OR written_at > :now", day=TODAY, now=NOW)
    assert not rows(region.uow, "SELECT id FROM review WHERE held_on > :day", day=TODAY)


def test_the_check_of_the_data_finds_nothing_to_say(region: Region) -> None:
    silent_jobs = {Drift.SWEEP, Drift.CLEANING}
    told = [finding for finding in check(region.uow, NOW) if finding.drift not in silent_jobs]
    assert told == []
