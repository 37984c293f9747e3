"""What the county usually needs for a stage: the median of the newest finished stays, at a cost that does not grow."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Select, create_engine, func, select, text, update
from sqlalchemy.orm import Session

from app.cases.models import Case, StageVisit
from app.cases.stages import FEWEST_STAYS, _middle, usual_stay, usual_stays
from app.core.crypto import Vault
from app.core.uow import UnitOfWork
from app.pathways.domain import StageCode
from config.settings import Settings
from tests.factories.cases import create_case
from tests.factories.clients import create_client

TODAY = date(2026, 11, 24)
A, STAGE = "work_ability_support", StageCode.PRE_CONTACT


def finish(uow: UnitOfWork, days: int, *, left_on: date, model: str = A) -> None:
    """A case of the model whose first stage lasted so many days."""
    case = create_case(uow, model=model, opened_on=left_on - timedelta(days=days))
    stay = update(StageVisit).where(StageVisit.case_id == case.id)
    uow.session.execute(stay.values(state="done", left_on=left_on))


def test_each_model_and_stage_has_a_median_of_its_own(uow: UnitOfWork) -> None:
    for number in range(FEWEST_STAYS):
        finish(uow, 3 + number % 3, left_on=TODAY)
        finish(uow, 30, left_on=TODAY, model="group_employment")
    finish(uow, 30, left_on=TODAY, model="quality_based_coaching")
    wanted = {(model, stage) for model in (A, "group_employment", "quality_based_coaching") for stage in StageCode}
    assert usual_stays(uow, wanted, today=TODAY) == {(A, STAGE): 4, ("group_employment", STAGE): 30}
    assert usual_stays(uow, set(), today=TODAY) == {}


def test_stays_finished_more_than_two_years_ago_do_not_count(uow: UnitOfWork) -> None:
    for _ in range(FEWEST_STAYS - 1):
        finish(uow, 9, left_on=TODAY)
    finish(uow, 9, left_on=date(2024, 11, 24))
    assert usual_stay(uow, A, STAGE, today=TODAY) is None
    finish(uow, 9, left_on=date(2024, 11, 25))
    assert usual_stay(uow, A, STAGE, today=TODAY) == 9


@pytest.fixture
def owner(settings: Settings) -> Iterator[Connection]:
    """The owner's connection, whose rows are gone afterwards: only the owner may count the statistics anew."""
    engine = create_engine(settings.migration_database_url)
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()
    engine.dispose()


def fill(owner: Connection, client_id: UUID, cases: int) -> None:
    """Add cases of the three models, each with five finished stages; the newest stays are the shortest."""
    owner.execute(
        text(
            "INSERT INTO pathway_case (id, client_id, ordinal, model_key, model_version, opened_on, opened_at,"
            " contact_source, source, current_stage, current_since, version, closed_on, closed_at)"
            " SELECT gen_random_uuid(), :client, g,"
            " (ARRAY['work_ability_support', 'quality_based_coaching', 'group_employment'])[1 + g % 3], 1,"
            " :first + (g % 600)::int, now(), 'self', 'work', 'joint_plan', :today, 1, :today, now()"
            " FROM generate_series((SELECT count(*) FROM pathway_case) + 1, :cases) g"
        ),
        {"client": client_id, "cases": cases, "first": date(2024, 12, 1), "today": TODAY},
    )
    owner.execute(
        text(
            "INSERT INTO stage_visit (id, case_id, ordinal, stage, state, entered_on, left_on, source, opened_at)"
            " SELECT gen_random_uuid(), c.id, v, (ARRAY['pre_contact', 'identification', 'joint_assessment',"
            " 'joint_plan', 'implementation'])[v], 'done', c.opened_on + v, c.opened_on + v + 5 + c.ordinal % 40,"
            " 'work', now() FROM pathway_case c, generate_series(1, 5) v"
            " WHERE NOT EXISTS (SELECT 1 FROM stage_visit one WHERE one.case_id = c.id)"
        )
    )
    owner.execute(text("ANALYZE pathway_case"))
    owner.execute(text("ANALYZE stage_visit"))


def rows_read(owner: Connection, statement: Select[tuple[object]]) -> int:
    """How many rows of tables and indexes a statement looks at."""
    spelled = statement.compile(owner, compile_kwargs={"literal_binds": True})
    plan = owner.exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {spelled}").scalar_one()
    found = json.loads(plan) if isinstance(plan, str) else plan
    return round(looked_at(found[0]["Plan"]))


def looked_at(node: dict[str, Any]) -> float:
    below = node.get("Plans", [])
    own = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return sum(map(looked_at, below)) if below else own * node["Actual Loops"]


def test_five_times_the_county_costs_the_median_no_more_rows(owner: Connection, vault: Vault) -> None:
    """Rows and not seconds: they are the same on a busy machine. All finished stays read grow with the county."""
    everything = select(func.percentile_cont(0.5).within_group(StageVisit.left_on - StageVisit.entered_on)).join(
        Case, Case.id == StageVisit.case_id
    )
    everything = everything.where(Case.model_key == A, StageVisit.stage == STAGE, StageVisit.state == "done")
    ours, all_of_them = [], []
    session = Session(owner, join_transaction_mode="create_savepoint")
    client_id = create_client(UnitOfWork(session, vault))
    session.commit()
    for cases in (2_000, 10_000):
        fill(owner, client_id, cases)
        ours.append(rows_read(owner, _middle(A, STAGE, date(2024, 11, 24))))
        all_of_them.append(rows_read(owner, everything))
    ratio = all_of_them[1] / ours[1]
    print(f"\nrows of the median at 2,000 and 10,000 cases: {ours}; of all stays: {all_of_them}; ratio {ratio:.1f}")
    assert all_of_them[1] > 4 * all_of_them[0]
    assert ours[1] <= 1.2 * ours[0]
    assert ratio > 5
