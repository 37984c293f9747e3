"""Makes the demo: an invented region with its staff and clients, the same for the same seed and day."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from app.access.actor import Actor
from app.accounts.passwords import Hasher
from app.core.clock import local_date, start_of_day
from app.core.errors import Refused
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.demo import queries
from app.demo.domain import DemoAccount, DemoSummary, Part, TeamSeed, Texts
from app.demo.following import follow_some
from app.demo.lives import LifeMaker
from app.demo.loader import load_followed, load_recognised, load_texts
from app.demo.people import PROTECTED, PeopleMaker, pick_by_weight
from app.demo.recognition import CASES, leave_waiting, recognise
from app.demo.roster import Roster
from app.demo.staff import hire, send_on_leave, teams_for
from app.intake.bulk import RegisterBatch
from app.intake.entries import NewClient

STAFF_BEGAN: Final = timedelta(days=1_100)
RETURNING: Final = 0.04
"""The share of clients who have been in the service before."""


def demo_accounts() -> tuple[DemoAccount, ...]:
    """Return the accounts a visitor may sign in with: user name, name, roles in Finnish, the one password."""
    region = load_texts().region
    return tuple(
        DemoAccount(
            username=seed.username,
            full_name=seed.name,
            role=", ".join(region.role_words[role] for role in seed.roles),
            password=region.password,
        )
        for seed in region.staff
        if seed.is_shown
    )


def make_demo(
    uow: UnitOfWork,
    *,
    clients: int,
    seed: int,
    today: date | None = None,
    hasher: Hasher,
    is_demo: bool,
    if_empty: bool = False,
    actor: Actor,
    now: datetime,
) -> DemoSummary:
    """Fill an empty database with an invented region of so many clients; the caller commits.

    Everything follows from `seed` and `today` (None: the Helsinki day of `now`). `is_demo` tells whether the
    environment is the demo's; raises Refused where it is not, and where there are clients already, unless `if_empty`
    asks to leave those in peace.
    """
    if not is_demo:
        raise Refused(N_("Demo data is made only where POLKU_ENV is demo."))
    if queries.has_clients(uow):
        if if_empty:
            return DemoSummary(is_made=False)
        raise Refused(N_("The database holds clients already. Demo data is made only into an empty one."))
    today = today or local_date(now)
    if local_date(now) != today:
        now = start_of_day(today) + timedelta(hours=9)
    return _Region(uow, seed=seed, today=today, actor=actor, now=now).fill(clients, hasher)


class _Region:
    """One making of the demo."""

    def __init__(self, uow: UnitOfWork, *, seed: int, today: date, actor: Actor, now: datetime) -> None:
        self._uow, self._actor, self._now, self._today = uow, actor, now, today
        self._texts: Texts = load_texts()
        self._random = Random(seed)  # noqa: S311 - the demo is to be the same every time
        self._people = PeopleMaker(self._random, self._texts.names, today)
        self._lives = LifeMaker(self._random, self._texts, self._people, today)
        self._protected_left = 0
        self._shown = demo_accounts()[0].username

    def fill(self, clients: int, hasher: Hasher) -> DemoSummary:
        office = hire(
            self._uow,
            self._texts.region,
            self._people,
            self._random,
            clients=clients,
            hasher=hasher,
            actor=self._actor,
            now=self._now - STAFF_BEGAN,
        )
        send_on_leave(self._uow, office, actor=self._actor, now=self._now)
        batch = RegisterBatch(self._uow, actor=self._actor, now=self._now, source="demo", is_backdated=True)
        roster = Roster(self._random, self._texts.stories, office.workers, self._today)
        towns = {team.key: team for team in teams_for(self._texts.region, clients)}
        self._protected_left = max(1, round(clients * PROTECTED))
        open_cases = unassigned = 0
        for part in roster.parts(clients):
            batch.add(self._client(part, roster, towns))
            open_cases += part.ends_on is None
            unassigned += part.worker is None
        counts = batch.finish()
        self._recognise()
        self._follow()
        return DemoSummary(
            is_made=True,
            clients=clients,
            open_cases=open_cases,
            unassigned=unassigned,
            users=office.users,
            teams=len(office.team_ids),
            overdue=queries.count_overdue(self._uow, self._today),
            rows=sum(counts.values()),
        )

    def _recognise(self) -> None:
        """Fill in the records of recognising and assessing for a few clients of the worker who is shown first."""
        ids = queries.cases_to_recognise(self._uow, self._shown, CASES)
        recognise(self._uow, load_recognised(), ids, today=self._today, now=self._now)
        late_id = queries.case_without_signs(self._uow, self._shown, "quality_based_coaching")
        if late_id is not None:
            leave_waiting(self._uow, late_id, now=self._now)

    def _follow(self) -> None:
        """Fill in what has been said, measured and done with a few clients of the same worker."""
        found = queries.cases_with_plan(self._uow, self._shown)
        follow_some(self._uow, load_followed(), found, today=self._today, now=self._now)

    def _client(self, part: Part, roster: Roster, towns: dict[str, TeamSeed]) -> NewClient:
        team = towns[part.worker.team_key] if part.worker else self._random.choice(self._texts.region.teams)
        person = self._people.person(
            part.story, town=pick_by_weight(self._random, team.towns), is_protected=self._is_next_protected(part)
        )
        case = self._lives.case(part)
        if part.worker is None or part.ends_on or self._random.random() > RETURNING:
            return replace(person, cases=(case,))
        return replace(person, cases=(self._lives.case(roster.closed(part.worker, before=case.opened_on)), case))

    def _is_next_protected(self, part: Part) -> bool:
        """Spread the protected ones over the open cases with a worker, the first of them early."""
        wanted = self._protected_left > 0 and part.worker is not None and part.ends_on is None
        if wanted and self._random.random() < 0.06:
            self._protected_left -= 1
            return True
        return False
