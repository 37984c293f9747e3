"""Factories of a product with one net cut, each to show that the check beside it would have seen the fault."""

from unittest.mock import patch
from uuid import UUID

from app import factory
from app.cases.domain import CaseView
from app.core import once
from app.core.uow import UnitOfWork
from app.factory import web
from app.plans import queries, services
from app.plans.models import PlanVersion
from app.web.app import PolkuFlask


def without_once() -> PolkuFlask:
    """The product that takes every sending of a form for the first one."""
    patch.object(once, "claim", lambda *_given, **_named: None).start()
    return web()


def without_refusal() -> PolkuFlask:
    """The product that starts whatever is wrong with its deployment."""
    patch.object(factory, "refuse_to_start", lambda _problems: None).start()
    return web()


def without_versions() -> PolkuFlask:
    """The product that lets the last writer of a plan win, whatever version they had opened."""

    def any_version(uow: UnitOfWork, case: CaseView, version_id: UUID, _expected: int | None) -> PlanVersion:
        return queries.version_row(uow, case.id, version_id)

    patch.object(services, "_draft", any_version).start()
    return web()
