"""Address protection (turvakielto) in plain Python: what is sealed, and who may open it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

REMOVED: Final = "-"
"""Typed in a field of sealed contact data: take the value away. An empty field leaves it as it was."""


@dataclass(frozen=True, slots=True)
class SealedContactView:
    """The contact data of a person with address protection, opened for one reading."""

    municipality_code: str | None = None
    address: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class HandlerView:
    """A user who may open the sealed contact data, and by whose word."""

    user_id: UUID
    since: datetime
    granted_by: UUID | None
    reason: str | None

    @property
    def is_by_assignment(self) -> bool:
        """Whether the right came with being the responsible worker, and goes with it."""
        return self.granted_by is None
