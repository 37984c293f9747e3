"""The short form before a PDF: for whom the copy is, and for what when it leaves the house."""

from datetime import date

from app.papers.domain import SHARED, PaperKind, Recipient
from app.reference.loader import reference
from app.web.forms import ChoiceField, Needed, PolkuForm, SelectField
from app.web.texts import _, _l


class PartyField(SelectField):
    """A list that is needed only when the copy leaves the house; its hint says so, so the label does not."""

    @property
    def title(self) -> str:
        """The label alone."""
        return str(self.label.text)


class PrintForm(PolkuForm):
    """For whom a copy is made; party and purpose only for a party of the network."""

    recipient = ChoiceField(_l("For whom is the copy?"), validators=[Needed(_l("Choose for whom the copy is"))])
    party = PartyField(
        _l("Party of the network"),
        hint=_l("Only for a copy to the network. The giving is written into the disclosure log."),
        empty=_l("No party"),
    )
    purpose = PartyField(
        _l("Purpose"),
        hint=_l("Only for a copy to the network: what the party needs the data for."),
        empty=_l("No purpose"),
    )

    def offer(self, kind: PaperKind, on: date) -> None:
        """Offer what may be chosen for a kind of paper on a day."""
        choices: list[tuple[str, str]] = [(Recipient.CLIENT, _("To the client")), (Recipient.OWN, _("For own use"))]
        if kind in SHARED:
            choices.insert(1, (Recipient.PARTY, _("To a party of the network")))
        self.recipient.offer(choices)
        lists = reference()
        self.party.offer([(one.code, str(one.label)) for one in lists.parties.on(on)])
        self.purpose.offer([(one.code, str(one.label)) for one in lists.purposes.on(on)])
