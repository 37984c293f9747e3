"""One request is one transaction; a page that is seen is a page that is saved."""

import pytest
from flask.testing import FlaskClient

from tests.web.ground.conftest import Ledger


def test_a_page_commits_after_it_is_made(signed: FlaskClient, ledger: Ledger) -> None:
    ledger.deeds.clear()
    assert signed.get("/etusivu").status_code == 200
    assert ledger.deeds == ["flush", "commit", "close"]


@pytest.mark.parametrize("kind", ["403", "404", "409", "422", "429", "500"])
def test_a_raised_error_rolls_back(signed: FlaskClient, ledger: Ledger, kind: str) -> None:
    ledger.deeds.clear()
    answer = signed.get(f"/rikki/{kind}")
    assert answer.status_code == int(kind)
    assert ledger.deeds[:2] == ["flush", "rollback"]
    # The record of a denial has a transaction of its own; nothing else is committed.
    assert ledger.deeds.count("commit") == (1 if kind in {"403", "404"} else 0)


def test_a_failing_commit_shows_no_page(signed: FlaskClient, ledger: Ledger) -> None:
    ledger.commit_fails = True
    answer = signed.get("/etusivu")
    assert answer.status_code == 500
    assert "Avoin" not in answer.text
    assert "Jokin meni rikki" in answer.text


def test_a_refused_form_keeps_its_values_and_saves_nothing(signed: FlaskClient, csrf: str, ledger: Ledger) -> None:
    ledger.deeds.clear()
    values = {"csrf_token": csrf, "day": "5.2.2026", "what": "kielletty"}
    answer = signed.post("/kirjaa", data=values)
    assert answer.status_code == 422
    assert ledger.deeds[:2] == ["flush", "rollback"]
    assert "kielletty</textarea>" in answer.text
    assert 'href="#what"' in answer.text
    assert "<title>Virhe: Kirjaus" in answer.text


def test_a_conflict_shows_the_form_again_as_409(signed: FlaskClient, csrf: str) -> None:
    values = {"csrf_token": csrf, "day": "5.2.2026", "what": "muuttunut"}
    answer = signed.post("/kirjaa", data=values)
    assert answer.status_code == 409
    assert "Tietoa muutettiin sen jälkeen, kun avasit sen." in answer.text


def test_a_form_sent_twice_does_its_work_once(signed: FlaskClient, csrf: str, ledger: Ledger) -> None:
    values = {
        "csrf_token": csrf,
        "once": "4d4b6c63-4f6f-4bd5-9f3c-0d9f6a1b2c3d",
        "day": "5.2.2026",
        "what": "puhelu",
    }
    ledger.deeds.clear()
    first, second = signed.post("/kirjaa", data=values), signed.post("/kirjaa", data=values)
    assert first.headers["Location"] == second.headers["Location"] == "/etusivu"
    assert ledger.deeds.count("flush") == 1


def test_the_database_being_away_is_said_in_words(signed: FlaskClient, ledger: Ledger) -> None:
    ledger.is_down = True
    answer = signed.get("/etusivu")
    assert answer.status_code == 503
    assert "Palvelu ei ole juuri nyt käytettävissä" in answer.text
    assert signed.get("/readyz").status_code == 503
    assert signed.get("/healthz").status_code == 200
