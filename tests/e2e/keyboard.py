"""A user who has a keyboard only, and who must see at every stop where the focus is."""

from typing import Any, Final

from playwright.sync_api import ElementHandle, Locator, Page

LONGEST_WALK: Final = 250  # stops before a thing counts as out of reach

SKIP: Final = "Siirry sisältöön"
# What the eye sees of the focus: rings of the element, of the bar around the search field, or of the mark a radio's
# label draws. A ring that is there without the focus too shows nothing, so the element of the stop before is looked at
# again after it was left.
LOOK: Final = """
(wanted) => {
  const el = document.activeElement;
  const ring = (style) => style.outlineStyle === 'none' ? `- ${style.boxShadow}` :
    `${style.outlineWidth} ${style.outlineStyle} ${style.outlineColor} ${style.boxShadow}`;
  const look = (one) => {
    const parts = [getComputedStyle(one), getComputedStyle(one.closest('[role=search]') ?? one)];
    if (one.matches('[type=radio], [type=checkbox]'))
      for (const label of one.labels) parts.push(getComputedStyle(label, '::before'), getComputedStyle(label));
    return parts.map(ring).join(' / ');
  };
  const words = (one) => `${one.localName} ${one.id || one.name || one.textContent.trim().slice(0, 40)}`;
  const before = window.polkuStop;
  const wasInvisible = before && before.el !== el && before.el.isConnected && look(before.el) === before.look;
  const isNowhere = !el || el === document.body;
  window.polkuStop = isNowhere ? null : {el, look: look(el)};
  const box = isNowhere ? null : el.getBoundingClientRect();
  const top = document.querySelector('.polku-top')?.getBoundingClientRect();
  return {
    isThere: el === wanted,
    where: isNowhere ? '' : words(el),
    name: el?.name || '',
    words: isNowhere ? '' : el.textContent.trim(),
    isPlain: !isNowhere && /^(- none( \\/ )?)+$/.test(look(el)),
    isOutside: Boolean(box) && (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.width === 0),
    invisible: wasInvisible ? words(before.el) : '',
  };
}
"""


class Keyboard:
    """Walks a page with Tab, and works what it stops at."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.stops = 0

    def look(self, wanted: ElementHandle | None = None) -> dict[str, Any]:
        """Look at the place of the focus; it must be seen, and inside the window."""
        seen: dict[str, Any] = self.page.evaluate(LOOK, wanted)
        assert not seen["isPlain"], f"no ring at {seen['where']} of {self.page.url}"
        assert not seen["isOutside"], f"focus outside the window at {seen['where']} of {self.page.url}"
        assert not seen["invisible"], f"the focus changes nothing at {seen['invisible']} of {self.page.url}"
        return seen

    def tab(self, wanted: ElementHandle | None = None) -> dict[str, Any]:
        """Go to the next stop."""
        self.page.keyboard.press("Tab")
        self.stops += 1
        return self.look(wanted)

    def to(self, target: Locator) -> None:
        """Walk to a thing."""
        wanted = target.element_handle()
        seen = self.look(wanted)
        if seen["isThere"]:
            return
        if not seen["where"] and self.tab(wanted)["words"] == SKIP:
            self.page.keyboard.press("Enter")
        for _ in range(LONGEST_WALK):
            if self.tab(wanted)["isThere"]:
                return
        raise AssertionError(f"{target} is out of the keyboard's reach at {self.page.url}")

    def enter(self, target: Locator) -> None:
        """Walk to a link or a button that leads to a page, and follow it."""
        self.to(target)
        self.go("Enter")

    def go(self, key: str) -> None:
        """Press a key that leads to a page; nobody presses before the new page has placed the focus."""
        self.page.wait_for_function("document.activeElement !== document.body")
        with self.page.expect_event("domcontentloaded"):
            self.page.keyboard.press(key)

    def link(self, words: str) -> None:
        """Walk to a link of the content and follow it."""
        self.enter(self.page.get_by_role("main").get_by_role("link", name=words).first)

    def button(self, words: str) -> None:
        """Walk to a button and press it; a page follows."""
        self.enter(self.page.get_by_role("main").get_by_role("button", name=words, exact=True))

    def write(self, label: str, text: str) -> None:
        """Walk to a field and type over what it holds."""
        self.to(self.page.get_by_role("main").get_by_label(label, exact=True))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def pick(self, label: str, option: str) -> None:
        """Walk to a select and type the words of the option."""
        self.to(self.page.get_by_label(label).first)
        self.page.keyboard.type(option)

    def tick(self, box: Locator) -> None:
        """Walk to a box and tick it with Space."""
        self.to(box)
        self.page.keyboard.press("Space")

    def choose(self, radio: Locator) -> None:
        """Walk to the group of the radio button and on in it with the arrow."""
        wanted, name = radio.element_handle(), radio.get_attribute("name")
        while self.tab(wanted)["name"] != name:
            assert self.stops < 10_000
        for _ in range(20):
            if self.look(wanted)["isThere"]:
                break
            self.page.keyboard.press("ArrowDown")
        if not radio.is_checked():
            self.page.keyboard.press("Space")
