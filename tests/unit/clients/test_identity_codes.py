from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fi import hetu

from app.clients.domain import IdentityCode, IdentityCodeProblem, birth_date_problem, parse_identity_code

SIGNS = {1800: "+", 1900: "-YXWVU", 2000: "ABCDEF"}
CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"
BIRTHS = st.dates(date(1800, 1, 1), date(2099, 12, 31))


def written(born: date, sign: str, number: int) -> str:
    digits = f"{born:%d%m}{born.year % 100:02}"
    return f"{digits}{sign}{number:03}{CHECK[int(f'{digits}{number:03}') % 31]}"


@st.composite
def codes(draw: st.DrawFn) -> tuple[str, date]:
    born = draw(BIRTHS)
    sign = draw(st.sampled_from(SIGNS[born.year // 100 * 100]))
    return written(born, sign, draw(st.integers(900, 999))), born


def is_accepted(code: str) -> bool:
    try:
        parse_identity_code(code)
    except IdentityCodeProblem:
        return False
    return True


@given(codes())
def test_every_code_of_every_century_sign_is_read_with_its_birth_date(made: tuple[str, date]) -> None:
    code, born = made
    parsed = parse_identity_code(f" {code.lower()} ")
    assert (parsed.code, parsed.birth_on, parsed.is_artificial) == (code, born, True)
    assert hetu.is_valid(code, allow_temporary=True)


@given(codes(), st.integers(0, 10), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ+-"))
def test_a_code_with_one_character_changed_is_judged_as_an_independent_library_judges_it(
    made: tuple[str, date], where: int, character: str
) -> None:
    code = made[0][:where] + character + made[0][where + 1 :]
    assert is_accepted(code) == hetu.is_valid(code, allow_temporary=True)


@given(st.from_regex(r"[0-3][0-9][01][0-9]{3}[-+A-FYXWVU][0-9]{3}[0-9A-Y]", fullmatch=True))
def test_any_code_like_text_is_judged_as_an_independent_library_judges_it(code: str) -> None:
    assert is_accepted(code) == hetu.is_valid(code, allow_temporary=True)


@given(st.text(max_size=14))
def test_any_other_text_is_refused_and_never_crashes(text: str) -> None:
    assert is_accepted(text) == hetu.is_valid(text.strip(), allow_temporary=True)


@pytest.mark.parametrize(
    ("typed", "cure"),
    [
        ("", "Write the personal identity code in full"),
        ("050284932K", "Write the personal identity code in full"),
        ("050284-932", "Write the personal identity code in full"),
        ("050284G932K", "Write the personal identity code in full"),
        ("٠٥٠٢٨٤-932K", "Write the personal identity code in full"),
        ("310284-932K", "begins with a date that does not exist: 31.2."),
        ("290285-932K", "begins with a date that does not exist: 29.2."),
        ("050284-001K", "cannot have the number 001"),
        ("050284-932L", "The last character of the personal identity code does not fit"),
    ],
)
def test_a_code_that_cannot_be_one_is_refused_with_what_to_check(typed: str, cure: str) -> None:
    with pytest.raises(IdentityCodeProblem) as refused:
        parse_identity_code(typed, field="identity_code")
    assert cure in str(refused.value.message)
    assert refused.value.field == "identity_code"


@pytest.mark.parametrize(
    "typed", ["050284–932k", "050284\N{MINUS SIGN}932K", "050284 - 932K", "\N{NO-BREAK SPACE}050284-932K"]
)
def test_spaces_and_the_dashes_of_word_processors_do_no_harm(typed: str) -> None:
    assert parse_identity_code(typed).code == "050284-932K"


def test_the_new_century_signs_are_kept_apart() -> None:
    codes_of_one_day = {parse_identity_code(f"050284{sign}932K").code for sign in "-YXWVU"}
    assert len(codes_of_one_day) == 6
    assert {parse_identity_code(code).birth_on for code in codes_of_one_day} == {date(1984, 2, 5)}


def test_a_birth_date_ahead_of_today_is_refused_when_today_is_known() -> None:
    code = written(date(2026, 11, 25), "A", 932)
    assert parse_identity_code(code).birth_on == date(2026, 11, 25)
    with pytest.raises(IdentityCodeProblem, match=r"25\.11\.2026, is in the future"):
        parse_identity_code(code, date(2026, 11, 24))
    assert parse_identity_code(code, date(2026, 11, 25)).code == code


def test_the_mask_and_the_printed_form_hide_the_end_of_the_code() -> None:
    code = parse_identity_code("050284-932K")
    assert code.masked == "050284-****"
    assert "932K" not in repr(code)
    assert str(code) == "050284-932K"


@given(codes(), BIRTHS)
def test_a_birth_date_contradicts_the_code_exactly_when_it_is_another_day(made: tuple[str, date], born: date) -> None:
    code = IdentityCode(made[0])
    assert birth_date_problem(code, made[1]) is None
    assert birth_date_problem(code, None) is None
    assert (birth_date_problem(code, born) is None) == (born == made[1])


def test_a_contradiction_tells_both_dates() -> None:
    problem = birth_date_problem(IdentityCode("050284-932K"), date(1984, 5, 2))
    assert "2.5.1984" in str(problem)
    assert "5.2.1984" in str(problem)
