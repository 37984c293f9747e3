"""Answers, the days of the week, interim goals and reasons: sealed, copied to the next version, told apart."""

from datetime import date, datetime, time

import pytest
from sqlalchemy import text

from app.access.actor import system_actor
from app.cases.domain import CaseView
from app.core.errors import Refused
from app.core.uow import UnitOfWork
from app.plans import queries, services
from app.plans.activity import activity_of
from app.plans.difference import ChangeKind
from app.plans.domain import GoalContent, InterimContent, PlanContent
from app.plans.fields import Answer, Week
from tests.factories.cases import create_case
from tests.factories.plans import accept, build_content, build_week, create_draft, create_plan_in_force, needed_answers

DEMO = system_actor("system:demo")
KIND = "activation_plan"
PERIOD = (date(2026, 12, 1), date(2027, 5, 31))
TODAY = date(2026, 11, 24)


def activity(**more: Answer) -> dict[str, Answer]:
    answers = needed_answers(KIND, TODAY, includes_activity="yes")
    return answers | {"evaluation_on": Answer(day=date(2027, 5, 3))} | more


def content_of_activity(agreed: Week, **reasons: str) -> PlanContent:
    return build_content(
        period=PERIOD, next_review_on=date(2027, 2, 1), answers=activity(), week=agreed, reasons=reasons
    )


@pytest.fixture
def case(uow: UnitOfWork) -> CaseView:
    return create_case(uow, model="quality_based_coaching")


def test_answers_and_the_week_are_read_back_and_free_text_is_sealed(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    place = Answer(text="Kierrätyskeskuksen paja")
    content = build_content(
        period=PERIOD, next_review_on=date(2027, 2, 1), answers=activity(activity_place=place), week=build_week(1, 3)
    )
    version_id = create_draft(uow, case, kind=KIND, content=content, now=now)
    assert queries.version_of(uow, case.id, version_id).content == content
    blobs = uow.session.execute(text("SELECT text FROM plan_answer WHERE text IS NOT NULL")).scalars().all()
    assert blobs
    assert not any("Kierrätyskeskuksen".encode() in bytes(blob) for blob in blobs)
    clear = uow.session.execute(text("SELECT code, choice, day FROM plan_answer WHERE text IS NULL")).all()
    assert ("includes_activity", "yes", None) in [tuple(row) for row in clear]
    assert ("evaluation_on", None, date(2027, 5, 3)) in [tuple(row) for row in clear]


def test_interim_goals_are_kept_in_their_order_and_sealed(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow)
    steps = (InterimContent(text="Käyn pajalla kerran", due_on=date(2027, 1, 15)), InterimContent(text="Käyn kahdesti"))
    content = PlanContent(goals=(GoalContent(text="Haluan töihin.", interim=steps),), next_review_on=date(2027, 2, 1))
    version_id = create_draft(uow, case, content=content, now=now)
    assert queries.version_of(uow, case.id, version_id).content == content
    blobs = uow.session.execute(text("SELECT text FROM interim_goal")).scalars().all()
    assert len(blobs) == 2
    assert not any(b"pajalla" in bytes(blob) for blob in blobs)


def test_an_answer_to_no_question_of_the_form_is_left_out(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow)
    content = build_content(next_review_on=date(2027, 2, 1), answers={"evaluation_on": Answer(day=TODAY)})
    version_id = create_draft(uow, case, content=content, now=now)
    assert queries.version_of(uow, case.id, version_id).answers == {}


def test_a_plan_does_not_come_into_force_before_its_law_is_answered(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    """DO02: 189/2001 8 §."""
    version_id = create_draft(uow, case, kind=KIND, content=build_content(next_review_on=date(2027, 2, 1)), now=now)
    with pytest.raises(Refused) as refused:
        accept(uow, case, version_id, on=TODAY)
    assert "answer-education_and_career" in [reason.field for reason in refused.value.reasons]


def test_ru02_five_days_a_week_are_written_with_a_reason_only_and_the_reason_is_sealed_and_read(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    """RU02: warns in words, accepts with a reason, the reason prints."""
    five = build_week(1, 2, 3, 4, 5)
    with pytest.raises(Refused) as refused:
        create_draft(uow, case, kind=KIND, content=content_of_activity(five), now=now)
    assert [reason.field for reason in refused.value.reasons] == ["reason-week"]
    plan = next(one for one in queries.plans_of(uow, case.id) if one.kind == KIND)
    assert plan.draft is not None
    content = content_of_activity(five, week="Asiakas pyysi itse.")
    services.write_version(uow, case, plan.draft.id, content=content, expected_version=1, actor=DEMO, now=now)
    read = queries.printed_of(uow, case.id, plan.draft.id, TODAY)
    assert [one.code for one in read.broken] == ["DAYS_PER_WEEK"]
    assert read.reasons == {"week": "Asiakas pyysi itse."}
    blob = uow.session.execute(text("SELECT text FROM plan_reason")).scalar_one()
    assert b"pyysi" not in bytes(blob)


def test_the_next_version_begins_with_the_answers_and_tells_what_it_changed(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    content = content_of_activity(build_week(1, 3))
    version_id = create_draft(uow, case, kind=KIND, content=content, now=now)
    accept(uow, case, version_id, on=TODAY)
    plan_id = queries.version_of(uow, case.id, version_id).head.plan_id
    second = services.start_version(uow, case, plan_id, actor=DEMO, now=now)
    copied = queries.version_of(uow, case.id, second)
    assert (copied.answers, copied.week, copied.head.form_version) == (content.answers, content.week, 1)
    answers = dict(content.answers) | {
        "activity_place": Answer(text="Kirjasto"),
        "other_services": Answer(text="Velkaneuvonta"),
        "job_search_duty": Answer(choice="applies"),
    }
    changed = build_content(
        period=PERIOD, next_review_on=date(2027, 2, 1), answers=answers, week=build_week(3, 4, ends=time(14))
    )
    services.write_version(uow, case, second, content=changed, expected_version=2, actor=DEMO, now=now)
    before, after = (queries.version_of(uow, case.id, one) for one in (version_id, second))
    found = queries.changes_of(before, after, TODAY)
    told = {one.label: (str(one.kind), one.before, one.after) for one in found.answers}
    assert told["Paikka"] == ("changed", "Sovittu: Paikka", "Kirjasto")
    assert told["Muut palvelut työtoiminnan rinnalla"] == ("added", None, "Velkaneuvonta")
    duty = told["Työnhakuvelvollisuus"]
    assert duty[1:] == ("Velvollisuutta ei ole tai sitä on kevennetty", "Asiakas hakee työtä sovitusti")
    assert [(one.label, str(one.kind), one.before, one.after) for one in found.week] == [
        ("ma", "removed", "9.00–13.00", None),
        ("ke", "changed", "9.00–13.00", "9.00–14.00"),
        ("to", "added", None, "9.00–14.00"),
    ]


def test_interim_goals_are_told_apart_through_the_versions(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow)
    plan = create_plan_in_force(uow, case, in_force_on=date(2026, 11, 10), goals=["Haluan töihin."])
    second = services.start_version(uow, case, plan.id, actor=DEMO, now=now)
    goal = queries.version_of(uow, case.id, second).content.goals[0]
    step = InterimContent(text="Soitan pajalle", due_on=date(2026, 12, 1))
    content = PlanContent(
        goals=(GoalContent(text=goal.text, interim=(step,), actions=goal.actions, origin_id=goal.origin_id),),
        next_review_on=date(2027, 2, 10),
    )
    services.write_version(uow, case, second, content=content, expected_version=2, actor=DEMO, now=now)
    heads = reversed(queries.plan_of(uow, case.id, plan.id).versions)
    before, after = (queries.version_of(uow, case.id, head.id) for head in heads)
    (change,) = queries.changes_of(before, after, TODAY).goals
    assert change.goal.kind is ChangeKind.SAME
    assert [(one.kind, one.after.text if one.after else None) for one in change.interim] == [
        (ChangeKind.ADDED, "Soitan pajalle")
    ]
    assert not change.is_same


def test_the_activity_goes_by_the_plan_in_force(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    """What the activity asks: the days, the place, the period, and the latest day of evaluation (189/2001 9 §)."""
    assert activity_of(uow, case.id) is None
    content = content_of_activity(build_week(1, 3))
    version_id = create_draft(uow, case, kind=KIND, content=content, now=now)
    assert activity_of(uow, case.id) is None, "a draft binds nobody"
    accept(uow, case, version_id, on=TODAY)
    part = activity_of(uow, case.id)
    assert part is not None
    assert (part.version_id, part.week, part.start, part.end) == (version_id, build_week(1, 3), *PERIOD)
    assert (part.place, part.evaluation_on) == ("Sovittu: Paikka", date(2027, 5, 3))


def test_a_plan_from_a_register_has_no_form_and_says_so(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow)
    plan_id = services.import_plan(
        uow,
        case,
        kind="work_ability_support_plan",
        in_force_on=date(2026, 11, 3),
        last_review_on=None,
        actor=DEMO,
        now=now,
    )
    head = queries.plan_of(uow, case.id, plan_id).version_shown
    read = queries.printed_of(uow, case.id, head.id, TODAY)
    assert (read.sections, read.broken) == ((), ())
    second = services.start_version(uow, case, plan_id, actor=DEMO, now=now)
    assert queries.printed_of(uow, case.id, second, TODAY).sections
