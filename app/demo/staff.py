"""Hires the invented staff: teams, own workers, coordinators, leads, an administrator, a privacy officer."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from app.access.actor import Actor, Role
from app.accounts import services as accounts
from app.accounts.domain import Place
from app.accounts.passwords import Hasher
from app.core.clock import local_date
from app.core.uow import UnitOfWork
from app.demo.domain import CLIENTS_OF_A_WORKER, LEAST_WORKERS, WORKERS_OF_A_TEAM, Region, StaffSeed, TeamSeed, Worker
from app.demo.people import PeopleMaker, plain_letters


class SharedHash(Hasher):
    """Hashes the one password of the demo once: sixty accounts are not to take ten seconds."""

    def __init__(self, hasher: Hasher) -> None:
        self._hasher, self._hashes = hasher, dict[str, str]()

    def hash(self, password: str) -> str:
        """Return the hash of the password made the first time."""
        if password not in self._hashes:
            self._hashes[password] = self._hasher.hash(password)
        return self._hashes[password]

    def matches(self, stored: str, password: str) -> bool:
        """As the hasher does it."""
        return self._hasher.matches(stored, password)


@dataclass(slots=True)
class Office:
    """The staff as hired: teams by key, own workers in the order of their lists."""

    team_ids: dict[str, UUID] = field(default_factory=dict)
    workers: list[Worker] = field(default_factory=list)
    users: int = 0


def hire(
    uow: UnitOfWork,
    region: Region,
    people: PeopleMaker,
    random: Random,
    *,
    clients: int,
    hasher: Hasher,
    actor: Actor,
    now: datetime,
) -> Office:
    """Make teams and accounts enough for so many clients, all with the demo's password; `now`: when they began."""
    office, shared = Office(), SharedHash(hasher)
    teams = list(teams_for(region, clients))
    for team in teams:
        office.team_ids[team.key] = accounts.create_team(uow, name=team.name, actor=actor, now=now)
    for seed in staff_for(region, people, random, teams, clients):
        places = [Place(office.team_ids[key]) for key in seed.teams]
        places += [Place(office.team_ids[key], is_lead=True) for key in seed.leads]
        user = accounts.create_user(
            uow,
            username=seed.username,
            full_name=seed.name,
            roles=[Role(role) for role in seed.roles],
            professions=seed.professions,
            email=f"{seed.username}@example.org",
            phone=f"0440 {random.randrange(1000):03} {random.randrange(1000):03}",
            places=places,
            is_demo=True,
            actor=actor,
            now=now,
        )
        accounts.set_password(uow, user.id, region.password, hasher=shared, must_change=False, actor=actor, now=now)
        office.users += 1
        if Role.OWN_WORKER in user.roles:
            key = seed.teams[0]
            office.workers.append(Worker(user.id, office.team_ids[key], key, frozenset(seed.professions)))
    return office


def send_on_leave(uow: UnitOfWork, office: Office, *, actor: Actor, now: datetime) -> None:
    """Let one worker be away these days, with a mate of the team as deputy."""
    for worker in reversed(office.workers):
        mate = next((one for one in office.workers if one.team_id == worker.team_id and one.id != worker.id), None)
        if mate is not None and worker is not office.workers[0]:
            day = local_date(now)
            first, last = day - timedelta(days=3), day + timedelta(days=11)
            accounts.add_absence(uow, worker.id, from_on=first, to_on=last, deputy_id=mate.id, actor=actor, now=now)
            return


def workers_for(clients: int) -> int:
    """Return how many own workers so many clients need."""
    return max(LEAST_WORKERS, -(-clients // CLIENTS_OF_A_WORKER))


def teams_for(region: Region, clients: int) -> Iterator[TeamSeed]:
    """Yield the region's teams and, for many clients, further ones in the same towns."""
    yield from region.teams
    for number in range(len(region.teams), -(-workers_for(clients) // WORKERS_OF_A_TEAM)):
        like = region.teams[number % len(region.teams)]
        round_number = number // len(region.teams) + 1
        yield TeamSeed(
            key=f"{like.key}{round_number}", name=f"{like.name} {round_number}", weight=like.weight, towns=like.towns
        )


def staff_for(
    region: Region, people: PeopleMaker, random: Random, teams: list[TeamSeed], clients: int
) -> Iterator[StaffSeed]:
    """Yield the named staff and then as many own workers as are missing; each further team gets a lead of its own."""
    yield from region.staff
    taken = {seed.username for seed in region.staff}
    named = sum(1 for seed in region.staff if Role.OWN_WORKER in seed.roles)
    for number in range(workers_for(clients) - named):
        name = people.staff_name()
        team = teams[number % len(teams)].key
        yield StaffSeed(
            username=_username(name, taken),
            name=name,
            roles=(Role.OWN_WORKER,),
            professions=random.choice(region.worker_professions),
            teams=(team,),
        )
    for team_seed in teams[len(region.teams) :]:
        name = people.staff_name()
        yield StaffSeed(
            username=_username(name, taken), name=name, roles=(Role.SUPERVISOR,), leads=(team_seed.key,),
            professions=("social_worker",),
        )  # fmt: skip


def _username(name: str, taken: set[str]) -> str:
    wanted = plain_letters(name.replace(" ", "."))
    found, number = wanted, 2
    while found in taken:
        found, number = f"{wanted}{number}", number + 1
    taken.add(found)
    return found
