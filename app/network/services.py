"""Naming who answers for a case, and who stands beside the client."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from app.access import standing
from app.access.actor import Actor, Role
from app.access.permissions import Permission
from app.access.policy import ensure
from app.access.predicates import StandingKind
from app.accounts import queries as accounts
from app.accounts.domain import UserView
from app.audit import services as audit
from app.cases import services as case_acts
from app.cases.domain import CaseView
from app.clients import queries as clients
from app.clients import services as client_acts
from app.core.clock import local_date
from app.core.errors import Conflict, FieldProblem, NotFound, Refused, too_long
from app.core.ids import new_id
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.duties import queries as ledger
from app.duties import services as duties
from app.duties.domain import DutyKind, DutyOutcome
from app.network import queries
from app.network.domain import LONGEST_REASON, PeriodKind, end_of, member_problems, next_start
from app.network.models import NetworkMember
from app.network.roles import end_beside, new_period
from app.pathways.loader import pathway
from app.protection import services as protection
from app.reference.loader import reference

MEMBER: Final = "network_member"


def assign_worker(
    uow: UnitOfWork,
    case: CaseView,
    *,
    worker_id: UUID,
    expected_worker_id: UUID | None,
    reason: str | None,
    profession_reason: str | None,
    actor: Actor,
    now: datetime,
    source: str = "work",
) -> UUID:
    """Make the worker answer for the case from now on, with no gap after whoever did, and return the period's id.

    Compare-and-set: raises Conflict naming the present worker when it is not the expected one. Raises Refused at
    `worker` for somebody who cannot take cases, at `profession_reason` when the model does not allow the profession
    and no reason is given (ruling 4). `source` "import" asks the right to import instead of the right to assign.
    Takes effect at once (ruling 14); rights move with it. Source: 1301/2014 section 42, 703/2023 section 9.
    """
    ensure(actor, Permission.REGISTER_IMPORT if source == "import" else Permission.ASSIGN_WORKER, case.subject)
    locked = queries.lock_case(uow, case.id)
    _compare(uow, locked, expected_worker_id)
    worker = accounts.get_user(uow, worker_id, now=now)
    exception = _check_worker(case, worker, locked, reason, profession_reason)
    period_id = _open_primary(uow, case, worker_id, reason=reason, exception=exception, actor=actor, now=now)
    _move_rights(uow, case, worker_id, now=now)
    team_id = accounts.primary_team_of(uow, worker_id, now) or locked.team_id
    _move_case(uow, case, worker_id, team_id, actor=actor, now=now)
    before = str(locked.worker_id) if locked.worker_id else None
    detail = {"worker": str(worker_id), "before": before, "exception": exception is not None, "source": source}
    audit.record_in_case(
        uow, "worker_assigned", case, "responsible_period", period_id, actor=actor, at=now, detail=detail
    )
    return period_id


def _compare(uow: UnitOfWork, locked: queries.LockedCase, expected: UUID | None) -> None:
    if not locked.is_open:
        raise Refused(N_("The case is closed. Open it again before naming a worker."))
    if locked.worker_id == expected:
        return
    if locked.worker_id is None:
        raise Conflict(N_("The case no longer has a responsible worker. Look at the case and choose again."))
    name = accounts.get_user(uow, locked.worker_id).full_name
    raise Conflict(
        N_("Somebody else was first. Responsible worker now: %(name)s. Look at the case and choose again.", name=name)
    )


def _check_worker(
    case: CaseView, worker: UserView, locked: queries.LockedCase, reason: str | None, profession_reason: str | None
) -> str | None:
    """Return the reason for a profession the model does not name, or None when it names it; or raise Refused."""
    problems: list[FieldProblem] = []
    if not worker.is_active or Role.OWN_WORKER not in worker.roles:
        problems.append(FieldProblem("worker", N_("This user does not take clients. Choose another worker.")))
    if worker.id == locked.worker_id:
        problems.append(FieldProblem("worker", N_("This worker is already responsible. Choose another.")))
    model = pathway(case.model_key, case.model_version)
    is_allowed = model.allows(frozenset(worker.professions), case.current_stage)
    exception = None if is_allowed else (profession_reason or "").strip()
    if exception == "":
        problems.append(
            FieldProblem(
                "profession_reason", N_("The pathway does not name this profession. Write why the worker is fit.")
            )
        )
    problems += too_long({"reason": reason, "profession_reason": exception}, LONGEST_REASON)
    if problems:
        raise Refused.because(problems)
    return exception


def _open_primary(
    uow: UnitOfWork,
    case: CaseView,
    worker_id: UUID,
    *,
    reason: str | None,
    exception: str | None,
    actor: Actor,
    now: datetime,
) -> UUID:
    rows = queries.primary_rows(uow, case.id)
    start = next_start([queries.span_of(row) for row in rows], now)
    for row in rows:
        if row.during.upper is None:
            row.during = Range(row.during.lower, start, bounds="[)")
    # The open period must be shut before the next begins: the exclusion constraint speaks row by row.
    uow.flush()
    row = new_period(case, worker_id, PeriodKind.PRIMARY, start, actor=actor, now=now)
    seal = uow.vault.seal_optional
    row.reason = seal("responsible_period", "reason", row.id, (reason or "").strip() or None)
    row.profession_exception = seal("responsible_period", "profession_exception", row.id, exception)
    uow.session.add(row)
    try:
        uow.flush()
    except IntegrityError as error:
        # The row lock has let nobody in between; the constraint is the backstop for writers that do not take it.
        raise Conflict(N_("The responsible worker was changed a moment ago. Look at the case again.")) from error
    return row.id


def _move_case(
    uow: UnitOfWork, case: CaseView, worker_id: UUID | None, team_id: UUID | None, *, actor: Actor, now: datetime
) -> None:
    """Let the case's row, the search of the client and the sealed contact data follow the worker."""
    case_acts.set_worker(uow, case, worker_id=worker_id, team_id=team_id)
    client_acts.file_under_teams(uow, case.client_id)
    if clients.client_of(uow, case.client_id).is_protected:
        protection.assign_handler_for_worker(uow, case.client_id, worker_id, actor=actor, now=now)


def _move_rights(uow: UnitOfWork, case: CaseView, worker_id: UUID, *, now: datetime) -> None:
    """Let the standing follow the line: the new worker's begins, everybody's before and the registrar's end."""
    for row in queries.open_beside_rows(uow, case.id, worker_id, kinds=[PeriodKind.PAIR]):
        end_beside(uow, case, row, now=now)
    standing.end(uow, case_id=case.id, kind=StandingKind.RESPONSIBLE, now=now)
    standing.end(uow, case_id=case.id, kind=StandingKind.REGISTRAR, now=now)
    standing.end_for_client(uow, client_id=case.client_id, kind=StandingKind.REGISTRAR, now=now)
    standing.grant(
        uow,
        user_id=worker_id,
        client_id=case.client_id,
        case_id=case.id,
        kind=StandingKind.RESPONSIBLE,
        now=now,
    )


def release_worker(uow: UnitOfWork, case: CaseView, *, on_close: bool = True, actor: Actor, now: datetime) -> None:
    """End the responsible worker's period and every pair's, and the rights that rest on them.

    With `on_close` it is part of closing the case, whose right the caller has checked; else the case goes on the
    coordinators' list. A case without a worker stays as it is. The case keeps its team: its page and past remain.
    """
    if not on_close:
        ensure(actor, Permission.ASSIGN_WORKER, case.subject)
    locked = queries.lock_case(uow, case.id)
    ended = [row for row in queries.primary_rows(uow, case.id) if row.during.upper is None]
    for row in ended:
        row.during = Range(row.during.lower, end_of(queries.span_of(row), now), bounds="[)")
    for row in queries.open_beside_rows(uow, case.id):
        end_beside(uow, case, row, now=now)
    uow.flush()
    standing.end(uow, case_id=case.id, kind=StandingKind.RESPONSIBLE, now=now)
    standing.end(uow, case_id=case.id, kind=StandingKind.REGISTRAR, now=now)
    _move_case(uow, case, None, locked.team_id, actor=actor, now=now)
    for row in ended:
        detail = {"worker": str(row.user_id)}
        audit.record_in_case(
            uow, "worker_released", case, "responsible_period", row.id, actor=actor, at=now, detail=detail
        )


def add_pair(
    uow: UnitOfWork, case: CaseView, *, user_id: UUID, reason: str | None = None, actor: Actor, now: datetime
) -> UUID:
    """Let a second worker stand beside the responsible one, with the same view of the case, and return the id.

    Raises Refused at `pair` for somebody who cannot take cases, is responsible, or is a pair already.
    """
    ensure(actor, Permission.NETWORK_EDIT, case.subject)
    locked = queries.lock_case(uow, case.id)
    user = accounts.get_user(uow, user_id, now=now)
    if not user.is_active or Role.OWN_WORKER not in user.roles:
        raise Refused(N_("This user does not take clients. Choose another worker."), "pair")
    if user_id == locked.worker_id:
        raise Refused(N_("This worker is already responsible. Choose another."), "pair")
    if queries.open_beside_rows(uow, case.id, user_id, kinds=[PeriodKind.PAIR]):
        raise Refused(N_("This worker is already a pair. Choose another."), "pair")
    row = new_period(case, user_id, PeriodKind.PAIR, now, actor=actor, now=now)
    row.reason = uow.vault.seal_optional("responsible_period", "reason", row.id, (reason or "").strip() or None)
    uow.session.add(row)
    uow.flush()
    standing.grant(uow, user_id=user_id, client_id=case.client_id, case_id=case.id, kind=StandingKind.PAIR, now=now)
    audit.record_in_case(
        uow, "pair_added", case, "responsible_period", row.id, actor=actor, at=now, detail={"worker": str(user_id)}
    )
    return row.id


def end_pair(uow: UnitOfWork, case: CaseView, *, user_id: UUID, actor: Actor, now: datetime) -> None:
    """End a pair's period and right; raises NotFound for somebody who is no pair now."""
    ensure(actor, Permission.NETWORK_EDIT, case.subject)
    queries.lock_case(uow, case.id)
    rows = queries.open_beside_rows(uow, case.id, user_id, kinds=[PeriodKind.PAIR])
    if not rows:
        raise NotFound
    for row in rows:
        end_beside(uow, case, row, now=now)
        audit.record_in_case(
            uow, "pair_ended", case, "responsible_period", row.id, actor=actor, at=now, detail={"worker": str(user_id)}
        )


def add_member(
    uow: UnitOfWork,
    case: CaseView,
    *,
    name: str,
    party: str,
    role: str,
    contact: str | None = None,
    came_from_id: UUID | None = None,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Add a person of some party to the network and return the id; nothing is shared before there is a basis.

    `came_from_id` is who they were in the path this one goes on from. A member whose party has none opens the duty to
    record one or to take the member out. Raises Refused at the fields.
    """
    ensure(actor, Permission.NETWORK_EDIT, case.subject)
    today = local_date(now)
    known = reference().parties.pick(party, today) is not None
    problems = member_problems(name=name, role=role, contact=contact, party=party, known=known)
    if problems:
        raise Refused.because(problems)
    row = NetworkMember(id=new_id(), case_id=case.id, party=party, role=role.strip(), added_at=now, added_by=actor.id)
    row.came_from_id = came_from_id
    row.name = uow.vault.seal("network_member", "name", row.id, name.strip())
    row.contact = uow.vault.seal_optional("network_member", "contact", row.id, (contact or "").strip() or None)
    uow.session.add(row)
    uow.flush()
    audit.record_in_case(uow, "member_added", case, MEMBER, row.id, actor=actor, at=now, detail={"party": party})
    check_members(uow, case, actor=actor, now=now)
    return row.id


def remove_member(uow: UnitOfWork, case: CaseView, member_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Take a person out of the network; that they were in it stays on record. Raises NotFound."""
    ensure(actor, Permission.NETWORK_EDIT, case.subject)
    row = queries.member_row(uow, case.id, member_id)
    row.removed_at, row.removed_by = now, actor.id
    uow.flush()
    _settle(uow, member_id, DutyOutcome.NOT_NEEDED, actor=actor, now=now)
    audit.record_in_case(uow, "member_removed", case, MEMBER, row.id, actor=actor, at=now, detail={"party": row.party})


def check_members(uow: UnitOfWork, case: CaseView, *, actor: Actor, now: datetime) -> int:
    """Bring the duties of members without a basis up to date and return how many lack one.

    Called when a member is added and after a consent was recorded or withdrawn (ruling 15): a member whose party has
    no basis today gets a duty due today, one whose party has a basis again is settled. Sharing itself needs no
    switch, it is decided from the basis when something is read.
    """
    today = local_date(now)
    members = queries.members_of(uow, case.id, today)
    for member in members:
        if member.basis.holds:
            _settle(uow, member.id, DutyOutcome.DONE, actor=actor, now=now)
        elif not _is_asked(uow, member.id):
            duties.open_duty(
                uow,
                case_id=case.id,
                kind=DutyKind.MEMBER_WITHOUT_BASIS,
                subject_kind=MEMBER,
                subject_id=member.id,
                rule_code="MEMBER_BASIS",
                anchor_on=today,
                due_on=today,
                actor=actor,
                now=now,
            )
    return sum(not member.basis.holds for member in members)


def _is_asked(uow: UnitOfWork, member_id: UUID) -> bool:
    kind = DutyKind.MEMBER_WITHOUT_BASIS
    return ledger.find_open(uow, kind=kind, subject_kind=MEMBER, subject_id=member_id) is not None


def _settle(uow: UnitOfWork, member_id: UUID, outcome: DutyOutcome, *, actor: Actor, now: datetime) -> None:
    duties.close_duty(
        uow,
        kind=DutyKind.MEMBER_WITHOUT_BASIS,
        subject_kind=MEMBER,
        subject_id=member_id,
        outcome=outcome,
        on=local_date(now),
        actor=actor,
        now=now,
    )
