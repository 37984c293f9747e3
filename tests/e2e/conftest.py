"""Browser tests: Chromium against the whole product, whose clock stands at nine on 24.11.2026."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, Protocol

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from app.demo.loader import load_texts
from tests.e2e.product import Product
from tests.e2e.watching import WATCHES, Hand, Watch, hand_of
from tests.launched import Clone

SCREEN: Final = {"width": 1366, "height": 625}  # the inner viewport of ux.md 1
CHROMIUM: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WCAG: Final = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
COLOURS: Final = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
PATIENCE: Final = 10_000  # milliseconds: two cores are busy with everything at once


class OpenPage(Protocol):
    """Opens a page in a context of its own; the options are those of Playwright's `new_context`."""

    def __call__(self, **options: Any) -> Page:  # noqa: ANN401 - Playwright's own options
        """Open it, signed in as nobody."""


class SignIn(Protocol):
    """Opens a page and signs a demo user in."""

    def __call__(self, username: str, **options: Any) -> Page:  # noqa: ANN401 - as above
        """Sign in through the page."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies here, and put last what fills the region: a work list of one page is what the others look at."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("e2e")
    items.sort(key=lambda item: item.get_closest_marker("fills_the_region") is not None)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The whole product with its demo, for all browser tests of this run; POLKU_E2E_IN names one that runs."""
    if os.environ.get("POLKU_E2E_IN"):
        yield Product.running_in(Path(os.environ["POLKU_E2E_IN"]))
        return
    running = Product(Clone(tmp_path_factory.mktemp("polku") / "clone"))
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def base_url(product: Product) -> str:
    """Where it answers, without a slash at the end."""
    return product.address


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright itself."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """The Chromium of the machine."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    assert program, "There is no Chromium: script/test installs it."
    expect.set_options(timeout=PATIENCE)
    found = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM))
    yield found
    found.close()


@pytest.fixture
def open_page(browser: Browser, product: Product) -> Iterator[OpenPage]:
    """Open pages of visitors; afterwards nothing may have gone wrong in any of them, whatever the test looked at."""
    watches: list[Watch] = []

    def opened(**options: Any) -> Page:  # noqa: ANN401 - as above
        wanted = {"locale": "fi-FI", "timezone_id": "Europe/Helsinki", "viewport": SCREEN, **options}
        context = browser.new_context(base_url=product.address, **wanted)
        context.set_default_timeout(PATIENCE)
        WATCHES[context] = Watch(context, product.address)
        watches.append(WATCHES[context])
        return context.new_page()

    yield opened
    for context in browser.contexts:
        context.close()
    WATCHES.clear()
    product.sign_everybody_out()
    faults = [fault for watch in watches for fault in watch.faults]
    assert not faults, "\n".join(faults)
    named = product.people_named_in({text for watch in watches for text in watch.seen})
    assert not named, "addresses or titles with a person in them:\n" + "\n".join(named)


@pytest.fixture(scope="session")
def passwords() -> dict[str, str]:
    """The passwords of the demo by user name, of those too whom the list of sign-ins does not show."""
    region = load_texts().region
    return {seed.username: region.password for seed in region.staff}


@pytest.fixture
def sign_in(open_page: OpenPage, passwords: dict[str, str]) -> SignIn:
    """Sign demo users in, each in a browser of their own."""

    def signed_in(username: str, **options: Any) -> Page:  # noqa: ANN401 - as above
        page = open_page(**options)
        page.goto("/kirjaudu")
        page.get_by_label("Käyttäjätunnus").fill(username)
        page.get_by_label("Salasana").fill(passwords[username])
        page.get_by_role("button", name="Kirjaudu").click()
        expect(page.get_by_role("button", name="Kirjaudu ulos")).to_be_visible()
        hand_of(page).begin()
        return page

    return signed_in


@pytest.fixture
def hand() -> Callable[[Page], Hand]:
    """The count of presses in a page: `hand(page).begin()`, then `.clicks`, `.keys`, `.tell("what")`."""
    return hand_of


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Assert that axe finds nothing against WCAG 2.2 AA on the page as it stands; in the dark only colours differ."""

    def checked(page: Page) -> None:
        is_dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        program = "" if page.evaluate("'axe' in window") else AXE_SCRIPT  # half a megabyte, read once a page
        found = Axe(program).run(page, options=COLOURS if is_dark else WCAG)
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"

    return checked
