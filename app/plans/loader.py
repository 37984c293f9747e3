"""Reads `config/plans/<kind>.vN.yml`, and refuses a form that could not be answered, with the file and place named."""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from app.pathways.domain import PLAN_KINDS
from app.plans.fields import CHOSEN, NO, YES, FieldSet, FieldType, Option, PlanField, Section
from app.reference.domain import Words
from app.reference.loader import FileError, only_keys, read_mapping, words

DEFAULT_FOLDER: Final = Path(__file__).resolve().parents[2] / "config" / "plans"

_FILE_NAME: Final = re.compile(r"(?P<kind>[a-z][a-z_]*)\.v(?P<version>[1-9]\d*)\.yml")
_CODE: Final = re.compile(r"[a-z][a-z_]{0,59}")
_SET_KEYS: Final = frozenset({"kind", "version", "valid_from", "valid_to", "basis", "sections"})
_SECTION_KEYS: Final = frozenset({"code", "label", "hint", "asked_by", "is_after_goals", "fields"})
_FIELD_KEYS: Final = frozenset({"code", "label", "hint", "type", "choices", "is_needed", "basis"})
_YES_NO: Final = (Option(code=YES, label=Words("Kyllä")), Option(code=NO, label=Words("Ei")))


def field_set_of(kind: str, version: int) -> FieldSet | None:
    """Return the form a version of a plan was written on, or None: a plan from a register has no form."""
    return load_field_sets(DEFAULT_FOLDER).get((kind, version))


def field_set_on(kind: str, on: date) -> FieldSet | None:
    """Return the form on which a plan of the kind is started on a day, or None."""
    fitting = [one for one in load_field_sets(DEFAULT_FOLDER).values() if one.kind == kind and one.is_valid(on)]
    return max(fitting, key=lambda one: one.version, default=None)


@lru_cache(maxsize=8)
def load_field_sets(folder: Path) -> Mapping[tuple[str, int], FieldSet]:
    """Return every form of a folder by (kind, version), or raise FileError; the same folder is read once."""
    found: dict[tuple[str, int], FieldSet] = {}
    for path in sorted(folder.glob("*.yml")):
        name = _FILE_NAME.fullmatch(path.name)
        if name is None:
            raise FileError(f"{path.name}: name the file <kind>.v<number>.yml")
        made = read_field_set(read_mapping(path), path.name)
        if (made.kind, made.version) != (name["kind"], int(name["version"])):
            raise FileError(f"{path.name}: the file says {made.kind} version {made.version}")
        found[made.kind, made.version] = made
    if not found:
        raise FileError(f"{folder}: no forms of plans (<kind>.v1.yml)")
    return MappingProxyType(found)


def read_field_set(raw: Mapping[str, Any], where: str) -> FieldSet:
    """Return the form a mapping describes, or raise FileError at the first thing that is wrong."""
    only_keys(raw, _SET_KEYS, where)
    kind, version = raw.get("kind"), raw.get("version")
    if kind not in PLAN_KINDS:
        raise FileError(f"{where}: kind: {kind!r} is no kind of plan; known: {', '.join(PLAN_KINDS)}")
    if not isinstance(version, int) or isinstance(version, bool):
        raise FileError(f"{where}: version: expected a whole number, found {version!r}")
    rows = enumerate(_list(raw.get("sections"), where))
    made = FieldSet(
        kind=kind,
        version=version,
        sections=tuple(_section(one, f"{where}: sections[{n}]") for n, one in rows),
        valid_from=_day(raw.get("valid_from"), f"{where}: valid_from"),
        valid_to=_day(raw.get("valid_to"), f"{where}: valid_to"),
        basis=raw.get("basis"),
    )
    _check_codes(made, where)
    return made


def _section(raw: object, where: str) -> Section:
    known = only_keys(raw, _SECTION_KEYS, where)
    return Section(
        code=_code(known, where),
        label=words(known.get("label"), f"{where}.label"),
        hint=_hint(known, where),
        asked_by=known.get("asked_by"),
        is_after_goals=_flag(known, "is_after_goals", where),
        fields=tuple(_field(one, f"{where}.fields[{n}]") for n, one in enumerate(_list(known.get("fields"), where))),
    )


def _field(raw: object, where: str) -> PlanField:
    known = only_keys(raw, _FIELD_KEYS, where)
    try:
        kind = FieldType(known.get("type", ""))
    except ValueError:
        raise FileError(f"{where}: type: known: {', '.join(FieldType)}") from None
    return PlanField(
        code=_code(known, where),
        label=words(known.get("label"), f"{where}.label"),
        type=kind,
        hint=_hint(known, where),
        choices=_choices(kind, known, where),
        is_needed=_flag(known, "is_needed", where),
        basis=known.get("basis"),
    )


def _choices(kind: FieldType, known: Mapping[str, Any], where: str) -> tuple[Option, ...]:
    if (kind is FieldType.CHOICE) != ("choices" in known):
        raise FileError(f"{where}: choices belong to the type choice, and to no other")
    if kind is not FieldType.CHOICE:
        return _YES_NO if kind in CHOSEN else ()
    return tuple(
        Option(code=_code(one, place), label=words(one.get("label"), place))
        for place, one in ((f"{where}.choices[{n}]", only_keys(one, frozenset({"code", "label"}), where))
                           for n, one in enumerate(_list(known["choices"], where)))
    )  # fmt: skip


def _check_codes(made: FieldSet, where: str) -> None:
    codes = [one.code for one in made]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise FileError(f"{where}: the field {twice[0]!r} is there twice")
    if sum(one.type is FieldType.WEEK for one in made) > 1:
        raise FileError(f"{where}: a plan has one week")
    askable = {one.code for one in made if one.type is FieldType.YES_NO}
    for section in made.sections:
        if section.asked_by is not None and section.asked_by not in askable:
            raise FileError(f"{where}: {section.code}: asked_by names {section.asked_by!r}, no yes_no field")


def _code(known: Mapping[str, Any], where: str) -> str:
    code = known.get("code")
    if not isinstance(code, str) or _CODE.fullmatch(code) is None:
        raise FileError(f"{where}: code: expected small letters and underscores, found {code!r}")
    return code


def _hint(known: Mapping[str, Any], where: str) -> Words | None:
    return words(known["hint"], f"{where}.hint") if "hint" in known else None


def _flag(known: Mapping[str, Any], key: str, where: str) -> bool:
    found = known.get(key, False)
    if not isinstance(found, bool):
        raise FileError(f"{where}.{key}: expected true or false, found {found!r}")
    return found


def _day(raw: object, where: str) -> date | None:
    if raw is not None and not isinstance(raw, date):
        raise FileError(f"{where}: expected a date, found {raw!r}")
    return raw


def _list(raw: object, where: str) -> list[Any]:
    if not isinstance(raw, list) or not raw:
        raise FileError(f"{where}: expected a list with at least one row")
    return raw
