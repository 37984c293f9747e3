"""What an entry, a promise and a closing must be like before they are kept."""

from datetime import date
from pathlib import Path

import pytest

from app.cases.domain import Ending, check_entry, check_step, closing_problems, filled, passed_needs
from app.core.errors import Refused
from app.pathways.domain import Effect, Need
from app.reference.domain import Words
from app.reference.loader import load_reference
from tests.factories.cases import build_case

TODAY = date(2026, 11, 24)
LISTS = load_reference(Path(__file__).resolve().parents[3] / "config" / "reference")
STOPS = Need("consent:health", Words("Suostumus"), effect=Effect.STOPS)
REMINDS = Need("note:identification", Words("Kirjaus"), effect=Effect.REMINDS)


def fields(refusal: pytest.ExceptionInfo[Refused]) -> set[str | None]:
    return {reason.field for reason in refusal.value.reasons}


def test_an_entry_is_kept_without_the_spaces_around_it() -> None:
    entry = check_entry("visit", "", TODAY, "  Tavattiin ", "  ", reference=LISTS, today=TODAY)
    assert (entry.line, entry.text) == ("Tavattiin", None)


def test_everything_wrong_with_an_entry_is_told_at_once() -> None:
    with pytest.raises(Refused) as refusal:
        check_entry("nonsense", "nonsense", date(2026, 11, 25), " ", "x" * 20_001, reference=LISTS, today=TODAY)
    assert fields(refusal) == {"kind", "topic", "happened_on", "line", "text"}


def test_a_promise_is_not_late_as_it_is_made() -> None:
    assert check_step("client", " Soita ", TODAY, today=TODAY) == "Soita"
    with pytest.raises(Refused) as refusal:
        check_step("nobody", "", date(2026, 11, 23), today=TODAY)
    assert fields(refusal) == {"step", "step_owner", "step_due"}


@pytest.mark.parametrize(("day", "is_fine"), [(1, False), (2, True), (24, True), (25, False)])
def test_a_case_closes_between_its_opening_and_today(day: int, *, is_fine: bool) -> None:
    case = build_case(opened_on=date(2026, 11, 2))
    assert case.client_ref == "A-2041"
    ending = Ending(outcome="no_need", closed_on=date(2026, 11, day))
    found = closing_problems(case, ending, asks_ground=False, reference=LISTS, today=TODAY)
    assert [problem.field for problem in found] == ([] if is_fine else ["closed_on"])
    asked = closing_problems(case, ending, asks_ground=True, reference=LISTS, today=TODAY)
    assert "ground" in {problem.field for problem in asked}, "1301/2014 section 34"


def test_a_reason_passes_what_reminds_and_never_what_stops() -> None:
    assert passed_needs((REMINDS,), {"note:identification": " kiire "}) == {"note:identification": "kiire"}
    for reasons in ({}, {"note:identification": " "}):
        with pytest.raises(Refused):
            passed_needs((REMINDS,), reasons)
    with pytest.raises(Refused):
        passed_needs((STOPS,), {"consent:health": "kiire"})


def test_a_reason_has_words_and_an_end() -> None:
    assert filled("reason", "  Muutti pois ") == "Muutti pois"
    for text in (None, "   ", "x" * 2001):
        with pytest.raises(Refused):
            filled("reason", text)
