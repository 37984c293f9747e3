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
            "        basis: 703/2023 6 ja 53 §\n        label: {fi: Lupa",
            "        label: {fi: Lupa",
            "must name its basis",
        ),
        ("code: consent:health\n", "code: consent:health\n        when: client.age > 18\n", "unknown key 'when'"),
        ("{code: measure:ME01, effect", "{code: identification:facts, effect", "the same need is written twice"),
        ("{code: self_assessment, effect: reminds}", "{code: recorded:DO12, effect: reminds}", "is in no checklist"),
        (
            "{code: self_assessment, effect: reminds}",
            "{code: self_assessment, effect: reminds, label: {fi: Arvio}}",
            "has its label in the checklist",
        ),
        (
            "{code: recorded:DO16, optional: true}",
            "{code: measure:ME01, optional: true}",
            "the same item is written twice",
        ),
        (
            "kind: deed\n        who: [professional]",
            "kind: wish\n        who: [professional]",
            "needs who does it and its kind",
        ),
        ("kind: deed\n        who: [professional]", "kind: deed\n        who: [neighbour]", "unknown key 'neighbour'"),
        ("kind: deed\n        who: [professional]", "kind: deed\n        who: []", "needs who does it and its kind"),
        (
            "kind: deed\n        who: [professional]",
            "kind: deed\n        due: 3\n        who: [professional]",
            "unknown key 'due'",
        ),
        (
            "kind: deed\n        who: [professional]",
            "optional: true\n        kind: deed\n        who: [client]",
            "an item that is not optional",
        ),
        ("        optional: true\n", "        optional: maybe\n", "write true or leave it out"),
        ("{code: consent:parties}", "{code: consent:parties, label: {fi: Toinen}}", "has its label already"),
        ("usual_days: 10", "usual_days: soon", "expected a number, found 'soon'"),
        ("    usual_days: 10\n", "", "pre_contact: usual_days is missing"),
        ("    short: {fi: Vastuu}\n", "    short: {fi: Vastuu}\n    usual_days: 9\n", "the standing stage has no"),
        ("kind: work_ability_support_plan,", "kind: wish_list,", "unknown kind of plan 'wish_list'"),
        ("is_default: true", "is_default: true, default_from: kesä", "write the day as 2026-01-01"),
        ("is_default: true", "is_default: true, default_from: 2026-01-01", "needs exactly one default plan"),
        ("{kind: client_plan}", "{kind: client_plan, is_default: true}", "needs exactly one default plan"),
        ("code: recorded:DO15", "code: plan:group_employment_plan", "not among the model's plans"),
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
    change(folder, "        basis: PA1\n", "")
    model = load_pathways(folder)["work_ability_support", 1]
    assert model.stage("identification").needs[0].basis is None


def test_a_need_outside_the_checklists_stands_with_a_label_of_its_own(folder: Path) -> None:
    own = "{code: recorded:DO12, effect: reminds, basis: PA2, label: {fi: Itsearvio on muualla}}"
    change(folder, "{code: self_assessment, effect: reminds}", own)
    needs = load_pathways(folder)["work_ability_support", 1].stage("joint_assessment").needs
    assert [(str(need.label), need.basis) for need in needs if need.code == "recorded:DO12"] == [
        ("Itsearvio on muualla", "PA2")
    ]


def test_a_need_takes_its_words_from_the_checklist_and_may_name_another_basis() -> None:
    model = load_pathways(DEFAULT_FOLDER)["quality_based_coaching", 1]
    need = next(one for one in model.stage("implementation").needs if one.code == "recorded:DO07")
    item = next(one for one in model.stage("joint_plan").checklist if one.code == "recorded:DO07")
    assert need.label is item.label
    assert (need.basis, item.basis) == ("RU03; 1301/2014 45 §", "1301/2014 45 §")


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
