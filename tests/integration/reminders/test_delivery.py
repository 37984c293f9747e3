"""Mails leave one by one, each once, and what does not arrive ends where a person sees it."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update

from app.access.actor import Role, system_actor
from app.accounts.models import User
from app.audit.models import AuditEvent
from app.core.crypto import Vault
from app.core.db import make_engine, make_sessions
from app.core.errors import NotFound
from app.core.uow import UnitOfWork, unit_of_work
from app.reminders import queries, services
from app.reminders.domain import Posted
from app.reminders.mail import MailRefused, MailUnavailable
from app.reminders.models import Notice, Outbox
from config.embedded.postgres import APP, Postgres
from tests.conftest import TEMPLATE, database_address
from tests.factories.accounts import actor_of, create_user
from tests.factories.reminders import create_due_duties
from tests.integration.reminders.conftest import Office

ROBOT = system_actor("system:reminders")
TODAY = date(2026, 11, 24)


class Post:
    """A mail server that keeps what it takes, or says what it is told to say."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.error: Exception | None = None

    def send(self, message: EmailMessage) -> None:
        if self.error is not None:
            raise self.error
        self.taken.append(message)

    def ids(self) -> list[str]:
        return [message["Message-ID"] for message in self.taken]


@pytest.fixture
def post() -> Post:
    return Post()


def link_of(case_id: UUID | None) -> str:
    return f"https://polku.test/polut/{case_id}"


def deliver(units: services.Units, post: Post, now: datetime) -> Posted:
    return services.deliver(units, mailer=post, link_of=link_of, sender="polku@polku.test", actor=ROBOT, now=now)


@pytest.fixture
def mails(office: Office, units: services.Units, now: datetime) -> Callable[[int], UUID]:
    """Let so many mails wait for the worker; gives their case."""

    def make(count: int) -> UUID:
        case_id = office.case(office.worker)
        for _ in range(count):
            office.owe(case_id, TODAY)
        services.sweep(units, actor=ROBOT, now=now)
        return case_id

    return make


def rows(office: Office) -> list[Outbox]:
    office.uow.session.expire_all()
    return list(office.uow.session.scalars(select(Outbox)))


def test_a_mail_goes_to_the_recipient_with_a_link_to_the_case(
    office: Office, units: services.Units, post: Post, now: datetime, mails: Callable[[int], UUID]
) -> None:
    case_id = mails(1)
    assert deliver(units, post, now) == Posted(sent=1)
    message = post.taken[0]
    assert message["To"] == office.worker.email
    assert f"https://polku.test/polut/{case_id}" in message.get_content()
    assert (rows(office)[0].state, rows(office)[0].sent_at) == ("sent", now)


def test_a_second_run_sends_nothing(
    units: services.Units, post: Post, now: datetime, mails: Callable[[int], UUID]
) -> None:
    mails(3)
    deliver(units, post, now)
    assert deliver(units, post, now + timedelta(days=1)) == Posted()
    assert len(set(post.ids())) == len(post.taken) == 3


def test_each_mail_is_one_event_of_its_own(
    office: Office, units: services.Units, post: Post, now: datetime, mails: Callable[[int], UUID]
) -> None:
    case_id = mails(2)
    deliver(units, post, now)
    events = office.uow.session.scalars(select(AuditEvent).where(AuditEvent.action == "reminder_mailed")).all()
    assert [(event.case_id, event.actor_name) for event in events] == [(case_id, "system:reminders")] * 2
    assert all(event.client_id for event in events)


def test_a_server_that_is_away_costs_one_attempt_a_run_and_the_rest_waits(
    office: Office, units: services.Units, post: Post, now: datetime, mails: Callable[[int], UUID]
) -> None:
    mails(3)
    post.error = MailUnavailable("ConnectionRefusedError")
    assert deliver(units, post, now) == Posted(retried=1, is_cut_off=True)
    assert sorted(row.attempts for row in rows(office)) == [0, 0, 1]


def test_after_a_day_without_a_server_everything_is_sent_within_a_quarter_of_an_hour(
    units: services.Units, post: Post, now: datetime, mails: Callable[[int], UUID]
) -> None:
    mails(5)
    post.error = MailUnavailable("away")
    for minute in range(0, 24 * 60, 7):
        deliver(units, post, now + timedelta(minutes=minute))
    post.error = None
    for minute in range(16):
        deliver(units, post, now + timedelta(days=1, minutes=minute))
    assert len(set(post.ids())) == len(post.taken) == 5


def test_a_mail_that_never_arrives_fails_after_three_days_and_the_lead_sees_it(
    office: Office, units: services.Units, post: Post, now: datetime, mails: Callable[[int], UUID]
) -> None:
    mails(1)
    post.error = MailUnavailable("away")
    for minute in range(0, 73 * 60, 15):
        deliver(units, post, now + timedelta(minutes=minute))
    later = now + timedelta(hours=73)
    assert rows(office)[0].state == "failed"
    assert (office.lead.id, "mail_failed") in office.noticed()
    lead = actor_of(office.uow, office.lead)
    failed = queries.failed_mails_for(office.uow, lead, since=now, now=later)
    assert [(one.user_id, one.count, one.failure) for one in failed] == [(office.worker.id, 1, "away")]
    assert office.uow.session.scalar(select(AuditEvent.outcome).where(AuditEvent.action == "reminder_mail_failed"))


def test_a_mailbox_that_does_not_exist_is_not_tried_again_and_the_others_go_on(
    office: Office, units: services.Units, post: Post, now: datetime, mails: Callable[[int], UUID]
) -> None:
    mails(2)
    post.error = MailRefused(550, is_final=True)
    assert deliver(units, post, now) == Posted(failed=2)
    counts = office.uow.session.scalar(select(Notice.counts).where(Notice.template == "mail_failed"))
    assert counts == {"mails": 2}


def test_a_mailbox_that_is_full_is_tried_again_and_the_others_go_on(
    units: services.Units, post: Post, now: datetime, mails: Callable[[int], UUID]
) -> None:
    mails(2)
    post.error = MailRefused(452, is_final=False)
    assert deliver(units, post, now) == Posted(retried=2)
    post.error = None
    assert deliver(units, post, now + timedelta(seconds=59)) == Posted()
    assert deliver(units, post, now + timedelta(minutes=1)) == Posted(sent=2)


def test_what_was_done_meanwhile_is_not_mailed(
    office: Office, units: services.Units, post: Post, now: datetime
) -> None:
    subject = office.owe(office.case(office.worker), TODAY)
    services.sweep(units, actor=ROBOT, now=now)
    office.settle(subject)
    assert deliver(units, post, now) == Posted(dropped=1)
    assert post.taken == []


def test_who_has_left_is_not_mailed(
    office: Office, units: services.Units, post: Post, now: datetime, mails: Callable[[int], UUID]
) -> None:
    mails(1)
    office.uow.session.execute(update(User).where(User.id == office.worker.id).values(is_active=False))
    office.uow.commit()
    assert deliver(units, post, now) == Posted(dropped=1)


def test_a_lead_of_another_team_does_not_see_the_failures(
    office: Office, units: services.Units, post: Post, now: datetime, mails: Callable[[int], UUID]
) -> None:
    mails(1)
    post.error = MailRefused(550, is_final=True)
    deliver(units, post, now)
    for user in (create_user(office.uow, roles=(Role.SUPERVISOR,)), office.worker):
        assert queries.failed_mails_for(office.uow, actor_of(office.uow, user), since=now, now=now) == []


@pytest.fixture
def lasting_units(cluster_admin: Postgres, vault: Vault) -> Iterator[services.Units]:
    """Units of work on a database of its own, for what really commits on several connections."""
    name = "polku_two_deliveries"
    cluster_admin.create_database(name, TEMPLATE)
    engine = make_engine(database_address(APP, name))
    yield partial(unit_of_work, make_sessions(engine), vault)
    engine.dispose()
    cluster_admin.drop_database(name)


def test_two_runs_at_once_send_each_mail_once(lasting_units: services.Units, post: Post, now: datetime) -> None:
    with lasting_units() as uow:
        create_due_duties(uow, duties=60, workers=2, mailed=2, due_on=TODAY, at=now)
    services.sweep(lasting_units, actor=ROBOT, now=now)
    barrier, results = Barrier(2), list[Posted]()

    def run() -> None:
        barrier.wait()
        results.append(deliver(lasting_units, post, now))

    runs = [Thread(target=run) for _ in range(2)]
    for one in runs:
        one.start()
    for one in runs:
        one.join()
    assert sum(result.sent for result in results) == len(set(post.ids())) == len(post.taken) == 60


def test_seeing_is_the_owners_alone(office: Office, units: services.Units, now: datetime) -> None:
    office.owe(office.case(office.worker), TODAY)
    services.sweep(units, actor=ROBOT, now=now)
    notice_id = office.uow.session.scalars(select(Notice.id)).one()
    worker, lead = actor_of(office.uow, office.worker), actor_of(office.uow, office.lead)
    with pytest.raises(NotFound):
        services.see(office.uow, notice_id, actor=lead, now=now)
    assert queries.unseen_count(office.uow, office.worker.id) == 1
    services.see(office.uow, notice_id, actor=worker, now=now)
    services.see(office.uow, notice_id, actor=worker, now=now + timedelta(hours=1))
    assert queries.unseen_count(office.uow, office.worker.id) == 0
    assert office.uow.session.scalar(select(func.max(Notice.seen_at))) == now


def test_counting_what_is_unseen_reads_one_index(uow: UnitOfWork, office: Office) -> None:
    uow.session.execute(text("SET LOCAL enable_seqscan = off"))
    asked = text("EXPLAIN SELECT count(*) FROM notice WHERE user_id = :id AND seen_at IS NULL")
    plan = "\n".join(uow.session.scalars(asked, {"id": office.worker.id}))
    assert "Index Only Scan using ix_notice_user" in plan or "Bitmap Index Scan on ix_notice_user" in plan
