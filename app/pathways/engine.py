"""How a case moves along its pathway: which stage is current, which comes next, and what a move does.

Pure: visits come in, a map or a move goes out; nothing is read or written. Source: rulings 12 and 13.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple, Protocol

from app.core.errors import Conflict, FieldProblem, Refused
from app.core.texts import N_, Text
from app.pathways.domain import STANDING, StageCode
from app.pathways.pathway import Pathway


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
    """The seven stages of a case at a glance: the state of each, and which is current.

    `since` is the day the current stage was opened; None when it is not open, or the day is not known.
    """

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
    is_open = states[current] is StageState.IN_PROGRESS
    return StageMap(states, current, since[current] if is_open else None)


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


def following(pathway: Pathway, stages: StageMap) -> StageCode | None:
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
