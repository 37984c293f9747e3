"""What a row means and everything that can be wrong with it."""

from datetime import date
from typing import Any, Final
from uuid import UUID

import pytest

from app.intake.checks import check_row
from app.intake.domain import Fault, Lists, Report, Seen, StoredCase, StoredPerson, Worker
from app.intake.register import RawRow
from app.pathways.domain import StageCode
from app.pathways.loader import all_latest
from app.reference.domain import CodeList
from app.reference.loader import reference
from tests.factories.intake import GOOD, WORKERS

TODAY: Final = date(2026, 11, 24)


def code_in(terms: CodeList[Any], name: str) -> str | None:
    """The code of a name."""
    row = terms.named(name)
    return row.code if row else None


LISTS: Final = Lists(
    municipality=lambda name: code_in(reference().municipalities, name),
    language=lambda name: code_in(reference().languages, name),
    models=all_latest(),
    workers={name: Worker(id=UUID(int=place), professions=frozenset()) for place, name in enumerate(WORKERS)},
)


def raw(number: int = 2, /, **changes: str) -> RawRow:
    """A row as written, good but for the changes."""
    return RawRow(number, {**GOOD, **changes})


def faults_of(**changes: str) -> list[Fault]:
    """What is wrong with a row."""
    return check_row(raw(**changes), LISTS, TODAY)[1]


def test_a_good_row_is_understood() -> None:
    row, faults = check_row(raw(), LISTS, TODAY)

    assert faults == []
    assert row is not None
    assert (row.last_name, row.identity_code, row.birth_on) == ("Mäki-Aho", "131052-9085", date(1952, 10, 13))
    assert (row.municipality_code, row.language, row.is_protected) == ("398", "fi", False)
    assert (row.model.key, row.stage) == ("work_ability_support", StageCode.IMPLEMENTATION)
    assert (row.started_on, row.accepted_on, row.reviewed_on) == (
        date(2024, 10, 7),
        date(2024, 11, 12),
        date(2025, 5, 3),
    )
    assert (row.score, row.worker) == (6, LISTS.workers["anna.maki"])


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"identity_code": "131052-9086"}, "Henkilötunnus", "does not fit the digits"),
        ({"identity_code": "131052908"}, "Henkilötunnus", "in full"),
        ({"started_on": "31.2.2026"}, "Asiakkuus alkoi", "no such day: 31.2.2026"),
        ({"started_on": "eilen"}, "Asiakkuus alkoi", "day.month.year"),
        ({"started_on": ""}, "Asiakkuus alkoi", "missing"),
        ({"reviewed_on": "3.5.2205"}, "Viimeisin tarkistus", "too far away"),
        ({"municipality": "Lathi"}, "Kotikunta", "no municipality by this name"),
        ({"language": "suome"}, "Asiointikieli", "not on the list"),
        ({"worker": "ei.kukaan"}, "Vastuutyöntekijä", "has this user name"),
        ({"model": "Työkykypolku"}, "Palvelupolku", "no pathway by this name"),
        ({"model": ""}, "Palvelupolku", "missing"),
        ({"stage": "Jälkihoito"}, "Vaihe", "no such stage"),
        ({"stage": ""}, "Vaihe", "missing"),
        ({"accepted_on": "6.10.2024"}, "Suunnitelma hyväksytty", "before the client relationship began on 7.10.2024"),
        ({"reviewed_on": "11.11.2024"}, "Viimeisin tarkistus", "before the plan was accepted on 12.11.2024"),
        ({"accepted_on": ""}, "Viimeisin tarkistus", "a review but no plan"),
        ({"score": "-1"}, "Työkykypistemäärä", "from 0 to 10"),
        ({"score": "11"}, "Työkykypistemäärä", "from 0 to 10"),
        ({"score": "hyvä"}, "Työkykypistemäärä", "from 0 to 10"),
        ({"last_name": ""}, "Sukunimi", "missing"),
        ({"first_names": "?"}, "Etunimet", "at least one letter"),
        ({"birth_on": "14.10.1952"}, "Syntymäaika", "does not fit the personal identity code"),
        ({"phone": "numero"}, "Puhelin", "in digits"),
        ({"email": "aino"}, "Sähköposti", "name@example.fi"),
        ({"is_protected": "ehkä"}, "Turvakielto", "kyllä"),
    ],
)
def test_each_fault_is_told_at_its_field_with_the_cure(changes: dict[str, str], field: str, said: str) -> None:
    [fault] = faults_of(**changes)
    assert (fault.row, fault.field) == (2, field)
    assert said in str(fault.message)


def test_every_fault_of_a_row_is_told_in_the_order_of_the_columns() -> None:
    fields = [fault.field for fault in faults_of(score="99", last_name="", stage="?", municipality="?")]
    assert fields == ["Sukunimi", "Kotikunta", "Vaihe", "Työkykypistemäärä"]


@pytest.mark.parametrize("name", ['=HYPERLINK("x")', "-Virtanen", "+Aho", "@Laine"])
def test_a_surname_that_looks_like_a_formula_is_a_good_surname(name: str) -> None:
    assert faults_of(last_name=name) == []


@pytest.mark.parametrize(("text", "meant"), [("kyllä", True), ("K", True), ("x", True), ("ei", False), ("", False)])
def test_address_protection_is_read_from_a_word(text: str, meant: bool) -> None:  # noqa: FBT001 - a case
    row, _ = check_row(raw(is_protected=text), LISTS, TODAY)
    assert row is not None
    assert row.is_protected is meant


def test_names_are_looked_up_without_letter_case_and_user_names_too() -> None:
    assert faults_of(municipality=" lahti ", model="TYÖKYVYN TUKI", stage="toteutus", worker="Anna.Maki") == []


def test_fields_too_many_are_a_fault_of_the_row() -> None:
    _, [fault] = check_row(RawRow(7, dict(GOOD), has_surplus=True), LISTS, TODAY)
    assert (fault.row, fault.field) == (7, "")


def test_the_first_of_twins_wins_also_when_it_has_a_fault() -> None:
    seen = Seen()
    first = raw(2, municipality="Lathi")
    second = raw(9, identity_code="131052 -9085")
    assert seen.twin_fault(first, check_row(first, LISTS, TODAY)[0]) is None

    fault = seen.twin_fault(second, check_row(second, LISTS, TODAY)[0])

    assert fault is not None
    assert (fault.row, fault.field) == (9, "Henkilötunnus")
    assert "row 2" in str(fault.message)


def test_without_codes_the_same_name_birth_date_and_start_are_twins() -> None:
    seen = Seen()
    rows = [raw(2, identity_code=""), raw(3, identity_code="", started_on="8.10.2024"),
            raw(4, identity_code="", last_name="MÄKI-AHO")]  # fmt: skip
    faults = [seen.twin_fault(one, check_row(one, LISTS, TODAY)[0]) for one in rows]
    assert [fault and fault.row for fault in faults] == [None, None, 4]


STORED: Final = StoredPerson(
    last_name="Mäki-Aho",
    first_names="Aino Maria",
    birth_on=date(1952, 10, 13),
    language="fi",
    is_protected=False,
    municipality_code="398",
    phone="(050) 391-7575",
    email="aino@example.org",
    cases=(
        StoredCase(
            model="work_ability_support",
            opened_on=date(2024, 10, 7),
            stage="implementation",
            worker_id=UUID(int=0),
            accepted_on=frozenset({date(2024, 11, 12)}),
            reviewed_on=frozenset({date(2025, 5, 3)}),
            scores=frozenset({6}),
        ),
    ),
)


def test_the_register_says_what_a_row_says() -> None:
    row, _ = check_row(raw(), LISTS, TODAY)
    assert row is not None
    assert STORED.says(row)


@pytest.mark.parametrize(
    "changes",
    [
        {"last_name": "Aho"},
        {"first_names": "Aino"},
        {"language": "ruotsi"},
        {"municipality": "Hollola"},
        {"phone": "0440 111 222"},
        {"email": "muu@example.org"},
        {"is_protected": "kyllä"},
        {"model": "Tuettu työhönvalmennus"},
        {"stage": "Seuranta ja arviointi"},
        {"started_on": "8.10.2024"},
        {"worker": "juha.laine"},
        {"accepted_on": "13.11.2024"},
        {"reviewed_on": "4.5.2025"},
        {"score": "7"},
    ],
)
def test_any_other_word_is_other_data(changes: dict[str, str]) -> None:
    row, _ = check_row(raw(**changes), LISTS, TODAY)
    assert row is not None
    assert not STORED.says(row)


def test_a_report_is_told_as_json_in_a_language() -> None:
    class Shouting:
        def gettext(self, message: str, /) -> str:
            return message.upper()

        def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
            return msgid1 if n == 1 else msgid2

    faults = tuple(faults_of(last_name="", score="11"))
    report = Report(
        rows=3,
        imported=1,
        known=1,
        faults=faults,
        unknown_columns=("Huom.",),
        encoding="UTF-8",
        delimiter=",",
        is_dry_run=True,
    )
    told = report.as_json(Shouting())
    assert (told["rows"], told["imported"], told["known"], told["faulty_rows"], told["dry_run"]) == (3, 1, 1, 1, True)
    assert told["faults"][0] == {"row": 2, "field": "Sukunimi", "message": "THE LAST NAME IS MISSING. WRITE IT."}
    assert told["unknown_columns"] == ["Huom."]
