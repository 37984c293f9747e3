"""Polku as script/run starts it, in a folder of its own: for tests that need the real servers, whole."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from config.embedded.lock import socket_folder

ROOT: Final = Path(__file__).resolve().parent.parent
PRODUCT: Final = ("app", "assets", "config", "migrations", "templates", "workers", "pyproject.toml")


class Clone:
    """A folder with a product in it, and its launcher; the servers in it are its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.port = free_port()
        self.process: subprocess.Popen[str] | None = None
        self.said = ""
        root.mkdir(parents=True)
        self.fill()

    def fill(self) -> None:
        """Copy the product, as a fresh clone has it after its build."""
        for name in PRODUCT:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, self.root / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / name, self.root / name)

    def launch(self, **env: str) -> "subprocess.Popen[str]":
        """Start the launcher without waiting for it."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.embedded.supervisor"],
            cwd=self.root,
            env={**kept, "POLKU_ENV": "demo", "PORT": str(self.port), **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        return self.process

    def start(self, **env: str) -> float:
        """Start the launcher and wait for its address; gives the seconds."""
        began = time.monotonic()
        process = self.launch(**env)
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Polku on käynnissä" in line:
                break
        else:
            raise AssertionError("".join(lines) + self.logs())
        self.said = "".join(lines)
        return time.monotonic() - began

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Signal the launcher and wait; gives its code and the seconds."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(60)
        self.close_output()
        return code, time.monotonic() - began

    def kill(self) -> None:
        """Kill the launcher as the kernel would: no chance to clear up."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.close_output()

    def close_output(self) -> None:
        """Let go of the launcher's output."""
        if self.process is not None and self.process.stdout is not None:
            self.process.stdout.close()

    def services(self) -> dict[str, Any]:
        """The launcher's note."""
        found: dict[str, Any] = json.loads((self.root / "var/run/services.json").read_text(encoding="utf-8"))
        return found

    def page(self) -> str:
        """What the web server answers; empty when it does not."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5) as reply:
                return str(reply.read().decode())
        except (urllib.error.URLError, OSError):
            return ""

    def logs(self) -> str:
        """The ends of all logs, for a failure's message."""
        paths = sorted((self.root / "var/log").glob("*.log"))
        return "\n".join(
            f"--- {path.name}\n{path.read_text(encoding='utf-8', errors='replace')[-1500:]}" for path in paths
        )

    def processes(self) -> dict[int, str]:
        """Every process that belongs to this clone: it works in its folder or names it in its command."""
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                place = str((entry / "cwd").readlink())
                dead = (entry / "stat").read_text().rpartition(")")[2].split()[0] in "ZX"
            except OSError:
                continue
            belongs = place.startswith(str(self.root)) or str(self.root) in command or self.socket_name() in command
            if belongs and not dead:
                found[int(entry.name)] = command
        # The backends of PostgreSQL hide their command; they are the children of its postmaster.
        return found

    def socket_name(self) -> str:
        """The name of the folder of sockets of this clone."""
        return socket_folder(self.root).name

    def wait_for(self, seconds: float, condition: Callable[[], bool]) -> float:
        """Wait until the condition holds; gives the seconds it took."""
        began = time.monotonic()
        while not condition():
            if time.monotonic() - began > seconds:
                raise AssertionError(f"not within {seconds} s\n{self.processes()}\n{self.logs()}")
            time.sleep(0.05)
        return time.monotonic() - began

    def cleanup(self) -> None:
        """End whatever a failed test left."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        self.close_output()
        began = time.monotonic()
        while self.processes() and time.monotonic() - began < 15:
            time.sleep(0.1)
        shutil.rmtree(socket_folder(self.root), ignore_errors=True)


def free_port() -> int:
    """A port nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
