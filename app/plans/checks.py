"""What is wrong with the answers, the week and the reasons of a version, each problem at its field. Plain functions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.core.errors import FieldProblem, too_long
from app.core.texts import N_
from app.plans.fields import (
    CHOSEN,
    MOST_LINE,
    MOST_TEXT,
    YES,
    Answer,
    FieldSet,
    FieldType,
    PlanField,
    Week,
)
from app.plans.limits import Agreed, Breach, Subject, breaches
from app.reference.domain import PlanLimit

ACTIVITY: Final = "includes_activity"
"""The field that says whether rehabilitative work activity belongs to the plan."""
EVALUATION: Final = "evaluation_on"
"""The field with the latest day on which the activity is evaluated (189/2001 section 9)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What the answers are held against: the form they are written on and the limits of its kind."""

    fields: FieldSet
    limits: tuple[PlanLimit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The answers of a version, its week and its reasons, with the period they stand beside."""

    answers: Mapping[str, Answer]
    week: Week
    reasons: Mapping[str, str]
    start: date | None = None
    end: date | None = None

    def agreed(self) -> Agreed:
        """Return what the limits are held against."""
        has_activity = self.answers.get(ACTIVITY) == Answer(choice=YES)
        return Agreed(week=self.week, start=self.start, end=self.end, has_activity=has_activity)


def field_name(code: str) -> str:
    """Return the name of an answer's field on the form."""
    return f"answer-{code}"


def reason_name(subject: Subject) -> str:
    """Return the name of a reason's field on the form."""
    return f"reason-{subject}"


def answer_problems(written: Written, sheet: Sheet, *, is_final: bool) -> list[FieldProblem]:
    """Return what is wrong with the answers; `is_final`: the plan comes into force, so the needed ones must be there.

    A broken limit without its reason is a problem at the reason, whose words say the limit (RU02).
    """
    found = [
        *_wrong_answers(written, sheet.fields),
        *_week_problems(written.week),
        *_evaluation_problems(written),
        *_missing_reasons(written, breaches(written.agreed(), sheet.limits)),
    ]
    return found + (_missing_answers(written, sheet.fields) if is_final else [])


def _wrong_answers(written: Written, fields: FieldSet) -> list[FieldProblem]:
    found: list[FieldProblem] = []
    for asked in fields:
        answer = written.answers.get(asked.code, Answer())
        longest = MOST_TEXT if asked.type is FieldType.TEXT else MOST_LINE
        found += too_long({field_name(asked.code): answer.text}, longest)
        if asked.type in CHOSEN and answer.choice not in {None, *(one.code for one in asked.choices)}:
            found.append(FieldProblem(field_name(asked.code), N_("Choose one of the answers.")))
    return found


def _week_problems(week: Week) -> list[FieldProblem]:
    words = N_("The day must end after it begins. Write the times as 9.00–13.00.")
    return [FieldProblem(f"week-{day.weekday}", words) for day in week.days if day.minutes <= 0]


def _evaluation_problems(written: Written) -> list[FieldProblem]:
    """The effect is evaluated before the period is over, else nothing can follow from it (189/2001 section 9)."""
    day, start, end = written.answers.get(EVALUATION, Answer()).day, written.start, written.end
    if day is None:
        return []
    if end is not None and day > end:
        words = N_("The period ends on %(day)s. Choose that day or one before it.", day=end)
        return [FieldProblem(field_name(EVALUATION), words)]
    if start is not None and day < start:
        words = N_("The period starts on %(day)s. Choose that day or one after it.", day=start)
        return [FieldProblem(field_name(EVALUATION), words)]
    return []


def _missing_reasons(written: Written, broken: Iterable[Breach]) -> list[FieldProblem]:
    return [
        FieldProblem(reason_name(one.subject), N_("%(limit)s Change it, or write the reason.", limit=one.message))
        for one in broken
        if not written.reasons.get(one.subject, "").strip()
    ]


def _missing_answers(written: Written, fields: FieldSet) -> list[FieldProblem]:
    found = [
        FieldProblem(field_name(asked.code), N_("Answer before the plan comes into force: %(what)s", what=_said(asked)))
        for asked in fields.asked(written.answers)
        if asked.is_needed and not _is_there(asked, written)
    ]
    if written.agreed().has_activity and (written.start is None or written.end is None):
        found.append(FieldProblem("period_start", N_("Write the period of the activity: its first and its last day.")))
    return found


def _said(asked: PlanField) -> str:
    return str(asked.label).rstrip("?")


def _is_there(asked: PlanField, written: Written) -> bool:
    if asked.type is FieldType.WEEK:
        return bool(written.week)
    return not written.answers.get(asked.code, Answer()).is_empty
