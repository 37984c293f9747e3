"""What was recognised and assessed of some clients, put on record by the services that caseworkers use."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from app.access.actor import Actor
from app.accounts import queries as accounts
from app.assessments import queries as assessments
from app.assessments import services
from app.assessments.domain import IdentificationEntry
from app.assessments.needs import NeedsContent, Network
from app.cases import queries as cases
from app.cases.domain import Background, CaseView
from app.core.uow import UnitOfWork
from app.demo.domain import Assessed, Life, Recognised
from app.demo.voices import at
from app.pathways.domain import StageCode
from app.reference.loader import reference

CASES: Final = 6
LIFE_OF: Final = {"work_ability_support": 0, "quality_based_coaching": 1, "group_employment": 2}
ASSESSMENT_OF: Final = {"quality_based_coaching": (0, "other_adult"), "group_employment": (1, "disability_act")}


def recognise(uow: UnitOfWork, texts: Recognised, case_ids: tuple[UUID, ...], *, today: date, now: datetime) -> None:
    """Let the responsible worker of each case write down what was recognised, and finish a needs assessment if due."""
    for case_id in case_ids:
        worker_id = cases.case_of(uow, case_id).worker_id
        actor = accounts.load_actor(uow, worker_id, now=now) if worker_id else None
        if actor is None:
            continue
        case = cases.get_case_for(uow, actor, case_id, now=now)
        visits = {visit.stage: visit for visit in cases.visits_of(uow, case_id)}
        recognised, assessed = visits.get(StageCode.IDENTIFICATION), visits.get(StageCode.JOINT_ASSESSMENT)
        noted_on = (recognised.entered_on if recognised else None) or case.opened_on
        life = texts.lives[LIFE_OF[case.model_key]]
        # a benefit that was not paid yet on the day is known of today
        is_known = not life.benefit or reference().benefits.pick(life.benefit, noted_on) is not None
        _identify(uow, life, case, actor=actor, now=at(noted_on) if is_known else now)
        if case.model_key in ASSESSMENT_OF:
            place, group = ASSESSMENT_OF[case.model_key]
            on = (assessed.left_on if assessed else None) or today
            _assess(uow, texts.assessments[place], group, case, on, actor=actor)


def leave_waiting(uow: UnitOfWork, case_id: UUID, *, now: datetime) -> None:
    """Initiate a needs assessment on the day the case was opened and do no more, so that its start is late."""
    case = cases.case_of(uow, case_id)
    actor = accounts.load_actor(uow, case.worker_id, now=now) if case.worker_id else None
    if actor is None:
        return
    case = cases.get_case_for(uow, actor, case_id, now=now)
    on = case.opened_on
    services.initiate_needs(uow, case, initiated_on=on, client_group="other_adult", actor=actor, now=now)


def _identify(uow: UnitOfWork, life: Life, case: CaseView, *, actor: Actor, now: datetime) -> None:
    background = Background(
        benefit=life.benefit,
        benefit_days=life.benefit_days,
        is_unemployed=True,
        is_beyond_public_services=life.is_beyond_public_services,
        needs_joint_support=life.needs_joint_support,
        is_disability_client=life.is_disability_client,
        is_in_day_activity=life.is_in_day_activity,
        wish=life.wish,
    )
    entry = IdentificationEntry(
        channel=life.channel,
        signs=frozenset((*life.signals, *life.triggers)),
        noted_on=case.opened_on,
        remark=life.remark,
        is_looked_through=True,
        texts=life.texts,
        background=background,
    )
    services.keep_identification(uow, case, entry, expected_number=0, actor=actor, now=now)


def _assess(
    uow: UnitOfWork, assessed: Assessed, group: str, case: CaseView, finished_on: date, *, actor: Actor
) -> None:
    """Begin on the day the case was opened and finish with stage 3, or today, so that nothing is owed."""
    on, now = case.opened_on, at(finished_on)
    version_id = services.initiate_needs(uow, case, initiated_on=on, client_group=group, actor=actor, now=now)
    content = NeedsContent(
        profession=assessed.profession,
        is_office_holder=assessed.is_office_holder,
        is_urgent=False,
        needs_own_worker=True,
        network=Network.MAPPED,
        texts=assessed.texts,
    )
    services.write_needs(
        uow,
        case,
        version_id,
        content=content,
        initiated_on=on,
        client_group=group,
        started_on=on,
        expected_version=1,
        actor=actor,
        now=now,
    )
    written = assessments.version_in(assessments.needs_of(uow, case.id), version_id)
    services.finish_needs(
        uow,
        case,
        version_id,
        finished_on=finished_on,
        system="SY02",
        recorded_on=finished_on,
        document_ref="",
        expected_version=written.version,
        actor=actor,
        now=now,
    )
