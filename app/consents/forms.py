"""The consent form: nothing the client decides is ticked beforehand, and a refusal is an answer too."""

from datetime import date

from app.consents.domain import ConsentForm, ConsentKind
from app.reference.loader import reference
from app.web.forms import (
    AtMost,
    ChoiceField,
    DayField,
    LongTextField,
    ManyField,
    Needed,
    PolkuForm,
    SelectField,
)
from app.web.texts import _l

BASIS_OF_KIND = {
    ConsentKind.CONSENT: "CONSENT",
    ConsentKind.PERMISSION: "DISCLOSURE_PERMISSION",
    ConsentKind.PROHIBITION: "CONSENT",
}


class ConsentEntryForm(PolkuForm):
    """One act of the client, or a basis in law, with its parties, kinds of data and purposes."""

    kind = ChoiceField(
        _l("What is put on record"),
        choices=[
            (ConsentKind.CONSENT.value, _l("Consent"), _l("The client agrees that we exchange data with the parties.")),
            (
                ConsentKind.PERMISSION.value,
                _l("Disclosure permission"),
                _l("Data may be given from one register to another in social welfare and health care."),
            ),
            (ConsentKind.PROHIBITION.value, _l("Prohibition"), _l("The client forbids giving data to the parties.")),
            (ConsentKind.STATUTORY.value, _l("Statutory basis"), _l("The law allows the exchange without consent.")),
        ],
        default=ConsentKind.CONSENT.value,
        validators=[Needed(_l("Choose what is put on record"))],
    )
    basis = SelectField(
        _l("Section of law"),
        hint=_l("Only for a statutory basis."),
        empty=_l("Not a statutory basis"),
    )
    parties = ManyField(_l("Parties"), hint=_l("Read the names aloud. Tick only those the client agrees to."))
    refused = ManyField(_l("Parties the client said no to"), hint=_l("A refusal is put on record too."))
    categories = ManyField(_l("Kinds of data"), validators=[Needed(_l("Choose at least one kind of data"))])
    purposes = ManyField(_l("Purposes"), validators=[Needed(_l("Choose at least one purpose"))])
    form = ChoiceField(
        _l("How it was given"),
        choices=[
            (ConsentForm.ORAL.value, _l("Orally")),
            (ConsentForm.WRITTEN.value, _l("On paper")),
            (ConsentForm.ELECTRONIC.value, _l("Electronically")),
        ],
        inline=True,
        validators=[Needed(_l("Choose how it was given"))],
    )
    given_by = ChoiceField(
        _l("Who gave it"),
        choices=[("self", _l("The client")), ("representative", _l("Guardian or other representative"))],
        inline=True,
        default="self",
        validators=[Needed(_l("Choose who gave it"))],
    )
    given_on = DayField(
        _l("Day it was given"),
        chips=("tänään", "eilen"),
        validators=[Needed(_l("Write the day it was given, for example 5.2.2026"))],
    )
    valid_until = DayField(
        _l("Valid until"),
        hint=_l("Leave empty when it is valid until further notice."),
        chips=("+6 kk", "+12 kk"),
    )
    remark = LongTextField(_l("Remark"), rows=2, validators=[AtMost(1000)])

    def offer(self, on: date) -> None:
        """Offer the lists that hold on a day."""
        lists = reference()
        parties = [(row.code, str(row.label)) for row in lists.parties.on(on)]
        self.parties.offer(parties)
        self.refused.offer(parties)
        self.categories.offer([(row.code, str(row.label)) for row in lists.data_categories.on(on)])
        self.purposes.offer([(row.code, str(row.label)) for row in lists.purposes.on(on)])
        self.basis.offer(
            [
                (row.code, f"{row.label} ({row.basis})" if row.basis else str(row.label))
                for row in lists.bases.on(on)
                if row.kind not in {"consent", "permission"}
            ]
        )

    @property
    def chosen_basis(self) -> str:
        """The basis code of the act: by its kind, or the section that was chosen."""
        return BASIS_OF_KIND.get(ConsentKind(self.kind.data), self.basis.data or "")
