"""Reading what is open in a case before it closes, and how it closed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, select

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import can
from app.accounts import queries as accounts
from app.cases import queries as cases
from app.cases.domain import STEP, CaseView
from app.cases.models import NextStep
from app.closing.domain import ClosingPage, EndingPage, OpenItem, SettledDuty, items_of
from app.consents import queries as consents
from app.consents.domain import ConsentKind, ConsentView, Standing
from app.core.errors import NotFound
from app.core.uow import UnitOfWork
from app.duties import queries as ledger
from app.duties.models import Duty
from app.network import queries as network
from app.pathways.loader import pathway
from app.reference.loader import reference
from app.workbench import pages


def open_items(uow: UnitOfWork, case_id: UUID) -> tuple[OpenItem, ...]:
    """Return every promise and duty that is open in the case."""
    return items_of(cases.open_steps_of(uow, case_id), ledger.open_of_case(uow, case_id), step_kind=STEP)


def other_cases(uow: UnitOfWork, actor: Actor, case: CaseView, *, now: datetime) -> tuple[CaseView, ...]:
    """Return the client's other open cases in which the actor may write: a promise can move there."""
    found = cases.cases_of_client_for(uow, actor, case.client_id, now=now)
    return tuple(
        one for one in found if one.id != case.id and one.is_open and can(actor, Permission.CASE_LOG, one.subject)
    )


def valid_consents(uow: UnitOfWork, case_id: UUID, today: date) -> tuple[ConsentView, ...]:
    """Return what the client has said yes or no to and may take back; a statutory basis is not the client's."""
    return tuple(
        one
        for one in consents.consents_of(uow, case_id)
        if one.kind is not ConsentKind.STATUTORY and one.standing(today) in {Standing.VALID, Standing.ENDING}
    )


def closing_page(uow: UnitOfWork, actor: Actor, case: CaseView, *, now: datetime, today: date) -> ClosingPage:
    """Return what closing asks about, and leave the trace of the look."""
    return ClosingPage(
        shell=pages.head_only(uow, actor, case.id, page="close", now=now, today=today),
        items=open_items(uow, case.id),
        consents=valid_consents(uow, case.id, today),
        members=tuple(network.members_of(uow, case.id, today)),
        cases=other_cases(uow, actor, case, now=now),
        asks_ground=pathway(case.model_key, case.model_version).is_social_welfare,
        may_withdraw=can(actor, Permission.CONSENT_RECORD, case.subject),
    )


def ending_page(uow: UnitOfWork, actor: Actor, case_id: UUID, *, now: datetime, today: date) -> EndingPage:
    """Return how the case closed, and leave the trace of the look; NotFound while it is open."""
    shell = pages.head_only(uow, actor, case_id, page="ending", now=now, today=today)
    if shell.case.is_open:
        raise NotFound
    closing = cases.closings_of(uow, case_id)[0]
    lists = reference()
    outcome = lists.outcomes.find(closing.outcome)
    return EndingPage(
        shell=shell,
        closing=closing,
        closed_by=" ".join(accounts.full_names(uow, [closing.closed_by] if closing.closed_by else []).values()),
        dropped=tuple(one for one in cases.dropped_steps_of(uow, case_id) if one.dropped_on == closing.closed_on),
        settled=_settled(uow, case_id, closing.closed_at),
        group=lists.outcome_groups.label(outcome.group) if outcome else "",
    )


def _settled(uow: UnitOfWork, case_id: UUID, at: datetime) -> tuple[SettledDuty, ...]:
    """Return what ended with the closing, a kept promise in its words; promises that were not kept are told apart."""
    rows = uow.session.execute(
        select(Duty, NextStep)
        .outerjoin(NextStep, and_(Duty.subject_kind == STEP, NextStep.id == Duty.subject_id))
        .where(Duty.case_id == case_id, Duty.closed_at == at, NextStep.dropped_on.is_(None))
        .order_by(Duty.due_on, Duty.id)
    )
    opened = uow.vault.open_optional
    return tuple(
        SettledDuty(
            kind=duty.kind,
            due_on=duty.due_on,
            outcome=duty.outcome or "",
            text=opened("next_step", "text", step.id, step.text) if step is not None else None,
            reason=opened("duty", "closing_reason", duty.id, duty.closing_reason),
        )
        for duty, step in rows
    )
