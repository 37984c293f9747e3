"""The words every pathway model is written in: the seven stages, and what can be put on record for a case and where.

What a model is made of is `pathway`, how a case moves along one is `engine`, what is best done next is `advice`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.reference.domain import Words

OWN_NUMBER: Final = re.compile(r"[A-Z]{2}\d{2}|P[ABCX]\d+")


class StageCode(StrEnum):
    """The seven stages in their fixed order. Source: domain 1.1."""

    PRE_CONTACT = "pre_contact"
    IDENTIFICATION = "identification"
    JOINT_ASSESSMENT = "joint_assessment"
    JOINT_PLAN = "joint_plan"
    RESPONSIBLE_WORKER = "responsible_worker"
    IMPLEMENTATION = "implementation"
    FOLLOW_UP = "follow_up"

    @property
    def number(self) -> int:
        """The stage's place on the path, 1 to 7."""
        return list(StageCode).index(self) + 1


# Stage 5 is a standing condition: it may be open beside any other stage and is never finished by default (ruling 12).
STANDING: Final = StageCode.RESPONSIBLE_WORKER


class LinkKind(StrEnum):
    """Where an advice leads; the workbench knows the address."""

    ASSIGN_WORKER = "assign_worker"
    CLOSE_CASE = "close_case"
    ENTER_MEASURE = "enter_measure"
    IDENTIFY = "identify"
    ASSESS_NEEDS = "assess_needs"
    HEAR_CLIENT = "hear_client"
    KEEP_ACTIVITY = "keep_activity"
    MOVE_STAGE = "move_stage"
    OPEN_NETWORK = "open_network"
    OPEN_PLAN = "open_plan"
    RECORD_CONSENT = "record_consent"
    RECORD_ELSEWHERE = "record_elsewhere"
    REVIEW_PLAN = "review_plan"
    SHOW_STEPS = "show_steps"
    WRITE_NOTE = "write_note"
    WRITE_PLAN = "write_plan"


class Effect(StrEnum):
    """What a missing need does: `stops` refuses the move (law), `reminds` lets it pass with a stored reason."""

    STOPS = "stops"
    REMINDS = "reminds"


PLAN_KINDS: Final = (
    "activation_plan",
    "multisector_employment_plan",
    "implementation_plan",
    "work_ability_support_plan",
    "group_employment_plan",
    "client_plan",
    "rehabilitation_group_plan",
)
NOTE_TOPICS: Final = (
    "contact_source",
    "identification",
    "assessment",
    "task_division",
    "handover",
    "progress",
    "attendance",
)
MEETING_TOPICS: Final = (
    "identification",
    "needs_assessment",
    "assessment",
    "three_party",
    "plan",
    "handover",
    "progress",
    "review",
)
ROLES: Final = ("entry", "progress")
ACTIVITIES: Final = ("rehabilitative_work_activity", "group_employment")
MEASURES: Final = ("ME01", "ME02", "ME03", "ME04")
DOCUMENTS: Final = tuple(f"DO{number:02d}" for number in range(1, 18))

# The closed list of needs (ruling 13) and where each is put on record. What makes a code met:
# consent:health      a valid basis covers the category health, or the client's refusal is on record (nothing is
#                     fetched then: consent is voluntary and a refusal does not end the service, 812/2000)
# consent:parties     every party in the network has a valid basis; no party in the network: met
# worker              the case has a primary responsible worker today
# review              a plan of the case has an open review duty, that is, a day for its next review
# plan:<kind>         a plan of the kind is in force
# note:<topic>        an entry with the topic, or for contact_source the case's own source
# meeting:<topic>     an entry with the topic whose kind is a meeting
# worker:entry        somebody answers for the entry to group employment (model C), worker:progress for going on in it
# activity:period     a period of activity is agreed (activity:attendance: a day of it is marked,
#                     activity:shop_steward: the steward of the place has been told of the newest one)
# measure:MEnn        a value or a result of the measure (measure:repeated: a measure has results of two days)
# self_assessment     the client has got the form of the self-assessment, or its result is on record
# review:held         a review of a plan of the case has been held
# identification:…    signals, triggers: one is noted, or somebody has looked for them; facts: some of the data set
# needs_assessment    a needs assessment of the case is finished
# participation:<stage> the client's own view or what they were told is on record in the stage
# participation:told, :goals, :feedback  the client was told something; has answered to each goal in force; feedback
# recorded:DOnn       an entry "Kirjattu muualle" for the document
NEEDS: Final[Mapping[str, LinkKind]] = {
    "consent:health": LinkKind.RECORD_CONSENT,
    "consent:parties": LinkKind.RECORD_CONSENT,
    "worker": LinkKind.ASSIGN_WORKER,
    "review": LinkKind.OPEN_PLAN,
    "review:held": LinkKind.REVIEW_PLAN,
    "worker:entry": LinkKind.OPEN_NETWORK,
    "worker:progress": LinkKind.OPEN_NETWORK,
    "self_assessment": LinkKind.ENTER_MEASURE,
    "needs_assessment": LinkKind.ASSESS_NEEDS,
    **{f"identification:{part}": LinkKind.IDENTIFY for part in ("signals", "triggers", "facts")},
    **{f"measure:{what}": LinkKind.ENTER_MEASURE for what in (*MEASURES, "repeated")},
    "plan:activation_or_multisector": LinkKind.WRITE_PLAN,
    **{f"activity:{what}": LinkKind.KEEP_ACTIVITY for what in ("period", "attendance", "shop_steward")},
    **{f"plan:{kind}": LinkKind.WRITE_PLAN for kind in PLAN_KINDS},
    **{f"note:{topic}": LinkKind.WRITE_NOTE for topic in NOTE_TOPICS},
    **{f"meeting:{topic}": LinkKind.WRITE_NOTE for topic in MEETING_TOPICS},
    **{f"participation:{stage}": LinkKind.HEAR_CLIENT for stage in (*StageCode, "told", "goals", "feedback")},
    **{f"recorded:{document}": LinkKind.RECORD_ELSEWHERE for document in DOCUMENTS},
}

# Needs that any one of several facts meets. An official plan in the authority's own system counts as well.
ALTERNATIVES: Final[Mapping[str, tuple[str, ...]]] = {
    "self_assessment": ("measure:ME02", "recorded:DO12"),
    "needs_assessment": ("recorded:DO01",),
    "recorded:DO01": ("needs_assessment",),
    "identification:facts": ("note:identification",),
    "activity:attendance": ("note:attendance",),
    "participation:feedback": ("recorded:DO17",),
    "plan:rehabilitation_group_plan": ("recorded:DO13",),
    "plan:activation_or_multisector": (
        "plan:activation_plan",
        "plan:multisector_employment_plan",
        "recorded:DO02",
        "recorded:DO03",
    ),
}


def facts_of_note(topic: str, *, is_meeting: bool) -> frozenset[str]:
    """Return the need codes that an entry meets by its topic, and as a meeting if it was one; others are left out."""
    codes = {f"note:{topic}"} | ({f"meeting:{topic}"} if is_meeting else set())
    return frozenset(codes & NEEDS.keys())


@dataclass(frozen=True, slots=True)
class Facts:
    """What is on record for a case today, as need codes; a code outside the closed list is a programming error."""

    met: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a code nobody asks for: a typing mistake would look like a missing consent."""
        unknown = self.met - NEEDS.keys()
        if unknown:
            raise ValueError(f"unknown need codes: {', '.join(sorted(unknown))}")

    @classmethod
    def of(cls, *codes: str) -> "Facts":
        """Return the facts with these codes met."""
        return cls(frozenset(codes))

    def has(self, code: str) -> bool:
        """Return whether a need is met, by itself or by one of its alternatives."""
        return code in self.met or any(other in self.met for other in ALTERNATIVES.get(code, ()))


class ItemKind(StrEnum):
    """What an item of a checklist is: something done, a paper, a permission, a measure, or people meeting."""

    DEED = "deed"
    DOCUMENT = "document"
    CONSENT = "consent"
    MEASURE = "measure"
    MEETING = "meeting"


class Doer(StrEnum):
    """Who sees to an item; the words are in `checklist`. Source: domain 1.5, the actors of each cell."""

    CLIENT = "client"
    PROFESSIONAL = "professional"
    WORKER = "worker"
    COORDINATOR = "coordinator"
    SOCIAL_WELFARE = "social_welfare"
    DISABILITY_SERVICES = "disability_services"
    LABOUR_AUTHORITY = "labour_authority"
    ACTIVITY_COUNSELLOR = "activity_counsellor"
    DAY_INSTRUCTOR = "day_instructor"
    GROUP_INSTRUCTOR = "group_instructor"
    COACH = "coach"
    EMPLOYER = "employer"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class OnRecord:
    """Something that can be put on record for a case. `basis` is the law or the model's requirement."""

    code: str
    label: Words
    basis: str | None = None

    @property
    def law(self) -> str:
        """The basis as a page tells it: the law alone, without the numbers of our own requirements (PA4, RU15)."""
        parts = (self.basis or "").split("; ")
        return "; ".join(part for part in parts if not OWN_NUMBER.fullmatch(part))

    @property
    def link(self) -> LinkKind:
        """Where it is put on record."""
        return NEEDS[self.code]

    @property
    def plan_kind(self) -> str | None:
        """The kind of plan it asks for, when it asks for one certain kind."""
        kind = self.code.removeprefix("plan:")
        return kind if kind in PLAN_KINDS else None

    @property
    def topic(self) -> str | None:
        """The topic of the entry that meets it, when it is an entry or a meeting."""
        family, _, topic = self.code.partition(":")
        return topic if family in {"note", "meeting"} else None

    @property
    def document(self) -> str | None:
        """The document (DO code) it asks to be recorded elsewhere, if it does."""
        family, _, document = self.code.partition(":")
        return document if family == "recorded" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need(OnRecord):
    """Something that must be on record when a stage opens."""

    effect: Effect

    @property
    def stops(self) -> bool:
        """Whether the stage stays shut while this is missing."""
        return self.effect is Effect.STOPS


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(OnRecord):
    """One line of a stage's checklist (FR04): what is done there, by whom, and whether it may be left undone."""

    kind: ItemKind
    who: tuple[Doer, ...]
    is_optional: bool = False
