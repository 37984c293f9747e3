"""JSON logs without personal data.

A line says what happened to which id; it never carries a name, an identity code or what somebody wrote. Two nets under
the authors' care: only fields of a list pass, and anything shaped like an identity code or a mail address is masked.
"""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any, Final

IDENTITY_CODE: Final = re.compile(r"\b\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]\b", re.IGNORECASE)
MAIL_ADDRESS: Final = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")

# A field not named here is dropped: a log line grows by decision, not by accident.
ALLOWED_FIELDS: Final = frozenset(
    {
        "event", "level", "timestamp", "logger", "component", "exception", "error",
        "request_id", "endpoint", "route", "user_id", "kind", "method", "status", "ms", "queries", "bytes",
        "actor_id", "actor_kind", "client_id", "case_id", "duty_id", "message_id", "task", "task_id", "run_id",
        "rule", "range", "rows", "count", "created", "sent", "passed", "failed", "skipped", "attempt", "retries",
        "reason", "limit", "seconds", "port", "host", "version", "revision", "problem", "signal", "pid",
    }
)  # fmt: skip


def mask(text: str) -> str:
    """Blot out whatever looks like an identity code or a mail address."""
    masked = IDENTITY_CODE.sub("[code]", text)
    return MAIL_ADDRESS.sub("[mail]", masked) if "@" in masked else masked


class JsonLines(logging.Formatter):
    """Makes one JSON object of a record: its words, its allowed fields, and its traceback, all of it masked."""

    def __init__(self, component: str) -> None:
        super().__init__()
        self._component = component

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "component": self._component,
        }
        told = record.__dict__.keys() - _OF_EVERY_RECORD
        dropped = sorted(told - ALLOWED_FIELDS)
        line.update((name, record.__dict__[name]) for name in told & ALLOWED_FIELDS)
        if dropped:
            line["problem"] = f"fields not allowed in logs: {', '.join(dropped)}"
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _ENCODER.encode({name: _masked(value) for name, value in line.items()})


def _masked(value: object) -> object:
    return value if value is None or isinstance(value, int | float) else mask(str(value))


# Made once: json.dumps with options makes an encoder for every line.
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False)
_OF_EVERY_RECORD: Final = logging.makeLogRecord({}).__dict__.keys() | {"message", "asctime"}


def configure_logging(component: str, *, level: str = "INFO") -> None:
    """Send every logger's records to stderr, one JSON object a line, from ``component``."""
    # No line tells its file, thread or process: the library's manual says to leave them out then ("Optimization").
    logging._srcfile = None  # noqa: SLF001 - the manual's own way
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(component))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
