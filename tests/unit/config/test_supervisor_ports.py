"""The mail sink starts before the web server and must not take its port."""

import socket
import threading
from collections.abc import Iterator
from typing import Self

import pytest

from config.embedded import supervisor


class Ports:
    """Gives out ports in the order wanted, as the system might."""

    def __init__(self, wanted: list[int]) -> None:
        self.wanted = wanted

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        return None

    def bind(self, _address: tuple[str, int]) -> None:
        self.found = self.wanted.pop(0)

    def getsockname(self) -> tuple[str, int]:
        return "127.0.0.1", self.found


def test_the_mail_sink_is_given_another_port_than_the_web_server(monkeypatch: pytest.MonkeyPatch) -> None:
    ports = [8000, 8000, 8025]
    monkeypatch.setattr(socket, "socket", lambda: Ports(ports))
    assert supervisor._free_port(but=8000) == 8025


@pytest.fixture
def mail_speaker() -> Iterator[int]:
    """A port where somebody greets as a mail server does."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            visitor, _ = server.accept()
            with visitor:
                visitor.sendall(b"220 mail at your service\r\n")
                visitor.recv(1024)

        thread = threading.Thread(target=greet)
        thread.start()
        yield int(server.getsockname()[1])
        thread.join(5)


def test_somebody_who_does_not_speak_http_is_not_the_web_server(mail_speaker: int) -> None:
    assert not supervisor._answers(f"http://127.0.0.1:{mail_speaker}/readyz")
