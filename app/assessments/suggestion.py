"""Which model could suit the client, with reasons. It suggests and never chooses (GDPR article 22; domain 1.3, 1.5)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.assessments.known import Known, Limb, Truth
from app.assessments.rules import Judgement, judge
from app.core.texts import N_, Text
from app.reference.domain import Eligibility, Reference


class Verdict(StrEnum):
    """What the conditions of a model come to."""

    FITS = "fits"
    UNKNOWN = "unknown"
    FITS_NOT = "fits_not"


VERDICTS: Final = {True: Verdict.FITS, None: Verdict.UNKNOWN, False: Verdict.FITS_NOT}


@dataclass(frozen=True, slots=True)
class ModelHint:
    """One model: what its conditions come to, each of them, and what speaks for it without deciding anything.

    `is_wished` (the client's own wish) and `signs` point to the model: they count for the talk, never for the verdict.
    """

    model: str
    verdict: Verdict
    limbs: tuple[Limb, ...]
    is_wished: Truth
    signs: frozenset[str]
    is_open: bool
    judgement: Judgement

    @property
    def met(self) -> tuple[Limb, ...]:
        """The conditions that hold."""
        return tuple(limb for limb in self.limbs if limb.holds is True)

    @property
    def unmet(self) -> tuple[Limb, ...]:
        """The conditions that do not hold."""
        return tuple(limb for limb in self.limbs if limb.holds is False)

    @property
    def unknown(self) -> tuple[Limb, ...]:
        """The conditions nobody knows about yet."""
        return tuple(limb for limb in self.limbs if limb.holds is None)

    @property
    def reason(self) -> Text:
        """The verdict in one sentence."""
        if self.verdict is Verdict.FITS_NOT:
            return N_("Not met: %(what)s", what=self.unmet[0].words)
        if self.verdict is Verdict.UNKNOWN:
            return N_("Find out: %(what)s", what=self.unknown[0].words)
        return N_("Every condition is met.")


def suggest(known: Known, models: tuple[str, ...], reference: Reference) -> tuple[ModelHint, ...]:
    """Return a hint for each model that a rule speaks for on the day, in the order of `models`; none is chosen.

    An open pathway of the model does not count against it: the page says that it is open already.
    """
    rows = {row.model: row for row in reference.eligibility if row.model and row.is_valid(known.on)}
    return tuple(_hint(known, rows[model], reference) for model in models if model in rows)


def _hint(known: Known, row: Eligibility, reference: Reference) -> ModelHint:
    said = judge(row.code, known, reference)
    model, wish = row.model or "", known.background.wish
    return ModelHint(
        model=model,
        verdict=VERDICTS[said.holds],
        limbs=said.limbs,
        is_wished=None if wish is None else wish == row.wish,
        signs=frozenset(row.signs) & ((known.signals or frozenset()) | (known.triggers or frozenset())),
        is_open=model in known.open_models,
        judgement=said,
    )
