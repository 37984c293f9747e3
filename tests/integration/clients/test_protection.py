"""Address protection: turning it on and off, and who opens what is sealed."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.access import standing
from app.access.actor import Actor, Role
from app.access.predicates import StandingKind
from app.accounts.domain import UserView
from app.audit.models import AuditEvent
from app.clients import queries, services
from app.clients.domain import ClientDetails
from app.core.errors import Conflict, Forbidden, NotFound, Refused
from app.core.uow import UnitOfWork
from app.protection.domain import SealedContactView
from app.protection.queries import handlers_of, opened_contact
from tests.factories.accounts import actor_of, create_team, create_user
from tests.factories.cases import create_case
from tests.factories.clients import ADDRESS, EMAIL, PHONE, a_code, build_details, create_client

OPEN = SealedContactView("398", ADDRESS, PHONE, EMAIL)


class Scene:
    """A team with its lead, a responsible worker and a colleague, and a client of theirs."""

    def __init__(self, uow: UnitOfWork, *, protected: bool, now: datetime) -> None:
        self.team = create_team(uow)
        self.worker: UserView = create_user(uow, teams=(self.team,))
        self.colleague_user = create_user(uow, teams=(self.team,))
        self.anna: Actor = actor_of(uow, self.worker)
        self.colleague: Actor = actor_of(uow, self.colleague_user)
        self.lead: Actor = actor_of(uow, create_user(uow, roles=(Role.SUPERVISOR,), leads=(self.team,)))
        self.stranger: Actor = actor_of(uow, create_user(uow, teams=(create_team(uow),)))
        self.client_id: UUID = create_client(
            uow, last_name="Aalto", protected=protected, address=ADDRESS, phone=PHONE, email=EMAIL
        )
        self.case = create_case(uow, client_id=self.client_id, team=self.team, worker=self.worker)
        if protected:
            services.assign_handler_for_worker(uow, self.client_id, self.worker.id, actor=self.lead, now=now)


@pytest.fixture
def sealed(uow: UnitOfWork, now: datetime) -> Scene:
    """A client with address protection."""
    return Scene(uow, protected=True, now=now)


@pytest.fixture
def unsealed(uow: UnitOfWork, now: datetime) -> Scene:
    """A client without."""
    return Scene(uow, protected=False, now=now)


def as_written(uow: UnitOfWork, client_id: UUID) -> ClientDetails:
    """The details as the form sends them back when nothing was touched."""
    client = queries.client_of(uow, client_id)
    kept = {name: getattr(client, name) for name in ClientDetails.__slots__ if hasattr(client, name)}
    return ClientDetails(**kept)


def change(
    uow: UnitOfWork,
    scene: Scene,
    now: datetime,
    *,
    actor: Actor | None = None,
    reason: str = "",
    **changes: Any,  # noqa: ANN401 - any detail
) -> None:
    """Change the client as the form would."""
    client = queries.client_of(uow, scene.client_id)
    details = replace(as_written(uow, scene.client_id), **changes)
    who = actor or scene.anna
    services.change_client(
        uow, scene.client_id, details, expected_version=client.version, reason=reason, actor=who, now=now
    )


def acts(uow: UnitOfWork, action: str) -> list[AuditEvent]:
    """The rows of the trail with an action."""
    return list(uow.session.scalars(select(AuditEvent).where(AuditEvent.action == action)))


def test_a_named_handler_opens_the_contact_data_and_it_is_one_act(
    uow: UnitOfWork, now: datetime, sealed: Scene
) -> None:
    assert services.reveal_contact(uow, sealed.client_id, actor=sealed.anna, now=now) == OPEN
    (row,) = acts(uow, "revealed")
    assert (row.actor_id, row.object_kind, row.client_id) == (sealed.anna.id, "sealed_contact", sealed.client_id)


@pytest.mark.parametrize(("who", "error"), [("colleague", Forbidden), ("lead", Forbidden), ("stranger", NotFound)])
def test_nobody_else_opens_them(
    uow: UnitOfWork, now: datetime, sealed: Scene, who: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        services.reveal_contact(uow, sealed.client_id, actor=getattr(sealed, who), now=now)
    assert acts(uow, "revealed") == []


def test_the_lead_names_a_handler_with_a_reason_and_ends_the_right(
    uow: UnitOfWork, now: datetime, sealed: Scene
) -> None:
    user_id = sealed.colleague_user.id
    with pytest.raises(Refused):
        services.name_handler(uow, sealed.client_id, user_id, reason=" ", actor=sealed.lead, now=now)
    services.name_handler(uow, sealed.client_id, user_id, reason="Kotikäynti", actor=sealed.lead, now=now)
    assert services.reveal_contact(uow, sealed.client_id, actor=sealed.colleague, now=now) == OPEN
    assert [handler.reason for handler in handlers_of(uow, sealed.client_id)] == [None, "Kotikäynti"]
    with pytest.raises(Refused):
        services.name_handler(uow, sealed.client_id, user_id, reason="Taas", actor=sealed.lead, now=now)
    services.end_handler(uow, sealed.client_id, user_id, actor=sealed.lead, now=now)
    with pytest.raises(Forbidden):
        services.reveal_contact(uow, sealed.client_id, actor=sealed.colleague, now=now)


@pytest.mark.parametrize(("who", "error"), [("anna", Forbidden), ("colleague", Forbidden), ("stranger", NotFound)])
def test_only_the_lead_of_the_team_names_handlers(
    uow: UnitOfWork, now: datetime, sealed: Scene, who: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        services.name_handler(
            uow, sealed.client_id, sealed.colleague_user.id, reason="x", actor=getattr(sealed, who), now=now
        )


def test_the_right_of_an_assignment_ends_with_it(uow: UnitOfWork, now: datetime, sealed: Scene) -> None:
    case_id, kind = sealed.case.id, StandingKind.RESPONSIBLE
    standing.end(uow, case_id=case_id, kind=kind, now=now)
    standing.grant(
        uow, user_id=sealed.colleague_user.id, client_id=sealed.client_id, case_id=case_id, kind=kind, now=now
    )
    services.assign_handler_for_worker(uow, sealed.client_id, sealed.colleague_user.id, actor=sealed.lead, now=now)
    assert [handler.user_id for handler in handlers_of(uow, sealed.client_id)] == [sealed.colleague_user.id]
    with pytest.raises(NotFound):
        services.end_handler(uow, sealed.client_id, sealed.colleague_user.id, actor=sealed.lead, now=now)


def test_turning_the_protection_on_moves_everything_into_the_seal(
    uow: UnitOfWork, now: datetime, unsealed: Scene
) -> None:
    change(uow, unsealed, now, is_protected=True)
    client = queries.client_of(uow, unsealed.client_id)
    assert (client.municipality_code, client.address, client.phone, client.email) == (None, None, None, None)
    row = uow.session.execute(text("SELECT municipality_code, address, phone, email FROM client")).one()
    assert tuple(row) == (None, None, None, None)
    assert services.reveal_contact(uow, unsealed.client_id, actor=unsealed.anna, now=now) == OPEN


def test_under_protection_an_empty_field_keeps_what_is_sealed_and_a_dash_removes_it(
    uow: UnitOfWork, now: datetime, sealed: Scene
) -> None:
    change(uow, sealed, now, address="", phone="050 111 2222", email="-", municipality_code="-")
    kept = opened_contact(uow, sealed.client_id)
    assert kept == SealedContactView(None, ADDRESS, "050 111 2222", None)


def test_without_protection_a_dash_is_nothing(uow: UnitOfWork, now: datetime, unsealed: Scene) -> None:
    change(uow, unsealed, now, phone="-")
    assert queries.client_of(uow, unsealed.client_id).phone is None


def test_turning_the_protection_off_needs_a_handler_and_a_reason(uow: UnitOfWork, now: datetime, sealed: Scene) -> None:
    with pytest.raises(Refused) as problem:
        change(uow, sealed, now, is_protected=False)
    assert problem.value.field == "reason"
    change(uow, sealed, now, is_protected=False, reason="Maistraatti ei jatkanut kieltoa")
    client = queries.client_of(uow, sealed.client_id)
    assert (client.municipality_code, client.address, client.phone, client.email) == ("398", ADDRESS, PHONE, EMAIL)
    assert handlers_of(uow, sealed.client_id) == []
    with pytest.raises(NotFound):
        services.reveal_contact(uow, sealed.client_id, actor=sealed.anna, now=now)
    assert opened_contact(uow, sealed.client_id) is None


def test_a_worker_who_is_no_handler_cannot_turn_the_protection_off(
    uow: UnitOfWork, now: datetime, sealed: Scene
) -> None:
    pair = StandingKind.PAIR
    user_id = sealed.colleague_user.id
    standing.grant(uow, user_id=user_id, client_id=sealed.client_id, case_id=sealed.case.id, kind=pair, now=now)
    with pytest.raises(Forbidden):
        change(uow, sealed, now, actor=sealed.colleague, is_protected=False, reason="Haluan nähdä")


def test_protection_can_be_turned_on_again(uow: UnitOfWork, now: datetime, sealed: Scene) -> None:
    change(uow, sealed, now, is_protected=False, reason="Päättyi")
    change(uow, sealed, now + timedelta(days=1), is_protected=True)
    later = now + timedelta(days=1)
    assert services.reveal_contact(uow, sealed.client_id, actor=sealed.anna, now=later) == OPEN


def test_who_changed_the_person_first_wins(uow: UnitOfWork, now: datetime, unsealed: Scene) -> None:
    change(uow, unsealed, now, call_name="Aikku")
    with pytest.raises(Conflict):
        services.change_client(
            uow, unsealed.client_id, build_details(), expected_version=1, actor=unsealed.anna, now=now
        )
    assert queries.client_of(uow, unsealed.client_id).name == "Aalto Aikku"


def test_a_code_left_out_stays_and_another_persons_is_refused(uow: UnitOfWork, now: datetime, unsealed: Scene) -> None:
    change(uow, unsealed, now, identity_code=a_code(), birth_on=None)
    create_client(uow, identity_code=a_code(number=902))
    change(uow, unsealed, now, call_name="Aikku")
    assert services.reveal_identity_code(uow, unsealed.client_id, actor=unsealed.anna, now=now) == a_code()
    with pytest.raises(Refused) as problem:
        change(uow, unsealed, now, identity_code=a_code(number=902))
    assert problem.value.field == "identity_code"


def test_the_code_is_shown_to_workers_of_the_client_and_each_time_is_an_act(
    uow: UnitOfWork, now: datetime, unsealed: Scene
) -> None:
    with pytest.raises(NotFound):
        services.reveal_identity_code(uow, unsealed.client_id, actor=unsealed.anna, now=now)
    change(uow, unsealed, now, identity_code=a_code())
    services.reveal_identity_code(uow, unsealed.client_id, actor=unsealed.anna, now=now)
    for actor, error in ((unsealed.colleague, Forbidden), (unsealed.stranger, NotFound)):
        with pytest.raises(error):
            services.reveal_identity_code(uow, unsealed.client_id, actor=actor, now=now)
    assert [row.object_kind for row in acts(uow, "revealed")] == ["identity_code"]


@pytest.mark.parametrize(("who", "error"), [("colleague", Forbidden), ("lead", Forbidden), ("stranger", NotFound)])
def test_only_workers_of_the_client_change_the_details(
    uow: UnitOfWork, now: datetime, unsealed: Scene, who: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        change(uow, unsealed, now, actor=getattr(unsealed, who), call_name="Aikku")
