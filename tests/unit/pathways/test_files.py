import shutil
from pathlib import Path

import pytest

from app.pathways import loader
from app.pathways.loader import DEFAULT_FOLDER, load_pathways
from app.reference.loader import FileError

FILE = "work_ability_support.v1.yml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEFAULT_FOLDER, tmp_path / "pathways"))


def change(folder: Path, old: str, new: str, name: str = FILE) -> None:
    file = folder / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("summary:", "sumary:", "unknown key 'sumary'"),
        ("letter: A\n", "", "letter is missing"),
        ("  follow_up:\n", "  after_care:\n", "unknown key 'after_care'"),
        ("    short: {fi: Ennen}\n", "", "pre_contact: short is missing"),
        ("version: 1", "version: 2", "the file says work_ability_support version 2"),
        ("version: 1", "version: yes", "expected a number, found True"),
        ("key: work_ability_support", "key: 7", "expected a text, found 7"),
        ("leads_to: [identification]", "leads_to: [paradise]", "unknown key 'paradise'"),
        ("leads_to: [identification]", "leads_to: [joint_plan]", "identification: no stage leads here"),
        ("leads_to: [identification]", "leads_to: []", "pre_contact: a dead end"),
        ("leads_to: [follow_up]", "leads_to: [joint_plan]", "the follow-up cannot be reached"),
        ("leads_to: [joint_plan, implementation]", "leads_to: []", "follow_up: a dead end"),
        ("leads_to: [joint_plan]", "leads_to: [joint_plan, joint_assessment]", "joint_assessment: a dead end"),
        ("leads_to: [joint_plan]", "leads_to: [joint_plan, joint_plan]", "written twice"),
        ("code: consent:health", "code: consent:wealth", "unknown need 'consent:wealth'"),
        ("effect: stops", "effect: blocks", "effect is stops or reminds"),
        (
            "        effect: stops\n        basis: 703/2023 6 ja 53 §\n",
            "        effect: stops\n",
            "must name its basis",
        ),
        ("code: consent:health", "code: consent:health\n        when: client.age > 18", "unknown key 'when'"),
        ("code: measure:ME01", "code: note:identification", "the same need is written twice"),
        ("kind: work_ability_support_plan,", "kind: wish_list,", "unknown kind of plan 'wish_list'"),
        ("is_default: true", "is_default: true, default_from: kesä", "write the day as 2026-01-01"),
        ("is_default: true", "is_default: true, default_from: 2026-01-01", "needs exactly one default plan"),
        ("{kind: client_plan}", "{kind: client_plan, is_default: true}", "needs exactly one default plan"),
        ("code: plan:work_ability_support_plan", "code: plan:group_employment_plan", "not among the model's plans"),
        ("[care_lead, social_counsellor, social_worker, employment_expert, personal_job_coach]", "[]", "nobody may be"),
        ("      fi:\n        - Tuen tarve voi", "      sv:\n        - Tuen tarve voi", r"client: the Finnish lines"),
        ("responsible: [", "responsible: care_lead #[", "expected a list, found 'care_lead'"),
        ("[Työkyvyn tuki]", "[Tuettu työhönvalmennus]", "already names"),
        ("[Työkyvyn tuki]", "[Työkyvyn tuki", r"work_ability_support\.v1\.yml"),
    ],
)
def test_a_mistake_is_refused_with_its_place(folder: Path, old: str, new: str, message: str) -> None:
    change(folder, old, new)
    with pytest.raises(FileError, match=message):
        load_pathways(folder)


def test_a_need_that_only_reminds_may_stand_without_a_basis(folder: Path) -> None:
    change(folder, "        effect: reminds\n        basis: PA1\n", "        effect: reminds\n")
    model = load_pathways(folder)["work_ability_support", 1]
    assert model.stage("identification").needs[0].basis is None


def test_a_file_with_another_name_is_refused(folder: Path) -> None:
    (folder / FILE).rename(folder / "work_ability_support.yml")
    with pytest.raises(FileError, match="name the file"):
        load_pathways(folder)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no pathway models"):
        load_pathways(tmp_path)


def test_an_older_version_stays_beside_the_newest(folder: Path) -> None:
    text = (folder / FILE).read_text(encoding="utf-8").replace("version: 1", "version: 2")
    (folder / "work_ability_support.v2.yml").write_text(text, encoding="utf-8")
    try:
        loader.configure(folder)
        assert loader.latest("work_ability_support").version == 2
        assert loader.pathway("work_ability_support", 1).version == 1
        assert [model.letter for model in loader.all_latest()] == ["A", "B", "C"]
    finally:
        loader.configure(DEFAULT_FOLDER)


def test_a_folder_is_read_once() -> None:
    assert load_pathways(DEFAULT_FOLDER) is load_pathways(DEFAULT_FOLDER)
