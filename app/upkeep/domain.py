"""What `polku check` looks at, and what it says when something kept beside its source has drifted from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from app.core.texts import N_, Text

SWEEP_SILENT: Final = timedelta(minutes=15)
CLEANING_SILENT: Final = timedelta(hours=36)
MAIL_LATE: Final = timedelta(minutes=30)

ONCE_KEPT: Final = timedelta(days=2)
COUNTERS_KEPT: Final = timedelta(days=2)
FILES_KEPT: Final = timedelta(hours=24)
RUNS_KEPT: Final = timedelta(days=14)


class Drift(StrEnum):
    """What can be wrong; the codes are stable, for those who watch them."""

    STAGE = "stage"
    WORKER = "worker"
    STANDING_MISSING = "standing_missing"
    STANDING_EXTRA = "standing_extra"
    DUTY_MISSING = "duty_missing"
    DUTY_EXTRA = "duty_extra"
    DUTY_DAY = "duty_day"
    TOKENS = "tokens"
    AUDIT = "audit"
    SWEEP = "sweep"
    CLEANING = "cleaning"
    MAIL = "mail"


WORDS: Final[Mapping[Drift, Text]] = {
    Drift.STAGE: N_("The current stage does not follow from the visits."),
    Drift.WORKER: N_("The responsible worker of the case is not the one of the line."),
    Drift.STANDING_MISSING: N_("A responsible worker or a pair lacks the right to the case."),
    Drift.STANDING_EXTRA: N_("Somebody has a right to the case without being its worker or pair."),
    Drift.DUTY_MISSING: N_("Something falls due, but no duty is open for it."),
    Drift.DUTY_EXTRA: N_("A duty is open although nothing asks for it."),
    Drift.DUTY_DAY: N_("The due date of a duty does not follow from its source."),
    Drift.TOKENS: N_("The client cannot be found by name."),
    Drift.AUDIT: N_("The trail cannot be written, or it can be changed."),
    Drift.SWEEP: N_("The reminders have not been looked through for a quarter of an hour."),
    Drift.CLEANING: N_("The nightly cleaning has not been done for a day and a half."),
    Drift.MAIL: N_("Mails have waited for more than half an hour."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be: what, and of which client or case (ref; empty: of the system)."""

    drift: Drift
    ref: str = ""
    detail: str = ""

    @property
    def message(self) -> Text:
        """The sentence for it."""
        return WORDS[self.drift]

    def __str__(self) -> str:
        """One line for a terminal."""
        place = " ".join(part for part in (self.ref, self.detail) if part)
        return f"{self.drift}: {self.message}{f' [{place}]' if place else ''}"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """How much was forgotten; `is_nightly` is false when the nightly part was not due."""

    is_nightly: bool = False
    once_keys: int = 0
    counters: int = 0
    files: int = 0
    drafts: int = 0
    sessions: int = 0
    job_runs: int = 0

    def counts(self) -> dict[str, int]:
        """The figures by name, for the job's row and the trail."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "is_nightly"}
