"""The Celery application: `celery -A workers.celery_app worker` and `… beat`.

Nothing that matters lives in the broker: tasks carry ids, the database knows what is due, and every task may run
twice. Redelivery is a net below that, not the way back to work: the next tick is.
"""

from pkgutil import iter_modules
from typing import Any, Final

from celery import Celery, signals

import workers.tasks
from app.factory import configure, refuse_to_start, start_problems
from config.logging import configure_logging
from workers.schedule import beat_schedule
from workers.wiring import settings

QUEUE: Final = "polku"
TIME_LIMIT: Final = 240
SOFT_TIME_LIMIT: Final = 210
"""Seconds. Both lie well below the visibility timeout, else a task still running would be given to a second worker."""

here = settings()
configure(here)
_unseen: Final = {"visibility_timeout": here.celery_visibility_timeout}

celery = Celery(
    "polku",
    broker=here.broker_url,
    include=[f"workers.tasks.{one.name}" for one in iter_modules(workers.tasks.__path__)],
)
celery.conf.update(
    accept_content=["json"],
    task_serializer="json",
    result_backend=None,
    task_ignore_result=True,
    enable_utc=True,
    timezone="UTC",
    task_default_queue=QUEUE,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_time_limit=TIME_LIMIT,
    task_soft_time_limit=SOFT_TIME_LIMIT,
    # kombu, the result backend and Celery itself each read their own.
    broker_transport_options=_unseen,
    result_backend_transport_options=_unseen,
    visibility_timeout=here.celery_visibility_timeout,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    worker_send_task_events=False,
    beat_schedule=beat_schedule(tick_seconds=here.tick_seconds, sweep_seconds=here.sweep_seconds),
    beat_schedule_filename=str(here.var / "run" / "beat"),
)


@signals.setup_logging.connect
def _log_as_json(**_given: Any) -> None:  # noqa: ANN401 - Celery's signal
    configure_logging("worker", level="WARNING")


@signals.worker_init.connect
@signals.beat_init.connect
def _refuse_unfit_start(**_given: Any) -> None:  # noqa: ANN401 - Celery's signal
    """Say in plain lines what is wrong with settings or database, and do not start."""
    refuse_to_start(start_problems(here))
