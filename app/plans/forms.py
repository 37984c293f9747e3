"""The forms of plans: a draft with its rows, and its coming into force.

A plan's rows come and go, so its form is made for the rows at hand (`rows`); each field has a flat name.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from werkzeug.datastructures import MultiDict

from app.core.texts import Text
from app.plans.checks import Written, field_name, reason_name
from app.plans.domain import (
    LONGEST_LINE,
    LONGEST_TEXT,
    WORDS,
    ActionContent,
    ActionOwner,
    ActionState,
    GoalContent,
    InterimContent,
    PlanContent,
    SignatureWay,
)
from app.plans.fields import (
    CHOSEN,
    WEEKDAYS,
    Answer,
    DayTimes,
    FieldSet,
    FieldType,
    PlanField,
    Section,
    Week,
    say_times,
)
from app.plans.limits import Subject, weeks_of
from app.plans.rows import ROW, GoalRow, read_times, values_of
from app.plans.signing import CLIENT, SignatureEntry, field_of
from app.plans.versions import KEPT_REASONS
from app.web.forms import (
    AtMost,
    ChoiceField,
    DayField,
    LongTextField,
    Needed,
    PolkuForm,
    SelectField,
    TextField,
    WorkdayField,
)
from app.web.texts import _, _l, _lp, worded

MONTHS: Final = ("+1 kk", "+3 kk", "+6 kk")
DAY_NAMES: Final = (
    _lp("label of a field", "Monday"),
    _lp("label of a field", "Tuesday"),
    _lp("label of a field", "Wednesday"),
    _lp("label of a field", "Thursday"),
    _lp("label of a field", "Friday"),
    _lp("label of a field", "Saturday"),
    _lp("label of a field", "Sunday"),
)
OWNERS: Final = worded(ActionOwner, WORDS)
STATES: Final = worded(ActionState, WORDS)
WAYS: Final = worded(SignatureWay, WORDS)


class RowText(TextField):
    """The text of a goal or an action; `marks` are attributes of its own, such as the focus after it was added."""

    marks: Mapping[str, str] = {}

    def params(self, **extra: Any) -> dict[str, Any]:  # noqa: ANN401 - parameters of a macro
        """Add the attributes."""
        made = super().params(**extra)
        made["attributes"] |= self.marks
        return made


class TimesField(TextField):
    """From when to when on one day; empty is no day. What was typed stays when it cannot be read."""

    def process_data(self, value: Any) -> None:  # noqa: ANN401 - WTForms' own signature
        """Start empty: a stored week arrives as it is written."""
        self.data, self.typed = value, ""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read the times, or say how to write them."""
        self.data = None
        self.typed = str(valuelist[0]).strip() if valuelist else ""
        if not self.typed:
            return
        try:
            self.data = read_times(self.typed)
        except ValueError:
            words = _("%(day)s: write the times as 9.00–13.00.", day=self.label.text)
            raise ValueError(words) from None
        self.typed = say_times(*self.data)

    def params(self, **extra: Any) -> dict[str, Any]:  # noqa: ANN401 - parameters of a macro
        """Show what was typed under the name of the day alone."""
        label = {"text": str(self.label.text), "classes": "govuk-label--s"}
        return super().params(value=self.typed, classes="polku-times", label=label, **extra)


class AskedLater(Needed):
    """Not free to leave out, though the form itself lets it pass: the field is never marked as optional.

    A draft may wait for its answers, and a party may sign later.
    """

    def __init__(self) -> None:
        super().__init__("")

    def __call__(self, form: Any, field: Any) -> None:  # noqa: ANN401 - WTForms calls it so
        """Let the form be saved."""


class ReasonField(LongTextField):
    """Why something is not kept: asked only where something is not, and then never optional (the service refuses)."""

    @property
    def is_needed(self) -> bool:
        """Needed whenever it is shown."""
        return True


class PlanForm(PolkuForm):
    """A draft; `make_plan_form` adds the fields in the order of the page."""

    shape: tuple[GoalRow, ...] = ()
    focus: str = ""
    asked: FieldSet | None = None
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
            answers=self.written.answers,
            week=self.written.week,
            reasons=self.written.reasons,
        )

    @property
    def written(self) -> Written:
        """What is answered of the form of the kind, as far as it can be read."""
        asked = {one.code: self[field_name(one.code)] for one in self.asked or () if one.type is not FieldType.WEEK}
        answers = {code: answer for code, field in asked.items() if not (answer := _answer(field)).is_empty}
        times = {day: self[f"week-{day}"].data for day in WEEKDAYS if f"week-{day}" in self}
        week = Week(tuple(DayTimes(day, *agreed) for day, agreed in times.items() if agreed))
        named = {one: self[reason_name(one)].data for one in KEPT_REASONS if reason_name(one) in self}
        reasons = {str(subject): text for subject, text in named.items() if text}
        start, end = self["period_start"].data, self["period_end"].data
        return Written(answers=answers, week=week, reasons=reasons, start=start, end=end)

    @property
    def weeks(self) -> Text | None:
        """How many weeks the period has, with their numbers."""
        return weeks_of(self["period_start"].data, self["period_end"].data)

    def _goal(self, number: int, known: Collection[UUID]) -> GoalContent:
        actions = tuple(
            ActionContent(
                text=self[f"goal-{number}-action-{place}-text"].data,
                owner=ActionOwner(self[f"goal-{number}-action-{place}-owner"].data),
                due_on=self[f"goal-{number}-action-{place}-due"].data,
                state=ActionState(self[f"goal-{number}-action-{place}-state"].data or ActionState.OPEN),
                origin_id=_known(self[f"goal-{number}-action-{place}-origin"].data, known),
            )
            for place in range(1, len(self.shape[number - 1].actions) + 1)
        )
        interim = tuple(
            InterimContent(
                text=self[f"goal-{number}-interim-{place}-text"].data,
                due_on=self[f"goal-{number}-interim-{place}-due"].data,
                origin_id=_known(self[f"goal-{number}-interim-{place}-origin"].data, known),
            )
            for place in range(1, len(self.shape[number - 1].interim) + 1)
        )
        origin = _known(self[f"goal-{number}-origin"].data, known)
        return GoalContent(text=self[f"goal-{number}-text"].data, interim=interim, actions=actions, origin_id=origin)


def _known(text: str, known: Collection[UUID]) -> UUID | None:
    return next((one for one in known if str(one) == text), None)


def _answer(field: Any) -> Answer:  # noqa: ANN401 - a field of any type
    if isinstance(field, DayField):
        return Answer(day=field.data)
    return Answer(choice=field.data or None) if isinstance(field, SelectField) else Answer(text=field.data or None)


def make_plan_form(
    values: Mapping[str, str], rows: tuple[GoalRow, ...], focus: str = "", *, asked: FieldSet | None = None
) -> PlanForm:
    """Return the form for the rows and the questions of the kind, filled with the values."""
    before, after = (asked.before_goals, asked.after_goals) if asked else ((), ())
    fields: dict[str, Any] = {
        "shape": rows,
        "focus": focus,
        "asked": asked,
        "period_start": WorkdayField(_l("Period starts"), hint=_l("For example 2.3.2026")),
        "period_end": WorkdayField(_l("Period ends"), hint=_l("For example 5.6.2026")),
        reason_name(Subject.PERIOD): ReasonField(_l("Why the period is not within the limit"), rows=2),
    } | _section_fields(before)
    for number, goal in enumerate(rows, 1):
        fields |= _goal_fields(number, goal)
    fields |= _section_fields(after) | {
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


def _section_fields(sections: Sequence[Section]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for asked in (one for section in sections for one in section.fields):
        if asked.type is FieldType.WEEK:
            fields |= {f"week-{day}": TimesField(DAY_NAMES[day - 1]) for day in WEEKDAYS}
            words = _l("Why the days or times are not within the limits")
            fields[reason_name(Subject.WEEK)] = ReasonField(words, rows=2)
        else:
            fields[field_name(asked.code)] = _answer_field(asked)
    return fields


def _answer_field(asked: PlanField) -> Any:  # noqa: ANN401 - an unbound field of WTForms
    known: dict[str, Any] = {"hint": str(asked.hint) if asked.hint else None}
    if asked.is_needed:
        known["validators"] = [AskedLater()]
    label = str(asked.label)
    if asked.type in CHOSEN:
        choices = [(one.code, str(one.label)) for one in asked.choices]
        return ChoiceField(label, choices=choices, inline=asked.type is FieldType.YES_NO, **known)
    if asked.type is FieldType.DAY:
        return WorkdayField(label, **known)
    return LongTextField(label, rows=3, **known) if asked.type is FieldType.TEXT else TextField(label, **known)


def _goal_fields(number: int, goal: GoalRow) -> dict[str, Any]:
    words = _("Goal %(number)s, in the client's words", number=number)
    missing = _("Write goal %(number)s", number=number)
    fields: dict[str, Any] = {
        f"goal-{number}-text": RowText(words, validators=[Needed(missing), AtMost(LONGEST_LINE)]),
        f"goal-{number}-origin": TextField(_l("First version of the row")),
    }
    for place in range(1, len(goal.interim) + 1):
        fields |= _interim_fields(f"goal-{number}-interim-{place}", number, place)
    for place in range(1, len(goal.actions) + 1):
        fields |= _action_fields(f"goal-{number}-action-{place}", number, place)
    return fields


def _interim_fields(name: str, number: int, place: int) -> dict[str, Any]:
    missing = _("Write interim goal %(place)s of goal %(number)s", place=place, number=number)
    words = _("Interim goal %(place)s", place=place)
    return {
        f"{name}-text": RowText(words, validators=[Needed(missing), AtMost(LONGEST_LINE)]),
        f"{name}-due": WorkdayField(_l("By when")),
        f"{name}-origin": TextField(_l("First version of the row")),
    }


def _action_fields(name: str, number: int, place: int) -> dict[str, Any]:
    missing = _("Write action %(place)s of goal %(number)s", place=place, number=number)
    nobody = _("Choose who does action %(place)s of goal %(number)s", place=place, number=number)
    return {
        f"{name}-text": RowText(_("Action %(place)s", place=place), validators=[Needed(missing), AtMost(LONGEST_LINE)]),
        f"{name}-owner": SelectField(
            _l("Who does it"), choices=OWNERS, empty=_l("Choose"), validators=[Needed(nobody)]
        ),
        f"{name}-due": WorkdayField(_l("By when")),
        f"{name}-state": SelectField(_l("State"), choices=STATES, default=ActionState.OPEN, validators=[AskedLater()]),
        f"{name}-origin": TextField(_l("First version of the row")),
    }


class StartForm(PolkuForm):
    """The kind of a new plan."""

    kind = ChoiceField(_l("Kind of plan"), validators=[Needed(_l("Choose the kind of plan"))])


class SignForm(PolkuForm):
    """Signatures, party by party; `make_sign_form` adds the fields of those who may still sign."""

    parties: tuple[str, ...] = ()

    @property
    def entries(self) -> list[SignatureEntry]:
        """What was written, party by party; of whom nothing was written, nothing is put on record."""
        found = (self._entry(party) for party in self.parties)
        return [one for one in found if not one.is_empty]

    def _entry(self, party: str) -> SignatureEntry:
        way, name = self[field_of(party, "way")].data, self._fields.get(field_of(party, "name"))
        return SignatureEntry(
            party=party,
            signed_on=self[field_of(party, "on")].data,
            way=SignatureWay(way) if way else None,
            name=(name.data if name else None) or None,
            system=self[field_of(party, "system")].data or None,
        )


class AcceptForm(SignForm):
    """The signatures, and the day from which the plan holds."""

    @property
    def reasons(self) -> dict[str, str]:
        """Why it comes into force without something the law asks."""
        named = ((one, self[reason_name(one)].data) for one in (Subject.START, Subject.SIGNATURES))
        return {str(subject): text for subject, text in named if text}


def make_sign_form(parties: Sequence[str], systems: Sequence[tuple[str, str]]) -> SignForm:
    """Return the form for the signatures of these parties."""
    fields: dict[str, Any] = {"parties": tuple(parties)} | _sign_fields(parties, systems)
    made: SignForm = type("SignForm", (SignForm,), fields)()
    return made


def make_accept_form(parties: Sequence[str], systems: Sequence[tuple[str, str]]) -> AcceptForm:
    """Return the form that brings a plan into force, with the signatures of those who have not signed yet."""
    fields: dict[str, Any] = {
        "parties": tuple(parties),
        "in_force_on": WorkdayField(
            _l("The plan holds from"),
            hint=_l("The day it came into force, not the day it is typed."),
            chips=("tänään", "eilen"),
            validators=[Needed(_l("Write the day the plan came into force, for example 5.2.2026"))],
        ),
    } | _sign_fields(parties, systems)
    fields |= {
        reason_name(Subject.SIGNATURES): ReasonField(_l("Why a signature is missing"), rows=2),
        reason_name(Subject.START): ReasonField(_l("Why the activity starts all the same"), rows=2),
        "client_comment": LongTextField(_l("The client's comment"), rows=3, validators=[AtMost(LONGEST_TEXT)]),
    }
    made: AcceptForm = type("AcceptForm", (AcceptForm,), fields)()
    return made


def _sign_fields(parties: Sequence[str], systems: Sequence[tuple[str, str]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for party in parties:
        if party != CLIENT:
            fields[field_of(party, "name")] = TextField(_l("Name"), validators=[AtMost(LONGEST_LINE)])
        fields |= {
            field_of(party, "on"): WorkdayField(_l("Signed on"), validators=[AskedLater()]),
            field_of(party, "way"): SelectField(_l("How"), choices=WAYS, empty=_l("Choose"), validators=[AskedLater()]),
            field_of(party, "system"): SelectField(_l("Recorded in"), choices=systems, empty=_l("Only here")),
        }
    return fields


class DeedForm(PolkuForm):
    """A form of one button."""
