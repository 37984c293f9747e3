"""What fields are checked for before any service is asked."""

from typing import Any

import wtforms
from wtforms.validators import DataRequired, Length, StopValidation, ValidationError

from app.web.texts import gettext


class Needed(DataRequired):
    """The field must be filled in; the message says what to write. `required` is never put in the markup."""

    def __init__(self, message: object) -> None:
        super().__init__(message)  # type: ignore[arg-type] # a lazy text is shown as a str

    def __call__(self, form: Any, field: Any) -> None:  # noqa: ANN401, ARG002 - WTForms calls it so
        """Accept zero and False of typed fields, refuse what is empty."""
        if field.errors or (field.data is not None and field.data not in ("", [])):
            return
        if isinstance(field, wtforms.BooleanField) and field.data:
            return
        if field.process_errors:
            raise StopValidation
        raise StopValidation(str(self.message))


class AtMost(Length):
    """No more characters than so many; the count is shown from the first on in long texts."""

    def __init__(self, most: int) -> None:
        super().__init__(max=most)

    def __call__(self, form: Any, field: Any) -> None:  # noqa: ANN401, ARG002 - WTForms calls it so
        """Say how many characters are too many."""
        typed = len(field.data or "")
        if typed > self.max:
            over = gettext("Shorten the text to %(most)s characters. Now it has %(typed)s.", most=self.max, typed=typed)
            raise ValidationError(over)
