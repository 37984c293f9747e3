"""What beat ticks exists, is consumed, and is set so that nothing is lost with a worker or a broker."""

import ast
from pathlib import Path
from typing import Final

import pytest

from config.settings import Settings
from workers.celery_app import QUEUE, SOFT_TIME_LIMIT, TIME_LIMIT, celery
from workers.schedule import beat_schedule

ROOT: Final = Path(__file__).resolve().parent.parent.parent
celery.loader.import_default_modules()
TASKS: Final = sorted(name for name in celery.tasks if not name.startswith("celery."))


def test_every_tick_has_a_task_and_every_task_that_takes_nothing_is_ticked() -> None:
    ticked = {entry["task"] for entry in celery.conf.beat_schedule.values()}
    assert ticked <= set(TASKS)
    unasked = {name for name in TASKS if celery.tasks[name].run.__code__.co_argcount == 0}
    assert unasked == ticked


@pytest.mark.parametrize("name", TASKS)
def test_every_task_goes_to_a_queue_that_a_plain_worker_consumes(name: str) -> None:
    route = celery.amqp.router.route({}, name)
    queue = route.get("queue")
    assert (queue.name if queue else celery.conf.task_default_queue) == QUEUE
    assert QUEUE in celery.amqp.queues.consume_from


def test_ticks_come_as_often_as_the_settings_say_and_do_not_pile_up() -> None:
    table = beat_schedule(tick_seconds=7, sweep_seconds=90)
    assert table["remind"]["schedule"] == 90
    assert table["deliver"]["schedule"] == 7
    for entry in table.values():
        assert entry["options"]["expires"] >= entry["schedule"]
        assert set(entry) == {"task", "schedule", "options"}


def test_no_task_waits_in_the_broker_for_a_later_moment() -> None:
    for path in (ROOT / "workers").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword):
                assert node.arg not in ("countdown", "eta"), path


def test_a_killed_worker_gives_its_task_back_and_takes_one_at_a_time() -> None:
    conf = celery.conf
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1


def test_the_visibility_timeout_is_the_settings_in_all_three_places_and_longer_than_any_task() -> None:
    conf = celery.conf
    places = {
        conf.broker_transport_options["visibility_timeout"],
        conf.result_backend_transport_options["visibility_timeout"],
        conf.visibility_timeout,
    }
    assert len(places) == 1
    assert SOFT_TIME_LIMIT < TIME_LIMIT < places.pop()
    assert Settings().celery_visibility_timeout > TIME_LIMIT


def test_messages_are_json_and_no_result_is_kept() -> None:
    conf = celery.conf
    assert list(conf.accept_content) == ["json"]
    assert conf.task_serializer == "json"
    assert conf["result_backend"] is None
    assert conf.task_ignore_result
    assert conf.enable_utc
    assert str(conf.timezone) == "UTC"


def test_beat_keeps_its_own_file_under_var() -> None:
    assert Path(celery.conf.beat_schedule_filename).is_relative_to(Settings().var)
    assert celery.conf.beat_scheduler == "celery.beat:PersistentScheduler"


@pytest.mark.parametrize("path", sorted((ROOT / "workers" / "tasks").glob("*.py")), ids=lambda path: path.stem)
def test_a_task_takes_ids_only(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            assert all(argument.arg.endswith("_id") for argument in node.args.args), node.name
