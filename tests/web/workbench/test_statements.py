"""The pages of a case ask the database a fixed number of times, whatever the case holds (budget 25)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, event

from app.cases import services as cases
from app.measures import services as measures
from tests.factories.cases import seen_by
from tests.factories.consents import create_consent
from tests.factories.network import create_member
from tests.web.workbench.conftest import Desk

BUDGET = 25
PAGES = ("", "/aikajana", "/vaihe/3", "/kirjaa", "/loki", "/paata")


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    """Collect the statements sent on the connection; savepoints are the tests' own."""
    sent: list[str] = []

    def collect(*args: object) -> None:
        if "SAVEPOINT" not in str(args[2]):
            sent.append(str(args[2]))

    event.listen(connection, "before_cursor_execute", collect)
    yield sent
    event.remove(connection, "before_cursor_execute", collect)


def fill(desk: Desk, rounds: int) -> None:
    """Give the case entries, promises, consents, members and scores."""
    case = seen_by(desk.uow, desk.actor, desk.case, now=desk.now)
    for number in range(rounds):
        day = date(2026, 11, 20) - timedelta(days=number)
        note = cases.write_note(
            desk.uow,
            case,
            kind="visit",
            topic="progress",
            happened_on=day,
            line=f"Rivi {number}",
            text="Pitkä teksti " * 40,
            is_visible_to_client=True,
            actor=desk.actor,
            now=desk.now,
        )
        cases.promise_step(
            desk.uow, case, note_id=note, owner="worker", text="Soita", due_on=None, actor=desk.actor, now=desk.now
        )
        measures.enter_value(
            desk.uow,
            case,
            measure="ME01",
            value=number % 10,
            measured_on=day,
            remark=None,
            actor=desk.actor,
            now=desk.now,
        )
        create_consent(desk.uow, case, now=desk.now)
        create_member(desk.uow, case, now=desk.now)
    desk.uow.commit()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_a_full_case_costs_no_more_statements_than_one_of_a_nearly_empty_case(
    desk: Desk, connection: Connection, page: str
) -> None:
    fill(desk, 1)
    desk.browser.get(desk.path + page)
    with counted(connection) as few:
        desk.browser.get(desk.path + page)
    fill(desk, 9)
    with counted(connection) as many:
        answer = desk.browser.get(desk.path + page)
    assert answer.status_code == 200
    print(f"\n{page or '/'}: {len(many)} statements")
    assert len(few) == len(many)
    assert len(many) <= BUDGET
