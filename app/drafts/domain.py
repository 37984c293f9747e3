"""What somebody is typing, in plain Python: which fields are kept, and how a draft looks to its form (ruling 25)."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from app.core.errors import NotFound, Refused
from app.core.texts import N_

KEPT_FOR: Final = timedelta(days=30)
LONGEST_BODY: Final = 200_000
NOT_KEPT: Final = frozenset({"csrf_token", "once", "version", "submit"})
# Under address protection these may rest under the protected key only, never in a draft (ruling 1).
CONTACT: Final = frozenset({"municipality", "municipality_code", "address", "phone", "email"})
FORM_NAME: Final = re.compile(r"[a-z][a-z0-9_.-]{0,59}")
_NAMESPACE: Final = UUID("8d6cbb1c-8d5f-4c0e-9c43-5a1b0c8e7f21")

Values = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft as its author finds it again.

    `values` holds every field with all its values: `MyForm(formdata=MultiDict(draft.values))` fills a form with it.
    `base_version` is the version of the record the form was opened on; when the record has a later one, somebody has
    changed it since.
    """

    form: str
    subject_id: UUID
    base_version: int
    values: Mapping[str, list[str]]
    saved_at: datetime

    @property
    def fields(self) -> dict[str, str]:
        """The fields with one value each, the first; empty ones too."""
        return {name: values[0] if values else "" for name, values in self.values.items()}


def draft_id(user_id: UUID, form: str, subject_id: UUID) -> UUID:
    """Return the one id that the draft of this user, form and subject has, so that saving it is one statement."""
    return uuid5(_NAMESPACE, f"{user_id}|{form}|{subject_id}")


def check_form_name(form: str) -> str:
    """Return the name of a form, small letters with dots or lines, or raise `NotFound`."""
    if not FORM_NAME.fullmatch(form):
        raise NotFound
    return form


def pack(fields: Values) -> str:
    """Return the fields as the text that is sealed; passwords, keys of the form and protected contact data left out.

    Raises `Refused` for more text than any form of the service takes.
    """
    many = {name: [value] if isinstance(value, str) else list(value) for name, value in fields.items()}
    left_out = NOT_KEPT | (CONTACT if any(many.get("is_protected", ())) else frozenset())
    kept = {name: values for name, values in many.items() if name not in left_out and "password" not in name}
    text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    if len(text) > LONGEST_BODY:
        raise Refused(N_("The draft is too long to be kept. Save the form, or shorten the text."))
    return text


def unpack(text: str) -> dict[str, list[str]]:
    """Return the fields of a sealed text."""
    return {str(name): [str(value) for value in values] for name, values in json.loads(text).items()}
