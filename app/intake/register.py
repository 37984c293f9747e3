"""A client register as an office exports it: what its bytes say, row by row. The format is told in `docs/import.md`.

Reads a stream twice, first to learn the encoding and the length, then the rows; never more than one row is held.
"""

import codecs
import csv
import io
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Final, NamedTuple

from app.core.errors import Refused
from app.core.texts import N_

CHUNK: Final = 1 << 20
DELIMITERS: Final = (";", ",")
ENCODINGS: Final = ("utf-8", "cp1252")
ENCODING_NAMES: Final = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8 (BOM)", "cp1252": "Windows-1252"}


class Column(NamedTuple):
    """A column the import reads: the key it has here, its Finnish header, other headers it may have."""

    key: str
    header: str
    other_headers: tuple[str, ...] = ()
    is_required: bool = False


COLUMNS: Final = (
    Column("last_name", "Sukunimi", ("Last name", "Surname"), is_required=True),
    Column("first_names", "Etunimet", ("Etunimi", "First names"), is_required=True),
    Column("identity_code", "Henkilötunnus", ("Hetu", "Identity code")),
    Column("birth_on", "Syntymäaika", ("Date of birth",)),
    Column("municipality", "Kotikunta", ("Kunta", "Municipality")),
    Column("language", "Asiointikieli", ("Kieli", "Language")),
    Column("phone", "Puhelin", ("Puhelinnumero", "Phone")),
    Column("email", "Sähköposti", ("E-mail", "Email")),
    Column("is_protected", "Turvakielto", ("Address protection",)),
    Column("model", "Palvelupolku", ("Polku", "Pathway"), is_required=True),
    Column("stage", "Vaihe", ("Stage",), is_required=True),
    Column("started_on", "Asiakkuus alkoi", ("Started on",), is_required=True),
    Column("worker", "Vastuutyöntekijä", ("Responsible worker",)),
    Column("accepted_on", "Suunnitelma hyväksytty", ("Plan accepted",)),
    Column("reviewed_on", "Viimeisin tarkistus", ("Last review",)),
    Column("score", "Työkykypistemäärä", ("Work ability score",)),
)
HEADERS: Final[Mapping[str, str]] = {column.key: column.header for column in COLUMNS}


class UnreadableFile(Refused):
    """The file as a whole cannot be read; the message says what to do about it."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What the file is like: `places` says where each known column stands, `lines` how many rows to expect at most."""

    encoding: str
    delimiter: str
    places: Mapping[str, int]
    width: int
    unknown_columns: tuple[str, ...]
    lines: int

    @property
    def encoding_name(self) -> str:
        """The encoding as people call it."""
        return ENCODING_NAMES[self.encoding]


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as written: the number a spreadsheet shows (the header is row 1) and the texts by column key."""

    number: int
    texts: Mapping[str, str]
    has_surplus: bool = False
    """Whether there are more fields than headers: somewhere a delimiter stands inside a field."""

    def get(self, key: str) -> str:
        """Return the text of a column without outer spaces; empty when the file lacks the column."""
        return self.texts.get(key, "")


def survey(source: BinaryIO) -> Shape:
    """Return what the file is like, or raise `UnreadableFile` saying why it cannot be read and what to do.

    UTF-8 with or without a mark, else Windows-1252; `;` or `,`, whichever makes more known headers of the first row.
    """
    encoding, lines = _encoding_of(source)
    with _texts(source, encoding) as texts:
        first = texts.readline(CHUNK)
        shapes = [_shape(next(_read([first], delimiter), []), encoding, delimiter, lines) for delimiter in DELIMITERS]
    best = max(shapes, key=lambda shape: len(shape.places))
    missing = [column.header for column in COLUMNS if column.is_required and column.key not in best.places]
    if missing:
        raise UnreadableFile(
            N_("The first row lacks these columns: %(names)s. Add the headers and try again.", names=", ".join(missing))
        )
    return best


def read_rows(source: BinaryIO, shape: Shape) -> Iterator[RawRow]:
    """Yield the rows after the header, empty ones left out but counted; raises `UnreadableFile` for an open quote."""
    number = 0
    with _texts(source, shape.encoding) as texts:
        try:
            for number, cells in enumerate(_read(texts, shape.delimiter), 1):
                if number > 1 and any(cells):
                    yield _row(number, cells, shape)
        except csv.Error:
            raise UnreadableFile(
                N_("Row %(row)s cannot be read. Check that every quotation mark is closed.", row=number + 1)
            ) from None


def _row(number: int, cells: list[str], shape: Shape) -> RawRow:
    width = len(cells)
    texts = {key: cells[place].strip() for key, place in shape.places.items() if place < width}
    return RawRow(number, texts, has_surplus=any(cell.strip() for cell in cells[shape.width :]))


def _read(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=delimiter)


# ---------------------------------------------------------------- encoding


def _encoding_of(source: BinaryIO) -> tuple[str, int]:
    """Return the encoding and the number of lines, from one walk over all bytes."""
    source.seek(0)
    head = source.read(4)
    _refuse_other_formats(head)
    if head.startswith(codecs.BOM_UTF8):
        candidates: tuple[str, ...] = ("utf-8-sig",)
    else:
        candidates = ENCODINGS
    lines = 0
    for candidate in candidates:
        try:
            lines = _walk(source, codecs.getincrementaldecoder(candidate)("strict").decode)
        except UnicodeDecodeError:
            continue
        return candidate, lines
    raise UnreadableFile(N_("The letters of the file cannot be read. Save it as CSV UTF-8 and try again."))


def _walk(source: BinaryIO, decode: Callable[[bytes, bool], str]) -> int:
    source.seek(0)
    lines, last = 0, b"\n"
    while chunk := source.read(CHUNK):
        if b"\0" in chunk:
            raise _not_csv()
        decode(chunk, False)
        lines += chunk.count(b"\n")
        last = chunk[-1:]
    decode(b"", True)
    return lines + (last != b"\n")


def _refuse_other_formats(head: bytes) -> None:
    if not head:
        raise UnreadableFile(N_("The file is empty. Choose the file that was exported from the register."))
    if head.startswith((b"PK", b"\xd0\xcf", b"%PDF", codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _not_csv()


def _not_csv() -> UnreadableFile:
    return UnreadableFile(N_("This is not a CSV file. Save the table in Excel as CSV UTF-8 and try again."))


@contextmanager
def _texts(source: BinaryIO, encoding: str) -> Iterator[io.TextIOWrapper]:
    """Read the source as text from its beginning and give it back open."""
    source.seek(0)
    wrapped = io.TextIOWrapper(source, encoding=encoding, newline="")
    try:
        yield wrapped
    finally:
        wrapped.detach()


# ---------------------------------------------------------------- headers


def _shape(cells: list[str], encoding: str, delimiter: str, lines: int) -> Shape:
    places: dict[str, int] = {}
    unknown: list[str] = []
    for place, cell in enumerate(cells):
        key = _KEYS.get(_folded(cell))
        if key is None:
            unknown.extend([cell.strip()] if cell.strip() else [])
        elif key in places:
            raise UnreadableFile(
                N_("The column %(name)s is in the file twice. Leave one of them out.", name=HEADERS[key])
            )
        else:
            places[key] = place
    return Shape(encoding, delimiter, places, len(cells), tuple(unknown), max(lines - 1, 0))


def _folded(header: str) -> str:
    return " ".join(unicodedata.normalize("NFC", header).split()).casefold()


_KEYS: Final = {_folded(name): column.key for column in COLUMNS for name in (column.header, *column.other_headers)}
