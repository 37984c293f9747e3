"""The language of the page: gettext for views and templates, with the catalogue looked up once a request."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from babel.support import NullTranslations
from flask import Flask, has_request_context
from flask_babel.speaklater import LazyString

from app.core.languages import DEFAULT_LANGUAGE, catalogue_of
from app.core.texts import Text
from app.web.request import signed_in_session, visit


def init_texts(app: Flask) -> None:
    """Give the templates `_`, `_p` and `ngettext`."""
    app.jinja_env.globals.update(_=gettext, _p=pgettext, gettext=gettext, ngettext=ngettext, pgettext=pgettext)


def language() -> str:
    """Return the language of the signed-in user, Finnish for everybody else."""
    stored = signed_in_session()
    return stored.language if stored is not None else DEFAULT_LANGUAGE


def catalogue() -> NullTranslations:
    """Return the catalogue of the language of the page."""
    here = visit() if has_request_context() else None
    found = (here.catalogue if here else None) or catalogue_of(language())
    if here:
        here.catalogue = found
    return found


def gettext(msgid: str, /, **params: Any) -> str:  # noqa: ANN401 - whatever the sentence shows
    """Translate one sentence; parameters are written `%(name)s`."""
    shown: str = catalogue().gettext(msgid)
    return shown % params if params else shown


def ngettext(singular: str, plural: str, num: int, /, **params: Any) -> str:  # noqa: ANN401 - as above
    """Translate a sentence that depends on a number, `%(num)s`."""
    shown: str = catalogue().ngettext(singular, plural, num)
    return shown % {"num": num, **params}


def pgettext(context: str, msgid: str, /, **params: Any) -> str:  # noqa: ANN401 - as above
    """Translate a sentence whose Finnish depends on where it stands."""
    shown = str(catalogue().pgettext(context, msgid))
    return shown % params if params else shown


def lazy(msgid: str, /, **params: Any) -> Any:  # noqa: ANN401 - stands in for a str until it is shown
    """Return a sentence that is translated when shown: labels of form classes."""
    return LazyString(gettext, msgid, **params)


def lazy_p(context: str, msgid: str, /, **params: Any) -> Any:  # noqa: ANN401 - as above
    """Return a sentence with a context that is translated when shown."""
    return LazyString(pgettext, context, msgid, **params)


def say(text: Text | str | None) -> str:
    """Render a domain text in the language of the page; a plain string passes."""
    if text is None:
        return ""
    if isinstance(text, Text):
        return text.render(catalogue())
    return str(text)


def worded(codes: Iterable[StrEnum], words: Mapping[StrEnum, Text]) -> list[tuple[StrEnum, Any]]:
    """Return codes with their words, for the choices of a field; translated when shown."""
    return [(code, LazyString(say, words[code])) for code in codes]


_ = gettext
_p = pgettext
_l = lazy
_lp = lazy_p
