"""Forgetting what has been kept long enough."""

from app.access.actor import system_actor
from app.core.clock import moment
from app.upkeep import services
from workers.celery_app import celery
from workers.wiring import session_limits, units


@celery.task(name="upkeep.clean")
def clean() -> None:
    """Clean what is due; the nightly part once a Helsinki day, whoever ticks and how often."""
    services.clean(units, session_limits=session_limits(), actor=system_actor("system:upkeep"), now=moment())
