"""The strict client sees what it promises to see."""

import pytest

from tests.strict import page_faults

GOOD = """<!DOCTYPE html><html lang="fi"><head><meta charset="utf-8"><title>Työlista – Polku</title></head><body><main>
<h1>Työlista</h1><form method="post"><input type="hidden" name="csrf_token" value="x">
<label for="day">Päivä</label><input id="day" name="day"><button>Tallenna</button></form></main></body></html>"""


def test_a_sound_page_passes() -> None:
    assert page_faults(GOOD) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("<title>Työlista – Polku</title>", "<title> </title>", "no title"),
        ("<h1>Työlista</h1>", "<h1>Työlista</h1><h1>Toinen</h1>", "2 h1"),
        ("<h1>Työlista</h1>", "<h2>Työlista</h2>", "0 h1"),
        ('<label for="day">Päivä</label>', "", "has no label"),
        ('<input id="day"', '<input id="day" aria-describedby="gone"', "names 'gone'"),
        ("<h1>Työlista</h1>", '<h1 id="day">Työlista</h1>', "stands 2 times"),
        ("<h1>", '<h1 style="color:red">', "has style"),
        ("<h1>", '<h1 onclick="x()">', "has onclick"),
        ("</main>", "<script>alert(1)</script></main>", "inline script"),
        ("</main>", "</div></main>", "not valid HTML"),
        ("</main>", '<img src="x.svg"></main>', "has no alt"),
        ("</main>", '<a href="/x"></a></main>', "has no words"),
        ('<input type="hidden" name="csrf_token" value="x">', "", "no csrf_token"),
        (' lang="fi"', "", "no lang"),
    ],
)
def test_a_fault_is_named(before: str, after: str, fault: str) -> None:
    assert before in GOOD
    assert fault in "\n".join(page_faults(GOOD.replace(before, after, 1)))
