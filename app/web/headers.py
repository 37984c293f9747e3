"""Response headers that hold on every answer, error pages included."""

from typing import Final

from flask import Response, request
from flask.globals import request_ctx

from app.web.session import PolkuSession

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
FIXED: Final = (
    ("Content-Security-Policy", CSP),
    ("X-Content-Type-Options", "nosniff"),
    # same-origin, not no-referrer: some form protection needs to see our own pages.
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("X-Frame-Options", "DENY"),
)
HSTS: Final = "max-age=63072000; includeSubDomains"
FOREVER: Final = "public, max-age=31536000, immutable"


def add_headers(response: Response) -> Response:
    """Put the fixed headers on, and forbid every cache to keep what is not a static file."""
    headers = response.headers
    headers.extend(FIXED)
    if request.is_secure:
        headers["Strict-Transport-Security"] = HSTS
    if request.endpoint == "static" and response.status_code in {200, 304}:
        headers["Cache-Control"] = FOREVER if request.args.get("v") else "no-cache"
    else:
        headers["Cache-Control"] = "no-store"
        headers.add("Vary", "HX-Request")
    return response


def add_farewell(response: Response) -> Response:
    """On sign-out ask the browser to drop what it kept."""
    ended = _session()
    if ended is not None and ended.has_ended:
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _session() -> PolkuSession | None:
    # The bare session: the proxy would fail on an answer that was made before the session could be opened.
    found = request_ctx._session  # noqa: SLF001 - see above
    return found if isinstance(found, PolkuSession) else None
