"""Recording and withdrawing on the database."""

from datetime import date, datetime

import pytest
from sqlalchemy import select, text

from app.access.actor import Role, system_actor
from app.audit.models import AuditEvent
from app.cases.queries import get_case_for
from app.consents import queries, services
from app.consents.domain import ConsentKind, Standing
from app.core.errors import Forbidden, NotFound, Refused
from app.core.uow import UnitOfWork
from app.duties import queries as duties
from tests.factories.accounts import actor_of, create_team, create_user
from tests.factories.cases import create_case
from tests.factories.consents import build_entry, create_consent

DEMO = system_actor("system:demo")


def test_a_consent_with_an_end_opens_the_duty_to_ask_again(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow)
    consent = create_consent(uow, case, build_entry(valid_until=date(2027, 5, 20)), now=now)
    (duty,) = duties.open_of_case(uow, case.id)
    assert (duty.kind, duty.subject_id, duty.due_on) == ("consent_expiry", consent, date(2027, 5, 20))
    (view,) = queries.consents_of(uow, case.id)
    assert (view.parties, view.categories, view.purposes) == (("kela",), ("work_ability",), ("planning",))


def test_a_withdrawal_ends_the_basis_and_the_duty_in_one_act(uow: UnitOfWork, now: datetime, today: date) -> None:
    case = create_case(uow)
    consent = create_consent(uow, case, build_entry(valid_until=date(2027, 5, 20)), now=now)
    assert queries.basis_for(uow, case.id, party="kela", on=today).holds
    services.withdraw(uow, case, consent, on=today, reason="Asiakas muutti mielensä.", actor=DEMO, now=now)
    assert not queries.basis_for(uow, case.id, party="kela", on=today).holds
    assert duties.open_of_case(uow, case.id) == []
    view = queries.consent_of(uow, case.id, consent)
    assert (view.standing(today), view.withdrawal_reason) == (Standing.WITHDRAWN, "Asiakas muutti mielensä.")
    actions = uow.session.scalars(select(AuditEvent.action).where(AuditEvent.object_id == consent)).all()
    assert sorted(actions) == ["consent_recorded", "consent_withdrawn"]


def test_a_withdrawal_is_refused_twice_in_the_future_and_for_a_statute(
    uow: UnitOfWork, now: datetime, today: date
) -> None:
    case = create_case(uow)
    consent = create_consent(uow, case, now=now)
    statute = create_consent(uow, case, build_entry(kind=ConsentKind.STATUTORY, basis="LAW_381_2023_15"), now=now)
    with pytest.raises(Refused):
        services.withdraw(uow, case, consent, on=date(2026, 11, 25), reason=None, actor=DEMO, now=now)
    with pytest.raises(Refused):
        services.withdraw(uow, case, statute, on=today, reason=None, actor=DEMO, now=now)
    services.withdraw(uow, case, consent, on=today, reason=None, actor=DEMO, now=now)
    with pytest.raises(Refused):
        services.withdraw(uow, case, consent, on=today, reason=None, actor=DEMO, now=now)


def test_a_basis_that_does_not_cover_the_party_is_refused_at_the_parties(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow)
    with pytest.raises(Refused) as refused:
        create_consent(
            uow, case, build_entry(kind=ConsentKind.STATUTORY, basis="LAW_189_2001_12", given=["employer"]), now=now
        )
    assert [reason.field for reason in refused.value.reasons] == ["parties"]


def test_the_remark_is_sealed_in_the_row(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow)
    create_consent(uow, case, build_entry(remark="Luettu ääneen kotikäynnillä"), now=now)
    (blob,) = uow.session.execute(text("SELECT remark FROM consent")).scalars()
    assert b"kotik" not in bytes(blob)
    assert queries.consents_of(uow, case.id)[0].remark == "Luettu ääneen kotikäynnillä"


def test_a_consent_of_another_case_is_not_found(uow: UnitOfWork, now: datetime, today: date) -> None:
    mine, other = create_case(uow), create_case(uow)
    consent = create_consent(uow, other, now=now)
    with pytest.raises(NotFound):
        services.withdraw(uow, mine, consent, on=today, reason=None, actor=DEMO, now=now)


def test_a_team_member_may_look_but_not_record(uow: UnitOfWork, now: datetime) -> None:
    team = create_team(uow)
    worker = create_user(uow, teams=[team])
    colleague = actor_of(uow, create_user(uow, teams=[team], roles=[Role.OWN_WORKER]))
    case = create_case(uow, worker=worker, team=team)
    seen = get_case_for(uow, colleague, case.id, now=now)
    with pytest.raises(Forbidden):
        services.record_consent(uow, seen, build_entry(), actor=colleague, now=now)
