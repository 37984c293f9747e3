"""What is best done next for a case, with its reason.

Pure: visits, facts and duties come in, advice goes out; nothing is read or written. Source: rulings 12 and 13.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from app.core.texts import N_, Text
from app.pathways.checklist import checklist_of
from app.pathways.domain import STANDING, Facts, Item, LinkKind, Need, OnRecord, StageCode
from app.pathways.engine import StageMap, StageState, following
from app.pathways.pathway import Pathway, Stage

SOON_DAYS: Final = 7


class DutyLike(Protocol):
    """What the chooser reads of an open duty; a row of `duty` has it."""

    @property
    def kind(self) -> str:
        """The kind of duty."""
        ...

    @property
    def due_on(self) -> date:
        """The day it falls due."""
        ...


@dataclass(frozen=True, slots=True)
class NextAction:
    """One advice: what to do, why, and where. It advises only; nothing follows by itself (GDPR article 22)."""

    code: str
    label: Text
    reason: Text
    link: LinkKind
    due_on: date | None = None
    stage: StageCode | None = None
    need: OnRecord | None = None
    duty: DutyLike | None = None


_DUTY_ACTIONS: Final[Mapping[str, tuple[Text, LinkKind]]] = {
    "plan_review": (N_("Review the plan"), LinkKind.REVIEW_PLAN),
    "plan_period_end": (N_("Decide how the plan goes on"), LinkKind.OPEN_PLAN),
    "activity_evaluation": (N_("Evaluate the activity"), LinkKind.KEEP_ACTIVITY),
    "activity_period_end": (N_("Agree what follows the activity period"), LinkKind.KEEP_ACTIVITY),
    "consent_expiry": (N_("Renew the consent or let it end"), LinkKind.RECORD_CONSENT),
    "member_without_basis": (N_("Record a basis for the network member"), LinkKind.OPEN_NETWORK),
    "task": (N_("Do what was promised"), LinkKind.SHOW_STEPS),
    "needs_assessment_start": (N_("Start the needs assessment"), LinkKind.ASSESS_NEEDS),
    "needs_assessment_done": (N_("Finish the needs assessment"), LinkKind.ASSESS_NEEDS),
}

_NEED_ACTIONS: Final[Mapping[LinkKind, Text]] = {
    LinkKind.RECORD_CONSENT: N_("Record a consent or another basis"),
    LinkKind.ASSIGN_WORKER: N_("Name the responsible worker"),
    LinkKind.OPEN_NETWORK: N_("Name who answers for this"),
    LinkKind.OPEN_PLAN: N_("Set the day of the next review"),
    LinkKind.ENTER_MEASURE: N_("Enter a measure"),
    LinkKind.IDENTIFY: N_("Write down what was recognised"),
    LinkKind.ASSESS_NEEDS: N_("Write the needs assessment"),
    LinkKind.HEAR_CLIENT: N_("Write down what the client says"),
    LinkKind.KEEP_ACTIVITY: N_("Keep the days of the activity"),
    LinkKind.REVIEW_PLAN: N_("Review the plan"),
    LinkKind.WRITE_PLAN: N_("Write the plan"),
}


def _deed(link: LinkKind, what: str) -> Text:
    """What to do. An entry and a mark may be of anything, so they say what is to be true when they are made."""
    if link is LinkKind.WRITE_NOTE:
        return N_("Write the entry: %(what)s", what=what)
    if link is LinkKind.RECORD_ELSEWHERE:
        return N_("Mark what is recorded elsewhere: %(what)s", what=what)
    return _NEED_ACTIONS[link]


def next_action(
    pathway: Pathway, stages: StageMap, facts: Facts, duties: Iterable[DutyLike], *, today: date
) -> NextAction:
    """Return the one thing that helps the case most, with its reason.

    In order: a missing responsible worker once stage 5 is behind, what is late, what falls due within a week, what
    stops the next stage, what the checklist of the current one still asks for, what the next stage needs besides, the
    move itself, and at the end the evaluation that closes or loops. What is optional is never pressed for.
    """
    duty = min(duties, key=lambda one: (one.due_on, one.kind), default=None)
    if _worker_is_due(stages) and not facts.has("worker"):
        reason = N_("The case has no responsible worker although it has passed the stage that names one.")
        label = _NEED_ACTIONS[LinkKind.ASSIGN_WORKER]
        return NextAction("worker_missing", label, reason, LinkKind.ASSIGN_WORKER, stage=STANDING)
    if duty and (duty.due_on - today).days <= SOON_DAYS:
        return _duty_action(duty, today)
    return _stage_action(pathway, stages, facts) or (_duty_action(duty, today) if duty else _last_action(stages))


def _worker_is_due(stages: StageMap) -> bool:
    """Ruling 14: red when stage 5 is done or a later stage is open."""
    later = (StageCode.IMPLEMENTATION, StageCode.FOLLOW_UP)
    return stages.states[STANDING] is StageState.DONE or any(
        stages.states[code] is StageState.IN_PROGRESS for code in later
    )


def _duty_action(duty: DutyLike, today: date) -> NextAction:
    label, link = _DUTY_ACTIONS.get(duty.kind, (N_("Do what falls due"), LinkKind.SHOW_STEPS))
    if duty.due_on < today:
        reason = N_("The due date has passed. It comes before everything else.")
    elif duty.due_on == today:
        reason = N_("It falls due today.")
    else:
        reason = N_("It is the next thing that falls due.")
    return NextAction(f"duty:{duty.kind}", label, reason, link, due_on=duty.due_on, duty=duty)


def _stage_action(pathway: Pathway, stages: StageMap, facts: Facts) -> NextAction | None:
    to = following(pathway, stages)
    gate = pathway.missing_for(to, facts) if to else ()
    stopping = next((need for need in gate if need.stops), None)
    item = checklist_of(pathway.stage(stages.current), facts).first_missing if stages.is_current_open else None
    if to and stopping:
        return _need_action(stopping, pathway.stage(to))
    if item:
        return _item_action(item, pathway.stage(stages.current))
    if to is None:
        return None
    return _need_action(gate[0], pathway.stage(to)) if gate else _move_action(pathway.stage(to))


def _move_action(stage: Stage) -> NextAction:
    label = N_("Open the next stage: %(number)s %(stage)s", **_named(stage))
    return NextAction(
        "move", label, N_("Everything the stage needs is on record."), LinkKind.MOVE_STAGE, stage=stage.code
    )


def _need_action(need: Need, stage: Stage) -> NextAction:
    what = str(need.label)
    if need.stops:
        reason = N_("Stage %(number)s %(stage)s cannot open yet. Missing: %(need)s", need=what, **_named(stage))
    else:
        reason = N_("Stage %(number)s %(stage)s comes next. Missing: %(need)s", need=what, **_named(stage))
    return NextAction(f"need:{need.code}", _deed(need.link, what), reason, need.link, stage=stage.code, need=need)


def _item_action(item: Item, stage: Stage) -> NextAction:
    what = str(item.label)
    reason = N_("Stage %(number)s %(stage)s is open. Missing: %(item)s", item=what, **_named(stage))
    return NextAction(f"item:{item.code}", _deed(item.link, what), reason, item.link, stage=stage.code, need=item)


def _named(stage: Stage) -> dict[str, str | int]:
    return {"number": stage.number, "stage": str(stage.label)}


def _last_action(stages: StageMap) -> NextAction:
    if stages.current is StageCode.FOLLOW_UP:
        reason = N_("The path has been walked. Go back to the plan or close the case.")
        return NextAction("evaluate", N_("Evaluate the path together"), reason, LinkKind.CLOSE_CASE)
    reason = N_("Nothing is missing and nothing falls due.")
    return NextAction("note", N_("Write down how it is going"), reason, LinkKind.WRITE_NOTE)
