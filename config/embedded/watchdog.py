"""Ends the children of a launcher that is gone: `python -m config.embedded.watchdog`, started by process.Family.

It reads which process groups live and with which signal each ends (`+GROUP SIGNAL`, `-GROUP`). When the pipe closes, it
ends those left. It inherits the launcher's lock, so the next start waits until nothing of the last one runs.
"""

import signal
import sys

from config.embedded.process import end_groups

PATIENCE = 4.0  # seconds between the request and the kill; what PostgreSQL committed survives the kill too


def main() -> None:
    """Remember the groups of the pipe until it closes, then end them."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: dict[int, signal.Signals] = {}
    for line in sys.stdin:
        group, _, number = line[1:].partition(" ")
        if line.startswith("+"):
            groups[int(group)] = signal.Signals(int(number))
        else:
            groups.pop(int(group), None)
    end_groups(groups, patience=PATIENCE)


if __name__ == "__main__":
    main()
