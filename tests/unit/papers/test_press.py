"""The PDF as its readers meet it: tagged, in Finnish, on A4, in black and white (checks 25 and 28 of the design)."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.papers import press as presses
from app.papers.domain import Recipient, Section, Table
from app.papers.press import SHOWN, UNSHOWN, PaperNotMade, Press, Signs
from tests.factories.papers import A4, NOW, ROOT, Pdf, build_copy, build_paper, make_pdf, squeezed

HOSTILE = (
    '#read("/etc/passwd")',
    '#import "@preview/example:0.1.0": *',
    "#panic(1) #{while true {}} #sys.inputs",
    "$x^2$ *lihava* _vino_ `koodi` = otsikko - luettelo / termi: x",
    "\\ \\u{41} <merkki> @viite // huomautus /* ja toinen */ ~ -- --- ...",
    "</script><b>x</b> {{ 7*7 }} %s %(x)s",
    "\"lainaus\" 'toinen' ”suomalainen”",
)


@pytest.fixture(scope="module")
def pdf() -> Pdf:
    """One paper, made once."""
    return make_pdf(build_paper(texts=("Aamut ovat helpottuneet.", "Äiti öljyää ovea.")))


def test_the_pdf_is_tagged_and_says_so(pdf: Pdf) -> None:
    assert pdf.root["/MarkInfo"]["/Marked"].value is True
    assert "<pdfuaid:part>1</pdfuaid:part>" in pdf.xmp
    assert pdf.root["/ViewerPreferences"]["/DisplayDocTitle"].value is True


def test_headings_lists_and_tables_are_told_apart(pdf: Pdf) -> None:
    assert (pdf.tags["/H1"], pdf.tags["/H2"]) == (1, 2)
    assert pdf.tags["/Table"] == 2
    assert pdf.tags["/TH"] == 2 + 4, "two headings in the table of actions, four over the signatures"
    assert pdf.tags["/Caption"] == 1
    assert pdf.tags["/LI"] >= 4
    assert pdf.tags["/BlockQuote"] == 2
    assert pdf.outline == ["Työkyvyn tuen suunnitelma", "Tavoitteet", "Signatures"]


def test_language_and_title_are_set_and_the_title_names_nobody(pdf: Pdf) -> None:
    assert str(pdf.root["/Lang"]) == "fi", "BCP 47 asks no region where the language says it all (RFC 5646, 4.1)"
    assert pdf.title == "Työkyvyn tuen suunnitelma A-2041/1"
    for hidden in ("Koivula", "Aino", "Mäki"):
        assert hidden not in pdf.xmp
        assert hidden not in str(dict(pdf.reader.metadata or {}))


def test_every_page_is_a4_and_says_which_page_it_is() -> None:
    long = make_pdf(build_paper(texts=("Pitkä rivi toimenpiteestä, josta sovittiin.",) * 40))
    assert len(long.pages) > 2
    assert long.sizes == {A4}
    for number, text in enumerate(long.pages, 1):
        assert f"page {number}/{len(long.pages)}" in text
        assert "A-2041/1, Työkyvyn tuen suunnitelma, versio 2" in text
        assert "Printed 24.11.2026 klo 9.00, Anna Mäki" in text


def test_the_signatures_are_filled_where_given_and_empty_where_not(pdf: Pdf) -> None:
    assert "Asiakas 24.11.2026 Suullisesti" in pdf.text
    assert "Terveydenhuolto" in pdf.text
    assert "Signed paper kept in (system and reference):" in pdf.text


def test_every_font_is_embedded_and_is_ours(pdf: Pdf) -> None:
    assert set(pdf.fonts) == {"NotoSans-Regular", "NotoSans-Bold"}
    assert all(pdf.fonts.values())


def test_nothing_on_the_paper_has_a_colour(pdf: Pdf) -> None:
    """Printed in black and white it loses nothing: states are words, and no operator sets anything but a grey."""
    assert pdf.colours == set()


def test_the_reader_would_see_a_colour(tmp_path: Path) -> None:
    template = (ROOT / "templates" / "print" / "paper.typ").read_text(encoding="utf-8")
    assert "luma(0)" in template
    press = _with_template(tmp_path, template.replace("#let ink = luma(0)", '#let ink = rgb("#b00020")'))
    assert make_pdf(build_paper(), press=press).colours != set()


def _with_template(folder: Path, text: str) -> Press:
    """A press with another template, in a folder of the test."""
    (folder / "templates" / "print").mkdir(parents=True)
    (folder / "templates" / "print" / "paper.typ").write_text(text, encoding="utf-8")
    fonts = folder / "app" / "static" / "build" / "fonts"
    fonts.parent.mkdir(parents=True)
    fonts.symlink_to(ROOT / "app" / "static" / "build" / "fonts")
    return Press(folder)


# ---------------------------------------------------------------- what is written is shown, never run


def test_markup_in_a_text_is_shown_and_not_run() -> None:
    text = squeezed(make_pdf(build_paper(texts=HOSTILE)).text)
    for hostile in HOSTILE:
        assert text.count(squeezed(hostile)) == 6, "as paragraph, quote, point, label, value and cell"
    assert "root:" not in text


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(max_size=60), min_size=1, max_size=8))
def test_any_text_at_all_becomes_a_pdf(texts: list[str]) -> None:
    kept = tuple(text for text in texts if not any(0xD800 <= ord(sign) <= 0xDFFF for sign in text))
    assert make_pdf(build_paper(texts=kept or ("x",))).sizes == {A4}


def test_every_sign_said_to_be_shown_has_a_shape() -> None:
    """The compiler refuses a sign without one, so one paper with all of them proves the table."""
    signs = "".join(chr(code) for first, last in SHOWN for code in range(first, last + 1))
    cleaned = Signs()
    cleaned.clean(signs)
    assert cleaned.unshown == 0
    rows = tuple(signs[start : start + 20] for start in range(0, len(signs), 20))
    assert make_pdf(build_paper(texts=rows)).sizes == {A4}


def test_signs_the_font_lacks_are_counted_and_told_of() -> None:
    pdf = make_pdf(build_paper(texts=("kävely 😀 שלום",)))
    assert UNSHOWN in pdf.text
    assert "Signs that could not be printed: 30" in pdf.text, "five signs in six places"


def test_signs_that_turn_the_direction_of_reading_are_left_out() -> None:
    assert Signs().clean("maksa \u202e005 euroa\u2066") == "maksa 005 euroa"


def test_a_word_without_an_end_stays_on_the_paper() -> None:
    """A line may end after every ten letters, and the letters all stay."""
    word = "x" * 500
    assert squeezed(Signs().clean(word)) == word
    assert word in squeezed(make_pdf(build_paper(texts=(word,))).text)


def test_a_cell_longer_than_a_sheet_goes_on_overleaf() -> None:
    text = " ".join(f"sana{number}" for number in range(2000))
    paper = replace(build_paper(), sections=(Section("Pitkä", (Table("Taulu", ("Mitä", "Kuka"), ((text, "A"),)),)),))
    pages = make_pdf(paper).pages
    assert len(pages) > 4
    for page in pages[:-1]:
        assert page.count("sana") > 100, "every sheet is used, and nothing runs off its foot"
    assert "sana1999" in "".join(pages[-2:])


# ---------------------------------------------------------------- limits


def test_a_compile_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    endless = "#for x in range(100000) { for y in range(100000) { let z = calc.sqrt(x * y) } }"
    press = replace(_with_template(tmp_path, endless), seconds=1.0)
    started = time.monotonic()
    with pytest.raises(PaperNotMade):
        make_pdf(build_paper(), press=press)
    assert 0.9 < time.monotonic() - started < 4


def test_a_template_reads_in_its_folder_and_nowhere_else(tmp_path: Path) -> None:
    """Neither a path that climbs nor one from the root of the machine leads out."""
    reading = '#set document(title: "x")\n#set text(font: "Noto Sans", lang: "fi")\n#read("{}")'
    (tmp_path / "out.txt").write_text("ulkona", encoding="utf-8")
    press = _with_template(tmp_path, reading.format("in.txt"))
    (tmp_path / "templates" / "print" / "in.txt").write_text("sisällä", encoding="utf-8")
    assert "sisällä" in make_pdf(build_paper(), press=press).text
    for path in ("../../out.txt", "/../../out.txt", "/etc/hostname"):
        (tmp_path / "templates" / "print" / "paper.typ").write_text(reading.format(path), encoding="utf-8")
        with pytest.raises(PaperNotMade):
            make_pdf(build_paper(), press=press)


def test_a_pdf_without_a_title_is_refused_by_the_compiler(tmp_path: Path) -> None:
    with pytest.raises(PaperNotMade):
        make_pdf(build_paper(), press=_with_template(tmp_path, '#set text(font: "Noto Sans")\n= Otsikko'))


def test_a_text_beyond_all_measure_is_refused_before_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presses, "LONGEST_ORDER", 20_000)
    assert make_pdf(build_paper(texts=("x" * 100,))).pages
    with pytest.raises(PaperNotMade, match="too long"):
        make_pdf(build_paper(texts=("x" * 4_000,)))


def test_a_press_that_is_busy_says_so() -> None:
    press = Press(ROOT, seconds=0.05)
    for _ in range(presses.AT_ONCE):
        press.busy.acquire()
    with pytest.raises(PaperNotMade, match="Several papers"):
        make_pdf(build_paper(), press=press)


def test_a_refusal_does_not_quote_the_text() -> None:
    """What the compiler says may hold what it stumbled over; that must not reach a log."""
    order = Press(ROOT).order({"title": "SALAISUUS"}, NOW)
    done = subprocess.run([sys.executable, "-I", str(presses.SHEET)], input=order, capture_output=True, check=False)
    assert done.returncode == 1
    assert b"SALAISUUS" not in done.stderr + done.stdout


# ---------------------------------------------------------------- protected address


@pytest.mark.parametrize("recipient", [Recipient.CLIENT, Recipient.PARTY])
def test_a_copy_that_leaves_the_house_does_not_tell_of_the_protection(recipient: Recipient) -> None:
    assert "Turvakielto" not in make_pdf(build_paper(is_protected=True), build_copy(recipient)).text


def test_the_workers_own_copy_tells_of_the_protection_in_words() -> None:
    assert "Turvakielto" in make_pdf(build_paper(is_protected=True)).text
    assert "Turvakielto" not in make_pdf(build_paper()).text
