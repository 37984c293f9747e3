"""People beside the client: who is in the network, and whether anything may be shared with their party."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.access.actor import system_actor
from app.cases.domain import CaseView
from app.consents import services as consents
from app.consents.domain import ConsentEntry, ConsentForm, ConsentKind, items_for
from app.core.errors import NotFound, Refused
from app.core.uow import UnitOfWork
from app.duties import queries as duties
from app.network import queries, services
from app.network.models import NetworkMember
from tests.factories.cases import create_case, create_worker
from tests.factories.network import assign, create_member

DEMO = system_actor("system:demo")


def consent_to_kela(uow: UnitOfWork, case: CaseView, *, now: datetime) -> UUID:
    entry = ConsentEntry(
        kind=ConsentKind.CONSENT,
        basis="CONSENT",
        items=items_for(["kela"], [], ["health"], ["planning"]),
        given_on=date(2026, 11, 20),
        form=ConsentForm.ORAL,
    )
    return consents.record_consent(uow, case, entry, actor=DEMO, now=now)


def test_a_member_without_a_basis_says_so_and_falls_due_today(uow: UnitOfWork, now: datetime, today: date) -> None:
    case = create_case(uow)
    member = create_member(uow, case, now=now, contact="040 123 4567")
    (view,) = queries.members_of(uow, case.id, today)
    assert (view.id, view.name, view.contact, view.party) == (member, "Mirva Salo", "040 123 4567", "kela")
    assert not view.basis.holds
    (duty,) = duties.open_of_case(uow, case.id)
    assert (duty.kind, duty.subject_id, duty.due_on) == ("member_without_basis", member, today)


def test_a_consent_settles_the_member_and_its_withdrawal_asks_again(
    uow: UnitOfWork, now: datetime, today: date
) -> None:
    case = create_case(uow)
    create_member(uow, case, now=now)
    consent = consent_to_kela(uow, case, now=now)
    assert services.check_members(uow, case, actor=DEMO, now=now) == 0
    assert queries.members_of(uow, case.id, today)[0].basis.holds
    assert duties.open_of_case(uow, case.id) == []
    consents.withdraw(uow, case, consent, on=today, reason=None, actor=DEMO, now=now)
    assert services.check_members(uow, case, actor=DEMO, now=now) == 1
    assert services.check_members(uow, case, actor=DEMO, now=now) == 1, "asking twice opens nothing twice"
    assert [one.kind for one in duties.open_of_case(uow, case.id)] == ["member_without_basis"]


def test_a_removed_member_is_gone_from_the_page_and_its_duty_is_not_needed(
    uow: UnitOfWork, now: datetime, today: date
) -> None:
    case = create_case(uow)
    member = create_member(uow, case, now=now)
    services.remove_member(uow, case, member, actor=DEMO, now=now + timedelta(minutes=1))
    assert queries.members_of(uow, case.id, today) == []
    assert duties.open_of_case(uow, case.id) == []
    assert duties.all_of_case(uow, case.id)[0].outcome == "not_needed"
    with pytest.raises(NotFound):
        services.remove_member(uow, case, member, actor=DEMO, now=now)


def test_a_member_of_another_case_is_not_found(uow: UnitOfWork, now: datetime) -> None:
    member = create_member(uow, create_case(uow), now=now)
    with pytest.raises(NotFound):
        services.remove_member(uow, create_case(uow), member, actor=DEMO, now=now)


def test_a_party_that_has_ended_cannot_be_added(uow: UnitOfWork, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        create_member(uow, create_case(uow), now=now, party="te_office")
    assert [reason.field for reason in refused.value.reasons] == ["party"]


def test_names_and_contacts_are_sealed(uow: UnitOfWork, now: datetime) -> None:
    create_member(uow, create_case(uow), now=now, contact="040 123 4567")
    row = uow.session.scalars(select(NetworkMember)).one()
    assert b"Mirva" not in row.name
    assert row.contact is not None
    assert b"123" not in row.contact


def test_the_needs_of_a_case_know_the_worker_and_the_parties(uow: UnitOfWork, now: datetime, today: date) -> None:
    case = create_case(uow)
    assert queries.met_needs(uow, case, today) == {"consent:parties"}, "nobody in the network needs no basis"
    case = assign(uow, case, create_worker(uow), now=now)
    create_member(uow, case, now=now)
    assert queries.met_needs(uow, case, today) == {"worker"}
    consent_to_kela(uow, case, now=now)
    assert queries.met_needs(uow, case, today) == {"worker", "consent:parties"}
