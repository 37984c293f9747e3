"""The steps of a review, and the review as far as it has been answered."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from werkzeug.datastructures import MultiDict

from app.cases.domain import CaseView
from app.core.errors import Refused
from app.plans.domain import LONGEST_LINE, LONGEST_TEXT, WORDS, DueDay, GoalAnswer, GoalOutcome, next_review_problems
from app.plans.versions import GoalView, PlanView, VersionView
from app.reviews.domain import check_day
from app.web.forms import AtMost, ChoiceField, LongTextField, Needed, PolkuForm, TextField, WorkdayField
from app.web.request import today
from app.web.texts import _, _l, worded

MONTHS: Final = ("+1 kk", "+3 kk", "+6 kk")
OUTCOMES: Final = worded(GoalOutcome, WORDS)


class DeedForm(PolkuForm):
    """A form of one button."""


class PostponeForm(PolkuForm):
    """A later day for a review, and why; `version` carries the day the form was opened on."""

    due_on = WorkdayField(
        _l("New day of the review"), chips=MONTHS, validators=[Needed(_l("Write the new day of the review"))]
    )
    reason = LongTextField(
        _l("Why the review is put off"),
        rows=3,
        validators=[Needed(_l("Write why the review is put off")), AtMost(LONGEST_TEXT)],
    )

    def open_on_day(self, day: date) -> None:
        """Remember the day that is put off."""
        self.open_on(day.toordinal())

    @property
    def seen_day(self) -> date | None:
        """The day the form was opened on."""
        seen = self.seen or 0
        return date.fromordinal(seen) if 0 < seen <= date.max.toordinal() else None


class SituationForm(PolkuForm):
    """Step 1: when the review was held, who took part, how things stand."""

    held_on = WorkdayField(
        _l("Day of the review"),
        chips=("tänään", "eilen"),
        validators=[Needed(_l("Write the day of the review, for example 5.2.2026"))],
    )
    participants = TextField(_l("Who took part"), validators=[AtMost(LONGEST_LINE)])
    situation = LongTextField(
        _l("How things stand now"),
        rows=4,
        validators=[Needed(_l("Write how things stand now")), AtMost(LONGEST_TEXT)],
    )
    late_reason = LongTextField(_l("Why the review was late"), rows=2, validators=[AtMost(LONGEST_TEXT)])


class GoalsForm(PolkuForm):
    """Step 2: how each goal turned out; `make_goals_form` adds the fields."""

    goal_ids: tuple[UUID, ...] = ()

    @property
    def answers(self) -> dict[UUID, GoalAnswer]:
        """What was answered, by goal."""
        return {
            goal_id: GoalAnswer(GoalOutcome(self[f"goal-{number}"].data), self[f"goal-{number}-remark"].data or None)
            for number, goal_id in enumerate(self.goal_ids, 1)
        }


def make_goals_form(goals: Sequence[GoalView]) -> type[GoalsForm]:
    """Return the form with an answer and a remark for each goal."""
    fields: dict[str, Any] = {"goal_ids": tuple(goal.id for goal in goals)}
    for number in range(1, len(goals) + 1):
        fields[f"goal-{number}"] = ChoiceField(
            _("Was goal %(number)s reached?", number=number),
            choices=OUTCOMES,
            inline=True,
            validators=[Needed(_("Choose how goal %(number)s turned out", number=number))],
        )
        fields[f"goal-{number}-remark"] = LongTextField(
            _("What changed about goal %(number)s?", number=number), rows=2, validators=[AtMost(LONGEST_TEXT)]
        )
    return type("GoalsForm", (GoalsForm,), fields)


class ChangesForm(PolkuForm):
    """Step 3: what changes in the plan."""

    changes = LongTextField(
        _l("What changes"),
        hint=_l("A change of goals or actions is written as a new version after the review."),
        rows=4,
        validators=[AtMost(LONGEST_TEXT)],
    )


class NextForm(PolkuForm):
    """Step 4: the next review."""

    next_review_on = WorkdayField(
        _l("Next review"), chips=MONTHS, validators=[Needed(_l("Write the day of the next review"))]
    )
    next_reason = LongTextField(
        _l("Why the review is later than recommended"), rows=2, validators=[AtMost(LONGEST_TEXT)]
    )


class LastForm(NextForm):
    """Step 4 when the plan's period ends first: the day may be left empty."""

    next_review_on = WorkdayField(_l("Next review"), chips=MONTHS)


STEPS: Final = ("tilanne", "tavoitteet", "muutokset", "seuraava")


class ReviewForms:
    """A review as far as it has been answered: the forms of its steps over what is kept of them."""

    due: DueDay
    is_late: bool = False

    def __init__(
        self, case: CaseView, plan: PlanView, version: VersionView, kept: Mapping[str, Mapping[str, list[str]]]
    ) -> None:
        """Take the plan in force and the kept values by step."""
        self.case, self.plan, self.version, self.kept = case, plan, version, kept
        self.kinds: dict[str, type[PolkuForm]] = {
            "tilanne": SituationForm,
            "tavoitteet": make_goals_form(version.goals),
            "muutokset": ChangesForm,
        }

    def _kind(self, step: str) -> type[PolkuForm]:
        return self.kinds.get(step) or (LastForm if self.due.ends_first else NextForm)

    def sent(self, step: str) -> PolkuForm:
        """Return the form of a step as it was sent."""
        return self._kind(step)()

    def form(self, step: str) -> Any:  # noqa: ANN401 - each step has a form of its own
        """Return the form of a step as it is kept; days that are not yet written are proposed."""
        if step in self.kept:
            return self._kind(step)(formdata=MultiDict(self.kept[step]), meta={"csrf": False})
        form: Any = self._kind(step)(formdata=None, meta={"csrf": False})
        if step == "tilanne":
            form.held_on.process_data(today())
        if step == "seuraava" and not self.due.ends_first:
            form.next_review_on.process_data(self.due.proposal)
        return form

    def is_done(self, step: str) -> bool:
        """Whether the step has been answered and holds."""
        return step in self.kept and bool(self.form(step).validate())

    @property
    def first_missing(self) -> str | None:
        """The first step that is not done, or None."""
        return next((step for step in STEPS if not self.is_done(step)), None)

    @property
    def held_on(self) -> date | None:
        """The day of the review, when it has been written."""
        day: date | None = self.form("tilanne").held_on.data if "tilanne" in self.kept else None
        return day

    def check(self, step: str, form: Any, *, today: date) -> None:  # noqa: ANN401 - as above
        """Raise Refused or Conflict for what the service would refuse of this step."""
        if step == "tilanne":
            check_day(self.plan, form.held_on.data, today=today)
        if step == "seuraava":
            after = self.held_on or today
            day, reason = form.next_review_on.data, form.next_reason.data
            problems = next_review_problems(day, self.due, after=after, reason=reason)
            if problems:
                raise Refused.because(problems)

    def answers(self) -> dict[str, Any]:
        """Return what `hold_review` is called with."""
        first, goals, third, last = (self.form(step) for step in STEPS)
        return {
            "held_on": first.held_on.data,
            "outcomes": goals.answers,
            "situation": first.situation.data,
            "participants": first.participants.data,
            "late_reason": first.late_reason.data,
            "changes": third.changes.data,
            "next_review_on": last.next_review_on.data,
            "next_reason": last.next_reason.data,
        }
