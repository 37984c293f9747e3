"""The sweep that reminds, the delivery that mails, and the rows that say a job ran.

A job is many short transactions, so it takes `units`, a maker of units of work that commit when their block ends.
Whatever kills it in between, the next run finds what is left: nothing is remembered outside the database.
"""

import time
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Select, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.audit import services as audit
from app.core.clock import local_date
from app.core.db import without_nested_loops
from app.core.errors import NotFound
from app.core.uow import UnitOfWork
from app.reference.loader import reference
from app.reminders import jobs, queries
from app.reminders.domain import (
    Audience,
    Channel,
    EntryState,
    MailState,
    Posted,
    Step,
    Tally,
    Template,
    next_attempt,
    steps_of,
)
from app.reminders.mail import Mailer, MailRefused, MailUnavailable, compose
from app.reminders.models import Notice, Outbox, ReminderEntry
from app.reminders.postponed import tell_leads

Units: TypeAlias = Callable[[], AbstractContextManager[UnitOfWork]]
LinkOf: TypeAlias = Callable[[UUID | None], str]

SWEEP: Final = "sweep"
RANGE: Final = 2500
"""Open duties of one transaction: a sixth of a second, and so many that reading the staff for each costs little."""
SECONDS_A_RUN: Final = 45.0
"""The delivery stops after so long and lets the next tick go on, well within a task's time limit."""


# -- the sweep --------------------------------------------------------------------------------------------------------


def sweep(units: Units, *, actor: Actor, now: datetime, size: int = RANGE) -> Tally:
    """Remind everybody of everything that today asks for and the ledger does not hold yet.

    Goes over the open duties in ranges of `size`, a transaction each; running it twice, or two at once, changes
    nothing, since the ledger's unique key lets an entry in once. Leaves a job row, and one event in the trail when
    something was entered. Source: ruling 19.
    """
    ensure(actor, Permission.REMINDERS_RUN)
    today = local_date(now)
    steps = current_steps(today)
    with units() as uow:
        jobs.end_abandoned(uow, SWEEP, actor=actor, now=now)
        run_id = jobs.begin_run(uow, SWEEP, day=today, now=now)
    reached = queries.is_reached(steps, today)
    entering = _entering(queries.wanted(steps, queries.is_between(steps, today), now=now, today=today), now=now)
    tally, after = Tally(), queries.NOBODY
    while True:
        with units() as uow:
            end = queries.range_end(uow, after, size, reached)
            if end is None:
                break
            with without_nested_loops(uow.session):
                made = uow.session.execute(entering, {"after": after, "end": end}).one()
            tally += Tally(1, *made)
            jobs.note_progress(uow, run_id, tally.counts())
        after = end
    with units() as uow:
        told = tell_leads(uow, today=today, now=now)
        tally += Tally(sent=told, notices=told, settled=_settle_notices(uow, now=now))
        jobs.end_run(uow, run_id, SWEEP, tally.counts(), actor=actor, now=now, is_told=tally.entered > 0)
    return tally


def current_steps(today: date) -> tuple[Step, ...]:
    """Return the steps of the rules that hold on a day."""
    return steps_of(reference().reminder_rules.on(today))


def _entering(wanted: CTE, *, now: datetime) -> Select[int, int, int, int]:
    """The one statement that writes the ledger rows not there yet, with their mails and notices, and counts them."""
    entry = ReminderEntry
    made = _ledger_insert(wanted, now).returning(entry.id, entry.channel, entry.state).cte("made")
    mails = _messages(made, wanted, Channel.MAIL, now)
    notices = _messages(made, wanted, Channel.NOTICE, now)
    return select(
        select(func.count()).select_from(made).where(made.c.state == EntryState.SENT).scalar_subquery(),
        select(func.count()).select_from(made).where(made.c.state == EntryState.PASSED).scalar_subquery(),
        select(func.count()).select_from(mails).scalar_subquery(),
        select(func.count()).select_from(notices).scalar_subquery(),
    )


LEDGER: Final = ("id", "rule", "duty_id", "recipient_id", "due_on", "offset_days", "channel", "state")


def _ledger_insert(wanted: CTE, now: datetime) -> Insert:
    rows = select(*(wanted.c[name] for name in LEDGER), literal(now))
    return only_once(insert(ReminderEntry).from_select([*LEDGER, "made_at"], rows))


def only_once(statement: Insert) -> Insert:
    """Leave out what the ledger holds already; this and its unique key are the whole defence against doubles."""
    return statement.on_conflict_do_nothing()


def _messages(made: CTE, wanted: CTE, channel: Channel, now: datetime) -> CTE:
    """The insert of the mails, or of the notices, of the ledger rows just made that are to be sent."""
    is_mail = channel is Channel.MAIL
    table: Any = Outbox if is_mail else Notice
    values: dict[str, Any] = {
        "id": func.gen_random_uuid(),
        "entry_id": wanted.c.id,
        "template": wanted.c.template,
        "recipient_id" if is_mail else "user_id": wanted.c.recipient_id,
        "case_id": wanted.c.case_id,
        "made_at": literal(now),
    }
    if is_mail:
        values |= {"state": literal(MailState.WAITING.value), "attempts": literal(0), "failure": literal("")}
        values["next_attempt_at"] = literal(now)
    else:
        values["counts"] = literal({}, JSONB)
    rows = (
        select(*values.values())
        .join_from(made, wanted, made.c.id == wanted.c.id)
        .where(made.c.channel == channel, made.c.state == EntryState.SENT)
    )
    return insert(table).from_select(list(values), rows).returning(table.id).cte(f"{channel}s")


def _settle_notices(uow: UnitOfWork, *, now: datetime) -> int:
    """Count the notices of duties that were closed meanwhile as seen: what is done needs no badge."""
    done = (
        update(Notice)
        .where(Notice.seen_at.is_(None), queries.is_settled(Notice.entry_id))
        .values(seen_at=now)
        .returning(Notice.id)
    )
    return len(uow.session.execute(done.execution_options(synchronize_session=False)).all())


# -- what import and demo bring in already late ------------------------------------------------------------------------


def pass_overdue(uow: UnitOfWork, *, case_ids: Collection[UUID] | None = None, actor: Actor, now: datetime) -> Tally:
    """Enter the open duties that are already overdue as gone by, with one summary for each who answers for them.

    For whoever opens duties in bulk (import, demo), in the transaction that opens them: else the next sweep would
    flood the workers and their leads. Offsets still to come will remind as usual. `case_ids` None: every overdue
    duty. Set-based; safe to call twice. Source: ruling 19.
    """
    today = local_date(now)
    wanted = queries.wanted(
        current_steps(today), queries.is_overdue(today, case_ids), now=now, today=today, sends=False
    )
    made = _ledger_insert(wanted, now).returning(ReminderEntry.id).cte("made")
    told = (
        select(
            wanted.c.recipient_id,
            func.count(wanted.c.duty_id.distinct()).label("duties"),
            func.count(wanted.c.case_id.distinct()).label("cases"),
        )
        .join_from(made, wanted, made.c.id == wanted.c.id)
        .where(wanted.c.audience == Audience.WORKER)
        .group_by(wanted.c.recipient_id)
        .cte("summed")
    )
    notices = _summaries(told, now)
    counted = select(
        select(func.count()).select_from(made).scalar_subquery(),
        select(func.count()).select_from(notices).scalar_subquery(),
    )
    passed, summaries = uow.session.execute(counted).one()
    tally = Tally(passed=passed, notices=summaries)
    if passed:
        audit.record(uow, "reminders_passed", actor=actor, at=now, object_kind="reminder", detail=tally.counts())
    return tally


def _summaries(told: CTE, now: datetime) -> CTE:
    counts = func.jsonb_build_object("duties", told.c.duties, "cases", told.c.cases)
    rows = select(
        func.gen_random_uuid(), told.c.recipient_id, literal(Template.LATE_SUMMARY.value), counts, literal(now)
    )
    columns = ["id", "user_id", "template", "counts", "made_at"]
    return insert(Notice).from_select(columns, rows).returning(Notice.id).cte("notices")


# -- delivery ---------------------------------------------------------------------------------------------------------


def deliver(
    units: Units,
    *,
    mailer: Mailer,
    link_of: LinkOf,
    sender: str,
    actor: Actor,
    now: datetime,
    seconds: float = SECONDS_A_RUN,
) -> Posted:
    """Send the mails that are due, one transaction each, until none is left or `seconds` are over.

    A row stays locked while its mail is handed over, so two runs never send the same one; killed after the server
    took it and before the commit, it is sent again under the same Message-ID. `link_of` makes the address a mail
    points to. A server that is away ends the run: what waits costs no attempt. Source: ruling 19; rows 10 and 11.
    """
    ensure(actor, Permission.REMINDERS_RUN)
    end, posted = time.monotonic() + seconds, Posted()
    while time.monotonic() < end:
        with units() as uow:
            claimed = queries.claim_mail(uow, now)
            if claimed is None:
                break
            posted = _post(uow, claimed, posted, mailer=mailer, link_of=link_of, sender=sender, actor=actor, now=now)
        if posted.is_cut_off:
            break
    return posted


def _post(
    uow: UnitOfWork,
    claimed: queries.ClaimedMail,
    posted: Posted,
    *,
    mailer: Mailer,
    link_of: LinkOf,
    sender: str,
    actor: Actor,
    now: datetime,
) -> Posted:
    row = claimed.row
    if not claimed.is_needed:
        row.state = MailState.DROPPED
        return replace(posted, dropped=posted.dropped + 1)
    row.attempts += 1
    try:
        link = link_of(row.case_id)
        mailer.send(compose(row.template, outbox_id=row.id, to=claimed.email, sender=sender, link=link, at=now))
    except MailUnavailable as error:
        return replace(_put_off(uow, row, posted, str(error), actor=actor, now=now), is_cut_off=True)
    except MailRefused as error:
        if error.is_final:
            return _give_up(uow, row, posted, str(error), actor=actor, now=now)
        return _put_off(uow, row, posted, str(error), actor=actor, now=now)
    row.state, row.sent_at, row.failure = MailState.SENT, now, ""
    _record_mail(uow, "reminder_mailed", claimed, actor=actor, now=now)
    return replace(posted, sent=posted.sent + 1)


def _put_off(uow: UnitOfWork, row: Outbox, posted: Posted, failure: str, *, actor: Actor, now: datetime) -> Posted:
    at = next_attempt(row.made_at, row.attempts, now)
    if at is None:
        return _give_up(uow, row, posted, failure, actor=actor, now=now)
    row.next_attempt_at, row.failure = at, failure[:60]
    return replace(posted, retried=posted.retried + 1)


def _give_up(uow: UnitOfWork, row: Outbox, posted: Posted, failure: str, *, actor: Actor, now: datetime) -> Posted:
    """End the mail as failed and tell the leads; the worker has the notice inside Polku all the same."""
    row.state, row.next_attempt_at, row.failure = MailState.FAILED, now, failure[:60]
    for lead_id in queries.leads_of_user(uow, row.recipient_id, now):
        _tell_lead(uow, lead_id, now=now)
    detail = {"failure": row.failure, "attempts": row.attempts}
    audit.record(
        uow,
        "reminder_mail_failed",
        actor=actor,
        at=now,
        object_kind="outbox",
        object_id=row.id,
        case_id=row.case_id,
        outcome="failed",
        detail=detail,
    )
    return replace(posted, failed=posted.failed + 1)


def _tell_lead(uow: UnitOfWork, lead_id: UUID, *, now: datetime) -> None:
    """One notice for all failures until it is seen: a dead mail server must not bury the lead."""
    raised = Notice.counts.op("||")(func.jsonb_build_object("mails", Notice.counts["mails"].as_integer() + 1))
    known = update(Notice).where(
        Notice.user_id == lead_id, Notice.template == Template.MAIL_FAILED, Notice.seen_at.is_(None)
    )
    found = uow.session.execute(
        known.values(counts=raised).returning(Notice.id).execution_options(synchronize_session=False)
    )
    if not found.all():
        uow.session.add(Notice(user_id=lead_id, template=Template.MAIL_FAILED, counts={"mails": 1}, made_at=now))
        uow.flush()


def _record_mail(uow: UnitOfWork, action: str, claimed: queries.ClaimedMail, *, actor: Actor, now: datetime) -> None:
    audit.record(
        uow,
        action,
        actor=actor,
        at=now,
        object_kind="outbox",
        object_id=claimed.row.id,
        client_id=claimed.client_id,
        case_id=claimed.row.case_id,
        detail={"template": claimed.row.template, "recipient": str(claimed.row.recipient_id)},
    )


# -- notices ----------------------------------------------------------------------------------------------------------


def see(uow: UnitOfWork, notice_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Mark one of the actor's own notices as seen; seen twice is seen once. Raises NotFound for anybody else's."""
    own = select(Notice.id).where(Notice.id == notice_id, Notice.user_id == actor.user_id)
    if uow.session.scalar(own) is None:
        raise NotFound
    _mark(uow, Notice.id == notice_id, now=now)


def see_all(uow: UnitOfWork, *, actor: Actor, now: datetime) -> int:
    """Mark every notice of the actor's that was made until now as seen and return how many there were."""
    return _mark(uow, (Notice.user_id == actor.user_id) & (Notice.made_at <= now), now=now)


def _mark(uow: UnitOfWork, which: ColumnElement[bool], *, now: datetime) -> int:
    seen = update(Notice).where(which, Notice.seen_at.is_(None)).values(seen_at=now).returning(Notice.id)
    return len(uow.session.execute(seen.execution_options(synchronize_session=False)).all())
