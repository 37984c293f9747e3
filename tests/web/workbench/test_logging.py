"""Kirjaa: from a few keystrokes to an entry, a promise and a duty, once."""

import re
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.cases import queries as cases
from app.cases.domain import NoteView
from app.cases.models import Note
from app.drafts import queries as drafts
from app.duties import queries as duties
from tests.strict import parse
from tests.web.workbench.conftest import Desk

PANEL = {"HX-Request": "true"}


def newest(desk: Desk) -> NoteView:
    return cases.notes_of(desk.uow, desk.case.id, limit=1)[0]


def count(desk: Desk) -> int:
    return desk.uow.session.scalar(select(func.count()).select_from(Note).where(Note.case_id == desk.case.id)) or 0


def test_one_line_is_enough(desk: Desk) -> None:
    answer = desk.browser.submit(f"{desk.path}/kirjaa", {"line": "Tapasin asiakkaan"}, form="kirjaus")
    assert answer.status_code == 303
    assert answer.location == desk.path
    kept = newest(desk)
    assert (kept.line, kept.kind, kept.happened_on) == ("Tapasin asiakkaan", "visit", date(2026, 11, 24))
    assert kept.author_id == desk.worker.id


def test_a_next_step_with_a_day_becomes_a_duty_of_the_case(desk: Desk) -> None:
    desk.browser.submit(
        f"{desk.path}/kirjaa",
        {"line": "Sovittiin esitteestä", "step": "Lähetä esite", "step_owner": "worker", "step_due": "4.12.2026"},
        form="kirjaus",
    )
    (duty,) = duties.open_of_case(desk.uow, desk.case.id)
    assert (duty.kind, duty.due_on, duty.subject_kind) == ("task", date(2026, 12, 4), "next_step")
    (step,) = cases.open_steps_of(desk.uow, desk.case.id)
    assert (step.text, step.note_id) == ("Lähetä esite", newest(desk).id)


def test_a_promise_kept_in_an_entry_closes_its_duty(desk: Desk) -> None:
    desk.browser.submit(
        f"{desk.path}/kirjaa", {"line": "A", "step": "Lähetä esite", "step_due": "4.12.2026"}, form="kirjaus"
    )
    (step,) = cases.open_steps_of(desk.uow, desk.case.id)
    desk.browser.submit(f"{desk.path}/kirjaa", {"line": "B", "done_steps": [str(step.id)]}, form="kirjaus")
    assert cases.open_steps_of(desk.uow, desk.case.id) == []
    assert duties.open_of_case(desk.uow, desk.case.id) == []


def test_a_promise_is_marked_kept_on_the_client_page(desk: Desk) -> None:
    desk.browser.submit(f"{desk.path}/kirjaa", {"line": "A", "step": "Soita Kelaan"}, form="kirjaus")
    (step,) = cases.open_steps_of(desk.uow, desk.case.id)
    action = f"{desk.path}/luvattu/{step.id}"
    assert desk.browser.submit(desk.path, form=action).status_code == 303
    assert cases.open_steps_of(desk.uow, desk.case.id) == []


def test_sending_the_same_form_twice_makes_one_entry(desk: Desk) -> None:
    page = desk.browser.get(f"{desk.path}/kirjaa").get_data(as_text=True)
    hidden = {
        field.get("name"): field.get("value") for field in parse(page).iter("input") if field.get("type") == "hidden"
    }
    sent = {**hidden, "kind": "call", "happened_on": "24.11.2026", "line": "Soitto", "step_owner": "worker"}
    first = desk.browser.post(f"{desk.path}/kirjaa", data=sent)
    second = desk.browser.post(f"{desk.path}/kirjaa", data=sent)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert count(desk) == 1


def test_the_same_words_within_five_minutes_are_asked_about(desk: Desk) -> None:
    sent = {"line": "Sama asia", "kind": "call"}
    desk.browser.submit(f"{desk.path}/kirjaa", sent, form="kirjaus")
    asked = desk.browser.submit(f"{desk.path}/kirjaa", sent, form="kirjaus")
    assert asked.status_code == 422
    assert 'name="is_sure"' in asked.get_data(as_text=True)
    assert count(desk) == 1
    assert desk.browser.submit(f"{desk.path}/kirjaa", {**sent, "is_sure": "y"}, form="kirjaus").status_code == 303
    assert count(desk) == 2


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"line": ""}, "line"),
        ({"line": "x" * 201}, "line"),
        ({"happened_on": "31.2.2026"}, "happened_on"),
        ({"happened_on": "25.11.2026"}, "happened_on"),
        ({"step": "Soita", "step_due": "1.1.2026"}, "step_due"),
        ({"step_due": "4.12.2026"}, "step"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(
    desk: Desk, sent: dict[str, str], field: str
) -> None:
    answer = desk.browser.submit(
        f"{desk.path}/kirjaa", {"line": "Pidä tämä", "text": "Ja tämä pitkä", **sent}, form="kirjaus"
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'href="#{field}"' in page
    assert "Ja tämä pitkä" in page
    assert "<title>Virhe" in page
    assert count(desk) == 0


def test_the_topic_of_a_meeting_meets_a_need_of_the_stage(desk: Desk) -> None:
    page = desk.browser.get(f"{desk.path}/kirjaa?aihe=identification&laji=visit").get_data(as_text=True)
    assert '<option value="identification" selected' in page
    desk.browser.submit(f"{desk.path}/kirjaa", {"line": "A", "topic": "identification"}, form="kirjaus")
    case = cases.case_of(desk.uow, desk.case.id)
    assert "note:identification" in cases.met_needs(desk.uow, case, date(2026, 11, 24))


def test_what_was_typed_comes_back_from_the_draft_and_goes_with_the_saved_entry(desk: Desk) -> None:
    place = f"/luonnokset/log/{desk.case.id}"
    token = _token(desk)
    desk.browser.post(
        place, data={"csrf_token": token, "line": "Kesken jäi", "kind": "call", "happened_on": "23.11.2026"}
    )
    page = desk.browser.get(f"{desk.path}/kirjaa").get_data(as_text=True)
    assert 'value="Kesken jäi"' in page
    assert 'value="23.11.2026"' in page
    assert "Kesken jäi" not in desk.browser.get(f"{desk.path}/aikajana").get_data(as_text=True)
    desk.browser.submit(f"{desk.path}/kirjaa", form="kirjaus")
    assert newest(desk).line == "Kesken jäi"
    assert drafts.drafts_of(desk.uow, desk.actor, [desk.case.id]) == []


def test_the_link_of_an_item_outweighs_the_topic_of_a_draft_and_leaves_the_rest_as_typed(desk: Desk) -> None:
    """Only an entry of the item's topic ticks it; the draft was begun for something else."""
    begun = {"csrf_token": _token(desk), "line": "Kesken jäi", "topic": "assessment", "happened_on": "23.11.2026"}
    desk.browser.post(f"/luonnokset/log/{desk.case.id}", data=begun)
    page = desk.browser.get(f"{desk.path}/kirjaa?aihe=identification").get_data(as_text=True)
    assert '<option value="identification" selected' in page
    assert 'value="Kesken jäi"' in page
    assert 'value="23.11.2026"' in page
    assert '<option value="assessment" selected' in desk.browser.get(f"{desk.path}/kirjaa").get_data(as_text=True)


def test_what_was_chosen_after_the_link_was_pressed_stays_in_the_draft(desk: Desk) -> None:
    """The session ends, and the way back from sign-in leads through the same link."""
    link = f"{desk.path}/kirjaa?aihe=identification&laji=visit"
    asked = re.search(r'name="asked" value="([^"]+)"', desk.browser.get(link).get_data(as_text=True))
    assert asked is not None
    kept = {"csrf_token": _token(desk), "asked": asked[1], "topic": "assessment", "kind": "call"}
    desk.browser.post(f"/luonnokset/log/{desk.case.id}", data=kept)
    page = desk.browser.get(link).get_data(as_text=True)
    assert '<option value="assessment" selected' in page
    assert re.search(r'value="call"[^>]* checked', page)


def test_a_draft_that_arrives_after_its_entry_was_saved_is_not_kept(desk: Desk) -> None:
    """The script keeps the form when a field is left; pressing Save leaves a field too."""
    page = desk.browser.get(f"{desk.path}/kirjaa").get_data(as_text=True)
    once = re.search(r'name="once"[^>]* value="([^"]+)"', page)
    assert once is not None
    desk.browser.submit(f"{desk.path}/kirjaa", {"line": "Sovittu", "once": once[1]}, form="kirjaus")
    late = {"csrf_token": _token(desk), "line": "Sovittu", "once": once[1]}
    answer = desk.browser.post(f"/luonnokset/log/{desk.case.id}", data=late, headers={"Polku-Autosave": "1"})
    assert answer.status_code == 409, "nobody is told that it was kept"
    assert newest(desk).line == "Sovittu"
    assert drafts.drafts_of(desk.uow, desk.actor, [desk.case.id]) == []


def test_without_script_the_words_of_a_draft_that_came_too_late_are_given_back(desk: Desk) -> None:
    once = str(uuid4())
    desk.browser.submit(f"{desk.path}/kirjaa", {"line": "Sovittu", "once": once}, form="kirjaus")
    later = {"csrf_token": _token(desk), "line": "Vielä tämä lisäksi", "once": once}
    answer = desk.browser.post(f"/luonnokset/log/{desk.case.id}", data=later, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 409
    assert "Tämä lomake on jo lähetetty" in answer.text
    assert "Joku muu" not in answer.text
    assert "Vielä tämä lisäksi" in answer.text
    assert drafts.drafts_of(desk.uow, desk.actor, [desk.case.id]) == []


def test_a_draft_can_be_thrown_away(desk: Desk) -> None:
    token = _token(desk)
    desk.browser.post(f"/luonnokset/log/{desk.case.id}", data={"csrf_token": token, "line": "Turha"})
    answer = desk.browser.submit(f"{desk.path}/kirjaa", form=f"{desk.path}/kirjaa/hylkaa")
    assert answer.status_code == 303
    assert drafts.drafts_of(desk.uow, desk.actor, [desk.case.id]) == []


def test_the_panel_is_a_piece_of_a_page_with_ids_of_its_own(desk: Desk) -> None:
    url = f"{desk.path}/kirjaa?paneeli=1&next=/tyolista%23row-1"
    answer = desk.browser.get(url, headers=PANEL)
    piece = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "<html" not in piece
    assert f'id="line-{desk.case.id.hex[:8]}"' in piece
    assert "data-panel-close" in piece
    assert "<html" in desk.browser.get(url).get_data(as_text=True)


def test_the_panel_saves_and_sends_the_browser_back_to_its_row(desk: Desk) -> None:
    url = f"{desk.path}/kirjaa?paneeli=1&next=/tyolista?vaihe=4%23row-1"
    sent = {
        "csrf_token": _token(desk),
        "kind": "visit",
        "happened_on": "24.11.2026",
        "line": "Rivillä",
        "step_owner": "worker",
    }
    answer = desk.browser.post(url, data=sent, headers=PANEL)
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].startswith("/tyolista?vaihe=4&kirjattu=")
    assert answer.headers["HX-Redirect"].endswith("#row-1")
    again = f"{desk.path}/kirjaa?paneeli=1&next=/tyolista?kirjattu=1%23row-1"
    answer = desk.browser.post(again, data={**sent, "line": "Toinen"}, headers=PANEL)
    assert answer.headers["HX-Redirect"].count("kirjattu=") == 1
    assert {note.line for note in cases.notes_of(desk.uow, desk.case.id, limit=5)} == {"Rivillä", "Toinen"}


def test_a_refused_panel_comes_back_with_its_reasons(desk: Desk) -> None:
    sent = {
        "csrf_token": _token(desk),
        "kind": "visit",
        "happened_on": "24.11.2026",
        "line": "",
        "step_owner": "worker",
    }
    answer = desk.browser.post(f"{desk.path}/kirjaa?paneeli=1", data=sent, headers=PANEL)
    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.get_data(as_text=True)


def test_more_fields_keeps_what_was_typed_and_saves_nothing(desk: Desk) -> None:
    sent = {
        "csrf_token": _token(desk),
        "kind": "call",
        "happened_on": "24.11.2026",
        "line": "Kesken",
        "step_owner": "worker",
    }
    answer = desk.browser.post(f"{desk.path}/kirjaa?paneeli=1&laajenna=1", data=sent, headers=PANEL)
    piece = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert 'value="Kesken"' in piece
    assert 'name="topic"' in piece
    assert count(desk) == 0


@pytest.mark.parametrize("bad", ["https://paha.example/", "//paha.example", "/\\paha.example", "javascript:alert(1)"])
def test_the_way_back_is_always_a_page_of_ours(desk: Desk, bad: str) -> None:
    page = f"{desk.path}/kirjaa"
    answer = desk.browser.post(
        page,
        query_string={"next": bad},
        data={
            "csrf_token": _token(desk),
            "kind": "visit",
            "happened_on": "24.11.2026",
            "line": "X",
            "step_owner": "worker",
        },
    )
    assert answer.location == desk.path


def _token(desk: Desk) -> str:
    page = parse(desk.browser.get(f"{desk.path}/kirjaa").get_data(as_text=True))
    return next(field.get("value") or "" for field in page.iter("input") if field.get("name") == "csrf_token")
