"""By when a needs assessment starts and ends: law for some groups, the organisation's own target for the rest."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessments.needs import NeedsHead, limits_of, proposed_group
from app.core.workdays import is_workday
from app.duties.domain import DutyKind
from app.duties.reckoning import Reckoning
from app.reference.loader import reference

START, DONE = DutyKind.NEEDS_ASSESSMENT_START, DutyKind.NEEDS_ASSESSMENT_DONE
GROUPS: Final = sorted(reference().client_groups.codes)


def limits(initiated_on: date, group: str) -> dict[DutyKind, Reckoning]:
    head = NeedsHead(id=UUID(int=1), initiated_on=initiated_on, client_group=group, started_on=None, finished_on=None)
    return limits_of(head, reference())


@pytest.mark.parametrize(
    ("group", "start_is_law", "done_is_law"),
    [
        ("over_75", True, False),
        ("top_care_allowance", True, False),
        ("disability_act", True, False),
        ("child_special_support", False, True),
        ("other_adult", False, False),
    ],
)
def test_seven_days_and_three_months_are_law_for_some_groups_only(
    group: str, *, start_is_law: bool, done_is_law: bool
) -> None:
    """1301/2014 section 36: there is no general rule of seven days and three months."""
    found = limits(date(2026, 11, 2), group)
    assert (found[START].is_law, found[DONE].is_law) == (start_is_law, done_is_law)


@pytest.mark.parametrize(
    ("initiated_on", "start", "done", "rolled"),
    [
        (date(2026, 11, 2), date(2026, 11, 11), date(2027, 2, 2), date(2027, 2, 2)),
        (date(2026, 12, 3), date(2026, 12, 14), date(2027, 3, 3), date(2027, 3, 3)),  # 6.12. is a Sunday
        (date(2026, 12, 18), date(2026, 12, 31), date(2027, 3, 18), date(2027, 3, 18)),  # Christmas between
        (date(2026, 3, 27), date(2026, 4, 9), date(2026, 6, 27), date(2026, 6, 29)),  # Easter; ends on a Saturday
        (date(2025, 11, 30), date(2025, 12, 9), date(2026, 2, 28), date(2026, 3, 2)),  # clamped, then rolled
    ],
)
def test_working_days_skip_feasts_and_months_are_of_the_calendar(
    initiated_on: date, start: date, done: date, rolled: date
) -> None:
    """150/1930 sections 2, 3 and 5: the first day is not counted, and the raw day stands beside the rolled one."""
    found = limits(initiated_on, "over_75")
    assert (found[START].limit_on, found[DONE].limit_on, found[DONE].rolled_on) == (start, done, rolled)


@given(day=st.dates(min_value=date(2025, 1, 1), max_value=date(2060, 12, 31)), group=st.sampled_from(GROUPS))
def test_the_start_is_the_seventh_working_day_after_the_initiation(day: date, group: str) -> None:
    due = limits(day, group)[START].limit_on
    between = [day + timedelta(days=number) for number in range(1, (due - day).days + 1)]
    assert sum(map(is_workday, between)) == 7
    assert is_workday(due)


@pytest.mark.parametrize(
    ("model", "age", "group"),
    [
        ("quality_based_coaching", 75, None),
        ("quality_based_coaching", 76, "over_75"),
        ("work_ability_support", None, None),
        ("group_employment", 40, "disability_act"),
        ("group_employment", None, "disability_act"),
    ],
)
def test_a_group_is_proposed_only_where_the_case_tells_it(model: str, age: int | None, group: str | None) -> None:
    """1301/2014 section 36: over 75 years; disability services by the model (PC2)."""
    assert proposed_group(model, age) == group
