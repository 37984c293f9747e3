"""Fields read what people type, keep it when it cannot be read, and say how to put it right."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from app.core.errors import FieldProblem
from app.core.texts import N_
from app.web.forms import (
    AtMost,
    ChoiceField,
    DayField,
    LongTextField,
    ManyField,
    Needed,
    NumberField,
    PasswordField,
    PolkuForm,
    SelectField,
    TextField,
    TickField,
)
from tests.unit.web.conftest import MakeRequest


class EveryForm(PolkuForm):
    """One field of each kind."""

    day = DayField("Päivä", chips=("tänään", "+3 kk"), validators=[Needed("Kirjoita päivä")])
    born = DayField("Syntymäpäivä", is_birth=True)
    kind = ChoiceField("Laji", choices=[("call", "Puhelu"), ("visit", "Käynti", "Myös kotikäynti")])
    worker = SelectField("Työntekijä", choices=[("1", "Anna Mäki")], empty="Valitse", validators=[Needed("Valitse")])
    parties = ManyField("Osapuolet", choices=[("kela", "Kela"), ("te", "Työvoimaviranomainen")])
    score = NumberField("Arvio", least=0, most=10)
    share = NumberField("Osuus", digits=1)
    what = LongTextField("Mitä sovittiin", validators=[Needed("Kirjoita, mitä sovittiin"), AtMost(20)])
    place = TextField("Paikka")
    password = PasswordField("Salasana")
    is_shown = TickField("Näkyy asiakkaalle")


GOOD = {"day": "5.2.2026", "worker": "1", "what": "sovittiin"}


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("5.2.2026", date(2026, 2, 5)),
        ("05.02.26", date(2026, 2, 5)),
        ("2026-02-05", date(2026, 2, 5)),
        (" 5. 2. 2026 ", date(2026, 2, 5)),
        ("tänään", date(2026, 2, 5)),
        ("+3 kk", date(2026, 5, 5)),
    ],
)
def test_a_day_is_read_as_it_is_written_and_shown_one_way(asked: MakeRequest, typed: str, read: date) -> None:
    with asked(method="POST", data=GOOD | {"day": typed}):
        form = EveryForm()
        assert form.validate()
        assert form.day.data == read
        assert form.day.params()["value"] == f"{read.day}.{read.month}.{read.year}"


def test_a_day_that_does_not_exist_stays_in_the_field_with_the_cure(asked: MakeRequest) -> None:
    with asked(method="POST", data=GOOD | {"day": "31.2.2026"}):
        form = EveryForm()
        assert not form.validate()
        assert form.day.errors == ["Päivää 31.2.2026 ei ole. Kuukauden viimeinen päivä on 28.2.2026."]
        assert form.day.params()["value"] == "31.2.2026"
        assert form.day.params()["attributes"] == {"aria-invalid": "true"}


def test_an_empty_day_says_only_that_it_is_missing(asked: MakeRequest) -> None:
    with asked(method="POST", data=GOOD | {"day": " "}):
        form = EveryForm()
        assert not form.validate()
        assert form.day.errors == ["Kirjoita päivä"]


def test_chips_offer_real_days(asked: MakeRequest) -> None:
    with asked():
        assert EveryForm().day.chips == [("5.2.2026", "Tänään"), ("5.5.2026", "3 kk")]


def test_a_day_of_the_record_is_shown(asked: MakeRequest) -> None:
    with asked():
        assert EveryForm(day=date(2026, 3, 1)).day.params()["value"] == "1.3.2026"


@pytest.mark.parametrize(
    ("typed", "read", "error"),
    [
        ("5", 5, None),
        ("0", 0, None),
        ("", None, None),
        ("11", None, "Kirjoita luku väliltä 0–10."),
        ("-1", None, "Kirjoita luku väliltä 0–10."),
        ("5,5", None, "Kirjoita kokonaisluku."),
        ("viisi", None, "Kirjoita luku, esimerkiksi 5."),
        ("NaN", None, "Kirjoita luku, esimerkiksi 5."),
        ("1e400", None, "Kirjoita luku, esimerkiksi 5."),
    ],
)
def test_a_number_is_read_or_the_cure_is_said(
    asked: MakeRequest, typed: str, read: int | None, error: str | None
) -> None:
    with asked(method="POST", data=GOOD | {"score": typed}):
        form = EveryForm()
        assert form.validate() is (error is None)
        assert form.score.data == read
        assert list(form.score.errors) == ([error] if error else [])
        assert form.score.params()["value"] == typed


def test_a_decimal_is_read_with_a_comma(asked: MakeRequest) -> None:
    with asked(method="POST", data=GOOD | {"share": "1 234,5"}):
        form = EveryForm()
        assert form.validate()
        assert form.share.data == Decimal("1234.5")


def test_a_value_that_was_not_offered_is_refused(asked: MakeRequest) -> None:
    with asked(method="POST", data=GOOD | {"worker": "99", "kind": "spell", "parties": ["kela", "mafia"]}):
        form = EveryForm()
        assert not form.validate()
        assert set(form.errors) == {"worker", "kind", "parties"}
        assert [str(reason) for reason in form.worker.errors] == ["Valitse yksi luettelosta."]
        # the sentence is translated when it is shown, and the summary must not lose it
        assert ("worker", "Valitse yksi luettelosta.") in form.problems
        assert len(form.problems) == 3


def test_an_optional_choice_may_be_left_out(asked: MakeRequest) -> None:
    with asked(method="POST", data=GOOD):
        form = EveryForm()
        assert form.validate()
        assert form.kind.data is None
        assert form.parties.data == []
        assert form.is_shown.data is False


def test_a_choice_may_have_a_hint_of_its_own(asked: MakeRequest) -> None:
    with asked():
        items = EveryForm().kind.params()["items"]
    assert [item.get("hint") for item in items] == [None, {"text": "Myös kotikäynti"}]


def test_labels_tell_what_may_be_left_empty(asked: MakeRequest) -> None:
    with asked():
        form = EveryForm()
        assert form.place.title == "Paikka (vapaaehtoinen)"
        assert form.what.title == "Mitä sovittiin"


def test_a_text_too_long_says_by_how_much(asked: MakeRequest) -> None:
    with asked(method="POST", data=GOOD | {"what": "a" * 21}):
        form = EveryForm()
        assert not form.validate()
        assert form.what.errors == ["Lyhennä tekstiä. Merkkejä saa olla enintään 20, nyt niitä on 21."]


def test_line_ends_count_as_one_character(asked: MakeRequest) -> None:
    with asked(method="POST", data=GOOD | {"what": " a\r\nb "}):
        form = EveryForm()
        assert form.validate()
        assert form.what.data == "a\nb"


def test_a_password_is_neither_stripped_nor_shown_again(asked: MakeRequest) -> None:
    with asked(method="POST", data=GOOD | {"password": " sala "}):
        form = EveryForm()
        form.validate()
        assert form.password.data == " sala "
        assert form.password.params()["value"] == ""


def test_reasons_of_a_service_land_at_their_fields_or_at_the_head(asked: MakeRequest) -> None:
    with asked(method="POST", data=GOOD):
        form = EveryForm()
        assert form.validate()
        form.blame(FieldProblem("what", N_("Nothing was saved.")))
        form.blame(FieldProblem("no such field", N_("Too many tries")))
        assert form.problems == [(None, "Liian monta yritystä"), ("what", "Mitään ei tallennettu.")]


def test_the_key_of_a_form_is_kept_when_it_is_shown_again_and_made_when_it_is_not_one(asked: MakeRequest) -> None:
    key = "4d4b6c63-4f6f-4bd5-9f3c-0d9f6a1b2c3d"
    with asked(method="POST", data=GOOD | {"once": key}):
        assert EveryForm().once.data == key
    with asked(method="POST", data=GOOD | {"once": "'; drop table"}):
        assert UUID(EveryForm().once.data).version == 4


@pytest.mark.parametrize(("typed", "read"), [("3", 3), ("", None), ("-1", None), ("9" * 12, None), ("²", None)])
def test_a_version_is_a_number_or_none(asked: MakeRequest, typed: str, read: int | None) -> None:
    with asked(method="POST", data=GOOD | {"version": typed}):
        shown: object = EveryForm().version.data
        assert shown == read
