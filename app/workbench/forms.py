"""The forms of the client page and of registration. Fields carry the names that the services blame."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final
from uuid import UUID

import wtforms

from app.cases.domain import LONGEST_LINE, LONGEST_REASON, LONGEST_TEXT, StepView
from app.clients.domain import ClientDetails
from app.drafts.domain import DraftView
from app.pathways.domain import Need, StageCode
from app.pathways.engine import Move, reason_wanted
from app.pathways.loader import all_latest
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
    TickField,
)
from app.web.texts import _, _l, say
from app.workbench.domain import Contact
from app.workbench.stages import Asked

# The five kinds that a day is made of stand first, and alone in the inline panel.
COMMON_KINDS: Final = ("visit", "call", "message", "network_meeting", "entry")


class LogForm(PolkuForm):
    """Kirjaa: one line says what happened; everything else may be left as it is."""

    draft: DraftView | None = None
    kind = ChoiceField(
        _l("Kind of entry"), inline=True, default="visit", validators=[Needed(_l("Choose the kind of entry."))]
    )
    happened_on = DayField(
        _l("Day"), chips=("tänään", "eilen"), validators=[Needed(_l("Write the date, for example 5.2.2026."))]
    )
    line = TextField(_l("What was agreed"), validators=[Needed(_l("Write what was agreed.")), AtMost(LONGEST_LINE)])
    text = LongTextField(_l("More about it"), rows=6, validators=[AtMost(LONGEST_TEXT)])
    topic = SelectField(_l("Topic"), empty=_l("No topic"))
    step = TextField(_l("Next step"), validators=[AtMost(LONGEST_LINE)])
    step_owner = ChoiceField(
        _l("Who does it"),
        inline=True,
        default="worker",
        validators=[Needed(_l("Choose who does it."))],
        choices=[("worker", _l("I or a colleague")), ("client", _l("The client")), ("other", _l("Somebody else"))],
    )
    step_due = DayField(_l("At the latest"), chips=("+1 vk", "+2 vk", "+1 kk"))
    done_steps = ManyField(_l("Kept promises"))
    is_visible_to_client = TickField(_l("The client may see this entry"))
    is_sure = TickField(_l("This is another entry, save it too"))
    asked = wtforms.HiddenField()
    """What the link that opened the form asked for."""

    def prepare(self, known: Reference, today: date, steps: Iterable[StepView], *, few: bool = False) -> None:
        """Offer the kinds, the topics and the open promises of the day; `few` leaves the rarer kinds out."""
        kinds = sorted(known.note_kinds.on(today), key=lambda kind: _rank(kind.code))
        shown = [kind for kind in kinds if not few or kind.code in COMMON_KINDS or kind.code == self.kind.data]
        self.kind.offer([(kind.code, str(kind.label)) for kind in shown])
        self.topic.offer([(topic.code, str(topic.label)) for topic in known.note_topics.on(today)])
        self.done_steps.offer([(str(step.id), step.text) for step in steps])

    def start(self, today: date | None, *, topic: str | None, kind: str | None) -> None:
        """Set what the link that opened the form knows: the topic and kind as asked, and the day unless a draft has it.

        The link outweighs a draft that was begun for something else: it was pressed to get one item done, and only its
        topic does that. In a draft begun from the same link what was chosen since stays.
        """
        if today is not None:
            self.happened_on.process_data(today)
        asked = f"{topic or ''} {kind or ''}".strip()
        if asked == (self.asked.data or ""):
            return
        self.asked.process_data(asked)
        if topic in {choice.value for choice in self.topic.offered()}:
            self.topic.process_data(topic)
        if kind in {choice.value for choice in self.kind.offered()}:
            self.kind.process_data(kind)

    def rename(self, suffix: str) -> None:
        """Give the fields ids of their own: a work list may have several panels open at once."""
        for field in self:
            field.id = f"{field.id}-{suffix}"

    def contact(self) -> Contact:
        """What was typed, for the service."""
        return Contact(
            kind=str(self.kind.data),
            happened_on=self.happened_on.data,
            line=self.line.data or "",
            text=self.text.data or None,
            topic=self.topic.data or "",
            is_visible_to_client=bool(self.is_visible_to_client.data),
            step=self.step.data or "",
            step_owner=self.step_owner.data or "worker",
            step_due=self.step_due.data,
            done_steps=tuple(UUID(step) for step in self.done_steps.data or ()),
        )


def _rank(code: str) -> tuple[int, str]:
    return (COMMON_KINDS.index(code), "") if code in COMMON_KINDS else (len(COMMON_KINDS), code)


class MoveForm(PolkuForm):
    """Open a stage: which open ones are finished, why the path goes back or past a stage, why a need is passed."""

    finish = ManyField(_l("Stages that are done now"))
    reason = LongTextField(_l("Reason"), rows=2, validators=[AtMost(LONGEST_REASON)])
    exceptions = LongTextField(
        _l("Why the stage opens although something is missing"), rows=2, validators=[AtMost(LONGEST_REASON)]
    )

    def ask(self, asked: Asked) -> None:
        """Offer the open stages, and ask for the reasons that this move needs."""
        self.finish.offer([(str(row.code), f"{row.number} {row.label}") for row in asked.open_stages])
        if asked.move is not None and asked.move.needs_reason:
            wanted = Needed(say(reason_wanted(asked.move)))
            self.reason.validators = [wanted, AtMost(LONGEST_REASON)]
        if asked.missing:
            wanted = Needed(_("Write why the stage opens although something is missing."))
            self.exceptions.validators = [wanted, AtMost(LONGEST_REASON)]

    def start(self, move: Move | None) -> None:
        """Tick what the move finishes by default."""
        self.finish.process_data([str(code) for code in move.finishes] if move else [])

    def values(self, missing: Iterable[Need]) -> dict[str, Any]:
        """What was typed, for the service; one reason passes every need that only reminds."""
        why = self.exceptions.data or ""
        return {
            "finish": tuple(StageCode(code) for code in self.finish.data or ()),
            "reason": self.reason.data or None,
            "exceptions": {need.code: why for need in missing},
            "expected_version": self.seen,
        }


class SkipForm(PolkuForm):
    """Leave a stage out; its field has a name of its own beside the form that opens the stage."""

    why = LongTextField(
        _l("Why the stage is not needed"),
        rows=2,
        validators=[Needed(_l("Write why a stage is skipped.")), AtMost(LONGEST_REASON)],
    )


class DeedForm(PolkuForm):
    """A deed of one button."""


class ElsewhereForm(PolkuForm):
    """Kirjattu muualle."""

    document = SelectField(
        _l("Document"), empty=_l("Choose the document"), validators=[Needed(_l("Choose the document."))]
    )
    system = SelectField(
        _l("System the document is in"),
        empty=_l("Choose the system"),
        validators=[Needed(_l("Choose the system the document is in."))],
    )
    recorded_on = DayField(
        _l("Day of recording"),
        chips=("tänään", "eilen"),
        validators=[Needed(_l("Write the date, for example 5.2.2026."))],
    )
    reference = TextField(
        _l("Reference"),
        hint=_l("A number or a name by which the document is found there"),
        validators=[AtMost(LONGEST_LINE)],
    )

    def prepare(self, known: Reference, today: date) -> None:
        """Offer the documents and the systems of the day."""
        self.document.offer([(row.code, str(row.label)) for row in known.documents.on(today)])
        self.system.offer([(row.code, str(row.label)) for row in known.systems.on(today)])

    def start(self, known: Reference, today: date, *, document: str | None) -> None:
        """Set the document the link asked for, the system it usually lies in, and the day."""
        self.prepare(known, today)
        row = known.documents.find(document)
        self.recorded_on.process_data(today)
        self.document.process_data(row.code if row else None)
        self.system.process_data(row.systems[0] if row and row.systems else None)

    def values(self) -> dict[str, Any]:
        """What was typed, for the service."""
        return {
            "document": self.document.data or "",
            "system": self.system.data or "",
            "recorded_on": self.recorded_on.data,
            "reference": self.reference.data or None,
        }


class WithdrawForm(PolkuForm):
    """Withdraw a consent."""

    on = DayField(
        _l("Day of withdrawal"),
        chips=("tänään", "eilen"),
        validators=[Needed(_l("Write the date, for example 5.2.2026."))],
    )
    reason = LongTextField(_l("What the client said"), rows=2, validators=[AtMost(LONGEST_REASON)])


class PathwayForm(PolkuForm):
    """Open a pathway: which model, who made the contact, since when, and on what basis data is processed."""

    model = ChoiceField(_l("Pathway model"), validators=[Needed(_l("Choose the pathway."))])
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

    def prepare(self, known: Reference, today: date, *, but: Iterable[str] = ()) -> None:
        """Offer the models, those left out that are open already, and the sources of contact of the day."""
        taken = set(but)
        models = [model for model in all_latest() if model.key not in taken]
        self.model.offer([(model.key, str(model.label), str(model.summary)) for model in models])
        self.contact_source.offer([(row.code, str(row.label)) for row in known.contact_sources.on(today)])
        self.contact_channel.offer([(row.code, str(row.label)) for row in known.contact_channels.on(today)])

    def pathway(self) -> dict[str, Any]:
        """What was typed of the pathway, for the service."""
        return {
            "model_key": self.model.data or "",
            "opened_on": self.opened_on.data,
            "contact_channel": self.contact_channel.data or None,
            "basis_note": self.basis_note.data or "",
        }


class RegisterForm(PathwayForm):
    """A new person and their first pathway. Only the name is asked for always; the rest as far as it is known."""

    last_name = TextField(_l("Last name"), validators=[Needed(_l("Write the last name.")), AtMost(80)])
    first_names = TextField(_l("First names"), validators=[Needed(_l("Write the first names.")), AtMost(120)])
    call_name = TextField(_l("Name the client goes by"), validators=[AtMost(80)])
    identity_code = TextField(
        _l("Personal identity code"), width="10", hint=_l("Works without it: write the birth date then.")
    )
    birth_on = DayField(_l("Birth date"), is_birth=True, hint=_l("For example 5.2.1984"))
    contact_language = SelectField(
        _l("Language of contact"), default="fi", validators=[Needed(_l("Choose the language of contact."))]
    )
    interpreter_language = SelectField(_l("Interpreter"), empty=_l("No need"))
    needs_plain_language = TickField(_l("Needs plain language"))
    is_protected = TickField(
        _l("Protected address"),
        hint=_l("Town, address, phone and e-mail are then kept sealed and seen by named handlers only."),
    )
    municipality_code = SelectField(_l("Home town"), empty=_l("Not recorded"))
    address = TextField(_l("Address"), validators=[AtMost(200)])
    phone = TextField(_l("Phone"), width="20", validators=[AtMost(40)])
    email = TextField(_l("E-mail"), validators=[AtMost(200)])
    is_another_person = TickField(_l("This is another person, register anyway"))

    def prepare(self, known: Reference, today: date, *, but: Iterable[str] = ()) -> None:
        """Offer the languages and towns of the day too."""
        super().prepare(known, today, but=but)
        languages = [(row.code, str(row.label)) for row in known.languages.on(today)]
        self.contact_language.offer(languages)
        self.interpreter_language.offer(languages)
        self.municipality_code.offer([(row.code, str(row.label)) for row in known.municipalities.on(today)])

    def details(self) -> ClientDetails:
        """What was typed, for the register."""
        text: Any = {
            name: (getattr(self, name).data or None)
            for name in (
                "call_name",
                "identity_code",
                "interpreter_language",
                "municipality_code",
                "address",
                "phone",
                "email",
            )
        }
        return ClientDetails(
            last_name=self.last_name.data or "",
            first_names=self.first_names.data or "",
            birth_on=self.birth_on.data,
            contact_language=self.contact_language.data or "fi",
            needs_plain_language=bool(self.needs_plain_language.data),
            is_protected=bool(self.is_protected.data),
            contact_source=self.contact_source.data or "",
            is_another_person=bool(self.is_another_person.data),
            **text,
        )
