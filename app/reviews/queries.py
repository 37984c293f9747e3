"""What falls due in a case, each with its raw day, its working day and the reckoning behind it."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from app.accounts import queries as accounts
from app.cases.domain import CaseView
from app.core.uow import UnitOfWork
from app.core.workdays import roll_back, roll_forward
from app.duties import queries as ledger
from app.duties.domain import DutyKind, DutyView, Postponed
from app.duties.reckoning import DayOff, Reckoning, ahead, days_off, reckon
from app.plans import queries as plans
from app.plans.queries import Why, postponed_of
from app.reference.domain import Deadline
from app.reference.loader import reference
from app.reviews.domain import LimitKind

OTHERS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDuty:
    """One duty of a case as the list shows it: what it is about, who sets the day, and the days around it."""

    duty: DutyView
    about: str
    limit: LimitKind
    basis: str

    @property
    def proposal(self) -> date:
        """The last working day up to the day (ruling 17)."""
        return roll_back(self.duty.due_on)

    @property
    def rolled_on(self) -> date:
        """The first working day from the day on (150/1930 section 5)."""
        return roll_forward(self.duty.due_on)

    @property
    def days_off(self) -> tuple[DayOff, ...]:
        """The days off around the day, by name; none when it is a working day."""
        return tuple(days_off(self.proposal, self.rolled_on))


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyDuty:
    """Everything behind the day of one duty.

    `row` and `reckoning`: the deadline and its counting, when the day comes from the table. `review`: the reckoning
    of a plan's review, which compares several limits. `ahead`: the next days if each is kept on its last day.
    """

    due: DueDuty
    row: Deadline | None
    reckoning: Reckoning | None
    review: Why | None
    ahead: tuple[date, ...]
    others: tuple[DueDuty, ...]
    postponed: Postponed
    names: dict[UUID, str]


def due_days(uow: UnitOfWork, case: CaseView) -> list[DueDuty]:
    """Return what is open in a case, the first due first."""
    kinds = {plan.id: reference().plan_kinds.label(plan.kind) for plan in plans.plans_of(uow, case.id)}
    return [_due(duty, kinds) for duty in ledger.open_of_case(uow, case.id)]


def _due(duty: DutyView, kinds: dict[UUID, str]) -> DueDuty:
    row = reference().deadlines.find(duty.rule_code)
    if row is not None:
        return DueDuty(
            duty=duty, about=kinds.get(duty.subject_id, ""), limit=LimitKind(row.kind), basis=row.basis or ""
        )
    limit = LimitKind.LAW if duty.law_limit_on == duty.due_on else LimitKind.AGREED
    return DueDuty(duty=duty, about=kinds.get(duty.subject_id, ""), limit=limit, basis="")


def why_duty(uow: UnitOfWork, case: CaseView, duty_id: UUID, today: date) -> WhyDuty:
    """Return what the day of a duty of the case follows from, or raise NotFound."""
    duty = ledger.duty_of(uow, case.id, duty_id)
    every = due_days(uow, case)
    due = next((one for one in every if one.duty.id == duty.id), None) or _due(duty, {})
    row = reference().deadlines.find(duty.rule_code)
    review = plans.why_this_day(uow, case, duty.subject_id, today) if _is_open_review(duty) else None
    postponed = postponed_of(uow, duty.subject_id) if duty.kind is DutyKind.PLAN_REVIEW else Postponed()
    return WhyDuty(
        due=due,
        row=row,
        reckoning=reckon(row, duty.anchor_on) if row is not None and review is None else None,
        review=review,
        ahead=_ahead(duty, row, review),
        others=tuple(one for one in every if one.duty.id != duty.id)[:OTHERS],
        postponed=postponed,
        names=names_of(uow, postponed),
    )


def _is_open_review(duty: DutyView) -> bool:
    return duty.kind is DutyKind.PLAN_REVIEW and duty.is_open


def _ahead(duty: DutyView, row: Deadline | None, review: Why | None) -> tuple[date, ...]:
    if review is not None:
        return review.due.next_limits
    return ahead(row, duty.anchor_on) if row is not None and row.repeats else ()


def names_of(uow: UnitOfWork, postponed: Postponed) -> dict[UUID, str]:
    """Return the names of those who put reviews off."""
    return accounts.full_names(uow, {one.by_id for one in postponed.moves if one.by_id})


def duty_of_plan(uow: UnitOfWork, case: CaseView, plan_id: UUID) -> DutyView | None:
    """Return what is open about a plan of the case: its review, else the end of its period."""
    found = [duty for duty in ledger.open_of_case(uow, case.id) if duty.subject_id == plan_id]
    return next((duty for duty in found if duty.kind is DutyKind.PLAN_REVIEW), next(iter(found), None))
