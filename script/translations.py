"""Translations: `build` merges the fragments into catalogues, `check` says what is missing, `extract` lists the msgids.

Each feature keeps its Finnish in translations/fi/<feature>.po. A language is complete when every sentence of the code
has a translation; Finnish must be, Swedish and English (where a msgid may stand for itself) are offered when they are.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "translations"
BUILT = ROOT / "app" / "translations"
REQUIRED = "fi"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy": None,
    "N_": None,
    "_p": ((1, "c"), 2),
    "_lp": ((1, "c"), 2),
    "lazy_p": ((1, "c"), 2),
    "pgettext": ((1, "c"), 2),
    "ngettext": (1, 2),
    "N_n": (1, 2),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%")

Key = tuple[str | None, str]


@dataclass
class Fragments:
    """The merged sentences of one language and what is wrong with them."""

    language: str
    messages: dict[Key, tuple[Message, Path]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, message: Message, path: Path) -> None:
        """Take one sentence in, or note why not."""
        key = key_of(message)
        place = f"{path.relative_to(ROOT)}: {key[1]!r}"
        if message.fuzzy:
            self.faults.append(f"{place} is fuzzy")
        if not is_translated(message):
            self.faults.append(f"{place} has no translation")
        if placeholders(message.id) != placeholders(message.string):
            self.faults.append(f"{place} has other placeholders than its translation")
        first = self.messages.get(key)
        if first is None:
            self.messages[key] = (message, path)
        elif first[0].string != message.string:
            self.faults.append(f"{place} is translated otherwise in {first[1].name}")


def key_of(message: Message) -> Key:
    """Return what tells sentences apart: the context and the (singular) msgid."""
    return message.context, message.id[0] if isinstance(message.id, (tuple, list)) else str(message.id)


def is_translated(message: Message) -> bool:
    """Whether every form of the sentence has a translation."""
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return all(forms)


def placeholders(text: object) -> set[str]:
    """Return the names of the parameters in a sentence, all its forms together."""
    forms = text if isinstance(text, (tuple, list)) else (text,)
    return {found for form in forms for found in PLACEHOLDER.findall(str(form)) if found}


def read(language: str) -> Fragments:
    """Read and merge the fragments of a language."""
    merged = Fragments(language)
    for path in sorted((SOURCES / language).glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language, abort_invalid=True)
        for message in catalogue:
            if message.id:
                merged.add(message, path)
    return merged


@dataclass(frozen=True)
class Place:
    """Where a sentence stands, and its plural when it has one."""

    where: str
    plural: str | None


def sentences() -> Iterator[tuple[Key, Place]]:
    """Yield every sentence of the code and where it stands."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call] # babel
    found = extract_from_dir(str(ROOT), methods, options, keywords=KEYWORDS, directory_filter=is_source)
    for name, line, msgid, _comments, context in found:
        plural = msgid[1] if isinstance(msgid, tuple) else None
        yield (context, msgid[0] if isinstance(msgid, tuple) else msgid), Place(f"{name}:{line}", plural)


def is_source(directory: str) -> bool:
    """Whether a folder is looked into."""
    name = Path(directory).name
    return not name.startswith((".", "_")) and name not in {"node_modules", "static", "translations", "var"}


def build() -> int:
    """Write a catalogue for each language."""
    for folder in sorted(path for path in SOURCES.iterdir() if path.is_dir()):
        merged = read(folder.name)
        catalogue = Catalog(locale=folder.name, domain="messages")
        for message, _path in merged.messages.values():
            catalogue[message.id] = message
        target = BUILT / folder.name / "LC_MESSAGES" / "messages.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        # Written beside and moved into place: a server that starts meanwhile reads the old one or the new one.
        fresh = target.with_suffix(".new")
        with fresh.open("wb") as file:
            write_mo(file, catalogue)
        fresh.replace(target)
    return 0


def check() -> int:
    """Name every sentence without Finnish, and every fault of the fragments."""
    merged = read(REQUIRED)
    used = dict(sentences())
    missing = [f"{place.where}: {key[1]!r} has no Finnish" for key, place in used.items() if key not in merged.messages]
    unused = sorted(f"{path.name}: {key[1]!r}" for key, (_message, path) in merged.messages.items() if key not in used)
    faults = merged.faults + missing
    for line in sorted(faults):
        print(line)
    for line in unused:
        print(f"note: no longer used: {line}")
    print(f"{len(used)} sentences, {len(faults)} faults, {len(unused)} unused")
    return 1 if faults else 0


def quoted(text: str) -> str:
    """Return a sentence as it is written in a PO file."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def extract() -> int:
    """List the sentences that have no Finnish yet, as a fragment to fill in; `extract cases` only those of cases."""
    merged = read(REQUIRED)
    part = sys.argv[2] if len(sys.argv) > 2 else ""
    for (context, msgid), place in dict(sentences()).items():
        if (context, msgid) in merged.messages or part not in place.where:
            continue
        print(f"#: {place.where}")
        if context:
            print(f'msgctxt "{context}"')
        print(f"msgid {quoted(msgid)}")
        if place.plural:
            print(f'msgid_plural {quoted(place.plural)}\nmsgstr[0] ""\nmsgstr[1] ""\n')
        else:
            print('msgstr ""\n')
    return 0


if __name__ == "__main__":
    deeds = {"build": build, "check": check, "extract": extract}
    if len(sys.argv) < 2 or sys.argv[1] not in deeds:
        raise SystemExit(f"usage: {sys.argv[0]} build | check | extract [part of a path]")
    raise SystemExit(deeds[sys.argv[1]]())
