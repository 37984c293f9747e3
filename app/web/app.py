"""The Flask application class: one request is one transaction (ruling 20)."""

from typing import Any

from flask import Flask
from flask.templating import Environment
from flask.typing import ResponseReturnValue
from jinja2 import Template
from jinja2.runtime import Context
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from app.web import request as visits
from app.web.session import PolkuSessions


class SharedTemplate(Template):
    """A template whose macros, imported without context, are made once.

    Jinja compares all names of both templates at each import, to see whether one was given globals of its own; here
    none ever is, and the comparing cost a page more than all its macros.
    """

    def _get_default_module(self, ctx: Context | None = None) -> Any:  # noqa: ANN401 - Jinja's own signature
        del ctx
        return super()._get_default_module()


class PolkuJinja(Environment):
    """Flask's environment with `SharedTemplate`."""

    template_class = SharedTemplate


class PolkuFlask(Flask):
    """Commits after the page is rendered and the session saved, before the first byte leaves."""

    session_interface = PolkuSessions()
    jinja_environment = PolkuJinja

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Flask's own signature
        super().__init__(*args, **kwargs)
        self.teardown_request(visits.close)

    def handle_user_exception(self, e: Exception) -> HTTPException | ResponseReturnValue:
        """Roll back before any error page is made."""
        visits.give_up()
        return super().handle_user_exception(e)

    def handle_exception(self, e: Exception) -> Any:  # noqa: ANN401 - Flask's own signature
        """Roll back before the page of an unexpected error; a failed commit ends here too."""
        visits.give_up()
        return super().handle_exception(e)

    def process_response(self, response: Any) -> Any:  # noqa: ANN401 - Flask's own signature
        """Save the session, then commit: a page that is seen is a page whose audit row is on disk."""
        done: BaseResponse = super().process_response(response)
        visits.finish()
        return done
