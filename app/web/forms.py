"""The base of every form, and the one way to take a form in."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import UUID

import wtforms
from flask import Response, flash, request
from flask_wtf import FlaskForm
from wtforms.i18n import get_translations

from app.core import once
from app.core.errors import Conflict, DomainError, FieldProblem, Refused
from app.core.ids import new_id
from app.web.checks import AtMost, Needed
from app.web.choices import ChoiceField, ManyField, SelectField, TickField
from app.web.fields import DayField, LongTextField, NumberField, PasswordField, TextField, UploadField, WorkdayField
from app.web.page import see_other
from app.web.request import give_up, maybe_actor, moment, uow, visit
from app.web.texts import language, say


class OnceField(wtforms.HiddenField):
    """The key that makes a form do its work once; made when the form is first shown."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the key; an unreadable one is replaced, and the form counts as not sent before."""
        try:
            self.data = str(UUID(valuelist[0]))
        except (IndexError, ValueError):
            self.data = str(new_id())


class VersionField(wtforms.HiddenField):
    """The version of the record the form was opened on, for the optimistic lock; an int or None."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; anything else is no version, which no record has."""
        text = valuelist[0] if valuelist else ""
        self.data = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # type: ignore[assignment]  # WTForms' own is text


@lru_cache(maxsize=8)
def _words_of_wtforms(spoken: str) -> Any:  # noqa: ANN401 - WTForms has no type for it
    """Read the library's own messages once; Flask-WTF would read the file for every form of every request."""
    return get_translations([spoken])


class PolkuForm(FlaskForm):
    """A form with its key, its version, and reasons that belong to no one field."""

    class Meta(FlaskForm.Meta):
        csrf = False  # `web.origin` has asked for the token before any form is read

        def get_translations(self, form: wtforms.Form) -> Any:  # noqa: ANN401 - as above
            """Return the library's messages in the language of the page."""
            del form
            return _words_of_wtforms(language())

    once = OnceField(default=lambda: str(new_id()))
    version = VersionField()

    def open_on(self, version: int) -> None:
        """Keep the version the form is opened on, for the optimistic lock."""
        setattr(self.version, "data", version)  # noqa: B010 - the published types say a hidden field holds text

    @property
    def seen(self) -> int | None:
        """The version the form was opened on, or None."""
        kept: Any = self.version.data
        return kept if isinstance(kept, int) else None

    def blame(self, problem: FieldProblem) -> None:
        """Put a reason at its field, or at the head of the form."""
        field = self._fields.get(problem.field) if problem.field else None
        if field is None:
            self.form_errors: list[str] = [*self.form_errors, say(problem.message)]
        else:
            field.errors = [*field.errors, say(problem.message)]

    @property
    def problems(self) -> list[tuple[str | None, str]]:
        """Every reason with the id of its field, in the order of the page, those of no field first."""
        found: list[tuple[str | None, str]] = [(None, str(reason)) for reason in self.form_errors]
        for field in self:
            # a lazy sentence is no str yet; only what a field of fields gathers is left to those fields
            found.extend((field.id, str(reason)) for reason in field.errors if not isinstance(reason, dict | list))
        return found


def submit(
    form: PolkuForm, act: Callable[[], str], *, said: str | None = None, is_once: bool = True
) -> Response | None:
    """Take the form in: check it, do the act once (or, without `is_once`, each time it is sent), send the browser on.

    `act` does the deed and returns the address to go to. Returns None when the form is only shown, or is shown again
    with its reasons: values that fail the form's own checks, and refusals of the services (rolled back).
    """
    if not form.validate_on_submit():
        return None
    try:
        return see_other(_once(form, act, said) if is_once else act())
    except (Refused, Conflict) as error:
        refuse(form, error)
        if isinstance(error, once.SentOtherwise):
            form.once.data = str(new_id())  # whoever sends it again now means it
        return None


def refuse(form: PolkuForm, error: DomainError) -> None:
    """Roll everything back and put the reasons at the fields; the page that follows answers 422, or 409."""
    give_up()
    # The page that shows the reasons is a page of its own: what it reads is audited and kept.
    visit().failed = False
    visit().status = error.status
    reasons = error.reasons if isinstance(error, Refused) else (FieldProblem(error.field, error.message),)
    for problem in reasons:
        form.blame(problem)


def _once(form: PolkuForm, act: Callable[[], str], said: str | None) -> str:
    who = maybe_actor()
    if who is None:
        return act()
    key = UUID(str(form.once.data))
    name = type(form).__name__
    earlier = once.claim(uow(), key, who.user_id, name, moment(), content=_digest())
    if earlier is not None:
        return earlier
    location = act()
    once.settle(uow(), key, location)
    if said:
        flash(said)
    return location


def _digest() -> str:
    """Return what tells this content of a form from another, keyed, since content is guessed; files go by name."""
    typed = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    files = [(name, file.filename) for name, file in request.files.items(multi=True)]
    return uow().vault.match_hash(repr((typed, files))).hex()


__all__ = [
    "AtMost",
    "ChoiceField",
    "DayField",
    "LongTextField",
    "ManyField",
    "Needed",
    "NumberField",
    "PasswordField",
    "PolkuForm",
    "SelectField",
    "TextField",
    "TickField",
    "UploadField",
    "WorkdayField",
    "refuse",
    "submit",
]
