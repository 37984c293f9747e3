"""The entries of a case: what was talked about at each stage, and what was promised. Plain Python."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from app.core.clock import start_of_day
from app.demo.domain import Carrier, Common, Line, Part
from app.demo.walk import Walk, last_workday_before
from app.intake.entries import NewNote, NewPromise, NewReview
from app.pathways.domain import StageCode

MEETINGS: Final = ("visit", "visit", "visit", "home_visit", "video")
CONTACTS: Final = ("visit", "call", "call", "message", "video")


class Diary:
    """Writes the entries of one case after the other, all by one random source."""

    def __init__(self, random: Random, common: Common, today: date) -> None:
        self._random, self._common, self._today = random, common, today

    def source_of(self, model: str) -> str:
        """Return who made the first contact, by code."""
        if model == "group_employment":
            return self._random.choice(("disability_services", "disability_services", "close_person", "self"))
        return self._random.choice([code for code in self._common.contact if code != "disability_services"])

    def notes(self, part: Part, walk: Walk, reviews: Sequence[NewReview]) -> tuple[NewNote, ...]:
        """Return the entries, oldest first; the last one carries the promise that falls due, if one does."""
        found = [self._first(part, walk)]
        for stage, topic, lines in (
            (StageCode.IDENTIFICATION, "identification", part.story.identification),
            (StageCode.JOINT_ASSESSMENT, "assessment", part.story.assessment),
            (StageCode.JOINT_PLAN, "task_division", self._common.task_division),
            (StageCode.RESPONSIBLE_WORKER, "plan", self._common.plan),
        ):
            day = walk.day(stage)
            if day is not None:
                kind = self._random.choice(MEETINGS)
                found.append(self._note((part, walk), day, lines, kind=kind, topic=topic, stage=stage))
        found += [self._review_note(part, walk, review) for review in reviews]
        if part.stage.number >= StageCode.IMPLEMENTATION.number:
            found += self._on_the_way(part, walk)
        found.sort(key=lambda note: note.happened_on)
        found[-1] = self._with_promise(part, found[-1])
        return tuple(found)

    def _first(self, part: Part, walk: Walk) -> NewNote:
        how = self._common.contact[self.source_of(part.model)]
        lines = [Line(self._random.choice(how), self._random.choice(self._common.contact_texts))]
        stage = StageCode.PRE_CONTACT
        return self._note((part, walk), walk.opened_on, lines, kind="call", topic="contact_source", stage=stage)

    def _note(
        self, of: tuple[Part, Walk], day: date, lines: Sequence[Line], *, kind: str, topic: str, stage: StageCode
    ) -> NewNote:
        part, walk = of
        said = self._random.choice(lines)
        author = (part.earlier if part.earlier and day < walk.last_on - timedelta(days=60) else part.worker) or None
        return NewNote(
            kind=kind,
            topic=topic,
            happened_on=day,
            line=said.line,
            text=said.text,
            is_visible_to_client=self._random.random() < 0.5,
            stage=stage,
            author_id=author.id if author else None,
            written_at=self._hour(day),
        )

    def _review_note(self, part: Part, walk: Walk, review: NewReview) -> NewNote:
        lines = (Line("Suunnitelma tarkistettiin yhdessä.", review.situation),)
        stage = StageCode.FOLLOW_UP
        return self._note((part, walk), review.held_on, lines, kind="visit", topic="review", stage=stage)

    def _on_the_way(self, part: Part, walk: Walk) -> list[NewNote]:
        """Write what happened since the plan came into force, at intervals, the latest not long ago."""
        since = walk.entered[StageCode.RESPONSIBLE_WORKER]
        room = (walk.last_on - since).days
        count = min(self._random.randint(2, 6), max(room // 10, 1))
        pool = list(part.story.progress)
        self._random.shuffle(pool)
        notes = []
        for place in range(count):
            day = walk.last_on - timedelta(days=round(room * (place + self._random.random() * 0.6) / count))
            day = last_workday_before(max(day, since) + timedelta(days=1))
            notes.append(self._one_on_the_way(part, walk, day, pool[place % len(pool)]))
        return notes

    def _one_on_the_way(self, part: Part, walk: Walk, day: date, said: Line) -> NewNote:
        stage = max((code for code, entered in walk.entered.items() if entered <= day), key=lambda code: code.number)
        kind, topic, lines = self._happening((said,))
        return self._note((part, walk), day, lines, kind=kind, topic=topic, stage=stage)

    def _happening(self, said: Sequence[Line]) -> tuple[str, str, Sequence[Line]]:
        """Return kind, topic and words of something on the way: mostly the story's own."""
        dice, common = self._random.random(), self._common
        if dice < 0.08:
            return "no_show", "attendance", common.no_show
        if dice < 0.2:
            return "partner_contact", "progress", common.partner_contact
        if dice < 0.28:
            return "network_meeting", "task_division", common.network_meeting
        if dice < 0.36:
            return "visit", "feedback", common.feedback
        return self._random.choice(CONTACTS), "progress", said

    def _with_promise(self, part: Part, note: NewNote) -> NewNote:
        """Let the entry end in a promise: the one that falls due, or one that does so later."""
        if part.ends_on or part.worker is None:
            return note
        due = part.due_on if part.carrier is Carrier.PROMISE else self._later(part)
        if due is None:
            return note
        owner = self._random.choice(("worker", "worker", "worker", "client", "client", "other"))
        promise = NewPromise(owner=owner, text=self._random.choice(part.story.promises[owner]), due_on=due)
        kept = NewPromise(
            owner="client",
            text=self._random.choice(part.story.promises["client"]),
            due_on=note.happened_on,
            done_on=note.happened_on,
        )
        promises = (promise, kept) if kept.text != promise.text and self._random.random() < 0.2 else (promise,)
        return replace(note, promises=promises)

    def _later(self, part: Part) -> date | None:
        if part.due_on is None or self._random.random() < 0.6:
            return None
        day = max(part.due_on, self._today) + timedelta(days=self._random.randint(5, 25))
        return last_workday_before(day)

    def _hour(self, day: date) -> datetime:
        return start_of_day(day) + timedelta(hours=9, minutes=self._random.randrange(0, 400, 5))
