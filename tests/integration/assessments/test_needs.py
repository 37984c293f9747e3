"""DO01: initiated, due by the client's group, finished and frozen (1301/2014 36–37 §; PB2, PC2)."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from app.access.actor import system_actor
from app.assessments import queries, services
from app.assessments.needs import NeedsContent, State
from app.cases.domain import CaseView
from app.core.errors import Conflict, NotFound, Refused
from app.core.uow import UnitOfWork
from app.duties import queries as duties
from app.duties import services as duty_acts
from tests.factories.assessments import COMPLETE, create_needs, finish_needs, write_needs
from tests.factories.cases import create_case, moment_of

DEMO = system_actor("system:demo")
FRIDAY = date(2026, 10, 23)


@pytest.fixture
def case(uow: UnitOfWork) -> CaseView:
    return create_case(uow, model="quality_based_coaching", opened_on=FRIDAY)


def owed(uow: UnitOfWork, case: CaseView) -> dict[str, tuple[str, date]]:
    return {one.kind.value: (one.rule_code, one.due_on) for one in duties.open_of_case(uow, case.id)}


@pytest.mark.parametrize(
    ("group", "start", "done"),
    [
        ("over_75", ("NA_START", date(2026, 11, 3)), ("NA_TARGET", date(2027, 1, 23))),
        ("top_care_allowance", ("NA_START", date(2026, 11, 3)), ("NA_TARGET", date(2027, 1, 23))),
        ("disability_act", ("NA_START", date(2026, 11, 3)), ("NA_TARGET", date(2027, 1, 23))),
        ("child_special_support", ("NA_TARGET_START", date(2026, 11, 3)), ("NA_DONE_CHILD", date(2027, 1, 23))),
        ("other_adult", ("NA_TARGET_START", date(2026, 11, 3)), ("NA_TARGET", date(2027, 1, 23))),
    ],
)
def test_initiation_opens_the_duties_of_the_clients_group(
    uow: UnitOfWork, case: CaseView, group: str, start: tuple[str, date], done: tuple[str, date]
) -> None:
    create_needs(uow, case, on=FRIDAY, group=group, content=None)
    assert owed(uow, case) == {"needs_assessment_start": start, "needs_assessment_done": done}


def test_another_group_or_day_moves_what_is_due(uow: UnitOfWork, case: CaseView) -> None:
    version_id = create_needs(uow, case, on=FRIDAY, content=None)
    write_needs(uow, case, version_id, content=NeedsContent(), initiated_on=date(2026, 10, 22), group="over_75")
    assert owed(uow, case) == {
        "needs_assessment_start": ("NA_START", date(2026, 11, 2)),
        "needs_assessment_done": ("NA_TARGET", date(2027, 1, 22)),
    }
    ended = [one.outcome for one in duties.all_of_case(uow, case.id) if not one.is_open]
    assert ended == ["superseded", "superseded"]


def test_a_start_and_an_end_close_their_duties_on_their_days(uow: UnitOfWork, case: CaseView) -> None:
    version_id = create_needs(uow, case, on=FRIDAY, content=None)
    write_needs(uow, case, version_id, initiated_on=FRIDAY, started_on=date(2026, 10, 26))
    assert set(owed(uow, case)) == {"needs_assessment_done"}
    finish_needs(uow, case, version_id, on=date(2026, 11, 10))
    assert owed(uow, case) == {}
    closed = {one.kind.value: (one.outcome, one.closed_on) for one in duties.all_of_case(uow, case.id)}
    assert closed == {
        "needs_assessment_start": ("done", date(2026, 10, 26)),
        "needs_assessment_done": ("done", date(2026, 11, 10)),
    }


def test_a_finished_version_is_frozen_and_tells_where_the_official_copy_lies(uow: UnitOfWork, case: CaseView) -> None:
    version_id = create_needs(uow, case, on=FRIDAY)
    assert queries.finished_needs_assessment(uow, case.id) is None
    assert "needs_assessment" not in queries.met_needs(uow, case, FRIDAY)
    finish_needs(uow, case, version_id, on=date(2026, 11, 10))
    found = queries.finished_needs_assessment(uow, case.id)
    assert found is not None
    assert found.version.content == COMPLETE
    assert (found.version.recorded_system, found.version.reference) == ("SY02", "2026-1")
    assert found.version.form_version == "2026-11"
    assert "needs_assessment" in queries.met_needs(uow, case, date(2026, 11, 10))
    with pytest.raises(Conflict):
        write_needs(uow, case, version_id, initiated_on=FRIDAY, started_on=FRIDAY)


def test_a_later_change_is_the_next_version_and_the_one_that_stands_stays_until_then(
    uow: UnitOfWork, case: CaseView
) -> None:
    first = create_needs(uow, case, on=FRIDAY)
    finish_needs(uow, case, first, on=date(2026, 11, 10))
    now = moment_of(date(2026, 11, 20))
    second = services.start_needs_version(uow, case, actor=DEMO, now=now)
    assert services.start_needs_version(uow, case, actor=DEMO, now=now) == second
    found = queries.finished_needs_assessment(uow, case.id)
    assert found is not None
    assert found.version.id == first
    changed = replace(COMPLETE, texts={**COMPLETE.texts, "conclusions": "Asiakkuus jatkuu."})
    write_needs(uow, case, second, content=changed, initiated_on=FRIDAY, started_on=FRIDAY, now=now)
    assert owed(uow, case) == {}
    finish_needs(uow, case, second, on=date(2026, 11, 20))
    needs = queries.needs_of(uow, case.id)
    assert needs is not None
    assert [(one.number, one.state) for one in needs.versions] == [(2, State.FINISHED), (1, State.REPLACED)]
    assert needs.versions[1].content.text("conclusions") == "Asiakkuus alkaa."


def test_what_section_37_asks_for_is_named_when_it_is_missing(uow: UnitOfWork, case: CaseView) -> None:
    version_id = create_needs(uow, case, on=FRIDAY, content=None)
    with pytest.raises(Refused) as refused:
        finish_needs(uow, case, version_id, on=date(2026, 11, 10))
    assert {reason.field for reason in refused.value.reasons} == {
        "started_on",
        "participants",
        "situation",
        "client_view",
        "conclusions",
        "own_worker_reason",
        "profession",
        "is_urgent",
        "needs_own_worker",
        "network",
        "need_rehabilitation",
    }


@pytest.mark.parametrize("name", ["situation", "client_view", "conclusions", "need_employment"])
def test_each_required_text_alone_keeps_it_unfinished(uow: UnitOfWork, case: CaseView, name: str) -> None:
    """PB2: the situation, the need, the client's view and the professional's conclusions."""
    content = replace(COMPLETE, texts={**COMPLETE.texts, name: " "})
    version_id = create_needs(uow, case, on=FRIDAY, content=content)
    with pytest.raises(Refused) as refused:
        finish_needs(uow, case, version_id, on=date(2026, 11, 10))
    assert len(refused.value.reasons) == 1


@pytest.mark.parametrize(
    ("model", "group", "is_asked"),
    [
        ("group_employment", "other_adult", True),
        ("quality_based_coaching", "disability_act", True),
        ("quality_based_coaching", "other_adult", False),
    ],
)
def test_somebody_without_a_public_office_gives_a_reason_in_disability_services(
    uow: UnitOfWork, model: str, group: str, *, is_asked: bool
) -> None:
    """PC2; 675/2023."""
    case = create_case(uow, model=model, opened_on=FRIDAY)
    version_id = create_needs(uow, case, on=FRIDAY, group=group, content=None)
    if not is_asked:
        write_needs(uow, case, version_id, initiated_on=FRIDAY, group=group, started_on=FRIDAY)
        return
    with pytest.raises(Refused) as refused:
        write_needs(uow, case, version_id, initiated_on=FRIDAY, group=group, started_on=FRIDAY)
    assert [reason.field for reason in refused.value.reasons] == ["office_reason"]
    reasoned = replace(COMPLETE, texts={**COMPLETE.texts, "office_reason": "Viranhaltija vahvistaa arvion."})
    write_needs(uow, case, version_id, content=reasoned, initiated_on=FRIDAY, group=group, started_on=FRIDAY)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"initiated_on": date(2026, 12, 1)}, "initiated_on"),
        ({"started_on": date(2026, 10, 22)}, "started_on"),
        ({"group": "everybody"}, "client_group"),
        ({"content": replace(COMPLETE, profession="physician")}, "profession"),
        ({"content": replace(COMPLETE, is_urgent=True)}, "urgent_text"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    uow: UnitOfWork, case: CaseView, now: datetime, changes: dict[str, object], field: str
) -> None:
    version_id = create_needs(uow, case, on=FRIDAY, content=None)
    given: dict[str, Any] = {"initiated_on": FRIDAY, "now": now} | changes
    with pytest.raises(Refused) as refused:
        write_needs(uow, case, version_id, **given)
    assert [reason.field for reason in refused.value.reasons] == [field]


def test_two_writers_and_two_beginners_meet(uow: UnitOfWork, case: CaseView) -> None:
    version_id = create_needs(uow, case, on=FRIDAY)
    with pytest.raises(Conflict):
        write_needs(uow, case, version_id, initiated_on=FRIDAY, started_on=FRIDAY, expected=1)
    with pytest.raises(Conflict):
        create_needs(uow, case, on=FRIDAY)
    with pytest.raises(NotFound):
        write_needs(uow, create_case(uow), version_id, initiated_on=FRIDAY, expected=1)


def test_a_reopened_case_owes_a_passed_day_in_fourteen_days(uow: UnitOfWork, case: CaseView) -> None:
    """Ruling 15."""
    create_needs(uow, case, on=FRIDAY, content=None)

    now = moment_of(date(2026, 11, 24))
    for duty in duties.open_of_case(uow, case.id):
        about: dict[str, Any] = {"kind": duty.kind, "subject_kind": duty.subject_kind, "subject_id": duty.subject_id}
        duty_acts.close_duty(uow, **about, outcome="case_closed", on=date(2026, 11, 2), actor=DEMO, now=now)
    services.recompute_duties(uow, case, actor=DEMO, now=now)
    assert owed(uow, case) == {
        "needs_assessment_start": ("REOPENED", date(2026, 12, 8)),
        "needs_assessment_done": ("NA_TARGET", date(2027, 1, 23)),
    }
