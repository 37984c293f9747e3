"""One meeting, a review for each client: the reviews of a group of model C.

Every review lies in its own client's case and knows nothing of the others; only the day, the parties present and
what was said of the group as a whole are shared.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.cases.domain import CaseView
from app.clients import queries as clients
from app.clients.domain import ClientName
from app.core import once
from app.core.clock import local_date
from app.core.errors import Conflict, FieldProblem, Refused, too_long
from app.core.ids import new_id
from app.core.texts import N_, Text
from app.core.uow import UnitOfWork
from app.drafts import services as drafts
from app.plans import queries as plans
from app.plans.domain import LONGEST_LINE, LONGEST_TEXT, ActionState, GoalAnswer, HeldReview
from app.reference.loader import reference
from app.reviews.domain import by_case, named_in, row_name
from app.reviews.queries import group_of, without_basis
from app.reviews.services import hold_review


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """The meeting: its day, the parties present, others present by name, what concerns the group as a whole."""

    held_on: date
    parties: tuple[str, ...] = ()
    participants: str | None = None
    missing_reason: str | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """What was said of one client. `is_apart`: parties without a basis were not there when it was talked of."""

    case: CaseView
    plan_id: UUID
    kind: str
    version_id: UUID
    situation: str | None
    outcomes: Mapping[UUID, GoalAnswer]
    actions: Mapping[UUID, ActionState] = field(default_factory=dict)
    next_review_on: date | None = None
    next_reason: str | None = None
    is_apart: bool = False

    @property
    def texts(self) -> tuple[str | None, ...]:
        """Everything that was written of the client."""
        return self.situation, self.next_reason, *(answer.remark for answer in self.outcomes.values())

    def blame(self, field: str, message: Text) -> FieldProblem:
        """Return a reason at a field of the row."""
        return FieldProblem(f"{row_name(self.case.id)}-{field}", message)


def hold_group_review(
    uow: UnitOfWork, meeting: Meeting, rows: Sequence[GroupRow], *, actor: Actor, now: datetime
) -> UUID:
    """Put one meeting and a review of each client on record, all or none, and return the meeting's id.

    Each row is a review of its own in its client's case, checked and audited as one held alone. A party without a
    basis towards a client is left out of that client's review, and only when the row says it was not in the room.
    Raises Refused with every reason at once; the fields of a row begin with its `row_name`. Source: RU16, REVIEW_C.
    """
    for row in rows:
        ensure(actor, Permission.PLAN_REVIEW, row.case.subject)
    if not rows:
        raise Refused(N_("Choose at least one client."))
    if meeting.held_on > local_date(now):
        raise Refused(N_("The review cannot have been held in the future."), "held_on")
    for row in sorted(rows, key=lambda one: one.plan_id):  # two groups that share clients never wait for each other
        plans.lock_plan(uow, row.case.id, row.plan_id)
    names = clients.names_of(uow, [row.case.client_id for row in rows])
    problems = [*_meeting_problems(meeting, names), *_row_problems(uow, meeting, rows, names)]
    meeting_id, begun = new_id(), uow.session.begin_nested()
    for row in rows:
        problems += _hold(uow, meeting, meeting_id, row, actor=actor, now=now)
    if problems:
        begun.rollback()  # the rows that were right wait for the others
        raise Refused.because(dict.fromkeys(problems))
    begun.commit()
    return meeting_id


DRAFT: Final = "group_review"


def keep_group_draft(
    uow: UnitOfWork, fields: Mapping[str, Sequence[str]], *, once_key: UUID | None, actor: Actor, now: datetime
) -> None:
    """Keep the form as it stands: each row in a draft of its own case, with the meeting, for the actor alone.

    A client's text lies in that client's draft and nowhere else, whoever is chosen to the meeting afterwards and in
    whatever order; the meeting comes back with any of those who were there. Only rows of clients whose review the
    actor may hold are kept. Raises Conflict when the form has been sent.
    """
    if once_key is not None:
        once.hold_open(uow, once_key, actor.user_id, now)
    rows = by_case(fields)
    for one in group_of(uow, actor, now=now, only=rows.keys()) if rows else ():
        drafts.save_draft(
            uow,
            form=DRAFT,
            subject_id=one.case.id,
            base_version=None,
            fields=rows[one.case.id],
            actor=actor,
            now=now,
        )


def drop_group_draft(uow: UnitOfWork, case_ids: Iterable[UUID], *, actor: Actor) -> None:
    """Let go of the drafts of the rows, in the transaction that saves the reviews."""
    for case_id in case_ids:
        drafts.drop_draft(uow, form=DRAFT, subject_id=case_id, actor=actor)


def _meeting_problems(meeting: Meeting, names: Mapping[UUID, ClientName]) -> Iterator[FieldProblem]:
    for name, text, longest in (
        ("notes", meeting.notes, LONGEST_TEXT),
        ("participants", meeting.participants, LONGEST_LINE),
        ("missing_reason", meeting.missing_reason, LONGEST_TEXT),
    ):
        yield from too_long({name: text}, longest)
        if named_in(text, names.values()):
            words = N_("The text goes into the papers of every client. Leave the clients' names out.")
            yield FieldProblem(name, words)


def _row_problems(
    uow: UnitOfWork, meeting: Meeting, rows: Sequence[GroupRow], names: Mapping[UUID, ClientName]
) -> Iterator[FieldProblem]:
    for row in rows:
        others = [name for client_id, name in names.items() if client_id != row.case.client_id]
        if any(named_in(text, others) for text in row.texts):
            yield row.blame("situation", N_("The text names another client of the group. Leave the name out."))
        if not (row.situation or "").strip():
            yield row.blame("situation", N_("Write how things stand now."))
        without = without_basis(uow, row.case.id, row.kind, meeting.parties, meeting.held_on)
        if without and not row.is_apart:
            labels = ", ".join(reference().parties.label(code) for code in without)
            words = N_(
                "No basis to talk of this client with: %(parties)s. Record a basis or tick the box.", parties=labels
            )
            yield row.blame("apart", words)


def _hold(
    uow: UnitOfWork, meeting: Meeting, meeting_id: UUID, row: GroupRow, *, actor: Actor, now: datetime
) -> list[FieldProblem]:
    without = without_basis(uow, row.case.id, row.kind, meeting.parties, meeting.held_on)
    held = HeldReview(
        version_id=row.version_id,
        held_on=meeting.held_on,
        outcomes=row.outcomes,
        actions=row.actions,
        situation=row.situation,
        participants=meeting.participants,
        parties=tuple(party for party in meeting.parties if party not in without),
        missing_reason=meeting.missing_reason,
        next_review_on=row.next_review_on,
        next_reason=row.next_reason,
        meeting_id=meeting_id,
        meeting_notes=meeting.notes,
    )
    try:
        hold_review(uow, row.case, row.plan_id, held, actor=actor, now=now)
    except Refused as refused:
        return [_at_row(row, problem.field, problem.message) for problem in refused.reasons]
    except Conflict as conflict:
        return [_at_row(row, conflict.field, conflict.message)]
    return []


FIELDS: Final = {"next_review_on": "next", "next_reason": "reason", "situation": "situation"}
OF_THE_MEETING: Final = frozenset({"missing_reason", "participants", "meeting_notes"})
"""What is said once for all, and refused once: the meeting's own checks, or the first row that minds."""


def _at_row(row: GroupRow, field: str | None, message: Text) -> FieldProblem:
    name = field or "situation"
    if name in OF_THE_MEETING:
        return FieldProblem("notes" if name == "meeting_notes" else name, message)
    return row.blame(name if name.startswith("goal-") else FIELDS.get(name, "situation"), message)
