import hmac
from hashlib import sha256
from time import perf_counter
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from app.core.crypto import SealBroken, Sealer, Vault

ONE, TWO, THREE, FOUR, INDEX = (bytes([number]) * 32 for number in range(1, 6))
VAULT = Vault({1: ONE}, {1: TWO}, INDEX)
ROW = UUID("0b3ed4a6-3f0c-4d6e-9a57-2f7f6d1c9a11")


@given(st.text(), st.uuids() | st.integers(0, 2**63 - 1))
def test_what_was_sealed_opens_in_its_place(text: str, row_id: UUID | int) -> None:
    assert VAULT.open("note", "body", row_id, VAULT.seal("note", "body", row_id, text)) == text


@given(st.text(), st.uuids(), st.uuids())
def test_a_value_moved_to_another_row_does_not_open(text: str, row_id: UUID, other: UUID) -> None:
    blob = VAULT.seal("note", "body", row_id, text)
    if other != row_id:
        with pytest.raises(SealBroken):
            VAULT.open("note", "body", other, blob)


@pytest.mark.parametrize(("table", "column"), [("note", "title"), ("plan", "body")])
def test_a_value_moved_to_another_column_or_table_does_not_open(table: str, column: str) -> None:
    blob = VAULT.seal("note", "body", ROW, "text")
    with pytest.raises(SealBroken):
        VAULT.open(table, column, ROW, blob)


@given(st.text(min_size=1), st.data())
def test_a_single_changed_bit_breaks_the_seal(text: str, data: st.DataObject) -> None:
    blob = bytearray(VAULT.seal("note", "body", ROW, text))
    blob[data.draw(st.integers(0, len(blob) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(SealBroken):
        VAULT.open("note", "body", ROW, bytes(blob))


@given(st.binary(max_size=80))
def test_any_bytes_that_were_never_sealed_are_broken(blob: bytes) -> None:
    with pytest.raises(SealBroken):
        VAULT.open("note", "body", ROW, blob)


def test_another_key_does_not_open() -> None:
    with pytest.raises(SealBroken):
        Vault({1: THREE}, {1: TWO}, INDEX).open("note", "body", ROW, VAULT.seal("note", "body", ROW, "text"))


def test_protected_data_and_fields_do_not_open_each_other() -> None:
    with pytest.raises(SealBroken):
        VAULT.open("sealed_contact", "phone", ROW, VAULT.protected.seal("sealed_contact", "phone", ROW, "040"))
    assert Sealer({1: ONE}, "field").seal("t", "c", ROW, "x")[:3] == b"\x01\x00\x01"
    with pytest.raises(SealBroken):
        Sealer({1: ONE}, "protected").open("t", "c", ROW, VAULT.seal("t", "c", ROW, "the same key, another purpose"))


def test_the_newest_key_seals_and_the_older_still_opens() -> None:
    old = VAULT.seal("note", "body", ROW, "before")
    both = Vault({1: ONE, 300: THREE}, {1: TWO}, INDEX)
    new = both.seal("note", "body", ROW, "after")
    assert (both.version_of(old), both.version_of(new), both.newest_version) == (1, 300, 300)
    assert [both.open("note", "body", ROW, blob) for blob in (old, new)] == ["before", "after"]


def test_a_key_version_taken_away_is_named_in_the_error() -> None:
    old = VAULT.seal("note", "body", ROW, "before")
    with pytest.raises(SealBroken, match="version 1, which is not here"):
        Vault({2: THREE}, {1: TWO}, INDEX).open("note", "body", ROW, old)


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert VAULT.seal("note", "body", ROW, "text") != VAULT.seal("note", "body", ROW, "text")


def test_nothing_stays_nothing_and_an_empty_text_is_sealed() -> None:
    assert VAULT.seal_optional("note", "body", ROW, None) is None
    assert VAULT.open_optional("note", "body", ROW, None) is None
    assert VAULT.open_optional("note", "body", ROW, VAULT.seal_optional("note", "body", ROW, "")) == ""


def test_no_key_and_no_text_shows_in_what_is_printed() -> None:
    assert repr(VAULT) == "<Sealer field versions [1]>"


@pytest.mark.parametrize(
    ("fields", "protected", "index"),
    [
        ({}, {1: TWO}, INDEX),
        ({1: ONE}, {}, INDEX),
        ({0: ONE}, {1: TWO}, INDEX),
        ({65536: ONE}, {1: TWO}, INDEX),
        ({1: ONE[:16]}, {1: TWO}, INDEX),
        ({1: ONE}, {1: TWO}, INDEX[:31]),
        ({1: ONE}, {1: ONE}, INDEX),
        ({1: ONE}, {1: TWO}, ONE),
        ({1: ONE, 2: ONE}, {1: TWO}, INDEX),
    ],
)
def test_keys_that_are_missing_short_or_used_twice_are_refused(
    fields: dict[int, bytes], protected: dict[int, bytes], index: bytes
) -> None:
    with pytest.raises(ValueError, match=r"key|Key"):
        Vault(fields, protected, index)


def test_fingerprints_are_stable_keyed_and_told_apart_by_purpose() -> None:
    code = "050284-932K"
    other = Vault({1: ONE}, {1: TWO}, FOUR)
    assert VAULT.identity_hash(code) == Vault({2: THREE}, {2: FOUR}, INDEX).identity_hash(code)
    assert len({VAULT.identity_hash(code), VAULT.match_hash(code), other.identity_hash(code)}) == 3
    assert len(VAULT.identity_hash(code)) == len(VAULT.match_hash(code)) == 32
    assert VAULT.identity_hash(code) not in {
        sha256(code.encode()).digest(),
        hmac.digest(INDEX, code.encode(), "sha256"),
    }


def test_the_century_sign_makes_another_person() -> None:
    assert VAULT.identity_hash("050284-932K") != VAULT.identity_hash("050284Y932K")


@given(st.text(min_size=1, max_size=10))
def test_a_name_token_fits_a_bigint(prefix: str) -> None:
    assert -(2**63) <= VAULT.name_token(prefix) < 2**63


def test_opening_a_field_costs_little_more_than_the_cipher_itself() -> None:
    """Measured 3.5–4.4 times a bare decryption; deriving the key at each field makes it fifty times."""
    fields = [(row := uuid4(), VAULT.seal("client", "last_name", row, "Virtanen")) for _ in range(200)]
    cipher, nonce = AESGCM(ONE), bytes(12)
    bare = [(row.bytes, cipher.encrypt(nonce, b"Virtanen", row.bytes)) for row, _ in fields]
    ours = theirs = float("inf")
    for _ in range(70):
        began = perf_counter()
        for row, blob in fields:
            VAULT.open("client", "last_name", row, blob)
        between = perf_counter()
        for place, blob in bare:
            cipher.decrypt(nonce, blob, place)
        ours, theirs = min(ours, between - began), min(theirs, perf_counter() - between)
    print(f"opening a field: {ours / theirs:.1f} times a bare decryption")
    assert ours / theirs < 12
