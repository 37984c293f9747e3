"""One meeting of a group with a review for each who was there, held through the service caseworkers use."""

from datetime import date, datetime, timedelta
from typing import Final

from app.access.actor import Actor
from app.core.uow import UnitOfWork
from app.demo.domain import GroupMeeting
from app.demo.lives import next_or_same
from app.demo.voices import at
from app.plans import queries as plans
from app.plans.domain import GoalAnswer, GoalOutcome
from app.reviews.group import GroupRow, Meeting, hold_group_review
from app.reviews.queries import GroupMember, GroupSheet, group_of, sheets_of

LEAST: Final = 2
"""Fewer clients are no group."""


def meet_as_group(uow: UnitOfWork, texts: GroupMeeting, *, today: date, actor: Actor, now: datetime) -> None:
    """Review the actor's clients of model C together so many weeks ago; what is late stays late."""
    on = next_or_same(today - timedelta(weeks=texts.weeks_ago))
    members = [one for one in group_of(uow, actor, now=now) if _could_meet(uow, one, on, today)]
    if len(members) < LEAST:
        return
    meeting = Meeting(held_on=on, parties=texts.parties, participants=texts.participants, notes=texts.notes)
    rows = [_row(texts, place, sheet) for place, sheet in enumerate(sheets_of(uow, members, on))]
    hold_group_review(uow, meeting, rows, actor=actor, now=at(on))


def _could_meet(uow: UnitOfWork, member: GroupMember, on: date, today: date) -> bool:
    """Whether a plan was in force on the day, not reviewed since, and nothing about it has fallen due."""
    plan = plans.plan_of(uow, member.case.id, member.plan_id)
    since = max((*plan.reviewed_on, plan.first_in_force_on or on))
    return since < on and (member.due_on is None or member.due_on > today)


def _row(texts: GroupMeeting, place: int, sheet: GroupSheet) -> GroupRow:
    outcomes = (GoalOutcome.MET, GoalOutcome.PARTLY)
    return GroupRow(
        case=sheet.member.case,
        plan_id=sheet.member.plan_id,
        kind=sheet.member.kind,
        version_id=sheet.version.head.id,
        situation=texts.situations[place % len(texts.situations)],
        outcomes={
            goal.id: GoalAnswer(outcomes[(place + number) % 2]) for number, goal in enumerate(sheet.version.goals)
        },
        next_review_on=None if sheet.due.ends_first else sheet.due.proposal,
    )
