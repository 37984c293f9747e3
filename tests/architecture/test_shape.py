"""The house keeps its shape: file names, sizes, the clock, and what is never committed."""

import ast
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent.parent
SOURCES: Final = ("app", "workers", "config", "migrations", "script", "tests")
LONGEST_FILE: Final = 400
LONGEST_FUNCTION: Final = 40
LONGEST_CLASS: Final = 200
LONGEST_VIEW: Final = 15
LONGEST_TASK: Final = 8
DRAWERS: Final = frozenset({"utils", "helpers", "common", "manager", "misc", "data", "info"})
CLOCKS: Final = frozenset(
    {"datetime.now", "datetime.today", "datetime.utcnow", "date.today", "time.time", "func.now", "func.current_date"}
)
CLOCK_KEEPER: Final = "app/core/clock.py"
HOSTS: Final = re.compile(
    r"https?://[^\s\"')]*(p[y]pi\.org|pyth[o]nhosted|np[m]js|registry|yarnpkg|/simple\b)", re.IGNORECASE
)
UNEXPLAINED: Final = re.compile(r"# noqa(?!: [A-Z]+[0-9]+(, [A-Z]+[0-9]+)* - \w)|# type: ignore(?!\[[a-z, -]+\] +# \w)")
PLACES: Final = re.compile(r"(?<![\w/.])/(work|root|home/[a-z]+)/")


def committed() -> list[Path]:
    """Everything that is in the repository, or would be at the next commit; where there is no git, every source."""
    git = shutil.which("git")
    command = [git or "git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False) if git else None
    if listed is None or listed.returncode:
        built = {"__pycache__", "build", "translations"}
        found = (path for source in SOURCES for path in (ROOT / source).rglob("*") if path.is_file())
        return [path for path in found if not built & set(path.parts)]
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def sources(*folders: str) -> list[Path]:
    """The Python files of the folders."""
    return sorted(
        path for folder in folders for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts
    )


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    """Lines from `def` to the end, the docstring not counted."""
    first = node.body[0]
    documented = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if documented else 0
    return (node.end_lineno or node.lineno) - node.lineno + 1 - docstring


def test_a_package_holds_only_the_files_its_kind_may_hold() -> None:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["polku"]["files"]
    strangers = []
    for path in sources("app"):
        parts = path.relative_to(ROOT / "app").with_suffix("").parts
        if len(parts) == 1:
            allowed = {"__init__", "factory", "cli"}
        else:
            package = parts[0]
            own = rules["extra"].get(package, [])
            allowed = {"__init__", *own} if package in rules["own_names"] else {*rules["feature"], *own}
        if len(parts) > 2 or parts[-1] not in allowed:
            strangers.append(name_of(path))
    assert strangers == []


def test_no_drawer_is_opened_anywhere() -> None:
    names = [name_of(path) for path in sources(*SOURCES) if path.stem in DRAWERS or DRAWERS & set(path.parts[-2:-1])]
    assert [name for name in names if not name.startswith("tests/data/")] == []


def test_no_file_is_longer_than_400_lines() -> None:
    counts = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources(*SOURCES)}
    assert {name: count for name, count in counts.items() if count > LONGEST_FILE} == {}


def test_no_function_is_longer_than_40_lines_and_no_class_than_200() -> None:
    long = {}
    for path in sources("app", "workers", "config", "script", "tests"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            limit = LONGEST_CLASS if isinstance(node, ast.ClassDef) else LONGEST_FUNCTION
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and length(node) > limit:
                long[f"{name_of(path)}:{node.name}"] = length(node)
    assert long == {}


def test_views_stay_within_15_lines_and_tasks_within_8() -> None:
    long = {}
    for path in [*(ROOT / "app").glob("*/views.py"), *(ROOT / "workers" / "tasks").glob("*.py")]:
        limit = LONGEST_VIEW if path.name == "views.py" else LONGEST_TASK
        for node in functions(path):
            if node.decorator_list and length(node) > limit:
                long[f"{name_of(path)}:{node.name}"] = length(node)
    assert long == {}


def test_the_clock_is_read_in_one_place() -> None:
    readers: list[str] = []
    for path in sources("app", "workers", "config", "migrations", "script"):
        if name_of(path) == CLOCK_KEEPER:
            continue
        readers.extend(
            f"{name_of(path)}:{node.lineno} {ast.unparse(node)}"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Attribute) and ".".join(ast.unparse(node).split(".")[-2:]) in CLOCKS
        )
    assert readers == []


def test_a_check_is_set_aside_by_its_code_and_with_a_reason() -> None:
    found = [
        f"{name_of(path)}:{number} {line.strip()}"
        for path in sources(*SOURCES)
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNEXPLAINED.search(line)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "mark",
    ["# noqa", "# noqa: S608", "# noqa: S608 our own", "# noqa: s608 - why", "# type: ignore", "# type: ignore[misc]"],
)
def test_a_mark_without_code_or_reason_is_told(mark: str) -> None:
    assert UNEXPLAINED.search(f"x = 1  {mark}")


@pytest.mark.parametrize("mark", ["# noqa: S608, S101 - our own columns", "# type: ignore[arg-type]  # never None"])
def test_a_mark_with_code_and_reason_is_let_pass(mark: str) -> None:
    assert not UNEXPLAINED.search(f"x = 1  {mark}")


def test_no_sql_text_asks_the_database_for_the_time() -> None:
    asks = re.compile(r"\b(now\(\)|current_timestamp|current_date|localtimestamp|clock_timestamp\(\))", re.IGNORECASE)
    found = []
    for path in sources("app", "workers"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in (
                "text",
                "execute",
                "literal_column",
            ):
                words = " ".join(
                    one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)
                )
                if asks.search(words):
                    found.append(f"{name_of(path)}:{node.lineno}")
    assert found == []


def test_nothing_committed_names_a_registry() -> None:
    named: list[str] = []
    for path in committed():
        if path.suffix in (".png", ".svg", ".woff2", ".ico") or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        named.extend(f"{name_of(path)}: {match.group()}" for match in HOSTS.finditer(text))
    assert named == []


def test_locks_hold_hashes_and_no_addresses() -> None:
    assert not (ROOT / "uv.lock").exists()
    assert not (ROOT / "pylock.toml").exists()
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text(encoding="utf-8")
    for path in ROOT.glob("requirements*.txt"):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        pins = re.findall(r"^[A-Za-z0-9_.\[\]-]+==", text, re.MULTILINE)
        assert pins
        blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
        assert [block.split("==")[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_nothing_committed_points_outside_the_repository() -> None:
    pointing: list[str] = []
    for path in committed():
        if path.suffix in (".png", ".svg", ".woff2", ".ico", ".txt", ".csv") or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        pointing.extend(f"{name_of(path)}: {match.group()}" for match in PLACES.finditer(text))
    assert pointing == []


def test_the_metadata_asks_for_what_the_lock_was_made_from() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    asked = sorted(line.split("==")[0].strip() for line in lines if line and not line.startswith("#"))
    assert asked == sorted(project["dependencies"])


@pytest.mark.parametrize("folder", ["templates", "app/static"])
def test_no_template_carries_inline_script_or_style(folder: str) -> None:
    inline = re.compile(r"<style\b|<script(?![^>]*\bsrc=)|\sstyle=[\"']|\son[a-z]+=[\"']")
    guilty = [
        name_of(path)
        for path in (ROOT / folder).rglob("*.html")
        if "emails" not in path.parts and inline.search(path.read_text(encoding="utf-8"))
    ]
    assert guilty == []
