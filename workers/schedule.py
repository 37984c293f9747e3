"""The whole table of what is ticked and how often. Ticks decide nothing: each job asks the Helsinki day and the ledger.

A tick that found no worker for as long as its interval is worth nothing, since the next one does its work; so it
expires, and three days without a worker leave no heap behind.
"""

from typing import Any, Final

SHORTEST_LIFE: Final = 30
"""Seconds a tick lives at least: a worker may just be starting."""


def beat_schedule(*, tick_seconds: int, sweep_seconds: int) -> dict[str, dict[str, Any]]:
    """Return the beat table for the intervals of the settings, all in seconds."""
    return {
        "remind": _every(sweep_seconds, "reminders.sweep"),
        "deliver": _every(tick_seconds, "reminders.deliver"),
        "take-up": _every(tick_seconds, "intake.take_up"),
        "clean": _every(5 * tick_seconds, "upkeep.clean"),
    }


def _every(seconds: int, task: str) -> dict[str, Any]:
    return {"task": task, "schedule": float(seconds), "options": {"expires": max(seconds, SHORTEST_LIFE)}}
