"""Fields of our forms: WTForms for the values, GOV.UK Frontend's macros for the markup."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeAlias

import wtforms
from markupsafe import Markup

from app.core.dates import DateProblem, format_day, parse_day
from app.core.texts import N_
from app.core.workdays import roll_back
from app.web.checks import AtMost, Needed
from app.web.marks import icon
from app.web.request import today
from app.web.texts import gettext, say

Params: TypeAlias = dict[str, Any]


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
        **kw: Any,  # noqa: ANN401 - WTForms' own
    ) -> None:
        super().__init__(label, **kw)  # type: ignore[arg-type] # lazy label
        self.hint, self.width, self.autocomplete = hint, width, autocomplete

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Strip the ends; nothing typed is the empty string."""
        self.data = str(valuelist[0]).strip() if valuelist else ""

    def params(self, **extra: Any) -> Params:  # noqa: ANN401 - parameters of a macro, as Jinja has them
        """Add the value and the browser's part."""
        made = super().params(value=self.data or "", autocomplete=self.autocomplete)
        if self.width:
            made["classes"] = f"govuk-input--width-{self.width}"
        made.update(extra)
        return made


class PasswordField(TextField):
    """A password: never stripped, never shown again, paste welcome."""

    def __init__(self, label: object, *, autocomplete: str = "current-password", **kw: Any) -> None:  # noqa: ANN401 - WTForms' own
        super().__init__(label, autocomplete=autocomplete, **kw)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Keep every character, the spaces at the ends too."""
        self.data = str(valuelist[0]) if valuelist else ""

    def params(self, **extra: Any) -> Params:  # noqa: ANN401 - parameters of a macro, as Jinja has them
        """Leave the value out."""
        return super().params(value="", type="password", spellcheck=False, **extra)


class LongTextField(TextField):
    """Several lines of text."""

    kind = "textarea"

    def __init__(self, label: object, *, rows: int = 5, **kw: Any) -> None:  # noqa: ANN401 - WTForms' own
        super().__init__(label, **kw)
        self.rows = rows

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Strip the ends and write line ends one way, so that lengths agree with the browser's."""
        self.data = str(valuelist[0]).replace("\r\n", "\n").strip() if valuelist else ""

    def params(self, **extra: Any) -> Params:  # noqa: ANN401 - parameters of a macro, as Jinja has them
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

    def __init__(self, label: object, *, chips: Sequence[str] = (), is_birth: bool = False, **kw: Any) -> None:  # noqa: ANN401 - WTForms' own
        super().__init__(label, **kw)
        self.offers = chips
        self.is_birth = is_birth
        self.typed = ""

    @property
    def chips(self) -> list[tuple[str, str]]:
        """The offered days as they are written, with their words: ("24.11.2026", "Tänään")."""
        return [(format_day(parse_day(offer, today())), _chip_words(offer)) for offer in self.offers]

    def process_data(self, value: Any) -> None:  # noqa: ANN401 - WTForms' own
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
            raise ValueError(self._cure(problem)) from None
        self.data = read
        self.typed = format_day(read)

    def params(self, **extra: Any) -> Params:  # noqa: ANN401 - parameters of a macro, as Jinja has them
        """Show what was typed."""
        return super().params(value=self.typed, classes="polku-date", inputmode="text", **extra)

    def _cure(self, problem: DateProblem) -> str:
        """What is wrong with what was typed."""
        return say(problem.message)


class WorkdayField(DayField):
    """A day on which something is done at work; one that does not exist is answered with one fit to be copied."""

    def _cure(self, problem: DateProblem) -> str:
        """Name a working day of the same month: "Päivää 31.2.2026 ei ole. Kirjoita päivä muodossa 27.2.2026."."""
        last = dict(problem.message.params).get("last")
        if not isinstance(last, date):
            return super()._cure(problem)
        example = format_day(roll_back(last))
        return gettext("There is no day %(typed)s. Write the date as %(example)s.", typed=self.typed, example=example)


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
        least: Decimal | int | None = None,
        most: Decimal | int | None = None,
        digits: int = 0,
        suffix: object = None,
        **kw: Any,  # noqa: ANN401 - WTForms' own
    ) -> None:
        super().__init__(label, **kw)
        self.least, self.greatest, self.digits, self.suffix = least, most, digits, suffix
        self.typed = ""

    def process_data(self, value: Any) -> None:  # noqa: ANN401 - WTForms' own
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

    def params(self, **extra: Any) -> Params:  # noqa: ANN401 - parameters of a macro, as Jinja has them
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


class UploadField(Described, wtforms.FileField):
    """One file."""

    kind = "upload"

    def __init__(self, label: object, *, hint: object = None, accept: str = "", **kw: Any) -> None:  # noqa: ANN401 - WTForms' own
        super().__init__(label, **kw)  # type: ignore[arg-type]  # a lazy text, made words when the page is
        self.hint, self.accept = hint, accept

    def params(self, **extra: Any) -> Params:  # noqa: ANN401 - parameters of a macro, as Jinja has them
        """Add what the browser offers to choose."""
        made = super().params(**extra)
        if self.accept:
            made["attributes"]["accept"] = self.accept
        return made
