"""When somebody is reminded of what, how long a mail is tried, and what a notice says (ruling 19)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.core.texts import N_, N_n, Text
from app.duties.domain import NAMES
from app.reference.domain import ReminderRule

RETRY_MINUTES: Final = (1, 5, 15)
"""Minutes to the next try after the first, second, third failure; the last one repeats."""
TRIED_FOR: Final = timedelta(hours=72)


class Channel(StrEnum):
    """The way a reminder takes: a notice inside Polku always, a mail where the recipient has an address."""

    NOTICE = "notice"
    MAIL = "mail"


class Audience(StrEnum):
    """Whom an offset is meant for: whoever answers for the case, or the lead once it has waited too long."""

    WORKER = "worker"
    LEAD = "lead"


class EntryState(StrEnum):
    """How an offset stands in the ledger: it reached somebody, or it is only noted as gone by."""

    SENT = "sent"
    PASSED = "passed"


class Template(StrEnum):
    """Which words a notice or a mail uses."""

    REMINDER = "reminder"
    STAND_IN = "stand_in"
    UNASSIGNED = "unassigned"
    ESCALATION = "escalation"
    POSTPONED = "postponed"
    LATE_SUMMARY = "late_summary"
    MAIL_FAILED = "mail_failed"


class MailState(StrEnum):
    """The life of an outbox row; `dropped` means that nobody needs the mail any more."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Step:
    """One offset of one rule: so many days from the due date (minus is before it), for one audience."""

    rule: str
    duty_kind: str
    offset_days: int
    audience: Audience


def steps_of(rules: Iterable[ReminderRule]) -> tuple[Step, ...]:
    """Return the rules as single steps; the day of escalation is a step of the lead's."""
    steps: list[Step] = []
    for rule in rules:
        steps.extend(Step(rule.code, rule.duty_kind, offset, Audience.WORKER) for offset in rule.offsets)
        if rule.escalate_after is not None:
            steps.append(Step(rule.code, rule.duty_kind, rule.escalate_after, Audience.LEAD))
    return tuple(steps)


def latest_due(steps: Iterable[Step], today: date) -> date:
    """Return the last due date that any step reaches today; without steps a day nothing is due by."""
    return max((today - timedelta(days=step.offset_days) for step in steps), default=date.min)


def marks(
    offsets: Collection[int], *, due_on: date, today: date, known: Collection[int] = ()
) -> tuple[tuple[int, EntryState], ...]:
    """Return what the ledger of one duty, recipient and channel gains today, in rising order of offsets.

    Offsets reached ("on or before", never "exactly") and not yet `known` are entered: the latest one reached is sent,
    those before it have passed, so days without a run cost one reminder and not one each. Twin of the statement in
    `queries.wanted`. Source: ruling 19.
    """
    reached = sorted({offset for offset in offsets if offset <= (today - due_on).days})
    return tuple(
        (offset, EntryState.SENT if offset == reached[-1] else EntryState.PASSED)
        for offset in reached
        if offset not in known
    )


def next_attempt(made_at: datetime, failures: int, now: datetime) -> datetime | None:
    """Return when a mail that has failed so many times is tried again: after 1, 5, 15, then every 15 minutes.

    None when that would be later than 72 hours after it was made: the mail has failed for good.
    """
    at = now + timedelta(minutes=RETRY_MINUTES[min(failures, len(RETRY_MINUTES)) - 1])
    return at if at <= made_at + TRIED_FOR else None


@dataclass(frozen=True, slots=True)
class Tally:
    """What one run of the sweep, or one part of it, brought."""

    ranges: int = 0
    sent: int = 0
    passed: int = 0
    mails: int = 0
    notices: int = 0
    settled: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def entered(self) -> int:
        """Ledger rows that were written."""
        return self.sent + self.passed

    def counts(self) -> dict[str, int]:
        """The figures by name, for the job's row and the trail."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Posted:
    """What one run of the delivery brought; `is_cut_off`: the mail server was away, so the rest waits."""

    sent: int = 0
    retried: int = 0
    failed: int = 0
    dropped: int = 0
    is_cut_off: bool = False


# -- what a notice says ----------------------------------------------------------------------------------------------

WHY_WORDS: Final[Mapping[str, Text]] = {
    Template.REMINDER: N_("You are the responsible worker."),
    Template.STAND_IN: N_("You stand in: the responsible worker is away."),
    Template.UNASSIGNED: N_("The path has no responsible worker."),
    Template.ESCALATION: N_("The due date has passed long ago, so the lead of the team is told."),
    Template.POSTPONED: N_("Put off three times in a row or more, so the lead of the team is told."),
}
MOVED_ON: Final = N_("The path has moved to somebody else.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """One notice as the list shows it; client and case are None when the reader no longer sees the case."""

    id: UUID
    template: str
    made_at: datetime
    is_seen: bool
    duty_kind: str | None = None
    due_on: date | None = None
    is_settled: bool = False
    case_id: UUID | None = None
    case_ref: str | None = None
    client_name: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def what(self) -> Text:
        """What it is about, in a few words."""
        if self.template == Template.LATE_SUMMARY:
            return _late(self.counts.get("duties", 0))
        if self.template == Template.MAIL_FAILED:
            return N_("Mails to workers of your team did not arrive")
        return NAMES.get(self.duty_kind or "", N_("Something falls due"))

    @property
    def why(self) -> Text | None:
        """Why the reader is told, or that the case is no longer theirs."""
        if self.duty_kind is not None and self.case_id is None:
            return MOVED_ON
        return WHY_WORDS.get(self.template)


def _late(count: int) -> Text:
    return N_n(
        "%(num)s matter that came to you is past its due date",
        "%(num)s matters that came to you are past their due dates",
        count,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedMail:
    """Mails of one worker that were given up, for the lead: how many, the last one, and what the server said."""

    user_id: UUID
    full_name: str
    count: int
    last_at: datetime
    failure: str
