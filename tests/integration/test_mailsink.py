"""The local mail sink: a message is a file, whole and private."""

import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import pytest

from config.embedded.mailsink import KEPT, Folder
from tests.launched import ROOT, free_port


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    port, folder = free_port(), tmp_path / "mail"
    process = subprocess.Popen([sys.executable, "-m", "config.embedded.mailsink", str(port), str(folder)], cwd=ROOT)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield port, folder
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def test_a_message_with_finnish_letters_arrives_whole_and_private(sink: tuple[int, Path]) -> None:
    port, folder = sink
    message = EmailMessage(policy=default)
    message["From"], message["To"], message["Subject"] = "polku@localhost", "aino@example.org", "Tarkistus lähestyy"
    message.set_content("Avaa työlista: http://127.0.0.1:8000/tyolista")
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.send_message(message)
    (path,) = folder.glob("*.eml")
    assert path.stat().st_mode & 0o777 == 0o600
    kept = BytesParser(policy=default).parsebytes(path.read_bytes())
    assert (kept["Subject"], kept["X-Envelope-To"]) == ("Tarkistus lähestyy", "aino@example.org")
    body = kept.get_body()
    assert body is not None
    assert "työlista" in body.get_content()
    assert [found.name for found in folder.iterdir()] == [path.name]


def test_the_oldest_messages_make_room(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "mail")
    for number in range(KEPT):
        (folder.path / f"{number:05d}.eml").touch()
    new = folder.store(b"Subject: new\r\n\r\nnew")
    kept = list(folder.path.glob("*.eml"))
    assert len(kept) == KEPT
    assert new in kept
