"""The pages that are measured, what each connection asks for, and what each page has to reach."""

import gzip
import re
import urllib.request
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from tests.bench.filling import Filled

PAGES: Final = ("worklist", "client", "search", "board")
WORDS: Final = {"worklist": "Työlista", "client": "Client page", "search": "Name search", "board": "Overdue board"}
LEAST: Final = {"worklist": 0.25, "client": 0.20, "search": 0.25, "board": 0.25}
"""The share of the limit's requests a second, at 16 connections."""
MOST_GROWTH: Final = 1.2
"""How many times longer p95 may be among all the clients than among 1,000."""
PREFIXES: Final = ("virt", "korh", "niem", "laht", "salo", "kall", "miet", "heik", "jok", "leht", "koi", "mäk")


@dataclass
class Visitors:
    """Who visits a product: the filling, and the token of each one's forms."""

    filled: Filled
    csrf: dict[str, str] = field(default_factory=dict)

    def connections(self, page: str, count: int, port: int) -> list[dict[str, Any]]:
        """Return what each of the connections is: its cookie, its form token, and what it asks for."""
        filled = self.filled
        tokens = filled.lead_tokens if page == "board" else filled.worker_tokens
        made = []
        for number in range(count):
            token = tokens[number % len(tokens)]
            if page == "search" and token not in self.csrf:
                self.csrf[token] = form_token(fetch(port, "/tyolista", token))
            made.append(
                {
                    "cookie": f"__Host-polku={token}",
                    "csrf": self.csrf.get(token, ""),
                    "pages": self._asked(page, number),
                }
            )
        return made

    def limit_connections(self, page: str, count: int) -> list[dict[str, Any]]:
        """Return the same for the limit, which is told in the address what the product knows from the session."""
        return [
            {"cookie": "a=b", "csrf": str(self._team(number)), "pages": self._asked_of_limit(page, number)}
            for number in range(count)
        ]

    def _team(self, number: int) -> UUID:
        filled = self.filled
        return filled.team_of[filled.worker_ids[number % len(filled.worker_ids)]]

    def _cases(self, number: int) -> list[tuple[UUID, UUID]]:
        filled = self.filled
        cases = list(filled.cases_of[filled.worker_ids[number % len(filled.worker_ids)]])
        Random(number).shuffle(cases)
        return cases

    def _asked(self, page: str, number: int) -> list[dict[str, str]]:
        if page == "worklist":
            return [{"path": "/tyolista"}]
        if page == "client":
            return [{"path": f"/polut/{case}"} for _, case in self._cases(number)]
        if page == "search":
            return [{"words": quote(PREFIXES[(number + turn) % len(PREFIXES)])} for turn in range(12)]
        return [{"path": "/johtaminen"}]

    def _asked_of_limit(self, page: str, number: int) -> list[dict[str, str]]:
        filled = self.filled
        if page == "worklist":
            return [{"path": f"/tyolista/{filled.worker_ids[number % len(filled.worker_ids)]}"}]
        if page == "client":
            return [{"path": f"/polut/{case}"} for _, case in self._cases(number)]
        if page == "search":
            return self._asked(page, number)
        return [{"path": f"/johtaminen/{filled.team_of[filled.lead_ids[number % len(filled.lead_ids)]]}"}]


def fetch(port: int, path: str, token: str, *, words: str | None = None, csrf: str = "") -> str:
    """Return a page of a product, or the page that a search leads to."""
    body = f"csrf_token={csrf}&q={quote(words)}".encode() if words is not None else None
    head = {"Cookie": f"__Host-polku={token}", "Accept-Encoding": "gzip", "Sec-Fetch-Site": "same-origin"}
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body, headers=head)
    with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - our own server
        found: bytes = answer.read()
        if answer.headers.get("Content-Encoding") == "gzip":
            found = gzip.decompress(found)
    return found.decode()


def form_token(page: str) -> str:
    """Return the form token of a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    if found is None:
        raise RuntimeError("The page has no form token.")
    return found[1]
