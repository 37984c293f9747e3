"""Row 17: a form does its work once, however often and however fast it is sent."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier
from typing import Final
from uuid import UUID

import pytest
from sqlalchemy import text

from app.cases import queries as cases
from app.cases.domain import CaseView
from config.embedded.postgres import Postgres
from tests.factories.accounts import create_team, create_user
from tests.factories.cases import create_case
from tests.faults.served import UNKNOWN, Answer, Browser, WebGround, WebServer, form_in, give_password

pytestmark = pytest.mark.faults

TIMES: Final = 50
LINE: Final = "Sovittiin käynnistä työpaikalla"
STEP: Final = "Soitan työnantajalle"
RETRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Sending:
    """One press of the button, as the person at the screen knows it."""

    intent: str
    key: str
    answer: Answer


@dataclass
class Ledger:
    """What was sent and what was answered, kept outside the system."""

    sendings: list[Sending] = field(default_factory=list)

    @property
    def intents(self) -> set[str]:
        """The acts that were meant: one for each key, however often it was sent."""
        return {sending.key for sending in self.sendings}

    @property
    def acknowledged(self) -> set[str]:
        """The keys of the acts that somebody was told are done."""
        return {sending.key for sending in self.sendings if sending.answer.status == 303}


@dataclass(frozen=True, slots=True)
class Found:
    """What the database holds of one case."""

    lines: list[str]
    steps: list[str]
    duties: int
    acts: Counter[str]


class Desk:
    """A worker with two cases: one to learn on what a single sending leaves, and one to be hit."""

    def __init__(self, ground: WebGround) -> None:
        self.ground = ground
        with ground.work() as uow:
            team = create_team(uow)
            worker = create_user(uow, teams=(team,))
            self.username = give_password(uow, worker)
            self.single, self.hit = (create_case(uow, worker=worker, team=team) for _ in range(2))

    def open_browser(self, web: WebServer) -> Browser:
        """Sign in, and write one entry the way it is meant to go."""
        browser = Browser(web.port)
        browser.sign_in(self.username)
        answer = browser.post(self.address(self.single), self.filled(browser, self.single))
        assert answer.status == 303, (answer.status, answer.body[-3000:])
        return browser

    def filled(self, browser: Browser, case: CaseView) -> dict[str, object]:
        """The form as a worker fills it in, sure of it: the question about a likely twin must not be what saves us."""
        opened = browser.form(self.address(case), "kirjaus")
        return {**opened, "line": LINE, "step": STEP, "step_due": "8.12.2026", "is_sure": "y"}

    def send_at_once(self, browser: Browser) -> Ledger:
        """Send one filled-in form from as many connections at the same instant; silence is answered by the same key."""
        values, start = self.filled(browser, self.hit), Barrier(TIMES)
        browsers = [Browser(browser.port, dict(browser.cookies)) for _ in range(TIMES)]

        def press(one: Browser) -> list[Sending]:
            answers = [one.post(self.address(self.hit), values, start)]
            while answers[-1] is UNKNOWN and len(answers) <= RETRIES:
                answers.append(one.post(self.address(self.hit), values))
            return [Sending(LINE, str(values["once"]), answer) for answer in answers]

        with ThreadPoolExecutor(TIMES) as hands:
            return Ledger([sending for pressed in hands.map(press, browsers) for sending in pressed])

    def found(self, case: CaseView) -> Found:
        """What is there now."""
        with self.ground.work() as uow:
            notes = cases.notes_of(uow, case.id, limit=200)
            steps = cases.open_steps_of(uow, case.id)
        acts = "SELECT action FROM audit_event WHERE case_id = :case AND action NOT IN ('viewed', 'listed')"
        duties = "SELECT count(*) FROM duty WHERE case_id = :case AND kind = 'task'"
        with self.ground.engine.connect() as connection:
            trail = connection.scalars(text(acts), {"case": case.id})
            return Found(
                [note.line for note in notes],
                [step.text for step in steps],
                self.ground.one(duties, case=case.id),
                Counter(trail),
            )

    @staticmethod
    def address(case: CaseView) -> str:
        """Where entries of a case are written."""
        return f"/polut/{case.id}/kirjaa"


def faults(ledger: Ledger, found: Found, single: Found, case_id: UUID) -> list[str]:
    """Say what is lost, doubled or made up, and which answer was not the one redirect."""
    wrong = []
    if ledger.acknowledged and not found.lines:
        wrong.append("lost: acknowledged, and no entry is there")
    for what, there in (("entries", len(found.lines)), ("promises", len(found.steps)), ("duties", found.duties)):
        if there > len(ledger.intents):
            wrong.append(f"duplicate: {there} {what} of {len(ledger.intents)} act")
    if set(found.lines) - {sending.intent for sending in ledger.sendings}:
        wrong.append("phantom: an entry nobody meant")
    if found.acts != single.acts:
        wrong.append(f"trail: {dict(found.acts)}, of a single sending {dict(single.acts)}")
    answers = Counter((sending.answer.status, sending.answer.location) for sending in ledger.sendings)
    if set(answers) != {(303, f"/polut/{case_id}")}:
        wrong.append(f"answers: {dict(answers)}")
    return wrong


@pytest.fixture(scope="module")
def ground(cluster_admin: Postgres) -> Iterator[WebGround]:
    """A database of these tests."""
    ground = WebGround(cluster_admin)
    yield ground
    ground.close()


@pytest.fixture(scope="module")
def web(ground: WebGround) -> Iterator[WebServer]:
    """The product as it is."""
    with ground.serve() as server:
        yield server


@pytest.fixture
def desk(ground: WebGround) -> Desk:
    """A worker of this test's own."""
    return Desk(ground)


def test_fifty_identical_sendings_write_one_entry_and_are_all_led_to_it(desk: Desk, web: WebServer) -> None:
    browser = desk.open_browser(web)
    ledger = desk.send_at_once(browser)
    single, found = desk.found(desk.single), desk.found(desk.hit)
    print(f"\n{len(ledger.sendings)} sendings of {TIMES}: {len(found.lines)} entry, {dict(found.acts)}")
    assert faults(ledger, found, single, desk.hit.id) == [], web.words()
    assert (found.lines, found.steps, found.duties) == ([LINE], [STEP], 1)
    assert len(ledger.sendings) == TIMES
    assert found.acts.total() > 0


def test_refresh_and_the_back_button_write_nothing_more(desk: Desk, web: WebServer) -> None:
    browser = desk.open_browser(web)
    values, ledger = desk.filled(browser, desk.hit), Ledger()
    for _ in range(3):
        answer = browser.post(desk.address(desk.hit), values)
        ledger.sendings.append(Sending(LINE, str(values["once"]), answer))
    single, found = desk.found(desk.single), desk.found(desk.hit)
    assert faults(ledger, found, single, desk.hit.id) == [], web.words()


def test_words_changed_after_the_back_button_are_not_passed_off_as_saved(desk: Desk, web: WebServer) -> None:
    browser, address = desk.open_browser(web), desk.address(desk.hit)
    values, changed = desk.filled(browser, desk.hit), "Sovittiin käynnistä etänä"
    assert browser.post(address, values).status == 303
    answer = browser.post(address, {**values, "line": changed})
    assert (answer.status, desk.found(desk.hit).lines) == (409, [LINE])
    again = form_in(answer.body, "kirjaus")
    assert again["line"] == changed
    assert browser.post(address, again).status == 303
    assert sorted(desk.found(desk.hit).lines) == sorted([LINE, changed])


def test_the_check_finds_out_a_product_that_takes_every_sending_for_the_first(desk: Desk) -> None:
    with desk.ground.serve("tests.faults.sabotaged:without_once") as web:
        ledger = desk.send_at_once(desk.open_browser(web))
        wrong = faults(ledger, desk.found(desk.hit), desk.found(desk.single), desk.hit.id)
    print(f"\nwithout the key: {wrong}")
    assert any(fault.startswith("duplicate: ") for fault in wrong), wrong
    assert any(fault.startswith("trail: ") for fault in wrong), wrong
