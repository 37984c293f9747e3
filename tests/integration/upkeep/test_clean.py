"""Cleaning: minutes at every tick, the rest once a Helsinki night."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from app.access.actor import system_actor
from app.accounts.domain import SessionLimits
from app.audit.models import AuditEvent
from app.core import limits, once
from app.core.errors import Forbidden
from app.core.uow import UnitOfWork
from app.intake.models import IntakeFile
from app.reminders import jobs
from app.reminders.models import JobRun
from app.upkeep import services
from app.upkeep.domain import Cleaned
from tests.factories.accounts import create_user

ROBOT = system_actor("system:upkeep")
LIMITS = SessionLimits()


def clean(units: services.Units, now: datetime) -> Cleaned:
    return services.clean(units, session_limits=LIMITS, actor=ROBOT, now=now)


def test_the_night_is_cleaned_once_however_often_it_is_ticked(
    uow: UnitOfWork, units: services.Units, now: datetime
) -> None:
    ran = [clean(units, now + timedelta(minutes=minute)).is_nightly for minute in range(0, 60, 5)]
    assert ran == [True] + [False] * 11
    assert uow.session.scalar(select(func.count()).where(AuditEvent.action == "cleaning_run")) == 1


def test_before_half_past_two_in_helsinki_it_is_not_night_yet_and_after_it_is(units: services.Units) -> None:
    assert not clean(units, datetime(2026, 11, 24, 0, 29, tzinfo=UTC)).is_nightly
    assert clean(units, datetime(2026, 11, 24, 0, 31, tzinfo=UTC)).is_nightly


@pytest.mark.parametrize("day", [datetime(2027, 3, 28, tzinfo=UTC), datetime(2027, 10, 31, tzinfo=UTC)])
def test_the_nights_the_clocks_change_are_cleaned_once_as_all_others(units: services.Units, day: datetime) -> None:
    ticks = [clean(units, day - timedelta(hours=2) + timedelta(minutes=10 * tick)).is_nightly for tick in range(140)]
    assert ticks.count(True) == 1


def test_a_missed_night_is_made_up_for_at_the_next_tick(units: services.Units, now: datetime) -> None:
    assert clean(units, now).is_nightly
    assert clean(units, now + timedelta(days=3)).is_nightly


def test_a_cleaning_that_was_killed_is_taken_over_after_ten_minutes(
    uow: UnitOfWork, units: services.Units, now: datetime
) -> None:
    assert jobs.claim_day(uow, services.CLEANING, day=now.date(), now=now) is not None
    uow.commit()
    assert not clean(units, now + timedelta(minutes=9)).is_nightly
    assert clean(units, now + timedelta(minutes=11)).is_nightly


def test_what_is_old_is_forgotten_and_what_is_young_is_kept(
    uow: UnitOfWork, units: services.Units, now: datetime
) -> None:
    for age in (timedelta(hours=1), timedelta(days=3)):
        once.claim(uow, uuid4(), uuid4(), "form", now - age)
        limits.hit(uow, "test", "key", limit=5, seconds=60, now=now - age)
        uow.session.add(JobRun(name="sweep", for_day=now.date(), started_at=now - 7 * age, counts={}))
    uow.commit()
    cleaned = clean(units, now)
    assert (cleaned.once_keys, cleaned.counters, cleaned.job_runs) == (1, 1, 1)
    for table in ("once_key", "rate_counter"):
        assert uow.session.scalar(select(func.count()).select_from(text(table))) == 1


def test_uploads_go_at_every_tick(uow: UnitOfWork, units: services.Units, now: datetime) -> None:
    user = create_user(uow)
    for age in (timedelta(hours=23), timedelta(hours=25)):
        uow.session.add(IntakeFile(user_id=user.id, content=b"sealed", size=6, uploaded_at=now - age))
    uow.commit()
    clean(units, now - timedelta(minutes=5))
    cleaned = clean(units, now)
    assert not cleaned.is_nightly
    assert uow.session.scalar(select(func.count()).select_from(IntakeFile)) == 1


def test_only_the_upkeep_job_may_clean(units: services.Units, now: datetime) -> None:
    with pytest.raises(Forbidden):
        services.clean(units, session_limits=LIMITS, actor=system_actor("system:reminders"), now=now)
