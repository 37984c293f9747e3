"""Turns a part (model, stage, worker, due day) and a story into a case as it might have gone. Plain Python.

Everything is placed backwards from the day that falls due, so that the ledger comes out as wished (rulings 15 and 16).
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from app.core.clock import start_of_day
from app.core.workdays import add_months, is_workday, next_workday, previous_workday
from app.demo.diary import Diary
from app.demo.domain import Carrier, Deed, Part, Texts, Wish
from app.demo.papers import Papers
from app.demo.people import PeopleMaker
from app.demo.walk import Walk
from app.intake.entries import NewAction, NewAssignment, NewCase, NewGoal, NewMeasure, NewPlan, NewReview
from app.pathways.domain import StageCode
from app.pathways.loader import latest
from app.reference.loader import reference

_NINE: Final = timedelta(hours=9)
PERIOD_MONTHS: Final = 5


class LifeMaker:
    """Makes one case after the other, all by one random source."""

    def __init__(self, random: Random, texts: Texts, people: PeopleMaker, today: date) -> None:
        self._random, self._texts, self._today = random, texts, today
        self._papers = Papers(random, texts.common, people, today)
        self._diary = Diary(random, texts.common, today)

    def case(self, part: Part) -> NewCase:
        """Return the case with its visits, line, plan, entries, consents and measures."""
        part = self._on_workdays(part)
        plan = self._plan(part)
        walk = self._walk(part, plan)
        line = self._line(part, walk)
        reviews = plan.reviews if plan else ()
        return NewCase(
            id=UUID(int=self._random.getrandbits(128), version=4),
            model=part.model,
            opened_on=walk.opened_on,
            visits=walk.visits(self._random, self._texts.common.skip_reasons),
            team_id=part.worker.team_id if part.worker else None,
            line=line,
            pair_ids=(part.pair.id,) if part.pair else (),
            contact_source=self._diary.source_of(part.model),
            plans=(plan,) if plan else (),
            notes=self._diary.notes(part, walk, reviews),
            consents=self._papers.consents(part, walk),
            members=self._papers.members(part, walk),
            measures=self._measures(part, walk, reviews),
            recorded=self._papers.recorded(part, walk),
            closed_on=part.ends_on,
            outcome=self._outcome(part),
            closing_text=self._texts.common.closings[self._outcome(part) or "no_need"] if part.ends_on else None,
        )

    def _on_workdays(self, part: Part) -> Part:
        """Let nothing fall due on a day off, except what falls due today."""
        if part.due_on is None or part.due_on == self._today or is_workday(part.due_on):
            return part
        due = previous_workday(part.due_on) if part.due_on < self._today else next_workday(part.due_on)
        return replace(part, due_on=due)

    def _outcome(self, part: Part) -> str | None:
        if part.ends_on is None:
            return None
        outcomes = sorted(self._texts.common.closings)
        return outcomes[part.ends_on.toordinal() % len(outcomes)]

    # ------------------------------------------------------------ the plan and its reviews

    def _plan(self, part: Part) -> NewPlan | None:
        if part.stage.number < StageCode.RESPONSIBLE_WORKER.number:
            is_draft = part.stage is StageCode.JOINT_PLAN and self._random.random() < 0.4
            return self._draft(part) if is_draft else None
        held = self._line_of_reviews(part)
        kind = latest(part.model).default_plan_kind(held[0])
        chosen = part.due_on if part.carrier is Carrier.REVIEW else None
        if part.ends_on or chosen == add_months(held[-1], self._months(part, kind, held[0])):
            chosen = None  # the day follows from the reckoning by itself
        return NewPlan(
            kind=kind,
            in_force_on=held[0],
            period_start=held[0],
            period_end=self._period_end(part, held[0]),
            accepted_on=held[0],
            acceptance_way=self._random.choice(("oral", "paper", "paper")),
            signers=reference().plan_kinds.get(kind).signers,
            next_review_on=chosen,
            summary=part.story.summary,
            client_comment=self._random.choice((None, *self._texts.common.client_comments)),
            goals=self._goals(part.story.goals, held[0]),
            reviews=tuple(self._review(part, kind, day) for day in held[1:]),
        )

    def _months(self, part: Part, kind: str, on: date) -> int:
        return min((row.months for row in reference().cadence_for(part.model, kind, on)), default=6)

    def _line_of_reviews(self, part: Part) -> list[date]:
        """Return the day the plan came into force and the days it was reviewed, all of them gone by."""
        end = end_of(part, self._today)
        months = self._months(part, latest(part.model).default_plan_kind(end), end)
        last = self._last_held(part, months, end)
        earlier = {StageCode.FOLLOW_UP: (1, 3), StageCode.IMPLEMENTATION: (0, 1)}.get(part.stage, (0, 0))
        days = [last]
        for _ in range(0 if part.carrier is Carrier.PERIOD else self._random.randint(*earlier)):
            before = add_months(days[0], -months) + timedelta(days=self._random.randint(2, 12))
            days.insert(0, next_or_same(before))
        if part.carrier is Carrier.PERIOD and part.due_on:
            days.insert(0, next_or_same(add_months(part.due_on, -PERIOD_MONTHS)))
        return days

    def _last_held(self, part: Part, months: int, end: date) -> date:
        if part.carrier is Carrier.PERIOD and part.due_on:
            # In time for a review of its own, but late enough that the period ends before the next one.
            return next_or_same(add_months(part.due_on, -months) + timedelta(days=self._random.randint(7, 18)))
        if part.carrier is Carrier.REVIEW and part.due_on:
            return min(next_or_same(add_months(part.due_on, -months)), previous_workday(end))
        # The review is to fall due after whatever falls due first.
        first = part.due_on or end
        latest_day = end - timedelta(days=self._random.randint(3, 40))
        after_due = add_months(max(first, self._today), -months) + timedelta(days=self._random.randint(20, 45))
        return next_or_same(min(max(latest_day, after_due), end - timedelta(days=3)))

    def _period_end(self, part: Part, since: date) -> date | None:
        if part.carrier is Carrier.PERIOD:
            return part.due_on
        if part.ends_on or self._random.random() < 0.5:
            return None
        late = max(part.due_on or self._today, self._today) + timedelta(days=200)
        year = 1
        while add_months(since, 12 * year) <= late:
            year += 1
        return add_months(since, 12 * year)

    def _draft(self, part: Part) -> NewPlan:
        kind = latest(part.model).default_plan_kind(self._today)
        goals = self._goals(part.story.goals[:1], self._today)
        return NewPlan(kind=kind, in_force_on=None, summary=part.story.summary, goals=goals)

    def _goals(self, wishes: tuple[Wish, ...], since: date) -> tuple[NewGoal, ...]:
        return tuple(
            NewGoal(
                text=wish.text,
                actions=tuple(self._action(deed, since) for deed in wish.actions),
            )
            for wish in wishes
        )

    def _action(self, deed: Deed, since: date) -> NewAction:
        due = next_or_same(since + timedelta(days=self._random.randint(20, 120)))
        is_done = due < self._today and self._random.random() < 0.7
        return NewAction(text=deed.text, owner=deed.owner, due_on=due, state="done" if is_done else "open")

    def _review(self, part: Part, kind: str, day: date) -> NewReview:
        random, common = self._random, self._texts.common
        return NewReview(
            held_on=day,
            situation=random.choice(part.story.situations),
            changes=random.choice(part.story.changes),
            parties=("client", "worker", *reference().plan_kinds.get(kind).reviewers),
            participants=random.choice(common.participants),
            outcomes=tuple(random.choice(("met", "partly", "partly", "not")) for _ in part.story.goals),
        )

    # ------------------------------------------------------------ stages, worker, measures

    def _walk(self, part: Part, plan: NewPlan | None) -> Walk:
        if plan and plan.in_force_on:
            reviewed = plan.reviews[0].held_on if plan.reviews else None
            return Walk.with_plan(self._random, part, plan.in_force_on, reviewed, end_of(part, self._today))
        return Walk.without_plan(self._random, part, self._today)

    def _line(self, part: Part, walk: Walk) -> tuple[NewAssignment, ...]:
        if part.worker is None:
            return ()
        first = self._instant(walk.assigned_on)
        since = first
        before: tuple[NewAssignment, ...] = ()
        if part.earlier:
            middle = walk.assigned_on + (walk.last_on - walk.assigned_on) / 2
            since = max(self._instant(middle), first + timedelta(hours=3))
            before = (NewAssignment(user_id=part.earlier.id, since=first),)
        is_fit = latest(part.model).allows(part.worker.professions, part.stage)
        assignment = NewAssignment(
            user_id=part.worker.id,
            since=since,
            reason=self._random.choice(self._texts.common.handover_reasons) if before else None,
            profession_exception=None if is_fit else self._random.choice(self._texts.common.profession_reasons),
        )
        return (*before, assignment)

    def _instant(self, day: date) -> datetime:
        return start_of_day(day) + _NINE + timedelta(minutes=self._random.randrange(0, 360, 5))

    def _measures(self, part: Part, walk: Walk, reviews: tuple[NewReview, ...]) -> tuple[NewMeasure, ...]:
        if part.stage.number < StageCode.JOINT_ASSESSMENT.number:
            return ()
        random, score = self._random, part.story.score + self._random.choice((-1, 0, 0, 1))
        found = []
        for day in (walk.identified_on, *(review.held_on for review in reviews)):
            remark = random.choice((None, None, *self._texts.common.measure_remarks))
            found.append(NewMeasure(measure="ME01", value=max(0, min(10, score)), measured_on=day, remark=remark))
            score += random.choice((-1, 0, 0, 1, 1, 2))
        return tuple(found)


def end_of(part: Part, today: date) -> date:
    """Return the day up to which things happen in a case: what was promised was promised before it fell due."""
    if part.ends_on:
        return part.ends_on
    if part.carrier is Carrier.PROMISE and part.due_on:
        return min(today, part.due_on - timedelta(days=6))
    return today


def next_or_same(day: date) -> date:
    """Return the day itself when it is a working day, else the next one."""
    return day if is_workday(day) else next_workday(day)
