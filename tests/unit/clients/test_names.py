import unicodedata
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.clients.domain import (
    LONGEST_PREFIX,
    SHORTEST_PREFIX,
    IdentityCodeProblem,
    format_ref,
    match_text,
    name_matches,
    name_parts,
    name_prefixes,
    normalise_name,
    parse_ref,
    read_search,
    search_words,
    tidy_name,
)

LETTERS = "abcdefghijklmnopqrstuvwxyzåäöéüšžÅÄÖÉŠæøłđŋß"
WORDS = st.text(LETTERS, min_size=1, max_size=16)
NAMES = st.lists(WORDS, min_size=1, max_size=3).flatmap(
    lambda words: st.sampled_from(" -").map(lambda between: between.join(words))
)


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("Äijälä", "aijala"),
        ("Åberg", "aberg"),
        ("Öhman", "ohman"),
        ("Müller", "muller"),
        ("Søren Łukasz", "soren lukasz"),
        ("Ŋáŋŋa Đorđe", "nanna dorde"),
        ("O'Brien O’Neil", "obrien oneil"),
        ("  Virtanen ,\N{NO-BREAK SPACE}Aino ", "virtanen aino"),
        ("Anna\N{NON-BREAKING HYPHEN}Maija", "anna-maija"),
        ("- Ek -", "ek"),
        ("Strauß", "strauss"),
        ("İlker Işıl", "ilker isil"),
        ("=Aalto", "aalto"),
    ],
)
def test_a_name_is_compared_without_dots_accents_and_case(written: str, compared: str) -> None:
    assert normalise_name(written) == compared


@given(st.text(max_size=40))
def test_comparing_twice_changes_nothing_and_composed_letters_do_not_matter(text: str) -> None:
    once = normalise_name(text)
    assert normalise_name(once) == once
    assert normalise_name(unicodedata.normalize("NFD", text)) == normalise_name(unicodedata.normalize("NFC", text))


def test_hyphenated_names_are_found_apart_and_joined() -> None:
    assert name_parts("Niemi-Aalto", "Anna-Maija Ek") == (
        "niemi",
        "aalto",
        "niemiaalto",
        "anna",
        "maija",
        "annamaija",
        "ek",
    )


def test_prefixes_run_from_three_to_ten_letters_and_whole_parts_are_there_at_any_length() -> None:
    assert name_prefixes("Li", "Aino") == {"li", "ain", "aino"}
    long = name_prefixes("Hyvönen-Virolainen")
    assert {"hyv", "hyvo", "hyvone", "hyvonen", "hyvonenvir", "hyvonenvirolainen"} <= long
    assert "hyvonenviro" not in long
    assert "hy" not in long


@given(NAMES, NAMES)
def test_every_prefix_begins_a_part_and_has_an_allowed_length(last: str, first: str) -> None:
    parts = name_parts(last, first)
    for prefix in name_prefixes(last, first):
        assert prefix in parts or SHORTEST_PREFIX <= len(prefix) <= LONGEST_PREFIX
        assert any(part.startswith(prefix) for part in parts)


@given(NAMES, NAMES, st.data())
def test_whoever_types_the_beginning_of_a_name_finds_it(last: str, first: str, data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(name_parts(last, first)))
    typed = part[: data.draw(st.integers(min(SHORTEST_PREFIX, len(part)), len(part)))]
    search = read_search(typed)
    assume(search.words)
    assert set(search.tokens) <= name_prefixes(last, first)
    assert name_matches(search.words, last, first)


@given(NAMES, NAMES)
def test_whoever_types_the_whole_name_in_any_order_finds_it(last: str, first: str) -> None:
    for typed in (f"{last} {first}", f"{first}, {last}", f"{last.upper()} {first.lower()}"):
        search = read_search(typed)
        assert set(search.tokens) <= name_prefixes(last, first)
        assert name_matches(search.words, last, first)


def test_a_long_word_is_looked_up_by_its_first_ten_letters_and_told_apart_after() -> None:
    search = read_search("Konstantinopoulos")
    assert search.tokens == ("konstantin",)
    assert name_matches(search.words, "Konstantinopoulos")
    assert not name_matches(search.words, "Konstantinidis")


def test_a_word_of_two_letters_finds_only_whole_names() -> None:
    assert name_matches(search_words("Li"), "Li", "Wei")
    assert not name_matches(search_words("Li"), "Lindberg", "Wei")


def test_a_hyphenated_search_finds_the_name_with_a_space_too() -> None:
    assert search_words("Anna-Maija") == ("anna", "maija")
    assert name_matches(search_words("Anna-Maija"), "Aalto", "Anna Maija")
    assert search_words("Anna-Ma") == ("annama",)
    assert name_matches(search_words("Anna-Ma"), "Aalto", "Anna-Maija")


def test_all_words_must_be_found() -> None:
    assert name_matches(search_words("aal ain"), "Aalto", "Aino Maria")
    assert not name_matches(search_words("aal ville"), "Aalto", "Aino Maria")


@pytest.mark.parametrize("typed", ["A-2041", "a2041", " A - 2041 ", "A–2041", "A-2041/1"])
def test_a_reference_is_known_however_it_is_typed(typed: str) -> None:
    assert read_search(typed).ref_number == parse_ref(typed) == 2041


@pytest.mark.parametrize("typed", ["A-17", "A-1000", "2041", "B-2041", "A-2041/", "Aalto", ""])
def test_what_is_no_reference_is_none(typed: str) -> None:
    assert parse_ref(typed) is None


@given(st.integers(1001, 10**9))
def test_a_reference_is_read_back(number: int) -> None:
    assert parse_ref(format_ref(number)) == number


def test_an_identity_code_is_searched_exactly_and_a_slip_in_it_is_told() -> None:
    found = read_search(" 050284-932k ").identity_code
    assert found is not None
    assert found.code == "050284-932K"
    with pytest.raises(IdentityCodeProblem, match="last character"):
        read_search("050284-932L")
    with pytest.raises(IdentityCodeProblem, match="in full"):
        read_search("050284932K")


def test_nothing_typed_searches_nothing() -> None:
    search = read_search(" , - ")
    assert (search.ref_number, search.identity_code, search.words, search.tokens) == (None, None, (), ())


def test_a_name_is_kept_as_it_is_written_but_for_its_spaces() -> None:
    assert tidy_name("  von\N{NO-BREAK SPACE}Wright ") == "von Wright"
    assert tidy_name("A\N{COMBINING DIAERESIS}ijälä") == "Äijälä"


def test_one_person_written_two_ways_has_one_match_text() -> None:
    born = date(1984, 2, 5)
    assert match_text("MÄKELÄ", "Aino  Maria", born) == match_text("Mäkelä", "Aino Maria", born)
    assert match_text("Mäkelä", "Aino Maria", None) != match_text("Mäkelä", "Aino Maria", born)
