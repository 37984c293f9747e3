"""Acts on the identification record: one save of the form, and the end of a sign. Nothing is ever taken away."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.assessments import queries
from app.assessments.domain import (
    CHANNEL,
    LOOKED,
    PERSON,
    Identification,
    SignEnding,
    ending_problems,
    entry_problems,
    health_permission,
    kind_of,
)
from app.assessments.domain import IdentificationEntry as Entry
from app.assessments.models import IdentificationEntry, IdentificationSign
from app.audit import services as audit
from app.cases import services as cases
from app.cases.domain import CaseView
from app.consents import queries as consents
from app.core.clock import local_date
from app.core.errors import Conflict, Refused
from app.core.ids import new_id
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.reference.loader import reference


def keep_identification(
    uow: UnitOfWork, case: CaseView, entry: Entry, *, expected_number: int, actor: Actor, now: datetime
) -> None:
    """Put one save of the form on record: what changed in the fields, the signs ticked now, the background facts.

    Raises Refused at the fields, among them `health` without the client's permission (PA2; 703/2023 section 6);
    Conflict when somebody has saved since `expected_number` was read. Earlier values stay readable.
    """
    ensure(actor, Permission.ASSESSMENT_EDIT, case.subject)
    record, today = queries.identification_of(uow, case.id), local_date(now)
    if record.number != expected_number:
        raise _changed()
    health = health_permission(consents.consents_of(uow, case.id), today)
    problems = entry_problems(entry, record, health, reference=reference(), today=today)
    if problems:
        raise Refused.because(problems)
    if entry.background is not None:
        expected = entry.background_number
        cases.keep_background(uow, case, entry.background, expected_number=expected, actor=actor, now=now)
    written = _write(uow, case, record, _values(entry, record), actor=actor, now=now)
    _note(uow, case, entry, actor=actor, now=now)
    if written or entry.signs:
        detail = {"fields": sorted(written), "signs": sorted(entry.signs)}
        audit.record_in_case(
            uow, "identification_kept", case, "identification", case.id, actor=actor, at=now, detail=detail
        )


def keep_channel(uow: UnitOfWork, case: CaseView, channel: str | None, *, actor: Actor, now: datetime) -> None:
    """Put on record how the contact was made with which a path opens (PA1, FR05); None when nobody said.

    Whoever opens the path tells it with its source, before anybody assesses, so it asks the right of the first entry.
    Raises Refused at `contact_channel`.
    """
    ensure(actor, Permission.CASE_LOG, case.subject)
    if not channel:
        return
    if reference().contact_channels.pick(channel, local_date(now)) is None:
        raise Refused(N_("Choose from the list."), CHANNEL)
    written = _write(uow, case, queries.identification_of(uow, case.id), {CHANNEL: channel}, actor=actor, now=now)
    detail: dict[str, list[str]] = {"fields": sorted(written), "signs": []}
    audit.record_in_case(
        uow, "identification_kept", case, "identification", case.id, actor=actor, at=now, detail=detail
    )


def carry_identification(
    uow: UnitOfWork,
    case: CaseView,
    before_id: UUID,
    *,
    fields: Collection[str],
    has_signs: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Let a path begin with fields, and with the signs that count, of the identification of the path before.

    They become values of their own, so that what is written later in either path stays there; a sign keeps the day it
    was noted and who noticed it. What may be carried (register, permission) the caller has checked (703/2023 53 §).
    """
    ensure(actor, Permission.CASE_LOG, case.subject)
    before, record = queries.identification_of(uow, before_id), queries.identification_of(uow, case.id)
    wanted = (*fields, LOOKED) if has_signs else tuple(fields)
    values = {name: before.value(name) for name in wanted if before.value(name)}
    written = _write(uow, case, record, values, actor=actor, now=now)
    signs = [sign for sign in before.signs if sign.is_open and has_signs]
    for sign in signs:
        _add_sign(uow, case, sign.code, on=sign.noted_on, remark=sign.remark, by=sign.noted_by, now=now)
    detail = {"fields": sorted(written), "signs": sorted(sign.code for sign in signs)}
    audit.record_in_case(
        uow, "identification_kept", case, "identification", case.id, actor=actor, at=now, detail=detail
    )


def _changed() -> Conflict:
    return Conflict(N_("Somebody else has written here after you opened the page. Look at both and save again."))


def _values(entry: Entry, record: Identification) -> dict[str, str]:
    """Return the fields whose value differs from the one on record."""
    looked = "y" if entry.is_looked_through or record.value(LOOKED) else ""
    typed = {**entry.texts, CHANNEL: entry.channel or "", PERSON: entry.person.strip(), LOOKED: looked}
    return {name: value.strip() for name, value in typed.items() if value.strip() != record.value(name)}


def _write(
    uow: UnitOfWork, case: CaseView, record: Identification, values: Mapping[str, str], *, actor: Actor, now: datetime
) -> frozenset[str]:
    number = record.number + 1
    for name, value in values.items():
        row_id, is_code = new_id(), name in {CHANNEL, LOOKED}
        sealed = None if is_code else uow.vault.seal_optional("identification_entry", "text", row_id, value or None)
        columns = {"id": row_id, "case_id": case.id, "field": name, "number": number}
        columns |= {"code": (value or None) if is_code else None, "text": sealed}
        try:
            with uow.session.begin_nested():
                uow.session.execute(insert(IdentificationEntry).values(**columns, written_at=now, written_by=actor.id))
        except IntegrityError as error:
            raise _changed() from error
    return frozenset(values)


def _note(uow: UnitOfWork, case: CaseView, entry: Entry, *, actor: Actor, now: datetime) -> None:
    for code in sorted(entry.signs):
        _add_sign(uow, case, code, on=entry.noted_on, remark=entry.remark.strip() or None, by=actor.id, now=now)


def _add_sign(
    uow: UnitOfWork, case: CaseView, code: str, *, on: date, remark: str | None, by: UUID | None, now: datetime
) -> None:
    row_id = new_id()
    row = IdentificationSign(id=row_id, case_id=case.id, kind=kind_of(code, reference()), code=code)
    row.noted_on, row.noted_at, row.noted_by = on, now, by
    row.remark = uow.vault.seal_optional("identification_sign", "remark", row_id, remark)
    try:
        with uow.session.begin_nested():
            uow.session.add(row)
            uow.flush()
    except IntegrityError as error:  # somebody noted the same in the meantime
        raise _changed() from error


def end_sign(
    uow: UnitOfWork,
    case: CaseView,
    sign_id: UUID,
    *,
    ending: str,
    ended_on: date,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Let a sign count no longer, with the day and the reason; the sign and its end stay on record.

    Raises Refused at `ending`, `ended_on` or `reason`, Conflict when it has ended already, NotFound for another case's.
    """
    ensure(actor, Permission.ASSESSMENT_EDIT, case.subject)
    row = queries.sign_row(uow, case.id, sign_id)
    sign, why = queries.sign_of(uow, case.id, sign_id), reason.strip()
    if not sign.is_open:
        raise Conflict(N_("This has ended already. Somebody may have ended it a moment ago."))
    problems = ending_problems(sign, ending, ended_on, why, today=local_date(now))
    if problems:
        raise Refused.because(problems)
    row.ended_on, row.ended_at, row.ended_by, row.ending = ended_on, now, actor.id, SignEnding(ending)
    row.end_reason = uow.vault.seal("identification_sign", "end_reason", row.id, why)
    uow.flush()
    detail = {"code": sign.code, "ending": ending}
    audit.record_in_case(uow, "sign_ended", case, "identification", sign_id, actor=actor, at=now, detail=detail)
