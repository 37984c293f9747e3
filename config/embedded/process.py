"""Child processes that cannot outlive their launcher.

Three nets: every child leads a session of its own, so that its grandchildren can be signalled with it; on Linux the
kernel signals it when the launcher dies; and a watchdog, which holds the launcher's lock and one end of a pipe, ends
whole groups when the pipe closes, however the launcher went.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final, TypeAlias

PR_SET_PDEATHSIG: Final = 1
Process: TypeAlias = subprocess.Popen[bytes]


class StartProblem(Exception):
    """Why a server did not start, in one plain line."""


def die_with_parent(parent: int, death_signal: signal.Signals) -> Callable[[], None]:
    """Make the function that runs in a new child before its program: own session, signal when the parent dies."""

    def prepare() -> None:
        os.setsid()
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(death_signal))
            if os.getppid() != parent:
                os._exit(1)

    return prepare


def group_is_alive(group: int) -> bool:
    """Whether any process of the group still runs; the dead that nobody has reaped do not count."""
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    members = list(_members(group))
    return bool(members) or not Path("/proc/self").exists()


def _members(group: int) -> Iterator[int]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The command name may hold spaces and brackets; the fields after the last bracket are state, ppid, pgrp.
            state, _parent, pgrp = stat.read_text().rpartition(")")[2].split()[:3]
            if int(pgrp) == group and state not in "ZX":
                yield int(stat.parent.name)


def end_groups(groups: Mapping[int, signal.Signals], *, patience: float) -> None:
    """Ask each group to end with its signal, and after ``patience`` seconds kill what is left."""
    for group, number in groups.items():
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, number)
    deadline = time.monotonic() + patience
    while any(group_is_alive(group) for group in groups) and time.monotonic() < deadline:
        time.sleep(0.05)
    for group in groups:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


class Family:
    """The children of one launcher, and the watchdog that ends them if the launcher cannot."""

    def __init__(self, root: Path, *, lock: int | None = None) -> None:
        read_end, self._write_end = os.pipe()
        self._watchdog = subprocess.Popen(
            [sys.executable, "-m", "config.embedded.watchdog"],
            stdin=read_end,
            pass_fds=[lock] if lock is not None else [],
            cwd=root,
            start_new_session=True,
        )
        os.close(read_end)

    def spawn(
        self,
        argv: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | str = "/",
        log: Path | None = None,
        end_with: signal.Signals = signal.SIGTERM,
    ) -> Process:
        """Start a child that ends with this launcher; ``end_with`` is the signal it understands as a request."""
        with _output(log) as output:
            child = subprocess.Popen(
                [str(part) for part in argv],
                env=dict(env) if env is not None else None,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output is not None else None,
                preexec_fn=die_with_parent(os.getpid(), end_with),  # noqa: PLW1509 - the launcher has one thread
            )
        self._tell(f"+{child.pid} {int(end_with)}")
        return child

    def end(self, child: Process, *, with_signal: signal.Signals = signal.SIGTERM, patience: float = 10) -> None:
        """End a child and everything it started."""
        with suppress(ProcessLookupError):
            child.send_signal(with_signal)
        with suppress(subprocess.TimeoutExpired):
            child.wait(patience)
        self.bury(child)

    def bury(self, child: Process) -> None:
        """Kill what a dead child left behind, and forget it."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        self._tell(f"-{child.pid}")

    def close(self) -> None:
        """Let the watchdog end whatever is left, and wait for it."""
        with suppress(OSError):
            os.close(self._write_end)
        self._watchdog.wait()

    def _tell(self, line: str) -> None:
        with suppress(BrokenPipeError):
            os.write(self._write_end, f"{line}\n".encode())


@contextmanager
def _output(log: Path | None) -> Iterator[IO[bytes] | None]:
    if log is None:
        yield None
        return
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as handle:
        yield handle


def process_is_alive(pid: int, program: str = "") -> bool:
    """Whether a process runs, and is the program if one is named; one that is dead but not reaped does not run."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        name, _, fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
    except OSError:
        return not Path("/proc/self").exists()
    return fields.split()[0] not in "ZX" and program in ("", name.partition("(")[2])
