"""Who of those at a review hears of the client only on a basis of the client's own (703/2023 6 §)."""

from app.reviews.domain import OWN_PARTIES, asks_basis


def test_an_outside_party_does_and_our_own_do_not() -> None:
    assert asks_basis([*sorted(OWN_PARTIES), "kela", "employer"], by_law=()) == ["kela", "employer"]


def test_a_party_that_the_law_brings_to_the_review_does_not() -> None:
    """The labour authority takes part in the reviews of an activation plan (189/2001), whoever holds the meeting."""
    assert asks_basis(["labour_authority", "kela"], by_law=("labour_authority",)) == ["kela"]
