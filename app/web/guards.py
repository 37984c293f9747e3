"""Every view says who may open it; a view that says nothing stops the start."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from flask import Flask, current_app, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import InternalServerError, Unauthorized

from app.access import policy
from app.access.permissions import Permission
from app.access.predicates import Predicate, Subject, works_with_clients
from app.core.errors import Forbidden
from app.core.texts import N_
from app.web.request import actor, maybe_actor
from app.web.wiring import ground

View = TypeVar("View", bound=Callable[..., Any])
MARK: Final = "polku_guard"
NOTHING: Final = Subject()


@dataclass(frozen=True, slots=True)
class Guard:
    """Who may open a view: anybody, anybody signed in, or those who may do something to something."""

    is_public: bool = False
    permission: Permission | None = None


class UnguardedViewError(RuntimeError):
    """A view without a guard, or with two."""


def public(view: View) -> View:
    """Let anybody in: sign-in, statements, health."""
    return _mark(view, Guard(is_public=True))


def signed_in(view: View) -> View:
    """Let in everybody who has signed in; what they see is decided by the queries."""
    return _mark(view, Guard())


def requires(permission: Permission) -> Callable[[View], View]:
    """Let in those whom the permission could allow for some record; the service decides about the one at hand."""

    def mark(view: View) -> View:
        return _mark(view, Guard(permission=permission))

    return mark


def guard_of(app: Flask, endpoint: str) -> Guard | None:
    """Return the guard of an endpoint's view, or None."""
    found: Guard | None = getattr(app.view_functions.get(endpoint), MARK, None)
    return found


def lets_in(endpoint: str | None) -> bool:
    """Whether the endpoint exists and its guard would let the one who asks in: what it would not is not offered."""
    guard = guard_of(current_app, endpoint) if endpoint else None
    if guard is None or maybe_actor() is None:
        return guard is not None and guard.is_public
    return guard.permission is None or _could(guard.permission)


def assert_all_guarded(app: Flask) -> None:
    """Refuse to start while any route lacks a guard; called by the factory after the last blueprint."""
    bare = sorted(
        {rule.endpoint for rule in app.url_map.iter_rules() if guard_of(app, rule.endpoint) is None} - {"static"}
    )
    if bare:
        raise UnguardedViewError(f"these views carry no guard: {', '.join(bare)}")


def check_guard() -> ResponseReturnValue | None:
    """Turn away whoever the view's guard does not let in; before every request."""
    endpoint = request.endpoint
    if endpoint is None or endpoint == "static":
        return None
    guard = guard_of(current_app._get_current_object(), endpoint)  # type: ignore[attr-defined]  # noqa: SLF001 - the proxy is typed as what it stands for
    if guard is None:
        # Only a route added after the start-up check can get here; it stays shut.
        raise InternalServerError
    if guard.is_public:
        return None
    if maybe_actor() is None:
        return _ask_to_sign_in()
    if guard.permission is not None and not _could(guard.permission):
        raise Forbidden(N_("Your role does not allow this."))
    return None


def _could(permission: Permission) -> bool:
    lines = policy.RULES[permission]
    who = actor()
    # A rule about a record cannot be settled without the record; a rule about the role can.
    return any(all(not _asks_role(holds) or holds(who, NOTHING) for holds in line) for line in lines)


def _asks_role(holds: Predicate) -> bool:
    return holds is works_with_clients or holds.__name__.startswith("has_role_")


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.method not in {"GET", "HEAD"} or "Polku-Autosave" in request.headers:
        raise Unauthorized
    if request.headers.get("HX-Request"):
        return "", 401, {"HX-Redirect": url_for(ground().wiring.sign_in_endpoint)}
    session["next"] = request.full_path.rstrip("?")
    return "", 303, {"Location": url_for(ground().wiring.sign_in_endpoint)}


def _mark(view: View, guard: Guard) -> View:
    if hasattr(view, MARK):
        raise UnguardedViewError(f"{view.__module__}.{view.__name__} carries two guards")
    setattr(view, MARK, guard)
    return view
