"""Who gets how many cases, of what kind, and when each falls due. Plain Python."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import Final

from app.demo.domain import Carrier, Part, Story, Worker
from app.pathways.domain import STANDING, StageCode
from app.pathways.loader import latest

SHARE_CLOSED: Final = 0.06
SHARE_UNASSIGNED: Final = 0.045
SHOWN_CASES: Final = 36
"""Open cases of the worker whose list the tour begins with."""
LATE_DAYS: Final = (1, 2, 3, 3, 5, 6, 8, 11, 15, 17, 22, 31, 44)
STAGES: Final[Mapping[StageCode, int]] = {
    StageCode.PRE_CONTACT: 3,
    StageCode.IDENTIFICATION: 10,
    StageCode.JOINT_ASSESSMENT: 14,
    StageCode.JOINT_PLAN: 14,
    StageCode.RESPONSIBLE_WORKER: 8,
    StageCode.IMPLEMENTATION: 30,
    StageCode.FOLLOW_UP: 21,
}
WAITING_STAGES: Final = (
    StageCode.PRE_CONTACT,
    StageCode.IDENTIFICATION,
    StageCode.IDENTIFICATION,
    StageCode.JOINT_ASSESSMENT,
)


class Roster:
    """Deals out the parts of the cases, all by one random source."""

    def __init__(self, random: Random, stories: Sequence[Story], workers: Sequence[Worker], today: date) -> None:
        self._random, self._stories, self._workers, self._today = random, stories, workers, today

    def parts(self, clients: int) -> Iterator[Part]:
        """Yield one part for each client: the open ones of each worker, those without a worker, the closed ones."""
        closed = round(clients * SHARE_CLOSED)
        waiting = max(min(3, clients), round(clients * SHARE_UNASSIGNED)) if clients > 10 else 0
        for worker, count in zip(self._workers, self._shares(clients - closed - waiting), strict=True):
            yield from self._of_worker(worker, count)
        for number in range(waiting):
            yield self._waiting(number)
        for number in range(closed):
            yield self.closed(self._workers[number % len(self._workers)])

    def closed(self, worker: Worker, *, before: date | None = None) -> Part:
        """Return a case that is over, ended some time before a day."""
        model, story = self._model_and_story(worker)
        end = (before or self._today) - timedelta(days=self._random.randint(5, 240))
        return Part(model=model, stage=StageCode.FOLLOW_UP, story=story, worker=worker, ends_on=end)

    def _shares(self, cases: int) -> list[int]:
        """Return how many open cases each worker has; the first has a list worth showing, the rest share evenly."""
        count = len(self._workers)
        first = min(cases, max(SHOWN_CASES, cases // count)) if cases >= 2 * SHOWN_CASES else cases // 2
        rest, extra = divmod(cases - first, max(count - 1, 1))
        return [first, *(rest + (place < extra) for place in range(count - 1))] if count > 1 else [cases]

    def _of_worker(self, worker: Worker, count: int) -> Iterator[Part]:
        dues = list(self._dues(count))
        self._random.shuffle(dues)
        mates = [one for one in self._workers if one.team_id == worker.team_id and one is not worker]
        for due in dues:
            yield self._open(worker, due, mates)

    def _dues(self, count: int) -> Iterator[date | None]:
        """Yield the days on which a worker's cases fall due: some late, some today, some this week, most later."""
        random = self._random
        late = round(count * random.choice((0.08, 0.12, 0.17))) if count < SHOWN_CASES else max(4, count // 9)
        today = max(1, count // 18)
        week = max(1, count // 7)
        for place in range(count):
            if place < late:
                yield self._today - timedelta(days=random.choice(LATE_DAYS))
            elif place < late + today:
                yield self._today
            elif place < late + today + week:
                yield self._today + timedelta(days=random.randint(1, max(1, 6 - self._today.weekday())))
            else:
                yield self._today + timedelta(days=random.choice((random.randint(7, 30), random.randint(31, 78))))

    def _open(self, worker: Worker, due: date | None, mates: Sequence[Worker]) -> Part:
        random = self._random
        model, story = self._model_and_story(worker)
        stage = self._stage(due)
        carrier = self._carrier(stage, due)
        return Part(
            model=model,
            stage=stage,
            story=story,
            worker=worker,
            pair=random.choice(mates) if mates and random.random() < 0.08 else None,
            earlier=self._earlier(worker, stage),
            due_on=due,
            carrier=carrier,
        )

    def _stage(self, due: date | None) -> StageCode:
        """Return a stage; what is late is more often a review than a promise."""
        stages = dict(STAGES)
        if due and due < self._today and self._random.random() < 0.7:
            stages = {code: weight for code, weight in STAGES.items() if code.number >= STANDING.number}
        return self._random.choices(list(stages), list(stages.values()))[0]

    def _carrier(self, stage: StageCode, due: date | None) -> Carrier:
        random, away = self._random, (due - self._today).days if due else 0
        if stage.number < StageCode.RESPONSIBLE_WORKER.number:
            return Carrier.PROMISE
        if away < 0:
            return Carrier.REVIEW if random.random() < 0.8 else Carrier.PROMISE
        if away == 0:
            return random.choice((Carrier.REVIEW, Carrier.PROMISE, Carrier.BASIS))
        if away <= 30:
            return random.choice((Carrier.REVIEW, Carrier.REVIEW, Carrier.PROMISE, Carrier.CONSENT, Carrier.PERIOD))
        return Carrier.REVIEW if random.random() < 0.7 else Carrier.PROMISE

    def _earlier(self, worker: Worker, stage: StageCode) -> Worker | None:
        if stage.number < StageCode.RESPONSIBLE_WORKER.number or self._random.random() > 0.12:
            return None
        return self._random.choice([one for one in self._workers if one is not worker] or [worker])

    def _waiting(self, number: int) -> Part:
        """Return a case nobody is responsible for; one in ten is past the stage that names the worker."""
        model, story = self._model_and_story(None)
        if number % 10 == 3:
            due = self._today + timedelta(days=self._random.randint(10, 40))
            stage = StageCode.IMPLEMENTATION
            return Part(model=model, stage=stage, story=story, due_on=due, carrier=Carrier.REVIEW)
        return Part(model=model, stage=self._random.choice(WAITING_STAGES), story=story)

    def _model_and_story(self, worker: Worker | None) -> tuple[str, Story]:
        """Return a model the worker's profession fits, with few exceptions, and a story that goes with it."""
        anything = [(model, story) for story in self._stories for model in story.models]
        if worker is None or self._random.random() < 0.04:
            return self._random.choice(anything)
        fitting = self._fitting(worker.professions)
        return self._random.choice([pair for pair in anything if pair[0] in fitting] or anything)

    @lru_cache(maxsize=64)  # noqa: B019 - lives as long as the making of one demo
    def _fitting(self, professions: frozenset[str]) -> frozenset[str]:
        models = {model for story in self._stories for model in story.models}
        return frozenset(model for model in models if latest(model).allows(professions, StageCode.IMPLEMENTATION))
