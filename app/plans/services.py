"""Writing plans: a draft comes into force with the client's word and is frozen; a change is the next version."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import can, ensure
from app.audit import services as audit
from app.cases.domain import CaseView
from app.core.clock import local_date
from app.core.errors import Conflict, FieldProblem, Refused, too_long
from app.core.ids import new_id
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.pathways.domain import Facts
from app.pathways.loader import pathway
from app.plans import queries
from app.plans.activity import start_check
from app.plans.checks import reason_name
from app.plans.contents import signatures_of, write_contents, write_reasons, write_signatures
from app.plans.derived import basis_for
from app.plans.domain import (
    LONGEST_TEXT,
    PlanContent,
    VersionState,
    content_problems,
    next_review_problems,
)
from app.plans.fields import FieldSet
from app.plans.ledger import end_plans, keep_imported_review, open_plan_duties, recompute_duties
from app.plans.limits import StartCheck, Subject
from app.plans.loader import field_set_on
from app.plans.models import Plan, PlanVersion
from app.plans.queries import PLAN
from app.plans.signatures import record_signatures, remove_signature, signature_problems
from app.plans.signing import SignatureEntry
from app.reference.loader import reference

# Duties and signatures of plans are kept in files of their own; whoever acts on plans finds every act here.
__all__ = [
    "bring_into_force",
    "discard_version",
    "end_plans",
    "import_plan",
    "recompute_duties",
    "record_signatures",
    "remove_signature",
    "start_plan",
    "start_version",
    "write_version",
]

REASONS_OF_FORCE: Final = (Subject.START, Subject.SIGNATURES)
"""What a version gives a reason for on the day it comes into force; the other reasons are written with it."""


def start_plan(uow: UnitOfWork, case: CaseView, *, kind: str, actor: Actor, now: datetime) -> UUID:
    """Start a plan of a kind the pathway uses and return the id of its first version, a draft.

    It is empty, but an implementation plan begins with the goals, period and week of the plan it puts into practice.

    Raises Refused at `kind` for a kind that is not the pathway's or holds no longer, Conflict when the case has an
    open plan of the kind already.
    """
    ensure(actor, Permission.PLAN_EDIT, case.subject)
    model = pathway(case.model_key, case.model_version)
    if kind not in model.plan_kinds or reference().plan_kinds.pick(kind, local_date(now)) is None:
        raise Refused(N_("Choose the kind of plan."), "kind")
    plan = _new_plan(uow, case, kind, source="work", actor=actor, now=now)
    fields = field_set_on(kind, local_date(now))
    form_version = fields.version if fields else None
    version = _new_version(uow, plan.id, 1, form_version=form_version, actor=actor, now=now)
    basis = basis_for(uow, case.id, kind)
    if basis is not None:
        version.derived_from_id = basis.id
        _fill(uow, version, queries.version_of(uow, case.id, basis.id).derived, fields, actor=actor, now=now)
    audit.record_in_case(uow, "plan_started", case, PLAN, plan.id, actor=actor, at=now, detail={"kind": kind})
    return version.id


def _new_plan(uow: UnitOfWork, case: CaseView, kind: str, *, source: str, actor: Actor, now: datetime) -> Plan:
    taken = Conflict(N_("The case has an open plan of this kind already. Write a new version of it."), "kind")
    if any(plan.kind == kind and plan.ended_on is None for plan in queries.plans_of(uow, case.id)):
        raise taken
    row = Plan(id=new_id(), case_id=case.id, kind=kind, started_at=now, started_by=actor.id, source=source)
    uow.session.add(row)
    try:
        uow.flush()
    except IntegrityError as error:
        raise taken from error
    return row


def _new_version(
    uow: UnitOfWork, plan_id: UUID, number: int, *, form_version: int | None, actor: Actor, now: datetime
) -> PlanVersion:
    row = PlanVersion(id=new_id(), plan_id=plan_id, number=number, state=VersionState.DRAFT, form_version=form_version)
    row.written_at, row.written_by = now, actor.id
    uow.session.add(row)
    uow.flush()
    return row


def write_version(
    uow: UnitOfWork,
    case: CaseView,
    version_id: UUID,
    *,
    content: PlanContent,
    expected_version: int | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Write a draft anew, goals and actions in the order given.

    Raises Conflict when somebody has written it since it was opened (`expected_version`) or it is no draft any more,
    Refused at the fields. Rows are named goal-1-text, goal-1-action-2-due and so on.
    """
    ensure(actor, Permission.PLAN_EDIT, case.subject)
    row = _draft(uow, case, version_id, expected_version)
    if signatures_of(uow, version_id):
        raise Refused(N_("The version has been signed. Remove the signatures before you change what it says."))
    today = local_date(now)
    sheet = queries.sheet_for(uow, row, content.period_start or today)
    problems = content_problems(content, today=today, is_final=False, sheet=sheet)
    if problems:
        raise Refused.because(problems)
    _fill(uow, row, content, sheet.fields if sheet else None, actor=actor, now=now)
    detail = {"number": row.number, "goals": len(content.goals)}
    audit.record_in_case(uow, "plan_written", case, PLAN, version_id, actor=actor, at=now, detail=detail)


def _draft(uow: UnitOfWork, case: CaseView, version_id: UUID, expected_version: int | None) -> PlanVersion:
    row = queries.version_row(uow, case.id, version_id)
    if row.state != VersionState.DRAFT:
        raise Conflict(N_("This version is no longer a draft. A change is written as a new version."))
    if row.version != expected_version:
        raise Conflict(N_("Somebody else has written this version after you opened it. Both versions are shown below."))
    return row


def _fill(
    uow: UnitOfWork, row: PlanVersion, content: PlanContent, fields: FieldSet | None, *, actor: Actor, now: datetime
) -> None:
    seal = uow.vault.seal_optional
    row.period_start, row.period_end = content.period_start, content.period_end
    row.next_review_on = content.next_review_on
    row.next_review_reason = seal("plan_version", "next_review_reason", row.id, content.next_review_reason or None)
    row.summary = seal("plan_version", "summary", row.id, content.summary or None)
    row.written_at, row.written_by = now, actor.id
    # The version must count up although only a goal has changed: that is what the next writer is compared with.
    flag_modified(row, "written_at")
    write_contents(uow, row.id, content, fields)


def bring_into_force(
    uow: UnitOfWork,
    case: CaseView,
    version_id: UUID,
    *,
    in_force_on: date,
    signatures: Sequence[SignatureEntry],
    reasons: Mapping[str, str],
    client_comment: str | None,
    facts: Facts,
    expected_version: int | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Freeze a draft as the plan in force, with its signatures, and open what it owes (ruling 15).

    The version before it is superseded. Days are when it happened, not when it was typed. `reasons` by
    `limits.Subject`: why it comes into force without a signature the law asks, or without what the activity rests on
    (RU01, RU03; `facts`: what is on record of the case). Raises Refused at the fields, also when its review lies past a
    limit of the law counted from that day; Conflict as `write_version`. Source: 812/2000 (mutual understanding);
    189/2001 sections 5 and 9; 381/2023 section 4.
    """
    ensure(actor, Permission.PLAN_EDIT, case.subject)
    row = _draft(uow, case, version_id, expected_version)
    plan = queries.plan_of(uow, case.id, row.plan_id)
    written, today = queries.version_of(uow, case.id, version_id), local_date(now)
    kept = {subject: text for subject, text in reasons.items() if subject in REASONS_OF_FORCE and text.strip()}
    problems = [
        *_day_problems(plan.in_force.in_force_on if plan.in_force else None, in_force_on, today=today),
        *content_problems(written.content, today=today, is_final=True, sheet=queries.sheet_of(written, today)),
        *signature_problems(written, signatures, kept.get(Subject.SIGNATURES), today=today),
        *_start_problems(start_check(uow, case, written, today, facts), kept.get(Subject.START)),
        *_long_texts(kept | {"client_comment": client_comment or ""}),
    ]
    due = queries.due_of(case, plan, in_force_on=in_force_on, period_end=row.period_end)
    after, reason = max(in_force_on, due.last_review_on or in_force_on), written.next_review_reason
    problems += next_review_problems(row.next_review_on, due, after=after, reason=reason, field=None, reason_field=None)
    if problems:
        raise Refused.because(problems)
    _supersede(uow, row.plan_id)
    write_signatures(uow, row.id, signatures, actor=actor, now=now)
    write_reasons(uow, row.id, kept)
    _freeze(uow, row, in_force_on, client_comment)
    open_plan_duties(uow, case, queries.plan_of(uow, case.id, row.plan_id), reason=reason, actor=actor, now=now)
    detail = {"number": row.number, "on": in_force_on}
    audit.record_in_case(uow, "plan_in_force", case, PLAN, row.plan_id, actor=actor, at=now, detail=detail)


def _day_problems(before: date | None, in_force_on: date, *, today: date) -> list[FieldProblem]:
    """Return what is wrong with the day of coming into force; `before`: the day of the version it takes over from."""
    found = list[FieldProblem]()
    if in_force_on > today:
        found.append(FieldProblem("in_force_on", N_("The day cannot be in the future.")))
    if before is not None and in_force_on < before:
        words = N_("The version before came into force on %(day)s. Choose that day or one after it.", day=before)
        found.append(FieldProblem("in_force_on", words))
    return found


def _start_problems(check: StartCheck | None, reason: str | None) -> list[FieldProblem]:
    if check is None or reason:
        return []
    return [
        FieldProblem(reason_name(one.subject), N_("%(limit)s Record it, or write the reason.", limit=one.message))
        for one in check.breaches
    ]


def _long_texts(texts: Mapping[str, str]) -> list[FieldProblem]:
    names = {str(subject): reason_name(subject) for subject in REASONS_OF_FORCE}
    return too_long({names.get(name, name): text for name, text in texts.items()}, LONGEST_TEXT)


def _supersede(uow: UnitOfWork, plan_id: UUID) -> None:
    for older in queries.rows_in_state(uow, plan_id, VersionState.IN_FORCE):
        older.state = VersionState.SUPERSEDED
    # One version is in force at a time, also between two statements.
    uow.flush()


def _freeze(uow: UnitOfWork, row: PlanVersion, in_force_on: date, comment: str | None) -> None:
    row.state, row.in_force_on = VersionState.IN_FORCE, in_force_on
    text = (comment or "").strip() or None
    row.client_comment = uow.vault.seal_optional("plan_version", "client_comment", row.id, text)
    uow.flush()


def start_version(uow: UnitOfWork, case: CaseView, plan_id: UUID, *, actor: Actor, now: datetime) -> UUID:
    """Start the next version as a copy of the one in force and return its id; a draft that is there is returned.

    Goals and actions keep the id they were first written under, so that the difference of two versions can be told.
    """
    ensure(actor, Permission.PLAN_EDIT, case.subject)
    queries.lock_plan(uow, case.id, plan_id)
    plan = queries.plan_of(uow, case.id, plan_id)
    if plan.draft is not None:
        return plan.draft.id
    if plan.in_force is None:
        raise Refused(N_("The plan has ended. Start a new plan."))
    fields = field_set_on(plan.kind, local_date(now))
    number, form_version = plan.versions[0].number + 1, fields.version if fields else None
    row = _new_version(uow, plan_id, number, form_version=form_version, actor=actor, now=now)
    basis = basis_for(uow, case.id, plan.kind)
    # Whoever changes the plan has its source of today in view; without one in force the old source stays.
    row.derived_from_id = basis.id if basis else plan.in_force.derived_from_id
    _fill(uow, row, queries.version_of(uow, case.id, plan.in_force.id).copy, fields, actor=actor, now=now)
    audit.record_in_case(
        uow, "plan_version_started", case, PLAN, plan_id, actor=actor, at=now, detail={"number": row.number}
    )
    return row.id


def discard_version(
    uow: UnitOfWork, case: CaseView, version_id: UUID, *, expected_version: int | None, actor: Actor, now: datetime
) -> None:
    """Throw a draft away; a plan that had nothing else goes with it. What was in force stays in force."""
    ensure(actor, Permission.PLAN_EDIT, case.subject)
    row = _draft(uow, case, version_id, expected_version)
    plan = queries.plan_of(uow, case.id, row.plan_id)
    uow.session.delete(row)
    uow.flush()
    if len(plan.versions) == 1:
        uow.session.delete(queries.lock_plan(uow, case.id, plan.id))
        uow.flush()
    audit.record_in_case(
        uow, "plan_version_discarded", case, PLAN, plan.id, actor=actor, at=now, detail={"number": row.number}
    )


def import_plan(
    uow: UnitOfWork,
    case: CaseView,
    *,
    kind: str,
    in_force_on: date,
    last_review_on: date | None,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Take a plan over from a register that knows its days only, and return the plan's id (ruling 28).

    It has no goals. Its next review is due on the limit counted from the last one, which may have passed already.
    """
    if not can(actor, Permission.REGISTER_IMPORT):
        ensure(actor, Permission.PLAN_EDIT, case.subject)
    plan = _new_plan(uow, case, kind, source="import", actor=actor, now=now)
    version = _new_version(uow, plan.id, 1, form_version=None, actor=actor, now=now)
    version.state, version.in_force_on = VersionState.IN_FORCE, in_force_on
    uow.flush()
    if last_review_on is not None:
        keep_imported_review(uow, case, plan.id, version.id, last_review_on, actor=actor, now=now)
    open_plan_duties(uow, case, queries.plan_of(uow, case.id, plan.id), reason=None, actor=actor, now=now)
    audit.record_in_case(
        uow, "plan_imported", case, PLAN, plan.id, actor=actor, at=now, detail={"kind": kind, "on": in_force_on}
    )
    return plan.id
