"""Which days may be agreed for the next review: a law stops, the service's own practice asks why."""

from datetime import date

from app.core.errors import FieldProblem
from app.plans.domain import DueDay, explain_due, next_review_problems
from app.reference.loader import reference

HELD = date(2026, 11, 24)


def due(model: str, kind: str, *, period_end: date | None = None) -> DueDay:
    found = reference().cadence_for(model, kind, HELD)
    return explain_due(in_force_on=date(2026, 8, 31), held=[HELD], cadences=found, period_end=period_end)


def problems(chosen: date | None, found: DueDay, reason: str | None = None) -> list[FieldProblem]:
    return next_review_problems(chosen, found, after=HELD, reason=reason)


def test_a_law_is_not_passed_even_with_a_reason() -> None:
    found = problems(date(2027, 2, 25), due("quality_based_coaching", "activation_plan"), "asiakas on matkalla")
    assert [problem.field for problem in found] == ["next_review_on"]
    assert "24.2.2027" in str(found[0].message)
    assert "189/2001 9 §" in str(found[0].message)


def test_the_last_day_of_the_law_itself_is_taken() -> None:
    assert not problems(date(2027, 2, 24), due("quality_based_coaching", "activation_plan"))


def test_the_services_own_target_may_be_passed_with_a_reason_only() -> None:
    found = due("work_ability_support", "work_ability_support_plan")
    assert [problem.field for problem in problems(date(2027, 3, 1), found)] == ["next_reason"]
    assert not problems(date(2027, 3, 1), found, "asiakas on kuntoutuksessa helmikuun")


def test_the_models_own_practice_may_be_passed_with_a_reason_only() -> None:
    found = due("group_employment", "group_employment_plan")
    assert [problem.field for problem in problems(date(2027, 6, 1), found)] == ["next_reason"]
    assert not problems(date(2027, 6, 1), found, "kesäloma")


def test_a_reason_of_spaces_is_no_reason() -> None:
    found = due("work_ability_support", "work_ability_support_plan")
    assert problems(date(2027, 3, 1), found, "  ")


def test_the_next_review_comes_after_this_one() -> None:
    found = due("work_ability_support", "work_ability_support_plan")
    assert [problem.field for problem in problems(HELD, found)] == ["next_review_on"]


def test_an_empty_day_is_asked_for() -> None:
    found = due("work_ability_support", "work_ability_support_plan")
    assert [problem.field for problem in problems(None, found)] == ["next_review_on"]


def test_no_day_is_needed_when_the_period_ends_first() -> None:
    found = due("work_ability_support", "work_ability_support_plan", period_end=date(2027, 1, 29))
    assert not problems(None, found)
    assert not problems(date(2027, 1, 20), found)


def test_no_day_past_the_end_of_the_period_is_taken() -> None:
    found = due("work_ability_support", "work_ability_support_plan", period_end=date(2027, 1, 29))
    assert [problem.field for problem in problems(date(2027, 2, 1), found)] == ["next_review_on"]
