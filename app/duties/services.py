"""Opening and closing duties, in the transaction of the act that causes it; that act leaves the trace in the audit."""

from datetime import date, datetime
from uuid import UUID

from app.access.actor import Actor
from app.core.clock import local_date
from app.core.ids import new_id
from app.core.uow import UnitOfWork
from app.duties import queries
from app.duties.domain import DutyKind, DutyOutcome, WaitsFor
from app.duties.models import Duty


def open_duty(  # noqa: PLR0913 - each is a column of the ledger, and all are named
    uow: UnitOfWork,
    *,
    case_id: UUID,
    kind: str,
    subject_kind: str,
    subject_id: UUID,
    rule_code: str,
    anchor_on: date,
    due_on: date,
    law_limit_on: date | None = None,
    waits_for: str = "worker",
    actor: Actor,
    now: datetime,
    follows_id: UUID | None = None,
    reason: str | None = None,
) -> UUID:
    """Open what must be done by `due_on` and return its id; an open one about the same thing ends as superseded.

    Days are Helsinki days. `law_limit_on`: the limit rolled forward, only where a party acts towards an authority.
    Source: ruling 15.
    """
    before_id = _supersede(uow, DutyKind(kind), subject_kind, subject_id, actor=actor, now=now)
    row_id = new_id()
    uow.session.add(
        Duty(
            id=row_id,
            case_id=case_id,
            kind=DutyKind(kind),
            subject_kind=subject_kind,
            subject_id=subject_id,
            waits_for=WaitsFor(waits_for),
            rule_code=rule_code,
            anchor_on=anchor_on,
            due_on=due_on,
            law_limit_on=law_limit_on,
            opened_at=now,
            opened_by=actor.id,
            follows_id=follows_id or before_id,
            reason=uow.vault.seal_optional("duty", "reason", row_id, reason),
        )
    )
    uow.flush()
    return row_id


def _supersede(
    uow: UnitOfWork, kind: DutyKind, subject_kind: str, subject_id: UUID, *, actor: Actor, now: datetime
) -> UUID | None:
    before = queries.open_row(uow, kind=kind, subject_kind=subject_kind, subject_id=subject_id)
    if before is None:
        return None
    _close(before, DutyOutcome.SUPERSEDED, on=local_date(now), actor=actor, now=now)
    # The unique index of open duties must see the old one closed before the new one comes.
    uow.flush()
    return before.id


def close_duty(
    uow: UnitOfWork,
    *,
    kind: str,
    subject_kind: str,
    subject_id: UUID,
    outcome: str,
    on: date,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
) -> UUID | None:
    """Close the open duty about the subject and return its id; None when none is open, which is no error.

    `reason` tells why it ended this way; why it was opened stays beside it.
    """
    row = queries.open_row(uow, kind=DutyKind(kind), subject_kind=subject_kind, subject_id=subject_id)
    if row is None:
        return None
    _close(row, outcome, on=on, actor=actor, now=now)
    row.closing_reason = uow.vault.seal_optional("duty", "closing_reason", row.id, (reason or "").strip() or None)
    uow.flush()
    return row.id


def _close(row: Duty, outcome: str, *, on: date, actor: Actor, now: datetime) -> None:
    row.closed_at = now
    row.closed_by = actor.id
    row.closed_on = on
    row.outcome = DutyOutcome(outcome)
