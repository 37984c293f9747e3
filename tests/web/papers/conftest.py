"""The desk of the workbench's tests, papers to be made at it, and the way to a PDF."""

from datetime import date, time

from sqlalchemy import select

from app.audit.models import AuditEvent
from app.cases.domain import CaseView
from tests.factories.assessments import create_needs, finish_needs
from tests.factories.consents import build_entry, create_consent
from tests.factories.papers import Pdf
from tests.factories.plans import build_content, build_week, create_draft, create_plan_in_force, needed_answers
from tests.web.workbench.conftest import Desk, _still_clock, desk

__all__ = ["_still_clock", "desk"]


def make_plan(desk: Desk, case: CaseView | None = None) -> str:
    plan = create_plan_in_force(desk.uow, case or desk.case, in_force_on=date(2026, 11, 20))
    desk.uow.commit()
    assert plan.in_force is not None
    return f"suunnitelma-{plan.in_force.id.hex}"


def make_draft(desk: Desk) -> str:
    content = build_content(reason="Kuntoutusjakso vie keväästä kolme kuukautta.", next_review_on=date(2027, 6, 1))
    return f"suunnitelma-{create_draft(desk.uow, desk.case, content=content, now=desk.now).hex}"


def make_week(desk: Desk) -> str:
    """A plan whose week and period break the limits of RU02, with the reasons that were given."""
    content = build_content(
        period=(date(2026, 12, 1), date(2027, 1, 31)),
        answers=needed_answers("activation_plan", date(2026, 12, 1), includes_activity="yes"),
        week=build_week(1, 2, 3, 4, 5, starts=time(8), ends=time(15, 30)),
        reasons={"week": "Asiakas on toivonut viittä päivää.", "period": "Jakso on kokeilu."},
    )
    version = create_draft(desk.uow, desk.case, kind="activation_plan", content=content, now=desk.now)
    desk.uow.commit()
    return f"suunnitelma-{version.hex}"


def make_needs(desk: Desk) -> str:
    version = create_needs(desk.uow, desk.case, on=date(2026, 11, 10))
    finish_needs(desk.uow, desk.case, version, on=date(2026, 11, 20))
    desk.uow.commit()
    return f"palvelutarve-{version.hex}"


def make_consent(desk: Desk) -> str:
    entry = build_entry(refused=("employer",), valid_until=date(2027, 5, 31), remark="Kela vain puhelimitse.")
    consent = create_consent(desk.uow, desk.case, entry, now=desk.now)
    desk.uow.commit()
    return f"suostumus-{consent.hex}"


def order(desk: Desk, paper: str, values: dict[str, str] | None = None) -> Pdf:
    address = f"{desk.path}/tulosteet/{paper}/pdf"
    answer = desk.browser.submit(address, values or {"recipient": "own"}, form="tuloste")
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/pdf"
    return Pdf(answer.get_data())


def printings(desk: Desk) -> list[AuditEvent]:
    rows = select(AuditEvent).where(AuditEvent.action == "printed").order_by(AuditEvent.id)
    return list(desk.uow.session.scalars(rows))
