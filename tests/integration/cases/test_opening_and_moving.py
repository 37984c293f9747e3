"""A case is opened, moves along its pathway and back, and remembers why."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.access.actor import Role
from app.access.predicates import StandingKind
from app.audit.models import AuditEvent
from app.cases import queries, services
from app.cases.domain import CaseView, Ending
from app.cases.models import Case, NeedException, StageVisit
from app.core.errors import Conflict, Forbidden, NotFound, Refused
from app.core.uow import UnitOfWork
from app.pathways.domain import NEEDS, Facts, StageCode
from tests.factories.accounts import actor_of, create_team, create_user
from tests.factories.cases import create_case, create_worker, seen_by
from tests.factories.clients import create_client

EVERYTHING = Facts(frozenset(NEEDS))
NOTHING = Facts.of()


@pytest.fixture
def walk(uow: UnitOfWork, now: datetime) -> "Walk":
    """A case with its responsible worker."""
    return Walk(uow, now)


class Walk:
    """A worker with a case, and short words for what they do to it."""

    def __init__(self, uow: UnitOfWork, now: datetime) -> None:
        self.uow, self.now = uow, now
        self.team = create_team(uow)
        worker = create_worker(uow, team=self.team)
        self.actor = actor_of(uow, worker)
        self.id = create_case(uow, worker=worker, team=self.team).id

    @property
    def case(self) -> CaseView:
        return queries.get_case_for(self.uow, self.actor, self.id, now=self.now)

    def open(self, to: StageCode, **more: object) -> None:
        given: dict[str, Any] = {"finish": None, "reason": None, "exceptions": {}, "facts": EVERYTHING} | more
        services.move_stage(self.uow, self.case, to=to, actor=self.actor, now=self.now, **given)

    def states(self) -> dict[str, str]:
        return {visit.stage: visit.state for visit in queries.visits_of(self.uow, self.id)}


def test_a_new_case_stands_in_the_first_stage_and_its_opener_sees_it(uow: UnitOfWork, now: datetime) -> None:
    opener = actor_of(uow, create_user(uow, roles=(Role.OWN_WORKER,)))
    case = services.open_case(
        uow,
        client_id=create_client(uow),
        model_key="work_ability_support",
        opened_on=date(2026, 11, 20),
        contact_source="kela",
        actor=opener,
        now=now,
    )
    assert case.current_stage is StageCode.PRE_CONTACT
    assert case.current_since == date(2026, 11, 20)
    assert case.subject.kinds == {StandingKind.REGISTRAR}
    assert case.ref.startswith("A-")
    assert case.ref.endswith("/1")
    assert queries.get_case_for(uow, opener, case.id, now=now) == case
    assert queries.met_needs(uow, case, date(2026, 11, 24)) == {"note:contact_source"}


def test_a_stranger_is_told_that_there_is_no_such_case(uow: UnitOfWork, now: datetime) -> None:
    case = create_case(uow, worker=create_worker(uow), team=create_team(uow))
    with pytest.raises(NotFound):
        queries.get_case_for(uow, actor_of(uow, create_worker(uow)), case.id, now=now)


def test_a_colleague_of_the_team_sees_the_case_and_may_not_move_it(uow: UnitOfWork, now: datetime) -> None:
    team = create_team(uow)
    case = create_case(uow, worker=create_worker(uow, team=team), team=team)
    colleague = actor_of(uow, create_worker(uow, team=team))
    seen = seen_by(uow, colleague, case, now=now)
    with pytest.raises(Forbidden):
        services.finish_stage(uow, seen, stage=StageCode.PRE_CONTACT, actor=colleague, now=now)


def test_one_client_has_at_most_one_open_case_of_a_model(uow: UnitOfWork) -> None:
    client = create_client(uow)
    create_case(uow, client_id=client)
    with pytest.raises(Refused) as refusal:
        create_case(uow, client_id=client)
    assert refusal.value.reasons[0].field == "model"
    assert create_case(uow, client_id=client, model="group_employment").ref.endswith("/2")


def test_moving_opens_one_stage_and_finishes_the_current_one(walk: Walk) -> None:
    walk.open(StageCode.IDENTIFICATION)
    assert walk.states() == {"pre_contact": "done", "identification": "in_progress"}
    assert (walk.case.current_stage, walk.case.current_since) == (StageCode.IDENTIFICATION, date(2026, 11, 24))


def test_stage_5_can_be_done_before_stage_3_and_stays_open_beside_it(walk: Walk) -> None:
    walk.open(StageCode.RESPONSIBLE_WORKER, finish=())
    walk.open(StageCode.IDENTIFICATION)
    walk.open(StageCode.JOINT_ASSESSMENT)
    states = walk.states()
    assert states["responsible_worker"] == "in_progress"
    assert states["joint_assessment"] == "in_progress"
    assert walk.case.current_stage is StageCode.JOINT_ASSESSMENT


def test_going_back_from_7_to_4_asks_why_and_keeps_both_visits(walk: Walk) -> None:
    case = create_case(walk.uow, worker=walk.actor.user_id, team=walk.team, stage=StageCode.FOLLOW_UP)
    walk.id = case.id
    with pytest.raises(Refused) as refusal:
        walk.open(StageCode.JOINT_PLAN)
    assert [reason.field for reason in refusal.value.reasons] == ["reason"]
    walk.open(StageCode.JOINT_PLAN, reason="Tilanne muuttui, suunnitelma tehdään uudestaan.")
    visits = [visit for visit in queries.visits_of(walk.uow, walk.id) if visit.stage is StageCode.JOINT_PLAN]
    assert [visit.state for visit in visits] == ["done", "in_progress"]
    assert visits[1].reason == "Tilanne muuttui, suunnitelma tehdään uudestaan."
    assert walk.case.current_stage is StageCode.JOINT_PLAN


def test_a_need_that_stops_refuses_whatever_the_reason(walk: Walk) -> None:
    walk.open(StageCode.IDENTIFICATION)
    with pytest.raises(Refused) as refusal:
        walk.open(StageCode.JOINT_ASSESSMENT, facts=NOTHING, exceptions=dict.fromkeys(NEEDS, "kiire"))
    assert "Record this first" in str(refusal.value.reasons[0].message)
    assert walk.case.current_stage is StageCode.IDENTIFICATION


def test_a_need_that_reminds_passes_with_a_reason_that_is_kept(walk: Walk) -> None:
    walk.open(StageCode.IDENTIFICATION)
    facts = Facts.of("consent:health")
    with pytest.raises(Refused):
        walk.open(StageCode.JOINT_ASSESSMENT, facts=facts)
    why = "Tiedot kirjataan tapaamisen jälkeen."
    walk.open(StageCode.JOINT_ASSESSMENT, facts=facts, exceptions=dict.fromkeys(NEEDS, why))
    kept = walk.uow.session.scalars(select(NeedException).where(NeedException.case_id == walk.id)).all()
    assert kept
    assert {walk.uow.vault.open("need_exception", "reason", row.id, row.reason) for row in kept} == {why}


def test_two_who_move_the_same_case_do_not_both_win(walk: Walk) -> None:
    first = walk.case
    walk.open(StageCode.IDENTIFICATION)
    with pytest.raises(Conflict):
        services.finish_stage(walk.uow, first, stage=StageCode.PRE_CONTACT, actor=walk.actor, now=walk.now)


def test_skipping_asks_why_and_the_skipped_stage_is_not_needed(walk: Walk) -> None:
    with pytest.raises(Refused):
        services.skip_stage(
            walk.uow, walk.case, stage=StageCode.IDENTIFICATION, reason=" ", actor=walk.actor, now=walk.now
        )
    services.skip_stage(
        walk.uow, walk.case, stage=StageCode.IDENTIFICATION, reason="Tehty muualla", actor=walk.actor, now=walk.now
    )
    assert walk.states()["identification"] == "not_needed"
    assert walk.case.current_stage is StageCode.PRE_CONTACT


def test_finishing_the_last_open_stage_points_to_the_first_one_not_begun(walk: Walk) -> None:
    services.finish_stage(walk.uow, walk.case, stage=StageCode.PRE_CONTACT, actor=walk.actor, now=walk.now)
    assert walk.case.current_stage is StageCode.IDENTIFICATION


def test_a_closed_case_is_reopened_with_a_reason_and_goes_on_where_it_was(walk: Walk) -> None:
    walk.open(StageCode.IDENTIFICATION)
    services.close_case(
        walk.uow,
        walk.case,
        Ending(outcome="no_need", text="Palasi työhön.", closed_on=date(2026, 11, 23)),
        actor=walk.actor,
        now=walk.now,
    )
    closed = walk.case
    assert (closed.is_open, closed.outcome) == (False, "no_need")
    with pytest.raises(Forbidden):
        services.finish_stage(walk.uow, closed, stage=StageCode.IDENTIFICATION, actor=walk.actor, now=walk.now)
    services.reopen_case(walk.uow, walk.case, reason="Tarve palasi", actor=walk.actor, now=walk.now)
    assert (walk.case.is_open, walk.case.current_stage) == (True, StageCode.IDENTIFICATION)
    (closing,) = queries.closings_of(walk.uow, walk.id)
    assert (closing.text, closing.reopening_reason) == ("Palasi työhön.", "Tarve palasi")


def test_a_case_cannot_be_closed_before_it_was_opened_or_tomorrow(walk: Walk) -> None:
    for day in (date(2026, 11, 1), date(2026, 11, 25)):
        ending = Ending(outcome="no_need", closed_on=day)
        with pytest.raises(Refused):
            services.close_case(walk.uow, walk.case, ending, actor=walk.actor, now=walk.now)


def test_an_imported_case_has_its_earlier_stages_done_on_days_not_known(uow: UnitOfWork) -> None:
    case = create_case(uow, stage=StageCode.IMPLEMENTATION)
    visits = queries.visits_of(uow, case.id)
    assert [visit.state for visit in visits] == ["done"] * 5 + ["in_progress"]
    assert all(visit.entered_on is None and visit.left_on is None for visit in visits[:5])
    assert case.current_stage is StageCode.IMPLEMENTATION


def test_every_act_leaves_one_row_in_the_trail(walk: Walk) -> None:
    walk.open(StageCode.IDENTIFICATION)
    services.write_note(
        walk.uow,
        walk.case,
        kind="call",
        topic="identification",
        happened_on=date(2026, 11, 24),
        line="Soitettiin",
        text=None,
        is_visible_to_client=False,
        actor=walk.actor,
        now=walk.now,
    )
    rows = walk.uow.session.scalars(
        select(AuditEvent.action).where(AuditEvent.case_id == walk.id).order_by(AuditEvent.id)
    )
    assert list(rows) == ["case_opened", "stage_opened", "note_written"]


def test_a_contact_becomes_the_last_contact_unless_a_later_one_is_known(walk: Walk) -> None:
    def note(kind: str, day: date) -> None:
        services.write_note(
            walk.uow,
            walk.case,
            kind=kind,
            topic="",
            happened_on=day,
            line="Asia",
            text=None,
            is_visible_to_client=False,
            actor=walk.actor,
            now=walk.now,
        )

    note("visit", date(2026, 11, 20))
    note("call", date(2026, 11, 10))
    note("entry", date(2026, 11, 24))
    assert (walk.case.last_contact_on, walk.case.last_contact_kind) == (date(2026, 11, 20), "visit")


def test_entries_come_newest_first_and_a_page_goes_on_where_the_last_one_ended(walk: Walk) -> None:
    for back in range(7):
        services.write_note(
            walk.uow,
            walk.case,
            kind="visit",
            topic="",
            happened_on=date(2026, 11, 24) - timedelta(days=back // 2),
            line=f"Rivi {back}",
            text="Pitkä teksti",
            is_visible_to_client=True,
            actor=walk.actor,
            now=walk.now - timedelta(minutes=back),
        )
    first = queries.notes_of(walk.uow, walk.id, limit=4)
    last = first[-1]
    rest = queries.notes_of(
        walk.uow, walk.id, limit=4, before=queries.Place(last.happened_on, last.written_at, last.id)
    )
    assert [note.line for note in [*first, *rest]] == [f"Rivi {number}" for number in range(7)]


def test_a_twin_is_an_entry_with_the_same_words_within_five_minutes(walk: Walk) -> None:
    day = date(2026, 11, 24)
    services.write_note(
        walk.uow,
        walk.case,
        kind="call",
        topic="",
        happened_on=day,
        line="Sovittiin aika",
        text=None,
        is_visible_to_client=False,
        actor=walk.actor,
        now=walk.now,
    )

    def has_twin(line: str, minutes: int) -> bool:
        at = walk.now + timedelta(minutes=minutes)
        found = queries.find_twin(walk.uow, walk.id, kind="call", happened_on=day, line=line, actor=walk.actor, now=at)
        return found is not None

    assert has_twin(" sovittiin aika ", 4)
    assert not has_twin("Sovittiin aika", 6)
    assert not has_twin("Muuta", 0)


def test_what_is_promised_is_open_until_it_is_done_once(walk: Walk, today: date) -> None:
    step = services.promise_step(
        walk.uow,
        walk.case,
        note_id=None,
        owner="client",
        text="Varaa terveystarkastus",
        due_on=date(2026, 11, 30),
        actor=walk.actor,
        now=walk.now,
    )
    assert [one.text for one in queries.open_steps_of(walk.uow, walk.id)] == ["Varaa terveystarkastus"]
    assert services.finish_step(walk.uow, walk.case, step_id=step, on=today, actor=walk.actor, now=walk.now)
    assert not services.finish_step(walk.uow, walk.case, step_id=step, on=today, actor=walk.actor, now=walk.now)
    assert queries.open_steps_of(walk.uow, walk.id) == []


def test_a_document_recorded_elsewhere_meets_its_need(walk: Walk, today: date) -> None:
    services.record_elsewhere(
        walk.uow,
        walk.case,
        document="DO12",
        system="SY06",
        recorded_on=today,
        reference="Kykyviisari 24.11.",
        actor=walk.actor,
        now=walk.now,
    )
    assert "recorded:DO12" in queries.met_needs(walk.uow, walk.case, today)
    assert queries.recorded_elsewhere_of(walk.uow, walk.id)[0].reference == "Kykyviisari 24.11."


def test_words_are_sealed_in_the_row(walk: Walk, today: date) -> None:
    services.write_note(
        walk.uow,
        walk.case,
        kind="visit",
        topic="",
        happened_on=today,
        line="Salainen asia",
        text="Toinen salainen asia",
        is_visible_to_client=False,
        actor=walk.actor,
        now=walk.now,
    )
    stored = walk.uow.session.connection().exec_driver_sql("SELECT line, text FROM note").one()
    assert b"alainen" not in bytes(stored[0]) + bytes(stored[1])


def test_no_case_is_open_twice_in_one_stage(walk: Walk) -> None:
    walk.open(StageCode.IDENTIFICATION)
    with pytest.raises(Conflict):
        walk.open(StageCode.IDENTIFICATION)
    rows = walk.uow.session.scalars(
        select(StageVisit.stage).where(StageVisit.case_id == walk.id, StageVisit.state == "in_progress")
    )
    assert list(rows) == ["identification"]
    assert walk.uow.session.scalar(select(Case.current_stage).where(Case.id == walk.id)) == "identification"


def test_a_version_given_by_the_form_is_what_counts(walk: Walk) -> None:
    stale = replace(walk.case, version=99)
    services.finish_stage(
        walk.uow,
        stale,
        stage=StageCode.PRE_CONTACT,
        actor=walk.actor,
        now=walk.now,
        expected_version=walk.case.version,
    )
    assert walk.states()["pre_contact"] == "done"
