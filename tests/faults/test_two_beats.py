"""Row 4: two beats and two workers by mistake double the ticks and nothing else."""

import os
import signal
import time
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from itertools import count

import pytest

from tests.factories.reminders import create_due_duties
from tests.faults.jobs import CLOCK, JobGround

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

Grounds = Callable[[], JobGround]
IN_ELEVEN_DAYS = date(2026, 12, 5)
TICKS = 60
"""Ticks of each beat, a second apart; two beats bring twice as many sweeps."""
BATCH, WORKERS, MAILED = 40, 10, 2


def has_swept(ground: JobGround) -> bool:
    return bool(ground.one("SELECT count(*) FROM job_run"))


def start_at_once(*grounds: JobGround) -> None:
    """Two workers and two beats a ground; the beats are held until all are up and then let go together."""
    beats = [ground.beat() for ground in grounds for _ in range(2)]
    for ground in grounds:
        for _ in range(2):
            ground.worker(processes=1)
        ground.wait(60, partial(has_swept, ground), "the first sweep")
    for number in (signal.SIGSTOP, signal.SIGCONT):
        for beat in beats:
            os.kill(beat.pid, number)
        time.sleep(1.5)


def lay_batch(ground: JobGround) -> None:
    """Open a few duties, so that every tick finds something to do."""
    with ground.units() as uow:
        create_due_duties(
            uow,
            duties=BATCH,
            workers=WORKERS,
            mailed=MAILED,
            due_on=IN_ELEVEN_DAYS,
            at=datetime.fromisoformat(CLOCK),
        )


def sweeps(ground: JobGround) -> int:
    found = ground.one("SELECT count(*) FROM job_run WHERE name = 'sweep'")
    assert isinstance(found, int)
    return found


def test_two_beats_of_sixty_ticks_and_two_workers_remind_once_and_without_the_key_the_check_says_no(
    make_ground: Grounds,
) -> None:
    sound, sabotaged = make_ground(), make_ground()
    sabotaged.as_owner("DROP INDEX uq_reminder_entry")
    start_at_once(sound, sabotaged)
    first, batches = sweeps(sound), 0
    for _ in count():
        if sweeps(sound) - first >= 2 * TICKS - 4:
            break
        lay_batch(sound)
        batches += 1
        if batches == 1:
            lay_batch(sabotaged)
        time.sleep(1)
        assert batches < 3 * TICKS, f"the ticks stand still\n{sound.logs()}"
    reminders, mails = batches * BATCH, batches * BATCH // WORKERS * MAILED
    sound.wait(20, lambda: sound.is_done(reminders=reminders, mails=mails), "everything done")
    time.sleep(2)
    cleanings = sound.one("SELECT count(*) FROM job_run WHERE name = 'cleaning'")
    print(f"{sweeps(sound)} sweeps of two beats, {reminders} reminders, {mails} mails, {cleanings} cleaning")
    assert sound.faults(reminders=reminders, mails=mails) == []
    assert sound.mail.accepted.total() == mails
    assert cleanings == 1
    assert sabotaged.faults(reminders=BATCH, mails=BATCH // WORKERS * MAILED)
