"""What a pathway model is: seven stages, what each needs on record, and who may answer for it.

The models themselves are data (`config/pathways/*.vN.yml`, read by `loader`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from app.pathways.domain import Facts, Item, Need, StageCode
from app.reference.domain import Words, holds


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
