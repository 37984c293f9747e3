"""Putting signatures on record, before a plan comes into force or after it, and taking a mistaken one back."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.audit import services as audit
from app.cases.domain import CaseView
from app.core.clock import local_date
from app.core.errors import Conflict, FieldProblem, NotFound, Refused
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.plans import queries
from app.plans.contents import write_signatures
from app.plans.domain import VersionState
from app.plans.models import PlanSignature
from app.plans.queries import PLAN
from app.plans.signing import SignatureEntry, entry_problems, missing_problems, parties_of
from app.plans.versions import VersionView
from app.reference.loader import reference


def record_signatures(
    uow: UnitOfWork,
    case: CaseView,
    version_id: UUID,
    *,
    signatures: Sequence[SignatureEntry],
    actor: Actor,
    now: datetime,
) -> None:
    """Put signatures of a draft or of the version in force on record; what the version says is frozen by them.

    Raises Refused at the fields, Conflict for a version that holds no more.
    """
    ensure(actor, Permission.PLAN_EDIT, case.subject)
    row = queries.version_row(uow, case.id, version_id)
    if row.state not in {VersionState.DRAFT, VersionState.IN_FORCE}:
        raise Conflict(N_("This version holds no more. Record the signature in the version in force."))
    version = queries.version_of(uow, case.id, version_id)
    if not signatures:
        raise Refused(N_("Write at least one signature: the day, and how the plan was accepted."))
    problems = _problems(version, signatures, today=local_date(now))
    if problems:
        raise Refused.because(problems)
    write_signatures(uow, version_id, signatures, actor=actor, now=now)
    parties = ", ".join(one.party for one in signatures)
    detail = {"party": parties, "number": row.number}
    audit.record_in_case(uow, "plan_signed", case, PLAN, row.plan_id, actor=actor, at=now, detail=detail)


def remove_signature(
    uow: UnitOfWork, case: CaseView, version_id: UUID, party: str, *, actor: Actor, now: datetime
) -> None:
    """Take a signature of a draft back, mistaken or given to other words; one of a plan in force stays as it is."""
    ensure(actor, Permission.PLAN_EDIT, case.subject)
    row = queries.version_row(uow, case.id, version_id)
    if row.state != VersionState.DRAFT:
        raise Conflict(N_("This version is no longer a draft. A change is written as a new version."))
    if queries.version_of(uow, case.id, version_id).signature_of(party) is None:
        raise NotFound
    uow.session.execute(
        delete(PlanSignature).where(PlanSignature.plan_version_id == version_id, PlanSignature.party == party)
    )
    detail = {"party": party, "number": row.number}
    audit.record_in_case(uow, "plan_signature_removed", case, PLAN, row.plan_id, actor=actor, at=now, detail=detail)


def signature_problems(
    version: VersionView, signatures: Sequence[SignatureEntry], reason: str | None, *, today: date
) -> list[FieldProblem]:
    """Return what is wrong with the signatures of a version about to come into force, those on record included."""
    known = reference()
    signed = {one.party for one in version.signatures} | {one.party for one in signatures}
    return [
        *_problems(version, signatures, today=today),
        *missing_problems(known.plan_kinds.get(version.kind), signed, reason, known=known),
    ]


def _problems(version: VersionView, signatures: Sequence[SignatureEntry], *, today: date) -> list[FieldProblem]:
    known = reference()
    parties = parties_of(known.plan_kinds.get(version.kind), version.answers)
    taken = {one.party for one in version.signatures}
    return entry_problems(signatures, parties=parties, taken=taken, today=today, known=known)
