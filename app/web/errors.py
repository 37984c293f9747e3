"""Error pages in plain words: what happened, what is saved, what to do, and the number to quote."""

import logging
from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from app.core.errors import DomainError, Forbidden, NotFound
from app.core.texts import N_, Text
from app.web.origin import is_from_us
from app.web.request import apart, maybe_actor, visit
from app.web.texts import say
from app.web.wiring import Denial, ground

log: Final = logging.getLogger("polku.web")


@dataclass(frozen=True, slots=True)
class Words:
    """The page of one status."""

    title: Text
    happened: Text
    kept: Text
    cure: Text


NOTHING_LOST: Final = N_("Nothing was changed. What was saved before is still there.")
GO_BACK: Final = N_("Go back to the page before, or start from the front page.")

WORDS: Final[dict[int, Words]] = {
    400: Words(
        N_("The form could not be received"),
        N_("The page had been open too long, or the form came from somewhere else."),
        N_("Nothing was saved from this form."),
        N_("Open the page again and send the form from there."),
    ),
    401: Words(
        N_("Sign in to go on"),
        N_("Your session has ended."),
        N_("Nothing was saved from this form. A draft that said it was saved is still there."),
        N_("Sign in and open the page again."),
    ),
    403: Words(
        N_("You may not do this"),
        N_("Your role does not allow this."),
        NOTHING_LOST,
        N_("If it belongs to your work, ask your supervisor for the right."),
    ),
    404: Words(
        N_("The page was not found"),
        N_("There is nothing to show at this address."),
        NOTHING_LOST,
        N_("Check the address, or look the client up by name or reference."),
    ),
    405: Words(
        N_("This cannot be done here"),
        N_("The address cannot be used in this way."),
        NOTHING_LOST,
        GO_BACK,
    ),
    409: Words(
        N_("This has changed meanwhile"),
        N_("The record was changed after you opened it."),
        N_("What you sent now was not saved. What was saved before is still there."),
        N_("Open the page again, look at what changed, and do your change anew."),
    ),
    413: Words(
        N_("The file is too large"),
        N_("What you sent is larger than 12 megabytes."),
        N_("Nothing was saved."),
        N_("Send a smaller file."),
    ),
    422: Words(
        N_("This could not be done"),
        N_("The values cannot be accepted."),
        NOTHING_LOST,
        N_("Go back, correct the values and send them again."),
    ),
    429: Words(
        N_("Too many tries"),
        N_("The same thing was tried too often in a short time."),
        NOTHING_LOST,
        N_("Wait a few minutes and try again."),
    ),
    500: Words(
        N_("Something broke"),
        N_("The fault is in the system, not in what you did."),
        N_("What you were just doing was not saved. What was saved before is still there."),
        N_("Try again in a moment. If it happens again, tell your support the number below."),
    ),
    503: Words(
        N_("The service is not available right now"),
        N_("The system cannot reach its database."),
        N_("What you were just doing was not saved. What was saved before is still there."),
        N_("Try again in a few minutes."),
    ),
}
# Pages that must stand when the database, and so the session, may be gone.
BARE: Final = frozenset({500, 503})


def init_errors(app: Flask) -> None:
    """Answer every failure with a page of ours."""
    app.register_error_handler(DomainError, on_domain_error)
    app.register_error_handler(CSRFError, on_forged)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(OperationalError, on_database_gone)
    app.register_error_handler(Exception, on_unexpected)


def on_domain_error(error: DomainError) -> ResponseReturnValue:
    """Say why the act was refused and give back what was typed; what was denied is recorded."""
    if isinstance(error, (Forbidden, NotFound)):
        _record_denial(error.status)
    return error_page(error.status, happened=say(error.message), typed=typed_text())


def on_forged(_error: CSRFError) -> ResponseReturnValue:
    """Give back the text of a form whose token had gone stale; a form of another site gets nothing back."""
    return error_page(400, typed=typed_text())


def on_http_error(error: HTTPException) -> ResponseReturnValue:
    """Answer the statuses that Flask itself raises; a redirect passes."""
    status = error.code or 500
    original = getattr(error, "original_exception", None)
    if isinstance(original, OperationalError):
        # It failed before the request reached a view, while its session was looked up.
        return on_database_gone(original)
    if status < 400:
        return error
    answer = error_page(status, typed=typed_text() if status == 401 else ())
    kept = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    return *answer, kept


def on_database_gone(error: OperationalError) -> ResponseReturnValue:
    """Say that the service is away, without a word of what the database said."""
    log.error("database unavailable", extra={"request_id": visit().request_id, "kind": type(error.orig).__name__})
    return error_page(503)


def on_unexpected(error: Exception) -> ResponseReturnValue:
    """Log the fault under the number the page shows."""
    if current_app.testing and current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    log.error("unexpected error", exc_info=error, extra={"request_id": visit().request_id})
    return error_page(500)


def error_page(status: int, happened: str = "", typed: tuple[str, ...] = ()) -> tuple[str, int]:
    """Render the page of a status in the layout that still works."""
    words = WORDS.get(status) or WORDS[400 if status < 500 else 500]
    layout = "layouts/bare.html" if status in BARE or not _knows_session() else "layouts/base.html"
    page = render_template(
        "errors/page.html",
        layout=layout,
        status=status,
        words=words,
        happened=happened or say(words.happened),
        typed=typed,
        error_id=visit().request_id,
    )
    return page, status


def typed_text() -> tuple[str, ...]:
    """Return what a person had written in the form, to be copied; secrets and what another site sent are left out."""
    if request.method != "POST" or is_from_us() is not True:
        return ()
    return tuple(
        value
        for name, value in request.form.items(multi=True)
        if value.strip() and " " in value.strip() and "password" not in name and name not in {"csrf_token", "once"}
    )


def _record_denial(status: int) -> None:
    who = maybe_actor()
    if who is None or request.endpoint is None:
        return
    denial = Denial(
        actor=who,
        status=status,
        endpoint=request.endpoint,
        view_args={name: str(value) for name, value in (request.view_args or {}).items()},
        request_id=visit().request_id,
        at=visit().moment,
    )
    try:
        with apart() as own:
            ground().wiring.record_denial(own, denial)
    except Exception:
        # The denial stands whatever happens to its record.
        log.exception("denial not recorded", extra={"request_id": denial.request_id})


def _knows_session() -> bool:
    try:
        return maybe_actor() is not None
    except Exception:
        log.exception("session unreadable", extra={"request_id": visit().request_id})
        return False
