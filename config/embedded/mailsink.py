"""The demo's post office: keeps every message as one file and delivers none.

`python -m config.embedded.mailsink PORT FOLDER` listens on 127.0.0.1. A message gets its name when it is whole.
"""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Final
from uuid import uuid4

from aiosmtpd.smtp import SMTP, Envelope, Session

KEPT: Final = 2000  # messages; older ones go
MAX_BYTES: Final = 1_000_000


class Folder:
    """Writes messages into a folder, one file each."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True, mode=0o700)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Store a message before it is acknowledged."""
        content = envelope.content or b""
        head = "".join(f"X-Envelope-To: {address}\r\n" for address in envelope.rcpt_tos).encode()
        await asyncio.to_thread(self.store, head + (content.encode() if isinstance(content, str) else content))
        return "250 OK"

    def store(self, message: bytes) -> Path:
        """Write one message; readers see it whole or not at all."""
        name = uuid4().hex
        fresh = self.path / f".{name}.new"
        fresh.touch(mode=0o600)
        fresh.write_bytes(message)
        final = fresh.rename(self.path / f"{name}.eml")
        for old in sorted(self.path.glob("*.eml"), key=_written)[:-KEPT]:
            old.unlink(missing_ok=True)
        return final


def _written(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


async def serve(port: int, folder: Path) -> None:
    """Accept mail until the process is asked to end."""
    loop = asyncio.get_running_loop()
    handler = Folder(folder)
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="polku.invalid", data_size_limit=MAX_BYTES, enable_SMTPUTF8=True),
        "127.0.0.1",
        port,
    )
    async with server:
        await ended.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
