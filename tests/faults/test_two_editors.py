"""Row 18: of two workers who save one plan at once, one wins and the other is shown both texts; none is overwritten."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from threading import Barrier
from typing import Final

import pytest

from app.access.actor import system_actor
from app.network import services as network
from app.plans import queries as plans
from config.embedded.postgres import Postgres
from tests.factories.accounts import create_team, create_user
from tests.factories.cases import create_case
from tests.factories.plans import build_content, create_draft
from tests.faults.served import NOW, Answer, Browser, WebGround, WebServer, give_password

pytestmark = pytest.mark.faults

ROUNDS: Final = 200
SABOTAGED_ROUNDS: Final = 10
HIDDEN: Final = re.compile(r'name="(once|version)"[^>]* value="([^"]*)"')
GOAL: Final = "goal-1-text"
OWN_FIELD: Final = r'<(?:textarea|input)[^>]*name="goal-1-text"[^>]*?(?:>|value=")\s*%s\b'


@dataclass(frozen=True, slots=True)
class Saving:
    """What one worker wrote in a round, the version they had opened, and what they were answered."""

    typed: str
    opened: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Round:
    """Both savings, and what the plan says afterwards; kept outside the system."""

    savings: tuple[Saving, ...]
    stored: str
    version: int

    @property
    def faults(self) -> list[str]:
        """Say what went wrong in this round."""
        winners = [one for one in self.savings if one.answer.status == 303]
        losers = [one for one in self.savings if one.answer.status == 409]
        wrong = []
        if (len(winners), len(losers)) != (1, 1):
            wrong.append(f"answers: {sorted(one.answer.status for one in self.savings)}")
        wrong.extend("overwritten: a saved text is gone" for one in winners if one.typed != self.stored)
        wrong.extend("lost: the page has not the loser's text" for one in losers if not _keeps(one))
        theirs = [(one, winner) for one in losers for winner in winners]
        wrong.extend("blind: the winner's text is not shown" for one, won in theirs if won.typed not in one.answer.body)
        if {one.opened for one in self.savings} != {str(self.version - 1)}:
            wrong.append(f"versions: opened {[one.opened for one in self.savings]}, now {self.version}")
        return wrong


def _keeps(saving: Saving) -> bool:
    """Whether the page gives back what was typed, in its field."""
    return re.search(OWN_FIELD % re.escape(saving.typed), saving.answer.body) is not None


class Table:
    """One draft of a plan, a responsible worker and a pair."""

    def __init__(self, ground: WebGround) -> None:
        self.ground = ground
        who = system_actor("system:demo")
        with ground.work() as uow:
            team = create_team(uow)
            workers = [create_user(uow, teams=(team,)) for _ in range(2)]
            self.names = [give_password(uow, worker) for worker in workers]
            self.case = create_case(uow, worker=workers[0], team=team)
            network.add_pair(uow, self.case, user_id=workers[1].id, actor=who, now=NOW)
            content = build_content(next_review_on=date(2027, 3, 1))
            self.version_id = create_draft(uow, self.case, content=content, now=NOW)
        self.address = f"/polut/{self.case.id}/suunnitelmat/{self.version_id}/muokkaa"
        self.written_before = self.written

    def play(self, web: WebServer, rounds: int) -> list[Round]:
        """Let both save at once, again and again."""
        browsers = [Browser(web.port) for _ in self.names]
        for browser, name in zip(browsers, self.names, strict=True):
            browser.sign_in(name)
        forms = [browser.form(self.address, "suunnitelma") for browser in browsers]
        start = Barrier(len(browsers))
        with ThreadPoolExecutor(len(browsers)) as hands:
            return [self._round(hands, browsers, forms, start, number) for number in range(rounds)]

    def _round(
        self,
        hands: ThreadPoolExecutor,
        browsers: list[Browser],
        forms: list[dict[str, str | list[str]]],
        start: Barrier,
        number: int,
    ) -> Round:
        opened = [dict(HIDDEN.findall(page.body)) for page in hands.map(lambda one: one.get(self.address), browsers)]

        def save(seat: int) -> Saving:
            typed = f"Tavoite {number} paikalta {seat}"
            answer = browsers[seat].post(self.address, {**forms[seat], **opened[seat], GOAL: typed}, start)
            return Saving(typed, opened[seat]["version"], answer)

        savings = tuple(hands.map(save, range(len(browsers))))
        with self.ground.work() as uow:
            stored = plans.version_of(uow, self.case.id, self.version_id)
        return Round(savings, stored.goals[0].text, stored.head.version)

    @property
    def written(self) -> int:
        """How often the trail says that the draft was written."""
        query = "SELECT count(*) FROM audit_event WHERE case_id = :case AND action = 'plan_written'"
        return int(self.ground.one(query, case=self.case.id))


def faults(table: Table, rounds: list[Round]) -> list[str]:
    """Say what went wrong, round by round, and whether the trail tells as many acts as were acknowledged."""
    wrong = [f"round {number}: {fault}" for number, one in enumerate(rounds) for fault in one.faults]
    acts = sum(saving.answer.status == 303 for one in rounds for saving in one.savings)
    if table.written - table.written_before != acts:
        wrong.append(f"trail: {table.written - table.written_before} acts written, {acts} acknowledged")
    return wrong


@pytest.fixture
def table(cluster_admin: Postgres) -> Iterator[Table]:
    """A plan on a database of its own."""
    ground = WebGround(cluster_admin)
    try:
        yield Table(ground)
    finally:
        ground.close()


@pytest.mark.timeout(300)
def test_two_hundred_times_one_saves_and_the_other_is_shown_both_texts(table: Table) -> None:
    with table.ground.serve() as web:
        rounds = table.play(web, ROUNDS)
        assert faults(table, rounds) == [], web.words()
    seats = [one.stored[-1] for one in rounds]
    print(f"\n{len(rounds)} rounds; the first seat won {seats.count('0')}, the second {seats.count('1')}")
    assert len(rounds) == ROUNDS


def test_the_check_finds_out_a_product_that_lets_the_last_writer_win(table: Table) -> None:
    with table.ground.serve("tests.faults.sabotaged:without_versions") as web:
        wrong = faults(table, table.play(web, SABOTAGED_ROUNDS))
    print(f"\nwithout the comparison: {len(wrong)} faults, such as {wrong[:3]}")
    assert sum("overwritten" in fault for fault in wrong) == SABOTAGED_ROUNDS, wrong
