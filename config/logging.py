"""JSON logs without personal data.

A line says what happened to which id; it never carries a name, an identity code or what somebody wrote. Two nets under
the authors' care: only fields of a list pass, and anything shaped like an identity code or a mail address is masked.
"""

import logging
import logging.config
import re
from collections.abc import MutableMapping
from typing import Any, Final

import structlog
from structlog.typing import Processor

EventDict = MutableMapping[str, Any]

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
    return MAIL_ADDRESS.sub("[mail]", IDENTITY_CODE.sub("[code]", text))


def only_allowed_fields(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Keep the fields of the list; name those that were dropped, so that their author notices."""
    dropped = sorted(key for key in event if key not in ALLOWED_FIELDS and not key.startswith("_"))
    for key in dropped:
        del event[key]
    if dropped:
        event["problem"] = f"fields not allowed in logs: {', '.join(dropped)}"
    return event


def mask_values(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Mask every text of the line, tracebacks included."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = mask(value)
    return event


def configure_logging(component: str, *, level: str = "INFO") -> None:
    """Send structlog and the standard library's loggers to stderr, one JSON object a line, from ``component``."""

    def name_component(_logger: object, _method: str, event: EventDict) -> EventDict:
        event["component"] = component
        return event

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        name_component,
    ]
    # What the standard library's loggers are given as `extra`; the list below decides what of it stays.
    foreign: list[Processor] = [*shared, structlog.stdlib.ExtraAdder()]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=foreign,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            only_allowed_fields,
            mask_values,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
