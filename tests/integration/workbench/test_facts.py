"""What is on record for a case: read at once by the pages, said by each feature of its own part; both agree."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from app.access.actor import system_actor
from app.activity import queries as activity
from app.activity import services as activity_services
from app.assessments import queries as assessments
from app.assessments import services as assessment_services
from app.cases import queries as cases
from app.cases import services as case_services
from app.cases.domain import CaseView
from app.consents import queries as consents
from app.core.uow import UnitOfWork
from app.measures import queries as measures
from app.measures import services as measure_services
from app.network import queries as network
from app.participation import queries as participation
from app.participation.domain import Answer
from app.plans import queries as plans
from app.workbench import queries
from tests.factories.accounts import actor_of, create_team
from tests.factories.activity import ATTENDED, CLEARED, create_period, mark
from tests.factories.assessments import build_entry as build_identification
from tests.factories.assessments import create_needs, finish_needs
from tests.factories.cases import create_case, create_worker, seen_by
from tests.factories.consents import build_entry, create_consent
from tests.factories.measures import build_result, enter, give_form
from tests.factories.network import create_member
from tests.factories.participation import answer, give_feedback, hear
from tests.factories.plans import create_draft, create_plan_in_force, hold_review

TODAY = date(2026, 11, 24)
Deed = Callable[[UnitOfWork, CaseView, datetime], object]


def _note(topic: str, kind: str) -> Deed:
    def write(uow: UnitOfWork, case: CaseView, now: datetime) -> object:
        actor = actor_of(uow, case.worker_id) if case.worker_id else None
        assert actor is not None
        return case_services.write_note(
            uow,
            seen_by(uow, actor, case, now=now),
            kind=kind,
            topic=topic,
            happened_on=TODAY,
            line="Asia",
            text=None,
            is_visible_to_client=False,
            actor=actor,
            now=now,
        )

    return write


def _score(uow: UnitOfWork, case: CaseView, now: datetime) -> object:
    actor = actor_of(uow, case.worker_id) if case.worker_id else None
    assert actor is not None
    return measure_services.enter_value(
        uow,
        seen_by(uow, actor, case, now=now),
        measure="ME01",
        value=6,
        measured_on=TODAY,
        remark=None,
        actor=actor,
        now=now,
    )


def _result(measure: str) -> Deed:
    return lambda uow, case, now: enter(uow, case, build_result(measure), now=now)


def _answers(uow: UnitOfWork, case: CaseView, now: datetime) -> object:
    create_plan_in_force(uow, case, in_force_on=date(2026, 11, 20))
    answer(uow, case, Answer.AGREES, Answer.PARTLY, now=now)
    return case


def _repeated(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    for on in (date(2026, 5, 20), date(2026, 11, 20)):
        enter(uow, case, build_result("ME04", on), now=now)


def _reviewed(uow: UnitOfWork, case: CaseView, now: datetime) -> object:
    plan = create_plan_in_force(uow, case, in_force_on=date(2026, 11, 10))
    return hold_review(uow, case, plan, held_on=date(2026, 11, 20), now=now)


def _elsewhere(uow: UnitOfWork, case: CaseView, now: datetime) -> object:
    actor = actor_of(uow, case.worker_id) if case.worker_id else None
    assert actor is not None
    return case_services.record_elsewhere(
        uow,
        seen_by(uow, actor, case, now=now),
        document="DO12",
        system="SY06",
        recorded_on=TODAY,
        reference=None,
        actor=actor,
        now=now,
    )


def _identified(**parts: Any) -> Deed:  # noqa: ANN401 - parts of the entry by name
    def keep(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
        actor = actor_of(uow, case.worker_id) if case.worker_id else None
        assert actor is not None
        seen, number = seen_by(uow, actor, case, now=now), assessments.identification_of(uow, case.id).number
        entry = build_identification(**parts)
        assessment_services.keep_identification(uow, seen, entry, expected_number=number, actor=actor, now=now)

    return keep


def _assessed(uow: UnitOfWork, case: CaseView, _now: datetime) -> None:
    finish_needs(uow, case, create_needs(uow, case, on=date(2026, 11, 20)), on=TODAY)


DEEDS: dict[str, tuple[Deed, str]] = {
    "an entry": (_note("progress", "call"), "note:progress"),
    "a meeting": (_note("assessment", "network_meeting"), "meeting:assessment"),
    "a score": (_score, "measure:ME01"),
    "a result of Kykyviisari": (_result("ME02"), "measure:ME02"),
    "a test done by oneself": (_result("ME03"), "measure:ME03"),
    "a measure repeated": (_repeated, "measure:repeated"),
    "an observation": (_result("ME04"), "measure:ME04"),
    "a talk with the client": (
        lambda uow, case, now: hear(uow, case, now=now, told=("rights",)),
        "participation:told",
    ),
    "feedback": (lambda uow, case, now: give_feedback(uow, case, now=now), "participation:feedback"),
    "answers to the goals": (_answers, "participation:goals"),
    "a form given": (lambda uow, case, now: give_form(uow, case, on=TODAY, now=now), "self_assessment"),
    "a document": (_elsewhere, "recorded:DO12"),
    "a signal": (_identified(signs=frozenset({"life_control"})), "identification:signals"),
    "a trigger": (_identified(signs=frozenset({"TR03"})), "identification:triggers"),
    "a look at the lists": (_identified(is_looked_through=True), "identification:triggers"),
    "the situation": (_identified(texts={"skills": "Hitsaus"}), "identification:facts"),
    "a needs assessment": (_assessed, "needs_assessment"),
    "a consent": (
        lambda uow, case, now: create_consent(uow, case, build_entry(categories=("health",)), now=now),
        "consent:health",
    ),
    "a review": (_reviewed, "review:held"),
    "a plan": (lambda uow, case, _now: create_plan_in_force(uow, case, in_force_on=date(2026, 11, 20)), "review"),
}


@pytest.fixture
def case(uow: UnitOfWork) -> CaseView:
    team = create_team(uow)
    return create_case(uow, worker=create_worker(uow, team=team), team=team)


def said_by_features(uow: UnitOfWork, case: CaseView) -> frozenset[str]:
    features = (activity, assessments, cases, consents, network, measures, participation, plans)
    return frozenset().union(*(feature.met_needs(uow, case, TODAY) for feature in features))


@pytest.mark.parametrize("deed", DEEDS)
def test_each_deed_meets_its_need_and_the_features_agree(
    uow: UnitOfWork, case: CaseView, now: datetime, deed: str
) -> None:
    do, need = DEEDS[deed]
    assert need not in queries.facts_of(uow, case, TODAY).met
    do(uow, case, now)
    uow.flush()
    facts = queries.facts_of(uow, case, TODAY)
    assert need in facts.met
    assert facts.met == said_by_features(uow, case)


def test_emptied_texts_and_a_draft_of_an_assessment_meet_nothing(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    before = queries.facts_of(uow, case, TODAY).met
    _identified(texts={"skills": "Hitsaus"})(uow, case, now)
    _identified(texts={"skills": ""})(uow, case, now)
    create_needs(uow, case, on=date(2026, 11, 20))
    assert queries.facts_of(uow, case, TODAY).met == before == said_by_features(uow, case)


def test_a_member_without_a_basis_and_a_draft_meet_nothing(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    before = queries.facts_of(uow, case, TODAY).met
    assert "consent:parties" in before
    create_member(uow, case, now=now)
    create_draft(uow, case, now=now)
    facts = queries.facts_of(uow, case, TODAY)
    assert facts.met == before - {"consent:parties"}
    assert facts.met == said_by_features(uow, case)


def test_activity_meets_its_needs_one_by_one_and_a_mark_taken_back_meets_nothing(
    uow: UnitOfWork, now: datetime
) -> None:
    case = create_case(uow, model="quality_based_coaching")

    def met() -> set[str]:
        facts = queries.facts_of(uow, case, TODAY)
        assert facts.met == said_by_features(uow, case)
        return {code for code in facts.met if code.startswith("activity:")}

    assert met() == set()
    period_id = create_period(uow, case)
    assert met() == {"activity:period"}
    mark(uow, case, period_id, {TODAY: ATTENDED}, now=now)
    assert met() == {"activity:period", "activity:attendance"}
    mark(uow, case, period_id, {TODAY: CLEARED}, now=now)
    assert met() == {"activity:period"}
    activity_services.tell_steward(
        uow, case, period_id, told_on=TODAY, told_by="Anna", actor=system_actor("system:demo"), now=now
    )
    assert met() == {"activity:period", "activity:shop_steward"}
