"""The forms of plans: a draft with its rows, its coming into force, and the steps of a review.

A plan's rows come and go, so its form is made for the rows at hand (`rows`); each field has a flat name.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from werkzeug.datastructures import MultiDict

from app.cases.domain import CaseView
from app.core.dates import DateProblem, format_day, parse_day
from app.core.errors import Refused
from app.plans.domain import (
    LONGEST_LINE,
    LONGEST_TEXT,
    AcceptanceWay,
    ActionContent,
    ActionOwner,
    ActionState,
    DueDay,
    GoalAnswer,
    GoalContent,
    GoalOutcome,
    PlanContent,
    VersionState,
    next_review_problems,
    working_day,
)
from app.plans.reviews import check_day
from app.plans.rows import ROW, GoalRow, values_of
from app.plans.versions import GoalView, PlanView, VersionView
from app.web.forms import AtMost, ChoiceField, DayField, LongTextField, Needed, PolkuForm, SelectField, TextField
from app.web.request import today
from app.web.texts import _, _l, _lp

MONTHS: Final = ("+1 kk", "+3 kk", "+6 kk")
OWNERS: Final = (
    (ActionOwner.CLIENT, _l("Client")),
    (ActionOwner.WORKER, _l("Worker")),
    (ActionOwner.OTHER, _l("Somebody else")),
)
STATES: Final = (
    (ActionState.OPEN, _lp("state of an action", "Open")),
    (ActionState.DONE, _lp("state of an action", "Done")),
    (ActionState.CANCELLED, _l("Given up")),
)

OUTCOMES: Final = (
    (GoalOutcome.MET, _l("Reached")),
    (GoalOutcome.PARTLY, _l("Partly")),
    (GoalOutcome.NOT, _l("Not reached")),
)
WAYS: Final = (
    (AcceptanceWay.ORAL, _l("Orally")),
    (AcceptanceWay.SIGNED, _l("By signing on paper")),
    (AcceptanceWay.ELECTRONIC, _l("Electronically, by another service")),
)
VERSION_STATES: Final = (
    (VersionState.DRAFT, _l("Draft")),
    (VersionState.IN_FORCE, _l("In force")),
    (VersionState.SUPERSEDED, _l("Replaced")),
    (VersionState.ENDED, _l("Ended")),
)
WORDS: Final = {str(code): words for code, words in (*OWNERS, *STATES, *OUTCOMES, *WAYS, *VERSION_STATES)}
"""The words of the codes on the pages; no two lists share a code."""


class PlanDayField(DayField):
    """A day of a plan; a day that does not exist is answered with one that does, fit to be copied."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read the day, or say how to write it: "Päivää 31.2.2026 ei ole. Kirjoita päivä muodossa 27.2.2026."."""
        typed = str(valuelist[0]).strip() if valuelist else ""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            last = _last_of_month(typed)
            if last is None:
                raise
            example = format_day(working_day(last))
            raise ValueError(
                _("There is no day %(typed)s. Write the date as %(example)s.", typed=typed, example=example)
            ) from None


def _last_of_month(typed: str) -> date | None:
    """Return the last day of the month that was typed when the day itself is not in it."""
    try:
        parse_day(typed, today())
    except DateProblem as problem:
        last = dict(problem.message.params).get("last")
        return last if isinstance(last, date) else None
    return None


class RowText(TextField):
    """The text of a goal or an action; `marks` are attributes of its own, such as the focus after it was added."""

    marks: Mapping[str, str] = {}

    def params(self, **extra: Any) -> dict[str, Any]:  # noqa: ANN401 - parameters of a macro
        """Add the attributes."""
        made = super().params(**extra)
        made["attributes"] |= self.marks
        return made


class VersionForm(PolkuForm):
    """A form about a version, which must be the one that was opened."""

    def open_on(self, version: int) -> None:
        """Remember the version the form shows."""
        self.version.data = version  # type: ignore[assignment] # an int travels in a hidden field

    @property
    def seen(self) -> int | None:
        """The version the form was opened on."""
        found: Any = self.version.data
        return found if isinstance(found, int) else None


class PlanForm(VersionForm):
    """A draft; `make_plan_form` adds the fields in the order of the page."""

    shape: tuple[int, ...] = ()
    focus: str = ""
    kept_at: datetime | None = None

    def content(self, known: Collection[UUID]) -> PlanContent:
        """Return what was written; ids that are not `known` of an earlier version are dropped."""
        return PlanContent(
            goals=tuple(self._goal(number, known) for number in range(1, len(self.shape) + 1)),
            period_start=self["period_start"].data,
            period_end=self["period_end"].data,
            next_review_on=self["next_review_on"].data,
            next_review_reason=self["next_review_reason"].data or None,
            summary=self["summary"].data or None,
        )

    def _goal(self, number: int, known: Collection[UUID]) -> GoalContent:
        actions = tuple(
            ActionContent(
                text=self[f"goal-{number}-action-{place}-text"].data,
                owner=ActionOwner(self[f"goal-{number}-action-{place}-owner"].data),
                due_on=self[f"goal-{number}-action-{place}-due"].data,
                state=ActionState(self[f"goal-{number}-action-{place}-state"].data or ActionState.OPEN),
                origin_id=_known(self[f"goal-{number}-action-{place}-origin"].data, known),
            )
            for place in range(1, self.shape[number - 1] + 1)
        )
        origin = _known(self[f"goal-{number}-origin"].data, known)
        return GoalContent(text=self[f"goal-{number}-text"].data, actions=actions, origin_id=origin)


def _known(text: str, known: Collection[UUID]) -> UUID | None:
    return next((one for one in known if str(one) == text), None)


def make_plan_form(values: Mapping[str, str], rows: tuple[GoalRow, ...], focus: str = "") -> PlanForm:
    """Return the form for the rows, filled with the values."""
    fields: dict[str, Any] = {
        "shape": tuple(len(goal.actions) for goal in rows),
        "focus": focus,
        "period_start": PlanDayField(_l("Period starts"), hint=_l("For example 2.3.2026")),
        "period_end": PlanDayField(_l("Period ends"), hint=_l("For example 5.6.2026")),
    }
    for number, goal in enumerate(rows, 1):
        fields |= _goal_fields(number, len(goal.actions))
    fields |= {
        "next_review_on": PlanDayField(
            _l("Next review"), chips=MONTHS, validators=[Needed(_l("Write the day of the next review"))]
        ),
        "next_review_reason": LongTextField(
            _l("Why the review is later than recommended"), rows=2, validators=[AtMost(LONGEST_TEXT)]
        ),
        "summary": LongTextField(_l("Summary of the plan"), rows=4, validators=[AtMost(LONGEST_TEXT)]),
    }
    made = type("PlanForm", (PlanForm,), fields)
    others = {name: value for name, value in values.items() if not ROW.fullmatch(name)}
    form: PlanForm = made(formdata=MultiDict(others | values_of(rows)))
    if focus in form:
        form[focus].marks = {"autofocus": "autofocus", "data-focus": "data-focus"}
    return form


def _goal_fields(number: int, actions: int) -> dict[str, Any]:
    words = _("Goal %(number)s, in the client's words", number=number)
    missing = _("Write goal %(number)s", number=number)
    fields: dict[str, Any] = {
        f"goal-{number}-text": RowText(words, validators=[Needed(missing), AtMost(LONGEST_LINE)]),
        f"goal-{number}-origin": TextField(_l("First version of the row")),
    }
    for place in range(1, actions + 1):
        fields |= _action_fields(f"goal-{number}-action-{place}", number, place)
    return fields


def _action_fields(name: str, number: int, place: int) -> dict[str, Any]:
    missing = _("Write action %(place)s of goal %(number)s", place=place, number=number)
    nobody = _("Choose who does action %(place)s of goal %(number)s", place=place, number=number)
    return {
        f"{name}-text": RowText(_("Action %(place)s", place=place), validators=[Needed(missing), AtMost(LONGEST_LINE)]),
        f"{name}-owner": SelectField(
            _l("Who does it"), choices=OWNERS, empty=_l("Choose"), validators=[Needed(nobody)]
        ),
        f"{name}-due": PlanDayField(_l("By when")),
        f"{name}-state": SelectField(_l("State"), choices=STATES, default=ActionState.OPEN),
        f"{name}-origin": TextField(_l("First version of the row")),
    }


class StartForm(PolkuForm):
    """The kind of a new plan."""

    kind = ChoiceField(_l("Kind of plan"), validators=[Needed(_l("Choose the kind of plan"))])


class AcceptForm(VersionForm):
    """The client's word, and the day from which the plan holds."""

    in_force_on = PlanDayField(
        _l("The plan holds from"),
        hint=_l("The day it came into force, not the day it is typed."),
        chips=("tänään", "eilen"),
        validators=[Needed(_l("Write the day the plan came into force, for example 5.2.2026"))],
    )
    accepted_on = PlanDayField(
        _l("The client accepted it on"),
        chips=("tänään", "eilen"),
        validators=[Needed(_l("Write the day the client accepted the plan, for example 5.2.2026"))],
    )
    acceptance_way = ChoiceField(
        _l("How the client accepted it"),
        choices=WAYS,
        validators=[Needed(_l("Choose how the client accepted the plan"))],
    )
    client_comment = LongTextField(_l("The client's comment"), rows=3, validators=[AtMost(LONGEST_TEXT)])


class DeedForm(VersionForm):
    """A form of one button."""


class SituationForm(PolkuForm):
    """Step 1: when the review was held, who took part, how things stand."""

    held_on = PlanDayField(
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

    next_review_on = PlanDayField(
        _l("Next review"), chips=MONTHS, validators=[Needed(_l("Write the day of the next review"))]
    )
    next_reason = LongTextField(
        _l("Why the review is later than recommended"), rows=2, validators=[AtMost(LONGEST_TEXT)]
    )


class LastForm(NextForm):
    """Step 4 when the plan's period ends first: the day may be left empty."""

    next_review_on = PlanDayField(_l("Next review"), chips=MONTHS)


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
