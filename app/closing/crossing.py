"""What may go on from one path to the next when the two belong to different client registers.

Health care and social welfare keep a client register each (703/2023 section 18). Within one, the worker ticks what the
new path needs. From one to the other a thing goes only with the client's disclosure permission that names the receiver
and the kinds of data (section 53), and what a register holds in its own words never does: it is asked anew.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from app.cases.domain import Background
from app.closing.domain import Carry, CarryKind
from app.consents.domain import Answer, ConsentKind, ConsentView, Standing
from app.core.texts import N_, Text
from app.pathways.pathway import Pathway
from app.reference.domain import Reference

RECEIVERS: Final[Mapping[str, str]] = {"SY01": "health_care", "SY02": "social_welfare"}
"""The party that keeps the register of a system: whom a permission must name before data may go to it."""
REGISTERS: Final[Mapping[str, Text]] = {
    "SY01": N_("patient register"),
    "SY02": N_("client register of social welfare"),
}
WITH_PERMISSION: Final = frozenset({CarryKind.MEASURE, CarryKind.BACKGROUND, CarryKind.GOAL})
"""What may cross at all. A kind that is not named here stays, so a new one stays until somebody has thought of it."""
ABOUT_WORK_ABILITY: Final = frozenset({"ME01", "ME02", "ME04"})
CATEGORIES: Final[Mapping[str, str]] = {
    "benefit": "benefits",
    "benefit_days": "benefits",
    "is_allowance_used": "benefits",
    "assistance_since": "benefits",
    "is_unemployed": "education_work",
    "unemployed_since": "education_work",
    "is_disability_client": "social_services",
    "is_in_day_activity": "social_services",
    "is_beyond_public_services": "work_ability",
    "needs_joint_support": "situation",
    "wish": "plan",
}
"""The kind of data, as permissions name it, that each background fact is."""
PLAN: Final = frozenset({"plan"})
ASK_ANEW: Final = N_("It was written in another client register. Ask the client anew.")


def categories_of_measure(code: str) -> frozenset[str]:
    """Return the kinds of data of a measure; one not known to be of work ability alone is of health too (ME03)."""
    return frozenset({"work_ability"} if code in ABOUT_WORK_ABILITY else {"work_ability", "health"})


def categories_of_background(found: Background) -> frozenset[str]:
    """Return the kinds of data of the facts that are known."""
    return frozenset(CATEGORIES[name] for name, value in found.facts.items() if value is not None)


def is_same_register(one: Pathway, other: Pathway) -> bool:
    """Whether the records of two models belong to one client register."""
    return one.system == other.system


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """The way into another client register: who receives there, and what the client has said, on a day."""

    receiver: str
    given: tuple[ConsentView, ...]
    on: date

    def is_forbidden(self, categories: Collection[str]) -> bool:
        """Whether a prohibition of the client that holds names the receiver and one of the kinds of data."""
        return any(
            item.party == self.receiver and item.category in categories
            for one in self._holding(ConsentKind.PROHIBITION)
            for item in one.items
        )

    def permission_for(self, category: str) -> UUID | None:
        """Return the permission that opens a kind of data to the receiver; what the client said last is what counts."""
        said = [
            (one.given_on, one.recorded_at, item.answer, one.id)
            for one in self._holding(ConsentKind.PERMISSION)
            for item in one.items
            if (item.party, item.category) == (self.receiver, category)
        ]
        last = max(said, key=lambda row: row[:2], default=None)
        return last[3] if last and last[2] is Answer.GIVEN else None

    def _holding(self, kind: ConsentKind) -> list[ConsentView]:
        live = {Standing.VALID, Standing.ENDING}
        return [
            one for one in self.given if one.kind is kind and one.given_on <= self.on and one.standing(self.on) in live
        ]


def crossing_of(before: Pathway, after: Pathway, given: Iterable[ConsentView], *, on: date) -> Crossing | None:
    """Return the way from one model's register to the other's, or None when they share one."""
    if is_same_register(before, after):
        return None
    return Crossing(receiver=RECEIVERS.get(after.system, ""), given=tuple(given), on=on)


def why_consent_stays(consent: ConsentView, *, is_same: bool, on: date) -> Text | None:
    """Return why a consent does not go on to the next path, or None when it may.

    It names parties, data and a purpose, and was given for one register. A basis in law is weighed anew in each path;
    the client's no goes wherever the client goes.
    """
    if consent.standing(on) not in {Standing.VALID, Standing.ENDING}:
        return N_("It is not valid any more.")
    if consent.kind is ConsentKind.STATUTORY:
        return N_("A basis in law is weighed anew in each path.")
    if consent.kind is ConsentKind.PROHIBITION:
        return None
    return None if is_same else N_("It was given for another client register. Ask the client anew.")


def ruled(one: Carry, crossing: Crossing | None, lists: Reference) -> Carry:
    """Return the thing with what the registers say of it: why it stays, or the permissions on which it goes.

    A consent has a rule of its own, `why_consent_stays`.
    """
    if crossing is None or one.kind is CarryKind.CONSENT:
        return one
    why_not = _why_stays(one, crossing, lists)
    if why_not is not None:
        return replace(one, why_not=why_not)
    found = {crossing.permission_for(category) for category in one.categories}
    return replace(one, rests_on=tuple(sorted(id_ for id_ in found if id_)))


def _why_stays(one: Carry, crossing: Crossing, lists: Reference) -> Text | None:
    if one.kind not in WITH_PERMISSION or not one.categories or not crossing.receiver:
        return ASK_ANEW
    if crossing.is_forbidden(one.categories):
        return N_("The client has forbidden giving it to the other client register.")
    if all(crossing.permission_for(category) for category in one.categories):
        return None
    kinds = (row.code for row in lists.data_categories if row.code in one.categories)
    return N_(
        "It goes along only with a disclosure permission. Receiver: %(party)s. Kinds of data: %(kinds)s.",
        party=lists.parties.label(crossing.receiver),
        kinds=", ".join(map(lists.data_categories.label, kinds)),
    )


def as_came(one: Carry, crossing: Crossing | None) -> Carry:
    """Return the thing as the path it came to shows it: nothing is read from the other register without a permission.

    Background facts were written anew in this path, so what they are in the other one by now is not told.
    """
    if crossing is None or one.kind is CarryKind.CONSENT:
        return one
    if one.why_not is not None:
        return replace(one, words="", parts=(), more=N_("The disclosure permission holds no more."))
    return replace(one, words="") if one.kind is CarryKind.BACKGROUND else one
