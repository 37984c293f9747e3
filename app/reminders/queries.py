"""Who is to be told of what today, as SQL; the notices of a user; what the mail run takes next."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CTE,
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    Select,
    SmallInteger,
    String,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    column,
    exists,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
    values,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import SQLCoreOperations

from app.access.actor import Actor, Role
from app.access.scopes import visible_cases
from app.accounts.models import Absence, TeamMember, User
from app.audit import services as audit
from app.audit.domain import Purpose
from app.cases.models import Case
from app.clients import queries as clients
from app.core.uow import UnitOfWork
from app.duties.domain import POSTPONED_OFTEN
from app.duties.models import Duty
from app.duties.queries import is_late
from app.reminders.domain import (
    Audience,
    Channel,
    EntryState,
    FailedMail,
    MailState,
    NoticeView,
    Step,
    Template,
    latest_due,
)
from app.reminders.models import Notice, Outbox, ReminderEntry

NOBODY: Final = UUID(int=0)
SHOWN: Final = 100
"""Notices of one page; older ones have long been seen or settled."""


# -- who is told of what: the select that the sweep inserts from ------------------------------------------------------


def is_reached(steps: Sequence[Step], today: date) -> ColumnElement[bool]:
    """The condition of an open duty that some step could reach today."""
    return and_(Duty.closed_at.is_(None), Duty.due_on <= latest_due(steps, today))


def is_between(steps: Sequence[Step], today: date) -> ColumnElement[bool]:
    """The condition of the duties of one range: after an id, up to another; both are given at execution."""
    return and_(is_reached(steps, today), Duty.id > written("after"), Duty.id <= written("end"))


def written(name: str) -> BindParameter[UUID]:
    """An id that stands in the statement's text, so that no two ranges share a prepared plan.

    The plan that the server keeps from the tenth range on knows no sizes and took five times as long (measured).
    """
    return bindparam(name, type_=Uuid, literal_execute=True)


def is_overdue(today: date, case_ids: Collection[UUID] | None = None) -> ColumnElement[bool]:
    """The condition of an open duty past its due date, in some cases or in all."""
    late = and_(Duty.closed_at.is_(None), is_late(Duty.due_on.expression, today))
    return late if case_ids is None else and_(late, Duty.case_id == any_(literal(list(case_ids), ARRAY(Uuid))))


def is_settled(entry_id: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a column of the caller's table
    """The condition that the duty of a ledger row has been closed."""
    return exists().where(ReminderEntry.id == entry_id, Duty.id == ReminderEntry.duty_id, Duty.closed_at.is_not(None))


def range_end(uow: UnitOfWork, after: UUID, size: int, condition: ColumnElement[bool]) -> UUID | None:
    """Return the last id of the next `size` duties after an id, or None when there are no more."""
    ids = select(Duty.id).where(condition, Duty.id > after).order_by(Duty.id).limit(size).subquery()
    return uow.session.scalar(select(ids.c.id).order_by(ids.c.id.desc()).limit(1))


def wanted(
    steps: Sequence[Step], condition: ColumnElement[bool], *, now: datetime, today: date, sends: bool = True
) -> CTE:
    """Every ledger row that today asks for, whether it is there already or not; the twin of `domain.marks`.

    One row a duty that fulfils the `condition`, recipient, reached offset and channel, with an id of its own, the case
    and the words. With `sends` the latest offset is to be sent, otherwise all of them have passed.
    """
    due = _due(condition)
    told = _told(due, now, today)
    plan = _plan(steps)
    ways = values(column("channel", String), name="ways").data([(Channel.NOTICE,), (Channel.MAIL,)])
    gone = type_coerce(literal(today, Date) - due.c.due_on, Integer)
    latest = func.max(plan.c.offset_days).over(partition_by=(due.c.duty_id, told.c.recipient_id, plan.c.rule))
    state = case((plan.c.offset_days == latest, EntryState.SENT.value), else_=EntryState.PASSED.value)
    return (
        select(
            func.gen_random_uuid(type_=Uuid).label("id"),
            plan.c.rule,
            due.c.duty_id,
            told.c.recipient_id,
            due.c.due_on,
            plan.c.offset_days,
            ways.c.channel,
            (state if sends else literal(EntryState.PASSED.value)).label("state"),
            due.c.case_id,
            told.c.template,
            told.c.audience,
        )
        .select_from(due)
        .join(told, told.c.duty_id == due.c.duty_id)
        .join(plan, and_(plan.c.duty_kind == due.c.kind, plan.c.audience == told.c.audience))
        .join(ways, or_(ways.c.channel == Channel.NOTICE, told.c.email != ""))
        .where(plan.c.offset_days <= gone)
        .cte("wanted")
    )


def _due(condition: ColumnElement[bool]) -> CTE:
    return (
        select(
            Duty.id.label("duty_id"),
            Duty.kind,
            Duty.due_on,
            Duty.case_id,
            # Without a NULL the joins below can be hashed.
            func.coalesce(Case.primary_worker_id, NOBODY).label("worker_id"),
            func.coalesce(Case.team_id, NOBODY).label("team_id"),
        )
        .join(Case, Case.id == Duty.case_id)
        .where(condition)
        .cte("due")
    )


def _plan(steps: Sequence[Step]) -> Any:  # noqa: ANN401 - a list of values has no narrower public type
    rows = [(step.rule, step.duty_kind, step.offset_days, step.audience.value) for step in steps]
    return values(
        column("rule", String),
        column("duty_kind", String),
        column("offset_days", SmallInteger),
        column("audience", String),
        name="plan",
    ).data(rows or [("", "", 0, "")])


def _told(due: CTE, now: datetime, today: date) -> CTE:
    """Whom each duty is told to: the worker at work; else who stands in; and, for the lead's own steps, the leads."""
    own = (
        select(
            due.c.duty_id,
            User.id.label("recipient_id"),
            User.email.label("email"),
            literal(Audience.WORKER.value).label("audience"),
            literal(Template.REMINDER.value).label("template"),
        )
        .join(User, User.id == due.c.worker_id)
        .where(at_work(User, today))
    )
    stand_in = _stand_ins(_empty_desks(due, today), now, today)
    template = case((due.c.worker_id == NOBODY, Template.UNASSIGNED.value), else_=Template.STAND_IN.value)
    others = select(due.c.duty_id, stand_in.c.user_id, stand_in.c.email, literal(Audience.WORKER.value), template).join(
        stand_in, and_(stand_in.c.worker_id == due.c.worker_id, stand_in.c.team_id == due.c.team_id)
    )
    leads = (
        select(due.c.duty_id, User.id, User.email, literal(Audience.LEAD.value), literal(Template.ESCALATION.value))
        .join(TeamMember, and_(TeamMember.team_id == due.c.team_id, TeamMember.is_lead, _is_member(now)))
        .join(User, User.id == TeamMember.user_id)
        .where(at_work(User, today))
    )
    return union_all(own, others, leads).cte("told")


def postponed_often(now: datetime, today: date) -> CTE:
    """The open reviews put off three times in a row or more, each with the leads of its team who are at work."""
    due = _due(and_(Duty.closed_at.is_(None), Duty.rule_code == POSTPONED_OFTEN))
    told = _told(due, now, today)
    each = select(due.c.duty_id, due.c.due_on, due.c.case_id, told.c.recipient_id)
    return each.join(told, told.c.duty_id == due.c.duty_id).where(told.c.audience == Audience.LEAD).cte("postponed")


def at_work(user: Any, today: date) -> ColumnElement[bool]:  # noqa: ANN401 - the class or an alias of it
    """The condition of a user who can act today: active and not away."""
    away = aliased(Absence)
    covers = and_(away.user_id == user.id, away.from_on <= today, away.to_on >= today)
    return and_(user.is_active, ~exists().where(covers))


def _is_member(now: datetime) -> ColumnElement[bool]:
    return and_(TeamMember.valid_from <= now, or_(TeamMember.valid_to.is_(None), TeamMember.valid_to > now))


def _empty_desks(due: CTE, today: date) -> CTE:
    """The (worker, team) pairs of the range whose worker is away, gone, or was never named."""
    worker = aliased(User)
    is_there = exists().where(worker.id == due.c.worker_id, at_work(worker, today))
    return select(due.c.worker_id, due.c.team_id).where(~is_there).distinct().cte("desk")


def _stand_ins(desk: CTE, now: datetime, today: date) -> CTE:
    """Who stands in at each desk: the deputy, else the leads, else the team's coordinators, else all of them."""
    named = desk.c.worker_id != NOBODY
    deputies = (
        select(desk, User.id.label("user_id"), User.email.label("email"), literal(1).label("tier"))
        .join(Absence, and_(Absence.user_id == desk.c.worker_id, Absence.from_on <= today, Absence.to_on >= today))
        .join(User, User.id == Absence.deputy_id)
        .where(at_work(User, today))
    )
    members = (
        select(desk, User.id, User.email, _tier(named))
        .join(TeamMember, and_(TeamMember.team_id == desk.c.team_id, _is_member(now)))
        .join(User, User.id == TeamMember.user_id)
        .where(or_(TeamMember.is_lead, _coordinates()), at_work(User, today))
    )
    anywhere = select(desk, User.id, User.email, literal(4)).join(User, _coordinates()).where(at_work(User, today))
    found = union_all(deputies, members, anywhere).subquery()
    nearest = func.min(found.c.tier).over(partition_by=(found.c.worker_id, found.c.team_id)).label("nearest")
    ranked = select(found, nearest).subquery()
    columns = (ranked.c.worker_id, ranked.c.team_id, ranked.c.user_id, ranked.c.email)
    return select(*columns).where(ranked.c.tier == ranked.c.nearest).distinct().cte("stand_in")


def _tier(named: ColumnElement[bool]) -> ColumnElement[int]:
    """A lead comes before the coordinators, but for a case that never had a worker after all of them."""
    return case((_coordinates() & ~(TeamMember.is_lead & named), 3), (named, 2), else_=5)


def _coordinates() -> ColumnElement[bool]:
    return literal(Role.COORDINATOR.value) == any_(User.roles)


# -- the mail run -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """An outbox row that is locked by this transaction, and what the mail needs; nothing of the client."""

    row: Outbox
    email: str
    client_id: UUID | None
    is_needed: bool


def claim_mail(uow: UnitOfWork, now: datetime) -> ClaimedMail | None:
    """Lock the next mail that is due and that no other run holds; None when there is none.

    `is_needed` is false once the duty was closed or the recipient left.
    """
    found = uow.session.execute(
        select(Outbox, User.email, User.is_active, Case.client_id, Duty.closed_at)
        .join(User, User.id == Outbox.recipient_id)
        .outerjoin(Case, Case.id == Outbox.case_id)
        .outerjoin(ReminderEntry, ReminderEntry.id == Outbox.entry_id)
        .outerjoin(Duty, Duty.id == ReminderEntry.duty_id)
        .where(Outbox.state == MailState.WAITING, Outbox.next_attempt_at <= now)
        .order_by(Outbox.next_attempt_at, Outbox.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Outbox)
    ).one_or_none()
    if found is None:
        return None
    is_needed = found.is_active and found.closed_at is None and found.email != ""
    return ClaimedMail(found.Outbox, found.email, found.client_id, is_needed)


def leads_of_user(uow: UnitOfWork, user_id: UUID, now: datetime) -> list[UUID]:
    """Return the active leads of the teams a user is in, the user aside."""
    mine = select(TeamMember.team_id).where(TeamMember.user_id == user_id, _is_member(now))
    leads = select(User.id).join(TeamMember, TeamMember.user_id == User.id).distinct()
    of_mine = (TeamMember.is_lead, TeamMember.team_id.in_(mine), _is_member(now))
    return list(uow.session.scalars(leads.where(*of_mine, User.is_active, User.id != user_id)))


def failed_mails_for(uow: UnitOfWork, actor: Actor, *, since: datetime, now: datetime) -> list[FailedMail]:
    """List the workers of the actor's led teams whose mails were given up since an instant, the latest first."""
    if not actor.led_team_ids:
        return []
    team = select(TeamMember.user_id).where(TeamMember.team_id.in_(sorted(actor.led_team_ids)), _is_member(now))
    last = func.max(Outbox.next_attempt_at)
    rows = uow.session.execute(
        select(User.id, User.full_name, func.count(), last, func.max(Outbox.failure))
        .join(Outbox, Outbox.recipient_id == User.id)
        .where(Outbox.state == MailState.FAILED, Outbox.made_at >= since, User.id.in_(team))
        .group_by(User.id, User.full_name)
        .order_by(last.desc(), User.id)
    )
    return [FailedMail(user_id=row[0], full_name=row[1], count=row[2], last_at=row[3], failure=row[4]) for row in rows]


# -- notices ----------------------------------------------------------------------------------------------------------


def unseen_of(user_id: SQLCoreOperations[UUID]) -> ColumnElement[int]:
    """How many notices a user has not seen, as a part of another statement; reads one index, fit for every page."""
    return select(func.count()).where(Notice.user_id == user_id, Notice.seen_at.is_(None)).scalar_subquery()


def unseen_count(uow: UnitOfWork, user_id: UUID) -> int:
    """Return how many notices the user has not seen."""
    return uow.session.execute(select(unseen_of(literal(user_id)))).scalar_one()


def list_notices_for(uow: UnitOfWork, actor: Actor, *, now: datetime) -> list[NoticeView]:
    """List the actor's own notices, unseen ones first, and leave the look at the clients' names in the trail.

    A case that the actor no longer sees is not named: the duty moved on with it.
    """
    rows = uow.session.execute(_notices(actor, now)).all()
    names = clients.names_of(uow, {row.client_id for row in rows if row.client_id})
    found = [_notice(row, names) for row in rows]
    for purpose, shown in _by_purpose(rows).items():
        audit.record_listed(uow, actor=actor, at=now, client_ids=shown, purpose=purpose, page="notices")
    return found


def _notices(actor: Actor, now: datetime) -> Select[*tuple[Any, ...]]:
    seen = select(Case.id, Case.client_id, Case.ordinal).where(visible_cases(actor, now)).subquery("seen_case")
    return (
        select(
            Notice.id,
            Notice.template,
            Notice.made_at,
            Notice.seen_at,
            Notice.counts,
            Duty.kind,
            ReminderEntry.due_on,
            Duty.closed_at,
            seen.c.id.label("case_id"),
            seen.c.client_id,
            seen.c.ordinal,
        )
        .outerjoin(ReminderEntry, ReminderEntry.id == Notice.entry_id)
        .outerjoin(Duty, Duty.id == ReminderEntry.duty_id)
        .outerjoin(seen, seen.c.id == Notice.case_id)
        .where(Notice.user_id == actor.user_id)
        .order_by(Notice.seen_at.is_not(None), Notice.made_at.desc(), ReminderEntry.due_on, Notice.id)
        .limit(SHOWN)
    )


def _notice(row: Any, names: Any) -> NoticeView:  # noqa: ANN401 - a result row; the register's own names
    client = names.get(row.client_id)
    return NoticeView(
        id=row.id,
        template=row.template,
        made_at=row.made_at,
        is_seen=row.seen_at is not None,
        duty_kind=row.kind,
        due_on=row.due_on,
        is_settled=row.closed_at is not None,
        case_id=row.case_id,
        case_ref=f"{client.ref}/{row.ordinal}" if client else None,
        client_name=client.name if client else None,
        counts={key: value for key, value in row.counts.items() if isinstance(value, int)},
    )


_PURPOSES: Final = {
    **dict.fromkeys((Template.ESCALATION, Template.POSTPONED), Purpose.SUPERVISION),
    Template.UNASSIGNED: Purpose.COORDINATION,
    Template.STAND_IN: Purpose.TEAM,
}


def _by_purpose(rows: Collection[Any]) -> dict[str, list[UUID]]:
    shown: dict[str, list[UUID]] = {}
    for row in rows:
        if row.client_id:
            clients_shown = shown.setdefault(_PURPOSES.get(row.template, Purpose.OWN), [])
            if row.client_id not in clients_shown:
                clients_shown.append(row.client_id)
    return shown
