"""Keeping what the client says, is told and is answered (PX1–PX7, DO17, FR18)."""

from datetime import date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from app.access.actor import Role
from app.audit.models import AuditEvent
from app.cases.domain import CaseView
from app.core.errors import Forbidden, NotFound, Refused
from app.core.uow import UnitOfWork
from app.participation import queries, services
from app.participation.domain import Answer, GoalReply
from app.participation.models import GoalAnswer
from app.plans import queries as plans
from app.plans import services as plan_services
from tests.factories.accounts import actor_of, create_team, create_user
from tests.factories.cases import create_case, create_worker, seen_by
from tests.factories.participation import DAY, DEMO, answer, build_hearing, give_feedback, hear
from tests.factories.plans import create_draft, create_plan_in_force, replace_version

STORED = """
    SELECT h::text FROM client_hearing h UNION ALL SELECT a::text FROM goal_answer a
    UNION ALL SELECT f::text FROM client_feedback f UNION ALL SELECT r::text FROM feedback_reply r
"""


@pytest.fixture
def case(uow: UnitOfWork) -> CaseView:
    return create_case(uow)


@pytest.fixture
def planned(uow: UnitOfWork, case: CaseView) -> CaseView:
    create_plan_in_force(uow, case, in_force_on=date(2026, 11, 10))
    return case


def test_a_talk_is_kept_as_it_was_told_and_meets_its_stage(
    uow: UnitOfWork, case: CaseView, now: datetime, today: date
) -> None:
    asked = build_hearing(wishes="Opintoihin", told=("rights", "omakanta"), told_by="Mirva Salo", remark="Tulkki tuli.")
    services.hear(uow, case, asked, actor=DEMO, now=now)
    (kept,) = queries.hearings_of(uow, case.id)
    assert kept.content == asked
    assert queries.met_needs(uow, case, today) == {"participation:identification", "participation:told"}


def test_a_talk_in_which_nothing_was_told_meets_its_stage_alone(
    uow: UnitOfWork, case: CaseView, now: datetime, today: date
) -> None:
    hear(uow, case, now=now, stage="follow_up")
    assert queries.met_needs(uow, case, today) == {"participation:follow_up"}


def test_a_corrected_talk_stays_with_its_reason_and_meets_nothing_more(
    uow: UnitOfWork, case: CaseView, now: datetime, today: date
) -> None:
    wrong = hear(uow, case, now=now, told=("rights",))
    right = services.correct_hearing(
        uow, case, wrong, build_hearing(stage="joint_plan"), reason="Väärä vaihe", actor=DEMO, now=now
    )
    found = {one.id: one for one in queries.hearings_of(uow, case.id)}
    assert found[wrong].corrected_by == right
    assert (found[right].corrects, found[right].correction_reason) == (wrong, "Väärä vaihe")
    assert queries.met_needs(uow, case, today) == {"participation:joint_plan"}
    with pytest.raises(Refused):
        services.correct_hearing(uow, case, wrong, build_hearing(), reason="Uudestaan", actor=DEMO, now=now)


def test_a_correction_needs_a_reason_and_a_talk_of_this_case(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    wrong = hear(uow, case, now=now)
    with pytest.raises(Refused) as refused:
        services.correct_hearing(uow, case, wrong, build_hearing(), reason=None, actor=DEMO, now=now)
    assert refused.value.field == "reason"
    other = create_case(uow)
    with pytest.raises(NotFound):
        services.correct_hearing(uow, other, wrong, build_hearing(), reason="Virhe", actor=DEMO, now=now)


def test_the_goals_are_met_when_each_goal_in_force_has_an_answer(
    uow: UnitOfWork, planned: CaseView, now: datetime, today: date
) -> None:
    answer(uow, planned, Answer.AGREES, now=now)
    assert "participation:goals" not in queries.met_needs(uow, planned, today)
    answer(uow, planned, None, Answer.DISAGREES, now=now, comment="Liian nopeasti.")
    assert "participation:goals" in queries.met_needs(uow, planned, today)
    worries = [one.comment for one in queries.goal_answers_of(uow, planned.id).values() if one.is_worry]
    assert worries == ["Liian nopeasti."]


def test_a_second_plan_in_force_asks_about_its_goals_too(
    uow: UnitOfWork, planned: CaseView, now: datetime, today: date
) -> None:
    answer(uow, planned, Answer.AGREES, Answer.AGREES, now=now)
    create_plan_in_force(uow, planned, kind="client_plan", in_force_on=date(2026, 11, 12))
    assert "participation:goals" not in queries.met_needs(uow, planned, today)


def test_without_goals_nothing_is_agreed(uow: UnitOfWork, case: CaseView, now: datetime, today: date) -> None:
    assert queries.met_needs(uow, case, today) == frozenset()
    create_draft(uow, case, now=now)
    assert queries.met_needs(uow, case, today) == frozenset()


def test_a_later_answer_counts_and_the_earlier_stays(uow: UnitOfWork, planned: CaseView, now: datetime) -> None:
    answer(uow, planned, Answer.DISAGREES, now=now, on=DAY)
    answer(uow, planned, Answer.AGREES, now=now, on=date(2026, 11, 23))
    answer(uow, planned, Answer.PARTLY, now=now, on=date(2026, 11, 12))
    (latest,) = queries.goal_answers_of(uow, planned.id).values()
    assert (latest.answer, latest.times) == (Answer.AGREES, 3)
    assert uow.session.scalar(select(func.count(GoalAnswer.id))) == 3


def test_a_new_version_asks_anew(uow: UnitOfWork, planned: CaseView, now: datetime, today: date) -> None:
    answer(uow, planned, Answer.AGREES, Answer.AGREES, now=now)
    (plan,) = plans.plans_of(uow, planned.id)
    replace_version(uow, planned, plan, on=today, next_review_on=date(2027, 2, 10))
    assert "participation:goals" not in queries.met_needs(uow, planned, today)


def test_goals_of_a_draft_or_of_another_plan_are_not_answered(
    uow: UnitOfWork, planned: CaseView, now: datetime, today: date
) -> None:
    (plan,) = plans.plans_of(uow, planned.id)
    draft = plan_services.start_version(uow, planned, plan.id, actor=DEMO, now=now)
    head = plan.in_force
    assert head is not None
    strange = {uuid4(): GoalReply(Answer.AGREES)}
    for version, replies in ((draft, strange), (head.id, {}), (head.id, strange)):
        with pytest.raises(Refused):
            services.answer_goals(uow, planned, version, replies, heard_on=today, way="visit", actor=DEMO, now=now)
    assert queries.goal_answers_of(uow, planned.id) == {}


def test_feedback_waits_until_the_client_has_been_answered(
    uow: UnitOfWork, case: CaseView, now: datetime, today: date
) -> None:
    given = give_feedback(uow, case, now=now)
    assert queries.met_needs(uow, case, today) == {"participation:feedback"}
    assert [one.id for one in queries.voice_of(uow, case.id).open_feedback] == [given]
    services.reply_to_feedback(uow, case, given, words="Pyysimme anteeksi.", replied_on=today, actor=DEMO, now=now)
    voice = queries.voice_of(uow, case.id)
    assert voice.open_feedback == ()
    assert [one.words for one in voice.feedback[0].replies] == ["Pyysimme anteeksi."]


@pytest.mark.parametrize(
    ("words", "on", "field"),
    [(None, DAY, "words"), ("Hei", date(2026, 11, 19), "replied_on"), ("Hei", date(2026, 11, 25), "replied_on")],
)
def test_an_answer_has_words_and_a_day_between_the_feedback_and_today(
    uow: UnitOfWork, case: CaseView, now: datetime, words: str | None, on: date, field: str
) -> None:
    given = give_feedback(uow, case, now=now)
    with pytest.raises(Refused) as refused:
        services.reply_to_feedback(uow, case, given, words=words, replied_on=on, actor=DEMO, now=now)
    assert refused.value.field == field


def test_no_word_of_the_client_lies_open_in_the_database(uow: UnitOfWork, planned: CaseView, now: datetime) -> None:
    hear(uow, planned, now=now, wishes="Opintoihin", told=("rights",), told_by="Mirva")
    answer(uow, planned, Answer.PARTLY, now=now, comment="Rauhassa")
    given = give_feedback(uow, planned, now=now)
    services.reply_to_feedback(uow, planned, given, words="Anteeksi", replied_on=DAY, actor=DEMO, now=now)
    stored = " ".join(row[0] for row in uow.session.execute(text(STORED)))
    for words in ("Selkä", "Opintoihin", "Mirva", "Rauhassa", "Jonotin", "Anteeksi"):
        assert words not in stored
        assert words.encode().hex() not in stored


def test_every_act_leaves_its_trace(uow: UnitOfWork, planned: CaseView, now: datetime) -> None:
    first = hear(uow, planned, now=now)
    services.correct_hearing(uow, planned, first, build_hearing(), reason="Virhe", actor=DEMO, now=now)
    answer(uow, planned, Answer.AGREES, now=now)
    given = give_feedback(uow, planned, now=now)
    services.reply_to_feedback(uow, planned, given, words="Kiitos", replied_on=DAY, actor=DEMO, now=now)
    acts = uow.session.scalars(select(AuditEvent.action).where(AuditEvent.case_id == planned.id)).all()
    assert {"client_heard", "hearing_corrected", "goals_answered", "feedback_recorded", "feedback_answered"} <= set(
        acts
    )


def test_a_colleague_of_the_team_may_record_and_a_stranger_may_not(uow: UnitOfWork, now: datetime) -> None:
    team = create_team(uow)
    case = create_case(uow, worker=create_worker(uow, team=team), team=team)
    colleague = actor_of(uow, create_user(uow, teams=(team,)))
    services.hear(uow, seen_by(uow, colleague, case, now=now), build_hearing(), actor=colleague, now=now)
    stranger = actor_of(uow, create_user(uow, roles=(Role.ADMIN,)))
    with pytest.raises((Forbidden, NotFound)):
        services.hear(uow, case, build_hearing(), actor=stranger, now=now)
