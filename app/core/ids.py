"""Identifiers of rows."""

from uuid import UUID, uuid4


def new_id() -> UUID:
    """Return a random identifier (version 4), made here because sealing a field needs the row's id before the row."""
    return uuid4()


def read_id(text: str) -> UUID | None:
    """Return an id as an address or a form spells it, or None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None
