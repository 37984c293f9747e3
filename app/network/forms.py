"""The forms of the network: who answers for the case, who stands beside the client."""

from datetime import date

from app.accounts.domain import UserView
from app.network.domain import LONGEST_NAME, LONGEST_REASON, LONGEST_ROLE
from app.network.queries import AssignPage, Candidate
from app.reference.loader import reference
from app.web.forms import AtMost, ChoiceField, LongTextField, Needed, PolkuForm, SelectField, TextField
from app.web.texts import _, _l, ngettext


class AssignForm(PolkuForm):
    """Who answers for the case; `expected` is the worker the page showed, or empty (compare-and-set).

    A page that is shown again after a conflict shows the worker of that moment, so pressing anew is a new choice.
    """

    expected = TextField(_l("Responsible worker on the page"))
    worker = ChoiceField(_l("New responsible worker"), validators=[Needed(_l("Choose the worker"))])
    profession_reason = LongTextField(
        _l("Why this worker, when the pathway does not name the profession"),
        hint=_l("Needed only for a profession the pathway does not name."),
        rows=2,
        validators=[AtMost(LONGEST_REASON)],
    )
    reason = LongTextField(_l("Reason for the change"), rows=2, validators=[AtMost(LONGEST_REASON)])

    def offer(self, shown: AssignPage) -> None:
        """Offer the workers of the page; whoever chose one that was named since then is told so by the service."""
        offered = [(str(one.id), one.name, _hint(one)) for one in shown.candidates]
        present = str(shown.case.worker_id or "")
        if present and self.worker.data == present != self.expected.data:
            offered.append((present, shown.present_name or "", ""))
        self.worker.offer(offered)


def _hint(one: Candidate) -> str:
    cases = ngettext("%(num)s open case", "%(num)s open cases", one.open_cases)
    words = [one.professions, cases] if one.professions else [cases]
    if not one.is_allowed:
        words.append(_("the pathway does not name the profession"))
    return " · ".join(words)


class MemberForm(PolkuForm):
    """A person of some party in the network."""

    name = TextField(_l("Name"), validators=[Needed(_l("Write the name")), AtMost(LONGEST_NAME)])
    party = SelectField(
        _l("Works for"), empty=_l("Choose"), validators=[Needed(_l("Choose whom the person works for"))]
    )
    role = TextField(_l("Task"), hint=_l("For example benefits specialist"), validators=[AtMost(LONGEST_ROLE)])
    contact = TextField(_l("Phone or e-mail"), validators=[AtMost(LONGEST_NAME)])

    def offer(self, on: date) -> None:
        """Offer the parties that hold on a day."""
        self.party.offer([(row.code, str(row.label)) for row in reference().parties.on(on)])


class RoleForm(PolkuForm):
    """Who answers for a part of the case beside the responsible worker."""

    holder = SelectField(_l("Worker"), empty=_l("Choose"), validators=[Needed(_l("Choose the worker"))])
    profession_reason = LongTextField(
        _l("Why this worker, when the pathway does not name the profession"),
        hint=_l("Needed only for a profession the pathway does not name."),
        rows=2,
        validators=[AtMost(LONGEST_REASON)],
    )
    reason = LongTextField(_l("Reason"), rows=2, validators=[AtMost(LONGEST_REASON)])

    def offer(self, candidates: list[Candidate]) -> None:
        """Offer the workers, with the profession, which decides whether a reason is asked."""
        self.holder.offer([(str(one.id), _with_profession(one)) for one in candidates])


def _with_profession(one: Candidate) -> str:
    words = [one.name, *([one.professions] if one.professions else [])]
    return " · ".join(words if one.is_allowed else [*words, _("the pathway does not name the profession")])


class PairForm(PolkuForm):
    """A second worker beside the responsible one."""

    pair = SelectField(_l("Worker"), empty=_l("Choose"), validators=[Needed(_l("Choose the worker"))])
    reason = LongTextField(_l("Reason"), rows=2, validators=[AtMost(LONGEST_REASON)])

    def offer(self, workers: list[UserView]) -> None:
        """Offer the workers that could stand beside."""
        self.pair.offer([(str(one.id), one.full_name) for one in workers])
