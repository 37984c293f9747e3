"""Recording and withdrawing consents."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.audit import services as audit
from app.cases.domain import CaseView
from app.consents import queries
from app.consents.domain import ConsentEntry, ConsentKind, problems_of
from app.consents.models import Consent
from app.consents.models import ConsentItem as ItemRow
from app.core.clock import local_date
from app.core.errors import FieldProblem, Refused
from app.core.ids import new_id
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.duties import queries as ledger
from app.duties import services as duties
from app.duties.domain import DutyKind, DutyOutcome
from app.reference.loader import reference


def record_consent(uow: UnitOfWork, case: CaseView, entry: ConsentEntry, *, actor: Actor, now: datetime) -> UUID:
    """Put a consent, permission, prohibition or statutory basis on record, item by item, refusals too (703/2023 58 §).

    With a last valid day it opens the duty to ask again. Raises Refused with the reason at each field.
    """
    ensure(actor, Permission.CONSENT_RECORD, case.subject)
    problems = problems_of(entry, today=local_date(now), known=_known_codes()) + _basis_problems(entry)
    if problems:
        raise Refused.because(problems)
    consent_id = _add(uow, case, entry, actor=actor, now=now)
    if entry.valid_until is not None and entry.kind is not ConsentKind.STATUTORY:
        until = entry.valid_until
        _open_expiry(uow, case, consent_id, given_on=entry.given_on, valid_until=until, actor=actor, now=now)
    until_word = entry.valid_until.isoformat() if entry.valid_until else None
    detail = {"kind": entry.kind, "basis": entry.basis, "valid_until": until_word}
    audit.record_in_case(uow, "consent_recorded", case, "consent", consent_id, actor=actor, at=now, detail=detail)
    return consent_id


def withdraw(
    uow: UnitOfWork, case: CaseView, consent_id: UUID, *, on: date, reason: str | None, actor: Actor, now: datetime
) -> None:
    """End a consent on the client's word: sharing that rests on it ends with this transaction (703/2023 58 §).

    What was already disclosed stays on record. A second withdrawal, a future day or a statutory basis is Refused.
    """
    ensure(actor, Permission.CONSENT_RECORD, case.subject)
    row = _row_of(uow, case, consent_id)
    _check_withdrawal(row, on, today=local_date(now))
    row.withdrawn_on, row.withdrawn_at, row.withdrawn_by = on, now, actor.id
    row.withdrawal_reason = uow.vault.seal_optional("consent", "withdrawal_reason", row.id, reason)
    uow.flush()
    duties.close_duty(
        uow,
        kind=DutyKind.CONSENT_EXPIRY,
        subject_kind="consent",
        subject_id=row.id,
        outcome=DutyOutcome.WITHDRAWN,
        on=on,
        actor=actor,
        now=now,
    )
    audit.record_in_case(uow, "consent_withdrawn", case, "consent", row.id, actor=actor, at=now, detail={"on": on})


def _row_of(uow: UnitOfWork, case: CaseView, consent_id: UUID) -> Consent:
    """Return the row of a consent that the case rests on, locked: its own or one it goes on with; else NotFound."""
    queries.consent_of(uow, case.id, consent_id)
    return uow.session.scalars(select(Consent).where(Consent.id == consent_id).with_for_update()).one()


def go_on(uow: UnitOfWork, case: CaseView, consent_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Let a consent of an earlier path, carried over already, be asked about again in this one when it ends."""
    ensure(actor, Permission.CONSENT_RECORD, case.subject)
    row = _row_of(uow, case, consent_id)
    if row.valid_until is not None:
        until = row.valid_until
        _open_expiry(uow, case, consent_id, given_on=row.given_on, valid_until=until, actor=actor, now=now)


def reopen_expiries(uow: UnitOfWork, case: CaseView, *, actor: Actor, now: datetime) -> None:
    """Open again the duties of consents that still hold, after the case was reopened; what has ended stays ended."""
    today = local_date(now)
    rows = uow.session.execute(
        select(Consent.id, Consent.given_on, Consent.valid_until).where(
            Consent.case_id == case.id, Consent.withdrawn_on.is_(None), Consent.kind != ConsentKind.STATUTORY
        )
    )
    for consent_id, given_on, valid_until in rows:
        asked = ledger.find_open(uow, kind=DutyKind.CONSENT_EXPIRY, subject_kind="consent", subject_id=consent_id)
        if valid_until is None or valid_until < today or asked is not None:  # a later path asks about it already
            continue
        _open_expiry(uow, case, consent_id, given_on=given_on, valid_until=valid_until, actor=actor, now=now)


def _add(uow: UnitOfWork, case: CaseView, entry: ConsentEntry, *, actor: Actor, now: datetime) -> UUID:
    row = Consent(
        id=new_id(),
        client_id=case.client_id,
        case_id=case.id,
        kind=entry.kind,
        basis=entry.basis,
        given_by=entry.given_by,
        given_on=entry.given_on,
        form=entry.form,
        text_version=entry.text_version,
        valid_until=entry.valid_until,
        recorded_at=now,
        recorded_by=actor.id,
    )
    row.remark = uow.vault.seal_optional("consent", "remark", row.id, entry.remark)
    uow.session.add(row)
    uow.flush()
    uow.session.add_all(
        ItemRow(
            id=new_id(),
            consent_id=row.id,
            party=item.party,
            category=item.category,
            purpose=item.purpose,
            answer=item.answer,
        )
        for item in entry.items
    )
    uow.flush()
    return row.id


def _open_expiry(
    uow: UnitOfWork, case: CaseView, consent_id: UUID, *, given_on: date, valid_until: date, actor: Actor, now: datetime
) -> None:
    duties.open_duty(
        uow,
        case_id=case.id,
        kind=DutyKind.CONSENT_EXPIRY,
        subject_kind="consent",
        subject_id=consent_id,
        rule_code="CONSENT_VALIDITY",
        anchor_on=given_on,
        due_on=valid_until,
        actor=actor,
        now=now,
    )


def _check_withdrawal(row: Consent, on: date, *, today: date) -> None:
    if row.kind == ConsentKind.STATUTORY:
        raise Refused(N_("A statutory basis is not the client's to withdraw."), "withdrawn_on")
    if row.withdrawn_on is not None:
        raise Refused(N_("This consent has already been withdrawn on %(day)s.", day=row.withdrawn_on), "withdrawn_on")
    if on > today:
        raise Refused(N_("The day of withdrawal cannot be in the future."), "withdrawn_on")
    if on < row.given_on:
        raise Refused(N_("The day of withdrawal cannot be before the day it was given."), "withdrawn_on")


def _known_codes() -> dict[str, frozenset[str]]:
    lists = reference()
    return {"party": lists.parties.codes, "category": lists.data_categories.codes, "purpose": lists.purposes.codes}


def _basis_problems(entry: ConsentEntry) -> list[FieldProblem]:
    lists = reference()
    ground = lists.bases.pick(entry.basis, entry.given_on)
    if ground is None:
        return [FieldProblem("basis", N_("Choose the basis from the list."))]
    found: list[FieldProblem] = []
    if entry.kind is ConsentKind.STATUTORY and ground.needs_text and not entry.remark:
        found.append(FieldProblem("remark", N_("Write why this basis applies.")))
    uncovered = dict.fromkeys(item.party for item in entry.items if not ground.covers(item.party, entry.given_on))
    if uncovered and entry.kind is not ConsentKind.PROHIBITION:
        names = ", ".join(lists.parties.label(party) for party in uncovered)
        found.append(
            FieldProblem("parties", N_("This basis cannot be used towards: %(names)s. Choose another.", names=names))
        )
    return found
