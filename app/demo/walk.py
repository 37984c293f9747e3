"""The days of a case's way along the seven stages. Plain Python."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from random import Random

from app.core.workdays import is_workday, previous_workday
from app.demo.domain import Part
from app.intake.entries import NewVisit
from app.pathways.domain import STANDING, StageCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """When the case was opened, when each stage up to its own began, and the last day anything happened.

    `ends_on`: the day it was closed; every stage is over then.
    """

    stage: StageCode
    opened_on: date
    entered: dict[StageCode, date]
    last_on: date
    has_worker: bool = True
    ends_on: date | None = None

    @classmethod
    def with_plan(cls, random: Random, part: Part, in_force_on: date, reviewed_on: date | None, until: date) -> "Walk":
        """Lay the days around the day the plan came into force, the last of them before `until`."""
        end = part.ends_on or last_workday_before(until)
        steps = sorted(random.sample(range(12, 110), 3), reverse=True)
        opened, assessment, planning = (in_force_on - timedelta(days=days) for days in steps)
        entered = {
            StageCode.PRE_CONTACT: opened,
            StageCode.IDENTIFICATION: opened,
            StageCode.JOINT_ASSESSMENT: assessment,
            StageCode.JOINT_PLAN: planning,
            StageCode.RESPONSIBLE_WORKER: in_force_on,
            StageCode.IMPLEMENTATION: in_force_on + timedelta(days=random.randint(1, 15)),
            StageCode.FOLLOW_UP: reviewed_on or in_force_on + timedelta(days=random.randint(16, 40)),
        }
        return cls._made(part, entered, end)

    @classmethod
    def without_plan(cls, random: Random, part: Part, today: date) -> "Walk":
        """Lay the days of a case that has no plan yet; what falls due was promised at the end of them."""
        end = last_workday_before(min(today, part.due_on - timedelta(days=4)) if part.due_on else today)
        number = part.stage.number
        days = sorted(random.sample(range(3, 18 * number + 5), number), reverse=True)
        order = list(StageCode)
        entered = {order[place]: end - timedelta(days=days[place]) for place in range(number)}
        return cls._made(part, entered, end)

    @classmethod
    def _made(cls, part: Part, entered: dict[StageCode, date], end: date) -> "Walk":
        upto = {
            code: last_workday_before(min(day, end) + timedelta(days=1))
            for code, day in entered.items()
            if code.number <= part.stage.number
        }
        for code, following in reversed(list(pairwise(upto))):
            upto[code] = min(upto[code], upto[following])
        return cls(
            stage=part.stage,
            opened_on=min(upto.values()),
            entered=upto,
            last_on=end,
            has_worker=part.worker is not None,
            ends_on=part.ends_on,
        )

    @property
    def assigned_on(self) -> date:
        """The day somebody became responsible: soon after the opening."""
        return self.entered.get(StageCode.IDENTIFICATION, self.opened_on)

    @property
    def identified_on(self) -> date:
        """The day the need was looked into."""
        return self.entered.get(StageCode.IDENTIFICATION, self.opened_on)

    def day(self, stage: StageCode) -> date | None:
        """The day the case came to a stage, if it did."""
        return self.entered.get(stage)

    def visits(self, random: Random, reasons: Sequence[str]) -> tuple[NewVisit, ...]:
        """Return the stays in the stages: those passed done, the present one open, the worker's standing beside it."""
        order = [code for code in StageCode if code in self.entered]
        visits = []
        for place, code in enumerate(order):
            is_last = place + 1 == len(order)
            left = self.ends_on if is_last else self.entered[order[place + 1]]
            is_open = self.ends_on is None and (is_last or (code is STANDING and self.has_worker))
            if is_open:
                visits.append(NewVisit(stage=code, state="in_progress", entered_on=self.entered[code]))
            elif code is StageCode.JOINT_ASSESSMENT and random.random() < 0.06:
                visits.append(
                    NewVisit(
                        stage=code,
                        state="not_needed",
                        entered_on=self.entered[code],
                        left_on=self.entered[code],
                        reason=random.choice(reasons),
                    )
                )
            else:
                end = self.ends_on if code is STANDING and self.ends_on else left
                visits.append(NewVisit(stage=code, state="done", entered_on=self.entered[code], left_on=end))
        return tuple(visits)


def last_workday_before(day: date) -> date:
    """Return the last working day that lies before a day."""
    before = day - timedelta(days=1)
    return before if is_workday(before) else previous_workday(before)
