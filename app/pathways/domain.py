"""What a pathway model is: seven stages, what each needs on record, and who may answer for it.

The models themselves are data (`config/pathways/*.vN.yml`, read by `loader`); how a case moves along one is `engine`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from app.reference.domain import Words, holds

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


@dataclass(frozen=True, slots=True)
class Lines:
    """Guidance of one idea a line, in up to three languages."""

    fi: tuple[str, ...]
    sv: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[str]:
        """Go through the Finnish lines."""
        return iter(self.fi)

    def say(self, language: str) -> tuple[str, ...]:
        """Return the lines in a language, in Finnish where they are not translated yet."""
        return {"sv": self.sv, "en": self.en}.get(language) or self.fi


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of one model. `responsible` empty: the model's own list holds.

    `usual_days` is the organisation's own target for a stay, not a limit; None: the stage has none (stage 5).
    """

    code: StageCode
    label: Words
    short: Words
    client: Lines
    professional: Lines
    leads_to: tuple[StageCode, ...]
    checklist: tuple[Item, ...]
    usual_days: int | None = None
    needs: tuple[Need, ...] = ()
    responsible: tuple[str, ...] = ()
    register_names: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """The stage's place on the path, 1 to 7."""
        return self.code.number


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChoice:
    """A kind of plan the model uses; the default one on a day is what import and the plan form start with."""

    kind: str
    is_default: bool = False
    default_from: date | None = None
    default_to: date | None = None

    def is_default_on(self, day: date) -> bool:
        """Return whether the kind is the model's default for a plan accepted on a day."""
        return self.is_default and holds(self.default_from, self.default_to, day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pathway:
    """One version of one model. A case pins `key` and `version`; a released version never changes.

    `activity`: the kind of activity the model runs through, with periods and attendance; None for a model without.
    `roles`: what somebody answers for beside the responsible worker, each with the professions that may.
    """

    key: str
    version: int
    letter: str
    label: Words
    short: Words
    summary: Words
    system: str
    source: str
    plans: tuple[PlanChoice, ...]
    responsible: tuple[str, ...]
    beside: tuple[str, ...]
    stages: tuple[Stage, ...]
    register_names: tuple[str, ...] = ()
    activity: str | None = None
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_social_welfare(self) -> bool:
        """Whether its records belong to the client register of social welfare (SY02), not to the patient register."""
        return self.system == "SY02"

    def stage(self, code: str) -> Stage:
        """Return a stage by its code, or raise ValueError."""
        return self.stages[StageCode(code).number - 1]

    def missing_for(self, stage: str, facts: Facts) -> tuple[Need, ...]:
        """Return what is not on record yet for opening a stage, in the model's order; only those that stop refuse."""
        return tuple(need for need in self.stage(stage).needs if not facts.has(need.code))

    def professions_for(self, stage: str) -> tuple[str, ...]:
        """Return the professions that may be responsible in a stage; anyone else is named with a reason (ruling 4)."""
        return self.stage(stage).responsible or self.responsible

    def allows(self, professions: frozenset[str], stage: str) -> bool:
        """Return whether somebody with these professions may be responsible in a stage without a reason."""
        return not professions.isdisjoint(self.professions_for(stage))

    def default_plan_kind(self, on: date) -> str:
        """Return the kind of plan the model makes on a day (ruling 28: B's changed on 1.1.2026)."""
        return next(choice.kind for choice in self.plans if choice.is_default_on(on))

    @property
    def plan_kinds(self) -> tuple[str, ...]:
        """The kinds of plan that belong to the model, in the order they are offered."""
        return tuple(choice.kind for choice in self.plans)

    def stage_named(self, name: str) -> Stage | None:
        """Return the stage that a register calls by a name, spaces and letter case aside, or None."""
        wanted = folded(name)
        for stage in self.stages:
            if wanted in {folded(str(stage.label)), *map(folded, stage.register_names)}:
                return stage
        return None

    def is_named(self, name: str) -> bool:
        """Return whether a register means this model by a name."""
        return folded(name) in {folded(str(self.label)), *map(folded, self.register_names)}


def folded(name: str) -> str:
    """Return a name with single spaces and without letter case, for comparing."""
    return " ".join(name.split()).casefold()
