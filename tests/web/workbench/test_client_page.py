"""The client page: who, where on the path, what next; and who may open it."""

from tests.web.workbench.conftest import Desk


def test_the_client_page_opens(desk: Desk) -> None:
    answer = desk.browser.get(desk.path)
    print(answer.get_data(as_text=True))
    assert answer.status_code == 200
