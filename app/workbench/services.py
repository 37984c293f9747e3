"""Acts over several features: one act of a person is one transaction (ruling 8).

The lower services check their own rules and write their own trail; here only their order is decided.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.accounts import queries as accounts
from app.assessments import services as assessments
from app.cases import queries as cases
from app.cases import services as case_services
from app.cases.domain import STEP, TWIN_MINUTES, CaseView
from app.clients import queries as clients
from app.clients import services as client_services
from app.clients.domain import ClientDetails
from app.consents import queries as consent_queries
from app.consents import services as consents
from app.core.clock import local_date
from app.core.errors import Refused
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.drafts import services as drafts
from app.duties import services as duties
from app.duties.domain import DutyKind, DutyOutcome
from app.network import services as network
from app.pathways.domain import StageCode
from app.workbench import queries
from app.workbench.domain import LOG_FORM, Contact


def register_and_open(
    uow: UnitOfWork,
    details: ClientDetails,
    *,
    model_key: str,
    opened_on: date,
    basis_note: str,
    contact_channel: str | None = None,
    actor: Actor,
    now: datetime,
) -> CaseView:
    """Register a person and open their first pathway; the basis for processing becomes the first entry.

    Raises what the register raises (`clients.services.LikelyTwin` when somebody like this is known) and Refused.
    """
    client_id = client_services.register_client(uow, details, actor=actor, now=now)
    return open_pathway(
        uow,
        client_id,
        model_key=model_key,
        opened_on=opened_on,
        contact_source=details.contact_source,
        contact_channel=contact_channel,
        basis_note=basis_note,
        actor=actor,
        now=now,
    )


def open_pathway(
    uow: UnitOfWork,
    client_id: UUID,
    *,
    model_key: str,
    opened_on: date,
    contact_source: str,
    basis_note: str,
    contact_channel: str | None = None,
    follows_case_id: UUID | None = None,
    actor: Actor,
    now: datetime,
) -> CaseView:
    """Open a pathway for a client that the actor may see, in the actor's team, and file the name under it.

    Who made the contact is kept with the case, how it was made (None: nobody said) in its identification (PA1).
    """
    clients.get_client_for(uow, actor, client_id, now=now)
    team = accounts.primary_team_of(uow, actor.id, now) if actor.id else None
    case = case_services.open_case(
        uow,
        client_id=client_id,
        model_key=model_key,
        opened_on=opened_on,
        contact_source=contact_source,
        actor=actor,
        now=now,
        team_id=team,
        follows_case_id=follows_case_id,
    )
    _note_basis(uow, case, basis_note.strip(), on=opened_on, actor=actor, now=now)
    assessments.keep_channel(uow, case, contact_channel, actor=actor, now=now)
    client_services.file_under_teams(uow, client_id, cases.open_teams_of_client(uow, client_id))
    return case


def _note_basis(uow: UnitOfWork, case: CaseView, line: str, *, on: date, actor: Actor, now: datetime) -> None:
    """Let the basis for processing be the first entry of the case."""
    if line:
        case_services.write_note(
            uow,
            case,
            kind="entry",
            topic="contact_source",
            happened_on=on,
            line=line,
            text=None,
            is_visible_to_client=False,
            actor=actor,
            now=now,
        )


def log_contact(
    uow: UnitOfWork, case: CaseView, contact: Contact, *, is_sure: bool, actor: Actor, now: datetime
) -> UUID:
    """Write a contact, keep its promise as a duty, finish the promises it kept, drop the draft; return the entry's id.

    Raises Refused at `is_sure` when the same words were written within five minutes and nobody says it is meant.
    """
    ensure(actor, Permission.CASE_LOG, case.subject)
    if not is_sure:
        _ask_about_twin(uow, case, contact, actor=actor, now=now)
    note_id = case_services.write_note(
        uow,
        case,
        kind=contact.kind,
        topic=contact.topic,
        happened_on=contact.happened_on,
        line=contact.line,
        text=contact.text,
        is_visible_to_client=contact.is_visible_to_client,
        actor=actor,
        now=now,
    )
    if contact.step.strip():
        _promise(uow, case, contact, note_id, actor=actor, now=now)
    elif contact.step_due is not None:
        raise Refused(N_("Write what is done next."), "step")
    for step_id in contact.done_steps:
        keep_promise(uow, case, step_id, actor=actor, now=now)
    drafts.drop_draft(uow, form=LOG_FORM, subject_id=case.id, actor=actor)
    return note_id


def _ask_about_twin(uow: UnitOfWork, case: CaseView, contact: Contact, *, actor: Actor, now: datetime) -> None:
    twin = cases.find_twin(
        uow, case.id, kind=contact.kind, happened_on=contact.happened_on, line=contact.line, actor=actor, now=now
    )
    if twin is not None:
        asked = N_("You wrote the same entry less than %(minutes)s minutes ago. Tick this if it is another one.",
                   minutes=TWIN_MINUTES)  # fmt: skip
        raise Refused(asked, "is_sure")


def _promise(uow: UnitOfWork, case: CaseView, contact: Contact, note_id: UUID, *, actor: Actor, now: datetime) -> None:
    step_id = case_services.promise_step(
        uow,
        case,
        note_id=note_id,
        owner=contact.step_owner,
        text=contact.step,
        due_on=contact.step_due,
        actor=actor,
        now=now,
    )
    if contact.step_due is not None:
        owe_step(uow, case, step_id, owner=contact.step_owner, due_on=contact.step_due, actor=actor, now=now)


def owe_step(
    uow: UnitOfWork,
    case: CaseView,
    step_id: UUID,
    *,
    owner: str,
    due_on: date,
    actor: Actor,
    now: datetime,
    follows_id: UUID | None = None,
) -> None:
    """Open the duty of a promise that has a day."""
    duties.open_duty(
        uow,
        case_id=case.id,
        kind=DutyKind.TASK,
        subject_kind=STEP,
        subject_id=step_id,
        rule_code=STEP,
        anchor_on=local_date(now),
        due_on=due_on,
        waits_for=owner,
        follows_id=follows_id,
        actor=actor,
        now=now,
    )


def keep_promise(uow: UnitOfWork, case: CaseView, step_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Mark a promise as kept and close its duty; one that is kept already is left as it is."""
    today = local_date(now)
    if case_services.finish_step(uow, case, step_id=step_id, on=today, actor=actor, now=now):
        duties.close_duty(
            uow,
            kind=DutyKind.TASK,
            subject_kind=STEP,
            subject_id=step_id,
            outcome=DutyOutcome.DONE,
            on=today,
            actor=actor,
            now=now,
        )


def move_stage(
    uow: UnitOfWork,
    case: CaseView,
    *,
    to: StageCode,
    finish: Collection[StageCode] | None,
    reason: str | None,
    exceptions: Mapping[str, str],
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Open a stage with the facts on record today; see `cases.services.move_stage` for what is refused."""
    case_services.move_stage(
        uow,
        case,
        to=to,
        finish=finish,
        reason=reason,
        exceptions=exceptions,
        facts=queries.facts_of(uow, case, local_date(now)),
        actor=actor,
        now=now,
        expected_version=expected_version,
    )


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
    """Mark a stage as not needed, with the reason."""
    case_services.skip_stage(
        uow, case, stage=stage, reason=reason, actor=actor, now=now, expected_version=expected_version
    )


def withdraw_consent(
    uow: UnitOfWork, case: CaseView, consent_id: UUID, *, on: date, reason: str | None, actor: Actor, now: datetime
) -> None:
    """Withdraw a consent from a day on, in every path that rests on it; sharing is decided at reading, so it ends."""
    consents.withdraw(uow, case, consent_id, on=on, reason=reason, actor=actor, now=now)
    for case_id in consent_queries.cases_of(uow, consent_id):
        network.check_members(uow, cases.case_of(uow, case_id), actor=actor, now=now)
