"""The steps of a review, and the review as far as it has been answered."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

import wtforms
from werkzeug.datastructures import MultiDict

from app.cases.domain import CaseView
from app.core.errors import Conflict, Refused
from app.core.texts import N_
from app.drafts.domain import DraftView, Values
from app.plans.domain import (
    LONGEST_LINE,
    LONGEST_TEXT,
    WORDS,
    ActionState,
    DueDay,
    GoalOutcome,
    HeldReview,
    next_review_problems,
)
from app.plans.versions import DEED_WORDS, GoalView, PlanView, VersionView
from app.reference.loader import reference
from app.reviews.answers import action_states, forget_answers, goal_answers, kept_values
from app.reviews.domain import CHANGED, check_day, missing_parties, row_name
from app.reviews.queries import GroupSheet, wanted_at
from app.web.forms import (
    AtMost,
    ChoiceField,
    LongTextField,
    ManyField,
    Needed,
    PolkuForm,
    TextField,
    TickField,
    WorkdayField,
)
from app.web.request import today
from app.web.texts import _, _l, worded

OPENED_ON: Final = "rows"
"""The field of a group review that holds the versions it was opened on."""
MONTHS: Final = ("+1 kk", "+3 kk", "+6 kk")
OUTCOMES: Final = worded(GoalOutcome, WORDS)
DEEDS: Final = worded(ActionState, DEED_WORDS)
Offering = TypeVar("Offering", bound=PolkuForm)


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
    parties = ManyField(_l("Who took part"))
    missing_reason = LongTextField(
        _l("Why the labour authority was not there"), rows=2, validators=[AtMost(LONGEST_TEXT)]
    )
    participants = TextField(_l("Others who took part, by name"), validators=[AtMost(LONGEST_LINE)])
    situation = LongTextField(
        _l("How things stand now"),
        rows=4,
        validators=[Needed(_l("Write how things stand now")), AtMost(LONGEST_TEXT)],
    )
    late_reason = LongTextField(_l("Why the review was late"), rows=2, validators=[AtMost(LONGEST_TEXT)])


def party_choices(on: date, by_law: Collection[str] = ()) -> list[tuple[str, Any] | tuple[str, Any, Any]]:
    """Return who may take part in a review: the client, the worker, and the parties of the day.

    Those the law brings there say so, and still nobody is ticked beforehand: who was there is what the worker saw, and
    a box that came ticked would silence the question why the party was away.
    """
    said = _l("Takes part in this review by law")
    return [
        ("client", _l("Client")),
        ("worker", _l("Worker")),
        *((one.code, one.label, *((said,) if one.code in by_law else ())) for one in reference().parties.on(on)),
    ]


def goal_fields(goals: Sequence[GoalView], prefix: str = "") -> dict[str, Any]:
    """Return the fields of an answer and a remark for each goal, and of how far each of its actions has come."""
    fields: dict[str, Any] = {}
    for number, goal in enumerate(goals, 1):
        name = f"{prefix}goal-{number}"
        wanted = [Needed(_("Choose how goal %(number)s turned out", number=number))]
        asked = _("Was goal %(number)s reached?", number=number)
        fields[name] = ChoiceField(asked, choices=OUTCOMES, inline=True, validators=wanted)
        remark = _("What changed about goal %(number)s?", number=number)
        fields[f"{name}-remark"] = LongTextField(remark, rows=2, validators=[AtMost(LONGEST_TEXT)])
        told = [Needed(_("Choose how far the action has come"))]
        for place, action in enumerate(goal.actions, 1):
            fields[f"{name}-action-{place}"] = ChoiceField(
                action.text, choices=DEEDS, inline=True, default=action.state.value, validators=told
            )
    return fields


class GoalsForm(PolkuForm):
    """Step 2: how each goal turned out; `make_goals_form` adds the fields."""


def make_goals_form(goals: Sequence[GoalView]) -> type[GoalsForm]:
    """Return the form with the fields of each goal."""
    return type("GoalsForm", (GoalsForm,), goal_fields(goals))


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


def offering(form: Offering, by_law: Collection[str]) -> Offering:
    """Offer the parties of today, where the form asks who took part."""
    if "parties" in form:
        form["parties"].offer(party_choices(today(), by_law))
    return form


STEPS: Final = ("tilanne", "tavoitteet", "muutokset", "seuraava")


class ReviewForms:
    """A review as far as it has been answered: the forms of its steps over what is kept of them."""

    due: DueDay
    is_late: bool = False

    def __init__(self, case: CaseView, plan: PlanView, version: VersionView, kept: Mapping[str, Values]) -> None:
        """Take the plan in force and the kept values by step."""
        self.case, self.plan, self.version, self.kept = case, plan, version, kept
        self.kinds: dict[str, type[PolkuForm]] = {
            "tilanne": SituationForm,
            "tavoitteet": make_goals_form(version.goals),
            "muutokset": ChangesForm,
        }

    @property
    def reviewers(self) -> tuple[str, ...]:
        """The parties the law wants at the review."""
        return wanted_at(self.plan.kind)

    def _kind(self, step: str) -> type[PolkuForm]:
        return self.kinds.get(step) or (LastForm if self.due.ends_first else NextForm)

    def sent(self, step: str) -> PolkuForm:
        """Return the form of a step as it was sent."""
        return offering(self._kind(step)(), self.reviewers)

    def form(self, step: str) -> Any:  # noqa: ANN401 - each step has a form of its own
        """Return the form of a step as it is kept; days that are not yet written are proposed."""
        kept: Any = self.kept.get(step)
        values = None if kept is None else MultiDict[str, str](kept)
        form: Any = offering(self._kind(step)(formdata=values, meta={"csrf": False}), self.reviewers)
        form.open_on(self.version.head.number)
        if values is None and step == "tilanne":
            form.held_on.process_data(today())
        if values is None and step == "seuraava" and not self.due.ends_first:
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

    @property
    def parties(self) -> list[str]:
        """The parties that took part, when they have been written."""
        parties: list[str] = (self.form("tilanne").parties.data or []) if "tilanne" in self.kept else []
        return parties

    def check(self, step: str, form: Any, *, today: date) -> None:  # noqa: ANN401 - as above
        """Raise Refused or Conflict for what the service would refuse of this step."""
        if step == "tilanne":
            check_day(self.plan, form.held_on.data, today=today)
            missing = missing_parties(self.reviewers, form.parties.data or (), form.missing_reason.data)
            if missing:
                raise Refused.because(missing)
        if step == "tavoitteet" and form.seen != self.version.head.number:
            form.open_on(self.version.head.number)
            forget_answers(form, self.version.goals)
            raise Conflict(CHANGED)
        if step == "seuraava":
            after = self.held_on or today
            day, reason = form.next_review_on.data, form.next_reason.data
            problems = next_review_problems(day, self.due, after=after, reason=reason)
            if problems:
                raise Refused.because(problems)

    def held(self) -> HeldReview:
        """Return the review as it has been answered."""
        first, goals, third, last = (self.form(step) for step in STEPS)
        return HeldReview(
            version_id=self.version.head.id,
            held_on=first.held_on.data,
            outcomes=goal_answers(goals, self.version.goals),
            actions=action_states(goals, self.version.goals),
            situation=first.situation.data,
            participants=first.participants.data,
            parties=tuple(first.parties.data or ()),
            missing_reason=first.missing_reason.data,
            late_reason=first.late_reason.data,
            changes=third.changes.data,
            next_review_on=last.next_review_on.data,
            next_reason=last.next_reason.data,
        )


ROW: Final = row_name(UUID(int=0))
"""What the fields of a row begin with is as long as this."""


class GroupForm(PolkuForm):
    """One meeting and a row for each client; `make_group_form` adds the rows, each named by its case."""

    held_on = WorkdayField(
        _l("Day of the meeting"),
        chips=("tänään", "eilen"),
        validators=[Needed(_l("Write the day of the meeting, for example 5.2.2026"))],
    )
    parties = ManyField(_l("Who took part"))
    missing_reason = LongTextField(
        _l("Why the labour authority was not there"), rows=2, validators=[AtMost(LONGEST_TEXT)]
    )
    participants = TextField(
        _l("Others who took part, by name"), hint=_l("No clients' names"), validators=[AtMost(LONGEST_LINE)]
    )
    notes = LongTextField(
        _l("What concerns the whole group"), hint=_l("No clients' names"), rows=3, validators=[AtMost(LONGEST_TEXT)]
    )

    rows = wtforms.HiddenField()

    kept_at: datetime | None = None
    outdated: frozenset[UUID] = frozenset()
    """The cases whose plan has a newer version than the draft of their row."""
    whose: Mapping[str, str] = {}
    """The client's name by what the fields of the row begin with."""

    @property
    def problems(self) -> list[tuple[str | None, str]]:
        """Every reason as in any form, those of a row with the name of its client; twelve rows say the same words."""
        named = [(id_, self.whose.get((id_ or "")[: len(ROW)]), words) for id_, words in super().problems]
        return [(id_, f"{name}: {words}" if name else words) for id_, name, words in named]

    def begin(self, sheets: Sequence[GroupSheet], kept: Mapping[UUID, DraftView]) -> None:
        """Open the form on the plans in force now, over what is kept of each case."""
        self.rows.data = " ".join(str(sheet.version.head.id) for sheet in sheets)
        self.kept_at = max((one.saved_at for one in kept.values()), default=None)
        if not kept:
            self.held_on.process_data(today())
        for sheet in sheets:
            draft, name = kept.get(sheet.member.case.id), f"{row_name(sheet.member.case.id)}-"
            is_of_today = draft is not None and str(sheet.version.head.id) in draft.fields.get(OPENED_ON, "").split()
            if not is_of_today:
                forget_answers(self, sheet.version.goals, name)
            if draft is not None and not is_of_today:
                self.outdated |= {sheet.member.case.id}
            if draft is None and not sheet.due.ends_first:
                self[f"{name}next"].process_data(sheet.due.proposal)

    def check_rows(self, sheets: Iterable[GroupSheet]) -> None:
        """Raise Conflict when the form was opened on other plans than are in force now; then it is opened on these.

        Answers to the goals of a version that is no longer in force are let go of; what was written stays.
        """
        seen, now = set((self.rows.data or "").split()), {str(one.version.head.id): one for one in sheets}
        self.rows.data = " ".join(now)
        if seen == now.keys():
            return
        for sheet in (now[one] for one in now.keys() - seen):
            forget_answers(self, sheet.version.goals, f"{row_name(sheet.member.case.id)}-")
        raise Conflict(N_("The group or a plan has changed meanwhile. Look at the rows and save again."))


def make_group_form(sheets: Sequence[GroupSheet], kept: Sequence[DraftView] = ()) -> GroupForm:
    """Return the form with a row for each client, as it was kept, the day of today and the proposed days elsewhere.

    `kept`: the drafts of the rows, the newest first. A row is filled by the draft of its own case only; what concerns
    the meeting comes from the newest. Answers to the goals of a version no longer in force are let go of.
    """
    fields: dict[str, Any] = {}
    for sheet in sheets:
        fields |= _row_fields(row_name(sheet.member.case.id), sheet)
    kind = type("GroupForm", (GroupForm,), fields)
    by_law = {party for sheet in sheets for party in wanted_at(sheet.member.kind)}
    form: GroupForm = offering(kind(formdata=kept_values(kept)) if kept else kind(), by_law)
    form.whose = {row_name(sheet.member.case.id): sheet.member.name.name for sheet in sheets}
    if not form.is_submitted():
        form.begin(sheets, {one.subject_id: one for one in kept})
    return form


def _row_fields(name: str, sheet: GroupSheet) -> dict[str, Any]:
    wanted = [] if sheet.due.ends_first else [Needed(_l("Write the day of the next review"))]
    apart = _l("Parties without a basis were not in the room when this client was talked of")
    return {
        f"{name}-situation": LongTextField(
            _l("How things stand now"),
            rows=3,
            validators=[Needed(_l("Write how things stand now")), AtMost(LONGEST_TEXT)],
        ),
        **goal_fields(sheet.version.goals, f"{name}-"),
        f"{name}-next": WorkdayField(_l("Next review"), chips=MONTHS, validators=wanted),
        f"{name}-reason": LongTextField(
            _l("Why the review is later than recommended"), rows=2, validators=[AtMost(LONGEST_TEXT)]
        ),
        f"{name}-apart": TickField(apart),
    }
