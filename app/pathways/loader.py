"""Reads `config/pathways/<key>.vN.yml`, and refuses a model that cannot be walked, with the file and place named.

Nothing in a model is an expression: a new kind of rule is Python in `domain` with a test.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

from app.pathways.domain import (
    ACTIVITIES,
    NEEDS,
    PLAN_KINDS,
    ROLES,
    STANDING,
    Doer,
    Effect,
    Item,
    ItemKind,
    Need,
    OnRecord,
    StageCode,
)
from app.pathways.pathway import Lines, Pathway, PlanChoice, Stage, folded
from app.reference.domain import LANGUAGES
from app.reference.loader import FileError, only_keys, read_mapping, words

DEFAULT_FOLDER: Final = Path(__file__).resolve().parents[2] / "config" / "pathways"

_FILE_NAME: Final = re.compile(r"(?P<key>[a-z][a-z_]*)\.v(?P<version>[1-9]\d*)\.yml")
_MODEL_TEXTS: Final = frozenset({"key", "letter", "system", "source"})
_MODEL_WORDS: Final = frozenset({"label", "short", "summary"})
_MODEL_LISTS: Final = frozenset({"responsible", "beside", "register_names"})
_MODEL_OPTIONAL: Final = frozenset({"register_names", "activity", "roles"})
_MODEL_KEYS: Final = _MODEL_TEXTS | _MODEL_WORDS | _MODEL_LISTS | _MODEL_OPTIONAL | {"version", "plans", "stages"}
_STAGE_LISTS: Final = frozenset({"responsible", "register_names"})
_STAGE_NEEDED: Final = frozenset({"label", "short", "client", "professional", "leads_to", "checklist"})
_STAGE_KEYS: Final = _STAGE_NEEDED | _STAGE_LISTS | {"needs", "usual_days"}
_NEED_KEYS: Final = frozenset({"code", "effect", "basis", "label"})
_ITEM_KEYS: Final = frozenset({"code", "kind", "who", "optional", "basis", "label"})
_PLAN_KEYS: Final = frozenset({"kind", "is_default", "default_from", "default_to"})


def load_pathways(folder: Path) -> Mapping[tuple[str, int], Pathway]:
    """Return every model version of a folder by (key, version), or raise FileError; the same folder is read once."""
    return _load(folder.resolve())


@lru_cache(maxsize=16)
def _load(folder: Path) -> Mapping[tuple[str, int], Pathway]:
    found: dict[tuple[str, int], Pathway] = {}
    for path in sorted(folder.glob("*.yml")):
        model = _read(path)
        found[model.key, model.version] = model
    if not found:
        raise FileError(f"{folder}: no pathway models (<key>.v1.yml)")
    _refuse_shared_names(found.values())
    return MappingProxyType(found)


def _read(path: Path) -> Pathway:
    name = _FILE_NAME.fullmatch(path.name)
    if name is None:
        raise FileError(f"{path.name}: name the file <key>.v<number>.yml")
    model = read_pathway(read_mapping(path), path.name)
    if (model.key, model.version) != (name["key"], int(name["version"])):
        raise FileError(f"{path.name}: the file says {model.key} version {model.version}")
    return model


def read_pathway(raw: Mapping[str, Any], where: str) -> Pathway:
    """Return the model a mapping describes, or raise FileError at the first thing that is wrong."""
    only_keys(raw, _MODEL_KEYS, where)
    _need_keys(raw, _MODEL_KEYS - _MODEL_OPTIONAL, where)
    stages = only_keys(raw["stages"], frozenset(StageCode), f"{where}: stages")
    _need_keys(stages, frozenset(StageCode), f"{where}: stages")
    worded: dict[str, Item] = {}
    lists = {code: _checklist(stages[code], worded, f"{where}: {code}") for code in StageCode}
    plain: dict[str, Any] = {key: _text(raw[key], f"{where}: {key}") for key in _MODEL_TEXTS}
    plain |= {key: words(raw[key], f"{where}: {key}") for key in _MODEL_WORDS}
    plain |= {key: _texts(raw, key, where) for key in _MODEL_LISTS}
    model = Pathway(
        version=_number(raw["version"], f"{where}: version"),
        plans=tuple(_plan(one, f"{where}: plans[{n}]") for n, one in enumerate(_list(raw["plans"], where))),
        stages=tuple(_stage(code, stages[code], lists[code], worded, f"{where}: {code}") for code in StageCode),
        roles=_roles(raw.get("roles", {}), f"{where}: roles"),
        activity=_activity(raw.get("activity"), f"{where}: activity"),
        **plain,
    )
    _refuse_dead_ends(model, where)
    _refuse_unmeetable(model, where)
    _check_defaults(model, where)
    return model


def _roles(raw: object, where: str) -> Mapping[str, tuple[str, ...]]:
    given = only_keys(raw, frozenset(ROLES), where)
    for role in given:
        if not _texts(given, role, where):
            raise FileError(f"{where}: {role}: a dead end, nobody may have the role")
    return MappingProxyType({role: _texts(given, role, where) for role in given})


def _activity(raw: object, where: str) -> str | None:
    if raw is not None and raw not in ACTIVITIES:
        raise FileError(f"{where}: unknown activity {raw!r}; known: {', '.join(ACTIVITIES)}")
    return None if raw is None else str(raw)


def _stage(
    code: StageCode, raw: Mapping[str, Any], checklist: tuple[Item, ...], worded: Mapping[str, Item], where: str
) -> Stage:
    leads_to = _texts(raw, "leads_to", where)
    only_keys(dict.fromkeys(leads_to), frozenset(StageCode), f"{where}.leads_to")
    needs = [_need(one, worded, f"{where}.needs[{n}]") for n, one in enumerate(_list(raw.get("needs", []), where))]
    return Stage(
        code=code,
        label=words(raw["label"], f"{where}.label"),
        short=words(raw["short"], f"{where}.short"),
        client=_lines(raw["client"], f"{where}.client"),
        professional=_lines(raw["professional"], f"{where}.professional"),
        leads_to=tuple(StageCode(one) for one in leads_to),
        checklist=checklist,
        usual_days=_usual_days(code, raw, where),
        needs=_once(needs, f"{where}.needs", "need"),
        **{key: _texts(raw, key, where) for key in _STAGE_LISTS},
    )


_Kind = TypeVar("_Kind", bound=OnRecord)


def _once(found: Sequence[_Kind], where: str, what: str) -> tuple[_Kind, ...]:
    if len({one.code for one in found}) < len(found):
        raise FileError(f"{where}: the same {what} is written twice")
    return tuple(found)


def _usual_days(code: StageCode, raw: Mapping[str, Any], where: str) -> int | None:
    if code is STANDING:  # it stands beside the others for as long as the case lasts
        if "usual_days" in raw:
            raise FileError(f"{where}: the standing stage has no usual_days")
        return None
    _need_keys(raw, ["usual_days"], where)
    return _number(raw["usual_days"], f"{where}.usual_days")


def _checklist(raw: object, worded: dict[str, Item], where: str) -> tuple[Item, ...]:
    """Return the items of a stage; `worded` keeps the first item of each code, whose words all others share."""
    stage = only_keys(raw, _STAGE_KEYS, where)
    _need_keys(stage, _STAGE_NEEDED, where)
    listed = enumerate(_list(stage["checklist"], f"{where}.checklist"))
    found = [_item(one, worded, f"{where}.checklist[{n}]") for n, one in listed]
    if all(item.is_optional for item in found):
        raise FileError(f"{where}.checklist: a stage needs an item that is not optional")
    return _once(found, f"{where}.checklist", "item")


def _item(raw: object, worded: dict[str, Item], where: str) -> Item:
    given = only_keys(raw, _ITEM_KEYS, where)
    code, first = _code(given, where), worded.get(str(given.get("code")))
    if first is not None and "label" in given:
        raise FileError(f"{where}: {code} has its label already; leave it out here")
    who = _texts(given, "who", where) if first is None or "who" in given else first.who
    only_keys(dict.fromkeys(who), frozenset(Doer), f"{where}.who")
    kind = given.get("kind", first.kind if first else None)
    if not who or kind not in set(ItemKind):
        raise FileError(f"{where}: {code} needs who does it and its kind: {', '.join(ItemKind)}")
    if not isinstance(given.get("optional", False), bool):
        raise FileError(f"{where}.optional: write true or leave it out")
    item = Item(
        code,
        first.label if first else words(given.get("label"), f"{where}.label"),
        _basis(given, first, where),
        kind=ItemKind(kind),
        who=tuple(Doer(one) for one in who),
        is_optional=given.get("optional", False),
    )
    return worded.setdefault(code, item) if first is None else item


def _need(raw: object, worded: Mapping[str, Item], where: str) -> Need:
    given = only_keys(raw, _NEED_KEYS, where)
    code = _code(given, where)
    item = worded.get(code)
    if item is not None and "label" in given:
        raise FileError(f"{where}: {code} has its label in the checklist; leave it out here")
    if item is None and "label" not in given:
        raise FileError(f"{where}: {code} is in no checklist of the model; add the item or a label")
    if given.get("effect") not in set(Effect):
        raise FileError(f"{where}: effect is stops or reminds, not {given.get('effect')!r}")
    label, basis = item.label if item else words(given["label"], f"{where}.label"), _basis(given, item, where)
    if given["effect"] == Effect.STOPS and not basis:
        raise FileError(f"{where}: a need that stops must name its basis")
    return Need(code, label, basis, effect=Effect(given["effect"]))


def _code(given: Mapping[str, Any], where: str) -> str:
    if given.get("code") not in NEEDS:
        raise FileError(f"{where}: unknown need {given.get('code')!r}; the list is in app/pathways/domain.py")
    return str(given["code"])


def _basis(given: Mapping[str, Any], first: Item | None, where: str) -> str | None:
    if "basis" in given:
        return _text(given["basis"], f"{where}.basis")
    return first.basis if first else None


def _plan(raw: object, where: str) -> PlanChoice:
    given = only_keys(raw, _PLAN_KEYS, where)
    if given.get("kind") not in PLAN_KINDS:
        raise FileError(f"{where}: unknown kind of plan {given.get('kind')!r}")
    for key in ("default_from", "default_to"):
        if not isinstance(given.get(key), date | None):
            raise FileError(f"{where}.{key}: write the day as 2026-01-01")
    return PlanChoice(**given)


def _lines(raw: object, where: str) -> Lines:
    given = only_keys(raw, frozenset(LANGUAGES), where)
    if not given.get("fi"):
        raise FileError(f"{where}: the Finnish lines (fi) are missing")
    return Lines(**{language: _texts(given, language, where) for language in given})


def _list(raw: object, where: str) -> list[Any]:
    if not isinstance(raw, list):
        raise FileError(f"{where}: expected a list, found {raw!r}")
    return raw


def _text(raw: object, where: str) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise FileError(f"{where}: expected a text, found {raw!r}")
    return raw


def _number(raw: object, where: str) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool):
        raise FileError(f"{where}: expected a number, found {raw!r}")
    return raw


def _texts(given: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    found = tuple(_text(one, f"{where}.{key}") for one in _list(given.get(key, []), f"{where}.{key}"))
    if len(set(found)) < len(found):
        raise FileError(f"{where}.{key}: the same value is written twice")
    return found


def _need_keys(given: Mapping[str, Any], wanted: Iterable[str], where: str) -> None:
    for key in sorted(wanted):
        if key not in given:
            raise FileError(f"{where}: {key} is missing")


def _refuse_dead_ends(model: Pathway, where: str) -> None:
    """Refuse a stage that nothing leads to, that leads nowhere, or from which the follow-up cannot be reached."""
    start = _reach(model, StageCode.PRE_CONTACT)
    for stage in model.stages:
        if stage.code not in start:
            raise FileError(f"{where}: {stage.code}: no stage leads here")
        if stage.code in stage.leads_to or not stage.leads_to:
            raise FileError(f"{where}: {stage.code}: a dead end, leads_to must name another stage")
        if StageCode.FOLLOW_UP not in _reach(model, stage.code):
            raise FileError(f"{where}: {stage.code}: the follow-up cannot be reached from here")


def _reach(model: Pathway, start: StageCode) -> frozenset[StageCode]:
    reached, waiting = {start}, [start]
    while waiting:
        fresh = set(model.stage(waiting.pop()).leads_to) - reached
        reached |= fresh
        waiting.extend(fresh)
    return frozenset(reached)


def _refuse_unmeetable(model: Pathway, where: str) -> None:
    """Refuse a need or an item that a case of this model could never meet: the one shuts the stage, the other nags."""
    for stage in model.stages:
        for need in (*stage.needs, *stage.checklist):
            if need.plan_kind and need.plan_kind not in model.plan_kinds:
                raise FileError(f"{where}: {stage.code}: a dead end, {need.code} is not among the model's plans")
        if not model.professions_for(stage.code):
            raise FileError(f"{where}: {stage.code}: a dead end, nobody may be responsible")


def _check_defaults(model: Pathway, where: str) -> None:
    """Refuse a model without exactly one default plan on any day between the days its defaults change."""
    edges = {date(2020, 1, 1), date(2030, 1, 1)}
    for choice in model.plans:
        edges |= {day for day in (choice.default_from, choice.default_to) if day}
    for day in sorted(edges):
        if sum(choice.is_default_on(day) for choice in model.plans) != 1:
            raise FileError(f"{where}: plans: on {day} the model needs exactly one default plan")


def _refuse_shared_names(models: Iterable[Pathway]) -> None:
    owners: dict[str, str] = {}
    for model in models:
        for name in {folded(str(model.label)), *map(folded, model.register_names)}:
            if owners.setdefault(name, model.key) != model.key:
                raise FileError(f"{model.key}: {name!r} already names {owners[name]}")


class _Place:
    """Where the models are; the factory sets it, everything else finds the repository's own."""

    folder: Path = DEFAULT_FOLDER


def configure(folder: Path) -> None:
    """Read the models from another folder from now on."""
    _Place.folder = Path(folder).resolve()


def pathway(key: str, version: int) -> Pathway:
    """Return the version of a model that a case pins, or raise KeyError."""
    # straight to the cache: resolving the folder costs a list of fifty rows fifty looks at the disk
    return _load(_Place.folder)[key, version]


def latest(key: str) -> Pathway:
    """Return the newest version of a model, for opening a case, or raise KeyError."""
    versions = [model for model in _load(_Place.folder).values() if model.key == key]
    if not versions:
        raise KeyError(key)
    return max(versions, key=lambda model: model.version)


def all_versions() -> tuple[Pathway, ...]:
    """Return every version of every model that a case may pin."""
    return tuple(_load(_Place.folder).values())


def all_latest() -> tuple[Pathway, ...]:
    """Return the newest version of every model, in the order of their letters."""
    keys = {model.key for model in _load(_Place.folder).values()}
    return tuple(sorted(map(latest, keys), key=lambda model: model.letter))


def named(name: str) -> Pathway | None:
    """Return the newest version of the model that a register calls by a name, or None."""
    return next((model for model in all_latest() if model.is_named(name)), None)
