"""The identification record: signs that end but never vanish, fields with their history, health with permission."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.access.actor import Role, system_actor
from app.assessments import queries, services
from app.assessments.domain import Health, SignKind, health_permission
from app.cases import queries as cases
from app.cases.domain import Background, CaseView
from app.clients import queries as clients
from app.consents import queries as consents
from app.consents.domain import Answer, ConsentItem, ConsentKind
from app.core.errors import Conflict, Forbidden, NotFound, Refused
from app.core.uow import UnitOfWork
from tests.factories.accounts import actor_of, create_team, create_user
from tests.factories.assessments import build_entry
from tests.factories.cases import create_case, create_worker, seen_by
from tests.factories.clients import create_client
from tests.factories.consents import build_entry as build_consent
from tests.factories.consents import create_consent

DEMO = system_actor("system:demo")
TODAY = date(2026, 11, 24)


@pytest.fixture
def case(uow: UnitOfWork) -> CaseView:
    return create_case(uow, opened_on=date(2026, 11, 2))


def keep(uow: UnitOfWork, case: CaseView, now: datetime, *, expected: int = 0, **parts: Any) -> None:  # noqa: ANN401 - parts of an entry
    entry = build_entry(**parts)
    services.keep_identification(uow, case, entry, expected_number=expected, actor=DEMO, now=now)


def end(uow: UnitOfWork, case: CaseView, sign_id: UUID, now: datetime, **changes: Any) -> None:  # noqa: ANN401 - handed on
    words: dict[str, Any] = {"ending": "passed", "ended_on": TODAY, "reason": "Hoito alkoi."} | changes
    services.end_sign(uow, case, sign_id, **words, actor=DEMO, now=now)


def test_a_trigger_keeps_its_day_its_finder_and_the_remark(uow: UnitOfWork, now: datetime) -> None:
    """TR03, and a softer signal beside it."""
    team = create_team(uow)
    worker = create_worker(uow, team=team)
    case, actor = create_case(uow, worker=worker, team=team), actor_of(uow, worker)
    entry = build_entry(on=date(2026, 11, 20), signs=frozenset({"TR03", "life_control"}), remark="kertoi puhelimessa")
    seen = seen_by(uow, actor, case, now=now)
    services.keep_identification(uow, seen, entry, expected_number=0, actor=actor, now=now)
    record = queries.identification_of(uow, case.id)
    (trigger,) = record.open_signs(SignKind.TRIGGER)
    assert (trigger.code, trigger.noted_on, trigger.noted_by) == ("TR03", date(2026, 11, 20), worker.id)
    assert trigger.remark == "kertoi puhelimessa"
    assert record.codes(SignKind.SIGNAL) == frozenset({"life_control"})


def test_a_sign_ends_with_a_reason_and_stays_on_record(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    keep(uow, case, now, on=date(2026, 11, 10), signs=frozenset({"TR05"}))
    (sign,) = queries.identification_of(uow, case.id).signs
    end(uow, case, sign.id, now)
    (ended,) = queries.identification_of(uow, case.id).signs
    assert (ended.is_open, ended.ended_on, ended.end_reason) == (False, TODAY, "Hoito alkoi.")
    assert queries.identification_of(uow, case.id).codes(SignKind.TRIGGER) == frozenset()
    with pytest.raises(Conflict):
        end(uow, case, sign.id, now)
    keep(uow, case, now, signs=frozenset({"TR05"}))  # it may be noticed again
    assert len(queries.identification_of(uow, case.id).signs) == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ended_on": date(2026, 11, 9)}, "ended_on"),
        ({"ended_on": TODAY + timedelta(days=1)}, "ended_on"),
        ({"reason": "  "}, "reason"),
        ({"ending": "gone"}, "ending"),
    ],
)
def test_an_end_that_cannot_be_is_refused(
    uow: UnitOfWork, case: CaseView, now: datetime, changes: dict[str, Any], field: str
) -> None:
    keep(uow, case, now, on=date(2026, 11, 10), signs=frozenset({"TR05"}))
    (sign,) = queries.identification_of(uow, case.id).signs
    with pytest.raises(Refused) as refused:
        end(uow, case, sign.id, now, **changes)
    assert [reason.field for reason in refused.value.reasons] == [field]


def test_a_sign_of_another_case_is_not_found(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    keep(uow, case, now, signs=frozenset({"TR05"}))
    (sign,) = queries.identification_of(uow, case.id).signs
    with pytest.raises(NotFound):
        end(uow, create_case(uow), sign.id, now)


def test_each_change_of_a_field_stays_readable_with_who_and_when(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    keep(uow, case, now, texts={"skills": "Hitsaus", "strengths": "Sitkeä"})
    keep(uow, case, now, expected=1, texts={"skills": "Hitsaus ja koneistus", "strengths": "Sitkeä"})
    keep(uow, case, now, expected=2, texts={"skills": ""})
    record = queries.identification_of(uow, case.id)
    assert [one.value for one in record.entries["skills"]] == [None, "Hitsaus ja koneistus", "Hitsaus"]
    assert [one.number for one in record.entries["strengths"]] == [1]
    assert record.newest("skills") is None
    assert record.value("strengths") == "Sitkeä"


def test_the_one_who_saves_second_overwrites_nothing(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    keep(uow, case, now, texts={"skills": "Hitsaus"})
    with pytest.raises(Conflict):
        keep(uow, case, now, texts={"skills": "Leipominen"})
    with pytest.raises(Conflict):
        keep(uow, case, now, expected=1, background=Background(wish="study"), background_number=1)
    assert queries.identification_of(uow, case.id).value("skills") == "Hitsaus"


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"signs": frozenset({"TR99"})}, "signals"),
        ({"on": TODAY + timedelta(days=1)}, "noted_on"),
        ({"channel": "pigeon"}, "contact_channel"),
        ({"texts": {"skills": "x" * 5001}}, "skills"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    uow: UnitOfWork, case: CaseView, now: datetime, parts: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        keep(uow, case, now, **parts)
    assert [reason.field for reason in refused.value.reasons] == [field]
    assert queries.identification_of(uow, case.id).number == 0


def test_a_sign_on_record_is_not_noted_twice(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    keep(uow, case, now, signs=frozenset({"TR05"}))
    with pytest.raises(Refused) as refused:
        keep(uow, case, now, signs=frozenset({"TR05"}))
    assert [reason.field for reason in refused.value.reasons] == ["triggers"]


# ---------------------------------------------------------------- health
def permission(uow: UnitOfWork, case: CaseView) -> Health:
    return health_permission(consents.consents_of(uow, case.id), TODAY)


def test_health_is_written_down_only_with_the_clients_permission(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    """PA2; 703/2023 section 6."""
    assert permission(uow, case) is Health.NOT_ASKED
    with pytest.raises(Refused) as refused:
        keep(uow, case, now, texts={"health": "Selkä leikattu.", "skills": "Hitsaus"})
    assert [reason.field for reason in refused.value.reasons] == ["health"]
    assert queries.identification_of(uow, case.id).number == 0
    create_consent(uow, case, build_consent(categories=("health",)), now=now)
    keep(uow, case, now, texts={"health": "Selkä leikattu."})
    assert queries.identification_of(uow, case.id).value("health") == "Selkä leikattu."


def test_a_refusal_or_a_prohibition_is_no_permission(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    """A refusal settles the need of the pathway (812/2000), and nothing is written down all the same."""
    refusal = replace(build_consent(), items=(ConsentItem("kela", "health", "planning", Answer.REFUSED),))
    create_consent(uow, case, refusal, now=now)
    assert permission(uow, case) is Health.REFUSED
    forbidden = (ConsentItem("employer", "health", "planning", Answer.GIVEN),)
    create_consent(uow, case, replace(build_consent(), kind=ConsentKind.PROHIBITION, items=forbidden), now=now)
    assert permission(uow, case) is Health.REFUSED
    with pytest.raises(Refused):
        keep(uow, case, now, texts={"health": "Selkä leikattu."})


# ---------------------------------------------------------------- what the rules see
def test_nobody_has_looked_is_another_thing_than_nothing_was_found(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    assert queries.identification_of(uow, case.id).codes(SignKind.TRIGGER) is None
    keep(uow, case, now, is_looked_through=True)
    record = queries.identification_of(uow, case.id)
    assert record.codes(SignKind.TRIGGER) == record.codes(SignKind.SIGNAL) == frozenset()
    assert queries.met_needs(uow, case, TODAY) == {"identification:signals", "identification:triggers"}


@pytest.mark.parametrize("is_protected", [False, True])
def test_the_municipality_of_a_protected_address_is_not_known_to_any_rule(
    uow: UnitOfWork, now: datetime, *, is_protected: bool
) -> None:
    person = create_client(uow, protected=is_protected)
    case = create_case(uow, client_id=person)
    keep(uow, case, now, background=Background(is_unemployed=True))
    record, client = queries.identification_of(uow, case.id), clients.client_of(uow, person)
    known = queries.known_of(uow, case, client, record, TODAY)
    assert known.municipality == (None if is_protected else "398")
    assert known.background.is_unemployed is True
    assert known.open_models == {"work_ability_support"}


def test_a_colleague_of_the_team_does_not_write_here(uow: UnitOfWork, now: datetime) -> None:
    team = create_team(uow)
    case = create_case(uow, worker=create_worker(uow, team=team), team=team)
    colleague = actor_of(uow, create_user(uow, roles=(Role.OWN_WORKER,), teams=(team,)))
    seen = seen_by(uow, colleague, case, now=now)
    with pytest.raises(Forbidden):
        services.keep_identification(uow, seen, build_entry(), expected_number=0, actor=colleague, now=now)
    assert cases.background_of(uow, case.id).number == 0


def test_the_channel_a_path_opens_with_is_the_first_value_of_its_field(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    """PA1: the worker who writes the identification later goes on from it."""
    services.keep_channel(uow, case, "referral", actor=DEMO, now=now)
    services.keep_channel(uow, case, None, actor=DEMO, now=now)
    assert queries.identification_of(uow, case.id).value("contact_channel") == "referral"
    keep(uow, case, now, expected=1, channel="phone")
    record = queries.identification_of(uow, case.id)
    assert record.value("contact_channel") == "phone"
    assert [one.value for one in record.earlier("contact_channel")] == ["referral"]


def test_a_channel_nobody_knows_is_refused_at_its_field(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    with pytest.raises(Refused) as refusal:
        services.keep_channel(uow, case, "pigeon", actor=DEMO, now=now)
    assert [reason.field for reason in refusal.value.reasons] == ["contact_channel"]
    assert queries.identification_of(uow, case.id).number == 0
