"""How a case stands in its stages: its visits, and the acts that open, finish and leave out a stage.

The rules are the engine's (`pathways.engine`); here they become rows, in the transaction of the act. The case's own
row keeps the current stage for the lists (ruling 12).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, bindparam, func, insert, literal, select, union_all, update

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.audit import services as audit
from app.cases import queries
from app.cases.domain import CaseView, VisitView, filled, passed_needs
from app.cases.models import Case, NeedException, StageVisit
from app.core.clock import local_date
from app.core.errors import Conflict, NotFound, Refused
from app.core.ids import new_id
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.core.workdays import add_months
from app.pathways import engine
from app.pathways.domain import Facts, StageCode
from app.pathways.loader import pathway

FEWEST_STAYS: Final = 20
MOST_STAYS: Final = 200


def move_stage(
    uow: UnitOfWork,
    case: CaseView,
    *,
    to: StageCode,
    finish: Collection[StageCode] | None,
    reason: str | None,
    exceptions: Mapping[str, str],
    facts: Facts,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Open a stage of the pathway and finish the stages listed (None: the current one, never stage 5).

    Raises Refused with what is missing: needs that stop, a reason for passing one that reminds (`exceptions` by need
    code), a reason for going back or skipping; Conflict when the case has changed since the form was opened.
    """
    ensure(actor, Permission.CASE_MOVE_STAGE, case.subject)
    lock(uow, case, expected_version)
    visits, today = queries.visits_of(uow, case.id), local_date(now)
    move = engine.plan_move(visits, to, finish=finish, reason=reason)
    missing = pathway(case.model_key, case.model_version).missing_for(to, facts)
    passed = passed_needs(missing, exceptions)
    why = filled("reason", reason) if reason else None
    for code in move.finishes:
        _end_visit(uow, _open_visit(visits, code).id, "done", on=today, actor=actor)
    for code in move.skips:
        add_visit(uow, case.id, code, "not_needed", on=today, actor=actor, now=now, reason=why)
    add_visit(uow, case.id, to, "in_progress", on=today, actor=actor, now=now, reason=why)
    _pass_needs(uow, case, to, passed, actor=actor, now=now)
    _keep_current(uow, case)
    did = {"finished": [*move.finishes], "skipped": [*move.skips], "passed": sorted(passed)}
    detail = {"stage": to, "move": move.kind, "did": did}
    audit.record_in_case(uow, "stage_opened", case, "case", case.id, actor=actor, at=now, detail=detail)


def skip_stage(
    uow: UnitOfWork,
    case: CaseView,
    *,
    stage: StageCode,
    reason: str | None,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Mark a stage as not needed, with the reason (FR03); one that is open ends, one that is done cannot be skipped."""
    ensure(actor, Permission.CASE_MOVE_STAGE, case.subject)
    lock(uow, case, expected_version)
    visits, today = queries.visits_of(uow, case.id), local_date(now)
    state = engine.stage_map(visits).states[stage]
    if state in {engine.StageState.DONE, engine.StageState.NOT_NEEDED}:
        raise Conflict(N_("The stage has already been settled. Somebody may have done it a moment ago."))
    why = filled("reason", reason, N_("Write why a stage is skipped."))
    if state is engine.StageState.IN_PROGRESS:
        _end_visit(uow, _open_visit(visits, stage).id, "not_needed", on=today, actor=actor)
    else:
        add_visit(uow, case.id, stage, "not_needed", on=today, actor=actor, now=now, reason=why)
    _keep_current(uow, case)
    audit.record_in_case(uow, "stage_skipped", case, "case", case.id, actor=actor, at=now, detail={"stage": stage})


def finish_stage(
    uow: UnitOfWork,
    case: CaseView,
    *,
    stage: StageCode,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Mark an open stage as done; nothing else opens by itself (ruling 12)."""
    ensure(actor, Permission.CASE_MOVE_STAGE, case.subject)
    lock(uow, case, expected_version)
    visit = _open_visit(queries.visits_of(uow, case.id), stage)
    _end_visit(uow, visit.id, "done", on=local_date(now), actor=actor)
    _keep_current(uow, case)
    audit.record_in_case(uow, "stage_finished", case, "case", case.id, actor=actor, at=now, detail={"stage": stage})


def _open_visit(visits: Sequence[VisitView], stage: StageCode) -> VisitView:
    for visit in visits:
        if visit.stage is stage and visit.state == "in_progress":
            return visit
    raise Conflict(N_("The stage is not open any more. Somebody may have finished it a moment ago."))


def _pass_needs(
    uow: UnitOfWork, case: CaseView, stage: StageCode, passed: Mapping[str, str], *, actor: Actor, now: datetime
) -> None:
    for need, text in passed.items():
        row_id = new_id()
        sealed = uow.vault.seal("need_exception", "reason", row_id, text)
        values = {"id": row_id, "case_id": case.id, "stage": stage, "need": need, "reason": sealed}
        uow.session.execute(insert(NeedException).values(**values, passed_by=actor.user_id, passed_at=now))


def place_at_stage(
    uow: UnitOfWork,
    case: CaseView,
    *,
    stage: StageCode,
    since: date,
    actor: Actor,
    now: datetime,
    source: str = "import",
) -> None:
    """Put a case that has just been opened where a register says it is: earlier stages done on days not known.

    Needs are not checked (ruling 28): the register tells what has happened, not what may happen.
    """
    ensure(actor, Permission.CASE_OPEN)
    lock(uow, case, None)
    visits = queries.visits_of(uow, case.id)
    if len(visits) != 1 or visits[0].state != "in_progress":
        raise Refused(N_("The case has already moved on."))
    if stage is not StageCode.PRE_CONTACT:
        _forget_days(uow, visits[0].id)
        for code in list(StageCode)[1 : stage.number - 1]:
            add_visit(uow, case.id, code, "done", on=None, actor=actor, now=now, source=source)
        add_visit(uow, case.id, stage, "in_progress", on=since, actor=actor, now=now, source=source)
    _keep_current(uow, case)
    audit.record_in_case(
        uow, "stage_placed", case, "case", case.id, actor=actor, at=now, detail={"stage": stage, "since": since}
    )


# ---------------------------------------------------------------- what the acts are made of
def lock(uow: UnitOfWork, case: CaseView, expected_version: int | None, *, open_only: bool = True) -> None:
    """Hold the case's row until the act is done.

    Raises Conflict when it is not as the form saw it, Refused when it is closed.
    """
    row = uow.session.execute(
        select(Case.version, Case.closed_at).where(Case.id == case.id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.version != (case.version if expected_version is None else expected_version):
        raise Conflict(N_("Somebody has changed the case in the meantime. Look at it again and then do this."))
    if open_only and row.closed_at is not None:
        raise Refused(N_("The case is closed. Reopen it first."))


def add_visit(
    uow: UnitOfWork,
    case_id: UUID,
    stage: StageCode,
    state: str,
    *,
    on: date | None,
    actor: Actor,
    now: datetime,
    source: str = "work",
    reason: str | None = None,
) -> None:
    """Add a stay in a stage after the ones there are; the open one is entered on `on`, a left out one only left."""
    row_id = new_id()
    ordinal = select(func.coalesce(func.max(StageVisit.ordinal), 0) + 1).where(StageVisit.case_id == case_id)
    uow.session.execute(
        insert(StageVisit).values(
            id=row_id,
            case_id=case_id,
            ordinal=ordinal.scalar_subquery(),
            stage=stage,
            state=state,
            entered_on=on if state == "in_progress" else None,
            left_on=None if state == "in_progress" else on,
            opened_by=actor.id,
            finished_by=None if state == "in_progress" else actor.id,
            reason=uow.vault.seal_optional("stage_visit", "reason", row_id, reason),
            source=source,
            opened_at=now,
        )
    )


def _end_visit(uow: UnitOfWork, visit_id: UUID, state: str, *, on: date | None, actor: Actor) -> None:
    values = {"state": state, "left_on": on, "finished_by": actor.id}
    uow.session.execute(update(StageVisit).where(StageVisit.id == visit_id).values(values))


def _forget_days(uow: UnitOfWork, visit_id: UUID) -> None:
    """Settle an imported stage: it is done, the register does not say when or by whom."""
    values = {"state": "done", "entered_on": None, "left_on": None, "opened_by": None, "finished_by": None}
    uow.session.execute(update(StageVisit).where(StageVisit.id == visit_id).values(values))


def _keep_current(uow: UnitOfWork, case: CaseView) -> None:
    """Write the stage and the days the lists show, and count the case's version up."""
    visits = queries.visits_of(uow, case.id)
    stages = engine.stage_map(visits)
    uow.session.execute(
        update(Case)
        .where(Case.id == case.id)
        .values(
            current_stage=stages.current,
            current_since=stages.since,
            version=Case.version + 1,
            **engine.first_days(visits)._asdict(),
        )
    )


def usual_stay(uow: UnitOfWork, model_key: str, stage: StageCode, *, today: date) -> int | None:
    """Return how many days the county's cases of a model usually stay in a stage, or None (see `usual_stays`)."""
    return usual_stays(uow, {(model_key, stage)}, today=today).get((model_key, stage))


def usual_stays(
    uow: UnitOfWork, wanted: Collection[tuple[str, StageCode]], *, today: date
) -> dict[tuple[str, StageCode], int]:
    """Return the median of days that the county's cases have stayed in a stage, by model and stage.

    Counted are the newest 200 visits finished in the last two years; the median of fewer than 20 is left out, so that
    nobody's own days can be read from it. The newest 200 and not all: what it costs does not grow with the county.
    """
    if not wanted:
        return {}
    after = add_months(today, -24)
    parts = [_middle(model_key, stage, after) for model_key, stage in sorted(wanted)]
    rows = uow.session.connection().execute(union_all(*parts))
    return {(row.model_key, StageCode(row.stage)): round(row.days) for row in rows if row.visits >= FEWEST_STAYS}


def _middle(model_key: str, stage: StageCode, after: date) -> Select[*tuple[Any, ...]]:
    """The median of one stage, read backwards from the newest finished visit (`ix_stage_visit_finished`)."""
    newest = (
        select((StageVisit.left_on - StageVisit.entered_on).label("days"))
        .join(Case, Case.id == StageVisit.case_id)
        .where(
            Case.model_key == model_key,
            StageVisit.stage == stage,
            # spelled out, so that a kept plan knows that the index of finished visits will do
            StageVisit.state == bindparam("done", engine.StageState.DONE, literal_execute=True),
            StageVisit.entered_on.is_not(None),
            StageVisit.left_on > after,
        )
        .order_by(StageVisit.left_on.desc(), StageVisit.case_id)
        .limit(MOST_STAYS)
        .subquery("newest")
    )
    days = func.percentile_cont(0.5).within_group(newest.c.days).label("days")
    named = (literal(model_key).label("model_key"), literal(str(stage)).label("stage"))
    return select(*named, days, func.count().label("visits")).select_from(newest)
