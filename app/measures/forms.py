"""The form for one entry of a measure. Which fields it has is the measure's own row, so it is made for the measure."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from app.measures.domain import ASPECT, LONGEST_TEXT, MOST_POINTS, Event, MeasureEntry, Result, plain
from app.reference.domain import Measure
from app.reference.loader import reference
from app.web.forms import (
    AtMost,
    ChoiceField,
    DayField,
    LongTextField,
    Needed,
    NumberField,
    PolkuForm,
    SelectField,
    TextField,
)
from app.web.texts import _, _l, language

REPLACE: Final = "replace"
STRIKE: Final = "strike"
POINT_DIGITS: Final = 2


class EntryForm(PolkuForm):
    """One entry; `make_entry_form` adds the fields that the measure asks."""

    measure: Measure
    event = Event.RESULT
    deed: Any = None

    @property
    def is_struck(self) -> bool:
        """Whether the correction leaves nothing in the entry's place."""
        return self.deed is not None and self.deed.data == STRIKE

    @property
    def reason_of_correction(self) -> str | None:
        """Why the entry is corrected, when the form is a correction."""
        return self["reason"].data or None

    @property
    def result(self) -> Result:
        """What was filled in."""
        value = self._data("value")
        seen = {code: self._data(f"{ASPECT}{code}") for code in self.measure.aspects}
        return Result(
            measure=self.measure.code,
            event=self.event,
            measured_on=self["measured_on"].data,
            value=None if value is None else Decimal(value),
            language=self._data("language") or None,
            name=self._data("name") or None,
            summary=self._data("summary") or None,
            reference=self._data("reference") or None,
            observations={code: text for code, text in seen.items() if text},
            remark=self._data("remark") or None,
        )

    def fill(self, entry: MeasureEntry) -> None:
        """Show an entry that is to be corrected."""
        for name in ("value", "measured_on", "language", "name", "summary", "reference", "remark"):
            if name in self:
                self[name].process_data(getattr(entry, name))
        for code, text in entry.observations.items():
            if f"{ASPECT}{code}" in self:
                self[f"{ASPECT}{code}"].process_data(text)

    def _data(self, name: str) -> Any:  # noqa: ANN401 - the value of any field
        return self[name].data if name in self else None


def make_entry_form(measure: Measure, event: Event = Event.RESULT, *, is_correction: bool = False) -> EntryForm:
    """Return the form for an entry of a measure: only what its row asks, a new number measure needs no code."""
    fields: dict[str, Any] = {"measure": measure, "event": event}
    if is_correction:
        fields |= _correction_fields()
    if event is Event.RESULT:
        fields |= _result_fields(measure)
    if measure.asks_language or event is Event.FORM_GIVEN:
        fields["language"] = SelectField(
            _l("Language of the form"),
            choices=[(row.code, row.label.say(language())) for row in reference().languages],
            empty=_l("Choose the language"),
            validators=[Needed(_l("Choose the language of the form"))],
        )
    fields["measured_on"] = DayField(
        _l("Day the form was given") if event is Event.FORM_GIVEN else _l("Day of the estimate"),
        chips=("tänään", "eilen"),
        validators=[Needed(_l("Write the day, for example 5.2.2026"))],
    )
    if event is Event.RESULT:
        fields |= _word_fields(measure)
    words = _l("In the client's words") if event is Event.RESULT else _l("Remark")
    fields["remark"] = LongTextField(words, rows=2, validators=[AtMost(LONGEST_TEXT)])
    form: EntryForm = type("EntryForm", (EntryForm,), fields)()
    return form


def _correction_fields() -> dict[str, Any]:
    return {
        "deed": ChoiceField(
            _l("What was wrong"),
            choices=[
                (REPLACE, _l("A detail was wrong: I write it right below")),
                (STRIKE, _l("The whole entry was a mistake: nothing comes in its place")),
            ],
            default=REPLACE,
            validators=[Needed(_l("Choose what was wrong"))],
        ),
        "reason": LongTextField(
            _l("Why the entry is corrected"),
            hint=_l("The first entry stays to be read with this reason."),
            rows=2,
            validators=[Needed(_l("Write why the entry is corrected")), AtMost(LONGEST_TEXT)],
        ),
    }


def _result_fields(measure: Measure) -> dict[str, Any]:
    spoken = language()
    if measure.is_number:
        low, high = plain(measure.minimum or Decimal(0)), plain(measure.maximum or Decimal(0))
        return {
            "value": NumberField(
                measure.label.say(spoken),
                hint=_("From %(low)s to %(high)s.", low=low, high=high),
                digits=measure.digits,
                least=measure.minimum,
                most=measure.maximum,
                validators=[Needed(_("Write a number from %(low)s to %(high)s", low=low, high=high))],
            )
        }
    fields: dict[str, Any] = {}
    if measure.asks_name:
        fields["name"] = TextField(
            _l("Name of the test"), validators=[Needed(_l("Write the name of the test")), AtMost(200)]
        )
    if measure.asks_points:
        fields["value"] = NumberField(_l("Points"), least=0, most=MOST_POINTS, digits=POINT_DIGITS)
    return fields | _aspect_fields(measure.aspects)


def _aspect_fields(aspects: Sequence[str]) -> dict[str, Any]:
    known = reference().measure_aspects
    return {
        f"{ASPECT}{code}": LongTextField(
            known.get(code).label.say(language()), rows=3, validators=[AtMost(LONGEST_TEXT)]
        )
        for code in aspects
    }


def _word_fields(measure: Measure) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if measure.scale == "summary":
        fields["summary"] = LongTextField(
            _l("What the result says"),
            hint=_l("In your own words, as agreed with the client. Do not copy questions or answers."),
            rows=4,
            validators=[Needed(_l("Write what the result says")), AtMost(LONGEST_TEXT)],
        )
    if measure.asks_reference:
        fields["reference"] = TextField(
            _l("Where the result is"), hint=_l("For example the number of the result."), validators=[AtMost(200)]
        )
    return fields
