"""The pages of plans: rows that come and go, two writers, acceptance, versions and their difference."""

from datetime import date
from uuid import UUID

import pytest

from app.access.actor import Role, system_actor
from app.drafts import services as drafts
from app.plans import queries, services
from app.plans.versions import PlanView, VersionView
from tests.factories.accounts import create_team, create_user
from tests.factories.plans import build_content, create_draft, create_plan_in_force
from tests.strict import parse
from tests.web.workbench.conftest import Desk

FORM = "suunnitelma"


@pytest.fixture
def draft(desk: Desk) -> UUID:
    """An empty draft of the desk's case."""
    version_id = create_draft(desk.uow, desk.case, now=desk.now)
    desk.uow.commit()
    return version_id


def edit_url(desk: Desk, version_id: UUID) -> str:
    return f"{desk.path}/suunnitelmat/{version_id}/muokkaa"


def send(desk: Desk, version_id: UUID, values: dict[str, str], status: int = 303) -> str:
    url = edit_url(desk, version_id)
    answer = desk.browser.submit(url, values, form=url)
    assert answer.status_code == status, answer.text
    return answer.text


def version(desk: Desk, version_id: UUID) -> VersionView:
    desk.uow.session.expire_all()
    return queries.version_of(desk.uow, desk.case.id, version_id)


def plan_in_force(desk: Desk, **more: object) -> PlanView:
    plan = create_plan_in_force(desk.uow, desk.case, in_force_on=date(2026, 11, 10), **more)  # type: ignore[arg-type]  # handed on as given
    desk.uow.commit()
    return plan


GOAL = {
    "goal-1-text": "Haluan jaksaa kolme päivää viikossa.",
    "goal-1-action-1-text": "Varaa terveystarkastus",
    "goal-1-action-1-owner": "client",
    "goal-1-action-1-due": "4.12.2026",
    "next_review_on": "+2 kk",
}
COMPLETE = GOAL | {"answer-network_tasks": "Verkostoa ei ole.", "answer-group_convened": "no"}


def test_a_plan_is_started_written_and_read(desk: Desk) -> None:
    start = desk.browser.submit(f"{desk.path}/suunnitelmat/uusi", form="aloita")
    assert start.status_code == 303
    version_id = UUID(start.location.split("/")[-2])
    send(desk, version_id, GOAL)
    page = desk.browser.get(f"{desk.path}/suunnitelmat/{version_id}").text
    for words in (
        "Haluan jaksaa kolme päivää viikossa.",
        "Varaa terveystarkastus",
        "4.12.2026",
        "24.1.2027",
        "Luonnos",
    ):
        assert words in page


def test_the_form_proposes_the_day_of_the_next_review_and_says_why(desk: Desk, draft: UUID) -> None:
    page = desk.browser.get(edit_url(desk, draft)).text
    assert 'value="24.2.2027"' in page
    assert "tarkistus on viimeistään 24.2.2027" in page


def test_an_empty_review_day_keeps_everything_and_leads_into_the_field(desk: Desk, draft: UUID) -> None:
    page = send(desk, draft, GOAL | {"next_review_on": ""}, status=422)
    assert "<title>Virhe: " in page
    assert 'href="#next_review_on"' in page
    assert 'id="next_review_on"' in page
    assert "Haluan jaksaa kolme päivää viikossa." in page
    assert 'value="4.12.2026"' in page


def test_a_day_that_does_not_exist_is_answered_with_one_that_does(desk: Desk, draft: UUID) -> None:
    page = send(desk, draft, GOAL | {"next_review_on": "31.2.2026"}, status=422)
    assert "Päivää 31.2.2026 ei ole. Kirjoita päivä muodossa 27.2.2026." in page
    assert 'value="31.2.2026"' in page


def test_an_action_without_an_owner_is_named(desk: Desk, draft: UUID) -> None:
    page = send(desk, draft, GOAL | {"goal-1-action-1-owner": ""}, status=422)
    assert 'href="#goal-1-action-1-owner"' in page
    assert "Valitse, kuka tekee tavoitteen 1 toimenpiteen 1" in page


def test_rows_are_added_and_removed_without_script_and_nothing_typed_is_lost(desk: Desk, draft: UUID) -> None:
    page = send(desk, draft, GOAL | {"tee": "add-goal"}, status=200)
    tree = parse(page)
    focused = [element.get("id") for element in tree.iter("input") if element.get("autofocus") is not None]
    assert focused == ["goal-2-text"]
    assert "Varaa terveystarkastus" in page
    page = send(desk, draft, GOAL | {"tee": "add-action:1"}, status=200)
    assert 'id="goal-1-action-2-text"' in page
    page = send(desk, draft, GOAL | {"tee": "drop-action:1:1"}, status=200)
    assert "Varaa terveystarkastus" not in page
    assert "Haluan jaksaa" in page
    page = send(desk, draft, GOAL | {"tee": "drop-goal:1"}, status=200)
    assert 'id="goals" tabindex="-1" autofocus data-focus>' in page
    assert version(desk, draft).goals == (), "only saving writes"


def test_goals_change_places_without_script_and_the_button_keeps_the_focus(desk: Desk, draft: UUID) -> None:
    two = GOAL | {"goal-2-text": "Haluan kotia lähemmäs.", "goal-2-action-1-text": "", "goal-2-action-1-owner": ""}
    page = send(desk, draft, two | {"tee": "up-goal:2"}, status=200)
    buttons = [one for one in parse(page).iter("button") if one.get("name") == "tee"]
    assert [one.get("id") for one in buttons if one.get("autofocus") is not None] == ["down-goal-1"]
    moves = [one.get("value") for one in buttons if str(one.get("value")).partition("-")[0] in {"up", "down"}]
    assert moves == ["down-goal:1", "up-goal:2"], "the first has no way up, the last none down"
    send(desk, draft, two | {"goal-1-text": "Haluan kotia lähemmäs.", "goal-2-text": "Haluan jaksaa."})
    assert [goal.text for goal in version(desk, draft).goals] == ["Haluan kotia lähemmäs.", "Haluan jaksaa."]


def test_the_head_leads_to_the_paper_and_to_the_version_before(desk: Desk, draft: UUID) -> None:
    """Wireframe 3.3; a first version has nothing to be compared with."""
    paper = f'href="{desk.path}/tulosteet/suunnitelma-{{0.hex}}"'
    first = desk.browser.get(edit_url(desk, draft)).text
    assert paper.format(draft) in first
    assert "Vertaa versioon" not in first
    plan = plan_in_force(desk, kind="client_plan")
    second = services.start_version(desk.uow, desk.case, plan.id, actor=system_actor("system:demo"), now=desk.now)
    desk.uow.commit()
    shown = f"{desk.path}/suunnitelmat/{second}"
    assert f'<a href="{shown}#vertailu">Vertaa versioon 1</a>' in desk.browser.get(edit_url(desk, second)).text
    page = desk.browser.get(shown).text
    assert paper.format(second) in page
    assert '<a href="#vertailu">Vertaa versioon 1</a>' in page
    assert 'id="vertailu"' in page
    assert desk.browser.get(f"{desk.path}/tulosteet/suunnitelma-{second.hex}").status_code == 200


def test_what_is_missing_is_told_before_anybody_signs(desk: Desk, draft: UUID) -> None:
    accept = f"{desk.path}/suunnitelmat/{draft}/voimaan"
    page = desk.browser.get(accept).text
    assert "Kirjoita ensin nämä" in page
    assert "<li>Kirjoita ainakin yksi tavoite, ennen kuin suunnitelma tulee voimaan.</li>" in page
    send(desk, draft, COMPLETE)
    assert "Kirjoita ensin nämä" not in desk.browser.get(accept).text


def test_rows_come_as_a_part_of_the_page_for_the_script(desk: Desk, draft: UUID) -> None:
    url = edit_url(desk, draft)
    tree = parse(desk.browser.get(url).text)
    token = next(one.get("value") for one in tree.iter("input") if one.get("name") == "csrf_token")
    sent = GOAL | {"tee": "add-goal", "csrf_token": str(token)}
    answer = desk.browser.post(url, data=sent, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert 'data-focus="data-focus"' in answer.text


def test_rows_left_empty_are_left_out(desk: Desk, draft: UUID) -> None:
    empty = {"goal-2-text": "", "goal-2-action-1-text": "", "goal-2-action-1-owner": ""}
    send(desk, draft, GOAL | empty)
    assert len(version(desk, draft).goals) == 1


def test_a_draft_that_was_being_typed_is_back(desk: Desk, draft: UUID) -> None:
    drafts.save_draft(
        desk.uow,
        form="plan",
        subject_id=draft,
        base_version=1,
        fields={"goal-1-text": "kesken jäänyt", "next_review_on": "1.2.2027"},
        actor=desk.actor,
        now=desk.now,
    )
    desk.uow.commit()
    page = desk.browser.get(edit_url(desk, draft)).text
    assert "kesken jäänyt" in page
    assert "Jatkat omaa luonnostasi" in page
    send(desk, draft, {})
    assert "Jatkat omaa luonnostasi" not in desk.browser.get(edit_url(desk, draft)).text


def test_the_second_writer_gets_both_versions_and_may_choose(desk: Desk, draft: UUID) -> None:
    services.write_version(
        desk.uow,
        desk.case,
        draft,
        content=build_content(goals=["toisen tavoite"]),
        expected_version=1,
        actor=system_actor("system:demo"),
        now=desk.now,
    )
    desk.uow.commit()
    page = send(desk, draft, GOAL | {"version": "1"}, status=409)
    assert "toisen tavoite" in page
    assert "Haluan jaksaa kolme päivää viikossa." in page
    assert "Molemmat versiot näkyvät alla" in page
    assert 'name="version" value="2"' in page, "saving again is a choice made with open eyes"
    assert [goal.text for goal in version(desk, draft).goals] == ["toisen tavoite"]


def test_the_plan_comes_into_force_with_the_clients_word(desk: Desk, draft: UUID) -> None:
    send(desk, draft, COMPLETE)
    url = f"{desk.path}/suunnitelmat/{draft}/voimaan"
    answer = desk.browser.submit(
        url, {"sign-client-on": "24.11.2026", "sign-client-way": "oral", "client_comment": "Sopii."}, form="voimaan"
    )
    assert answer.status_code == 303
    page = desk.browser.get(answer.location).text
    assert "Suunnitelma on voimassa" in page
    assert "24.11.2026, Suullisesti" in page
    assert "Sopii." in page
    assert desk.browser.get(edit_url(desk, draft)).status_code == 303, "what is in force is only read"


def test_without_the_way_of_acceptance_it_does_not(desk: Desk, draft: UUID) -> None:
    send(desk, draft, COMPLETE)
    answer = desk.browser.submit(f"{desk.path}/suunnitelmat/{draft}/voimaan", form="voimaan")
    assert answer.status_code == 422
    assert 'href="#sign-client-on"' in answer.text


def test_a_new_version_shows_what_it_changes(desk: Desk) -> None:
    plan = plan_in_force(desk)
    shown = f"{desk.path}/suunnitelmat/{plan.version_shown.id}"
    deed = f"{desk.path}/suunnitelmat/{plan.id}/uusi-versio"
    answer = desk.browser.submit(shown, form=deed)
    draft_id = UUID(answer.location.split("/")[-2])
    send(desk, draft_id, {"goal-1-text": "Haluan jaksaa neljä päivää.", "next_review_on": "1.2.2027"})
    page = desk.browser.get(f"{desk.path}/suunnitelmat/{draft_id}").text
    assert "Verrattuna versioon 1" in page
    assert "Muutettu: Tavoite" in page
    assert "<del>Haluan jaksaa kolme päivää viikossa.</del>" in page


def test_a_draft_is_thrown_away(desk: Desk, draft: UUID) -> None:
    deed = f"{desk.path}/suunnitelmat/{draft}/hylkaa"
    answer = desk.browser.submit(f"{desk.path}/suunnitelmat/{draft}", form=deed)
    assert (answer.status_code, answer.location) == (303, f"{desk.path}/suunnitelmat")
    assert "Ei vielä suunnitelmaa" in desk.browser.get(answer.location).text


def test_why_this_day_tells_the_rule_the_anchor_and_the_next_days(desk: Desk) -> None:
    plan = plan_in_force(desk)
    led = desk.browser.get(f"{desk.path}/miksi/{plan.id}")
    assert led.status_code == 303
    page = desk.browser.get(led.location).text
    for words in ("organisaation oma tavoite", "10.11.2026", "10.2.2027", "10.5.2027", "10.8.2027"):
        assert words in page


def test_a_team_mate_reads_without_buttons(desk: Desk) -> None:
    plan = plan_in_force(desk)
    mate = create_user(desk.uow, teams=(desk.team,))
    desk.uow.commit()
    desk.sign_in(mate)
    page = desk.browser.get(f"{desk.path}/suunnitelmat/{plan.version_shown.id}").text
    assert "Tarkista suunnitelma" not in page.split("<main")[1].split("polku-next")[0]
    assert "uusi-versio" not in page
    assert desk.browser.get(f"{desk.path}/suunnitelmat/uusi").status_code == 403


def test_a_stranger_finds_nothing(desk: Desk) -> None:
    plan = plan_in_force(desk)
    desk.sign_in(create_user(desk.uow, roles=(Role.OWN_WORKER,), teams=(create_team(desk.uow),)))
    desk.uow.commit()
    for path in ("suunnitelmat", f"suunnitelmat/{plan.version_shown.id}", f"miksi/{plan.id}"):
        assert desk.browser.get(f"{desk.path}/{path}").status_code == 404
