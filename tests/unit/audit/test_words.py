"""No code of ours stands in the log: every act, page, job and outcome that is written has words."""

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.access.actor import SYSTEM_GRANTS
from app.audit.domain import ACTS, OUTCOMES, PAGES, SERVICES, AuditRow
from app.core.texts import Text
from app.measures.services import ACTS as MEASURED
from app.reminders.services import SWEEP
from app.upkeep.services import CLEANING

APP = Path(__file__).resolve().parents[3] / "app"
RECORDERS = {"record", "_record", "record_viewed", "record_listed", "_record_mail", "_opened", "_seen"}


def constants(names: set[str], keyword: str | None = None, at: slice = slice(None)) -> set[str]:
    """The words given as constants to the calls of these names: by their places, or under a keyword."""
    found: set[str] = set()
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
            if name in names:
                given = [k.value for k in node.keywords if k.arg == keyword] if keyword else node.args[at]
                found |= {v.value for v in given if isinstance(v, ast.Constant) and isinstance(v.value, str)}
    return found


def row(**values: object) -> AuditRow:
    whole = {
        "id": 1,
        "at": datetime(2026, 11, 24, 7, tzinfo=UTC),
        "actor_kind": "user",
        "actor_id": None,
        "actor_name": "anna.maki",
        "action": "viewed",
        "object_kind": "summary",
        "object_id": None,
        "client_id": None,
        "case_id": None,
        "purpose": "own",
        "outcome": "ok",
        **values,
    }
    return AuditRow(**whole)  # type: ignore[arg-type] # spelled out above


def test_every_act_and_page_that_is_recorded_has_words() -> None:
    written = constants(RECORDERS) | constants({"record_in_case"}, at=slice(1, 2)) | {*MEASURED.values()}

    assert {"signed_in", "user_created", "worker_assigned", "measure_entered"} <= written
    assert not written - set(ACTS) - set(PAGES) - {"viewed", "listed"}


def test_every_page_and_outcome_named_by_keyword_has_words() -> None:
    assert not constants(RECORDERS, "page") - set(PAGES)
    assert not constants({"record"}, "outcome") - set(OUTCOMES)
    assert {f"{name}_run" for name in (SWEEP, CLEANING)} <= set(ACTS)


@pytest.mark.parametrize("name", sorted(SYSTEM_GRANTS))
def test_a_job_is_told_in_words(name: str) -> None:
    assert isinstance(row(actor_kind="system", actor_name=name).service, Text)
    assert name in SERVICES


def test_a_closed_door_is_told_by_its_part_of_the_system() -> None:
    denied = row(action="denied", object_kind="network.assign", outcome="403")

    assert isinstance(denied.area, Text)
    assert isinstance(denied.ending, Text)
    assert row().ending == ""
