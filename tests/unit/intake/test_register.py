"""What the bytes of a register say: encodings, delimiters, columns in any order, and files that are no register."""

import io
import tracemalloc
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.intake.register import HEADERS, RawRow, UnreadableFile, read_rows, survey
from tests.factories.intake import GOOD, many_rows, register_bytes

KEYS = tuple(HEADERS)
# What Windows-1252 can write, without the ends of lines and the byte that ends a text.
LETTERS = st.characters(codec="cp1252", exclude_categories=("Cc", "Cs"))
TEXTS = st.text(LETTERS, max_size=12).map(str.strip)


def read(content: bytes) -> list[RawRow]:
    """Read a register as the import does."""
    source = io.BytesIO(content)
    return list(read_rows(source, survey(source)))


@given(
    rows=st.lists(st.fixed_dictionaries(dict.fromkeys(KEYS, TEXTS)), max_size=4),
    columns=st.permutations([*KEYS, "Huom."]),
    delimiter=st.sampled_from(";,"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
)
def test_what_was_written_is_read_in_every_encoding_delimiter_and_order(
    rows: list[Mapping[str, str]], columns: list[str], delimiter: str, encoding: str
) -> None:
    content = register_bytes(rows, columns=columns, delimiter=delimiter, encoding=encoding)

    source = io.BytesIO(content)
    shape = survey(source)
    found = list(read_rows(source, shape))

    assert shape.unknown_columns == ("Huom.",)
    assert shape.delimiter == delimiter
    is_filled = [(number, row) for number, row in enumerate(rows, 2) if any(row.values())]
    assert [(row.number, dict(row.texts)) for row in found] == is_filled


@pytest.mark.parametrize(
    ("encoding", "name"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 (BOM)"), ("cp1252", "Windows-1252")]
)
def test_the_encoding_is_named(encoding: str, name: str) -> None:
    assert survey(io.BytesIO(register_bytes([GOOD], encoding=encoding))).encoding_name == name


def test_quoted_fields_hold_delimiters_quotes_and_line_ends() -> None:
    [row] = read(register_bytes([{**GOOD, "last_name": 'Aho; "Maija"\r\nMäki'}], delimiter=";"))
    assert row.get("last_name") == 'Aho; "Maija"\r\nMäki'


def test_a_name_that_looks_like_a_formula_stays_a_name() -> None:
    [row] = read(register_bytes([{**GOOD, "last_name": '=HYPERLINK("x")'}]))
    assert row.get("last_name") == '=HYPERLINK("x")'


def test_the_row_number_is_the_one_a_spreadsheet_shows() -> None:
    content = register_bytes([GOOD, dict.fromkeys(KEYS, ""), {**GOOD, "last_name": "a\r\nb"}, GOOD])
    assert [row.number for row in read(content)] == [2, 4, 5]


def test_headers_are_known_in_small_letters_and_in_english() -> None:
    headers = {**HEADERS, "last_name": "  SUKUNIMI ", "first_names": "First names", "phone": "puhelinnumero"}
    [row] = read(register_bytes([GOOD], headers=headers))
    assert (row.get("last_name"), row.get("first_names")) == (GOOD["last_name"], GOOD["first_names"])


def test_a_row_with_more_fields_than_headers_is_marked() -> None:
    content = register_bytes([GOOD]).rstrip(b"\r\n") + b";ylim\xe4\xe4r\xe4inen\r\n"
    [row] = read(content)
    assert row.has_surplus


def test_a_short_row_has_empty_fields() -> None:
    content = register_bytes([]) + "Aho;Aino\r\n".encode("cp1252")
    [row] = read(content)
    assert (row.get("last_name"), row.get("model")) == ("Aho", "")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"PK\x03\x04 a workbook", "not a CSV file"),
        ("\ufeffSukunimi".encode("utf-16-le"), "not a CSV file"),
        (b"Sukunimi;Etunimet\x00", "not a CSV file"),
        (b"Sukunimi;\x81\x8d", "letters of the file cannot be read"),
        (b"Nimi;Osoite\r\nAho;Katu 1\r\n", "lacks these columns: Sukunimi, Etunimet, Palvelupolku, Vaihe"),
        (register_bytes([GOOD], columns=(*KEYS, "phone")), "Puhelin is in the file twice"),
        (register_bytes([GOOD]) + b'"' + b"x" * 200_000, "Row 3 cannot be read"),
    ],
)
def test_a_file_that_is_no_register_is_refused_with_the_cure(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said):
        read(content)


def test_only_the_row_in_hand_is_held() -> None:
    source = io.BytesIO(register_bytes(many_rows(20_000)))
    tracemalloc.start()
    count = sum(1 for _ in read_rows(source, survey(source)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 20_000
    assert peak < 6_000_000  # the chunks the bytes are read in, not the rows
