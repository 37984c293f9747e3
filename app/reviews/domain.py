"""What a review has to hold, how it is put off, and who sets a day: plain rules."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar
from uuid import UUID

from app.clients.domain import ClientName
from app.core.errors import Conflict, FieldProblem, Refused, too_long
from app.core.texts import N_, Text
from app.duties.domain import DutyKind
from app.plans.domain import LONGEST_TEXT, DueDay, next_review_problems
from app.plans.versions import PlanView

Values = TypeVar("Values")


class LimitKind(StrEnum):
    """Who sets the day of a duty."""

    LAW = "law"
    MODEL = "model"
    TARGET = "target"
    AGREED = "agreed"


LIMITS: Final[Mapping[StrEnum, Text]] = {
    LimitKind.LAW: N_("Limit of the law"),
    LimitKind.MODEL: N_("Practice of the pathway model"),
    LimitKind.TARGET: N_("The organisation's own target"),
    LimitKind.AGREED: N_("Agreed day"),
}

ORIGINS: Final[Mapping[str, tuple[Text, Text]]] = {
    DutyKind.PLAN_PERIOD_END: (N_("The period of the plan began"), N_("The last day of the period agreed in the plan")),
    DutyKind.CONSENT_EXPIRY: (N_("The consent was given"), N_("The last day the consent was given for")),
    DutyKind.MEMBER_WITHOUT_BASIS: (N_("The member was without a basis"), N_("A basis is recorded before sharing")),
    DutyKind.TASK: (N_("The promise was made"), N_("The day that was promised")),
}
"""What a day that no table sets is counted from, and which day it is, by the kind of duty."""


GROUP_MODEL: Final = "group_employment"
"""The model whose clients may be reviewed in one meeting (RU16, REVIEW_C)."""


def is_reviewed_as_group(model_key: str | None) -> bool:
    """Whether the clients of a model may be reviewed in one meeting."""
    return model_key == GROUP_MODEL


def row_name(case_id: UUID) -> str:
    """Return what the fields of one client's row in a group review begin with.

    By the case and not by the place in the list: the list may have changed its order by the time the form is sent,
    and what is said of one client must never be kept for another.
    """
    return f"r-{case_id}"


def by_case(fields: Mapping[str, Values]) -> dict[UUID, dict[str, Values]]:
    """Return the fields of a group review by case: the fields of its own row, and with each those of the meeting."""
    rows: dict[UUID, dict[str, Values]] = {}
    meeting: dict[str, Values] = {}
    for name, value in fields.items():
        found = _OF_A_ROW.match(name)
        (rows.setdefault(UUID(found[1]), {}) if found else meeting)[name] = value
    return {case_id: meeting | row for case_id, row in rows.items()}


_OF_A_ROW: Final = re.compile(r"r-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-")


OWN_PARTIES: Final = frozenset({"client", "worker", "social_welfare", "disability_services"})
"""Who hears of the client without a basis of their own: the client, the worker and the services that hold the case."""


def asks_basis(parties: Iterable[str], *, by_law: Collection[str]) -> list[str]:
    """Return the parties that may hear of the client at a review only on a basis of the client's own (703/2023 6 §).

    Not our own, and not those the law itself brings to the reviews of the plan's kind (`by_law`; 189/2001, 381/2023).
    """
    return [party for party in parties if party not in OWN_PARTIES and party not in by_law]


def missing_parties(wanted: Iterable[str], parties: Collection[str], reason: str | None) -> list[FieldProblem]:
    """Return that a party the law wants at the review was away, unless it is said why (189/2001, 381/2023)."""
    if set(wanted) <= set(parties) or (reason or "").strip():
        return []
    return [FieldProblem("missing_reason", N_("The labour authority takes part in this review by law. Write why not."))]


def named_in(text: str | None, names: Iterable[ClientName]) -> bool:
    """Whether a text holds the last name of one of the clients, also inflected: Koivula, Saarisen, Lehdolle.

    A word without a capital counts as the name itself or its genitive only: many last names are common words too
    (Koski, Ranta), and nobody could write of the shore otherwise.
    """
    lasts = [part.casefold() for name in names for part in name.last_name.split("-")]
    return any(_is_of(word, last) for word in _WORDS.findall(text or "") for last in lasts)


def _is_of(word: str, last_name: str) -> bool:
    low = _CLITIC.sub("", word.casefold())
    if low == last_name:
        return True
    for stem in stems_of(last_name):
        rest = low.removeprefix(stem)
        if rest != low and (rest == "n" or (word[0].isupper() and _ends_a_name(stem, rest))):
            return True
    return False


def _ends_a_name(stem: str, rest: str) -> bool:
    if stem[-1] in _VOWELS:
        return rest in _ENDINGS or rest == f"{stem[-1]}n"
    return rest in _ENDINGS or (rest[:1] in _VOWELS and rest[1:] in _ENDINGS)


_WORDS: Final = re.compile(r"[^\W\d_]+")
_CLITIC: Final = re.compile(r"(?<=...)(kin|kaan|kään|han|hän)$")
_ENDINGS: Final = frozenset(
    {"n", "t", "a", "ä", "ta", "tä", "tta", "ttä", "lla", "llä", "lle", "lta", "ltä", "ssa", "ssä", "sta", "stä"}
    | {"na", "nä", "ksi"}
)
_VOWELS: Final = "aeiouyäö"
_WEAKER: Final = (
    *(("kk", "k"), ("pp", "p"), ("tt", "t"), ("nk", "ng"), ("nt", "nn"), ("mp", "mm"), ("lt", "ll"), ("rt", "rr")),
    *(("t", "d"), ("p", "v"), ("k", "")),
)


def stems_of(last_name: str) -> tuple[str, ...]:
    """Return what the forms of a Finnish last name begin with: the name, its weak grade, and -nen as -se.

    Saarinen: saarinen, saarise, saaris. Lahti: lahti, lahte, lahde. Laine: laine, lainee. A name that is not inflected
    so has stems that no word begins with, which does no harm.
    """
    low = last_name.casefold()
    if low.endswith("nen"):
        return low, f"{low[:-3]}se", f"{low[:-3]}s"
    if low.endswith("s"):
        return low, f"{low[:-1]}kse", f"{low[:-1]}{low[-2:-1]}"
    if len(low) < 4 or low[-1] not in _VOWELS:
        return (low,)
    if low[-1] == "e":
        return low, f"{low}e"
    bodies = (low[:-1], _weak(low[:-1]))
    ends = f"{low[-1]}e" if low[-1] == "i" else low[-1]
    return tuple(dict.fromkeys((low, *(body + end for end in ends for body in bodies))))


def _weak(body: str) -> str:
    """Return the weak grade of what stands before the last vowel: leht, lehd; kosk stays as it is."""
    if body.endswith(("sk", "st", "sp", "tk")):
        return body
    return next((body[: -len(strong)] + weak for strong, weak in _WEAKER if body.endswith(strong)), body)


CHANGED: Final = N_("The plan has changed since the review was begun. Look at the goals again.")


def check_version(plan: PlanView, seen: UUID) -> None:
    """Raise Conflict when another version than the one a review was held of is in force meanwhile."""
    if plan.in_force is None or plan.in_force.id != seen:
        raise Conflict(CHANGED)


def check_day(plan: PlanView, held_on: date, *, today: date) -> None:
    """Raise Refused or Conflict at `held_on` for a day on which no review of the plan can have been held."""
    first = plan.first_in_force_on
    if held_on > today:
        raise Refused(N_("The review cannot have been held in the future."), "held_on")
    if held_on in plan.reviewed_on:
        raise Conflict(N_("A review of this plan on %(day)s is already on record.", day=held_on), "held_on")
    if first is not None and held_on < first:
        raise Refused(N_("The plan came into force on %(day)s. The review must come after it.", day=first), "held_on")
    last = max(plan.reviewed_on, default=None)
    if last is not None and held_on < last:
        raise Refused(N_("The last review was held on %(day)s. The review must come after it.", day=last), "held_on")


def postponing_problems(
    to: date | None, *, was_on: date, due: DueDay, reason: str | None, today: date
) -> list[FieldProblem]:
    """Return why a review cannot be put off to a day, or nothing.

    The day comes after the old one and has not passed; a limit of the law or the end of the period is never passed,
    whatever is said for it; a reason is always asked for.
    """
    if to is None:
        found = [FieldProblem("due_on", N_("Write the new day of the review."))]
    elif to < today:
        found = [FieldProblem("due_on", N_("The day has passed already. Choose today or a later day."))]
    else:
        found = next_review_problems(to, due, after=was_on, reason="asked below", field="due_on")
    if not (reason or "").strip():
        found.append(FieldProblem("reason", N_("Write why the review is put off.")))
    return found + too_long({"reason": reason}, LONGEST_TEXT)
