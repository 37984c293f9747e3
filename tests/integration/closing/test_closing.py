"""A case closes in one transaction, and the ledger keeps what became of everything that was open (ruling 15)."""

from datetime import date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from app.access.actor import Actor
from app.audit.models import AuditEvent
from app.cases import queries as cases
from app.cases.domain import CaseView, Ending
from app.closing import queries, services
from app.closing.domain import Answer, Closing, Fate
from app.consents import queries as consents
from app.core.errors import Conflict, Refused
from app.core.uow import UnitOfWork
from app.duties import queries as ledger
from app.duties.domain import DutyKind, DutyOutcome
from app.duties.models import Duty
from app.duties.services import open_duty
from app.plans import services as plans
from app.upkeep import queries as upkeep
from tests.factories.accounts import actor_of, create_team
from tests.factories.activity import create_period
from tests.factories.cases import create_case, create_worker, seen_by
from tests.factories.closing import close_case
from tests.factories.consents import build_entry, create_consent
from tests.factories.duties import create_promise
from tests.factories.plans import create_plan_in_force

TODAY = date(2026, 11, 24)


class Desk:
    """A worker with two open cases of one client, both of the client register of social welfare."""

    def __init__(self, uow: UnitOfWork, now: datetime, model: str = "quality_based_coaching") -> None:
        self.uow, self.now = uow, now
        team = create_team(uow)
        worker = create_worker(uow, team=team)
        self.actor: Actor = actor_of(uow, worker)
        made = create_case(uow, worker=worker, team=team, model=model)
        self.id = made.id
        self.other = create_case(uow, worker=worker, team=team, model="group_employment", client_id=made.client_id).id

    @property
    def case(self) -> CaseView:
        return seen_by(self.uow, self.actor, cases.case_of(self.uow, self.id), now=self.now)

    def promise(self, text: str, due_on: date = date(2026, 11, 30)) -> UUID:
        create_promise(self.uow, self.case, text, due_on, owner="worker")
        return next(step.id for step in cases.open_steps_of(self.uow, self.id) if step.text == text)

    def close(self, answers: dict[UUID, Answer] | None = None, withdrawn: tuple[UUID, ...] = ()) -> None:
        close_case(self.uow, self.case, actor=self.actor, now=self.now, answers=answers, withdrawn=withdrawn)

    def outcomes(self) -> dict[UUID, tuple[str | None, date | None, str | None]]:
        opened = self.uow.vault.open_optional
        rows = self.uow.session.scalars(select(Duty).where(Duty.case_id == self.id))
        return {
            row.subject_id: (
                row.outcome,
                row.closed_on,
                opened("duty", "closing_reason", row.id, row.closing_reason),
            )
            for row in rows
        }


@pytest.fixture
def desk(uow: UnitOfWork, now: datetime) -> Desk:
    return Desk(uow, now)


def test_each_promise_and_duty_ends_with_its_own_outcome_and_reason(desk: Desk) -> None:
    plan = create_plan_in_force(desk.uow, desk.case, in_force_on=date(2026, 11, 2))
    kept, needless, moved = desk.promise("Soita"), desk.promise("Lähetä esite"), desk.promise("Varaa aika")
    desk.close(
        {
            kept: Answer(fate=Fate.DONE, on=date(2026, 11, 20)),
            needless: Answer(fate=Fate.NOT_NEEDED, reason="Asiakas sai esitteen muualta."),
            moved: Answer(fate=Fate.MOVED, to=desk.other),
        }
    )
    assert ledger.open_of_case(desk.uow, desk.id) == []
    assert cases.open_steps_of(desk.uow, desk.id) == []
    ended = desk.outcomes()
    assert ended[kept] == (DutyOutcome.DONE, date(2026, 11, 20), None)
    assert ended[needless] == (DutyOutcome.NOT_NEEDED, TODAY, "Asiakas sai esitteen muualta.")
    assert ended[moved] == (DutyOutcome.SUPERSEDED, TODAY, None)
    assert ended[plan.id] == (DutyOutcome.CASE_CLOSED, TODAY, None)
    told = {one.text: (one.reason, one.moved_to) for one in cases.dropped_steps_of(desk.uow, desk.id)}
    assert told == {"Lähetä esite": ("Asiakas sai esitteen muualta.", None), "Varaa aika": (None, (desk.other, 2))}


def test_a_promise_that_moves_keeps_its_day_and_follows_the_old_duty(desk: Desk) -> None:
    late = desk.promise("Soita", date(2026, 11, 12))
    before = ledger.open_of_case(desk.uow, desk.id)[0]
    desk.close({late: Answer(fate=Fate.MOVED, to=desk.other)})
    (step,) = cases.open_steps_of(desk.uow, desk.other)
    (duty,) = ledger.open_of_case(desk.uow, desk.other)
    assert (step.text, step.due_on, duty.due_on) == ("Soita", date(2026, 11, 12), date(2026, 11, 12))
    assert (duty.subject_id, duty.follows_id, duty.kind) == (step.id, before.id, DutyKind.TASK)


def test_a_silence_closes_nothing_and_every_row_is_told(desk: Desk) -> None:
    create_plan_in_force(desk.uow, desk.case, in_force_on=date(2026, 11, 2))
    desk.promise("Soita")
    items = queries.open_items(desk.uow, desk.id)
    ending = Ending(outcome="", closed_on=TODAY)
    with pytest.raises(Refused) as refusal:
        services.close(desk.uow, desk.case, Closing(ending=ending), actor=desk.actor, now=desk.now)
    assert {reason.field for reason in refusal.value.reasons} == {"outcome", "ground", *(item.name for item in items)}
    assert len(items) == 2
    assert desk.case.is_open
    assert len(ledger.open_of_case(desk.uow, desk.id)) == 2


def test_what_falls_due_between_the_answers_and_the_closing_stops_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = plans.end_plans

    def something_comes(uow: UnitOfWork, case: CaseView, *, on: date, actor: Actor, now: datetime) -> None:
        ends(uow, case, on=on, actor=actor, now=now)
        open_duty(
            uow,
            case_id=case.id,
            kind=DutyKind.TASK,
            subject_kind="other",
            subject_id=case.id,
            rule_code="test",
            anchor_on=on,
            due_on=on,
            actor=actor,
            now=now,
        )

    monkeypatch.setattr(plans, "end_plans", something_comes)
    with pytest.raises(Conflict):
        desk.close()


def test_a_consent_is_withdrawn_only_when_the_client_says_so(desk: Desk) -> None:
    kept = create_consent(desk.uow, desk.case, build_entry(valid_until=date(2027, 5, 1)), now=desk.now)
    ended = create_consent(desk.uow, desk.case, build_entry(given=("health_care",)), now=desk.now)
    desk.close(withdrawn=(ended,))
    withdrawn = {one.id: one.withdrawn_on for one in consents.consents_of(desk.uow, desk.id)}
    assert withdrawn == {kept: None, ended: TODAY}
    assert desk.outcomes()[kept] == (DutyOutcome.CASE_CLOSED, TODAY, None)


def test_social_welfare_closes_only_with_the_word_about_its_ground(uow: UnitOfWork, now: datetime) -> None:
    """1301/2014 section 34: the client relationship ends with an entry that no ground remains."""
    desk = Desk(uow, now)
    with pytest.raises(Refused) as refusal:
        close_case(uow, desk.case, actor=desk.actor, now=now, ground=None)
    assert [reason.field for reason in refusal.value.reasons] == ["ground"]
    with pytest.raises(Refused) as refusal:
        close_case(uow, desk.case, actor=desk.actor, now=now, ground="remains")
    assert [reason.field for reason in refusal.value.reasons] == ["supported_by"]
    close_case(uow, desk.case, actor=desk.actor, now=now, ground="over")
    assert cases.closings_of(uow, desk.id)[0].ground == "over"


def test_a_closed_and_a_reopened_case_leave_the_ledger_in_order(desk: Desk) -> None:
    create_plan_in_force(desk.uow, desk.case, in_force_on=date(2026, 11, 2))
    needless, moved = desk.promise("Lähetä esite"), desk.promise("Varaa aika")
    desk.close(
        {
            needless: Answer(fate=Fate.NOT_NEEDED, reason="Turha"),
            moved: Answer(fate=Fate.MOVED, to=desk.other),
        }
    )
    assert list(upkeep.wrong_duties(desk.uow)) == []
    services.reopen(desk.uow, desk.case, reason="Tarve palasi", actor=desk.actor, now=desk.now)
    assert [duty.kind for duty in ledger.open_of_case(desk.uow, desk.id)] == [DutyKind.PLAN_REVIEW]
    assert list(upkeep.wrong_duties(desk.uow)) == []


def test_each_ending_leaves_its_row_in_the_trail(desk: Desk) -> None:
    needless, moved = desk.promise("Lähetä esite"), desk.promise("Varaa aika")
    desk.close(
        {
            needless: Answer(fate=Fate.NOT_NEEDED, reason="Turha"),
            moved: Answer(fate=Fate.MOVED, to=desk.other),
        }
    )
    rows = desk.uow.session.scalars(select(AuditEvent.action).where(AuditEvent.case_id == desk.id)).all()
    assert {"case_closed", "step_dropped", "step_moved"} <= set(rows)


def test_a_period_of_activity_that_goes_on_keeps_the_case_open(uow: UnitOfWork, now: datetime) -> None:
    desk = Desk(uow, now)
    create_period(uow, desk.case)
    with pytest.raises(Refused) as refusal:
        desk.close()
    assert "End the period of activity first" in str(refusal.value.reasons[0].message)
    assert desk.case.is_open
