"""How long a stage has been open, against the organisation's own target."""

from datetime import date

import pytest

from app.pathways.checklist import stay_in
from app.pathways.domain import StageCode
from app.pathways.loader import latest

A = latest("work_ability_support")
IDENTIFICATION = A.stage(StageCode.IDENTIFICATION)  # its target is 30 days


@pytest.mark.parametrize(
    ("today", "days", "is_long"), [(date(2026, 11, 24), 30, False), (date(2026, 11, 25), 31, True)]
)
def test_a_stay_is_long_on_the_day_after_the_target(today: date, days: int, is_long: bool) -> None:  # noqa: FBT001 - a case
    stay = stay_in(IDENTIFICATION, date(2026, 10, 25), today=today)
    assert stay is not None
    assert (stay.days, stay.usual_days, stay.is_long) == (days, 30, is_long)
    assert str(stay.mark) == ("Longer than usual (30 days)" if is_long else "None")


def test_the_standing_stage_is_never_too_long() -> None:
    stay = stay_in(A.stage(StageCode.RESPONSIBLE_WORKER), date(2020, 1, 1), today=date(2026, 11, 24))
    assert stay is not None
    assert (stay.is_long, stay.mark) == (False, None)


def test_a_stage_of_an_unknown_day_has_no_stay() -> None:
    assert stay_in(IDENTIFICATION, None, today=date(2026, 11, 24)) is None
