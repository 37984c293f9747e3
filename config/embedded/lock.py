"""One launcher per clone, and a note of where its servers answer."""

import fcntl
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from config.embedded.process import StartProblem, process_is_alive


@contextmanager
def locked(root: Path, *, patience: float = 15) -> Iterator[int]:
    """Hold ``var/lock`` and yield its descriptor.

    Waits ``patience`` seconds, since the watchdog of a launcher that was killed needs a moment to clear up.
    """
    path = root / "var" / "lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + patience
        while not _taken(handle):
            pid = running_pid(root)
            if time.monotonic() > deadline or (pid is not None and process_is_alive(pid)):
                raise StartProblem(f"Polku already runs in this folder (pid {pid or 'unknown'}).")
            time.sleep(0.1)
        yield handle
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_locked(root: Path) -> bool:
    """Whether a launcher, or its watchdog, is at work in this folder."""
    path = root / "var" / "lock"
    if not path.exists():
        return False
    handle = os.open(path, os.O_RDWR)
    try:
        return not _taken(handle)
    finally:
        os.close(handle)


def write_services(root: Path, services: Mapping[str, Any]) -> None:
    """Note, readable by the owner only, the environment and the pids of the servers that run."""
    path = root / "var" / "run" / "services.json"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(services, indent=1, sort_keys=True), encoding="utf-8")
    fresh.replace(path)


def read_services(root: Path) -> dict[str, Any] | None:
    """Read that note, or None when nothing runs; a note left by a killed launcher does not count."""
    path = root / "var" / "run" / "services.json"
    if not path.exists() or not is_locked(root):
        return None
    services: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return services


def forget_services(root: Path) -> None:
    """Take the note away."""
    (root / "var" / "run" / "services.json").unlink(missing_ok=True)


def running_pid(root: Path) -> int | None:
    """Tell the pid in the note, if there is one."""
    try:
        return int(json.loads((root / "var" / "run" / "services.json").read_text(encoding="utf-8"))["pid"])
    except (OSError, ValueError, KeyError):
        return None


def socket_folder(root: Path) -> Path:
    """Make the folder of the sockets: short, private, and the same for every start of the same clone.

    A socket path may have 107 bytes at most, so it cannot lie in a deep clone.
    """
    name = f"polku-{os.geteuid()}-{sha256(str(root.resolve()).encode()).hexdigest()[:12]}"
    folder = Path(tempfile.gettempdir()) / name
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != os.geteuid() or found.st_mode & 0o066:
        raise StartProblem(f"{folder} belongs to somebody else or is open to others: remove it and start again.")
    return folder
