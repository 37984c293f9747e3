"""Icons, chips, trails and tags: words first, nothing said by shape or colour alone."""

from datetime import date

import pytest
from markupsafe import Markup

from app.web import marks
from tests.unit.web.conftest import MakeRequest

AHEAD_AT_FOUR = ["done", "done", "done", "in_progress", "done", "not_started", "not_started"]


def test_a_due_chip_has_its_words_and_its_date(asked: MakeRequest) -> None:
    with asked():
        chip = marks.due_chip(date(2026, 2, 2))
    assert "polku-due--late" in chip
    assert "Myöhässä 3 pv" in chip
    assert "ma 2.2." in chip
    assert "#i-late" in chip


def test_a_due_date_far_away_has_no_shape(asked: MakeRequest) -> None:
    with asked():
        assert "<svg" not in marks.due_chip(date(2026, 4, 1), date=False)


def test_nothing_due_is_no_chip(asked: MakeRequest) -> None:
    with asked():
        assert marks.due_chip(None) == ""


def test_the_trail_is_solid_up_to_where_the_case_stands() -> None:
    trail = marks.mini_trail(AHEAD_AT_FOUR, 4)
    assert trail.count('class="walked"') == 3
    assert trail.count('class="ahead"') == 3
    assert trail.count('class="now"') == 1
    assert trail.count('class="done"') == 4
    assert trail.count('class="todo"') == 2
    assert 'aria-hidden="true"' in trail


def test_words_from_outside_are_escaped(asked: MakeRequest) -> None:
    with asked():
        assert "<b>" not in marks.basis_tag("valid", "<b>Kela</b>")
        assert "<b>" not in marks.due_note("<b>")
        assert '"' not in marks.draft_attrs('/luonnos?"x').removeprefix('data-draft-url="').removesuffix('"')


@pytest.mark.parametrize("kind", ["valid", "ending", "law", "none"])
def test_every_basis_has_a_shape_of_its_own(kind: marks.Basis) -> None:
    tag = marks.basis_tag(kind, "sanat")
    assert isinstance(tag, Markup)
    assert f"#i-b-{kind}" in tag
