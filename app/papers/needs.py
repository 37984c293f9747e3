"""From a finished needs assessment to a paper."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from app.accounts import queries as accounts
from app.assessments import queries as assessments
from app.assessments.needs import TEXTS, THEMES, NeedsContent, NeedsHead, NeedsVersion, Network, State
from app.cases.domain import CaseView
from app.core.errors import NotFound
from app.core.texts import N_, Text, format_day
from app.core.uow import UnitOfWork
from app.papers.domain import (
    Facts,
    Paper,
    PaperKey,
    PaperKind,
    Paragraph,
    Quote,
    Section,
    Signature,
    Words,
)
from app.reference.loader import reference

NEEDS: Final = N_("Needs assessment")
NETWORKS: Final[Mapping[Network, Text]] = {
    Network.MAPPED: N_("Mapped"),
    Network.REFUSED: N_("The client refused"),
}
STATES: Final[Mapping[State, Text]] = {
    State.FINISHED: N_("Finished assessment"),
    State.REPLACED: N_("Replaced by a later version"),
}
"""What can be printed; a draft cannot."""


def needs_paper(uow: UnitOfWork, case: CaseView, version_id: UUID) -> Paper:
    """Return a finished version of the case's needs assessment on paper, or raise NotFound; a draft is not printed."""
    needs = assessments.needs_of(uow, case.id)
    version = assessments.version_in(needs, version_id)
    if needs is None or version.state not in STATES:
        raise NotFound
    return Paper(
        key=PaperKey(PaperKind.NEEDS, version_id),
        title=NEEDS,
        ref=case.ref,
        edition=N_("version %(number)s", number=version.number),
        edition_slug=f"v{version.number}",
        mark=STATES[State.REPLACED] if version.state is State.REPLACED else "",
        sections=(
            _course(needs.head, version),
            _text(version.content, "situation"),
            _urgent(version.content),
            _services(version.content),
            Section(TEXTS["client_view"], (Quote(version.content.text("client_view") or N_("Not recorded")),)),
            _text(version.content, "conclusions"),
            _own_worker(version.content),
            _network(version.content),
        ),
        signatures=_signatures(uow, version),
    )


def _course(head: NeedsHead, version: NeedsVersion) -> Section:
    lists = reference()
    pairs: list[tuple[Words, Words]] = [(N_("Initiated"), format_day(head.initiated_on))]
    if head.started_on:
        pairs.append((N_("Started"), format_day(head.started_on)))
    if version.finished_on:
        pairs.append((N_("Finished"), format_day(version.finished_on)))
    pairs.append((TEXTS["participants"], version.content.text("participants") or N_("Not recorded")))
    if version.content.profession:
        pairs.append((N_("Who assesses"), lists.professions.label(version.content.profession)))
    if version.content.is_office_holder is not None:
        pairs.append((N_("The assessor holds a public office"), _truth(version.content.is_office_holder)))
    if version.content.text("office_reason"):
        pairs.append((TEXTS["office_reason"], version.content.text("office_reason")))
    if version.recorded_system:
        pairs.append((N_("Official copy"), _official(version)))
    return Section(N_("Course of the assessment"), (Facts(tuple(pairs)),))


def _official(version: NeedsVersion) -> Words:
    named = (reference().systems.label(version.recorded_system), version.reference)
    where = ", ".join(words for words in named if words)
    if version.recorded_on is None:
        return where
    return N_("%(where)s, recorded %(day)s", where=where, day=version.recorded_on)


def _text(content: NeedsContent, name: str) -> Section:
    return Section(TEXTS[name], (Paragraph(content.text(name) or N_("Not recorded")),))


def _truth(said: bool | None) -> Words:  # noqa: FBT001 - the answer itself
    return N_("Not recorded") if said is None else N_("Yes") if said else N_("No")


def _urgent(content: NeedsContent) -> Section:
    said = Paragraph(_truth(content.is_urgent))
    more = content.text("urgent_text")
    return Section(TEXTS["urgent_text"], (said, Paragraph(more)) if more else (said,))


def _services(content: NeedsContent) -> Section:
    pairs = tuple((THEMES[name], text) for name, text in content.themes)
    return Section(N_("Need for services"), (Facts(pairs) if pairs else Paragraph(N_("Not recorded")),))


def _own_worker(content: NeedsContent) -> Section:
    said = Paragraph(_truth(content.needs_own_worker))
    reason = content.text("own_worker_reason")
    return Section(N_("An own worker is needed"), (said, Paragraph(reason)) if reason else (said,))


def _network(content: NeedsContent) -> Section:
    said = Paragraph(NETWORKS[content.network] if content.network else N_("Not recorded"))
    more = content.text("network_text")
    return Section(TEXTS["network_text"], (said, Paragraph(more)) if more else (said,))


def _signatures(uow: UnitOfWork, version: NeedsVersion) -> tuple[Signature, ...]:
    names = accounts.full_names(uow, {version.finished_by} if version.finished_by else set())
    name = names.get(version.finished_by, "") if version.finished_by else ""
    return Signature(N_("Assessor"), name, version.finished_on), Signature(N_("Client"))
