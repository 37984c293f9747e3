"""The desk of the workbench's tests, with a case of model B that may begin its activity."""

from dataclasses import replace
from datetime import date

import pytest

from app.cases import queries as cases
from tests.factories.activity import make_ready
from tests.factories.cases import create_case
from tests.web.workbench.conftest import Desk, _still_clock
from tests.web.workbench.conftest import desk as first_desk

__all__ = ["_still_clock", "first_desk"]


@pytest.fixture
def desk(first_desk: Desk) -> Desk:
    """The worker's desk with a case of model B beside the other; assessment, meeting, plan and decision are there."""
    uow = first_desk.uow
    person = first_desk.case.client_id
    case = create_case(
        uow, client_id=person, model="quality_based_coaching", worker=first_desk.worker, team=first_desk.team
    )
    make_ready(uow, case, on=date(2026, 11, 3))
    uow.commit()
    return replace(first_desk, case=cases.case_of(uow, case.id))
