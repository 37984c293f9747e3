"""The measures pages: entering, the closer look (RU15), corrections, and a measure that is a row and no code."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from app.access.actor import Role
from app.measures import queries
from app.reference import loader
from tests.factories.accounts import create_user
from tests.factories.measures import build_result, enter, give_form
from tests.factories.plans import create_plan_in_force
from tests.web.workbench.conftest import Desk

OWN_ROW = """
  - code: ME77
    label: {fi: Uupumuksen arvio}
    scale: number
    minimum: 0
    maximum: 5
    step: 0.5
    direction: lower_better
    threshold: 3.5
    closer_look: {fi: Kysy levosta.}
    next_steps: ["measure:ME04"]
    question: {fi: "Miten väsynyt olet?"}
    stores: {fi: Luku ja päivä.}
    source: {fi: Keksitty testiä varten}
    licence: {fi: Vapaa.}
measure_aspects:"""


def fill_in(desk: Desk, address: str, values: dict[str, str]) -> TestResponse:
    return desk.browser.submit(address, values, form="kirjaus")


def page_of(desk: Desk) -> str:
    return desk.browser.get(f"{desk.path}/mittarit").text


def test_a_score_of_seven_is_entered_and_the_page_says_what_to_find_out_and_where(desk: Desk) -> None:
    answer = fill_in(desk, f"{desk.path}/mittarit/ME01", {"value": "7", "measured_on": "20.11.2026"})
    assert (answer.status_code, answer.location) == (303, f"{desk.path}/mittarit#mittari-ME01")
    page = page_of(desk)
    assert "Selvitä tarkemmin" in page
    assert "Viimeisin arvo on 7 (20.11.2026). Arvo 7 tai alle pyytää selvittämään tarkemmin." in page
    for address in ("/kirjaa?laji=consultation", "/mittarit/ME02", "/muualla?asiakirja=DO09"):
        assert f'href="{desk.path}{address}"' in page


def test_days_ahead_stay_out_of_the_line_and_what_happened_on_one_day_is_one_row(desk: Desk) -> None:
    period = (date(2026, 11, 12), date(2028, 2, 10))
    create_plan_in_force(desk.uow, desk.case, in_force_on=date(2026, 11, 12), period=period)
    for on in (date(2026, 11, 10), date(2026, 11, 20)):
        enter(desk.uow, desk.case, build_result("ME01", on=on), now=desk.now)
    desk.uow.commit()
    page = page_of(desk)
    assert "10.2.2028" not in page
    assert page.count('scope="row">12.11.2026<') == 1
    for words in ("Suunnitelma tuli voimaan", "Jakso alkaa"):
        assert words in page


def test_a_score_of_eight_asks_nothing(desk: Desk) -> None:
    fill_in(desk, f"{desk.path}/mittarit/ME01", {"value": "8", "measured_on": "20.11.2026"})
    assert "Selvitä tarkemmin" not in page_of(desk)


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"value": "11"}, "value", "Kirjoita luku väliltä 0–10."),
        ({"value": "6,5"}, "value", "Kirjoita kokonaisluku."),
        ({"value": ""}, "value", "Kirjoita luku väliltä 0–10"),
        ({"value": "5", "measured_on": "25.11.2026"}, "measured_on", "Päivä ei voi olla tulevaisuudessa."),
    ],
)
def test_a_wrong_value_is_told_at_its_field_and_what_was_typed_stays(
    desk: Desk, values: dict[str, str], field: str, words: str
) -> None:
    answer = fill_in(desk, f"{desk.path}/mittarit/ME01", values | {"remark": "Näin hän sanoi."})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert words in answer.text
    assert "Näin hän sanoi." in answer.text
    assert queries.series_of(desk.uow, desk.case.id, "ME01") == []


@pytest.mark.parametrize(
    ("measure", "values"),
    [
        ("ME02", {"language": "so", "summary": "Jaksaa kotona.", "reference": "4711"}),
        ("ME03", {"name": "Mielialatesti", "value": "12", "summary": "Lievä alakulo."}),
        ("ME04", {"aspect-stamina": "Väsyi tunnissa."}),
    ],
)
def test_the_other_measures_are_entered_with_source_and_terms_in_view(
    desk: Desk, measure: str, values: dict[str, str]
) -> None:
    form = desk.browser.get(f"{desk.path}/mittarit/{measure}").text
    row = loader.reference().measures.get(measure)
    assert str(row.source) in form
    assert str(row.licence) in form
    answer = fill_in(desk, f"{desk.path}/mittarit/{measure}", values)
    assert answer.status_code == 303
    page = page_of(desk)
    for typed in values.values():
        assert {"so": "somali"}.get(typed, typed) in page


def test_the_form_of_kykyviisari_is_marked_as_given(desk: Desk) -> None:
    answer = fill_in(desk, f"{desk.path}/mittarit/ME02/lomake", {"language": "so"})
    assert answer.status_code == 303
    page = page_of(desk)
    assert "Lomake annettu asiakkaalle" in page
    assert "Lomakkeen kieli: somali" in page


@pytest.mark.parametrize("address", ["ME01/lomake", "ME99", "ME99/lomake"])
def test_a_form_that_no_measure_has_is_not_found(desk: Desk, address: str) -> None:
    assert desk.browser.get(f"{desk.path}/mittarit/{address}").status_code == 404


def test_a_correction_shows_what_stood_and_keeps_it_with_the_reason(desk: Desk) -> None:
    entry = enter(desk.uow, desk.case, build_result("ME01", value=Decimal(2)), now=desk.now)
    desk.uow.commit()
    address = f"{desk.path}/mittarit/kirjaus/{entry}/korjaa"
    assert 'value="2"' in desk.browser.get(address).text
    assert fill_in(desk, address, {"value": "8"}).status_code == 422, "a correction has a reason"
    assert fill_in(desk, address, {"value": "8", "reason": "Näppäilyvirhe"}).status_code == 303
    page = page_of(desk)
    assert "Korjatut kirjaukset" in page
    assert "Näppäilyvirhe" in page
    assert "Selvitä tarkemmin" not in page
    again = fill_in(desk, address, {"value": "9", "reason": "Uudestaan"})
    assert again.status_code == 422
    assert "Tämä kirjaus on jo korjattu." in again.text


def test_a_struck_entry_is_read_but_counts_no_more(desk: Desk) -> None:
    entry = give_form(desk.uow, desk.case, on=date(2026, 11, 20), now=desk.now)
    desk.uow.commit()
    address = f"{desk.path}/mittarit/kirjaus/{entry}/korjaa"
    fill_in(desk, address, {"deed": "strike", "reason": "Annettiin toiselle"})
    assert queries.met_needs(desk.uow, desk.case, desk.now.date()) == frozenset()
    assert "Annettiin toiselle" in page_of(desk)


def test_a_colleague_of_the_team_sees_the_results_and_no_door_to_enter(desk: Desk) -> None:
    enter(desk.uow, desk.case, build_result("ME01"), now=desk.now)
    colleague = create_user(desk.uow, roles=(Role.OWN_WORKER,), teams=(desk.team,))
    desk.uow.commit()
    desk.sign_in(colleague)
    page = page_of(desk)
    assert "Työkykypistemäärä" in page
    assert "/mittarit/ME01" not in page
    assert desk.browser.get(f"{desk.path}/mittarit/ME01").status_code == 403


def test_the_chart_has_the_plan_beside_the_values_and_the_table_tells_the_same(desk: Desk) -> None:
    create_plan_in_force(desk.uow, desk.case, in_force_on=date(2026, 11, 10))
    for day, value in ((date(2026, 11, 3), 4), (date(2026, 11, 20), 8)):
        enter(desk.uow, desk.case, build_result("ME01", on=day, value=Decimal(value)), now=desk.now)
    desk.uow.commit()
    page = page_of(desk)
    drawing = page.partition('id="mittari-ME01"')[2].partition("<figure")[2].partition("</figure>")[0]
    for words in (">Suunnitelma</text>", ">raja 7</text>", ">4</text>", ">8</text>", ">2.11.2026</text>"):
        assert words in drawing
    assert "Parempi kuin alussa: 4 (3.11.2026), viimeisin 8 (20.11.2026)." in page
    assert "Suunnitelma tuli voimaan: Työkyvyn tuen suunnitelma" in page


@pytest.fixture
def own_measure(app: object, tmp_path: Path) -> Iterator[None]:
    """A measure that the program has never heard of: one row more in the file."""
    del app
    before = loader._Place.folder
    folder = Path(shutil.copytree(loader.DEFAULT_FOLDER, tmp_path / "reference"))
    file = folder / "measures.yml"
    file.write_text(file.read_text(encoding="utf-8").replace("\nmeasure_aspects:", OWN_ROW, 1), encoding="utf-8")
    loader.configure(folder)
    yield
    loader.configure(before)


@pytest.mark.usefixtures("own_measure")
def test_a_new_number_measure_is_a_row_and_no_code(desk: Desk) -> None:
    assert "Kirjaa: Uupumuksen arvio" in page_of(desk)
    refused = fill_in(desk, f"{desk.path}/mittarit/ME77", {"value": "2,3"})
    assert "Kirjoita luku väliltä 0–5. Pienin väli on 0,5." in refused.text
    for value, ago in (("1,5", 30), ("4", 2)):
        day = date(2026, 11, 24) - timedelta(days=ago)
        values = {"value": value, "measured_on": f"{day.day}.{day.month}.{day.year}"}
        assert fill_in(desk, f"{desk.path}/mittarit/ME77", values).status_code == 303
    page = page_of(desk)
    assert "asteikko 0–5, pienempi on parempi" in page
    assert "Heikompi kuin alussa: 1,5 (25.10.2026), viimeisin 4 (22.11.2026)." in page
    assert 'id="kaavio-ME77-t"' in page, "the chart"
    assert "Arvo 3,5 tai yli pyytää selvittämään tarkemmin. Kysy levosta." in page.replace("\n", " ")
    assert f'href="{desk.path}/mittarit/ME04"' in page
    assert queries.met_needs(desk.uow, desk.case, desk.now.date()) == {
        "measure:repeated"
    }  # one of our own meets no other need
