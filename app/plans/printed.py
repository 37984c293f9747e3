"""Everything of a version that is read or printed, with its labels; and the part that the activity goes by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.plans.checks import ACTIVITY, EVALUATION, Sheet
from app.plans.fields import YES, Answer, FieldType, PlanField, Section, Week, say_answer
from app.plans.limits import Breach, Subject, breaches
from app.plans.versions import VersionView


@dataclass(frozen=True, slots=True)
class PrintedAnswer:
    """A question with its answer in words; None: not answered. `is_week`: the answer is the week of the version."""

    code: str
    label: str
    answer: str | None
    is_week: bool = False


@dataclass(frozen=True, slots=True)
class PrintedSection:
    """A heading with its questions, those not answered included."""

    code: str
    label: str
    is_after_goals: bool
    answers: tuple[PrintedAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedVersion:
    """One version as it is read: its sections in order, its limits that are not kept, and the reasons by subject.

    Goals, days and the summary are in `version`; texts of `broken` are rendered in the language of the reader.
    """

    version: VersionView
    sections: tuple[PrintedSection, ...]
    broken: tuple[Breach, ...]
    reasons: Mapping[str, str]

    @property
    def week(self) -> Week:
        """The agreed days of the week."""
        return self.version.week

    @property
    def before_goals(self) -> tuple[PrintedSection, ...]:
        """The sections that are read before the goals."""
        return tuple(one for one in self.sections if not one.is_after_goals)

    @property
    def after_goals(self) -> tuple[PrintedSection, ...]:
        """The sections that are read after the goals."""
        return tuple(one for one in self.sections if one.is_after_goals)

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """What there is a reason for, in a fixed order."""
        return tuple(one for one in Subject if self.reasons.get(one))


def printed(version: VersionView, sheet: Sheet | None) -> PrintedVersion:
    """Return a version as it is read; one that was taken from a register has no sections."""
    sections = tuple(_section(version, one) for one in sheet.fields.sections) if sheet else ()
    broken = breaches(version.content.written.agreed(), sheet.limits) if sheet else ()
    return PrintedVersion(version=version, sections=sections, broken=broken, reasons=version.reasons)


def _section(version: VersionView, section: Section) -> PrintedSection:
    is_asked = section.asked_by is None or version.answers.get(section.asked_by) == Answer(choice=YES)
    answers = tuple(
        one for asked in section.fields if (one := _answer(version, asked)).answer or (is_asked and asked.is_needed)
    )
    return PrintedSection(section.code, str(section.label), section.is_after_goals, answers)


def _answer(version: VersionView, asked: PlanField) -> PrintedAnswer:
    if asked.type is FieldType.WEEK:
        return PrintedAnswer(asked.code, str(asked.label), version.week.hours if version.week else None, is_week=True)
    said = say_answer(asked, version.answers.get(asked.code, Answer()))
    return PrintedAnswer(asked.code, str(asked.label), said)


# -- what the activity goes by ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityPart:
    """What a plan in force says of rehabilitative work activity (189/2001 section 9); None is not written."""

    plan_id: UUID
    version_id: UUID
    kind: str
    number: int
    week: Week
    start: date | None
    end: date | None
    place: str | None
    goal: str | None
    description: str | None
    support: str | None
    evaluation_on: date | None


def activity_part(version: VersionView) -> ActivityPart | None:
    """Return what a version says of the activity, or None when there is none in it."""
    answers = version.answers
    if not version.week and answers.get(ACTIVITY) != Answer(choice=YES):
        return None

    def text(code: str) -> str | None:
        return answers.get(code, Answer()).text

    head = version.head
    return ActivityPart(
        plan_id=head.plan_id,
        version_id=head.id,
        kind=version.kind,
        number=head.number,
        week=version.week,
        start=head.period_start,
        end=head.period_end,
        place=text("activity_place"),
        goal=text("activity_goal"),
        description=text("activity_description"),
        support=text("activity_support"),
        evaluation_on=answers.get(EVALUATION, Answer()).day,
    )
