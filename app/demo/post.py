"""Reads what the demo's post office has kept: one file a message, delivered to nobody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as a visitor of the demo reads it; `sent_at` None: the message does not say."""

    name: str
    to: str
    sender: str
    subject: str
    sent_at: datetime | None
    body: str


def letters_in(folder: Path, *, limit: int = SHOWN) -> list[Letter]:
    """Return the newest messages of the folder, newest first; no folder, no messages."""
    paths = sorted(((_written(path), path.name, path) for path in _messages(folder)), reverse=True)
    letters = (_letter(path) for _, _, path in paths[:limit])
    return [letter for letter in letters if letter is not None]


def _messages(folder: Path) -> Iterable[Path]:
    return folder.glob("*.eml") if folder.is_dir() else ()


def _written(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _letter(path: Path) -> Letter | None:
    """Return the message, or None when the post office has thrown it away meanwhile."""
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    message = message_from_bytes(raw, policy=policy.default)
    return Letter(
        name=path.stem,
        to=str(message["X-Envelope-To"] or message["To"] or ""),
        sender=str(message["From"] or ""),
        subject=str(message["Subject"] or ""),
        sent_at=_sent_at(message),
        body=_body(message),
    )


def _sent_at(message: EmailMessage) -> datetime | None:
    try:
        found = parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _body(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain",))
    return str(part.get_content()).strip() if part is not None else ""
