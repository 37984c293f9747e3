"""Reads one row of a client register and finds everything that is wrong with it. Pure: no database, no clock."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final, TypeVar

from app.clients.domain import (
    ClientDetails,
    birth_date_problem,
    check_details,
    name_parts,
    parse_identity_code,
    tidy_name,
)
from app.core.errors import DomainError, Refused
from app.core.texts import N_, Text
from app.intake.domain import Fault, Lists, RegisterRow
from app.intake.register import HEADERS, RawRow
from app.pathways.domain import StageCode
from app.pathways.pathway import Pathway

YES: Final = frozenset({"kyllä", "k", "x", "1", "on", "yes", "true"})
NO: Final = frozenset({"", "ei", "e", "0", "-", "no", "false"})
SCORES: Final = range(11)
LONGEST_NAME: Final = 100
YEARS_AHEAD: Final = 2
"""An agreed day may lie ahead; a year this far away is a slip of the keyboard."""
EARLIEST: Final = date(1990, 1, 1)
EARLIEST_BIRTH: Final = date(1900, 1, 1)

_DOTTED: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_ISO: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
SOMEBODY: Final = ClientDetails(last_name="Aalto", first_names="Aino")
T = TypeVar("T")


class _Cells:
    """Reads the cells of one row; what cannot be read becomes a fault and None."""

    def __init__(self, raw: RawRow) -> None:
        self.raw = raw
        self.faults: list[Fault] = []

    def blame(self, key: str, message: Text) -> None:
        self.faults.append(Fault(self.raw.number, HEADERS.get(key, ""), message))

    def read(self, key: str, reader: Callable[[str], T]) -> T | None:
        text = self.raw.get(key)
        if not text:
            return None
        try:
            return reader(text)
        except DomainError as error:
            self.blame(key, error.message)
            return None

    def need(self, key: str, reader: Callable[[str], T], missing: Text) -> T | None:
        if not self.raw.get(key):
            self.blame(key, missing)
            return None
        return self.read(key, reader)


def check_row(raw: RawRow, lists: Lists, today: date) -> tuple[RegisterRow | None, list[Fault]]:
    """Return what the row means, or None and everything that is wrong with it, each with the cure."""
    cells = _Cells(raw)
    if raw.has_surplus:
        cells.blame("", N_("The row has more fields than there are headers. Put quotation marks around the field that"
                           " holds the delimiter."))  # fmt: skip
    person = _person(cells, today)
    place: dict[str, Any] = {
        "municipality_code": cells.read("municipality", _find(lists.municipality, _UNKNOWN_TOWN)),
        "language": cells.read("language", _find(lists.language, _UNKNOWN_LANGUAGE)),
        "is_protected": cells.read("is_protected", _yes_or_no) or False,
        "worker": cells.read("worker", _find(lambda name: lists.workers.get(name.casefold()), _UNKNOWN_WORKER)),
        "score": cells.read("score", _score),
    }
    walk = _walk(cells, lists, today)
    if cells.faults:
        return None, sorted(cells.faults, key=_place_of)
    return RegisterRow(number=raw.number, **person, **place, **walk), []


def _place_of(fault: Fault) -> int:
    return _PLACES.get(fault.field, -1)


_PLACES: Final = {header: place for place, header in enumerate(HEADERS.values())}

_UNKNOWN_TOWN: Final = N_("There is no municipality by this name. Check the spelling, or leave the field empty.")
_UNKNOWN_LANGUAGE: Final = N_("The language is not on the list. Write it in Finnish, for example suomi or ruotsi.")
_UNKNOWN_WORKER: Final = N_(
    "No worker who takes clients has this user name. Check the spelling, or leave the field empty: then the client"
    " goes to the coordinators."
)


def _find(look_up: Callable[[str], T | None], missing: Text) -> Callable[[str], T]:
    def found(text: str) -> T:
        code = look_up(text)
        if code is None:
            raise Refused(missing)
        return code

    return found


def _person(cells: _Cells, today: date) -> dict[str, Any]:
    code = cells.read("identity_code", lambda text: parse_identity_code(text, today))
    born = cells.read("birth_on", lambda text: _day(text, earliest=EARLIEST_BIRTH, latest=today))
    contradiction = birth_date_problem(code, born) if code else None
    if contradiction:
        cells.blame("birth_on", contradiction)
    return {
        "last_name": cells.need("last_name", _name, N_("The last name is missing. Write it.")),
        "first_names": cells.need("first_names", _name, N_("The first names are missing. Write them.")),
        "identity_code": code.code if code else None,
        "birth_on": code.birth_on if code else born,
        **_contact(cells),
    }


def _name(text: str) -> str:
    """Return a name as it is kept. A name may look like a formula; it is text here and wherever it is written out."""
    name = tidy_name(text)
    if not any(map(str.isalpha, name)) and not name_parts(name):
        raise Refused(N_("A name needs at least one letter. Write the name."))
    if len(name) > LONGEST_NAME:
        raise Refused(N_("Shorten the name to %(most)s characters.", most=LONGEST_NAME))
    return name


def _contact(cells: _Cells) -> dict[str, Any]:
    """Check phone number and e-mail address by the rule of the register's own forms."""
    typed: dict[str, Any] = {key: cells.raw.get(key) or None for key in ("phone", "email")}
    try:
        details = check_details(replace(SOMEBODY, **typed), date.max, needs_birth=False)
    except Refused as refused:
        for problem in refused.reasons:
            cells.blame(problem.field or "", problem.message)
        return typed
    return {"phone": details.phone, "email": details.email}


def _yes_or_no(text: str) -> bool:
    word = text.casefold()
    if word not in YES | NO:
        raise Refused(N_("Write kyllä when the person has address protection, else leave the field empty."))
    return word in YES


def _score(text: str) -> int:
    if not text.isdecimal() or int(text) not in SCORES:
        raise Refused(N_("The work-ability score is a whole number from 0 to 10. Correct it or leave the field empty."))
    return int(text)


def _day(text: str, *, earliest: date, latest: date) -> date:
    dotted, iso = _DOTTED.fullmatch("".join(text.split())), _ISO.fullmatch(text)
    if dotted:
        number, month, year = (int(part) for part in dotted.groups())
    elif iso:
        year, month, number = (int(part) for part in iso.groups())
    else:
        raise Refused(N_("Write the date as day.month.year, for example 5.2.2026."))
    try:
        day = date(year, month, number)
    except ValueError:
        raise Refused(N_("There is no such day: %(text)s. Check the day and the month.", text=text)) from None
    if not earliest <= day <= latest:
        raise Refused(N_("The date %(day)s is too far away. Check the year.", day=day))
    return day


# ---------------------------------------------------------------- the pathway


def _walk(cells: _Cells, lists: Lists, today: date) -> dict[str, Any]:
    model = cells.need("model", _find(lambda name: _model(lists.models, name), _UNKNOWN_MODEL), _NO_MODEL)
    latest = date(today.year + YEARS_AHEAD, 12, 31)

    def day(text: str) -> date:
        return _day(text, earliest=EARLIEST, latest=latest)

    walk: dict[str, Any] = {
        "model": model,
        "stage": _stage(cells, model),
        "started_on": cells.need("started_on", day, N_("The day the client relationship began is missing. Write it.")),
        "accepted_on": cells.read("accepted_on", day),
        "reviewed_on": cells.read("reviewed_on", day),
    }
    for key, message in _order_problems(cells.raw, walk):
        cells.blame(key, message)
    return walk


_NO_MODEL: Final = N_("The pathway is missing. Write its name.")
_UNKNOWN_MODEL: Final = N_("There is no pathway by this name. Check the name on the page Polkumallit.")
_NO_STAGE: Final = N_("The stage is missing. Write its name.")


def _model(models: Iterable[Pathway], name: str) -> Pathway | None:
    return next((model for model in models if model.is_named(name)), None)


def _stage(cells: _Cells, model: Pathway | None) -> StageCode | None:
    """Return the stage; without a known pathway there is nothing to look it up in, and one fault is enough."""
    name = cells.raw.get("stage")
    if not name:
        cells.blame("stage", _NO_STAGE)
        return None
    if model is None:
        return None
    found = model.stage_named(name)
    if found is None:
        names = ", ".join(str(stage.label) for stage in model.stages)
        cells.blame("stage", N_("The pathway has no such stage. Write one of these: %(names)s.", names=names))
        return None
    return found.code


def _order_problems(raw: RawRow, walk: Mapping[str, Any]) -> Iterator[tuple[str, Text]]:
    started, accepted, reviewed = walk["started_on"], walk["accepted_on"], walk["reviewed_on"]
    if started and accepted and accepted < started:
        yield (
            "accepted_on",
            N_("The plan was accepted before the client relationship began on %(day)s. Check both days.", day=started),
        )
    if reviewed and accepted and reviewed < accepted:
        yield "reviewed_on", N_("The review was held before the plan was accepted on %(day)s. Check both days.",
                                day=accepted)  # fmt: skip
    if reviewed and not raw.get("accepted_on"):
        yield "reviewed_on", N_("There is a review but no plan. Write the day the plan was accepted.")
