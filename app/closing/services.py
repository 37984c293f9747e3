"""Closing a case, opening it again, and opening the path that goes on from it.

One act of a person is one transaction over several features (ruling 8). The lower services check their own rules and
write their own trail; here only their order is decided.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.activity import services as activity
from app.assessments import services as assessments
from app.assessments.domain import FACTS, HEALTH
from app.cases import queries as cases
from app.cases import services as case_services
from app.cases.domain import CaseView, closing_problems
from app.clients import services as client_services
from app.closing import queries
from app.closing.domain import (
    Answer,
    CarryKind,
    Closing,
    Fate,
    NextPath,
    OpenItem,
    answer_problems,
    carry_problems,
)
from app.consents import services as consents
from app.core.clock import local_date
from app.core.errors import Conflict, FieldProblem, Refused
from app.core.texts import N_
from app.core.uow import UnitOfWork
from app.duties import queries as ledger
from app.duties import services as duties
from app.duties.domain import DutyOutcome
from app.network import queries as network_queries
from app.network import services as network
from app.pathways.loader import latest, pathway
from app.pathways.pathway import Pathway
from app.plans import services as plans
from app.reference.loader import reference
from app.workbench.services import open_pathway, owe_step

GRACE: Final = timedelta(days=14)
OUTCOMES: Final = {
    Fate.DONE: DutyOutcome.DONE,
    Fate.NOT_NEEDED: DutyOutcome.NOT_NEEDED,
    Fate.MOVED: DutyOutcome.SUPERSEDED,
    Fate.ENDS: DutyOutcome.CASE_CLOSED,
}


def close(
    uow: UnitOfWork,
    case: CaseView,
    closing: Closing,
    *,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Close the case: each promise and duty ends as answered, its plans end, nobody answers for it any more.

    Raises Refused with every missing answer at its row, Conflict when the case has changed or something new has
    fallen due since the answers were given.
    """
    ensure(actor, Permission.CASE_CLOSE, case.subject)
    items = queries.open_items(uow, case.id)
    others = queries.other_cases(uow, actor, case, now=now)
    problems = _problems(case, closing, items, others, today=local_date(now))
    if queries.running_period(uow, case.id, local_date(now)) is not None:
        problems.append(FieldProblem(None, N_("End the period of activity first. Then the case can be closed.")))
    if problems:
        raise Refused.because(problems)
    case_services.close_case(uow, case, closing.ending, actor=actor, now=now, expected_version=expected_version)
    targets, on = {one.id: one for one in others}, closing.ending.closed_on
    for item in items:
        answer = closing.answers[item.id]
        to = targets.get(answer.to) if answer.to else None
        _settle(uow, case, item, answer, to=to, on=on, actor=actor, now=now)
    _withdraw(uow, case, closing, actor=actor, now=now)
    _end(uow, case, on=on, actor=actor, now=now)


def _problems(
    case: CaseView, closing: Closing, items: Iterable[OpenItem], others: tuple[CaseView, ...], *, today: date
) -> list[Any]:
    asks = pathway(case.model_key, case.model_version).is_social_welfare
    problems = closing_problems(case, closing.ending, asks_ground=asks, reference=reference(), today=today)
    return problems + answer_problems(items, closing.answers, cases=others, today=today)


def _settle(
    uow: UnitOfWork,
    case: CaseView,
    item: OpenItem,
    answer: Answer,
    *,
    to: CaseView | None,
    on: date,
    actor: Actor,
    now: datetime,
) -> None:
    """Let one item end as answered, the promise and its duty together."""
    fate = answer.fate or Fate.ENDS
    day = answer.on if fate is Fate.DONE and answer.on else on
    reason = answer.reason if fate is Fate.NOT_NEEDED else None
    if item.duty is not None:
        duties.close_duty(
            uow,
            kind=item.duty.kind,
            subject_kind=item.duty.subject_kind,
            subject_id=item.duty.subject_id,
            outcome=OUTCOMES[fate],
            on=day,
            reason=reason,
            actor=actor,
            now=now,
        )
    if item.step is None:
        return
    if fate is Fate.DONE:
        case_services.finish_step(uow, case, step_id=item.step.id, on=day, actor=actor, now=now)
    elif fate is Fate.NOT_NEEDED:
        case_services.drop_step(uow, case, step_id=item.step.id, reason=answer.reason, on=on, actor=actor, now=now)
    elif to is not None:
        _move(uow, case, item, to, on=on, actor=actor, now=now)


def _move(
    uow: UnitOfWork, case: CaseView, item: OpenItem, to: CaseView, *, on: date, actor: Actor, now: datetime
) -> None:
    if item.step is None:
        return
    moved_id = case_services.move_step(uow, case, step_id=item.step.id, to=to, on=on, actor=actor, now=now)
    if item.step.due_on is not None:
        owe_step(
            uow,
            to,
            moved_id,
            owner=item.step.owner,
            due_on=item.step.due_on,
            follows_id=item.duty.id if item.duty else None,
            actor=actor,
            now=now,
        )


def _withdraw(uow: UnitOfWork, case: CaseView, closing: Closing, *, actor: Actor, now: datetime) -> None:
    """Withdraw what the client takes back; a withdrawal is as of the closing day."""
    for consent_id in closing.withdrawn:
        consents.withdraw(uow, case, consent_id, on=closing.ending.closed_on, reason=None, actor=actor, now=now)


def _end(uow: UnitOfWork, case: CaseView, *, on: date, actor: Actor, now: datetime) -> None:
    """End what lives by the case alone; whatever is owed still was never asked about, so nothing is closed."""
    plans.end_plans(uow, case, on=on, actor=actor, now=now)
    activity.end_periods(uow, case, on=on, actor=actor, now=now)
    if ledger.open_of_case(uow, case.id):
        raise Conflict(N_("Something new has fallen due in the case. Look at what is open and answer again."))
    network.release_worker(uow, case, on_close=True, actor=actor, now=now)
    client_services.file_under_teams(uow, case.client_id, cases.open_teams_of_client(uow, case.client_id))


def reopen(
    uow: UnitOfWork,
    case: CaseView,
    *,
    reason: str | None,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Open a closed case again; its duties are computed anew from what is still valid (ruling 15)."""
    case_services.reopen_case(uow, case, reason=reason, actor=actor, now=now, expected_version=expected_version)
    opened = cases.case_for_actor(uow, actor, case.id, now=now)
    plans.recompute_duties(uow, opened, actor=actor, now=now)
    assessments.recompute_duties(uow, opened, actor=actor, now=now)
    consents.reopen_expiries(uow, opened, actor=actor, now=now)
    network.check_members(uow, opened, actor=actor, now=now)
    _owe_promises(uow, opened, actor=actor, now=now)
    client_services.file_under_teams(uow, case.client_id, cases.open_teams_of_client(uow, case.client_id))


def _owe_promises(uow: UnitOfWork, case: CaseView, *, actor: Actor, now: datetime) -> None:
    """Open again the duties of promises not kept; a day that has passed becomes today and two weeks (ruling 15)."""
    today = local_date(now)
    for step in cases.open_steps_of(uow, case.id):
        if step.due_on is not None:
            due_on = step.due_on if step.due_on >= today else today + GRACE
            owe_step(uow, case, step.id, owner=step.owner, due_on=due_on, actor=actor, now=now)


# ---------------------------------------------------------------- the next path
def follow(uow: UnitOfWork, before: CaseView, following: NextPath, *, actor: Actor, now: datetime) -> CaseView:
    """Open a path that goes on from another, with what was ticked, in one transaction.

    Consents go on by reference, the client's prohibitions always; measures, goals and a finished needs assessment too.
    A member of the network gets a place of their own in the new path, the background facts and what was identified
    their first version. Raises Refused at the fields.
    """
    ensure(actor, Permission.CASE_VIEW, before.subject)
    today = local_date(now)
    model = _next_model(following.model_key)
    offers = queries.offers_of(uow, before, model, today)
    uncovered = queries.uncovered_members(uow, before, following, offers, today)
    given = queries.ticked_consents(uow, before, following, today)
    problems = carry_problems(following, offers, uncovered=uncovered, given=given, on=today)
    if problems:
        raise Refused.because(problems)
    case = open_pathway(
        uow,
        before.client_id,
        model_key=following.model_key,
        opened_on=following.opened_on,
        contact_source=following.contact_source,
        contact_channel=following.contact_channel,
        basis_note=following.basis_note,
        follows_case_id=before.id,
        actor=actor,
        now=now,
    )
    ticked = {(kind, one) for kind, ids in following.carried.items() for one in ids}
    permissions = {id_ for one in offers if (one.kind, one.id) in ticked for id_ in one.rests_on}
    _carry(uow, case, before, following, permissions=permissions, actor=actor, now=now)
    _keep_worker(uow, case, following, actor=actor, now=now)
    return cases.case_of(uow, case.id)


def _next_model(key: str) -> Pathway:
    try:
        return latest(key)
    except KeyError:
        raise Refused(N_("Choose the pathway."), "model") from None


def _carry(
    uow: UnitOfWork,
    case: CaseView,
    before: CaseView,
    following: NextPath,
    *,
    permissions: Collection[UUID],
    actor: Actor,
    now: datetime,
) -> None:
    """Let the new case go on with what was ticked; consents come first, since the basis of a member rests on them."""
    consent_ids = dict.fromkeys(
        (*following.ids(CarryKind.CONSENT), *queries.prohibitions_of(uow, before.id, local_date(now)))
    )
    ticked: dict[CarryKind, tuple[UUID, ...]] = {**following.carried, CarryKind.CONSENT: tuple(consent_ids)}
    subjects = [(str(kind), one) for kind, ids in ticked.items() for one in ids]
    case_services.carry_over(uow, case, before, subjects=subjects, permissions=permissions, actor=actor, now=now)
    for consent_id in consent_ids:
        consents.go_on(uow, case, consent_id, actor=actor, now=now)
    wanted = set(following.ids(CarryKind.MEMBER))
    for one in network_queries.members_of(uow, before.id, local_date(now)):
        if one.id in wanted:
            told = {"name": one.name, "party": one.party, "role": one.role, "contact": one.contact}
            network.add_member(uow, case, **told, came_from_id=one.id, actor=actor, now=now)  # type: ignore[arg-type] # a role is text
    if following.ids(CarryKind.BACKGROUND):
        found = cases.background_of(uow, before.id)
        case_services.keep_background(uow, case, found, expected_number=0, actor=actor, now=now)
    _carry_identification(uow, case, before, following, actor=actor, now=now)


def _carry_identification(
    uow: UnitOfWork, case: CaseView, before: CaseView, following: NextPath, *, actor: Actor, now: datetime
) -> None:
    fields = {name for name in FACTS if following.ids(CarryKind.HEALTH if name == HEALTH else CarryKind.FACTS)}
    has_signs = bool(following.ids(CarryKind.SIGNS))
    if fields or has_signs:
        assessments.carry_identification(uow, case, before.id, fields=fields, has_signs=has_signs, actor=actor, now=now)


def _keep_worker(uow: UnitOfWork, case: CaseView, following: NextPath, *, actor: Actor, now: datetime) -> None:
    if following.worker_id is not None:
        network.assign_worker(
            uow,
            case,
            worker_id=following.worker_id,
            expected_worker_id=None,
            reason=None,
            profession_reason=following.profession_reason,
            actor=actor,
            now=now,
        )
