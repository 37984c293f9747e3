import shutil
from pathlib import Path

import pytest

from app.reference import loader
from app.reference.loader import DEFAULT_FOLDER, FileError, load_reference


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEFAULT_FOLDER, tmp_path / "reference"))


def change(folder: Path, name: str, old: str, new: str) -> None:
    file = folder / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("purposes.yml", "code: review", "kode: review", r"purposes\[3\]: unknown key 'kode'"),
        ("purposes.yml", "{code: review, ", "{", r"purposes\[3\].*code"),
        ("purposes.yml", "{fi: Etuuden hakeminen}", "{sv: Ansökan}", r"purposes\[5\]\.label: the Finnish text"),
        ("purposes.yml", "{fi: Etuuden hakeminen}", "Etuuden hakeminen", r"write the text as languages"),
        ("purposes.yml", "code: services", "code: planning", r"'planning' has two rows that hold at the same time"),
        ("benefits.yml", "[general_support]", "[gold]", r"succeeded_by names 'gold'"),
        ("benefits.yml", "valid_to: 2026-04-30", "valid_to: huhtikuu", r"expected date, found 'huhtikuu'"),
        ("deadlines.yml", "amount: 7", "amount: true", r"deadlines\[0\]\.amount: expected int, found True"),
        ("cadences.yml", "deadline: AP_REVIEW", "deadline: BREACH", r"cadences\[0\]: name a deadline of months"),
        ("cadences.yml", "plan_kind: activation_plan", "plan_kind: wish", r"cadences: 'wish' is not in plan_kinds"),
        ("documents.yml", "systems: [SY02]", "systems: [SY99]", r"documents: 'SY99' is not in systems"),
        ("documents.yml", "systems: [SY02]", "systems: SY02", r"documents\[0\]\.systems: expected a list"),
        ("parties.yml", "LAW_703_64", "LAW_1", r"parties: 'LAW_1' is not in bases"),
        ("municipalities.yml", "area: paijat_hame,", "area: moon,", r"municipalities: 'moon' is not in organisations"),
        ("reminders.yml", "[-14, -3, 0, 7, 14]", "[0, -14]", r"REMIND_REVIEW: offsets must rise"),
        ("measures.yml", "step: 1", "step: 3", r"measures: ME01: whole steps must lead from minimum to maximum"),
        ("measures.yml", "step: 1", "step: yes", r"measures\[0\]\.step: expected a number, found True"),
        ("measures.yml", "    minimum: 0\n", "", r"measures: ME01: a number needs minimum, maximum and step"),
        ("measures.yml", "threshold: 7", "threshold: 11", r"measures: ME01: the threshold is outside the scale"),
        ("measures.yml", "    direction: higher_better", "    direction: none", r"ME01: a threshold needs a direction"),
        ("measures.yml", "    direction: higher_better", "    direction: up", r"measures: ME01: scale is one of"),
        ("measures.yml", "scale: summary", "scale: number", r"measures: ME02: a number needs minimum"),
        ("measures.yml", "scale: summary", "scale: summary\n    minimum: 0", r"ME02: only a number has a scale"),
        ("measures.yml", "[concentration, stamina", "[patience, stamina", r"'patience' is not in measure_aspects"),
        ("measures.yml", "scale: observation", "scale: summary", r"ME04: an observation names its aspects"),
        ("measures.yml", "document:DO09", "document:DO99", r"ME01: unknown next step 'document:DO99'"),
        ("measures.yml", "    licence: {fi: Ei käyttöehtoja.}\n", "", r"measures\[3\].*licence"),
        ("systems.yml", "systems:", "networks:", r"unknown key 'networks'"),
        ("systems.yml", "systems:", "purposes:", r"'purposes' is already in another file"),
        ("outcomes.yml", "outcomes:", "- outcomes:", r"outcomes\.yml"),
    ],
)
def test_a_mistake_is_refused_with_its_place(folder: Path, name: str, old: str, new: str, message: str) -> None:
    change(folder, name, old, new)
    with pytest.raises(FileError, match=message):
        load_reference(folder)


def test_an_end_before_the_beginning_is_refused(folder: Path) -> None:
    change(folder, "benefits.yml", "valid_from: 2026-05-01", "valid_from: 2026-05-01, valid_to: 2026-04-30")
    with pytest.raises(FileError, match="valid_to is before valid_from"):
        load_reference(folder)


def test_a_key_written_twice_is_refused(folder: Path) -> None:
    change(folder, "systems.yml", "{code: SY05, ", "{code: SY05, code: SY06, ")
    with pytest.raises(FileError, match=r"systems\.yml: line \d+: 'code' is written twice"):
        load_reference(folder)


def test_a_missing_file_is_named_by_its_lists(folder: Path) -> None:
    (folder / "outcomes.yml").unlink()
    with pytest.raises(FileError, match="lists missing: outcomes"):
        load_reference(folder)


def test_a_list_must_not_be_empty(folder: Path) -> None:
    (folder / "outcomes.yml").write_text("outcomes: []\n", encoding="utf-8")
    with pytest.raises(FileError, match="at least one row"):
        load_reference(folder)


def test_a_file_must_be_a_mapping(folder: Path) -> None:
    (folder / "outcomes.yml").write_text("- outcomes\n", encoding="utf-8")
    with pytest.raises(FileError, match="must be a mapping"):
        load_reference(folder)


def test_a_row_must_be_a_mapping(folder: Path) -> None:
    (folder / "outcomes.yml").write_text("outcomes: [employment]\n", encoding="utf-8")
    with pytest.raises(FileError, match="expected a mapping"):
        load_reference(folder)


def test_the_folder_is_read_once_and_can_be_changed(folder: Path) -> None:
    assert load_reference(folder) is load_reference(folder)
    change(folder, "purposes.yml", "Palvelujen järjestäminen", "Palvelut")
    try:
        loader.configure(folder)
        # Read before the change, the folder keeps its words until the program starts anew.
        assert loader.reference() is load_reference(folder)
    finally:
        loader.configure(DEFAULT_FOLDER)
