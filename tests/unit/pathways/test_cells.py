"""Each of the 21 cells asks for what the handbook's table of artefacts names (PA1–PC7), and ticks itself (FR04)."""

from uuid import uuid4

import pytest

from app.pathways.checklist import checklist_of
from app.pathways.domain import NEEDS, Facts, Item, StageCode
from app.pathways.loader import all_latest
from app.pathways.pathway import Pathway, Stage
from app.workbench.domain import PLACES, place_of_need

CELLS: dict[str, Stage] = {f"P{model.letter}{stage.number}": stage for model in all_latest() for stage in model.stages}

# What is required, and what is asked for if needed, in the order the page lists it.
ARTEFACTS: dict[str, tuple[list[str], list[str]]] = {
    "PA1": (["note:contact_source"], ["identification:signals", "participation:pre_contact"]),
    "PA2": (
        [
            "identification:facts",
            "identification:triggers",
            "consent:health",
            "self_assessment",
            "meeting:identification",
        ],
        ["measure:ME01", "recorded:DO16", "participation:identification"],
    ),
    "PA3": (
        ["consent:parties", "meeting:assessment", "note:assessment", "note:task_division"],
        [
            "measure:ME01",
            "measure:ME02",
            "measure:ME03",
            "measure:ME04",
            "recorded:DO16",
            "recorded:DO10",
            "recorded:DO09",
            "participation:told",
            "participation:joint_assessment",
        ],
    ),
    "PA4": (
        ["plan:work_ability_support_plan", "consent:parties"],
        [
            "meeting:plan",
            "recorded:DO15",
            "plan:rehabilitation_group_plan",
            "participation:goals",
            "participation:joint_plan",
        ],
    ),
    "PA5": (["worker", "consent:parties"], ["note:handover", "meeting:handover", "participation:responsible_worker"]),
    "PA6": (
        ["note:progress", "review", "consent:parties"],
        [
            "meeting:progress",
            "measure:repeated",
            "recorded:DO16",
            "recorded:DO08",
            "recorded:DO11",
            "recorded:DO09",
            "participation:implementation",
        ],
    ),
    "PA7": (
        ["review:held", "plan:work_ability_support_plan", "consent:parties"],
        ["measure:repeated", "participation:feedback", "participation:told", "participation:follow_up"],
    ),
    "PB1": (["note:contact_source"], ["identification:signals", "participation:pre_contact"]),
    "PB2": (
        ["note:contact_source", "consent:parties", "meeting:needs_assessment", "needs_assessment"],
        ["participation:identification"],
    ),
    "PB3": (
        ["needs_assessment", "consent:parties", "meeting:three_party", "note:assessment"],
        ["measure:ME01", "self_assessment", "measure:ME04", "recorded:DO10", "participation:joint_assessment"],
    ),
    "PB4": (
        [
            "meeting:plan",
            "plan:activation_or_multisector",
            "plan:implementation_plan",
            "recorded:DO07",
            "consent:parties",
        ],
        ["recorded:DO15", "participation:told", "participation:goals", "participation:joint_plan"],
    ),
    "PB5": (["worker"], ["note:handover", "participation:responsible_worker"]),
    "PB6": (
        ["activity:period", "activity:shop_steward", "activity:attendance", "note:progress", "review"],
        ["recorded:DO16", "recorded:DO08", "measure:ME04", "participation:implementation"],
    ),
    "PB7": (
        ["review:held", "review", "plan:activation_or_multisector"],
        ["measure:repeated", "participation:feedback", "participation:follow_up"],
    ),
    "PC1": (["note:contact_source"], ["identification:signals", "participation:pre_contact"]),
    "PC2": (["consent:parties", "meeting:needs_assessment", "needs_assessment"], ["participation:identification"]),
    "PC3": (
        ["meeting:assessment", "note:assessment", "consent:parties"],
        ["measure:ME04", "self_assessment", "participation:joint_assessment"],
    ),
    "PC4": (
        ["meeting:plan", "plan:group_employment_plan", "recorded:DO07", "recorded:DO14", "consent:parties"],
        ["participation:goals", "participation:joint_plan"],
    ),
    "PC5": (["worker", "worker:entry", "worker:progress"], ["note:handover", "participation:responsible_worker"]),
    "PC6": (["activity:attendance", "note:progress", "review"], ["measure:ME04", "participation:implementation"]),
    "PC7": (["review:held", "review"], ["measure:repeated", "participation:feedback", "participation:follow_up"]),
}
ITEMS = [pytest.param(item, id=f"{cell}-{item.code}") for cell, stage in CELLS.items() for item in stage.checklist]
each_cell = pytest.mark.parametrize("cell", CELLS)


def test_there_are_21_cells_and_each_is_in_the_table() -> None:
    assert len(CELLS) == 21
    assert CELLS.keys() == ARTEFACTS.keys()


@each_cell
def test_a_cell_asks_for_its_artefacts_and_tells_required_from_optional(cell: str) -> None:
    items = CELLS[cell].checklist
    required = [item.code for item in items if not item.is_optional]
    optional = [item.code for item in items if item.is_optional]
    assert (required, optional) == ARTEFACTS[cell]


@each_cell
def test_a_cell_says_of_each_item_who_sees_to_it_and_on_what_basis(cell: str) -> None:
    for item in CELLS[cell].checklist:
        assert item.who
        assert item.basis
        assert str(item.label)
        assert not str(item.label).endswith(".")


@pytest.mark.parametrize("item", ITEMS)
def test_an_item_leads_to_the_page_of_its_act(item: Item) -> None:
    endpoint, given = place_of_need(uuid4(), item)
    assert endpoint == PLACES[NEEDS[item.code]]
    assert "case_id" in given


@each_cell
def test_each_item_ticks_itself_when_its_own_code_is_on_record_and_no_other(cell: str) -> None:
    stage = CELLS[cell]
    assert not any(line.is_met for line in checklist_of(stage, Facts()).lines)
    for item in stage.checklist:
        facts = Facts.of(item.code)
        met = {line.item.code for line in checklist_of(stage, facts).lines if line.is_met}
        assert item.code in met
        assert met == {one.code for one in stage.checklist if facts.has(one.code)}


@each_cell
def test_the_count_is_of_the_required_items_alone(cell: str) -> None:
    stage = CELLS[cell]
    required, optional = ARTEFACTS[cell]
    empty = checklist_of(stage, Facts())
    assert (empty.done, empty.required) == (0, len(required))
    assert empty.first_missing is stage.checklist[[item.code for item in stage.checklist].index(required[0])]
    full = checklist_of(stage, Facts.of(*required))
    assert (full.done, full.first_missing) == (len(required), None)
    some = checklist_of(stage, Facts.of(*optional))
    assert some.done == sum(Facts.of(*optional).has(code) for code in required)


def test_the_state_is_told_in_words() -> None:
    lines = checklist_of(CELLS["PA2"], Facts.of("consent:health")).lines
    assert [(line.item.code, str(line.state)) for line in lines] == [
        ("identification:facts", "Missing"),
        ("identification:triggers", "Missing"),
        ("consent:health", "On record"),
        ("self_assessment", "Missing"),
        ("meeting:identification", "Missing"),
        ("measure:ME01", "If needed"),
        ("recorded:DO16", "If needed"),
        ("participation:identification", "If needed"),
    ]


@pytest.mark.parametrize("model", all_latest(), ids=lambda model: model.key)
def test_what_opens_a_stage_is_worded_once(model: Pathway) -> None:
    """A gate takes its words from the checklists: no second copy can drift from the first."""
    words = {item.code: item.label for stage in model.stages for item in stage.checklist}
    for stage in model.stages:
        for need in stage.needs:
            assert need.label is words[need.code]


def test_every_stage_but_the_standing_one_has_a_target_of_its_own() -> None:
    without = {cell for cell, stage in CELLS.items() if stage.usual_days is None}
    assert without == {"PA5", "PB5", "PC5"}
    assert all(stage.code is StageCode.RESPONSIBLE_WORKER for cell, stage in CELLS.items() if cell in without)
