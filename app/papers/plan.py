"""From a plan's version to a paper."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Final
from uuid import UUID

from app.cases.domain import CaseView
from app.core.texts import N_, N_n, Text, format_day
from app.core.uow import UnitOfWork
from app.papers.domain import (
    Block,
    Facts,
    Paper,
    PaperKey,
    PaperKind,
    Paragraph,
    Points,
    Quote,
    Section,
    Signature,
    Table,
    Words,
)
from app.plans import queries as plans
from app.plans.domain import WORDS, VersionState
from app.plans.fields import Week
from app.plans.limits import Subject
from app.plans.printed import PrintedAnswer, PrintedSection, PrintedVersion
from app.plans.signing import CLIENT, SUPPORT, SignatureView, name_of, parties_of
from app.plans.versions import ActionView, GoalView, VersionHead, VersionView
from app.reference.loader import reference

REASONS: Final[Mapping[Subject, Text]] = {
    Subject.WEEK: N_("Reason, days and times"),
    Subject.PERIOD: N_("Reason, period"),
    Subject.START: N_("Reason, start of the activity"),
    Subject.SIGNATURES: N_("Reason, signatures"),
}
DAYS: Final = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip
MARKS: Final[Mapping[VersionState, Words]] = {
    VersionState.DRAFT: N_("Draft. It binds nobody before the client has accepted it."),
    VersionState.IN_FORCE: "",
    VersionState.SUPERSEDED: N_("A newer version has taken the place of this one."),
    VersionState.ENDED: N_("This plan has ended."),
}


def plan_paper(uow: UnitOfWork, case: CaseView, version_id: UUID, today: date) -> Paper:
    """Return a version of a plan of the case on paper, with everything its form asks, or raise NotFound."""
    read = plans.printed_of(uow, case.id, version_id, today)
    version = read.version
    number = version.head.number
    return Paper(
        key=PaperKey(PaperKind.PLAN, version_id),
        title=reference().plan_kinds.label(version.kind),
        ref=case.ref,
        edition=N_("version %(number)s", number=number),
        edition_slug=f"v{number}",
        mark=MARKS[version.head.state],
        sections=(
            _frame(version),
            *_differs(read),
            *_answered(read, read.before_goals),
            *_goals(version),
            *_answered(read, read.after_goals),
            *_comment(version),
        ),
        signatures=_signatures(version),
    )


def _frame(version: VersionView) -> Section:
    head = version.head
    pairs: list[tuple[Words, Words]] = []
    if head.in_force_on:
        pairs.append((N_("In force from"), format_day(head.in_force_on)))
    if head.period_start or head.period_end:
        pairs.append((N_("Period"), _period(head)))
    if head.weeks:
        pairs.append((N_("Length of the period"), head.weeks))
    if head.next_review_on:
        pairs.append((N_("Review agreed in the plan"), format_day(head.next_review_on)))
    if version.next_review_reason:
        pairs.append((N_("Why the review is later than usual"), version.next_review_reason))
    blocks: list[Block] = [Facts(tuple(pairs))] if pairs else []
    if version.summary:
        blocks.append(Paragraph(version.summary))
    return Section(N_("What the plan says"), tuple(blocks) or (Paragraph(N_("Nothing on record yet.")),))


def _differs(read: PrintedVersion) -> list[Section]:
    """Every limit the plan does not keep, and the reason given for it, which always prints (check 10 of the design)."""
    if not read.broken and not read.subjects:
        return []
    reasons = Facts(tuple((REASONS[subject], read.reasons[subject]) for subject in read.subjects))
    broken = tuple(Paragraph(one.message) for one in read.broken)
    return [Section(N_("Where the plan differs from the rules"), (*broken, reasons) if read.subjects else broken)]


def _answered(read: PrintedVersion, sections: Iterable[PrintedSection]) -> list[Section]:
    """What the form of the kind was answered, section by section; a week as a table of days."""
    return [Section(one.label, tuple(_blocks(read, one.answers))) for one in sections if one.answers]


def _blocks(read: PrintedVersion, answers: Iterable[PrintedAnswer]) -> Iterator[Block]:
    for is_week, group in groupby(answers, key=lambda one: one.is_week and bool(read.week)):
        if is_week:
            yield from (_week(one.label, read.week) for one in group)
        else:
            yield Facts(tuple((one.label, one.answer or N_("not recorded")) for one in group))


def _week(label: str, week: Week) -> Table:
    """The agreed days, and their sum in the last row."""
    days = tuple((DAYS[day.weekday - 1], day.words) for day in week.days)
    total = N_n("%(num)s day, %(hours)s h a week", "%(num)s days, %(hours)s h a week", len(week.days), hours=week.hours)
    return Table(label, (N_("Day of the week"), N_("Times")), (*days, (N_("Together"), total)))


def _period(head: VersionHead) -> Words:
    if head.period_start and head.period_end:
        return f"{format_day(head.period_start)}–{format_day(head.period_end)}"
    if head.period_start:
        return N_("from %(day)s on", day=head.period_start)
    return N_("until %(day)s", day=head.period_end or "")


def _goals(version: VersionView) -> list[Section]:
    if not version.goals:
        return [Section(N_("Goals"), (Paragraph(N_("No goals on record.")),))]
    return [_goal(goal, number) for number, goal in enumerate(version.goals, 1)]


def _goal(goal: GoalView, number: int) -> Section:
    heading = N_("Goal %(number)s, in the client's words", number=number)
    said: tuple[Block, ...] = (Quote(goal.text), *_interim(goal))
    if not goal.actions:
        return Section(heading, (*said, Paragraph(N_("No actions on record."))))
    table = Table(
        N_("Actions of goal %(number)s", number=number),
        (N_("Action"), N_("Who does it"), N_("By when"), N_("State")),
        tuple(_action(action) for action in goal.actions),
    )
    return Section(heading, (*said, table))


def _interim(goal: GoalView) -> list[Block]:
    if not goal.interim:
        return []
    lines = tuple(
        N_("%(text)s, by %(day)s", text=one.text, day=one.due_on) if one.due_on else one.text for one in goal.interim
    )
    return [Paragraph(N_("Interim goals")), Points(lines)]


def _action(action: ActionView) -> tuple[Words, ...]:
    due = format_day(action.due_on) if action.due_on else N_("not agreed")
    return action.text, WORDS[action.owner], due, WORDS[action.state]


def _comment(version: VersionView) -> list[Section]:
    if not version.client_comment:
        return []
    return [Section(N_("The client's comment"), (Quote(version.client_comment),))]


def _signatures(version: VersionView) -> tuple[Signature, ...]:
    """One line for each party that may sign and whoever else has, filled where that is on record.

    A support person signs when there is one: without a signature there is no line for them.
    """
    lists = reference()
    parties = parties_of(lists.plan_kinds.get(version.kind), version.answers)
    signed = [one.party for one in version.signatures]
    shown = dict.fromkeys([*(party for party in parties if party != SUPPORT), *signed])
    return tuple(_signature(version.signature_of(party), party, name_of(party, lists)) for party in shown)


def _signature(found: SignatureView | None, party: str, who: Words) -> Signature:
    is_client = party == CLIENT
    if found is None:
        return Signature(who, is_client=is_client)
    return Signature(who, name=found.name or "", on=found.signed_on, way=_way(found), is_client=is_client)


def _way(found: SignatureView) -> Words:
    if found.system is None:
        return WORDS[found.way]
    system = reference().systems.label(found.system)
    return N_("%(way)s. The document is in: %(system)s", way=WORDS[found.way], system=system)
