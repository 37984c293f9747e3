"""What makes a talk or feedback fit to be kept, and what the client's voice tells a page (PX1–PX7, FR18)."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from app.participation.domain import (
    Feedback,
    FeedbackView,
    Hearing,
    HearingView,
    ReplyView,
    Voice,
    problems_of_feedback,
    problems_of_hearing,
)
from app.pathways.domain import NEEDS, LinkKind, StageCode
from app.reference.loader import reference
from tests.factories.participation import build_feedback, build_hearing

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
KNOWN = {
    "stages": {"identification", "joint_plan"},
    "ways": {"visit", "call"},
    "participants": {"client", "close_person"},
    "told_topics": {"rights", "omakanta"},
    "feedback_topics": {"process"},
}


def view(hearing: Hearing, *, is_corrected: bool = False) -> HearingView:
    return HearingView(
        id=uuid4(),
        content=hearing,
        recorded_at=NOW,
        recorded_by=None,
        corrects=None,
        correction_reason=None,
        corrected_by=uuid4() if is_corrected else None,
    )


@pytest.mark.parametrize(
    ("hearing", "fields"),
    [
        (build_hearing(), []),
        (build_hearing(own_view=None, told=("rights",)), []),
        (build_hearing(own_view=None, wishes="Opiskella"), []),
        (build_hearing(own_view=None), ["own_view"]),
        (build_hearing(told_by="Mirva Salo"), ["told"]),
        (build_hearing(heard_on=date(2026, 11, 25)), ["heard_on"]),
        (build_hearing(stage="lunch"), ["stage"]),
        (build_hearing(way="pigeon"), ["way"]),
        (build_hearing(took_part=("client", "cat")), ["took_part"]),
        (build_hearing(told=("weather",)), ["told"]),
    ],
)
def test_a_talk_says_something_of_a_known_stage_on_a_day_gone_by(hearing: Hearing, fields: list[str]) -> None:
    assert [one.field for one in problems_of_hearing(hearing, today=TODAY, known=KNOWN)] == fields


@pytest.mark.parametrize(
    ("feedback", "fields"),
    [
        (build_feedback(), []),
        (build_feedback(rating=None), []),
        (build_feedback(words=None), []),
        (build_feedback(rating=None, words=None), ["words"]),
        (build_feedback(rating=6), ["rating"]),
        (build_feedback(rating=0), ["rating"]),
        (build_feedback(about="coffee"), ["about"]),
        (build_feedback(given_on=date(2026, 11, 25)), ["given_on"]),
    ],
)
def test_feedback_has_words_or_a_number_from_one_to_five(feedback: Feedback, fields: list[str]) -> None:
    assert [one.field for one in problems_of_feedback(feedback, today=TODAY, known=KNOWN)] == fields


def test_the_voice_tells_when_each_stage_was_heard_and_each_topic_told() -> None:
    voice = Voice(
        hearings=(
            view(build_hearing(heard_on=date(2026, 11, 20), told=("rights",), own_view=None)),
            view(build_hearing(heard_on=date(2026, 11, 18), stage="joint_plan", wishes="Töihin", told=("omakanta",))),
            view(build_hearing(heard_on=date(2026, 11, 2), told=("rights", "omakanta"))),
        )
    )
    assert voice.heard_on == {"identification": date(2026, 11, 20), "joint_plan": date(2026, 11, 18)}
    assert voice.told_on == {"rights": date(2026, 11, 20), "omakanta": date(2026, 11, 18)}
    assert voice.latest is voice.hearings[1], "the latest talk in which the client spoke, not only listened"


def test_a_corrected_talk_counts_for_nothing() -> None:
    voice = Voice(hearings=(view(build_hearing(told=("rights",)), is_corrected=True),))
    assert (voice.counting, dict(voice.heard_on), dict(voice.told_on), voice.latest) == ((), {}, {}, None)


def test_feedback_without_an_answer_is_open_the_longest_waiting_first() -> None:
    def given(on: date, *replies: ReplyView) -> FeedbackView:
        content = build_feedback(given_on=on)
        return FeedbackView(id=uuid4(), content=content, recorded_at=NOW, recorded_by=None, replies=replies)

    reply = ReplyView(words="Kiitos", replied_on=TODAY, replied_by=None)
    new, old = given(date(2026, 11, 20)), given(date(2026, 11, 2))
    assert Voice(feedback=(new, given(date(2026, 11, 10), reply), old)).open_feedback == (old, new)


def test_every_stage_has_its_prompt_and_its_need() -> None:
    prompts = reference().participation_prompts
    assert [prompt.stage for prompt in prompts] == list(StageCode)
    assert [prompt.code for prompt in prompts] == [f"PX{number}" for number in range(1, 8)]
    for stage in StageCode:
        assert NEEDS[f"participation:{stage.value}"] is LinkKind.HEAR_CLIENT
