"""Fields of our forms: WTForms for the values, GOV.UK Frontend's macros for the markup."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeAlias

import wtforms
from markupsafe import Markup
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than the published types

from app.core.dates import DateProblem, format_day, parse_day
from app.core.texts import N_
from app.web.checks import AtMost, Needed
from app.web.marks import icon
from app.web.request import today
from app.web.texts import gettext, lazy, say

Params: TypeAlias = dict[str, Any]
Choices: TypeAlias = Iterable[SelectChoice | tuple[Any, Any] | tuple[Any, Any, Any]]


class Described:
    """What every field of ours adds to WTForms: a hint, and the parameters of its GOV.UK macro."""

    kind = "input"
    hint: object = None
    data: Any
    label: Any
    id: str
    name: str
    errors: Sequence[str]
    validators: Sequence[Callable[..., Any]]

    @property
    def is_needed(self) -> bool:
        """Whether the field must be filled in."""
        return any(isinstance(check, Needed) for check in self.validators)

    @property
    def title(self) -> str:
        """The label, with a word for what may be left empty."""
        text = str(self.label.text)
        return text if self.is_needed else gettext("%(label)s (optional)", label=text)

    @property
    def most(self) -> int | None:
        """The longest text accepted, or None."""
        return next((check.max for check in self.validators if isinstance(check, AtMost)), None)

    def params(self, **extra: Any) -> Params:  # noqa: ANN401 - parameters of a macro
        """Return what the field's macro is called with."""
        made: Params = {
            "id": self.id,
            "name": self.name,
            "label": {"text": self.title, "classes": "govuk-label--s"},
            "attributes": {},
        }
        if self.hint:
            made["hint"] = {"text": str(self.hint)}
        if self.errors:
            told = Markup("{}<span>{}</span>").format(icon("warn"), say(self.errors[0]))
            made["errorMessage"] = {"html": told, "visuallyHiddenText": gettext("Error")}
            made["attributes"]["aria-invalid"] = "true"
        made.update(extra)
        return made


class TextField(Described, wtforms.StringField):
    """One line of text, stripped."""

    def __init__(
        self,
        label: object,
        *,
        hint: object = None,
        width: str = "",
        autocomplete: str = "off",
        **kw: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(label, **kw)  # type: ignore[arg-type] # lazy label
        self.hint, self.width, self.autocomplete = hint, width, autocomplete

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Strip the ends; nothing typed is the empty string."""
        self.data = str(valuelist[0]).strip() if valuelist else ""

    def params(self, **extra: Any) -> Params:  # noqa: ANN401
        """Add the value and the browser's part."""
        made = super().params(value=self.data or "", autocomplete=self.autocomplete)
        if self.width:
            made["classes"] = f"govuk-input--width-{self.width}"
        made.update(extra)
        return made


class PasswordField(TextField):
    """A password: never stripped, never shown again, paste welcome."""

    def __init__(self, label: object, *, autocomplete: str = "current-password", **kw: Any) -> None:  # noqa: ANN401
        super().__init__(label, autocomplete=autocomplete, **kw)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Keep every character, the spaces at the ends too."""
        self.data = str(valuelist[0]) if valuelist else ""

    def params(self, **extra: Any) -> Params:  # noqa: ANN401
        """Leave the value out."""
        return super().params(value="", type="password", spellcheck=False, **extra)


class LongTextField(TextField):
    """Several lines of text."""

    kind = "textarea"

    def __init__(self, label: object, *, rows: int = 5, **kw: Any) -> None:  # noqa: ANN401
        super().__init__(label, **kw)
        self.rows = rows

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Strip the ends and write line ends one way, so that lengths agree with the browser's."""
        self.data = str(valuelist[0]).replace("\r\n", "\n").strip() if valuelist else ""

    def params(self, **extra: Any) -> Params:  # noqa: ANN401
        """Add the rows; with a limit the counter speaks the page's language."""
        made = super().params(rows=self.rows, **extra)
        if self.most:
            made |= {
                "maxlength": self.most,
                # GOV.UK's script puts the number in the place of %{count}.
                "textareaDescriptionText": gettext("At most %(count)s characters", count="%{count}"),
                "charactersUnderLimitText": {
                    "one": gettext("One character left"),
                    "other": gettext("%(num)s characters left", num="%{count}"),
                },
                "charactersAtLimitText": gettext("No characters left"),
                "charactersOverLimitText": {
                    "one": gettext("One character too many"),
                    "other": gettext("%(num)s characters too many", num="%{count}"),
                },
            }
        return made


class DayField(TextField):
    """A day as people write it; what was typed stays in the field when it cannot be read."""

    kind = "day"

    def __init__(self, label: object, *, chips: Sequence[str] = (), is_birth: bool = False, **kw: Any) -> None:  # noqa: ANN401
        super().__init__(label, **kw)
        self.offers = chips
        self.is_birth = is_birth
        self.typed = ""

    @property
    def chips(self) -> list[tuple[str, str]]:
        """The offered days as they are written, with their words: ("24.11.2026", "Tänään")."""
        return [(format_day(parse_day(offer, today())), _chip_words(offer)) for offer in self.offers]

    def process_data(self, value: Any) -> None:  # noqa: ANN401
        """Show a day of the record in our way of writing."""
        self.data = value
        self.typed = format_day(value) if isinstance(value, date) else ""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read the day; a chip pressed instead wins over the field."""
        self.data = None
        self.typed = str(valuelist[0]).strip() if valuelist else ""
        if not self.typed:
            return
        try:
            read = parse_day(self.typed, today(), is_birth=self.is_birth)
        except DateProblem as problem:
            raise ValueError(say(problem.message)) from None
        self.data = read
        self.typed = format_day(read)

    def params(self, **extra: Any) -> Params:  # noqa: ANN401
        """Show what was typed."""
        return super().params(value=self.typed, classes="polku-date", inputmode="text", **extra)


TOO_LARGE: Final = 10**12  # nothing that is typed here is a trillion
CHIP_WORDS: Final = {"tänään": N_("Today"), "eilen": N_("Yesterday"), "huomenna": N_("Tomorrow")}


def _chip_words(offer: str) -> str:
    # "+3 kk" is written so in every language of the service.
    return say(CHIP_WORDS.get(offer)) or offer.lstrip("+")


class NumberField(TextField):
    """A number with a comma or a point; whole unless `digits` says otherwise."""

    def __init__(
        self,
        label: object,
        *,
        least: int | None = None,
        most: int | None = None,
        digits: int = 0,
        suffix: object = None,
        **kw: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(label, **kw)
        self.least, self.greatest, self.digits, self.suffix = least, most, digits, suffix
        self.typed = ""

    def process_data(self, value: Any) -> None:  # noqa: ANN401
        """Show a stored number with a comma."""
        self.data = value
        self.typed = "" if value is None else str(value).replace(".", ",")

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read the number, or say how to write it."""
        self.data = None
        self.typed = str(valuelist[0]).strip() if valuelist else ""
        if not self.typed:
            return
        plain = "".join(self.typed.split()).replace(",", ".").replace("\u2212", "-")
        try:
            read = Decimal(plain)
        except InvalidOperation:
            read = Decimal("NaN")
        if not read.is_finite() or abs(read) >= TOO_LARGE:
            raise ValueError(gettext("Write a number, for example 5."))
        if read != round(read, self.digits):
            raise ValueError(gettext("Write a whole number.") if not self.digits else gettext("Write fewer decimals."))
        self._check_range(read)
        self.data = int(read) if not self.digits else read

    def params(self, **extra: Any) -> Params:  # noqa: ANN401
        """Show what was typed."""
        made = super().params(value=self.typed, inputmode="decimal" if self.digits else "numeric", **extra)
        made.setdefault("classes", "govuk-input--width-4")
        if self.suffix:
            made["suffix"] = {"text": str(self.suffix)}
        return made

    def _check_range(self, read: Decimal) -> None:
        low, high = self.least, self.greatest
        if low is not None and high is not None and not low <= read <= high:
            raise ValueError(gettext("Write a number from %(low)s to %(high)s.", low=low, high=high))
        if low is not None and read < low:
            raise ValueError(gettext("Write at least %(low)s.", low=low))
        if high is not None and read > high:
            raise ValueError(gettext("Write at most %(high)s.", high=high))


def _choices(choices: Choices | None) -> list[SelectChoice]:
    return [
        choice if isinstance(choice, SelectChoice) else SelectChoice(value=choice[0], label=choice[1])
        for choice in choices or ()
    ]


class SelectField(Described, wtforms.SelectField):
    """One of many, in a native list. With `empty` the list starts with a line that chooses nothing."""

    kind = "select"

    def __init__(
        self,
        label: object,
        *,
        hint: object = None,
        choices: Choices | None = None,
        empty: object = None,
        **kw: Any,  # noqa: ANN401
    ) -> None:
        kw.setdefault("invalid_choice_message", lazy("Choose one of the list."))
        super().__init__(label, choices=_choices(choices), validate_choice=True, **kw)  # type: ignore[arg-type]
        self.hint, self.empty = hint, empty

    def offer(self, choices: Choices) -> None:
        """Set what may be chosen, known only at the request."""
        self.choices = _choices(choices)

    def offered(self) -> list[Any]:
        """The choices with what is chosen; the published types still say tuples."""
        return list(self.iter_choices())

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401
        """Nothing chosen is the business of `Needed`; anything else must be on the list."""
        if self.data in (None, ""):
            self.data = None
            return
        super().pre_validate(form)

    def params(self, **extra: Any) -> Params:  # noqa: ANN401
        """Add the items."""
        items = [{"value": c.value, "text": str(c.label), "selected": bool(c.selected)} for c in self.offered()]
        if self.empty is not None:
            items.insert(0, {"value": "", "text": str(self.empty), "selected": self.data in (None, "")})
        return super().params(items=items, **extra)


class ChoiceField(SelectField):
    """One of few, as radio buttons; a choice may carry a hint of its own: (value, label, hint)."""

    kind = "radios"

    def __init__(self, label: object, *, choices: Choices | None = None, inline: bool = False, **kw: Any) -> None:  # noqa: ANN401
        kept = list(choices or ())
        super().__init__(label, choices=kept, **kw)
        self.hints = _hints(kept)
        self.inline = inline

    def offer(self, choices: Choices) -> None:
        """Set what may be chosen, hints included."""
        kept = list(choices)
        self.hints = _hints(kept)
        super().offer(kept)

    def params(self, **extra: Any) -> Params:  # noqa: ANN401
        """Add the items under a legend."""
        made = super().params(**extra)
        made["items"] = [self._item(c) for c in self.offered()]
        made["classes"] = "govuk-radios--small" + (" govuk-radios--inline" if self.inline else "")
        return _under_legend(made, self.title)

    def _item(self, choice: Any) -> Params:  # noqa: ANN401 - WTForms' Choice
        item: Params = {"value": choice.value, "text": str(choice.label), "checked": bool(choice.selected)}
        if choice.value in self.hints:
            item["hint"] = {"text": str(self.hints[choice.value])}
        return item


class ManyField(Described, wtforms.SelectMultipleField):
    """Any number of few, as tick boxes; nothing is ticked beforehand unless it was so."""

    kind = "checkboxes"

    def __init__(self, label: object, *, hint: object = None, choices: Choices | None = None, **kw: Any) -> None:  # noqa: ANN401
        kept = list(choices or ())
        kw.setdefault("invalid_choice_message", lazy("Choose from the list."))
        super().__init__(label, choices=_choices(kept), **kw)  # type: ignore[arg-type]
        self.hint, self.hints = hint, _hints(kept)

    def offered(self) -> list[Any]:
        """The choices with what is chosen; the published types still say tuples."""
        return list(self.iter_choices())

    def offer(self, choices: Choices) -> None:
        """Set what may be chosen, known only at the request."""
        kept = list(choices)
        self.hints = _hints(kept)
        self.choices = _choices(kept)

    def params(self, **extra: Any) -> Params:  # noqa: ANN401
        """Add the boxes under a legend."""
        made = super().params(classes="govuk-checkboxes--small", **extra)
        made["items"] = [
            {"value": c.value, "text": str(c.label), "checked": bool(c.selected)}
            | ({"hint": {"text": str(self.hints[c.value])}} if c.value in self.hints else {})
            for c in self.offered()
        ]
        return _under_legend(made, self.title)


class TickField(Described, wtforms.BooleanField):
    """One box: yes or no."""

    kind = "tick"

    def __init__(self, label: object, *, hint: object = None, **kw: Any) -> None:  # noqa: ANN401
        super().__init__(label, **kw)  # type: ignore[arg-type]
        self.hint = hint

    def params(self, **extra: Any) -> Params:  # noqa: ANN401
        """Make it a set of one box without a legend."""
        made = super().params(classes="govuk-checkboxes--small", **extra)
        item: Params = {"value": "y", "text": str(self.label.text), "checked": bool(self.data)}
        if "hint" in made:
            item["hint"] = made.pop("hint")
        made["items"] = [item]
        made["idPrefix"] = made.pop("id")
        del made["label"]
        return made


class UploadField(Described, wtforms.FileField):
    """One file."""

    kind = "upload"

    def __init__(self, label: object, *, hint: object = None, accept: str = "", **kw: Any) -> None:  # noqa: ANN401
        super().__init__(label, **kw)  # type: ignore[arg-type]
        self.hint, self.accept = hint, accept

    def params(self, **extra: Any) -> Params:  # noqa: ANN401
        """Add what the browser offers to choose."""
        made = super().params(**extra)
        if self.accept:
            made["attributes"]["accept"] = self.accept
        return made


def _hints(choices: Iterable[Any]) -> dict[Any, Any]:
    return {choice[0]: choice[2] for choice in choices if isinstance(choice, tuple) and len(choice) > 2}


def _under_legend(made: Params, title: str) -> Params:
    made["fieldset"] = {"legend": {"text": title, "classes": "govuk-fieldset__legend--s"}}
    made["idPrefix"] = made.pop("id")
    del made["label"]
    return made
