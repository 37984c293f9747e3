"""An application of the ground alone: enough for filters, fields and marks, which need a language and a moment."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from app.core import clock
from app.web import filters, marks, texts

MakeRequest = Callable[..., AbstractContextManager[object]]


@pytest.fixture
def app() -> Flask:
    made = Flask("app")
    made.secret_key = "k" * 40
    made.config["WTF_CSRF_ENABLED"] = False
    texts.init_texts(made)
    filters.init_filters(made)
    marks.init_marks(made)
    return made


@pytest.fixture
def asked(app: Flask) -> MakeRequest:
    """Give the way to open a request, for instance with data and a method."""
    return app.test_request_context


@pytest.fixture(autouse=True)
def _one_morning() -> Iterator[None]:
    clock.configure("2026-02-05T09:05+02:00")
    yield
    clock.configure(None)
