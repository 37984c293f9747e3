"""The pages of a group review: choose who was there, one meeting, a row for each."""

from datetime import date, timedelta
from typing import Final
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.cases.domain import CaseView
from app.core import clock
from app.plans import queries as plans
from app.plans.held import reviews_of
from app.reviews.domain import row_name
from tests.factories.cases import create_case
from tests.factories.clients import create_client
from tests.factories.plans import create_plan_in_force, hold_review, replace_version
from tests.strict import parse
from tests.web.workbench.conftest import Desk

ROW: Final = {"situation": "Käynyt joka päivä.", "goal-1": "partly", "goal-2": "met"}


@pytest.fixture
def members(desk: Desk) -> list[CaseView]:
    """Two clients of the desk's group, due in a week."""
    found = []
    for name in ("Rantanen", "Saarinen"):
        client = create_client(desk.uow, last_name=name, first_names="Aino", call_name="Aino")
        case = create_case(
            desk.uow,
            client_id=client,
            model="group_employment",
            worker=desk.worker,
            team=desk.team,
            opened_on=date(2026, 6, 1),
        )
        create_plan_in_force(desk.uow, case, in_force_on=date(2026, 6, 1))
        found.append(case)
    desk.uow.commit()
    return found


def address(members: list[CaseView]) -> str:
    return "/ryhmatarkistus/kirjaus?" + "&".join(f"polku={case.id}" for case in members)


def test_a_group_is_reviewed_in_one_go(desk: Desk, members: list[CaseView]) -> None:
    page = desk.browser.get("/ryhmatarkistus").text
    assert "Rantanen Aino" in page
    assert "Saarinen Aino" in page
    values = {f"{row_name(case.id)}-{name}": value for case in members for name, value in ROW.items()}
    done = desk.browser.submit(address(members), values | {"notes": "Ryhmä jatkaa."}, form="ryhma")
    assert (done.status_code, urlsplit(done.location).path) == (303, "/ryhmatarkistus")
    for case in members:
        (plan,) = plans.plans_of(desk.uow, case.id)
        assert (plan.reviewed_on, plan.due_on) == ((date(2026, 11, 24),), date(2027, 5, 24))
        shown = desk.browser.get(f"/polut/{case.id}/suunnitelmat/{plan.version_shown.id}").text
        assert "Koko ryhmää koskevat asiat: Ryhmä jatkaa." in shown


def test_a_fault_in_one_row_saves_none_and_keeps_what_was_typed(desk: Desk, members: list[CaseView]) -> None:
    first, second = (row_name(case.id) for case in members)
    values = {f"{first}-{name}": value for name, value in ROW.items()} | {f"{second}-situation": "Kesken jäi"}
    refused = desk.browser.submit(address(members), values, form="ryhma")
    assert refused.status_code == 422
    assert f'<a href="#{second}-goal-1">Saarinen Aino: Valitse, miten tavoite 1 toteutui</a>' in refused.text
    assert "Kesken jäi" in refused.text
    assert all(not plan.reviewed_on for case in members for plan in plans.plans_of(desk.uow, case.id))


def test_what_was_said_of_one_client_is_never_kept_for_another(desk: Desk, members: list[CaseView]) -> None:
    """While the form is open, somebody reviews one of them alone, a plan gets a new version: the order is another."""
    first, second = (row_name(case.id) for case in members)
    sent = fields_of(desk.browser.get(address(members)).text)
    (plan,) = plans.plans_of(desk.uow, members[0].id)
    hold_review(desk.uow, members[0], plan, held_on=date(2026, 11, 20))
    (plan,) = plans.plans_of(desk.uow, members[1].id)
    replace_version(desk.uow, members[1], plan, on=date(2026, 11, 24), next_review_on=date(2026, 11, 30))
    desk.uow.commit()
    sent |= {f"{row}-{name}": value for row in (first, second) for name, value in ROW.items()}
    sent |= {f"{first}-situation": "Ensimmäisen tilanne", f"{second}-situation": "Toisen tilanne"}
    refused = desk.browser.post(address(members), data=sent)
    assert refused.status_code == 409
    assert "muuttunut" in refused.text
    again = fields_of(refused.text)
    assert (again[f"{first}-situation"], again[f"{second}-situation"]) == ("Ensimmäisen tilanne", "Toisen tilanne")
    assert f"{first}-goal-1" in again
    assert f"{second}-goal-1" not in again, "an answer to a goal of the version before"
    saved = desk.browser.post(address(members), data=again | {f"{second}-goal-1": "met", f"{second}-goal-2": "not"})
    assert saved.status_code == 303
    said = [reviews_of(desk.uow, plans.plans_of(desk.uow, case.id)[0].id)[0].situation for case in members]
    assert said == ["Ensimmäisen tilanne", "Toisen tilanne"]


def test_each_sheet_that_is_opened_is_in_its_client_s_trail(desk: Desk, members: list[CaseView]) -> None:
    desk.browser.get(address(members))
    seen = desk.uow.session.execute(
        text("SELECT client_id FROM audit_event WHERE action = 'viewed' AND object_kind = 'group_review'")
    ).scalars()
    assert set(seen) == {case.client_id for case in members}


def test_the_group_is_found_from_where_a_review_begins(desk: Desk, members: list[CaseView]) -> None:
    """From the first step of a member's review and from the work list of model C; nowhere of other models."""
    link = 'href="/ryhmatarkistus"'
    (plan,) = plans.plans_of(desk.uow, members[0].id)
    review = f"/polut/{members[0].id}/tarkistus/{plan.id}"
    assert link in desk.browser.get(f"{review}/tilanne").text
    assert link not in desk.browser.get(f"{review}/tavoitteet").text
    other = create_plan_in_force(desk.uow, desk.case, in_force_on=date(2026, 6, 1))
    desk.uow.commit()
    assert link not in desk.browser.get(f"{desk.path}/tarkistus/{other.id}/tilanne").text
    assert link in desk.browser.get("/tyolista?malli=group_employment").text
    assert link not in desk.browser.get("/tyolista").text


def test_cases_of_others_are_no_part_of_the_group(desk: Desk, members: list[CaseView]) -> None:
    other = create_case(desk.uow, model="group_employment", opened_on=date(2026, 6, 1))
    create_plan_in_force(desk.uow, other, in_force_on=date(2026, 6, 1))
    desk.uow.commit()
    assert str(other.id) not in desk.browser.get("/ryhmatarkistus").text
    assert desk.browser.get(address([other])).status_code == 303
    assert desk.browser.get("/ryhmatarkistus/kirjaus").status_code == 303


def keep(
    desk: Desk, members: list[CaseView], typed: dict[str, str], sent: dict[str, str] | None = None
) -> TestResponse:
    """Save a draft as the button does without script, of the form as it was opened."""
    page = desk.browser.get(address(members)).text
    kept = fields_of(page) if sent is None else sent
    return desk.browser.post(f"/ryhmatarkistus/luonnos?{urlsplit(address(members)).query}", data=kept | typed)


def test_what_was_typed_of_a_group_is_there_after_the_session(desk: Desk, members: list[CaseView]) -> None:
    """RU16: the meeting and each row come back, with ticks and answers; the newest is ticked on the first page."""
    first, second = (row_name(case.id) for case in members)
    typed = {f"{first}-situation": "Aamut sujuvat.", f"{first}-goal-1": "met", f"{second}-next": "1.3.2027"}
    back = keep(desk, members, typed | {"notes": "Ryhmä jatkaa.", "parties": "client", "held_on": "20.11.2026"})
    assert (back.status_code, back.location) == (303, address(members))
    desk.sign_in(desk.worker)
    chosen = parse(desk.browser.get("/ryhmatarkistus").text)
    ticked = {one.get("value") for one in chosen.iter("input") if one.get("checked") is not None}
    assert ticked == {str(case.id) for case in members}
    page = desk.browser.get(address(members)).text
    assert "Jatkat omaa luonnostasi" in page
    again = fields_of(page)
    assert again.items() >= (typed | {"notes": "Ryhmä jatkaa.", "parties": "client", "held_on": "20.11.2026"}).items()
    assert f"{second}-goal-1" not in again


def test_each_row_of_a_draft_goes_with_its_client(desk: Desk, members: list[CaseView]) -> None:
    """Whoever is chosen the next time: a row is filled by its own client's draft, and nothing else of it shows."""
    first, second = members
    keep(desk, members, {f"{row_name(case.id)}-situation": f"Tilanne {case.ref}" for case in members})
    clock.configure((desk.now + timedelta(minutes=5)).isoformat())
    keep(desk, [second], {f"{row_name(second.id)}-situation": "Uusi tilanne", "notes": "Myöhempi"})
    alone = desk.browser.get(address([first])).text
    assert f"Tilanne {first.ref}" in alone
    assert "Uusi tilanne" not in alone
    assert "Myöhempi" not in alone
    both = fields_of(desk.browser.get(address(members)).text)
    said = [both[f"{row_name(case.id)}-situation"] for case in members]
    assert (said, both["notes"]) == ([f"Tilanne {first.ref}", "Uusi tilanne"], "Myöhempi")


def test_a_draft_lets_go_of_answers_to_another_version(desk: Desk, members: list[CaseView]) -> None:
    first, second = (row_name(case.id) for case in members)
    typed = {f"{row}-{name}": value for row in (first, second) for name, value in ROW.items()}
    keep(desk, members, typed)
    (plan,) = plans.plans_of(desk.uow, members[1].id)
    replace_version(desk.uow, members[1], plan, on=date(2026, 11, 24), next_review_on=date(2026, 11, 30))
    desk.uow.commit()
    page = desk.browser.get(address(members)).text
    again = fields_of(page)
    assert (again[f"{first}-goal-1"], again[f"{second}-situation"]) == ("partly", ROW["situation"])
    assert f"{second}-goal-1" not in again
    assert page.count("Suunnitelmasta on tehty uusi versio") == 1


def test_reviews_that_are_saved_leave_no_draft_and_none_comes_after(desk: Desk, members: list[CaseView]) -> None:
    """What the script saved last may arrive after the form itself: it is refused, and nothing is offered again."""
    values = {f"{row_name(case.id)}-{name}": value for case in members for name, value in ROW.items()}
    sent = fields_of(desk.browser.get(address(members)).text) | values
    keep(desk, members, {}, sent)
    assert desk.browser.post(address(members), data=sent).status_code == 303
    assert keep(desk, members, {}, sent).status_code == 409
    assert "Luonnos, tallennettu" not in desk.browser.get("/ryhmatarkistus").text
    assert desk.uow.session.execute(text("SELECT count(*) FROM draft")).scalar() == 0


def test_a_draft_of_a_group_is_sealed_and_of_own_clients_only(desk: Desk, members: list[CaseView]) -> None:
    other = create_case(desk.uow, model="group_employment", opened_on=date(2026, 6, 1))
    create_plan_in_force(desk.uow, other, in_force_on=date(2026, 6, 1))
    desk.uow.commit()
    typed = {f"{row_name(case.id)}-situation": "Aamut sujuvat." for case in (*members, other)}
    keep(desk, members, typed)
    rows = desk.uow.session.execute(text("SELECT subject_id, body FROM draft")).all()
    assert {row.subject_id for row in rows} == {case.id for case in members}
    assert all(b"Aamut" not in bytes(row.body) for row in rows)


def fields_of(page: str) -> dict[str, str]:
    """What a browser would send of the form as it stands."""
    form = next(one for one in parse(page).iter("form") if one.get("id") == "ryhma")
    typed = {str(one.get("name")): (one.text or "").lstrip("\n") for one in form.iter("textarea")}
    for one in form.iter("input"):
        if one.get("type") not in {"radio", "checkbox"} or one.get("checked") is not None:
            typed[str(one.get("name"))] = str(one.get("value") or "")
    return typed
