"""The end of a case: closing and reopening it, what becomes of a promise, and what goes on in the next case.

`close_case` and `reopen_case` are called from `closing.services` only, which does what belongs to them elsewhere
(ruling 8); whoever acts on cases finds every act in `services`.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.audit import services as audit
from app.cases import queries
from app.cases.domain import CaseView, Ending, closing_problems, filled
from app.cases.models import CarriedOver, Case, CaseClosing, NextStep
from app.cases.stages import lock
from app.core.clock import local_date
from app.core.errors import Conflict, NotFound, Refused
from app.core.ids import new_id
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.pathways.loader import pathway
from app.reference.loader import reference


def close_case(
    uow: UnitOfWork,
    case: CaseView,
    ending: Ending,
    *,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Close the case with its outcome. Its open stages stay as they are, so that reopening takes nothing back.

    Raises Refused at the fields of `closing_problems`, Conflict when the case has changed.
    """
    ensure(actor, Permission.CASE_CLOSE, case.subject)
    lock(uow, case, expected_version)
    asks = pathway(case.model_key, case.model_version).is_social_welfare
    problems = closing_problems(case, ending, asks_ground=asks, reference=reference(), today=local_date(now))
    if problems:
        raise Refused.because(problems)
    row_id = new_id()
    words = {"text": ending.text, "client_estimate": ending.client_estimate, "supported_by": ending.supported_by}
    plain = {name: (text or "").strip() or None for name, text in words.items()}
    sealed = {name: uow.vault.seal_optional("case_closing", name, row_id, text) for name, text in plain.items()}
    uow.session.execute(
        insert(CaseClosing).values(
            id=row_id,
            case_id=case.id,
            closed_on=ending.closed_on,
            closed_at=now,
            closed_by=actor.id,
            outcome=ending.outcome,
            ground=ending.ground if asks else None,
            is_feedback_asked=ending.is_feedback_asked,
            **sealed,
        )
    )
    closed = {"closed_on": ending.closed_on, "closed_at": now, "closed_by": actor.id, "outcome": ending.outcome}
    uow.session.execute(update(Case).where(Case.id == case.id).values(**closed, version=Case.version + 1))
    detail = {"outcome": ending.outcome, "closed_on": ending.closed_on}
    audit.record_in_case(uow, "case_closed", case, "case", case.id, actor=actor, at=now, detail=detail)


def reopen_case(
    uow: UnitOfWork,
    case: CaseView,
    *,
    reason: str | None,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Open a closed case again, with the reason; its stages go on where they were.

    Raises Refused when the client has another open case of the model, Conflict when the case is open already.
    """
    ensure(actor, Permission.CASE_REOPEN, case.subject)
    lock(uow, case, expected_version, open_only=False)
    if case.is_open:
        raise Conflict(N_("The case is open already. Somebody may have reopened it a moment ago."))
    why = filled("reason", reason, N_("Write why the case is reopened."))
    if queries.has_open_case(uow, case.client_id, case.model_key):
        raise Refused(N_("The client already has an open pathway of this model."))
    closing = CaseClosing.case_id == case.id, CaseClosing.reopened_at.is_(None)
    row_id = uow.session.execute(select(CaseClosing.id).where(*closing)).scalar_one()
    sealed = uow.vault.seal("case_closing", "reopening_reason", row_id, why)
    reopened = {"reopened_at": now, "reopened_by": actor.id, "reopening_reason": sealed}
    uow.session.execute(update(CaseClosing).where(CaseClosing.id == row_id).values(reopened))
    opened = {"closed_on": None, "closed_at": None, "closed_by": None, "outcome": None}
    uow.session.execute(update(Case).where(Case.id == case.id).values(**opened, version=Case.version + 1))
    audit.record_in_case(uow, "case_reopened", case, "case", case.id, actor=actor, at=now)


# ---------------------------------------------------------------- promises that end without being kept
def drop_step(
    uow: UnitOfWork, case: CaseView, *, step_id: UUID, reason: str, on: date, actor: Actor, now: datetime
) -> None:
    """End a promise that nobody needs any more, with the reason; the caller closes its duty.

    Raises NotFound for another case's promise, Conflict for one that has ended.
    """
    ensure(actor, Permission.CASE_LOG, case.subject)
    why = filled("reason", reason)
    row = _open_step(uow, case, step_id)
    row.dropped_on, row.drop_reason = on, uow.vault.seal("next_step", "drop_reason", step_id, why)
    uow.flush()
    audit.record_in_case(uow, "step_dropped", case, "next_step", step_id, actor=actor, at=now)


def move_step(
    uow: UnitOfWork, case: CaseView, *, step_id: UUID, to: CaseView, on: date, actor: Actor, now: datetime
) -> UUID:
    """Move a promise to another open case of the client, due day and all, and return its id there.

    A day that has passed stays: a late promise does not become young by moving. Raises as `drop_step`.
    """
    ensure(actor, Permission.CASE_LOG, case.subject)
    ensure(actor, Permission.CASE_LOG, to.subject)
    row = _open_step(uow, case, step_id)
    text, moved_id = uow.vault.open("next_step", "text", step_id, row.text), new_id()
    row.dropped_on = on
    uow.flush()
    uow.session.add(
        NextStep(
            id=moved_id,
            case_id=to.id,
            note_id=None,
            owner=row.owner,
            text=uow.vault.seal("next_step", "text", moved_id, text),
            due_on=row.due_on,
            moved_from_id=step_id,
            promised_at=row.promised_at,
            promised_by=row.promised_by,
        )
    )
    uow.flush()
    audit.record_in_case(uow, "step_moved", case, "next_step", step_id, actor=actor, at=now, detail={"to": str(to.id)})
    return moved_id


def _open_step(uow: UnitOfWork, case: CaseView, step_id: UUID) -> NextStep:
    row = uow.session.scalar(
        select(NextStep).where(NextStep.id == step_id, NextStep.case_id == case.id).with_for_update()
    )
    if row is None:
        raise NotFound
    if row.done_on is not None or row.dropped_on is not None:
        raise Conflict(N_("The promise has ended already. Somebody may have settled it a moment ago."))
    return row


# ---------------------------------------------------------------- what goes on in the next case
def carry_over(
    uow: UnitOfWork,
    case: CaseView,
    before: CaseView,
    *,
    subjects: Iterable[tuple[str, UUID]],
    permissions: Iterable[UUID] = (),
    actor: Actor,
    now: datetime,
) -> None:
    """Let the case go on with things of an earlier one, by kind and id; what they say is not copied.

    `permissions`: the client's disclosure permissions on which something came from another client register. The trail
    names them, as it must tell on what a disclosure rests (703/2023 section 10).
    """
    ensure(actor, Permission.CASE_LOG, case.subject)
    came = list(subjects)
    for kind, subject_id in came:
        values = {"id": new_id(), "case_id": case.id, "from_case_id": before.id, "kind": kind, "subject_id": subject_id}
        uow.session.execute(insert(CarriedOver).values(**values, carried_at=now, carried_by=actor.id))
    kinds = sorted({kind for kind, _subject_id in came})
    detail: dict[str, Any] = {"before": str(before.id), "kinds": kinds, "count": len(came)}
    rests_on = sorted(str(one) for one in permissions)
    detail |= {"permissions": rests_on} if rests_on else {}
    audit.record_in_case(uow, "carried_over", case, "case", case.id, actor=actor, at=now, detail=detail)
