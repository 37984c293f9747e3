"""Factories of a product with one net cut, each to show that the check beside it would have seen the fault."""

from unittest.mock import patch

from app import factory
from app.core import once
from app.factory import web
from app.web.app import PolkuFlask


def without_once() -> PolkuFlask:
    """The product that takes every sending of a form for the first one."""
    patch.object(once, "claim", lambda *_given, **_named: None).start()
    return web()


def without_refusal() -> PolkuFlask:
    """The product that starts whatever is wrong with its deployment."""
    patch.object(factory, "refuse_to_start", lambda _problems: None).start()
    return web()
