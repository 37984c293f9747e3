"""What a review has to hold, how it is put off, and who sets a day: plain rules."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from app.core.errors import Conflict, FieldProblem, Refused
from app.core.texts import N_, Text
from app.duties.domain import DutyKind
from app.plans.domain import LONGEST_TEXT, DueDay, next_review_problems
from app.plans.versions import PlanView


class LimitKind(StrEnum):
    """Who sets the day of a duty."""

    LAW = "law"
    MODEL = "model"
    TARGET = "target"
    AGREED = "agreed"


LIMITS: Final[Mapping[StrEnum, Text]] = {
    LimitKind.LAW: N_("Limit of the law"),
    LimitKind.MODEL: N_("Practice of the pathway model"),
    LimitKind.TARGET: N_("The organisation's own target"),
    LimitKind.AGREED: N_("Agreed day"),
}

ORIGINS: Final[Mapping[str, tuple[Text, Text]]] = {
    DutyKind.PLAN_PERIOD_END: (N_("The period of the plan began"), N_("The last day of the period agreed in the plan")),
    DutyKind.CONSENT_EXPIRY: (N_("The consent was given"), N_("The last day the consent was given for")),
    DutyKind.MEMBER_WITHOUT_BASIS: (N_("The member was without a basis"), N_("A basis is recorded before sharing")),
    DutyKind.TASK: (N_("The promise was made"), N_("The day that was promised")),
}
"""What a day that no table sets is counted from, and which day it is, by the kind of duty."""


def check_day(plan: PlanView, held_on: date, *, today: date) -> None:
    """Raise Refused or Conflict at `held_on` for a day on which no review of the plan can have been held."""
    first = plan.first_in_force_on
    if held_on > today:
        raise Refused(N_("The review cannot have been held in the future."), "held_on")
    if held_on in plan.reviewed_on:
        raise Conflict(N_("A review of this plan on %(day)s is already on record.", day=held_on), "held_on")
    if first is not None and held_on < first:
        raise Refused(N_("The plan came into force on %(day)s. The review must come after it.", day=first), "held_on")
    last = max(plan.reviewed_on, default=None)
    if last is not None and held_on < last:
        raise Refused(N_("The last review was held on %(day)s. The review must come after it.", day=last), "held_on")


def postponing_problems(
    to: date | None, *, was_on: date, due: DueDay, reason: str | None, today: date
) -> list[FieldProblem]:
    """Return why a review cannot be put off to a day, or nothing.

    The day comes after the old one and has not passed; a limit of the law or the end of the period is never passed,
    whatever is said for it; a reason is always asked for.
    """
    if to is None:
        found = [FieldProblem("due_on", N_("Write the new day of the review."))]
    elif to < today:
        found = [FieldProblem("due_on", N_("The day has passed already. Choose today or a later day."))]
    else:
        found = next_review_problems(to, due, after=was_on, reason="asked below", field="due_on")
    if not (reason or "").strip():
        found.append(FieldProblem("reason", N_("Write why the review is put off.")))
    elif len(reason or "") > LONGEST_TEXT:
        found.append(
            FieldProblem("reason", N_("Shorten the text to at most %(longest)s characters.", longest=LONGEST_TEXT))
        )
    return found
