"""What a monitoring system reads: counts and durations by route, behind a bearer token."""

import hmac
from typing import Final

from flask import Response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from werkzeug.exceptions import NotFound

from app.web.wiring import ground

REGISTRY: Final = CollectorRegistry()
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
REQUESTS: Final = Counter("polku_requests", "Requests answered.", ("method", "route", "status"), registry=REGISTRY)
SECONDS: Final = Histogram("polku_request_seconds", "Time to answer.", ("route",), registry=REGISTRY, buckets=BUCKETS)


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request under its route's pattern, so that no id becomes a label."""
    REQUESTS.labels(method if method in {"GET", "POST"} else "OTHER", route, f"{status // 100}xx").inc()
    SECONDS.labels(route).observe(seconds)


def read_metrics() -> Response:
    """Return the figures to whoever has the token; to others, and when no token is set, the page does not exist."""
    token = ground().settings.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise NotFound
    return Response(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)
