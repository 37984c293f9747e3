"""Who takes the case."""

from collections.abc import Sequence

from app.coordination.domain import Candidate
from app.core.dates import format_day
from app.web.forms import AtMost, ChoiceField, LongTextField, Needed, PolkuForm
from app.web.texts import _, _l, ngettext

LONGEST_REASON = 500


class AllocateForm(PolkuForm):
    """One worker of at most fifteen, and why, when the pathway does not name the profession."""

    worker = ChoiceField(_l("Worker who takes the client"), validators=[Needed(_l("Choose the worker"))])
    profession_reason = LongTextField(
        _l("Why this worker, when the pathway does not name the profession"),
        hint=_l("Needed only for a profession the pathway does not name."),
        rows=2,
        validators=[AtMost(LONGEST_REASON)],
    )

    def offer(self, candidates: Sequence[Candidate]) -> None:
        """Offer the workers with what each carries."""
        self.worker.offer([(str(one.load.id), one.load.name, _hint(one)) for one in candidates])


def _hint(one: Candidate) -> str:
    load = one.load
    words = [load.professions] if load.professions else []
    words.append(ngettext("%(num)s open case", "%(num)s open cases", load.open_cases))
    if load.late_cases:
        words.append(ngettext("%(num)s of them late", "%(num)s of them late", load.late_cases))
    if load.free_on:
        words.append(_("away, back %(day)s", day=format_day(load.free_on)))
    if not one.is_allowed:
        words.append(_("the pathway does not name the profession"))
    return " · ".join(words)
