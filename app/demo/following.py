"""Which clients of the worker who is shown first are followed all the way: what they said, did and went on to."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from app.access.actor import Actor
from app.accounts import queries as accounts
from app.cases import queries as cases
from app.cases.domain import CaseView
from app.core.uow import UnitOfWork
from app.demo.domain import Followed
from app.demo.meeting import meet_as_group
from app.demo.onward import go_on, print_papers
from app.demo.practice import put_into_practice
from app.demo.voices import give_voice
from app.demo.weeks import be_active

PRACTISED: Final = "quality_based_coaching"
"""The model in which the plan of the client whose activity began last is put into practice."""
FROM: Final = "work_ability_support"
"""The model whose latest client goes on along another path."""


def follow_some(
    uow: UnitOfWork, texts: Followed, found: Collection[tuple[UUID, date]], *, today: date, now: datetime
) -> None:
    """Let the first client of each model have said and done everything, others be active, the last of one go on.

    `found`: cases of one worker, each with the day its plan came into force, oldest first.
    """
    worker_id = next((cases.case_of(uow, case_id).worker_id for case_id, _ in found), None)
    actor = accounts.load_actor(uow, worker_id, now=now) if worker_id else None
    if actor is None:
        return
    of_model: dict[str, list[tuple[CaseView, date]]] = defaultdict(list)
    for case_id, since in found:
        case = cases.get_case_for(uow, actor, case_id, now=now)
        of_model[case.model_key].append((case, since))
    _act(uow, texts, of_model, today=today, actor=actor, now=now)
    meet_as_group(uow, texts.group_meeting, today=today, actor=actor, now=now)
    for model, voice in texts.voices.items():
        for case, _ in of_model[model][:1]:
            give_voice(uow, voice, case, actor=actor, now=now)
            print_papers(uow, case, today=today, actor=actor, now=now)
    for case, _ in of_model[FROM][1:][-1:]:
        go_on(uow, texts.next_path, case, today=today, actor=actor, now=now)


def _act(
    uow: UnitOfWork,
    texts: Followed,
    of_model: Mapping[str, list[tuple[CaseView, date]]],
    *,
    today: date,
    actor: Actor,
    now: datetime,
) -> None:
    """Let the first clients of each model be active, and put the plan of the one who began last into practice."""
    for model, activities in texts.activities.items():
        active = [case for case, _ in of_model[model][: len(activities)]]
        for activity, (case, since) in zip(activities, of_model[model], strict=False):
            be_active(uow, activity, case, since, today=today, actor=actor, now=now)
        if model == PRACTISED and active:
            put_into_practice(uow, texts.practice, active[-1], today=today, actor=actor)
