"""Puts the web layer on an application. Called once by the factory, before the features' blueprints."""

from pathlib import Path
from typing import Final

from flask import Request
from flask_login import LoginManager, UserMixin
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader

from app.access.actor import Actor
from app.core.crypto import Vault
from app.web import access_log, errors, filters, headers, health, marks, origin, page, texts
from app.web.app import PolkuFlask
from app.web.compress import compress
from app.web.guards import check_guard
from app.web.request import maybe_actor
from app.web.wiring import Ground, Sessions, WebSettings, Wiring

TEMPLATES: Final = Path(__file__).resolve().parent.parent.parent / "templates"
MEGABYTE: Final = 1024 * 1024


class SignedInUser(UserMixin):  # type: ignore[misc] # UserMixin has no types
    """The actor in the shape Flask-Login's `current_user` has."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.id = str(actor.id)


def init_app(app: PolkuFlask, settings: WebSettings, sessions: Sessions, vault: Vault, wiring: Wiring) -> None:
    """Configure the application and hook everything that runs around a view."""
    app.extensions["polku"] = Ground(settings, sessions, vault, wiring)
    _configure(app, settings)
    _init_templates(app)
    texts.init_texts(app)
    filters.init_filters(app)
    marks.init_marks(app)
    page.init_page(app)
    errors.init_errors(app)
    _init_login(app)
    origin.protection.init_app(app)
    app.register_blueprint(health.blueprint)
    app.before_request(access_log.start_clock)
    app.before_request(check_guard)
    app.before_request(origin.check_origin)
    # Run in reverse: the line is written last, of the answer as it is sent.
    app.after_request(access_log.write_line)
    app.after_request(compress)
    app.after_request(headers.add_farewell)
    app.after_request(headers.add_headers)


def _configure(app: PolkuFlask, settings: WebSettings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        # Our own origin check comes first; the referrer is not asked for (ruling 23).
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
        MAX_CONTENT_LENGTH=12 * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=2 * MEGABYTE,
        MAX_FORM_PARTS=2000,
        TEMPLATES_AUTO_RELOAD=app.debug,
    )


def _init_templates(app: PolkuFlask) -> None:
    app.jinja_options = {**app.jinja_options, "trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.loader = ChoiceLoader(
        [
            FileSystemLoader(TEMPLATES),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )


def _init_login(app: PolkuFlask) -> None:
    login = LoginManager()
    login.session_protection = None
    login.init_app(app, add_context_processor=False)
    login.request_loader(_user_of)


def _user_of(_request: Request) -> SignedInUser | None:
    found = maybe_actor()
    return None if found is None else SignedInUser(found)
