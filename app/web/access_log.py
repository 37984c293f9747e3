"""One line a request, without what could tell of a client: no query string, no form, no name."""

import logging
from time import perf_counter
from typing import Final

from flask import Response, g, request

from app.web.metrics import observe
from app.web.request import visit

log: Final = logging.getLogger("polku.access")
QUIET: Final = frozenset({"static", "ground.alive", "ground.ready", "ground.metrics"})


def start_clock() -> None:
    """Note when the request began."""
    g.began = perf_counter()


def write_line(response: Response) -> Response:
    """Write the line and count the request. The address is the route's pattern, not what was put into it."""
    seconds = perf_counter() - g.get("began", perf_counter())
    route = request.url_rule.rule if request.url_rule else "-"
    observe(request.method, route, response.status_code, seconds)
    response.headers["X-Request-Id"] = visit().request_id
    if request.endpoint not in QUIET:
        who = visit().actor
        log.info(
            "request",
            extra={
                "request_id": visit().request_id,
                "method": request.method,
                "route": route,
                "status": response.status_code,
                "ms": round(seconds * 1000, 1),
                "user_id": str(who.id) if who is not None else None,
            },
        )
    return response
