"""The client page: who, where on the path, what next; and who may open it."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.access.actor import Role
from app.audit.models import AuditEvent
from app.cases import services as cases
from app.duties.domain import DutyKind
from tests.factories.accounts import create_team, create_user
from tests.factories.cases import create_case, seen_by
from tests.factories.clients import create_client
from tests.factories.duties import create_duty
from tests.strict import parse, text_of
from tests.web.workbench.conftest import Desk


def note(desk: Desk, line: str, day: date = date(2026, 11, 23), **more: object) -> None:
    given: dict[str, Any] = {"kind": "visit", "topic": "", "text": None, "is_visible_to_client": False} | more
    case = seen_by(desk.uow, desk.actor, desk.case, now=desk.now)
    cases.write_note(desk.uow, case, happened_on=day, line=line, actor=desk.actor, now=desk.now, **given)
    desk.uow.commit()


def test_the_head_tells_who_the_client_is_and_hides_the_identity_code(desk: Desk) -> None:
    page = desk.browser.get(desk.path).get_data(as_text=True)
    assert "Koivula Aino" in page
    assert "14.5.1987" in page
    assert "Matti Meikäläinen" in page
    assert "140587-901" not in page
    title = text_of(parse(page).findall("./head/title")[0])
    assert desk.case.ref in title
    assert "Koivula" not in title


def test_the_head_tells_how_much_else_is_late_beside_what_comes_next(desk: Desk) -> None:
    """Of several that are late the advice names one; today's day is not late."""
    create_duty(desk.uow, desk.case, date(2026, 11, 20))
    desk.uow.commit()
    assert "myöhässä</a>" not in desk.browser.get(desk.path).text
    create_duty(desk.uow, desk.case, date(2026, 11, 23), kind=DutyKind.CONSENT_EXPIRY)
    create_duty(desk.uow, desk.case, date(2026, 11, 24), kind=DutyKind.TASK)
    desk.uow.commit()
    assert f'<a href="{desk.path}/maarapaivat">1 muu on myöhässä</a>' in desk.browser.get(desk.path).text


def test_only_the_clients_own_page_gives_the_whole_map_room_on_a_phone(desk: Desk) -> None:
    """The styles of narrow windows leave the stage of now on the other pages, so that their content is in sight."""
    maps = [
        next(item for item in parse(desk.browser.get(path).text).iter("ol") if "polku-stages" in item.get("class", ""))
        for path in (desk.path, f"{desk.path}/mittarit")
    ]
    assert ["polku-stages--brief" in one.get("class", "") for one in maps] == [False, True]
    assert [len(list(one)) for one in maps] == [7, 7]


def test_all_seven_stages_are_named_with_their_state_in_words(desk: Desk) -> None:
    tree = parse(desk.browser.get(desk.path).get_data(as_text=True))
    stages = [item for item in tree.iter("li") if "polku-stage" in (item.get("class") or "")]
    assert len(stages) == 7
    assert [item.get("aria-current") for item in stages] == ["step", *[None] * 6]
    assert all(text_of(item) for item in stages)


def test_the_advice_has_a_reason_on_the_same_page(desk: Desk) -> None:
    page = desk.browser.get(desk.path).get_data(as_text=True)
    assert 'href="#miksi"' in page
    assert 'id="miksi"' in page


def test_what_happened_last_and_what_was_promised_is_on_the_page(desk: Desk) -> None:
    note(desk, "Sovittiin lausunnon pyytämisestä")
    case = seen_by(desk.uow, desk.actor, desk.case, now=desk.now)
    cases.promise_step(
        desk.uow,
        case,
        note_id=None,
        owner="client",
        text="Varaa terveystarkastus",
        due_on=date(2026, 11, 30),
        actor=desk.actor,
        now=desk.now,
    )
    desk.uow.commit()
    page = desk.browser.get(desk.path).get_data(as_text=True)
    assert "Sovittiin lausunnon pyytämisestä" in page
    assert "Varaa terveystarkastus" in page


def test_each_look_is_in_the_trail_with_its_purpose(desk: Desk) -> None:
    desk.browser.get(desk.path)
    row = desk.uow.session.execute(
        select(AuditEvent.object_kind, AuditEvent.purpose, AuditEvent.client_id).where(AuditEvent.action == "viewed")
    ).one()
    assert tuple(row) == ("summary", "own", desk.case.client_id)


@pytest.mark.parametrize(
    "path",
    ["", "/aikajana", "/kirjaa", "/vaihe/3", "/muualla", "/paata", "/avaa", "/loki"],
)
def test_a_worker_of_another_team_finds_no_page(desk: Desk, path: str) -> None:
    desk.sign_in(create_user(desk.uow, roles=(Role.OWN_WORKER,), teams=(create_team(desk.uow),)))
    assert desk.browser.get(desk.path + path).status_code == 404


def test_a_colleague_of_the_team_sees_the_page_and_no_way_to_move_the_stage(desk: Desk) -> None:
    desk.sign_in(create_user(desk.uow, roles=(Role.OWN_WORKER,), teams=(desk.team,)))
    assert desk.browser.get(desk.path).status_code == 200
    assert 'id="avaa"' not in desk.browser.get(f"{desk.path}/vaihe/2").get_data(as_text=True)
    assert desk.browser.get(f"{desk.path}/muualla").status_code == 200
    assert desk.browser.get(f"{desk.path}/paata").status_code == 403
    purposes = desk.uow.session.scalars(select(AuditEvent.purpose).where(AuditEvent.action == "viewed"))
    assert set(purposes) == {"team"}


def test_an_administrator_sees_no_client(desk: Desk) -> None:
    desk.sign_in(create_user(desk.uow, roles=(Role.ADMIN,)))
    assert desk.browser.get(desk.path).status_code == 404


def test_the_address_of_the_client_shows_the_latest_open_pathway(desk: Desk) -> None:
    answer = desk.browser.get(f"/asiakkaat/{desk.case.client_id}")
    assert answer.status_code == 200
    assert desk.case.ref in answer.get_data(as_text=True)


def test_a_client_without_a_pathway_offers_to_open_one(desk: Desk) -> None:
    person = create_client(desk.uow, last_name="Laine", actor=desk.actor)
    desk.uow.commit()
    page = desk.browser.get(f"/asiakkaat/{person}").get_data(as_text=True)
    assert f"/asiakkaat/{person}/uusi-polku" in page


def test_other_pathways_of_the_client_are_links(desk: Desk) -> None:
    other = create_case(
        desk.uow, client_id=desk.case.client_id, model="group_employment", worker=desk.worker, team=desk.team
    )
    desk.uow.commit()
    assert f"/polut/{other.id}" in desk.browser.get(desk.path).get_data(as_text=True)


def test_a_protected_client_is_marked_in_words_and_shows_no_town(desk: Desk) -> None:
    person = create_client(desk.uow, last_name="Salo", protected=True)
    case = create_case(desk.uow, client_id=person, worker=desk.worker, team=desk.team)
    desk.uow.commit()
    page = desk.browser.get(f"/polut/{case.id}").get_data(as_text=True)
    assert "TURVAKIELTO" in page
    assert "Lahti" not in page


def test_the_timeline_folds_a_long_text_and_unfolds_it_without_script(desk: Desk) -> None:
    note(desk, "Pitkä kirjaus", text="sana " * 100 + "LOPPU")
    page = desk.browser.get(f"{desk.path}/aikajana").get_data(as_text=True)
    assert "Pitkä kirjaus" in page
    assert "LOPPU" not in page
    note_id = page.split('<button class="polku-link" name="avaa" value="')[1].split('"')[0]
    assert "LOPPU" in desk.browser.get(f"{desk.path}/aikajana?avaa={note_id}").get_data(as_text=True)


def test_the_timeline_has_pages_and_stage_marks_and_a_filter(desk: Desk) -> None:
    for number in range(30):
        note(desk, f"Rivi {number:02}", kind="call")
    note(desk, "Tapaaminen toimistolla")
    first = desk.browser.get(f"{desk.path}/aikajana").get_data(as_text=True)
    assert first.count("Rivi ") >= 24
    link = first.split("alkaen=")[1].split('"')[0].replace("&amp;", "&")
    second = desk.browser.get(f"{desk.path}/aikajana?alkaen={link}").get_data(as_text=True)
    assert "polku-timeline" in second
    shown = {line for line in (f"Rivi {number:02}" for number in range(30)) if line in first or line in second}
    assert len(shown) == 30
    assert 'class="stage"' in second
    filtered = desk.browser.get(f"{desk.path}/aikajana?laji=visit").get_data(as_text=True)
    assert "Tapaaminen toimistolla" in filtered
    assert "Rivi " not in filtered


def test_the_log_tells_looks_lists_and_acts_apart(desk: Desk) -> None:
    desk.browser.get(desk.path)
    note(desk, "Kirjaus")
    page = desk.browser.get(f"{desk.path}/loki").get_data(as_text=True)
    assert page.count("<tr") > 3
    acts = desk.browser.get(f"{desk.path}/loki?rivit=teot").get_data(as_text=True)
    looks = desk.browser.get(f"{desk.path}/loki?rivit=katselut").get_data(as_text=True)
    assert "Kirjasi merkinnän" in acts
    assert "Kirjasi merkinnän" not in looks


def test_a_privacy_officer_reads_the_log_without_a_name(desk: Desk) -> None:
    desk.browser.get(desk.path)
    desk.sign_in(create_user(desk.uow, roles=(Role.PRIVACY_OFFICER,)))
    answer = desk.browser.get(f"{desk.path}/loki")
    assert answer.status_code == 200
    assert "Koivula" not in answer.get_data(as_text=True)
    assert desk.browser.get(desk.path).status_code == 404
