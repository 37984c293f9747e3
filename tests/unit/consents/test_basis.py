"""What a consent opens, and what ends it (domain 2.4; 703/2023 sections 53, 58)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from app.consents.domain import (
    Answer,
    ConsentForm,
    ConsentKind,
    ConsentView,
    Standing,
    basis_of,
    health_is_settled,
    items_for,
    problems_of,
    standing_on,
)
from tests.factories.consents import build_entry

TODAY = date(2026, 11, 24)
KNOWN = {
    "party": frozenset({"kela", "health_care"}),
    "category": frozenset({"health", "work_ability"}),
    "purpose": frozenset({"planning"}),
}
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def view(**changes: object) -> ConsentView:
    plain = ConsentView(
        id=uuid4(),
        case_id=uuid4(),
        kind=ConsentKind.CONSENT,
        basis="CONSENT",
        given_by="self",
        given_on=date(2026, 11, 1),
        form=ConsentForm.ORAL,
        text_version="2026-11",
        valid_until=None,
        remark=None,
        recorded_at=datetime(2026, 11, 1, tzinfo=UTC),
        recorded_by=None,
        withdrawn_on=None,
        withdrawal_reason=None,
        items=items_for(["kela"], [], ["work_ability"], ["planning"]),
    )
    return replace(plain, **changes)  # type: ignore[arg-type] # the fields of the view


def test_a_consent_is_valid_to_the_end_of_its_last_day() -> None:
    assert standing_on(date(2026, 12, 31), valid_until=date(2026, 12, 31), withdrawn_on=None) is Standing.ENDING
    assert standing_on(date(2027, 1, 1), valid_until=date(2026, 12, 31), withdrawn_on=None) is Standing.EXPIRED


@given(days, days)
def test_a_withdrawal_ends_a_consent_on_its_day_and_for_good(withdrawn_on: date, on: date) -> None:
    state = standing_on(on, valid_until=None, withdrawn_on=withdrawn_on)
    assert (state is Standing.WITHDRAWN) == (withdrawn_on <= on)


def test_without_a_consent_there_is_no_basis_towards_a_party() -> None:
    assert not basis_of([view()], "health_care", TODAY).holds
    assert not basis_of([], "kela", TODAY).holds


def test_a_consent_that_is_not_given_yet_opens_nothing() -> None:
    assert not basis_of([view(given_on=date(2026, 11, 25))], "kela", TODAY).holds


def test_the_longest_consent_towards_a_party_counts() -> None:
    short = view(valid_until=date(2026, 12, 1))
    long = view(valid_until=date(2027, 12, 1))
    state = basis_of([short, long], "kela", TODAY)
    assert (state.kind, state.until) == ("valid", date(2027, 12, 1))


def test_a_consent_that_ends_within_thirty_days_says_so() -> None:
    assert basis_of([view(valid_until=date(2026, 12, 24))], "kela", TODAY).kind == "ending"
    assert basis_of([view(valid_until=date(2026, 12, 25))], "kela", TODAY).kind == "valid"


def test_a_prohibition_beats_a_consent_and_a_statute_beats_both() -> None:
    consent, prohibition = view(), view(kind=ConsentKind.PROHIBITION)
    statute = view(kind=ConsentKind.STATUTORY, basis="LAW_381_2023_15")
    assert not basis_of([consent, prohibition], "kela", TODAY).holds
    assert basis_of([consent, prohibition, statute], "kela", TODAY).kind == "law"


def test_a_refusal_opens_nothing_but_settles_the_question_of_health_data() -> None:
    refused = view(items=items_for([], ["health_care"], ["health"], ["planning"]))
    assert not basis_of([refused], "health_care", TODAY).holds
    assert health_is_settled([refused], TODAY)
    assert not health_is_settled([view()], TODAY)


def test_every_party_gets_every_kind_of_data_and_every_purpose_that_was_read_aloud() -> None:
    items = items_for(["kela"], ["health_care"], ["health", "work_ability"], ["planning"])
    assert len(items) == 4
    assert {(item.party, item.answer) for item in items} == {
        ("kela", Answer.GIVEN),
        ("health_care", Answer.REFUSED),
    }


def test_each_fault_of_a_consent_is_told_at_its_field() -> None:
    entry = build_entry(given=["kela"], refused=["kela"], given_on=date(2026, 11, 25), valid_until=date(2026, 11, 1))
    fields = [problem.field for problem in problems_of(entry, today=TODAY, known=KNOWN)]
    assert fields == ["refused", "given_on", "valid_until"]


def test_a_consent_without_parties_is_no_consent() -> None:
    problems = problems_of(build_entry(given=[]), today=TODAY, known=KNOWN)
    assert [problem.field for problem in problems] == ["parties"]


def test_a_code_outside_the_lists_is_refused() -> None:
    assert problems_of(build_entry(given=["neighbour"]), today=TODAY, known=KNOWN)
