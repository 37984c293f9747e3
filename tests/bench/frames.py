"""Makes the limit's templates out of the product's own pages, so that both send the same markup.

A page of the product is fetched, its repeated rows are found, the first of them becomes the body of a plain Jinja loop
with an expression for each value, and everything around stays as it was sent.
"""

import re
from collections.abc import Callable

NAME = r'(<th scope="row" class="govuk-table__header c-name"><a href="[^"]*">)[^<]*(</a>)'


class Changed(Exception):
    """The product's markup is not what this file knows; adapt it."""


def raw(text: str) -> str:
    """Keep a text from being read as Jinja."""
    return "{% raw %}" + text + "{% endraw %}"


def looped(page: str, opening: str, closing: str, row_pattern: str, made: Callable[[str], str], rows: str) -> str:
    """Return the page as a template with its rows, between two markers, in a loop over `rows`."""
    start = page.index(opening) + len(opening)
    end = page.index(closing, start)
    found = re.search(row_pattern, page[start:end], re.DOTALL)
    if found is None:
        raise Changed(page[start : start + 400])
    body = made(found.group(0))
    return raw(page[:start]) + f"{{% for row in {rows} %}}{body}{{% endfor %}}" + raw(page[end:])


def replaced(pattern: str, new: str, text: str) -> str:
    """Replace what the pattern finds, which must be there."""
    changed, count = re.subn(pattern, new, text, flags=re.DOTALL)
    if not count:
        raise Changed(f"{pattern} in {text[:600]}")
    return changed


def worklist(page: str) -> str:
    """The work list: one row a case, with its panel's shell."""

    def row(sample: str) -> str:
        cell = r'(<td class="govuk-table__cell {}"[^>]*><div class="polku-cell">).*?(</div></td>)'
        case_id = re.search(r'id="kirjaa-([0-9a-f-]{36})"', sample)
        if case_id is None:
            raise Changed(sample)
        text = sample.replace(case_id[1], "{{ row.case_id }}")
        text = replaced(NAME, r"\1{{ row.name }}\2", text)
        text = replaced(r'(class="govuk-visually-hidden">: )[^<]*', r"\1{{ row.name }}", text)
        beside = r'\1<span class="polku-sub">{{ row.ref }}<span class="polku-town"> · {{ row.town }}</span></span></th>'
        text = replaced(r'(</a>)<span class="polku-sub">.*?</th>', beside, text)
        stage = (
            r"\1{{ trail(row.states, row.number) }}"
            r'<span class="polku-stageword"><span class="polku-num">{{ row.number }}/7</span> {{ row.stage }}</span>\2'
        )
        text = replaced(cell.format("c-stage"), stage, text)
        text = replaced(
            cell.format("c-next"), r'\1{{ row.step }}<span class="polku-sub">{{ row.whose }}</span>\2', text
        )
        text = replaced(cell.format("c-due"), r"\1{{ due(row.due_on) }}\2", text)
        last = r'\1<span class="polku-num">{{ row.last_on.day }}.{{ row.last_on.month }}.</span>'
        last += r'<span class="polku-sub">{{ row.last_kind }}</span>\2'
        return replaced(cell.format("c-last"), last, text)

    rows = r'<tr class="govuk-table__row">.*?</tr>\s*<tr data-panel-shell.*?</tr>'
    return looped(page, '<tbody class="govuk-table__body">', "</tbody>", rows, row, "rows")


def client(page: str) -> str:
    """The client page: one client and twenty entries."""

    def row(_sample: str) -> str:
        return (
            '<li><span class="polku-timeline__title">{{ row.kind }}</span><span class="polku-sub">{{ row.author }}, '
            "{{ row.happened_on.day }}.{{ row.happened_on.month }}.{{ row.happened_on.year }}</span>"
            '<span class="polku-timeline__text">{{ row.line }}</span></li>'
        )

    text = looped(page, '<ol class="polku-timeline">', "</ol>", r"<li>.*?</li>", row, "rows")
    heading = '<h1 class="polku-h1">{% endraw %}{{ client.name }}{% raw %}</h1>'
    return replaced(r'<h1 class="polku-h1">[^<]*</h1>', heading, text)


def search(page: str) -> str:
    """The search result: one row a person."""

    def row(sample: str) -> str:
        text = replaced(r"[0-9a-f]{8}-[0-9a-f-]{27}", "{{ row.client_id }}", sample)
        text = replaced(NAME, r"\1{{ row.name }}\2", text)
        text = replaced(r'(<span class="polku-sub">)[^<]*', r"\1{{ row.ref }}", text)
        born = r"\1{{ row.born_on.day }}.{{ row.born_on.month }}.{{ row.born_on.year }}\2"
        text = replaced(r'(polku-num" data-label="[^"]*">)[^<]*(<)', born, text)
        return replaced(r'(data-label="Kotikunta">)[^<]*', r"\1{{ row.town }}", text)

    rows = r'<tr class="govuk-table__row">.*?</tr>'
    return looped(page, '<tbody class="govuk-table__body">', "</tbody>", rows, row, "rows")


def board(page: str) -> str:
    """The overdue board: one row a worker, a linked number for each stage and total."""

    def row(_sample: str) -> str:
        cell = '<td class="govuk-table__cell govuk-table__cell--numeric">'
        link = '<a href="/johtaminen/tarkistukset?tyontekija={{ row.worker_id }}&amp;vaihe={{ loop.index }}">'
        return (
            '<tr class="govuk-table__row"><th scope="row" class="govuk-table__header">'
            '<a href="/johtaminen/tarkistukset?tyontekija={{ row.worker_id }}">{{ row.full_name }}</a></th>'
            f"{{% for number in row[2:] %}}{cell}{{% if number %}}{link}{{{{ number }}}}</a>"
            '{% else %}<span class="polku-muted">0</span>{% endif %}</td>{% endfor %}</tr>'
        )

    rows = r'<tr class="govuk-table__row">.*?</tr>'
    return looped(page, '<tbody class="govuk-table__body">', "</tbody>", rows, row, "rows")


MAKERS = {"worklist": worklist, "client": client, "search": search, "board": board}
