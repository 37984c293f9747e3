"""The desk of the workbench's tests."""

from tests.web.workbench.conftest import Desk, _still_clock, desk

__all__ = ["Desk", "_still_clock", "desk"]
