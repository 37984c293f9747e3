"""Fields that choose: one of many, one of few, any number, yes or no."""

from collections.abc import Iterable
from typing import Any, TypeAlias

import wtforms
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than the published types

from app.web.fields import Described, Params
from app.web.texts import lazy

Choices: TypeAlias = Iterable[SelectChoice | tuple[Any, Any] | tuple[Any, Any, Any]]


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
        **kw: Any,  # noqa: ANN401 - WTForms' own
    ) -> None:
        kw.setdefault("invalid_choice_message", lazy("Choose one of the list."))
        super().__init__(label, choices=_choices(choices), validate_choice=True, **kw)  # type: ignore[arg-type]  # a lazy text, made words when the page is
        self.hint, self.empty = hint, empty

    def offer(self, choices: Choices) -> None:
        """Set what may be chosen, known only at the request."""
        self.choices = _choices(choices)

    def offered(self) -> list[Any]:
        """The choices with what is chosen; the published types still say tuples."""
        return list(self.iter_choices())

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401 - WTForms' own
        """Nothing chosen is the business of `Needed`; anything else must be on the list."""
        if self.data in (None, ""):
            self.data = None
            return
        super().pre_validate(form)

    def params(self, **extra: Any) -> Params:  # noqa: ANN401 - parameters of a macro, as Jinja has them
        """Add the items."""
        items = [{"value": c.value, "text": str(c.label), "selected": bool(c.selected)} for c in self.offered()]
        if self.empty is not None:
            items.insert(0, {"value": "", "text": str(self.empty), "selected": self.data in (None, "")})
        return super().params(items=items, **extra)


class ChoiceField(SelectField):
    """One of few, as radio buttons; a choice may carry a hint of its own: (value, label, hint)."""

    kind = "radios"

    def __init__(self, label: object, *, choices: Choices | None = None, inline: bool = False, **kw: Any) -> None:  # noqa: ANN401 - WTForms' own
        kept = list(choices or ())
        super().__init__(label, choices=kept, **kw)
        self.hints = _hints(kept)
        self.inline = inline

    def offer(self, choices: Choices) -> None:
        """Set what may be chosen, hints included."""
        kept = list(choices)
        self.hints = _hints(kept)
        super().offer(kept)

    def params(self, **extra: Any) -> Params:  # noqa: ANN401 - parameters of a macro, as Jinja has them
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

    def __init__(self, label: object, *, hint: object = None, choices: Choices | None = None, **kw: Any) -> None:  # noqa: ANN401 - WTForms' own
        kept = list(choices or ())
        kw.setdefault("invalid_choice_message", lazy("Choose from the list."))
        super().__init__(label, choices=_choices(kept), **kw)  # type: ignore[arg-type]  # a lazy text, made words when the page is
        self.hint, self.hints = hint, _hints(kept)

    def offered(self) -> list[Any]:
        """The choices with what is chosen; the published types still say tuples."""
        return list(self.iter_choices())

    def offer(self, choices: Choices) -> None:
        """Set what may be chosen, known only at the request."""
        kept = list(choices)
        self.hints = _hints(kept)
        self.choices = _choices(kept)

    def params(self, **extra: Any) -> Params:  # noqa: ANN401 - parameters of a macro, as Jinja has them
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

    def __init__(self, label: object, *, hint: object = None, **kw: Any) -> None:  # noqa: ANN401 - WTForms' own
        super().__init__(label, **kw)  # type: ignore[arg-type]  # a lazy text, made words when the page is
        self.hint = hint

    def params(self, **extra: Any) -> Params:  # noqa: ANN401 - parameters of a macro, as Jinja has them
        """Make it a set of one box without a legend."""
        made = super().params(classes="govuk-checkboxes--small", **extra)
        item: Params = {"value": "y", "text": str(self.label.text), "checked": bool(self.data)}
        if "hint" in made:
            item["hint"] = made.pop("hint")
        made["items"] = [item]
        made["idPrefix"] = made.pop("id")
        del made["label"]
        return made


def _hints(choices: Iterable[Any]) -> dict[Any, Any]:
    return {choice[0]: choice[2] for choice in choices if isinstance(choice, tuple) and len(choice) > 2}


def _under_legend(made: Params, title: str) -> Params:
    made["fieldset"] = {"legend": {"text": title, "classes": "govuk-fieldset__legend--s"}}
    made["idPrefix"] = made.pop("id")
    del made["label"]
    return made
