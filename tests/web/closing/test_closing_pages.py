"""Closing asks about everything that is open, keeps what was typed, and tells afterwards how it went."""

from datetime import date
from typing import Any

from app.cases import queries as cases
from app.closing import queries as closings
from app.duties import queries as duties
from tests.factories.cases import create_case, seen_by
from tests.factories.consents import build_entry, create_consent
from tests.factories.network import create_member
from tests.factories.plans import create_plan_in_force
from tests.strict import parse, text_of
from tests.web.workbench.conftest import Desk

NO_NEED = {"outcome": "no_need", "is_feedback_asked": "no"}


def promise(desk: Desk, text: str = "Soita asiakkaalle") -> str:
    """Log a promise and return the name of its field in the closing form."""
    sent = {"line": f"Sovittiin: {text}", "step": text, "step_due": "30.11.2026"}
    desk.browser.submit(f"{desk.path}/kirjaa", sent, form="kirjaus")
    items = closings.open_items(desk.uow, desk.case.id)
    return next(item.name for item in items if item.step is not None and item.step.text == text)


def test_closing_ends_everything_and_reopening_brings_the_plan_back(desk: Desk) -> None:
    case = seen_by(desk.uow, desk.actor, desk.case, now=desk.now)
    create_plan_in_force(desk.uow, case, in_force_on=date(2026, 11, 2))
    desk.uow.commit()
    name = promise(desk)
    sent = {
        "outcome": "employment",
        "is_feedback_asked": "yes",
        "text": "Sai työn",
        "client_estimate": "Työpaja auttoi eniten",
        "supported_by": "Työterveyshuolto",
        name: "done",
        f"{name}-on": "23.11.2026",
    }
    answer = desk.browser.submit(f"{desk.path}/paata", sent, form="paata")
    assert answer.status_code == 303
    closed = cases.case_of(desk.uow, case.id)
    assert (closed.outcome, closed.worker_id, closed.is_open) == ("employment", None, False)
    assert duties.open_of_case(desk.uow, case.id) == []
    page = desk.browser.get(answer.location).get_data(as_text=True)
    for words in ("Työ avoimilla työmarkkinoilla", "Sai työn", "Työpaja auttoi eniten", "Työterveyshuolto", "Pyydetty"):
        assert words in page
    assert "Soita asiakkaalle" in page
    assert "Seuranta päättyi asiakkuuden mukana" in page
    assert 'href="#miksi"' not in page
    refused = desk.browser.submit(f"{desk.path}/avaa", {"reason": " "}, form="avaa-uudelleen")
    assert refused.status_code == 422
    answer = desk.browser.submit(f"{desk.path}/avaa", {"reason": "Tarve palasi"}, form="avaa-uudelleen")
    assert answer.status_code == 303
    assert [duty.kind for duty in duties.open_of_case(desk.uow, case.id)] == ["plan_review"]
    assert "Tarve palasi" in desk.browser.get(f"{desk.path}/aikajana").get_data(as_text=True)
    assert desk.browser.get(f"{desk.path}/paatos").status_code == 404


def test_a_promise_without_an_answer_keeps_the_case_open_and_everything_typed(desk: Desk) -> None:
    name, other = promise(desk), promise(desk, "Lähetä lausunto")
    sent = {**NO_NEED, "text": "Pidä tämä", other: "not_needed", f"{other}-reason": ""}
    answer = desk.browser.submit(f"{desk.path}/paata", sent, form="paata")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'href="#{name}"' in page
    assert "Valitse, mitä tälle tapahtuu: Soita asiakkaalle" in page
    assert f'href="#{other}-reason"' in page
    assert "Kirjoita, miksi tätä ei enää tarvita: Lähetä lausunto" in page
    assert "Pidä tämä" in page
    links = [text_of(one) for one in parse(page).iter("a") if (one.get("href") or "").startswith("#item-")]
    assert len(links) == 2, "each names the promise it is about"
    assert cases.case_of(desk.uow, desk.case.id).is_open


def test_what_is_missing_is_told_in_the_order_of_the_page(desk: Desk) -> None:
    name = promise(desk)
    page = desk.browser.submit(f"{desk.path}/paata", {}, form="paata").get_data(as_text=True)
    hrefs = [one.get("href") for one in parse(page).iter("a")]
    assert [href for href in hrefs if href in {"#outcome", f"#{name}", "#is_feedback_asked"}] == [
        "#outcome",
        f"#{name}",
        "#is_feedback_asked",
    ]


def test_a_promise_that_was_kept_is_told_with_its_day(desk: Desk) -> None:
    name = promise(desk)
    told = {**NO_NEED, name: "done", f"{name}-on": "23.11.2026"}
    answer = desk.browser.submit(f"{desk.path}/paata", told, form="paata")
    assert "Valmis 23.11.2026" in desk.browser.get(answer.location).get_data(as_text=True)


def test_a_relationship_that_goes_on_asks_where_together_with_everything_else(desk: Desk) -> None:
    """1301/2014 section 34: one list of what is missing, not one more after the first is mended."""
    desk.case = create_case(
        desk.uow, client_id=desk.case.client_id, worker=desk.worker, team=desk.team, model="group_employment"
    )
    desk.uow.commit()
    page = desk.browser.submit(f"{desk.path}/paata", {"ground": "remains"}, form="paata").get_data(as_text=True)
    hrefs = [one.get("href") for one in parse(page).iter("a") if (one.get("href") or "").startswith("#")]
    assert {"#outcome", "#supported_by", "#is_feedback_asked"} <= set(hrefs)


def test_nothing_is_chosen_beforehand_for_a_promise_and_a_review_ends_with_the_case(desk: Desk) -> None:
    case = seen_by(desk.uow, desk.actor, desk.case, now=desk.now)
    create_plan_in_force(desk.uow, case, in_force_on=date(2026, 11, 2))
    desk.uow.commit()
    promise(desk)
    page = desk.browser.get(f"{desk.path}/paata").get_data(as_text=True)
    chosen = [line for line in page.splitlines() if 'type="radio"' in line and "checked" in line]
    assert len(chosen) == 1
    assert 'value="ends"' in chosen[0]


def test_a_promise_can_move_to_the_clients_other_open_path_of_the_register(desk: Desk) -> None:
    known: dict[str, Any] = {"client_id": desk.case.client_id, "worker": desk.worker, "team": desk.team}
    desk.case = create_case(desk.uow, **known, model="quality_based_coaching")
    other = create_case(desk.uow, **known, model="group_employment")
    desk.uow.commit()
    name = promise(desk)
    told = {**NO_NEED, "ground": "over", name: f"moved:{other.id}"}
    answer = desk.browser.submit(f"{desk.path}/paata", told, form="paata")
    assert answer.status_code == 303
    assert [step.text for step in cases.open_steps_of(desk.uow, other.id)] == ["Soita asiakkaalle"]
    assert f"Siirtyi polulle {other.ref}" in desk.browser.get(answer.location).get_data(as_text=True)


def test_a_promise_is_not_offered_to_a_path_of_another_client_register_and_the_page_says_so(desk: Desk) -> None:
    """703/2023 section 18; a form made by hand is refused as well."""
    other = create_case(
        desk.uow, client_id=desk.case.client_id, worker=desk.worker, team=desk.team, model="group_employment"
    )
    desk.uow.commit()
    name = promise(desk)
    page = desk.browser.get(f"{desk.path}/paata").get_data(as_text=True)
    assert "Siirtyy polulle" not in page
    assert "Lupaus ei siirry polulle, joka kuuluu toiseen asiakasrekisteriin." in page
    answer = desk.browser.submit(f"{desk.path}/paata", {**NO_NEED, name: f"moved:{other.id}"}, form="paata")
    assert answer.status_code == 422
    assert cases.open_steps_of(desk.uow, other.id) == []


def test_the_consents_and_the_network_are_told_of_before_the_case_closes(desk: Desk) -> None:
    case = seen_by(desk.uow, desk.actor, desk.case, now=desk.now)
    consent = create_consent(desk.uow, case, build_entry(given=("kela",)), now=desk.now)
    create_member(desk.uow, case, name="Marja Salo", party="kela", now=desk.now)
    desk.uow.commit()
    page = desk.browser.get(f"{desk.path}/paata").get_data(as_text=True)
    assert "Marja Salo (Kela)" in page
    answer = desk.browser.submit(f"{desk.path}/paata", {**NO_NEED, "withdrawn": str(consent)}, form="paata")
    assert answer.status_code == 303


def test_a_closed_case_takes_no_entries(desk: Desk) -> None:
    desk.browser.submit(f"{desk.path}/paata", NO_NEED, form="paata")
    assert desk.browser.get(f"{desk.path}/kirjaa").status_code == 403
    assert f"{desk.path}/kirjaa" not in desk.browser.get(desk.path).get_data(as_text=True)


def test_a_case_does_not_close_without_an_outcome(desk: Desk) -> None:
    answer = desk.browser.submit(f"{desk.path}/paata", {"text": "Pidä tämä"}, form="paata")
    assert answer.status_code == 422
    assert "Pidä tämä" in answer.get_data(as_text=True)
    assert cases.case_of(desk.uow, desk.case.id).is_open


def test_the_outcomes_are_offered_by_their_groups(desk: Desk) -> None:
    page = desk.browser.get(f"{desk.path}/paata").get_data(as_text=True)
    for words in ("Työ: Tuettu työ tai palkkatuki", ">Koulutus<", ">Kuntoutus<", ">Eläke<", "Muu palvelu: Työvoima"):
        assert words in page
    assert "Keskeytyi: Asiakasta ei tavoiteta" in page
