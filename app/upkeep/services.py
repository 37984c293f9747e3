"""`polku check`, the refusals of a start, and the cleaning of what is kept for a while only."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from typing import Final, TypeAlias

from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.access.actor import Actor
from app.access.permissions import Permission
from app.access.policy import ensure
from app.accounts import sessions as signed_in
from app.accounts.domain import SessionLimits
from app.core import limits, once
from app.core.clock import local_time
from app.core.crypto import Vault
from app.core.uow import UnitOfWork
from app.drafts import services as drafts
from app.intake import services as intake
from app.reminders import jobs
from app.reminders.services import SWEEP
from app.upkeep import queries
from app.upkeep.domain import (
    CLEANING_SILENT,
    COUNTERS_KEPT,
    FILES_KEPT,
    MAIL_LATE,
    ONCE_KEPT,
    RUNS_KEPT,
    SWEEP_SILENT,
    Cleaned,
    Drift,
    Finding,
)

Units: TypeAlias = Callable[[], AbstractContextManager[UnitOfWork]]

CLEANING: Final = "cleaning"
NIGHT: Final = time(2, 30)
"""From then on in Helsinki the day's cleaning is due; in the hour that the clocks change it is due all the same."""
TRAIL_RIGHTS: Final = frozenset({"SELECT", "INSERT"})


# -- polku check ------------------------------------------------------------------------------------------------------


def check(uow: UnitOfWork, now: datetime) -> list[Finding]:
    """Return everything that has drifted from its source, and every job that is silent; an empty list means well.

    Stages against visits, workers against the line, rights against both, duties against plans, consents and promises,
    name tokens, the rights on the trail, the heartbeat of the jobs. Reads only. Source: architecture 2.2 and 2.4.
    """
    return [
        *queries.wrong_stages(uow),
        *queries.wrong_workers(uow),
        *queries.wrong_standings(uow),
        *queries.wrong_duties(uow),
        *queries.clients_without_tokens(uow),
        *_trail(uow),
        *_heartbeat(uow, now),
    ]


def _trail(uow: UnitOfWork) -> Iterator[Finding]:
    rights = queries.trail_rights(uow)
    if rights != TRAIL_RIGHTS:
        yield Finding(Drift.AUDIT, detail=", ".join(sorted(rights)))


def _heartbeat(uow: UnitOfWork, now: datetime) -> Iterator[Finding]:
    for drift, name, silent in ((Drift.SWEEP, SWEEP, SWEEP_SILENT), (Drift.CLEANING, CLEANING, CLEANING_SILENT)):
        last = jobs.last_finished(uow, name)
        if last is None or last < now - silent:
            yield Finding(drift, detail=last.isoformat() if last else "")
    waiting = jobs.waiting_mails(uow, due_before=now - MAIL_LATE)
    if waiting:
        yield Finding(Drift.MAIL, detail=str(waiting))


# -- the start --------------------------------------------------------------------------------------------------------


def startup_problems(engine: Engine, vault: Vault, *, root: Path, is_production: bool) -> list[str]:
    """Return in plain lines what keeps Polku from starting on this database; an empty list means nothing.

    A migration that is pending, a server that may lose commits, letters that are not lowered or sorted as in Finnish,
    a role that could change the trail, a demo user in production, keys that are not the ones the rows are sealed with.
    Source: row 28; rulings 5 and 6.
    """
    newest = ScriptDirectory(str(root / "migrations")).get_current_head()
    try:
        with Session(engine) as session:
            found = queries.server_state(session, newest=newest)
            is_made = found.revision == newest
            unfit = queries.keys_that_do_not_fit(UnitOfWork(session, vault)) if is_made else []
    except DBAPIError as error:
        return [f"The database does not answer: {type(error.orig).__name__}."]
    off = [f"{name} is off in the database: what was saved could be lost." for name in found.settings_off]
    keys = [f"{name} is not the key that this database was sealed with." for name in unfit]
    return [*off, *_unfit_database(found, newest, is_production=is_production), *keys]


def _unfit_database(found: queries.ServerState, newest: str | None, *, is_production: bool) -> list[str]:
    rules = (
        (found.revision != newest, f"The database is at revision {found.revision}, the program at {newest}: migrate."),
        (not found.lowers_finnish, "The database does not lower Ä to ä: it needs a UTF-8 locale such as C.UTF-8."),
        (
            found.sorted_words not in {None, queries.NAMES},
            "The database's fi_key does not sort as Finnish does: Z, Å, Ä, Ö.",
        ),
        (found.is_superuser, "DATABASE_URL names a superuser: the application needs a role without such rights."),
        (found.owns_tables, "DATABASE_URL names the owner of the tables: the application needs a role of its own."),
        (is_production and found.has_demo_users, "A demo user is active in production: close it first."),
    )
    return [sentence for applies, sentence in rules if applies]


# -- cleaning ---------------------------------------------------------------------------------------------------------


def clean(units: Units, *, session_limits: SessionLimits, actor: Actor, now: datetime) -> Cleaned:
    """Forget what has been kept long enough; uploads at every call, the rest once a night.

    Ticked often, the job decides by the Helsinki clock and by its own row for the day whether the nightly part is due;
    a night that was missed is made up for at the next tick. The nightly part leaves one event in the trail.
    """
    ensure(actor, Permission.UPKEEP_RUN)
    local = local_time(now)
    with units() as uow:
        cleaned = Cleaned(files=intake.forget_files(uow, now - FILES_KEPT))
        is_night = local.time() >= NIGHT
        run_id = jobs.claim_day(uow, CLEANING, day=local.date(), now=now) if is_night else None
    if run_id is None:
        return cleaned
    with units() as uow:
        cleaned = replace(
            cleaned,
            is_nightly=True,
            once_keys=once.forget_before(uow, now - ONCE_KEPT),
            counters=limits.forget_before(uow, now - COUNTERS_KEPT),
            drafts=drafts.expire_drafts(uow, now=now),
            sessions=signed_in.forget_over(uow, limits=session_limits, now=now),
            job_runs=jobs.forget_runs(uow, now - RUNS_KEPT),
        )
        jobs.end_run(uow, run_id, CLEANING, cleaned.counts(), actor=actor, now=now)
    return cleaned
