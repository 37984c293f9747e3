"""Identifiers of rows."""

from uuid import UUID, uuid4


def new_id() -> UUID:
    """Return a random identifier (version 4), made here because sealing a field needs the row's id before the row."""
    return uuid4()
