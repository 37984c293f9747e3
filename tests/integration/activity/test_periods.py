"""Agreeing on a period of activity, changing it, ending it (FR16, RU02, RU03)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from app.activity import queries, services
from app.activity.domain import ActivityKind, EndReason, PeriodState
from app.cases.domain import CaseView
from app.core.errors import Conflict, NotFound, Refused
from app.core.uow import UnitOfWork
from app.duties import queries as ledger
from app.duties.domain import DutyKind
from app.pathways.domain import Facts
from tests.factories.activity import ATTENDED, DEMO, READY, build_period, build_week, create_period, mark
from tests.factories.cases import create_case, moment_of
from tests.factories.closing import close_case
from tests.factories.plans import create_plan_in_force

TODAY = date(2026, 11, 24)


@pytest.fixture
def case(uow: UnitOfWork) -> CaseView:
    return create_case(uow, model="quality_based_coaching")


def fields_of(refused: pytest.ExceptionInfo[Refused]) -> set[str | None]:
    return {reason.field for reason in refused.value.reasons}


def owed(uow: UnitOfWork, case: CaseView) -> dict[str, date]:
    return {duty.kind: duty.due_on for duty in ledger.open_of_case(uow, case.id)}


def test_a_period_is_read_back_as_it_was_agreed(uow: UnitOfWork, case: CaseView) -> None:
    period_id = create_period(uow, case, build_period(is_near=False, travel="Bussilippu sovittu."))
    period = queries.period_of(uow, case.id, period_id)
    assert (period.kind, period.content.place, period.content.travel) == (
        ActivityKind.REHABILITATIVE,
        "Verstas Koivu",
        "Bussilippu sovittu.",
    )
    assert [(day.weekday, day.words) for day in period.content.days] == [(1, "9–13"), (2, "9–13"), (3, "9–13")]
    assert period.state_on(TODAY) is PeriodState.ONGOING
    assert period.state_on(date(2026, 11, 1)) is PeriodState.PLANNED
    assert period.state_on(date(2027, 4, 30)) is PeriodState.ONGOING
    assert period.state_on(date(2027, 5, 1)) is PeriodState.OVER


def test_the_place_and_the_notes_are_sealed(uow: UnitOfWork, case: CaseView) -> None:
    period_id = create_period(uow, case)
    row = queries.period_row(uow, case.id, period_id)
    assert b"Koivu" not in row.place
    assert row.provider is not None
    assert b"paja" not in row.provider


@pytest.mark.parametrize("missing", ["recorded:DO01", "meeting:three_party", "recorded:DO03", "recorded:DO07"])
def test_activity_does_not_begin_before_assessment_meeting_plan_and_decision(
    uow: UnitOfWork, case: CaseView, missing: str
) -> None:
    """RU03: what stops stage six stops the activity, by the pathway's own facts."""
    with pytest.raises(Refused) as refused:
        create_period(uow, case, facts=Facts(READY.met - {missing}))
    assert len(refused.value.reasons) == 1
    assert queries.periods_of(uow, case.id) == []


def test_a_model_without_activity_has_no_periods(uow: UnitOfWork) -> None:
    with pytest.raises(NotFound):
        create_period(uow, create_case(uow))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_on": date(2026, 11, 1)}, "ends_on"),
        ({"days": ()}, "day-1"),
        ({"place": " "}, "place"),
        ({"evaluate_on": date(2027, 4, 30)}, "evaluate_on"),
        ({"evaluate_on": None}, "evaluate_on"),
        ({"is_near": False}, "travel"),
        ({"days": build_week(1, 2, 3, 4, 5)}, "limit_reason"),
        ({"days": build_week(1, hours=(9, 12))}, "limit_reason"),
        ({"days": build_week(1, hours=(8, 17))}, "limit_reason"),
        ({"ends_on": date(2027, 1, 31), "evaluate_on": date(2027, 1, 1)}, "limit_reason"),
        ({"ends_on": date(2028, 11, 2)}, "limit_reason"),
    ],
)
def test_what_cannot_be_agreed_is_refused_at_its_field(
    uow: UnitOfWork, case: CaseView, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        create_period(uow, case, build_period(**changes))
    assert field in fields_of(refused)


@pytest.mark.parametrize("ends_on", [date(2027, 2, 1), date(2028, 11, 1)])
def test_three_and_twenty_four_months_to_the_day_are_within_the_law(
    uow: UnitOfWork, case: CaseView, ends_on: date
) -> None:
    create_period(uow, case, build_period(ends_on=ends_on, evaluate_on=date(2027, 1, 15), days=build_week(1)))


def test_a_limit_that_is_not_kept_is_accepted_with_its_reason(uow: UnitOfWork, case: CaseView) -> None:
    content = build_period(days=build_week(1, 2, 3, 4, 5), limit_reason="Sovittu yhdessä kolmeksi viikoksi.")
    period_id = create_period(uow, case, content)
    assert queries.period_of(uow, case.id, period_id).content.limit_reason == "Sovittu yhdessä kolmeksi viikoksi."


def test_the_178_days_are_counted_over_all_the_cases_of_the_client(uow: UnitOfWork, case: CaseView) -> None:
    """RU02: the days of a closed case of the same client count; somebody else's days do not."""
    period_id = create_period(uow, case, build_period(ends_on=date(2027, 5, 31), days=build_week(1, 2, 3, 4)))
    last = moment_of(date(2027, 5, 31))
    end: dict[str, Any] = {"ended_on": last.date(), "reason": EndReason.AS_PLANNED, "remark": None, "heard_on": None}
    services.end_period(uow, case, period_id, **end, actor=DEMO, now=last)
    close_case(uow, case, actor=DEMO, now=last)
    next_case = create_case(uow, client_id=case.client_id, model="quality_based_coaching", opened_on=last.date())
    again = build_period(
        starts_on=date(2027, 6, 1),
        ends_on=date(2027, 12, 31),
        evaluate_on=date(2027, 11, 1),
        days=build_week(1, 2, 3, 4),
    )
    with pytest.raises(Refused) as refused:
        create_period(uow, next_case, again)
    assert fields_of(refused) == {"limit_reason"}
    create_period(uow, create_case(uow, model="quality_based_coaching"), again)


def test_periods_of_a_client_do_not_overlap(uow: UnitOfWork, case: CaseView) -> None:
    create_period(uow, case)
    with pytest.raises(Refused) as refused:
        create_period(
            uow, case, build_period(starts_on=date(2027, 4, 30), ends_on=date(2027, 9, 1), evaluate_on=date(2027, 8, 1))
        )
    assert fields_of(refused) == {"starts_on"}


def test_the_database_lets_no_second_period_in_at_the_same_moment(
    uow: UnitOfWork, case: CaseView, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_period(uow, case)
    monkeypatch.setattr(queries, "other_period", lambda *_: None)
    with pytest.raises(Conflict):
        create_period(uow, case)


def test_a_period_opens_its_evaluation_and_its_end(uow: UnitOfWork, case: CaseView) -> None:
    create_period(uow, case)
    assert owed(uow, case) == {
        DutyKind.ACTIVITY_EVALUATION: date(2027, 3, 31),
        DutyKind.ACTIVITY_PERIOD_END: date(2027, 4, 30),
    }


def test_a_plan_that_ends_on_the_same_day_asks_once_for_both(uow: UnitOfWork, case: CaseView) -> None:
    period = (date(2026, 11, 2), date(2027, 4, 30))
    create_plan_in_force(uow, case, kind="implementation_plan", in_force_on=period[0], period=period)
    create_period(uow, case)
    ends = {kind: day for kind, day in owed(uow, case).items() if kind is not DutyKind.PLAN_REVIEW}
    assert ends == {
        DutyKind.PLAN_PERIOD_END: date(2027, 4, 30),
        DutyKind.ACTIVITY_EVALUATION: date(2027, 3, 31),
    }


def test_a_renewal_follows_the_earlier_period_and_settles_it(uow: UnitOfWork, case: CaseView) -> None:
    first = create_period(uow, case)
    content = build_period(
        starts_on=date(2027, 5, 3), ends_on=date(2027, 8, 31), evaluate_on=date(2027, 8, 1), limit_reason="x"
    )
    second = create_period(uow, case, content, follows_id=first, now=moment_of(date(2027, 4, 20)))
    earlier, later = queries.period_of(uow, case.id, first), queries.period_of(uow, case.id, second)
    assert later.follows_id == first
    assert earlier.end_reason is EndReason.RENEWED
    assert earlier.state_on(date(2027, 4, 30)) is PeriodState.ONGOING
    assert earlier.state_on(date(2027, 5, 1)) is PeriodState.ENDED
    assert owed(uow, case) == {
        DutyKind.ACTIVITY_EVALUATION: date(2027, 8, 1),
        DutyKind.ACTIVITY_PERIOD_END: date(2027, 8, 31),
    }


def test_an_evaluation_closes_its_duty_on_the_day_it_was_made(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    period_id = create_period(uow, case)
    services.evaluate(
        uow,
        case,
        period_id,
        held_on=date(2026, 11, 20),
        effect="Rytmi on löytynyt.",
        next_step="renew",
        participants="asiakas, ohjaaja",
        actor=DEMO,
        now=now,
    )
    assert owed(uow, case) == {DutyKind.ACTIVITY_PERIOD_END: date(2027, 4, 30)}
    closed = [duty for duty in ledger.all_of_case(uow, case.id) if duty.kind is DutyKind.ACTIVITY_EVALUATION]
    assert [(duty.closed_on, duty.outcome) for duty in closed] == [(date(2026, 11, 20), "done")]
    held = queries.period_of(uow, case.id, period_id).evaluations
    assert [(one.effect, one.next_step) for one in held] == [("Rytmi on löytynyt.", "renew")]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"held_on": date(2026, 11, 25)}, "held_on"),
        ({"held_on": date(2026, 11, 1)}, "held_on"),
        ({"effect": " "}, "effect"),
        ({"next_step": "rest"}, "next_step"),
    ],
)
def test_an_evaluation_without_its_parts_is_refused(
    uow: UnitOfWork, case: CaseView, now: datetime, changes: dict[str, object], field: str
) -> None:
    period_id = create_period(uow, case)
    given: dict[str, Any] = {"held_on": TODAY, "effect": "Hyvin.", "next_step": "end", "participants": None} | changes
    with pytest.raises(Refused) as refused:
        services.evaluate(uow, case, period_id, **given, actor=DEMO, now=now)
    assert fields_of(refused) == {field}


def end(uow: UnitOfWork, case: CaseView, period_id: UUID, now: datetime, **changes: object) -> None:
    given: dict[str, Any] = {"ended_on": TODAY, "reason": "interrupted", "remark": None, "heard_on": TODAY} | changes
    services.end_period(uow, case, period_id, **given, actor=DEMO, now=now)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ended_on": date(2026, 11, 25)}, "ended_on"),
        ({"ended_on": date(2026, 11, 1)}, "ended_on"),
        ({"reason": "tired"}, "reason"),
        ({"heard_on": None}, "heard_on"),
        ({"heard_on": TODAY, "ended_on": date(2026, 11, 20)}, "heard_on"),
    ],
)
def test_an_interruption_hears_the_client_first(
    uow: UnitOfWork, case: CaseView, now: datetime, changes: dict[str, object], field: str
) -> None:
    period_id = create_period(uow, case)
    with pytest.raises(Refused) as refused:
        end(uow, case, period_id, now, **changes)
    assert field in fields_of(refused)


def test_an_ended_period_owes_nothing_and_gives_its_days_back(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    period_id = create_period(uow, case)
    end(uow, case, period_id, now)
    assert owed(uow, case) == {}
    assert queries.period_of(uow, case.id, period_id).state_on(TODAY) is PeriodState.ENDED
    create_period(uow, case, build_period(starts_on=date(2026, 11, 25)))


def test_a_period_cannot_end_before_a_day_the_client_was_present(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    period_id = create_period(uow, case)
    mark(uow, case, period_id, {date(2026, 11, 23): ATTENDED}, now=now)
    with pytest.raises(Refused) as refused:
        end(uow, case, period_id, now, ended_on=date(2026, 11, 20), heard_on=date(2026, 11, 19))
    assert fields_of(refused) == {"ended_on"}


def test_a_period_called_off_before_it_began_counts_for_nothing(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    coming = build_period(starts_on=date(2026, 12, 1))
    period_id = create_period(uow, case, coming, now=now)
    end(uow, case, period_id, now, reason="not_started", heard_on=None)
    assert queries.period_of(uow, case.id, period_id).state_on(TODAY) is PeriodState.CALLED_OFF
    assert queries.met_needs(uow, case, TODAY) == frozenset()
    create_period(uow, case, coming, now=now)


def test_other_days_hold_from_a_day_on_and_leave_the_days_before_as_they_were(
    uow: UnitOfWork, case: CaseView, now: datetime
) -> None:
    period_id = create_period(uow, case)
    period = queries.period_of(uow, case.id, period_id)
    services.change_period(
        uow,
        case,
        period_id,
        build_period(days=build_week(4, 5, hours=(10, 15))),
        days_from=date(2026, 11, 30),
        expected_version=period.version,
        actor=DEMO,
        now=now,
    )
    week = queries.week_of(uow, queries.period_of(uow, case.id, period_id), date(2026, 11, 23), TODAY)
    assert [row.agreed.weekday for row in week.rows if row.agreed] == [1, 2, 3]
    later = queries.week_of(uow, queries.period_of(uow, case.id, period_id), date(2026, 11, 30), TODAY)
    assert [row.agreed.words for row in later.rows if row.agreed] == ["10–15", "10–15"]


def test_a_change_on_top_of_somebody_elses_is_a_conflict(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    period_id = create_period(uow, case)
    seen = queries.period_of(uow, case.id, period_id).version
    services.tell_steward(uow, case, period_id, told_on=TODAY, told_by="Anna", actor=DEMO, now=now)
    with pytest.raises(Conflict):
        services.change_period(
            uow, case, period_id, build_period(place="X"), days_from=None, expected_version=seen, actor=DEMO, now=now
        )
