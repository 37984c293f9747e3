"""Reminding and mailing. Both are safe to run twice and at once: the ledger's key and the row locks decide."""

from app.access.actor import system_actor
from app.core.clock import moment
from app.reminders import services
from workers.celery_app import celery
from workers.wiring import link_of, mailer, settings, units


@celery.task(name="reminders.sweep")
def sweep() -> None:
    """Enter what today asks for and the ledger does not hold."""
    services.sweep(units, actor=system_actor("system:reminders"), now=moment())


@celery.task(name="reminders.deliver")
def deliver() -> None:
    """Send the mails that are due; a mail that another worker holds is left alone."""
    robot, sender = system_actor("system:reminders"), settings().mail_from
    with mailer() as post:
        services.deliver(units, mailer=post, link_of=link_of, sender=sender, actor=robot, now=moment())
