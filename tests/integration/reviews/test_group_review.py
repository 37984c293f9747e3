"""One meeting, a review for each client of model C: each in its own case and with its own basis (RU16, REVIEW_C)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from app.access.actor import Actor, Role
from app.accounts.domain import UserView
from app.cases.domain import CaseView
from app.core.errors import Forbidden, NotFound, Refused
from app.core.uow import UnitOfWork
from app.plans import queries as plans
from app.plans.domain import GoalAnswer, GoalOutcome
from app.plans.held import reviews_of
from app.reviews import queries
from app.reviews.domain import row_name
from app.reviews.group import GroupRow, Meeting, hold_group_review
from tests.factories.accounts import actor_of, create_team, create_user
from tests.factories.cases import create_case, moment_of, seen_by
from tests.factories.clients import create_client
from tests.factories.consents import build_entry, create_consent
from tests.factories.plans import answers, create_plan_in_force, replace_version

TODAY = date(2026, 11, 24)
NOW = moment_of(TODAY)
NAMES = ("Koivula", "Rantanen", "Saarinen")


@pytest.fixture
def instructor(uow: UnitOfWork) -> UserView:
    return create_user(uow, roles=(Role.OWN_WORKER,), teams=(create_team(uow),), full_name="Matti Meikäläinen")


@pytest.fixture
def actor(uow: UnitOfWork, instructor: UserView) -> Actor:
    return actor_of(uow, instructor)


def a_member(uow: UnitOfWork, instructor: UserView, last_name: str, **plan: Any) -> CaseView:  # noqa: ANN401 - what the plan is made of
    client = create_client(uow, last_name=last_name, first_names="Aino Maria", call_name="Aino")
    (team,) = instructor.team_ids
    case = create_case(
        uow, client_id=client, model="group_employment", worker=instructor, team=team, opened_on=date(2026, 6, 1)
    )
    given = {"in_force_on": date(2026, 6, 1), "next_review_on": date(2026, 12, 1), **plan}
    create_plan_in_force(uow, case, **given)
    return case


def a_row(uow: UnitOfWork, actor: Actor, case: CaseView, situation: str = "Käynyt joka päivä.") -> GroupRow:
    seen = seen_by(uow, actor, case, now=NOW)
    (plan,) = plans.plans_of(uow, case.id)
    return GroupRow(
        case=seen,
        plan_id=plan.id,
        kind=plan.kind,
        version_id=plan.version_shown.id,
        situation=situation,
        outcomes=answers(uow, case, plan, GoalOutcome.PARTLY),
        next_review_on=date(2027, 5, 24),
    )


@pytest.fixture
def rows(uow: UnitOfWork, instructor: UserView, actor: Actor) -> list[GroupRow]:
    return [a_row(uow, actor, a_member(uow, instructor, name), f"Tilanne {name[-2:]}") for name in NAMES]


def hold(uow: UnitOfWork, rows: list[GroupRow], actor: Actor, **meeting: object) -> None:
    given = Meeting(**({"held_on": TODAY} | meeting))  # type: ignore[arg-type] # fields of the meeting
    hold_group_review(uow, given, rows, actor=actor, now=NOW)


def field(row: GroupRow, name: str) -> str:
    return f"{row_name(row.case.id)}-{name}"


def fields_of(refused: pytest.ExceptionInfo[Refused]) -> list[str | None]:
    return [reason.field for reason in refused.value.reasons]


def test_each_client_has_a_review_of_their_own_with_the_meeting_in_common(
    uow: UnitOfWork, rows: list[GroupRow], actor: Actor
) -> None:
    hold(uow, rows, actor, parties=("client", "worker"), notes="Ryhmä jatkaa maanantaisin.")
    for row, name in zip(rows, NAMES, strict=True):
        (held,) = reviews_of(uow, row.plan_id)
        assert (held.held_on, held.situation, held.next_review_on) == (TODAY, f"Tilanne {name[-2:]}", date(2027, 5, 24))
        assert (held.parties, held.meeting_notes) == (("client", "worker"), "Ryhmä jatkaa maanantaisin.")
        assert plans.plan_of(uow, row.case.id, row.plan_id).due_on == date(2027, 5, 24)
    assert uow.session.execute(text("SELECT count(DISTINCT meeting_id), count(*) FROM review")).one() == (1, 3)
    traces = "SELECT count(DISTINCT client_id), count(*) FROM audit_event WHERE action = 'review_held'"
    assert uow.session.execute(text(traces)).one() == (3, 3)


def test_a_party_without_a_basis_is_left_out_of_that_client_s_review_only(
    uow: UnitOfWork, rows: list[GroupRow], actor: Actor
) -> None:
    create_consent(uow, rows[0].case, build_entry(given=("kela",)), now=NOW)
    with pytest.raises(Refused) as refused:
        hold(uow, rows, actor, parties=("client", "kela"))
    assert fields_of(refused) == [field(rows[1], "apart"), field(rows[2], "apart")]


def test_the_tick_that_they_were_not_in_the_room_lets_the_row_through_without_the_party(
    uow: UnitOfWork, rows: list[GroupRow], actor: Actor
) -> None:
    create_consent(uow, rows[0].case, build_entry(given=("kela",)), now=NOW)
    ticked = [rows[0], replace(rows[1], is_apart=True), replace(rows[2], is_apart=True)]
    hold(uow, ticked, actor, parties=("client", "kela"))
    present = [reviews_of(uow, row.plan_id)[0].parties for row in rows]
    assert present == [("client", "kela"), ("client",), ("client",)]


def test_a_party_that_the_law_brings_to_the_reviews_of_the_plan_needs_no_basis_of_its_own(
    uow: UnitOfWork, instructor: UserView, actor: Actor, rows: list[GroupRow]
) -> None:
    """As in a review held alone: the labour authority takes part in those of a multisector plan (381/2023)."""
    within_law = {"in_force_on": date(2026, 10, 1), "next_review_on": date(2026, 12, 1)}
    case = a_member(uow, instructor, "Lehto", kind="multisector_employment_plan", **within_law)
    joint = replace(a_row(uow, actor, case), next_review_on=date(2027, 2, 24))
    with pytest.raises(Refused) as refused:
        hold(uow, [joint, rows[0]], actor, parties=("client", "labour_authority"))
    assert fields_of(refused) == [field(rows[0], "apart")]
    hold(uow, [joint, replace(rows[0], is_apart=True)], actor, parties=("client", "labour_authority"))
    present = [reviews_of(uow, row.plan_id)[0].parties for row in (joint, rows[0])]
    assert present == [("client", "labour_authority"), ("client",)]


def test_no_name_of_a_member_comes_into_another_s_papers(uow: UnitOfWork, rows: list[GroupRow], actor: Actor) -> None:
    with pytest.raises(Refused) as refused:
        hold(
            uow,
            rows,
            actor,
            notes="Koivulan vuoro on ensin.",
            participants="Rantanen",
            missing_reason="Saarinen sairas",
        )
    assert fields_of(refused) == ["notes", "participants", "missing_reason"]


@pytest.mark.parametrize("place", ["situation", "next_reason", "remark"])
def test_no_name_of_a_member_stands_in_the_row_of_another(
    uow: UnitOfWork, rows: list[GroupRow], actor: Actor, place: str
) -> None:
    named = {place: "Tekee työtä Saarisen kanssa."}
    if place == "remark":
        said = GoalAnswer(GoalOutcome.MET, "Tekee työtä Saarisen kanssa.")
        naming = replace(rows[1], outcomes=dict.fromkeys(rows[1].outcomes, said))
    else:
        naming = replace(rows[1], **named)  # type: ignore[arg-type] # fields of the row
    with pytest.raises(Refused) as refused:
        hold(uow, [rows[0], naming, rows[2]], actor)
    assert fields_of(refused) == [field(naming, "situation")]


def test_one_s_own_name_may_stand_in_one_s_own_row(uow: UnitOfWork, rows: list[GroupRow], actor: Actor) -> None:
    hold(uow, [replace(rows[0], situation="Koivula jaksaa hyvin."), *rows[1:]], actor)


def test_what_is_wrong_in_any_row_is_told_at_once_at_its_client(
    uow: UnitOfWork, rows: list[GroupRow], actor: Actor
) -> None:
    wrong = [
        replace(rows[0], next_review_on=date(2027, 7, 1)),
        replace(rows[1], outcomes={}),
        replace(rows[2], situation=" "),
    ]
    with pytest.raises(Refused) as refused:
        hold(uow, wrong, actor)
    assert set(fields_of(refused)) == {
        field(wrong[0], "reason"),
        field(wrong[1], "goal-1"),
        field(wrong[1], "goal-2"),
        field(wrong[2], "situation"),
    }
    assert [reviews_of(uow, row.plan_id) for row in rows] == [[], [], []]
    assert {plans.plan_of(uow, row.case.id, row.plan_id).due_on for row in rows} == {date(2026, 12, 1)}


def test_a_plan_that_has_a_new_version_meanwhile_is_looked_at_again_and_no_row_is_saved(
    uow: UnitOfWork, rows: list[GroupRow], actor: Actor
) -> None:
    plan = plans.plan_of(uow, rows[1].case.id, rows[1].plan_id)
    replace_version(uow, rows[1].case, plan, on=TODAY, next_review_on=date(2026, 12, 1))
    with pytest.raises(Refused) as refused:
        hold(uow, rows, actor)
    assert fields_of(refused) == [field(rows[1], "situation")]
    assert reviews_of(uow, rows[0].plan_id) == []


def test_a_meeting_of_tomorrow_was_not_held(uow: UnitOfWork, rows: list[GroupRow], actor: Actor) -> None:
    with pytest.raises(Refused) as refused:
        hold(uow, rows, actor, held_on=date(2026, 11, 25))
    assert fields_of(refused) == ["held_on"]


def test_who_may_not_review_one_of_the_clients_reviews_none(
    uow: UnitOfWork, rows: list[GroupRow], actor: Actor, instructor: UserView
) -> None:
    other = create_user(uow, roles=(Role.OWN_WORKER,), teams=tuple(instructor.team_ids))
    mate = actor_of(uow, other)
    theirs = a_row(uow, mate, a_member(uow, other, "Virtanen"))
    foreign = replace(rows[0], case=seen_by(uow, mate, rows[0].case, now=NOW))
    with pytest.raises((Forbidden, NotFound)):
        hold(uow, [theirs, foreign], mate)
    assert reviews_of(uow, theirs.plan_id) == []


def test_the_group_is_made_of_the_cases_one_may_review(
    uow: UnitOfWork, rows: list[GroupRow], actor: Actor, instructor: UserView
) -> None:
    other = create_user(uow, roles=(Role.OWN_WORKER,), teams=tuple(instructor.team_ids))
    a_member(uow, other, "Virtanen")
    create_case(uow, model="work_ability_support", worker=instructor, opened_on=date(2026, 6, 1))
    found = queries.group_of(uow, actor, now=NOW)
    assert {one.name.last_name for one in found} == set(NAMES)
    only = queries.group_of(uow, actor, now=NOW, only={rows[1].case.id})
    assert [one.name.last_name for one in only] == ["Rantanen"]
