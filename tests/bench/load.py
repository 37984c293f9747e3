"""The load: a process of its own that keeps connections busy over plain sockets, and times every page.

Reads one order as JSON from standard input, writes one answer to standard output. Each connection asks for its next
page as soon as it has the last one whole; a search is its POST and the GET it leads to, timed as one.
"""

import json
import selectors
import socket
import sys
import time
from typing import Any, Final

HEAD_END: Final = b"\r\n\r\n"


class Failed(Exception):
    """The server answered something else than the page."""


class Connection:
    """One browser: a socket that stays open, a cookie, and a list of pages it asks for over and over."""

    def __init__(self, port: int, cookie: str, csrf: str, pages: list[dict[str, str]]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        head = f"Host: 127.0.0.1:{port}\r\nCookie: {cookie}\r\nAccept-Encoding: gzip\r\nSec-Fetch-Site: same-origin\r\n"
        self.head = head
        self.gets = [f"GET {page['path']} HTTP/1.1\r\n{head}\r\n".encode() for page in pages if "path" in page]
        self.posts = [self._post(f"csrf_token={csrf}&q={page['words']}") for page in pages if "words" in page]
        self.place = 0
        self.began = 0.0
        self.buffer = bytearray()
        self.need = -1
        self.is_posting = False

    def _post(self, body: str) -> bytes:
        kind = "Content-Type: application/x-www-form-urlencoded\r\n"
        return f"POST /haku HTTP/1.1\r\n{self.head}{kind}Content-Length: {len(body)}\r\n\r\n{body}".encode()

    def ask(self) -> None:
        """Ask for the next page."""
        self.began = time.perf_counter()
        self.is_posting = bool(self.posts)
        wanted = self.posts or self.gets
        self.socket.sendall(wanted[self.place % len(wanted)])
        self.place += 1

    def read(self) -> float | None:
        """Take what has come; when the page is whole, return its seconds."""
        got = self.socket.recv(262_144)
        if not got:
            raise Failed("The server closed the connection.")
        self.buffer += got
        if self.need < 0:
            end = self.buffer.find(HEAD_END)
            if end < 0:
                return None
            self.need = end + 4 + self._length(bytes(self.buffer[:end]).lower())
        if len(self.buffer) < self.need:
            return None
        whole, self.buffer, self.need = bytes(self.buffer[: self.need]), self.buffer[self.need :], -1
        return self._done(whole)

    def _length(self, head: bytes) -> int:
        place = head.find(b"content-length:")
        if place < 0:
            raise Failed(f"No length in {head[:300]!r}")
        return int(head[place + 15 :].split(b"\r\n", 1)[0])

    def _done(self, whole: bytes) -> float | None:
        status = whole[9:12]
        if self.is_posting:
            if status != b"303":
                raise Failed(repr(whole[:600]))
            self.is_posting = False
            head = whole.split(HEAD_END, 1)[0]
            place = head.lower().find(b"location:")
            where = head[place + 9 :].split(b"\r\n", 1)[0].strip().decode()
            self.socket.sendall(f"GET {where} HTTP/1.1\r\n{self.head}\r\n".encode())
            return None
        if status != b"200":
            raise Failed(repr(whole[:600]))
        return time.perf_counter() - self.began


def run(order: dict[str, Any]) -> dict[str, Any]:
    """Keep the connections busy for the ordered seconds and return what was measured after the warm-up."""
    chooser = selectors.DefaultSelector()
    connections = [Connection(order["port"], **one) for one in order["connections"]]
    for connection in connections:
        chooser.register(connection.socket, selectors.EVENT_READ, connection)
    start = time.perf_counter() + order["warm"]
    end = start + order["seconds"]
    times: list[float] = []
    pages = 0
    for connection in connections:
        connection.ask()
    while time.perf_counter() < end:
        for key, _ in chooser.select(timeout=5):
            took = key.data.read()
            if took is None:
                continue
            pages += 1
            if time.perf_counter() > start:
                times.append(took)
            key.data.ask()
    for connection in connections:
        connection.socket.close()
    return {"pages": pages, "rate": len(times) / order["seconds"], **percentiles(times)}


def percentiles(times: list[float]) -> dict[str, float]:
    """Return the median and the 95th percentile in milliseconds."""
    ordered = sorted(times)
    if not ordered:
        raise Failed("No page was whole in time.")
    return {
        "p50": 1000 * ordered[len(ordered) // 2],
        "p95": 1000 * ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)],
    }


if __name__ == "__main__":
    json.dump(run(json.load(sys.stdin)), sys.stdout)
