"""How a case moves along its pathway: which stage is current, what a move does, what is best done next.

Pure: visits, facts and duties come in, advice goes out; nothing is read or written. Source: rulings 12 and 13.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple, Protocol

from app.core.errors import Conflict, FieldProblem, Refused
from app.core.texts import N_, Text
from app.pathways.checklist import checklist_of
from app.pathways.domain import STANDING, Facts, Item, LinkKind, Need, OnRecord, Pathway, Stage, StageCode


class StageState(StrEnum):
    """The state of a stage; only the last three are ever stored."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    NOT_NEEDED = "not_needed"


_SETTLED: Final = frozenset({StageState.DONE, StageState.NOT_NEEDED})


class VisitLike(Protocol):
    """What the engine reads of a stay in a stage; a row of `stage_visit` has it."""

    @property
    def stage(self) -> str:
        """The stage's code."""
        ...

    @property
    def state(self) -> str:
        """The visit's state."""
        ...

    @property
    def entered_on(self) -> date | None:
        """The day it began; None for an imported stage."""
        ...


@dataclass(frozen=True, slots=True)
class Visit:
    """One stay in one stage."""

    stage: StageCode
    state: StageState
    entered_on: date | None = None
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class StageMap:
    """The seven stages of a case at a glance: state of each, which is current and since when (None: not known)."""

    states: Mapping[StageCode, StageState]
    current: StageCode
    since: date | None

    @property
    def is_current_open(self) -> bool:
        """Whether the current stage has been opened, not only reached."""
        return self.states[self.current] is StageState.IN_PROGRESS


class MoveKind(StrEnum):
    """The direction of a move as the form words it."""

    FORWARD = "forward"
    BACK = "back"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Move:
    """A move to a stage: what it finishes, which stages it leaves out as not needed, and whether it asks a reason."""

    to: StageCode
    kind: MoveKind
    finishes: tuple[StageCode, ...]
    skips: tuple[StageCode, ...] = ()

    @property
    def needs_reason(self) -> bool:
        """Going back and skipping are normal, but never silent (FR03)."""
        return self.kind is not MoveKind.FORWARD


def current_stage(visits: Iterable[VisitLike]) -> StageCode:
    """Return the stage the lists show (ruling 12).

    It is the visit in progress, stage 5 aside, with the latest (day entered, stage number); only 5 open: 5; none
    open: the first stage neither done nor not needed, else 7. A visit without a day counts as the earliest.
    """
    return stage_map(visits).current


def stage_map(visits: Iterable[VisitLike]) -> StageMap:
    """Return the state of each stage and the current one; visits are given in the order they were made."""
    states = dict.fromkeys(StageCode, StageState.NOT_STARTED)
    since: dict[StageCode, date | None] = {}
    for visit in visits:
        code = StageCode(visit.stage)
        if states[code] is not StageState.IN_PROGRESS:  # an open visit outweighs an earlier or later finished one
            states[code] = StageState(visit.state)
            since[code] = visit.entered_on
    current = _current(states, since)
    return StageMap(states, current, since.get(current))


def _current(states: Mapping[StageCode, StageState], since: Mapping[StageCode, date | None]) -> StageCode:
    opened = [code for code in StageCode if states[code] is StageState.IN_PROGRESS]
    walking = [code for code in opened if code is not STANDING]
    if walking:
        return max(walking, key=lambda code: (since[code] or date.min, code.number))
    if opened:
        return STANDING
    return next((code for code in StageCode if states[code] not in _SETTLED), StageCode.FOLLOW_UP)


class FirstDays(NamedTuple):
    """The first known days of stages 2 and 4: the lead time that supervisors watch. None: not reached, or not known."""

    identified_on: date | None
    planned_on: date | None


def first_days(visits: Iterable[VisitLike]) -> FirstDays:
    """Return the first known days of a case's visits; a stage entered again keeps its first day."""
    seen: dict[str, date] = {}
    for visit in visits:
        if visit.entered_on is not None:
            seen[visit.stage] = min(visit.entered_on, seen.get(visit.stage, visit.entered_on))
    return FirstDays(seen.get(StageCode.IDENTIFICATION), seen.get(StageCode.JOINT_PLAN))


def allowed_moves(visits: Iterable[VisitLike]) -> tuple[Move, ...]:
    """Return a move to every stage that is not open, with what it would finish by default, in stage order."""
    stages = stage_map(visits)
    return tuple(_move(stages, code) for code in StageCode if stages.states[code] is not StageState.IN_PROGRESS)


def _move(stages: StageMap, to: StageCode) -> Move:
    here = _place(stages)
    walking = stages.current if stages.is_current_open and stages.current is not STANDING else None
    finishes = (walking,) if walking else ()
    is_new = stages.states[to] is StageState.NOT_STARTED
    if to is STANDING:
        # Opened early, stage 5 stands beside the stage being walked; in its own place it follows stage 4.
        kind = MoveKind.FORWARD if is_new or to.number > here else MoveKind.BACK
        return Move(to, kind, finishes if walking and walking.number == STANDING.number - 1 else ())
    if to.number < here:
        return Move(to, MoveKind.BACK, finishes)
    skips = tuple(
        code
        for code in StageCode
        if here <= code.number < to.number
        and code is not STANDING  # the need `worker` asks for what stage 5 stands for
        and stages.states[code] is StageState.NOT_STARTED
    )
    return Move(to, MoveKind.SKIP if skips else MoveKind.FORWARD, finishes, skips)


def _place(stages: StageMap) -> int:
    """Return how far the path has been walked: when only stage 5 is open, the first other stage not settled."""
    if stages.current is not STANDING:
        return stages.current.number
    rest = (code for code in StageCode if code is not STANDING and stages.states[code] not in _SETTLED)
    return next(rest, StageCode.FOLLOW_UP).number


def plan_move(
    visits: Sequence[VisitLike],
    to: StageCode,
    *,
    finish: Collection[StageCode] | None = None,
    reason: str | None = None,
) -> Move:
    """Return what opening a stage does, or raise.

    `finish`: the open stages the worker chose to finish; None: the current one, never stage 5, and nothing when stage
    5 is opened beside a stage before the plan. Raises Conflict when the stage is open already, Refused at `finish` or
    `reason` when a stage cannot be finished or a reason is missing.
    """
    stages = stage_map(visits)
    if stages.states[to] is StageState.IN_PROGRESS:
        raise Conflict(N_("The stage is already open. Somebody may have opened it a moment ago."), "to")
    move = _move(stages, to)
    if finish is not None:
        move = replace(move, finishes=tuple(code for code in StageCode if code in finish))
    problems = []
    if any(stages.states[code] is not StageState.IN_PROGRESS for code in move.finishes):
        problems.append(FieldProblem("finish", N_("Only a stage that is open can be finished.")))
    if move.needs_reason and not (reason or "").strip():
        problems.append(FieldProblem("reason", reason_wanted(move)))
    if problems:
        raise Refused.because(problems)
    return move


def reason_wanted(move: Move) -> Text:
    """Return the sentence that asks for the reason of a move back or past a stage."""
    if move.kind is MoveKind.BACK:
        return N_("Write why the path goes back to an earlier stage.")
    return N_("Write why a stage is skipped.")


def apply_move(visits: Sequence[Visit], move: Move, *, on: date) -> tuple[Visit, ...]:
    """Return the visits after a move: chosen stages done, skipped ones not needed, the new one in progress."""
    moved = visits
    for code in move.finishes:
        moved = finish_stage(moved, code, on=on)
    skipped = (Visit(code, StageState.NOT_NEEDED, None, on) for code in move.skips)
    return (*moved, *skipped, Visit(move.to, StageState.IN_PROGRESS, on))


def finish_stage(visits: Sequence[Visit], stage: StageCode, *, on: date) -> tuple[Visit, ...]:
    """Return the visits with the open visit of a stage done; finishing opens nothing (ruling 12)."""
    return tuple(
        replace(visit, state=StageState.DONE, left_on=on)
        if visit.stage is stage and visit.state is StageState.IN_PROGRESS
        else visit
        for visit in visits
    )


# ---------------------------------------------------------------- the next best action
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
    LinkKind.WRITE_NOTE: N_("Write the entry"),
    LinkKind.RECORD_ELSEWHERE: N_("Mark what is recorded elsewhere"),
}


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
    to = _following(pathway, stages)
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
    return NextAction(f"need:{need.code}", _NEED_ACTIONS[need.link], reason, need.link, stage=stage.code, need=need)


def _item_action(item: Item, stage: Stage) -> NextAction:
    reason = N_("Stage %(number)s %(stage)s is open. Missing: %(item)s", item=str(item.label), **_named(stage))
    return NextAction(f"item:{item.code}", _NEED_ACTIONS[item.link], reason, item.link, stage=stage.code, need=item)


def _named(stage: Stage) -> dict[str, str | int]:
    return {"number": stage.number, "stage": str(stage.label)}


def _following(pathway: Pathway, stages: StageMap) -> StageCode | None:
    """Return the stage to open next: the reached but unopened one, else the first the model leads on to."""
    if not stages.is_current_open:
        return None if stages.states[stages.current] in _SETTLED else stages.current
    ahead = pathway.stage(stages.current).leads_to
    if stages.current is STANDING:
        ahead = (list(StageCode)[_place(stages) - 1],)
    for code in ahead:
        if (code.number > stages.current.number or stages.current is STANDING) and (
            stages.states[code] is StageState.NOT_STARTED
        ):
            return code
    return None


def _last_action(stages: StageMap) -> NextAction:
    if stages.current is StageCode.FOLLOW_UP:
        reason = N_("The path has been walked. Go back to the plan or close the case.")
        return NextAction("evaluate", N_("Evaluate the path together"), reason, LinkKind.CLOSE_CASE)
    reason = N_("Nothing is missing and nothing falls due.")
    return NextAction("note", N_("Write down how it is going"), reason, LinkKind.WRITE_NOTE)
