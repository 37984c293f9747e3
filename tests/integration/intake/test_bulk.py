"""Writing many clients at once: what is written is what the features' own services would have written."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Table, text

import app.consents.models
import app.measures.models
import app.network.models
import app.plans.models
import app.protection.models  # noqa: F401 - the imports fill Base.metadata
from app.access.actor import Role, system_actor
from app.cases import queries as cases
from app.clients import queries as clients
from app.clients.domain import NIL_TEAM
from app.core.db import Base
from app.core.uow import UnitOfWork
from app.duties import queries as duties
from app.intake.bulk import (
    NewAction,
    NewAssignment,
    NewCase,
    NewClient,
    NewConsent,
    NewConsentItem,
    NewGoal,
    NewMeasure,
    NewMember,
    NewNote,
    NewPlan,
    NewPromise,
    NewRecorded,
    NewReview,
    NewVisit,
    RegisterBatch,
)
from app.intake.tables import COLUMNS
from app.pathways.domain import StageCode
from app.upkeep.domain import Drift
from app.upkeep.services import check
from tests.factories.accounts import actor_of, create_team, create_user

DEMO = system_actor("system:demo")


CONSENT = NewConsent(
    kind="consent",
    basis="CONSENT",
    given_on=date(2026, 3, 1),
    form="oral",
    items=(NewConsentItem(party="kela", category="health", purpose="planning"),),
    valid_until=date(2027, 3, 1),
)
GOAL = NewGoal(text="Jaksan kolme päivää viikossa.", actions=(NewAction(text="Kävelen.", owner="client"),))
PROMISE = NewPromise(owner="worker", text="Soitan.", due_on=date(2026, 11, 20))


def one_of_everything(worker: UUID, team: UUID, now: datetime, **changes: Any) -> NewCase:  # noqa: ANN401 - any field
    """A case with a row in every table that bulk writes."""
    plan = NewPlan(
        kind="work_ability_support_plan",
        in_force_on=date(2026, 3, 31),
        period_end=date(2027, 3, 31),
        accepted_on=date(2026, 3, 31),
        acceptance_way="oral",
        goals=(GOAL,),
        reviews=(NewReview(held_on=date(2026, 6, 30), situation="Hyvä.", outcomes=("partly",)),),
    )
    note = NewNote(
        kind="visit",
        happened_on=date(2026, 11, 2),
        line="Sovittiin kokeilusta.",
        promises=(PROMISE,),
    )
    case = NewCase(
        model="work_ability_support",
        opened_on=date(2026, 2, 2),
        visits=(
            NewVisit(stage=StageCode.PRE_CONTACT, state="done"),
            NewVisit(stage=StageCode.IDENTIFICATION, state="in_progress", entered_on=date(2026, 2, 2)),
        ),
        team_id=team,
        line=(NewAssignment(user_id=worker, since=now - timedelta(days=200)),),
        plans=(plan,),
        notes=(note,),
        consents=(CONSENT,),
        members=(NewMember(name="Tutkija Tiina", party="kela", lacks_basis=True),),
        measures=(NewMeasure(measure="ME01", value=6, measured_on=date(2026, 2, 2)),),
        recorded=(NewRecorded(document="DO05", system="SY01", recorded_on=date(2026, 4, 1), reference="12"),),
    )
    return replace(case, **changes)


def person(*cases: NewCase, **changes: Any) -> NewClient:  # noqa: ANN401 - any field
    """A person who is found by name."""
    known = {"last_name": "Mäki-Aho", "first_names": "Aino Maria", "identity_code": "131052-9085"}
    return NewClient(**{**known, "birth_on": date(1952, 10, 13), "municipality_code": "398", **changes}, cases=cases)


def columns_that_need_a_value(table: Table) -> set[str]:
    """The columns of a table that the database does not fill by itself and that may not be empty."""
    return {
        column.name
        for column in table.columns
        if not column.nullable and column.server_default is None and column.identity is None
    }


def test_every_table_gets_every_column_it_needs() -> None:
    tables = Base.metadata.tables
    for table, columns in COLUMNS.items():
        assert columns_that_need_a_value(tables[table]) <= set(columns), table
        assert set(columns) <= set(tables[table].columns.keys()), table


def test_one_client_with_everything_lands_in_every_table(uow: UnitOfWork, now: datetime, today: date) -> None:
    team = create_team(uow)
    worker = create_user(uow, teams=(team,))
    batch = RegisterBatch(uow, actor=DEMO, now=now, source="demo", is_backdated=True)
    gone = one_of_everything(
        worker.id, team, now, closed_on=date(2026, 11, 1), outcome="no_need", model="group_employment"
    )
    case = one_of_everything(worker.id, team, now)
    client_id = batch.add(person(case, gone, is_protected=True, phone="0440 123 456"))

    counts = batch.finish()

    assert [table for table, count in counts.items() if not count] == []
    actor = actor_of(uow, worker)
    view = cases.get_case_for(uow, actor, case.id, now=now)
    assert view.current_stage is StageCode.IDENTIFICATION
    assert (view.last_contact_on, view.last_contact_kind) == (date(2026, 11, 2), "visit")
    shown = clients.get_client_for(uow, actor, client_id, now=now)
    assert (shown.name, shown.is_protected, shown.municipality_code, shown.phone) == ("Mäki-Aho Aino", True, None, None)
    assert [hit.id for hit in clients.search_for(uow, actor, "makiaho", now=now)] == [client_id]
    due = {(one.kind, one.due_on) for one in duties.open_of_case(uow, case.id)}
    assert due == {
        ("plan_review", date(2026, 9, 30)),
        ("plan_period_end", date(2027, 3, 31)),
        ("task", date(2026, 11, 20)),
        ("consent_expiry", date(2027, 3, 1)),
        ("member_without_basis", today),
    }
    assert duties.open_of_case(uow, gone.id) == []
    assert {found.drift for found in check(uow, now)} <= {Drift.SWEEP, Drift.CLEANING}  # no job has run here


def test_what_is_late_already_is_entered_as_gone_by(uow: UnitOfWork, now: datetime) -> None:
    team = create_team(uow)
    worker = create_user(uow, teams=(team,))
    batch = RegisterBatch(uow, actor=DEMO, now=now, source="demo")
    batch.add(person(one_of_everything(worker.id, team, now)))

    batch.finish()

    states = uow.session.execute(text("SELECT DISTINCT state FROM reminder_entry")).scalars().all()
    assert states == ["passed"]
    assert uow.session.execute(text("SELECT count(*) FROM notice")).scalar_one() == 1


def test_a_case_without_a_worker_is_found_by_coordinators_only(uow: UnitOfWork, now: datetime) -> None:
    team = create_team(uow)
    worker = create_user(uow, teams=(team,))
    coordinator = create_user(uow, roles=(Role.COORDINATOR,))
    case = replace(one_of_everything(worker.id, team, now), line=(), team_id=None, plans=())
    batch = RegisterBatch(uow, actor=DEMO, now=now, source="import")
    client_id = batch.add(person(case))
    batch.finish()

    filed = uow.session.execute(text("SELECT DISTINCT team_id FROM client_token")).scalars().all()
    assert filed == [NIL_TEAM]
    assert clients.search_for(uow, actor_of(uow, worker), "makiaho", now=now) == []
    found = clients.search_for(uow, actor_of(uow, coordinator), "aino", now=now)
    assert [hit.id for hit in found] == [client_id]


def test_a_batch_never_commits(uow: UnitOfWork, now: datetime) -> None:
    batch = RegisterBatch(uow, actor=DEMO, now=now, source="import", size=1)
    batch.add(person())
    batch.finish()
    uow.rollback()

    assert uow.session.execute(text("SELECT count(*) FROM client")).scalar_one() == 0


@pytest.mark.parametrize("size", [1, 2, 50])
def test_the_size_of_a_batch_changes_nothing(uow: UnitOfWork, now: datetime, size: int) -> None:
    batch = RegisterBatch(uow, actor=DEMO, now=now, source="import", size=size)
    for number in range(5):
        batch.add(person(identity_code=None, first_names=f"Aino {number}"))

    assert batch.finish()["client"] == 5
    assert uow.session.execute(text("SELECT count(*) FROM client")).scalar_one() == 5
