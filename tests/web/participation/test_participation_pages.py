"""The pages of the client's voice (item 12: PX1–PX7, FR18, DO17)."""

from datetime import date

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.access.actor import Role
from app.audit.models import AuditEvent
from app.participation import queries
from app.participation.domain import Answer
from app.participation.models import ClientFeedback
from app.plans import queries as plans
from tests.factories.accounts import create_user
from tests.factories.participation import answer, give_feedback, hear
from tests.factories.plans import create_plan_in_force, replace_version
from tests.web.workbench.conftest import Desk

GOALS = ("Haluan jaksaa kolme päivää viikossa.", "Saan selvyyden selästäni.")


def fill_in(desk: Desk, part: str, values: dict[str, object], form: str) -> TestResponse:
    return desk.browser.submit(f"{desk.path}/asiakkaan-aani{part}", values, form=form)


def page_of(desk: Desk) -> str:
    return desk.browser.get(f"{desk.path}/asiakkaan-aani").text


def planned(desk: Desk) -> str:
    create_plan_in_force(desk.uow, desk.case, in_force_on=date(2026, 11, 10), goals=GOALS)
    desk.uow.commit()
    head = plans.plans_of(desk.uow, desk.case.id)[0].in_force
    assert head is not None
    return f"/tavoitteet/{head.id}"


def test_an_empty_page_says_what_to_ask_in_the_stage_now_and_what_has_not_been_told(desk: Desk) -> None:
    page = page_of(desk)
    for words in ("Mitään ei ole vielä kirjattu.", "vaihe nyt", "Ei kuultu tässä vaiheessa", "Ei ole kerrottu"):
        assert words in page
    assert 'href="' + desk.path + '/asiakkaan-aani" aria-current="page"' in page
    looks = select(AuditEvent.object_kind).where(AuditEvent.case_id == desk.case.id, AuditEvent.action == "viewed")
    assert "participation" in desk.uow.session.scalars(looks).all()


def test_a_talk_is_written_in_the_clients_words_and_shown_with_what_was_told(desk: Desk) -> None:
    values: dict[str, object] = {
        "stage": "joint_assessment", "heard_on": "20.11.2026", "way": "visit", "took_part": ["client", "interpreter"],
        "own_view": "Selkä kestää puoli päivää.", "wishes": "Opintoihin", "told": ["rights", "omakanta"],
    }  # fmt: skip
    assert fill_in(desk, "/kuuleminen", values, "kuuleminen").status_code == 303
    page = page_of(desk)
    for words in ("Selkä kestää puoli päivää.", "Opintoihin", "Tulkki", "Kerrottu 20.11.2026", "Kuultu 20.11.2026"):
        assert words in page


@pytest.mark.parametrize("stage", ["identification", "follow_up"])
def test_the_form_asks_what_the_stage_asks(desk: Desk, stage: str) -> None:
    form = desk.browser.get(f"{desk.path}/asiakkaan-aani/kuuleminen?vaihe={stage}").text
    asked = {"identification": "Haluaako hän jonkun läheisen mukaan?", "follow_up": "Mitä palautetta hän haluaa antaa?"}
    assert [words in form for words in asked.values()] == [one == stage for one in asked]
    assert f'<option value="{stage}" selected>' in form


def test_an_empty_talk_is_refused_at_the_field_and_what_was_typed_stays(desk: Desk) -> None:
    answered = fill_in(desk, "/kuuleminen", {"way": "call", "remark": "Soitin kahdesti."}, "kuuleminen")
    assert answered.status_code == 422
    assert 'href="#own_view"' in answered.text
    assert "Soitin kahdesti." in answered.text
    assert queries.hearings_of(desk.uow, desk.case.id) == []


def test_a_wrong_talk_is_corrected_and_both_are_read(desk: Desk) -> None:
    wrong = hear(desk.uow, desk.case, now=desk.now)
    desk.uow.commit()
    part = f"/kuuleminen/{wrong}/korjaa"
    assert fill_in(desk, part, {}, "kuuleminen").status_code == 422, "a correction has a reason"
    values: dict[str, object] = {"own_view": "Selkä kestää koko päivän.", "reason": "Kuulin väärin"}
    assert fill_in(desk, part, values, "kuuleminen").status_code == 303
    page = page_of(desk)
    for words in ("Selkä kestää koko päivän.", "Selkä kestää puoli päivää.", "Kuulin väärin", "Korjatut kirjaukset"):
        assert words in page


def test_each_goal_is_answered_and_a_disagreement_stands_out(desk: Desk) -> None:
    part = planned(desk)
    assert "Ei ole kysytty" in page_of(desk)
    values: dict[str, object] = {"way": "visit", "goal-1": "agrees", "goal-2": "disagrees", "goal-2-comment": "En nyt."}
    answered = fill_in(desk, part, values, "tavoitteet")
    assert (answered.status_code, answered.location) == (303, f"{desk.path}/asiakkaan-aani#tavoitteet")
    page = page_of(desk)
    for words in ("Samaa mieltä", "Eri mieltä", "En nyt."):
        assert words in page
    again = desk.browser.get(f"{desk.path}/asiakkaan-aani{part}").text
    assert 'value="disagrees" checked' in again, "the last answer is there to be confirmed or changed"
    assert "participation:goals" in queries.met_needs(desk.uow, desk.case, desk.now.date())


def test_answers_without_a_word_or_a_way_are_refused_with_a_link_to_the_field(desk: Desk) -> None:
    part = planned(desk)
    empty = fill_in(desk, part, {"way": "visit"}, "tavoitteet")
    assert empty.status_code == 422
    assert 'href="#goal-1"' in empty.text
    assert fill_in(desk, part, {"goal-1": "agrees"}, "tavoitteet").status_code == 422


def test_feedback_is_listed_as_open_until_it_is_answered(desk: Desk) -> None:
    values: dict[str, object] = {"way": "call", "about": "process", "rating": "2", "words": "Jonotin liian kauan."}
    assert fill_in(desk, "/palaute", values, "palaute").status_code == 303
    page = page_of(desk)
    for words in ("1 palaute odottaa vastausta", "Jonotin liian kauan.", "Asiakkaan numero: 2 asteikolla 1–5"):
        assert words in page
    (given,) = queries.feedback_of(desk.uow, desk.case.id)
    answered = fill_in(desk, f"/palaute/{given.id}/vastaus", {"words": "Pyysimme anteeksi."}, "vastaus")
    assert answered.status_code == 303
    page = page_of(desk)
    assert "odottaa vastausta" not in page
    assert "Kirjaa toinen vastaus" in page
    assert "Vastattu 24.11.2026: Pyysimme anteeksi." in page


def test_what_the_client_does_not_want_kept_leaves_no_trace(desk: Desk) -> None:
    before = desk.uow.session.scalar(select(func.count(AuditEvent.id)).where(AuditEvent.action.like("feedback%")))
    values: dict[str, object] = {"is_not_kept": "y", "way": "call", "about": "worker", "words": "Salaisuus"}
    answered = fill_in(desk, "/palaute", values, "palaute")
    assert answered.status_code == 303
    page = page_of(desk)
    assert "Mitään ei tallennettu. Asiakas päätti niin." in page
    assert "Salaisuus" not in page
    assert desk.uow.session.scalar(select(func.count(ClientFeedback.id))) == 0
    after = desk.uow.session.scalar(select(func.count(AuditEvent.id)).where(AuditEvent.action.like("feedback%")))
    assert after == before


def test_a_stranger_finds_nothing(desk: Desk) -> None:
    hear(desk.uow, desk.case, now=desk.now)
    give_feedback(desk.uow, desk.case, now=desk.now)
    stranger = create_user(desk.uow, roles=(Role.OWN_WORKER,))
    desk.uow.commit()
    desk.sign_in(stranger)
    assert desk.browser.get(f"{desk.path}/asiakkaan-aani").status_code == 404
    assert desk.browser.get(f"{desk.path}/asiakkaan-aani/kuuleminen").status_code == 404


def test_a_version_replaced_meanwhile_is_refused_in_plain_words(desk: Desk) -> None:
    part = planned(desk)
    plan = plans.plans_of(desk.uow, desk.case.id)[0]
    answer(desk.uow, desk.case, Answer.AGREES, now=desk.now)
    replace_version(desk.uow, desk.case, plan, on=date(2026, 11, 24), next_review_on=date(2027, 2, 10))
    desk.uow.commit()
    answered = fill_in(desk, part, {"way": "visit", "goal-1": "agrees"}, "tavoitteet")
    assert answered.status_code == 422
    assert "Vain voimassa olevan suunnitelman tavoitteisiin kirjataan vastauksia." in answered.text


def test_a_disagreement_stands_out_on_the_page_of_the_plan_too(desk: Desk) -> None:
    version = planned(desk).rpartition("/")[2]
    address = f"{desk.path}/suunnitelmat/{version}"
    assert "Asiakas on eri mieltä" not in desk.browser.get(address).text
    answer(desk.uow, desk.case, Answer.AGREES, Answer.DISAGREES, now=desk.now, comment="Liian nopeasti.")
    desk.uow.commit()
    page = desk.browser.get(address).text
    assert "Asiakas on samaa mieltä" in page
    assert "Asiakas on eri mieltä</b>, 20.11.2026: Liian nopeasti." in page
