"""What every page of the browser tests is watched for, and what a user's hand did."""

import time
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

# Tells the test of every press and of every title, before any script of the page runs.
WITNESS: Final = """
(() => {
  const tell = (...words) => { if (window.polkuWitness) window.polkuWitness(words); };
  const buttons = ['radio', 'checkbox', 'submit', 'button'];
  const takesText = (el) => el.matches('textarea, select') || (el.matches('input') && !buttons.includes(el.type));
  const isPress = (event, el) =>
    event.key === 'Enter' ? event.ctrlKey || !el.matches('textarea') : event.key === ' ' && !takesText(el);
  addEventListener('pointerdown', (event) => { if (event.isTrusted) tell('point'); }, true);
  addEventListener('keydown', (event) => {
    if (!event.isTrusted || ['Control', 'Shift', 'Alt'].includes(event.key)) return;
    tell('key');
    if (event.target instanceof Element && isPress(event, event.target)) tell('click');
  }, true);
  addEventListener('securitypolicyviolation', (event) => tell('csp', `${event.violatedDirective} ${event.blockedURI}`));
  addEventListener('DOMContentLoaded', () => tell('title', document.title));
  addEventListener('pagehide', () => tell('title', document.title));
})();
"""
LINKED: Final = frozenset({"script", "stylesheet", "image", "font"})


class Hand:
    """Counts presses as ux.md 1 does: a pointer press or Enter, Space or Ctrl+Enter; typing is not a click."""

    def __init__(self) -> None:
        self.clicks = 0
        self.pointed = 0
        self.keys = 0
        self._began = time.perf_counter()

    def begin(self) -> None:
        """Count from here."""
        self.clicks = self.pointed = self.keys = 0
        self._began = time.perf_counter()

    def tell(self, what: str) -> str:
        """Say the count in one printed line."""
        line = f"{what}: {self.clicks} clicks, {self.keys} keystrokes, {time.perf_counter() - self._began:.1f} s"
        print(line)
        return line


class Watch:
    """Watches the pages of one browser context."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.hand = Hand()
        self.address = address
        self.faults: list[str] = []
        self.seen: set[str] = set()
        self._host = urlsplit(address).netloc
        context.expose_binding("polkuWitness", lambda _source, words: self._hear(words))
        context.add_init_script(WITNESS)
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        context.on("page", lambda page: page.on("framenavigated", lambda frame: self.seen.add(self._path(frame.url))))

    def _hear(self, words: list[str]) -> None:
        kind = words[0]
        if kind in ("click", "point"):
            self.hand.clicks += 1
            self.hand.pointed += kind == "point"
        elif kind == "key":
            self.hand.keys += 1
        elif kind == "csp":
            self.faults.append(f"content security policy: {words[1]}")
        else:
            self.seen.add(words[1])

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and parts.netloc != self._host:
            self.faults.append(f"request to another host: {request.url}")
        self.seen.add(self._path(request.url))

    def _answered(self, response: Response) -> None:
        is_linked = response.request.resource_type in LINKED
        if response.status >= 500 or (response.status >= 400 and is_linked):
            self.faults.append(f"{response.status} of {response.request.method} {response.url}")

    def _said(self, message: ConsoleMessage) -> None:
        # A page that answers 409 or 422 is written to the console as a failed resource; those are judged by status.
        is_status = "the server responded with a status of" in message.text
        if message.type in ("error", "warning") and not is_status:
            self.faults.append(f"console: {message.text} ({message.location.get('url')})")

    def _path(self, url: str) -> str:
        parts = urlsplit(url)
        return f"{parts.path}?{parts.query}#{parts.fragment}"


def hand_of(page: Page) -> Hand:
    """The count of the page's context."""
    watch: Watch = WATCHES[page.context]
    return watch.hand


WATCHES: dict[BrowserContext, Watch] = {}
