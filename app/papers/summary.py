"""The case told to the client: where on the path, who answers, what was agreed, what comes next."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from app.accounts import queries as accounts
from app.activity import pages as activity
from app.activity.domain import AgreedDay, PeriodState
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.consents import queries as consents
from app.consents.domain import ConsentKind, Standing
from app.core.texts import N_, Text, format_day
from app.core.uow import UnitOfWork
from app.duties import queries as duties
from app.duties.domain import DutyKind
from app.measures import queries as measures
from app.measures.domain import WORK_ABILITY_SCORE
from app.papers.domain import (
    Facts,
    Paper,
    PaperKey,
    PaperKind,
    Paragraph,
    Points,
    Quote,
    Section,
    Table,
    Words,
)
from app.papers.plan import DAYS
from app.participation import queries as participation
from app.pathways.engine import StageMap, StageState, stage_map
from app.pathways.loader import pathway
from app.pathways.pathway import Pathway
from app.plans import queries as plans
from app.plans.domain import ActionOwner, ActionState
from app.plans.versions import VersionView
from app.reference.loader import reference

SUMMARY: Final = N_("Summary of your path")
STATES: Final[Mapping[StageState, Text]] = {
    StageState.NOT_STARTED: N_("Ahead"),
    StageState.IN_PROGRESS: N_("Now"),
    StageState.DONE: N_("Done"),
    StageState.NOT_NEEDED: N_("Not needed"),
}
DATES: Final[Mapping[DutyKind, Text]] = {
    DutyKind.PLAN_REVIEW: N_("The plan is looked at together, at the latest"),
    DutyKind.PLAN_PERIOD_END: N_("The period of the plan ends"),
    DutyKind.CONSENT_EXPIRY: N_("A consent of yours ends"),
}
ANSWERS: Final[Mapping[ConsentKind, Text]] = {
    ConsentKind.CONSENT: N_("Yes"),
    ConsentKind.PERMISSION: N_("Yes"),
    ConsentKind.PROHIBITION: N_("Forbidden"),
}
WHERE: Final = (
    N_("You may ask your worker to show you what is on record about you, and to correct what is wrong."),
    N_("You may ask who has looked at your data and to whom it has been given."),
    N_("The official documents are in the systems of social welfare and health care. You can read them in OmaKanta."),
)


def summary_paper(uow: UnitOfWork, case: CaseView, today: date, *, is_protected: bool) -> Paper:
    """Return the case in plain language, as it stands on the day.

    Of a protected client it does not say where and at what hours the activity is: a lost paper must not tell where
    somebody who hides can be met.
    """
    model = pathway(case.model_key, case.model_version)
    versions = _versions(uow, case)
    return Paper(
        key=PaperKey(PaperKind.SUMMARY),
        title=SUMMARY,
        ref=case.ref,
        edition=N_("as of %(day)s", day=today),
        edition_slug=today.isoformat(),
        sections=(
            _path(model, stage_map(cases.visits_of(uow, case.id))),
            _worker(uow, case),
            *_said(uow, case),
            *_goals(versions),
            _tasks(uow, case, versions),
            *_activity(uow, case, today, is_protected=is_protected),
            *_estimates(uow, case),
            _dates(uow, case, today),
            _consents(uow, case, today),
            Section(N_("Where your data is"), (Points(WHERE),)),
        ),
    )


def _versions(uow: UnitOfWork, case: CaseView) -> list[VersionView]:
    heads = [plan.in_force for plan in plans.plans_of(uow, case.id)]
    return [plans.version_of(uow, case.id, head.id) for head in heads if head]


def _path(model: Pathway, stages: StageMap) -> Section:
    here = model.stage(stages.current)
    rows = tuple((f"{one.number} {one.label}", STATES[stages.states[one.code]]) for one in model.stages)
    return Section(
        N_("Where you are now"),
        (
            Paragraph(N_("Your path: %(model)s", model=str(model.label))),
            Paragraph(N_("Stage now: %(number)s %(stage)s", number=here.number, stage=str(here.label))),
            Points(here.client.fi),
            Table(N_("Stages of your path"), (N_("Stage"), N_("State")), rows),
        ),
    )


def _worker(uow: UnitOfWork, case: CaseView) -> Section:
    worker = accounts.find_user(uow, case.worker_id) if case.worker_id else None
    if worker is None:
        return Section(N_("Who answers for your case"), (Paragraph(N_("Nobody has been named yet.")),))
    pairs: list[tuple[Words, Words]] = [(N_("Worker"), worker.full_name)]
    if worker.professions:
        labels = reference().professions
        pairs.append((N_("Position"), ", ".join(labels.label(code) for code in worker.professions)))
    if worker.phone:
        pairs.append((N_("Telephone at work"), worker.phone))
    return Section(N_("Who answers for your case"), (Facts(tuple(pairs)),))


def _said(uow: UnitOfWork, case: CaseView) -> list[Section]:
    """What the client last told of their view and wishes, in their words (PX2, PX3)."""
    latest = participation.voice_of(uow, case.id).latest
    if latest is None:
        return []
    said = [text for text in (latest.content.own_view, latest.content.wishes) if text]
    heading = N_("What you have told, %(day)s", day=latest.content.heard_on)
    return [Section(heading, tuple(Quote(text) for text in said))]


def _goals(versions: list[VersionView]) -> list[Section]:
    labels = reference().plan_kinds
    return [
        Section(
            N_("Your goals: %(plan)s, version %(number)s", plan=labels.label(one.kind), number=one.head.number),
            tuple(Quote(goal.text) for goal in one.goals) or (Paragraph(N_("No goals on record.")),),
        )
        for one in versions
    ]


def _tasks(uow: UnitOfWork, case: CaseView, versions: list[VersionView]) -> Section:
    """What the client has promised to do and has not done yet, from the plans in force and the entries."""
    rows: list[tuple[str, date | None]] = [
        (action.text, action.due_on)
        for version in versions
        for goal in version.goals
        for action in goal.actions
        if action.owner is ActionOwner.CLIENT and action.state is ActionState.OPEN
    ]
    rows += [(step.text, step.due_on) for step in cases.open_steps_of(uow, case.id) if step.owner == "client"]
    if not rows:
        return Section(N_("Your own tasks"), (Paragraph(N_("You have no tasks now.")),))
    told = tuple((text, _whole_day(due) if due else N_("no day agreed")) for text, due in rows)
    return Section(N_("Your own tasks"), (Table(N_("What you do"), (N_("Task"), N_("By when")), told),))


def _activity(uow: UnitOfWork, case: CaseView, today: date, *, is_protected: bool) -> list[Section]:
    """The period that goes on or comes next; nothing of one that has ended."""
    found = activity.paper_of(uow, case, today)
    if found is None or found.state in {PeriodState.ENDED, PeriodState.CALLED_OFF}:
        return []
    content = found.period.content
    pairs: list[tuple[Words, Words]] = [
        (N_("Period"), f"{format_day(content.starts_on)}–{format_day(found.period.last_on)}"),
    ]
    if is_protected:
        pairs.append((N_("Place and times"), N_("Ask your worker. They are not on this paper.")))
    else:
        pairs.append((N_("Place"), content.place))
        pairs += [(DAYS[day.weekday - 1], day.words) for day in _agreed(content.days, max(today, content.starts_on))]
    pairs.append((N_("Days you have attended in the period"), str(found.attended)))
    if content.evaluate_on:
        pairs.append((N_("We look at how it went, at the latest"), _whole_day(content.evaluate_on)))
    return [Section(N_("Your activity"), (Facts(tuple(pairs)),))]


def _agreed(days: Iterable[AgreedDay], on: date) -> list[AgreedDay]:
    """The week that holds on a day: what was agreed last before it replaces the whole week."""
    rows = list(days)
    since = max((row.from_on for row in rows if row.from_on <= on), default=None)
    return sorted((row for row in rows if row.from_on == since), key=lambda row: row.weekday)


def _estimates(uow: UnitOfWork, case: CaseView) -> list[Section]:
    """The client's own estimates of work ability, the first and the latest."""
    found = measures.series_of(uow, case.id, WORK_ABILITY_SCORE)
    series = [(one.measured_on, one.value) for one in found if one.value is not None]
    if not series:
        return []
    shown = series if len(series) == 1 else [series[0], series[-1]]
    rows = tuple((format_day(on), f"{value.normalize():f}".replace(".", ",")) for on, value in shown)
    return [
        Section(
            N_("Your own estimate of your work ability"),
            (Table(N_("0 means not able to work, 10 means at its best"), (N_("Day"), N_("Estimate")), rows),),
        )
    ]


def _dates(uow: UnitOfWork, case: CaseView, today: date) -> Section:
    rows = tuple(
        (DATES[duty.kind], _due(duty.due_on, today))
        for duty in sorted(duties.open_of_case(uow, case.id), key=lambda duty: duty.due_on)
        if duty.kind in DATES
    )
    if not rows:
        return Section(N_("Next dates"), (Paragraph(N_("No dates have been agreed.")),))
    return Section(N_("Next dates"), (Facts(rows),))


def _due(day: date, today: date) -> Words:
    words = _whole_day(day)
    return words if day >= today else N_("%(day)s. The day has passed. We agree on a new one.", day=words)


def _whole_day(day: date) -> Text:
    """Say a day to the client with its weekday, which is easier to remember (ux 4.6)."""
    return N_("%(weekday)s %(day)s", weekday=DAYS[day.weekday()], day=day)


def _consents(uow: UnitOfWork, case: CaseView, today: date) -> Section:
    labels = reference().parties
    rows = tuple(
        (labels.label(party), ANSWERS[one.kind], _until(one.valid_until))
        for one in consents.consents_of(uow, case.id)
        if one.kind in ANSWERS and one.standing(today) in {Standing.VALID, Standing.ENDING}
        for party in one.parties
    )
    if not rows:
        return Section(N_("Your consents"), (Paragraph(N_("You have given no consent that is valid today.")),))
    head = (N_("Party"), N_("May your data be given"), N_("Valid until"))
    return Section(N_("Your consents"), (Table(N_("To whom your data may be given"), head, rows),))


def _until(day: date | None) -> Words:
    return format_day(day) if day else N_("until further notice")
