"""What a paper is, before it becomes a page or a PDF: sections, tables, a place for signatures. Plain values.

One shape for both renderings: the page for reading and the PDF say the same because they are given the same.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, TypeAlias
from uuid import UUID

from app.consents.domain import Answer, ConsentKind, ConsentView, Standing
from app.core.errors import FieldProblem
from app.core.texts import N_, Text

Words: TypeAlias = Text | str
Say: TypeAlias = Callable[[Words], str]


class PaperKind(StrEnum):
    """What can be put on paper; the value is the word in its address."""

    SUMMARY = "yhteenveto"
    PLAN = "suunnitelma"
    NEEDS = "palvelutarve"
    CONSENT = "suostumus"
    CONSENT_FORM = "suostumuslomake"


OF_THE_CASE: Final = frozenset({PaperKind.SUMMARY, PaperKind.CONSENT_FORM})
"""Papers that every case has once; the others are of one record."""

SHARED: Final[Mapping[PaperKind, tuple[str, ...]]] = {
    PaperKind.PLAN: ("plan",),
    PaperKind.NEEDS: ("needs_assessment",),
}
"""What may be given to a party, with the kinds of data the basis must cover. The rest is for the client."""


class Recipient(StrEnum):
    """For whom a copy is made."""

    CLIENT = "client"
    PARTY = "party"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class PaperKey:
    """Which paper: its kind, and the record it is made from (None: the case itself)."""

    kind: PaperKind
    subject_id: UUID | None = None

    def __str__(self) -> str:
        """Return it as it stands in an address: suunnitelma-0192…, yhteenveto."""
        return f"{self.kind}-{self.subject_id.hex}" if self.subject_id else str(self.kind)


def read_key(text: str) -> PaperKey | None:
    """Return the paper an address names, or None when it names none."""
    word, _, record = text.partition("-")
    if word not in list(PaperKind):
        return None
    kind = PaperKind(word)
    if (kind in OF_THE_CASE) == bool(record):
        return None
    try:
        return PaperKey(kind, UUID(record) if record else None)
    except ValueError:
        return None


# ---------------------------------------------------------------- the shape


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; line breaks are kept."""

    text: Words


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody said, in their words."""

    text: Words


@dataclass(frozen=True, slots=True)
class Points:
    """A list of short lines."""

    lines: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with their values."""

    pairs: tuple[tuple[Words, Words], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; the caption says what they are."""

    caption: Words
    head: tuple[Words, ...]
    rows: tuple[tuple[Words, ...], ...]


Block: TypeAlias = Paragraph | Quote | Points | Facts | Table


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    heading: Words
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """One party's line: filled where it was signed or accepted, empty where there is room for a pen.

    The client's name stands in the register of clients alone and is put in when the paper is read.
    """

    party: Words
    name: Words = ""
    on: date | None = None
    way: Words = ""
    is_client: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper about one case.

    `edition` tells which text it is (version 2; the day it was put together). `about` says whom and what it concerns.
    A paper never holds contact data of the client, protected or not: nothing on it needs them.
    """

    key: PaperKey
    title: Words
    ref: str
    edition: Words
    edition_slug: str
    about: tuple[tuple[Words, Words], ...] = ()
    sections: tuple[Section, ...] = ()
    signatures: tuple[Signature, ...] = ()
    is_protected: bool = False
    mark: Words = ""

    @property
    def name(self) -> Text:
        """What the paper is called in a title: kind and ref, never a person."""
        return N_("%(kind)s %(ref)s", kind=self.title, ref=self.ref)

    @property
    def file_name(self) -> str:
        """A file's name without a person in it: suunnitelma-A-2041-1-v2.pdf."""
        return f"{self.key.kind}-{self.ref.replace('/', '-')}-{self.edition_slug}.pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One copy of a paper: for whom, when and by whom. `party` and `basis` are words, for a party of the network."""

    recipient: Recipient
    made: str
    made_by: str
    party: Words = ""
    basis: Words = ""

    @property
    def words(self) -> Text:
        """For whom the copy is."""
        if self.recipient is Recipient.PARTY:
            return N_("Copy for: %(party)s. Basis: %(basis)s", party=self.party, basis=self.basis)
        return N_("Copy for the client") if self.recipient is Recipient.CLIENT else N_("Copy for the worker's own use")

    @property
    def tells_of_protection(self) -> bool:
        """Whether the paper says that the address is protected.

        Only a copy that stays with the worker does: a paper that is lost or shown must not tell that somebody hides,
        and since no contact data is on it, whoever gets it has nothing to guard.
        """
        return self.recipient is Recipient.OWN


# ---------------------------------------------------------------- one rendering for all

LEGEND: Final = N_("Sign and write the day. Leave empty what does not concern you.")
NOT_THE_MASTER: Final = N_(
    "This is a copy printed from Polku. It is not a document of Kanta, and Polku is not the master record."
)
SCAN: Final = N_("Signed paper kept in (system and reference):")


def shape(paper: Paper, copy: Copy, say: Say, clean: Callable[[str], str] = str) -> dict[str, Any]:
    """Return the paper in plain texts of one language, as the PDF's template reads it.

    `clean` is given each text once it is spoken.
    """

    def told(words: Words) -> str:
        return clean(say(words))

    about = paper.about
    if paper.is_protected and copy.tells_of_protection:
        about = (*about, (N_("Address protection"), N_("Turvakielto: the contact data is not on this paper")))
    return {
        "title": told(paper.title),
        "name": told(paper.name),
        "edition": told(paper.edition),
        "ref": paper.ref,
        "made_for": told(copy.words),
        "made": told(N_("Printed %(made)s, %(by)s", made=copy.made, by=copy.made_by)),
        "mark": told(paper.mark),
        "about": _pairs(about, told),
        "sections": [
            {"heading": told(section.heading), "blocks": [_block(block, told) for block in section.blocks]}
            for section in paper.sections
        ],
        "signatures": [_signature(one, told) for one in paper.signatures],
        "words": {key: told(words) for key, words in LABELS.items()},
    }


LABELS: Final[Mapping[str, Text]] = {
    "signatures": N_("Signatures"),
    "party": N_("Party"),
    "name": N_("Name and signature"),
    "day": N_("Day"),
    "way": N_("How"),
    "legend": LEGEND,
    "scan": SCAN,
    "not_master": NOT_THE_MASTER,
    "page": N_("page"),
}


def _pairs(pairs: Iterable[tuple[Words, Words]], told: Say) -> list[list[str]]:
    return [[told(label), told(value)] for label, value in pairs]


def _signature(one: Signature, told: Say) -> dict[str, str]:
    day = f"{one.on.day}.{one.on.month}.{one.on.year}" if one.on else ""
    return {"party": told(one.party), "name": told(one.name), "day": day, "way": told(one.way)}


def _block(block: Block, told: Say) -> dict[str, Any]:
    if isinstance(block, Points):
        return {"kind": "points", "lines": [told(line) for line in block.lines]}
    if isinstance(block, Facts):
        return {"kind": "facts", "pairs": _pairs(block.pairs, told)}
    if isinstance(block, Table):
        return {
            "kind": "table",
            "caption": told(block.caption),
            "head": [told(words) for words in block.head],
            "rows": [[told(words) for words in row] for row in block.rows],
        }
    return {"kind": "quote" if isinstance(block, Quote) else "text", "text": told(block.text)}


# ---------------------------------------------------------------- giving a copy to a party


@dataclass(frozen=True, slots=True)
class Ground:
    """What a disclosure rests on: the code of the basis and the consent, permission or statute on record."""

    basis: str
    consent_id: UUID


def ground_for(
    consents: Iterable[ConsentView], party: str, *, categories: Collection[str], purpose: str, on: date
) -> Ground | None:
    """Return what allows giving these kinds of data to a party for a purpose on a day, or None.

    Party, every kind of data and the purpose must be named by one and the same record. A statute beats the client's
    prohibition, a prohibition beats a consent. Source: 703/2023 sections 6 and 58; the itemised basis of domain 2.4.
    """
    live = [one for one in consents if one.given_on <= on and one.standing(on) in {Standing.VALID, Standing.ENDING}]
    naming = [one for one in live if party in one.parties]
    covering = [one for one in naming if _covers(one, party, categories, purpose)]
    by_law = next((one for one in covering if one.kind is ConsentKind.STATUTORY), None)
    if by_law is not None:
        return Ground(by_law.basis, by_law.id)
    if any(one.kind is ConsentKind.PROHIBITION for one in naming):
        return None
    agreed = (one for one in covering if one.kind in {ConsentKind.CONSENT, ConsentKind.PERMISSION})
    return next((Ground(one.basis, one.id) for one in agreed), None)


def _covers(view: ConsentView, party: str, categories: Collection[str], purpose: str) -> bool:
    given = {
        item.category
        for item in view.items
        if item.party == party and item.purpose == purpose and item.answer is Answer.GIVEN
    }
    return given.issuperset(categories)


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for on the form before printing; `party` and `purpose` only for a party of the network."""

    recipient: Recipient
    party: str = ""
    purpose: str = ""


def order_problems(
    order: Order, kind: PaperKind, *, parties: Collection[str], purposes: Collection[str]
) -> list[FieldProblem]:
    """Return what is wrong with an order, each reason at its field: recipient, party, purpose."""
    if order.recipient is not Recipient.PARTY:
        return []
    if kind not in SHARED:
        return [FieldProblem("recipient", N_("This paper is not given to the network. Choose the client or own use."))]
    found: list[FieldProblem] = []
    if order.party not in parties:
        found.append(FieldProblem("party", N_("Choose to whom the copy is given.")))
    if order.purpose not in purposes:
        found.append(FieldProblem("purpose", N_("Choose for what purpose the copy is given.")))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureView:
    """One copy that was given to a party. Source: 703/2023 section 10."""

    id: UUID
    paper: str
    subject_id: UUID | None
    edition: str
    party: str
    purpose: str
    basis: str
    categories: tuple[str, ...]
    disclosed_at: datetime
    disclosed_by: UUID | None

    @property
    def key(self) -> PaperKey:
        """The paper that was given."""
        return PaperKey(PaperKind(self.paper), self.subject_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One line of the list of papers: what can be printed, and who printed it last."""

    key: PaperKey
    title: Words
    edition: Words
    state: Words = ""
    on: date | None = None
    last_at: datetime | None = None
    last_by: str = ""

    def printed(self, at: datetime, by: str) -> "Offer":
        """Return the line with its last printing."""
        return replace(self, last_at=at, last_by=by)
