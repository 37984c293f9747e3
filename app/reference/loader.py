"""Reads `config/reference/*.yml` once, and refuses what it does not understand with the file and the row named."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, get_args, get_origin, get_type_hints

import yaml

from app.reference.domain import (
    CONSULTATION,
    DIRECTIONS,
    LANGUAGES,
    SCALES,
    Cadence,
    CodeList,
    Measure,
    Membership,
    Reference,
    Term,
    Words,
)

DEFAULT_FOLDER: Final = Path(__file__).resolve().parents[2] / "config" / "reference"


class FileError(ValueError):
    """A configuration file cannot be used; the message names the file, the place and the cure."""


class StrictLoader(yaml.SafeLoader):
    """YAML that refuses a key written twice: plain YAML keeps the last one in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        """Build a mapping, or say on which line a key is repeated."""
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise FileError(f"line {key_node.start_mark.line + 1}: {key!r} is written twice")
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def read_mapping(path: Path) -> dict[str, Any]:
    """Return the file's top mapping, or raise FileError that names the file."""
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), Loader=StrictLoader)  # noqa: S506 - a SafeLoader, stricter
    except (yaml.YAMLError, FileError) as error:
        raise FileError(f"{path.name}: {error}") from error
    if not isinstance(found, dict):
        raise FileError(f"{path.name}: the file must be a mapping of names")
    return found


def words(raw: object, where: str) -> Words:
    """Return a text of up to three languages, or raise FileError when Finnish is missing."""
    if not isinstance(raw, Mapping) or not set(raw) <= set(LANGUAGES):
        raise FileError(f"{where}: write the text as languages, for example {{fi: Suunnitelma}}")
    if not all(isinstance(text, str) and text.strip() for text in raw.values()) or "fi" not in raw:
        raise FileError(f"{where}: the Finnish text (fi) is missing or a language is empty")
    return Words(**raw)


def only_keys(raw: object, known: frozenset[str], where: str) -> Mapping[str, Any]:
    """Return the mapping, or raise FileError naming the first key the program does not know."""
    if not isinstance(raw, Mapping):
        raise FileError(f"{where}: expected a mapping")
    for key in raw:
        if key not in known:
            raise FileError(f"{where}: unknown key {key!r}; known: {', '.join(sorted(known))}")
    return raw


def _scalar(kind: type) -> Callable[[object, str], object]:
    def check(raw: object, where: str) -> object:
        # bool is an int in Python, and `months: yes` is a mistake, not a number.
        if not isinstance(raw, kind) or (isinstance(raw, bool) and kind is not bool):
            raise FileError(f"{where}: expected {kind.__name__}, found {raw!r}")
        return raw

    return check


def _number(raw: object, where: str) -> Decimal:
    if not isinstance(raw, int | float) or isinstance(raw, bool):
        raise FileError(f"{where}: expected a number, found {raw!r}")
    return Decimal(str(raw))


def _membership(raw: object, where: str) -> Membership:
    return Membership(**_values(Membership, raw, where))


_READERS: Final[Mapping[object, Callable[[object, str], object]]] = {
    Words: words,
    Membership: _membership,
    Decimal: _number,
    **{kind: _scalar(kind) for kind in (str, int, bool, date)},
}


def _value(hint: object, raw: object, where: str) -> object:
    kinds = [kind for kind in get_args(hint) if kind is not type(None)] or [hint]
    if get_origin(hint) is tuple:
        if not isinstance(raw, list):
            raise FileError(f"{where}: expected a list")
        return tuple(_READERS[kinds[0]](one, f"{where}[{index}]") for index, one in enumerate(raw))
    return _READERS[kinds[0]](raw, where)


def _values(row_type: type, raw: object, where: str) -> dict[str, Any]:
    hints = get_type_hints(row_type)
    known = only_keys(raw, frozenset(hints), where)
    return {key: _value(hints[key], value, f"{where}.{key}") for key, value in known.items()}


def _row(row_type: type[Term], raw: object, where: str) -> Term:
    values = _values(row_type, raw, where)
    try:
        row = row_type(**values)
    except TypeError as error:  # a required key is missing; the dataclass names it
        raise FileError(f"{where}: {error}") from error
    if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
        raise FileError(f"{where}: valid_to is before valid_from")
    return row


def _code_list(name: str, row_type: type[Term], raw: object) -> CodeList[Any]:
    if not isinstance(raw, list) or not raw:
        raise FileError(f"{name}: expected a list with at least one row")
    rows = tuple(_row(row_type, one, f"{name}[{index}]") for index, one in enumerate(raw))
    for index, row in enumerate(rows):
        for other in rows[:index]:
            if other.code == row.code and _overlap(other, row):
                raise FileError(f"{name}[{index}]: {row.code!r} has two rows that hold at the same time")
        for code in row.succeeded_by:
            if code not in {one.code for one in rows}:
                raise FileError(f"{name}[{index}]: succeeded_by names {code!r}, which is not in the list")
    return CodeList(name, rows)


def _overlap(one: Term, other: Term) -> bool:
    starts, ends = (
        max(one.valid_from or date.min, other.valid_from or date.min),
        min(one.valid_to or date.max, other.valid_to or date.max),
    )
    return starts <= ends


@lru_cache(maxsize=8)
def load_reference(folder: Path) -> Reference:
    """Return every code list of a folder, or raise FileError; the same folder is read once."""
    raw: dict[str, Any] = {}
    for path in sorted(folder.glob("*.yml")):
        for name, rows in read_mapping(path).items():
            if name in raw:
                raise FileError(f"{path.name}: the list {name!r} is already in another file")
            raw[name] = rows
    hints = get_type_hints(Reference)
    only_keys(raw, frozenset(hints), folder.name)
    missing = [field.name for field in fields(Reference) if field.name not in raw]
    if missing:
        raise FileError(f"{folder}: lists missing: {', '.join(missing)}")
    raw["cadences"] = _with_limits(raw["cadences"], raw["deadlines"])
    lists = {name: _code_list(name, get_args(hints[name])[0], rows) for name, rows in raw.items()}
    reference = Reference(**lists)
    _check_links(reference)
    return reference


def _check_links(reference: Reference) -> None:
    """Refuse a code that points to nothing: it would surface as a blank label months later."""
    known = reference
    areas = [row.area for one in known.municipalities for row in one.memberships]
    links: list[tuple[str, list[str], CodeList[Any]]] = [
        ("municipalities", areas, known.organisations),
        ("parties", [code for one in known.parties for code in one.statutory_bases], known.bases),
        ("bases", [code for one in known.bases for code in one.parties], known.parties),
        ("documents", [code for one in known.documents for code in one.systems], known.systems),
        ("measures", [code for one in known.measures for code in one.systems], known.systems),
        ("measures", [code for one in known.measures for code in one.aspects], known.measure_aspects),
        ("plan_kinds", [one.document for one in known.plan_kinds if one.document], known.documents),
        ("eligibility", [code for one in known.eligibility for code in one.benefits], known.benefits),
        ("eligibility", [code for one in known.eligibility for code in one.municipalities], known.municipalities),
        ("eligibility", [one.area for one in known.eligibility if one.area], known.organisations),
        ("eligibility", [one.wish for one in known.eligibility if one.wish], known.wishes),
        ("eligibility", [sign for one in known.eligibility for sign in one.signs if sign[:2] == "TR"], known.triggers),
        ("eligibility", [sign for one in known.eligibility for sign in one.signs if sign[:2] != "TR"], known.signals),
        ("outcomes", [one.group for one in known.outcomes], known.outcome_groups),
        ("plan_limits", [kind for one in known.plan_limits for kind in one.plan_kinds], known.plan_kinds),
        ("plan_rules", [one.plan_kind for one in known.plan_rules], known.plan_kinds),
        ("plan_rules", [one.benefit for one in known.plan_rules], known.benefits),
        ("client_groups", [one.start_deadline for one in known.client_groups], known.deadlines),
        ("client_groups", [one.done_deadline for one in known.client_groups], known.deadlines),
        ("cadences", [one.plan_kind for one in known.cadences if one.plan_kind], known.plan_kinds),
    ]
    for name, codes, target in links:
        unknown = sorted(set(codes) - target.codes)
        if unknown:
            raise FileError(f"{name}: {unknown[0]!r} is not in {target.name}")
    for rule in reference.reminder_rules:
        if not rule.offsets or list(rule.offsets) != sorted(set(rule.offsets)):
            raise FileError(f"reminder_rules: {rule.code}: offsets must rise")
    for measure in reference.measures:
        fault = _fault_of(measure, reference)
        if fault:
            raise FileError(f"measures: {measure.code}: {fault}")


def _fault_of(measure: Measure, known: Reference) -> str | None:
    """Say what keeps a measure from being asked, drawn or judged, or None."""
    if measure.scale not in SCALES or measure.direction not in DIRECTIONS:
        return f"scale is one of {', '.join(SCALES)} and direction one of {', '.join(DIRECTIONS)}"
    if bool(measure.aspects) != (measure.scale == "observation"):
        return "an observation names its aspects, and nothing else has them"
    steps = {CONSULTATION, *(f"measure:{code}" for code in known.measures.codes)}
    unknown = sorted(set(measure.next_steps) - steps - {f"document:{code}" for code in known.documents.codes})
    if unknown:
        return f"unknown next step {unknown[0]!r}"
    return _fault_of_scale(measure)


def _fault_of_scale(measure: Measure) -> str | None:
    ends = (measure.minimum, measure.maximum, measure.step)
    if not measure.is_number:
        return None if {*ends, measure.threshold} == {None} else "only a number has a scale and a threshold"
    if measure.minimum is None or measure.maximum is None or not measure.step:
        return "a number needs minimum, maximum and step"
    if measure.step < 0 or not measure.fits(measure.maximum):
        return "whole steps must lead from minimum to maximum"
    if measure.threshold is None:
        return None
    if measure.direction == "none" or not measure.closer_look:
        return "a threshold needs a direction and the words of the closer look"
    return None if measure.minimum <= measure.threshold <= measure.maximum else "the threshold is outside the scale"


_LIMIT: Final = ("kind", "basis", "is_configurable", "valid_from", "valid_to")


def _with_limits(cadences: list[Any], deadlines: list[Any]) -> list[dict[str, Any]]:
    """Give each cadence the length and the source of the deadline it names, so that both stand in one file only.

    A deadline that has changed on a day has several rows; so has the cadence then.
    """
    for name, rows in (("cadences", cadences), ("deadlines", deadlines)):
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise FileError(f"{name}: expected a list of rows")
    made = []
    for index, row in enumerate(cadences):
        named = [one for one in deadlines if one.get("code") == row.get("deadline")]
        if not named or any(one.get("unit") != "months" for one in named):
            raise FileError(f"cadences[{index}]: name a deadline of months, found {row.get('deadline')!r}")
        own = {key: value for key, value in row.items() if key != "deadline"}
        made += [{"months": one["amount"], **{key: one[key] for key in _LIMIT if key in one}} | own for one in named]
    return made


class _Place:
    """Where the files are; the factory sets it, everything else finds the repository's own."""

    folder: Path = DEFAULT_FOLDER


def configure(folder: Path) -> None:
    """Read the facts from another folder from now on."""
    _Place.folder = Path(folder)


def reference() -> Reference:
    """Return the configured code lists."""
    return load_reference(_Place.folder)


def cadence_for(model_key: str, plan_kind: str, on: date) -> tuple[Cadence, ...]:
    """Return every cadence that binds a plan of the kind in the model on a day."""
    return reference().cadence_for(model_key, plan_kind, on)
