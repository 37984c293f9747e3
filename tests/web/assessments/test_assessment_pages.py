"""Identification and the needs assessment in the browser."""

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from app.assessments import queries, services
from app.assessments.domain import SignKind
from app.cases import queries as cases
from tests.factories.assessments import COMPLETE, build_entry, create_needs, write_needs
from tests.factories.cases import seen_by
from tests.factories.consents import build_entry as build_consent
from tests.factories.consents import create_consent
from tests.strict import _standing_values, parse
from tests.web.workbench.conftest import Desk
from tests.web.workbench.test_statements import counted

PAGE = "/arviointi/tunnistaminen"
NEEDS = "/arviointi/palvelutarve"


def html(desk: Desk, path: str, status: int = 200) -> str:
    answer = desk.browser.get(desk.path + path)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def test_what_is_written_stands_on_the_assessment_page_and_in_the_advice_of_the_path(desk: Desk) -> None:
    answer = desk.browser.submit(
        desk.path + PAGE,
        {
            "contact_channel": "phone",
            "contact_person": "Leena, sisko",
            "signals": ["long_unemployment", "life_control"],
            "triggers": ["TR07"],
            "noted_on": "20.11.2026",
            "remark": "tuli puheeksi",
            "benefit": "general_support",
            "benefit_days": "180",
            "is_unemployed": "yes",
            "is_beyond_public_services": "yes",
            "skills": "Hitsaus ja koneistus",
        },
        form="tunnistaminen",
        follow=True,
    )
    assert answer.status_code == 200
    shown = answer.get_data(as_text=True)
    for words in (
        "Puhelu",
        "Leena, sisko",
        "Pitkä työttömyys",
        "Kokemus työkyvyn heikkenemisestä",
        "Huomasi: Matti Meikäläinen",
        "Hitsaus ja koneistus",
        "Yleistuki, 180 pv",
        "Ehdotus. Sinä päätät asiakkaan kanssa.",
        "Laatukriteereihin perustuva tuettu työhönvalmennus: Sopii",
        "Ryhmämuotoinen työllistyminen: Ei vielä tietoa",
        "Selvitä: Asiakas on vammaispalvelujen asiakas",
    ):
        assert words in shown
    conditions = shown.partition("Palvelujen ehdot tänään")[2]
    states = re.findall(r"(Täyttyy|Ei täyty|Ei tiedossa)</span><span><b>", conditions)
    assert len(set(states)) > 1
    assert states == sorted(states, key=("Täyttyy", "Ei tiedossa", "Ei täyty").index), "what may be offered comes first"
    assert queries.identification_of(desk.uow, desk.case.id).codes(SignKind.TRIGGER) == frozenset({"TR07"})


def test_health_is_offered_only_with_the_permission_and_a_text_sent_past_the_form_is_refused(desk: Desk) -> None:
    shown = html(desk, PAGE)
    assert 'name="health"' not in shown
    assert "Terveystietoja kirjataan vain asiakkaan luvalla. Lupaa ei ole kirjattu." in shown
    assert f"{desk.path}/suostumukset/uusi" in shown
    answer = desk.browser.submit(
        desk.path + PAGE, {"health": "Selkä leikattu.", "skills": "Hitsaus"}, form="tunnistaminen"
    )
    assert answer.status_code == 422
    again = answer.get_data(as_text=True)
    assert "Kirjaa ensin suostumus." in again
    assert "Hitsaus" in again
    assert queries.identification_of(desk.uow, desk.case.id).number == 0
    create_consent(desk.uow, desk.case, build_consent(categories=("health",)), now=desk.now)
    desk.uow.commit()
    assert 'name="health"' in html(desk, PAGE)


def test_a_sign_on_record_is_not_offered_again_and_ends_with_a_reason(desk: Desk) -> None:
    desk.browser.submit(desk.path + PAGE, {"triggers": ["TR05"]}, form="tunnistaminen")
    assert 'value="TR05"' not in html(desk, PAGE)
    (sign,) = queries.identification_of(desk.uow, desk.case.id).signs
    path = f"{desk.path}/arviointi/merkki/{sign.id}"
    wrong = desk.browser.submit(path, {"ending": "passed", "reason": ""}, form="merkki")
    assert wrong.status_code == 422
    desk.browser.submit(path, {"ending": "passed", "reason": "Hoito alkoi."}, form="merkki")
    assert "Hoito alkoi." in html(desk, PAGE + "/aiemmat")
    assert 'value="TR05"' in html(desk, PAGE)


def test_who_saves_second_sees_both_and_loses_nothing(desk: Desk) -> None:
    opened = {"version": "0", "background_number": "0"}
    desk.browser.submit(desk.path + PAGE, {"skills": "Hitsaus", "wish": "study"}, form="tunnistaminen")
    second = {"skills": "Leipominen", "wish": "clarify"} | opened
    answer = desk.browser.submit(desk.path + PAGE, second, form="tunnistaminen")
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Hitsaus" in shown
    assert "Leipominen" in shown
    assert queries.identification_of(desk.uow, desk.case.id).value("skills") == "Hitsaus"
    now = {"version": "1", "background_number": "1"}
    saved = desk.browser.submit(
        desk.path + PAGE, {"skills": "Leipominen", "wish": "clarify"} | now, form="tunnistaminen"
    )
    assert saved.status_code == 303
    earlier = html(desk, PAGE + "/aiemmat")
    assert "Hitsaus" in earlier
    assert "Leipominen" in earlier
    assert cases.background_of(desk.uow, desk.case.id).wish == "clarify"


def standing_values(desk: Desk, typed: dict[str, Any]) -> dict[str, Any]:
    """The form as the browser would send it with these things typed."""
    (form,) = (one for one in parse(html(desk, PAGE)).iter("form") if one.get("id") == "tunnistaminen")
    return dict(_standing_values(form)) | typed


def test_an_unfinished_form_comes_back_with_its_ticks(desk: Desk) -> None:
    filled = standing_values(desk, {"triggers": ["TR01", "TR09"], "skills": "Hitsaus", "wish": "study"})
    assert desk.browser.post(f"/luonnokset/identification/{desk.case.id}", data=filled).status_code == 303
    shown = html(desk, PAGE)
    assert "Jatkat omaa luonnostasi" in shown
    assert shown.count("checked") >= 2
    assert "Hitsaus" in shown


def test_a_needs_assessment_is_begun_written_finished_and_changed(desk: Desk) -> None:
    begun = desk.browser.submit(
        desk.path + NEEDS, {"initiated_on": "2.11.2026", "client_group": "over_75"}, form="vireille", follow=True
    )
    assert "Laki: 1301/2014 36 §" in begun.get_data(as_text=True)
    assert "Oma tavoite, ei laki" in begun.get_data(as_text=True)
    texts = dict(COMPLETE.texts)
    answers = {"is_urgent": "no", "needs_own_worker": "yes", "network": "mapped", "profession": "social_counsellor"}
    saved = desk.browser.submit(
        desk.path + NEEDS, texts | answers | {"started_on": "10.11.2026"}, form="arvio", follow=True
    )
    assert "Haluan töihin, mutta en heti täysillä." in saved.get_data(as_text=True)
    done = desk.browser.submit(
        desk.path + NEEDS + "/valmis",
        {"finished_on": "24.11.2026", "system": "SY02", "recorded_on": "24.11.2026", "reference": "2026-1"},
        form="valmis",
        follow=True,
    )
    shown = done.get_data(as_text=True)
    assert "versio 1, valmis" in shown
    assert "Sosiaalihuollon asiakastietojärjestelmä, 24.11.2026" in shown
    assert desk.browser.get(desk.path + NEEDS).status_code == 303
    desk.browser.submit(shown_path(desk), form=f"{desk.path}{NEEDS}/uusi-versio")
    assert "versio 2, luonnos" in html(desk, NEEDS)
    assert "Valmis 24.11.2026" in html(desk, "/arviointi")


def shown_path(desk: Desk) -> str:
    found = queries.finished_needs_assessment(desk.uow, desk.case.id)
    assert found is not None
    return f"{desk.path}{NEEDS}/{found.version.id}"


def test_what_is_missing_is_told_before_and_refused_at_the_end(desk: Desk) -> None:
    create_needs(desk.uow, desk.case, on=date(2026, 11, 2), content=None)
    desk.uow.commit()
    assert "Kirjoita asiakkaan näkemys hänen omin sanoin." in html(desk, NEEDS + "/valmis")
    answer = desk.browser.submit(desk.path + NEEDS + "/valmis", {"finished_on": "24.11.2026"}, form="valmis")
    assert answer.status_code == 422
    assert queries.finished_needs_assessment(desk.uow, desk.case.id) is None


def test_two_writers_of_one_assessment_see_both_texts(desk: Desk) -> None:
    version_id = create_needs(desk.uow, desk.case, on=date(2026, 11, 2), content=None)
    write_needs(desk.uow, desk.case, version_id, initiated_on=date(2026, 11, 2), started_on=date(2026, 11, 2))
    desk.uow.commit()
    answer = desk.browser.submit(desk.path + NEEDS, {"version": "1", "situation": "Toinen teksti"}, form="arvio")
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Toinen teksti" in shown
    assert "Asuu yksin." in shown


@pytest.mark.parametrize("page", ["/arviointi", PAGE, PAGE + "/aiemmat", NEEDS])
def test_the_number_of_statements_does_not_grow_with_what_is_on_record(
    desk: Desk, connection: Connection, page: str
) -> None:
    create_needs(desk.uow, desk.case, on=date(2026, 11, 2))
    _fill(desk, "Hitsaus", frozenset({"TR01"}), 0)
    desk.browser.get(desk.path + page)
    with counted(connection) as few:
        html(desk, page)
    for number, code in enumerate(("TR02", "TR03", "TR04", "TR05"), 1):
        _fill(desk, f"Hitsaus {number}", frozenset({code}), number)
    with counted(connection) as many:
        html(desk, page)
    print(f"\n{page}: {len(many)} statements")
    assert len(few) == len(many)
    assert len(many) <= 25


def _fill(desk: Desk, skills: str, signs: frozenset[str], number: int) -> None:
    case = seen_by(desk.uow, desk.actor, desk.case, now=desk.now)
    entry = build_entry(texts={"skills": skills}, signs=signs)
    services.keep_identification(desk.uow, case, entry, expected_number=number, actor=desk.actor, now=desk.now)
    desk.uow.commit()
