"""Every macro draws valid, labelled HTML from the plain dicts its file describes."""

from datetime import date

import pytest
from flask import render_template_string

from app.web import charts
from app.web.app import PolkuFlask
from app.web.charts import BarRow
from tests.strict import page_faults

STAGES = [
    {
        "number": number,
        "label": f"Vaihe {number}",
        "state": state,
        "words": "sanat",
        "href": "/x" if number < 7 else None,
        "is_current": number == 4,
    }
    for number, state in enumerate(
        ["done", "not_needed", "done", "in_progress", "done", "not_started", "not_started"], start=1
    )
]
MACROS = {
    "stage_map": '{% from "components/stages.html" import stage_map %}{{ stage_map(stages) }}',
    "trail": '{% from "components/stages.html" import trail %}{{ trail(stages) }}',
    "steps": '{% from "components/stages.html" import steps %}'
    '{{ steps([{"words": "Tilanne", "state": "done", "href": "/"},'
    ' {"words": "Tavoitteet", "state": "now", "note": "2/5"}, {"words": "Muutokset", "state": "todo"}], "Vaiheet") }}',
    "list_head": '{% from "components/table.html" import list_head %}'
    '{{ list_head("2 asiakasta") }}{% call list_head("2", "järjestys") %}<button>Muistuta</button>{% endcall %}',
    "table": '{% from "components/table.html" import th, th_sort %}<table><caption>Lista</caption><thead><tr>'
    '{{ th("Nimi") }}{{ th_sort("Päivä", "/", "ascending") }}{{ th("Toiminto", hidden=true) }}</tr></thead></table>',
    "pager": '{% from "components/table.html" import pager %}{{ pager("/a", "/b", "1–50 / 120") }}{{ pager() }}',
    "timeline": '{% from "components/timeline.html" import timeline %}'
    '{{ timeline([{"kind": "entry", "title": "Puhelu"},'
    ' {"kind": "draft", "title": "Luonnos", "byline": "Sinä", "text": "<b>", "href": "/", "href_words": "Jatka"}]) }}',
    "next_action": '{% from "components/next_action.html" import next_action %}'
    '{% call next_action("Tarkista", 4, day, "huom", "/miksi") %}<a href="/">Avaa</a>{% endcall %}',
    "identity": '{% from "components/identity.html" import identity_bar %}{% call identity_bar("Aalto Aino",'
    ' [("Asiakkaat", "/"), ("A-2041", none)], true, [("Syntynyt", "14.5.1987", true)], [("Malli", "B")]) %}'
    '<a href="/">Kirjaa</a>{% endcall %}{{ identity_bar("Niemi Otso") }}',
    "counters": '{% from "components/counters.html" import counters, figures %}'
    '{{ counters([{"tone": "late", "icon": "late", "number": 3, "words": "Myöhässä", "href": "/"}], "Rajaa") }}'
    '{{ figures([{"number": 37, "words": "Myöhässä", "is_late": true, "href": "/"},'
    ' {"number": 1, "words": "Muu"}], "L") }}',
    "tabs": '{% from "components/tabs.html" import tabs %}'
    '{{ tabs([{"words": "Yhteenveto", "href": "/", "is_current": true, "warning": "1 päättyy"}], "Osiot") }}',
    "empty": '{% from "components/empty.html" import empty %}{{ empty("Ei mitään", "Syy", "Tee", "/") }}'
    '{{ empty("a", "b") }}',
    "marks": '{% from "components/tags.html" import basis_tag, guard_tag %}'
    '{% from "components/due.html" import due_chip %}'
    '{% from "components/icons.html" import icon %}{{ icon("late") }}{{ due_chip(day) }}{{ guard_tag() }}'
    '{{ basis_tag("none", "Ei perustetta") }}',
    "bars": '{% from "components/charts.html" import stacked_chart, bar_chart %}{{ stacked_chart(bars, "a") }}'
    '{{ bar_chart(bars, "b") }}',
    "lines": '{% from "components/charts.html" import line_chart, spark, with_table %}'
    '{% call with_table("Arvio", "0–10",'
    " line_chart(line)) %}<table><caption>Arvio</caption></table>{% endcall %}{{ spark(sparkline) }}",
    "post_button": '{% from "components/forms.html" import post_button with context %}{{ post_button("/x", "Kumoa") }}',
}


@pytest.mark.parametrize("name", MACROS)
def test_a_macro_draws_valid_html(app: PolkuFlask, name: str) -> None:
    with app.test_request_context():
        drawn = render_template_string(
            MACROS[name],
            stages=STAGES,
            day=date(2026, 11, 20),
            bars=charts.stacked("Myöhässä", [BarRow("Anna", (4, 2), "/"), BarRow("Outi", (0, 1))], parts=("a", "b")),
            line=charts.line("Arvio", [(date(2026, 1, 1), 4), (date(2026, 2, 1), 6)], low=0, high=10, notes=("a", "b")),
            sparkline=charts.sparkline([1, 3, 2]),
        )
    assert drawn.strip()
    assert page_faults(drawn, whole=False) == []
    assert "None" not in drawn


def test_the_walked_way_is_solid_and_a_finished_stage_ahead_is_an_island(app: PolkuFlask) -> None:
    with app.test_request_context():
        drawn = render_template_string(MACROS["stage_map"], stages=STAGES)
    items = drawn.split("<li")[1:]
    assert ["walked" in item for item in items] == [True, True, True, False, False, False, False]
    assert "polku-stage--now" in items[3]
    assert 'aria-current="step"' in items[3]


def test_every_template_of_the_product_compiles(app: PolkuFlask) -> None:
    for name in app.jinja_env.list_templates(extensions=["html"]):
        if not name.startswith("govuk_frontend_jinja/"):
            app.jinja_env.get_template(name)
