"""Bringing registers in. A job in other hands, or one that is done, is left alone; one that waits is never lost."""

from typing import Final
from uuid import UUID

from app.core.clock import moment
from app.intake import services
from workers.celery_app import celery
from workers.wiring import units

LIMIT: Final = 3 * 3600
"""Seconds: a register may be large. Redelivery meanwhile finds the job locked and does nothing."""


@celery.task(name="intake.run", time_limit=LIMIT, soft_time_limit=LIMIT - 60)
def run(job_id: str) -> None:
    """Do one job."""
    services.run_job(units, UUID(job_id), now=moment())


@celery.task(name="intake.take_up", time_limit=LIMIT, soft_time_limit=LIMIT - 60)
def take_up() -> None:
    """Do what waits because the broker was away, and what a worker that died left half done."""
    services.run_waiting(units, now=moment())
