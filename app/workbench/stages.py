"""The stages of a case as its pages show them: the map at the head, and what opening one asks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.core.texts import N_, N_n, Text
from app.pathways.checklist import stay_in
from app.pathways.domain import Need, StageCode
from app.pathways.engine import Move, StageMap, StageState, VisitLike
from app.pathways.pathway import Pathway, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRow:
    """One stage of the map at the head of a case page; `mark` says that the current one has lasted too long."""

    number: int
    code: StageCode
    label: str
    state: str
    words: Text
    is_current: bool
    mark: Text | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What opening a stage asks: which open stages it may finish, why, and about what is not on record."""

    open_stages: tuple[StageRow, ...]
    move: Move | None
    missing: tuple[Need, ...]


class StayLike(VisitLike, Protocol):
    """A stay in a stage with the day it ended."""

    @property
    def left_on(self) -> date | None:
        """The day it ended; None while it goes on, or when it is not known."""
        ...


def stage_rows(
    pathway: Pathway, visits: Iterable[StayLike], stages: StageMap, *, today: date, is_over: bool = False
) -> tuple[StageRow, ...]:
    """Return the seven stages with their state in words: done on a day, in progress for so many days.

    `is_over`: the case is closed, so that nothing goes on and nothing lasts too long.
    """
    last = {StageCode(visit.stage): visit for visit in visits}
    return tuple(
        StageRow(
            number=stage.number,
            code=stage.code,
            label=str(stage.label),
            state=stages.states[stage.code],
            words=_state_words(stages.states[stage.code], last.get(stage.code), None if is_over else today),
            is_current=stage.code is stages.current,
            mark=None if is_over else _mark(stage, stages, today),
        )
        for stage in pathway.stages
    )


def _state_words(state: StageState, visit: StayLike | None, today: date | None) -> Text:
    if state is StageState.NOT_STARTED or visit is None:
        return N_("Not started")
    if state is StageState.NOT_NEEDED:
        return N_("Not needed")
    if state is StageState.IN_PROGRESS:
        return _going_on(visit.entered_on, today)
    if visit.left_on is None:
        return N_("Done")
    return N_("Done %(day)s", day=f"{visit.left_on.day}.{visit.left_on.month}.")


def _going_on(since: date | None, today: date | None) -> Text:
    if today is None:
        return N_("Left in progress")
    days = (today - since).days if since else 0
    return N_n("In progress %(num)s day", "In progress %(num)s days", days) if days else N_("In progress")


def _mark(stage: Stage, stages: StageMap, today: date) -> Text | None:
    if stage.code is not stages.current:
        return None
    stay = stay_in(stage, stages.since, today=today)
    return stay.mark if stay else None
