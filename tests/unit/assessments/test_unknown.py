"""What is not known is never taken for "no": learning more settles an open verdict and never turns a settled one."""

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from app.assessments.known import Known, all_of, any_of
from app.assessments.rules import judge
from app.cases.domain import BACKGROUND_FACTS, Background
from app.reference.loader import reference

TRUTH: Final = st.sampled_from([True, False, None])
DAYS: Final = st.dates(min_value=date(2020, 1, 1), max_value=date(2027, 12, 31))
SIGNALS: Final = tuple(sorted(reference().signals.codes))
TRIGGERS: Final = tuple(sorted(reference().triggers.codes))
CODES: Final = sorted(reference().eligibility.codes)
KEPT: Final = {"on", "open_models"}


@st.composite
def facts(draw: st.DrawFn) -> Known:
    """Facts that may stand together: nobody is both at work and unemployed since a day, and one benefit is the main."""
    on = draw(DAYS)
    back = st.none() | st.integers(0, 1500).map(lambda days: on - timedelta(days=days))
    benefit = draw(st.none() | st.sampled_from(sorted(reference().benefits.codes)))
    background = Background(
        benefit=benefit,
        benefit_days=draw(st.none() | st.integers(0, 900)),
        is_allowance_used=draw(TRUTH),
        is_unemployed=True,
        unemployed_since=draw(back),
        assistance_since=draw(back) if benefit in {None, "social_assistance"} else None,
        is_disability_client=draw(TRUTH),
        is_in_day_activity=draw(TRUTH),
        is_beyond_public_services=draw(TRUTH),
        needs_joint_support=draw(TRUTH),
        wish=draw(st.none() | st.sampled_from(sorted(reference().wishes.codes))),
    )
    truths: dict[str, Any] = {
        one.name: draw(TRUTH) for one in fields(Known) if one.name.startswith(("has_", "is_", "may_", "needs_"))
    }
    return Known(
        on=on,
        born_on=draw(st.none() | st.integers(14 * 365, 80 * 365).map(lambda days: on - timedelta(days=days))),
        municipality=draw(st.none() | st.sampled_from(sorted(reference().municipalities.codes))),
        background=background,
        signals=draw(st.none() | st.frozensets(st.sampled_from(SIGNALS))),
        triggers=draw(st.none() | st.frozensets(st.sampled_from(TRIGGERS))),
        score=draw(st.none() | st.integers(0, 10)),
        work_status=draw(st.none() | st.sampled_from(["unemployed", "in_service"])),
        **truths,
    )


@settings(max_examples=150)
@given(full=facts(), data=st.data())
def test_hiding_a_fact_opens_a_verdict_or_leaves_it_and_never_turns_it(full: Known, data: st.DataObject) -> None:
    own = [one.name for one in fields(Known) if one.name not in {*KEPT, "background"}]
    name = data.draw(st.sampled_from([*own, *BACKGROUND_FACTS]))
    hidden: dict[str, Any] = {name: None}
    if name in BACKGROUND_FACTS:
        hidden = {"background": replace(full.background, **hidden)}
    less = replace(full, **hidden)
    for code in CODES:
        before, after = judge(code, full, reference()).holds, judge(code, less, reference()).holds
        assert after is None or after is before, (code, name)


@given(parts=st.lists(TRUTH, max_size=5))
def test_and_and_or_of_three_values_are_each_others_mirror(parts: list[bool | None]) -> None:
    mirrored = [None if part is None else not part for part in parts]
    answer = any_of(*mirrored)
    assert all_of(*parts) is (None if answer is None else not answer)
    assert all_of(*parts) is (all(parts) if None not in parts else (False if False in parts else None))
