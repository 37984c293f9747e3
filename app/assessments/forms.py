"""The forms of identification and of the needs assessment. What is not asked yet stays "not known"."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from app.assessments.domain import (
    CHANNEL,
    FACTS,
    HEALTH,
    LONGEST_LINE,
    LONGEST_TEXT,
    PERSON,
    Health,
    Identification,
    IdentificationEntry,
    SignEnding,
    SignKind,
)
from app.assessments.needs import PROFESSIONS, TEXTS, Needs, NeedsContent, NeedsVersion, Network
from app.cases.domain import BACKGROUND_FACTS, Background
from app.core.texts import N_, Text
from app.drafts.domain import DraftView
from app.reference.domain import CodeList, Term
from app.reference.loader import reference
from app.web.forms import (
    AtMost,
    ChoiceField,
    DayField,
    LongTextField,
    ManyField,
    Needed,
    NumberField,
    PolkuForm,
    SelectField,
    TextField,
    TickField,
    VersionField,
)
from app.web.texts import _l

YES, NO, UNKNOWN = "yes", "no", "unknown"
TRUTHS: Final[Mapping[str, bool | None]] = {YES: True, NO: False, UNKNOWN: None}
TRUTH_WORDS: Final = ((YES, _l("Yes")), (NO, _l("No")), (UNKNOWN, _l("Not known")))
TRUTH_FACTS: Final = tuple(name for name in BACKGROUND_FACTS if name.startswith(("is_", "needs_")))
TODAY: Final = ("tänään", "eilen")


def truth_field(label: object, hint: object = None) -> ChoiceField:
    """Return a question whose answer may be "not known"."""
    return ChoiceField(
        label,
        hint=hint,
        choices=TRUTH_WORDS,
        inline=True,
        default=UNKNOWN,
        validators=[Needed(_l("Choose yes, no or not known"))],
    )


def said_of(truth: bool | None) -> str:  # noqa: FBT001 - one of three values, not a switch
    """Return the choice that stands for an answer."""
    return next(name for name, value in TRUTHS.items() if value is truth)


class DraftedForm(PolkuForm):
    """A form about a record of a certain version, kept while it is typed."""

    kept_at: datetime | None = None

    def take_draft(self, draft: DraftView | None, version: int) -> None:
        """Go on from the draft's version when there is one, else from the record's."""
        self.kept_at = draft.saved_at if draft else None
        self.open_on(draft.base_version if draft else version)


def _text(label: Text, rows: int = 2, hint: object = None) -> LongTextField:
    return LongTextField(_l(label.msgid), hint=hint, rows=rows, validators=[AtMost(LONGEST_TEXT)])


class IdentificationForm(DraftedForm):
    """Everything that is asked when a need is recognised, in the order of the talk."""

    background_number = VersionField()
    contact_channel = SelectField(_l("How the contact was made"), empty=_l("Not recorded"))
    contact_person = TextField(
        _l("Who made the contact"),
        hint=_l("When it was not the client: name and relation, for example Leena, sister."),
        validators=[AtMost(LONGEST_LINE)],
    )
    signals = ManyField(_l("New background signals"))
    triggers = ManyField(_l("New triggers"))
    noted_on = DayField(_l("Noticed on"), chips=TODAY, validators=[Needed(_l("Write the day, for example 5.2.2026"))])
    remark = TextField(_l("Remark on the new ticks"), validators=[AtMost(LONGEST_LINE)])
    is_looked_through = TickField(_l("Both lists have been gone through: nothing else was noticed"))
    benefit = SelectField(_l("Main benefit"), empty=_l("Not known"))
    benefit_days = NumberField(
        _l("Days paid"), hint=_l("Under 25: the days of the last 12 calendar months."), least=0, most=9999
    )
    is_allowance_used = truth_field(_l("The whole unemployment allowance has been used"))
    assistance_since = DayField(
        _l("Social assistance as main income since"),
        hint=_l("Only when it is paid because of unemployment."),
    )
    is_unemployed = truth_field(_l("Unemployed"))
    unemployed_since = DayField(_l("Unemployed without a break since"))
    is_beyond_public_services = truth_field(
        _l("Capacity keeps the client from public employment services and work"),
        _l("The client, social welfare and the labour authority estimate it together."),
    )
    needs_joint_support = truth_field(_l("Several authorities are needed together"), _l("Consulting is not enough."))
    is_disability_client = truth_field(_l("Client of disability services"))
    is_in_day_activity = truth_field(_l("Takes part in day activity"))
    wish = SelectField(_l("What the client wishes most"), empty=_l("Not known"))
    skills = _text(FACTS["skills"])
    education = _text(FACTS["education"])
    work_history = _text(FACTS["work_history"])
    life_situation = _text(FACTS["life_situation"])
    health = _text(FACTS["health"])
    own_estimate = _text(FACTS["own_estimate"], hint=_l("In the client's own words."))
    remaining_ability = _text(FACTS["remaining_ability"])
    strengths = _text(FACTS["strengths"])
    job_search = _text(FACTS["job_search"])

    def prepare(self, record: Identification, health: Health, on: date) -> None:
        """Offer the lists that hold on a day, and only signs not on record; health only with the permission."""
        lists = reference()
        self.contact_channel.offer(_choices(lists.contact_channels, on))
        self.signals.offer(_choices(lists.signals, on, without=record.codes(SignKind.SIGNAL)))
        self.triggers.offer(_choices(lists.triggers, on, without=record.codes(SignKind.TRIGGER)))
        self.benefit.offer(_choices(lists.benefits, on))
        self.wish.offer(_choices(lists.wishes, on))
        if health is not Health.ALLOWED:
            del self.health

    def follow_background(self, number: int) -> None:
        """Go on from the newest background facts, after a conflict was shown."""
        self.background_number.data = number  # type: ignore[assignment] # an int travels in a hidden field

    def entry(self, posted: Mapping[str, str]) -> IdentificationEntry:
        """Return what was written. A health text sent past the form goes along, so that the service refuses it."""
        texts = {name: self[name].data or "" for name in FACTS if name in self}
        if HEALTH not in self and posted.get(HEALTH, "").strip():
            texts[HEALTH] = posted[HEALTH]
        number: Any = self.background_number.data
        return IdentificationEntry(
            channel=self.contact_channel.data or None,
            person=self.contact_person.data,
            signs=frozenset((*self.signals.data, *self.triggers.data)),
            noted_on=self.noted_on.data,
            remark=self.remark.data,
            is_looked_through=bool(self.is_looked_through.data),
            texts=texts,
            background=self._background(),
            background_number=number if isinstance(number, int) else 0,
        )

    def _background(self) -> Background:
        facts: dict[str, Any] = {name: self[name].data for name in BACKGROUND_FACTS}
        facts |= {name: TRUTHS[facts[name]] for name in TRUTH_FACTS}
        given: dict[str, Any] = {name: value for name, value in facts.items() if value != ""}
        return Background(**given)


def values_of(record: Identification, background: Background, on: date) -> dict[str, Any]:
    """Return what the form of identification shows at first: the newest values, and nothing ticked."""
    facts = background.facts
    truths = {name: said_of(facts[name]) for name in TRUTH_FACTS}  # type: ignore[arg-type] # of three values
    texts = {name: record.value(name) for name in (*FACTS, CHANNEL, PERSON)}
    return {**facts, **truths, **texts, "noted_on": on, "background_number": background.number}


def _choices(rows: CodeList[Any], on: date, *, without: Iterable[str] | None = None) -> list[tuple[str, str]]:
    left_out = frozenset(without or ())
    found: tuple[Term, ...] = rows.on(on)
    return [(row.code, str(row.label)) for row in found if row.code not in left_out]


class EndSignForm(PolkuForm):
    """Why a sign no longer counts."""

    ending = ChoiceField(
        _l("Why it no longer counts"),
        choices=[
            (SignEnding.PASSED.value, _l("It has passed")),
            (SignEnding.MISTAKEN.value, _l("It was noted by mistake")),
        ],
        validators=[Needed(_l("Choose why it no longer counts"))],
    )
    ended_on = DayField(_l("Day"), chips=TODAY, validators=[Needed(_l("Write the day, for example 5.2.2026"))])
    reason = TextField(_l("Reason"), validators=[Needed(_l("Write the reason")), AtMost(LONGEST_LINE)])


class InitiateForm(PolkuForm):
    """The initiation of a needs assessment."""

    initiated_on = DayField(
        _l("Initiated on"),
        hint=_l("The day the contact, the application or the notice came."),
        chips=TODAY,
        validators=[Needed(_l("Write the day of initiation, for example 5.2.2026"))],
    )
    client_group = ChoiceField(_l("The client is"), validators=[Needed(_l("Choose the group the client belongs to"))])

    def offer(self, on: date) -> None:
        """Offer the groups that hold on a day, each with what its days rest on."""
        self.client_group.offer(_choices(reference().client_groups, on))


class NeedsForm(DraftedForm):
    """The content of a needs assessment (1301/2014 section 37; PB2). It may be saved unfinished."""

    initiated_on = DayField(
        _l("Initiated on"), validators=[Needed(_l("Write the day of initiation, for example 5.2.2026"))]
    )
    started_on = DayField(_l("Assessment started on"), chips=TODAY)
    client_group = SelectField(_l("The client is"), validators=[Needed(_l("Choose the group the client belongs to"))])
    profession = SelectField(_l("Who assesses"), empty=_l("Not chosen"))
    is_office_holder = truth_field(_l("The assessor holds a public office"))
    office_reason = _text(TEXTS["office_reason"], hint=_l("Disability services ask for an office-holder (675/2023)."))
    participants = _text(TEXTS["participants"])
    is_urgent = truth_field(_l("Something is urgent"), _l("An urgent need is met at once (1301/2014 section 36)."))
    urgent_text = _text(N_("What is urgent and what was done"))
    situation = _text(TEXTS["situation"], rows=5)
    need_rehabilitation = _text(TEXTS["need_rehabilitation"])
    need_employment = _text(TEXTS["need_employment"])
    need_education = _text(TEXTS["need_education"])
    need_wellbeing = _text(TEXTS["need_wellbeing"])
    need_income = _text(TEXTS["need_income"])
    need_life_control = _text(TEXTS["need_life_control"])
    client_view = _text(TEXTS["client_view"], rows=4, hint=_l("In the client's own words."))
    conclusions = _text(TEXTS["conclusions"], rows=4)
    needs_own_worker = truth_field(_l("An own worker is needed"), _l("Estimate it together with the client."))
    own_worker_reason = _text(TEXTS["own_worker_reason"])
    network = ChoiceField(
        _l("Close network"),
        hint=_l("Mapped with the client's consent (1301/2014 section 43)."),
        choices=[
            (Network.MAPPED.value, _l("Mapped")),
            (Network.REFUSED.value, _l("The client refused")),
            (UNKNOWN, _l("Not asked yet")),
        ],
        inline=True,
        default=UNKNOWN,
        validators=[Needed(_l("Choose whether the close network was mapped"))],
    )
    network_text = _text(N_("Who is close to the client"))

    def prepare(self, on: date) -> None:
        """Offer the lists that hold on a day."""
        lists = reference()
        self.client_group.offer(_choices(lists.client_groups, on))
        self.profession.offer([(code, lists.professions.label(code)) for code in PROFESSIONS])

    @property
    def content(self) -> NeedsContent:
        """What was written."""
        return NeedsContent(
            profession=self.profession.data or None,
            is_office_holder=TRUTHS[self.is_office_holder.data],
            is_urgent=TRUTHS[self.is_urgent.data],
            needs_own_worker=TRUTHS[self.needs_own_worker.data],
            network=None if self.network.data == UNKNOWN else Network(self.network.data),
            texts={name: self[name].data or "" for name in TEXTS},
        )


def needs_values(needs: Needs, version: NeedsVersion) -> dict[str, Any]:
    """Return what the form of a needs assessment shows at first."""
    content, head = version.content, needs.head
    answers = ("is_office_holder", "is_urgent", "needs_own_worker")
    return {
        **content.texts,
        **{name: said_of(getattr(content, name)) for name in answers},
        "profession": content.profession,
        "network": content.network or UNKNOWN,
        "initiated_on": head.initiated_on,
        "started_on": head.started_on,
        "client_group": head.client_group,
    }


class FinishForm(DraftedForm):
    """The day an assessment is finished, and where its official copy lies."""

    finished_on = DayField(
        _l("Finished on"), chips=TODAY, validators=[Needed(_l("Write the day, for example 5.2.2026"))]
    )
    system = SelectField(_l("Recorded in"), empty=_l("Not recorded yet"))
    recorded_on = DayField(_l("Recorded on"), chips=TODAY)
    reference = TextField(_l("Reference"), hint=_l("For example 2026-12345"), validators=[AtMost(LONGEST_LINE)])
