import pytest

from app.pathways.loader import all_latest, latest
from tests.strict import StrictClient

KEYS = [model.key for model in all_latest()]


def text_of(browser: StrictClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return str(answer.text)


def test_the_list_leads_to_every_model(signed: StrictClient) -> None:
    text = text_of(signed, "/polkumallit")
    for model in all_latest():
        assert str(model.label) in text
        assert f'href="/polkumallit/{model.key}"' in text
    assert "Työkyvyn tuen suunnitelma" in text
    assert "Monialainen työllistymissuunnitelma" in text  # what model B makes since 2026


@pytest.mark.parametrize("key", KEYS)
def test_a_model_shows_every_stage_with_both_guidances_and_its_needs(signed: StrictClient, key: str) -> None:
    text = text_of(signed, f"/polkumallit/{key}")
    for stage in latest(key).stages:
        assert f"{stage.number} {stage.label}" in text
        for line in (*stage.client, *stage.professional):
            assert line in text
        for need in stage.needs:
            assert str(need.label) in text


def test_model_b_says_what_stops_and_how_often_the_plan_is_reviewed(signed: StrictClient) -> None:
    text = text_of(signed, "/polkumallit/quality_based_coaching")
    assert text.count("<b>Estää</b>") == 5  # RU03 has four, and a basis before exchange is the fifth
    assert "Tarkistetaan 3 kuukauden välein" in text
    assert "381/2023 6 §" in text
    assert "Kuntakokeilun omavalmentaja" not in text  # ended on 31.12.2024


def test_model_c_says_twice_a_year_and_who_is_responsible_in_which_stage(signed: StrictClient) -> None:
    text = text_of(signed, "/polkumallit/group_employment")
    assert "vähintään kahdesti missä tahansa 12 kuukaudessa" in text
    assert "Työhönvalmentaja, Ryhmämuotoisen työllistymisen ohjaaja" in text


def test_an_unknown_model_is_not_found(signed: StrictClient) -> None:
    assert signed.get("/polkumallit/oma_malli").status_code == 404


def test_the_models_are_for_the_staff(visitor: StrictClient) -> None:
    answer = visitor.get("/polkumallit")
    assert answer.status_code == 303
    assert answer.status_code == 303
    assert "Yhteinen" not in answer.text
