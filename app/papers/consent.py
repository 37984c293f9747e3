"""From a consent on record to a paper, and the same form empty for a pen."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final
from uuid import UUID

from app.cases.domain import CaseView
from app.consents import queries as consents
from app.consents.domain import (
    READ_ALOUD,
    TEXT_VERSION,
    Answer,
    ConsentForm,
    ConsentKind,
    ConsentView,
    Standing,
)
from app.core.texts import N_, Text, format_day
from app.core.uow import UnitOfWork
from app.papers.domain import (
    Facts,
    Paper,
    PaperKey,
    PaperKind,
    Paragraph,
    Points,
    Section,
    Signature,
    Table,
    Words,
)
from app.reference.loader import reference

TITLES: Final[Mapping[ConsentKind, Text]] = {
    ConsentKind.CONSENT: N_("Consent"),
    ConsentKind.PERMISSION: N_("Disclosure permission"),
    ConsentKind.PROHIBITION: N_("Prohibition"),
    ConsentKind.STATUTORY: N_("Statutory basis"),
}
FORMS: Final[Mapping[ConsentForm, Text]] = {
    ConsentForm.ORAL: N_("orally"),
    ConsentForm.WRITTEN: N_("on paper"),
    ConsentForm.ELECTRONIC: N_("electronically"),
}
WITHDRAWAL: Final = (
    N_("Tell your worker by telephone, by letter or when you meet. You need not give a reason."),
    N_("From that moment nothing more is given to the party. What has already been given stays on record."),
)
LINE: Final = "____________________"
CONSENT_FORM: Final = N_("Consent form for a pen")


def text_edition() -> Text:
    """Return which text the empty form has."""
    return N_("text %(version)s", version=TEXT_VERSION)


def consent_paper(uow: UnitOfWork, case: CaseView, consent_id: UUID, today: date) -> Paper:
    """Return a consent of the case on paper, with the text that was read aloud, or raise NotFound."""
    view = consents.consent_of(uow, case.id, consent_id)
    return Paper(
        key=PaperKey(PaperKind.CONSENT, consent_id),
        title=TITLES[view.kind],
        ref=case.ref,
        edition=N_("given %(day)s", day=view.given_on),
        edition_slug=view.given_on.isoformat(),
        mark=_mark(view, today),
        sections=(_answers(view), _terms(view), *_read_aloud(view), *_withdrawal(view.kind)),
        signatures=_signatures(view),
    )


def blank_form(case: CaseView, today: date) -> Paper:
    """Return an empty consent to be filled in and signed with a pen: every party and kind of data that holds today."""
    lists = reference()
    return Paper(
        key=PaperKey(PaperKind.CONSENT_FORM),
        title=N_("Consent to exchange data"),
        ref=case.ref,
        edition=text_edition(),
        edition_slug=TEXT_VERSION,
        sections=(
            Section(N_("What this is about"), tuple(Paragraph(line) for line in READ_ALOUD[TEXT_VERSION])),
            Section(
                N_("Your answer to each party"),
                (
                    Table(
                        N_("Write a cross under yes or no. A party without a cross gets nothing."),
                        (N_("Party"), N_("Yes"), N_("No")),
                        tuple((str(one.label), "", "") for one in lists.parties.on(today)),
                    ),
                ),
            ),
            Section(
                N_("Data and purposes"),
                (
                    _to_tick(N_("Data that may be given"), [str(one.label) for one in lists.data_categories.on(today)]),
                    _to_tick(N_("For what purpose"), [str(one.label) for one in lists.purposes.on(today)]),
                    Facts(((N_("Valid until (empty: until further notice)"), LINE),)),
                ),
            ),
            *_withdrawal(ConsentKind.CONSENT),
        ),
        signatures=(Signature(N_("Client or representative")), Signature(N_("Worker"))),
    )


def _to_tick(head: Text, labels: Iterable[str]) -> Table:
    tick = N_("Write a cross by what you agree to.")
    return Table(tick, (head, N_("Cross")), tuple((label, "") for label in labels))


def _mark(view: ConsentView, today: date) -> Words:
    standing = view.standing(today)
    if standing is Standing.WITHDRAWN and view.withdrawn_on:
        return N_("Withdrawn %(day)s", day=view.withdrawn_on)
    if standing is Standing.EXPIRED and view.valid_until:
        return N_("Ended %(day)s", day=view.valid_until)
    return ""


def _answers(view: ConsentView) -> Section:
    lists = reference()
    said = {Answer.GIVEN: N_("Yes"), Answer.REFUSED: N_("No")}
    if view.kind is ConsentKind.PROHIBITION:
        said = {Answer.GIVEN: N_("Forbidden"), Answer.REFUSED: N_("Not forbidden")}
    answers = dict.fromkeys((item.party, item.answer) for item in view.items)
    return Section(
        N_("Parties, data and purposes"),
        (
            Table(
                N_("Answer to each party"),
                (N_("Party"), N_("Answer")),
                tuple((lists.parties.label(party), said[answer]) for party, answer in answers),
            ),
            Facts(
                (
                    (N_("Kinds of data"), ", ".join(lists.data_categories.label(code) for code in view.categories)),
                    (N_("Purposes"), ", ".join(lists.purposes.label(code) for code in view.purposes)),
                )
            ),
        ),
    )


def _terms(view: ConsentView) -> Section:
    ground = reference().bases.get(view.basis)
    until = format_day(view.valid_until) if view.valid_until else N_("until further notice")
    by = N_("Client") if view.given_by == "self" else N_("Guardian or other representative")
    pairs: list[tuple[Words, Words]] = [
        (N_("Basis"), f"{ground.label} ({ground.basis})" if ground.basis else str(ground.label)),
        (N_("Valid until"), until),
    ]
    if view.kind is not ConsentKind.STATUTORY:
        pairs += [(N_("Who gave it"), by), (N_("How it was given"), FORMS[view.form])]
    if view.remark:
        pairs.append((N_("Remark"), view.remark))
    return Section(N_("Validity"), (Facts(tuple(pairs)),))


def _read_aloud(view: ConsentView) -> list[Section]:
    if view.kind is ConsentKind.STATUTORY:
        return []
    lines = READ_ALOUD.get(view.text_version)
    heading = N_("Text that was read aloud, version %(version)s", version=view.text_version)
    if lines is None:
        return [Section(heading, (Paragraph(N_("The text of this version is not in Polku.")),))]
    return [Section(heading, tuple(Paragraph(line) for line in lines))]


def _withdrawal(kind: ConsentKind) -> list[Section]:
    if kind is ConsentKind.STATUTORY:
        return []
    return [Section(N_("How to withdraw"), (Points(WITHDRAWAL),))]


def _signatures(view: ConsentView) -> tuple[Signature, ...]:
    if view.kind is ConsentKind.STATUTORY:
        return ()
    giver = N_("Client") if view.given_by == "self" else N_("Guardian or other representative")
    given = Signature(giver, on=view.given_on, way=FORMS[view.form], is_client=view.given_by == "self")
    return given, Signature(N_("Worker"))
