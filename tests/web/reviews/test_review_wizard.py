"""The review in four steps: it stops and goes on, works without script, and opens the next day."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
from werkzeug.test import TestResponse

from app.access.actor import system_actor
from app.duties import queries as duties
from app.network import services as network
from app.plans import queries, services
from app.plans.held import reviews_of
from app.plans.versions import PlanView
from tests.factories.accounts import create_user
from tests.factories.cases import create_case
from tests.factories.consents import build_entry, create_consent
from tests.factories.plans import create_plan_in_force, replace_version
from tests.strict import parse
from tests.web.workbench.conftest import Desk

SITUATION = {"situation": "Aamut ovat helpottuneet.", "participants": "asiakas, ohjaaja"}
GOALS = {"goal-1": "partly", "goal-1-remark": "kaksi päivää onnistuu", "goal-2": "not"}


@pytest.fixture
def plan(desk: Desk) -> PlanView:
    """A plan of the desk's case that was due for review on 10.11.2026: a fortnight ago."""
    desk.case = create_case(desk.uow, worker=desk.worker, team=desk.team, opened_on=date(2026, 8, 3))
    found = create_plan_in_force(desk.uow, desk.case, in_force_on=date(2026, 8, 10))
    desk.uow.commit()
    return found


def url(desk: Desk, plan: PlanView, step: str) -> str:
    return f"{desk.path}/tarkistus/{plan.id}/{step}"


def answer(desk: Desk, plan: PlanView, step: str, values: Mapping[str, Any] | None = None) -> TestResponse:
    return desk.browser.submit(url(desk, plan, step), values or {}, form="vaihe")


def chosen(page: str) -> list[str]:
    """The goals that have an answer; an action always has its state."""
    radios = [one for one in parse(page).iter("input") if one.get("type") == "radio" and one.get("checked") is not None]
    return [name for one in radios if "action" not in (name := str(one.get("name")))]


def step_of(response: TestResponse) -> str:
    assert response.status_code == 303, response.text
    return urlsplit(response.location).path.rsplit("/", 1)[1]


def walk(desk: Desk, plan: PlanView) -> None:
    assert step_of(answer(desk, plan, "tilanne", SITUATION)) == "tavoitteet"
    assert step_of(answer(desk, plan, "tavoitteet", GOALS)) == "muutokset"
    assert step_of(answer(desk, plan, "muutokset")) == "seuraava"
    assert step_of(answer(desk, plan, "seuraava")) == "yhteenveto"


def test_a_review_walks_four_steps_and_is_saved_from_the_answers(desk: Desk, plan: PlanView) -> None:
    walk(desk, plan)
    page = desk.browser.get(url(desk, plan, "yhteenveto")).text
    for words in ("Aamut ovat helpottuneet.", "Osittain", "kaksi päivää onnistuu", "Ei toteutunut", "24.2.2027"):
        assert words in page
    done = answer(desk, plan, "yhteenveto")
    assert done.status_code == 303
    shown = desk.browser.get(done.location).text
    assert "Tarkistus tallennettu" in shown
    assert "Tarkistus 24.11.2026" in shown
    (held,) = reviews_of(desk.uow, plan.id)
    assert (held.held_on, held.next_review_on) == (date(2026, 11, 24), date(2027, 2, 24))
    assert [duty.due_on for duty in duties.open_of_case(desk.uow, desk.case.id)] == [date(2027, 2, 24)]


def test_with_two_goals_it_takes_seven_presses_from_the_work_list(desk: Desk, plan: PlanView) -> None:
    presses = 1  # "Tarkista suunnitelma" on the row
    answer(desk, plan, "tilanne", SITUATION)
    presses += 1  # save and continue
    sent = answer(desk, plan, "tavoitteet", GOALS | {"jatka": "seuraava"})
    presses += 3  # two answers, and the button that says nothing changes
    assert step_of(sent) == "seuraava"
    assert step_of(answer(desk, plan, "seuraava")) == "yhteenveto"
    presses += 1
    assert answer(desk, plan, "yhteenveto").status_code == 303
    presses += 1
    assert presses == 7
    assert len(reviews_of(desk.uow, plan.id)) == 1


@pytest.mark.parametrize("kind", ["activation_plan", "multisector_employment_plan"])
def test_who_was_there_is_said_by_the_worker_and_not_beforehand(desk: Desk, plan: PlanView, kind: str) -> None:
    """DO02, DO03 (189/2001 section 9, 381/2023 section 6): the law brings the labour authority, a tick says it came.

    The tick is the eighth press of a review with two goals. A box that came ticked would put the authority on record
    unseen, and the question why it was away would never be asked.
    """
    joint = create_plan_in_force(desk.uow, desk.case, kind=kind, in_force_on=date(2026, 8, 10))
    desk.uow.commit()
    page = desk.browser.get(url(desk, joint, "tilanne")).text
    ticks = [one for one in parse(page).iter("input") if one.get("name") == "parties"]
    assert [one.get("value") for one in ticks if one.get("checked") is not None] == []
    assert page.count("Osallistuu tähän tarkistukseen lain mukaan") == 1
    assert "lain mukaan" not in desk.browser.get(url(desk, plan, "tilanne")).text
    refused = answer(desk, joint, "tilanne", SITUATION)
    assert refused.status_code == 422
    assert 'href="#missing_reason"' in refused.text
    assert step_of(answer(desk, joint, "tilanne", SITUATION | {"parties": ["labour_authority"]})) == "tavoitteet"


def test_a_stopped_review_goes_on_where_it_was(desk: Desk, plan: PlanView) -> None:
    answer(desk, plan, "tilanne", SITUATION)
    answer(desk, plan, "tavoitteet", GOALS)
    desk.sign_in(desk.worker)
    page = desk.browser.get(url(desk, plan, "tilanne")).text
    assert "Aamut ovat helpottuneet." in page
    assert chosen(desk.browser.get(url(desk, plan, "tavoitteet")).text) == ["goal-1", "goal-2"]
    assert step_of(desk.browser.get(url(desk, plan, "yhteenveto"))) == "muutokset"


def test_the_answers_are_their_authors_alone(desk: Desk, plan: PlanView) -> None:
    answer(desk, plan, "tilanne", SITUATION)
    other = create_user(desk.uow, teams=(desk.team,))
    network.add_pair(desk.uow, desk.case, user_id=other.id, actor=system_actor("system:demo"), now=desk.now)
    desk.uow.commit()
    desk.sign_in(other)
    assert "Aamut ovat helpottuneet." not in desk.browser.get(url(desk, plan, "tilanne")).text


def test_a_goal_without_an_answer_is_named_and_the_rest_is_kept(desk: Desk, plan: PlanView) -> None:
    sent = answer(desk, plan, "tavoitteet", {"goal-1": "met", "goal-2-remark": "jäi kesken"})
    assert sent.status_code == 422
    assert 'href="#goal-2"' in sent.text
    assert "Valitse, miten tavoite 2 toteutui" in sent.text
    assert "jäi kesken" in sent.text
    assert "2/5, korjaa 1 kohta" in sent.text
    assert "<title>Virhe: " in sent.text


def test_the_clients_words_are_quoted(desk: Desk, plan: PlanView) -> None:
    page = desk.browser.get(url(desk, plan, "tavoitteet")).text
    assert '<blockquote class="polku-quote">Haluan jaksaa kolme päivää viikossa.</blockquote>' in page


def test_a_day_that_does_not_exist_is_answered_in_words(desk: Desk, plan: PlanView) -> None:
    sent = answer(desk, plan, "tilanne", SITUATION | {"held_on": "31.2.2026"})
    assert sent.status_code == 422
    assert "Päivää 31.2.2026 ei ole. Kirjoita päivä muodossa 27.2.2026." in sent.text


@pytest.mark.parametrize(("day", "words"), [("25.11.2026", "tulevaisuudessa"), ("9.8.2026", "tuli voimaan 10.8.2026")])
def test_a_day_on_which_no_review_was_held_is_refused_at_once(desk: Desk, plan: PlanView, day: str, words: str) -> None:
    sent = answer(desk, plan, "tilanne", SITUATION | {"held_on": day})
    assert sent.status_code == 422
    assert words in sent.text
    assert 'href="#held_on"' in sent.text


def test_a_late_review_may_say_why(desk: Desk, plan: PlanView) -> None:
    assert "Miksi tarkistus myöhästyi" in desk.browser.get(url(desk, plan, "tilanne")).text
    answer(desk, plan, "tilanne", SITUATION | {"late_reason": "asiakas oli sairaalassa"})
    answer(desk, plan, "tavoitteet", GOALS | {"jatka": "seuraava"})
    answer(desk, plan, "seuraava")
    assert "asiakas oli sairaalassa" in desk.browser.get(url(desk, plan, "yhteenveto")).text


def test_the_proposed_day_is_explained_on_the_step_itself(desk: Desk, plan: PlanView) -> None:
    answer(desk, plan, "tilanne", SITUATION | {"held_on": "23.11.2026"})
    page = desk.browser.get(url(desk, plan, "seuraava")).text
    assert 'value="23.2.2027"' in page
    for words in ("Miksi tämä päivä?", "23.11.2026", "23.5.2027"):
        assert words in page


def test_past_the_own_cadence_a_reason_is_asked(desk: Desk, plan: PlanView) -> None:
    sent = answer(desk, plan, "seuraava", {"next_review_on": "1.4.2027"})
    assert sent.status_code == 422
    assert 'href="#next_reason"' in sent.text
    again = answer(desk, plan, "seuraava", {"next_review_on": "1.4.2027", "next_reason": "kuntoutusjakso"})
    assert step_of(again) == "yhteenveto"


def test_past_the_law_no_reason_helps(desk: Desk) -> None:
    desk.case = create_case(
        desk.uow, model="quality_based_coaching", worker=desk.worker, team=desk.team, opened_on=date(2026, 8, 3)
    )
    plan = create_plan_in_force(desk.uow, desk.case, in_force_on=date(2026, 9, 1))
    desk.uow.commit()
    sent = answer(desk, plan, "seuraava", {"next_review_on": "25.2.2027", "next_reason": "kuntoutusjakso"})
    assert sent.status_code == 422
    assert "Lain mukaan tarkistus on viimeistään 24.2.2027 (381/2023 6 §)" in sent.text
    assert 'href="#next_review_on"' in sent.text


def test_an_imported_plan_without_goals_is_reviewed_too(desk: Desk) -> None:
    desk.case = create_case(desk.uow, worker=desk.worker, team=desk.team, opened_on=date(2026, 3, 2))
    plan_id = services.import_plan(
        desk.uow,
        desk.case,
        kind="work_ability_support_plan",
        in_force_on=date(2026, 3, 2),
        last_review_on=None,
        actor=system_actor("system:demo"),
        now=desk.now,
    )
    desk.uow.commit()
    plan = queries.plan_of(desk.uow, desk.case.id, plan_id)
    answer(desk, plan, "tilanne", SITUATION)
    assert "ei ole kirjattu tavoitteita" in desk.browser.get(url(desk, plan, "tavoitteet")).text
    assert step_of(answer(desk, plan, "tavoitteet")) == "muutokset"
    answer(desk, plan, "muutokset", {"changes": "tavoitteet kirjoitetaan uuteen versioon"})
    answer(desk, plan, "seuraava")
    assert answer(desk, plan, "yhteenveto").status_code == 303


def test_saving_twice_saves_once(desk: Desk, plan: PlanView) -> None:
    walk(desk, plan)
    tree = parse(desk.browser.get(url(desk, plan, "yhteenveto")).text)
    form = next(one for one in tree.iter("form") if one.get("id") == "vaihe")
    sent = {str(one.get("name")): str(one.get("value")) for one in form.iter("input")}
    first, second = (desk.browser.post(url(desk, plan, "yhteenveto"), data=sent) for _ in range(2))
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert len(reviews_of(desk.uow, plan.id)) == 1


def test_a_team_mate_may_not_review(desk: Desk, plan: PlanView) -> None:
    mate = create_user(desk.uow, teams=(desk.team,))
    desk.uow.commit()
    desk.sign_in(mate)
    assert desk.browser.get(url(desk, plan, "tilanne")).status_code == 403


def test_answers_to_the_goals_of_another_version_are_asked_again(desk: Desk) -> None:
    """Each answer has a place, not a name: kept for the next version it would stand at another goal."""
    desk.case = create_case(desk.uow, worker=desk.worker, team=desk.team, opened_on=date(2026, 9, 1))
    plan = create_plan_in_force(desk.uow, desk.case, in_force_on=date(2026, 9, 1))
    desk.uow.commit()
    opened = desk.browser.get(url(desk, plan, "tavoitteet")).text
    walk(desk, plan)
    replace_version(desk.uow, desk.case, plan, on=date(2026, 11, 24), next_review_on=date(2026, 12, 1))
    desk.uow.commit()
    assert step_of(desk.browser.get(url(desk, plan, "yhteenveto"))) == "tavoitteet"
    assert chosen(desk.browser.get(url(desk, plan, "tavoitteet")).text) == []
    form = next(one for one in parse(opened).iter("form") if one.get("id") == "vaihe")
    sent = {str(one.get("name")): str(one.get("value")) for one in form.iter("input") if one.get("type") == "hidden"}
    refused = desk.browser.post(url(desk, plan, "tavoitteet"), data=sent | GOALS)
    assert refused.status_code == 409
    assert "Suunnitelma on muuttunut" in refused.text
    assert "kaksi päivää onnistuu" in refused.text
    assert chosen(refused.text) == []


def test_an_action_stands_as_it_was_until_the_review_says_otherwise(desk: Desk, plan: PlanView) -> None:
    answer(desk, plan, "tilanne", SITUATION)
    answer(desk, plan, "tavoitteet", GOALS | {"jatka": "seuraava", "goal-2-action-1": "done"})
    answer(desk, plan, "seuraava")
    page = desk.browser.get(url(desk, plan, "yhteenveto")).text
    assert "Ensimmäinen askel 1 – <b>Jatkuu</b>" in page
    assert "Ensimmäinen askel 2 – <b>Tehty</b>" in page
    shown = desk.browser.get(answer(desk, plan, "yhteenveto").location).text
    assert "Ensimmäinen askel 2 – <b>Tehty</b>" in shown
    version = queries.version_of(desk.uow, desk.case.id, plan.version_shown.id)
    assert [action.state for goal in version.goals for action in goal.actions] == ["open", "done"]


def test_the_review_of_a_case_leads_to_the_plan_that_is_due_first(desk: Desk, plan: PlanView) -> None:
    later = create_plan_in_force(
        desk.uow, desk.case, kind="activation_plan", in_force_on=date(2026, 11, 20), next_review_on=date(2027, 2, 1)
    )
    desk.uow.commit()
    found = desk.browser.get(f"{desk.path}/tarkistus")
    assert (found.status_code, urlsplit(found.location).path) == (303, url(desk, plan, "tilanne"))
    assert later.due_on is not None
    assert plan.due_on is not None
    assert later.due_on > plan.due_on


def test_without_a_plan_in_force_it_leads_to_the_plans_and_says_so(desk: Desk) -> None:
    found = desk.browser.get(f"{desk.path}/tarkistus")
    assert urlsplit(found.location).path == f"{desk.path}/suunnitelmat"
    assert "Voimassa olevaa suunnitelmaa ei ole" in desk.browser.get(found.location).text


def test_a_party_that_took_part_without_a_basis_is_told_of_with_the_way_to_mend_it(desk: Desk, plan: PlanView) -> None:
    """703/2023 section 6: the wizard warns and goes on; a consent takes the warning away."""
    answer(desk, plan, "tilanne", SITUATION | {"parties": ["client", "worker", "kela"]})
    page = desk.browser.get(url(desk, plan, "tavoitteet")).text
    assert "Perustetta saada asiakkaan tietoja ei ole kirjattu: Kela." in page
    assert f'href="{desk.path}/suostumukset/uusi"' in page
    create_consent(desk.uow, desk.case, build_entry(), now=desk.now)
    desk.uow.commit()
    assert "Perustetta saada" not in desk.browser.get(url(desk, plan, "tavoitteet")).text
