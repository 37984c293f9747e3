"""Printing: for whom a copy is made is asked first, and every copy leaves its trace."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.audit import services as audit
from app.audit.domain import Purpose
from app.cases.domain import CaseView
from app.core.clock import local_date
from app.core.errors import Refused
from app.core.ids import new_id
from app.core.texts import N_, Text
from app.core.uow import UnitOfWork
from app.papers import queries
from app.papers.domain import SHARED, Ground, Order, Paper, Recipient, order_problems
from app.papers.models import Disclosure
from app.reference.loader import reference

PURPOSES: Final[Mapping[Recipient, str]] = {
    Recipient.CLIENT: Purpose.COPY_TO_CLIENT,
    Recipient.PARTY: Purpose.COPY_TO_PARTY,
    Recipient.OWN: Purpose.COPY_FOR_WORK,
}


def record_printing(
    uow: UnitOfWork, case: CaseView, paper: Paper, order: Order, *, actor: Actor, now: datetime
) -> None:
    """Put a printing on record; a copy for a party is a disclosure and needs a basis (703/2023 sections 6 and 10).

    The basis must name the party, the kinds of data on the paper and the purpose, today. Raises Refused with the
    reason at recipient, party or purpose.
    """
    ensure(actor, Permission.CASE_PRINT, case.subject)
    lists, today = reference(), local_date(now)
    parties = {one.code for one in lists.parties.on(today)}
    purposes = {one.code for one in lists.purposes.on(today)}
    problems = order_problems(order, paper.key.kind, parties=parties, purposes=purposes)
    if problems:
        raise Refused.because(problems)
    if order.recipient is Recipient.PARTY:
        ground = queries.ground_of(uow, case, paper, order, today)
        if ground is None:
            raise Refused(_no_basis(order, SHARED[paper.key.kind]), "party")
        _disclose(uow, case, paper, order, ground, actor=actor, now=now)
    detail = {"paper": str(paper.key), "edition": paper.edition_slug, "recipient": str(order.recipient)}
    purpose = PURPOSES[order.recipient]
    audit.record_in_case(uow, "printed", case, *_traced(paper), actor=actor, at=now, purpose=purpose, detail=detail)


def _no_basis(order: Order, categories: tuple[str, ...]) -> Text:
    lists = reference()
    return N_(
        "No valid basis covers this. Party: %(party)s. Data: %(data)s. Purpose: %(purpose)s. "
        "Record a consent or a basis in law first.",
        party=lists.parties.label(order.party),
        data=", ".join(lists.data_categories.label(code) for code in categories),
        purpose=lists.purposes.label(order.purpose),
    )


def _disclose(
    uow: UnitOfWork, case: CaseView, paper: Paper, order: Order, ground: Ground, *, actor: Actor, now: datetime
) -> None:
    uow.session.add(
        Disclosure(
            id=new_id(),
            client_id=case.client_id,
            case_id=case.id,
            paper=paper.key.kind,
            subject_id=paper.key.subject_id,
            edition=paper.edition_slug,
            categories=list(SHARED[paper.key.kind]),
            party=order.party,
            purpose=order.purpose,
            basis=ground.basis,
            consent_id=ground.consent_id,
            disclosed_at=now,
            disclosed_by=actor.id,
        )
    )
    uow.flush()
    detail = {
        "paper": str(paper.key),
        "recipient": str(order.recipient),
        "party": order.party,
        "purpose": order.purpose,
        "basis": ground.basis,
    }
    purpose = PURPOSES[order.recipient]
    audit.record_in_case(uow, "disclosed", case, *_traced(paper), actor=actor, at=now, purpose=purpose, detail=detail)


def _traced(paper: Paper) -> tuple[str, UUID | None]:
    return f"paper.{paper.key.kind}", paper.key.subject_id
