"""A counter and the list it opens are made of the same rows, whatever the duties (ruling 18)."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from app.access.actor import Actor, Role, system_actor
from app.core.uow import UnitOfWork
from app.duties.domain import DueWindow, DutyKind, WaitsFor, window_of
from app.duties.queries import open_of_case
from app.network import services as network
from app.pathways.domain import StageCode
from app.worklist.domain import Order, View, Window, WorklistFilter, WorklistPage
from app.worklist.queries import worklist
from tests.factories.accounts import actor_of, create_team, create_user
from tests.factories.cases import create_case
from tests.factories.duties import create_duty
from tests.factories.network import assign

Read = Callable[[WorklistFilter], list[WorklistPage]]


@pytest.fixture
def team(uow: UnitOfWork) -> UUID:
    return create_team(uow)


@pytest.fixture
def actor(uow: UnitOfWork, team: UUID) -> Actor:
    return actor_of(uow, create_user(uow, roles=(Role.OWN_WORKER, Role.SUPERVISOR), teams=(team,), leads=(team,)))


@pytest.fixture
def pages(uow: UnitOfWork, actor: Actor, now: datetime, today: date) -> Read:
    """Read a list to its end, page by page."""

    def read(wanted: WorklistFilter) -> list[WorklistPage]:
        found = [worklist(uow, actor, wanted, cursor=None, now=now, today=today)]
        while found[-1].next_cursor:
            found.append(worklist(uow, actor, wanted, cursor=found[-1].next_cursor, now=now, today=today))
        return found

    return read


def scatter(uow: UnitOfWork, actor: Actor, team: UUID, today: date, chance: random.Random) -> list[UUID]:
    made = []
    mate = create_user(uow, teams=(team,))
    for _ in range(35):
        case = create_case(
            uow,
            worker=chance.choice([actor.user_id, actor.user_id, mate.id]),
            team=team,
            stage=chance.choice(list(StageCode)),
            model=chance.choice(["work_ability_support", "group_employment"]),
        )
        made.append(case.id)
        for kind in chance.sample(list(DutyKind), chance.choice([0, 1, 1, 2, 3])):
            due = today + timedelta(days=chance.choice([-30, -2, -1, 0, 0, 1, 3, 5, 6, 40]))
            create_duty(uow, case, due, kind=kind, waits_for=chance.choice(list(WaitsFor)))
    return made


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("view", list(View))
def test_a_counter_counts_the_rows_it_opens(
    uow: UnitOfWork, actor: Actor, team: UUID, today: date, pages: Read, view: View, seed: int
) -> None:
    scatter(uow, actor, team, today, random.Random(seed))
    for wanted in (
        WorklistFilter(view=view, size=25),
        WorklistFilter(view=view, size=25, model="group_employment"),
        WorklistFilter(view=view, size=25, stage=StageCode.FOLLOW_UP),
    ):
        counts = pages(wanted)[0].counts
        assert sum(len(page.rows) for page in pages(wanted)) == counts.all == counts.cases
        for window in Window:
            narrowed = pages(replace(wanted, window=window))
            rows = sum(len(page.rows) for page in narrowed)
            assert rows == counts.of(window) == narrowed[0].counts.cases
            # the counters of a narrowed list stay those of the whole
            assert narrowed[0].counts.of(window) == counts.of(window)


@pytest.mark.parametrize("seed", [4, 5])
def test_each_row_is_a_case_by_its_earliest_open_duty(
    uow: UnitOfWork, actor: Actor, team: UUID, today: date, pages: Read, seed: int
) -> None:
    made = scatter(uow, actor, team, today, random.Random(seed))
    earliest = {case_id: next(iter(open_of_case(uow, case_id)), None) for case_id in made}

    rows = {row.case_id: row for page in pages(WorklistFilter(view=View.LED, size=25)) for row in page.rows}

    assert set(rows) == set(made)
    for case_id, duty in earliest.items():
        row = rows[case_id]
        assert (row.kind, row.due_on, row.waits_for) == (
            (duty.kind, duty.due_on, duty.waits_for) if duty is not None else (None, None, None)
        )
    due = [duty.due_on for duty in earliest.values() if duty is not None]
    late = sum(window_of(day, today) is DueWindow.LATE for day in due)
    assert pages(WorklistFilter(view=View.LED))[0].counts.late == late


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("is_descending", [False, True])
def test_the_pages_of_any_order_hold_every_row_once(
    uow: UnitOfWork, actor: Actor, team: UUID, today: date, pages: Read, order: Order, *, is_descending: bool
) -> None:
    made = scatter(uow, actor, team, today, random.Random(6))

    found = pages(WorklistFilter(view=View.LED, size=25, order=order, is_descending=is_descending))

    ids = [row.case_id for page in found for row in page.rows]
    assert len(found) == 2
    assert len(ids) == len(set(ids)) == len(made)


def test_a_pair_sees_the_case_in_the_own_list_and_a_former_worker_does_not(
    uow: UnitOfWork, actor: Actor, team: UUID, now: datetime, pages: Read
) -> None:
    mate = create_user(uow, teams=(team,))
    case = assign(uow, create_case(uow), actor.user_id, now=date(2026, 11, 3))
    own = WorklistFilter(view=View.OWN)
    assert len(pages(own)[0].rows) == 1
    case = assign(uow, case, mate, now=date(2026, 11, 10))
    assert pages(own)[0].rows == ()

    network.add_pair(uow, case, user_id=actor.user_id, actor=system_actor("system:demo"), now=now)

    assert [row.case_id for row in pages(own)[0].rows] == [case.id]
