"""The form that takes a register in."""

from app.web.forms import Needed, PolkuForm, UploadField
from app.web.texts import _l


class UploadForm(PolkuForm):
    """One file."""

    file = UploadField(
        _l("Register file"),
        hint=_l("CSV, at most 10 megabytes. Nothing is brought in before you have seen the check."),
        accept=".csv,text/csv",
        validators=[Needed(_l("Choose the file."))],
    )


class DeedForm(PolkuForm):
    """A deed of one button: it brings only its key along."""
