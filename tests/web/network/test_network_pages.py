"""The network pages: who answers for the case, who stands beside the client."""

from uuid import UUID

from sqlalchemy import select

from app.access.actor import Role
from app.accounts.domain import UserView
from app.audit.models import AuditEvent
from app.cases import queries as cases
from app.network import queries
from tests.factories.accounts import create_team, create_user
from tests.factories.cases import create_case
from tests.factories.network import assign, create_member
from tests.web.workbench.conftest import Desk


def worker_of(desk: Desk, name: str, *, team: UUID | None = None, profession: str = "care_lead") -> UserView:
    user = create_user(desk.uow, teams=(team or desk.team,), professions=(profession,), full_name=name)
    desk.uow.commit()
    return user


def test_the_page_shows_the_line_and_the_basis_of_each_member(desk: Desk) -> None:
    assign(desk.uow, desk.case, worker_of(desk, "Eeva Entinen"), now=desk.case.opened_on)
    assign(desk.uow, desk.case, desk.worker, now=desk.now)
    create_member(desk.uow, desk.case, now=desk.now, contact="040 123 4567")
    desk.uow.commit()
    text = desk.browser.get(f"{desk.path}/verkosto").text
    for words in ("Eeva Entinen", "2.11.2026", "24.11.2026 asti", "Mirva Salo", "Kela", "Ei perustetta"):
        assert words in text
    assert "040 123 4567" in text
    assert f'href="{desk.path}/suostumukset/uusi"' in text, "the warning leads to where it is cured"


def test_the_page_leaves_its_look_in_the_trail(desk: Desk) -> None:
    desk.browser.get(f"{desk.path}/verkosto")
    looks = select(AuditEvent.object_kind).where(AuditEvent.case_id == desk.case.id, AuditEvent.action == "viewed")
    assert "network" in desk.uow.session.scalars(looks).all()


def test_a_member_is_added_and_taken_out(desk: Desk) -> None:
    values = {"name": "Teppo Harju", "party": "labour_authority", "role": "asiantuntija"}
    answer = desk.browser.submit(f"{desk.path}/verkosto/uusi", values, form="jasen")
    assert (answer.status_code, answer.location) == (303, f"{desk.path}/verkosto")
    (member,) = queries.members_of(desk.uow, desk.case.id, desk.now.date())
    assert member.name == "Teppo Harju"
    page = desk.browser.get(f"{desk.path}/verkosto").text
    assert "Henkilö lisätty verkostoon" in page
    removal = f"{desk.path}/verkosto/{member.id}/poista"
    assert desk.browser.submit(f"{desk.path}/verkosto", form=removal).status_code == 303
    assert queries.members_of(desk.uow, desk.case.id, desk.now.date()) == []


def test_a_member_without_a_party_is_refused_at_the_field_and_the_name_is_kept(desk: Desk) -> None:
    answer = desk.browser.submit(f"{desk.path}/verkosto/uusi", {"name": "Teppo Harju"}, form="jasen")
    assert answer.status_code == 422
    assert 'href="#party"' in answer.text
    assert 'value="Teppo Harju"' in answer.text
    assert "<title>Virhe: " in answer.text


def test_a_coordinator_names_the_worker(desk: Desk, coordinator: UserView) -> None:
    new = worker_of(desk, "Uusi Työntekijä")
    values = {"worker": str(new.id), "reason": "vaihto"}
    answer = desk.browser.submit(f"{desk.path}/vastuu", values, form="vastuu")
    assert (answer.status_code, answer.location) == (303, f"{desk.path}/verkosto")
    assert cases.case_of(desk.uow, desk.case.id).worker_id == new.id


def test_giving_the_case_to_another_team_leads_where_the_actor_may_still_look(
    desk: Desk, coordinator: UserView
) -> None:
    away = create_team(desk.uow)
    user = create_user(desk.uow, teams=(away,), professions=("care_lead",), full_name="Muualla Oleva")
    both = create_user(desk.uow, roles=(Role.COORDINATOR,), teams=(desk.team, away), full_name="Kahden Tiimin")
    desk.uow.commit()
    desk.sign_in(both)
    answer = desk.browser.submit(f"{desk.path}/vastuu", {"worker": str(user.id)}, form="vastuu")
    assert answer.status_code == 303
    assert desk.browser.get(answer.location).status_code == 200


def test_a_profession_outside_the_pathway_asks_why_and_keeps_the_choice(desk: Desk, coordinator: UserView) -> None:
    coach = worker_of(desk, "Väärä Ammatti", profession="peer_coach")
    answer = desk.browser.submit(f"{desk.path}/vastuu", {"worker": str(coach.id)}, form="vastuu")
    assert answer.status_code == 422
    assert 'href="#profession_reason"' in answer.text
    assert f'value="{coach.id}" checked' in answer.text
    again = desk.browser.submit(
        f"{desk.path}/vastuu", {"worker": str(coach.id), "profession_reason": "tuttu"}, form="vastuu"
    )
    assert again.status_code == 303


def test_the_loser_of_a_race_gets_a_409_that_names_the_winner(desk: Desk, coordinator: UserView) -> None:
    winner, late = worker_of(desk, "Nopea Ensin"), worker_of(desk, "Hidas Toinen")
    page = f"{desk.path}/vastuu"
    values = {"worker": str(late.id), "expected": str(desk.worker.id)}
    assign(desk.uow, desk.case, winner, now=desk.now)
    desk.uow.commit()
    answer = desk.browser.submit(page, values, form="vastuu")
    assert answer.status_code == 409
    assert "Vastuutyöntekijä nyt: Nopea Ensin" in answer.text
    assert cases.case_of(desk.uow, desk.case.id).worker_id == winner.id


def test_who_chose_the_same_worker_a_moment_later_is_told_so_too(desk: Desk, coordinator: UserView) -> None:
    chosen = worker_of(desk, "Oona Ojala")
    assign(desk.uow, desk.case, chosen, now=desk.now)
    desk.uow.commit()
    values = {"worker": str(chosen.id), "expected": str(desk.worker.id)}
    answer = desk.browser.submit(f"{desk.path}/vastuu", values, form="vastuu")
    assert answer.status_code == 409
    assert "Vastuutyöntekijä nyt: Oona Ojala" in answer.text
    assert f'value="{chosen.id}" checked' in answer.text, "what was chosen is kept"


def test_more_than_fifteen_workers_are_found_by_name(desk: Desk, coordinator: UserView) -> None:
    for number in range(17):
        worker_of(desk, f"Työntekijä {number:02d}")
    page = desk.browser.get(f"{desk.path}/vastuu").text
    assert page.count('name="worker"') == 15
    assert "Rajaa luetteloa nimellä" in page
    narrowed = desk.browser.get(f"{desk.path}/vastuu?tekija=tekijä+16").text
    assert narrowed.count('name="worker"') == 1


def test_an_own_worker_may_not_open_the_assignment(desk: Desk) -> None:
    assert desk.browser.get(f"{desk.path}/vastuu").status_code == 403
    assert f'href="{desk.path}/vastuu"' not in desk.browser.get(f"{desk.path}/verkosto").text


def test_a_pair_is_added_and_ended(desk: Desk) -> None:
    pair = worker_of(desk, "Pari Kolleega")
    assert desk.browser.submit(f"{desk.path}/verkosto/pari", {"pair": str(pair.id)}, form="pari").status_code == 303
    assert [one.name for one in queries.pairs_of(desk.uow, desk.case.id) if one.is_open] == ["Pari Kolleega"]
    deed = f"{desk.path}/verkosto/pari/{pair.id}/paata"
    assert desk.browser.submit(f"{desk.path}/verkosto", form=deed).status_code == 303
    assert not [one for one in queries.pairs_of(desk.uow, desk.case.id) if one.is_open]


def test_a_case_of_another_team_is_not_there(desk: Desk) -> None:
    desk.sign_in(worker_of(desk, "Ulkopuolinen", team=create_team(desk.uow)))
    assert desk.browser.get(f"{desk.path}/verkosto").status_code == 404


def test_the_parts_of_group_employment_are_named_and_ended_on_the_page(desk: Desk) -> None:
    """PC5: shown for the model that knows them, and for no other."""
    case = create_case(desk.uow, model="group_employment", worker=desk.worker, team=desk.team)
    coach = worker_of(desk, "Veera Valmentaja", profession="employment_coach")
    page = f"/polut/{case.id}/verkosto"
    assert "Vastaa etenemisestä" in desk.browser.get(page).text
    assert "Vastaa etenemisestä" not in desk.browser.get(f"{desk.path}/verkosto").text
    assert desk.browser.get(f"{desk.path}/verkosto/osuudet/progress").status_code == 404
    answer = desk.browser.submit(f"{page}/osuudet/progress", {"holder": str(coach.id)}, form="osuus")
    assert (answer.status_code, answer.location) == (303, page)
    assert "Veera Valmentaja" in desk.browser.get(page).text
    (held,) = queries.roles_of(desk.uow, case.id)
    assert desk.browser.submit(page, form=f"{page}/osuudet/{held.id}/paata").status_code == 303
    assert [one.is_open for one in queries.roles_of(desk.uow, case.id)] == [False]


def test_a_profession_outside_the_pathway_is_asked_about_at_its_field(desk: Desk) -> None:
    case = create_case(desk.uow, model="group_employment", worker=desk.worker, team=desk.team)
    nurse = worker_of(desk, "Noora Hoitaja", profession="nurse")
    answer = desk.browser.submit(f"/polut/{case.id}/verkosto/osuudet/entry", {"holder": str(nurse.id)}, form="osuus")
    assert answer.status_code == 422
    assert 'href="#profession_reason"' in answer.text
