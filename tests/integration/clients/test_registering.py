"""Registering: what is written, what is refused, and what stays out of sight."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import select, text

from app.access.actor import Role, system_actor
from app.access.models import Standing
from app.audit.models import AuditEvent
from app.clients import queries, services
from app.clients.models import Client, ClientToken
from app.core.errors import Forbidden, NotFound, Refused
from app.core.uow import UnitOfWork
from app.protection.domain import SealedContactView
from app.protection.queries import opened_contact
from tests.factories.accounts import actor_of, create_team, create_user
from tests.factories.clients import ADDRESS, EMAIL, PHONE, a_code, build_details, create_client


def fields_of(problem: pytest.ExceptionInfo[Refused]) -> set[str | None]:
    return {reason.field for reason in problem.value.reasons}


def test_who_registers_a_client_sees_the_client_and_a_colleague_does_not(uow: UnitOfWork, now: datetime) -> None:
    team = create_team(uow)
    anna, juha = (actor_of(uow, create_user(uow, teams=(team,))) for _ in range(2))
    client_id = services.register_client(uow, build_details(last_name="Aalto"), actor=anna, now=now)
    assert queries.get_client_for(uow, anna, client_id, now=now).name == "Aalto Aino"
    with pytest.raises(NotFound):
        queries.get_client_for(uow, juha, client_id, now=now)
    standing = uow.session.scalars(select(Standing).where(Standing.client_id == client_id)).one()
    assert (standing.user_id, standing.kind, standing.case_id) == (anna.id, "registrar", None)


def test_registering_leaves_one_row_in_the_trail_without_a_name(uow: UnitOfWork, now: datetime) -> None:
    anna = actor_of(uow, create_user(uow))
    client_id = services.register_client(uow, build_details(last_name="Aalto"), actor=anna, now=now)
    row = uow.session.scalars(select(AuditEvent).where(AuditEvent.client_id == client_id)).one()
    assert (row.action, row.actor_id) == ("registered", anna.id)
    assert row.detail == {"source": "work", "has_code": False, "is_protected": False}


def test_the_birth_date_comes_from_the_code(uow: UnitOfWork, now: datetime) -> None:
    client_id = create_client(uow, identity_code=f" {a_code(date(2001, 3, 4)).lower()} ", now=now)
    client = queries.client_of(uow, client_id)
    assert (client.birth_on, client.has_identity_code) == (date(2001, 3, 4), True)


def test_no_column_of_a_client_holds_the_name_or_the_code_in_clear(uow: UnitOfWork) -> None:
    code = a_code()
    create_client(uow, last_name="Kanarialintu", identity_code=code, phone=PHONE, address=ADDRESS, email=EMAIL)
    rows = [
        *uow.session.execute(text("TABLE client")).mappings(),
        *uow.session.execute(text("TABLE audit_event")).mappings(),
    ]
    seen = " ".join(str(value) for row in rows for value in row.values())
    assert not [word for word in ("Kanarialintu", code, PHONE, ADDRESS, EMAIL) if word in seen]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"last_name": " "}, "last_name"),
        ({"first_names": "--"}, "first_names"),
        ({"birth_on": None}, "birth_on"),
        ({"birth_on": date(2027, 1, 1)}, "birth_on"),
        ({"identity_code": "140587-901X"}, "identity_code"),
        ({"identity_code": a_code(date(1987, 5, 15))}, "birth_on"),
        ({"phone": "soita"}, "phone"),
        ({"email": "aino"}, "email"),
        ({"address": "x" * 201}, "address"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field(
    uow: UnitOfWork, now: datetime, changes: dict[str, object], field: str
) -> None:
    anna = actor_of(uow, create_user(uow))
    with pytest.raises(Refused) as problem:
        services.register_client(uow, build_details(**changes), actor=anna, now=now)
    assert fields_of(problem) == {field}


def test_everything_that_is_wrong_is_said_at_once(uow: UnitOfWork, now: datetime) -> None:
    anna = actor_of(uow, create_user(uow))
    with pytest.raises(Refused) as problem:
        services.register_client(uow, build_details(last_name="", email="x", birth_on=None), actor=anna, now=now)
    assert fields_of(problem) == {"last_name", "email", "birth_on"}


def test_a_known_code_is_refused_and_tells_nothing_of_the_person(uow: UnitOfWork, now: datetime) -> None:
    anna = actor_of(uow, create_user(uow))
    create_client(uow, last_name="Salamies", identity_code=a_code())
    with pytest.raises(Refused) as problem:
        services.register_client(uow, build_details(identity_code=a_code()), actor=anna, now=now)
    assert fields_of(problem) == {"identity_code"}
    assert "already in the register" in str(problem.value)
    assert "Salamies" not in str(problem.value)


def test_the_century_sign_is_part_of_the_code(uow: UnitOfWork, now: datetime) -> None:
    anna = actor_of(uow, create_user(uow))
    code = a_code()
    create_client(uow, identity_code=code)
    other = services.register_client(uow, build_details(identity_code=code.replace("-", "Y")), actor=anna, now=now)
    assert queries.client_of(uow, other).has_identity_code


def test_a_likely_twin_in_scope_is_shown_and_the_registrar_decides(uow: UnitOfWork, now: datetime) -> None:
    anna = actor_of(uow, create_user(uow))
    first = create_client(uow, last_name="Mäki", actor=anna, now=now)
    again = build_details(last_name="mäki", first_names="AINO  MARIA")
    with pytest.raises(services.LikelyTwin) as problem:
        services.register_client(uow, again, actor=anna, now=now)
    assert [twin.id for twin in problem.value.twins.seen] == [first]
    services.register_client(uow, replace(again, is_another_person=True), actor=anna, now=now)


def test_a_likely_twin_out_of_scope_is_told_only_as_known(uow: UnitOfWork, now: datetime) -> None:
    anna = actor_of(uow, create_user(uow))
    create_client(uow, last_name="Mäki")
    twins = queries.twins_of(uow, anna, build_details(last_name="Mäki"), now=now)
    assert (twins.seen, twins.is_known_elsewhere) == ((), True)


def test_a_namesake_born_on_another_day_is_no_twin(uow: UnitOfWork, now: datetime) -> None:
    anna = actor_of(uow, create_user(uow))
    create_client(uow, last_name="Mäki", birth_on=date(1987, 5, 15))
    assert not queries.twins_of(uow, anna, build_details(last_name="Mäki"), now=now)


def test_two_codes_are_two_people_whatever_their_names(uow: UnitOfWork, now: datetime) -> None:
    anna = actor_of(uow, create_user(uow))
    create_client(uow, last_name="Mäki", identity_code=a_code())
    services.register_client(
        uow, build_details(last_name="Mäki", identity_code=a_code(number=902)), actor=anna, now=now
    )


def test_contact_data_under_protection_lie_in_the_seal_and_nowhere_else(uow: UnitOfWork, now: datetime) -> None:
    client_id = create_client(uow, protected=True, municipality="398")
    row = uow.session.get_one(Client, client_id)
    assert (row.municipality_code, row.address, row.phone, row.email) == (None, None, None, None)
    client = queries.client_of(uow, client_id)
    assert (client.municipality_code, client.address, client.phone, client.email) == (None, None, None, None)
    assert queries.names_of(uow, [client_id])[client_id].municipality_code is None
    assert opened_contact(uow, client_id) == SealedContactView("398", ADDRESS, PHONE, EMAIL)


def test_the_ordinary_key_does_not_open_the_seal(uow: UnitOfWork) -> None:
    client_id = create_client(uow, protected=True)
    row = uow.session.execute(
        text("SELECT id, address FROM sealed_contact WHERE client_id = :client"), {"client": client_id}
    ).one()
    with pytest.raises(Exception, match="does not open"):
        uow.vault.open("sealed_contact", "address", row.id, row.address)


def test_an_administrator_registers_nobody(uow: UnitOfWork, now: datetime) -> None:
    admin = actor_of(uow, create_user(uow, roles=(Role.ADMIN,)))
    with pytest.raises(Forbidden):
        services.register_client(uow, build_details(), actor=admin, now=now)


def test_the_import_registers_and_leaves_no_standing(uow: UnitOfWork, now: datetime) -> None:
    details = build_details(birth_on=None)
    client_id = services.register_client(uow, details, actor=system_actor("system:intake"), now=now, source="import")
    assert uow.session.scalars(select(Standing).where(Standing.client_id == client_id)).all() == []


def test_the_bulk_fingerprints_are_those_of_the_register(uow: UnitOfWork) -> None:
    client_id = create_client(uow, last_name="Mäki-Öhman", first_names="Åsa Anna-Liisa")
    filed = uow.session.scalars(select(ClientToken.token).where(ClientToken.client_id == client_id)).all()
    assert sorted(filed) == services.token_rows(uow.vault, "Mäki-Öhman", "Åsa Anna-Liisa")
