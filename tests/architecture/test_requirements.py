"""The list of requirements is true: every code that a source names is explained, and the tests it names hold it."""

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent.parent
CODE: Final = re.compile(r"\b(?:P[ABCX][1-7]|(?:RU|DO|FR|CO|ME|TR)\d\d)\b")
RANGE: Final = re.compile(r"\b(P[ABCX])(\d)–\1(\d)\b")
MADE_UP: Final = re.compile(r"(?:77|9\d)$")
"""Codes that nothing has, for tests of what is refused."""
PATH: Final = re.compile(r"`(tests/[\w/.]+)`")
MUST_BE_PROVED: Final = ("RU", "PA", "PB", "PC", "PX", "ME")


def rows() -> list[list[str]]:
    """The cells of every row of the tables that begins with a code."""
    text = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    return [row for row in cells if CODE.match(row[0])]


def codes_in(text: str) -> set[str]:
    """The codes of a text; stages from one to another are all of them."""
    spans = RANGE.findall(text)
    return {*CODE.findall(text), *(f"{kind}{n}" for kind, a, b in spans for n in range(int(a), int(b) + 1))}


EXPLAINED: Final = {row[0] for row in rows() if not PATH.search(row[1])}
PROVED: Final = {code: PATH.findall(row[1]) for row in rows() if PATH.search(row[1]) for code in CODE.findall(row[0])}


def test_every_code_that_a_source_or_a_test_names_is_explained() -> None:
    named = {
        (code, path.relative_to(ROOT).as_posix())
        for folder in ("app", "config", "tests")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".yml"}
        for code in CODE.findall(path.read_text(encoding="utf-8"))
        if not MADE_UP.search(code)
    }
    assert {(code, path) for code, path in named if code not in EXPLAINED} == set()


def test_rules_stages_promises_and_measures_all_name_a_test() -> None:
    assert {code for code in EXPLAINED if code.startswith(MUST_BE_PROVED)} <= set(PROVED)


@pytest.mark.parametrize("code", sorted(PROVED))
def test_the_tests_named_for_a_code_are_there_and_hold_it(code: str) -> None:
    assert code in EXPLAINED
    for path in PROVED[code]:
        assert code in codes_in((ROOT / path).read_text(encoding="utf-8")), f"{path} does not name {code}"


def test_every_decision_has_a_number_of_its_own_and_says_it() -> None:
    papers = sorted((ROOT / "docs" / "adr").glob("*.md"))
    named = [int(path.name.partition("-")[0]) for path in papers]
    said = [int(path.read_text(encoding="utf-8").removeprefix("# ").partition(".")[0]) for path in papers]
    assert said == named == list(range(1, len(papers) + 1))
