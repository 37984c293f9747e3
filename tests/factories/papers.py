"""Papers for tests, and a reader that says of a PDF what its users would find in it."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from pypdf import PdfReader
from pypdf.generic import ContentStream

from app.papers.domain import (
    Block,
    Copy,
    Facts,
    Paper,
    PaperKey,
    PaperKind,
    Paragraph,
    Points,
    Quote,
    Recipient,
    Section,
    Signature,
    Table,
)
from app.papers.press import Press

ROOT: Final = Path(__file__).resolve().parent.parent.parent
NOW: Final = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
A4: Final = (595, 842)
COLOURED: Final = frozenset({b"rg", b"RG", b"k", b"K", b"sc", b"SC", b"scn", b"SCN"})


def build_paper(*, texts: tuple[str, ...] = ("Aamut ovat helpottuneet.",), is_protected: bool = False) -> Paper:
    """A plan with every kind of block in it; `texts` stand in each."""
    blocks: tuple[Block, ...] = (
        *(Paragraph(text) for text in texts),
        *(Quote(text) for text in texts),
        Points(texts),
        Facts(tuple((text, text) for text in texts)),
        Table("Toimenpiteet", ("Toimenpide", "Kuka"), tuple((text, "Asiakas") for text in texts)),
    )
    return Paper(
        key=PaperKey(PaperKind.PLAN),
        title="Työkyvyn tuen suunnitelma",
        ref="A-2041/1",
        edition="versio 2",
        edition_slug="v2",
        about=(("Asiakas", "Koivula Aino"),),
        sections=(Section("Tavoitteet", blocks),),
        signatures=(Signature("Asiakas", on=date(2026, 11, 24), way="Suullisesti"), Signature("Terveydenhuolto")),
        is_protected=is_protected,
    )


def build_copy(recipient: Recipient = Recipient.OWN) -> Copy:
    """A copy made on the morning of the tests."""
    return Copy(recipient=recipient, made="24.11.2026 klo 9.00", made_by="Anna Mäki")


def make_pdf(paper: Paper, copy: Copy | None = None, *, press: Press | None = None) -> "Pdf":
    """The PDF of a paper, read."""
    made = (press or Press(ROOT)).make(paper, copy or build_copy(), say=str, language="fi", now=NOW)
    return Pdf(made)


def squeezed(text: str) -> str:
    """A text without what a line break may have put in or taken out."""
    return re.sub(r"[\s\u200b\u00ad]+", "", text)


class Pdf:
    """A PDF as a reader library sees it."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.reader = PdfReader(io.BytesIO(content))
        self.root: Any = self.reader.trailer["/Root"]

    @cached_property
    def pages(self) -> list[str]:
        """The text of each page."""
        return [page.extract_text() for page in self.reader.pages]

    @property
    def text(self) -> str:
        """The text of all pages."""
        return "\n".join(self.pages)

    @property
    def title(self) -> str:
        """The title in the metadata."""
        return str(self.reader.metadata.title if self.reader.metadata else "")

    @property
    def xmp(self) -> str:
        """The metadata packet."""
        return str(self.root["/Metadata"].get_object().get_data().decode())

    @cached_property
    def tags(self) -> Counter[str]:
        """How often each structure element stands in the tree."""
        return Counter(str(node["/S"]) for node in self._elements(self.root["/StructTreeRoot"]))

    def _elements(self, node: Any) -> Iterator[Any]:  # noqa: ANN401 - a PDF object
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for one in node:
                yield from self._elements(one)
        elif hasattr(node, "get"):
            if "/S" in node:
                yield node
            yield from self._elements(node.get("/K", []))

    @property
    def sizes(self) -> set[tuple[int, int]]:
        """Width and height of the pages in points."""
        return {(round(page.mediabox.width), round(page.mediabox.height)) for page in self.reader.pages}

    @property
    def fonts(self) -> dict[str, bool]:
        """The fonts by name, and whether each is embedded."""
        found = {}
        for page in self.reader.pages:
            resources: Any = page["/Resources"]
            for font in resources["/Font"].values():
                inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
                embedded = any(key in inner for key in ("/FontFile", "/FontFile2", "/FontFile3"))
                found[str(inner["/FontName"]).partition("+")[2]] = embedded
        return found

    @property
    def colours(self) -> set[str]:
        """Every colour that is not a grey: operands of colour operators whose parts differ."""
        found = set()
        for page in self.reader.pages:
            for operands, operator in ContentStream(page.get_contents(), self.reader).operations:
                numbers = [float(one) for one in operands if isinstance(one, int | float) or hasattr(one, "as_numeric")]
                if operator in COLOURED and len(set(numbers)) > 1:
                    found.add(f"{operator!r} {numbers}")
        return found

    @property
    def outline(self) -> list[str]:
        """The bookmarks, flat."""

        def flat(items: list[Any]) -> Iterator[str]:
            for item in items:
                if isinstance(item, list):
                    yield from flat(item)
                else:
                    yield str(item.title)

        return list(flat(self.reader.outline))
