"""The two long jobs against what PostgreSQL needs for the bare rows: the sweep, and the import of a register."""

import csv
import io
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import psycopg

from app.access.actor import Role, system_actor
from app.accounts import services as accounts
from app.accounts.domain import Place
from app.core.db import make_engine, make_sessions
from app.core.uow import UnitOfWork, unit_of_work
from app.demo.loader import load_texts
from app.demo.people import PeopleMaker
from app.intake import services as intake
from app.intake.tables import COLUMNS
from app.pathways.loader import all_latest
from app.reference.loader import reference
from app.reminders import services as reminders
from config.embedded.postgres import APP
from tests.bench.ground import Ground

RUNS: Final = 3
BARE_LEDGER: Final = (
    "INSERT INTO reminder_entry (id, rule, duty_id, recipient_id, due_on, offset_days, channel, state, made_at)"
    " SELECT gen_random_uuid(), rule, duty_id, recipient_id, due_on, offset_days + 1000, channel, state, made_at"
    " FROM reminder_entry"
)
"""As many rows of the same ledger, with keys of their own, in one statement."""
WORKERS: Final = ("anna.maki", "juha.laine", "sari.koskinen", "timo.virta", "leena.salo")
HEADERS: Final = (
    "Sukunimi Etunimet Henkilötunnus Syntymäaika Kotikunta Asiointikieli Puhelin Sähköposti Turvakielto Palvelupolku"
    " Vaihe Asiakkuus_alkoi Vastuutyöntekijä Suunnitelma_hyväksytty Viimeisin_tarkistus Työkykypistemäärä"
)


@dataclass(frozen=True)
class Measured:
    """A job and its limit: rows, seconds of each, and how many times longer the job takes."""

    rows: int
    seconds: float
    limit_seconds: float

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds

    @property
    def ratio(self) -> float:
        """How many times longer than the bare rows."""
        return self.seconds / self.limit_seconds


def measure_sweep(ground: Ground, database: str, now: datetime) -> Measured:
    """Let the sweep remind of everything that is due, and write the same ledger rows by one INSERT … SELECT."""
    engine = make_engine(ground.server.url(APP, database), statement_timeout_ms=0)
    sessions, vault = make_sessions(engine), ground.vault()

    def units() -> AbstractContextManager[UnitOfWork]:
        return unit_of_work(sessions, vault)

    taken, bare, rows = [], [], 0
    with _operator(ground, database) as operator:
        for _ in range(RUNS):
            operator.execute("TRUNCATE reminder_entry, outbox, notice CASCADE")
            operator.execute("VACUUM ANALYZE")
            began = time.perf_counter()
            tally = reminders.sweep(units, actor=system_actor("system:reminders"), now=now)
            taken.append(time.perf_counter() - began)
            rows = tally.entered
            began = time.perf_counter()
            operator.execute(BARE_LEDGER)
            bare.append(time.perf_counter() - began)
    engine.dispose()
    return Measured(rows, statistics.median(taken), statistics.median(bare))


def measure_import(ground: Ground, clients: int, now: datetime) -> Measured:
    """Import a register, and copy the rows that came of it into the same tables of an empty database."""
    path = Path(tempfile.mkdtemp(dir=ground.home)) / "register.csv"
    write_register(path, clients, now)
    taken, bare, rows = [], [], 0
    for number in range(RUNS):
        ours, theirs = f"import{number}", f"copy{number}"
        ground.make_database(ours)
        with ground.unit(ours) as uow:
            _hire(uow, now)
        engine = make_engine(ground.server.url(APP, ours), statement_timeout_ms=0)
        began = time.perf_counter()
        report = intake.import_file(
            make_sessions(engine), ground.vault(), path, dry_run=False, actor=system_actor("system:intake"), now=now
        )
        taken.append(time.perf_counter() - began)
        engine.dispose()
        if report.imported != clients:
            raise RuntimeError(f"{report.imported} of {clients} rows came in: {report.faults[:3]}")
        ground.make_database(theirs)
        seconds, rows = _copy_over(ground, ours, theirs)
        bare.append(seconds)
        for name in (ours, theirs):
            ground.server.drop_database(name)
    return Measured(rows, statistics.median(taken), statistics.median(bare))


def write_register(path: Path, clients: int, now: datetime) -> None:
    """Write a register as an office exports it: Windows-1252, semicolons, Finnish dates."""
    random, texts, today = Random(5), load_texts(), now.date()
    people = PeopleMaker(random, texts.names, today)
    models = all_latest()
    with path.open("w", encoding="cp1252", newline="", errors="replace") as file:
        sheet = csv.writer(file, delimiter=";")
        sheet.writerow(name.replace("_", " ") for name in HEADERS.split())
        for number in range(clients):
            model = models[number % len(models)]
            stage = model.stages[number % 7]
            one = people.person(texts.stories[number % len(texts.stories)], town="398", is_protected=False)
            started = today - timedelta(days=200 + number % 300)
            accepted = started + timedelta(days=60) if stage.number > 4 else None
            reviewed = accepted + timedelta(days=80) if accepted and number % 2 else None
            days = [f"{day.day}.{day.month}.{day.year}" if day else "" for day in (started, accepted, reviewed)]
            born = f"{one.birth_on:%-d.%-m.%Y}" if one.birth_on else ""
            sheet.writerow(
                (one.last_name, one.first_names, one.identity_code or "", born, "Lahti",
                 reference().languages.label(one.contact_language), one.phone, one.email or "", "", str(model.label),
                 str(stage.label), days[0], WORKERS[number % len(WORKERS)], days[1], days[2], number % 11)
            )  # fmt: skip


def _hire(uow: UnitOfWork, now: datetime) -> None:
    actor = system_actor("system:demo")
    team = accounts.create_team(uow, name="Tiimi", actor=actor, now=now)
    for name in WORKERS:
        accounts.create_user(
            uow, username=name, full_name=name, roles=[Role.OWN_WORKER],
            professions=["social_counsellor", "care_lead", "employment_coach"], places=[Place(team)], actor=actor,
            now=now,
        )  # fmt: skip


def _copy_over(ground: Ground, source: str, target: str) -> tuple[float, int]:
    """Copy the rows of an import into an empty database; returns the seconds of the writing, and the rows."""
    plain = _plain(ground.server.url(APP, source)), _plain(ground.server.url(APP, target))
    rows = 0
    with psycopg.connect(plain[0]) as ours, psycopg.connect(plain[1]) as theirs:
        for table in ("team", "user_account"):
            _put(theirs, table, _got(ours, table))
        theirs.commit()
        parts: list[tuple[str, bytes]] = []
        for table in COLUMNS:
            parts.append((table, _got(ours, table)))
            rows += parts[-1][1].count(b"\n")
        began = time.perf_counter()
        for table, content in parts:
            _put(theirs, table, content)
        theirs.commit()
        return time.perf_counter() - began, rows


def _got(connection: "psycopg.Connection[Any]", table: str) -> bytes:
    held = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({_columns(connection, table)}) TO STDOUT") as copy:
        for block in copy:
            held.write(block)
    return held.getvalue()


def _put(connection: "psycopg.Connection[Any]", table: str, content: bytes) -> None:
    columns = _columns(connection, table)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        copy.write(content)


def _columns(connection: "psycopg.Connection[Any]", table: str) -> str:
    """Return the columns that may be written: an identity the database always makes is left to it."""
    found = connection.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND coalesce(identity_generation, '') <> 'ALWAYS'"
        " AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [table],
    )
    return ", ".join(row[0] for row in found)


@contextmanager
def _operator(ground: Ground, database: str) -> "Iterator[psycopg.Connection[Any]]":
    with psycopg.connect(_plain(ground.superuser_url(database)), autocommit=True) as connection:
        yield connection


def _plain(url: str) -> str:
    return url.replace("+psycopg", "", 1)


Measure = Callable[[], Measured]
