"""The Flask application class: one request is one transaction (ruling 20)."""

from typing import Any, cast

from babel.support import NullTranslations
from flask import Flask
from flask.templating import Environment
from flask.typing import ResponseReturnValue
from jinja2 import Template, nodes
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from app.core.languages import DEFAULT_LANGUAGE, catalogue_of
from app.web import request as visits
from app.web.session import PolkuSessions
from app.web.texts import language


class SharedTemplate(Template):
    """A template whose macros, imported without context, are made once.

    Jinja compares all names of both templates at each import, to see whether one was given globals of its own; here
    none ever is, and the comparing cost a page more than all its macros.
    """

    def _get_default_module(self, ctx: Context | None = None) -> Any:  # noqa: ANN401 - Jinja's own signature
        del ctx
        return super()._get_default_module()


class Spoken(NodeTransformer):
    """Puts the translation in the place of a call that translates a constant sentence."""

    def __init__(self, catalogue: NullTranslations) -> None:
        self._catalogue = catalogue

    def visit_Call(self, node: nodes.Call, *args: Any, **kwargs: Any) -> nodes.Node:  # noqa: ANN401, N802 - Jinja's
        """Translate `_("…")` and `_p("…", "…")`; with parameters they are sentences only once a page is made."""
        self.generic_visit(node, *args, **kwargs)
        called = node.node.name if isinstance(node.node, nodes.Name) else ""
        words = [arg.value for arg in node.args if isinstance(arg, nodes.Const)]
        is_constant = len(words) == len(node.args) and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        if is_constant and called == "_":
            return nodes.Const(self._catalogue.gettext(*words), lineno=node.lineno)
        if is_constant and called == "_p":
            return nodes.Const(self._catalogue.pgettext(*words), lineno=node.lineno)
        return node


class PolkuJinja(Environment):
    """Flask's environment with `SharedTemplate`, in one language: its sentences are translated once.

    A page has a hundred sentences that are always the same; looking each up was three hundredths of its time.
    """

    template_class = SharedTemplate
    language = DEFAULT_LANGUAGE

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed: nodes.Template = Spoken(catalogue_of(self.language)).visit(super()._parse(source, name, filename))
        return parsed

    def speaking(self, wanted: str) -> "PolkuJinja":
        """Return an environment like this one, with the same globals and filters, in another language."""
        other = self.overlay()
        other.language = wanted
        return other


class PolkuFlask(Flask):
    """Commits after the page is rendered and the session saved, before the first byte leaves."""

    session_interface = PolkuSessions()
    jinja_environment = PolkuJinja

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Flask's own signature
        super().__init__(*args, **kwargs)
        self.teardown_request(visits.close)
        self._environments: dict[str, PolkuJinja] = {}

    @property
    def jinja_env(self) -> PolkuJinja:
        """The environment of the language of the page."""
        wanted = language()
        found = self._environments.get(wanted)
        if found is None:
            first = self._environments.get(DEFAULT_LANGUAGE)
            found = first.speaking(wanted) if first else cast("PolkuJinja", self.create_jinja_environment())
            self._environments[wanted] = found
        return found

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
