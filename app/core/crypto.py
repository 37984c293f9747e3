"""Sealing of single fields, and the keyed fingerprints that find them again.

A sealed field is `format (1 byte) | key version (2 bytes) | nonce (12) | AES-256-GCM ciphertext and tag`. The table,
the column, the row's id and the key version are its associated data, so a value copied to another row, column or
table does not open. Each table has a data key of its own, derived from the key-encryption key of that version. Several
versions open, the newest seals: keys change by adding a version and sealing the old rows again at leisure.

Keys live outside the database. Who loses them has lost the data; who has the index key and the database finds every
identity code by trying them all, so it belongs in no backup of the database.
"""

import hmac
import os
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
FORMAT: Final = 1
_NONCE_BYTES: Final = 12
_HEAD_BYTES: Final = 3
_TAG_BYTES: Final = 16
_SHORTEST: Final = _HEAD_BYTES + _NONCE_BYTES + _TAG_BYTES
_HIGHEST_VERSION: Final = 0xFFFF

RowId = UUID | int


class SealBroken(Exception):
    """A sealed field did not open: the key is another, the bytes were changed, or they belong to another row."""


def _derive(key: bytes, purpose: str) -> bytes:
    """Return a key of 32 bytes for one purpose; keys of different purposes tell nothing of each other (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"polku|{purpose}".encode()).derive(key)


def _checked(key: bytes) -> bytes:
    if len(key) != KEY_BYTES:
        message = f"A key must be {KEY_BYTES} bytes, not {len(key)}."
        raise ValueError(message)
    return bytes(key)


class Sealer:
    """Seals and opens the fields of one set of key-encryption keys."""

    def __init__(self, keys: Mapping[int, bytes], purpose: str) -> None:
        """Take the keys by version, 1 to 65535; raises ValueError when there is none or one is not 32 bytes."""
        if not keys or not all(1 <= version <= _HIGHEST_VERSION for version in keys):
            message = f"Give at least one {purpose} key, with versions from 1 to {_HIGHEST_VERSION}."
            raise ValueError(message)
        self._keys: Final = {version: _checked(key) for version, key in keys.items()}
        self._purpose: Final = purpose
        self._newest: Final = max(keys)
        self._ciphers: Final[dict[tuple[int, str], AESGCM]] = {}

    def __repr__(self) -> str:
        """Show which versions there are and never a key."""
        return f"<Sealer {self._purpose} versions {sorted(self._keys)}>"

    @property
    def newest_version(self) -> int:
        """The key version that seals."""
        return self._newest

    def seal(self, table: str, column: str, row_id: RowId, text: str) -> bytes:
        """Return the text sealed for that one field of that one row, under the newest key."""
        nonce = os.urandom(_NONCE_BYTES)
        version = self._newest
        sealed = self._cipher(version, table).encrypt(nonce, text.encode(), _place(table, column, row_id, version))
        return bytes((FORMAT, version >> 8, version & 0xFF)) + nonce + sealed

    def open(self, table: str, column: str, row_id: RowId, blob: bytes) -> str:
        """Return the text of a field sealed for exactly that place, or raise `SealBroken`."""
        version = self.version_of(blob)
        if version not in self._keys:
            message = f"{table}.{column} of row {row_id} is sealed under key version {version}, which is not here."
            raise SealBroken(message)
        place = _place(table, column, row_id, version)
        try:
            return self._cipher(version, table).decrypt(blob[3:15], blob[15:], place).decode()
        except (InvalidTag, UnicodeDecodeError):
            message = f"{table}.{column} of row {row_id} does not open with key version {version}."
            raise SealBroken(message) from None

    def seal_optional(self, table: str, column: str, row_id: RowId, text: str | None) -> bytes | None:
        """Seal a field that may be empty: None stays None; an empty text is a text and is sealed."""
        return None if text is None else self.seal(table, column, row_id, text)

    def open_optional(self, table: str, column: str, row_id: RowId, blob: bytes | None) -> str | None:
        """Open a field that may be empty."""
        return None if blob is None else self.open(table, column, row_id, blob)

    def version_of(self, blob: bytes) -> int:
        """Return the key version a field was sealed under without opening it; `SealBroken` if it is no sealed field."""
        if len(blob) < _SHORTEST or blob[0] != FORMAT:
            message = "These bytes are not a sealed field of a known format."
            raise SealBroken(message)
        return blob[1] << 8 | blob[2]

    def _cipher(self, version: int, table: str) -> AESGCM:
        """Return the cipher of a table, made once: deriving its key costs many times an opening."""
        cipher = self._ciphers.get((version, table))
        if cipher is None:
            cipher = AESGCM(_derive(self._keys[version], f"{self._purpose}|{table}"))
            self._ciphers[version, table] = cipher
        return cipher


def _place(table: str, column: str, row_id: RowId, version: int) -> bytes:
    return f"{table}|{column}|{row_id}|{version}".encode()


class Vault(Sealer):
    """All keyed work of the service: ordinary fields, protected contact data under their own key, fingerprints."""

    def __init__(self, field_keys: Mapping[int, bytes], protected_keys: Mapping[int, bytes], index_key: bytes) -> None:
        """Take the three kinds of keys; raises ValueError when any key serves two purposes."""
        super().__init__(field_keys, "field")
        self.protected: Final = Sealer(protected_keys, "protected")
        every_key = [*field_keys.values(), *protected_keys.values(), index_key]
        if len(set(every_key)) != len(every_key):
            message = "Field keys, protected keys and the index key must all be different."
            raise ValueError(message)
        self._identity_key: Final = _derive(_checked(index_key), "identity")
        self._name_key: Final = _derive(index_key, "name")
        self._match_key: Final = _derive(index_key, "match")
        self.cursor_key: Final = _derive(index_key, "cursor")

    def identity_hash(self, code: str) -> bytes:
        """Return the 32-byte fingerprint of an identity code, given as `parse_identity_code` writes it.

        The century sign counts: 010190-900P and 010190Y900P are two people.
        """
        return hmac.digest(self._identity_key, code.encode(), "sha256")

    def name_token(self, prefix: str) -> int:
        """Return the 64-bit signed fingerprint of a normalised name prefix (`name_prefixes`), fit for a bigint."""
        return int.from_bytes(hmac.digest(self._name_key, prefix.encode(), "sha256")[:8], "big", signed=True)

    def match_hash(self, text: str) -> bytes:
        """Return the 32-byte fingerprint of a text that is matched as a whole, such as name, birth date and start."""
        return hmac.digest(self._match_key, text.encode(), "sha256")
