"""Reading what is open in a case before it closes, how it closed, and what the next path may go on with."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, select

from app.access.actor import Actor, Role
from app.access.permissions import Permission
from app.access.policy import can
from app.accounts import queries as accounts
from app.activity import queries as activity
from app.activity.domain import PeriodState
from app.assessments import queries as assessments
from app.assessments.domain import CHANNEL, FACTS, HEALTH, Health, SignKind, SignView, health_permission
from app.cases import queries as cases
from app.cases.domain import STEP, CaseView
from app.cases.models import NextStep
from app.closing.crossing import (
    PLAN,
    REGISTERS,
    as_came,
    categories_of_background,
    categories_of_measure,
    crossing_of,
    is_same_register,
    ruled,
    why_consent_stays,
)
from app.closing.domain import (
    CONSENT_WORDS,
    CarriedPage,
    Carry,
    CarryKind,
    ClosingPage,
    EndingPage,
    Keeper,
    NextPath,
    NextPathPage,
    OpenItem,
    SettledDuty,
    items_of,
)
from app.consents import queries as consents
from app.consents.domain import ConsentKind, ConsentView, Standing, basis_of
from app.core.errors import NotFound
from app.core.texts import N_, Text
from app.core.uow import UnitOfWork
from app.duties import queries as ledger
from app.duties.models import Duty
from app.measures import queries as measures
from app.measures.domain import plain
from app.network import queries as network
from app.network.domain import MemberView
from app.participation import queries as participation
from app.pathways.domain import StageCode
from app.pathways.loader import all_latest, pathway
from app.pathways.pathway import Pathway
from app.plans import queries as plans
from app.plans.domain import GoalOutcome
from app.plans.held import reviews_of
from app.reference.loader import reference
from app.workbench import pages


def open_items(uow: UnitOfWork, case_id: UUID) -> tuple[OpenItem, ...]:
    """Return every promise and duty that is open in the case."""
    return items_of(cases.open_steps_of(uow, case_id), ledger.open_of_case(uow, case_id), step_kind=STEP)


def other_cases(uow: UnitOfWork, actor: Actor, case: CaseView, *, now: datetime) -> tuple[CaseView, ...]:
    """Return the client's other open cases of the same client register in which the actor may write.

    A promise can move there; its words do not leave the register they were written in (703/2023 section 18).
    """
    found = _open_beside(uow, actor, case, now=now)
    return tuple(one for one in found if _shares_register(one, case) and can(actor, Permission.CASE_LOG, one.subject))


def _open_beside(uow: UnitOfWork, actor: Actor, case: CaseView, *, now: datetime) -> list[CaseView]:
    found = cases.cases_of_client_for(uow, actor, case.client_id, now=now)
    return [one for one in found if one.id != case.id and one.is_open]


def _shares_register(one: CaseView, other: CaseView) -> bool:
    return is_same_register(_model_of(one), _model_of(other))


def _model_of(case: CaseView) -> Pathway:
    return pathway(case.model_key, case.model_version)


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
        asks_ground=_model_of(case).is_social_welfare,
        may_withdraw=can(actor, Permission.CONSENT_RECORD, case.subject),
        running_id=running_period(uow, case.id, today),
        feedback_ids=tuple(one.id for one in participation.voice_of(uow, case.id).open_feedback),
        has_elsewhere=not all(_shares_register(one, case) for one in _open_beside(uow, actor, case, now=now)),
    )


def running_period(uow: UnitOfWork, case_id: UUID, today: date) -> UUID | None:
    """Return the period of activity that goes on, has run over without an end, or is to begin; else None."""
    unsettled = {PeriodState.ONGOING, PeriodState.OVER, PeriodState.PLANNED}
    found = (one.id for one in activity.periods_of(uow, case_id) if one.state_on(today) in unsettled)
    return next(found, None)


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
            on=duty.closed_on,
        )
        for duty, step in rows
    )


# ---------------------------------------------------------------- the next path
def next_path_page(
    uow: UnitOfWork, actor: Actor, case_id: UUID, model_key: str | None, *, now: datetime, today: date
) -> NextPathPage:
    """Return what a next path may go on with, and leave the trace of the look; an unknown model is as none."""
    shell = pages.head_only(uow, actor, case_id, page="next_path", now=now, today=today)
    found = cases.cases_of_client_for(uow, actor, shell.case.client_id, now=now)
    taken = {one.model_key for one in found if one.is_open}
    models = tuple(model for model in all_latest() if model.key not in taken)
    model = next((one for one in models if one.key == model_key), None)
    if model is None:
        return NextPathPage(shell=shell, models=models)
    before = _model_of(shell.case)
    is_same = is_same_register(before, model)
    return NextPathPage(
        shell=shell,
        models=models,
        model=model,
        keeper=keeper_of(uow, shell.case, model, now=now),
        offers=offers_of(uow, shell.case, model, today),
        channel=assessments.identification_of(uow, case_id).value(CHANNEL) if is_same else "",
        registers=None if is_same else (REGISTERS[before.system], REGISTERS[model.system]),
    )


def keeper_of(uow: UnitOfWork, case: CaseView, model: Pathway, *, now: datetime) -> Keeper | None:
    """Return the worker who answers for the case or did so last, if they still take clients."""
    line = network.line_of(uow, case.id)
    if not line:
        return None
    user = accounts.get_user(uow, line[0].user_id, now=now)
    if not user.is_active or Role.OWN_WORKER not in user.roles:
        return None
    lists = reference().professions
    words = ", ".join(lists.label(code) for code in user.professions)
    is_allowed = model.allows(frozenset(user.professions), StageCode.PRE_CONTACT)
    return Keeper(id=user.id, name=user.full_name, professions=words, is_allowed=is_allowed)


def offers_of(
    uow: UnitOfWork, case: CaseView, model: Pathway, today: date, *, came: Collection[UUID] = ()
) -> tuple[Carry, ...]:
    """Return everything of the case that a path of the model may go on with, or that stays behind with a reason.

    `came`: what went on before, which is among them even when something newer would be offered now.
    """
    given = consents.consents_of(uow, case.id)
    crossing = crossing_of(_model_of(case), model, given, on=today)
    offered = [(one, why_consent_stays(one, is_same=crossing is None, on=today)) for one in given]
    going = [one for one, why_not in offered if why_not is None]
    found = (
        *(_consent(one, why_not) for one, why_not in offered if why_not is None or one.withdrawn_on is None),
        *(_member(one, going, today) for one in network.members_of(uow, case.id, today)),
        *_measures(uow, case.id, came),
        *_background(uow, case.id),
        *_assessed(uow, case.id, going, today=today),
        *_goals(uow, case.id),
    )
    return tuple(ruled(one, crossing, reference()) for one in found)


def _consent(one: ConsentView, why_not: Text | None) -> Carry:
    lists = reference()
    parties = ", ".join(lists.parties.label(code) for code in (*one.parties, *one.refused))
    until = N_("Valid until %(day)s", day=one.valid_until) if one.valid_until else N_("Valid until further notice")
    kind = CONSENT_WORDS[one.kind]
    always = one.kind is ConsentKind.PROHIBITION and why_not is None
    return Carry(
        kind=CarryKind.CONSENT, id=one.id, words=parties, more=until, why_not=why_not, title=kind, is_always=always
    )


def _member(one: MemberView, given: Sequence[ConsentView], today: date) -> Carry:
    why_not = None if basis_of(given, one.party, today).holds else N_("No consent that goes on covers the party.")
    party = reference().parties.label(one.party)
    words = ", ".join(part for part in (one.name, party, one.role) if part)
    return Carry(kind=CarryKind.MEMBER, id=one.id, words=words, why_not=why_not)


def _measures(uow: UnitOfWork, case_id: UUID, came: Collection[UUID]) -> Iterator[Carry]:
    for series in measures.all_series_of(uow, case_id):
        for one in series.results:
            if one.id in came or one is series.results[-1]:
                told = "" if one.value is None else f": {plain(one.value)}"
                yield Carry(
                    kind=CarryKind.MEASURE,
                    id=one.id,
                    words=f"{series.measure.label}{told}",
                    more=N_("Measured %(day)s", day=one.measured_on),
                    categories=categories_of_measure(one.measure),
                )


def _background(uow: UnitOfWork, case_id: UUID) -> Iterator[Carry]:
    known = cases.background_of(uow, case_id)
    if known.number:
        yield Carry(
            kind=CarryKind.BACKGROUND,
            id=case_id,
            words=reference().benefits.label(known.benefit),
            title=N_("Benefit, work and services"),
            categories=categories_of_background(known),
        )


def _assessed(uow: UnitOfWork, case_id: UUID, going: Sequence[ConsentView], *, today: date) -> Iterator[Carry]:
    """The identification and the finished needs assessment."""
    record = assessments.identification_of(uow, case_id)
    named = N_("Identification")
    facts = tuple(label for name, label in FACTS.items() if name != HEALTH and record.newest(name))
    if facts:
        yield Carry(kind=CarryKind.FACTS, id=case_id, words="", title=named, parts=facts)
    if record.newest(HEALTH):
        is_allowed = health_permission(going, today) is Health.ALLOWED
        why_not = None if is_allowed else N_("No consent that goes on allows health data.")
        yield Carry(kind=CarryKind.HEALTH, id=case_id, words="", title=named, parts=(FACTS[HEALTH],), why_not=why_not)
    signs = [_sign_label(sign) for sign in record.signs if sign.is_open]
    if signs:
        yield Carry(kind=CarryKind.SIGNS, id=case_id, words=", ".join(signs), title=N_("Signals and triggers"))
    finished, earlier = assessments.finished_needs_assessment(uow, case_id), assessments.carried_needs(uow, case_id)
    found = (finished.version.id, finished.version.finished_on) if finished else None
    found = found or ((earlier.id, earlier.finished_on) if earlier else None)
    if found and found[1]:
        more, title = N_("Finished %(day)s", day=found[1]), N_("Needs assessment")
        yield Carry(kind=CarryKind.NEEDS, id=found[0], words="", title=title, more=more)


def _sign_label(sign: SignView) -> str:
    lists = reference()
    return (lists.triggers if sign.kind is SignKind.TRIGGER else lists.signals).label(sign.code)


def _goals(uow: UnitOfWork, case_id: UUID) -> Iterator[Carry]:
    """The goals of the newest version of each plan that no review has found reached."""
    for plan in plans.plans_of(uow, case_id):
        head = next((one for one in plan.versions if not one.is_draft), None)
        if head is None:
            continue
        version = plans.version_of(uow, case_id, head.id)
        last = next(iter(reviews_of(uow, plan.id)), None)
        met = {one.goal_id for one in last.results if one.outcome is GoalOutcome.MET} if last else set[UUID]()
        kind = reference().plan_kinds.label(plan.kind)
        for goal in version.goals:
            if goal.id not in met:
                yield Carry(kind=CarryKind.GOAL, id=goal.id, words=goal.text, more=kind, categories=PLAN)


def uncovered_members(
    uow: UnitOfWork, case: CaseView, following: NextPath, offers: Iterable[Carry], today: date
) -> tuple[str, ...]:
    """Return the names of ticked members whose party no ticked consent covers."""
    given = ticked_consents(uow, case, following, today)
    wanted, open_to = set(following.ids(CarryKind.MEMBER)), {one.id for one in offers if one.why_not is None}
    return tuple(
        one.name
        for one in network.members_of(uow, case.id, today)
        if one.id in wanted & open_to and not basis_of(given, one.party, today).holds
    )


def ticked_consents(uow: UnitOfWork, case: CaseView, following: NextPath, today: date) -> list[ConsentView]:
    """Return the consents that go along: those ticked, and the client's prohibitions always."""
    ticked = {*following.ids(CarryKind.CONSENT), *prohibitions_of(uow, case.id, today)}
    return [one for one in consents.consents_of(uow, case.id) if one.id in ticked]


def prohibitions_of(uow: UnitOfWork, case_id: UUID, today: date) -> tuple[UUID, ...]:
    """Return the client's prohibitions that hold today: a no goes along whatever is ticked."""
    return tuple(one.id for one in valid_consents(uow, case_id, today) if one.kind is ConsentKind.PROHIBITION)


def carried_page(uow: UnitOfWork, actor: Actor, case_id: UUID, *, now: datetime, today: date) -> CarriedPage:
    """Return what the case goes on with, and leave the trace of the look; NotFound when it follows no other.

    What was carried is told by its origin, which keeps it; whoever sees the case sees what came to it. From another
    client register it is told only as long as the client's permission lets it be read there.
    """
    shell = pages.head_only(uow, actor, case_id, page="carried", now=now, today=today)
    if shell.before is None:
        raise NotFound
    before = cases.case_of(uow, shell.before[0])
    came = {(one.kind, one.subject_id) for one in cases.carried_to(uow, case_id)}
    model = _model_of(shell.case)
    crossing = crossing_of(_model_of(before), model, consents.consents_of(uow, before.id), on=today)
    offers = offers_of(uow, before, model, today, came={subject_id for _kind, subject_id in came})
    return CarriedPage(
        shell=shell,
        before=shell.before,
        carried=tuple(as_came(one, crossing) for one in offers if (one.kind, one.id) in came),
        is_other_register=crossing is not None,
    )
