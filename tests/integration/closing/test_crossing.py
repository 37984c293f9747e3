"""What may go from one path to the next: within a client register, between two, or never (703/2023 18 and 53 §)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import pytest
from sqlalchemy import select

from app.assessments import services as assessments
from app.audit.models import AuditEvent
from app.cases import queries as cases
from app.cases.domain import Background
from app.cases.services import keep_background
from app.closing import queries
from app.closing.crossing import CATEGORIES, RECEIVERS, WITH_PERMISSION
from app.closing.domain import FIELDS, Carry, CarryKind
from app.consents.domain import ConsentKind
from app.core.errors import Refused
from app.core.uow import UnitOfWork
from app.pathways.loader import all_latest, latest
from app.reference.loader import reference
from app.workbench import services as workbench
from tests.factories.assessments import COMPLETE, create_needs, finish_needs
from tests.factories.assessments import build_entry as build_identification
from tests.factories.consents import build_entry, create_consent
from tests.factories.measures import build_result, enter
from tests.factories.network import create_member
from tests.factories.plans import create_plan_in_force
from tests.integration.closing.test_next_path import Desk

TODAY: Final = date(2026, 11, 24)
MODELS: Final = tuple(model.key for model in all_latest())
PAIRS: Final = [(one, other) for one in MODELS for other in MODELS if one != other]
EVERYTHING: Final = tuple(row.code for row in reference().data_categories)


def crosses(before: str, after: str) -> bool:
    return latest(before).system != latest(after).system


def permit(desk: Desk, receiver: str, categories: Sequence[str] = EVERYTHING, **known: Any) -> UUID:  # noqa: ANN401 - parts of an entry
    entry = build_entry(
        kind=ConsentKind.PERMISSION, basis="DISCLOSURE_PERMISSION", given=(receiver,), categories=categories, **known
    )
    return create_consent(desk.uow, desk.case, entry, now=desk.now)


def know(desk: Desk, facts: Background | None = None) -> None:
    found = facts or Background(benefit="general_support", is_unemployed=True)
    keep_background(desk.uow, desk.case, found, expected_number=0, actor=desk.actor, now=desk.now)


def fill(desk: Desk) -> None:
    """Put one thing of every kind on record, with a consent that covers it within the register."""
    uow, case, now = desk.uow, desk.case, desk.now
    create_consent(uow, case, build_entry(given=("kela",), categories=("health",)), now=now)
    create_member(uow, case, name="Mirva Salo", party="kela", now=now)
    enter(uow, case, build_result("ME01"), now=now)
    know(desk)
    entry = build_identification(
        on=date(2026, 11, 10), signs=frozenset({"TR03"}), remark="x", texts={"skills": "Hitsaa", "health": "Selkä"}
    )
    assessments.keep_identification(uow, case, entry, expected_number=0, actor=desk.actor, now=now)
    finish_needs(
        uow,
        case,
        create_needs(uow, case, on=date(2026, 11, 5), content=replace(COMPLETE, is_office_holder=True)),
        on=date(2026, 11, 20),
    )
    create_plan_in_force(uow, case, in_force_on=date(2026, 11, 4), goals=("Haluan töihin",))


def offered(desk: Desk, after: str) -> list[Carry]:
    return list(queries.offers_of(desk.uow, desk.case, latest(after), TODAY))


def going(desk: Desk, after: str) -> set[CarryKind]:
    return {one.kind for one in offered(desk, after) if one.why_not is None}


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_every_kind_goes_within_a_register_and_none_crosses_by_itself(
    uow: UnitOfWork, now: datetime, before: str, after: str
) -> None:
    """PA, PB, PC; with a permission that names everything, only what the rule names may cross."""
    desk = Desk(uow, now, model=before)
    fill(desk)
    every = set(CarryKind)
    assert {one.kind for one in offered(desk, after)} == every, "each kind goes or stays with a reason"
    assert going(desk, after) == (set() if crosses(before, after) else every)
    permit(desk, RECEIVERS[latest(after).system])
    assert going(desk, after) - {CarryKind.CONSENT} == (
        set(WITH_PERMISSION) if crosses(before, after) else every - {CarryKind.CONSENT}
    )


@pytest.mark.parametrize("kind", [kind for kind in CarryKind if kind is not CarryKind.CONSENT])
def test_a_tick_made_by_hand_carries_nothing_over_the_border(uow: UnitOfWork, now: datetime, kind: CarryKind) -> None:
    desk = Desk(uow, now, model="work_ability_support")
    fill(desk)
    ids = tuple(one.id for one in offered(desk, "group_employment") if one.kind is kind)
    with pytest.raises(Refused) as refusal:
        desk.follow(carried={kind: ids})
    assert FIELDS[kind] in [reason.field for reason in refusal.value.reasons]


HEALTH_TOO: Final = ("work_ability", "health")


@pytest.mark.parametrize(
    ("measure", "categories", "goes"),
    [
        ("ME01", ("work_ability",), True),
        ("ME01", ("health", "benefits", "plan"), False),
        ("ME02", ("work_ability",), True),
        ("ME03", ("work_ability",), False),
        ("ME03", HEALTH_TOO, True),
        ("ME04", ("work_ability",), True),
    ],
)
def test_a_measure_crosses_with_the_permission_that_names_its_kind_of_data(
    uow: UnitOfWork, now: datetime, measure: str, categories: tuple[str, ...], *, goes: bool
) -> None:
    """ME03 is a test of mental health, so it is data of health too."""
    desk = Desk(uow, now)
    enter(uow, desk.case, build_result(measure), now=now)
    permit(desk, "health_care", categories)
    assert (CarryKind.MEASURE in going(desk, "work_ability_support")) is goes


@pytest.mark.parametrize(
    "fact",
    [
        {"benefit": "general_support"},
        {"is_unemployed": False},
        {"is_disability_client": True},
        {"is_beyond_public_services": True},
        {"needs_joint_support": True},
        {"wish": "study"},
    ],
    ids=lambda fact: next(iter(fact)),
)
def test_a_background_fact_crosses_only_when_its_own_kind_of_data_is_named(
    uow: UnitOfWork, now: datetime, fact: Mapping[str, Any]
) -> None:
    desk = Desk(uow, now)
    know(desk, Background(**fact))
    own = CATEGORIES[next(iter(fact))]
    permit(desk, "health_care", [code for code in EVERYTHING if code != own])
    assert CarryKind.BACKGROUND not in going(desk, "work_ability_support")
    permit(desk, "health_care", [own])
    assert CarryKind.BACKGROUND in going(desk, "work_ability_support")


@pytest.mark.parametrize(
    ("receiver", "known"),
    [
        ("specialised_care", {}),
        ("social_welfare", {}),
        ("health_care", {"valid_until": date(2026, 11, 23)}),
        ("health_care", {"given_on": date(2026, 11, 1), "valid_until": date(2026, 11, 10)}),
    ],
)
def test_a_permission_for_somebody_else_or_of_yesterday_opens_nothing(
    uow: UnitOfWork, now: datetime, receiver: str, known: dict[str, Any]
) -> None:
    desk = Desk(uow, now)
    know(desk)
    permit(desk, receiver, **known)
    assert going(desk, "work_ability_support") <= {CarryKind.CONSENT}


def test_a_consent_is_no_permission_and_the_clients_no_beats_one(uow: UnitOfWork, now: datetime) -> None:
    desk = Desk(uow, now)
    know(desk)
    create_consent(uow, desk.case, build_entry(given=("health_care",), categories=EVERYTHING), now=now)
    assert CarryKind.BACKGROUND not in going(desk, "work_ability_support")
    permit(desk, "health_care")
    assert CarryKind.BACKGROUND in going(desk, "work_ability_support")
    no = build_entry(kind=ConsentKind.PROHIBITION, given=("health_care",), categories=("benefits",))
    create_consent(uow, desk.case, no, now=now)
    (one,) = [one for one in offered(desk, "work_ability_support") if one.kind is CarryKind.BACKGROUND]
    assert str(one.why_not) == "The client has forbidden giving it to the other client register."


def test_a_later_refusal_takes_back_what_was_permitted_earlier(uow: UnitOfWork, now: datetime) -> None:
    desk = Desk(uow, now)
    know(desk)
    permit(desk, "health_care", given_on=date(2026, 11, 2))
    refusal = build_entry(
        kind=ConsentKind.PERMISSION,
        basis="DISCLOSURE_PERMISSION",
        given=("specialised_care",),
        refused=("health_care",),
        categories=("benefits",),
        given_on=date(2026, 11, 20),
    )
    create_consent(uow, desk.case, refusal, now=now)
    assert CarryKind.BACKGROUND not in going(desk, "work_ability_support")


def test_what_crossed_is_in_the_trail_with_its_permission_and_is_told_only_while_it_holds(
    uow: UnitOfWork, now: datetime
) -> None:
    """703/2023 section 10: the trail names the permission. A withdrawal shuts the door; a copy stays."""
    desk = Desk(uow, now)
    know(desk)
    measure = enter(uow, desk.case, build_result("ME01"), now=now)
    permission = permit(desk, "health_care")
    ticks: dict[CarryKind, tuple[UUID, ...]] = {CarryKind.MEASURE: (measure,), CarryKind.BACKGROUND: (desk.id,)}
    opened = desk.follow(model="work_ability_support", carried=ticks)
    trail = select(AuditEvent.detail).where(AuditEvent.case_id == opened.id, AuditEvent.action == "carried_over")
    assert uow.session.scalars(trail).one()["permissions"] == [str(permission)]
    assert cases.background_of(uow, opened.id).is_unemployed is True

    def told() -> dict[str, str]:
        page = queries.carried_page(uow, desk.actor, opened.id, now=now, today=TODAY)
        return {one.kind: one.words for one in page.carried}

    enter(uow, desk.case, build_result("ME01", on=date(2026, 11, 23)), now=now)
    assert told() == {"measure": "Työkykypistemäärä: 6", "background": ""}, "the facts stand on the path's own page"
    workbench.withdraw_consent(uow, desk.case, permission, on=TODAY, reason=None, actor=desk.actor, now=now)
    assert told() == {"measure": "", "background": ""}


def test_the_rule_knows_every_fact_every_kind_of_data_and_every_register() -> None:
    assert set(CATEGORIES) == set(Background().facts)
    assert {*CATEGORIES.values(), "work_ability", "health", "plan"} <= set(EVERYTHING)
    assert {latest(key).system for key in MODELS} == set(RECEIVERS)
    assert set(RECEIVERS.values()) <= {row.code for row in reference().parties}
