"""What one client register holds is on no page and no paper of a path of the other (703/2023 section 18)."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from app.cases.domain import Background, CaseView
from app.cases.ending import carry_over
from app.cases.models import Case
from app.cases.services import keep_background
from app.closing.domain import CarryKind
from app.pathways.loader import latest
from tests.factories.cases import create_case, seen_by
from tests.factories.measures import build_result, enter
from tests.web.workbench.conftest import Desk

LATER: Final = date(2026, 11, 23)
MARKS: Final = ("Stressitesti", "Kuormitusta on.", "Voimat riittävät arjessa.", "Väsyi tunnissa.", "Oma sana", "4711")
FACTS: Final = ("3.7.2019", "2019-07-03", "1.2.2018", "2018-02-01", "1234")
EVENTS: Final = ("11.11.2026", "12.11.2026", "13.11.2026", "14.11.2026")
"""The days of the measures, which no other thing of these cases has."""


def fill(desk: Desk, case: CaseView) -> list[UUID]:
    """A measure of each kind and background facts, each with words or days that stand nowhere else."""
    seen = seen_by(desk.uow, desk.actor, case, now=desk.now)
    ids = []
    for day, code in enumerate(("ME01", "ME02", "ME03", "ME04"), start=11):
        told = {"remark": "Oma sana"} if code == "ME01" else {}
        ids.append(enter(desk.uow, seen, build_result(code, on=date(2026, 11, day), **told), now=desk.now))
    facts = Background(
        benefit="social_assistance",
        benefit_days=1234,
        assistance_since=date(2018, 2, 1),
        is_unemployed=True,
        unemployed_since=date(2019, 7, 3),
    )
    keep_background(desk.uow, seen, facts, expected_number=0, actor=desk.actor, now=desk.now)
    return ids


def go_on(desk: Desk, case: CaseView, before: CaseView, measures: list[UUID]) -> None:
    """Let a case follow one of the other register with its measures, as no service would, but a row may say."""
    desk.uow.session.execute(update(Case).where(Case.id == case.id).values(follows_case_id=before.id))
    seen = seen_by(desk.uow, desk.actor, case, now=desk.now)
    subjects = [*((CarryKind.MEASURE, one) for one in measures), (CarryKind.BACKGROUND, before.id)]
    carry_over(desk.uow, seen, before, subjects=subjects, actor=desk.actor, now=desk.now)


def addresses(app: Flask, case: CaseView) -> Iterator[str]:
    """Every page that is made of a case alone, and the papers of it."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.arguments == {"case_id"}:
            yield rule.rule.replace("<uuid:case_id>", str(case.id))
    yield from (f"/polut/{case.id}/jatko?malli={key}" for key in ("quality_based_coaching", "group_employment"))
    yield from (f"/polut/{case.id}/tulosteet/{paper}" for paper in ("yhteenveto", "suostumuslomake"))
    yield from (f"/polut/{case.id}/mittarit/{code}" for code in ("ME01", "ME02", "ME03", "ME04"))
    yield from (f"/polut/{case.id}/vaiheet/{number}" for number in range(1, 8))
    yield f"/asiakkaat/{case.client_id}"


def pages(desk: Desk, app: Flask, case: CaseView) -> dict[str, str]:
    answers = {path: desk.browser.get(path) for path in addresses(app, case)}
    return {path: answer.text for path, answer in answers.items() if answer.status_code == 200}


def found(page: str) -> set[str]:
    return {mark for mark in (*MARKS, *FACTS, *EVENTS) if mark in page}


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("group_employment", "work_ability_support"),
        ("work_ability_support", "quality_based_coaching"),
    ],
)
def test_a_measure_and_a_fact_stand_on_their_own_path_and_on_none_of_the_other_register(
    desk: Desk, app: Flask, here: str, there: str
) -> None:
    """ME01–ME04 and the background: the client page, the charts, the assessment, the closing, the papers, the log."""
    assert latest(here).system != latest(there).system
    known: dict[str, Any] = {"worker": desk.worker, "team": desk.team, "opened_on": LATER}
    holder = create_case(desk.uow, model=there, **known)
    other = create_case(desk.uow, client_id=holder.client_id, model=here, **known)
    go_on(desk, other, holder, fill(desk, holder))
    desk.uow.commit()
    own = "".join(
        desk.browser.get(f"/polut/{holder.id}/{name}").text for name in ("mittarit", "arviointi/tunnistaminen")
    )
    assert found(own) >= {*MARKS, "3.7.2019", "1.2.2018", "1234", *EVENTS}, "the marks are seen where they belong"
    shown = pages(desk, app, other)
    assert f"/polut/{other.id}/tuotu" in shown
    assert len(shown) > 20
    assert {path: found(page) for path, page in shown.items() if found(page)} == {}
