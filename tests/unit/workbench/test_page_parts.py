"""The parts of the client page: stage words, folding, the timeline's order, where things are done."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from app.cases.domain import ClosingView, NoteView, VisitView
from app.pathways import engine
from app.pathways.domain import NEEDS, Effect, Need, StageCode
from app.pathways.loader import latest
from app.reference.domain import Words
from app.workbench.domain import (
    FOLD_AT,
    Happening,
    closing_marks,
    folded,
    place_of_need,
    stage_marks,
    woven,
)
from app.workbench.stages import stage_rows

TODAY = date(2026, 11, 24)
MODEL = latest("work_ability_support")


def visit(stage: StageCode, state: str, entered: date | None, left: date | None, **more: object) -> VisitView:
    made = VisitView(
        id=uuid4(),
        ordinal=1,
        stage=stage,
        state=state,
        entered_on=entered,
        left_on=left,
        opened_by=None,
        finished_by=None,
        opened_at=datetime(2026, 11, 1, tzinfo=UTC),
        source="work",
    )
    return replace(made, **more)  # type: ignore[arg-type] # fields by name


def test_in_a_closed_case_nothing_goes_on_and_nothing_lasts_too_long() -> None:
    visits = [visit(StageCode.PRE_CONTACT, "in_progress", date(2026, 1, 2), None)]
    row = stage_rows(MODEL, visits, engine.stage_map(visits), today=TODAY, is_over=True)[0]
    assert (str(row.words), row.mark) == ("Left in progress", None)
    assert stage_rows(MODEL, visits, engine.stage_map(visits), today=TODAY)[0].mark is not None


def test_the_seven_stages_say_their_state_in_words() -> None:
    visits = [
        visit(StageCode.PRE_CONTACT, "done", date(2026, 11, 2), date(2026, 11, 3)),
        visit(StageCode.IDENTIFICATION, "not_needed", None, date(2026, 11, 3)),
        visit(StageCode.JOINT_ASSESSMENT, "done", None, None),
        visit(StageCode.JOINT_PLAN, "in_progress", date(2026, 11, 10), None),
    ]
    rows = stage_rows(MODEL, visits, engine.stage_map(visits), today=TODAY)
    assert [str(row.words) for row in rows] == [
        "Done 3.11.",
        "Not needed",
        "Done",
        "In progress 14 days",
        "Not started",
        "Not started",
        "Not started",
    ]
    assert [row.number for row in rows if row.is_current] == [4]
    assert [row.mark for row in rows] == [None] * 7


@pytest.mark.parametrize(("today", "mark"), [(date(2026, 12, 10), None), (date(2026, 12, 11), "Longer than usual")])
def test_only_the_current_stage_says_that_it_has_lasted_longer_than_its_target(today: date, mark: str | None) -> None:
    visits = [
        visit(StageCode.IDENTIFICATION, "in_progress", date(2026, 1, 1), None),
        visit(StageCode.JOINT_PLAN, "in_progress", date(2026, 11, 10), None),  # its target is 30 days
    ]
    rows = stage_rows(MODEL, visits, engine.stage_map(visits), today=today)
    found = {row.number: str(row.mark) for row in rows if row.mark}
    assert found == ({4: f"{mark} (30 days)"} if mark else {})


@pytest.mark.parametrize("length", [0, 1, FOLD_AT, FOLD_AT + 1, 5_000])
def test_a_long_text_is_cut_at_a_space_and_says_that_there_is_more(length: int) -> None:
    text = ("sana " * length)[:length]
    shown, is_cut = folded(text)
    assert is_cut is (length > FOLD_AT)
    assert len(shown) <= FOLD_AT + 1
    assert shown.rstrip("…") in text


def test_a_text_without_a_space_is_cut_all_the_same() -> None:
    shown, is_cut = folded("x" * 1000)
    assert is_cut
    assert len(shown) == FOLD_AT + 1


def note(number: int) -> NoteView:
    return NoteView(
        id=uuid4(),
        kind="visit",
        topic="",
        happened_on=TODAY - timedelta(days=number),
        line=str(number),
        text=None,
        is_visible_to_client=False,
        stage=StageCode.PRE_CONTACT,
        author_id=None,
        author_name=None,
        source="work",
        written_at=datetime(2026, 11, 24, 8, tzinfo=UTC),
    )


def mark(days: int) -> Happening:
    at = datetime(2026, 11, 24, 7, tzinfo=UTC)
    return Happening(on=TODAY - timedelta(days=days), at=at, kind="stage", title=str(days))


def test_every_mark_is_on_exactly_one_page_of_the_timeline() -> None:
    notes = [note(number) for number in range(10)]
    marks = [mark(days) for days in (-3, 0, 2, 3, 4, 9, 30)]
    seen: list[str] = []
    before = None
    for start in range(0, 10, 4):
        page = notes[start : start + 4]
        here = woven(page, marks, {}, before=before, has_older=start + 4 < 10)
        seen.extend(str(one.title) for one in here if one.kind == "stage")
        assert [one.on for one in here] == sorted((one.on for one in here), reverse=True)
        before = (page[-1].happened_on, page[-1].written_at)
    assert seen == ["-3", "0", "2", "3", "4", "9", "30"]


def test_a_stage_opened_and_finished_leaves_two_marks_and_an_imported_one_none() -> None:
    visits = [
        visit(StageCode.PRE_CONTACT, "done", date(2026, 11, 2), date(2026, 11, 3), reason="Palattiin"),
        visit(StageCode.IDENTIFICATION, "done", None, None),
        visit(StageCode.JOINT_PLAN, "not_needed", None, date(2026, 11, 3), reason="Tehty muualla"),
    ]
    marks = stage_marks(visits, MODEL)
    assert [(str(one.title).partition(":")[0], one.text) for one in marks] == [
        ("Stage opened", "Palattiin"),
        ("Stage done", None),
        ("Stage not needed", "Tehty muualla"),
    ]


def test_a_closing_and_its_reopening_are_two_marks() -> None:
    closing = ClosingView(
        closed_on=date(2026, 11, 3),
        closed_at=datetime(2026, 11, 3, 9, tzinfo=UTC),
        closed_by=None,
        outcome="pension",
        text="Eläke alkoi",
        client_estimate=None,
        ground=None,
        supported_by=None,
        is_feedback_asked=None,
        reopened_at=datetime(2026, 11, 9, 23, tzinfo=UTC),
        reopened_by=None,
        reopening_reason="Eläke keskeytyi",
    )
    marks = closing_marks([closing], {"pension": "Eläke"})
    assert [(str(one.title), one.on, one.text) for one in marks] == [
        ("Case closed: Eläke", date(2026, 11, 3), "Eläke alkoi"),
        ("Case reopened", date(2026, 11, 10), "Eläke keskeytyi"),  # it was past midnight in Helsinki
    ]


@pytest.mark.parametrize("code", sorted(NEEDS))
def test_every_need_has_a_page_where_it_is_put_on_record(code: str) -> None:
    endpoint, given = place_of_need(uuid4(), Need(code, Words("Tarve"), effect=Effect.REMINDS))
    features = {
        *(
            "activity",
            "assessments",
            "consents",
            "measures",
            "network",
            "participation",
            "plans",
            "reviews",
            "workbench",
        )
    }
    assert endpoint.partition(".")[0] in features
    assert "case_id" in given
