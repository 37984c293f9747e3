"""The stage page: guidance, needs, and the moves with their reasons."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from app.access.actor import Role
from app.cases import queries as cases
from app.cases import services
from app.cases.models import Case, NeedException, StageVisit
from app.pathways.domain import StageCode
from tests.factories.accounts import create_user
from tests.factories.cases import create_case, seen_by
from tests.web.workbench.conftest import Desk


def states(desk: Desk) -> dict[str, str]:
    return {visit.stage: visit.state for visit in cases.visits_of(desk.uow, desk.case.id)}


def stand(desk: Desk, stage: StageCode) -> None:
    desk.case = create_case(desk.uow, model="group_employment", worker=desk.worker, team=desk.team, stage=stage)
    desk.uow.commit()


def test_the_page_shows_both_guidances_and_what_is_missing_with_a_way_to_mend_it(desk: Desk) -> None:
    page = desk.browser.get(f"{desk.path}/vaihe/3").get_data(as_text=True)
    assert "Ammattilaiselle" in page
    assert "Asiakkaalle" in page
    assert page.count("Puuttuu") >= 4
    assert "/arviointi/tunnistaminen" in page
    assert "/muualla?asiakirja=DO10" in page
    assert "/suostumukset/uusi" in page
    assert "/mittarit" in page


def test_the_next_stage_opens_with_two_clicks(desk: Desk) -> None:
    answer = desk.browser.submit(f"{desk.path}/vaihe/2", form="avaa")
    assert answer.status_code == 303
    assert states(desk) == {"pre_contact": "done", "identification": "in_progress"}


def test_what_the_law_asks_for_first_leaves_no_button(desk: Desk) -> None:
    page = desk.browser.get(f"{desk.path}/vaihe/3").get_data(as_text=True)
    assert 'id="avaa"' not in page
    assert "Vaihetta ei voi vielä avata" in page


def test_a_missing_need_that_only_reminds_asks_for_a_reason_and_keeps_it(desk: Desk) -> None:
    stand(desk, StageCode.PRE_CONTACT)
    path = f"{desk.path}/vaihe/3"
    refused = desk.browser.submit(path, {"reason": "Arvioitu jo päivätoiminnassa"}, form="avaa")
    assert refused.status_code == 422
    assert "Arvioitu jo päivätoiminnassa" in refused.get_data(as_text=True)
    sent = {"reason": "Arvioitu jo päivätoiminnassa", "exceptions": "Asiakirja tulee perässä"}
    assert desk.browser.submit(path, sent, form="avaa").status_code == 303
    kept = desk.uow.session.scalars(select(NeedException.need).where(NeedException.case_id == desk.case.id)).all()
    assert kept
    assert states(desk)["identification"] == "not_needed"


def test_stage_7_to_4_asks_why_and_the_timeline_shows_both_moves(desk: Desk) -> None:
    stand(desk, StageCode.FOLLOW_UP)
    path = f"{desk.path}/vaihe/4"
    sent = {"exceptions": "Suunnitelma tehdään nyt"}
    assert desk.browser.submit(path, sent, form="avaa").status_code == 422
    sent["reason"] = "Tavoite muuttui"
    assert desk.browser.submit(path, sent, form="avaa").status_code == 303
    assert cases.case_of(desk.uow, desk.case.id).current_stage is StageCode.JOINT_PLAN
    timeline = desk.browser.get(f"{desk.path}/aikajana").get_data(as_text=True)
    assert "Vaihe avattu: 7" in timeline
    assert "Vaihe valmis: 7" in timeline
    assert "Vaihe avattu: 4" in timeline
    assert "Tavoite muuttui" in timeline


def test_stage_5_opens_before_stage_3(desk: Desk) -> None:
    answer = desk.browser.submit(f"{desk.path}/vaihe/5", {"finish": [], "exceptions": "Nimetään heti"}, form="avaa")
    assert answer.status_code == 303
    assert states(desk)["responsible_worker"] == "in_progress"
    assert "joint_assessment" not in states(desk)


def test_a_stage_is_finished_and_another_left_out_with_a_reason(desk: Desk) -> None:
    assert desk.browser.submit(f"{desk.path}/vaihe/1", form="valmis").status_code == 303
    refused = desk.browser.submit(f"{desk.path}/vaihe/2", {"why": ""}, form="ohita")
    assert refused.status_code == 422
    assert 'href="#why"' in refused.get_data(as_text=True)
    assert desk.browser.submit(f"{desk.path}/vaihe/2", {"why": "Tehty muualla"}, form="ohita").status_code == 303
    assert states(desk) == {"pre_contact": "done", "identification": "not_needed"}


def test_a_page_opened_before_somebody_else_moved_answers_409(desk: Desk) -> None:
    path = f"{desk.path}/vaihe/2"
    old = desk.browser.get(path).get_data(as_text=True)
    version = old.split('id="avaa"')[1].split('name="version" value="')[1].split('"')[0]
    case = seen_by(desk.uow, desk.actor, desk.case, now=desk.now)
    services.finish_stage(desk.uow, case, stage=StageCode.PRE_CONTACT, actor=desk.actor, now=desk.now)
    desk.uow.commit()
    answer = desk.browser.submit(path, {"version": version}, form="avaa")
    assert answer.status_code == 409


@pytest.mark.parametrize("number", [0, 8, 99])
def test_there_are_seven_stages(desk: Desk, number: int) -> None:
    assert desk.browser.get(f"{desk.path}/vaihe/{number}").status_code == 404


def test_a_document_elsewhere_is_recorded_where_the_link_left_off(desk: Desk) -> None:
    path = f"{desk.path}/muualla?asiakirja=DO12"
    page = desk.browser.get(path).get_data(as_text=True)
    assert '<option value="DO12" selected' in page
    assert '<option value="SY06" selected' in page
    assert desk.browser.submit(path, {"reference": "Lomake 24.11."}, form="muualla").status_code == 303
    case = cases.case_of(desk.uow, desk.case.id)
    assert "recorded:DO12" in cases.met_needs(desk.uow, case, date(2026, 11, 24))
    assert "Lomake 24.11." in desk.browser.get(f"{desk.path}/vaihe/3").get_data(as_text=True)


def item_row(page: str, label: str) -> str:
    """Return the row of the checklist with a label, its marks taken away."""
    table = page.split('polku-checklist"')[1].split("</table>", maxsplit=1)[0]
    row = next(row for row in table.split("<tr")[1:] if f">{label}<" in row)
    return " ".join(re.sub(r"<[^>]+>", " ", row.partition(">")[2]).split())


def write(desk: Desk, *, kind: str, topic: str) -> None:
    """Put an entry on record."""
    services.write_note(
        desk.uow,
        seen_by(desk.uow, desk.actor, desk.case, now=desk.now),
        kind=kind,
        topic=topic,
        happened_on=date(2026, 11, 20),
        line="Tavattiin",
        text=None,
        is_visible_to_client=False,
        actor=desk.actor,
        now=desk.now,
    )
    desk.uow.commit()


def test_the_checklist_tells_who_does_what_and_ticks_itself(desk: Desk) -> None:
    """PA2, FR04: the visit is missing until an entry with its topic is a visit."""
    path = f"{desk.path}/vaihe/2"
    page = desk.browser.get(path).get_data(as_text=True)
    label = "Vastaanottokäynti on pidetty"
    row = item_row(page, label)
    assert row == f"{label} Asiakas, Ammattilainen Tapaaminen pakollinen Puuttuu Kirjaa : {label}"
    assert "Tarkistuslista: 0/5 pakollisesta kirjattu" in page
    assert "Tarvittaessa" in item_row(page, "Työkykypistemäärä on kirjattu")
    assert f'href="/polut/{desk.case.id}/kirjaa?aihe=identification&amp;laji=visit"' in page
    write(desk, kind="visit", topic="identification")
    page = desk.browser.get(path).get_data(as_text=True)
    assert "Kirjattu Katso tai lisää" in item_row(page, label)
    assert "Kirjattu" in item_row(page, "Tiedot tilanteesta on koottu")
    assert "Tarkistuslista: 2/5 pakollisesta kirjattu" in page


def test_the_basis_is_the_law_and_not_our_own_number(desk: Desk) -> None:
    page = desk.browser.get(f"{desk.path}/vaihe/2").get_data(as_text=True)
    assert "703/2023 6 ja 53 §" in item_row(page, "Lupa terveystietojen keräämiseen tai sen epääminen on kirjattu")
    assert "PA2" not in page
    assert "RU15" not in page


def test_the_client_page_counts_the_required_items_of_the_current_stage(desk: Desk) -> None:
    page = desk.browser.get(desk.path).get_data(as_text=True)
    assert f'<a href="{desk.path}/vaihe/1">Tarkistuslista 1/1</a>' in page


def test_an_item_has_a_link_only_for_those_who_may_do_its_act(desk: Desk) -> None:
    """A supervisor may write entries and name the worker, but takes no consents and enters no measures."""
    supervisor = create_user(desk.uow, roles=(Role.SUPERVISOR,), leads=(desk.team,))
    desk.uow.commit()
    consent, entry, worker = (
        "Lupa terveystietojen keräämiseen tai sen epääminen on kirjattu",
        "Vastaanottokäynti on pidetty",
        "Vastuutyöntekijä on nimetty",
    )
    links = {}
    for reader in (desk.worker, supervisor):
        desk.sign_in(reader)
        second = desk.browser.get(f"{desk.path}/vaihe/2").get_data(as_text=True)
        fifth = desk.browser.get(f"{desk.path}/vaihe/5").get_data(as_text=True)
        rows = [item_row(second, consent), item_row(second, entry), item_row(fifth, worker)]
        links[reader.id] = [row.endswith((f"Kirjaa : {label}", f"Katso tai lisää : {label}"))
                            for row, label in zip(rows, (consent, entry, worker), strict=True)]  # fmt: skip
    assert links == {desk.worker.id: [True, True, False], supervisor.id: [False, True, True]}


def test_a_closed_case_has_no_links_to_acts(desk: Desk) -> None:
    closed = {"closed_on": date(2026, 11, 20), "closed_at": desk.now, "outcome": "employment"}
    desk.uow.session.execute(update(Case).where(Case.id == desk.case.id).values(closed))
    desk.uow.commit()
    page = desk.browser.get(f"{desk.path}/vaihe/2").get_data(as_text=True)
    assert item_row(page, "Tiedot tilanteesta on koottu").endswith("Puuttuu")


def test_a_stage_that_has_lasted_longer_than_its_target_says_so_on_every_page(desk: Desk) -> None:
    """The case has been before contact since 2.11., 22 days; the organisation's own target is 10."""
    page = desk.browser.get(f"{desk.path}/vaihe/1").get_data(as_text=True)
    assert "Vaihe on kestänyt pidempään kuin tavoite." in page
    assert "Tavoite ylittyi 12 päivää sitten." in page
    assert "2.11.2026" in page
    assert "enintään 10 pv" in page
    assert "Tavallisesti hyvinvointialueella" not in page  # nobody has finished the stage yet
    assert "Pidempään kuin tavoite (10 pv)" in desk.browser.get(desk.path).get_data(as_text=True)


def test_a_stage_within_its_target_is_left_in_peace(desk: Desk) -> None:
    assert desk.browser.submit(f"{desk.path}/vaihe/2", form="avaa").status_code == 303
    page = desk.browser.get(f"{desk.path}/vaihe/2").get_data(as_text=True)
    assert "enintään 30 pv" in page
    assert "pidempään kuin tavoite" not in page
    assert "Pidempään kuin tavoite" not in page


def finish_stays(desk: Desk, days: list[int]) -> None:
    """Let as many other cases of the county have stayed in the first stage for so many days."""
    for one in days:
        case = create_case(desk.uow, worker=desk.worker, team=desk.team, opened_on=date(2026, 6, 1))
        stay = update(StageVisit).where(StageVisit.case_id == case.id)
        left = date(2026, 6, 1) + timedelta(days=one)
        desk.uow.session.execute(stay.values(state="done", entered_on=date(2026, 6, 1), left_on=left))
    desk.uow.commit()


@pytest.mark.parametrize(("days", "told"), [([3] * 10 + [5] * 9, False), ([3] * 9 + [5] * 11, True)])
def test_the_countys_median_is_told_of_twenty_finished_stays_and_of_no_fewer(
    desk: Desk, days: list[int], *, told: bool
) -> None:
    finish_stays(desk, days)
    page = desk.browser.get(f"{desk.path}/vaihe/1").get_data(as_text=True)
    assert ("<dt>Tavallisesti hyvinvointialueella</dt><dd>5 pv</dd>" in page) is told
