"""What keeps a period from being agreed or ended, and a day from being marked. Plain Python."""

from datetime import date

from app.activity.domain import (
    CHOSEN_REASONS,
    DAY_MINUTES,
    HEARD_FIRST,
    LONGEST_LINE,
    LONGEST_TEXT,
    ActivityKind,
    AttendanceState,
    Contract,
    DayMark,
    EndReason,
    PeriodContent,
    PeriodView,
    WeekRow,
)
from app.core.errors import FieldProblem, too_long
from app.core.texts import N_


def period_problems(content: PeriodContent, *, kind: ActivityKind) -> list[FieldProblem]:
    """Return what keeps a period from being agreed, each reason at its field.

    The evaluation of rehabilitative work comes before the end of the period (189/2001 section 9: KTT_EVAL).
    """
    found: list[FieldProblem] = []
    if content.ends_on < content.starts_on:
        found.append(FieldProblem("ends_on", N_("The period ends before it begins. Check the days.")))
    if not content.days:
        found.append(FieldProblem("day-1", N_("Write the hours of at least one day of the week.")))
    if not content.place.strip():
        found.append(FieldProblem("place", N_("Write the place.")))
    found += _evaluation_problems(content, kind)
    found += _contract_problems(content)
    if not content.is_near and not content.travel.strip():
        words = N_("Write what was agreed with the client about a place outside the commuting area.")
        found.append(FieldProblem("travel", words))
    return [*found, *_long_texts(content)]


def _evaluation_problems(content: PeriodContent, kind: ActivityKind) -> list[FieldProblem]:
    day = content.evaluate_on
    if day is None:
        words = N_("Write the day by which the effect is evaluated.")
        return [FieldProblem("evaluate_on", words)] if kind is ActivityKind.REHABILITATIVE else []
    if not content.starts_on <= day < content.ends_on:
        words = N_("The evaluation must come before the period ends on %(day)s.", day=content.ends_on)
        return [FieldProblem("evaluate_on", words)]
    return []


def _contract_problems(content: PeriodContent) -> list[FieldProblem]:
    first, last = content.contract_from, content.contract_to
    if content.contract is None:
        return []
    if first is None:
        return [FieldProblem("contract_from", N_("Write the first day of the contract."))]
    if last is not None and last < first:
        return [FieldProblem("contract_to", N_("The contract ends before it begins. Check the days."))]
    if content.contract == Contract.TRAINING and last is None:
        return [FieldProblem("contract_to", N_("Training is for a fixed term. Write the last day of the contract."))]
    return []


def _long_texts(content: PeriodContent) -> list[FieldProblem]:
    lines = ("place", "provider", "instructor", "contract_reference")
    texts = ("travel", "employer_note", "limit_reason")
    long_lines = too_long({name: getattr(content, name) for name in lines}, LONGEST_LINE)
    return long_lines + too_long({name: getattr(content, name) for name in texts}, LONGEST_TEXT)


def end_problems(
    period: PeriodView, *, ended_on: date, reason: str, heard_on: date | None, today: date
) -> list[FieldProblem]:
    """Return what keeps a period from being ended: a day outside it, a reason that does not fit, nobody heard."""
    if reason not in CHOSEN_REASONS:
        return [FieldProblem("reason", N_("Choose why the period ended."))]
    if reason == EndReason.NOT_STARTED:
        return []
    found: list[FieldProblem] = []
    if ended_on > today:
        found.append(FieldProblem("ended_on", N_("The day cannot be in the future.")))
    if not period.content.starts_on <= ended_on <= period.content.ends_on:
        first, last = period.content.starts_on, period.content.ends_on
        words = N_("The period lasts from %(first)s to %(last)s. Choose a day within it.", first=first, last=last)
        found.append(FieldProblem("ended_on", words))
    if reason in HEARD_FIRST and period.kind is ActivityKind.REHABILITATIVE:
        found += _hearing_problems(heard_on, ended_on)
    return found


def _hearing_problems(heard_on: date | None, ended_on: date) -> list[FieldProblem]:
    if heard_on is None:
        return [FieldProblem("heard_on", N_("Write the day the client was heard. It comes before the decision."))]
    if heard_on > ended_on:
        return [FieldProblem("heard_on", N_("The client is heard before the period is interrupted. Check the day."))]
    return []


def mark_problem(row: WeekRow, mark: DayMark) -> FieldProblem | None:
    """Return what keeps a mark from being made on a day of the week form, or None."""
    name = f"d{row.day.isoweekday()}"
    if not row.is_open:
        words = N_("%(day)s cannot be marked: it is outside the period or has not come.", day=row.day)
        return FieldProblem(f"{name}-present", words)
    if mark.state is AttendanceState.PRESENT and (mark.minutes is None or not 0 < mark.minutes <= DAY_MINUTES):
        words = N_("Write how many hours the client was present on %(day)s.", day=row.day)
        return FieldProblem(f"{name}-hours", words)
    return None
