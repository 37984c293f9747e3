"""Consents, the people beside the client, and documents kept elsewhere. Plain Python."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Final

from app.core.workdays import add_months
from app.demo.domain import Carrier, Common, Part
from app.demo.people import PeopleMaker
from app.demo.walk import Walk
from app.intake.entries import NewConsent, NewConsentItem, NewMember, NewRecorded
from app.pathways.domain import StageCode

CATEGORIES: Final = ("health", "work_ability", "plan")
SPARE_DAYS: Final = 35  # a consent that is not the next thing to do lasts at least so much longer

# Model → stage from which a document is there, with the system it lies in.
DOCUMENTS: Final = {
    "work_ability_support": (
        (StageCode.JOINT_ASSESSMENT, "DO12", "SY06"),
        (StageCode.RESPONSIBLE_WORKER, "DO05", "SY01"),
        (StageCode.FOLLOW_UP, "DO09", "SY01"),
    ),
    "quality_based_coaching": (
        (StageCode.JOINT_ASSESSMENT, "DO01", "SY02"),
        (StageCode.RESPONSIBLE_WORKER, "DO03", "SY11"),
        (StageCode.IMPLEMENTATION, "DO07", "SY02"),
    ),
    "group_employment": (
        (StageCode.JOINT_ASSESSMENT, "DO01", "SY02"),
        (StageCode.IMPLEMENTATION, "DO07", "SY02"),
        (StageCode.IMPLEMENTATION, "DO14", "SY02"),
    ),
}


class Papers:
    """Makes the papers of one case after the other, all by one random source."""

    def __init__(self, random: Random, common: Common, people: PeopleMaker, today: date) -> None:
        self._random, self._common, self._people, self._today = random, common, people, today

    def consents(self, part: Part, walk: Walk) -> tuple[NewConsent, ...]:
        """Return what the client has allowed and refused since the assessment began."""
        given_on = walk.day(StageCode.JOINT_ASSESSMENT)
        if given_on is None:
            return ()
        random = self._random
        answer = "refused" if part.carrier is not Carrier.CONSENT and random.random() < 0.04 else "given"
        until = self._valid_until(part, given_on)
        first = NewConsent(
            kind="consent",
            basis="CONSENT",
            given_on=given_on,
            form=random.choice(("oral", "written", "electronic")),
            items=self._items(part.story.parties[:2], answer),
            given_by="self",
            valid_until=until,
            remark=random.choice((None, *self._common.consent_remarks)),
        )
        if part.stage.number < StageCode.IMPLEMENTATION.number or random.random() > 0.15:
            return (first,)
        return (first, self._withdrawn(part, walk))

    def _items(self, parties: tuple[str, ...], answer: str) -> tuple[NewConsentItem, ...]:
        return tuple(
            NewConsentItem(party=party, category=category, purpose="planning", answer=answer)
            for party in parties
            for category in CATEGORIES
        )

    def _valid_until(self, part: Part, given_on: date) -> date | None:
        if part.carrier is Carrier.CONSENT and part.due_on:
            return part.due_on
        if part.ends_on or self._random.random() < 0.5:
            return None
        late = max(part.due_on or self._today, self._today) + timedelta(days=SPARE_DAYS)
        year = 1
        while add_months(given_on, 12 * year) <= late:
            year += 1
        return add_months(given_on, 12 * year)

    def _withdrawn(self, part: Part, walk: Walk) -> NewConsent:
        given_on = walk.entered[StageCode.JOINT_PLAN]
        on = given_on + (walk.last_on - given_on) / 2
        return NewConsent(
            kind="consent",
            basis="CONSENT",
            given_on=given_on,
            form="oral",
            items=self._items(part.story.parties[-1:], "given"),
            withdrawn_on=on,
            withdrawal_reason=self._random.choice(self._common.withdrawal_reasons),
        )

    def members(self, part: Part, walk: Walk) -> tuple[NewMember, ...]:
        """Return the people beside the client; where the basis is what falls due, one of them lacks it."""
        if walk.day(StageCode.JOINT_PLAN) is None:
            return ()
        random = self._random
        covered = [one for one in self._common.members if one["party"] in part.story.parties[:2]]
        found = [self._member(one) for one in random.sample(covered, min(random.randint(0, 2), len(covered)))]
        if part.carrier is Carrier.BASIS:
            others = [one for one in self._common.members if one["party"] not in part.story.parties]
            found.append(self._member(random.choice(others), lacks_basis=True))
        return tuple(found)

    def _member(self, seed: Mapping[str, str], *, lacks_basis: bool = False) -> NewMember:
        random = self._random
        contact = f"0440 {random.randrange(1000):03} {random.randrange(1000):03}"
        return NewMember(
            name=self._people.stranger(),
            party=seed["party"],
            role=seed["role"],
            contact=contact,
            lacks_basis=lacks_basis,
        )

    def recorded(self, part: Part, walk: Walk) -> tuple[NewRecorded, ...]:
        """Return the documents that lie in other systems."""
        found = []
        for stage, document, system in DOCUMENTS[part.model]:
            day = walk.day(stage)
            if day is not None and self._random.random() < 0.85:
                reference = f"{day.year}-{self._random.randrange(10_000, 100_000)}"
                found.append(NewRecorded(document=document, system=system, recorded_on=day, reference=reference))
        return tuple(found)
