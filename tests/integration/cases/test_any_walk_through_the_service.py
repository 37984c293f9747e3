"""Whatever moves are made in whatever order, the rows of a case agree with one another."""

import random
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.cases import queries, services
from app.cases.models import Case, StageVisit
from app.core.errors import Conflict, Refused
from app.core.uow import UnitOfWork
from app.pathways import engine
from app.pathways.domain import NEEDS, Facts, StageCode
from tests.factories.accounts import actor_of, create_team
from tests.factories.cases import create_case, create_worker

EVERYTHING = Facts(frozenset(NEEDS))


@pytest.mark.parametrize("seed", range(6))
def test_random_moves_keep_one_open_visit_a_stage_and_the_kept_stage_true(
    uow: UnitOfWork, now: datetime, seed: int
) -> None:
    dice = random.Random(seed)
    team = create_team(uow)
    worker = create_worker(uow, team=team)
    actor = actor_of(uow, worker)
    case_id = create_case(uow, worker=worker, team=team).id
    refused = 0
    for _ in range(25):
        case = queries.get_case_for(uow, actor, case_id, now=now)
        stage = dice.choice(list(StageCode))
        finish = dice.choice([None, (), dice.sample(list(StageCode), 2)])
        act = dice.choice(["move", "move", "move", "finish", "skip"])
        try:
            if act == "move":
                reason = dice.choice([None, "Tilanne muuttui"])
                services.move_stage(
                    uow,
                    case,
                    to=stage,
                    finish=finish,
                    reason=reason,
                    exceptions={},
                    facts=EVERYTHING,
                    actor=actor,
                    now=now,
                )
            elif act == "finish":
                services.finish_stage(uow, case, stage=stage, actor=actor, now=now)
            else:
                services.skip_stage(uow, case, stage=stage, reason="Ei tarvita", actor=actor, now=now)
        except (Refused, Conflict):
            refused += 1
        _agree(uow, case_id)
    assert refused < 25


def _agree(uow: UnitOfWork, case_id: UUID) -> None:
    visits = queries.visits_of(uow, case_id)
    stored = uow.session.execute(select(Case.current_stage, Case.current_since).where(Case.id == case_id)).one()
    stages = engine.stage_map(visits)
    assert (stored.current_stage, stored.current_since) == (stages.current, stages.since)
    assert [visit.ordinal for visit in visits] == list(range(1, len(visits) + 1))
    most = uow.session.scalar(
        select(func.count())
        .where(StageVisit.case_id == case_id, StageVisit.state == "in_progress")
        .group_by(StageVisit.stage)
        .order_by(func.count().desc())
        .limit(1)
    )
    assert most in (None, 1)
    assert all((visit.state == "in_progress") == (visit.left_on is None) for visit in visits)
