"""One client on each model, from first contact to closing, with every required item of every stage on record.

Each item is recorded from the link of the checklist itself, through the forms; a stage opens only when the list of the
stage before it is full, so no reason for anything missing is ever asked. Registering by search, the consent, the plan's
rows and the reminder of a review have tests of their own (`test_worker_journey`).
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.pathways.domain import StageCode
from app.pathways.loader import latest
from tests.e2e.conftest import SignIn
from tests.e2e.journeys import Journey
from tests.e2e.watching import Hand


@pytest.mark.parametrize(
    ("model", "outcome"),
    [
        ("work_ability_support", "Työ: Paluu omaan työhön"),
        ("quality_based_coaching", "Koulutus"),
        ("group_employment", "Työ: Työ ryhmämuotoisessa työllistymisessä"),
    ],
)
def test_a_client_walks_the_path_to_its_end_with_everything_on_record(
    sign_in: SignIn, hand: Callable[[Page], Hand], model: str, outcome: str
) -> None:
    page = sign_in("anna.maki")
    journey = Journey(page, latest(model))
    journey.record_everything(StageCode.PRE_CONTACT)
    for before, code in zip(StageCode, list(StageCode)[1:], strict=False):
        journey.open(code)
        journey.record_everything(code)
        assert before.number + 1 == code.number
    journey.close(outcome)
    hand(page).tell(f"the whole path of {model}")
    expect(page.get_by_role("region", name="Asiakkuuden päätös")).to_contain_text(outcome.rpartition(": ")[2])
    expect(page.get_by_role("region", name="Mitä avoimille asioille tapahtui")).to_contain_text(
        "Seuranta päättyi asiakkuuden"
    )
    expect(page.get_by_role("link", name="Avaa seuraava polku").first).to_be_visible()
