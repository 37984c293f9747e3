"""Who signs a plan: the parties of its kind, what is on record of each signature, and who is missing. Plain values."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.core.errors import FieldProblem, too_long
from app.core.texts import N_, Text
from app.plans.domain import SignatureWay
from app.plans.fields import MOST_LINE, YES, Answer
from app.reference.domain import PlanKind, Reference

CLIENT: Final = "client"
SUPPORT: Final = "support_person"
KELA: Final = "kela"
KELA_FIELD: Final = "kela_part"
"""The field that says whether Kela takes part: then it may sign as well (381/2023 section 4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureEntry:
    """A signature as it is put on record; the client's own name stands in the register of clients and nowhere else."""

    party: str
    signed_on: date | None = None
    way: SignatureWay | None = None
    name: str | None = None
    system: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written of the party."""
        return not (self.signed_on or self.way or self.name or self.system)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureView:
    """A signature on record. `system`: where the signed document is kept (SY01 to SY11); None: nowhere else."""

    party: str
    signed_on: date
    way: SignatureWay
    name: str | None
    system: str | None


def parties_of(kind: PlanKind, answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """Return who may sign: the parties of the kind, Kela when it takes part, and a support person of the client's."""
    kela = (KELA,) if answers.get(KELA_FIELD) == Answer(choice=YES) else ()
    return (*kind.signers, *kela, SUPPORT)


def unsigned(kind: PlanKind, signed: Collection[str]) -> tuple[str, ...]:
    """Return whose signature is missing: every party where the law asks all of them, else the client alone.

    Source: 189/2001 section 5 and 381/2023 section 4 (all three parties); 812/2000 (the client's understanding).
    """
    needed = kind.signers if kind.needs_all_signers else (CLIENT,)
    return tuple(party for party in needed if party not in signed)


def field_of(party: str, part: str) -> str:
    """Return the name of a field of a party's signature."""
    return f"sign-{party}-{part}"


def entry_problems(
    entries: Iterable[SignatureEntry],
    *,
    parties: Collection[str],
    taken: Collection[str],
    today: date,
    known: Reference,
) -> list[FieldProblem]:
    """Return what is wrong with signatures about to be put on record, each problem at its field."""
    found: list[FieldProblem] = []
    for one in entries:
        if one.party not in parties:
            found.append(FieldProblem(None, N_("This party does not sign this kind of plan.")))
        elif one.party in taken:
            found.append(FieldProblem(field_of(one.party, "on"), N_("This signature is on record already.")))
        else:
            found += _entry_problems(one, today=today, known=known)
    return found


def _entry_problems(one: SignatureEntry, *, today: date, known: Reference) -> list[FieldProblem]:
    found = []
    if one.signed_on is None:
        found.append(
            FieldProblem(field_of(one.party, "on"), N_("Write the day of the signature, for example 5.2.2026."))
        )
    elif one.signed_on > today:
        found.append(FieldProblem(field_of(one.party, "on"), N_("The day cannot be in the future.")))
    if one.way is None:
        found.append(FieldProblem(field_of(one.party, "way"), N_("Choose how the plan was accepted.")))
    found += too_long({field_of(one.party, "name"): one.name}, MOST_LINE)
    if one.system is not None and one.system not in known.systems:
        found.append(FieldProblem(field_of(one.party, "system"), N_("Choose one of the list.")))
    return found


def missing_problems(
    kind: PlanKind, signed: Collection[str], reason: str | None, *, known: Reference
) -> list[FieldProblem]:
    """Return whose signature keeps the plan from coming into force.

    Where the law asks every party, a missing one passes with a reason; without the client's word no other plan holds.
    """
    missing = unsigned(kind, signed)
    if not missing or (kind.needs_all_signers and (reason or "").strip()):
        return []
    if not kind.needs_all_signers:
        return [FieldProblem(field_of(CLIENT, "on"), N_("Write the day the client accepted the plan."))]
    told = [(name_of(party, known), kind.basis or "") for party in missing]
    return [
        FieldProblem(
            "reason-signatures",
            N_("Signature missing: %(who)s (%(basis)s). Add it, or write the reason.", who=who, basis=basis),
        )
        for who, basis in told
    ]


def name_of(party: str, known: Reference) -> Text | str:
    """Return what a party is called."""
    return N_("Client") if party == CLIENT else known.parties.label(party)
