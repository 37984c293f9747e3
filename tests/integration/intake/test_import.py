"""The import on the database: good rows in one transaction, every fault told, nothing overwritten."""

import json
from datetime import date, datetime
from typing import BinaryIO, Final

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from app.access.actor import Role, system_actor
from app.accounts.domain import UserView
from app.accounts.queries import users_by_name
from app.cases import queries as cases
from app.clients import queries as clients
from app.core.crypto import Vault
from app.core.db import try_lock
from app.core.errors import Conflict, Forbidden
from app.core.uow import UnitOfWork
from app.duties import queries as duties
from app.intake import runs, services
from app.intake.domain import Report
from app.measures import queries as measures
from app.pathways.domain import StageCode
from app.plans import queries as plans
from app.plans.services import import_plan
from app.upkeep.domain import Drift
from app.upkeep.services import check
from tests.factories.accounts import actor_of, create_user
from tests.factories.cases import create_case
from tests.factories.intake import PLANTED, REGISTER, create_workers, many_rows, source_of

ROBOT = system_actor("system:intake")
TABLES = [
    "client",
    "client_token",
    "sealed_contact",
    "protected_handler",
    "pathway_case",
    "stage_visit",
    "responsible_period",
    "standing",
    "plan",
    "plan_version",
    "review",
    "duty",
    "measure_value",
    "reminder_entry",
    "notice",
    "audit_event",
]


def counts(uow: UnitOfWork) -> dict[str, int]:
    """How many rows each table holds that an import writes."""
    tables = {table: f"SELECT count(*) FROM {table}" for table in TABLES}  # noqa: S608 - fixed names
    return {table: uow.session.execute(text(count)).scalar_one() for table, count in tables.items()}


def run(uow: UnitOfWork, source: BinaryIO, now: datetime, *, dry_run: bool = False) -> Report:
    """Import as the job does."""
    return services.run_import(uow, source, dry_run=dry_run, actor=ROBOT, now=now)


def run_register(uow: UnitOfWork, now: datetime, *, dry_run: bool = False) -> Report:
    """Import the register of the tests."""
    with REGISTER.open("rb") as source:
        return run(uow, source, now, dry_run=dry_run)


def test_exactly_the_planted_rows_are_reported(uow: UnitOfWork, now: datetime) -> None:
    create_workers(uow)
    planted = {int(row) for row in json.loads(PLANTED.read_text())["faults"]}

    report = run_register(uow, now)

    assert {fault.row for fault in report.faults} == planted
    assert (report.rows, report.imported, report.faulty_rows) == (600, 567, 33)
    assert (report.encoding, report.delimiter) == ("Windows-1252", ";")
    assert counts(uow)["client"] == 567


FAULTY: Final = (
    {"identity_code": "131052-9086"},
    {"started_on": "31.2.2026"},
    {"municipality": "Lathi"},
    {"worker": "ei.kukaan"},
    {"stage": "Jälkihoito"},
    {"score": "11"},
    {"last_name": " "},
    {"model": "Työkykypolku"},
)


def test_of_ten_thousand_rows_exactly_the_thirty_seven_planted_are_reported_and_none_is_written(
    uow: UnitOfWork, now: datetime
) -> None:
    create_workers(uow)
    before = counts(uow)
    rows = list(many_rows(10_000))
    planted = {2 + place * 270: FAULTY[place % len(FAULTY)] for place in range(37)}
    for number, fault in planted.items():
        rows[number - 2] |= fault

    report = run(uow, source_of(*rows), now, dry_run=True)

    assert {fault.row for fault in report.faults} == set(planted)
    assert (report.rows, report.imported) == (10_000, 9_963)
    assert counts(uow) == before


def test_a_dry_run_tells_the_same_and_writes_nothing(uow: UnitOfWork, now: datetime) -> None:
    create_workers(uow)
    before = counts(uow)

    dry = run_register(uow, now, dry_run=True)

    assert counts(uow) == before
    real = run_register(uow, now)
    assert (dry.rows, dry.imported, dry.faults) == (real.rows, real.imported, real.faults)


def test_a_second_import_brings_in_nobody(uow: UnitOfWork, now: datetime) -> None:
    create_workers(uow)
    run_register(uow, now)
    before = counts(uow)

    report = run_register(uow, now)

    assert (report.imported, report.known, report.faulty_rows) == (0, 567, 33)
    after = counts(uow)
    assert {table for table in TABLES if before[table] != after[table]} == {"audit_event"}


def test_nothing_has_drifted_from_its_source_after_an_import(uow: UnitOfWork, now: datetime) -> None:
    create_workers(uow)
    run_register(uow, now)

    assert {found.drift for found in check(uow, now)} <= {Drift.SWEEP, Drift.CLEANING}  # no job has run here


def test_a_row_becomes_a_client_a_case_a_plan_a_score_and_a_duty(uow: UnitOfWork, now: datetime, today: date) -> None:
    workers = create_workers(uow)
    run(uow, source_of({}), now)

    anna = actor_of(uow, user_of(uow, "anna.maki"))
    [hit] = clients.search_for(uow, anna, "aho aino", now=now)
    client = clients.get_client_for(uow, anna, hit.id, now=now)
    assert (client.last_name, client.municipality_code, client.phone) == ("Mäki-Aho", "398", "(050) 391-7575")
    [case] = cases.cases_of_client_for(uow, anna, client.id, now=now)
    assert (case.model_key, case.worker_id, case.opened_on) == (
        "work_ability_support",
        workers["anna.maki"],
        date(2024, 10, 7),
    )
    assert (case.current_stage, case.source) == (StageCode.IMPLEMENTATION, "import")
    visits = cases.visits_of(uow, case.id)
    assert [(visit.state, visit.entered_on) for visit in visits] == [("done", None)] * 5 + [
        ("in_progress", date(2024, 10, 7))
    ]
    [plan] = plans.plans_of(uow, case.id)
    assert (plan.kind, plan.reviewed_on) == ("work_ability_support_plan", (date(2025, 5, 3),))
    [duty] = duties.open_of_case(uow, case.id)
    assert (duty.kind, duty.rule_code, duty.due_on) == ("plan_review", "REVIEW_A", date(2025, 8, 3))
    [value] = measures.series_of(uow, case.id, "ME01")
    assert value.value == 6


def user_of(uow: UnitOfWork, username: str) -> UserView:
    """The user of a name."""
    return users_by_name(uow, [username])[username]


@pytest.mark.parametrize(
    ("model", "accepted_on", "kind"),
    [
        ("Työkyvyn tuki", "12.11.2025", "work_ability_support_plan"),
        ("Tuettu työhönvalmennus", "31.12.2025", "activation_plan"),
        ("Tuettu työhönvalmennus", "1.1.2026", "multisector_employment_plan"),
        ("Ryhmämuotoinen työllistyminen", "1.1.2026", "group_employment_plan"),
    ],
)
def test_the_kind_of_plan_follows_from_pathway_and_day(
    uow: UnitOfWork, now: datetime, model: str, accepted_on: str, kind: str
) -> None:
    create_workers(uow)
    run(uow, source_of({"model": model, "accepted_on": accepted_on, "reviewed_on": ""}), now)

    assert uow.session.execute(text("SELECT kind FROM plan")).scalars().all() == [kind]


def test_what_is_written_by_copy_is_what_the_plan_service_would_have_opened(uow: UnitOfWork, now: datetime) -> None:
    workers = create_workers(uow)
    run(uow, source_of({}, {"identity_code": "040299-9103", "birth_on": "", "reviewed_on": ""}), now)
    columns = "kind, rule_code, anchor_on, due_on, law_limit_on, waits_for"
    by_copy = set(uow.session.execute(text(f"SELECT {columns} FROM duty")).all())  # noqa: S608 - our own columns
    by_hand = set()
    for reviewed in (date(2025, 5, 3), None):
        case = create_case(uow, worker=workers["anna.maki"], opened_on=date(2024, 10, 7))
        import_plan(
            uow,
            case,
            kind="work_ability_support_plan",
            in_force_on=date(2024, 11, 12),
            last_review_on=reviewed,
            actor=ROBOT,
            now=now,
        )
        found = f"SELECT {columns} FROM duty WHERE case_id = :case_id"  # noqa: S608 - our own columns
        by_hand |= set(uow.session.execute(text(found), {"case_id": case.id}).all())
    assert by_copy == by_hand


def test_contact_data_of_a_protected_person_lies_only_under_the_seal(uow: UnitOfWork, now: datetime) -> None:
    create_workers(uow)
    run(uow, source_of({"is_protected": "kyllä"}), now)

    stored = uow.session.execute(text("SELECT municipality_code, phone, email, address FROM client")).one()
    assert tuple(stored) == (None, None, None, None)
    assert counts(uow)["sealed_contact"] == 1
    assert counts(uow)["protected_handler"] == 1


def test_a_row_without_a_worker_goes_to_the_coordinators(uow: UnitOfWork, now: datetime) -> None:
    create_workers(uow)
    run(uow, source_of({"worker": ""}), now)
    coordinator = actor_of(uow, create_user(uow, roles=(Role.COORDINATOR,)))

    [hit] = clients.search_for(uow, coordinator, "aino", now=now)
    [case] = cases.cases_of_client_for(uow, coordinator, hit.id, now=now)
    assert (case.worker_id, case.team_id) == (None, None)


def test_other_data_of_a_known_person_is_a_fault_and_overwrites_nothing(uow: UnitOfWork, now: datetime) -> None:
    create_workers(uow)
    run(uow, source_of({}), now)
    before = uow.session.execute(text("SELECT phone, version FROM client")).all()

    report = run(uow, source_of({"phone": "0440 111 222"}), now)

    assert [(fault.row, fault.field) for fault in report.faults] == [(2, "Henkilötunnus")]
    assert report.imported == 0
    assert uow.session.execute(text("SELECT phone, version FROM client")).all() == before


def test_what_a_row_leaves_empty_is_no_other_data(uow: UnitOfWork, now: datetime) -> None:
    create_workers(uow)
    run(uow, source_of({}), now)

    report = run(uow, source_of({"phone": "", "email": "", "municipality": "", "worker": "", "score": ""}), now)

    assert (report.known, report.faults) == (1, ())


def test_without_a_code_a_person_is_known_by_name_birth_date_and_start(uow: UnitOfWork, now: datetime) -> None:
    create_workers(uow)
    nameless = {"identity_code": ""}
    run(uow, source_of(nameless), now)

    again = run(uow, source_of(nameless), now)
    other_start = run(uow, source_of({**nameless, "started_on": "8.10.2024"}), now)

    assert (again.known, again.imported) == (1, 0)
    assert (other_start.known, other_start.imported) == (0, 1)


def test_a_failure_at_the_end_leaves_nothing(uow: UnitOfWork, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    create_workers(uow)
    uow.commit()
    before = counts(uow)

    def broken(*_args: object, **_keywords: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("app.intake.bulk.reminders.pass_overdue", broken)
    with pytest.raises(ConnectionError):
        run_register(uow, now)
    uow.rollback()

    assert counts(uow) == before


def test_a_person_registered_in_the_same_moment_stops_the_import_with_a_sentence(
    uow: UnitOfWork, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_workers(uow)
    run(uow, source_of({}), now)
    monkeypatch.setattr("app.intake.queries.People.find", lambda *_: None)  # as if the look-up had come too early

    with pytest.raises(Conflict):
        run(uow, source_of({}), now)


def test_progress_is_told_in_rows(uow: UnitOfWork, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    create_workers(uow)
    monkeypatch.setattr(runs, "ROWS_AT_ONCE", 250)
    told: list[tuple[int, int]] = []
    with REGISTER.open("rb") as source:
        services.run_import(
            uow, source, dry_run=True, actor=ROBOT, now=now, on_progress=lambda done, total: told.append((done, total))
        )

    assert told == [(250, 600), (500, 600), (600, 600)]
    assert services.progress_line(250, 600, width=10) == "[####......] 250/600  42%"


def test_only_coordinators_and_supervisors_import(uow: UnitOfWork, now: datetime) -> None:
    worker = actor_of(uow, create_user(uow))
    with pytest.raises(Forbidden):
        services.run_import(uow, source_of({}), dry_run=True, actor=worker, now=now)


def test_while_another_import_writes_this_one_says_so_and_writes_nothing(
    uow: UnitOfWork, engine: Engine, now: datetime
) -> None:
    create_workers(uow)
    with Session(engine) as other:
        assert try_lock(other, "intake")
        with pytest.raises(Conflict, match="Another import"):
            run_register(uow, now)
        assert run_register(uow, now, dry_run=True).imported == 567
    assert counts(uow)["client"] == 0


def test_a_file_on_disk_is_brought_in_by_the_command_line(
    uow: UnitOfWork, sessions: sessionmaker[Session], vault: Vault, now: datetime
) -> None:
    create_workers(uow)
    uow.commit()

    report = services.import_file(sessions, vault, REGISTER, dry_run=False, actor=ROBOT, now=now)

    assert (report.imported, report.is_dry_run) == (567, False)
    assert counts(uow)["client"] == 567
