"""Papers printed of some clients, and a client who goes on along another path."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from app.access.actor import Actor
from app.cases import queries as cases
from app.cases.domain import CaseView, Ending
from app.closing import queries, services
from app.closing.domain import Answer, CarryKind, Closing, Fate, NextPath
from app.consents import queries as consents
from app.consents.domain import ConsentKind, Standing
from app.core.uow import UnitOfWork
from app.core.workdays import previous_workday
from app.demo.domain import Onward
from app.papers import queries as papers
from app.papers import services as printing
from app.papers.domain import SHARED, Order, PaperKey, PaperKind, Recipient
from app.pathways.loader import latest

PURPOSE: Final = "planning"


def print_papers(uow: UnitOfWork, case: CaseView, *, today: date, actor: Actor, now: datetime) -> None:
    """Print the summary and the newest plan for the client, and the plan for a party the client has allowed it to."""
    offers = papers.offers_of(uow, case, today)
    plan = next((one.key for one in offers if one.key.kind is PaperKind.PLAN), None)
    to_client = Order(recipient=Recipient.CLIENT)
    _print(uow, case, PaperKey(PaperKind.SUMMARY), to_client, today=today, actor=actor, now=now)
    if plan is None:
        return
    _print(uow, case, plan, to_client, today=today, actor=actor, now=now)
    party = _party(uow, case, today)
    if party is not None:
        order = Order(recipient=Recipient.PARTY, party=party, purpose=PURPOSE)
        _print(uow, case, plan, order, today=today, actor=actor, now=now)


def _print(
    uow: UnitOfWork, case: CaseView, key: PaperKey, order: Order, *, today: date, actor: Actor, now: datetime
) -> None:
    paper = papers.paper_of(uow, case, key, today)
    printing.record_printing(uow, case, paper, order, actor=actor, now=now)


def _party(uow: UnitOfWork, case: CaseView, today: date) -> str | None:
    """Return a party that a consent of today opens the plan to."""
    for one in consents.consents_of(uow, case.id):
        is_valid = one.kind is ConsentKind.CONSENT and one.standing(today) is Standing.VALID
        if is_valid and one.parties and {*SHARED[PaperKind.PLAN]} <= {*one.categories} and PURPOSE in one.purposes:
            return one.parties[0]
    return None


def go_on(uow: UnitOfWork, onward: Onward, case: CaseView, *, today: date, actor: Actor, now: datetime) -> UUID:
    """Close the case, open the path that follows it with all that may go along, both as of the working day before.

    Return the id of the new case.
    """
    on = previous_workday(today)
    ending = Ending(
        outcome=onward.outcome,
        closed_on=on,
        text=onward.text,
        client_estimate=onward.estimate,
        is_feedback_asked=True,
    )
    answers = {
        item.id: Answer(fate=Fate.ENDS) if Fate.ENDS in item.fates else Answer(fate=Fate.DONE, on=on)
        for item in queries.open_items(uow, case.id)
    }
    services.close(uow, case, Closing(ending=ending, answers=answers), actor=actor, now=now)
    model = latest(onward.model)
    before = cases.get_case_for(uow, actor, case.id, now=now)
    offers = queries.offers_of(uow, before, model, today)
    keeper = queries.keeper_of(uow, before, model, now=now)
    following = NextPath(
        model_key=onward.model,
        opened_on=on,
        contact_source=onward.source,
        basis_note=onward.note,
        worker_id=keeper.id if keeper else None,
        profession_reason=None if keeper is None or keeper.is_allowed else onward.profession_reason,
        carried={
            kind: tuple(one.id for one in offers if one.kind is kind and one.why_not is None) for kind in CarryKind
        },
    )
    return services.follow(uow, before, following, actor=actor, now=now).id
