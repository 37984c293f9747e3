"""axe (WCAG 2.2 AA) finds nothing on any page that exists, in the light and in the dark; no address is left out."""

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from flask import Flask
from playwright.sync_api import Page, ViewportSize, expect
from sqlalchemy import text

from app.access.actor import system_actor
from app.assessments import services as assessments
from app.cases import queries as cases
from app.closing import services as closing
from app.closing.domain import NextPath
from app.factory import create_app
from tests.conftest import ROOT, test_settings
from tests.e2e.conftest import OpenPage, SignIn
from tests.e2e.product import Product
from tests.factories.accounts import actor_of
from tests.factories.assessments import build_entry, create_needs
from tests.factories.cases import moment_of, seen_by
from tests.web.inventory import GUARDS

REGISTER: Final = ROOT / "tests" / "data" / "asiakasrekisteri.csv"
NO_PAGES: Final = frozenset(
    {"ground.alive", "ground.ready", "ground.metrics", "intake.faults", "demo.mail", "papers.pdf"}
)
"""Answers to machines and a table to download; the demo's mail page is looked at beside the public pages."""
TOO_WIDE: Final = """
() => new Promise((tell) => requestAnimationFrame(() => requestAnimationFrame(
  () => tell(document.documentElement.scrollWidth - document.documentElement.clientWidth)
)))
"""
"""How far the page runs over the edge, once it has come to rest in the new width."""
OVERLAPPING: Final = """
[...document.querySelectorAll('.polku-checklist tbody tr')].filter(row => {
    const bottom = row.getBoundingClientRect().bottom;
    return [...row.children].some(cell => cell.getBoundingClientRect().bottom > bottom + 1);
}).length
"""
"""How many items of a checklist run out of their own row, over the next one."""
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
VISITOR: Final = ""
READERS: Final = {
    "assign:worker": "maria.lehto",
    "audit:view": "risto.karhu",
    "cases:unassigned": "kaisa.niemi",
    "public": VISITOR,
    "register:import": "kaisa.niemi",
    "supervise:view": "maria.lehto",
    "users:manage": "paula.aho",
}
WORKER: Final = "anna.maki"
PARTS: Final = 4  # a worker has so many pages that one test would run out of its time
OPEN: Final = (
    "SELECT c.id, c.client_id, p.id, v.id, s.id FROM pathway_case c"
    " JOIN user_account u ON u.id = c.primary_worker_id AND u.username = 'anna.maki'"
    " JOIN plan p ON p.case_id = c.id AND p.ended_on IS NULL"
    " JOIN plan_version v ON v.plan_id = p.id AND v.state = 'in_force'"
    " JOIN consent s ON s.case_id = c.id AND s.withdrawn_on IS NULL AND s.kind = 'consent'"
    " WHERE c.closed_at IS NULL AND c.model_key = 'quality_based_coaching'"
    " AND EXISTS (SELECT 1 FROM client_hearing h WHERE h.case_id = c.id) ORDER BY c.opened_on, c.id LIMIT 1"
)
DRAFT: Final = "SELECT id FROM plan_version WHERE plan_id = %s AND state = 'draft'"
WAITING: Final = (
    "SELECT id FROM pathway_case WHERE closed_at IS NULL AND primary_worker_id IS NULL ORDER BY opened_on LIMIT 1"
)
CLOSED: Final = (
    "SELECT c.id FROM pathway_case c JOIN team_member m ON m.team_id = c.team_id JOIN user_account u"
    " ON u.id = m.user_id AND u.username = 'anna.maki' WHERE c.closed_at IS NOT NULL ORDER BY c.opened_on, c.id LIMIT 1"
)
TODAY: Final = date(2026, 11, 24)
DEMO: Final = system_actor("system:demo")
ANNA: Final = "SELECT id FROM user_account WHERE username = 'anna.maki'"
IN_THE_DEMO: Final = {
    "entry_id": "SELECT id FROM measure_value WHERE case_id = %s ORDER BY id LIMIT 1",
    "duty_id": "SELECT id FROM duty WHERE case_id = %s AND closed_at IS NULL ORDER BY id LIMIT 1",
    "period_id": "SELECT id FROM activity_period WHERE case_id = %s ORDER BY id LIMIT 1",
    "hearing_id": "SELECT id FROM client_hearing WHERE case_id = %s ORDER BY id LIMIT 1",
    "feedback_id": "SELECT id FROM client_feedback WHERE case_id = %s ORDER BY id LIMIT 1",
}
FOLLOWING: Final = "SELECT id FROM pathway_case WHERE follows_case_id = %s LIMIT 1"
COMPLETED: Final = {
    "sign_id": "SELECT id FROM identification_sign WHERE case_id = %s LIMIT 1",
    "needs_id": "SELECT v.id FROM needs_version v JOIN needs_assessment a ON a.id = v.assessment_id"
    " WHERE a.case_id = %s LIMIT 1",
    "following": FOLLOWING,
}
USER: Final = "SELECT id FROM user_account WHERE username = 'juha.laine'"
TEAM: Final = "SELECT id FROM team ORDER BY name LIMIT 1"
LED: Final = (
    "SELECT c.id FROM pathway_case c JOIN team_member m ON m.team_id = c.team_id AND m.is_lead"
    " JOIN user_account u ON u.id = m.user_id AND u.username = 'maria.lehto'"
    " WHERE c.closed_at IS NULL AND c.primary_worker_id IS NOT NULL ORDER BY c.opened_on, c.id LIMIT 1"
)


@cache
def catalogue() -> Flask:
    """The application, for its addresses only."""
    return create_app(test_settings("postgresql+psycopg://x@/x", "postgresql+psycopg://x@/x"))


def pages_of(reader: str) -> list[str]:
    """The endpoints that this reader is to open."""
    rules = {rule.endpoint for rule in catalogue().url_map.iter_rules() if "GET" in (rule.methods or ())}
    wanted = (rules & GUARDS.keys()) - NO_PAGES
    return sorted(name for name in wanted if READERS.get(GUARDS[name], WORKER) == reader)


def place(endpoint: str, known: dict[str, Any]) -> str:
    rule = next(rule for rule in catalogue().url_map.iter_rules() if rule.endpoint == endpoint)
    with catalogue().test_request_context(base_url="https://polku.test"):
        return urlsplit(catalogue().url_for(endpoint, **{name: known[name] for name in rule.arguments})).path


def found(product: Product, statement: str, *values: object) -> tuple[Any, ...] | None:
    with product.database() as connection:
        return connection.execute(statement, values).fetchone()


def row(product: Product, statement: str, *values: object) -> tuple[Any, ...]:
    there = found(product, statement, *values)
    assert there, statement
    return tuple(there)


def post(page: Page, path: str) -> None:
    """Send a form of one button, with the token of the page."""
    token = page.locator("input[name=csrf_token]").first.input_value()
    sent = page.request.post(path, form={"csrf_token": token, "once": str(uuid4())}, headers={"Origin": page.url})
    assert sent.ok, f"{path}: {sent.status}"


def examples(page: Page, product: Product) -> dict[str, Any]:
    """A value for every parameter: the followed case of Anna's, with a draft version beside its plan in force."""
    case, client, plan, version, consent = row(product, OPEN)
    if not found(product, DRAFT, plan):
        post(page, f"/polut/{case}/suunnitelmat/{plan}/uusi-versio")
    page.goto("/tyolista")
    page.get_by_role("searchbox").fill("mäk")
    page.keyboard.press("Enter")
    page.wait_for_url("**/haku/**")
    return {
        "case_id": case,
        "client_id": client,
        "plan_id": plan,
        "version_id": version,
        "draft_id": row(product, DRAFT, plan)[0],
        "consent_id": consent,
        "token": page.url.rsplit("/", 1)[1],
        "stage": 4,
        "step": "tilanne",
        "key": "work_ability_support",
        "measure": "ME01",
        "paper": "yhteenveto",
        "week": "2026-11-23",
        "role": "entry",
        **on_record(product, case),
    }


def on_record(product: Product, case_id: UUID) -> dict[str, Any]:
    """Give the ids of what the demo has of the case, and put on record, past the pages, what it has not."""
    if not found(product, FOLLOWING, case_id):
        complete(product, case_id)
    made = {name: row(product, statement, case_id)[0] for name, statement in IN_THE_DEMO.items()}
    made |= {name: row(product, statement, case_id)[0] for name, statement in COMPLETED.items()}
    return made


def complete(product: Product, case_id: UUID) -> None:
    now = moment_of(TODAY)
    with product.work() as uow:
        case = cases.case_of(uow, case_id)
        anna = actor_of(uow, uow.session.execute(text(ANNA)).scalar_one())
        entry = build_entry(signs=frozenset({"TR03"}))
        assessments.keep_identification(uow, case, entry, expected_number=0, actor=DEMO, now=now)
        create_needs(uow, case, on=TODAY)
        next_path = NextPath(
            model_key="group_employment", opened_on=TODAY, contact_source="self", basis_note="Asiakas toivoi ryhmää."
        )
        closing.follow(uow, seen_by(uow, anna, case, now=now), next_path, actor=anna, now=now)


def look(page: Page, axe: Callable[[Page], None], path: str, *, status: int = 200) -> None:
    """Open a page, let axe look at it in both themes, and see that nothing runs over the edge of a phone."""
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == status, f"{path}: {answer.status}"
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        axe(page)
    page.set_viewport_size(PHONE)
    over = page.evaluate(TOO_WIDE)
    assert over <= 0, f"{path} is {over} pixels too wide for a phone"
    assert page.evaluate(OVERLAPPING) == 0, f"items of the checklist on {path} lie over each other on a phone"
    page.set_viewport_size({"width": 1366, "height": 625})


def test_no_page_is_left_out() -> None:
    readers = {*READERS.values(), WORKER}
    looked_at = {name for reader in readers for name in pages_of(reader)}
    rules = {rule.endpoint for rule in catalogue().url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert looked_at == rules - NO_PAGES - {"static"}


def test_public_pages_and_the_error_pages_of_a_visitor(open_page: OpenPage, axe: Callable[[Page], None]) -> None:
    page = open_page()
    for endpoint in [*pages_of(VISITOR)]:
        look(page, axe, place(endpoint, {}))
    look(page, axe, "/esittely/posti")


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_of_a_worker(sign_in: SignIn, product: Product, axe: Callable[[Page], None], part: int) -> None:
    page = sign_in(WORKER)
    known = examples(page, product)
    closed = row(product, CLOSED)[0]
    for endpoint in pages_of(WORKER)[part::PARTS]:
        values = {**known}
        if endpoint in {"plans.edit", "plans.accept"}:
            values["version_id"] = known["draft_id"]
        if endpoint == "measures.give_form":
            values["measure"] = "ME02"
        if endpoint in {"closing.reopen", "closing.ending"}:
            values["case_id"] = closed
        if endpoint in {"closing.carried", "network.add_role"}:
            values["case_id"] = known["following"]
        look(page, axe, place(endpoint, values))


def test_a_form_that_was_refused_and_the_pages_of_refusal(sign_in: SignIn, axe: Callable[[Page], None]) -> None:
    page = sign_in(WORKER)
    page.goto("/asiakkaat/uusi")
    page.get_by_role("main").get_by_role("button").last.click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    axe(page)
    for path, status in ((f"/polut/{uuid4()}", 404), ("/yllapito/kayttajat", 403), ("/ei-ole", 404)):
        look(page, axe, path, status=status)


def test_every_page_of_a_coordinator(sign_in: SignIn, product: Product, axe: Callable[[Page], None]) -> None:
    page = sign_in("kaisa.niemi")
    page.goto("/tuonti")
    page.locator("input[type=file]").set_input_files(Path(REGISTER))
    page.get_by_role("button", name="Tarkista tiedosto").click()
    page.wait_for_url("**/tuonti/*")
    known = {"case_id": row(product, WAITING)[0], "job_id": page.url.rsplit("/", 1)[1]}
    for endpoint in pages_of("kaisa.niemi"):
        look(page, axe, place(endpoint, known))


def test_every_page_of_a_supervisor(sign_in: SignIn, product: Product, axe: Callable[[Page], None]) -> None:
    page = sign_in("maria.lehto")
    for endpoint in pages_of("maria.lehto"):
        look(page, axe, place(endpoint, {"case_id": row(product, LED)[0]}))


@pytest.mark.parametrize("reader", ["paula.aho", "risto.karhu"])
def test_every_page_of_administration_and_of_the_log(
    sign_in: SignIn, product: Product, axe: Callable[[Page], None], reader: str
) -> None:
    page = sign_in(reader)
    known = {"user_id": row(product, USER)[0], "team_id": row(product, TEAM)[0]}
    for endpoint in pages_of(reader):
        look(page, axe, place(endpoint, known))
