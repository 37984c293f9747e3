"""The forms of closing and reopening. What is open differs by case, so the closing form is made for it."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from app.cases.domain import LONGEST_LINE, LONGEST_REASON, CaseView, Ending
from app.closing.domain import (
    CONSENT_WORDS,
    FIELDS,
    Answer,
    Carry,
    CarryKind,
    Closing,
    ClosingPage,
    Fate,
    NextPath,
    NextPathPage,
    OpenItem,
    answer_problems,
    unanswered,
)
from app.consents.domain import ConsentView
from app.core.errors import FieldProblem
from app.core.texts import N_
from app.reference.domain import Reference
from app.web.forms import (
    AtMost,
    ChoiceField,
    DayField,
    LongTextField,
    ManyField,
    Needed,
    PolkuForm,
    SelectField,
    TextField,
)
from app.web.request import today
from app.web.texts import _, _l, say

FATES: Final = {
    Fate.DONE: _l("Done"),
    Fate.NOT_NEEDED: _l("Not needed any more"),
    Fate.ENDS: _l("Ends with the case"),
}
LATER: Final = "later"
BEFORE_ITEMS: Final = ("outcome", "closed_on", "ground", "supported_by")
"""The questions that stand above what is open."""
GROUNDS: Final = (
    ("over", _l("No ground for the client relationship remains")),
    ("remains", _l("The client relationship in social welfare goes on")),
)


class ReasonForm(PolkuForm):
    """Reopening asks why."""

    reason = LongTextField(
        _l("Why the case is reopened"),
        rows=2,
        validators=[Needed(_l("Write why the case is reopened.")), AtMost(LONGEST_REASON)],
    )


class CloseForm(PolkuForm):
    """Close a case with its outcome; `make_close_form` adds a question for everything that is open."""

    items: tuple[OpenItem, ...] = ()
    cases: tuple[CaseView, ...] = ()
    outcome = SelectField(
        _l("How the case ended"), empty=_l("Choose"), validators=[Needed(_l("Choose how the case ended."))]
    )
    closed_on = DayField(
        _l("Closing day"), chips=("tänään", "eilen"), validators=[Needed(_l("Write the date, for example 5.2.2026."))]
    )
    text = LongTextField(_l("What the path led to"), rows=3, validators=[AtMost(LONGEST_REASON)])
    client_estimate = LongTextField(
        _l("What helped, in the client's own words"), rows=3, validators=[AtMost(LONGEST_REASON)]
    )
    supported_by = TextField(
        _l("Where the client is supported from now on"),
        hint=_l("The service or the party, and the person if there is one"),
        validators=[AtMost(LONGEST_LINE)],
    )
    is_feedback_asked = ChoiceField(
        _l("Was the client asked for feedback?"),
        inline=True,
        choices=[("yes", _l("Yes")), ("no", _l("No"))],
        validators=[Needed(_l("Choose whether feedback was asked."))],
    )
    withdrawn = ManyField(_l("Consents that the client withdraws now"))

    def start(self) -> None:
        """Set what is likely: the day is today, and what is about the case alone ends with it."""
        self.closed_on.process_data(today())
        for item in self.items:
            self[item.name].process_data(item.likely)
            if f"{item.name}-on" in self:
                self[f"{item.name}-on"].process_data(today())

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - WTForms' own signature
        """Tell every missing answer at once, the day or the reason of one as well as another that was not given."""
        is_fine = super().validate(extra_validators)
        answers = {item.id: self._answer(item) for item in self.items}
        missing = answer_problems(self.items, answers, cases=self.cases, today=today())
        if "ground" in self and self["ground"].data == "remains" and not self.supported_by.data:
            missing.append(FieldProblem("supported_by", N_("Write where the client is supported from now on.")))
        for problem in missing:
            if problem.field and not self[problem.field].errors:
                self.blame(problem)
        return is_fine and not missing

    @property
    def problems(self) -> list[tuple[str | None, str]]:
        """Every reason in the order of the page; the questions made for the case stand in the midst of the others."""
        asked = [f"{item.name}{part}" for item in self.items for part in ("", "-on", "-reason")]
        names = [*BEFORE_ITEMS, *asked]
        place = {name: at for at, name in enumerate(names)}
        return sorted(
            super().problems, key=lambda told: place.get(told[0] or "", -1 if told[0] is None else len(names))
        )

    def closing(self) -> Closing:
        """What was answered, for the service."""
        ground = self["ground"].data if "ground" in self else None
        return Closing(
            ending=Ending(
                outcome=self.outcome.data or "",
                closed_on=self.closed_on.data,
                text=self.text.data or None,
                client_estimate=self.client_estimate.data or None,
                ground=ground or None,
                supported_by=self.supported_by.data or None,
                is_feedback_asked=self.is_feedback_asked.data == "yes",
            ),
            answers={item.id: self._answer(item) for item in self.items},
            withdrawn=tuple(UUID(one) for one in self.withdrawn.data or ()),
        )

    def _answer(self, item: OpenItem) -> Answer:
        fate, _colon, to = (self[item.name].data or "").partition(":")
        on = self[f"{item.name}-on"].data if f"{item.name}-on" in self else None
        if self[item.name].errors:
            fate, to = "", ""
        reason = self[f"{item.name}-reason"].data or ""
        return Answer(fate=Fate(fate) if fate else None, on=on, reason=reason, to=UUID(to) if to else None)


def make_close_form(page: ClosingPage, known: Reference) -> CloseForm:
    """Return the form with a question for each open item, filled with what was sent."""
    fields: dict[str, Any] = {"items": page.items, "cases": page.cases}
    for item in page.items:
        fields |= _item_fields(item, page.cases)
    if page.asks_ground:
        fields["ground"] = ChoiceField(
            _l("Client relationship in social welfare"),
            choices=GROUNDS,
            validators=[Needed(_l("Choose whether a ground for the client relationship remains."))],
        )
    form: CloseForm = type("CloseForm", (CloseForm,), fields)()
    if page.asks_ground:
        form.supported_by.hint = _l("The service or the party. Needed when the client relationship goes on.")
    groups = known.outcome_groups
    form.outcome.offer(
        [(row.code, _named(groups.label(row.group), str(row.label))) for row in known.outcomes.on(today())]
    )
    form.withdrawn.offer([_consent(one, known) for one in page.consents])
    return form


def _consent(one: ConsentView, known: Reference) -> tuple[str, str, str]:
    parties = ", ".join(known.parties.label(code) for code in (*one.parties, *one.refused))
    until = N_("Valid until %(day)s", day=one.valid_until) if one.valid_until else N_("Valid until further notice")
    return str(one.id), f"{say(CONSENT_WORDS[one.kind])}: {parties}", say(until)


def _named(group: str, label: str) -> str:
    return label if label == group else f"{group}: {label}"


def _item_fields(item: OpenItem, cases: Sequence[CaseView]) -> dict[str, Any]:
    missing = say(unanswered(item))
    fields: dict[str, Any] = {
        item.name: ChoiceField(
            _l("What becomes of it"),
            choices=_fates(item, cases),
            invalid_choice_message=missing,
            validators=[Needed(missing)],
        ),
        f"{item.name}-reason": TextField(_l("Why it is not needed"), validators=[AtMost(LONGEST_REASON)]),
    }
    if Fate.DONE in item.fates:
        fields[f"{item.name}-on"] = DayField(_l("Day on which it was done"))
    return fields


def _fates(item: OpenItem, cases: Sequence[CaseView]) -> list[tuple[str, object]]:
    offered: list[tuple[str, object]] = [(fate, FATES[fate]) for fate in item.fates if fate in FATES]
    if Fate.MOVED in item.fates:
        offered += [(f"{Fate.MOVED}:{one.id}", _("Moves to path %(ref)s", ref=one.ref)) for one in cases]
    return offered


class NextPathForm(PolkuForm):
    """Open a path that goes on from another; nothing is ticked beforehand, and what stays behind is told beside it."""

    contact_source = SelectField(
        _l("Who made the contact"), empty=_l("Choose"), validators=[Needed(_l("Choose who made the contact."))]
    )
    contact_channel = SelectField(_l("How the contact was made"), empty=_l("Not recorded"))
    opened_on = DayField(
        _l("First day of the case"),
        chips=("tänään", "eilen"),
        validators=[Needed(_l("Write the date, for example 5.2.2026."))],
    )
    basis_note = TextField(
        _l("Basis for processing"),
        hint=_l("For example: the client asked for support. It becomes the first entry."),
        validators=[Needed(_l("Write on what basis the client's data is processed.")), AtMost(LONGEST_LINE)],
    )
    worker = ChoiceField(_l("Who answers for the new path"), validators=[Needed(_l("Choose who answers for it."))])
    profession_reason = TextField(
        _l("Why the worker is fit although the pathway does not name the profession"),
        validators=[AtMost(LONGEST_REASON)],
    )
    consents = ManyField(_l("Consents"))
    members = ManyField(_l("Network"))
    facts = ManyField(_l("Measures and facts"))
    goals = ManyField(_l("Goals that were not reached, as suggestions for the new plan"))

    def prepare(self, shown: NextPathPage, known: Reference) -> None:
        """Offer what may go on, and the worker of the path before if they still take clients."""
        self.contact_source.offer([(row.code, str(row.label)) for row in known.contact_sources.on(today())])
        self.contact_channel.offer([(row.code, str(row.label)) for row in known.contact_channels.on(today())])
        keeper = shown.keeper
        kept = [(str(keeper.id), _("%(name)s goes on", name=keeper.name), keeper.professions)] if keeper else []
        self.worker.offer([*kept, (LATER, _("Named later"))])
        for name in ("consents", "members", "facts", "goals"):
            kinds = [kind for kind, field in FIELDS.items() if field == name]
            self[name].offer([_offer(one) for one in shown.of(*kinds)])

    def start(self, case: CaseView, channel: str, *, is_same_register: bool) -> None:
        """Set what is known: the day is today, the contact came from where and how it came first.

        In another client register it is not known how it came first.
        """
        self.opened_on.process_data(today())
        if is_same_register:
            self.contact_source.process_data(case.contact_source)
            self.contact_channel.process_data(channel)

    def following(self, model_key: str) -> NextPath:
        """What was answered, for the service."""
        carried: dict[CarryKind, tuple[UUID, ...]] = {}
        for name in dict.fromkeys(FIELDS.values()):
            for one in self[name].data or ():
                kind, _colon, id_ = one.partition(":")
                carried[CarryKind(kind)] = (*carried.get(CarryKind(kind), ()), UUID(id_))
        worker = self.worker.data or LATER
        return NextPath(
            model_key=model_key,
            opened_on=self.opened_on.data,
            contact_source=self.contact_source.data or "",
            contact_channel=self.contact_channel.data or None,
            basis_note=self.basis_note.data or "",
            worker_id=None if worker == LATER else UUID(worker),
            profession_reason=self.profession_reason.data or None,
            carried=carried,
        )


def _offer(one: Carry) -> tuple[str, str, str]:
    named = one.words or ", ".join(map(say, one.parts))
    words = f"{say(one.title)}: {named}" if one.title and named else say(one.title) or named
    permitted = _("The client's disclosure permission allows this.") if one.rests_on else ""
    return f"{one.kind}:{one.id}", words, " ".join(part for part in (say(one.more), permitted) if part)
