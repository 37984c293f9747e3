"""The forms of the person register."""

from collections.abc import Iterable
from datetime import date

from app.clients.domain import LONGEST_NAME, ClientDetails, ClientView
from app.protection.domain import REMOVED
from app.reference.loader import reference
from app.web.forms import AtMost, DayField, LongTextField, Needed, PolkuForm, SelectField, TextField, TickField
from app.web.texts import _, _l


class SearchForm(PolkuForm):
    """A search for a person, sent and never put into an address. It changes no record and may be sent again."""

    once = version = None  # type: ignore[assignment] # how WTForms takes an inherited field away
    q = TextField(
        _l("Name, reference or personal identity code"),
        hint=_l("Part of a name from three letters on, for example mäk aino. A reference: A-2041."),
        validators=[Needed(_l("Write a name, a reference or a personal identity code")), AtMost(100)],
    )


class DetailsForm(PolkuForm):
    """What is written down of a person.

    Under address protection the contact fields are empty: what is sealed is not shown here, and stays unless something
    is written over it.
    """

    last_name = TextField(_l("Last name"), validators=[Needed(_l("Write the last name")), AtMost(LONGEST_NAME)])
    first_names = TextField(_l("First names"), validators=[Needed(_l("Write the first names")), AtMost(LONGEST_NAME)])
    call_name = TextField(_l("Call name"), validators=[AtMost(LONGEST_NAME)])
    identity_code = TextField(_l("Personal identity code"), width="10", validators=[AtMost(40)])
    birth_on = DayField(_l("Birth date"), hint=_l("For example 14.5.1987"), is_birth=True)
    contact_language = SelectField(_l("Contact language"), validators=[Needed(_l("Choose the contact language"))])
    interpreter_language = SelectField(_l("Needs an interpreter"), empty=_l("No interpreter"))
    needs_plain_language = TickField(_l("Needs plain language"))
    municipality_code = SelectField(_l("Municipality"), empty=_l("Not known"))
    address = TextField(_l("Address"), validators=[AtMost(200)])
    phone = TextField(_l("Phone"), width="20", validators=[AtMost(40)])
    email = TextField(_l("E-mail"), validators=[AtMost(200)])
    is_protected = TickField(
        _l("Address protection"),
        hint=_l("Municipality, address, phone and e-mail are sealed. Only named handlers can open them."),
    )
    reason = LongTextField(
        _l("Why the address protection ends"),
        hint=_l("Only when you take the address protection away."),
        rows=2,
        validators=[AtMost(500)],
    )

    @classmethod
    def of(cls, client: ClientView, today: date) -> "DetailsForm":
        """Return the form filled with what stands, and with whatever was sent in its place."""
        form = cls(obj=client)
        form.offer_choices(today, is_protected=client.is_protected)
        form.identity_code.hint = _("Leave empty to keep the code on record.") if client.has_identity_code else None
        if client.is_protected:
            form.ask_for_sealed_contact()
        return form

    def offer_choices(self, today: date, *, is_protected: bool) -> None:
        """Offer the languages and towns that hold today; of a sealed town only that it may be taken away."""
        lists = reference()
        languages = [(one.code, str(one.label)) for one in lists.languages.on(today)]
        self.contact_language.offer(languages)
        self.interpreter_language.offer(languages)
        towns = [(one.code, str(one.label)) for one in lists.municipalities.on(today)]
        self.municipality_code.offer([(REMOVED, _("Remove the municipality")), *towns] if is_protected else towns)

    def ask_for_sealed_contact(self) -> None:
        """Say at the contact fields that they write over what is sealed."""
        for field in (self.address, self.phone, self.email):
            field.hint = _("Leave empty to keep what is sealed. Write - to remove it.")
        self.municipality_code.empty = _("Keep what is sealed")

    def details(self) -> ClientDetails:
        """Return what was written."""
        return ClientDetails(
            last_name=self.last_name.data or "",
            first_names=self.first_names.data or "",
            call_name=self.call_name.data,
            identity_code=self.identity_code.data,
            birth_on=self.birth_on.data,
            contact_language=self.contact_language.data or "fi",
            interpreter_language=self.interpreter_language.data,
            needs_plain_language=bool(self.needs_plain_language.data),
            is_protected=bool(self.is_protected.data),
            municipality_code=self.municipality_code.data,
            address=self.address.data,
            phone=self.phone.data,
            email=self.email.data,
        )


class HandlerForm(PolkuForm):
    """Naming a user who may open the sealed contact data."""

    user = SelectField(
        _l("Who may open the contact data"), empty=_l("Choose a person"), validators=[Needed(_l("Choose a person"))]
    )
    reason = LongTextField(
        _l("Why the person needs them"),
        rows=2,
        validators=[Needed(_l("Write why the person needs the contact data")), AtMost(500)],
    )

    @classmethod
    def offering(cls, people: Iterable[tuple[str, str]]) -> "HandlerForm":
        """Return the form with the people who may be named, as (id, name)."""
        form = cls()
        form.user.offer(people)
        return form
