"""Reads `config/demo/*.yml`: invented names, staff and stories, and refuses what it does not understand."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from types import UnionType
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

from app.demo.domain import Common, Followed, Names, Recognised, Region, Story, Texts
from app.reference.loader import FileError, only_keys, read_mapping

DEFAULT_FOLDER: Final = Path(__file__).resolve().parents[2] / "config" / "demo"

Shape = TypeVar("Shape")


@lru_cache(maxsize=4)
def load_texts(folder: Path = DEFAULT_FOLDER) -> Texts:
    """Return the texts of a folder, read once, or raise FileError with the place and the cure."""
    stories = read_mapping(folder / "stories.yml")
    only_keys(stories, frozenset({"stories"}), "stories.yml")
    return Texts(
        region=shaped(Region, read_mapping(folder / "region.yml"), "region.yml"),
        names=shaped(Names, read_mapping(folder / "names.yml"), "names.yml"),
        common=shaped(Common, read_mapping(folder / "common.yml"), "common.yml"),
        stories=shaped(tuple[Story, ...], stories["stories"], "stories.yml"),
    )


@lru_cache(maxsize=4)
def load_recognised(folder: Path = DEFAULT_FOLDER) -> Recognised:
    """Return what the clients tell when a need is recognised, read once, or raise FileError."""
    return shaped(Recognised, read_mapping(folder / "recognised.yml"), "recognised.yml")


@lru_cache(maxsize=4)
def load_followed(folder: Path = DEFAULT_FOLDER) -> Followed:
    """Return what was done with some clients on the way, read once, or raise FileError."""
    return shaped(Followed, read_mapping(folder / "followed.yml"), "followed.yml")


def shaped(shape: type[Shape], raw: object, where: str) -> Shape:
    """Return the raw value in the given shape, or raise FileError."""
    found: Shape = _read(shape, raw, where)
    return found


def _read(shape: Any, raw: object, where: str) -> Any:  # noqa: ANN401 - any type annotation
    origin, inner = get_origin(shape), get_args(shape)
    if is_dataclass(shape):
        return _record(shape, raw, where)
    if origin is tuple:
        return _several(inner, raw, where)
    if origin is UnionType:
        return None if raw is None else _read(inner[0], raw, where)
    if origin is not None:
        return _by_name(inner[1], raw, where)
    if not isinstance(raw, shape):
        raise FileError(f"{where}: expected {shape.__name__}, found {raw!r}")
    return raw


def _record(shape: Any, raw: object, where: str) -> Any:  # noqa: ANN401 - a dataclass
    known = get_type_hints(shape)
    given = only_keys(raw, frozenset(known), where)
    values = {name: _read(known[name], value, f"{where}: {name}") for name, value in given.items()}
    try:
        return shape(**values)
    except TypeError as error:
        needed = ", ".join(field.name for field in fields(shape) if field.name not in given)
        raise FileError(f"{where}: one of these is missing: {needed}") from error


def _several(inner: tuple[Any, ...], raw: object, where: str) -> tuple[Any, ...]:
    if not isinstance(raw, list) or not raw:
        raise FileError(f"{where}: expected a list with something in it")
    kinds = [inner[0]] * len(raw) if inner[-1] is Ellipsis else list(inner)
    if len(kinds) != len(raw):
        raise FileError(f"{where}: expected {len(kinds)} values, found {len(raw)}")
    pairs = enumerate(zip(kinds, raw, strict=True), 1)
    return tuple(_read(kind, value, f"{where}, {number}") for number, (kind, value) in pairs)


def _by_name(kind: Any, raw: object, where: str) -> Mapping[str, Any]:  # noqa: ANN401 - any type annotation
    if not isinstance(raw, Mapping):
        raise FileError(f"{where}: expected a mapping")
    return {str(name): _read(kind, value, f"{where}: {name}") for name, value in raw.items()}
