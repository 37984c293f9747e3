"""Small marks that lists draw by the hundred: icons, due chips, trails, tags. Plain functions, quicker than macros."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from types import SimpleNamespace
from typing import Final, Literal

from flask import Flask
from markupsafe import Markup, escape

from app.core.dates import format_day_short
from app.web.filters import due_state
from app.web.request import today
from app.web.texts import gettext, language

Basis = Literal["valid", "ending", "law", "none"]
SOLID: Final = frozenset({"late", "today", "soon"})
# The seven points of the trail, and the curve from each to the next.
POINTS: Final = ((6, 10), (19, 6), (32, 10), (46, 6), (59, 10), (73, 6), (86, 10))
CURVES: Final = ("M6 10Q12 5 19 6", "M19 6Q26 7 32 10", "M32 10Q39 5 46 6", "M46 6Q53 7 59 10", "M59 10Q66 5 73 6",
                 "M73 6Q80 7 86 10")  # fmt: skip
MARKS: Final = {"done": "done", "in_progress": "now", "not_started": "todo", "not_needed": "skip"}


@lru_cache(maxsize=128)
def icon(name: str, solid: bool | None = None) -> Markup:  # noqa: FBT001 - a template writes icon("late", true)
    """Draw a symbol of the sprite beside words that say the same; it is hidden from screen readers."""
    filled = name in SOLID if solid is None else solid
    extra = " polku-i--solid" if filled else ""
    return Markup(
        '<svg class="polku-i{}" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><use href="#i-{}"/></svg>'
    ).format(extra, name)


@lru_cache(maxsize=16)
def mark(state: str, is_current: bool = False) -> Markup:  # noqa: FBT001, FBT002 - as above
    """Draw the point of a stage: tick, bull's-eye, ring, ring with a dash."""
    shape = "now" if is_current else MARKS[state]
    return Markup(
        '<svg class="polku-stage__mark" viewBox="0 0 26 26" aria-hidden="true" focusable="false">'
        '<use href="#s-{}"/></svg>'
    ).format(shape)


def due_chip(due_on: date | None, date: bool = True) -> Markup:  # noqa: FBT001, FBT002 - as above
    """Draw a due date: words first, the date after; nothing when nothing is due."""
    if due_on is None:
        return Markup()
    return _due_chip(due_on, today(), language(), date)


@lru_cache(maxsize=4096)
def _due_chip(due_on: date, today: date, _language: str, with_date: bool) -> Markup:  # noqa: FBT001 - private
    # The language is read by the words inside; it is asked for here so that each language has its own chip.
    state = due_state(due_on, today)
    drawn = Markup("") if state.tone == "later" else icon(state.tone)
    chip = Markup('<span class="polku-due polku-due--{}">{}{}</span>').format(state.tone, drawn, state.words)
    if not with_date:
        return chip
    return chip + Markup('<span class="polku-due__date">{}</span>').format(format_day_short(due_on))


def due_note(words: str) -> Markup:
    """Draw words in the place of a due chip: "Ei vielä tehty"."""
    return Markup('<span class="polku-due polku-due--later">{}</span>').format(words)


def mini_trail(states: Sequence[str], current: int) -> Markup:
    """Draw the seven points of a list row; the words 4/7 beside it say where the case is."""
    return _trail(tuple(states), current)


@lru_cache(maxsize=2048)
def _trail(states: tuple[str, ...], current: int) -> Markup:
    # Walked up to where the case stands; a point further on may be done, but the way to it is not walked.
    lines = [
        f'<path class="{"walked" if place + 2 <= current else "ahead"}" d="{CURVES[place]}"/>' for place in range(6)
    ]
    dots = [_dot(states[place], place + 1 == current, *POINTS[place]) for place in range(7)]
    return Markup(  # noqa: S704 - built from constants and numbers
        '<svg class="polku-mini" viewBox="0 0 92 16" aria-hidden="true" focusable="false">'
        + "".join(lines + dots)
        + "</svg>"
    )


def _dot(state: str, is_current: bool, x: int, y: int) -> str:  # noqa: FBT001 - private, and named by its caller
    if is_current:
        return f'<circle class="now" cx="{x}" cy="{y}" r="4"/>'
    if state == "done":
        return f'<circle class="done" cx="{x}" cy="{y}" r="3"/>'
    return f'<circle class="todo" cx="{x}" cy="{y}" r="2.5"/>'


def basis_tag(kind: Basis, words: str) -> Markup:
    """Draw the state of a basis: tick, clock, page of law, struck circle; the words say it in full."""
    return Markup('<strong class="govuk-tag polku-basis polku-basis--{}">{}{}</strong>').format(
        kind, icon(f"b-{kind}"), words
    )


def guard_tag() -> Markup:
    """Draw the mark of a protected address for the identity bar."""
    return Markup('<span class="polku-guard">{} {}</span>').format(icon("guard"), gettext("PROTECTED ADDRESS"))


def guard_word() -> Markup:
    """Draw the mark of a protected address for a list row."""
    return _guard_word(language())


@lru_cache(maxsize=8)
def _guard_word(_language: str) -> Markup:
    return Markup('<span class="polku-guardword">{} {}</span>').format(icon("guard"), gettext("protected address"))


def draft_attrs(url: str) -> Markup:
    """Return the attribute by which a form's text is kept while it is typed."""
    return Markup('data-draft-url="{}"').format(escape(url))


def init_marks(app: Flask) -> None:
    """Give the templates the marks."""
    drawn = (icon, mark, due_chip, due_note, mini_trail, basis_tag, guard_tag, guard_word, draft_attrs)
    named = {draw.__name__: draw for draw in drawn}
    app.jinja_env.globals.update(named)
    # The macro files hand the same functions on under their own names.
    app.jinja_env.globals["marks"] = SimpleNamespace(**named)
