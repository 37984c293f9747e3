"""Rendering: whole pages, fragments, redirects."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, current_app, make_response, redirect, render_template, request, url_for
from markupsafe import Markup

from app.core.paging import Page
from app.web.guards import lets_in
from app.web.request import maybe_actor, signed_in_session, visit
from app.web.texts import gettext, language
from app.web.wiring import NavItem, ground

WARN_SECONDS: Final = 120
CURSOR: Final = "sivu"


def page(template: str, status: int | None = None, **context: Any) -> Response:  # noqa: ANN401 - a page's own things
    """Render a whole page; a page that shows refused values answers 422, or 409 when somebody else was first."""
    text = render_template(template, **context)
    return make_response(text, status or visit().status or _status_of(context.get("form")))


def fragment(template: str, *, said: str = "", status: int | None = None, **context: Any) -> Response:  # noqa: ANN401 - what a template is given
    """Render a part of a page; `said` goes to the status region out of band."""
    text = render_template(template, **context)
    if said:
        text += render_template("components/said.html", said=said)
    return make_response(text, status or visit().status or _status_of(context.get("form")))


def wants_fragment() -> bool:
    """Whether htmx asks for a part of the page; going back asks for the whole."""
    headers = request.headers
    return (
        "HX-Request" in headers
        and "HX-Boosted" not in headers
        and "HX-History-Restore-Request" not in headers
        and headers.get("HX-Request-Type") != "full"
    )


def see_other(location: str) -> Response:
    """Send the browser to the page that shows what was done."""
    answer = redirect(location, 303)
    if wants_fragment():
        # fetch follows a redirect by itself; htmx is told to leave the page instead.
        return make_response("", 204, {"HX-Redirect": location})
    return make_response(answer)


class Neighbours(NamedTuple):
    """The addresses of the pages before and after, or None."""

    previous: str | None
    next: str | None


def asked_cursor() -> str | None:
    """Return the place in the list that the address asks for; an unreadable one is the first page's."""
    return request.args.get(CURSOR)


def neighbours(rows: Page[Any]) -> Neighbours:
    """Return the addresses of a list's next pages: this address, filters kept, with another place."""
    return Neighbours(_at(rows.previous_cursor), _at(rows.next_cursor))


def _at(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != CURSOR]
    return f"{request.path}?{urlencode([*kept, (CURSOR, cursor)])}"


def _status_of(form: Any) -> int:  # noqa: ANN401 - any form or none
    return 422 if form is not None and request.method == "POST" and form.errors else 200


def init_page(app: Flask) -> None:
    """Give the templates what the base layout shows."""
    app.jinja_env.globals.update(
        asset=asset,
        script_words=script_words,
        frame=frame,
        can_reach=can_reach,
        sign_in_address=sign_in_address,
        page_language=language,
    )


class Frame:
    """What the base layout needs of the request, read when the layout is rendered and not before."""

    def __init__(self) -> None:
        self.actor = maybe_actor()
        stored = signed_in_session()
        self.wiring = ground().wiring
        self.theme = stored.theme if stored else ""
        self.density = stored.density if stored else ""
        self.nav: list[tuple[NavItem, bool]] = self._nav()
        self.idle = stored.idle_seconds if stored else 0
        self.left = int((stored.ends_at - visit().moment).total_seconds()) if stored else 0
        self.warn = WARN_SECONDS
        self.is_signed_in = self.actor is not None
        self.may_search = lets_in(self.wiring.search_endpoint)

    def _nav(self) -> list[tuple[NavItem, bool]]:
        if self.actor is None:
            return []
        items = self.wiring.nav_items(self.actor)
        here, section = request.endpoint, request.blueprint
        return [(item, item.endpoint == here or section in item.sections) for item in items]


def frame() -> Frame:
    """Return the frame of the page being rendered."""
    return Frame()


def can_reach(endpoint: str | None) -> bool:
    """Whether an endpoint exists: a link is shown from the day its page works."""
    return endpoint is not None and endpoint in current_app.view_functions


def sign_in_address() -> str:
    """Return where to sign in; from there the way leads back to the page of ours that the form was on."""
    came_from = urlsplit(request.referrer or "")
    back = came_from.path + (f"?{came_from.query}" if came_from.query else "")
    return url_for(ground().wiring.sign_in_endpoint, next=back if back and came_from.netloc == request.host else None)


def asset(name: str) -> str:
    """Return the address of a static file with a digest of its content, so that browsers may keep it for good."""
    return _asset(current_app.static_folder or "", current_app.static_url_path or "", name)


@lru_cache(maxsize=64)
def _asset(folder: str, address: str, name: str) -> str:
    path = Path(folder) / name
    digest = "?v=" + hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""
    return f"{address}/{name}{digest}"


def script_words() -> Markup:
    """Return what the script may have to say, in the page's language, as attributes of the body."""
    return _script_words(language())


@lru_cache(maxsize=8)
def _script_words(_language: str) -> Markup:
    words = {
        "failed": gettext("The action did not succeed. What you wrote is still on the page. Try again."),
        "offline": gettext("No connection. What you wrote is still on the page. Try again in a moment."),
        "expired": gettext("Your session has ended. Copy what you wrote and sign in again in another tab."),
        "draft-saved": gettext("Draft saved at"),
        "draft-failed": gettext(
            "The draft could not be saved. Keep the page open; saving is tried again when you go on typing."
        ),
        "ending": gettext("Your session ends in two minutes. Press the button if you want to go on."),
    }
    return Markup("").join(Markup(' data-say-{}="{}"').format(name, text) for name, text in words.items())
