"""Reading what can be put on paper, and what has been printed and given away."""

from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from app.accounts import queries as accounts
from app.assessments import queries as assessments
from app.audit.models import AuditEvent
from app.cases.domain import CaseView
from app.clients import queries as clients
from app.consents import queries as consents
from app.core.clock import local_date
from app.core.errors import NotFound
from app.core.texts import N_, format_day
from app.core.uow import UnitOfWork
from app.papers.consent import CONSENT_FORM, TITLES, blank_form, consent_paper, text_edition
from app.papers.domain import (
    SHARED,
    DisclosureView,
    Ground,
    Offer,
    Order,
    Paper,
    PaperKey,
    PaperKind,
    Words,
    ground_for,
)
from app.papers.models import Disclosure
from app.papers.needs import NEEDS, needs_paper
from app.papers.needs import STATES as NEEDS_STATES
from app.papers.plan import plan_paper
from app.papers.summary import SUMMARY, summary_paper
from app.plans import queries as plans
from app.plans.domain import WORDS as PLAN_WORDS
from app.reference.loader import reference

PRINTED: Final = "printed"


def paper_of(uow: UnitOfWork, case: CaseView, key: PaperKey, today: date) -> Paper:
    """Return a paper of a case with whom it is about, or raise NotFound. The caller has checked the case."""
    client = clients.client_of(uow, case.client_id)
    made = _made(uow, case, key, today, is_protected=client.is_protected)
    about: list[tuple[Words, Words]] = [(N_("Client"), f"{client.last_name} {client.first_names}")]
    if client.birth_on:
        about.append((N_("Born"), format_day(client.birth_on)))
    names = accounts.full_names(uow, {case.worker_id} if case.worker_id else set())
    about.append((N_("Responsible worker"), names.get(case.worker_id, "") if case.worker_id else N_("not named")))
    teams = accounts.team_names(uow)
    if case.team_id in teams:
        about.append((N_("Unit"), teams[case.team_id]))
    own_name = f"{client.first_names} {client.last_name}"
    # an empty line too says whose it is: the pen signs beside the name, the day and the way are still to be written
    signatures = tuple(replace(one, name=own_name) if one.is_client else one for one in made.signatures)
    return replace(made, about=tuple(about), signatures=signatures, is_protected=client.is_protected)


def _made(uow: UnitOfWork, case: CaseView, key: PaperKey, today: date, *, is_protected: bool) -> Paper:
    if key.kind is PaperKind.SUMMARY:
        return summary_paper(uow, case, today, is_protected=is_protected)
    if key.kind is PaperKind.CONSENT_FORM:
        return blank_form(case, today)
    if key.kind is PaperKind.PLAN and key.subject_id:
        return plan_paper(uow, case, key.subject_id, today)
    if key.kind is PaperKind.NEEDS and key.subject_id:
        return needs_paper(uow, case, key.subject_id)
    if key.kind is PaperKind.CONSENT and key.subject_id:
        return consent_paper(uow, case, key.subject_id, today)
    raise NotFound


def offers_of(uow: UnitOfWork, case: CaseView, today: date) -> list[Offer]:
    """Return every paper that can be made of the case, with who printed it last."""
    found = [*_of_the_case(today), *_needs(uow, case), *_plans(uow, case), *_consents(uow, case)]
    last = _last_printings(uow, case)
    names = accounts.full_names(uow, {row.actor_id for row in last.values() if row.actor_id})
    return [_with_last(offer, last.get(str(offer.key)), names) for offer in found]


def _of_the_case(today: date) -> list[Offer]:
    return [
        Offer(key=PaperKey(PaperKind.SUMMARY), title=SUMMARY, edition=N_("as of %(day)s", day=today), on=today),
        Offer(key=PaperKey(PaperKind.CONSENT_FORM), title=CONSENT_FORM, edition=text_edition()),
    ]


def _needs(uow: UnitOfWork, case: CaseView) -> list[Offer]:
    needs = assessments.needs_of(uow, case.id)
    return [
        Offer(
            key=PaperKey(PaperKind.NEEDS, version.id),
            title=NEEDS,
            edition=N_("version %(number)s", number=version.number),
            state=NEEDS_STATES[version.state],
            on=version.finished_on,
        )
        for version in (needs.versions if needs else ())
        if version.state in NEEDS_STATES
    ]


def _plans(uow: UnitOfWork, case: CaseView) -> list[Offer]:
    labels = reference().plan_kinds
    return [
        Offer(
            key=PaperKey(PaperKind.PLAN, head.id),
            title=labels.label(plan.kind),
            edition=N_("version %(number)s", number=head.number),
            state=PLAN_WORDS[head.state],
            on=head.in_force_on or local_date(head.written_at),
        )
        for plan in plans.plans_of(uow, case.id)
        for head in plan.versions
    ]


def _consents(uow: UnitOfWork, case: CaseView) -> list[Offer]:
    return [
        Offer(
            key=PaperKey(PaperKind.CONSENT, one.id),
            title=TITLES[one.kind],
            edition=N_("given %(day)s", day=one.given_on),
            state=", ".join(reference().parties.label(party) for party in one.parties or one.refused),
            on=one.given_on,
        )
        for one in consents.consents_of(uow, case.id)
    ]


def _last_printings(uow: UnitOfWork, case: CaseView) -> dict[str, Any]:
    rows = uow.session.execute(
        select(AuditEvent.at, AuditEvent.actor_id, AuditEvent.detail)
        .where(AuditEvent.client_id == case.client_id, AuditEvent.case_id == case.id, AuditEvent.action == PRINTED)
        .order_by(AuditEvent.id)
    )
    return {str(row.detail.get("paper")): row for row in rows}


def _with_last(offer: Offer, last: Any, names: dict[UUID, str]) -> Offer:  # noqa: ANN401 - a row of the trail or None
    return offer if last is None else offer.printed(last.at, names.get(last.actor_id, ""))


def ground_of(uow: UnitOfWork, case: CaseView, paper: Paper, order: Order, today: date) -> Ground | None:
    """Return what allows giving the paper to the party of the order on the day, or None."""
    given = consents.consents_of(uow, case.id)
    return ground_for(given, order.party, categories=SHARED[paper.key.kind], purpose=order.purpose, on=today)


def disclosures_of(uow: UnitOfWork, case: CaseView) -> list[DisclosureView]:
    """Return the copies given to parties in the case, the latest first."""
    rows = uow.session.scalars(
        select(Disclosure).where(Disclosure.case_id == case.id).order_by(Disclosure.disclosed_at.desc(), Disclosure.id)
    )
    return [
        DisclosureView(
            id=row.id,
            paper=row.paper,
            subject_id=row.subject_id,
            edition=row.edition,
            party=row.party,
            purpose=row.purpose,
            basis=row.basis,
            categories=tuple(row.categories),
            disclosed_at=row.disclosed_at,
            disclosed_by=row.disclosed_by,
        )
        for row in rows
    ]
