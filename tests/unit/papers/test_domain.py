"""What a paper is called, what allows giving it away, and what the form before printing asks."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from app.consents.domain import ConsentForm, ConsentKind, ConsentView, items_for
from app.papers.domain import Ground, Order, PaperKey, PaperKind, Recipient, ground_for, order_problems, read_key, shape
from tests.factories.papers import build_copy, build_paper

TODAY = date(2026, 11, 24)


def consent(
    *,
    kind: ConsentKind = ConsentKind.CONSENT,
    parties: tuple[str, ...] = ("kela",),
    refused: tuple[str, ...] = (),
    categories: tuple[str, ...] = ("plan",),
    purposes: tuple[str, ...] = ("planning",),
    given_on: date = date(2026, 11, 1),
    valid_until: date | None = None,
    withdrawn_on: date | None = None,
) -> ConsentView:
    return ConsentView(
        id=uuid4(),
        case_id=uuid4(),
        kind=kind,
        basis="LAW_381_2023_15" if kind is ConsentKind.STATUTORY else "CONSENT",
        given_by="self",
        given_on=given_on,
        form=ConsentForm.ORAL,
        text_version="2026-11",
        valid_until=valid_until,
        remark=None,
        recorded_at=datetime(2026, 11, 1, tzinfo=UTC),
        recorded_by=None,
        withdrawn_on=withdrawn_on,
        withdrawal_reason=None,
        items=items_for(parties, refused, categories, purposes),
    )


def ground(*given: ConsentView, party: str = "kela", on: date = TODAY) -> Ground | None:
    return ground_for(given, party, categories=("plan",), purpose="planning", on=on)


def test_a_consent_that_names_party_data_and_purpose_is_a_ground() -> None:
    given = consent(categories=("health", "plan"), purposes=("planning", "services"))
    assert ground(given) == Ground("CONSENT", given.id)


@pytest.mark.parametrize(
    "given",
    [
        consent(parties=("employer",)),
        consent(parties=(), refused=("kela",)),
        consent(categories=("health",)),
        consent(purposes=("benefits",)),
        consent(valid_until=date(2026, 11, 23)),
        consent(withdrawn_on=date(2026, 11, 24)),
        consent(given_on=date(2026, 11, 25)),
    ],
    ids=["another party", "refused", "other data", "another purpose", "expired", "withdrawn", "given later"],
)
def test_anything_less_is_none(given: ConsentView) -> None:
    assert ground(given) is None


def test_the_last_valid_day_still_counts() -> None:
    assert ground(consent(valid_until=TODAY)) is not None


def test_a_prohibition_beats_a_consent_and_a_statute_beats_both() -> None:
    """The order of domain 2.4."""
    yes, no = consent(), consent(kind=ConsentKind.PROHIBITION, categories=("health",))
    law = consent(kind=ConsentKind.STATUTORY)
    assert ground(yes, no) is None
    assert ground(yes, no, law) == Ground("LAW_381_2023_15", law.id)


def test_data_of_two_consents_do_not_add_up() -> None:
    """One record must name everything that is on the paper for the purpose."""
    halves = consent(categories=("plan",)), consent(categories=("needs_assessment",))
    both = ("plan", "needs_assessment")
    assert ground_for(halves, "kela", categories=both, purpose="planning", on=TODAY) is None


@pytest.mark.parametrize("kind", [PaperKind.SUMMARY, PaperKind.CONSENT, PaperKind.CONSENT_FORM])
def test_what_is_the_clients_own_is_not_given_to_the_network(kind: PaperKind) -> None:
    order = Order(Recipient.PARTY, "kela", "planning")
    (problem,) = order_problems(order, kind, parties={"kela"}, purposes={"planning"})
    assert problem.field == "recipient"


def test_a_copy_for_a_party_asks_for_whom_and_for_what() -> None:
    found = order_problems(Order(Recipient.PARTY), PaperKind.PLAN, parties={"kela"}, purposes={"planning"})
    assert [problem.field for problem in found] == ["party", "purpose"]
    assert order_problems(Order(Recipient.CLIENT), PaperKind.PLAN, parties=(), purposes=()) == []


@pytest.mark.parametrize("key", [PaperKey(PaperKind.SUMMARY), PaperKey(PaperKind.PLAN, UUID(int=7))])
def test_an_address_names_the_paper_it_was_made_of(key: PaperKey) -> None:
    assert read_key(str(key)) == key


@pytest.mark.parametrize("text", ["", "muu", "suunnitelma", "suunnitelma-x", f"yhteenveto-{UUID(int=7).hex}"])
def test_any_other_address_names_none(text: str) -> None:
    assert read_key(text) is None


def test_a_file_is_named_by_kind_ref_and_version_and_not_by_a_person() -> None:
    assert build_paper().file_name == "suunnitelma-A-2041-1-v2.pdf"


def test_the_shape_says_everything_in_plain_texts() -> None:
    shaped = shape(build_paper(), build_copy(), str)
    assert shaped["name"] == "Työkyvyn tuen suunnitelma A-2041/1"
    assert shaped["signatures"][0] == {"party": "Asiakas", "name": "", "day": "24.11.2026", "way": "Suullisesti"}
    assert [block["kind"] for block in shaped["sections"][0]["blocks"]] == ["text", "quote", "points", "facts", "table"]
