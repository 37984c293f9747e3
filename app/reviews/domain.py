"""What a review has to hold, whoever asks: plain rules."""

from datetime import date

from app.core.errors import Conflict, Refused
from app.core.texts import N_
from app.plans.versions import PlanView


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
