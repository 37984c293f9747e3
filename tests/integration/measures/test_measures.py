"""Entering and correcting results of measures (ME01–ME04, RU15, FR12)."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from app.audit.models import AuditEvent
from app.cases.domain import CaseView
from app.core.errors import Forbidden, NotFound, Refused
from app.core.uow import UnitOfWork
from app.measures import queries, services
from app.measures.domain import Result
from tests.factories.accounts import actor_of, create_team, create_user
from tests.factories.cases import create_case, create_worker, seen_by
from tests.factories.measures import DEMO, build_result, enter, give_form

EVERYTHING = "SELECT v::text FROM measure_value v UNION ALL SELECT o::text FROM measure_observation o"


@pytest.fixture
def case(uow: UnitOfWork) -> CaseView:
    return create_case(uow)


def score(value: int, on: date, remark: str | None = None) -> Result:
    return Result(measure="ME01", value=Decimal(value), measured_on=on, remark=remark)


def test_scores_come_back_in_the_order_of_their_days_and_seven_asks_a_closer_look(
    uow: UnitOfWork, case: CaseView, now: datetime, today: date
) -> None:
    enter(uow, case, score(8, today), now=now)
    enter(uow, case, score(7, date(2026, 6, 1), "Jaksan jo paremmin."), now=now)
    series = queries.series_of(uow, case.id, "ME01")
    assert [(one.value, one.asks_closer_look) for one in series] == [(Decimal(7), True), (Decimal(8), False)]
    assert series[0].remark == "Jaksan jo paremmin."
    (whole,) = queries.all_series_of(uow, case.id)
    assert whole.closer_look is None, "the latest value is what counts"


@pytest.mark.parametrize("value", [-1, 11])
def test_a_score_outside_the_scale_is_refused_at_its_field(
    uow: UnitOfWork, case: CaseView, now: datetime, today: date, value: int
) -> None:
    with pytest.raises(Refused) as refused:
        enter(uow, case, score(value, today), now=now)
    assert [reason.field for reason in refused.value.reasons] == ["value"]


def test_an_unknown_measure_is_refused(uow: UnitOfWork, case: CaseView, now: datetime, today: date) -> None:
    with pytest.raises(Refused):
        enter(uow, case, build_result("ME99", on=today, value=Decimal(5)), now=now)


@pytest.mark.parametrize("measure", ["ME01", "ME02", "ME03", "ME04"])
def test_every_measure_is_kept_as_entered_and_meets_its_need(
    uow: UnitOfWork, case: CaseView, now: datetime, today: date, measure: str
) -> None:
    asked = build_result(measure, remark="Sanoi näin.")
    enter(uow, case, asked, now=now)
    (kept,) = queries.series_of(uow, case.id, measure)
    for part in ("value", "language", "name", "summary", "reference", "observations", "remark", "measured_on"):
        assert getattr(kept, part) == getattr(asked, part), part
    assert queries.met_needs(uow, case, today) == {f"measure:{measure}"}


def test_no_word_of_a_result_lies_open_in_the_database(uow: UnitOfWork, case: CaseView, now: datetime) -> None:
    for measure in ("ME02", "ME03", "ME04"):
        enter(uow, case, build_result(measure, remark="Sanoi näin."), now=now)
    rows = uow.session.execute(text(EVERYTHING))
    stored = " ".join(row[0] for row in rows)
    for words in ("Voimat", "4711", "Stressitesti", "Kuormitusta", "Väsyi", "Sanoi"):
        assert words not in stored
        assert words.encode().hex() not in stored


def test_a_given_form_meets_the_self_assessment_and_is_no_result(
    uow: UnitOfWork, case: CaseView, now: datetime, today: date
) -> None:
    give_form(uow, case, on=today, now=now, language="so")
    assert queries.met_needs(uow, case, today) == {"self_assessment"}
    assert queries.series_of(uow, case.id, "ME02") == []
    (series,) = queries.all_series_of(uow, case.id)
    assert [one.language for one in series.entries] == ["so"]


def test_a_corrected_entry_stays_with_its_reason_and_the_right_one_counts(
    uow: UnitOfWork, case: CaseView, now: datetime, today: date
) -> None:
    wrong = enter(uow, case, score(2, today), now=now)
    right = services.correct(uow, case, wrong, result=score(8, today), reason="Näppäilyvirhe", actor=DEMO, now=now)
    (series,) = queries.all_series_of(uow, case.id)
    assert [(one.id, one.value) for one in series.entries] == [(right, Decimal(8))]
    (kept,) = series.corrected
    assert (kept.id, kept.value, kept.correction_reason, kept.replaced_by) == (
        wrong,
        Decimal(2),
        "Näppäilyvirhe",
        right,
    )
    acts = uow.session.scalars(select(AuditEvent.action).where(AuditEvent.object_id == wrong)).all()
    assert sorted(acts) == ["measure_corrected", "measure_entered"]


def test_an_entry_struck_out_meets_nothing_any_more(
    uow: UnitOfWork, case: CaseView, now: datetime, today: date
) -> None:
    wrong = enter(uow, case, score(2, today), now=now)
    assert services.correct(uow, case, wrong, result=None, reason="Toisen asiakkaan", actor=DEMO, now=now) is None
    assert queries.met_needs(uow, case, today) == frozenset()
    assert queries.series_of(uow, case.id, "ME01") == []


@pytest.mark.parametrize(
    ("reason", "result", "field"),
    [
        (None, None, "reason"),
        ("Väärin", build_result("ME01", value=Decimal(12)), "value"),
        ("Väärin", build_result("ME02"), "measure"),
    ],
)
def test_a_correction_without_a_reason_or_with_a_wrong_value_changes_nothing(
    uow: UnitOfWork, case: CaseView, now: datetime, today: date, reason: str | None, result: Result | None, field: str
) -> None:
    wrong = enter(uow, case, score(2, today), now=now)
    with pytest.raises(Refused) as refused:
        services.correct(uow, case, wrong, result=result, reason=reason, actor=DEMO, now=now)
    assert refused.value.reasons[0].field == field
    assert not queries.entry_of(uow, case.id, wrong).is_corrected


def test_an_entry_is_corrected_once(uow: UnitOfWork, case: CaseView, now: datetime, today: date) -> None:
    wrong = enter(uow, case, score(2, today), now=now)
    services.correct(uow, case, wrong, result=None, reason="Virhe", actor=DEMO, now=now)
    with pytest.raises(Refused):
        services.correct(uow, case, wrong, result=None, reason="Virhe", actor=DEMO, now=now)


@pytest.mark.parametrize("whose", ["another case", "none"])
def test_an_entry_of_another_case_is_not_there(
    uow: UnitOfWork, case: CaseView, now: datetime, today: date, whose: str
) -> None:
    entry: UUID = enter(uow, create_case(uow), score(2, today), now=now) if whose == "another case" else uuid4()
    with pytest.raises(NotFound):
        queries.entry_of(uow, case.id, entry)
    with pytest.raises(NotFound):
        services.correct(uow, case, entry, result=None, reason="Virhe", actor=DEMO, now=now)


def test_a_colleague_of_the_team_reads_and_enters_nothing(uow: UnitOfWork, now: datetime, today: date) -> None:
    team = create_team(uow)
    case = create_case(uow, worker=create_worker(uow, team=team), team=team)
    colleague = actor_of(uow, create_user(uow, teams=(team,)))
    with pytest.raises(Forbidden):
        services.enter_result(uow, seen_by(uow, colleague, case, now=now), score(5, today), actor=colleague, now=now)
