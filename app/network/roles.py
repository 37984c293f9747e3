"""Standing beside the responsible worker: how such a period begins and ends, and who answers for a part of the case.

In group employment one answers for getting in and one for going on (domain 1.5 C5). The pathway model names the
professions; somebody of another one is named with a reason (ruling 4).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range

from app.access import standing
from app.access.actor import Actor, Role
from app.access.permissions import Permission
from app.access.policy import ensure
from app.access.predicates import StandingKind
from app.accounts import queries as accounts
from app.accounts.domain import UserView
from app.audit import services as audit
from app.cases.domain import CaseView
from app.core.errors import FieldProblem, NotFound, Refused, too_long
from app.core.ids import new_id
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.network import queries
from app.network.domain import LONGEST_REASON, PeriodKind, end_of
from app.network.models import ResponsiblePeriod
from app.pathways.loader import pathway


def new_period(
    case: CaseView, user_id: UUID, kind: PeriodKind, start: datetime, *, actor: Actor, now: datetime
) -> ResponsiblePeriod:
    """Return a row that begins at a moment and goes on; it is not in the session yet."""
    return ResponsiblePeriod(
        id=new_id(),
        case_id=case.id,
        user_id=user_id,
        kind=kind,
        during=Range(start, None, bounds="[)"),
        assigned_at=now,
        assigned_by=actor.id,
    )


def end_beside(uow: UnitOfWork, case: CaseView, row: ResponsiblePeriod, *, now: datetime) -> None:
    """End a period beside the line; the right ends with the last of them that the user has in the case."""
    row.during = Range(row.during.lower, end_of(queries.span_of(row), now), bounds="[)")
    uow.flush()
    if not queries.open_beside_rows(uow, case.id, row.user_id):
        standing.end(uow, case_id=case.id, kind=StandingKind.PAIR, user_id=row.user_id, now=now)


def add_role(
    uow: UnitOfWork,
    case: CaseView,
    *,
    role: str,
    user_id: UUID,
    reason: str | None = None,
    profession_reason: str | None = None,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Let somebody answer for a part of the case from now on, with the same view of it, and return the period's id.

    Several may have a role, the responsible worker too. Raises NotFound for a role that the case's model does not
    know, Refused at `holder` for somebody who cannot take cases or has the role already, and at `profession_reason`
    when the model does not name the profession and no reason is given (ruling 4).
    """
    ensure(actor, Permission.NETWORK_EDIT, case.subject)
    named = pathway(case.model_key, case.model_version).roles.get(role)
    if named is None:
        raise NotFound
    kind = PeriodKind(role)
    queries.lock_case(uow, case.id)
    user = accounts.get_user(uow, user_id, now=now)
    has_role = bool(queries.open_beside_rows(uow, case.id, user_id, kinds=[kind]))
    is_named = not set(named).isdisjoint(user.professions)
    exception = None if is_named else (profession_reason or "").strip()
    problems = _problems(user, reason, exception, has_role=has_role)
    if problems:
        raise Refused.because(problems)
    row = new_period(case, user_id, kind, now, actor=actor, now=now)
    seal = uow.vault.seal_optional
    row.reason = seal("responsible_period", "reason", row.id, (reason or "").strip() or None)
    row.profession_exception = seal("responsible_period", "profession_exception", row.id, exception)
    uow.session.add(row)
    uow.flush()
    standing.grant(uow, user_id=user_id, client_id=case.client_id, case_id=case.id, kind=StandingKind.PAIR, now=now)
    detail = {"worker": str(row.user_id), "role": row.kind}
    audit.record_in_case(uow, "role_given", case, "responsible_period", row.id, actor=actor, at=now, detail=detail)
    return row.id


def _problems(user: UserView, reason: str | None, exception: str | None, *, has_role: bool) -> list[FieldProblem]:
    found: list[FieldProblem] = []
    if not user.is_active or Role.OWN_WORKER not in user.roles:
        found.append(FieldProblem("holder", N_("This user does not take clients. Choose another worker.")))
    if has_role:
        found.append(FieldProblem("holder", N_("This worker answers for it already. Choose another.")))
    if exception == "":
        words = N_("The pathway does not name this profession. Write why the worker is fit.")
        found.append(FieldProblem("profession_reason", words))
    return found + too_long({"reason": reason, "profession_reason": exception}, LONGEST_REASON)


def end_role(uow: UnitOfWork, case: CaseView, period_id: UUID, *, actor: Actor, now: datetime) -> None:
    """End somebody's part in the case; raises NotFound for a period that does not go on or is no role."""
    ensure(actor, Permission.NETWORK_EDIT, case.subject)
    queries.lock_case(uow, case.id)
    roles = (PeriodKind.ENTRY, PeriodKind.PROGRESS)
    row = next((one for one in queries.open_beside_rows(uow, case.id, kinds=roles) if one.id == period_id), None)
    if row is None:
        raise NotFound
    end_beside(uow, case, row, now=now)
    detail = {"worker": str(row.user_id), "role": row.kind}
    audit.record_in_case(uow, "role_ended", case, "responsible_period", row.id, actor=actor, at=now, detail=detail)
