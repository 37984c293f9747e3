"""The addresses of the pages of a list."""

from app.core.paging import Page
from app.web.page import asked_cursor, neighbours
from tests.unit.web.conftest import MakeRequest


def test_filters_are_kept_and_the_place_changes(asked: MakeRequest) -> None:
    with asked("/tyolista?vaihe=4&vaihe=5&sivu=vanha"):
        assert asked_cursor() == "vanha"
        near = neighbours(Page(rows=(1, 2), next_cursor="uusi+", previous_cursor=None))
        assert near.next == "/tyolista?vaihe=4&vaihe=5&sivu=uusi%2B"
        assert near.previous is None


def test_the_first_page_is_asked_for_without_a_place(asked: MakeRequest) -> None:
    with asked("/tyolista"):
        assert asked_cursor() is None
