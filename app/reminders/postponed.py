"""A review put off for the third time in a row, or once more: the leads of the team are told, inside Polku."""

from datetime import date, datetime

from sqlalchemy import func, insert, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as insert_once

from app.core.uow import UnitOfWork
from app.duties.domain import POSTPONED_OFTEN
from app.reminders.domain import Channel, EntryState, Template
from app.reminders.models import Notice, ReminderEntry
from app.reminders.queries import postponed_often


def tell_leads(uow: UnitOfWork, *, today: date, now: datetime) -> int:
    """Enter a notice for each lead at work of each review put off so often, once, and return how many.

    A lead who is away is told on the first day back, if the review is still to be held. The ledger's unique key lets
    each in once, so this is safe to run twice, or two at once.
    """
    found = postponed_often(now, today)
    wanted = select(func.gen_random_uuid().label("id"), *found.c).cte("wanted")
    entry = {
        "id": wanted.c.id,
        "rule": literal(POSTPONED_OFTEN),
        "duty_id": wanted.c.duty_id,
        "recipient_id": wanted.c.recipient_id,
        "due_on": wanted.c.due_on,
        "offset_days": literal(0),
        "channel": literal(Channel.NOTICE.value),
        "state": literal(EntryState.SENT.value),
        "made_at": literal(now),
    }
    made = (
        insert_once(ReminderEntry)
        .from_select(list(entry), select(*entry.values()))
        .on_conflict_do_nothing()
        .returning(ReminderEntry.id)
        .cte("made")
    )
    notice = {
        "id": func.gen_random_uuid(),
        "entry_id": wanted.c.id,
        "user_id": wanted.c.recipient_id,
        "template": literal(Template.POSTPONED.value),
        "case_id": wanted.c.case_id,
        "counts": literal({}, JSONB),
        "made_at": literal(now),
    }
    told = select(*notice.values()).join_from(made, wanted, made.c.id == wanted.c.id)
    return len(uow.session.execute(insert(Notice).from_select(list(notice), told).returning(Notice.id)).all())
