from datetime import UTC, date
from string import ascii_lowercase, ascii_uppercase, digits
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.paging import Cursor, CursorValue, Page, decode_cursor, encode_cursor, page_of

KEY = bytes(range(32))
OF = "worklist|late"
LETTERS = ascii_uppercase + ascii_lowercase + digits + "-_"  # a cursor is written in these
VALUES: st.SearchStrategy[CursorValue] = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.integers(-(2**63), 2**63),
    st.dates(),
    st.uuids(),
    st.datetimes(timezones=st.just(UTC)),
)
PLACES = st.lists(VALUES, max_size=4).map(tuple)


@given(place=PLACES, is_backwards=st.booleans())
def test_a_cursor_comes_back_as_it_was(place: tuple[CursorValue, ...], *, is_backwards: bool) -> None:
    cursor = Cursor(place, is_backwards)
    assert decode_cursor(encode_cursor(cursor, of=OF, key=KEY), of=OF, key=KEY) == cursor


@given(PLACES, st.data())
def test_a_cursor_with_one_letter_changed_is_the_first_page(
    place: tuple[CursorValue, ...], data: st.DataObject
) -> None:
    word = encode_cursor(Cursor(place), of=OF, key=KEY)
    where = data.draw(st.integers(0, len(word) - 2))  # the last letter has bits that carry nothing
    steps = data.draw(st.integers(1, len(LETTERS) - 1))  # on from the letter there, which differs from run to run
    letter = LETTERS[(LETTERS.index(word[where]) + steps) % len(LETTERS)]
    assert decode_cursor(word[:where] + letter + word[where + 1 :], of=OF, key=KEY) is None


@given(st.text() | st.binary().map(lambda raw: raw.hex()))
def test_any_other_word_is_the_first_page(word: str) -> None:
    assert decode_cursor(word, of=OF, key=KEY) is None


def test_a_cursor_of_another_list_or_key_is_the_first_page() -> None:
    word = encode_cursor(Cursor((1,)), of=OF, key=KEY)
    assert decode_cursor(word, of="worklist|today", key=KEY) is None
    assert decode_cursor(word, of=OF, key=KEY[::-1]) is None
    assert decode_cursor(None, of=OF, key=KEY) is None
    assert decode_cursor("a" * 5000, of=OF, key=KEY) is None


def test_a_cursor_tells_nothing_of_its_place() -> None:
    place = (date(2026, 2, 5), UUID("0b3ed4a6-3f0c-4d6e-9a57-2f7f6d1c9a11"), "A-2041")
    words = {encode_cursor(Cursor(place), of=OF, key=KEY) for _ in range(2)}
    assert len(words) == 2
    assert not any("2041" in word for word in words)


def page(fetched: list[int], cursor: Cursor | None) -> Page[int]:
    return page_of(fetched, size=3, cursor=cursor, place_of=lambda row: (row,), of=OF, key=KEY)


def place(word: str | None) -> Cursor | None:
    return decode_cursor(word, of=OF, key=KEY)


def test_the_first_page_leads_only_on() -> None:
    first = page([1, 2, 3, 4], None)
    assert first.rows == (1, 2, 3)
    assert (place(first.next_cursor), first.previous_cursor) == (Cursor((3,)), None)


def test_a_page_in_the_middle_leads_both_ways() -> None:
    middle = page([4, 5, 6, 7], Cursor((3,)))
    assert (place(middle.next_cursor), place(middle.previous_cursor)) == (Cursor((6,)), Cursor((4,), is_backwards=True))


def test_going_back_turns_the_rows_round_and_stops_at_the_beginning() -> None:
    back = page([3, 2, 1], Cursor((4,), is_backwards=True))
    assert back.rows == (1, 2, 3)
    assert (place(back.next_cursor), back.previous_cursor) == (Cursor((3,)), None)


@pytest.mark.parametrize("cursor", [None, Cursor((9,))])
def test_a_page_without_rows_leads_nowhere(cursor: Cursor | None) -> None:
    assert page([], cursor) == Page(rows=())


@given(st.lists(st.integers(), unique=True, max_size=20).map(sorted))
def test_walking_on_meets_every_row_once_and_walking_back_too(rows: list[int]) -> None:
    def fetch(cursor: Cursor | None) -> Page[int]:
        if cursor is None:
            found = rows[:4]
        elif cursor.is_backwards:
            found = [row for row in reversed(rows) if (row,) < cursor.place][:4]
        else:
            found = [row for row in rows if (row,) > cursor.place][:4]
        return page(found, cursor)

    current = fetch(None)
    met, pages = list(current.rows), [current.rows]
    while current.next_cursor:
        current = fetch(place(current.next_cursor))
        met += current.rows
        pages.append(current.rows)
    assert met == rows
    while current.previous_cursor:
        pages.pop()
        current = fetch(place(current.previous_cursor))
        assert current.rows == pages[-1]
