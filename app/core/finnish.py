"""Finnish alphabetical order, the same in Python as in the database.

No collation is asked of the server: the ones that know Finnish are missing from many of them. The database has a
function `fi_key` instead, and lists of names that are decrypted here are sorted by this twin of it.
"""

from typing import Final

# å, ä and ö become the three characters right after z; other accented letters stand with their base letter.
FI_KEY_FROM: Final = "åäöæøõüéèáàêíóúšžñ"
FI_KEY_TO: Final = "{|}|}oueeaaeiouszn"

_TABLE: Final = str.maketrans(FI_KEY_FROM, FI_KEY_TO)


def fi_key(text: str) -> str:
    """Return the key that sorts a text into Finnish order by plain code points; equal to SQL `fi_key(text)`."""
    return "".join(map(_lower, text)).translate(_TABLE)


def _lower(character: str) -> str:
    """Lower one letter by itself: the database knows no word-final sigma and makes a plain i of a dotted capital I."""
    return "i" if character == "İ" else character.lower()


def sort_key(*parts: str) -> tuple[str, ...]:
    """Return the key of a row sorted by several texts: all of them in Finnish order, then as they are written.

    Twin of `ORDER BY fi_key(a) COLLATE "C", fi_key(b) COLLATE "C", a COLLATE "C", b COLLATE "C"`.
    """
    return (*map(fi_key, parts), *parts)
