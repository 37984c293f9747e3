"""Writes come from our own pages: the browser's own word first, the token after it (ruling 23)."""

from typing import Final
from urllib.parse import urlsplit

from flask import current_app, request
from flask_wtf.csrf import CSRFError, CSRFProtect

from app.web.wiring import ground

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
protection: Final = CSRFProtect()


class CrossSiteError(CSRFError):  # type: ignore[misc] # CSRFError has no types
    """A write that another site started."""


def check_origin() -> None:
    """Refuse a write from elsewhere. When the browser tells nothing, the token decides."""
    if request.method in SAFE:
        return
    if request.mimetype == "application/x-www-form-urlencoded":
        # Werkzeug limits the text of a multipart form by itself, of a plain one only through the whole's length.
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]
    told = is_from_us()
    if told is False:
        raise CrossSiteError("origin")
    protection.protect()


def is_from_us() -> bool | None:
    """Return what the browser says of where the request was started; None when it says nothing."""
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        return fetch_site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    if origin is None:
        return None
    ours = {_site(request.host_url), _site(ground().settings.base_url)}
    return origin != "null" and _site(origin) in ours


def _site(address: str) -> tuple[str, str, int | None]:
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        return ("", "", None)
    return (parts.scheme, parts.hostname or "", port or {"http": 80, "https": 443}.get(parts.scheme))
