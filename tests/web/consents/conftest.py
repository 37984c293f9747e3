"""The desk of the workbench's tests."""

from tests.web.workbench.conftest import _still_clock, desk

__all__ = ["_still_clock", "desk"]
