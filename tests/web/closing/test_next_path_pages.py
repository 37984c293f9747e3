"""The next path is opened from the page of the one before: first the model, then what goes along."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from app.assessments import services as assessments
from app.assessments.queries import identification_of
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.closing import queries as closings
from app.closing.domain import CarryKind
from app.consents import queries as consents
from app.consents.domain import ConsentKind
from app.pathways.loader import latest
from tests.factories.accounts import create_user
from tests.factories.assessments import create_needs, finish_needs
from tests.factories.cases import create_case, seen_by
from tests.factories.consents import build_entry, create_consent
from tests.factories.measures import build_result, enter
from tests.factories.network import create_member
from tests.factories.plans import create_plan_in_force
from tests.strict import parse, text_of
from tests.web.workbench.conftest import Desk

SOCIAL = ("quality_based_coaching", "group_employment")
ASKED = {"basis_note": "Asiakas toivoi ryhmää", "worker": "later"}


def walk(desk: Desk, model: str = SOCIAL[0]) -> CaseView:
    """Let the client walk a path of social welfare; the desk's pages are then those of that path."""
    known: dict[str, Any] = {"client_id": desk.case.client_id, "worker": desk.worker, "team": desk.team}
    desk.case = create_case(desk.uow, **known, model=model, opened_on=date(2026, 11, 2))
    return seen_by(desk.uow, desk.actor, desk.case, now=desk.now)


def test_the_models_the_client_does_not_walk_are_offered_first(desk: Desk) -> None:
    page = desk.browser.get(f"{desk.path}/jatko").get_data(as_text=True)
    assert "malli=group_employment" in page
    assert "malli=quality_based_coaching" in page
    assert "malli=work_ability_support" not in page


def test_the_next_path_opens_with_what_was_ticked_and_both_link_to_each_other(desk: Desk) -> None:
    case = walk(desk)
    create_plan_in_force(desk.uow, case, in_force_on=date(2026, 11, 2), goals=("Haluan töihin",))
    desk.uow.commit()
    (goal,) = closings.offers_of(desk.uow, case, latest("group_employment"), date(2026, 11, 24))
    path = f"{desk.path}/jatko?malli=group_employment"
    answer = desk.browser.submit(path, {**ASKED, "goals": f"{CarryKind.GOAL}:{goal.id}"}, form="jatko")
    assert answer.status_code == 303
    page = desk.browser.get(answer.location).get_data(as_text=True)
    assert "Jatkoa polulle" in page
    assert f'href="{desk.path}">{desk.case.ref}</a>' in page
    opened = UUID(answer.location.rsplit("/", 1)[1])
    assert f'href="/polut/{opened}">{cases.case_of(desk.uow, opened).ref}</a>' in desk.browser.get(desk.path).text
    brought = desk.browser.get(f"/polut/{opened}/tuotu").get_data(as_text=True)
    assert f"Tuotu polulta {desk.case.ref}" in brought
    assert "Haluan töihin" in brought


@pytest.mark.parametrize(
    ("before", "changed", "kept"),
    [
        (SOCIAL[0], {}, "referral"),
        (SOCIAL[0], {"contact_channel": "phone"}, "phone"),
        ("work_ability_support", {"contact_source": "self"}, ""),
    ],
)
def test_how_the_contact_was_made_goes_along_within_the_register_and_may_be_changed(
    desk: Desk, before: str, changed: dict[str, str], kept: str
) -> None:
    """PA1: prefilled from the path before, like who made it; from another client register neither is."""
    case = walk(desk, before) if before in SOCIAL else seen_by(desk.uow, desk.actor, desk.case, now=desk.now)
    assessments.keep_channel(desk.uow, case, "referral", actor=desk.actor, now=desk.now)
    desk.uow.commit()
    answer = desk.browser.submit(f"{desk.path}/jatko?malli=group_employment", {**ASKED, **changed}, form="jatko")
    opened = UUID(answer.location.rsplit("/", 1)[1])
    assert identification_of(desk.uow, opened).value("contact_channel") == kept


def test_nothing_is_ticked_beforehand_and_what_stays_is_told_with_the_reason(desk: Desk) -> None:
    case = walk(desk)
    law = build_entry(kind=ConsentKind.STATUTORY, basis="LAW_189_2001_12", given=("labour_authority",))
    create_consent(desk.uow, case, law, now=desk.now)
    create_plan_in_force(desk.uow, case, in_force_on=date(2026, 11, 2), goals=("Haluan töihin",))
    desk.uow.commit()
    page = desk.browser.get(f"{desk.path}/jatko?malli=group_employment").get_data(as_text=True)
    assert 'type="checkbox"' in page
    assert not [line for line in page.splitlines() if 'type="checkbox"' in line and "checked" in line]
    assert "Lakisääteinen peruste arvioidaan jokaisella polulla erikseen." in page


def test_what_is_missing_is_told_at_its_field_and_the_ticks_stay(desk: Desk) -> None:
    case = walk(desk)
    create_plan_in_force(desk.uow, case, in_force_on=date(2026, 11, 2), goals=("Haluan töihin",))
    desk.uow.commit()
    (goal,) = closings.offers_of(desk.uow, case, latest("group_employment"), date(2026, 11, 24))
    path = f"{desk.path}/jatko?malli=group_employment"
    answer = desk.browser.submit(path, {"goals": f"{CarryKind.GOAL}:{goal.id}"}, form="jatko")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#basis_note"' in page
    assert 'href="#worker"' in page
    assert [line for line in page.splitlines() if str(goal.id) in line and "checked" in line]


def test_a_path_that_follows_no_other_has_no_page_of_what_was_brought(desk: Desk) -> None:
    assert desk.browser.get(f"{desk.path}/tuotu").status_code == 404


def test_a_stranger_opens_no_next_path(desk: Desk) -> None:
    stranger = create_user(desk.uow)
    desk.uow.commit()
    desk.sign_in(stranger)
    assert desk.browser.get(f"{desk.path}/jatko").status_code in {403, 404}
    assert consents.consents_of(desk.uow, desk.case.id) == []


def test_the_network_and_the_assessment_tell_what_came_from_the_path_before(desk: Desk) -> None:
    """A member who came over says from where; one added in the new path says nothing."""
    walked = create_case(
        desk.uow, client_id=desk.case.client_id, model="quality_based_coaching", worker=desk.worker, team=desk.team
    )
    before = seen_by(desk.uow, desk.actor, walked, now=desk.now)
    consent = create_consent(desk.uow, before, build_entry(given=("kela",)), now=desk.now)
    member = create_member(desk.uow, before, name="Mirva Salo", party="kela", now=desk.now)
    version = create_needs(desk.uow, before, on=date(2026, 11, 24))
    finish_needs(desk.uow, before, version, on=date(2026, 11, 24))
    desk.uow.commit()
    told = {
        "consents": f"consent:{consent}",
        "members": f"member:{member}",
        "facts": f"needs:{version}",
    }
    answer = desk.browser.submit(f"/polut/{before.id}/jatko?malli=group_employment", {**ASKED, **told}, form="jatko")
    opened = seen_by(desk.uow, desk.actor, case_at(desk, answer.location), now=desk.now)
    create_member(desk.uow, opened, name="Uusi Ihminen", party="kela", now=desk.now)
    desk.uow.commit()
    network = desk.browser.get(f"/polut/{opened.id}/verkosto").get_data(as_text=True)
    people = [text_of(item) for item in parse(network).iter("li") if "Kela" in text_of(item)]
    assert {words.split(",")[0]: f"Tuotu polulta {before.ref}" in words for words in people} == {
        "Mirva Salo": True,
        "Uusi Ihminen": False,
    }
    page = desk.browser.get(f"/polut/{opened.id}/arviointi").get_data(as_text=True)
    assert f"Valmis 24.11.2026. Tuotu polulta {before.ref}" in page
    assert f'href="/polut/{before.id}/arviointi/palvelutarve/{version}"' in page
    brought = desk.browser.get(f"/polut/{opened.id}/tuotu").get_data(as_text=True)
    assert "Palvelutarpeen arvio" in brought


def case_at(desk: Desk, location: str) -> CaseView:
    return cases.case_of(desk.uow, UUID(location.rsplit("/", 1)[1]))


def test_the_page_says_before_what_goes_to_the_other_register_what_stays_and_why_and_says_so_after(
    desk: Desk,
) -> None:
    """703/2023 section 53: a measure goes with a permission that names it, a goal without one stays."""
    known: dict[str, Any] = {"worker": desk.worker, "team": desk.team, "model": SOCIAL[0]}
    row = create_case(desk.uow, **known)
    case = seen_by(desk.uow, desk.actor, row, now=desk.now)
    measure = enter(desk.uow, case, build_result("ME01"), now=desk.now)
    create_plan_in_force(desk.uow, case, in_force_on=date(2026, 11, 24), goals=("Haluan töihin",))
    permission = build_entry(kind=ConsentKind.PERMISSION, basis="DISCLOSURE_PERMISSION", given=("health_care",))
    create_consent(desk.uow, case, permission, now=desk.now)
    desk.uow.commit()
    path = f"/polut/{row.id}/jatko?malli=work_ability_support"
    page = desk.browser.get(path).get_data(as_text=True)
    assert "Uusi polku kuuluu toiseen asiakasrekisteriin." in page
    assert "Asiakkaan luovutuslupa sallii tämän." in page
    stays = [text_of(item) for item in parse(page).iter("li") if "Haluan töihin" in text_of(item)]
    assert ["Tietoryhmät: Suunnitelma ja tavoitteet." in words for words in stays] == [True]
    told = {**ASKED, "contact_source": "self", "facts": f"measure:{measure}"}
    answer = desk.browser.submit(path, told, form="jatko")
    after = desk.browser.get(f"{answer.location}/tuotu").get_data(as_text=True)
    assert "Aiempi polku kuuluu toiseen asiakasrekisteriin." in after
    assert "Työkykypistemäärä: 6" in after
    assert "Haluan töihin" not in after
