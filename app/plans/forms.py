"""The forms of plans: a draft with its rows, and its coming into force.

A plan's rows come and go, so its form is made for the rows at hand (`rows`); each field has a flat name.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from werkzeug.datastructures import MultiDict

from app.plans.domain import (
    LONGEST_LINE,
    LONGEST_TEXT,
    WORDS,
    AcceptanceWay,
    ActionContent,
    ActionOwner,
    ActionState,
    GoalContent,
    PlanContent,
)
from app.plans.rows import ROW, GoalRow, values_of
from app.web.forms import AtMost, ChoiceField, LongTextField, Needed, PolkuForm, SelectField, TextField, WorkdayField
from app.web.texts import _, _l, worded

MONTHS: Final = ("+1 kk", "+3 kk", "+6 kk")
OWNERS: Final = worded(ActionOwner, WORDS)
STATES: Final = worded(ActionState, WORDS)
WAYS: Final = worded(AcceptanceWay, WORDS)


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
        "period_start": WorkdayField(_l("Period starts"), hint=_l("For example 2.3.2026")),
        "period_end": WorkdayField(_l("Period ends"), hint=_l("For example 5.6.2026")),
    }
    for number, goal in enumerate(rows, 1):
        fields |= _goal_fields(number, len(goal.actions))
    fields |= {
        "next_review_on": WorkdayField(
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
        f"{name}-due": WorkdayField(_l("By when")),
        f"{name}-state": SelectField(_l("State"), choices=STATES, default=ActionState.OPEN),
        f"{name}-origin": TextField(_l("First version of the row")),
    }


class StartForm(PolkuForm):
    """The kind of a new plan."""

    kind = ChoiceField(_l("Kind of plan"), validators=[Needed(_l("Choose the kind of plan"))])


class AcceptForm(VersionForm):
    """The client's word, and the day from which the plan holds."""

    in_force_on = WorkdayField(
        _l("The plan holds from"),
        hint=_l("The day it came into force, not the day it is typed."),
        chips=("tänään", "eilen"),
        validators=[Needed(_l("Write the day the plan came into force, for example 5.2.2026"))],
    )
    accepted_on = WorkdayField(
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
