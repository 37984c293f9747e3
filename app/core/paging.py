"""Pages of a long list, by the place of a row and not by its number.

A cursor holds the sort values of the row a page begins after (or ends before), sealed so that it tells nothing and
bears no change. A cursor that was altered, is another list's, or was made with another key is no cursor: the reader
gets the first page.
"""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, Generic, TypeVar
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CursorValue = str | int | date | datetime | UUID | None
Row = TypeVar("Row")

_NONCE_BYTES: Final = 12
_LONGEST: Final = 2000


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: after this place, or before it when the reader goes backwards."""

    place: tuple[CursorValue, ...]
    is_backwards: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of rows and the way to its neighbours; `total` is None where nobody counted."""

    rows: tuple[Row, ...]
    next_cursor: str | None = None
    previous_cursor: str | None = None
    total: int | None = None
    total_is_capped: bool = False


def encode_cursor(cursor: Cursor, *, of: str, key: bytes) -> str:
    """Return the cursor as a word for an address, good only for the list named `of`. `key` is `vault.cursor_key`.

    Put the list's filters into `of` too: a place in one selection means nothing in another.
    """
    nonce = os.urandom(_NONCE_BYTES)
    written = json.dumps([cursor.is_backwards, *map(_written, cursor.place)], separators=(",", ":")).encode()
    return urlsafe_b64encode(nonce + AESGCM(key).encrypt(nonce, written, of.encode())).decode().rstrip("=")


def decode_cursor(word: str | None, *, of: str, key: bytes) -> Cursor | None:
    """Return the cursor `encode_cursor` made for this list, or None (the first page) for anything else."""
    if not word or len(word) > _LONGEST or not word.isascii():
        return None
    try:
        sealed = urlsafe_b64decode(word + "=" * (-len(word) % 4))
        written = AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], of.encode())
    except (ValueError, InvalidTag):
        return None
    is_backwards, *place = json.loads(written)
    return Cursor(tuple(_read(kind, value) for kind, value in place), bool(is_backwards))


def page_of(
    fetched: Sequence[Row],
    *,
    size: int,
    cursor: Cursor | None,
    place_of: Callable[[Row], tuple[CursorValue, ...]],
    of: str,
    key: bytes,
    total: int | None = None,
    total_is_capped: bool = False,
) -> Page[Row]:
    """Return the page made of up to `size + 1` fetched rows; the extra one only tells that there is more.

    Rows come in the order of the query: for a backwards cursor from the place towards the beginning, turned round
    here.
    """
    is_backwards = cursor is not None and cursor.is_backwards
    has_more = len(fetched) > size
    rows = tuple(fetched[:size])
    if is_backwards:
        rows = rows[::-1]
    has_next = is_backwards or has_more
    has_previous = has_more if is_backwards else cursor is not None

    def word(row: Row, *, backwards: bool) -> str:
        return encode_cursor(Cursor(place_of(row), backwards), of=of, key=key)

    return Page(
        rows=rows,
        next_cursor=word(rows[-1], backwards=False) if rows and has_next else None,
        previous_cursor=word(rows[0], backwards=True) if rows and has_previous else None,
        total=total,
        total_is_capped=total_is_capped,
    )


def _written(value: CursorValue) -> tuple[str, str | int | None]:
    if value is None or isinstance(value, str):
        return "s", value
    if isinstance(value, int):
        return "i", value
    if isinstance(value, UUID):
        return "u", value.hex
    if isinstance(value, datetime):
        return "t", value.astimezone(UTC).isoformat()
    return "d", value.isoformat()


_READERS: Final[dict[str, Callable[[str], CursorValue]]] = {
    "u": lambda text: UUID(hex=text),
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
}


def _read(kind: str, value: str | int | None) -> CursorValue:
    reader = _READERS.get(kind)
    return reader(value) if reader and isinstance(value, str) else value
