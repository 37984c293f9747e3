"""A client that accepts no sloppy page: each HTML answer is parsed strictly and looked over before the test sees it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from html5lib.html5parser import ParseError
from werkzeug.test import TestResponse

BASE: Final = "https://polku.test"
UNLABELLED_TYPES: Final = frozenset({"hidden", "submit", "button", "image", "reset"})
CONTROLS: Final = frozenset({"input", "select", "textarea"})


class SloppyPageError(AssertionError):
    """What is wrong with a page, one line a fault."""


class StrictClient(FlaskClient):
    """Speaks https with the application and looks every page over."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:  # noqa: ANN401 - werkzeug's own signature
        """Send a request; raises SloppyPageError when the answer is HTML with a fault."""
        if args and isinstance(args[0], str):
            kwargs.setdefault("base_url", BASE)
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.status_code not in range(300, 400):
            whole = not response.request.headers.get("HX-Request")
            faults = page_faults(response.get_data(as_text=True), whole=whole)
            if faults:
                raise SloppyPageError("\n".join([f"{response.request.method} {response.request.path}", *faults]))
        return response

    def submit(
        self, page: str, values: Mapping[str, Any] | None = None, *, form: str | None = None, follow: bool = False
    ) -> TestResponse:
        """Get ``page``, fill its form in as a person would, and send it with everything hidden in it.

        ``form`` is the id or the action of the form, needed when the page has several that POST.
        """
        tree = parse(self.get(page).get_data(as_text=True))
        chosen = _only_form(tree, form)
        filled: dict[str, Any] = dict(_standing_values(chosen))
        filled.update(values or {})
        return self.post(chosen.get("action") or page, data=filled, follow_redirects=follow)


def parse(html: str, *, whole: bool = True) -> Element:
    """Parse a page, or a piece of one, without namespaces; raises SloppyPageError when it is not valid.

    The client has parsed the page a test looks into a moment before; the last trees are kept, to be read only.
    """
    return _parsed(html, whole)


@lru_cache(maxsize=8)
def _parsed(html: str, whole: bool) -> Element:  # noqa: FBT001 - a key of the cache
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    try:
        tree: Element = parser.parse(html) if whole else parser.parseFragment(html)
    except ParseError as error:
        position = parser.errors[-1][0] if parser.errors else (0, 0)
        line = html.splitlines()[max(position[0] - 1, 0)] if html else ""
        raise SloppyPageError(f"not valid HTML at line {position[0]}: {error}: {line.strip()[:200]}") from error
    return tree


def page_faults(html: str, *, whole: bool = True) -> list[str]:
    """List what is wrong with a page: structure, names, labels, ids, and what the content policy forbids."""
    try:
        tree = parse(html, whole=whole)
    except SloppyPageError as fault:
        return [str(fault)]
    faults = [*_double_ids(tree), *_missing_labels(tree), *_forbidden_by_policy(tree), *_unnamed(tree)]
    if whole:
        faults.extend(_headless(tree))
    return faults


def text_of(element: Element) -> str:
    """The words of an element, spaces made single."""
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def _headless(tree: Element) -> Iterator[str]:
    titles = [text_of(title) for title in tree.findall("./head/title")]
    if len(titles) != 1 or not titles[0]:
        yield "no title"
    headings = [text_of(heading) for heading in tree.iter("h1")]
    if len(headings) != 1 or not headings[0]:
        yield f"{len(headings)} h1, one with words is wanted"
    if not tree.get("lang"):
        yield "html has no lang"
    if len(list(tree.iter("main"))) != 1:
        yield "not exactly one main"


def _double_ids(tree: Element) -> Iterator[str]:
    counts = Counter(found for element in tree.iter() if (found := element.get("id")) is not None)
    yield from (f"id {name!r} stands {count} times" for name, count in counts.items() if count > 1)
    if "" in counts:
        yield "an id is empty"
    for element in tree.iter():
        for attribute in ("aria-describedby", "aria-labelledby", "aria-controls", "for"):
            yield from (
                f"{attribute} names {name!r}, which is not there"
                for name in (element.get(attribute) or "").split()
                if name not in counts
            )


def _missing_labels(tree: Element) -> Iterator[str]:
    labelled = {label.get("for") for label in tree.iter("label") if text_of(label)}
    inside = {control for label in tree.iter("label") if text_of(label) for control in label.iter()}
    for control in (element for element in tree.iter() if element.tag in CONTROLS):
        if control.get("type") in UNLABELLED_TYPES or control in inside:
            continue
        if control.get("id") not in labelled and not control.get("aria-label") and not control.get("aria-labelledby"):
            yield f"{control.tag} {control.get('name')!r} has no label"


def _forbidden_by_policy(tree: Element) -> Iterator[str]:
    for element in tree.iter():
        yield from (
            f"{element.tag} has {name}, which the content policy forbids"
            for name in element.attrib
            if name == "style" or name.startswith("on")
        )
        if element.tag == "style" or (element.tag == "script" and not element.get("src")):
            yield f"an inline {element.tag}, which the content policy forbids"


def _unnamed(tree: Element) -> Iterator[str]:
    for image in tree.iter("img"):
        if image.get("alt") is None:
            yield f"img {image.get('src')!r} has no alt"
    for element in (*tree.iter("a"), *tree.iter("button")):
        images = " ".join(image.get("alt") or "" for image in element.iter("img"))
        if not (text_of(element) or element.get("aria-label") or element.get("aria-labelledby") or images.strip()):
            yield f"{element.tag} {element.get('href') or element.get('name')!r} has no words"
    for form in tree.iter("form"):
        names = {control.get("name") for control in form.iter()}
        if (form.get("method") or "get").lower() == "post" and "csrf_token" not in names:
            yield f"form {form.get('action')!r} has no csrf_token"


def _only_form(tree: Element, wanted: str | None) -> Element:
    forms = [form for form in tree.iter("form") if (form.get("method") or "").lower() == "post"]
    if wanted is not None:
        forms = [form for form in forms if wanted in (form.get("id"), form.get("action"))]
    else:
        main = tree.find(".//main")
        forms = [form for form in forms if main is not None and form in set(main.iter())] or forms
    if len(forms) != 1:
        raise AssertionError(f"{len(forms)} forms could be meant: {[form.get('action') for form in forms]}")
    return forms[0]


def _standing_values(form: Element) -> Iterator[tuple[str, str | list[str]]]:
    """What the form would send if nobody touched it."""
    found: dict[str, list[str]] = {}
    for control in form.iter():
        name = control.get("name")
        if name and control.get("disabled") is None:
            found.setdefault(name, []).extend(_standing_value(control))
    yield from ((name, values[0] if len(values) == 1 else values) for name, values in found.items() if values)


def _standing_value(control: Element) -> list[str]:
    kind = control.get("type") or "text"
    if control.tag == "textarea":
        return ["".join(control.itertext())]
    if control.tag == "select":
        options = list(control.iter("option"))
        chosen = [option for option in options if option.get("selected") is not None]
        if not chosen and control.get("multiple") is None:
            chosen = options[:1]
        return [option.get("value", text_of(option)) for option in chosen]
    if control.tag != "input" or kind in ("submit", "button", "image", "reset", "file"):
        return []
    if kind in ("checkbox", "radio") and control.get("checked") is None:
        return []
    return [control.get("value") or ("on" if kind == "checkbox" else "")]
