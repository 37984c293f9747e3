"""The forms of activity: what is agreed for a period, the marks of a week, an evaluation, an end."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from app.accounts.domain import UserView
from app.activity.domain import (
    CHOSEN_REASONS,
    CONTRACTS,
    END_REASONS,
    LONGEST_LINE,
    LONGEST_TEXT,
    MINUTES,
    NEXT_STEPS,
    WEEKDAYS,
    ActivityKind,
    AgreedDay,
    AttendanceState,
    DayMark,
    PeriodContent,
    Week,
    WeekRow,
    hours_words,
    parse_hours,
)
from app.cases.domain import RecordedView
from app.core.dates import WEEKDAYS as SHORT_DAYS
from app.core.dates import format_day
from app.core.ids import read_id
from app.reference.loader import reference
from app.web.forms import (
    AtMost,
    ChoiceField,
    DayField,
    LongTextField,
    Needed,
    NumberField,
    PolkuForm,
    SelectField,
    TextField,
    TickField,
)
from app.web.texts import _, _l, say

ONLY_GROUP: Final = (
    "instructor_id",
    "instructor",
    "contract",
    "contract_from",
    "contract_to",
    "contract_reference",
    "employer_note",
)
ONLY_REHABILITATIVE: Final = ("is_far", "travel", "limit_reason")
LENGTH: Final = ("starts_on", "ends_on")


class HoursField(TextField):
    """The hours of a weekday as people write them: 9-13 or 8.30–12.30; empty is a day without activity."""

    @property
    def title(self) -> str:
        """The weekday alone: that most days are left empty is said once, above them."""
        return str(self.label.text).capitalize()

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read the hours, or say how to write them; what was typed stays."""
        super().process_formdata(valuelist)
        if self.data and parse_hours(self.data) is None:
            raise ValueError(_("Write the hours as 9–13 or 8.30–12.30."))


class PeriodForm(PolkuForm):
    """What is agreed for a period; `fit` takes away what the kind or the act does not ask."""

    starts_on = DayField(_l("First day"), chips=("tänään",), validators=[Needed(_l("Write the first day"))])
    ends_on = DayField(
        _l("Last day"), chips=("+3 kk", "+6 kk"), validators=[Needed(_l("Write the last day of the period"))]
    )
    evaluate_on = DayField(
        _l("The effect is evaluated at the latest"), hint=_l("This day is before the last day of the period.")
    )
    days_from = DayField(_l("The new days hold from"), hint=_l("Fill this in only when the days or the hours change."))
    place = TextField(_l("Place"), validators=[Needed(_l("Write the place")), AtMost(LONGEST_LINE)])
    provider = TextField(_l("Organiser of the activity"), validators=[AtMost(LONGEST_LINE)])
    instructor_id = SelectField(_l("Instructor of the group"), empty=_l("Not a user of this service"))
    instructor = TextField(
        _l("Name of the instructor"),
        hint=_l("Needed only when the instructor is not in the list above."),
        validators=[AtMost(LONGEST_LINE)],
    )
    is_far = TickField(_l("The place is outside the client's commuting area"))
    travel = LongTextField(
        _l("What was agreed about the journey"),
        hint=_l("A place outside the commuting area needs the client's consent."),
        rows=2,
        validators=[AtMost(LONGEST_TEXT)],
    )
    plan_version_id = SelectField(_l("Plan it rests on"), empty=_l("A plan kept in another system"))
    decision_id = SelectField(_l("Decision it rests on"), empty=_l("Not chosen"))
    contract = SelectField(_l("Contract"), empty=_l("No contract yet"))
    contract_from = DayField(_l("First day of the contract"))
    contract_to = DayField(_l("Last day of the contract"), hint=_l("Training always has a last day."))
    contract_reference = TextField(
        _l("Where the contract is kept"),
        hint=_l("For example the number of the document."),
        validators=[AtMost(LONGEST_LINE)],
    )
    employer_note = LongTextField(
        _l("What the employer may be told"),
        hint=_l("The employer gets only what the client has agreed to."),
        rows=2,
        validators=[AtMost(LONGEST_TEXT)],
    )
    limit_reason = LongTextField(
        _l("Why it was agreed so, when a limit is not kept"),
        hint=_l("Needed only when a limit of the law is not kept. The page tells which."),
        rows=2,
        validators=[AtMost(LONGEST_TEXT)],
    )

    def fit(self, kind: ActivityKind, *, is_change: bool) -> None:
        """Take away the questions of the other kind, and when something is changed, those that stay as they are."""
        gone = ONLY_REHABILITATIVE if kind is ActivityKind.GROUP else ONLY_GROUP
        if kind is ActivityKind.REHABILITATIVE:
            self["evaluate_on"].validators = [Needed(_l("Write the day by which the effect is evaluated"))]
        for name in (*gone, *(LENGTH if is_change else ("days_from",))):
            del self[name]

    def offer(
        self,
        *,
        plans: Iterable[tuple[UUID, str, int, date | None]],
        decisions: Iterable[RecordedView],
        instructors: Iterable[UserView],
    ) -> None:
        """Offer what the period can rest on, and who can instruct the group."""
        lists = reference()
        self["plan_version_id"].offer(
            [
                (str(row[0]), _("%(plan)s, version %(number)s", plan=lists.plan_kinds.label(row[1]), number=row[2]))
                for row in plans
            ]
        )
        self["decision_id"].offer([(str(one.id), _decision_words(one)) for one in decisions])
        if "contract" in self:
            self["contract"].offer([(code, say(words)) for code, words in CONTRACTS.items()])
            self["instructor_id"].offer([(str(one.id), one.full_name) for one in instructors])

    def show(self, content: PeriodContent) -> None:
        """Fill the form with what is agreed, for a change or a renewal."""
        for name in self._fields:
            if hasattr(content, name):
                value = getattr(content, name)
                self[name].process_data(str(value) if isinstance(value, UUID) else value)
        if "is_far" in self:
            self["is_far"].process_data(not content.is_near)
        for day in content.days:
            self[f"day-{day.weekday}"].process_data(day.words)

    def content(self, *, starts_on: date | None = None, ends_on: date | None = None) -> PeriodContent:
        """Return what was written; the days of a period that is changed are given."""
        return PeriodContent(
            starts_on=starts_on or self["starts_on"].data,
            ends_on=ends_on or self["ends_on"].data,
            evaluate_on=self["evaluate_on"].data,
            days=tuple(self._days()),
            place=self["place"].data,
            provider=self["provider"].data,
            plan_version_id=read_id(self["plan_version_id"].data or ""),
            decision_id=read_id(self["decision_id"].data or ""),
            is_near=not self._given("is_far"),
            travel=self._given("travel") or "",
            instructor_id=read_id(self._given("instructor_id") or ""),
            instructor=self._given("instructor") or "",
            contract=self._given("contract") or None,
            contract_from=self._given("contract_from"),
            contract_to=self._given("contract_to"),
            contract_reference=self._given("contract_reference") or "",
            employer_note=self._given("employer_note") or "",
            limit_reason=self._given("limit_reason") or "",
        )

    def _given(self, name: str) -> Any:  # noqa: ANN401 - the data of any field
        return self[name].data if name in self else None

    def _days(self) -> Iterable[AgreedDay]:
        for weekday in range(1, len(WEEKDAYS) + 1):
            hours = parse_hours(self[f"day-{weekday}"].data or "")
            if hours:
                yield AgreedDay(weekday=weekday, starts_at=hours[0], ends_at=hours[1])


def _decision_words(one: RecordedView) -> str:
    day = _("Decision of %(day)s", day=format_day(one.recorded_on))
    return f"{day}, {one.reference}" if one.reference else day


def make_period_form(kind: ActivityKind, *, is_change: bool) -> PeriodForm:
    """Return the form with a field for the hours of each weekday."""
    days: dict[str, Any] = {f"day-{number}": HoursField(words, width="10") for number, words in _weekdays()}
    made = type("PeriodForm", (PeriodForm,), days)
    form: PeriodForm = made()
    form.fit(kind, is_change=is_change)
    return form


def _weekdays() -> Iterable[tuple[int, str]]:
    return ((number, say(words)) for number, words in enumerate(WEEKDAYS, 1))


class WeekForm(PolkuForm):
    """The marks of a week, a row a day; `make_week_form` adds a row for each day that can be marked.

    `version` holds how many marks the week had when the form was shown (compare-and-set).
    """

    remark = LongTextField(
        _l("Note"),
        hint=_l("Why it was agreed so all the same. No health details here."),
        rows=2,
        validators=[AtMost(LONGEST_TEXT)],
    )

    def marks(self, week: Week) -> dict[date, DayMark]:
        """Return what was marked of each day that can be; a row left empty says that nothing is known of it."""
        return {row.day: self._mark(row) for row in week.rows if row.is_open}

    def _mark(self, row: WeekRow) -> DayMark:
        name = row_name(row)
        if self[f"{name}-present"].data:
            hours = self[f"{name}-hours"].data
            return DayMark(state=AttendanceState.PRESENT, minutes=None if hours is None else round(hours * MINUTES))
        absence = self[f"{name}-absence"].data
        if absence:
            return DayMark(state=AttendanceState.ABSENT, absence=absence)
        return DayMark(state=AttendanceState.CLEARED)

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Refuse a day that is marked both ways: only the worker knows which is right."""
        is_fine = bool(super().validate(extra_validators))
        for name in {field.split("-")[0] for field in self._fields if field.endswith("-present")}:
            absence = self[f"{name}-absence"]
            if self[f"{name}-present"].data and absence.data:
                absence.errors = [*absence.errors, _("Present or away? Take one of the marks off.")]
                is_fine = False
        return is_fine


def meet(form: WeekForm, week: Week) -> bool:
    """Return whether somebody has marked the week meanwhile, and if so let the form go on from their marks.

    What was typed stays; a day left empty takes their mark, so that saving again takes nothing of theirs away.
    """
    if not form.is_submitted() or form.seen == week.count:
        return False
    marks = form.marks(week)
    for row in week.rows:
        if row.mark is not None and row.is_open and marks[row.day].state is AttendanceState.CLEARED:
            _show_row(form, row)
    form.open_on(week.count)
    return True


def row_name(row: WeekRow) -> str:
    """Return how the fields of a day begin: d1 for Monday."""
    return f"d{row.day.isoweekday()}"


def make_week_form(week: Week, on: date) -> WeekForm:
    """Return the form of a week: what is marked, and the agreed hours for the days that are not."""
    fields: dict[str, Any] = {}
    for row in week.rows:
        if row.is_open:
            name = row_name(row)
            fields |= {
                f"{name}-present": TickField(_l("Present")),
                f"{name}-hours": NumberField(_l("Hours"), digits=2),
                f"{name}-absence": SelectField(_l("Away"), empty="–"),
            }
    made = type("WeekForm", (WeekForm,), fields)
    form: WeekForm = made()
    absences = [(one.code, str(one.label)) for one in reference().absences.on(on)]
    for row in week.rows:
        if row.is_open:
            form[f"{row_name(row)}-absence"].offer(absences)
            if not form.is_submitted():
                _show_row(form, row)
    if not form.is_submitted():
        form.open_on(week.count)
    return form


def _show_row(form: WeekForm, row: WeekRow) -> None:
    name, mark = row_name(row), row.mark
    minutes = mark.minutes if mark and mark.minutes else row.agreed.minutes if row.agreed else None
    form[f"{name}-present"].process_data(mark is not None and mark.state is AttendanceState.PRESENT)
    form[f"{name}-absence"].process_data(mark.absence if mark else None)
    form[f"{name}-hours"].process_data(None)
    form[f"{name}-hours"].typed = hours_words(minutes) if minutes else ""


class StewardForm(PolkuForm):
    """That the shop steward of the place was told."""

    told_on = DayField(_l("Day"), chips=("tänään", "eilen"), validators=[Needed(_l("Write the day"))])
    told_by = TextField(
        _l("Who told"), validators=[Needed(_l("Write who told the shop steward")), AtMost(LONGEST_LINE)]
    )


class EvaluationForm(PolkuForm):
    """An evaluation of the activity: its effect, and what follows."""

    held_on = DayField(_l("Day of the evaluation"), chips=("tänään",), validators=[Needed(_l("Write the day"))])
    effect = LongTextField(
        _l("What the activity has led to"),
        hint=_l("Also what the client says of it."),
        validators=[Needed(_l("Write what the activity has led to")), AtMost(LONGEST_TEXT)],
    )
    next_step = ChoiceField(_l("What follows"), validators=[Needed(_l("Choose what follows"))])
    participants = TextField(_l("Who took part"), validators=[AtMost(LONGEST_TEXT)])

    def offer(self) -> None:
        """Offer what may follow."""
        self.next_step.offer([(code, say(words)) for code, words in NEXT_STEPS.items()])


class EndForm(PolkuForm):
    """Why and when a period ended."""

    reason = ChoiceField(_l("Why the period ends"), validators=[Needed(_l("Choose why the period ended"))])
    ended_on = DayField(
        _l("Last day of the activity"), chips=("tänään",), validators=[Needed(_l("Write the last day"))]
    )
    heard_on = DayField(
        _l("Client was heard"),
        hint=_l("Needed when the period is interrupted. The client is heard before the decision."),
    )
    remark = LongTextField(_l("What was said and agreed"), rows=3, validators=[AtMost(LONGEST_TEXT)])

    def offer(self) -> None:
        """Offer the reasons."""
        self.reason.offer([(code, say(END_REASONS[code])) for code in CHOSEN_REASONS])


def week_words(days: Iterable[AgreedDay]) -> list[str]:
    """Return the agreed week in words, a line for each week that holds or held: ma 9–13, ti 9–13."""
    lines: dict[date, list[str]] = {}
    for day in days:
        lines.setdefault(day.from_on, []).append(f"{SHORT_DAYS[day.weekday - 1]} {day.words}")
    weeks = [(since, ", ".join(words)) for since, words in sorted(lines.items(), reverse=True)]
    if len(weeks) == 1:
        return [weeks[0][1]]
    return [_("%(days)s, from %(since)s on", days=words, since=format_day(since)) for since, words in weeks]
