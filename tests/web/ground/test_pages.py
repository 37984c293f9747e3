"""The layouts, fragments and error pages."""

import pytest
from flask.testing import FlaskClient

from app.core.languages import catalogue_of
from app.web.app import PolkuFlask
from app.web.texts import gettext
from tests.web.ground.conftest import Ledger


def test_the_frame_of_a_signed_in_page(signed: FlaskClient) -> None:
    text = signed.get("/etusivu").text
    assert 'class="govuk-skip-link"' in text
    assert 'aria-current="page">Työlista' in text
    assert "Anna Mäki" in text
    assert 'role="status"' in text
    assert 'role="alert"' in text
    assert 'data-session-idle="1200"' in text


def test_pages_that_do_not_exist_are_not_linked(signed: FlaskClient) -> None:
    text = signed.get("/etusivu").text
    assert 'id="haku"' not in text  # no search endpoint was wired
    assert "hreflang" not in text  # one language is no choice


def test_a_fragment_tells_its_news_out_of_band(signed: FlaskClient) -> None:
    answer = signed.get("/osa", headers={"HX-Request": "true"})
    assert answer.text.startswith("<p>osa</p>")
    assert '<div id="polku-status" hx-swap-oob="innerHTML">Tallennettu</div>' in answer.text


@pytest.mark.parametrize("kind", ["403", "404", "409", "422", "429", "500"])
def test_an_error_page_says_what_happened_what_is_saved_and_what_to_do(signed: FlaskClient, kind: str) -> None:
    answer = signed.get(f"/rikki/{kind}")
    assert "Virheen tunnus: " in answer.text
    assert answer.text.count("<p>") >= 3
    assert answer.headers["X-Request-Id"] in answer.text
    assert "salaisuus" not in answer.text
    assert "Traceback" not in answer.text


def test_a_wrong_method_names_the_right_ones(signed: FlaskClient, csrf: str) -> None:
    answer = signed.post("/etusivu", data={"csrf_token": csrf})
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_an_upload_that_is_too_large_is_refused_in_words(signed: FlaskClient, csrf: str) -> None:
    values = {"csrf_token": csrf, "what": "a" * (2 * 1024 * 1024 + 10)}
    answer = signed.post("/kirjaa", data=values)
    assert answer.status_code == 413
    assert "Tiedosto on liian suuri" in answer.text


def test_a_stranger_at_a_wrong_address_gets_the_bare_page(client: FlaskClient) -> None:
    answer = client.get("/ei-ole")
    assert answer.status_code == 404
    assert "Päävalikko" not in answer.text


def test_the_error_page_stands_while_the_session_cannot_be_read(signed: FlaskClient, ledger: Ledger) -> None:
    ledger.is_down = True
    assert signed.get("/ei-ole").status_code in {404, 503}


@pytest.mark.parametrize("language", ["fi", "en", "sv"])
def test_a_constant_sentence_is_translated_with_its_template(app: PolkuFlask, language: str) -> None:
    sentence, shown = "Who has looked and who has done what", catalogue_of(language).gettext
    source = (
        f'{{{{ _("{sentence}") }}}}|{{{{ _("%(num)s d", num=3) }}}}|{{{{ _p("choice", "All") }}}}|{{{{ _(words) }}}}'
    )
    spoken = app.jinja_env.speaking(language)
    with app.test_request_context("/"):
        text = spoken.from_string(source).render(words="Log")
    said = (shown(sentence), gettext("%(num)s d", num=3), catalogue_of(language).pgettext("choice", "All"))
    assert text.split("|") == [*said, gettext("Log")]


def test_languages_share_the_filters_but_not_the_compiled_templates(app: PolkuFlask) -> None:
    finnish = app.jinja_env
    swedish = finnish.speaking("sv")
    assert swedish.filters is finnish.filters
    assert swedish.get_template("layouts/base.html") is not finnish.get_template("layouts/base.html")
