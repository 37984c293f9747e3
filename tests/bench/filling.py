"""Fills a database with many clients, by COPY, and writes the same rows in clear text beside them for the limit."""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final, TypeAlias
from uuid import UUID

import psycopg

from app.access.actor import Role, system_actor
from app.core import clock
from app.core.clock import local_date
from app.core.db import copy_rows
from app.core.ids import new_id
from app.core.uow import UnitOfWork
from app.demo.loader import load_texts
from app.demo.people import PeopleMaker
from app.intake.bulk import RegisterBatch
from app.intake.entries import (
    NewAction,
    NewAssignment,
    NewCase,
    NewClient,
    NewConsent,
    NewConsentItem,
    NewGoal,
    NewMeasure,
    NewNote,
    NewPlan,
    NewPromise,
    NewVisit,
)
from app.pathways.domain import STANDING, StageCode
from app.pathways.engine import StageState as State
from app.pathways.engine import Visit, stage_map
from app.pathways.loader import latest
from app.reference.loader import reference

CASES_OF_A_WORKER: Final = 40
CASES_OF_A_BENCH_WORKER: Final = 50  # one full page of the work list
WORKERS_OF_A_TEAM: Final = 8
BENCH_WORKERS: Final = 16
BENCH_LEADS: Final = 16
NOTES: Final = 4
NOTES_OF_BENCH: Final = 20  # one client page's
MODELS: Final = ("work_ability_support", "quality_based_coaching", "group_employment")
STAGES: Final = tuple(StageCode)

CLEAR_TABLES: Final = """
    CREATE TABLE bench_case (
        case_id uuid PRIMARY KEY, client_id uuid NOT NULL, worker_id uuid NOT NULL, team_id uuid NOT NULL,
        name text NOT NULL, last_name text NOT NULL, ref text NOT NULL, town text NOT NULL, born_on date,
        states text NOT NULL, number int NOT NULL, stage text NOT NULL, step text NOT NULL, whose text NOT NULL,
        due_on date NOT NULL, is_review boolean NOT NULL, last_on date, last_kind text NOT NULL
    );
    CREATE TABLE bench_note (
        case_id uuid NOT NULL, ordinal int NOT NULL, happened_on date NOT NULL, kind text NOT NULL,
        author text NOT NULL, line text NOT NULL, text text NOT NULL, PRIMARY KEY (case_id, ordinal)
    );
"""
CLEAR_INDEXES: Final = """
    CREATE INDEX ON bench_case (worker_id, due_on, case_id);
    CREATE INDEX ON bench_case (team_id, last_name text_pattern_ops);
    CREATE INDEX ON bench_case (team_id, due_on) WHERE is_review;
    GRANT SELECT ON bench_case, bench_note TO polku_app;
"""
CASE_COLUMNS: Final = (
    "case_id, client_id, worker_id, team_id, name, last_name, ref, town, born_on, states, number, stage, step, whose,"
    " due_on, is_review, last_on, last_kind"
)
NOTE_COLUMNS: Final = "case_id, ordinal, happened_on, kind, author, line, text"
LOOK: Final = ("auto", "comfortable")
FORMS: Final = '{"csrf_token": "' + "0" * 40 + '"}'


Clear: TypeAlias = "psycopg.Connection[Any]"


@dataclass
class Filled:
    """Who may be asked for what: sessions of the bench's workers and leads, and the clients of each worker."""

    clients: int
    worker_tokens: list[str] = field(default_factory=list)
    lead_tokens: list[str] = field(default_factory=list)
    worker_ids: list[UUID] = field(default_factory=list)
    lead_ids: list[UUID] = field(default_factory=list)
    team_of: dict[UUID, UUID] = field(default_factory=dict)
    cases_of: dict[UUID, list[tuple[UUID, UUID]]] = field(default_factory=dict)  # worker → (client, case)
    name_of: dict[UUID, str] = field(default_factory=dict)  # worker → letters that begin the name of one of the clients
    small_worker: UUID | None = None
    small_token: str = ""
    small_lead_token: str = ""
    rows: int = 0


@dataclass(frozen=True)
class Seat:
    """A worker in a team, with how many cases."""

    id: UUID
    team_id: UUID
    cases: int
    notes: int


class Filler:
    """One filling; `clear` is a connection that may write the limit's tables, or None."""

    def __init__(
        self, uow: UnitOfWork, *, clients: int, now: datetime, clear: "psycopg.Connection[Any] | None"
    ) -> None:
        self.uow, self.now, self.today, self.clear = uow, now, local_date(now), clear
        self.clients = clients
        self.random = Random(1)
        self.texts = load_texts()
        self.people = PeopleMaker(self.random, self.texts.names, self.today)
        self.filled = Filled(clients)
        self.made = 0
        self._case_rows: list[tuple[Any, ...]] = []
        self._note_rows: list[tuple[Any, ...]] = []

    def fill(self) -> Filled:
        """Write staff, sessions and clients; the caller commits."""
        seats = list(self._seats())
        self._staff(seats)
        batch = RegisterBatch(self.uow, actor=system_actor("system:demo"), now=self.now, source="bench")
        for client in self._people_of(seats):
            batch.add(client)
            if len(self._case_rows) >= 5_000:
                self._write_clear()
        counts = batch.finish(passes_overdue=False)
        self._write_clear()
        self.filled.rows = sum(counts.values())
        return self.filled

    # ------------------------------------------------------------ staff

    def _seats(self) -> Iterator[Seat]:
        """Seat the bench's workers in full teams of their own, and everybody else after them."""
        team, placed, left = new_id(), 0, self.clients
        for number in range(BENCH_WORKERS):
            if number and number % WORKERS_OF_A_TEAM == 0:
                team = new_id()
            cases = min(CASES_OF_A_BENCH_WORKER, left)
            left -= cases
            yield Seat(new_id(), team, cases, NOTES_OF_BENCH)
        small_team = new_id()
        small = min(10, left)
        left -= small
        yield Seat(new_id(), small_team, small, NOTES_OF_BENCH)
        while left > 0:
            if placed % WORKERS_OF_A_TEAM == 0:
                team = new_id()
            cases = min(CASES_OF_A_WORKER, left)
            left -= cases
            placed += 1
            yield Seat(new_id(), team, cases, NOTES)

    def _staff(self, seats: list[Seat]) -> None:
        filled = self.filled
        teams = list(dict.fromkeys(seat.team_id for seat in seats))
        bench = seats[:BENCH_WORKERS]
        bench_teams = list(dict.fromkeys(seat.team_id for seat in bench))
        small = seats[BENCH_WORKERS]
        leads = [(new_id(), bench_teams[number % len(bench_teams)]) for number in range(BENCH_LEADS)]
        leads.append((new_id(), small.team_id))
        session = self.uow.session
        copy_rows(session, "team", ("id", "name", "is_active", "version"),
                  [(team, f"Tiimi {number}", True, 1) for number, team in enumerate(teams, 1)])  # fmt: skip
        users = [self._user(seat.id, f"w{number}", Role.OWN_WORKER) for number, seat in enumerate(seats)]
        users += [self._user(lead, f"lead{number}", Role.SUPERVISOR) for number, (lead, _) in enumerate(leads)]
        columns = "id username full_name email phone roles professions password_hash must_change_password is_active"
        columns += " is_demo theme density created_at version"
        copy_rows(session, "user_account", columns.split(), users)
        members = [(new_id(), seat.team_id, seat.id, False, self.now) for seat in seats]
        members += [(new_id(), team, lead, True, self.now) for lead, team in leads]
        copy_rows(session, "team_member", ("id", "team_id", "user_id", "is_lead", "valid_from"), members)
        filled.worker_ids = [seat.id for seat in bench]
        filled.lead_ids = [lead for lead, _ in leads[:-1]]
        filled.team_of = {seat.id: seat.team_id for seat in bench} | dict(leads)
        filled.small_worker = small.id
        tokens = self._sessions([*filled.worker_ids, *filled.lead_ids, small.id, leads[-1][0]])
        filled.worker_tokens = tokens[:BENCH_WORKERS]
        filled.lead_tokens = tokens[BENCH_WORKERS:-2]
        filled.small_token, filled.small_lead_token = tokens[-2:]

    def _user(self, user_id: UUID, username: str, role: Role) -> tuple[Any, ...]:
        who = (user_id, username, self.people.staff_name(), f"{username}@example.org", "", [str(role)])
        return (*who, ["social_counsellor", "employment_coach"], "", False, True, False, *LOOK, self.now, 1)

    def _sessions(self, users: list[UUID]) -> list[str]:
        tokens = [secrets.token_urlsafe(32) for _ in users]
        rows: list[tuple[Any, ...]] = []
        for token, user in zip(tokens, users, strict=True):
            row = (new_id(), hashlib.sha256(token.encode()).digest(), user, self.now, self.now, self.now)
            rows.append((*row, [], FORMS, "127.0.0.1", "bench"))
        columns = "id token_hash user_id created_at authenticated_at last_seen_at factors content address agent"
        copy_rows(self.uow.session, "user_session", columns.split(), rows)
        return tokens

    # ------------------------------------------------------------ clients

    def _people_of(self, seats: list[Seat]) -> Iterator[NewClient]:
        for seat in seats:
            for _ in range(seat.cases):
                client = self._client(seat)
                if seat.notes == NOTES_OF_BENCH:
                    self.filled.cases_of.setdefault(seat.id, []).append((client.id, client.cases[0].id))
                    self.filled.name_of[seat.id] = client.last_name[:4].lower()
                yield client

    def _client(self, seat: Seat) -> NewClient:
        self.made += 1
        story = self.texts.stories[self.made % len(self.texts.stories)]
        person = self.people.person(story, town=("398", "098", "111", "560")[self.made % 4], is_protected=False)
        stage = STAGES[self.made * 5 % 7]
        model = MODELS[self.made % 3]
        opened = self.today - timedelta(days=250)
        visits = tuple(_visits(stage, opened))
        plan, promise, due = self._due(stage, model)
        notes = tuple(self._notes(story, seat.notes, promise))
        case = NewCase(
            model=model,
            opened_on=opened,
            visits=visits,
            team_id=seat.team_id,
            line=(NewAssignment(user_id=seat.id, since=self.now - timedelta(days=240)),),
            contact_source="self",
            plans=(plan,) if plan else (),
            notes=notes,
            consents=(
                NewConsent(
                    kind="consent", basis="CONSENT", given_on=opened + timedelta(days=20), form="oral",
                    items=tuple(NewConsentItem(party=party, category="health", purpose="planning")
                                for party in story.parties[:2]),
                ),
            ),
            measures=(NewMeasure(measure="ME01", value=story.score, measured_on=opened + timedelta(days=10)),),
        )  # fmt: skip
        person = replace(person, cases=(case,))
        if self.clear is not None:
            self._clear_rows(person, case, seat, due)
        return person

    def _due(self, stage: StageCode, model: str) -> tuple[NewPlan | None, NewPromise | None, tuple[date, bool, str]]:
        """Let one in twelve be late; a plan's review falls due where there is a plan, else a promise."""
        random = self.random
        days = -random.randint(1, 40) if random.random() < 1 / 12 else random.randint(0, 85)
        due = self.today + timedelta(days=days)
        if stage.number < STANDING.number:
            text = "Varaa aika palveluun"
            return None, NewPromise(owner="worker", text=text, due_on=due), (due, False, text)
        in_force = min(due - timedelta(days=88), self.today - timedelta(days=2))
        goals = (NewGoal(text="Haluan takaisin töihin.", actions=(NewAction(text="Käyn kurssilla.", owner="client"),)),)
        kind = latest(model).default_plan_kind(in_force)
        plan = NewPlan(kind=kind, in_force_on=in_force, period_start=in_force, accepted_on=in_force,
                       acceptance_way="oral", next_review_on=due, goals=goals)  # fmt: skip
        return plan, None, (due, True, "Tarkista suunnitelma")

    def _notes(self, story: Any, count: int, promise: NewPromise | None) -> Iterator[NewNote]:  # noqa: ANN401 - a story
        lines = (*story.identification, *story.assessment, *story.progress)
        for number in range(count):
            said = lines[number % len(lines)]
            day = self.today - timedelta(days=240 - number * (240 // count) + self.made % 5)
            yield NewNote(kind=("visit", "call")[number % 2], happened_on=day, line=said.line, text=said.text,
                          topic="progress", promises=(promise,) if promise and number == count - 1 else ())  # fmt: skip

    # ------------------------------------------------------------ the limit's rows

    def _clear_rows(self, person: NewClient, case: NewCase, seat: Seat, due: tuple[date, bool, str]) -> None:
        stages = stage_map([Visit(one.stage, State(one.state), one.entered_on, one.left_on) for one in case.visits])
        states = ",".join(str(stages.states[code]) for code in STAGES)
        lists, last = reference(), case.notes[-1]
        stage = str(latest(case.model).stage(stages.current).short)
        town = lists.municipalities.label(person.municipality_code)
        name = f"{person.last_name} {person.first_names.split()[0]}"
        self._case_rows.append(
            (case.id, person.id, seat.id, seat.team_id, name, person.last_name.lower(), f"A-{self.made + 1000}", town,
             person.birth_on, states, stages.current.number, stage, due[2], "Odottaa sinua", due[0], due[1],
             last.happened_on, lists.note_kinds.label(last.kind).lower())
        )  # fmt: skip
        self._note_rows += [
            (case.id, place, note.happened_on, lists.note_kinds.label(note.kind), "Omatyöntekijä", note.line, note.text)
            for place, note in enumerate(case.notes)
        ]

    def _write_clear(self) -> None:
        if self.clear is None:
            return
        for table, columns, rows in (
            ("bench_case", CASE_COLUMNS, self._case_rows),
            ("bench_note", NOTE_COLUMNS, self._note_rows),
        ):
            with self.clear.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            rows.clear()


def _visits(stage: StageCode, opened: date) -> Iterator[NewVisit]:
    for number, code in enumerate(STAGES[: stage.number]):
        day = opened + timedelta(days=10 * number)
        is_open = code is stage or (code is STANDING)
        state = "in_progress" if is_open else "done"
        left = None if is_open else day + timedelta(days=10)
        yield NewVisit(stage=code, state=state, entered_on=day, left_on=left)


def instant() -> datetime:
    """The moment of a bench: the machine's, since the web servers go by it."""
    return clock.moment().astimezone(UTC)
