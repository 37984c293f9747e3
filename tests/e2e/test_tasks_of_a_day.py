"""The tasks of a day within their budgets (ux.md 1.1), counted as it says: a press of the pointer, Enter or Space.

Tasks 1 to 3 are counted in `test_checks_worklist`; the stage with a reason, the review and the consent with its ticks
in `test_worker_journey`. Here: the stage without a reason (task 4) and the withdrawal of a consent (task 6).
"""

from collections.abc import Callable
from typing import Final

from playwright.sync_api import Page, expect

from tests.e2e import deeds
from tests.e2e.conftest import SignIn
from tests.e2e.deeds import follow, press, said
from tests.e2e.product import Product
from tests.e2e.watching import Hand

CONSENTED: Final = (
    "SELECT c.id FROM pathway_case c JOIN user_account u ON u.id = c.primary_worker_id AND u.username = 'anna.maki'"
    " JOIN consent s ON s.case_id = c.id AND s.withdrawn_on IS NULL AND s.kind = 'consent'"
    " AND (s.valid_until IS NULL OR s.valid_until >= '2026-11-24')"
    " WHERE c.closed_at IS NULL AND c.model_key = 'work_ability_support' ORDER BY c.opened_on DESC, c.id LIMIT 1"
)


def test_a_stage_is_opened_and_a_consent_withdrawn_within_their_clicks(
    sign_in: SignIn, hand: Callable[[Page], Hand], product: Product
) -> None:
    page = sign_in("anna.maki")
    hands = hand(page)
    deeds.register(page, deeds.invent("Halla"))
    hands.begin()
    deeds.open_stage(page, "2 Tunnistaminen")
    hands.tell("task 4: a stage opened")
    assert hands.clicks <= 3

    with product.database() as connection:
        found = connection.execute(CONSENTED).fetchone()
    assert found, CONSENTED
    page.goto(f"/polut/{found[0]}")
    hands.begin()
    follow(page.get_by_role("navigation", name="Asiakkaan osiot"), "Suostumukset")
    follow(page.get_by_role("main"), "Peru suostumus")
    page.get_by_label("Mitä asiakas sanoi").fill("En halua, että tietojani jaetaan.")
    press(page, "Peru suostumus")
    said(page, "Suostumus peruttu")
    hands.tell("task 6: a consent withdrawn")
    assert hands.clicks <= 5
    expect(page.get_by_role("main")).to_contain_text("Peruttu 24.11.2026")
