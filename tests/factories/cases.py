"""Cases for tests, opened and moved by the services themselves."""

from dataclasses import replace
from datetime import date, datetime, time
from uuid import UUID

from app.access import standing
from app.access.actor import Actor, Role, system_actor
from app.access.predicates import StandingKind, Subject
from app.accounts.domain import UserView
from app.cases import queries, services
from app.cases.domain import CaseView
from app.core.clock import HELSINKI
from app.core.ids import new_id
from app.core.uow import UnitOfWork
from app.pathways.domain import StageCode
from tests.factories.accounts import create_team, create_user
from tests.factories.clients import create_client

OPENED_ON = date(2026, 11, 2)


def moment_of(day: date) -> datetime:
    """Nine in the morning of a day in Helsinki."""
    return datetime.combine(day, time(9), tzinfo=HELSINKI)


def build_case(ordinal: int = 1, **given: object) -> CaseView:
    """A case as the rules see it, in no database; `given` replaces what a rule asks about."""
    case = CaseView(
        id=new_id(),
        client_id=new_id(),
        ref=f"A-2041/{ordinal}",
        ordinal=ordinal,
        model_key="work_ability_support",
        model_version=1,
        team_id=None,
        worker_id=None,
        opened_on=OPENED_ON,
        opened_at=moment_of(OPENED_ON),
        closed_on=None,
        outcome=None,
        current_stage=StageCode.PRE_CONTACT,
        current_since=OPENED_ON,
        last_contact_on=None,
        last_contact_kind=None,
        contact_source="self",
        source="work",
        version=1,
        subject=Subject(),
    )
    return replace(case, **given)  # type: ignore[arg-type]  # columns of the case


def create_case(
    uow: UnitOfWork,
    *,
    client_id: UUID | None = None,
    model: str = "work_ability_support",
    worker: UserView | UUID | None = None,
    team: UUID | None = None,
    opened_on: date = OPENED_ON,
    stage: StageCode = StageCode.PRE_CONTACT,
    contact_source: str = "self",
) -> CaseView:
    """Open a case on a day; with a worker it is theirs, in their team or the given one.

    The worker is put on the case's row with the standing that goes with it; a test of the line itself assigns by
    `network.services.assign_worker`. The view carries no standing: `seen_by` does.
    """
    actor, now = system_actor("system:demo"), moment_of(opened_on)
    case = services.open_case(
        uow,
        client_id=client_id or create_client(uow),
        model_key=model,
        opened_on=opened_on,
        contact_source=contact_source,
        actor=actor,
        now=now,
        team_id=team,
    )
    if stage is not StageCode.PRE_CONTACT:
        services.place_at_stage(uow, case, stage=stage, since=opened_on, actor=actor, now=now)
    if worker is not None:
        worker_id = worker.id if isinstance(worker, UserView) else worker
        make_responsible(uow, case, worker_id, team=team, now=now)
    uow.flush()
    return queries.case_of(uow, case.id)


def make_responsible(uow: UnitOfWork, case: CaseView, worker_id: UUID, *, team: UUID | None, now: datetime) -> None:
    """Put a worker on the case's row, with the standing of the one who answers for it."""
    kind = StandingKind.RESPONSIBLE
    standing.grant(uow, user_id=worker_id, client_id=case.client_id, case_id=case.id, kind=kind, now=now)
    services.set_worker(uow, case, worker_id=worker_id, team_id=team)


def seen_by(uow: UnitOfWork, actor: Actor, case: CaseView, *, now: datetime) -> CaseView:
    """The case as the actor sees it, with the standing that acts are checked by."""
    return queries.get_case_for(uow, actor, case.id, now=now)


def create_worker(uow: UnitOfWork, *, team: UUID | None = None, username: str | None = None) -> UserView:
    """An own worker of a team."""
    return create_user(uow, roles=(Role.OWN_WORKER,), teams=(team or create_team(uow),), username=username)
